/* Tests of shares; see share_test.h for the formulas. */
#include "stats/methods/share_test.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/methods/estimate.h"

static share_test finish(double chi2, uint32_t count) {
  const double df = (double)count - 1;
  return (share_test){chi2, df, pchisq(chi2, df, 0, 0)};
}

static const share_test no_test = {NAN, NAN, NAN};

/* The share of A's and B's, ..: of all rows of COUNT groups. */
static double pooled(const group_share *groups, uint32_t count) {
  double yes = 0, all = 0;
  for (uint32_t i = 0; i < count; i++) {
    yes += groups[i].base * groups[i].percent / 100;
    all += groups[i].base;
  }
  return yes / all;
}

share_test shares_test(const group_share *groups, uint32_t count) {
  const double p = pooled(groups, count), unit = p * (1 - p);
  double chi2 = 0;
  for (uint32_t i = 0; i < count; i++) {
    const double from = groups[i].percent / 100 - p;
    chi2 += groups[i].base * from * from / unit;
  }
  return count >= 2 && unit > 0 ? finish(chi2, count) : no_test;
}

share_test scores_test(const group_share *groups, uint32_t count) {
  double weights = 0, mean = 0, chi2 = 0;
  for (uint32_t i = 0; i < count; i++) {
    const double weight = 1 / (groups[i].se * groups[i].se);
    if (!(groups[i].se > 0)) {
      return no_test;
    }
    weights += weight;
    mean += weight * groups[i].percent;
  }
  mean /= weights;
  for (uint32_t i = 0; i < count; i++) {
    const double from = (groups[i].percent - mean) / groups[i].se;
    chi2 += from * from;
  }
  return count >= 2 ? finish(chi2, count) : no_test;
}

static double root_of(double x, double y) {
  return sqrt(x * x + y * y);
}

share_difference shares_differ(const group_share *a, const group_share *b) {
  const group_share both[] = {*a, *b};
  const double p = pooled(both, 2), d = a->percent - b->percent;
  const double se = 100 * sqrt(p * (1 - p) * (1 / a->base + 1 / b->base));
  const double below = root_of(a->percent - a->low, b->high - b->percent);
  const double above = root_of(a->high - a->percent, b->percent - b->low);
  share_difference out = {.difference = d, .ci_low = d - below, .ci_high = d + above, .z = NAN, .p = NAN};
  if (se > 0) {
    out.z = d / se;
    out.p = two_sided_z(out.z);
  }
  return out;
}

share_difference scores_differ(const group_share *a, const group_share *b, double confidence) {
  const double d = a->percent - b->percent, se = sqrt(a->se * a->se + b->se * b->se);
  const double reach = critical_z(confidence) * se;
  share_difference out = {.difference = d, .ci_low = NAN, .ci_high = NAN, .z = NAN, .p = NAN};
  if (se > 0) {
    out.ci_low = fmax(-200, d - reach);
    out.ci_high = fmin(200, d + reach);
    out.z = d / se;
    out.p = two_sided_z(out.z);
  }
  return out;
}
