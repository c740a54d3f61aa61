/* describe: what was answered to each item, how often, how high and how evenly.
 *
 * Coded items take one frequency table, from which everything follows; numbers take moments and a table
 * of distinct values, and, when these are too many, further stages for the quartiles (describe_quartiles.h).
 */
#include <math.h>

#include "stats/analyses/describe_answers.h"
#include "stats/analyses/describe_quartiles.h"
#include "stats/analyses/describe_ranking.h"
#include "stats/analyses/groups.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/analyses/weighting.h"
#include "stats/methods/estimate.h"

enum { VALUES_ENTRIES_MAX = 1 << 16, ITEMS_MAX = 100000 };

static const analysis_argument arguments[] = {
    {.name = "items",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_CODED | ACCEPT_NUMBER | ACCEPT_SET | ACCEPT_TEXT,
     .help = "what to describe: any variables"},
    {.name = "distribution",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "true",
     .help = "list every answer of coded and multiple-choice items"},
    {.name = "intervals",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "Wilson intervals of the shares in the distribution"},
    {.name = "duplicates",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "count repeated ids and texts exactly (else distinct ones, approximately)"},
};

/* ---- Asking -------------------------------------------------------------------------------------- */

static variable_form form_of(const analysis_run *run, uint32_t item) {
  return program_variable_form(variable_of(run_plan(run), item));
}

/* How many results an item of that form has. */
static uint32_t results_of(const analysis_run *run, uint32_t item) {
  switch (form_of(run, item)) {
    case FORM_NUMBER:
      return 2 * groups_count(run);
    case FORM_TEXT:
      return 2;
    case FORM_CODED:
    case FORM_SET:
      break;
  }
  return groups_count(run) + (ranking_is(run, item) ? ranking_results(run, item) : 0);
}

static status need_text(analysis_run *run, uint32_t *variable, error *err) {
  const bool duplicates = run_argument(run, "duplicates")->integer != 0;
  program_accumulator a = {.kind = ACCUMULATOR_FACTS,
                           .variables = variable,
                           .variables_count = 1,
                           .filter = run_filter(run),
                           .weight = PROGRAM_NONE};
  TRY(run_need(run, &a, err));
  a.kind = duplicates ? ACCUMULATOR_DUPLICATES : ACCUMULATOR_DISTINCT;
  return run_need(run, &a, err);
}

static status need_item(analysis_run *run, uint32_t item, error *err) {
  uint32_t variable = 0;
  TRY(run_variable(run, item, &variable, err));
  int64_t entries_max = VALUES_ENTRIES_MAX;
  program_accumulator a = {.kind = ACCUMULATOR_FREQUENCY, .variables = &variable, .variables_count = 1};
  switch (form_of(run, item)) {
    case FORM_TEXT:
      return need_text(run, &variable, err);
    case FORM_NUMBER:
      a.kind = ACCUMULATOR_MOMENTS;
      TRY(groups_need(run, &a, PROGRAM_NONE, err));
      a.kind = ACCUMULATOR_VALUES;
      a.params = &entries_max;
      a.params_count = 1;
      break;
    case FORM_CODED:
    case FORM_SET:
      break;
  }
  TRY(groups_need(run, &a, PROGRAM_NONE, err));
  return ranking_is(run, item) ? ranking_need(run, item, variable, err) : STATUS_OK;
}

static status begin(analysis_run *run, error *err) {
  const argument_value *items = run_argument(run, "items");
  for (uint32_t i = 0; i < items->variables_count; i++) {
    TRY(need_item(run, items->variables[i], err));
  }
  return STATUS_OK;
}

/* ---- Tables -------------------------------------------------------------------------------------- */

typedef struct description {
  analysis_run *run;
  arena *memory;
  weighting weighting;
  estimate_options options;
  table *summary, *quartiles, *shape, *missing, *texts;
  answers_table distribution;
  ranking_table ranking;
  uint32_t quartile_rows;
  bool reasons[MISSING_REASONS]; /* that occur anywhere */
  bool any_set, any_own_bases, any_waiting;
} description;

static bool is_numeric(const description *d, uint32_t item) {
  return program_variable_is_numeric(variable_of(run_plan(d->run), item));
}

static bool has_own_bases(const description *d, uint32_t item) {
  return variable_of(run_plan(d->run), item)->kind == VARIABLE_MULTI_FLAGS;
}

static void see_reasons(description *d, const int64_t missing[MISSING_REASONS]) {
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    d->reasons[r] = d->reasons[r] || missing[r] > 0;
  }
}

