/* What a crosstab has beside its counts, percentages and chi-square, where a request asks for it. */
#ifndef CANVASS_STATS_ANALYSES_CROSSTAB_PARTS_H
#define CANVASS_STATS_ANALYSES_CROSSTAB_PARTS_H

#include "stats/analyses/crosstab_table.h"
#include "stats/analyses/letters.h"

/* Each opens its tables when asked for; writes those of the cross table that is read, if they are open; and
 * notes how they were made. */

/* "cells": n and shares of cells and totals, with intervals and residuals. */
void cross_cells_open(crossing *c);
void cross_cells_write(const crossing *c);
void cross_cells_note(const crossing *c);

/* "letters": which columns have lower shares. */
void cross_letters_open(crossing *c);
status cross_letters_write(const crossing *c, error *err) MUST_USE;
void cross_letters_note(const crossing *c);

/* "ordinal". */
void cross_ordinal_open(crossing *c);
status cross_ordinal_write(crossing *c, error *err) MUST_USE;
void cross_ordinal_note(const crossing *c);

/* "exact". */
void cross_exact_open(crossing *c);
status cross_exact_write(crossing *c, error *err) MUST_USE;
void cross_exact_note(const crossing *c);

/* Of all columns, or of all rows. */
enum { CROSS_ALL = UINT32_MAX };

/* A sum over rows of the data: how many, their count, and what it is worth in an estimate. */
typedef struct cross_mass {
  int64_t n;
  i128 count; /* n, or weights in their unit */
  exact w2;   /* of sampling weights, in the square of that unit */
} cross_mass;

/* Row I in column J; CROSS_ALL: of those who answered both, whatever they chose. */
cross_mass crossing_mass(const crossing *c, uint32_t i, uint32_t j);
/* Those in column J who could have given the answer of row I (crossing_base). */
cross_mass crossing_asked(const crossing *c, uint32_t i, uint32_t j);
/* n, S w, or (S w)^2 / S w^2, by the weighting. */
double crossing_effective(const crossing *c, const cross_mass *m);

#endif
