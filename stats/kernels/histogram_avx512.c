/* Histograms with AVX-512.
 *
 * Ungrouped and with few keys: each slot is compared with every cell, 64 rows at once.  Weights are cut
 * into planes of bytes (4 of w, 8 of w^2; half of them while all weights of a block are below 2^16); a
 * cell's sums are the products of its 0/1 rows with the planes, by the dot product of bytes.  By group,
 * the loops of the narrower form are as fast as any known here. */
#include "stats/kernels/histogram_body.h"

#if KERNELS_X86

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

enum {
  COUNTED_KEYS_MAX = 32,
  WEIGHED_KEYS_MAX = 16,
  VECTOR = 64,
  PLANES_BLOCK = 2048, /* rows whose planes stay in the nearest cache */
  NARROW_PLANES = 6,   /* w: 2, w^2: 4 */
  WIDE_PLANES = 12,    /* w: 4, w^2: 8 */
};

KERNEL_AVX512 static uint32_t compare_block(const uint8_t *slots, uint32_t count, uint32_t first,
                                            uint32_t *counts) {
  const __m512i one = _mm512_set1_epi8(1);
  __m512i slot[CELLS_AT_ONCE], sum[CELLS_AT_ONCE];
  for (uint32_t i = 0; i < CELLS_AT_ONCE; i++) {
    slot[i] = _mm512_set1_epi8((char)(uint8_t)(first + i - MISSING_REASONS));
    sum[i] = _mm512_setzero_si512();
  }
  for (uint32_t row = 0; row < count; row += VECTOR) {
    __m512i v = _mm512_loadu_si512(slots + row);
    for (uint32_t i = 0; i < CELLS_AT_ONCE; i++) {
      sum[i] = _mm512_mask_add_epi8(sum[i], _mm512_cmpeq_epi8_mask(v, slot[i]), sum[i], one);
    }
  }
  uint32_t all = 0;
  for (uint32_t i = 0; i < CELLS_AT_ONCE; i++) {
    uint32_t found = (uint32_t)_mm512_reduce_add_epi64(_mm512_sad_epu8(sum[i], _mm512_setzero_si512()));
    counts[first + i] += found;
    all += found;
  }
  return all;
}

KERNEL_AVX512 void histogram_count_avx512(const histogram *h, uint32_t *counts) {
  if (h->groups != NULL) {
    body_count_by_group(h, counts);
  } else if (h->keys_count <= COUNTED_KEYS_MAX) {
    body_compare_all(h, VECTOR, compare_block, counts);
  } else {
    body_count_all(h, counts);
  }
}

/* The bytes of 64 numbers, by place value: OUT[k] has byte K of each.  COUNT planes are wanted. */
KERNEL_AVX512 INLINE void cut_planes(const __m512i in[4], unsigned count, __m512i *out) {
  uint8_t order[VECTOR];
  for (unsigned i = 0; i < VECTOR; i++) {
    order[i] = (uint8_t)(4 * (i % 16) + i / 16);
  }
  const __m512i by_place = _mm512_loadu_si512(order);
  __m512i v[4];
  for (unsigned i = 0; i < 4; i++) {
    v[i] = _mm512_permutexvar_epi8(by_place, in[i]);
  }
  __m512i low_ab = _mm512_shuffle_i32x4(v[0], v[1], 0x44), low_cd = _mm512_shuffle_i32x4(v[2], v[3], 0x44);
  out[0] = _mm512_shuffle_i32x4(low_ab, low_cd, 0x88);
  out[1] = _mm512_shuffle_i32x4(low_ab, low_cd, 0xDD);
  if (count > 2) {
    __m512i high_ab = _mm512_shuffle_i32x4(v[0], v[1], 0xEE),
            high_cd = _mm512_shuffle_i32x4(v[2], v[3], 0xEE);
    out[2] = _mm512_shuffle_i32x4(high_ab, high_cd, 0x88);
    out[3] = _mm512_shuffle_i32x4(high_ab, high_cd, 0xDD);
  }
}

