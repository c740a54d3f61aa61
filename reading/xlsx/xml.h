/* A part of a workbook as a stream of XML events (expat), with limits on depth and on the size of a tag, and
 * without document types, so that it cannot define entities. */
#ifndef CANVASS_READING_XLSX_XML_H
#define CANVASS_READING_XLSX_XML_H

#include "reading/xlsx/package.h"

typedef struct xml_part xml_part;

/* Names of elements come without the prefix of their namespace.  ATTRIBUTES alternates names, with their
 * prefix, and values; NULL ends it. */
typedef struct xml_handlers {
  void (*begin)(void *context, const char *name, const char *const *attributes);
  void (*end)(void *context, const char *name);
  void (*text)(void *context, slice text); /* in pieces; may be NULL */
  /* Called where xml_skim asked for it, with the bytes that follow; may be NULL.  Returns how many of them
   * the parser need not see; *MORE: it may be more of them once more bytes are there. */
  size_t (*skim)(void *context, slice bytes, bool *more);
} xml_handlers;

/* Opens MEMBER of P, which stays borrowed; HANDLERS are copied. */
status xml_open(package *p, slice member, const xml_handlers *handlers, void *context, xml_part **out,
                error *err) MUST_USE;
void xml_close(xml_part *x);
/* Goes on to the next pause or to the end of the part, which sets *ENDED. */
status xml_go_on(xml_part *x, bool *ended, error *err) MUST_USE;
/* Handlers call these: to end with STATUS_DATA and a message, in front of which the file's name is put, */
void xml_refuse(xml_part *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* to end with another status, or for want of memory, */
void xml_fail(xml_part *x, status st, const error *why);
void xml_out_of_memory(xml_part *x);
/* or to pause after what was handled. */
void xml_pause(xml_part *x);
/* The handlers BEGIN and END call this where whole elements may follow that SKIM reads itself. */
void xml_skim(xml_part *x);

/* Opens a part and handles all of it. */
status xml_read(package *p, slice member, const xml_handlers *handlers, void *context, xml_part **self,
                error *err) MUST_USE;

/* The value of an attribute by its name without prefix; NULL: none. */
const char *xml_attribute(const char *const *attributes, const char *name);
/* Whether it is there and says so. */
bool xml_is_true(const char *const *attributes, const char *name);

#endif