static void missing_of_frequency(const frequency_state *s, uint32_t place, int64_t out[MISSING_REASONS]) {
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    out[r] = frequency_n(s, place, frequency_missing_at(s, (missing_reason)r));
  }
}

/* Which tables there are, and which reasons the one of missing answers has columns for. */
static void open_tables(description *d, const argument_value *items) {
  bool numeric = false, listed = false, texts = false, ranked = false;
  uint32_t result = 0;
  for (uint32_t i = 0; i < items->variables_count; i++) {
    const uint32_t item = items->variables[i];
    const variable_form form = form_of(d->run, item);
    const void *state = run_result(d->run, result);
    int64_t missing[MISSING_REASONS] = {0};
    if (form == FORM_TEXT) {
      see_reasons(d, ((const facts_state *)state)->at[0].missing);
    } else if (form == FORM_NUMBER) {
      see_reasons(d, ((const moments_state *)state)->at[0].missing);
    } else {
      missing_of_frequency(state, 0, missing);
      see_reasons(d, missing);
    }
    numeric = numeric || is_numeric(d, item);
    listed = listed || form == FORM_CODED || form == FORM_SET;
    texts = texts || form == FORM_TEXT;
    d->any_set = d->any_set || (form == FORM_SET && !has_own_bases(d, item));
    d->any_own_bases = d->any_own_bases || has_own_bases(d, item);
    ranked = ranked || ranking_is(d->run, item);
    result += results_of(d->run, item);
  }
  const bool weighted = d->weighting != WEIGHTING_NONE;
  if (numeric) {
    d->summary = table_new(d->run, "summary",
                           weighted ? "item group n weighted_n mean sd se ci_low ci_high"
                                    : "item group n mean sd se ci_low ci_high");
    d->quartiles = table_new(d->run, "quartiles", "item group n min q1 median q3 max mode");
    d->shape = table_new(d->run, "shape", "item group n variance skewness kurtosis");
  }
  if (listed && run_argument(d->run, "distribution")->integer) {
    d->distribution = answers_table_open(d->run, d->any_own_bases);
  }
  if (ranked) {
    d->ranking = ranking_table_open(d->run);
  }
  if (texts) {
    d->texts = table_new(d->run, "texts", "item n distinct duplicates");
  }
  buf columns;
  buf_init(&columns);
  buf_printf(&columns, "item group rows answered");
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    if (d->reasons[r]) {
      buf_printf(&columns, " %s", missing_name((missing_reason)r));
    }
  }
  buf_put_u8(&columns, 0);
  if (!columns.failed) {
    d->missing = table_new(d->run, "missing", (const char *)columns.data);
  }
  buf_fini(&columns);
}

static void start_row(table *t, uint32_t item, const group_walk *w) {
  table_row(t);
  table_item(t, "item", item);
  group_write(w, t);
}

static int64_t write_missing(description *d, uint32_t item, const group_walk *w, int64_t answered,
                             const int64_t missing[MISSING_REASONS]) {
  int64_t rows = answered;
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    rows += missing[r];
  }
  if (rows == 0 && w->which > 0) {
    return 0;
  }
  start_row(d->missing, item, w);
  table_integer(d->missing, "rows", rows);
  table_integer(d->missing, "answered", answered);
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    if (d->reasons[r]) {
      table_integer(d->missing, missing_name((missing_reason)r), missing[r]);
    }
  }
  return rows;
}

static void warn_constant(description *d, uint32_t item, const group_walk *w) {
  json *detail = run_detail(d->run);
  json_set_text(detail, "item", run_plan(d->run)->variables[item].name);
  json_set(detail, "group", group_json(w));
  run_warn(d->run, "constant_item", detail);
}

static status write_figures(description *d, uint32_t item, const group_walk *w, const sums *s, error *err) {
  estimate e;
  TRY(estimate_make(s, &d->options, &e, err));
  start_row(d->summary, item, w);
  table_integer(d->summary, "n", e.n);
  if (d->weighting != WEIGHTING_NONE) {
    table_number(d->summary, "weighted_n", e.weighted_n);
  }
  table_number(d->summary, "mean", e.mean);
  table_number(d->summary, "sd", e.sd);
  table_number(d->summary, "se", e.se);
  table_number(d->summary, "ci_low", e.ci_low);
  table_number(d->summary, "ci_high", e.ci_high);
  start_row(d->shape, item, w);
  table_integer(d->shape, "n", e.n);
  table_number(d->shape, "variance", e.variance);
  table_number(d->shape, "skewness", e.skewness);
  table_number(d->shape, "kurtosis", e.kurtosis);
  if (e.n > 1 && s->at.min == s->at.max) {
    warn_constant(d, item, w);
  }
  return STATUS_OK;
}

