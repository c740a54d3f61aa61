/* The loops over rows of PRODUCTS. */
#include "stats/accumulators/products_rows.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/byte_keys.h"

/* ---- Small values --------------------------------------------------------------------------------- */

enum { LANES = 8, CHUNK_MAX = 512, OF_N = 0, OF_X, OF_XX, OF_XY, MATRICES };

/* Fills SMALL[i] of each variable.  *MOST: the largest magnitude; above PRODUCTS_SMALL_MAX they are not all
 * small. */
static status look_at_columns(frame *f, const program_accumulator *a, uint32_t variables, small_column *small,
                              int64_t *most, error *err) {
  *most = 1;
  for (uint32_t i = 0; i < variables && *most <= PRODUCTS_SMALL_MAX; i++) {
    byte_keys keys;
    TRY(byte_keys_of(f, a->variables[i], BYTE_KEYS_SPAN_MAX, &keys, err));
    const int64_t high = keys.low + keys.span;
    if (keys.slots == NULL || keys.low < -PRODUCTS_SMALL_MAX || high > PRODUCTS_SMALL_MAX) {
      *most = PRODUCTS_SMALL_MAX + 1;
      break;
    }
    *most = -keys.low > *most ? -keys.low : *most;
    *most = high > *most ? high : *most;
    small[i].slots = keys.slots;
    memset(small[i].value_of, 0, sizeof small[i].value_of);
    for (uint32_t k = 0; k < sizeof keys.of_slot; k++) {
      small[i].value_of[k] = (int16_t)(keys.low + keys.of_slot[k]);
    }
  }
  return STATUS_OK;
}

/* Listwise a row's vector ends with a 1, whose products are the values and the count. */
static status init_small(products_adder *d, int64_t most, error *err) {
  const uint32_t p = d->s->variables_count + !d->s->pairwise;
  const uint32_t matrices = d->s->pairwise ? MATRICES : 1;
  d->stride = (p + LANES - 1) / LANES * LANES;
  d->chunk = (uint32_t)(INT16_MAX / (most * most));
  d->chunk = d->chunk < CHUNK_MAX ? d->chunk : CHUNK_MAX;
  const size_t vectors = (size_t)d->chunk * d->stride;
  d->x = calloc(vectors, sizeof *d->x);
  d->m = calloc(vectors, sizeof *d->m);
  d->sums = calloc((size_t)matrices * d->stride * d->stride, sizeof *d->sums);
  return d->x != NULL && d->m != NULL && d->sums != NULL ? STATUS_OK : error_no_memory(err, "products");
}

static void gather(products_adder *d, const uint32_t *rows, uint32_t count) {
  const uint32_t p = d->s->variables_count;
  for (uint32_t i = 0; i < p; i++) {
    const uint8_t *slots = d->small[i].slots;
    const int16_t *value_of = d->small[i].value_of;
    for (uint32_t r = 0; r < count; r++) {
      d->x[(size_t)r * d->stride + i] = value_of[slots[rows[r]]];
    }
    for (uint32_t r = 0; r < count && d->s->pairwise; r++) {
      d->m[(size_t)r * d->stride + i] = slots[rows[r]] < SLOT_MISSING;
    }
  }
  for (uint32_t r = 0; r < count && !d->s->pairwise; r++) {
    d->x[(size_t)r * d->stride + p] = 1;
  }
}

/* sums[j] += value * x[j], COUNT a multiple of LANES.  Apart, so that nothing keeps compilers from vectors.
 */
static void add_scaled(int16_t *restrict sums, const int16_t *restrict x, int16_t value, uint32_t count) {
  for (uint32_t j = 0; j < count; j++) {
    sums[j] = (int16_t)(sums[j] + value * x[j]);
  }
}

static void add_plain(int16_t *restrict sums, const int16_t *restrict x, uint32_t count) {
  for (uint32_t j = 0; j < count; j++) {
    sums[j] = (int16_t)(sums[j] + x[j]);
  }
}

