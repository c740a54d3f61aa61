/* Figures of all rows of a group, and of all but each random group's; see replicates.h. */
#include "stats/analyses/replicates.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Asking --------------------------------------------------------------------------------------- */

static status add_groups(analysis_run *run, uint32_t *index, error *err) {
  const plan_replicates *r = &run_plan(run)->replicates;
  uint32_t unit = PROGRAM_NONE;
  program_variable v = {
      .kind = VARIABLE_REPLICATE, .name = "a random group", .groups = r->groups, .seed = r->seed};
  if (r->unit != PROGRAM_NONE) {
    TRY(run_variable(run, r->unit, &unit, err));
    v.inputs = &unit;
    v.inputs_count = 1;
  }
  return run_add_variable(run, &v, index, err);
}

status replicates_need(analysis_run *run, const uint32_t *variables, uint32_t count, bool pairwise,
                       error *err) {
  uint32_t *all = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, (size_t)count + 1);
  if (all == NULL) {
    return error_no_memory(err, "replicates");
  }
  for (uint32_t i = 0; i < count; i++) {
    TRY(run_variable(run, variables[i], &all[i], err));
  }
  return replicates_need_columns(run, all, count, pairwise, err);
}

status replicates_need_columns(analysis_run *run, const uint32_t *columns, uint32_t count, bool pairwise,
                               error *err) {
  uint32_t *all = ARENA_ARRAY(json_arena(run_section(run)), uint32_t, (size_t)count + 1);
  if (all == NULL) {
    return error_no_memory(err, "replicates");
  }
  memcpy(all, columns, count * sizeof *all);
  TRY(add_groups(run, &all[count], err));
  int64_t params[PRODUCTS_PARAMS] = {pairwise, 1};
  const program_accumulator a = {.kind = ACCUMULATOR_PRODUCTS,
                                 .variables = all,
                                 .variables_count = count + 1,
                                 .params = params,
                                 .params_count = PRODUCTS_PARAMS};
  return groups_need(run, &a, PROGRAM_NONE, err);
}

status replicates_need_notes(analysis_run *run, error *err) {
  const uint32_t unit = run_plan(run)->replicates.unit;
  uint32_t variable = 0;
  if (unit == PROGRAM_NONE) {
    return STATUS_OK;
  }
  TRY(run_variable(run, unit, &variable, err));
  const program_accumulator a = {.kind = ACCUMULATOR_FACTS,
                                 .variables = &variable,
                                 .variables_count = 1,
                                 .filter = PROGRAM_NONE,
                                 .weight = PROGRAM_NONE};
  return run_need(run, &a, err);
}

/* ---- Figures -------------------------------------------------------------------------------------- */

/* One group on its way through its replicates. */
typedef struct evaluation {
  const products_state *s;
  const replicates_wanted *wanted;
  uint32_t first, count;  /* blocks */
  uint64_t *total, *rows; /* a block each: of all, of a replicate */
  uint32_t *times;
  double *left_out, *drawn; /* replicate by replicate */
} evaluation;

static void evaluation_fini(evaluation *e) {
  free(e->total);
  free(e->rows);
  free(e->times);
  free(e->left_out);
  free(e->drawn);
}

static status evaluation_init(evaluation *e, error *err) {
  const size_t sums = (size_t)e->s->sums_count * e->s->limbs;
  const size_t figures = (size_t)e->wanted->figures + 1;
  const size_t drawn = e->wanted->method != REPLICATE_JACKKNIFE ? e->wanted->resamples : 0;
  e->total = calloc(sums, sizeof *e->total);
  e->rows = calloc(sums, sizeof *e->rows);
  e->times = calloc((size_t)e->count + 1, sizeof *e->times);
  e->left_out = calloc(((size_t)e->count + 1) * figures, sizeof *e->left_out);
  e->drawn = calloc((drawn + 1) * figures, sizeof *e->drawn);
  if (e->total == NULL || e->rows == NULL || e->times == NULL || e->left_out == NULL || e->drawn == NULL) {
    return error_no_memory(err, "replicates");
  }
  for (uint32_t g = 0; g < e->count; g++) {
    products_add(e->s, e->total, products_block(e->s, e->first + g));
  }
  return STATUS_OK;
}

static status leave_out(evaluation *e, error *err) {
  const size_t bytes = (size_t)e->s->sums_count * e->s->limbs * sizeof *e->rows;
  for (uint32_t g = 0; g < e->count; g++) {
    memcpy(e->rows, e->total, bytes);
    products_subtract(e->s, e->rows, products_block(e->s, e->first + g));
    TRY(e->wanted->evaluate(e->wanted->context, e->s, e->rows, true,
                            e->left_out + (size_t)g * e->wanted->figures, err));
  }
  return STATUS_OK;
}

static status draw(evaluation *e, uint64_t seed, error *err) {
  const size_t bytes = (size_t)e->s->sums_count * e->s->limbs * sizeof *e->rows;
  for (uint32_t r = 0; r < e->wanted->resamples; r++) {
    replicate_draw(seed, r, e->count, e->times);
    memset(e->rows, 0, bytes);
    for (uint32_t g = 0; g < e->count; g++) {
      for (uint32_t k = 0; k < e->times[g]; k++) {
        products_add(e->s, e->rows, products_block(e->s, e->first + g));
      }
    }
    TRY(e->wanted->evaluate(e->wanted->context, e->s, e->rows, true,
                            e->drawn + (size_t)r * e->wanted->figures, err));
  }
  return STATUS_OK;
}

