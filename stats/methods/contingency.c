/* Chi-square tests. */
#include "stats/methods/contingency.h"

#include <math.h>
#include <stdlib.h>

#define MATHLIB_STANDALONE
#include <Rmath.h>

#include "stats/methods/workspace.h"

/* Margins in the unit of the counts. */
typedef struct margins {
  i128 *rows;
  i128 *columns;
  i128 all;
} margins;

static status margins_make(const contingency *t, margins *m, error *err) {
  *m = (margins){.rows = calloc(t->rows, sizeof(i128)), .columns = calloc(t->columns, sizeof(i128))};
  if (m->rows == NULL || m->columns == NULL) {
    free(m->rows);
    free(m->columns);
    return error_no_memory(err, "a contingency table");
  }
  for (uint32_t i = 0; i < t->rows; i++) {
    for (uint32_t j = 0; j < t->columns; j++) {
      const i128 count = t->counts[(size_t)i * t->columns + j];
      m->rows[i] += count;
      m->columns[j] += count;
      m->all += count;
    }
  }
  return STATUS_OK;
}

static void margins_fini(margins *m) {
  free(m->rows);
  free(m->columns);
}

/* ---- Pearson ------------------------------------------------------------------------------------- */

/* phi2 = sum of count^2 / (row column) - 1, the chi-square per answer; exact. */
static void phi_square(const contingency *t, const margins *m, workspace *w, ratio *phi2) {
  ratio *term = w->at[0], *margin = w->at[1];
  ratio_set_i64(phi2, -1);
  for (uint32_t i = 0; i < t->rows; i++) {
    for (uint32_t j = 0; j < t->columns; j++) {
      ratio_set_i128(term, t->counts[(size_t)i * t->columns + j]);
      ratio_mul(term, term, term);
      ratio_set_i128(margin, m->rows[i]);
      ratio_div(term, term, margin);
      ratio_set_i128(margin, m->columns[j]);
      ratio_div(term, term, margin);
      ratio_add(phi2, phi2, term);
    }
  }
}

/* The size that chi-square counts: answers, sums of frequency weights. */
static void table_size(const contingency *t, const margins *m, ratio *size) {
  if (t->weighting == WEIGHTING_SAMPLING) {
    ratio_set_i64(size, t->n);
    return;
  }
  ratio_set_i128(size, m->all);
  ratio_scale10(size, -(int)t->decimals);
}

/* Of 2 x 2: |observed - expected| is delta = |ad - bc| / all in every cell; R takes min(0.5, delta) off
 * before squaring, so chi2 = size phi2 (1 - min(0.5, delta) / delta)^2. */
static double corrected_2x2(const contingency *t, const margins *m, workspace *w, const ratio *phi2,
                            const ratio *size) {
  ratio *delta = w->at[0], *term = w->at[1], *half = w->at[2];
  ratio_set_i128(delta, t->counts[0]);
  ratio_set_i128(term, t->counts[3]);
  ratio_mul(delta, delta, term);
  ratio_set_i128(term, t->counts[1]);
  ratio_set_i128(half, t->counts[2]);
  ratio_mul(term, term, half);
  ratio_sub(delta, delta, term);
  ratio_set_i128(term, m->all);
  ratio_div(delta, delta, term);
  ratio_div(delta, delta, term);
  ratio_mul(delta, delta, size); /* |ad - bc| / all, in counts */
  ratio_set_i64(half, 0);
  if (ratio_sign(delta) < 0) {
    ratio_sub(delta, half, delta);
  }
  ratio_set_i64(half, 1);
  ratio_set_i64(term, 2);
  ratio_div(half, half, term);
  if (ratio_compare(delta, half) <= 0) {
    return 0;
  }
  ratio_sub(term, delta, half);
  ratio_div(term, term, delta);
  ratio_mul(term, term, term);
  ratio_mul(term, term, phi2);
  ratio_mul(term, term, size);
  return ratio_to_double(term);
}

static double share(i128 part, i128 all) {
  const exact num = exact_from_i128(part);
  const exact den = exact_from_i128(all);
  return exact_ratio(&num, &den);
}

static double low_expected(const contingency *t, const margins *m, double size) {
  uint32_t low = 0;
  for (uint32_t i = 0; i < t->rows; i++) {
    for (uint32_t j = 0; j < t->columns; j++) {
      low += share(m->rows[i], m->all) * share(m->columns[j], m->all) * size < 5 ? 1 : 0;
    }
  }
  return 100.0 * low / ((double)t->rows * t->columns);
}

