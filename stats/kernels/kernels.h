/* Kernels: the inner loops over rows, in several forms of which one is chosen at run time.
 *
 * All forms of a kernel give the same result to the bit: they count and add integers.  The table is
 * chosen once, at the first use, as the widest that the processor has; stats_kernels_choose (in
 * stats/stats.h) sets another one for tests and reports.
 *
 * To add a kernel: its function type below, its files kernels/<name>_<form>.c with a header
 * kernels/<name>.h of their prototypes, and its member in each table of kernels/dispatch.c (a form
 * without its own version takes the next narrower one).  A file for wider instructions marks its
 * functions with KERNEL_AVX2 or KERNEL_AVX512 and is inside #if KERNELS_X86.
 */
#ifndef CANVASS_STATS_KERNELS_KERNELS_H
#define CANVASS_STATS_KERNELS_KERNELS_H

#include <stdint.h>

#include "base/exact.h"
#include "stats/frame/frame.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNELS_X86 1
#define KERNEL_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define KERNEL_AVX512    \
  __attribute__((target( \
      "avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx512vbmi,avx512vpopcntdq")))
#else
#define KERNELS_X86 0
#endif

/* A histogram of slots by group.  Cells are rows of `keys_count + MISSING_REASONS`, one for each group
 * and one more for the excluded rows: first the missing reasons, then the keys. */
typedef struct histogram {
  const uint8_t *slots;   /* below keys_count, or from SLOT_MISSING on */
  const uint16_t *groups; /* below groups_count, or GROUP_EXCLUDED; NULL: all rows are in group 0 */
  uint32_t rows;
  uint32_t keys_count;   /* at most 248 */
  uint32_t groups_count; /* at least 1 */
} histogram;

/* What the rows of a cell weigh: Sum w2 is w2_low + 2^32 * w2_high.  No sum overflows: w < 2^30. */
typedef struct weighed_cell {
  uint64_t n, w, w2_low, w2_high;
} weighed_cell;

/* The same for weights up to NUMBER_MAX. */
typedef struct widely_weighed_cell {
  u128 w;
  u192 w2;
  uint64_t n;
  uint64_t room[2]; /* kernels add in eight parts; 0 afterwards */
} widely_weighed_cell;

static inline uint32_t histogram_stride(const histogram *h) {
  return h->keys_count + MISSING_REASONS;
}
static inline size_t histogram_cells(const histogram *h) {
  return ((size_t)h->groups_count + 1) * histogram_stride(h);
}
static inline uint32_t histogram_cell_of_slot(uint8_t slot) {
  return (uint8_t)(slot + MISSING_REASONS);
}

/* Kernels count small histograms in several tables side by side, so that equal neighbours do not wait
 * for each other: the caller's array has room for this many, the first holds the result. */
static inline uint32_t histogram_tables(const histogram *h) {
  size_t cells = histogram_cells(h);
  return cells <= 2048 ? 4 : cells <= 16384 ? 2 : 1;
}

/* Products of byte columns, for X'X: sums[i * stride + j] += sum over the rows of left[i] * right[j].
 * Columns are 64-byte aligned. */
enum { BYTE_PRODUCTS_ROWS = 4096 };
typedef struct byte_products {
  const uint8_t *const *left;  /* 0..255 */
  const uint8_t *const *right; /* 0..127 */
  uint32_t left_count, right_count, stride;
  uint32_t rows;        /* a multiple of 64, at most BYTE_PRODUCTS_ROWS */
  uint32_t product_max; /* no product of two bytes is larger; at most 16383 */
  bool upper;           /* only j >= i is wanted; what is left of it is undefined */
} byte_products;

/* The centre with the smallest score, for rows of bytes; ties go to the first.  Scores are computed in
 * doubles and must be whole numbers below 2^53 in magnitude, as must be their partial sums: then every
 * order of operations gives the same. */
typedef struct nearest_model {
  uint32_t clusters, columns_count;
  const uint8_t *const *columns;
  const double *coefficients; /* clusters rows of 1 + columns_count: score = c[0] + sum of c[1 + d] * x[d] */
  uint32_t rows;              /* a multiple of 64 */
} nearest_model;

/* Rows of bits against rows of bits: cells[i * right_count + j] += the number of common bits of left row I
 * and right row J. */
typedef struct bit_table {
  const uint64_t *left, *right; /* 64-byte aligned; rows STRIDE words apart (a multiple of 8) */
  uint32_t left_count, right_count, stride;
  uint32_t words; /* a multiple of 8 */
} bit_table;

/* Rows of a logistic regression (stats/accumulators/logistic.h): linear predictors of at most 700 in size, in
 * units of 2^-50, and outcomes, 0 or 1; the terms that they make, whole numbers of 2^-46. */
enum { LOGIT_BITS = 46 };
typedef struct logit_rows {
  const int64_t *scores;
  const uint8_t *events;
  uint32_t rows;
  int64_t *residuals, *log_likelihoods, *curvatures, *squares;
} logit_rows;

/* Linear predictors of rows of bytes: scores[r] = constant + sum of coefficients[d] * columns[d][r]; no
 * partial sum leaves 64 bits. */
typedef struct byte_scores {
  int64_t constant;
  const int64_t *coefficients;
  const uint8_t *const *columns;
  uint32_t columns_count, rows;
} byte_scores;

enum { DISTANCE_ROWS = 64 };

typedef struct stats_kernels {
  const char *name; /* "portable", "avx2", "avx512" */
  /* COUNTS: histogram_tables(h) * histogram_cells(h), zeroed. */
  void (*count_slots)(const histogram *h, uint32_t *counts);
  /* The same with weights, one table. */
  void (*weigh_slots)(const histogram *h, const uint32_t *weights, weighed_cell *cells);
  void (*weigh_slots_widely)(const histogram *h, const int64_t *weights, widely_weighed_cell *cells);
  void (*multiply_bytes)(const byte_products *p, int64_t *sums);
  /* out[r] = left[r] * right[r], which must be below 256. */
  void (*multiply_columns)(const uint8_t *left, const uint8_t *right, uint32_t rows, uint8_t *out);
  /* out[r] = table[slots[r]], and 0 where SLOTS is missing; slots below 16, ROWS a multiple of 64, OUT
   * aligned. */
  void (*look_up)(const uint8_t *slots, uint32_t rows, const uint8_t table[16], uint8_t *out);
  void (*score_bytes)(const byte_scores *s, int64_t *scores);
  /* exp and log of base/elementary.h, equal to the bit in all forms. */
  void (*logit_terms)(const logit_rows *rows);
  void (*nearest_bytes)(const nearest_model *m, uint8_t *nearest);
  /* sum[r] += (x[r] - centre) * (x[r] - centre) * scale for DISTANCE_ROWS rows: three roundings and one for
   * the sum, in this order and never fused. */
  void (*add_distances)(const double *x, double centre, double scale, double *sum);
  /* Bit R of BITS: bytes[r] == value, for 64 bytes a word. */
  void (*mark_equal)(const uint8_t *bytes, uint32_t words, uint8_t value, uint64_t *bits);
  void (*count_common_bits)(const bit_table *t, uint32_t *cells);
  uint32_t common_bits_cells; /* joint tables with more cells are counted faster row by row */
} stats_kernels;

/* The table in use. */
const stats_kernels *stats_kernels_current(void);

#endif
