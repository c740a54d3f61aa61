/* What is doubtful about the pairs of a group. */
#include "stats/analyses/correlate.h"

void correlation_warn_constants(const correlation *c, const group_walk *w, const correlation_family *f) {
  bool *constant = ARENA_ARRAY(c->memory, bool, c->pairs.variables_count);
  for (uint32_t i = 0; constant != NULL && i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      const coefficient *at = &f->at[pair_index(c->pairs, i, j)];
      constant[i] = constant[i] || at->x_constant;
      constant[j] = constant[j] || at->y_constant;
    }
  }
  for (uint32_t i = 0; constant != NULL && i < c->pairs.variables_count; i++) {
    if (constant[i]) {
      json *detail = run_detail(c->run);
      json_set_text(detail, "item", run_plan(c->run)->variables[c->items[i]].name);
      json_set(detail, "group", group_json(w));
      run_warn(c->run, "constant_item", detail);
    }
  }
}

void correlation_warn_few(const correlation *c, const group_walk *w, const correlation_family *f) {
  const int64_t threshold = run_request(c->run)->small_base;
  uint32_t smallest[2] = {0, 0};
  int64_t n = INT64_MAX;
  for (uint32_t i = 0; i < pairs_end(c->pairs); i++) {
    for (uint32_t j = pairs_first(c->pairs, i); j < c->pairs.variables_count; j++) {
      int64_t here = f->at[pair_index(c->pairs, i, j)].n;
      if (here < n) {
        n = here;
        smallest[0] = i;
        smallest[1] = j;
      }
    }
  }
  if (n < threshold) {
    json *detail = run_detail(c->run);
    json_set_text(detail, "item", run_plan(c->run)->variables[c->items[smallest[0]]].name);
    json_set_text(detail, "other_item", run_plan(c->run)->variables[c->items[smallest[1]]].name);
    json_set(detail, "group", group_json(w));
    json_set_integer(detail, "n", n);
    json_set_integer(detail, "threshold", threshold);
    run_warn(c->run, "few_pairs", detail);
  }
}
