/* Estimates from exact sums: see the header for the formulas. */
#include "stats/methods/estimate.h"

#include <assert.h>
#include <math.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/methods/workspace.h"

double critical_t(double confidence, double df) {
  return df > 0 ? qt(0.5 + confidence / 2, df, 1, 0) : NAN;
}

double critical_z(double confidence) {
  return qnorm(0.5 + confidence / 2, 0, 1, 1, 0);
}

double two_sided_t(double t, double df) {
  return 2 * pt(-fabs(t), df, 1, 0);
}

double two_sided_z(double z) {
  return 2 * pnorm(-fabs(z), 0, 1, 1, 0);
}

/* The exact quantities of one estimate, already on the scale that is reported. */
typedef struct raw {
  ratio *count;    /* N of the header's table */
  ratio *power[5]; /* S c x^k with the counting weight c: power[0] is N */
  ratio *mean;
  ratio *central[5];           /* central moments with the divisor N: 2, 3, 4 */
  ratio *w2[3];                /* S w^2 x^k, sampling only */
  ratio *result, *term, *step; /* scratch */
} raw;

static void raw_bind(raw *r, workspace *w) {
  int next = 0;
  r->count = w->at[next++];
  for (int k = 1; k < 5; k++) {
    r->power[k] = w->at[next++];
  }
  r->power[0] = r->count;
  r->mean = w->at[next++];
  for (int k = 2; k < 5; k++) {
    r->central[k] = w->at[next++];
  }
  for (int k = 0; k < 3; k++) {
    r->w2[k] = w->at[next++];
  }
  r->result = w->at[next++];
  r->term = w->at[next++];
  r->step = w->at[next++];
}

static void raw_read(raw *r, const sums *s) {
  const moments *m = &s->at;
  const unsigned d = s->decimals;
  if (s->weighting == WEIGHTING_NONE) {
    const exact *const x[] = {&m->x, &m->x2, &m->x3, &m->x4};
    ratio_set_i64(r->count, m->n);
    for (unsigned k = 1; k < 5; k++) {
      ratio_set_exact_scaled(r->power[k], x[k - 1], k * d);
    }
    return;
  }
  const unsigned wd = s->weight_decimals;
  const exact *const wx[] = {&m->wx, &m->wx2, &m->wx3, &m->wx4};
  ratio_set_i128(r->count, m->w);
  ratio_scale10(r->count, -(int)wd);
  for (unsigned k = 1; k < 5; k++) {
    ratio_set_exact_scaled(r->power[k], wx[k - 1], k * d + wd);
  }
  const exact *const w2x[] = {&m->w2, &m->w2x, &m->w2x2};
  for (unsigned k = 0; k < 3; k++) {
    ratio_set_exact_scaled(r->w2[k], w2x[k], k * d + 2 * wd);
  }
}

/* Mean and central moments: m2 = S2/N - m^2, m3 = S3/N - 3 m S2/N + 2 m^3,
 * m4 = S4/N - 4 m S3/N + 6 m^2 S2/N - 3 m^4, by Horner's rule in m. */
static void raw_centre(raw *r) {
  static const int64_t binomial[5][5] = {[2] = {1, -2, 1}, [3] = {1, -3, 3, -1}, [4] = {1, -4, 6, -4, 1}};
  ratio_div(r->mean, r->power[1], r->count);
  for (int k = 2; k < 5; k++) {
    ratio_set_i64(r->result, 0);
    for (int j = k; j >= 0; j--) {
      ratio_mul(r->result, r->result, r->mean);
      ratio_set_i64(r->term, binomial[k][j]);
      ratio_mul(r->term, r->term, r->power[k - j]);
      ratio_add(r->result, r->result, r->term);
    }
    ratio_div(r->central[k], r->result, r->count);
  }
}

/* result = a / (a - 1) * b */
static void times_corrected(raw *r, const ratio *a, const ratio *b) {
  ratio_set_i64(r->step, 1);
  ratio_sub(r->step, a, r->step);
  ratio_div(r->term, a, r->step);
  ratio_mul(r->result, r->term, b);
}

/* result = S w^2 (x - m)^2 / (Sw)^2 */
static void linearised(raw *r) {
  ratio_mul(r->result, r->w2[0], r->mean);
  ratio_set_i64(r->term, -2);
  ratio_mul(r->term, r->term, r->w2[1]);
  ratio_add(r->result, r->result, r->term);
  ratio_mul(r->result, r->result, r->mean);
  ratio_add(r->result, r->result, r->w2[2]);
  ratio_div(r->result, r->result, r->count);
  ratio_div(r->result, r->result, r->count);
}

