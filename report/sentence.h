/* Sentences with {places}: the one way in which warnings, notes and the frame's words get figures. */
#ifndef CANVASS_REPORT_SENTENCE_H
#define CANVASS_REPORT_SENTENCE_H

#include "report/figure.h"

typedef struct sentence_place {
  const char *name;
  slice text;
} sentence_place;

/* PATTERN with each {name} replaced; an unknown one stays as it is. */
slice sentence_fill(const document *d, const char *pattern, const sentence_place *places, size_t count);
/* The sentence of a warning or note: {"code", "detail"}.  Places left empty (the group of a total)
 * take their space along. */
slice sentence_remark(const document *d, const json *remark);

#endif