static double scaled(int64_t mantissa, unsigned decimals) {
  const exact num = exact_from_i64(mantissa);
  const exact den = exact_from_i64(decimal_power10(decimals));
  return exact_ratio(&num, &den);
}

/* DISTRIBUTION is NULL when its values were too many: the quartiles then come later. */
static status write_quartiles(description *d, uint32_t item, const group_walk *w, const sums *s,
                              const distribution *values, error *err) {
  table *t = d->quartiles;
  start_row(t, item, w);
  d->quartile_rows++;
  table_integer(t, "n", s->at.n);
  if (s->at.n == 0) {
    return STATUS_OK;
  }
  table_number(t, "min", scaled(s->at.min, s->decimals));
  table_number(t, "max", scaled(s->at.max, s->decimals));
  if (values == NULL || values->count == 0 || (values->weighted && s->at.w == 0)) {
    return STATUS_OK;
  }
  table_number(t, "mode", scaled(distribution_mode(values), s->decimals));
  for (unsigned q = 0; q < QUARTILES; q++) {
    const quantile_rank rank = quantile_rank_of(d->weighting, s->at.n, s->at.w, s->weight_decimals, q + 1);
    double figure = NAN;
    TRY(quantile_value(&rank, distribution_order_statistic(values, rank.low),
                       distribution_order_statistic(values, rank.high), s->decimals, &figure, err));
    table_number(t, quartile_column(q), figure);
  }
  return STATUS_OK;
}

/* ---- Items --------------------------------------------------------------------------------------- */

static status describe_coded(description *d, uint32_t item, uint32_t result, error *err) {
  group_walk w = group_walk_begin(d->run, result, false);
  while (group_walk_next(&w)) {
    const frequency_state *s = run_result(d->run, group_walk_result(&w));
    int64_t missing[MISSING_REASONS];
    missing_of_frequency(s, w.place, missing);
    const int64_t answers = frequency_answers(s, w.place);
    if (write_missing(d, item, &w, answers, missing) == 0 && w.which > 0) {
      continue;
    }
    run_warn_base(d->run, item, group_json(&w), answers);
    if (is_numeric(d, item)) {
      const sums s_here = sums_of_frequency(s, w.place, d->weighting, NULL);
      const distribution values = distribution_of_frequency(d->memory, s, w.place, d->weighting);
      TRY(write_figures(d, item, &w, &s_here, err));
      TRY(write_quartiles(d, item, &w, &s_here, &values, err));
    }
    if (d->distribution.rows != NULL) {
      answers_table_write(&d->distribution, item, &w, s);
    }
  }
  return STATUS_OK;
}

typedef struct waiting {
  refinement at;
  bool open;
} waiting;

static status describe_number(description *d, uint32_t index, uint32_t item, uint32_t result, error *err) {
  group_walk w = group_walk_begin(d->run, result, false);
  waiting wait = {0};
  while (group_walk_next(&w)) {
    const moments_state *m = run_result(d->run, group_walk_result(&w));
    const values_state *v = run_result(d->run, group_walk_result(&w) + groups_count(d->run));
    if (wait.open && wait.at.which != w.which) {
      TRY(later_quartiles_need(d->run, &wait.at, err));
      wait.open = false;
    }
    if (v->overflown && !wait.open) {
      wait = (waiting){.at = {.item = index, .which = w.which}, .open = true};
      if (!refinement_begin(&wait.at, d->memory, v, d->weighting)) {
        return error_no_memory(err, "quartiles");
      }
      d->any_waiting = true;
    }
    const sums s = sums_of_moments(m, w.place, d->weighting);
    if (write_missing(d, item, &w, s.at.n, s.at.missing) == 0 && w.which > 0) {
      continue;
    }
    run_warn_base(d->run, item, group_json(&w), s.at.n);
    TRY(write_figures(d, item, &w, &s, err));
    if (wait.open && s.at.n > 0) {
      wait.at.rows[w.place] = d->quartile_rows;
    }
    const distribution values = distribution_of_values(&v->at[w.place], d->weighting);
    TRY(write_quartiles(d, item, &w, &s, v->overflown ? NULL : &values, err));
  }
  return wait.open ? later_quartiles_need(d->run, &wait.at, err) : STATUS_OK;
}

