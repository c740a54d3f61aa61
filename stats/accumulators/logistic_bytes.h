/* The sums of a LOGISTIC over rows whose predictors are bytes: products of byte columns (stats/kernels).
 *
 * X = low + b.  The curvature of a row, a whole number below 2^49, is written in seven digits of seven bits;
 * so the sum of curvature b_d b_k is one of products of bytes for each digit, exact in 64 bits.  Residuals
 * likewise, 2^46 added so that none is negative. */
#ifndef CANVASS_STATS_ACCUMULATORS_LOGISTIC_BYTES_H
#define CANVASS_STATS_ACCUMULATORS_LOGISTIC_BYTES_H

#include "stats/accumulators/logistic.h"
#include "stats/accumulators/points.h"

typedef struct logistic_bytes logistic_bytes;

/* Whether the columns of P, the outcome and SIZE - 1 predictors, are narrow enough. */
bool logistic_bytes_fit(const points *p, uint32_t size);
/* NULL: out of memory. */
logistic_bytes *logistic_bytes_new(uint32_t size);
void logistic_bytes_destroy(logistic_bytes *b);
/* Adds the block at hand of P.  RESIDUALS (at most 2^46 in size) and CURVATURES (below 2^46) have its rows, 0
 * where a row is not used. */
void logistic_bytes_add(logistic_bytes *b, const points *p, const int64_t *residuals,
                        const int64_t *curvatures);
/* Adds all that was added, of X, to gradient and information of S. */
void logistic_bytes_finish(const logistic_bytes *b, const points *p, logistic_state *s);

#endif