/* sums[i][j] += x[i] * x[j] for i <= j, and some more. */
static void outer_listwise(const products_adder *d, uint32_t count) {
  const uint32_t stride = d->stride;
  const uint32_t p = d->s->variables_count + 1;
  for (uint32_t r = 0; r < count; r++) {
    const int16_t *x = d->x + (size_t)r * stride;
    for (uint32_t i = 0; i < p; i++) {
      const uint32_t first = i / LANES * LANES;
      add_scaled(d->sums + (size_t)i * stride + first, x + first, x[i], stride - first);
    }
  }
}

/* Of n and x y only j >= i, and some more; of x and x^2 all. */
static void outer_pairwise(const products_adder *d, uint32_t count) {
  const uint32_t stride = d->stride;
  const uint32_t p = d->s->variables_count;
  const size_t matrix = (size_t)stride * stride;
  for (uint32_t r = 0; r < count; r++) {
    const int16_t *x = d->x + (size_t)r * stride;
    const int16_t *m = d->m + (size_t)r * stride;
    for (uint32_t i = 0; i < p; i++) {
      if (m[i] == 0) {
        continue;
      }
      int16_t *sums = d->sums + (size_t)i * stride;
      const uint32_t first = i / LANES * LANES;
      add_plain(sums + OF_N * matrix + first, m + first, stride - first);
      add_scaled(sums + OF_XY * matrix + first, x + first, x[i], stride - first);
      add_scaled(sums + OF_X * matrix, m, x[i], stride);
      add_scaled(sums + OF_XX * matrix, m, (int16_t)(x[i] * x[i]), stride);
    }
  }
}

/* Adds COUNT sums of 16 bits to those of a block from AT on. */
static void keep_sums(const products_state *s, uint64_t *block, uint32_t at, const int16_t *sums,
                      uint32_t count) {
  if (s->limbs == 1) {
    for (uint32_t k = 0; k < count; k++) {
      block[at + k] += (uint64_t)(int64_t)sums[k];
    }
    return;
  }
  for (uint32_t k = 0; k < count; k++) {
    products_put_i128(s, block, at + k, sums[k]);
  }
}

static void keep_listwise(const products_adder *d, uint64_t *block) {
  const products_state *s = d->s;
  const uint32_t p = s->variables_count;
  keep_sums(s, block, products_at_n(s, 0, 0), d->sums + (size_t)p * d->stride + p, 1);
  for (uint32_t i = 0; i < p; i++) {
    const int16_t *sums = d->sums + (size_t)i * d->stride;
    keep_sums(s, block, products_at_x(s, i, i), sums + p, 1);
    keep_sums(s, block, products_at_xy(s, i, i), sums + i, p - i);
  }
}

static void keep_pairwise(const products_adder *d, uint64_t *block) {
  const products_state *s = d->s;
  const uint32_t p = s->variables_count;
  const size_t matrix = (size_t)d->stride * d->stride;
  for (uint32_t i = 0; i < p; i++) {
    const int16_t *sums = d->sums + (size_t)i * d->stride;
    keep_sums(s, block, products_at_n(s, i, i), sums + OF_N * matrix + i, p - i);
    keep_sums(s, block, products_at_x(s, i, 0), sums + OF_X * matrix, p);
    keep_sums(s, block, products_at_xx(s, i, 0), sums + OF_XX * matrix, p);
    if (i + 1 < p) {
      keep_sums(s, block, products_at_xy(s, i, i + 1), sums + OF_XY * matrix + i + 1, p - i - 1);
    }
  }
}

static void add_small(products_adder *d, const uint32_t *rows, uint32_t count, uint64_t *block) {
  const size_t sums = (size_t)(d->s->pairwise ? MATRICES : 1) * d->stride * d->stride;
  for (uint32_t from = 0; from < count; from += d->chunk) {
    const uint32_t here = count - from < d->chunk ? count - from : d->chunk;
    memset(d->sums, 0, sums * sizeof *d->sums);
    gather(d, rows + from, here);
    if (d->s->pairwise) {
      outer_pairwise(d, here);
      keep_pairwise(d, block);
    } else {
      outer_listwise(d, here);
      keep_listwise(d, block);
    }
  }
}

