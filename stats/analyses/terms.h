/* Terms: every column title, table title, note and warning of a report, in three languages, with the
 * way its figures are shown.  Shared ones are in common.terms, those of one analysis in its own NAME.terms,
 * which its row holds; renderers find them all here. */
#ifndef CANVASS_STATS_ANALYSES_TERMS_H
#define CANVASS_STATS_ANALYSES_TERMS_H

#include <stddef.h>

typedef enum term_format {
  TERM_TEXT,        /* as it is */
  TERM_COUNT,       /* whole number with thousands marks */
  TERM_NUMBER,      /* a figure: 4 significant decimals, aligned on the mark */
  TERM_SCORE,       /* an index, NPS or per cent: 1 decimal */
  TERM_PERCENT,     /* 0..100 with 1 decimal */
  TERM_P,           /* p-value: 4 decimals, "<.0001" below */
  TERM_COEFFICIENT, /* r, V, eta2: 3 decimals */
  TERM_ITEM,        /* a variable's name: shown by its label */
  TERM_VALUE,       /* a key of the row's item: shown by its value label */
  TERM_GROUP,       /* a breakdown's group */
  TERM_SENTENCE,    /* notes and warnings: title is a sentence with {places} */
} term_format;

/* What KEY is called can depend on where it stands: in sections of an analysis, or in those with a note, the
 * term "ANALYSIS.KEY" or "NOTE.KEY" gives the title instead. */
typedef struct term {
  const char *key;
  term_format format;
  const char *title[3]; /* en, zh-Hans, zh-Hant */
} term;

/* A line of a .terms file as an element of an array of terms. */
#define TERM(key, format, en, hans, hant) {key, format, {en, hans, hant}},

const term *term_find(const char *key); /* NULL when unknown */
size_t term_count(void);
const term *term_at(size_t index);

#endif
