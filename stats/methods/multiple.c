/* Studentised ranges and one-sided tests. */
#include "stats/methods/multiple.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

static void finish(range_test *t, uint32_t groups, double confidence) {
  t->q = fabs(t->difference) / t->se * M_SQRT2;
  t->p = ptukey(t->q, 1, groups, t->df, 0, 0);
  const double half = qtukey(confidence, 1, groups, t->df, 1, 0) * t->se / M_SQRT2;
  t->ci_low = t->difference - half;
  t->ci_high = t->difference + half;
}

status tukey_make(const sums *a, const sums *b, const anova *analysis, uint32_t groups, double confidence,
                  range_test *out, error *err) {
  *out = (range_test){NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  const estimate_options plain = {.confidence = confidence};
  estimate x, y;
  TRY(estimate_make(a, &plain, &x, err));
  TRY(estimate_make(b, &plain, &y, err));
  out->difference = x.mean - y.mean;
  out->df = analysis->df_within;
  const double square = analysis->ss_within / analysis->df_within;
  if (square > 0 && analysis->df_within >= 2) { /* the range of one degree of freedom is not computed */
    out->se = sqrt(square * (1 / x.weighted_n + 1 / y.weighted_n));
    finish(out, groups, confidence);
  }
  return STATUS_OK;
}

range_test games_howell_of(const pair_test *pair, uint32_t groups, double confidence) {
  range_test out = {.difference = pair->difference, .df = pair->df, .se = pair->se};
  out.q = out.p = out.ci_low = out.ci_high = NAN;
  if (out.se > 0 && out.df >= 2) {
    finish(&out, groups, confidence);
  }
  return out;
}

equivalence equivalence_of(double difference, double se, double df, double margin, double confidence) {
  equivalence out = {NAN, NAN, NAN};
  if (se > 0 && df > 0) {
    const double above = pt((difference + margin) / se, df, 0, 0);
    const double below = pt((difference - margin) / se, df, 1, 0);
    out.p = fmax(above, below);
    const double half = qt(confidence, df, 1, 0) * se;
    out.ci_low = difference - half;
    out.ci_high = difference + half;
  }
  return out;
}
