/* A linear predictor of a row, exact: 2^-q (c_1 2^s_1 x_1 + .. + c_n 2^s_n x_n), rounded down to whole units
 * of 2^(DROP - q) and cut at -+LIMIT.  For accumulators of regressions. */
#ifndef CANVASS_STATS_ACCUMULATORS_ROW_SCORE_H
#define CANVASS_STATS_ACCUMULATORS_ROW_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/exact.h"

enum { ROW_SCORE_SIZE_MAX = 202, ROW_SCORE_DROP_MAX = 126 };

typedef struct row_score {
  uint32_t size;
  const int64_t *shifts, *coefficients; /* borrowed */
  unsigned drop;
  int64_t limit; /* at most 2^62 */
  bool fast;     /* all sums stay below 2^62 */
} row_score;

/* Whether scores of answers up to NUMBER_MAX can be formed. */
bool row_score_is_valid(const int64_t *shifts, const int64_t *coefficients, uint32_t size);
/* MAGNITUDES: no |x_i| of the rows to come is larger. */
row_score row_score_of(const int64_t *shifts, const int64_t *coefficients, uint32_t size, unsigned drop,
                       int64_t limit, const int64_t *magnitudes);
int64_t row_score_at(const row_score *s, const int64_t *x);
/* The score whose sum before the drop is SUM; of a fast one. */
int64_t row_score_of_sum(const row_score *s, int64_t sum);

/* Cells of a lower triangle of SIZE rows. */
static inline uint32_t row_cells(uint32_t size) {
  return size * (size + 1) / 2;
}
/* SUMS += factor x x', the lower triangle row by row.  The caller knows that it fits. */
static inline void row_add_squares(i128 *sums, i128 factor, const int64_t *x, uint32_t size) {
  for (uint32_t d = 0, at = 0; d < size; d++) {
    for (uint32_t k = 0; k <= d; k++) {
      sums[at++] += factor * x[d] * x[k];
    }
  }
}
/* *SUM += a * b * c, whatever their size: A below 2^126, B and C below 2^63. */
void row_add_exact(exact *sum, i128 a, int64_t b, int64_t c);

#endif
