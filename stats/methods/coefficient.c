/* Correlation from exact sums; see coefficient.h for the formulas. */
#define MATHLIB_STANDALONE
#include "stats/methods/coefficient.h"

#include <Rmath.h>
#include <math.h>

#include "stats/methods/estimate.h"
#include "stats/methods/workspace.h"

/* Numbers in the workspace. */
enum { COUNT, M, COVARIANCE, X_VARIANCE, Y_VARIANCE, VARIANCES, SQUARE, ONE, SPARE, SPARE_2 };

/* OUT = N Sab - Sa Sb. */
static void centre(workspace *w, ratio *out, const exact *ab, const exact *a, const exact *b) {
  ratio_set_exact(w->at[SPARE], a);
  ratio_set_exact(w->at[SPARE_2], b);
  ratio_mul(w->at[SPARE], w->at[SPARE], w->at[SPARE_2]);
  ratio_set_exact(out, ab);
  ratio_mul(out, out, w->at[COUNT]);
  ratio_sub(out, out, w->at[SPARE]);
}

/* M of the header. */
static void set_sizes(workspace *w, const product_sums *s, const coefficient_options *o, coefficient *out) {
  ratio *m = w->at[M];
  out->n = s->n;
  out->weighted_n = (double)s->n;
  ratio_set_i64(m, s->n);
  if (o->weighting != WEIGHTING_NONE) {
    ratio_set_i128(m, o->w);
    ratio_scale10(m, -(int)o->weight_decimals);
    out->weighted_n = ratio_to_double(m);
  }
  if (o->weighting == WEIGHTING_SAMPLING && exact_sign(&o->w2) > 0) {
    ratio_set_i128(m, o->w);
    ratio_mul(m, m, m);
    ratio_set_exact(w->at[SPARE], &o->w2);
    ratio_div(m, m, w->at[SPARE]);
  }
  out->n_effective = ratio_to_double(m);
}

static void set_test(workspace *w, double confidence, coefficient *out) {
  ratio *one = w->at[ONE], *rest = w->at[SPARE], *degrees = w->at[SPARE_2];
  ratio_set_i64(degrees, 2);
  ratio_sub(degrees, w->at[M], degrees);
  ratio_set_i64(one, 1);
  ratio_sub(rest, one, w->at[SQUARE]);
  if (ratio_sign(degrees) > 0) {
    out->df = ratio_to_double(degrees);
    if (ratio_sign(rest) == 0) {
      out->p = 0;
    } else {
      ratio_mul(degrees, degrees, w->at[SQUARE]);
      ratio_div(degrees, degrees, rest);
      out->t = copysign(ratio_sqrt_to_double(degrees), out->r);
      out->p = 2 * pt(-fabs(out->t), out->df, 1, 0);
    }
  }
  if (out->n_effective > 3) {
    double z = atanh(out->r), margin = critical_z(confidence) / sqrt(out->n_effective - 3);
    out->ci_low = tanh(z - margin);
    out->ci_high = tanh(z + margin);
  }
}

status coefficient_make(const product_sums *s, const coefficient_options *o, coefficient *out, error *err) {
  *out = (coefficient){.r = NAN, .t = NAN, .df = NAN, .p = NAN, .ci_low = NAN, .ci_high = NAN};
  workspace w;
  TRY(workspace_init(&w, err));
  set_sizes(&w, s, o, out);
  ratio_set_exact(w.at[COUNT], &s->count);
  centre(&w, w.at[COVARIANCE], &s->xy, &s->x, &s->y);
  centre(&w, w.at[X_VARIANCE], &s->xx, &s->x, &s->x);
  centre(&w, w.at[Y_VARIANCE], &s->yy, &s->y, &s->y);
  out->x_constant = s->n > 1 && ratio_sign(w.at[X_VARIANCE]) == 0;
  out->y_constant = s->n > 1 && ratio_sign(w.at[Y_VARIANCE]) == 0;
  ratio_mul(w.at[VARIANCES], w.at[X_VARIANCE], w.at[Y_VARIANCE]);
  if (s->n >= 3 && ratio_sign(w.at[VARIANCES]) > 0) {
    ratio_mul(w.at[SQUARE], w.at[COVARIANCE], w.at[COVARIANCE]);
    ratio_div(w.at[SQUARE], w.at[SQUARE], w.at[VARIANCES]);
    double size = ratio_sqrt_to_double(w.at[SQUARE]);
    out->r = ratio_sign(w.at[COVARIANCE]) < 0 ? -size : size;
    set_test(&w, o->confidence, out);
  }
  workspace_fini(&w);
  return STATUS_OK;
}
