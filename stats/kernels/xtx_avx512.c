/* X'X of byte columns with AVX-512 VNNI, in tiles of 4 x 4 columns.
 *
 * vpdpbusd adds four products into 32 bits and never saturates; a lane's sum over a block of 4096 rows
 * is below 2^6 * 4 * 255 * 127 < 2^23. */
#include "stats/kernels/xtx.h"

#if KERNELS_X86
#include <immintrin.h>

enum { TILE = 4, STEP = 64 };

static inline uint32_t at_most(uint32_t v, uint32_t most) {
  return v < most ? v : most;
}

KERNEL_AVX512 static inline __m512i load(const uint8_t *column, uint32_t row) {
  return _mm512_load_si512((const void *)(column + row));
}

/* Columns past the last repeat it; their sums are not used. */
KERNEL_AVX512 static void multiply_tile(const byte_products *p, uint32_t i, uint32_t j, int64_t *sums) {
  const uint8_t *left[TILE], *right[TILE];
  __m512i sum[TILE * TILE];
  for (uint32_t k = 0; k < TILE; k++) {
    left[k] = p->left[at_most(i + k, p->left_count - 1)];
    right[k] = p->right[at_most(j + k, p->right_count - 1)];
  }
#pragma GCC unroll 16
  for (uint32_t k = 0; k < TILE * TILE; k++) {
    sum[k] = _mm512_setzero_si512();
  }
  for (uint32_t row = 0; row < p->rows; row += STEP) {
    __m512i x0 = load(left[0], row), x1 = load(left[1], row);
    __m512i x2 = load(left[2], row), x3 = load(left[3], row);
#pragma GCC unroll 4
    for (uint32_t k = 0; k < TILE; k++) {
      __m512i y = load(right[k], row);
      sum[k] = _mm512_dpbusd_epi32(sum[k], x0, y);
      sum[TILE + k] = _mm512_dpbusd_epi32(sum[TILE + k], x1, y);
      sum[2 * TILE + k] = _mm512_dpbusd_epi32(sum[2 * TILE + k], x2, y);
      sum[3 * TILE + k] = _mm512_dpbusd_epi32(sum[3 * TILE + k], x3, y);
    }
  }
#pragma GCC unroll 16
  for (uint32_t k = 0; k < TILE * TILE; k++) {
    uint32_t a = i + k / TILE, b = j + k % TILE;
    if (a < p->left_count && b < p->right_count) {
      sums[(size_t)a * p->stride + b] += _mm512_reduce_add_epi32(sum[k]);
    }
  }
}

KERNEL_AVX512 void xtx_multiply_avx512(const byte_products *p, int64_t *sums) {
  for (uint32_t i = 0; i < p->left_count; i += TILE) {
    for (uint32_t j = p->upper ? i : 0; j < p->right_count; j += TILE) {
      multiply_tile(p, i, j, sums);
    }
  }
}

/* vpshufb gives 0 where the slot's highest bit is set: where the answer is missing. */
KERNEL_AVX512 void xtx_look_up_avx512(const uint8_t *slots, uint32_t rows, const uint8_t table[16],
                                      uint8_t *out) {
  __m512i values = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(const void *)table));
  for (uint32_t r = 0; r < rows; r += STEP) {
    __m512i slot = _mm512_loadu_si512((const void *)(slots + r));
    _mm512_store_si512((void *)(out + r), _mm512_shuffle_epi8(values, slot));
  }
}

KERNEL_AVX512 void xtx_columns_avx512(const uint8_t *restrict left, const uint8_t *restrict right,
                                      uint32_t rows, uint8_t *restrict out) {
  for (uint32_t r = 0; r < rows; r++) {
    out[r] = (uint8_t)(left[r] * right[r]);
  }
}
#endif
