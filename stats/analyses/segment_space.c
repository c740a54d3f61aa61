/* The space of a segmentation: sums over the complete rows, the metric, and how finely coefficients are
 * rounded. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/analyses/segment_model.h"

enum {
  FAST_BITS = 51,  /* scores below 2^53 let kernels use doubles: a third for each of three terms, and room */
  FINE_BITS = 24,  /* the squared distance is then exact to 2^-24 of the total variance */
  SLOPE_BITS = 53, /* else slopes as fine as centres are as doubles, */
  WIDE_BITS = 61,  /* no coefficient above 2^61, */
  SUM_BITS = 123,  /* and no sum of a centre's shifted ones: shifts are below 63, see long_score.h */
};

status segment_space_init(segment_space *s, arena *a, uint32_t items_count, error *err) {
  *s = (segment_space){.items_count = items_count};
  s->decimals = ARENA_ARRAY(a, uint8_t, items_count);
  s->magnitude = ARENA_ARRAY(a, int64_t, items_count);
  s->x = ARENA_ARRAY(a, exact, items_count);
  s->xx = ARENA_ARRAY(a, exact, items_count);
  s->scale = ARENA_ARRAY(a, double, items_count);
  s->shifts = ARENA_ARRAY(a, uint8_t, (size_t)items_count + 1);
  s->variance = ARENA_ARRAY(a, ratio *, items_count);
  if (arena_failed(a)) {
    return error_no_memory(err, "segment");
  }
  for (uint32_t d = 0; d < items_count; d++) {
    s->variance[d] = ratio_new();
    if (s->variance[d] == NULL) {
      segment_space_fini(s);
      return error_no_memory(err, "segment");
    }
  }
  return STATUS_OK;
}

void segment_space_fini(segment_space *s) {
  for (uint32_t d = 0; s->variance != NULL && d < s->items_count; d++) {
    ratio_destroy(s->variance[d]);
  }
  s->variance = NULL;
}

void segment_space_size(const segment_space *s, i128 w, ratio *out) {
  ratio_set_i128(out, w);
  if (s->weighting != WEIGHTING_NONE) {
    ratio_scale10(out, -(int)s->weight_decimals);
  }
}

/* Sxx - Sx^2 / Sw; 0 without weight. */
static void squares_about_mean(const exact *x, const exact *xx, i128 w, ratio *out, ratio *spare) {
  ratio_set_i64(out, 0);
  if (w == 0) {
    return;
  }
  ratio_set_exact(out, x);
  ratio_mul(out, out, out);
  ratio_set_i128(spare, w);
  ratio_div(out, out, spare);
  ratio_set_exact(spare, xx);
  ratio_sub(out, spare, out);
}

/* What the squares are divided by.  Sampling: Sw (n - 1) / n. */
static void variance_divisor(const segment_space *s, ratio *out, ratio *spare) {
  if (s->weighting == WEIGHTING_SAMPLING) {
    ratio_set_i128(out, s->w);
    ratio_set_i64(spare, s->n > 1 ? s->n - 1 : 0);
    ratio_mul(out, out, spare);
    ratio_set_i64(spare, s->n > 0 ? s->n : 1);
    ratio_div(out, out, spare);
    return;
  }
  i128 unit = 1;
  for (unsigned i = 0; s->weighting == WEIGHTING_FREQUENCY && i < s->weight_decimals; i++) {
    unit *= 10;
  }
  ratio_set_i128(out, s->w - unit);
}

static void set_variances(segment_space *s, ratio *divisor, ratio *spare) {
  variance_divisor(s, divisor, spare);
  for (uint32_t d = 0; d < s->items_count; d++) {
    squares_about_mean(&s->x[d], &s->xx[d], s->w, s->variance[d], spare);
    if (ratio_sign(divisor) > 0) {
      ratio_div(s->variance[d], s->variance[d], divisor);
    } else {
      ratio_set_i64(s->variance[d], 0);
    }
  }
}

void segment_space_metric(const segment_space *s, uint32_t item, ratio *out) {
  ratio_set_i64(out, 1);
  if (!s->standardised) {
    ratio_scale10(out, -2 * (int)s->decimals[item]);
  } else if (ratio_sign(s->variance[item]) > 0) {
    ratio_div(out, out, s->variance[item]);
  } else {
    ratio_set_i64(out, 0);
  }
}

/* The smallest e for which 2^e is above V > 0. */
static int log2_up(double v) {
  int exponent = 0;
  frexp(v, &exponent);
  return exponent;
}

/* The most that an item adds to a score, per mantissa. */
static double steepest(const segment_space *s, uint32_t d) {
  return 2 * (double)s->magnitude[d] * s->scale[d];
}

static uint8_t shift_for(int bits) {
  return (uint8_t)(bits > WIDE_BITS ? bits - WIDE_BITS : 0);
}

/* The exponent at which the slopes of every item have SLOPE_BITS bits, as far as sums of all slopes stay
 * within SUM_BITS; shifts only for what then has more than WIDE_BITS, so that items that are alike, whose
 * sums are quicker without, have none. */
