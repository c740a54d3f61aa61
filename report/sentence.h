/* Sentences with {places}, by which warnings, notes and fixed texts get their figures. */
#ifndef CANVASS_REPORT_SENTENCE_H
#define CANVASS_REPORT_SENTENCE_H

#include "report/figure.h"

typedef struct sentence_place {
  const char *name;
  slice text;
} sentence_place;

/* PATTERN with each {name} replaced; an unknown one stays as it is.  {name?one:many} is "one" where the place
 * is the count 1, otherwise "many": "{n} of {rows} {rows?row:rows} {n?is:are} left out". */
slice sentence_fill(const document *d, const char *pattern, const sentence_place *places, size_t count);
/* The sentence of a warning or note: {"code", "detail"}, filled in the same way.  If a place is empty (the
 * group of a total), the space beside it is removed. */
slice sentence_remark(const document *d, const json *remark);

#endif
