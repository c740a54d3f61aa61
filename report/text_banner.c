/* Banner tables: a grid for each question; where the page is too narrow, panels of whole blocks, each with
 * the total. */
#include "report/grid.h"
#include "report/sentence.h"
#include "report/text_table.h"

enum { KEY_COLUMNS = 2 }; /* the lines, and the total */

static slice column_title(const document *d, const layout_banner_column *c) {
  buf text;
  buf_init(&text);
  buf_put(&text, c->title.bytes, c->title.length);
  if (c->letter.length > 0) {
    buf_printf(&text, " (%.*s)", SLICE_ARG(c->letter));
  }
  const slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

static grid_column *plan_columns(const document *d, const layout_banner *b) {
  grid_column *plan = ARENA_ARRAY(d->memory, grid_column, b->columns_count + 1);
  for (size_t j = 0; plan != NULL && j < b->columns_count; j++) {
    plan[j + 1] = (grid_column){.title = column_title(d, &b->columns[j]),
                                .over = b->columns[j].over,
                                .align = GRID_FIGURE,
                                .is_key = j + 1 < KEY_COLUMNS};
  }
  if (plan != NULL) {
    plan[0] = (grid_column){.align = GRID_TEXT, .is_key = true};
  }
  return plan;
}

static bool opens_heading(const layout_banner_question *q, size_t k) {
  const slice heading = q->lines[k].heading;
  return heading.length > 0 && (k == 0 || !slice_equal(heading, q->lines[k - 1].heading));
}

static void write_question(const document *d, const pen *p, size_t indent, const layout_banner *b,
                           const layout_banner_question *q) {
  size_t rows = q->lines_count;
  for (size_t k = 0; k < q->lines_count; k++) {
    rows += opens_heading(q, k) ? 1 : 0;
  }
  const grid_column *plan = plan_columns(d, b);
  grid *g = plan != NULL ? grid_new(d->memory, plan, b->columns_count + 1, rows) : NULL;
  size_t row = 0;
  for (size_t k = 0; k < q->lines_count; k++) {
    const layout_banner_line *line = &q->lines[k];
    if (opens_heading(q, k)) {
      grid_set(g, row++, 0, line->heading);
    }
    grid_set(g, row, 0, line->label);
    for (size_t j = 0; j < b->columns_count; j++) {
      grid_set(g, row, j + 1, layout_banner_cell(d, line, j));
    }
    row++;
  }
  grid_write(g, p, indent, true, document_word(d, WORD_PANEL));
}

void text_banner_write(const document *d, const pen *p, size_t indent, const layout_banner *b) {
  for (size_t i = 0; i < b->questions_count; i++) {
    const layout_banner_question *q = &b->questions[i];
    if (i > 0) {
      pen_line_end(p);
    }
    pen_paragraph(p, PEN_BOLD, indent, "", q->title);
    if (q->base.length > 0) {
      const sentence_place place = {"where", q->base};
      pen_paragraph(p, PEN_DIM, indent, "", sentence_fill(d, word_text(WORD_WHERE, d->language), &place, 1));
    }
    write_question(d, p, indent, b, q);
  }
}