static void round_finely(segment_space *s, double scores) {
  double flattest = HUGE_VAL, sum = 0;
  for (uint32_t d = 0; d < s->items_count; d++) {
    const double slope = steepest(s, d);
    flattest = slope > 0 && slope < flattest ? slope : flattest;
    sum += slope;
  }
  const int wanted = SLOPE_BITS - log2_up(flattest);
  const int most = SUM_BITS - log2_up(fmax(scores, sum));
  s->exponent = wanted < most ? wanted : most;
  s->shifts[0] = shift_for(s->exponent + log2_up(scores));
  for (uint32_t d = 0; d < s->items_count; d++) {
    const double slope = steepest(s, d);
    s->shifts[1 + d] = slope > 0 ? shift_for(s->exponent + log2_up(slope)) : 0;
  }
}

/* Without shifts when that keeps scores fast and is fine enough. */
static void choose_rounding(segment_space *s) {
  double scores = 0, reach = 0, variance = 0;
  for (uint32_t d = 0; d < s->items_count; d++) {
    const double m = (double)s->magnitude[d];
    scores += m * m * s->scale[d];
    reach += m;
    variance += ratio_to_double(s->variance[d]) * s->scale[d];
  }
  memset(s->shifts, 0, s->items_count + (size_t)1);
  s->exponent = 0;
  if (!(variance > 0)) {
    return;
  }
  const int fast = FAST_BITS - log2_up(3 * scores);
  const int fine = FINE_BITS + log2_up(reach + 1) - log2_up(variance);
  if (fast >= fine) {
    s->exponent = fast;
  } else {
    round_finely(s, scores);
  }
}

void segment_space_finish(segment_space *s) {
  ratio *divisor = ratio_new(), *spare = ratio_new();
  if (divisor != NULL && spare != NULL) {
    set_variances(s, divisor, spare);
    for (uint32_t d = 0; d < s->items_count; d++) {
      segment_space_metric(s, d, spare);
      s->scale[d] = ratio_to_double(spare);
    }
  }
  ratio_destroy(divisor);
  ratio_destroy(spare);
  choose_rounding(s);
}

void segment_space_total(const segment_space *s, ratio *out) {
  ratio *squares = ratio_new(), *spare = ratio_new();
  ratio_set_i64(out, 0);
  for (uint32_t d = 0; squares != NULL && spare != NULL && d < s->items_count; d++) {
    squares_about_mean(&s->x[d], &s->xx[d], s->w, squares, spare);
    segment_space_metric(s, d, spare);
    ratio_mul(squares, squares, spare);
    ratio_add(out, out, squares);
  }
  if (s->weighting != WEIGHTING_NONE) {
    ratio_scale10(out, -(int)s->weight_decimals);
  }
  ratio_destroy(squares);
  ratio_destroy(spare);
}

void segment_space_encode(const segment_space *s, buf *out) {
  buf_put_varint(out, s->items_count);
  buf_put_u8(out, (uint8_t)s->weighting);
  buf_put_u8(out, s->standardised);
  buf_put_u8(out, s->weight_decimals);
  buf_put_varint(out, (uint64_t)s->n);
  buf_put_i128(out, s->w);
  buf_put_exact(out, &s->w2);
  for (uint32_t d = 0; d < s->items_count; d++) {
    buf_put_u8(out, s->decimals[d]);
    buf_put_signed(out, s->magnitude[d]);
    buf_put_exact(out, &s->x[d]);
    buf_put_exact(out, &s->xx[d]);
  }
}

status segment_space_decode(segment_space *s, arena *a, reader *r, error *err) {
  TRY(segment_space_init(s, a, (uint32_t)reader_count(r, CLUSTER_ITEMS_MAX), err));
  s->weighting = (weighting)reader_u8(r);
  s->standardised = reader_u8(r) != 0;
  s->weight_decimals = reader_u8(r);
  s->n = (int64_t)reader_count(r, INT64_MAX);
  s->w = reader_i128(r);
  reader_exact(r, &s->w2);
  for (uint32_t d = 0; d < s->items_count; d++) {
    s->decimals[d] = reader_u8(r);
    s->magnitude[d] = reader_signed(r);
    reader_exact(r, &s->x[d]);
    reader_exact(r, &s->xx[d]);
    if (s->decimals[d] > PROGRAM_MEAN_DECIMALS || s->magnitude[d] < 0) {
      reader_fail(r, "an item that cannot be");
    }
  }
  if (s->weighting > WEIGHTING_FREQUENCY || s->weight_decimals > PROGRAM_WEIGHT_DECIMALS_MAX || s->w < 0 ||
      s->n < 0) {
    reader_fail(r, "a weight that cannot be");
  }
  status st = reader_status(r, "the state of a segmentation", err);
  if (st != STATUS_OK) {
    segment_space_fini(s);
    return st;
  }
  segment_space_finish(s);
  return STATUS_OK;
}
