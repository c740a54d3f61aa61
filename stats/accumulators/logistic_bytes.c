/* Products of digits, and the sums that they make. */
#include "stats/accumulators/logistic_bytes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/row_score.h"
#include "stats/kernels/kernels.h"

enum {
  DIGITS = 7,
  DIGIT_BITS = 7,
  DIGIT_MAX = (1 << DIGIT_BITS) - 1,
  SPAN_MAX = 11,   /* b_d b_k is at most 121, and times a digit below 2^14, as the kernel asks */
  PART_ROWS = 512, /* so that all products of a part stay near the processor */
  LEFT = 2 * DIGITS + 1,
};
static const int64_t RESIDUAL_OFFSET = INT64_C(1) << LOGISTIC_ROW_BITS;

struct logistic_bytes {
  uint32_t size;
  uint8_t *room;           /* of all columns that follow, PART_ROWS each, aligned */
  uint8_t *left[LEFT];     /* digits of curvatures, digits of residuals, ones */
  uint8_t **products;      /* b_d b_k, the lower triangle row by row; b_0 = 1 */
  const uint8_t **singles; /* of these the b_d */
  int64_t *second;         /* DIGITS rows of a triangle */
  int64_t *first;          /* DIGITS + 1 rows of SIZE: of residuals, then of ones */
};

bool logistic_bytes_fit(const points *p, uint32_t size) {
  bool fits = p->narrow;
  for (uint32_t d = 1; d < size && fits; d++) {
    fits = p->columns[d].keys.span <= SPAN_MAX;
  }
  return fits;
}

static void lay_out(logistic_bytes *b) {
  uint8_t *at = b->room;
  for (uint32_t i = 0; i < LEFT; i++, at += PART_ROWS) {
    b->left[i] = at;
  }
  for (uint32_t i = 0; i < row_cells(b->size); i++, at += PART_ROWS) {
    b->products[i] = at;
  }
  for (uint32_t d = 0; d < b->size; d++) {
    b->singles[d] = b->products[row_cells(d)];
  }
  memset(b->left[LEFT - 1], 1, PART_ROWS);
  memset(b->products[0], 1, PART_ROWS);
}

logistic_bytes *logistic_bytes_new(uint32_t size) {
  const size_t cells = row_cells(size);
  logistic_bytes *b = calloc(1, sizeof *b);
  if (b == NULL) {
    return NULL;
  }
  b->size = size;
  b->room = aligned_alloc(64, (LEFT + cells) * PART_ROWS);
  b->products = calloc(cells, sizeof *b->products);
  b->singles = calloc(size, sizeof *b->singles);
  b->second = calloc(DIGITS * cells, sizeof *b->second);
  b->first = calloc((size_t)(DIGITS + 1) * size, sizeof *b->first);
  if (b->room == NULL || b->products == NULL || b->singles == NULL || b->second == NULL || b->first == NULL) {
    logistic_bytes_destroy(b);
    return NULL;
  }
  lay_out(b);
  return b;
}

void logistic_bytes_destroy(logistic_bytes *b) {
  if (b != NULL) {
    free(b->room);
    free(b->products);
    free(b->singles);
    free(b->second);
    free(b->first);
    free(b);
  }
}

/* ---- A part of a block ---------------------------------------------------------------------------- */

/* Digits of VALUES + OFFSET, which are below 2^49; rows beyond COUNT, up to PADDED, are 0. */
static void take_digits(const int64_t *values, int64_t offset, uint32_t count, uint32_t padded,
                        uint8_t *const *digits) {
  for (uint32_t j = 0; j < DIGITS; j++) {
    uint8_t *restrict out = digits[j];
    for (uint32_t r = 0; r < count; r++) {
      out[r] = (uint8_t)((values[r] + offset) >> (j * DIGIT_BITS) & DIGIT_MAX);
    }
    memset(out + count, 0, padded - count);
  }
}

