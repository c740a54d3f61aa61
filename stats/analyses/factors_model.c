/* From the sums of a group to its factors. */
#include "stats/analyses/factors_model.h"

#include <math.h>
#include <string.h>

#include "stats/methods/linear.h"

/* An eigenvalue of correlations below this is one that no answers have. */
#define INDEFINITE (-1e-9)

/* ---- Correlations ---------------------------------------------------------------------------------- */

static status make_room(arena *a, uint32_t items, factors_model *m, error *err) {
  const size_t entries = (size_t)items * items;
  m->used = ARENA_ARRAY(a, uint32_t, items);
  m->correlation = ARENA_ARRAY(a, double, entries);
  m->inverse = ARENA_ARRAY(a, double, entries);
  m->eigenvalues = ARENA_ARRAY(a, double, items);
  m->common_eigenvalues = ARENA_ARRAY(a, double, items);
  m->kmo_items = ARENA_ARRAY(a, double, items);
  m->main_factor = ARENA_ARRAY(a, uint32_t, items);
  m->order = ARENA_ARRAY(a, uint32_t, items);
  return arena_failed(a) ? error_no_memory(err, "factors") : STATUS_OK;
}

bool factors_correlate(const covariance *c, const uint32_t *used, uint32_t count, double *out) {
  bool exist = true;
  for (uint32_t i = 0; i < count; i++) {
    for (uint32_t j = 0; j < count; j++) {
      const size_t at = (size_t)used[i] * c->count + used[j];
      const double x = c->pair_spread[at], y = c->pair_spread[(size_t)used[j] * c->count + used[i]];
      const double r = i == j ? 1 : c->matrix[at] / (sqrt(x) * sqrt(y));
      exist = exist && x > 0 && y > 0 && isfinite(r);
      out[(size_t)i * count + j] = r;
    }
  }
  return exist;
}

/* The smallest base of the pairs, or the whole of complete rows. */
static void set_base(factors_model *m) {
  const covariance *c = &m->all;
  m->weighted_n = c->weighted_n[0];
  for (uint32_t i = 0; i < c->count && c->pairwise; i++) {
    for (uint32_t j = 0; j < i; j++) {
      m->weighted_n = fmin(m->weighted_n, c->weighted_n[(size_t)i * c->count + j]);
    }
  }
  m->n = c->weighting == WEIGHTING_FREQUENCY                  ? m->weighted_n
         : c->weighting == WEIGHTING_SAMPLING && !c->pairwise ? c->n_effective
                                                              : (double)c->n_min;
}

static factors_trouble choose_items(factors_model *m) {
  const uint32_t least = m->form->extraction == EXTRACTION_COMPONENTS ? 2 : 3;
  for (uint32_t i = 0; i < m->all.count; i++) {
    if (m->all.matrix[(size_t)i * m->all.count + i] > 0) {
      m->used[m->count++] = i;
    }
  }
  set_base(m);
  return m->count < least                                                 ? FACTORS_FEW_ITEMS
         : !(m->n > m->count) || m->all.n_min <= m->count                 ? FACTORS_FEW_ROWS
         : !factors_correlate(&m->all, m->used, m->count, m->correlation) ? FACTORS_NO_ROWS
                                                                          : FACTORS_FINE;
}

/* Eigenvalues, and what takes the inverse. */
static status look_at_matrix(factors_model *m, error *err) {
  const uint32_t p = m->count;
  TRY(parallel_eigenvalues(m->correlation, p, m->eigenvalues, m->common_eigenvalues, err));
  if (m->eigenvalues[p - 1] < INDEFINITE) {
    m->trouble = FACTORS_INDEFINITE;
    return STATUS_OK;
  }
  memcpy(m->inverse, m->correlation, (size_t)p * p * sizeof *m->inverse);
  m->is_definite = linear_cholesky(m->inverse, p, &m->dependent);
  if (m->is_definite) {
    m->log_determinant = linear_log_determinant(m->inverse, p);
    linear_invert(m->inverse, p);
    m->kmo = adequacy_kmo(m->correlation, m->inverse, p, m->kmo_items);
    m->bartlett = adequacy_bartlett(m->log_determinant, m->n, p);
  } else if (m->form->extraction != EXTRACTION_COMPONENTS) {
    m->trouble = FACTORS_DEPENDENT;
  }
  return STATUS_OK;
}

/* ---- How many -------------------------------------------------------------------------------------- */

