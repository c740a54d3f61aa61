/* crosstab's table of cells: totals among the rows and columns, n beside shares, residuals. */
#include <math.h>
#include <stdio.h>

#include "stats/analyses/crosstab_parts.h"
#include "stats/analyses/shares.h"

/* ---- Sums ---------------------------------------------------------------------------------------- */

static cross_mass mass_at(const crossing *c, uint32_t j, uint32_t cell) {
  const uint32_t place = crossing_place(c, j);
  cross_mass m = {.n = crossing_n(c, place, cell), .count = crossing_count(c, place, cell)};
  if (c->weighting == WEIGHTING_SAMPLING) {
    m.w2 = crossing_w2(c, place, cell);
  }
  return m;
}

/* CELL of the state in column J, or in all of them. */
static cross_mass mass_of(const crossing *c, uint32_t j, uint32_t cell) {
  cross_mass sum = {.n = 0};
  for (uint32_t k = j == CROSS_ALL ? 0 : j; k < (j == CROSS_ALL ? c->columns : j + 1); k++) {
    const cross_mass one = mass_at(c, k, cell);
    sum.n += one.n;
    sum.count += one.count;
    exact_add(&sum.w2, &one.w2);
  }
  return sum;
}

cross_mass crossing_mass(const crossing *c, uint32_t i, uint32_t j) {
  return mass_of(c, j, i == CROSS_ALL ? frequency_answered_at(c->state) : crossing_cell(c, i));
}

cross_mass crossing_asked(const crossing *c, uint32_t i, uint32_t j) {
  return mass_of(c, j, i == CROSS_ALL ? frequency_answered_at(c->state) : crossing_base_cell(c, i));
}

double crossing_effective(const crossing *c, const cross_mass *m) {
  return share_effective(c->weighting, m->n, m->count, &m->w2, c->state->weight_decimals);
}

/* ---- Residuals ------------------------------------------------------------------------------------- */

/* (O - E) / sqrt(E (1 - row share) (1 - column share)), Haberman's, in shares of the effective base. */
static double residual(const crossing *c, uint32_t i, uint32_t j) {
  const cross_mass cell = crossing_mass(c, i, j), row = crossing_mass(c, i, CROSS_ALL);
  const cross_mass column = crossing_asked(c, i, j), all = crossing_asked(c, i, CROSS_ALL);
  exact over = {0}, whole = {0};
  exact_add_product(&over, cell.count, all.count);
  exact_add_product(&over, -row.count, column.count);
  exact_add_product(&whole, all.count, all.count);
  if (exact_sign(&whole) <= 0) {
    return NAN;
  }
  const double p = percent_of(row.count, all.count) / 100,
               p_rest = percent_of(all.count - row.count, all.count) / 100;
  const double q = percent_of(column.count, all.count) / 100;
  const double q_rest = percent_of(all.count - column.count, all.count) / 100;
  return exact_ratio(&over, &whole) * sqrt(crossing_effective(c, &all) / (p * p_rest * q * q_rest));
}

/* ---- The table ------------------------------------------------------------------------------------- */

enum { COLUMNS_BYTES = 192 };

void cross_cells_open(crossing *c) {
  if (run_argument(c->run, "cells")->integer == 0) {
    return;
  }
  const bool is_weighted = c->weighting != WEIGHTING_NONE;
  const char *bases = is_weighted ? " asked weighted_asked answered weighted_answered" : " asked answered";
  char columns[COLUMNS_BYTES];
  (void)snprintf(columns, sizeof columns,
                 "item other_item group value other_value n%s column_percent ci_low ci_high row_percent "
                 "total_percent residual%s",
                 is_weighted ? " weighted_n" : "", c->any_own_bases ? bases : "");
  c->tables.cells = table_new(c->run, "cells", columns);
}

/* Of an option with a column of its own: those asked it; and those who answered the question. */
static void write_bases(const crossing *c, uint32_t i, uint32_t j) {
  table *t = c->tables.cells;
  const cross_mass asked = crossing_asked(c, i, j), answered = crossing_asked(c, CROSS_ALL, j);
  if (i != CROSS_ALL && c->state->own_bases) {
    table_integer(t, "asked", asked.n);
    crossing_weight(c, t, "weighted_asked", asked.count);
  }
  if (c->any_own_bases) {
    table_integer(t, "answered", answered.n);
    crossing_weight(c, t, "weighted_answered", answered.count);
  }
}

static void write_one(const crossing *c, uint32_t i, uint32_t j) {
  table *t = c->tables.cells;
  const cross_mass cell = crossing_mass(c, i, j), line = crossing_mass(c, i, CROSS_ALL);
  const cross_mass asked = crossing_asked(c, i, j), all = crossing_asked(c, i, CROSS_ALL);
  const cross_mass *column = c->turned ? &line : &asked, *row = c->turned ? &asked : &line;
  const double percent = percent_of(cell.count, column->count);
  crossing_start_row(c, t);
  if (i != CROSS_ALL) {
    crossing_row_key(c, t, i);
  }
  if (j != CROSS_ALL) {
    crossing_column_key(c, t, j);
  }
  table_integer(t, "n", cell.n);
  crossing_weighted_n(c, t, cell.count);
  table_number(t, "column_percent", percent);
  table_number(t, "row_percent", percent_of(cell.count, row->count));
  table_number(t, "total_percent", percent_of(cell.count, all.count));
  if ((c->turned ? j : i) != CROSS_ALL) { /* the total of a column is all of it */
    double low = NAN, high = NAN;
    share_wilson(percent, crossing_effective(c, column), run_request(c->run)->confidence, &low, &high);
    table_number(t, "ci_low", low);
    table_number(t, "ci_high", high);
  }
  if (i != CROSS_ALL && j != CROSS_ALL) {
    table_number(t, "residual", residual(c, i, j));
  }
  write_bases(c, i, j);
}

void cross_cells_write(const crossing *c) {
  if (c->tables.cells == NULL) {
    return;
  }
  const uint32_t outer = c->turned ? c->columns : c->rows, inner = c->turned ? c->rows : c->columns;
  for (uint32_t a = 0; a <= outer; a++) {
    for (uint32_t b = 0; b <= inner; b++) {
      const uint32_t line = a < outer ? a : CROSS_ALL, across = b < inner ? b : CROSS_ALL;
      write_one(c, c->turned ? across : line, c->turned ? line : across);
    }
  }
}

void cross_cells_note(const crossing *c) {
  static const char *const notes[] = {[WEIGHTING_NONE] = "note_cells",
                                      [WEIGHTING_SAMPLING] = "note_cells_sampling",
                                      [WEIGHTING_FREQUENCY] = "note_cells_frequency"};
  if (c->tables.cells != NULL) {
    run_note(c->run, notes[c->weighting], NULL);
  }
}
