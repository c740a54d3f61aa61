/* Histograms with AVX2.  Ungrouped and with few keys, each slot is compared with every cell: 32 rows at
 * once, counted in bytes that are added up before they can overflow. */
#include "stats/kernels/histogram_body.h"

#if KERNELS_X86

#include <immintrin.h>

enum {
  COMPARED_KEYS_MAX = 24,
  VECTOR = 32,
};

KERNEL_AVX2 static uint32_t sum_bytes(__m256i v) {
  __m256i sums = _mm256_sad_epu8(v, _mm256_setzero_si256());
  __m128i half = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
  return (uint32_t)(_mm_cvtsi128_si64(half) + _mm_extract_epi64(half, 1));
}

/* Rows of SLOTS (COUNT, a multiple of the vector) in each of CELLS_AT_ONCE cells from FIRST on. */
KERNEL_AVX2 static uint32_t compare_block(const uint8_t *slots, uint32_t count, uint32_t first,
                                          uint32_t *counts) {
  __m256i slot[CELLS_AT_ONCE], sum[CELLS_AT_ONCE];
  for (uint32_t i = 0; i < CELLS_AT_ONCE; i++) {
    slot[i] = _mm256_set1_epi8((char)(uint8_t)(first + i - MISSING_REASONS));
    sum[i] = _mm256_setzero_si256();
  }
  for (uint32_t row = 0; row < count; row += VECTOR) {
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(slots + row));
    for (uint32_t i = 0; i < CELLS_AT_ONCE; i++) {
      sum[i] = _mm256_sub_epi8(sum[i], _mm256_cmpeq_epi8(v, slot[i]));
    }
  }
  uint32_t all = 0;
  for (uint32_t i = 0; i < CELLS_AT_ONCE; i++) {
    uint32_t found = sum_bytes(sum[i]);
    counts[first + i] += found;
    all += found;
  }
  return all;
}

KERNEL_AVX2 void histogram_count_avx2(const histogram *h, uint32_t *counts) {
  if (h->groups != NULL) {
    body_count_by_group(h, counts);
  } else if (h->keys_count <= COMPARED_KEYS_MAX) {
    body_compare_all(h, VECTOR, compare_block, counts);
  } else {
    body_count_all(h, counts);
  }
}

/* A cell is one vector: n, w and the halves of w2. */
KERNEL_AVX2 static inline void add_term(weighed_cell *cell, __m256i term) {
  __m256i *at = (__m256i *)(void *)cell;
  _mm256_storeu_si256(at, _mm256_add_epi64(_mm256_loadu_si256(at), term));
}

/* Four rows become four terms: a 4 by 4 transposition. */
KERNEL_AVX2 static inline void weigh_four(const uint32_t *weights, weighed_cell *const cells[4]) {
  const __m256i one = _mm256_set1_epi64x(1), low_half = _mm256_set1_epi64x(UINT32_MAX);
  __m256i w = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)(const void *)weights));
  __m256i w2 = _mm256_mul_epu32(w, w);
  __m256i low = _mm256_and_si256(w2, low_half), high = _mm256_srli_epi64(w2, 32);
  __m256i first02 = _mm256_unpacklo_epi64(one, w), first13 = _mm256_unpackhi_epi64(one, w);
  __m256i second02 = _mm256_unpacklo_epi64(low, high), second13 = _mm256_unpackhi_epi64(low, high);
  add_term(cells[0], _mm256_permute2x128_si256(first02, second02, 0x20));
  add_term(cells[1], _mm256_permute2x128_si256(first13, second13, 0x20));
  add_term(cells[2], _mm256_permute2x128_si256(first02, second02, 0x31));
  add_term(cells[3], _mm256_permute2x128_si256(first13, second13, 0x31));
}

/* Neighbouring rows go to four tables side by side, of SIZE cells each, so that equal cells do not wait
 * for each other; SIZE 0 is one table. */
KERNEL_AVX2 static void weigh_rows(const histogram *h, const uint32_t *weights, weighed_cell *cells,
                                   size_t size) {
  uint32_t at[HISTOGRAM_BLOCK];
  for (uint32_t row = 0; row < h->rows; row += HISTOGRAM_BLOCK) {
    uint32_t count = h->rows - row < HISTOGRAM_BLOCK ? h->rows - row : HISTOGRAM_BLOCK, i = 0;
    body_cells(h, row, count, at);
    for (; i + 4 <= count; i += 4) {
      weighed_cell *const four[4] = {cells + at[i], cells + size + at[i + 1], cells + 2 * size + at[i + 2],
                                     cells + 3 * size + at[i + 3]};
      weigh_four(weights + row + i, four);
    }
    for (; i < count; i++) {
      const uint64_t w = weights[row + i], w2 = w * w;
      add_term(cells + at[i], _mm256_set_epi64x((int64_t)(w2 >> 32), (uint32_t)w2, (int64_t)w, 1));
    }
  }
}

KERNEL_AVX2 void histogram_weigh_avx2(const histogram *h, const uint32_t *weights, weighed_cell *cells) {
  if (h->groups != NULL) {
    weigh_rows(h, weights, cells, 0);
    return;
  }
  weighed_cell tables[4 * HISTOGRAM_SLOTS];
  const uint32_t stride = histogram_stride(h);
  memset(tables, 0, 4 * stride * sizeof *tables);
  weigh_rows(h, weights, tables, stride);
  for (uint32_t i = 0; i < 4 * stride; i++) {
    weighed_cell *c = &cells[i % stride];
    c->n += tables[i].n;
    c->w += tables[i].w;
    c->w2_low += tables[i].w2_low;
    c->w2_high += tables[i].w2_high;
  }
}

/* ---- Wide weights --------------------------------------------------------------------------------- */

