/* crosstab: how the answers to one question depend on the answers to another.
 *
 * One frequency table of the row variable, grouped by the column variable (and by a breakdown, whose
 * groups are layers), gives every figure. */
#include <math.h>

#include "stats/analyses/crosstab_parts.h"
#include "stats/analyses/levels.h"
#include "stats/analyses/registry.h"
#include "stats/analyses/terms.h"
#include "stats/methods/contingency.h"
#include "stats/methods/holm.h"

static const char *const percent_choices[] = {"all", "column", "row", "total", NULL};
static const char *const letter_choices[] = {[LETTERS_NONE] = "none",
                                             [LETTERS_HOLM] = "holm",
                                             [LETTERS_BONFERRONI] = "bonferroni",
                                             [LETTERS_UNADJUSTED] = "unadjusted",
                                             [LETTERS_CHOICES] = NULL};

static const analysis_argument arguments[] = {
    {.name = "rows",
     .type = ARGUMENT_VARIABLES,
     .required = true,
     .accepts = ACCEPT_CODED | ACCEPT_SET,
     .help = "questions whose answers are the rows; multiple choice too"},
    {.name = "columns",
     .type = ARGUMENT_VARIABLE,
     .required = true,
     .accepts = ACCEPT_CODED | ACCEPT_SET,
     .help = "the question whose answers are the columns; multiple choice too"},
    {.name = "percentages",
     .type = ARGUMENT_CHOICE,
     .choices = percent_choices,
     .fallback = "all",
     .help = "all, or only column, row or total"},
    {.name = "yates",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "true",
     .help = "continuity correction of tables of 2 x 2, as R's default"},
    {.name = "cells",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also one table with totals, n, %, intervals, residuals"},
    {.name = "letters",
     .type = ARGUMENT_CHOICE,
     .choices = letter_choices,
     .fallback = "none",
     .help = "of the columns whose share is lower"},
    {.name = "ordinal",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also gamma, tau-b and Somers' d, of ordered answers"},
    {.name = "exact",
     .type = ARGUMENT_BOOLEAN,
     .fallback = "false",
     .help = "also Fisher's exact p; of very large tables by Monte Carlo"},
};

static bool is_set(const plan *p, uint32_t variable) {
  return program_variable_form(variable_of(p, variable)) == FORM_SET;
}

/* Two multiple choices would overlap in both directions. */
static status check_sets(const plan *p, const plan_analysis *a, error *err) {
  const argument_value *rows = request_argument(a, "rows");
  const uint32_t columns = request_argument(a, "columns")->variables[0];
  for (uint32_t i = 0; is_set(p, columns) && i < rows->variables_count; i++) {
    if (is_set(p, rows->variables[i])) {
      return error_set(
          err, STATUS_SPECIFICATION,
          "columns: '%s' is a multiple choice, and so is '%s' among the rows; make flags of the options of "
          "one: {chosen: .., option: ..}",
          p->variables[columns].name, p->variables[rows->variables[i]].name);
    }
  }
  return STATUS_OK;
}

static status check(const plan *p, const plan_analysis *a, error *err) {
  TRY(check_sets(p, a, err));
  for (uint32_t i = 0; i < a->breakdowns_count; i++) {
    if (a->breakdowns[i].count == PROGRAM_BY_MAX) {
      return error_set(
          err, STATUS_SPECIFICATION,
          "by: crosstab crosses at most two variables here, because its columns are a dimension too");
    }
  }
  return STATUS_OK;
}

static status begin(analysis_run *run, error *err) {
  const argument_value *rows = run_argument(run, "rows");
  uint32_t columns = 0;
  TRY(run_variable(run, run_argument(run, "columns")->variables[0], &columns, err));
  for (uint32_t i = 0; i < rows->variables_count; i++) {
    uint32_t variable = 0;
    TRY(run_variable(run, rows->variables[i], &variable, err));
    const bool turned = is_set(run_plan(run), run_argument(run, "columns")->variables[0]);
    program_accumulator a = {
        .kind = ACCUMULATOR_FREQUENCY, .variables = turned ? &columns : &variable, .variables_count = 1};
    TRY(groups_need(run, &a, turned ? variable : columns, err));
  }
  return STATUS_OK;
}

/* ---- One table ----------------------------------------------------------------------------------- */

/* Rows of the layer, whatever they answered. */
static int64_t rows_of_layer(const crossing *c) {
  const uint32_t places = c->walk->groups->by[0].count;
  int64_t sum = 0;
  for (uint32_t key = 0; key <= places; key++) {
    sum += frequency_rows(c->state, group_walk_place(c->walk, key));
  }
  return sum;
}

/* A combination of answers is not declared, however its parts are. */
static bool is_declared(const crossing *c, uint32_t item, const level *l) {
  return l->is_declared && variable_of(run_plan(c->run), item)->kind != VARIABLE_CROSS;
}

/* Columns that are declared, and those that somebody who answered is in. */
static void keep_columns(crossing *c, uint32_t count) {
  const uint32_t answered = frequency_answered_at(c->state);
  c->columns = 0;
  for (uint32_t j = 0; j < count; j++) {
    const level l = c->column_levels[j];
    const bool occurs = crossing_count(c, crossing_place(c, j), answered) > 0;
    if (occurs || is_declared(c, c->other_item, &l)) {
      c->any_empty = c->any_empty || !occurs;
      c->column_levels[c->columns++] = l;
    }
  }
}

static void keep_rows(crossing *c, uint32_t count) {
  c->rows = 0;
  for (uint32_t i = 0; i < count; i++) {
    const level l = c->row_levels[i];
    i128 sum = 0;
    for (uint32_t j = 0; j < c->columns; j++) {
      sum += crossing_count(c, crossing_place(c, j), crossing_cell(c, i));
    }
    if (sum > 0 || is_declared(c, c->item, &l)) {
      c->any_empty = c->any_empty || sum == 0;
      c->row_levels[c->rows++] = l;
    }
  }
}

static bool allocate(crossing *c) {
  const size_t cells = (size_t)c->rows * c->columns;
  c->n = ARENA_ARRAY(c->memory, int64_t, cells + 1);
  c->counts = ARENA_ARRAY(c->memory, i128, cells + 1);
  c->squares = ARENA_ARRAY(c->memory, exact, cells + 1);
  c->row_sums = ARENA_ARRAY(c->memory, i128, (size_t)c->rows + 1);
  c->column_bases = ARENA_ARRAY(c->memory, i128, (size_t)c->columns + 1);
  c->column_n = ARENA_ARRAY(c->memory, int64_t, (size_t)c->columns + 1);
  return !arena_failed(c->memory);
}

static void read_cells(crossing *c) {
  const uint32_t answered = frequency_answered_at(c->state);
  c->all = 0;
  c->all_n = 0;
  for (uint32_t j = 0; j < c->columns; j++) {
    const uint32_t place = crossing_place(c, j);
    for (uint32_t i = 0; i < c->rows; i++) {
      const size_t cell = (size_t)i * c->columns + j;
      c->n[cell] = crossing_n(c, place, crossing_cell(c, i));
      c->counts[cell] = crossing_count(c, place, crossing_cell(c, i));
      c->squares[cell] = crossing_w2(c, place, crossing_cell(c, i));
      c->row_sums[i] += c->counts[cell];
    }
    c->column_bases[j] = crossing_count(c, place, answered);
    c->column_n[j] = crossing_n(c, place, answered);
    c->all += c->column_bases[j];
    c->all_n += c->column_n[j];
  }
}

static bool read_table(crossing *c) {
  const plan *p = run_plan(c->run);
  uint32_t rows = 0, columns = 0;
  c->column_levels = levels_of(c->memory, p, c->other_item, &c->walk->groups->by[0], &columns);
  c->row_levels = levels_of(c->memory, p, c->item, &c->state->keys, &rows);
  if (c->column_levels == NULL || c->row_levels == NULL) {
    return false;
  }
  c->domain_rows = rows_of_layer(c);
  keep_columns(c, columns);
  keep_rows(c, rows);
  if (!allocate(c)) {
    return false;
  }
  read_cells(c);
  return true;
}

/* ---- Tests ---------------------------------------------------------------------------------------- */

static void write_test(const crossing *c, table *t, const independence *test) {
  table_number(t, "chi2", test->chi2);
  if (c->weighting == WEIGHTING_SAMPLING) {
    table_number(t, "f", test->f);
    table_number(t, "df", test->f_df);
    table_number(t, "df_within", test->f_df_within);
  } else {
    table_number(t, "df", test->df);
  }
  table_number(t, "p", test->p);
  table_number(t, "cramers_v", test->cramers_v);
}

static void warn(const crossing *c, const char *code, const json *value, const independence *test) {
  json *detail = crossing_detail(c);
  if (value != NULL) {
    json_set(detail, "value", (json *)value);
  }
  if (test != NULL) {
    json_set_number(detail, "percent", round(test->low_expected_percent));
  }
  run_warn(c->run, code, detail);
}

/* Rao and Scott's F may be missing where there is a chi-square: says so. */
static bool lacks_f(const crossing *c, const independence *test) {
  return c->weighting == WEIGHTING_SAMPLING && isfinite(test->chi2) && isnan(test->f);
}

static status test_table(crossing *c, bool *corrected, error *err) {
  contingency t;
  independence test;
  if (!crossing_occupied(c, &t)) {
    return error_no_memory(err, "a cross table");
  }
  TRY(independence_make(&t, run_argument(c->run, "yates")->integer != 0, &test, err));
  *corrected = *corrected || test.corrected;
  crossing_start_row(c, c->tables.tests);
  table_integer(c->tables.tests, "n", c->all_n);
  crossing_weighted_n(c, c->tables.tests, c->all);
  write_test(c, c->tables.tests, &test);
  if (t.rows < 2 || t.columns < 2) {
    warn(c, "nothing_to_cross", NULL, NULL);
  } else if (test.low_expected_percent > 20) {
    warn(c, "low_expected", NULL, &test);
  }
  if (lacks_f(c, &test)) {
    warn(c, "no_rao_scott", NULL, NULL);
  }
  return STATUS_OK;
}

/* An option's cells: those who chose it, column by column, then the others. */
typedef struct option_cells {
  i128 *counts;
  exact *squares;
  uint32_t columns;   /* in which somebody was asked the option */
  i128 chosen, other; /* sums of counts */
  int64_t n;          /* asked */
} option_cells;

static void read_option(const crossing *c, uint32_t row, option_cells *out) {
  const uint32_t base_cell = crossing_base_cell(c, row);
  for (uint32_t j = 0; j < c->columns; j++) {
    out->columns += crossing_base(c, row, j).count > 0 ? 1 : 0;
  }
  for (uint32_t j = 0, at = 0; j < c->columns; j++) {
    const size_t cell = (size_t)row * c->columns + j;
    const cross_base base = crossing_base(c, row, j);
    if (base.count > 0) {
      const size_t others = (size_t)out->columns + at;
      out->counts[at] = c->counts[cell];
      out->squares[at] = c->squares[cell];
      out->counts[others] = base.count - c->counts[cell];
      out->squares[others] = crossing_w2(c, crossing_place(c, j), base_cell);
      exact_sub(&out->squares[others], &c->squares[cell]);
      out->chosen += out->counts[at];
      out->other += out->counts[others];
      out->n += base.n;
      at++;
    }
  }
}

/* Chosen or not against the columns in which somebody was asked the option; *N of them in all. */
static status test_option(crossing *c, uint32_t row, independence *out, int64_t *n, error *err) {
  option_cells o = {.counts = ARENA_ARRAY(c->memory, i128, 2 * (size_t)c->columns + 1),
                    .squares = ARENA_ARRAY(c->memory, exact, 2 * (size_t)c->columns + 1)};
  if (o.counts == NULL || o.squares == NULL) {
    return error_no_memory(err, "options");
  }
  read_option(c, row, &o);
  const bool is_one_row = o.chosen == 0 || o.other == 0;
  const size_t first = o.chosen == 0 ? o.columns : 0; /* an empty row is not in the table */
  contingency t = crossing_contingency(c, is_one_row ? 1 : 2, o.columns, o.counts + first, o.squares + first);
  t.n = *n = o.n;
  if (is_one_row || o.columns < 2) {
    warn(c, "nothing_to_cross_option", level_json(&c->row_levels[row], c->memory), NULL);
  }
  return independence_make(&t, run_argument(c->run, "yates")->integer != 0, out, err);
}

static status test_options(crossing *c, bool *corrected, error *err) {
  independence *tests = ARENA_ARRAY(c->memory, independence, (size_t)c->rows + 1);
  double *p = ARENA_ARRAY(c->memory, double, (size_t)c->rows + 1);
  int64_t *n = ARENA_ARRAY(c->memory, int64_t, (size_t)c->rows + 1);
  if (tests == NULL || p == NULL || n == NULL) {
    return error_no_memory(err, "options");
  }
  for (uint32_t i = 0; i < c->rows; i++) {
    TRY(test_option(c, i, &tests[i], &n[i], err));
    *corrected = *corrected || tests[i].corrected;
    p[i] = tests[i].p;
  }
  TRY(holm_adjust(p, p, c->rows, err));
  for (uint32_t i = 0; i < c->rows; i++) {
    table *t = c->tables.options;
    crossing_start_row(c, t);
    crossing_row_key(c, t, i);
    table_integer(t, "n", n[i]);
    write_test(c, t, &tests[i]);
    table_number(t, "p_adjusted", p[i]);
    json *option = level_json(&c->row_levels[i], c->memory);
    if (tests[i].low_expected_percent > 20) {
      warn(c, "low_expected_option", option, &tests[i]);
    }
    if (lacks_f(c, &tests[i])) {
      warn(c, "no_rao_scott_option", option, NULL);
    }
  }
  return STATUS_OK;
}

/* ---- The section --------------------------------------------------------------------------------- */

/* What is there on demand alone. */
static status write_parts(crossing *c, error *err) {
  cross_cells_write(c);
  TRY(cross_letters_write(c, err));
  TRY(cross_ordinal_write(c, err));
  return cross_exact_write(c, err);
}

static void open_parts(crossing *c) {
  cross_cells_open(c);
  cross_letters_open(c);
  cross_ordinal_open(c);
  cross_exact_open(c);
}

static void note_parts(const crossing *c) {
  cross_cells_note(c);
  cross_letters_note(c);
  cross_ordinal_note(c);
  cross_exact_note(c);
}

/* Where nobody answered both, either may have answers. */
static void warn_base(const crossing *c) {
  if (c->all_n > 0) {
    run_warn_base(c->run, c->item, group_json(c->walk), c->all_n);
    return;
  }
  json *detail = crossing_detail(c);
  json_set_text(detail, "other_item", run_plan(c->run)->variables[c->other_item].name);
  run_warn(c->run, "cross_unanswered", detail);
}

static status cross_item(crossing *c, uint32_t first, bool *corrected, error *err) {
  group_walk w = group_walk_begin(c->run, first, true);
  c->walk = &w;
  while (group_walk_next(&w)) {
    c->state = run_result(c->run, group_walk_result(&w));
    if (!read_table(c)) {
      return error_no_memory(err, "a cross table");
    }
    if (w.which > 0 && c->domain_rows == 0) {
      continue;
    }
    warn_base(c);
    crossing_write_cells(c);
    crossing_write_margins(c);
    TRY(c->is_set ? test_options(c, corrected, err) : test_table(c, corrected, err));
    TRY(write_parts(c, err));
  }
  return STATUS_OK;
}

static status step(analysis_run *run, error *err) {
  crossing c = {.run = run,
                .memory = json_arena(run_section(run)),
                .weighting = run_weighting(run),
                .other_item = run_argument(run, "columns")->variables[0]};
  const argument_value *rows = run_argument(run, "rows");
  const uint32_t columns = c.other_item;
  uint32_t sets = 0;
  for (uint32_t i = 0; i < rows->variables_count; i++) {
    const program_variable *v = variable_of(run_plan(run), rows->variables[i]);
    sets += program_variable_form(v) == FORM_SET ? 1 : 0;
    c.any_own_bases = c.any_own_bases || v->kind == VARIABLE_MULTI_FLAGS;
  }
  c.turned = is_set(run_plan(run), columns);
  c.any_own_bases = c.any_own_bases || variable_of(run_plan(run), columns)->kind == VARIABLE_MULTI_FLAGS;
  sets = c.turned ? rows->variables_count : sets;
  crossing_open(&c, sets > 0, sets < rows->variables_count);
  open_parts(&c);
  bool corrected = false;
  for (uint32_t i = 0; i < rows->variables_count; i++) {
    c.item = c.turned ? columns : rows->variables[i];
    c.other_item = c.turned ? rows->variables[i] : columns;
    c.is_set = is_set(run_plan(run), c.item);
    TRY(cross_item(&c, i * groups_count(run), &corrected, err));
  }
  if (c.weighting != WEIGHTING_NONE) {
    run_note(run, "note_counts_weighted", NULL);
  }
  if (c.weighting == WEIGHTING_SAMPLING) {
    run_note(run, "note_rao_scott", NULL);
  }
  if (corrected) {
    run_note(run, "note_yates", NULL);
  }
  if (sets > 0) {
    run_note(run, "note_crosstab_set", NULL);
  }
  if (c.any_own_bases) {
    run_note(run, "note_option_base", NULL);
  }
  run_note(run, "note_cramers_v", NULL);
  if (c.any_empty) {
    run_note(run, "note_cross_empty", NULL);
  }
  note_parts(&c);
  return STATUS_OK;
}

static const term terms[] = {
#include "stats/analyses/crosstab.terms"
};

const analysis_kind analysis_crosstab = {
    .name = "crosstab",
    .summary = "counts and percentages of one question by another, with tests",
    .about =
        "A row counts when both questions are answered; breakdowns are layers.  Pearson's chi-square "
        "(exact)\n"
        "and Cramer's V; sampling weights: Rao and Scott's F (survey's svychisq); frequency weights repeat\n"
        "rows.  Options of a multiple choice overlap: each is tested alone, p adjusted by Holm; per cent of\n"
        "those asked it.  Wilson intervals, Haberman's adjusted residuals, z tests of column shares.\n",
    .example =
        "analyses:\n"
        "  - crosstab:\n"
        "      rows: [satisfaction, channels]\n"
        "      columns: region\n",
    .arguments = arguments,
    .arguments_count = sizeof arguments / sizeof arguments[0],
    .takes_breakdowns = true,
    .takes_weight = true,
    .presentation =
        {
            .chapter = CHAPTER_DIFFERENCES,
            .headlines = {{"independence", "cramers_v"}, {"option_tests", "cramers_v"}},
            .tables = {{"counts", VIEW_MATRIX},
                       {"column_percents", VIEW_MATRIX},
                       {"row_percents", VIEW_MATRIX},
                       {"total_percents", VIEW_MATRIX},
                       {"row_totals", VIEW_BARS},
                       {"column_totals", VIEW_BARS},
                       {"cells", VIEW_LIST, .totals = true},
                       {"column_letters", VIEW_MATRIX}},
        },
    .terms = terms,
    .terms_count = sizeof terms / sizeof terms[0],
    .check = check,
    .begin = begin,
    .step = step,
};
