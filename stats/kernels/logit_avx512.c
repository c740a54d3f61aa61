/* Rows of a logistic regression: avx512. */
#include "stats/kernels/logit_body.h"

#if KERNELS_X86
KERNEL_AVX512 void logit_score_avx512(const byte_scores *s, int64_t *scores) {
  logit_score(s, scores);
}

KERNEL_AVX512 void logit_terms_avx512(const logit_rows *rows) {
#pragma GCC ivdep
  for (uint32_t r = 0; r < rows->rows; r++) {
    logit_row(rows, r);
  }
}
#endif