/* While rows are added, the 64 bytes of a cell are eight sums that no shard overflows: with w = a + 2^32 b of
 * n, a, b, nothing; and of what 2^0, 2^32, 2^64 and 2^96 have in w^2 = a^2 + 2^33 a b + 2^64 b^2. */
enum { SUMS = 8 };
_Static_assert(sizeof(widely_weighed_cell) == SUMS * sizeof(uint64_t), "a cell has room for its sums");

KERNEL_AVX2 static inline void add_half(widely_weighed_cell *cell, unsigned half, __m256i term) {
  __m256i *at = (__m256i *)(void *)cell + half;
  _mm256_storeu_si256(at, _mm256_add_epi64(_mm256_loadu_si256(at), term));
}

/* Four rows' terms A to D, one kind each, to the HALF of four cells: a 4 by 4 transposition. */
KERNEL_AVX2 static inline void add_four(widely_weighed_cell *const cells[4], unsigned half, __m256i a,
                                        __m256i b, __m256i c, __m256i d) {
  __m256i first02 = _mm256_unpacklo_epi64(a, b), first13 = _mm256_unpackhi_epi64(a, b);
  __m256i second02 = _mm256_unpacklo_epi64(c, d), second13 = _mm256_unpackhi_epi64(c, d);
  add_half(cells[0], half, _mm256_permute2x128_si256(first02, second02, 0x20));
  add_half(cells[1], half, _mm256_permute2x128_si256(first13, second13, 0x20));
  add_half(cells[2], half, _mm256_permute2x128_si256(first02, second02, 0x31));
  add_half(cells[3], half, _mm256_permute2x128_si256(first13, second13, 0x31));
}

KERNEL_AVX2 static inline void weigh_four_widely(const int64_t *weights,
                                                 widely_weighed_cell *const cells[4]) {
  const __m256i one = _mm256_set1_epi64x(1), low = _mm256_set1_epi64x(UINT32_MAX);
  __m256i w = _mm256_loadu_si256((const __m256i *)(const void *)weights);
  __m256i b = _mm256_srli_epi64(w, 32), bb = _mm256_mul_epu32(b, b);
  __m256i aa = _mm256_mul_epu32(w, w), ab = _mm256_mul_epu32(w, b);
  __m256i second = _mm256_and_si256(_mm256_slli_epi64(ab, 1), low), third = _mm256_srli_epi64(ab, 31);
  add_four(cells, 0, one, _mm256_and_si256(w, low), b, _mm256_setzero_si256());
  add_four(cells, 1, _mm256_and_si256(aa, low), _mm256_add_epi64(_mm256_srli_epi64(aa, 32), second),
           _mm256_add_epi64(_mm256_and_si256(bb, low), third), _mm256_srli_epi64(bb, 32));
}

KERNEL_AVX2 static void sum_up(widely_weighed_cell *cell) {
  uint64_t sums[SUMS];
  memcpy(sums, cell, sizeof sums);
  u192 high = {{0, sums[6], 0}};
  *cell = (widely_weighed_cell){.n = sums[0], .w = ((u128)sums[2] << 32) + sums[1]};
  u192_add_u128(&cell->w2, ((u128)sums[5] << 32) + sums[4]);
  u192_add(&cell->w2, &high);
  high = (u192){{0, sums[7] << 32, sums[7] >> 32}};
  u192_add(&cell->w2, &high);
}

KERNEL_AVX2 static void weigh_rows_widely(const histogram *h, const int64_t *weights,
                                          widely_weighed_cell *cells, size_t size) {
  uint32_t at[HISTOGRAM_BLOCK];
  for (uint32_t row = 0; row < h->rows; row += HISTOGRAM_BLOCK) {
    uint32_t count = h->rows - row < HISTOGRAM_BLOCK ? h->rows - row : HISTOGRAM_BLOCK, i = 0;
    body_cells(h, row, count, at);
    for (; i + 4 <= count; i += 4) {
      widely_weighed_cell *const four[4] = {cells + at[i], cells + size + at[i + 1],
                                            cells + 2 * size + at[i + 2], cells + 3 * size + at[i + 3]};
      weigh_four_widely(weights + row + i, four);
    }
    for (; i < count; i++) {
      const uint64_t a = (uint32_t)weights[row + i], b = (uint64_t)weights[row + i] >> 32;
      const uint64_t aa = a * a, ab = a * b, bb = b * b;
      add_half(cells + at[i], 0, _mm256_set_epi64x(0, (int64_t)b, (int64_t)a, 1));
      add_half(cells + at[i], 1,
               _mm256_set_epi64x((int64_t)(bb >> 32), (int64_t)((bb & UINT32_MAX) + (ab >> 31)),
                                 (int64_t)((aa >> 32) + (ab << 1 & UINT32_MAX)), (int64_t)(aa & UINT32_MAX)));
    }
  }
}

KERNEL_AVX2 void histogram_weigh_widely_avx2(const histogram *h, const int64_t *weights,
                                             widely_weighed_cell *cells) {
  if (h->groups != NULL) {
    weigh_rows_widely(h, weights, cells, 0);
    for (size_t i = 0; i < histogram_cells(h); i++) {
      sum_up(&cells[i]);
    }
    return;
  }
  widely_weighed_cell tables[4 * HISTOGRAM_SLOTS];
  const uint32_t stride = histogram_stride(h);
  memset(tables, 0, 4 * stride * sizeof *tables);
  weigh_rows_widely(h, weights, tables, stride);
  for (uint32_t i = 0; i < 4 * stride; i++) {
    widely_weighed_cell *c = &cells[i % stride];
    sum_up(&tables[i]);
    c->n += tables[i].n;
    c->w += tables[i].w;
    u192_add(&c->w2, &tables[i].w2);
  }
}

#endif
