/* The last part of the report: files with their digests, variables with their missing answers, and the
 * places of what could not be used. */
#include "report/grid.h"
#include "report/render.h"

enum { INDENT = 3, DIGEST_COLUMNS = 200 };

static void write_counts(const document *d, const pen *p, const layout_counts *counts) {
  const size_t figures = counts->titles.count;
  grid_column *columns = ARENA_ARRAY(d->memory, grid_column, figures + 1);
  if (columns == NULL || counts->cells == NULL) {
    return;
  }
  columns[0] = (grid_column){.title = counts->corner, .align = GRID_TEXT, .is_key = true};
  for (size_t c = 0; c < figures; c++) {
    columns[c + 1] = (grid_column){.title = counts->titles.at[c], .align = GRID_FIGURE};
  }
  grid *g = grid_new(d->memory, columns, figures + 1, counts->names.count);
  for (size_t i = 0; i < counts->names.count; i++) {
    grid_set(g, i, 0, counts->names.at[i]);
    for (size_t c = 0; c < figures; c++) {
      grid_set(g, i, c + 1, figure_count(d, counts->cells[i * figures + c]));
    }
  }
  grid_write(g, p, INDENT, true, document_word(d, WORD_PANEL));
}

static void write_digests(const layout *l, const pen *p) {
  static const grid_column columns[] = {{.align = GRID_TEXT}, {.align = GRID_TEXT}};
  grid *g = grid_new(l->document->memory, columns, 2, l->data.digests_count);
  for (size_t i = 0; i < l->data.digests_count; i++) {
    grid_set(g, i, 0, l->data.digests[i].sha256);
    grid_set(g, i, 1, l->data.digests[i].name);
  }
  pen_blanks(p, INDENT);
  pen_text(p, PEN_BOLD, document_word(l->document, WORD_SHA256));
  pen_line_end(p);
  pen wide = *p; /* a digest is never folded */
  wide.columns = p->columns < DIGEST_COLUMNS ? DIGEST_COLUMNS : p->columns;
  grid_write(g, &wide, INDENT, false, slice_of(""));
}

void text_troubles_write(const layout *l, const pen *p) {
  for (size_t i = 0; i < l->data.troubles.count; i++) {
    pen_paragraph(p, PEN_PLAIN, INDENT, "! ", l->data.troubles.at[i]);
  }
}

void text_data_write(const layout *l, const pen *p) {
  const document *d = l->document;
  pen_text(p, PEN_BOLD, document_word(d, WORD_DATA));
  pen_line_end(p);
  pen_repeat(p, PEN_DIM, "─", p->columns);
  pen_line_end(p);
  write_counts(d, p, &l->data.files);
  pen_line_end(p);
  if (l->data.variables.names.count > 0) {
    write_counts(d, p, &l->data.variables);
    pen_line_end(p);
  }
  text_troubles_write(l, p);
  if (l->data.troubles.count > 0) {
    pen_line_end(p);
  }
  write_digests(l, p);
}
