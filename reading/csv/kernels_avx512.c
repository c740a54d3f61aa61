/* The form for AVX-512 with byte compression (VBMI2): 64 bytes in a register, separators compressed. */
#include <immintrin.h>

#include "reading/csv/kernels.h"

typedef __m512i block;

static inline block block_load(const uint8_t *p) {
  return _mm512_loadu_si512(p);
}

static inline uint64_t block_equal(block b, char byte) {
  return _mm512_cmpeq_epi8_mask(b, _mm512_set1_epi8(byte));
}

static inline uint64_t block_high(block b) {
  return _mm512_movepi8_mask(b);
}

#include "reading/csv/utf8_tables.h"

/* Keiser and Lemire (2021), "Validating UTF-8 in less than one instruction per byte". */
static inline bool block_utf8(block b, const uint8_t *p) {
  const __m512i nibble = _mm512_set1_epi8(0x0f);
  const __m512i one_before = _mm512_loadu_si512(p - 1);
  const __m512i first_high = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)utf8_first_high));
  const __m512i first_low = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)utf8_first_low));
  const __m512i second_high = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)utf8_second_high));
  const __m512i before_high = _mm512_and_si512(_mm512_srli_epi16(one_before, 4), nibble);
  const __m512i before_low = _mm512_and_si512(one_before, nibble);
  const __m512i here_high = _mm512_and_si512(_mm512_srli_epi16(b, 4), nibble);
  const __m512i wrong = _mm512_and_si512(_mm512_and_si512(_mm512_shuffle_epi8(first_high, before_high),
                                                          _mm512_shuffle_epi8(first_low, before_low)),
                                         _mm512_shuffle_epi8(second_high, here_high));
  const __m512i third = _mm512_subs_epu8(_mm512_loadu_si512(p - 2), _mm512_set1_epi8(0xe0 - 0x80));
  const __m512i fourth = _mm512_subs_epu8(_mm512_loadu_si512(p - 3), _mm512_set1_epi8(0xf0 - 0x80));
  const __m512i must = _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8((char)0x80));
  return _mm512_cmpneq_epi8_mask(must, wrong) == 0;
}

static inline void block_append(csv_index *x, block b, const uint8_t *p, uint32_t base, uint64_t separators,
                                uint64_t briefs) {
  (void)b;
  const __m512i numbers =
      _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42,
                      41, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20,
                      19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const __m512i none = _mm512_set1_epi8((char)INPUT_BRIEF_NONE);
  const __m512i before = _mm512_mask_blend_epi8(briefs, none, _mm512_loadu_si512(p - 1));
  _mm512_storeu_si512(x->briefs + x->count, _mm512_maskz_compress_epi8(separators, before));
  const __m512i at = _mm512_maskz_compress_epi8(separators, numbers);
  const __m512i start = _mm512_set1_epi32((int)base);
  uint32_t *out = x->ends + x->count;
  const unsigned count = (unsigned)__builtin_popcountll(separators);
  _mm512_storeu_si512(out, _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(at))));
  if (count > 16) {
    _mm512_storeu_si512(out + 16,
                        _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 1))));
  }
  if (count > 32) {
    _mm512_storeu_si512(out + 32,
                        _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 2))));
    _mm512_storeu_si512(out + 48,
                        _mm512_add_epi32(start, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(at, 3))));
  }
  x->count += count;
}

#include "reading/csv/kernel_body.h"

const csv_kernels csv_kernels_avx512 = {"avx512", true, kernel_scan, kernel_index, kernel_masks};
