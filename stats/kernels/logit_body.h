/* The loop of all forms, which the compiler makes vectors of. */
#ifndef CANVASS_STATS_KERNELS_LOGIT_BODY_H
#define CANVASS_STATS_KERNELS_LOGIT_BODY_H

#include "base/elementary_lanes.h"
#include "stats/kernels/logit.h"

/* One row: pi and 1 - pi as the larger and the smaller of the two, of which neither loses digits. */
static inline __attribute__((always_inline)) void logit_row(const logit_rows *rows, uint32_t r) {
  const double eta = (double)rows->scores[r] * 0x1p-50;
  const int64_t event = rows->events[r];
  const double size = eta < 0 ? -eta : eta;
  const double small = elementary_lane_exp(-size);
  const double likely = 1 / (1 + small);
  const double unlikely = small / (1 + small);
  const double probability = eta < 0 ? unlikely : likely;
  const int is_missed = (eta < 0) == (event == 1);
  /* log(1 + exp(-+eta)), of which the log likelihood is the negative */
  const double loss = elementary_lane_log_1_plus(small) + size * is_missed;
  const double miss = is_missed ? likely : unlikely; /* |y - pi| */
  rows->residuals[r] =
      event * (INT64_C(1) << LOGIT_BITS) - elementary_lane_quantised(probability, LOGIT_BITS);
  rows->log_likelihoods[r] = -elementary_lane_quantised(loss, LOGIT_BITS);
  rows->curvatures[r] = elementary_lane_quantised(likely * unlikely, LOGIT_BITS);
  rows->squares[r] = elementary_lane_quantised(miss * miss, LOGIT_BITS);
}

/* Column after column, so that rows stand side by side. */
static inline __attribute__((always_inline)) void logit_score(const byte_scores *s,
                                                              int64_t *restrict scores) {
  for (uint32_t r = 0; r < s->rows; r++) {
    scores[r] = s->constant;
  }
  for (uint32_t d = 0; d < s->columns_count; d++) {
    const uint8_t *restrict column = s->columns[d];
    const int64_t coefficient = s->coefficients[d];
    for (uint32_t r = 0; r < s->rows; r++) {
      scores[r] += coefficient * column[r];
    }
  }
}

#endif