/* Skewness G1 = g1 sqrt(n(n-1)) / (n-2) and kurtosis G2 = (n-1)/((n-2)(n-3)) ((n+1) g2 + 6). */
static void shape(raw *r, const ratio *n, double count, estimate *out) {
  if (ratio_sign(r->central[2]) == 0) {
    return;
  }
  if (count > 2) {
    ratio_mul(r->result, r->central[3], r->central[3]);
    for (int i = 0; i < 3; i++) {
      ratio_div(r->result, r->result, r->central[2]);
    }
    ratio_mul(r->result, r->result, n);
    ratio_set_i64(r->step, 1);
    ratio_sub(r->term, n, r->step); /* n - 1 */
    ratio_mul(r->result, r->result, r->term);
    ratio_sub(r->term, r->term, r->step); /* n - 2 */
    ratio_div(r->result, r->result, r->term);
    ratio_div(r->result, r->result, r->term);
    out->skewness = copysign(ratio_sqrt_to_double(r->result), ratio_sign(r->central[3]));
  }
  if (count > 3) {
    ratio_div(r->result, r->central[4], r->central[2]);
    ratio_div(r->result, r->result, r->central[2]);
    ratio_set_i64(r->term, 3);
    ratio_sub(r->result, r->result, r->term); /* g2 */
    ratio_set_i64(r->step, 1);
    ratio_add(r->term, n, r->step);
    ratio_mul(r->result, r->result, r->term);
    ratio_set_i64(r->term, 6);
    ratio_add(r->result, r->result, r->term);
    ratio_sub(r->term, n, r->step);
    ratio_mul(r->result, r->result, r->term);
    ratio_sub(r->term, r->term, r->step);
    ratio_div(r->result, r->result, r->term);
    ratio_sub(r->term, r->term, r->step);
    ratio_div(r->result, r->result, r->term);
    out->kurtosis = ratio_to_double(r->result);
  }
}

/* Variance, errors and shape; the raw moments are centred. */
static void spread(raw *r, const sums *s, const estimate_options *o, ratio *n, ratio *rows, estimate *out) {
  const bool sampling = s->weighting == WEIGHTING_SAMPLING;
  out->spread = ratio_to_double(r->central[2]);
  if (sampling) {
    ratio_set_i64(n, s->at.n);
    ratio_set_i64(rows, o->design_rows);
  } else {
    ratio_set(n, r->count);
  }
  const double count = ratio_to_double(n);
  out->df = count - 1;
  if (count > 1) {
    times_corrected(r, n, r->central[2]);
    out->variance = ratio_to_double(r->result);
    out->sd = ratio_sqrt_to_double(r->result);
    ratio_div(r->result, r->result, r->count);
    out->se = ratio_sqrt_to_double(r->result);
    ratio_div(r->result, r->central[2], r->count);
    out->se_plain = ratio_sqrt_to_double(r->result);
  }
  if (sampling && count > 1) {
    linearised(r);
    ratio_set(r->w2[0], r->result);
    times_corrected(r, rows, r->w2[0]);
    out->se = out->se_plain = ratio_sqrt_to_double(r->result);
  }
  shape(r, n, count, out);
}

/* Figures of (x - low) * 100 / (high - low): all but the shape follow from those of x.  Exactly so for
 * the mean, and by one more rounding for the rest. */
static void rescale(raw *r, const estimate_options *o, estimate *out) {
  ratio_set_i64(r->term, o->rescale_low.mantissa);
  ratio_scale10(r->term, -(int)o->rescale_low.scale);
  ratio_set_i64(r->step, o->rescale_high.mantissa);
  ratio_scale10(r->step, -(int)o->rescale_high.scale);
  ratio_sub(r->step, r->step, r->term);
  assert(ratio_sign(r->step) > 0);
  ratio_sub(r->mean, r->mean, r->term);
  ratio_set_i64(r->term, 100);
  ratio_div(r->step, r->term, r->step);
  ratio_mul(r->mean, r->mean, r->step);
  out->mean = ratio_to_double(r->mean);
  const double factor = ratio_to_double(r->step);
  out->sd *= factor;
  out->se *= factor;
  out->se_plain *= factor;
  out->variance *= factor * factor;
  out->spread *= factor * factor;
}

status estimate_make(const sums *s, const estimate_options *o, estimate *out, error *err) {
  *out = (estimate){.n = s->at.n,
                    .weighted_n = NAN,
                    .n_effective = NAN,
                    .mean = NAN,
                    .variance = NAN,
                    .sd = NAN,
                    .spread = NAN,
                    .se = NAN,
                    .se_plain = NAN,
                    .df = NAN,
                    .ci_low = NAN,
                    .ci_high = NAN,
                    .skewness = NAN,
                    .kurtosis = NAN};
  workspace w;
  TRY(workspace_init(&w, err));
  raw r;
  raw_bind(&r, &w);
  raw_read(&r, s);
  out->weighted_n = out->n_effective = ratio_to_double(r.count);
  if (ratio_sign(r.count) > 0) {
    raw_centre(&r);
    out->mean = ratio_to_double(r.mean);
    if (s->weighting == WEIGHTING_SAMPLING) {
      ratio_mul(r.result, r.count, r.count);
      ratio_div(r.result, r.result, r.w2[0]);
      out->n_effective = ratio_to_double(r.result);
    }
    spread(&r, s, o, w.at[WORKSPACE_RATIOS - 1], w.at[WORKSPACE_RATIOS - 2], out);
    if (o->rescaled) {
      rescale(&r, o, out);
    }
    const double half = critical_t(o->confidence, out->df) * out->se;
    out->ci_low = out->mean - half;
    out->ci_high = out->mean + half;
  }
  workspace_fini(&w);
  return STATUS_OK;
}
