/* What the figures say, on a page for the terminal: the same sentences and lists as the summary of the HTML
 * page. */
#include "report/findings.h"
#include "report/grid.h"
#include "report/render.h"

enum { INDENT = 3 };

static void put_title(const pen *p, slice title) {
  pen_line_end(p);
  pen_text(p, PEN_BOLD, title);
  pen_line_end(p);
}

/* Names, figures and remarks in columns. */
static void put_rows(const document *d, const pen *p, const finding_list *list) {
  static const grid_column columns[] = {
      {.align = GRID_TEXT, .is_key = true}, {.align = GRID_FIGURE}, {.align = GRID_TEXT}};
  grid *g = grid_new(d->memory, columns, 3, list->count);
  for (size_t i = 0; g != NULL && i < list->count; i++) {
    grid_set(g, i, 0, list->rows[i].name);
    grid_set(g, i, 1, list->rows[i].remark.length > 0 ? slice_of("") : list->rows[i].value);
    grid_set(g, i, 2, list->rows[i].remark);
  }
  grid_write(g, p, INDENT, false, document_word(d, WORD_PANEL));
}

static void put_list(const document *d, const pen *p, word title, const finding_list *list) {
  if (list->count == 0 && list->plain.length == 0) {
    return;
  }
  put_title(p, document_word(d, title));
  if (list->plain.length > 0) {
    pen_paragraph(p, PEN_PLAIN, INDENT, "", list->plain);
  }
  if (list->count > 0) {
    put_rows(d, p, list);
  }
}

/* Whole sentences. */
static void put_sentences(const document *d, const pen *p, word title, const finding_list *list) {
  if (list->count == 0) {
    put_list(d, p, title, list);
    return;
  }
  put_title(p, document_word(d, title));
  for (size_t i = 0; i < list->count; i++) {
    pen_paragraph(p, PEN_PLAIN, INDENT, "", list->rows[i].name);
  }
}

static void put_level(const document *d, const pen *p, const findings *f) {
  const sentence_place places[] = {{"title", f->level_title},
                                   {"colon", document_word(d, WORD_COLON)},
                                   {"value", f->level.value},
                                   {"interval", f->level.interval}};
  pen_paragraph(p, PEN_PLAIN, 0, "", sentence_fill(d, "{title}{colon}{value} {interval}", places, 4));
}

void text_evaluation_write(const outline *o, const pen *p) {
  const document *d = o->l->document;
  const findings *f = findings_make(o);
  if (f == NULL) {
    return; /* memory is used up: layout_write says so */
  }
  pen_paragraph(p, PEN_BOLD, 0, "", o->l->title);
  pen_repeat(p, PEN_DIM, "─", p->columns);
  pen_line_end(p);
  if (f->head.length > 0) {
    pen_paragraph(p, PEN_PLAIN, 0, "", f->head);
  }
  if (f->has_level) {
    put_level(d, p, f);
  }
  put_list(d, p, WORD_PAGE_PARTS, &f->parts);
  put_list(d, p, WORD_PAGE_BEST, &f->best);
  put_list(d, p, WORD_PAGE_WEAKEST, &f->weakest);
  put_list(d, p, WORD_PAGE_DRIVERS, &f->drivers);
  put_list(d, p, WORD_PAGE_PRIORITIES, &f->priorities);
  put_sentences(d, p, WORD_PAGE_BEHIND, &f->behind);
  if (f->warnings.count > 0) {
    put_title(p, document_word(d, WORD_PAGE_CARE));
    for (size_t i = 0; i < f->warnings.count; i++) {
      pen_paragraph(p, PEN_PLAIN, INDENT, "! ", f->warnings.at[i]);
    }
  }
}
