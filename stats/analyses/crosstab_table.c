/* The tables of crosstab: counts, percentages and margins. */
#include "stats/analyses/crosstab_table.h"

uint32_t crossing_place(const crossing *c, uint32_t column) {
  const uint32_t key = c->column_levels[column].key;
  return key < c->walk->groups->by[0].count ? group_walk_place(c->walk, key) : CROSS_NOWHERE;
}

uint32_t crossing_cell(const crossing *c, uint32_t row) {
  const uint32_t key = c->row_levels[row].key;
  return key < c->state->keys.count ? key : CROSS_NOWHERE;
}

uint32_t crossing_base_cell(const crossing *c, uint32_t row) {
  const uint32_t cell = crossing_cell(c, row);
  if (cell == CROSS_NOWHERE) {
    return c->state->own_bases ? CROSS_NOWHERE : frequency_answered_at(c->state);
  }
  return frequency_base_at(c->state, cell);
}

static bool is_nowhere(uint32_t place, uint32_t cell) {
  return place == CROSS_NOWHERE || cell == CROSS_NOWHERE;
}

int64_t crossing_n(const crossing *c, uint32_t place, uint32_t cell) {
  return is_nowhere(place, cell) ? 0 : frequency_n(c->state, place, cell);
}

i128 crossing_count(const crossing *c, uint32_t place, uint32_t cell) {
  return c->weighting == WEIGHTING_NONE || is_nowhere(place, cell) ? crossing_n(c, place, cell)
                                                                   : frequency_w(c->state, place, cell);
}

exact crossing_w2(const crossing *c, uint32_t place, uint32_t cell) {
  return is_nowhere(place, cell) ? (exact){0} : frequency_w2(c->state, place, cell);
}

cross_base crossing_base(const crossing *c, uint32_t i, uint32_t j) {
  const uint32_t place = crossing_place(c, j), cell = crossing_base_cell(c, i);
  return (cross_base){crossing_n(c, place, cell), crossing_count(c, place, cell)};
}

cross_base crossing_row_base(const crossing *c, uint32_t i) {
  cross_base sum = {0, 0};
  for (uint32_t j = 0; j < c->columns; j++) {
    const cross_base one = crossing_base(c, i, j);
    sum.n += one.n;
    sum.count += one.count;
  }
  return sum;
}

/* ---- Opening ------------------------------------------------------------------------------------- */

static void open_counts(cross_tables *t, analysis_run *run, bool weighted, bool own_bases) {
  static const char *const columns[2][2] = {
      {"value other_value n item other_item group", "value other_value weighted_n item other_item group n"},
      {"value other_value n item other_item group asked",
       "value other_value weighted_n item other_item group n asked weighted_asked"}};
  t->counts = table_new(run, "counts", columns[own_bases][weighted]);
}

static void open_margins(cross_tables *t, analysis_run *run, bool weighted, bool own_bases) {
  static const char *const columns[2][2] = {
      {"item group value n percent other_item", "item group value n weighted_n percent other_item"},
      {"item group value n percent other_item asked answered",
       "item group value n weighted_n percent other_item asked weighted_asked answered weighted_answered"}};
  t->row_totals = table_new(run, "row_totals", columns[own_bases][weighted]);
  t->column_totals = table_new(run, "column_totals",
                               weighted ? "item other_item group other_value n weighted_n percent"
                                        : "item other_item group other_value n percent");
}

static void open_percents(cross_tables *t, analysis_run *run) {
  static const char *const names[] = {
      [SHOW_COLUMN] = "column_percents", [SHOW_ROW] = "row_percents", [SHOW_TOTAL] = "total_percents"};
  static const char *const columns[] = {
      [SHOW_COLUMN] = "value other_value column_percent item other_item group",
      [SHOW_ROW] = "value other_value row_percent item other_item group",
      [SHOW_TOTAL] = "value other_value total_percent item other_item group"};
  const int64_t shown = run_argument(run, "percentages")->integer;
  for (int show = SHOW_COLUMN; show <= SHOW_TOTAL; show++) {
    if (shown == SHOW_ALL || shown == show) {
      t->percents[show] = table_new(run, names[show], columns[show]);
    }
  }
}

