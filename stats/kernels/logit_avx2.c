/* Rows of a logistic regression: avx2. */
#include "stats/kernels/logit_body.h"

#if KERNELS_X86
KERNEL_AVX2 void logit_score_avx2(const byte_scores *s, int64_t *scores) {
  logit_score(s, scores);
}

KERNEL_AVX2 void logit_terms_avx2(const logit_rows *rows) {
#pragma GCC ivdep
  for (uint32_t r = 0; r < rows->rows; r++) {
    logit_row(rows, r);
  }
}
#endif
