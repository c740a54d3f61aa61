/* compare: do groups differ on an item or an index, by how much, and which from which? */
#include <math.h>
#include <stdlib.h>

#include "stats/analyses/compare_parts.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/methods/holm.h"

static const char *const adjust_choices[] = {
    [ADJUST_HOLM] = "holm", [ADJUST_BENJAMINI_HOCHBERG] = "benjamini_hochberg", [ADJUST_CHOICES] = NULL};
static const char *const multiple_choices[] = {[MULTIPLE_NONE] = "none",
                                               [MULTIPLE_TUKEY] = "tukey",
                                               [MULTIPLE_GAMES_HOWELL] = "games_howell",
                                               [MULTIPLE_BOTH] = "both",
                                               [MULTIPLE_CHOICES] = NULL};

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_NUMERIC,
     .help = "what is compared: scales, numbers, constructs"},
    {.name = "groups",
     .type = ARGUMENT_VARIABLE,
     .accepts = ACCEPT_CODED,
     .help = "the variable whose values are the groups"},
    {.name = "pairs",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "true",
     .help = "test every pair of groups, with adjusted p"},
    {.name = "adjust",
     .type = ARGUMENT_CHOICE,
     .choices = adjust_choices,
     .fallback = "holm",
     .help = "p over all pairs"},
    {.name = "multiple",
     .type = ARGUMENT_CHOICE,
     .choices = multiple_choices,
     .fallback = "none",
     .help = "also all pairs at once"},
    {.name = "against", .type = ARGUMENT_NUMBER, .help = "a benchmark that each mean is tested against"},
    {.name = "margin", .type = ARGUMENT_NUMBER, .help = "test that pairs differ by less than this (TOST)"},
    {.name = "effects",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also the interval of eta squared"},
    {.name = "ranks",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also Kruskal-Wallis and Dunn; of paired items Wilcoxon's signed ranks"},
    {.name = "paired",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "compare the items of the same respondents two by two, instead of groups"},
    {.name = "top_boxes",
     .type = ARGUMENT_INTEGER,
     .low = 1,
     .high = 100,
     .help = "also the shares of that many highest codes; of a flag those of yes"},
    {.name = "nps",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also net promoter scores, of scales from 0 to 10"},
};

static status check(const plan *p, const plan_analysis *a, error *err) {
  if (request_argument(a, "paired")->integer) {
    TRY(compare_paired_check(p, a, err));
  } else if (!request_argument(a, "groups")->given) {
    return error_set(
        err, STATUS_SPECIFICATION,
        "groups: name the variable whose values are the groups, or say \"paired: true\" to compare "
        "items of the same respondents");
  }
  TRY(compare_shares_check(p, a, err));
  const argument_value *margin = request_argument(a, "margin");
  if (margin->given && !(margin->number > 0)) {
    return error_set(err, STATUS_SPECIFICATION, "margin: %g is not above 0", margin->number);
  }
  if (margin->given && a->confidence <= 0.5) {
    return error_set(err, STATUS_SPECIFICATION, "confidence: equivalence (margin) needs more than 0.5");
  }
  const bool has_groups = request_argument(a, "groups")->given;
  for (uint32_t i = 0; has_groups && i < a->breakdowns_count; i++) {
    if (a->breakdowns[i].count == PROGRAM_BY_MAX) {
      return error_set(
          err, STATUS_SPECIFICATION,
          "by: compare crosses at most two variables here, because its groups are a dimension too");
    }
  }
  return STATUS_OK;
}

bool comparison_is_coded(const analysis_run *run, uint32_t item) {
  return program_variable_form(variable_of(run_plan(run), item)) == FORM_CODED;
}

static status begin(analysis_run *run, error *err) {
  const argument_value *items = run_argument(run, "items");
  uint32_t inner = 0;
  if (run_argument(run, "paired")->integer) {
    return compare_paired_begin(run, err);
  }
  TRY(run_variable(run, run_argument(run, "groups")->variables[0], &inner, err));
  for (uint32_t i = 0; i < items->variables_count; i++) {
    uint32_t variable = 0;
    TRY(run_variable(run, items->variables[i], &variable, err));
    program_accumulator a = {
        .kind = comparison_is_coded(run, items->variables[i]) ? ACCUMULATOR_FREQUENCY : ACCUMULATOR_MOMENTS,
        .variables = &variable,
        .variables_count = 1};
    TRY(groups_need(run, &a, inner, err));
  }
  return STATUS_OK;
}

/* ---- One comparison ------------------------------------------------------------------------------ */

/* The breakdown's group with the compared group in it. */
json *comparison_group(const comparison *c, uint32_t key) {
  const axis *ax = &c->walk->groups->by[0];
  json *group = group_json(c->walk);
  if (json_kind_of(group) == JSON_NULL) {
    group = json_object(c->memory);
  }
  const uint32_t variable = run_argument(c->run, "groups")->variables[0];
  json_set(group, run_plan(c->run)->variables[variable].name,
           ax->is_text ? json_text(c->memory, ax->texts[key]) : json_integer(c->memory, ax->numbers[key]));
  return group;
}

/* Reads the groups that have answers; warns of those that have none. */
static bool read_groups(comparison *c, const void *state) {
  const axis *ax = &c->walk->groups->by[0];
  const uint32_t variable = run_argument(c->run, "groups")->variables[0];
  const uint32_t *order = keys_in_order(c->memory, run_plan(c->run), variable, ax, false);
  c->groups = ARENA_ARRAY(c->memory, sums, (size_t)ax->count + 1);
  c->keys = ARENA_ARRAY(c->memory, uint32_t, (size_t)ax->count + 1);
  c->count = 0;
  if (order == NULL || c->groups == NULL || c->keys == NULL) {
    return false;
  }
  for (uint32_t i = 0; i < ax->count; i++) {
    const uint32_t place = group_walk_place(c->walk, order[i]);
    const sums s = comparison_is_coded(c->run, c->item) ? sums_of_frequency(state, place, c->weighting, NULL)
                                                        : sums_of_moments(state, place, c->weighting);
    int64_t rows = s.at.n;
    for (uint32_t r = 0; r < MISSING_REASONS; r++) {
      rows += s.at.missing[r];
    }
    if (rows == 0) {
      continue;
    }
    run_warn_base(c->run, c->item, comparison_group(c, order[i]), s.at.n);
    if (s.at.n > 0 && (c->weighting == WEIGHTING_NONE || s.at.w > 0)) {
      c->groups[c->count] = s;
      c->keys[c->count++] = order[i];
    }
  }
  return true;
}

void comparison_start_row(const comparison *c, table *t) {
  table_row(t);
  table_item(t, "item", c->item);
  group_write(c->walk, t);
}

void comparison_start_pair(const comparison *c, table *t, uint32_t a, uint32_t b) {
  comparison_start_row(c, t);
  table_json(t, "group", comparison_group(c, c->keys[a]));
  table_json(t, "other_group", comparison_group(c, c->keys[b]));
}

json *comparison_detail(const comparison *c) {
  json *detail = run_detail(c->run);
  json_set_text(detail, "item", run_plan(c->run)->variables[c->item].name);
  json_set(detail, "group", group_json(c->walk));
  return detail;
}

void comparison_warn_many(const comparison *c, const char *code) {
  json *detail = comparison_detail(c);
  json_set_integer(detail, "n", c->count);
  json_set_integer(detail, "threshold", PAIRED_GROUPS_MAX);
  run_warn(c->run, code, detail);
}

status comparison_adjust(const comparison *c, double *p, size_t count, error *err) {
  return run_argument(c->run, "adjust")->integer == ADJUST_HOLM ? holm_adjust(p, p, count, err)
                                                                : benjamini_hochberg_adjust(p, p, count, err);
}

static status write_mean(comparison *c, const sums *s, json *group, error *err) {
  estimate e;
  TRY(estimate_make(s, &c->options, &e, err));
  comparison_start_row(c, c->means);
  if (group != NULL) {
    table_json(c->means, "group", group);
  }
  table_integer(c->means, "n", e.n);
  if (c->weighting != WEIGHTING_NONE) {
    table_number(c->means, "weighted_n", e.weighted_n);
  }
  table_number(c->means, "mean", e.mean);
  table_number(c->means, "sd", e.sd);
  table_number(c->means, "se", e.se);
  table_number(c->means, "ci_low", e.ci_low);
  table_number(c->means, "ci_high", e.ci_high);
  return STATUS_OK;
}

static status write_means(comparison *c, error *err) {
  sums total = c->groups[0];
  for (uint32_t g = 1; g < c->count; g++) {
    sums_add(&total, &c->groups[g]);
  }
  TRY(write_mean(c, &total, NULL, err));
  for (uint32_t g = 0; g < c->count; g++) {
    TRY(write_mean(c, &c->groups[g], comparison_group(c, c->keys[g]), err));
  }
  if (total.at.n > 1 && total.at.min == total.at.max) {
    run_warn(c->run, "constant_item", comparison_detail(c));
  }
  return STATUS_OK;
}

static void write_test(comparison *c, table *t, const mean_test *test) {
  comparison_start_row(c, t);
  table_number(t, "f", test->f);
  table_number(t, "df", test->df_between);
  table_number(t, "df_within", test->df_within);
  table_number(t, "p", test->p);
}

/* A group whose answers are all equal leaves no test of all groups: names it. */
static void warn_no_test(const comparison *c, const mean_test *test) {
  for (uint32_t g = 0; isnan(test->f) && g < c->count; g++) {
    if (c->groups[g].at.min == c->groups[g].at.max) {
      json *detail = run_detail(c->run);
      json_set_text(detail, "item", run_plan(c->run)->variables[c->item].name);
      json_set(detail, "group", comparison_group(c, c->keys[g]));
      run_warn(c->run, "group_without_variance", detail);
      return;
    }
  }
}

static status write_tests(comparison *c, error *err) {
  mean_test test;
  if (c->weighting == WEIGHTING_SAMPLING) {
    TRY(wald_make(c->groups, c->count, &c->options, &test, err));
    write_test(c, c->anova, &test);
    warn_no_test(c, &test);
    return STATUS_OK;
  }
  anova a;
  TRY(anova_make(c->groups, c->count, &a, err));
  write_test(c, c->anova, &(mean_test){a.f, a.df_between, a.df_within, a.p});
  table_number(c->anova, "ss_between", a.ss_between);
  table_number(c->anova, "ss_within", a.ss_within);
  table_number(c->anova, "eta2", a.eta2);
  table_number(c->anova, "omega2", a.omega2);
  if (isnan(a.f) && a.ss_between > 0 && a.df_within > 0) {
    run_warn(c->run, "no_variance_within", comparison_detail(c));
  }
  TRY(welch_make(c->groups, c->count, &test, err));
  write_test(c, c->welch, &test);
  warn_no_test(c, &test);
  return STATUS_OK;
}

static void write_pair(comparison *c, uint32_t a, uint32_t b, const pair_test *test, double p_adjusted) {
  table *t = c->pairs;
  comparison_start_pair(c, t, a, b);
  table_number(t, "difference", test->difference);
  table_number(t, "se", test->se);
  table_number(t, "ci_low", test->ci_low);
  table_number(t, "ci_high", test->ci_high);
  table_number(t, "t", test->t);
  table_number(t, "df", test->df);
  table_number(t, "p", test->p);
  table_number(t, "p_adjusted", p_adjusted);
  if (c->weighting != WEIGHTING_SAMPLING) {
    table_number(t, "cohens_d", test->d);
  }
}

static status write_pairs(comparison *c, error *err) {
  if (c->count > PAIRED_GROUPS_MAX) {
    comparison_warn_many(c, "pairs_left_out");
    return STATUS_OK;
  }
  const size_t count = (size_t)c->count * (c->count - 1) / 2;
  pair_test *tests = ARENA_ARRAY(c->memory, pair_test, count + 1);
  double *p = ARENA_ARRAY(c->memory, double, count + 1);
  if (tests == NULL || p == NULL) {
    return error_no_memory(err, "pairs of groups");
  }
  size_t k = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, k++) {
      TRY(pair_make(&c->groups[a], &c->groups[b], &c->options, &tests[k], err));
      p[k] = tests[k].p;
    }
  }
  TRY(comparison_adjust(c, p, count, err));
  k = 0;
  for (uint32_t a = 0; a < c->count; a++) {
    for (uint32_t b = a + 1; b < c->count; b++, k++) {
      write_pair(c, a, b, &tests[k], p[k]);
    }
  }
  return STATUS_OK;
}

