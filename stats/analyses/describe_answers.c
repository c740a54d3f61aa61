/* Answers and their shares. */
#include "stats/analyses/describe_answers.h"

#include "stats/analyses/levels.h"
#include "stats/analyses/weighting.h"

answers_table answers_table_open(analysis_run *run, bool with_bases) {
  static const char *const columns[2][2] = {
      {"item group value n percent", "item group value n weighted_n percent unweighted_percent"},
      {"item group value n percent asked answered",
       "item group value n weighted_n percent unweighted_percent asked weighted_asked answered "
       "weighted_answered"}};
  answers_table t = {.run = run, .weighting = run_weighting(run), .with_bases = with_bases};
  t.rows = table_new(run, "distribution", columns[with_bases][t.weighting != WEIGHTING_NONE]);
  return t;
}

static void write_base(const answers_table *t, const char *const columns[2], int64_t n, i128 w,
                       unsigned decimals) {
  table_integer(t->rows, columns[0], n);
  if (t->weighting != WEIGHTING_NONE) {
    table_i128(t->rows, columns[1], w, decimals);
  }
}

/* Where options have their own columns: those asked the option, and those who answered the question. */
static void write_bases(const answers_table *t, const frequency_state *s, uint32_t place, uint32_t key) {
  static const char *const asked[] = {"asked", "weighted_asked"};
  static const char *const answered[] = {"answered", "weighted_answered"};
  const i128 all = frequency_w(s, place, frequency_answered_at(s));
  if (s->own_bases) {
    write_base(t, asked, frequency_base_n(s, place, key), frequency_base_w(s, place, key),
               s->weight_decimals);
  }
  if (t->with_bases) {
    write_base(t, answered, frequency_answers(s, place), all, s->weight_decimals);
  }
}

/* An option may have been asked of few where the question was of many. */
static void warn_option(const answers_table *t, uint32_t item, const group_walk *w, const frequency_state *s,
                        const level *option) {
  const int64_t base = frequency_base_n(s, w->place, option->key);
  const int64_t threshold = run_request(t->run)->small_base;
  if (!s->own_bases || base >= threshold || frequency_answers(s, w->place) < threshold) {
    return;
  }
  json *detail = run_detail(t->run);
  json_set_text(detail, "item", run_plan(t->run)->variables[item].name);
  json_set(detail, "value", level_json(option, json_arena(detail)));
  json_set(detail, "group", group_json(w));
  json_set_integer(detail, "n", base);
  json_set_integer(detail, "threshold", threshold);
  run_warn(t->run, base == 0 ? "option_without_base" : "small_option_base", detail);
}

static void write_shares(const answers_table *t, const frequency_state *s, uint32_t place, uint32_t key) {
  const bool given = key < s->keys.count;
  const int64_t n = given ? frequency_n(s, place, key) : 0;
  const double share = percent_of(n, frequency_base_n(s, place, key));
  table_integer(t->rows, "n", n);
  if (t->weighting == WEIGHTING_NONE) {
    table_number(t->rows, "percent", share);
    return;
  }
  const i128 weight = given ? frequency_w(s, place, key) : 0;
  table_i128(t->rows, "weighted_n", weight, s->weight_decimals);
  table_number(t->rows, "percent", percent_of(weight, frequency_base_w(s, place, key)));
  table_number(t->rows, "unweighted_percent", share);
}

void answers_table_write(const answers_table *t, uint32_t item, const group_walk *w,
                         const frequency_state *s) {
  arena *memory = json_arena(run_section(t->run));
  uint32_t count = 0;
  const level *levels = levels_of(memory, run_plan(t->run), item, &s->keys, &count);
  for (uint32_t i = 0; levels != NULL && i < count; i++) {
    table_row(t->rows);
    table_item(t->rows, "item", item);
    group_write(w, t->rows);
    table_json(t->rows, "value", level_json(&levels[i], memory));
    write_shares(t, s, w->place, levels[i].key);
    write_bases(t, s, w->place, levels[i].key);
    warn_option(t, item, w, s, &levels[i]);
  }
}