static status set_intervals(const evaluation *e, double confidence, replicates_result *out, error *err) {
  const replicates_wanted *w = e->wanted;
  for (uint32_t i = 0; i < w->figures; i++) {
    if (w->method == REPLICATE_JACKKNIFE) {
      out->interval[i] = replicate_jackknife(out->figures[i], e->left_out + i, e->count, w->figures,
                                             w->scales[i], confidence);
    } else {
      TRY(replicate_bootstrap(out->figures[i], e->left_out + i, e->count, e->drawn + i, w->resamples,
                              w->figures, w->method, confidence, &out->interval[i], err));
    }
  }
  return STATUS_OK;
}

static status evaluate(evaluation *e, const group_walk *w, replicates_result *out, error *err) {
  const replicates_wanted *wanted = e->wanted;
  TRY(evaluation_init(e, err));
  TRY(wanted->evaluate(wanted->context, e->s, e->total, false, out->figures, err));
  if (e->count >= REPLICATE_GROUPS_LEAST) {
    TRY(leave_out(e, err));
    if (wanted->method != REPLICATE_JACKKNIFE) {
      TRY(draw(e, run_plan(w->run)->replicates.seed, err));
    }
  }
  return set_intervals(e, run_request(w->run)->confidence, out, err);
}

status replicates_of_group(const group_walk *w, arena *a, const replicates_wanted *wanted,
                           replicates_result *out, error *err) {
  const products_state *s = run_result(w->run, group_walk_result(w));
  evaluation e = {.s = s, .wanted = wanted};
  *out = (replicates_result){.figures = ARENA_ARRAY(a, double, (size_t)wanted->figures + 1),
                             .interval = ARENA_ARRAY(a, replicate_interval, (size_t)wanted->figures + 1),
                             .replicates = s->replicates};
  if (arena_failed(a)) {
    return error_no_memory(err, "replicates");
  }
  e.count = products_blocks(s, w->place, &e.first);
  out->groups = s->replicates > 1 ? e.count : 0;
  out->any = e.count > 0;
  if (!out->any) {
    return STATUS_OK;
  }
  const status st = evaluate(&e, w, out, err);
  evaluation_fini(&e);
  return st;
}

/* ---- Notes and warnings --------------------------------------------------------------------------- */

void replicates_tell(replicates_told *told, const replicates_result *r) {
  if (!r->any) {
    return;
  }
  if (r->replicates == 1) {
    told->is_too_large = true;
    return;
  }
  told->fewest = !told->any || r->replicates < told->fewest ? r->replicates : told->fewest;
  told->groups = r->groups > told->groups ? r->groups : told->groups;
  told->any = true;
}

static const char *note_of(const replicates_wanted *wanted) {
  static const char *const notes[] = {[REPLICATE_JACKKNIFE] = "note_replicates",
                                      [REPLICATE_BOOTSTRAP] = "note_replicates_bootstrap",
                                      [REPLICATE_BCA] = "note_replicates_bca"};
  return notes[wanted->method];
}

static void note_unit(analysis_run *run, uint32_t asked) {
  const plan *p = run_plan(run);
  const facts_state *facts = run_result(run, asked);
  int64_t missing = 0;
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    missing += facts->at[0].missing[r];
  }
  json *detail = run_detail(run);
  json_set_text(detail, "item", p->variables[p->replicates.unit].name);
  if (missing > 0) {
    json_set_integer(detail, "n", missing);
  }
  run_note(run, missing > 0 ? "note_replicates_unit_missing" : "note_replicates_unit", detail);
}

void replicates_note(analysis_run *run, const replicates_told *told, const replicates_wanted *wanted,
                     uint32_t asked) {
  const plan_replicates *r = &run_plan(run)->replicates;
  if (told->is_too_large) {
    json *large = run_detail(run);
    json_set_integer(large, "groups", r->groups);
    run_warn(run, "replicates_too_large", large);
  }
  if (!told->any) {
    return;
  }
  json *detail = run_detail(run);
  json_set_integer(detail, "groups", told->groups);
  json_set_integer(detail, "replicates", told->fewest);
  json_set_integer(detail, "seed", (int64_t)r->seed);
  if (wanted->method != REPLICATE_JACKKNIFE) {
    json_set_integer(detail, "resamples", wanted->resamples);
  }
  run_note(run, note_of(wanted), detail);
  if (told->fewest < r->groups) {
    json *folded = run_detail(run);
    json_set_integer(folded, "groups", r->groups);
    json_set_integer(folded, "replicates", told->fewest);
    run_note(run, "note_replicates_folded", folded);
  }
  if (r->unit != PROGRAM_NONE) {
    note_unit(run, asked);
  }
}

static void warn(const group_walk *w, const char *code, int64_t groups, int64_t n) {
  json *detail = run_detail(w->run);
  json_set(detail, "group", group_json(w));
  json_set_integer(detail, "groups", groups);
  if (n > 0) {
    json_set_integer(detail, "n", n);
  }
  run_warn(w->run, code, detail);
}

void replicates_warn(const group_walk *w, const replicates_result *r, const replicates_wanted *wanted) {
  uint32_t failed = 0;
  if (!r->any || r->replicates == 1) {
    return;
  }
  if (r->groups < REPLICATE_GROUPS_FEW) {
    warn(w, r->groups < REPLICATE_GROUPS_LEAST ? "replicates_too_few" : "replicates_few", r->groups, 0);
  }
  for (uint32_t i = 0; i < wanted->figures && r->groups >= REPLICATE_GROUPS_LEAST; i++) {
    const bool exists = r->interval[i].trouble != REPLICATE_NO_FIGURE;
    failed = exists && r->interval[i].failed > failed ? r->interval[i].failed : failed;
  }
  if (failed > 0) {
    warn(w, "replicates_failed", r->groups, failed);
  }
}