static status compare_item(comparison *c, uint32_t first, error *err) {
  group_walk w = group_walk_begin(c->run, first, true);
  c->walk = &w;
  while (group_walk_next(&w)) {
    c->state = run_result(c->run, group_walk_result(&w));
    if (!read_groups(c, c->state)) {
      return error_no_memory(err, "groups");
    }
    if (c->count < 2) {
      if (w.which == 0 || c->count > 0) {
        run_warn(c->run, "fewer_than_two_groups", comparison_detail(c));
      }
      continue;
    }
    TRY(write_means(c, err));
    TRY(write_tests(c, err));
    if (c->pairs != NULL) {
      TRY(write_pairs(c, err));
    }
    TRY(compare_means_write(c, err));
    TRY(compare_ranks_write(c, err));
    TRY(compare_shares_write(c, err));
  }
  return STATUS_OK;
}

/* ---- The section --------------------------------------------------------------------------------- */

static void open_tables(comparison *c) {
  const bool sampling = c->weighting == WEIGHTING_SAMPLING;
  c->means = table_new(c->run, "group_means",
                       c->weighting == WEIGHTING_NONE ? "item group n mean sd se ci_low ci_high"
                                                      : "item group n weighted_n mean sd se ci_low ci_high");
  if (sampling) {
    c->anova = table_new(c->run, "wald", "item group f df df_within p");
  } else {
    c->anova = table_new(c->run, "anova", "item group f df df_within p eta2 omega2 ss_between ss_within");
    c->welch = table_new(c->run, "welch", "item group f df df_within p");
  }
  if (run_argument(c->run, "pairs")->integer) {
    c->pairs = table_new(c->run, "pairs",
                         sampling ? "item group other_group difference ci_low ci_high p p_adjusted t df se"
                                  : "item group other_group difference ci_low ci_high p p_adjusted cohens_d "
                                    "t df se");
  }
  run_headline(c->run, sampling ? "wald" : "anova");
}

