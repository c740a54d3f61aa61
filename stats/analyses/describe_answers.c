/* Answers and their shares. */
#include "stats/analyses/describe_answers.h"

#include <math.h>
#include <stdio.h>

#include "stats/analyses/levels.h"
#include "stats/analyses/shares.h"

enum { COLUMNS_BYTES = 160 };

answers_table answers_table_open(analysis_run *run, bool with_bases) {
  static const char *const columns[2][2] = {
      {"item group value n percent", "item group value n weighted_n percent unweighted_percent"},
      {"item group value n percent asked answered",
       "item group value n weighted_n percent unweighted_percent asked weighted_asked answered "
       "weighted_answered"}};
  answers_table t = {.run = run,
                     .weighting = run_weighting(run),
                     .with_bases = with_bases,
                     .with_intervals = run_argument(run, "intervals")->integer != 0};
  char all[COLUMNS_BYTES];
  (void)snprintf(all, sizeof all, "%s%s", columns[with_bases][t.weighting != WEIGHTING_NONE],
                 t.with_intervals ? " ci_low ci_high" : "");
  t.rows = table_new(run, "distribution", all);
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

static i128 weight_of(const frequency_state *s, uint32_t place, uint32_t key) {
  return key < s->keys.count ? frequency_w(s, place, key) : 0;
}

static double share_of(const answers_table *t, const frequency_state *s, uint32_t place, uint32_t key) {
  const int64_t n = key < s->keys.count ? frequency_n(s, place, key) : 0;
  return t->weighting == WEIGHTING_NONE
             ? percent_of(n, frequency_base_n(s, place, key))
             : percent_of(weight_of(s, place, key), frequency_base_w(s, place, key));
}

static void write_shares(const answers_table *t, const frequency_state *s, uint32_t place, uint32_t key) {
  const int64_t n = key < s->keys.count ? frequency_n(s, place, key) : 0;
  table_integer(t->rows, "n", n);
  table_number(t->rows, "percent", share_of(t, s, place, key));
  if (t->weighting != WEIGHTING_NONE) {
    table_i128(t->rows, "weighted_n", weight_of(s, place, key), s->weight_decimals);
    table_number(t->rows, "unweighted_percent", percent_of(n, frequency_base_n(s, place, key)));
  }
}

/* Wilson's, of what the share is a share of. */
static void write_interval(const answers_table *t, const frequency_state *s, uint32_t place, uint32_t key) {
  const bool has_base = key < s->keys.count || !s->own_bases;
  exact w2 = {0};
  if (t->weighting == WEIGHTING_SAMPLING && has_base) {
    w2 = frequency_w2(s, place, frequency_base_at(s, key));
  }
  const int64_t n = frequency_base_n(s, place, key);
  const i128 count = t->weighting == WEIGHTING_NONE ? n : frequency_base_w(s, place, key);
  double low = NAN, high = NAN;
  share_wilson(share_of(t, s, place, key), share_effective(t->weighting, n, count, &w2, s->weight_decimals),
               run_request(t->run)->confidence, &low, &high);
  table_number(t->rows, "ci_low", low);
  table_number(t->rows, "ci_high", high);
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
    if (t->with_intervals) {
      write_interval(t, s, w->place, levels[i].key);
    }
    warn_option(t, item, w, s, &levels[i]);
  }
}
