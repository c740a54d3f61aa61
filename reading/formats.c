/* The input formats, and how the format of a file is recognised. */
#include "reading/reader.h"

#include <string.h>

#include "reading/foreign.h"
#include "reading/matching.h"
#include "reading/platform.h"
#include "reading/unpack.h"

#define FORMAT(name) extern const input_format input_##name;
#include "reading/formats.def"
#undef FORMAT

static const input_format *const formats[] = {
#define FORMAT(name) &input_##name,
#include "reading/formats.def"
#undef FORMAT
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

const input_format *input_format_at(size_t index) {
  return index < FORMATS ? formats[index] : NULL;
}

const char *reading_format_name(size_t index) {
  return index < FORMATS ? formats[index]->name : NULL;
}

static status find_named(const char *name, const input_format **out, error *err) {
  for (size_t i = 0; i < FORMATS; i++) {
    if (strcmp(formats[i]->name, name) == 0) {
      *out = formats[i];
      return STATUS_OK;
    }
  }
  return error_set(err, STATUS_SPECIFICATION, "unknown input format '%s'", name);
}

/* Whether NAME has the extension ENDING, in upper or lower case, and something before it. */
static bool has_ending(slice name, const char *ending) {
  const size_t length = strlen(ending);
  return name.length > length && strncasecmp(name.bytes + name.length - length, ending, length) == 0;
}

static const input_format *find_by_ending(slice name) {
  for (size_t i = 0; i < FORMATS; i++) {
    for (const char *const *ending = formats[i]->endings; *ending != NULL; ending++) {
      if (has_ending(name, *ending)) {
        return formats[i];
      }
    }
  }
  return NULL;
}

static const input_format *find_by_head(slice head, bool of_bytes) {
  for (size_t i = 0; i < FORMATS; i++) {
    if (formats[i]->of_bytes == of_bytes && formats[i]->recognise != NULL && formats[i]->recognise(head)) {
      return formats[i];
    }
  }
  return NULL;
}

static status refuse_named(const text_source *source, const input_format *named, const input_format *shown,
                           error *err) {
  return error_set(
      err, STATUS_DATA,
      "%s: is a file of the format %s, and `data: {format: %s}` says another; leave `format` out",
      source_title(source), shown->name, named->name);
}

status input_format_of(const reading_options *options, slice name, text_source *source,
                       const input_format **out, error *err) {
  /* A platform says nothing of how its export was saved: as text, or as a workbook. */
  const bool is_platform = options->format != NULL && platform_named(slice_of(options->format)) != NULL;
  const input_format *shown = find_by_head(source_first_bytes(source), true);
  if (options->format != NULL && !is_platform) {
    TRY(find_named(options->format, out, err));
    return shown != NULL && shown != *out ? refuse_named(source, *out, shown, err) : STATUS_OK;
  }
  *out = shown;
  if (*out == NULL && is_platform) {
    *out = formats[0];
  }
  if (*out == NULL) {
    *out = find_by_ending(unpacked_name(name));
  }
  if (*out != NULL) {
    return STATUS_OK;
  }
  slice head;
  TRY(source_head(source, &head, err));
  *out = find_by_head(head, false);
  *out = *out != NULL ? *out : formats[0];
  return STATUS_OK;
}

/* A dictionary is kept in the manifest, and sent with it. */
static status check_labels(const input_file *f, error *err) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < f->header.count && bytes <= CODES_BYTES_MAX; i++) {
    bytes += column_codes_bytes(&f->header.columns[i].codes);
  }
  return bytes <= CODES_BYTES_MAX
             ? STATUS_OK
             : error_set(err, STATUS_DATA,
                         "%s: the labels of its values take more than %d MiB; remove labels", f->title,
                         CODES_BYTES_MAX >> 20);
}

status input_open(input_file *f, const char *path, const char *name, const char *called,
                  const atomic_bool *stop, const input_watch *watch, error *err) {
  TRY(source_open(path, called, f->options->encoding, stop, &f->source, err));
  f->title = source_title(f->source);
  const slice first = source_first_bytes(f->source);
  if (find_by_head(first, true) == NULL) {
    TRY(foreign_check(first, f->title, err));
  }
  TRY(input_format_of(f->options, slice_of(name), f->source, &f->format, err));
  if (f->format->of_bytes) {
    source_take_bytes(f->source);
  }
  TRY(f->format->open(f, watch, err));
  TRY(check_labels(f, err));
  return matching_check_names(f, err);
}

void input_end(input_file *f, digest *sha256, uint64_t *bytes) {
  f->header.reading.notices |= source_notices(f->source);
  source_finish(f->source, sha256, bytes);
  source_close(f->source);
  f->source = NULL;
}

void input_close(input_file *f) {
  if (f->format != NULL) {
    f->format->close(f);
  }
  source_close(f->source);
  f->source = NULL;
  f->format = NULL;
}

bool input_piece_prepare(input_piece *piece, const input_file *f) {
  if (piece->format != f->format) {
    input_piece_fini(piece);
    piece->content = f->format->piece_new();
    piece->format = piece->content != NULL ? f->format : NULL;
  }
  return piece->format != NULL;
}

void input_piece_fini(input_piece *piece) {
  if (piece->format != NULL) {
    piece->format->piece_free(piece->content);
  }
  *piece = (input_piece){0};
}

size_t input_piece_room(size_t bytes) {
  enum { SMALL = 1 << 20, LARGEST = INPUT_PIECE_BYTES_MAX + INPUT_RECORD_BYTES_MAX + SMALL };
  return bytes <= SMALL || bytes > LARGEST ? bytes : LARGEST;
}
