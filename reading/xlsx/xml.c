/* Feeds expat, and stops it where a handler or a limit says so. */
#include "reading/xlsx/xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CHUNK_BYTES = 64 << 10,
  DEPTH_MAX = 64,
  TAG_BYTES_MAX = 1 << 20, /* expat keeps a tag in memory until its end */
};

struct xml_part {
  package *package;
  char member[PACKAGE_NAME_BYTES];
  xml_handlers handlers;
  void *context;
  XML_Parser parser;
  unsigned depth;
  uint64_t fed; /* bytes */
  bool is_paused, ended;
  status st; /* why a handler stopped it */
  error why;
};

static const char *local(const char *name) {
  const char *colon = strrchr(name, ':');
  return colon != NULL ? colon + 1 : name;
}

const char *xml_attribute(const char *const *attributes, const char *name) {
  for (; attributes[0] != NULL; attributes += 2) {
    if (strcmp(local(attributes[0]), name) == 0) {
      return attributes[1];
    }
  }
  return NULL;
}

bool xml_is_true(const char *const *attributes, const char *name) {
  const char *value = xml_attribute(attributes, name);
  return value != NULL && (strcmp(value, "1") == 0 || strcasecmp(value, "true") == 0);
}

/* ---- What handlers say --------------------------------------------------------------------------- */

void xml_fail(xml_part *x, status st, const error *why) {
  if (x->st == STATUS_OK) {
    x->st = st;
    x->why = *why;
    (void)XML_StopParser(x->parser, XML_FALSE);
  }
}

void xml_out_of_memory(xml_part *x) {
  error why;
  const status st = error_no_memory(&why, package_title(x->package));
  xml_fail(x, st, &why);
}

void xml_refuse(xml_part *x, const char *format, ...) {
  error why;
  char what[512];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  const status st = error_set(&why, STATUS_DATA, "%s: %s", package_title(x->package), what);
  xml_fail(x, st, &why);
}

void xml_pause(xml_part *x) {
  x->is_paused = true;
  (void)XML_StopParser(x->parser, XML_TRUE);
}

/* ---- What expat says ----------------------------------------------------------------------------- */

static void begin(void *pointer, const char *name, const char **attributes) {
  xml_part *x = pointer;
  if (++x->depth > DEPTH_MAX) {
    xml_refuse(x, "its part %s has elements more than %d deep; is the workbook genuine?", x->member,
               DEPTH_MAX);
  }
  if (x->st == STATUS_OK) {
    x->handlers.begin(x->context, local(name), (const char *const *)attributes);
  }
}

static void end(void *pointer, const char *name) {
  xml_part *x = pointer;
  x->depth--;
  if (x->st == STATUS_OK) {
    x->handlers.end(x->context, local(name));
  }
}

static void text(void *pointer, const char *bytes, int length) {
  xml_part *x = pointer;
  if (x->st == STATUS_OK) {
    x->handlers.text(x->context, (slice){bytes, (size_t)length});
  }
}

static void refuse_type(void *pointer, const char *name, const char *system, const char *public,
                        int has_subset) {
  (void)name, (void)system, (void)public, (void)has_subset;
  xml_part *x = pointer;
  xml_refuse(x, "its part %s declares a document type, as no workbook does; is the workbook genuine?",
             x->member);
}

/* ---- Parts --------------------------------------------------------------------------------------- */

status xml_open(package *p, slice member, const xml_handlers *handlers, void *context, xml_part **out,
                error *err) {
  TRY(package_open_member(p, member, err));
  xml_part *x = calloc(1, sizeof *x);
  if (x == NULL) {
    return error_no_memory(err, package_title(p));
  }
  *out = x;
  x->package = p;
  snprintf(x->member, sizeof x->member, "%.*s", SLICE_ARG(member));
  x->handlers = *handlers;
  x->context = context;
  x->parser = XML_ParserCreate(NULL);
  if (x->parser == NULL) {
    return error_no_memory(err, package_title(p));
  }
  XML_SetUserData(x->parser, x);
  XML_SetElementHandler(x->parser, begin, end);
  XML_SetStartDoctypeDeclHandler(x->parser, refuse_type);
  if (handlers->text != NULL) {
    XML_SetCharacterDataHandler(x->parser, text);
  }
  return STATUS_OK;
}

void xml_close(xml_part *x) {
  if (x != NULL) {
    if (x->parser != NULL) {
      XML_ParserFree(x->parser);
    }
    free(x);
  }
}

static status refuse_syntax(const xml_part *x, error *err) {
  const enum XML_Error code = XML_GetErrorCode(x->parser);
  if (code == XML_ERROR_NO_MEMORY) {
    return error_no_memory(err, package_title(x->package));
  }
  return error_set(err, STATUS_DATA,
                   "%s: its part %s is damaged (line %lu: %s); save the workbook again, or copy it again",
                   package_title(x->package), x->member, (unsigned long)XML_GetCurrentLineNumber(x->parser),
                   XML_ErrorString(code));
}

/* What expat's answer means; a pause is not an error. */
static status judge(xml_part *x, enum XML_Status answer, error *err) {
  if (x->st != STATUS_OK) {
    if (err != NULL) {
      *err = x->why;
    }
    return x->st;
  }
  if (answer == XML_STATUS_ERROR) {
    return refuse_syntax(x, err);
  }
  const int64_t at = XML_GetCurrentByteIndex(x->parser);
  if (answer == XML_STATUS_OK && at >= 0 && x->fed > (uint64_t)at + TAG_BYTES_MAX) {
    return error_set(err, STATUS_DATA,
                     "%s: its part %s has a tag of more than %d bytes; is the workbook "
                     "genuine?",
                     package_title(x->package), x->member, TAG_BYTES_MAX);
  }
  return STATUS_OK;
}

static status feed(xml_part *x, error *err) {
  void *chunk = XML_GetBuffer(x->parser, CHUNK_BYTES);
  size_t got = 0;
  if (chunk == NULL) {
    return error_no_memory(err, package_title(x->package));
  }
  TRY(package_read(x->package, chunk, CHUNK_BYTES, &got, err));
  x->fed += got;
  x->ended = got == 0;
  return judge(x, XML_ParseBuffer(x->parser, (int)got, got == 0), err);
}

status xml_go_on(xml_part *x, bool *ended, error *err) {
  if (x->is_paused) {
    x->is_paused = false;
    TRY(judge(x, XML_ResumeParser(x->parser), err));
  }
  while (!x->is_paused && !x->ended) {
    TRY(feed(x, err));
  }
  *ended = !x->is_paused;
  return STATUS_OK;
}

status xml_read(package *p, slice member, const xml_handlers *handlers, void *context, xml_part **self,
                error *err) {
  bool ended = false;
  status st = xml_open(p, member, handlers, context, self, err);
  while (st == STATUS_OK && !ended) {
    st = xml_go_on(*self, &ended, err);
  }
  xml_close(*self);
  *self = NULL;
  return st;
}