static status step(analysis_run *run, error *err) {
  comparison c = {.run = run,
                  .memory = json_arena(run_section(run)),
                  .weighting = run_weighting(run),
                  .options = run_estimate_options(run)};
  if (run_argument(run, "paired")->integer) {
    return compare_paired_step(&c, err);
  }
  open_tables(&c);
  compare_means_open(&c);
  compare_ranks_open(&c);
  compare_shares_open(&c);
  const argument_value *items = run_argument(run, "items");
  for (uint32_t i = 0; i < items->variables_count; i++) {
    c.item = items->variables[i];
    TRY(compare_item(&c, i * groups_count(run), err));
  }
  static const char *const notes[] = {[WEIGHTING_NONE] = "note_compare",
                                      [WEIGHTING_SAMPLING] = "note_compare_sampling",
                                      [WEIGHTING_FREQUENCY] = "note_compare_frequency"};
  run_note(run, notes[c.weighting], NULL);
  if (c.pairs != NULL) {
    run_note(run,
             run_argument(run, "adjust")->integer == ADJUST_HOLM ? "note_compare_pairs" : "note_compare_bh",
             NULL);
  }
  compare_means_note(&c);
  compare_ranks_note(&c);
  compare_shares_note(&c);
  return STATUS_OK;
}

static const term terms[] = {
#include "stats/analyses/compare.terms"
};

