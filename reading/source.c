/* The layers put together.  The stage holds unpacked bytes that are not given out yet: at first those
 * that were read to see a byte-order mark, later what waits for conversion. */
#include "reading/source.h"

#include <stdlib.h>
#include <string.h>

#include "reading/encoding.h"
#include "reading/unpack.h"

enum { STAGE_BYTES = 256 << 10 };

struct csv_source {
  const char *title;
  csv_raw *raw;
  csv_unpack *unpack;
  csv_converter *converter; /* NULL: UTF-8 already */
  uint8_t *stage;
  size_t stage_from;
  size_t stage_to;
  bool ended;
};

static status fill_stage(csv_source *s, error *err) {
  memmove(s->stage, s->stage + s->stage_from, s->stage_to - s->stage_from);
  s->stage_to -= s->stage_from;
  s->stage_from = 0;
  size_t got = 0;
  TRY(csv_unpack_read(s->unpack, s->stage + s->stage_to, STAGE_BYTES - s->stage_to, &got, err));
  s->stage_to += got;
  s->ended = got == 0;
  return STATUS_OK;
}

/* "UTF-16" without a mark: text begins with ASCII, so the zero byte tells the order. */
static const char *byte_order(const char *encoding, const uint8_t *bytes, size_t length) {
  if (encoding == NULL || strcmp(encoding, "UTF-16") != 0) {
    return encoding;
  }
  return length > 0 && bytes[0] == 0 ? "UTF-16BE" : "UTF-16LE";
}

static status start(csv_source *s, const char *encoding, error *err) {
  while (s->stage_to < CSV_BOM_BYTES_MAX && !s->ended) {
    TRY(fill_stage(s, err));
  }
  size_t mark_bytes = 0;
  const char *told = csv_encoding_mark(s->stage, s->stage_to, &mark_bytes);
  s->stage_from = mark_bytes;
  const char *meant = csv_encoding_resolve(told != NULL ? told : encoding);
  meant = byte_order(meant, s->stage, s->stage_to);
  return meant == NULL ? STATUS_OK : csv_converter_open(meant, s->title, &s->converter, err);
}

status csv_source_open(const char *path, const char *called, const char *encoding, const atomic_bool *stop,
                       csv_source **out, error *err) {
  csv_source *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, path);
  }
  s->title = csv_raw_title(called);
  s->stage = malloc(STAGE_BYTES);
  status result =
      s->stage == NULL ? error_no_memory(err, path) : csv_raw_open(path, called, stop, &s->raw, err);
  if (result == STATUS_OK) {
    result = csv_unpack_open(s->raw, s->title, &s->unpack, err);
  }
  if (result == STATUS_OK) {
    result = start(s, encoding, err);
  }
  if (result != STATUS_OK) {
    csv_source_close(s);
    return result;
  }
  *out = s;
  return STATUS_OK;
}

void csv_source_close(csv_source *s) {
  if (s == NULL) {
    return;
  }
  csv_converter_close(s->converter);
  csv_unpack_close(s->unpack);
  csv_raw_close(s->raw);
  free(s->stage);
  free(s);
}

static status read_converted(csv_source *s, uint8_t *out, size_t capacity, size_t *got, error *err) {
  *got = 0;
  while (*got == 0) {
    const uint8_t *from = s->stage + s->stage_from;
    size_t left = s->stage_to - s->stage_from;
    if (left > 0) {
      TRY(csv_converter_run(s->converter, &from, &left, out, capacity, got, err));
      s->stage_from = s->stage_to - left;
    }
    if (*got == 0 && s->ended) {
      return csv_converter_finish(s->converter, left, err);
    }
    if (*got == 0) {
      TRY(fill_stage(s, err));
    }
  }
  return STATUS_OK;
}

status csv_source_read(csv_source *s, uint8_t *out, size_t capacity, size_t *got, error *err) {
  if (s->converter != NULL) {
    return read_converted(s, out, capacity, got, err);
  }
  const size_t staged = s->stage_to - s->stage_from;
  if (staged > 0) {
    *got = staged < capacity ? staged : capacity;
    memcpy(out, s->stage + s->stage_from, *got);
    s->stage_from += *got;
    return STATUS_OK;
  }
  *got = 0;
  return s->ended ? STATUS_OK : csv_unpack_read(s->unpack, out, capacity, got, err);
}

void csv_source_finish(csv_source *s, digest *sha256, uint64_t *bytes) {
  csv_unpack_finish(s->unpack, sha256, bytes);
}

slice csv_source_name(const csv_source *s, const char *name) {
  return csv_unpack_name(s->unpack, name);
}

uint64_t csv_source_position(const csv_source *s) {
  return csv_raw_position(s->raw);
}

const char *csv_source_title(const csv_source *s) {
  return s->title;
}
