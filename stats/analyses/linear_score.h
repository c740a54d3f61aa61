/* What a linear model makes of each row, as a variable of the rows that come back (docs/score.md): a number
 * that is a sum of coefficients times answers, the coefficients being those of the report. */
#ifndef CANVASS_STATS_ANALYSES_LINEAR_SCORE_H
#define CANVASS_STATS_ANALYSES_LINEAR_SCORE_H

#include "stats/analyses/analysis.h"

typedef struct linear_score {
  score_link link;
  uint8_t decimals;       /* of the value */
  uint32_t count;         /* of inputs */
  const uint32_t *inputs; /* variables of the program at hand, numeric */
  const double *slopes;   /* of answers, not of mantissas */
  double constant;
} linear_score;

/* How many decimals, at most 12, leave numbers as large as MAGNITUDE 15 digits. */
uint8_t linear_score_decimals(double magnitude);
/* Fills V, in the memory of RUN's section; the coefficients are kept to 2^-62 of themselves or better.
 * STATUS_DATA when they are too large. */
status linear_score_make(analysis_run *run, const linear_score *s, program_variable *v, error *err) MUST_USE;

#endif
