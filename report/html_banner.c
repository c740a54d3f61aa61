/* Banner tables as agencies lay them out: above the columns their letters and what they are groups of, a body
 * a question, letters beside the figures in columns of their own, so that figures stay figures when they are
 * copied. */
#include "report/html_page.h"

#include "report/svg_frame.h"

static bool has_letters(const layout_banner_column *c) {
  return c->letter.length > 0;
}

/* Columns of the table, of the banner's columns FIRST to LAST. */
static size_t span(const layout_banner *b, size_t first, size_t last) {
  size_t count = 0;
  for (size_t j = first; j < last; j++) {
    count += has_letters(&b->columns[j]) ? 2 : 1;
  }
  return count;
}

/* ---- Heads --------------------------------------------------------------------------------------- */

static size_t block_end(const layout_banner *b, size_t first) {
  size_t last = first + 1;
  while (last < b->columns_count && slice_equal(b->columns[last].over, b->columns[first].over)) {
    last++;
  }
  return last;
}

static void put_blocks(const html_page *p, const layout_banner *b) {
  buf_printf(p->out, "<tr><td class=\"t\"></td>");
  for (size_t j = 0; j < b->columns_count;) {
    const size_t last = block_end(b, j);
    const bool is_named = b->columns[j].over.length > 0;
    buf_printf(p->out,
               is_named ? "<th scope=\"colgroup\" class=\"over\" colspan=\"%zu\">" : "<td colspan=\"%zu\">",
               span(b, j, last));
    html_label(p->out, b->columns[j].over);
    buf_printf(p->out, is_named ? "</th>" : "</td>");
    j = last;
  }
  buf_printf(p->out, "</tr>\n");
}

static void put_titles(const html_page *p, const layout_banner *b) {
  buf_printf(p->out, "<tr><td class=\"t\"></td>");
  for (size_t j = 0; j < b->columns_count; j++) {
    const layout_banner_column *c = &b->columns[j];
    buf_printf(p->out, "<th scope=\"col\" class=\"n\"%s>", has_letters(c) ? " colspan=\"2\"" : "");
    html_label(p->out, c->title);
    if (has_letters(c)) {
      buf_printf(p->out, "<br/><b>");
      html_text(p->out, c->letter);
      buf_printf(p->out, "</b>");
    }
    buf_printf(p->out, "</th>");
  }
  buf_printf(p->out, "</tr>");
}

/* ---- Lines --------------------------------------------------------------------------------------- */

static void put_cell(const html_page *p, const layout_banner *b, const layout_banner_line *line, size_t j) {
  const json *row = line->cells[j];
  buf_printf(p->out, "<td");
  if (row == NULL) {
    buf_printf(p->out, ">");
  } else {
    const slice shown = figure_cell(p->d, &line->figure, row);
    html_digits(p, json_get(row, line->figure.key), shown);
    buf_printf(p->out, ">");
    html_text(p->out, svg_figure(p->d, shown));
  }
  buf_printf(p->out, "</td>");
  if (has_letters(&b->columns[j])) {
    buf_printf(p->out, "<td class=\"l\">");
    html_text(p->out, row == NULL ? slice_of("") : layout_banner_marks(p->d, line, j));
    buf_printf(p->out, "</td>");
  }
}

static void put_heading(const html_page *p, const layout_banner *b, const char *class_name, slice text) {
  buf_printf(p->out, "<tr class=\"%s\"><th scope=\"rowgroup\" colspan=\"%zu\"><span>", class_name,
             1 + span(b, 0, b->columns_count));
  html_label(p->out, text);
  buf_printf(p->out, "</span></th></tr>\n");
}

/* "Satisfied, asked: age ≥ 18" */
static slice question_title(const html_page *p, const layout_banner_question *q) {
  const sentence_place where = {"where", q->base};
  const sentence_place places[] = {
      {"title", q->title}, {"base", sentence_fill(p->d, word_text(WORD_WHERE, p->d->language), &where, 1)}};
  return q->base.length == 0 ? q->title : sentence_fill(p->d, "{title} · {base}", places, 2);
}

static void put_question(const html_page *p, const layout_banner *b, const layout_banner_question *q) {
  buf_printf(p->out, "<tbody>\n");
  put_heading(p, b, "q", question_title(p, q));
  for (size_t k = 0; k < q->lines_count; k++) {
    const layout_banner_line *line = &q->lines[k];
    if (line->heading.length > 0 && (k == 0 || !slice_equal(line->heading, q->lines[k - 1].heading))) {
      put_heading(p, b, "hd", line->heading);
    }
    buf_printf(p->out, "<tr><th scope=\"row\">");
    html_label(p->out, line->label);
    buf_printf(p->out, "</th>");
    for (size_t j = 0; j < b->columns_count; j++) {
      put_cell(p, b, line, j);
    }
    buf_printf(p->out, "</tr>\n");
  }
  buf_printf(p->out, "</tbody>\n");
}

bool html_banner(const html_page *p, const layout_table *table, slice name) {
  const layout_banner *b = layout_banner_of(p->d, table);
  if (b == NULL) {
    return false;
  }
  html_table_begin(p, name, "banner");
  put_blocks(p, b);
  put_titles(p, b);
  buf_printf(p->out, "</thead>\n");
  for (size_t q = 0; q < b->questions_count; q++) {
    put_question(p, b, &b->questions[q]);
  }
  html_table_end(p);
  return true;
}
