/* Common bits with AVX2: a byte's bits are counted by looking up its two halves (Mula, Kurz & Lemire 2018,
 * Comput. J. 61:111-120). */
#include "stats/kernels/bits.h"

#if KERNELS_X86
#include <immintrin.h>

enum { WORDS = 4, PER_BYTE_MAX = 31 }; /* 31 counts of at most 8 fit a byte */

KERNEL_AVX2 void bits_mark_avx2(const uint8_t *bytes, uint32_t words, uint8_t value, uint64_t *bits) {
  const __m256i wanted = _mm256_set1_epi8((char)value);
  for (uint32_t w = 0; w < words; w++, bytes += 64) {
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(bytes + 32));
    uint32_t low_bits = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
    uint32_t high_bits = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
    bits[w] = (uint64_t)high_bits << 32 | low_bits;
  }
}

KERNEL_AVX2 static inline __m256i load(const uint64_t *bits) {
  return _mm256_load_si256((const __m256i *)(const void *)bits);
}

KERNEL_AVX2 static uint32_t count_common(const uint64_t *left, const uint64_t *right, uint32_t words) {
  const __m256i counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2,
                                          3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i half = _mm256_set1_epi8(15);
  __m256i sum = _mm256_setzero_si256();
  for (uint32_t w = 0; w < words;) {
    __m256i bytes = _mm256_setzero_si256();
    uint32_t end = w + PER_BYTE_MAX * WORDS < words ? w + PER_BYTE_MAX * WORDS : words;
    for (; w < end; w += WORDS) {
      __m256i both = _mm256_and_si256(load(left + w), load(right + w));
      __m256i low = _mm256_shuffle_epi8(counts, _mm256_and_si256(both, half));
      __m256i high = _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(both, 4), half));
      bytes = _mm256_add_epi8(bytes, _mm256_add_epi8(low, high));
    }
    sum = _mm256_add_epi64(sum, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
  }
  __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
  return (uint32_t)(_mm_extract_epi64(two, 0) + _mm_extract_epi64(two, 1));
}

KERNEL_AVX2 void bits_count_avx2(const bit_table *t, uint32_t *cells) {
  for (uint32_t i = 0; i < t->left_count; i++) {
    for (uint32_t j = 0; j < t->right_count; j++) {
      cells[i * t->right_count + j] +=
          count_common(t->left + (size_t)i * t->stride, t->right + (size_t)j * t->stride, t->words);
    }
  }
}
#endif
