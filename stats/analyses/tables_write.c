/* Writing a line: its figure in every column, with letters, and marks of small bases. */
#include <math.h>

#include "stats/analyses/tables_parts.h"
#include "stats/methods/column_test.h"

/* A column of the block that begins at FIRST is compared only where its figure is shown. */
static double compare(const line *l, const line_cell *a, const line_cell *b) {
  if (l->test == LINE_SHARES) {
    return column_test_shares(a->figure / 100, a->base, b->figure / 100, b->base);
  }
  const column_mean left = {a->figure, a->variance, a->base}, right = {b->figure, b->variance, b->base};
  return column_test_means(&left, &right);
}

static bool is_hidden(const tabling *t, const line *l, const line_cell *cell) {
  return !l->is_base && cell->asked < (int64_t)run_request(t->run)->small_base;
}

static void warn_left_out(tabling *t, uint32_t columns) {
  if (!t->any_left_out) {
    json *detail = run_detail(t->run);
    json_set_integer(detail, "n", columns);
    json_set_integer(detail, "threshold", LETTERS_COLUMNS_MAX);
    run_warn(t->run, "banner_letters_left_out", detail);
  }
  t->any_left_out = true;
}

/* LETTERS of the columns FIRST .. END - 1, which are one block. */
static status letter_block(tabling *t, const line *l, const line_cell *cells, uint32_t first, uint32_t end,
                           json **letters, error *err) {
  if (end - first > LETTERS_COLUMNS_MAX) {
    warn_left_out(t, end - first);
    return STATUS_OK;
  }
  double figure[LETTERS_COLUMNS_MAX], p[LETTERS_COLUMNS_MAX * (LETTERS_COLUMNS_MAX - 1) / 2];
  const letters_row row = {.count = end - first, .first = first - 1, .figure = figure, .p = p};
  size_t pairs = 0;
  for (uint32_t a = first; a < end; a++) {
    figure[a - first] = cells[a].figure;
    for (uint32_t b = a + 1; b < end; b++) {
      const bool is_shown = !is_hidden(t, l, &cells[a]) && !is_hidden(t, l, &cells[b]);
      p[pairs++] = is_shown ? compare(l, &cells[a], &cells[b]) : NAN;
    }
  }
  TRY(letters_adjust(&row, t->letters, err));
  for (uint32_t a = first; a < end; a++) {
    letters[a] = letters_of(&row, a - first, t->options.confidence,
                            run_argument(t->run, "lower_confidence")->number, t->memory);
  }
  return STATUS_OK;
}

static status find_letters(tabling *t, const line *l, const line_cell *cells, json **letters, error *err) {
  const banner *b = &t->banner;
  for (uint32_t first = 1, end = 1; first < b->count; first = end) {
    for (end = first; end < b->count && b->at[end].block == b->at[first].block;) {
      end++;
    }
    if (!b->at[first].overlaps) {
      TRY(letter_block(t, l, cells, first, end, letters, err));
    }
  }
  return STATUS_OK;
}

static void write_mark(const tabling *t, const line_cell *cell) {
  const int64_t small = run_request(t->run)->small_base, mark = run_argument(t->run, "mark_base")->integer;
  if (cell->asked < small || cell->asked < mark) {
    const char *name = cell->asked < small ? "suppressed" : "small";
    table_json(t->lines, "mark", json_text(t->memory, slice_of(name)));
  }
}

status tables_write_line(tabling *t, const line *l, const line_cell *cells, error *err) {
  json **letters = ARENA_ARRAY(t->memory, json *, t->banner.count);
  if (letters == NULL) {
    return error_no_memory(err, "a line of a banner table");
  }
  if (l->test != LINE_NOT_TESTED && t->letters != LETTERS_NONE) {
    TRY(find_letters(t, l, cells, letters, err));
  }
  for (uint32_t j = 0; j < t->banner.count; j++) {
    const line_cell *cell = &cells[j];
    table_row(t->lines);
    table_integer(t->lines, "question", t->question);
    table_item(t->lines, "item", l->item);
    table_json(t->lines, "line", json_text(t->memory, slice_of(l->kind)));
    if (l->value != NULL) {
      table_json(t->lines, "value", l->value);
    }
    table_json(t->lines, "group", t->banner.at[j].group);
    table_integer(t->lines, "n", cell->n);
    if (t->weighting != WEIGHTING_NONE) {
      table_i128(t->lines, "weighted_n", cell->w, t->decimals);
    }
    if (!is_hidden(t, l, cell)) {
      table_number(t->lines, "figure", cell->figure);
    }
    if (letters[j] != NULL && json_as_text(letters[j]).length > 0) {
      table_json(t->lines, "letters", letters[j]);
    }
    write_mark(t, cell);
  }
  return STATUS_OK;
}
