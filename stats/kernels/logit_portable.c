/* Rows of a logistic regression: portable. */
#include "stats/kernels/logit_body.h"

void logit_score_portable(const byte_scores *s, int64_t *scores) {
  logit_score(s, scores);
}

void logit_terms_portable(const logit_rows *rows) {
#pragma GCC ivdep
  for (uint32_t r = 0; r < rows->rows; r++) {
    logit_row(rows, r);
  }
}
