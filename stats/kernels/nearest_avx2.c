/* Nearest centres with AVX2, 16 rows at a time. */
#include "stats/kernels/nearest.h"

#if KERNELS_X86
#include <immintrin.h>
#include <string.h>

enum { LANES = 4, PARTS = 4, STEP = LANES * PARTS };

KERNEL_AVX2 static inline __m256d load(const uint8_t *bytes) {
  int four;
  memcpy(&four, bytes, sizeof four);
  return _mm256_cvtepi32_pd(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four)));
}

/* All operations are exact, so it does not matter that products and sums are rounded separately. */
KERNEL_AVX2 static void score_rows(const nearest_model *m, uint32_t row, const double *c,
                                   __m256d scores[PARTS]) {
  for (int k = 0; k < PARTS; k++) {
    scores[k] = _mm256_set1_pd(c[0]);
  }
  for (uint32_t d = 0; d < m->columns_count; d++) {
    const __m256d slope = _mm256_set1_pd(c[1 + d]);
    for (int k = 0; k < PARTS; k++) {
      __m256d x = load(m->columns[d] + row + k * LANES);
      scores[k] = _mm256_add_pd(scores[k], _mm256_mul_pd(slope, x));
    }
  }
}

KERNEL_AVX2 void nearest_bytes_avx2(const nearest_model *m, uint8_t *nearest) {
  for (uint32_t row = 0; row < m->rows; row += STEP) {
    __m256d smallest[PARTS], scores[PARTS], index[PARTS];
    score_rows(m, row, m->coefficients, smallest);
    for (int k = 0; k < PARTS; k++) {
      index[k] = _mm256_setzero_pd();
    }
    for (uint32_t j = 1; j < m->clusters; j++) {
      score_rows(m, row, m->coefficients + (size_t)j * (m->columns_count + 1), scores);
      for (int k = 0; k < PARTS; k++) {
        __m256d less = _mm256_cmp_pd(scores[k], smallest[k], _CMP_LT_OQ);
        index[k] = _mm256_blendv_pd(index[k], _mm256_set1_pd((double)j), less);
        smallest[k] = _mm256_blendv_pd(smallest[k], scores[k], less);
      }
    }
    for (int k = 0; k < PARTS; k++) {
      int four[LANES];
      _mm_storeu_si128((__m128i *)(void *)four, _mm256_cvtpd_epi32(index[k]));
      for (int r = 0; r < LANES; r++) {
        nearest[row + (uint32_t)(k * LANES + r)] = (uint8_t)four[r];
      }
    }
  }
}

KERNEL_AVX2 void nearest_add_distances_avx2(const double *restrict x, double centre, double scale,
                                            double *restrict sum) {
  for (uint32_t r = 0; r < DISTANCE_ROWS; r++) {
    double off = x[r] - centre;
    sum[r] += off * off * scale;
  }
}
#endif
