/* The exact sums of one numeric variable in one group, whichever accumulator they come from: what
 * every estimate is made of. */
#ifndef CANVASS_STATS_METHODS_SUMS_H
#define CANVASS_STATS_METHODS_SUMS_H

#include "stats/accumulators/accumulator.h"

/* What a weight means (docs/analyses/README.md): a frequency weight repeats the row, a sampling weight
 * says how many people of the population it represents. */
typedef enum weighting { WEIGHTING_NONE, WEIGHTING_SAMPLING, WEIGHTING_FREQUENCY } weighting;

typedef struct sums {
  moments at; /* x at `decimals`, w at `weight_decimals` */
  uint8_t decimals;
  uint8_t weight_decimals;
  weighting weighting;
} sums;

sums sums_of_moments(const moments_state *s, uint32_t place, weighting w);
/* VALUES: what each key counts as, parallel to the state's keys; NULL: the (numeric) keys themselves. */
sums sums_of_frequency(const frequency_state *s, uint32_t place, weighting w, const int64_t *values);
/* Adds the sums of another, disjoint group of the same variable. */
void sums_add(sums *into, const sums *from);

/* Answers, and all rows of the group, answered or not. */
int64_t frequency_answers(const frequency_state *s, uint32_t place);
int64_t frequency_rows(const frequency_state *s, uint32_t place);
/* The three counts of a cell: see frequency_state for the cells. */
int64_t frequency_n(const frequency_state *s, uint32_t place, uint32_t cell);
i128 frequency_w(const frequency_state *s, uint32_t place, uint32_t cell);
exact frequency_w2(const frequency_state *s, uint32_t place, uint32_t cell);
/* What KEY's share is a share of: of an option with its own column, those asked it; else the answers.
 * KEY may be one past the axis: a declared answer that does not occur. */
int64_t frequency_base_n(const frequency_state *s, uint32_t place, uint32_t key);
i128 frequency_base_w(const frequency_state *s, uint32_t place, uint32_t key);
/* COUNT, S c x and S c x^2 as figures, c being 1 or the weight. */
void sums_read(const sums *s, ratio *count, ratio *sum, ratio *square);
/* 100 * part / whole, correctly rounded; NaN when WHOLE is 0. */
double percent_of(i128 part, i128 whole);

#endif
