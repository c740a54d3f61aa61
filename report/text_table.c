/* Tables as lists: the columns that say something, in their order. */
#include "report/text_table.h"

#include "report/grid.h"
#include "report/strip.h"

static void describe_columns(const document *d, const json *table, figure_column *columns, size_t count) {
  for (size_t c = 0; c < count; c++) {
    const char *key = json_as_cstring(json_at(json_get(table, "columns"), c));
    columns[c] = figure_column_of(d, key, json_get(table, "rows"));
  }
}

/* The grid's columns being chosen: those that say something, what names a row before its figures. */
typedef struct column_plan {
  grid_column *columns;
  size_t *sources; /* which of the table's columns */
  size_t count;
  size_t bars; /* where the bars stand, or SIZE_MAX */
} column_plan;

static void plan_column(column_plan *plan, const figure_column *column, size_t source, bool with_bars) {
  bool is_key = column->is_key;
  plan->sources[plan->count] = source;
  plan->columns[plan->count++] =
      (grid_column){.title = column->title, .align = is_key ? GRID_TEXT : GRID_FIGURE, .is_key = is_key};
  if (with_bars && plan->bars == SIZE_MAX && slice_equal(slice_of(column->key), slice_of("percent"))) {
    plan->bars = plan->count;
    plan->sources[plan->count] = source;
    plan->columns[plan->count++] = (grid_column){.align = GRID_TEXT};
  }
}

static void plan_columns(column_plan *plan, const figure_column *columns, size_t count, bool with_bars) {
  for (int keys = 1; keys >= 0; keys--) {
    for (size_t c = 0; c < count; c++) {
      if (!columns[c].is_empty && columns[c].is_key == (keys == 1)) {
        plan_column(plan, &columns[c], c, with_bars);
      }
    }
  }
}

void text_list_write(const document *d, const pen *p, size_t indent, const json *table) {
  const json *rows = json_get(table, "rows");
  size_t count = json_count(json_get(table, "columns"));
  figure_column *columns = ARENA_ARRAY(d->memory, figure_column, count);
  column_plan plan = {ARENA_ARRAY(d->memory, grid_column, count + 1),
                      ARENA_ARRAY(d->memory, size_t, count + 1), 0, SIZE_MAX};
  if (columns == NULL || plan.columns == NULL || plan.sources == NULL) {
    return;
  }
  describe_columns(d, table, columns, count);
  plan_columns(&plan, columns, count, slice_equal(json_as_text(json_get(table, "view")), slice_of("bars")));
  grid *g = grid_new(d->memory, plan.columns, plan.count, json_count(rows));
  for (size_t r = 0; r < json_count(rows); r++) {
    const json *row = json_at(rows, r);
    for (size_t c = 0; c < plan.count; c++) {
      const figure_column *column = &columns[plan.sources[c]];
      const json *cell = json_get(row, column->key);
      bool is_drawn = c == plan.bars && json_kind_of(cell) != JSON_NULL;
      slice drawn = is_drawn ? strip_bar(d->memory, json_as_number(cell)) : slice_of("");
      grid_set(g, r, c, c == plan.bars ? drawn : figure_cell(d, column, row));
    }
  }
  grid_write(g, p, indent, true, document_word(d, WORD_PANEL));
}

void text_table_write(const document *d, const pen *p, size_t indent, const json *section,
                      const json *table) {
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
  if (!is_matrix || !text_matrix_write(d, p, indent, section, table)) {
    text_list_write(d, p, indent, table);
  }
}
