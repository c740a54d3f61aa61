/* The table of output formats. */
#include "report/formats.h"

#include <string.h>

static const format formats[] = {
#define FORMAT(name, part, extension, is_document, about) \
  {#name, (part), (extension), (is_document), (about), format_##name##_write},
#include "report/formats.def"
#undef FORMAT
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

static const format *find_name(slice name) {
  for (size_t i = 0; i < FORMATS; i++) {
    if (slice_equal(name, slice_of(formats[i].name))) {
      return &formats[i];
    }
  }
  return NULL;
}

/* "svg:NAME" */
static void put_synopsis(const format *f, buf *out) {
  buf_printf(out, "%s%s%s", f->name, f->part == NULL ? "" : ":", f->part == NULL ? "" : f->part);
}

static status unknown_format(const char *text, error *err) {
  buf list;
  buf_init(&list);
  for (size_t i = 0; i < FORMATS; i++) {
    buf_printf(&list, "%s", i > 0 ? ", " : "");
    put_synopsis(&formats[i], &list);
  }
  const status st = error_set(err, STATUS_USAGE, "'%s' is not one of %.*s", text, (int)list.length,
                              (const char *)list.data);
  buf_fini(&list);
  return st;
}

status format_find(const char *text, const format **out, slice *part, error *err) {
  const char *colon = text == NULL ? NULL : strchr(text, ':');
  const slice name = colon == NULL ? slice_of(text) : (slice){text, (size_t)(colon - text)};
  *out = text == NULL ? &formats[0] : find_name(name);
  *part = slice_of(colon == NULL ? "" : colon + 1);
  if (*out == NULL) {
    return unknown_format(text, err);
  }
  if ((*out)->part == NULL && colon != NULL) {
    return error_set(err, STATUS_USAGE, "'%s': nothing may follow '%s'", text, (*out)->name);
  }
  if ((*out)->part != NULL && part->length == 0) {
    return error_set(err, STATUS_USAGE, "'%s' needs a %s: %s:%s", text, (*out)->part, (*out)->name,
                     (*out)->part);
  }
  return STATUS_OK;
}

status report_format_check(const char *text, error *err) {
  const format *f = NULL;
  slice part;
  return format_find(text, &f, &part, err);
}

/* "NAME", or "NAME/" and more */
static bool is_part_of(slice part, const char *name) {
  const size_t length = strlen(name);
  return part.length >= length && memcmp(part.bytes, name, length) == 0 &&
         (part.length == length || part.bytes[length] == '/');
}

status report_format_check_names(const char *text, const char *const *names, size_t count, error *err) {
  const format *f = NULL;
  slice part;
  TRY(format_find(text, &f, &part, err));
  bool is_known = f->part == NULL;
  buf list;
  buf_init(&list);
  for (size_t i = 0; i < count; i++) {
    is_known = is_known || is_part_of(part, names[i]);
    buf_printf(&list, "%s%s", i > 0 ? ", " : "", names[i]);
  }
  const status st =
      is_known ? STATUS_OK
               : error_set(err, STATUS_USAGE, "'%.80s': the specification has no such analysis; it has %.*s",
                           text, (int)list.length, (const char *)list.data);
  buf_fini(&list);
  return st;
}

bool report_format_is_document(const char *text) {
  const format *f = NULL;
  slice part;
  return format_find(text, &f, &part, NULL) == STATUS_OK && f->is_document;
}

const char *report_format_name(size_t index) {
  return index < FORMATS ? formats[index].name : NULL;
}

const char *report_format_part(size_t index) {
  return index < FORMATS ? formats[index].part : NULL;
}

const char *report_format_about(size_t index) {
  return index < FORMATS ? formats[index].about : NULL;
}

bool report_format_describe(const char *name, buf *out) {
  const format *f = find_name(slice_of(name));
  if (f == NULL) {
    return false;
  }
  buf_printf(out, "%s: %s\n\nUsage: canvass run|submit|report ... --format ", f->name, f->about);
  put_synopsis(f, out);
  buf_printf(out, "\n\nExample:\n  canvass run survey.yaml answers.csv --format ");
  put_synopsis(f, out);
  buf_printf(out, " -o report%s\n", f->extension);
  return true;
}

/* Does PATH end in EXTENSION, with a name before it? */
static bool ends_in(const char *path, const char *extension) {
  const size_t length = strlen(path);
  const size_t end = strlen(extension);
  return length > end && path[length - end - 1] != '/' && strcmp(path + length - end, extension) == 0;
}

bool report_format_unlike(const char *path, buf *other) {
  for (size_t i = 1; i < FORMATS; i++) {
    if (ends_in(path, formats[i].extension)) {
      put_synopsis(&formats[i], other);
      return true;
    }
  }
  return false;
}