KERNEL_AVX512 INLINE void plane_vectors(const uint32_t *weights, unsigned planes, __m512i *out) {
  __m512i w[4], low[4], high[4];
  for (unsigned i = 0; i < 4; i++) {
    w[i] = _mm512_loadu_si512(weights + 16 * i);
    if (planes == NARROW_PLANES) {
      low[i] = _mm512_mullo_epi32(w[i], w[i]);
    } else {
      __m512i odd_w = _mm512_srli_epi64(w[i], 32);
      __m512i even = _mm512_mul_epu32(w[i], w[i]), odd = _mm512_mul_epu32(odd_w, odd_w);
      low[i] = _mm512_mask_mov_epi32(even, 0xAAAA, _mm512_slli_epi64(odd, 32));
      high[i] = _mm512_mask_mov_epi32(_mm512_srli_epi64(even, 32), 0xAAAA, odd);
    }
  }
  if (planes == NARROW_PLANES) {
    cut_planes(w, 2, out);
    cut_planes(low, 4, out + 2);
  } else {
    cut_planes(w, 4, out);
    cut_planes(low, 4, out + 4);
    cut_planes(high, 4, out + 8);
  }
}

/* Sum over K of 2^(8 K) * SUMS[K]. */
KERNEL_AVX512 INLINE uint64_t place_values(const __m512i *sums, unsigned count) {
  uint64_t all = 0;
  for (unsigned k = 0; k < count; k++) {
    all += (uint64_t)(uint32_t)_mm512_reduce_add_epi32(sums[k]) << (8 * k);
  }
  return all;
}

/* Adds COUNT vectors of rows whose slot is SLOT; PLANES is a constant. */
KERNEL_AVX512 INLINE void weigh_cell(const uint8_t *slots, uint8_t slot, const __m512i *block, uint32_t count,
                                     unsigned planes, weighed_cell *cell) {
  const __m512i wanted = _mm512_set1_epi8((char)slot), one = _mm512_set1_epi8(1);
  __m512i sums[WIDE_PLANES];
  uint64_t n = 0;
  for (unsigned k = 0; k < planes; k++) {
    sums[k] = _mm512_setzero_si512();
  }
  for (uint32_t i = 0; i < count; i++) {
    __mmask64 equal = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(slots + (size_t)VECTOR * i), wanted);
    if (equal != 0) {
      __m512i rows = _mm512_maskz_mov_epi8(equal, one);
      n += (uint64_t)__builtin_popcountll(equal);
      for (unsigned k = 0; k < planes; k++) {
        sums[k] = _mm512_dpbusd_epi32(sums[k], block[(size_t)planes * i + k], rows);
      }
    }
  }
  if (n > 0) {
    unsigned w_planes = planes / 3;
    cell->n += n;
    cell->w += place_values(sums, w_planes);
    cell->w2_low += place_values(sums + w_planes, 4);
    cell->w2_high += planes == WIDE_PLANES ? place_values(sums + w_planes + 4, 4) : 0;
  }
}

KERNEL_AVX512 INLINE void weigh_block(const histogram *h, uint32_t row, uint32_t count,
                                      const uint32_t *weights, unsigned planes, weighed_cell *cells) {
  __m512i block[WIDE_PLANES * PLANES_BLOCK / VECTOR];
  for (uint32_t i = 0; i < count; i++) {
    plane_vectors(weights + row + (size_t)VECTOR * i, planes, &block[planes * i]);
  }
  for (uint32_t cell = 0; cell < histogram_stride(h); cell++) {
    weigh_cell(h->slots + row, (uint8_t)(cell - MISSING_REASONS), block, count, planes, &cells[cell]);
  }
}

KERNEL_AVX512 static bool are_narrow(const uint32_t *weights, uint32_t count) {
  uint32_t any = 0;
  for (uint32_t i = 0; i < count; i++) {
    any |= weights[i];
  }
  return any <= UINT16_MAX;
}

KERNEL_AVX512 static void weigh_all(const histogram *h, const uint32_t *weights, weighed_cell *cells) {
  uint32_t whole = h->rows / VECTOR * VECTOR;
  for (uint32_t row = 0; row < whole; row += PLANES_BLOCK) {
    uint32_t count = whole - row < PLANES_BLOCK ? whole - row : PLANES_BLOCK;
    if (are_narrow(weights + row, count)) {
      weigh_block(h, row, count / VECTOR, weights, NARROW_PLANES, cells);
    } else {
      weigh_block(h, row, count / VECTOR, weights, WIDE_PLANES, cells);
    }
  }
  histogram rest = *h;
  rest.slots += whole;
  rest.rows -= whole;
  body_weigh(&rest, weights + whole, cells);
}

KERNEL_AVX512 void histogram_weigh_avx512(const histogram *h, const uint32_t *weights, weighed_cell *cells) {
  if (h->groups == NULL && h->keys_count <= WEIGHED_KEYS_MAX) {
    weigh_all(h, weights, cells);
  } else {
    histogram_weigh_avx2(h, weights, cells);
  }
}

#endif
