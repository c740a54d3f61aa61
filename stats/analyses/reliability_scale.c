/* Scales: which items they have, and what is computed of their sums. */
#include "stats/analyses/reliability_scale.h"

#include <math.h>
#include <string.h>

#include "stats/methods/linear.h"

/* ---- Which items ----------------------------------------------------------------------------------- */

static status add_item(const plan *p, scale *s, uint32_t item, error *err) {
  for (uint32_t i = 0; i < s->count; i++) {
    if (s->items[i] == item) {
      return STATUS_OK;
    }
  }
  if (s->count == RELIABILITY_ITEMS_MAX) {
    const bool named = s->construct == PROGRAM_NONE;
    return error_set(err, STATUS_SPECIFICATION, "%s: %s%s has more than %d items",
                     named ? "items" : "construct", named ? "the scale" : "construct ",
                     named ? "" : p->variables[s->construct].name, (int)RELIABILITY_ITEMS_MAX);
  }
  s->items[s->count++] = item;
  return STATUS_OK;
}

/* Recursion is at most as deep as constructs are, whose parts have lower numbers. */
static status add_construct(const plan *p, scale *s, uint32_t construct, error *err) {
  const plan_construct *c = &p->constructs[construct];
  for (uint32_t i = 0; i < c->children_count; i++) {
    TRY(c->child_is_construct[i] ? add_construct(p, s, c->children[i], err)
                                 : add_item(p, s, c->children[i], err));
  }
  return STATUS_OK;
}

status scale_of_construct(arena *a, const plan *p, uint32_t construct, scale *out, error *err) {
  *out = (scale){.construct = p->constructs[construct].variable,
                 .items = ARENA_ARRAY(a, uint32_t, RELIABILITY_ITEMS_MAX)};
  return out->items != NULL ? add_construct(p, out, construct, err) : error_no_memory(err, "reliability");
}

static status add_named(arena *a, const plan *p, const argument_value *items, scales *out, error *err) {
  scale *s = &out->at[out->count++];
  *s = (scale){.construct = PROGRAM_NONE, .items = ARENA_ARRAY(a, uint32_t, RELIABILITY_ITEMS_MAX)};
  for (uint32_t i = 0; s->items != NULL && i < items->variables_count; i++) {
    const uint32_t before = s->count;
    TRY(add_item(p, s, items->variables[i], err));
    if (s->count == before) {
      return error_set(err, STATUS_SPECIFICATION, "items: \"%s\" is named twice; name each item once",
                       p->variables[items->variables[i]].name);
    }
  }
  return s->items != NULL ? STATUS_OK : error_no_memory(err, "reliability");
}

status scales_make(arena *a, const plan *p, const plan_analysis *request, scales *out, error *err) {
  const argument_value *items = request_argument(request, "items");
  const argument_value *construct = request_argument(request, "construct");
  *out = (scales){.at = ARENA_ARRAY(a, scale, (size_t)p->constructs_count + 1)};
  if (out->at == NULL) {
    return error_no_memory(err, "reliability");
  }
  if (items->variables_count > 0 && construct->variables_count > 0) {
    return error_set(err, STATUS_SPECIFICATION, "construct: name either items or a construct, not both");
  }
  if (items->variables_count > 0) {
    return add_named(a, p, items, out, err);
  }
  if (construct->variables_count > 0) {
    return scale_of_construct(a, p, construct->variables[0], &out->at[out->count++], err);
  }
  for (uint32_t c = 0; c < p->constructs_count; c++) {
    TRY(scale_of_construct(a, p, c, &out->at[out->count++], err));
  }
  return STATUS_OK;
}

/* ---- Figures --------------------------------------------------------------------------------------- */

status scale_state_new(arena *a, analysis_run *run, const scale *of, scale_state *out, error *err) {
  const uint32_t k = of->count;
  const size_t entries = (size_t)k * k;
  *out = (scale_state){.run = run,
                       .of = of,
                       .weighting = run_weighting(run),
                       .used = ARENA_ARRAY(a, uint32_t, k),
                       .matrix = ARENA_ARRAY(a, double, entries),
                       .correlation = ARENA_ARRAY(a, double, entries),
                       .sd = ARENA_ARRAY(a, double, k),
                       .first = ARENA_ARRAY(a, double, k),
                       .part_matrix = ARENA_ARRAY(a, double, entries),
                       .part_correlation = ARENA_ARRAY(a, double, entries),
                       .part_sd = ARENA_ARRAY(a, double, k)};
  TRY(covariance_new(a, k, &out->all, err));
  TRY(covariance_new(a, k, &out->part, err));
  TRY(one_factor_new(a, k, &out->factor, err));
  return one_factor_new(a, k, &out->part_factor, err);
}

