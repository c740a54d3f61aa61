/* Sums over the rows of one shard, for LOGISTIC alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_LOGISTIC_SUMS_H
#define CANVASS_STATS_ACCUMULATORS_LOGISTIC_SUMS_H

#include "stats/accumulators/logistic.h"
#include "stats/accumulators/logistic_predicted.h"
#include "stats/accumulators/points.h"

/* The parameters, in their parts; borrowed. */
typedef struct logistic_params {
  bool detailed;
  unsigned units; /* q */
  int64_t cut;
  const int64_t *shifts, *coefficients; /* 1 + p */
} logistic_params;

/* Adds all rows of P to S.  ROWS: room for a predicted value of each, or NULL; *ROWS_COUNT of them are set.
 */
status logistic_add_rows(points *p, const logistic_params *params, logistic_state *s, predicted_row *rows,
                         uint32_t *rows_count, error *err) MUST_USE;

#endif
