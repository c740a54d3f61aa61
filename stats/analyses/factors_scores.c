#include "stats/analyses/factors_scores.h"

#include <math.h>
#include <stdio.h>

#include "stats/analyses/linear_score.h"

enum { DECIMALS = 12 };

const analysis_score factors_scores[FACTORS_SCORES] = {
    {.name = "factor", .help = "the row's score on that factor of the tables", .numbered = FACTORS_MAX},
};

typedef struct scoring {
  const factors_items *items;
  const factors_model *m;
  uint32_t factor;
} scoring;

/* The sum of weight times (answer - mean) / SD. */
static status make(analysis_run *run, const void *context, program_variable *v, error *err) {
  const scoring *g = context;
  const factors_model *m = g->m;
  uint32_t *inputs = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, m->count);
  double *slopes = ARENA_ARRAY(json_arena(run_section(run)), double, m->count);
  double constant = 0;
  if (inputs == NULL || slopes == NULL) {
    return error_no_memory(err, "factors");
  }
  for (uint32_t i = 0; i < m->count; i++) {
    const uint32_t item = m->used[i];
    TRY(run_variable(run, g->items->items[item], &inputs[i], err));
    slopes[i] = m->weights[(size_t)i * m->factors + g->factor] /
                sqrt(m->all.matrix[(size_t)item * m->all.count + item]);
    constant -= slopes[i] * m->all.mean[item];
  }
  const linear_score score = {.link = SCORE_LINEAR,
                              .decimals = DECIMALS,
                              .count = m->count,
                              .inputs = inputs,
                              .slopes = slopes,
                              .constant = constant};
  return linear_score_make(run, &score, v, err);
}

status factors_scores_give(analysis_run *run, const factors_items *items, const factors_model *m,
                           error *err) {
  for (uint32_t k = 0; m->has_weights && k < m->factors; k++) {
    const scoring g = {items, m, k};
    char name[32];
    snprintf(name, sizeof name, "%s%u", factors_scores[0].name, k + 1);
    TRY(run_score(run, name, make, &g, err));
  }
  return STATUS_OK;
}
