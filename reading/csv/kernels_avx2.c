/* The form for AVX2: twice 32 bytes, separators listed bit by bit. */
#include <immintrin.h>

#include "reading/csv/kernels.h"

typedef struct block {
  __m256i low, high;
} block;

static inline block block_load(const uint8_t *p) {
  return (block){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 32))};
}

static inline uint64_t join(__m256i low, __m256i high) {
  return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

static inline uint64_t block_equal(block b, char byte) {
  const __m256i wanted = _mm256_set1_epi8(byte);
  return join(_mm256_cmpeq_epi8(b.low, wanted), _mm256_cmpeq_epi8(b.high, wanted));
}

static inline uint64_t block_high(block b) {
  return join(b.low, b.high);
}

#include "reading/csv/utf8_tables.h"

static inline __m256i table(const uint8_t *bytes) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)bytes));
}

/* Keiser and Lemire (2021), "Validating UTF-8 in less than one instruction per byte". */
static inline __m256i ill_formed(__m256i here, const uint8_t *p) {
  const __m256i nibble = _mm256_set1_epi8(0x0f);
  const __m256i one_before = _mm256_loadu_si256((const __m256i *)(p - 1));
  const __m256i before_high = _mm256_and_si256(_mm256_srli_epi16(one_before, 4), nibble);
  const __m256i before_low = _mm256_and_si256(one_before, nibble);
  const __m256i here_high = _mm256_and_si256(_mm256_srli_epi16(here, 4), nibble);
  const __m256i wrong =
      _mm256_and_si256(_mm256_and_si256(_mm256_shuffle_epi8(table(utf8_first_high), before_high),
                                        _mm256_shuffle_epi8(table(utf8_first_low), before_low)),
                       _mm256_shuffle_epi8(table(utf8_second_high), here_high));
  const __m256i third =
      _mm256_subs_epu8(_mm256_loadu_si256((const __m256i *)(p - 2)), _mm256_set1_epi8(0xe0 - 0x80));
  const __m256i fourth =
      _mm256_subs_epu8(_mm256_loadu_si256((const __m256i *)(p - 3)), _mm256_set1_epi8(0xf0 - 0x80));
  const __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
  return _mm256_xor_si256(must, wrong);
}

static inline bool block_utf8(block b, const uint8_t *p) {
  const __m256i wrong = _mm256_or_si256(ill_formed(b.low, p), ill_formed(b.high, p + 32));
  return _mm256_testz_si256(wrong, wrong) != 0;
}

static inline void block_append(csv_index *x, block b, const uint8_t *p, uint32_t base, uint64_t separators,
                                uint64_t briefs) {
  (void)b;
  uint32_t *ends = x->ends + x->count;
  uint8_t *bytes = x->briefs + x->count;
  x->count += (unsigned)__builtin_popcountll(separators);
  for (; separators != 0; separators &= separators - 1) {
    const unsigned i = (unsigned)__builtin_ctzll(separators);
    *ends++ = base + i;
    *bytes++ = (uint8_t)(*(p + i - 1) | ((briefs >> i & 1) - 1));
  }
}

#include "reading/csv/kernel_body.h"

const csv_kernels csv_kernels_avx2 = {"avx2", true, kernel_scan, kernel_index, kernel_masks};