const analysis_kind analysis_compare = {
    .name = "compare",
    .summary = "differences between groups on an item or index",
    .about =
        "A row counts when item and group are answered.  Analysis of variance, Welch's test and t of all\n"
        "pairs with Cohen's d, exact from n, sum and sum of squares; frequency weights repeat rows; "
        "sampling\n"
        "weights: Wald F and t with linearised errors (survey's regTermTest and svyttest).\n"
        "On demand: Tukey, Games-Howell, a benchmark, equivalence, eta squared, ranks, shares (Newcombe's\n"
        "interval) and net promoter scores; or, paired, the items of the same respondents.\n",
    .example =
        "analyses:\n"
        "  - compare:\n"
        "      items: [satisfaction]\n"
        "      groups: region\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_DIFFERENCES,
            .headlines = {{"anova", "p"}, {"wald", "p"}, {"paired", "difference"}},
            .drawings = {{"pairs", DRAWING_FOREST, "difference"},
                         {"tukey", DRAWING_FOREST, "difference"},
                         {"games_howell", DRAWING_FOREST, "difference"},
                         {"against", DRAWING_FOREST, "difference"},
                         {"equivalence", DRAWING_FOREST, "difference"},
                         {"paired", DRAWING_FOREST, "difference"},
                         {"paired_equivalence", DRAWING_FOREST, "difference"},
                         {"share_pairs", DRAWING_FOREST, "difference", .is_common = true},
                         {"nps_pairs", DRAWING_FOREST, "difference", .is_common = true}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
};
