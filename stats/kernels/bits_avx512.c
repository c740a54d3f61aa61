/* Common bits with AVX-512's own count of bits, four levels against one at a time. */
#include "stats/kernels/bits.h"

#if KERNELS_X86
#include <immintrin.h>

enum { WORDS = 8, TILE = 4 };

KERNEL_AVX512 void bits_mark_avx512(const uint8_t *bytes, uint32_t words, uint8_t value, uint64_t *bits) {
  const __m512i wanted = _mm512_set1_epi8((char)value);
  for (uint32_t w = 0; w < words; w++, bytes += 64) {
    bits[w] = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512((const void *)bytes), wanted);
  }
}

KERNEL_AVX512 static inline __m512i load(const uint64_t *bits) {
  return _mm512_load_si512((const void *)bits);
}

/* Levels past the last repeat it; their counts are not used. */
KERNEL_AVX512 static void count_tile(const bit_table *t, uint32_t i, uint32_t j, uint32_t *cells) {
  const uint64_t *left = t->left + (size_t)i * t->stride, *right[TILE];
  __m512i sum[TILE];
  for (uint32_t k = 0; k < TILE; k++) {
    uint32_t level = j + k < t->right_count ? j + k : t->right_count - 1;
    right[k] = t->right + (size_t)level * t->stride;
    sum[k] = _mm512_setzero_si512();
  }
  for (uint32_t w = 0; w < t->words; w += WORDS) {
    __m512i x = load(left + w);
#pragma GCC unroll 4
    for (uint32_t k = 0; k < TILE; k++) {
      sum[k] = _mm512_add_epi64(sum[k], _mm512_popcnt_epi64(_mm512_and_si512(x, load(right[k] + w))));
    }
  }
  for (uint32_t k = 0; k < TILE && j + k < t->right_count; k++) {
    cells[i * t->right_count + j + k] += (uint32_t)_mm512_reduce_add_epi64(sum[k]);
  }
}

KERNEL_AVX512 void bits_count_avx512(const bit_table *t, uint32_t *cells) {
  for (uint32_t i = 0; i < t->left_count; i++) {
    for (uint32_t j = 0; j < t->right_count; j += TILE) {
      count_tile(t, i, j, cells);
    }
  }
}
#endif