/* ---- Rao & Scott --------------------------------------------------------------------------------- */

/* A contrast of the interaction: +1 at (i, j) and (last, last), -1 at (i, last) and (last, j).  Together
 * they span what the main effects leave, and the traces below do not depend on the basis. */
typedef struct contrast {
  size_t cell[4];
} contrast;

static const double contrast_sign[4] = {1, 1, -1, -1};

static contrast contrast_at(const contingency *t, uint32_t index) {
  const uint32_t i = index / (t->columns - 1), j = index % (t->columns - 1);
  const size_t last_row = (size_t)(t->rows - 1) * t->columns, last = t->columns - 1;
  const size_t row = (size_t)i * t->columns;
  return (contrast){{row + j, last_row + last, row + last, last_row + j}};
}

typedef struct cell_shares {
  double *p;       /* share of the weights */
  double *inverse; /* 1 / p, 0 for an empty cell */
  double *v;       /* sum of squared weights over (S w)^2 */
  double v_all;
} cell_shares;

/* y' V y of two contrasts, y = sign / p: V = diag(v) - p v' - v p' + p p' v_all. */
static double covariance(const cell_shares *s, const contrast *a, const contrast *b) {
  double common = 0, pa = 0, pb = 0, va = 0, vb = 0;
  for (int k = 0; k < 4; k++) {
    const double ya = contrast_sign[k] * s->inverse[a->cell[k]];
    const double yb = contrast_sign[k] * s->inverse[b->cell[k]];
    pa += ya * s->p[a->cell[k]];
    pb += yb * s->p[b->cell[k]];
    va += ya * s->v[a->cell[k]];
    vb += yb * s->v[b->cell[k]];
    for (int l = 0; l < 4; l++) {
      if (a->cell[k] == b->cell[l]) {
        common += ya * contrast_sign[l] * s->inverse[b->cell[l]] * s->v[a->cell[k]];
      }
    }
  }
  return common - va * pb - pa * vb + s->v_all * pa * pb;
}

static double under_independence(const cell_shares *s, const contrast *a, const contrast *b) {
  double sum = 0;
  for (int k = 0; k < 4; k++) {
    for (int l = 0; l < 4; l++) {
      if (a->cell[k] == b->cell[l]) {
        sum += contrast_sign[k] * contrast_sign[l] * s->inverse[a->cell[k]];
      }
    }
  }
  return sum;
}

/* A = L L', in place; false when A is not positive definite. */
static bool cholesky(double *a, uint32_t size) {
  for (uint32_t j = 0; j < size; j++) {
    for (uint32_t i = j; i < size; i++) {
      double sum = a[(size_t)i * size + j];
      for (uint32_t k = 0; k < j; k++) {
        sum -= a[(size_t)i * size + k] * a[(size_t)j * size + k];
      }
      if (i == j && !(sum > 0)) {
        return false;
      }
      a[(size_t)i * size + j] = i == j ? sqrt(sum) : sum / a[(size_t)j * size + j];
    }
  }
  return true;
}

/* B := inverse(L) B, then the same to its transpose. */
static void whiten(const double *l, double *b, uint32_t size) {
  for (int pass = 0; pass < 2; pass++) {
    for (uint32_t column = 0; column < size; column++) {
      for (uint32_t i = 0; i < size; i++) {
        double sum = b[(size_t)i * size + column];
        for (uint32_t k = 0; k < i; k++) {
          sum -= l[(size_t)i * size + k] * b[(size_t)k * size + column];
        }
        b[(size_t)i * size + column] = sum / l[(size_t)i * size + i];
      }
    }
    for (uint32_t i = 0; i < size; i++) {
      for (uint32_t j = 0; j < i; j++) {
        const double swap = b[(size_t)i * size + j];
        b[(size_t)i * size + j] = b[(size_t)j * size + i];
        b[(size_t)j * size + i] = swap;
      }
    }
  }
}