void crossing_open(crossing *c, bool any_set, bool any_plain) {
  const bool weighted = c->weighting != WEIGHTING_NONE, sampling = c->weighting == WEIGHTING_SAMPLING;
  static const char *const option_columns[2][2] = {
      {"item value other_item group n chi2 df p p_adjusted cramers_v",
       "item value other_item group n chi2 f df df_within p p_adjusted cramers_v"},
      {"item other_item other_value group n chi2 df p p_adjusted cramers_v",
       "item other_item other_value group n chi2 f df df_within p p_adjusted cramers_v"}};
  cross_tables *t = &c->tables;
  if (any_plain) {
    t->tests = table_new(c->run, "independence",
                         sampling   ? "item other_item group n weighted_n chi2 f df df_within p cramers_v"
                         : weighted ? "item other_item group n weighted_n chi2 df p cramers_v"
                                    : "item other_item group n chi2 df p cramers_v");
  }
  if (any_set) {
    t->options = table_new(c->run, "option_tests", option_columns[c->turned][sampling]);
  }
  open_counts(t, c->run, weighted, c->any_own_bases);
  open_percents(t, c->run);
  open_margins(t, c->run, weighted, c->any_own_bases && !c->turned);
  run_headline(c->run, any_plain ? "independence" : "option_tests");
}

/* ---- Writing ------------------------------------------------------------------------------------- */

void crossing_start_row(const crossing *c, table *t) {
  table_row(t);
  table_item(t, c->turned ? "other_item" : "item", c->item);
  table_item(t, c->turned ? "item" : "other_item", c->other_item);
  group_write(c->walk, t);
}

void crossing_row_key(const crossing *c, table *t, uint32_t i) {
  table_json(t, c->turned ? "other_value" : "value", level_json(&c->row_levels[i], c->memory));
}

void crossing_column_key(const crossing *c, table *t, uint32_t j) {
  table_json(t, c->turned ? "value" : "other_value", level_json(&c->column_levels[j], c->memory));
}

json *crossing_detail(const crossing *c) {
  json *detail = run_detail(c->run);
  json_set_text(detail, "item", run_plan(c->run)->variables[c->item].name);
  json_set(detail, "group", group_json(c->walk));
  return detail;
}

contingency crossing_contingency(const crossing *c, uint32_t rows, uint32_t columns, const i128 *counts,
                                 const exact *squares) {
  const base_state *base = run_base(c->run);
  return (contingency){.rows = rows,
                       .columns = columns,
                       .counts = counts,
                       .squares = squares,
                       .decimals = c->weighting == WEIGHTING_NONE ? 0 : c->state->weight_decimals,
                       .weighting = c->weighting,
                       .n = c->all_n,
                       .design_rows = base->rows - base->weight_unusable,
                       .domain_rows = c->domain_rows};
}

bool crossing_occupied(const crossing *c, contingency *out) {
  const size_t cells = (size_t)c->rows * c->columns;
  i128 *counts = ARENA_ARRAY(c->memory, i128, cells + 1);
  exact *squares = ARENA_ARRAY(c->memory, exact, cells + 1);
  if (counts == NULL || squares == NULL) {
    return false;
  }
  uint32_t rows = 0, columns = 0;
  for (uint32_t j = 0; j < c->columns; j++) {
    columns += c->column_bases[j] > 0 ? 1 : 0;
  }
  size_t at = 0;
  for (uint32_t i = 0; i < c->rows; i++) {
    rows += c->row_sums[i] > 0 ? 1 : 0;
    for (uint32_t j = 0; j < c->columns && c->row_sums[i] > 0; j++) {
      if (c->column_bases[j] > 0) {
        counts[at] = c->counts[(size_t)i * c->columns + j];
        squares[at++] = c->squares[(size_t)i * c->columns + j];
      }
    }
  }
  *out = crossing_contingency(c, rows, columns, counts, squares);
  return true;
}