static void describe_text(description *d, uint32_t item, uint32_t result) {
  const facts_state *facts = run_result(d->run, result);
  const void *counted = run_result(d->run, result + 1);
  group_walk total = {.run = d->run};
  write_missing(d, item, &total, facts->at[0].answered, facts->at[0].missing);
  run_warn_base(d->run, item, NULL, facts->at[0].answered);
  table_row(d->texts);
  table_item(d->texts, "item", item);
  table_integer(d->texts, "n", facts->at[0].answered);
  if (run_argument(d->run, "duplicates")->integer) {
    const duplicates_state *s = counted;
    table_integer(d->texts, "distinct", (int64_t)s->count);
    table_integer(d->texts, "duplicates", s->n - (int64_t)s->count);
    return;
  }
  table_number(d->texts, "distinct", nearbyint(distinct_estimate(counted)));
}

static void write_notes(description *d) {
  static const char *const intervals[] = {[WEIGHTING_NONE] = "note_interval_t",
                                          [WEIGHTING_SAMPLING] = "note_interval_linearised",
                                          [WEIGHTING_FREQUENCY] = "note_interval_frequency"};
  static const char *const quartiles[] = {[WEIGHTING_NONE] = "note_quartiles_type7",
                                          [WEIGHTING_SAMPLING] = "note_quartiles_math",
                                          [WEIGHTING_FREQUENCY] = "note_quartiles_repeated"};
  if (d->summary != NULL) {
    run_note(d->run, intervals[d->weighting], NULL);
    run_note(d->run, quartiles[d->weighting], NULL);
    run_note(d->run, "note_shape", NULL);
  }
  if (d->any_waiting) {
    run_note(d->run, "note_mode_unknown", NULL);
  }
  if (d->any_set) {
    run_note(d->run, "note_set_base", NULL);
  }
  if (d->any_own_bases) {
    run_note(d->run, "note_option_base", NULL);
  }
  if (d->distribution.with_intervals) {
    run_note(d->run,
             d->weighting == WEIGHTING_SAMPLING ? "note_share_intervals_sampling" : "note_share_intervals",
             NULL);
  }
  if (d->ranking.rows != NULL) {
    run_note(d->run, "note_ranking", NULL);
  }
  if (d->texts != NULL) {
    run_note(
        d->run,
        run_argument(d->run, "duplicates")->integer ? "note_distinct_exact" : "note_distinct_approximate",
        NULL);
  }
}

static status first_step(description *d, error *err) {
  const argument_value *items = run_argument(d->run, "items");
  open_tables(d, items);
  uint32_t result = 0;
  for (uint32_t i = 0; i < items->variables_count; i++) {
    const uint32_t item = items->variables[i];
    switch (form_of(d->run, item)) {
      case FORM_CODED:
      case FORM_SET:
        TRY(describe_coded(d, item, result, err));
        if (ranking_is(d->run, item)) {
          ranking_table_write(&d->ranking, item, result + groups_count(d->run));
        }
        break;
      case FORM_NUMBER:
        TRY(describe_number(d, i, item, result, err));
        break;
      case FORM_TEXT:
        describe_text(d, item, result);
        break;
    }
    result += results_of(d->run, item);
  }
  write_notes(d);
  return STATUS_OK;
}

/* ---- The analysis --------------------------------------------------------------------------------- */

static status step(analysis_run *run, error *err) {
  description d = {.run = run,
                   .memory = json_arena(run_section(run)),
                   .weighting = run_weighting(run),
                   .options = run_estimate_options(run)};
  return run_stage(run) == 0 ? first_step(&d, err) : later_quartiles_step(run, err);
}

static const term terms[] = {
#include "stats/analyses/describe.terms"
};

const analysis_kind analysis_describe = {
    .name = "describe",
    .summary = "answers, means, errors, quartiles and distributions of any variables",
    .about =
        "Mean, variance, error, interval, quartiles, mode, skewness and kurtosis (G1, G2) of scales and\n"
        "numbers; distributions of coded items; options of multiple choice in per cent of those asked them\n"
        "(a column per option) or of respondents; distinct texts.  Missing answers count by reason.\n"
        "Unweighted: n - 1, interval mean -+ t(n - 1) sd / sqrt(n), quartiles of type 7.\n"
        "Sampling weights: linearised errors (survey's svymean, svyby), svyvar, svyquantile's \"math\" "
        "rule.\n"
        "Frequency weights: as if each row were repeated.\n",
    .example =
        "analyses:\n"
        "  - describe:\n"
        "      items: [satisfaction, age, channels]\n"
        "      by: [region]\n"
        "      weight: w\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_DETAILS,
            .headlines = {{"summary", "mean", {FIGURE_SCALE_OF_ITEM}}},
            .tables = {{"distribution", VIEW_BARS}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .begin = begin,
    .step = step,
    .ask_again = later_quartiles_ask_again,
};
