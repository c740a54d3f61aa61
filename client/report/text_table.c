/* Tables as lists: the columns that say something, in their order. */
#include "client/report/text_table.h"

#include "client/report/grid.h"
#include "client/report/strip.h"

static void describe_columns(const document *d, const json *table, figure_column *columns, size_t count) {
  for (size_t c = 0; c < count; c++) {
    const char *key = json_as_cstring(json_at(json_get(table, "columns"), c));
    columns[c] = figure_column_of(d, key, json_get(table, "rows"));
  }
}

/* The grid's columns; *BARS is where the bars stand, or SIZE_MAX. */
static size_t plan_columns(const figure_column *columns, size_t count, bool with_bars, grid_column *out,
                           size_t *shown, size_t *bars) {
  size_t used = 0;
  *bars = SIZE_MAX;
  for (size_t c = 0; c < count; c++) {
    if (columns[c].is_empty) {
      continue;
    }
    bool is_key = columns[c].is_key;
    shown[used] = c;
    out[used++] = (grid_column){columns[c].title, is_key ? GRID_TEXT : GRID_FIGURE, is_key, false, 0};
    if (with_bars && *bars == SIZE_MAX && slice_equal(slice_of(columns[c].key), slice_of("percent"))) {
      *bars = used;
      shown[used] = c;
      out[used++] = (grid_column){slice_of(""), GRID_TEXT, false, false, 0};
    }
  }
  return used;
}

void text_list_write(const document *d, const pen *p, size_t indent, const json *table) {
  const json *rows = json_get(table, "rows");
  size_t count = json_count(json_get(table, "columns"));
  figure_column *columns = ARENA_ARRAY(d->memory, figure_column, count);
  grid_column *plan = ARENA_ARRAY(d->memory, grid_column, count + 1);
  size_t *shown = ARENA_ARRAY(d->memory, size_t, count + 1);
  if (columns == NULL || plan == NULL || shown == NULL) {
    return;
  }
  describe_columns(d, table, columns, count);
  size_t bars = SIZE_MAX;
  bool with_bars = slice_equal(json_as_text(json_get(table, "view")), slice_of("bars"));
  size_t used = plan_columns(columns, count, with_bars, plan, shown, &bars);
  grid *g = grid_new(d->memory, plan, used, json_count(rows));
  for (size_t r = 0; r < json_count(rows); r++) {
    const json *row = json_at(rows, r);
    for (size_t c = 0; c < used; c++) {
      const figure_column *column = &columns[shown[c]];
      const json *cell = json_get(row, column->key);
      bool is_drawn = c == bars && json_kind_of(cell) != JSON_NULL;
      slice drawn = is_drawn ? strip_bar(d->memory, json_as_number(cell)) : slice_of("");
      grid_set(g, r, c, c == bars ? drawn : figure_cell(d, column, row));
    }
  }
  grid_write(g, p, indent, true, document_word(d, WORD_PANEL));
}

void text_table_write(const document *d, const pen *p, size_t indent, const json *table) {
  pen_blanks(p, indent);
  pen_text(p, PEN_BOLD, figure_title(d, json_as_cstring(json_get(table, "name"))));
  pen_line_end(p);
  if (json_count(json_get(table, "rows")) == 0) {
    pen_blanks(p, indent);
    pen_text(p, PEN_DIM, document_word(d, WORD_NO_ROWS));
    pen_line_end(p);
    return;
  }
  bool is_matrix = slice_equal(json_as_text(json_get(table, "view")), slice_of("matrix"));
  if (!is_matrix || !text_matrix_write(d, p, indent, table)) {
    text_list_write(d, p, indent, table);
  }
}