static void start_cell(const crossing *c, table *t, uint32_t i, uint32_t j) {
  crossing_start_row(c, t);
  crossing_row_key(c, t, i);
  crossing_column_key(c, t, j);
}

void crossing_weight(const crossing *c, table *t, const char *column, i128 weight) {
  if (c->weighting != WEIGHTING_NONE) {
    table_i128(t, column, weight, c->state->weight_decimals);
  }
}

void crossing_weighted_n(const crossing *c, table *t, i128 weight) {
  crossing_weight(c, t, "weighted_n", weight);
}

static void write_asked(const crossing *c, table *t, const cross_base *base) {
  if (c->state->own_bases) {
    table_integer(t, "asked", base->n);
    crossing_weight(c, t, "weighted_asked", base->count);
  }
}

/* The options of one respondent overlap: an option's share is then of those who chose it. */
static void write_cell(const crossing *c, uint32_t i, uint32_t j) {
  static const char *const names[] = {
      [SHOW_COLUMN] = "column_percent", [SHOW_ROW] = "row_percent", [SHOW_TOTAL] = "total_percent"};
  const cross_base row = crossing_row_base(c, i);
  const size_t cell = (size_t)i * c->columns + j;
  const cross_base base = crossing_base(c, i, j);
  start_cell(c, c->tables.counts, i, j);
  table_integer(c->tables.counts, "n", c->n[cell]);
  crossing_weighted_n(c, c->tables.counts, c->counts[cell]);
  write_asked(c, c->tables.counts, &base);
  const i128 bases[] = {[SHOW_COLUMN] = c->turned ? c->row_sums[i] : base.count,
                        [SHOW_ROW] = c->turned ? base.count : c->row_sums[i],
                        [SHOW_TOTAL] = row.count};
  for (int show = SHOW_COLUMN; show <= SHOW_TOTAL; show++) {
    if (c->tables.percents[show] != NULL) {
      start_cell(c, c->tables.percents[show], i, j);
      table_number(c->tables.percents[show], names[show], percent_of(c->counts[cell], bases[show]));
    }
  }
}

void crossing_write_cells(const crossing *c) {
  const uint32_t outer = c->turned ? c->columns : c->rows, inner = c->turned ? c->rows : c->columns;
  for (uint32_t a = 0; a < outer; a++) {
    for (uint32_t b = 0; b < inner; b++) {
      write_cell(c, c->turned ? b : a, c->turned ? a : b);
    }
  }
}

static void write_row_totals(const crossing *c, table *t) {
  for (uint32_t i = 0; i < c->rows; i++) {
    const cross_base base = crossing_row_base(c, i);
    int64_t n = 0;
    for (uint32_t j = 0; j < c->columns; j++) {
      n += c->n[(size_t)i * c->columns + j];
    }
    crossing_start_row(c, t);
    crossing_row_key(c, t, i);
    table_integer(t, "n", n);
    crossing_weighted_n(c, t, c->row_sums[i]);
    table_number(t, "percent", percent_of(c->row_sums[i], base.count));
    if (!c->turned) {
      write_asked(c, t, &base);
    }
    if (c->any_own_bases && !c->turned) {
      table_integer(t, "answered", c->all_n);
      crossing_weight(c, t, "weighted_answered", c->all);
    }
  }
}

static void write_column_totals(const crossing *c, table *t) {
  for (uint32_t j = 0; j < c->columns; j++) {
    crossing_start_row(c, t);
    crossing_column_key(c, t, j);
    table_integer(t, "n", c->column_n[j]);
    crossing_weighted_n(c, t, c->column_bases[j]);
    table_number(t, "percent", percent_of(c->column_bases[j], c->all));
  }
}

void crossing_write_margins(const crossing *c) {
  const cross_tables *t = &c->tables;
  write_row_totals(c, c->turned ? t->column_totals : t->row_totals);
  write_column_totals(c, c->turned ? t->row_totals : t->column_totals);
}