/* Trace of Delta and of its square; NaN when the table does not allow it. */
static void design_effects(const contingency *t, const cell_shares *s, double *expected, double *observed,
                           double *trace, double *trace2) {
  const uint32_t size = (t->rows - 1) * (t->columns - 1);
  const double factor = (double)t->design_rows / ((double)t->design_rows - 1);
  for (uint32_t a = 0; a < size; a++) {
    const contrast ca = contrast_at(t, a);
    for (uint32_t b = 0; b < size; b++) {
      const contrast cb = contrast_at(t, b);
      expected[(size_t)a * size + b] = under_independence(s, &ca, &cb) / (double)t->n;
      observed[(size_t)a * size + b] = factor * covariance(s, &ca, &cb);
    }
  }
  *trace = *trace2 = NAN;
  if (!cholesky(expected, size)) {
    return;
  }
  whiten(expected, observed, size);
  *trace = *trace2 = 0;
  for (uint32_t i = 0; i < size; i++) {
    *trace += observed[(size_t)i * size + i];
    for (uint32_t j = 0; j < size; j++) {
      *trace2 += observed[(size_t)i * size + j] * observed[(size_t)i * size + j];
    }
  }
}

static void read_shares(const contingency *t, const margins *m, cell_shares *s) {
  const exact all = exact_from_i128(m->all);
  exact all_squared = {0};
  exact_add_product(&all_squared, m->all, m->all);
  s->v_all = 0;
  for (size_t k = 0; k < (size_t)t->rows * t->columns; k++) {
    const exact count = exact_from_i128(t->counts[k]);
    s->p[k] = exact_ratio(&count, &all);
    s->inverse[k] = s->p[k] > 0 ? 1 / s->p[k] : 0;
    s->v[k] = exact_ratio(&t->squares[k], &all_squared);
    s->v_all += s->v[k];
  }
}

static status rao_scott(const contingency *t, const margins *m, independence *out, error *err) {
  const size_t cells = (size_t)t->rows * t->columns;
  const size_t size = (size_t)(t->rows - 1) * (t->columns - 1);
  out->p = NAN;
  if (size > RAO_SCOTT_DIMENSION_MAX || t->design_rows < 2 || t->domain_rows < 2) {
    return STATUS_OK;
  }
  double *memory = calloc(3 * cells + 2 * size * size, sizeof *memory);
  if (memory == NULL) {
    return error_no_memory(err, "Rao and Scott's correction");
  }
  cell_shares s = {.p = memory, .inverse = memory + cells, .v = memory + 2 * cells};
  read_shares(t, m, &s);
  double trace = NAN, trace2 = NAN;
  design_effects(t, &s, memory + 3 * cells, memory + 3 * cells + size * size, &trace, &trace2);
  if (trace > 0) {
    out->f = out->chi2 / trace;
    out->f_df = trace * trace / trace2;
    out->f_df_within = out->f_df * (double)(t->domain_rows - 1);
    out->p = pf(out->f, out->f_df, out->f_df_within, 0, 0);
  }
  free(memory);
  return STATUS_OK;
}

/* ---- All of it ----------------------------------------------------------------------------------- */

static void pearson(const contingency *t, const margins *m, bool yates, workspace *w, independence *out) {
  ratio *phi2 = w->at[10], *size = w->at[11], *r = w->at[12];
  phi_square(t, m, w, phi2);
  table_size(t, m, size);
  const uint32_t smaller = t->rows < t->columns ? t->rows : t->columns;
  ratio_set_i64(r, (int64_t)smaller - 1);
  ratio_div(r, phi2, r);
  out->cramers_v = ratio_sqrt_to_double(r);
  ratio_mul(r, phi2, size);
  out->chi2 = ratio_to_double(r);
  out->df = (double)(t->rows - 1) * (double)(t->columns - 1);
  out->corrected = yates && t->rows == 2 && t->columns == 2 && t->weighting != WEIGHTING_SAMPLING;
  if (out->corrected) {
    out->chi2 = corrected_2x2(t, m, w, phi2, size);
  }
  out->p = pchisq(out->chi2, out->df, 0, 0);
  out->low_expected_percent = low_expected(t, m, ratio_to_double(size));
}

status independence_make(const contingency *t, bool yates, independence *out, error *err) {
  *out = (independence){.chi2 = NAN,
                        .df = NAN,
                        .p = NAN,
                        .cramers_v = NAN,
                        .f = NAN,
                        .f_df = NAN,
                        .f_df_within = NAN,
                        .low_expected_percent = NAN};
  if (t->rows < 2 || t->columns < 2) {
    return STATUS_OK;
  }
  margins m;
  workspace w;
  TRY(margins_make(t, &m, err));
  status st = workspace_init(&w, err);
  if (st == STATUS_OK) {
    pearson(t, &m, yates, &w, out);
    workspace_fini(&w);
    if (t->weighting == WEIGHTING_SAMPLING) {
      st = rao_scott(t, &m, out, err);
    }
  }
  margins_fini(&m);
  return st;
}
