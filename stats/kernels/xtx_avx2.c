/* X'X of byte columns with AVX2, in tiles of 2 x 4 columns.
 *
 * vpmaddubsw adds two neighbouring products into 16 bits and would saturate: with products of at most
 * product_max <= 16383 the two stay below 2^15, and their sums are widened to 32 bits before more than
 * 32767 / (2 * product_max) of them are added. */
#include "stats/kernels/xtx.h"

#if KERNELS_X86
#include <immintrin.h>

enum { TILE_LEFT = 2, TILE_RIGHT = 4, STEP = 32 };

static inline uint32_t at_most(uint32_t v, uint32_t most) {
  return v < most ? v : most;
}

KERNEL_AVX2 static int64_t add_lanes(__m256i v) {
  __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4E));
  s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xB1));
  return (uint32_t)_mm_cvtsi128_si32(s);
}

KERNEL_AVX2 static inline __m256i load(const uint8_t *column, uint32_t row) {
  return _mm256_load_si256((const __m256i *)(const void *)(column + row));
}

/* Columns past the last repeat it; their sums are not used. */
KERNEL_AVX2 static void multiply_tile(const byte_products *p, uint32_t i, uint32_t j, uint32_t narrow_rows,
                                      int64_t *sums) {
  const uint8_t *left[TILE_LEFT], *right[TILE_RIGHT];
  __m256i wide[TILE_LEFT * TILE_RIGHT];
  for (uint32_t k = 0; k < TILE_LEFT; k++) {
    left[k] = p->left[at_most(i + k, p->left_count - 1)];
  }
  for (uint32_t k = 0; k < TILE_RIGHT; k++) {
    right[k] = p->right[at_most(j + k, p->right_count - 1)];
  }
  for (uint32_t k = 0; k < TILE_LEFT * TILE_RIGHT; k++) {
    wide[k] = _mm256_setzero_si256();
  }
  const __m256i ones = _mm256_set1_epi16(1);
  for (uint32_t row = 0; row < p->rows;) {
    uint32_t end = at_most(p->rows, row + narrow_rows);
    __m256i narrow[TILE_LEFT * TILE_RIGHT];
    for (uint32_t k = 0; k < TILE_LEFT * TILE_RIGHT; k++) {
      narrow[k] = _mm256_setzero_si256();
    }
    for (; row < end; row += STEP) {
      __m256i x0 = load(left[0], row), x1 = load(left[1], row);
      for (uint32_t k = 0; k < TILE_RIGHT; k++) {
        __m256i y = load(right[k], row);
        narrow[k] = _mm256_add_epi16(narrow[k], _mm256_maddubs_epi16(x0, y));
        narrow[TILE_RIGHT + k] = _mm256_add_epi16(narrow[TILE_RIGHT + k], _mm256_maddubs_epi16(x1, y));
      }
    }
    for (uint32_t k = 0; k < TILE_LEFT * TILE_RIGHT; k++) {
      wide[k] = _mm256_add_epi32(wide[k], _mm256_madd_epi16(narrow[k], ones));
    }
  }
  for (uint32_t k = 0; k < TILE_LEFT * TILE_RIGHT; k++) {
    uint32_t a = i + k / TILE_RIGHT, b = j + k % TILE_RIGHT;
    if (a < p->left_count && b < p->right_count) {
      sums[(size_t)a * p->stride + b] += add_lanes(wide[k]);
    }
  }
}

KERNEL_AVX2 void xtx_multiply_avx2(const byte_products *p, int64_t *sums) {
  uint32_t steps = 32767 / (2 * (p->product_max > 0 ? p->product_max : 1));
  for (uint32_t i = 0; i < p->left_count; i += TILE_LEFT) {
    for (uint32_t j = p->upper ? i / TILE_RIGHT * TILE_RIGHT : 0; j < p->right_count; j += TILE_RIGHT) {
      multiply_tile(p, i, j, at_most(steps, BYTE_PRODUCTS_ROWS) * STEP, sums);
    }
  }
}

/* vpshufb gives 0 where the slot's highest bit is set: where the answer is missing. */
KERNEL_AVX2 void xtx_look_up_avx2(const uint8_t *slots, uint32_t rows, const uint8_t table[16],
                                  uint8_t *out) {
  __m256i values = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
  for (uint32_t r = 0; r < rows; r += STEP) {
    __m256i slot = _mm256_loadu_si256((const __m256i *)(const void *)(slots + r));
    _mm256_store_si256((__m256i *)(void *)(out + r), _mm256_shuffle_epi8(values, slot));
  }
}

KERNEL_AVX2 void xtx_columns_avx2(const uint8_t *restrict left, const uint8_t *restrict right, uint32_t rows,
                                  uint8_t *restrict out) {
  for (uint32_t r = 0; r < rows; r++) {
    out[r] = (uint8_t)(left[r] * right[r]);
  }
}
#endif