/* Items that do not vary are no part of the scale, nor those without two answers. */
static void choose_items(scale_state *s) {
  s->used_count = 0;
  for (uint32_t i = 0; i < s->of->count; i++) {
    if (s->all.matrix[(size_t)i * s->of->count + i] > 0) {
      s->used[s->used_count++] = i;
    }
  }
}

static void set_matrices(const scale_state *s, const covariance *c, double *matrix, double *correlation,
                         double *sd) {
  const uint32_t k = s->used_count;
  covariance_part(c->matrix, s->of->count, s->used, k, matrix);
  for (uint32_t i = 0; i < k; i++) {
    sd[i] = sqrt(matrix[(size_t)i * k + i]);
  }
  for (uint32_t i = 0; i < k; i++) {
    for (uint32_t j = 0; j < k; j++) {
      correlation[(size_t)i * k + j] = i == j ? 1 : matrix[(size_t)i * k + j] / (sd[i] * sd[j]);
    }
  }
}

static bool are_finite(const double *matrix, uint32_t k) {
  for (size_t i = 0; i < (size_t)k * k; i++) {
    if (!isfinite(matrix[i])) {
      return false;
    }
  }
  return true;
}

/* The first principal component goes the way that most of the scale goes.  The room is that of replicates,
 * which come later. */
static status set_component(scale_state *s, error *err) {
  const uint32_t k = s->used_count;
  double *values = s->part_sd;
  double *vectors = s->part_matrix;
  double sum = 0;
  s->smallest = NAN;
  if (k < 2 || !are_finite(s->correlation, k)) {
    return STATUS_OK;
  }
  TRY(linear_eigen(s->correlation, k, values, vectors, err));
  s->smallest = values[k - 1];
  for (uint32_t i = 0; i < k; i++) {
    s->first[i] = vectors[i] * sqrt(values[0]);
    sum += s->first[i];
  }
  for (uint32_t i = 0; sum < 0 && i < k; i++) {
    s->first[i] = -s->first[i];
  }
  return STATUS_OK;
}

static status evaluate_all(scale_state *s, double *figures, error *err) {
  choose_items(s);
  const uint32_t k = s->used_count;
  set_matrices(s, &s->all, s->matrix, s->correlation, s->sd);
  s->factor.count = k;
  s->part_factor.count = k;
  s->fitted = false;
  figures[SCALE_ALPHA] = reliability_alpha(s->matrix, k);
  TRY(set_component(s, err));
  if (k >= ONE_FACTOR_ITEMS_MIN && are_finite(s->correlation, k)) {
    TRY(one_factor_fit(s->correlation, false, &s->factor, &s->fitted, err));
  }
  figures[SCALE_OMEGA] = s->fitted ? reliability_of_factor(&s->factor, s->sd) : NAN;
  return STATUS_OK;
}

static status evaluate_part(scale_state *s, double *figures, error *err) {
  const uint32_t k = s->used_count;
  bool fitted = false;
  set_matrices(s, &s->part, s->part_matrix, s->part_correlation, s->part_sd);
  figures[SCALE_ALPHA] = reliability_alpha(s->part_matrix, k);
  if (s->fitted && are_finite(s->part_correlation, k)) {
    one_factor_copy(&s->factor, &s->part_factor);
    TRY(one_factor_fit(s->part_correlation, true, &s->part_factor, &fitted, err));
  }
  figures[SCALE_OMEGA] = fitted ? reliability_of_factor(&s->part_factor, s->part_sd) : NAN;
  return STATUS_OK;
}

status scale_evaluate(void *context, const products_state *s, const uint64_t *block, bool replicate,
                      double *figures, error *err) {
  scale_state *state = context;
  TRY(covariance_fill(s, block, state->weighting, replicate ? &state->part : &state->all, err));
  return replicate ? evaluate_part(state, figures, err) : evaluate_all(state, figures, err);
}
