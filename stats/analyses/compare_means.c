/* compare on demand: all pairs at once, a benchmark, equivalence, and how much of the variance is between
 * groups. */
#include <math.h>

#include "stats/analyses/compare_parts.h"
#include "stats/methods/eta.h"
#include "stats/methods/multiple.h"

void compare_means_open(comparison *c) {
  static const char ranges[] = "item group other_group difference ci_low ci_high p q df se";
  const int64_t multiple = run_argument(c->run, "multiple")->integer;
  const bool sampling = c->weighting == WEIGHTING_SAMPLING;
  if (!sampling && (multiple == MULTIPLE_TUKEY || multiple == MULTIPLE_BOTH)) {
    c->tukey = table_new(c->run, "tukey", ranges);
  }
  if (!sampling && (multiple == MULTIPLE_GAMES_HOWELL || multiple == MULTIPLE_BOTH)) {
    c->games_howell = table_new(c->run, "games_howell", ranges);
  }
  if (run_argument(c->run, "against")->given) {
    c->against =
        table_new(c->run, "against", "item group n mean benchmark difference ci_low ci_high p t df se");
  }
  if (run_argument(c->run, "margin")->given) {
    c->equivalence =
        table_new(c->run, "equivalence", "item group other_group difference ci_low ci_high p df se");
  }
  if (run_argument(c->run, "effects")->integer && !sampling) {
    c->effects = table_new(c->run, "effects", "item group eta2 ci_low ci_high");
  }
}

/* ---- Pairs ------------------------------------------------------------------------------------------- */

static void write_range(const comparison *c, table *t, uint32_t a, uint32_t b, const range_test *test) {
  if (t == NULL) {
    return;
  }
  comparison_start_pair(c, t, a, b);
  table_number(t, "difference", test->difference);
  table_number(t, "ci_low", test->ci_low);
  table_number(t, "ci_high", test->ci_high);
  table_number(t, "p", test->p);
  table_number(t, "q", test->q);
  table_number(t, "df", test->df);
  table_number(t, "se", test->se);
}

static void write_equivalence(const comparison *c, uint32_t a, uint32_t b, const pair_test *pair) {
  table *t = c->equivalence;
  if (t == NULL) {
    return;
  }
  const equivalence e = equivalence_of(pair->difference, pair->se, pair->df,
                                       run_argument(c->run, "margin")->number, c->options.confidence);
  comparison_start_pair(c, t, a, b);
  table_number(t, "difference", pair->difference);
  table_number(t, "ci_low", e.ci_low);
  table_number(t, "ci_high", e.ci_high);
  table_number(t, "p", e.p);
  table_number(t, "df", pair->df);
  table_number(t, "se", pair->se);
}

static status write_pair(const comparison *c, const anova *all, uint32_t a, uint32_t b, error *err) {
  const double confidence = c->options.confidence;
  pair_test pair;
  TRY(pair_make(&c->groups[a], &c->groups[b], &c->options, &pair, err));
  if (c->tukey != NULL) {
    range_test test;
    TRY(tukey_make(&c->groups[a], &c->groups[b], all, c->count, confidence, &test, err));
    write_range(c, c->tukey, a, b, &test);
  }
  const range_test test = games_howell_of(&pair, c->count, confidence);
  write_range(c, c->games_howell, a, b, &test);
  write_equivalence(c, a, b, &pair);
  return STATUS_OK;
}

static status write_pairs(const comparison *c, const anova *all, error *err) {
  const bool any = c->tukey != NULL || c->games_howell != NULL || c->equivalence != NULL;
  if (any && c->count > PAIRED_GROUPS_MAX) {
    comparison_warn_many(c, "multiple_left_out");
    return STATUS_OK;
  }
  for (uint32_t a = 0; a < c->count && any; a++) {
    for (uint32_t b = a + 1; b < c->count; b++) {
      TRY(write_pair(c, all, a, b, err));
    }
  }
  return STATUS_OK;
}

/* ---- A benchmark ------------------------------------------------------------------------------------- */

static status write_against(const comparison *c, const sums *s, json *group, error *err) {
  table *t = c->against;
  const double benchmark = run_argument(c->run, "against")->number;
  estimate e;
  TRY(estimate_make(s, &c->options, &e, err));
  comparison_start_row(c, t);
  if (group != NULL) {
    table_json(t, "group", group);
  }
  table_integer(t, "n", e.n);
  table_number(t, "mean", e.mean);
  table_number(t, "benchmark", benchmark);
  table_number(t, "difference", e.mean - benchmark);
  table_number(t, "ci_low", e.ci_low - benchmark);
  table_number(t, "ci_high", e.ci_high - benchmark);
  table_number(t, "se", e.se);
  table_number(t, "df", e.df);
  if (e.se > 0 && e.df > 0) {
    const double value = (e.mean - benchmark) / e.se;
    table_number(t, "t", value);
    table_number(t, "p", two_sided_t(value, e.df));
  }
  return STATUS_OK;
}

static status write_all_against(const comparison *c, error *err) {
  if (c->against == NULL) {
    return STATUS_OK;
  }
  sums total = c->groups[0];
  for (uint32_t g = 1; g < c->count; g++) {
    sums_add(&total, &c->groups[g]);
  }
  TRY(write_against(c, &total, NULL, err));
  for (uint32_t g = 0; g < c->count; g++) {
    TRY(write_against(c, &c->groups[g], comparison_group(c, c->keys[g]), err));
  }
  return STATUS_OK;
}

/* ---- All of it ----------------------------------------------------------------------------------------- */

status compare_means_write(const comparison *c, error *err) {
  anova all = {0};
  if (c->weighting != WEIGHTING_SAMPLING) {
    TRY(anova_make(c->groups, c->count, &all, err));
  }
  if (c->effects != NULL) {
    double low = NAN, high = NAN;
    eta_interval(all.f, all.df_between, all.df_within, c->options.confidence, &low, &high);
    comparison_start_row(c, c->effects);
    table_number(c->effects, "eta2", all.eta2);
    table_number(c->effects, "ci_low", low);
    table_number(c->effects, "ci_high", high);
  }
  TRY(write_all_against(c, err));
  return write_pairs(c, &all, err);
}

void compare_note_equivalence(const comparison *c, bool any) {
  json *detail = run_detail(c->run);
  if (any) {
    json_set_number(detail, "threshold", run_argument(c->run, "margin")->number);
    json_set_number(detail, "percent", round(100 * 100 * (2 * c->options.confidence - 1)) / 100);
    run_note(c->run, "note_equivalence", detail);
  }
}

void compare_means_note(const comparison *c) {
  if (c->weighting == WEIGHTING_SAMPLING && (run_argument(c->run, "multiple")->integer != MULTIPLE_NONE ||
                                             run_argument(c->run, "effects")->integer)) {
    run_note(c->run, "note_multiple_sampling", NULL);
  }
  if (c->tukey != NULL) {
    run_note(c->run, "note_tukey", NULL);
  }
  if (c->games_howell != NULL) {
    run_note(c->run, "note_games_howell", NULL);
  }
  compare_note_equivalence(c, c->equivalence != NULL);
  if (c->effects != NULL) {
    run_note(c->run, "note_effects", NULL);
  }
}
