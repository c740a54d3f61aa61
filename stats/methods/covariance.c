/* Covariances from exact sums; see covariance.h. */
#include "stats/methods/covariance.h"

#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "stats/methods/workspace.h"

status covariance_new(arena *a, uint32_t variables, covariance *out, error *err) {
  const size_t pairs = (size_t)variables * variables;
  *out = (covariance){.count = variables,
                      .n = ARENA_ARRAY(a, int64_t, pairs),
                      .weighted_n = ARENA_ARRAY(a, double, pairs),
                      .mean = ARENA_ARRAY(a, double, variables),
                      .matrix = ARENA_ARRAY(a, double, pairs),
                      .pair_spread = ARENA_ARRAY(a, double, pairs)};
  return arena_failed(a) ? error_no_memory(err, "covariances") : STATUS_OK;
}

/* ---- One fraction --------------------------------------------------------------------------------- */

/* The sums that one entry is made of. */
typedef struct entry_sums {
  int64_t n;
  exact count, x, y, xy; /* weighted where there are weights */
  unsigned scale;        /* decimals of x and y together */
  unsigned weight_decimals;
} entry_sums;

/* Whole numbers below 2^53 are doubles, and their quotient is then rounded once. */
#define EXACT_DOUBLE_END ((i128)1 << 53)

static bool is_double(i128 v) {
  return v > -EXACT_DOUBLE_END && v < EXACT_DOUBLE_END;
}

/* Without weights and decimals, in 128 bits: sums are below 2^63, counts below 2^41. */
static double entry_of_coded(int64_t n, int64_t x, int64_t y, int64_t xy) {
  const i128 numerator = (i128)n * xy - (i128)x * y;
  const i128 denominator = (i128)n * (n - 1);
  if (n < 2) {
    return NAN;
  }
  if (is_double(numerator) && is_double(denominator)) {
    return (double)numerator / (double)denominator;
  }
  const exact over = exact_from_i128(numerator);
  const exact under = exact_from_i128(denominator);
  return exact_ratio(&over, &under);
}

/* N (N - 1), or what takes its place. */
static void set_denominator(workspace *w, const entry_sums *s, weighting of, ratio *out) {
  ratio *spare = w->at[5];
  ratio_set_exact_scaled(out, &s->count, s->weight_decimals);
  if (of == WEIGHTING_SAMPLING) {
    ratio_mul(out, out, out);
    ratio_set_i64(spare, s->n - 1);
    ratio_mul(out, out, spare);
    ratio_set_i64(spare, s->n);
    ratio_div(out, out, spare);
    return;
  }
  ratio_set_i64(spare, 1);
  ratio_sub(spare, out, spare);
  ratio_mul(out, out, spare);
}

/* In whole numbers, where the sums fit 128 bits: N (N - 1), or what takes its place, is below 2^384 then, and
 * so is the numerator.  False: they do not fit. */
static bool entry_of_integers(const entry_sums *s, weighting of, double *out) {
  i128 count, x, y, xy;
  if (!exact_fits_i128(&s->count, &count) || !exact_fits_i128(&s->x, &x) || !exact_fits_i128(&s->y, &y) ||
      !exact_fits_i128(&s->xy, &xy)) {
    return false;
  }
  exact numerator = {0}, product = {0}, square = {0}, denominator = {0}, scaled = {0};
  exact_add_product(&numerator, count, xy);
  exact_add_product(&product, x, y);
  exact_sub(&numerator, &product);
  exact_add_product(&square, count,
                    of == WEIGHTING_SAMPLING ? count : count - decimal_power10(s->weight_decimals));
  if (of == WEIGHTING_SAMPLING) {
    exact_add_scaled(&denominator, &square, s->n - 1);
    exact_add_scaled(&scaled, &numerator, s->n);
    numerator = scaled;
  } else {
    denominator = square;
  }
  scaled = (exact){0};
  exact_add_scaled(&scaled, &denominator,
                   (i128)decimal_power10(s->scale / 2) * decimal_power10(s->scale - s->scale / 2));
  *out = exact_sign(&scaled) > 0 ? exact_ratio(&numerator, &scaled) : NAN;
  return true;
}

