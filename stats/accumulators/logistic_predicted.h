/* The list of predicted values of a LOGISTIC. */
#ifndef CANVASS_STATS_ACCUMULATORS_LOGISTIC_PREDICTED_H
#define CANVASS_STATS_ACCUMULATORS_LOGISTIC_PREDICTED_H

#include "stats/accumulators/logistic.h"

/* One row, while a shard is mapped. */
typedef struct predicted_row {
  int64_t eta; /* in units of 2^-40 */
  int64_t weight;
  bool event;
} predicted_row;

/* Makes the list of S, which is empty, from COUNT rows, whose order is changed. */
status predicted_from_rows(logistic_state *s, predicted_row *rows, uint32_t count, error *err) MUST_USE;
/* Adds the list of FROM to that of INTO. */
status predicted_merge(logistic_state *into, const logistic_state *from, error *err) MUST_USE;
void predicted_encode(const logistic_state *s, buf *out);
/* A failure of the bytes stays in R. */
status predicted_decode(reader *r, logistic_state *s, error *err) MUST_USE;

#endif
