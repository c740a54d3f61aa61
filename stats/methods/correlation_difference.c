/* Differences of correlations; see correlation_difference.h for the formulas. */
#define MATHLIB_STANDALONE
#include "stats/methods/correlation_difference.h"

#include <Rmath.h>
#include <math.h>

#include "stats/methods/estimate.h"

static const correlation_difference none = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};

/* A correlation with Fisher's interval. */
typedef struct span {
  double r, low, high;
} span;

static span span_of(double r, double m, double confidence) {
  const double reach = critical_z(confidence) / sqrt(m - 3);
  return (span){r, tanh(atanh(r) - reach), tanh(atanh(r) + reach)};
}

/* Whether there is a test; the difference exists without one. */
static bool is_open(double r, double m) {
  return fabs(r) < 1 && m > 3;
}

/* Zou's interval; C: the correlation of the two. */
static void set_interval(span a, span b, double c, correlation_difference *out) {
  const double below = a.r - a.low, above = b.high - b.r, up = a.high - a.r, down = b.r - b.low;
  out->ci_low = out->difference - sqrt(fmax(0, below * below + above * above - 2 * c * below * above));
  out->ci_high = out->difference + sqrt(fmax(0, up * up + down * down - 2 * c * up * down));
}

correlation_difference correlations_of_groups(double r1, double m1, double r2, double m2, double confidence) {
  correlation_difference out = none;
  out.difference = r1 - r2;
  if (is_open(r1, m1) && is_open(r2, m2)) {
    out.z = (atanh(r1) - atanh(r2)) / sqrt(1 / (m1 - 3) + 1 / (m2 - 3));
    out.p = two_sided_z(out.z);
    set_interval(span_of(r1, m1, confidence), span_of(r2, m2, confidence), 0, &out);
  }
  return out;
}

/* The covariance of two sample correlations with an item in common, times m (Pearson & Filon 1898). */
static double covariance_sharing(double r12, double r13, double r23) {
  return r23 * (1 - r12 * r12 - r13 * r13) - r12 * r13 * (1 - r12 * r12 - r13 * r13 - r23 * r23) / 2;
}

/* The same of two without. */
static double covariance_apart(const four_correlations *r) {
  return ((r->r13 - r->r12 * r->r23) * (r->r24 - r->r23 * r->r34) +
          (r->r14 - r->r13 * r->r34) * (r->r23 - r->r12 * r->r13) +
          (r->r13 - r->r14 * r->r34) * (r->r24 - r->r12 * r->r14) +
          (r->r14 - r->r12 * r->r24) * (r->r23 - r->r24 * r->r34)) /
         2;
}

static double in_transforms(double covariance, double r1, double r2) {
  return covariance / ((1 - r1 * r1) * (1 - r2 * r2));
}

/* POOLED and PLAIN: the correlation of the transforms, and of the two themselves. */
static correlation_difference test_in_sample(double r1, double r2, double m, double pooled, double plain,
                                             double confidence) {
  correlation_difference out = none;
  out.difference = r1 - r2;
  if (is_open(r1, m) && is_open(r2, m)) {
    const double left = 2 - 2 * pooled;
    out.z = left > 0 ? (atanh(r1) - atanh(r2)) * sqrt(m - 3) / sqrt(left) : NAN;
    out.p = two_sided_z(out.z);
    set_interval(span_of(r1, m, confidence), span_of(r2, m, confidence), plain, &out);
  }
  return out;
}

correlation_difference correlations_sharing(double r12, double r13, double r23, double m, double confidence) {
  const double mean = (r12 + r13) / 2;
  const double pooled = in_transforms(covariance_sharing(mean, mean, r23), mean, mean);
  const double plain = in_transforms(covariance_sharing(r12, r13, r23), r12, r13);
  correlation_difference out = test_in_sample(r12, r13, m, pooled, plain, confidence);
  if (!isnan(out.z)) {
    const double determinant = 1 - r12 * r12 - r13 * r13 - r23 * r23 + 2 * r12 * r13 * r23;
    const double under =
        2 * determinant * (m - 1) / (m - 3) + mean * mean * (1 - r23) * (1 - r23) * (1 - r23);
    out.df = m - 3;
    out.t = under > 0 ? (r12 - r13) * sqrt((m - 1) * (1 + r23) / under) : NAN;
    out.p_t = two_sided_t(out.t, out.df);
  }
  return out;
}

correlation_difference correlations_apart(const four_correlations *r, double m, double confidence) {
  const double mean = (r->r12 + r->r34) / 2;
  four_correlations both = *r;
  both.r12 = both.r34 = mean;
  return test_in_sample(r->r12, r->r34, m, in_transforms(covariance_apart(&both), mean, mean),
                        in_transforms(covariance_apart(r), r->r12, r->r34), confidence);
}
