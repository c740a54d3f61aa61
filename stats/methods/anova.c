/* Analysis of variance and its relatives in exact rational arithmetic. */
#include "stats/methods/anova.h"

#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/methods/workspace.h"

static void square_over(ratio *out, const ratio *sum, const ratio *count) {
  ratio_mul(out, sum, sum);
  ratio_div(out, out, count);
}

/* out = (square - sum^2 / count) / (count - 1), the variance; false without one (count <= 1). */
static bool variance_of(const sums *s, ratio *count, ratio *mean, ratio *out, ratio *scratch) {
  sums_read(s, count, mean, out);
  ratio_set_i64(scratch, 1);
  if (ratio_compare(count, scratch) <= 0) {
    return false;
  }
  square_over(scratch, mean, count);
  ratio_sub(out, out, scratch);
  ratio_set_i64(scratch, 1);
  ratio_sub(scratch, count, scratch);
  ratio_div(out, out, scratch);
  ratio_div(mean, mean, count);
  return true;
}

/* ---- One-way analysis of variance ---------------------------------------------------------------- */

static void finish_anova(workspace *w, ratio *between, ratio *within, ratio *n, uint32_t count, anova *out) {
  ratio *df_b = w->at[0], *df_w = w->at[1], *total = w->at[2], *ms = w->at[3], *r = w->at[4];
  ratio_set_i64(df_b, (int64_t)count - 1);
  ratio_set_i64(df_w, count);
  ratio_sub(df_w, n, df_w);
  ratio_add(total, between, within);
  out->ss_between = ratio_to_double(between);
  out->ss_within = ratio_to_double(within);
  out->df_between = ratio_to_double(df_b);
  out->df_within = ratio_to_double(df_w);
  if (ratio_sign(total) > 0) {
    ratio_div(r, between, total);
    out->eta2 = ratio_to_double(r);
  }
  if (ratio_sign(df_w) <= 0 || ratio_sign(within) <= 0 || count < 2) {
    return;
  }
  ratio_div(ms, within, df_w);
  ratio_div(r, between, df_b);
  ratio_div(r, r, ms);
  out->f = ratio_to_double(r);
  out->p = pf(out->f, out->df_between, out->df_within, 0, 0);
  ratio_mul(r, df_b, ms);
  ratio_sub(r, between, r);
  ratio_add(total, total, ms);
  ratio_div(r, r, total);
  out->omega2 = ratio_to_double(r);
}