static void take_products(logistic_bytes *b, const points *p, uint32_t from, uint32_t padded) {
  const stats_kernels *kernels = stats_kernels_current();
  for (uint32_t d = 1; d < b->size; d++) {
    const uint8_t *x = p->bytes[d] + from;
    memcpy(b->products[row_cells(d)], x, padded);
    for (uint32_t k = 1; k <= d; k++) {
      kernels->multiply_columns(x, p->bytes[k] + from, padded, b->products[row_cells(d) + k]);
    }
  }
}

static void add_products(logistic_bytes *b, uint32_t padded) {
  const stats_kernels *kernels = stats_kernels_current();
  const uint32_t cells = row_cells(b->size);
  const byte_products second = {.left = (const uint8_t *const *)b->left,
                                .right = (const uint8_t *const *)b->products,
                                .left_count = DIGITS,
                                .right_count = cells,
                                .stride = cells,
                                .rows = padded,
                                .product_max = DIGIT_MAX * SPAN_MAX * SPAN_MAX};
  kernels->multiply_bytes(&second, b->second);
  const byte_products first = {.left = (const uint8_t *const *)b->left + DIGITS,
                               .right = b->singles,
                               .left_count = DIGITS + 1,
                               .right_count = b->size,
                               .stride = b->size,
                               .rows = padded,
                               .product_max = DIGIT_MAX * SPAN_MAX};
  kernels->multiply_bytes(&first, b->first);
}

void logistic_bytes_add(logistic_bytes *b, const points *p, const int64_t *residuals,
                        const int64_t *curvatures) {
  for (uint32_t from = 0; from < p->rows; from += PART_ROWS) {
    const uint32_t count = p->rows - from < PART_ROWS ? p->rows - from : PART_ROWS;
    const uint32_t padded = (count + 63) / 64 * 64;
    take_digits(curvatures + from, 0, count, padded, b->left);
    take_digits(residuals + from, RESIDUAL_OFFSET, count, padded, b->left + DIGITS);
    memset(b->left[LEFT - 1], 1, count);
    memset(b->left[LEFT - 1] + count, 0, padded - count);
    take_products(b, p, from, padded);
    add_products(b, padded);
  }
}

/* ---- All of them ---------------------------------------------------------------------------------- */

/* The number whose digits were summed: COLUMN of DIGITS rows of STRIDE. */
static i128 composed(const int64_t *sums, size_t stride, size_t column) {
  i128 total = 0;
  for (uint32_t j = DIGITS; j-- > 0;) {
    total = total * (DIGIT_MAX + 1) + sums[j * stride + column];
  }
  return total;
}

/* Sum of curvature b_d b_k, K <= D. */
static i128 of_bytes(const logistic_bytes *b, uint32_t d, uint32_t k) {
  return composed(b->second, row_cells(b->size), row_cells(d) + k);
}

static int64_t low_of(const points *p, uint32_t d) {
  return d == 0 ? 0 : p->columns[d].keys.low;
}

/* X_d X_k = (b_d + low_d) (b_k + low_k), where b_0 = 1 and low_0 = 0. */
static i128 second_of(const logistic_bytes *b, const points *p, uint32_t d, uint32_t k) {
  const i128 low_d = low_of(p, d), low_k = low_of(p, k);
  const i128 both = of_bytes(b, d, k) + low_k * of_bytes(b, d, 0);
  return both + low_d * (of_bytes(b, k, 0) + low_k * of_bytes(b, 0, 0));
}

static i128 first_of_bytes(const logistic_bytes *b, uint32_t d) {
  return composed(b->first, b->size, d) - (i128)RESIDUAL_OFFSET * b->first[(size_t)DIGITS * b->size + d];
}

void logistic_bytes_finish(const logistic_bytes *b, const points *p, logistic_state *s) {
  for (uint32_t d = 0, at = 0; d < b->size; d++) {
    const i128 shifted = (i128)low_of(p, d) * first_of_bytes(b, 0);
    exact_add_i128(&s->gradient[d], first_of_bytes(b, d) + shifted);
    for (uint32_t k = 0; k <= d; k++, at++) {
      exact_add_i128(&s->information[at], second_of(b, p, d, k));
    }
  }
}
