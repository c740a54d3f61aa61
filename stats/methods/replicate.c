/* Jackknife and bootstrap of random groups; see replicate.h. */
#define MATHLIB_STANDALONE
#include "stats/methods/replicate.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/frame/random.h"
#include "stats/methods/estimate.h"

/* More failed replicates than this share leave no interval. */
#define FAILED_SHARE_MAX 0.05

/* ---- Scales --------------------------------------------------------------------------------------- */

/* A figure's place on its scale, and the slope there; false: there is none. */
static bool on_scale(replicate_scale scale, double figure, double *place, double *slope) {
  switch (scale) {
    case REPLICATE_IDENTITY:
      *place = figure;
      *slope = 1;
      return true;
    case REPLICATE_FISHER:
      *place = atanh(figure);
      *slope = 1 / (1 - figure * figure);
      return fabs(figure) < 1;
    case REPLICATE_REMAINDER:
      *place = -log1p(-figure);
      *slope = 1 / (1 - figure);
      return figure < 1;
    case REPLICATE_ROOT:
      *place = sqrt(figure);
      *slope = 1 / (2 * *place);
      return figure > 0;
  }
  return false;
}

static double from_scale(replicate_scale scale, double place) {
  switch (scale) {
    case REPLICATE_IDENTITY:
      break;
    case REPLICATE_FISHER:
      return tanh(place);
    case REPLICATE_REMAINDER:
      return -expm1(-place);
    case REPLICATE_ROOT:
      return place > 0 ? place * place : 0;
  }
  return place;
}

/* ---- Jackknife ------------------------------------------------------------------------------------ */

/* The sums that error and acceleration are made of: of deviations d = mean - figure. */
typedef struct spread {
  uint32_t used;
  double squares, cubes;
} spread;

static spread spread_of(const double *figures, uint32_t count, uint32_t stride) {
  spread s = {0};
  double sum = 0;
  for (uint32_t g = 0; g < count; g++) {
    const double figure = figures[(size_t)g * stride];
    sum += isnan(figure) ? 0 : figure;
    s.used += isnan(figure) ? 0U : 1U;
  }
  const double mean = sum / s.used;
  for (uint32_t g = 0; g < count; g++) {
    const double d = mean - figures[(size_t)g * stride];
    s.squares += isnan(d) ? 0 : d * d;
    s.cubes += isnan(d) ? 0 : d * d * d;
  }
  return s;
}

static replicate_interval judged(double figure, const spread *s, uint32_t groups) {
  replicate_interval out = {.groups = groups,
                            .failed = groups - s->used,
                            .se = NAN,
                            .low = NAN,
                            .high = NAN,
                            .trouble = isnan(figure)                                  ? REPLICATE_NO_FIGURE
                                       : groups < REPLICATE_GROUPS_LEAST              ? REPLICATE_FEW_GROUPS
                                       : groups - s->used > FAILED_SHARE_MAX * groups ? REPLICATE_FAILED
                                                                                      : REPLICATE_FINE};
  if (out.trouble == REPLICATE_FINE) {
    out.se = sqrt(s->squares * (s->used - 1.0) / s->used);
  }
  return out;
}

replicate_interval replicate_jackknife(double figure, const double *left_out, uint32_t groups,
                                       uint32_t stride, replicate_scale scale, double confidence) {
  const spread s = spread_of(left_out, groups, stride);
  replicate_interval out = judged(figure, &s, groups);
  double place = 0;
  double slope = 0;
  if (out.trouble != REPLICATE_FINE) {
    return out;
  }
  if (!on_scale(scale, figure, &place, &slope)) {
    out.trouble = REPLICATE_AT_BOUND;
    return out;
  }
  const double margin = critical_t(confidence, s.used - 1.0) * out.se * slope;
  out.low = from_scale(scale, place - margin);
  out.high = from_scale(scale, place + margin);
  return out;
}

/* ---- Bootstrap ------------------------------------------------------------------------------------ */

void replicate_draw(uint64_t seed, uint32_t resample, uint32_t groups, uint32_t *times) {
  memset(times, 0, groups * sizeof *times);
  for (uint32_t k = 0; k < groups; k++) {
    const uint64_t bits = random_bits(seed, RANDOM_RESAMPLE, resample, k);
    times[(bits >> 32) * groups >> 32]++;
  }
}

static int compare_figures(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

/* At place (count + 1) p of the ascending figures, between two of them in proportion (type 6 of Hyndman & Fan
 * 1996, Am Stat 50:361-365). */
static double quantile(const double *sorted, uint32_t count, double p) {
  const double at = (count + 1.0) * p;
  if (at <= 1) {
    return sorted[0];
  }
  if (at >= count) {
    return sorted[count - 1];
  }
  const uint32_t below = (uint32_t)at;
  return sorted[below - 1] + (at - below) * (sorted[below] - sorted[below - 1]);
}

/* Efron's bias z0 and acceleration. */
static double shifted_level(double level, double figure, const double *sorted, uint32_t count,
                            const spread *s) {
  uint32_t below = 0;
  for (uint32_t i = 0; i < count; i++) {
    below += sorted[i] < figure;
  }
  const double z0 = qnorm5((double)below / count, 0, 1, 1, 0);
  const double acceleration = s->squares > 0 ? s->cubes / (6 * s->squares * sqrt(s->squares)) : 0;
  const double z = z0 + qnorm5(level, 0, 1, 1, 0);
  return pnorm5(z0 + z / (1 - acceleration * z), 0, 1, 1, 0);
}

static void set_ends(double figure, const double *sorted, uint32_t count, const spread *s,
                     replicate_method method, double confidence, replicate_interval *out) {
  const double m = s->used;
  double level = pnorm5(-sqrt(m / (m - 1)) * critical_t(confidence, m - 1), 0, 1, 1, 0);
  double other = 1 - level;
  if (method == REPLICATE_BCA) {
    level = shifted_level((1 - confidence) / 2, figure, sorted, count, s);
    other = shifted_level((1 + confidence) / 2, figure, sorted, count, s);
  }
  if (isnan(level) || isnan(other)) {
    out->trouble = REPLICATE_AT_BOUND;
    return;
  }
  out->low = quantile(sorted, count, level);
  out->high = quantile(sorted, count, other);
}

status replicate_bootstrap(double figure, const double *left_out, uint32_t groups, const double *drawn,
                           uint32_t resamples, uint32_t stride, replicate_method method, double confidence,
                           replicate_interval *out, error *err) {
  const spread s = spread_of(left_out, groups, stride);
  *out = judged(figure, &s, groups);
  if (out->trouble != REPLICATE_FINE) {
    return STATUS_OK;
  }
  double *sorted = malloc(((size_t)resamples + 1) * sizeof *sorted);
  if (sorted == NULL) {
    return error_no_memory(err, "resamples");
  }
  uint32_t count = 0;
  for (uint32_t r = 0; r < resamples; r++) {
    const double value = drawn[(size_t)r * stride];
    sorted[count] = value;
    count += isnan(value) ? 0U : 1U;
  }
  out->failed += resamples - count;
  if (resamples - count > FAILED_SHARE_MAX * resamples) {
    out->trouble = REPLICATE_FAILED;
    out->se = NAN;
  } else {
    qsort(sorted, count, sizeof *sorted, compare_figures);
    set_ends(figure, sorted, count, &s, method, confidence, out);
  }
  free(sorted);
  return STATUS_OK;
}