/* ---- Values of any size --------------------------------------------------------------------------- */

static unsigned bits_of(uint64_t v) {
  return v == 0 ? 0 : 64U - (unsigned)__builtin_clzll(v);
}

/* How wide the sums of a shard are, whatever the order of its rows. */
typedef enum sums_width { SUMS_SHORT, SUMS_NARROW, SUMS_WIDE } sums_width;

/* SHORT: all below 2^62.  NARROW: a weight times a value is, and all sums are below 2^126. */
static sums_width width_of(const products_adder *d, uint32_t rows) {
  uint64_t value = 1;
  uint64_t weight = 1;
  for (uint32_t i = 0; i < d->s->variables_count; i++) {
    for (uint32_t r = 0; r < rows; r++) {
      const int64_t v = d->values[i][r];
      const uint64_t size = number_is_missing(v) ? 0 : v < 0 ? (uint64_t)-v : (uint64_t)v;
      value = size > value ? size : value;
    }
  }
  for (uint32_t r = 0; weight_is_given(&d->weights) && r < rows; r++) {
    const uint64_t w = (uint64_t)weight_at(&d->weights, r);
    weight = w > weight ? w : weight;
  }
  const unsigned v = bits_of(value);
  const unsigned w = bits_of(weight);
  const unsigned most = bits_of(rows) + w + (v + v > w ? v + v : w);
  return most <= 62 ? SUMS_SHORT : v + w <= 62 && most <= 126 ? SUMS_NARROW : SUMS_WIDE;
}

static status init_any(products_adder *d, frame *f, const program_accumulator *a, error *err) {
  const uint32_t p = d->s->variables_count;
  d->values = calloc(p, sizeof *d->values);
  d->row = calloc(p, sizeof *d->row);
  d->answered = calloc(p, sizeof *d->answered);
  if (d->values == NULL || d->row == NULL || d->answered == NULL) {
    return error_no_memory(err, "products");
  }
  for (uint32_t i = 0; i < p; i++) {
    number_view view;
    TRY(frame_number(f, a->variables[i], &view, err));
    d->values[i] = view.values;
  }
  const sums_width width = width_of(d, frame_rows(f));
  if (width == SUMS_SHORT) {
    d->short_sums = calloc(d->s->sums_count, sizeof *d->short_sums);
  } else if (width == SUMS_NARROW) {
    d->narrow = calloc(d->s->sums_count, sizeof *d->narrow);
  } else {
    d->wide = calloc(d->s->sums_count, sizeof *d->wide);
  }
  return d->short_sums != NULL || d->narrow != NULL || d->wide != NULL ? STATUS_OK
                                                                       : error_no_memory(err, "products");
}

/* Sum AT += A * B; compiled separately for each width, where A fits 64 bits but for WIDE sums. */
static inline __attribute__((always_inline)) void add_term(const products_adder *d, uint32_t at, i128 a,
                                                           int64_t b, sums_width width) {
  if (width == SUMS_SHORT) {
    d->short_sums[at] += (int64_t)a * b;
  } else if (width == SUMS_NARROW) {
    d->narrow[at] += (i128)(int64_t)a * b;
  } else {
    exact_add_product(&d->wide[at], a, b);
  }
}

static inline __attribute__((always_inline)) void add_row_listwise(const products_adder *d, int64_t weight,
                                                                   sums_width width) {
  const products_state *s = d->s;
  const uint32_t p = s->variables_count;
  uint32_t at = products_at_xy(s, 0, 0);
  add_term(d, products_at_n(s, 0, 0), 1, 1, width);
  if (s->weighted) {
    add_term(d, products_at_w(s, 0, 0), weight, 1, width);
    add_term(d, products_at_w2(s), weight, weight, width);
  }
  for (uint32_t i = 0; i < p; i++) {
    const i128 x = (i128)weight * d->row[i];
    add_term(d, products_at_x(s, i, i), x, 1, width);
    for (uint32_t j = i; j < p; j++) {
      add_term(d, at++, x, d->row[j], width);
    }
  }
}

