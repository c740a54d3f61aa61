/* The canonical document, opened and checked for rendering, and what its names mean to people.
 *
 * `document_open` checks the shape of everything the renderers walk through (docs/report.md), so that they
 * read on without asking again; figures and details stay free.  Every text that is shown goes through
 * `document_display`: no control character of a hostile label reaches a terminal.  Texts given back
 * live in the document's arena. */
#ifndef CANVASS_REPORT_DOCUMENT_H
#define CANVASS_REPORT_DOCUMENT_H

#include "base/json.h"
#include "report/report.h"
#include "report/words.h"

enum { DOCUMENT_VERSION = 1 };

typedef struct document {
  arena *memory; /* borrowed */
  const json *root;
  report_language language;
  bool shows_names; /* of variables instead of their labels, for authors of specifications */
} document;

/* STATUS_CORRUPT names the place: "report: analyses[2].tables[0].columns must be a list". */
status document_open(arena *memory, const void *bytes, size_t length, report_language language, document *out,
                     error *err) MUST_USE;

/* TEXT with control characters and malformed bytes replaced. */
slice document_display(const document *d, slice text);
/* A label object in the document's language, else the nearest language given; empty when there is none. */
slice document_label(const document *d, const json *label);
/* The same of a text of several lines: its line ends stay. */
slice document_paragraphs(const document *d, const json *label);
/* The label of a variable or construct; its name when it has none. */
slice document_item(const document *d, slice name);
/* The value label of KEY of variable ITEM; the key itself when it has none; a null key is "no answer". */
slice document_value(const document *d, slice item, const json *key);
/* "Class: Business, Month: 2024-01"; null is the word for the total. */
slice document_group(const document *d, const json *group);
/* Whether ITEM is a date: its figures are days since 1970-01-01. */
bool document_is_date(const document *d, slice item);
/* The range of a scale; false when ITEM is none. */
bool document_scale(const document *d, slice item, double *low, double *high);
/* The frame's word, in the document's language. */
slice document_word(const document *d, word w);

#endif