status anova_make(const sums *groups, uint32_t count, anova *out, error *err) {
  *out = (anova){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  workspace w;
  TRY(workspace_init(&w, err));
  ratio *c = w.at[0], *sum = w.at[1], *square = w.at[2], *r = w.at[3];
  ratio *n = w.at[10], *all = w.at[11], *between = w.at[12], *within = w.at[13];
  for (uint32_t g = 0; g < count; g++) {
    sums_read(&groups[g], c, sum, square);
    ratio_add(n, n, c);
    ratio_add(all, all, sum);
    square_over(r, sum, c);
    ratio_add(between, between, r);
    ratio_sub(square, square, r);
    ratio_add(within, within, square);
  }
  if (count > 0) {
    square_over(r, all, n);
    ratio_sub(between, between, r);
    out->n = ratio_to_double(n);
    finish_anova(&w, between, within, n, count, out);
  }
  workspace_fini(&w);
  return STATUS_OK;
}

/* ---- Welch --------------------------------------------------------------------------------------- */

/* Sums over groups of u = N / s^2, of u m, of u m^2; false when a group has no variance. */
static bool welch_sums(workspace *w, const sums *groups, uint32_t count, ratio *u0, ratio *u1, ratio *u2) {
  ratio *n = w->at[0], *mean = w->at[1], *u = w->at[2], *r = w->at[3];
  for (uint32_t g = 0; g < count; g++) {
    if (!variance_of(&groups[g], n, mean, u, r) || ratio_sign(u) <= 0) {
      return false;
    }
    ratio_div(u, n, u);
    ratio_add(u0, u0, u);
    ratio_mul(u, u, mean);
    ratio_add(u1, u1, u);
    ratio_mul(u, u, mean);
    ratio_add(u2, u2, u);
  }
  return true;
}

/* lambda = sum of (1 - u / U)^2 / (N - 1) */
static void welch_lambda(workspace *w, const sums *groups, uint32_t count, const ratio *u0, ratio *lambda) {
  ratio *n = w->at[0], *mean = w->at[1], *u = w->at[2], *r = w->at[3], *one = w->at[4];
  ratio_set_i64(one, 1);
  for (uint32_t g = 0; g < count; g++) {
    (void)variance_of(&groups[g], n, mean, u, r);
    ratio_div(u, n, u);
    ratio_div(u, u, u0);
    ratio_sub(u, one, u);
    ratio_mul(u, u, u);
    ratio_sub(n, n, one);
    ratio_div(u, u, n);
    ratio_add(lambda, lambda, u);
  }
}

status welch_make(const sums *groups, uint32_t count, mean_test *out, error *err) {
  *out = (mean_test){NAN, NAN, NAN, NAN};
  if (count < 2) {
    return STATUS_OK;
  }
  workspace w;
  TRY(workspace_init(&w, err));
  ratio *u0 = w.at[10], *u1 = w.at[11], *u2 = w.at[12], *lambda = w.at[13];
  ratio *f = w.at[14], *r = w.at[15], *k2 = w.at[16];
  const int64_t k = count;
  if (welch_sums(&w, groups, count, u0, u1, u2)) {
    welch_lambda(&w, groups, count, u0, lambda);
    square_over(r, u1, u0);
    ratio_sub(f, u2, r);
    ratio_set_i64(r, k - 1);
    ratio_div(f, f, r);
    ratio_set_i64(k2, k * k - 1);
    ratio_set_i64(r, 2 * (k - 2));
    ratio_mul(r, r, lambda);
    ratio_div(r, r, k2);
    ratio_set_i64(u1, 1);
    ratio_add(r, r, u1);
    ratio_div(f, f, r);
    out->f = ratio_to_double(f);
    out->df_between = (double)(k - 1);
    if (ratio_sign(lambda) > 0) {
      ratio_set_i64(r, 3);
      ratio_mul(r, r, lambda);
      ratio_div(r, k2, r);
      out->df_within = ratio_to_double(r);
      out->p = pf(out->f, out->df_between, out->df_within, 0, 0);
    }
  }
  workspace_fini(&w);
  return STATUS_OK;
}

/* ---- Sampling weights ---------------------------------------------------------------------------- */

status wald_make(const sums *groups, uint32_t count, const estimate_options *options, mean_test *out,
                 error *err) {
  *out = (mean_test){NAN, NAN, NAN, NAN};
  double u0 = 0, u1 = 0, n = 0, first = 0;
  for (uint32_t g = 0; g < count; g++) {
    estimate e;
    TRY(estimate_make(&groups[g], options, &e, err));
    first = g == 0 ? e.mean : first; /* means are taken from the first, so that little cancels */
    const double u = 1 / (e.se * e.se);
    u0 += u;
    u1 += u * (e.mean - first);
    n += (double)e.n;
  }
  double wald = 0;
  for (uint32_t g = 0; g < count; g++) {
    estimate e;
    TRY(estimate_make(&groups[g], options, &e, err));
    const double deviation = e.mean - first - u1 / u0;
    wald += deviation * deviation / (e.se * e.se);
  }
  const double df = n - count;
  if (count >= 2 && isfinite(u0) && df > 0) {
    *out = (mean_test){.f = wald / (count - 1), .df_between = count - 1, .df_within = df};
    out->p = pf(out->f, out->df_between, out->df_within, 0, 0);
  }
  return STATUS_OK;
}

/* ---- Pairs --------------------------------------------------------------------------------------- */

static void finish_pair(pair_test *out, double confidence) {
  out->p = 2 * pt(-fabs(out->t), out->df, 1, 0);
  const double half = critical_t(confidence, out->df) * out->se;
  out->ci_low = out->difference - half;
  out->ci_high = out->difference + half;
}

static status sampling_pair(const sums *a, const sums *b, const estimate_options *options, pair_test *out,
                            error *err) {
  estimate x, y;
  TRY(estimate_make(a, options, &x, err));
  TRY(estimate_make(b, options, &y, err));
  out->difference = x.mean - y.mean;
  out->se = sqrt(x.se * x.se + y.se * y.se);
  out->df = (double)(x.n + y.n - 2);
  if (out->se > 0 && out->df > 0) {
    out->t = out->difference / out->se;
    finish_pair(out, options->confidence);
  }
  return STATUS_OK;
}

/* Signed root of SQUARE. */
static double signed_root(const ratio *square, int sign) {
  return sign * ratio_sqrt_to_double(square);
}

/* Cohen's d: difference^2 / ((A (NA - 1) + B (NB - 1)) / (NA + NB - 2)), its root. */
static double cohens_d(workspace *w, const ratio *difference, const ratio *na, const ratio *a,
                       const ratio *nb, const ratio *b) {
  ratio *one = w->at[12], *pooled = w->at[13], *r = w->at[14], *df = w->at[15];
  ratio_set_i64(one, 1);
  ratio_sub(df, na, one);
  ratio_mul(pooled, a, df);
  ratio_sub(r, nb, one);
  ratio_add(df, df, r);
  ratio_mul(r, r, b);
  ratio_add(pooled, pooled, r);
  ratio_div(pooled, pooled, df);
  if (ratio_sign(pooled) <= 0) {
    return NAN;
  }
  ratio_mul(r, difference, difference);
  ratio_div(r, r, pooled);
  return signed_root(r, ratio_sign(difference));
}

/* Welch's t and its degrees of freedom: (a + b)^2 / (a^2 / (NA - 1) + b^2 / (NB - 1)), a and b the
 * squared errors of the two means. */
static void welch_t(workspace *w, const ratio *difference, const ratio *na, const ratio *a, const ratio *nb,
                    const ratio *b, pair_test *out) {
  ratio *one = w->at[12], *va = w->at[13], *vb = w->at[14], *v = w->at[15], *r = w->at[16], *s = w->at[17];
  ratio_set_i64(one, 1);
  ratio_div(va, a, na);
  ratio_div(vb, b, nb);
  ratio_add(v, va, vb);
  if (ratio_sign(v) <= 0) {
    return;
  }
  out->se = ratio_sqrt_to_double(v);
  ratio_mul(r, difference, difference);
  ratio_div(r, r, v);
  out->t = signed_root(r, ratio_sign(difference));
  ratio_mul(va, va, va);
  ratio_sub(r, na, one);
  ratio_div(va, va, r);
  ratio_mul(vb, vb, vb);
  ratio_sub(r, nb, one);
  ratio_div(vb, vb, r);
  ratio_add(s, va, vb);
  ratio_mul(v, v, v);
  ratio_div(v, v, s);
  out->df = ratio_to_double(v);
}

status pair_make(const sums *a, const sums *b, const estimate_options *options, pair_test *out, error *err) {
  *out = (pair_test){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  if (a->weighting == WEIGHTING_SAMPLING) {
    return sampling_pair(a, b, options, out, err);
  }
  workspace w;
  TRY(workspace_init(&w, err));
  ratio *na = w.at[0], *ma = w.at[1], *a2 = w.at[2], *nb = w.at[3], *mb = w.at[4], *b2 = w.at[5];
  ratio *scratch = w.at[6], *difference = w.at[7];
  const bool a_varies = variance_of(a, na, ma, a2, scratch), b_varies = variance_of(b, nb, mb, b2, scratch);
  ratio_sub(difference, ma, mb); /* the sum of one answer is its mean */
  out->difference = ratio_to_double(difference);
  if (a_varies && b_varies) {
    out->d = cohens_d(&w, difference, na, a2, nb, b2);
    welch_t(&w, difference, na, a2, nb, b2, out);
    if (!isnan(out->t)) {
      finish_pair(out, options->confidence);
    }
  }
  workspace_fini(&w);
  return STATUS_OK;
}
