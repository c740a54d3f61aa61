/* Matrices: long names of columns become numbers, [1] [2] ..., with their legend in the lines or below the
 * name. */
#include "report/grid.h"
#include "report/layout_build.h"
#include "report/text_table.h"

enum { NAME_LINES_MAX = 3, FIGURE_COLUMNS = 6, GAP = 2 };

static slice numbered(const document *d, size_t i, slice label) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "[%zu]%s", i + 1, label.length > 0 ? " " : "");
  buf_put(&text, label.bytes, label.length);
  slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

/* Do the names of the columns fit, folded to a few lines, beside two fifths of the page for the lines? */
static bool names_are_long(const layout_matrix *m, size_t page) {
  size_t width = page * 2 / 5;
  for (size_t j = 0; j < m->columns_count; j++) {
    slice label = m->columns[j];
    size_t own = grid_title_width(label);
    width += (own < FIGURE_COLUMNS ? FIGURE_COLUMNS : own) + GAP;
    if (pen_fold_count(label, own) > NAME_LINES_MAX) {
      return true;
    }
  }
  return width > page;
}

static void write_legend(const document *d, const layout_matrix *m, const pen *p, size_t indent) {
  layout_texts legend = {.count = 0};
  for (size_t j = 0; j < m->columns_count; j++) {
    layout_texts_add(d, &legend, numbered(d, j, m->columns[j]));
  }
  pen_paragraph(p, PEN_PLAIN, indent, "", layout_texts_joined(d, &legend, slice_of("  ")));
}

static grid *build_grid(const document *d, const layout_matrix *m, bool by_number) {
  size_t n = m->columns_count;
  grid_column *plan = ARENA_ARRAY(d->memory, grid_column, n + 1);
  if (plan == NULL) {
    return NULL;
  }
  plan[0] = (grid_column){.title = m->corner, .align = GRID_TEXT, .is_key = true};
  for (size_t j = 0; j < n; j++) {
    slice title = by_number ? numbered(d, j, slice_of("")) : m->columns[j];
    plan[j + 1] = (grid_column){.title = title, .align = GRID_FIGURE};
  }
  grid *g = grid_new(d->memory, plan, n + 1, m->lines_count);
  for (size_t i = 0; i < m->lines_count; i++) {
    slice label = m->lines[i];
    grid_set(g, i, 0, by_number && m->is_square ? numbered(d, i, label) : label);
    for (size_t j = 0; j < n; j++) {
      const json *row = layout_matrix_row(m, i, j);
      slice empty = slice_of(m->is_square && i == j ? "·" : "");
      grid_set(g, i, j + 1, row == NULL ? empty : figure_cell(d, m->cell, row));
    }
  }
  return g;
}

static void write_name(const document *d, const layout_matrix *m, const pen *p, size_t indent) {
  for (size_t k = 0; k < m->others_count; k++) {
    const figure_column *other = &m->others[k];
    bool is_group = other->format == TERM_GROUP;
    pen_blanks(p, k == 0 ? indent : 2);
    if (!is_group || other->group_of.length > 0) {
      pen_text(p, PEN_DIM, other->title);
      pen_text(p, PEN_DIM, document_word(d, WORD_COLON));
    }
    pen_text(p, PEN_PLAIN, figure_cell(d, other, m->first));
  }
  if (m->others_count > 0) {
    pen_line_end(p);
  }
}

void text_matrices_write(const document *d, const pen *p, size_t indent, const layout_matrix *matrices,
                         size_t count) {
  for (size_t i = 0; i < count; i++) {
    const layout_matrix *m = &matrices[i];
    bool by_number = names_are_long(m, p->columns - indent);
    if (i > 0) {
      pen_line_end(p);
    }
    write_name(d, m, p, indent);
    if (by_number && !m->is_square) {
      write_legend(d, m, p, indent);
    }
    grid_write(build_grid(d, m, by_number), p, indent, true, document_word(d, WORD_PANEL));
  }
}