static double entry_of_any(workspace *w, const entry_sums *s, weighting of) {
  double out = NAN;
  ratio *numerator = w->at[0], *x = w->at[1], *y = w->at[2], *denominator = w->at[3];
  if (s->n < 2 || (s->weight_decimals <= PROGRAM_DECIMALS_MAX && entry_of_integers(s, of, &out))) {
    return out;
  }
  ratio_set_exact_scaled(numerator, &s->count, s->weight_decimals);
  ratio_set_exact_scaled(x, &s->xy, s->weight_decimals + s->scale);
  ratio_mul(numerator, numerator, x);
  ratio_set_exact_scaled(x, &s->x, s->weight_decimals);
  ratio_set_exact_scaled(y, &s->y, s->weight_decimals);
  ratio_mul(x, x, y);
  ratio_scale10(x, -(int)s->scale);
  ratio_sub(numerator, numerator, x);
  set_denominator(w, s, of, denominator);
  if (ratio_sign(denominator) <= 0) {
    return NAN;
  }
  ratio_div(numerator, numerator, denominator);
  return ratio_to_double(numerator);
}

/* ---- A block -------------------------------------------------------------------------------------- */

typedef struct filling {
  const products_state *s;
  const uint64_t *block;
  weighting weighting;
  bool coded; /* the short way */
  workspace *w;
} filling;

static int64_t plain_sum(const filling *f, uint32_t at) {
  return (int64_t)f->block[at];
}

static exact count_of(const filling *f, uint32_t i, uint32_t j) {
  return products_sum(f->s, f->block, f->s->weighted ? products_at_w(f->s, i, j) : products_at_n(f->s, i, j));
}

/* The covariance of I and J over the rows of the pair; of I with itself, OTHER being J: its variance there.
 */
static double entry(const filling *f, uint32_t i, uint32_t j, uint32_t other) {
  const products_state *s = f->s;
  const uint32_t x = products_at_x(s, i, other);
  const uint32_t y = products_at_x(s, j, i == j ? other : i);
  const uint32_t xy = i == j ? products_at_xx(s, i, other) : products_at_xy(s, i, j);
  const int64_t n = products_n(s, f->block, i, other);
  if (f->coded) {
    return entry_of_coded(n, plain_sum(f, x), plain_sum(f, y), plain_sum(f, xy));
  }
  const entry_sums all = {.n = n,
                          .count = count_of(f, i, other),
                          .x = products_sum(s, f->block, x),
                          .y = products_sum(s, f->block, y),
                          .xy = products_sum(s, f->block, xy),
                          .scale = (unsigned)s->decimals[i] + s->decimals[j],
                          .weight_decimals = s->weighted ? s->weight_decimals : 0};
  return entry_of_any(f->w, &all, f->weighting);
}

static void fill_mean(const filling *f, covariance *out, uint32_t i) {
  const exact x = products_sum(f->s, f->block, products_at_x(f->s, i, i));
  const exact n = count_of(f, i, i);
  if (f->coded) {
    out->mean[i] = exact_sign(&n) > 0 ? exact_ratio(&x, &n) : NAN;
    return;
  }
  ratio *mean = f->w->at[0], *count = f->w->at[1];
  ratio_set_exact_scaled(mean, &x, f->s->decimals[i]);
  ratio_set_exact(count, &n);
  if (ratio_sign(count) <= 0) {
    out->mean[i] = NAN;
    return;
  }
  ratio_div(mean, mean, count);
  out->mean[i] = ratio_to_double(mean);
}