static inline __attribute__((always_inline)) void add_row_pairwise(const products_adder *d, uint32_t answered,
                                                                   int64_t weight, sums_width width) {
  const products_state *s = d->s;
  for (uint32_t a = 0; a < answered; a++) {
    const uint32_t i = d->answered[a];
    const i128 x = (i128)weight * d->row[i];
    for (uint32_t b = 0; b < answered; b++) {
      const uint32_t j = d->answered[b];
      add_term(d, products_at_x(s, i, j), x, 1, width);
      add_term(d, products_at_xx(s, i, j), x, d->row[i], width);
      if (b >= a) {
        add_term(d, products_at_n(s, i, j), 1, 1, width);
      }
      if (b >= a && s->weighted) {
        add_term(d, products_at_w(s, i, j), weight, 1, width);
      }
      if (b > a) {
        add_term(d, products_at_xy(s, i, j), x, d->row[j], width);
      }
    }
  }
}

static inline __attribute__((always_inline)) void add_rows(products_adder *d, const uint32_t *rows,
                                                           uint32_t count, sums_width width) {
  for (uint32_t r = 0; r < count; r++) {
    uint32_t answered = 0;
    for (uint32_t i = 0; i < d->s->variables_count; i++) {
      d->row[i] = d->values[i][rows[r]];
      d->answered[answered] = i;
      answered += !number_is_missing(d->row[i]);
    }
    const int64_t weight = d->s->weighted ? weight_at(&d->weights, rows[r]) : 1;
    if (d->s->pairwise) {
      add_row_pairwise(d, answered, weight, width);
    } else {
      add_row_listwise(d, weight, width);
    }
  }
}

static void add_any(products_adder *d, const uint32_t *rows, uint32_t count, uint64_t *block) {
  const products_state *s = d->s;
  if (d->short_sums != NULL) {
    memset(d->short_sums, 0, s->sums_count * sizeof *d->short_sums);
    add_rows(d, rows, count, SUMS_SHORT);
  } else if (d->narrow != NULL) {
    memset(d->narrow, 0, s->sums_count * sizeof *d->narrow);
    add_rows(d, rows, count, SUMS_NARROW);
  } else {
    memset(d->wide, 0, s->sums_count * sizeof *d->wide);
    add_rows(d, rows, count, SUMS_WIDE);
  }
  for (uint32_t at = 0; at < s->sums_count; at++) {
    if (d->short_sums != NULL) {
      products_put_i128(s, block, at, d->short_sums[at]);
    } else if (d->narrow != NULL) {
      products_put_i128(s, block, at, d->narrow[at]);
    } else {
      products_put(s, block, at, &d->wide[at]);
    }
  }
}

/* ---- Life ----------------------------------------------------------------------------------------- */

status products_adder_init(frame *f, const program_accumulator *a, const products_state *s,
                           const weight_view *weights, products_adder *out, error *err) {
  *out = (products_adder){.s = s, .weights = *weights};
  int64_t most = PRODUCTS_SMALL_MAX + 1;
  if (!s->weighted) {
    out->small = calloc(s->variables_count, sizeof *out->small);
    if (out->small == NULL) {
      return error_no_memory(err, "products");
    }
    TRY(look_at_columns(f, a, s->variables_count, out->small, &most, err));
  }
  if (most <= PRODUCTS_SMALL_MAX) {
    return init_small(out, most, err);
  }
  free(out->small);
  out->small = NULL;
  return init_any(out, f, a, err);
}

void products_adder_fini(products_adder *d) {
  free(d->small);
  free(d->x);
  free(d->m);
  free(d->sums);
  free(d->values);
  free(d->row);
  free(d->answered);
  free(d->short_sums);
  free(d->narrow);
  free(d->wide);
}

void products_adder_add(products_adder *d, const uint32_t *rows, uint32_t count, uint64_t *block) {
  if (d->small != NULL) {
    add_small(d, rows, count, block);
  } else {
    add_any(d, rows, count, block);
  }
}
