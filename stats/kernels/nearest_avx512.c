/* Nearest centres with AVX-512: 32 rows and up to 5 centres at a time, so that a byte is widened once for
 * all of them and the sums stay in registers. */
#include "stats/kernels/nearest.h"

#if KERNELS_X86
#include <immintrin.h>

enum { LANES = 8, PARTS = 4, STEP = LANES * PARTS, CENTRES = 5 };

KERNEL_AVX512 static inline __m512d load(const uint8_t *bytes) {
  return _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)bytes)));
}

/* Scores of COUNT centres from J on.  Fused or not, all operations are exact. */
KERNEL_AVX512 static inline __attribute__((always_inline)) void score_rows(const nearest_model *m,
                                                                           uint32_t row, uint32_t j,
                                                                           const uint32_t count,
                                                                           __m512d scores[CENTRES][PARTS]) {
  const size_t stride = (size_t)m->columns_count + 1;
  const double *c = m->coefficients + j * stride;
#pragma GCC unroll 5
  for (uint32_t i = 0; i < count; i++) {
#pragma GCC unroll 4
    for (int k = 0; k < PARTS; k++) {
      scores[i][k] = _mm512_set1_pd(c[i * stride]);
    }
  }
  for (uint32_t d = 0; d < m->columns_count; d++) {
    __m512d x[PARTS];
#pragma GCC unroll 4
    for (int k = 0; k < PARTS; k++) {
      x[k] = load(m->columns[d] + row + k * LANES);
    }
#pragma GCC unroll 5
    for (uint32_t i = 0; i < count; i++) {
      const __m512d slope = _mm512_set1_pd(c[i * stride + 1 + d]);
#pragma GCC unroll 4
      for (int k = 0; k < PARTS; k++) {
        scores[i][k] = _mm512_fmadd_pd(slope, x[k], scores[i][k]);
      }
    }
  }
}

typedef struct best {
  __m512d smallest[PARTS];
  __m512i index[PARTS];
} best;

KERNEL_AVX512 static inline __attribute__((always_inline)) void keep_best(const nearest_model *m,
                                                                          uint32_t row, uint32_t j,
                                                                          const uint32_t count, best *b) {
  __m512d scores[CENTRES][PARTS];
  score_rows(m, row, j, count, scores);
#pragma GCC unroll 5
  for (uint32_t i = 0; i < count; i++) {
#pragma GCC unroll 4
    for (int k = 0; k < PARTS; k++) {
      __mmask8 less = _mm512_cmp_pd_mask(scores[i][k], b->smallest[k], _CMP_LT_OQ);
      b->smallest[k] = _mm512_mask_mov_pd(b->smallest[k], less, scores[i][k]);
      b->index[k] = _mm512_mask_set1_epi64(b->index[k], less, (long long)(j + i));
    }
  }
}

KERNEL_AVX512 void nearest_bytes_avx512(const nearest_model *m, uint8_t *nearest) {
  for (uint32_t row = 0; row < m->rows; row += STEP) {
    best b;
    for (int k = 0; k < PARTS; k++) {
      b.smallest[k] = _mm512_set1_pd(__builtin_inf());
      b.index[k] = _mm512_setzero_si512();
    }
    uint32_t j = 0;
    for (; j + CENTRES <= m->clusters; j += CENTRES) {
      keep_best(m, row, j, CENTRES, &b);
    }
    for (; j + 2 <= m->clusters; j += 2) {
      keep_best(m, row, j, 2, &b);
    }
    for (; j < m->clusters; j++) {
      keep_best(m, row, j, 1, &b);
    }
    for (int k = 0; k < PARTS; k++) {
      _mm_storel_epi64((__m128i *)(void *)(nearest + row + (uint32_t)k * LANES),
                       _mm512_cvtepi64_epi8(b.index[k]));
    }
  }
}

KERNEL_AVX512 void nearest_add_distances_avx512(const double *restrict x, double centre, double scale,
                                                double *restrict sum) {
  for (uint32_t r = 0; r < DISTANCE_ROWS; r++) {
    double off = x[r] - centre;
    sum[r] += off * off * scale;
  }
}
#endif