static void fill_pair(const filling *f, covariance *out, uint32_t i, uint32_t j) {
  const uint32_t p = out->count;
  const size_t at = (size_t)i * p + j;
  const size_t mirrored = (size_t)j * p + i;
  out->n[at] = out->n[mirrored] = products_n(f->s, f->block, i, j);
  out->weighted_n[at] = (double)out->n[at];
  if (f->s->weighted) {
    const exact w = count_of(f, i, j);
    ratio_set_exact_scaled(f->w->at[0], &w, f->s->weight_decimals);
    out->weighted_n[at] = ratio_to_double(f->w->at[0]);
  }
  out->weighted_n[mirrored] = out->weighted_n[at];
  out->matrix[at] = out->matrix[mirrored] = entry(f, i, j, j);
  if (i != j && f->s->pairwise) {
    out->pair_spread[at] = entry(f, i, i, j);
    out->pair_spread[mirrored] = entry(f, j, j, i);
  }
}

static void fill_sizes(const filling *f, covariance *out) {
  const uint32_t p = out->count;
  out->n_min = out->n_max = out->n[p > 1 ? 1 : 0];
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = i + 1; j < p; j++) {
      const int64_t n = out->n[(size_t)i * p + j];
      out->n_min = n < out->n_min ? n : out->n_min;
      out->n_max = n > out->n_max ? n : out->n_max;
    }
    for (uint32_t j = 0; j < p && !f->s->pairwise; j++) {
      out->pair_spread[(size_t)i * p + j] = out->matrix[(size_t)i * p + i];
    }
    out->pair_spread[(size_t)i * p + i] = out->matrix[(size_t)i * p + i];
  }
  out->n_effective = f->s->pairwise ? NAN : out->weighted_n[0];
  if (f->weighting == WEIGHTING_SAMPLING && !f->s->pairwise) {
    exact w2 = products_sum(f->s, f->block, products_at_w2(f->s));
    exact w = count_of(f, 0, 0);
    ratio *effective = f->w->at[0], *squares = f->w->at[1];
    ratio_set_exact(effective, &w);
    ratio_mul(effective, effective, effective);
    ratio_set_exact(squares, &w2);
    if (ratio_sign(squares) > 0) {
      ratio_div(effective, effective, squares);
    }
    out->n_effective = ratio_to_double(effective);
  }
}

status covariance_fill(const products_state *s, const uint64_t *block, weighting w, covariance *out,
                       error *err) {
  workspace room = {0};
  filling f = {.s = s, .block = block, .weighting = w, .coded = s->limbs == 1 && !s->weighted, .w = &room};
  for (uint32_t i = 0; i < s->variables_count; i++) {
    f.coded = f.coded && s->decimals[i] == 0;
  }
  out->pairwise = s->pairwise;
  out->weighting = w;
  if (!f.coded) {
    TRY(workspace_init(&room, err));
  }
  for (uint32_t i = 0; i < out->count; i++) {
    fill_mean(&f, out, i);
    for (uint32_t j = i; j < out->count; j++) {
      fill_pair(&f, out, i, j);
    }
  }
  fill_sizes(&f, out);
  workspace_fini(&room);
  return STATUS_OK;
}

/* ---- Of the matrix -------------------------------------------------------------------------------- */

void covariance_correlations(const covariance *c, correlation_rule rule, double *correlation) {
  const uint32_t p = c->count;
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = 0; j < p; j++) {
      const size_t at = (size_t)i * p + j;
      const bool own = rule == CORRELATION_OF_MATRIX;
      const double x = own ? c->matrix[(size_t)i * p + i] : c->pair_spread[at];
      const double y = own ? c->matrix[(size_t)j * p + j] : c->pair_spread[(size_t)j * p + i];
      const double r = c->matrix[at] / (sqrt(x) * sqrt(y));
      correlation[at] = !(x > 0 && y > 0) ? NAN : i == j ? 1 : r;
    }
  }
}

bool covariance_is_constant(const covariance *c, uint32_t i) {
  const size_t at = (size_t)i * c->count + i;
  return c->n[at] > 1 && c->matrix[at] == 0;
}

void covariance_part(const double *matrix, uint32_t variables, const uint32_t *items, uint32_t count,
                     double *out) {
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t j = 0; j < count; j++) {
      out[(size_t)i * count + j] = matrix[(size_t)items[i] * variables + items[j]];
    }
  }
}
