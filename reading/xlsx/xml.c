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
  char *chunk; /* bytes of the member, of which those from AT to TO are not fed */
  size_t at, to;
  bool is_drained; /* the member has no more */
  uint64_t fed;    /* bytes */
  bool is_paused, ended;
  bool skims; /* the last event was followed by no byte, and its handler called xml_skim */
  status st;  /* why a handler stopped it */
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

/* Only where the event ends with the bytes that were fed is it known what expat would make of the next ones.
 */
void xml_skim(xml_part *x) {
  const int64_t at = XML_GetCurrentByteIndex(x->parser);
  x->skims = at >= 0 && (uint64_t)at + (uint64_t)XML_GetCurrentByteCount(x->parser) == x->fed;
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
  x->chunk = malloc(CHUNK_BYTES);
  if (x->parser == NULL || x->chunk == NULL) {
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
    free(x->chunk);
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

static status fill(xml_part *x, error *err) {
  size_t got = 0;
  memmove(x->chunk, x->chunk + x->at, x->to - x->at);
  x->to -= x->at;
  x->at = 0;
  TRY(package_read(x->package, x->chunk + x->to, (unsigned)(CHUNK_BYTES - x->to), &got, err));
  x->to += got;
  x->is_drained = got == 0;
  return STATUS_OK;
}

/* Up to where a row begins or a cell ends, so that what follows can be skimmed; else all that is there. */
static size_t slice_to_feed(const xml_part *x) {
  static const char cell[] = "</c>";
  static const char row[] = "<row";
  const char *from = x->chunk + x->at;
  const size_t left = x->to - x->at;
  if (x->handlers.skim == NULL) {
    return left;
  }
  const char *end = memmem(from, left, cell, sizeof cell - 1);
  const size_t up_to = end != NULL ? (size_t)(end - from) + sizeof cell - 1 : left;
  const char *begin = memmem(from, up_to, row, sizeof row - 1);
  const char *tag_end = begin != NULL ? memchr(begin, '>', up_to - (size_t)(begin - from)) : NULL;
  return tag_end != NULL ? (size_t)(tag_end - from) + 1 : up_to;
}

/* Passes on what follows to the handler that reads it itself, where the last event asked for it. */
static status skim(xml_part *x, error *err) {
  bool more = x->skims;
  while (more && x->st == STATUS_OK) {
    more = false;
    x->at += x->handlers.skim(x->context, (slice){x->chunk + x->at, x->to - x->at}, &more);
    more = more && !x->is_drained;
    if (more) {
      TRY(fill(x, err));
    }
  }
  x->skims = false;
  return judge(x, XML_STATUS_OK, err);
}

static status feed(xml_part *x, error *err) {
  if (x->at == x->to && !x->is_drained) {
    TRY(fill(x, err));
  }
  const char *bytes = x->chunk + x->at;
  const size_t length = slice_to_feed(x);
  x->at += length;
  x->fed += length;
  x->ended = x->is_drained && x->at == x->to;
  x->skims = false;
  TRY(judge(x, XML_Parse(x->parser, bytes, (int)length, x->ended), err));
  return skim(x, err);
}

status xml_go_on(xml_part *x, bool *ended, error *err) {
  if (x->is_paused) {
    x->is_paused = false;
    x->skims = false;
    TRY(judge(x, XML_ResumeParser(x->parser), err));
    TRY(skim(x, err));
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