static void choose_number(factors_model *m) {
  const factors_form *f = m->form;
  const bool are_components = f->extraction == EXTRACTION_COMPONENTS;
  const uint32_t most = extraction_factors_max(f->extraction, m->count);
  uint32_t wanted = f->factors;
  m->factors_max = most < FACTORS_MAX ? most : FACTORS_MAX;
  if (wanted == 0) {
    wanted = f->rule == FACTORS_BY_KAISER ? m->kaiser
             : are_components             ? m->parallel_components
                                          : m->parallel_common;
    m->is_capped = wanted > m->factors_max;
    wanted = m->is_capped ? m->factors_max : wanted;
  }
  m->factors = wanted;
  m->trouble = wanted == 0 ? FACTORS_NONE : wanted > m->factors_max ? FACTORS_TOO_MANY : FACTORS_FINE;
}

static status count_factors(arena *a, factors_model *m, error *err) {
  const uint32_t p = m->count;
  TRY(parallel_analysis_make(a, m->form->seed, m->n, p, m->form->matrices, &m->parallel, err));
  m->parallel_components = parallel_count(m->eigenvalues, m->parallel.high, p);
  m->parallel_common = parallel_count(m->common_eigenvalues, m->parallel.common_high, p);
  while (m->kaiser < p && m->eigenvalues[m->kaiser] > 1) {
    m->kaiser++;
  }
  if (m->trouble == FACTORS_FINE) {
    choose_number(m);
  }
  return STATUS_OK;
}

/* ---- Factors --------------------------------------------------------------------------------------- */

double factors_communality(const factors_model *m, uint32_t i) {
  double sum = 0;
  for (uint32_t f = 0; f < m->factors; f++) {
    sum += factors_pattern(m, i, f) * m->r.structure[(size_t)i * m->factors + f];
  }
  return sum;
}

double factors_complexity(const factors_model *m, uint32_t i) {
  double squares = 0, fourths = 0;
  for (uint32_t f = 0; f < m->factors; f++) {
    const double square = factors_pattern(m, i, f) * factors_pattern(m, i, f);
    squares += square;
    fourths += square * square;
  }
  return squares * squares / fourths;
}

static bool comes_before(const factors_model *m, uint32_t i, uint32_t j) {
  const uint32_t f = m->main_factor[i], g = m->main_factor[j];
  return f != g ? f < g : fabs(factors_pattern(m, i, f)) > fabs(factors_pattern(m, j, g));
}

static void sort_items(factors_model *m) {
  for (uint32_t i = 0; i < m->count; i++) {
    uint32_t best = 0;
    for (uint32_t f = 1; f < m->factors; f++) {
      best = fabs(factors_pattern(m, i, f)) > fabs(factors_pattern(m, i, best)) ? f : best;
    }
    m->main_factor[i] = best;
  }
  for (uint32_t i = 0; i < m->count; i++) {
    uint32_t at = i;
    for (; at > 0 && comes_before(m, i, m->order[at - 1]); at--) {
      m->order[at] = m->order[at - 1];
    }
    m->order[at] = i;
  }
}

static status find_factors(arena *a, factors_model *m, error *err) {
  const factors_form *f = m->form;
  bool found = false;
  TRY(extraction_new(a, f->extraction, m->count, m->factors, &m->x, err));
  TRY(rotation_new(a, f->rotation, m->count, m->factors, &m->r, err));
  m->weights = ARENA_ARRAY(a, double, (size_t)m->count * m->factors);
  m->validity = ARENA_ARRAY(a, double, m->factors);
  if (arena_failed(a)) {
    return error_no_memory(err, "factors");
  }
  TRY(extraction_fit(m->correlation, false, &m->x, &found, err));
  if (!found || !rotation_make(m->x.loading, &m->r)) {
    m->trouble = found ? FACTORS_NOT_ROTATED : FACTORS_NOT_FOUND;
    return STATUS_OK;
  }
  m->test = factor_test_make(&m->x, m->log_determinant, m->n);
  m->residual = factor_residual(m->correlation, &m->x);
  m->has_weights = m->is_definite && factor_weights(m->inverse, m->correlation, &m->x, &m->r, f->scoring,
                                                    m->weights, m->validity);
  sort_items(m);
  return STATUS_OK;
}

status factors_model_make(arena *a, const factors_form *form, const products_state *s, const uint64_t *block,
                          uint32_t items, factors_model *out, error *err) {
  *out = (factors_model){.form = form, .kmo = NAN, .bartlett = {NAN, NAN, NAN}};
  TRY(make_room(a, items, out, err));
  TRY(covariance_new(a, items, &out->all, err));
  TRY(covariance_fill(s, block, form->weighting, &out->all, err));
  out->trouble = choose_items(out);
  if (out->trouble == FACTORS_FINE) {
    TRY(look_at_matrix(out, err));
  }
  if (out->trouble == FACTORS_FINE || out->trouble == FACTORS_DEPENDENT) {
    TRY(count_factors(a, out, err));
  }
  return out->trouble == FACTORS_FINE ? find_factors(a, out, err) : STATUS_OK;
}
