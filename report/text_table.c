/* Tables as lists: the columns that say something, in their order. */
#include "report/text_table.h"

#include "report/grid.h"
#include "report/strip.h"

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

static void write_list(const document *d, const pen *p, size_t indent, const layout_table *table) {
  const size_t count = table->columns_count;
  column_plan plan = {ARENA_ARRAY(d->memory, grid_column, count + 1),
                      ARENA_ARRAY(d->memory, size_t, count + 1), 0, SIZE_MAX};
  if (plan.columns == NULL || plan.sources == NULL) {
    return;
  }
  const figure_column *columns = layout_columns(d, table);
  plan_columns(&plan, columns, count, table->view == VIEW_BARS);
  grid *g = grid_new(d->memory, plan.columns, plan.count, table->rows_count);
  for (size_t r = 0; r < table->rows_count; r++) {
    const json *row = json_at(table->rows, r);
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

void text_table_write(const document *d, const pen *p, size_t indent, const layout_table *table) {
  pen_blanks(p, indent);
  pen_text(p, PEN_BOLD, table->title);
  pen_line_end(p);
  if (table->rows_count == 0) {
    pen_blanks(p, indent);
    pen_text(p, PEN_DIM, document_word(d, WORD_NO_ROWS));
    pen_line_end(p);
    return;
  }
  const layout_banner *banner = table->view == VIEW_BANNER ? layout_banner_of(d, table) : NULL;
  if (banner != NULL) {
    text_banner_write(d, p, indent, banner);
    return;
  }
  size_t matrices_count = 0;
  const layout_matrix *matrices =
      table->view == VIEW_MATRIX ? layout_matrices(d, table, &matrices_count) : NULL;
  if (matrices_count > 0) {
    text_matrices_write(d, p, indent, matrices, matrices_count);
  } else {
    write_list(d, p, indent, table);
  }
}
