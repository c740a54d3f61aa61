/* The table "ranking" of describe. */
#include "stats/analyses/describe_ranking.h"

#include <math.h>

#include "base/exact.h"
#include "stats/analyses/groups.h"
#include "stats/analyses/levels.h"
#include "stats/methods/sums.h"

static const program_variable *ranking_of(const analysis_run *run, uint32_t item) {
  return variable_of(run_plan(run), item);
}

bool ranking_is(const analysis_run *run, uint32_t item) {
  const program_variable *v = ranking_of(run, item);
  return v->kind == VARIABLE_MULTI_CELL && v->is_ranking;
}

uint32_t ranking_results(const analysis_run *run, uint32_t item) {
  return ranking_of(run, item)->keys_count * groups_count(run);
}

status ranking_need(analysis_run *run, uint32_t item, uint32_t variable, error *err) {
  const program_variable *v = ranking_of(run, item);
  for (uint32_t k = 0; k < v->keys_count; k++) {
    uint32_t rank = 0;
    const program_variable wanted = {
        .kind = VARIABLE_RANK, .name = v->name, .inputs = &variable, .inputs_count = 1, .key = v->keys[k]};
    TRY(run_add_variable(run, &wanted, &rank, err));
    const program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY, .variables = &rank, .variables_count = 1};
    TRY(groups_need(run, &a, PROGRAM_NONE, err));
  }
  return STATUS_OK;
}

ranking_table ranking_table_open(analysis_run *run) {
  const weighting how = run_weighting(run);
  return (ranking_table){
      .run = run,
      .weighting = how,
      .rows = table_new(run, "ranking",
                        how == WEIGHTING_NONE
                            ? "item value group n answered first top_2 top_3 mean_rank"
                            : "item value group n answered weighted_answered first top_2 top_3 mean_rank")};
}

/* What one option was in one group: rows that rank it, rows that answer, and weights (or rows) by rank. */
typedef struct ranked {
  int64_t n, answered;
  i128 all, named, first[3], places; /* `first[i]`: among the first i + 1; `places`: ranks times weights */
} ranked;

static ranked add_up(const frequency_state *s, uint32_t place, weighting how) {
  ranked r = {.n = 0};
  for (uint32_t key = 0; key < s->keys.count; key++) {
    const int64_t rank = s->keys.numbers[key];
    const int64_t n = frequency_n(s, place, key);
    const i128 w = how == WEIGHTING_NONE ? n : frequency_w(s, place, key);
    r.answered += n;
    r.all += w;
    if (rank > 0) {
      r.n += n;
      r.named += w;
      r.places += rank * w;
    }
    for (int i = 0; rank > 0 && i < 3; i++) {
      r.first[i] += rank <= i + 1 ? w : 0;
    }
  }
  return r;
}

static double mean_of(const ranked *r) {
  if (r->named == 0) {
    return NAN;
  }
  const exact num = exact_from_i128(r->places);
  const exact den = exact_from_i128(r->named);
  return exact_ratio(&num, &den);
}

static void write_row(const ranking_table *t, uint32_t item, slice option, const group_walk *w,
                      const frequency_state *s) {
  static const char *const shares[] = {"first", "top_2", "top_3"};
  const ranked r = add_up(s, w->place, t->weighting);
  if (r.answered == 0 && w->which > 0) {
    return;
  }
  table_row(t->rows);
  table_item(t->rows, "item", item);
  table_json(t->rows, "value", json_text(json_arena(run_section(t->run)), option));
  group_write(w, t->rows);
  table_integer(t->rows, "n", r.n);
  table_integer(t->rows, "answered", r.answered);
  if (t->weighting != WEIGHTING_NONE) {
    table_i128(t->rows, "weighted_answered", r.all, s->weight_decimals);
  }
  for (int i = 0; i < 3; i++) {
    table_number(t->rows, shares[i], percent_of(r.first[i], r.all));
  }
  table_number(t->rows, "mean_rank", mean_of(&r));
}

void ranking_table_write(const ranking_table *t, uint32_t item, uint32_t result) {
  const program_variable *v = ranking_of(t->run, item);
  for (uint32_t k = 0; k < v->keys_count; k++) {
    group_walk w = group_walk_begin(t->run, result + k * groups_count(t->run), false);
    while (group_walk_next(&w)) {
      write_row(t, item, v->keys[k], &w, run_result(t->run, group_walk_result(&w)));
    }
  }
}
