/* Banner tables as agencies lay them out: above the columns their letters and what they are groups of, a body
 * a question, letters beside the figures in columns of their own, so that figures stay figures when they are
 * copied.  A wide banner is several tables of whole blocks, each with the total. */
#include "report/html_page.h"

#include "report/svg_frame.h"

enum { PANEL_MAX = 14 }; /* columns besides the total that fit on a page */

/* The total and the columns from FIRST to LAST: a wide banner is several tables. */
typedef struct panel {
  const layout_banner *b;
  size_t first, last;
} panel;

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

static size_t whole_span(const panel *n) {
  return 1 + span(n->b, 0, 1) + span(n->b, n->first, n->last);
}

/* The end of the block that begins at FIRST, before LAST. */
static size_t block_end(const layout_banner *b, size_t first, size_t last) {
  size_t end = first + 1;
  while (end < last && slice_equal(b->columns[end].over, b->columns[first].over)) {
    end++;
  }
  return end;
}

/* Whole blocks, as many as fit; a part of one that does not fit alone. */
static size_t panel_end(const layout_banner *b, size_t first) {
  size_t last = first;
  while (last < b->columns_count) {
    const size_t end = block_end(b, last, b->columns_count);
    if (end - first > PANEL_MAX) {
      break;
    }
    last = end;
  }
  const size_t most = first + PANEL_MAX < b->columns_count ? first + PANEL_MAX : b->columns_count;
  return last > first ? last : most;
}

/* ---- Heads --------------------------------------------------------------------------------------- */

static void put_block(const html_page *p, const layout_banner *b, size_t first, size_t last) {
  const slice over = b->columns[first].over;
  if (over.length == 0) {
    buf_printf(p->out, "<td colspan=\"%zu\"></td>", span(b, first, last));
    return;
  }
  buf_printf(p->out, "<th scope=\"colgroup\" class=\"over\" colspan=\"%zu\">", span(b, first, last));
  html_label(p->out, over);
  buf_printf(p->out, "</th>");
}

static void put_blocks(const html_page *p, const panel *n) {
  buf_printf(p->out, "<tr><td class=\"t\"></td>");
  put_block(p, n->b, 0, 1);
  for (size_t j = n->first; j < n->last;) {
    const size_t end = block_end(n->b, j, n->last);
    put_block(p, n->b, j, end);
    j = end;
  }
  buf_printf(p->out, "</tr>\n");
}

static void put_title(const html_page *p, const layout_banner_column *c) {
  buf_printf(p->out, "<th scope=\"col\" class=\"n\"%s>", has_letters(c) ? " colspan=\"2\"" : "");
  html_label(p->out, c->title);
  if (has_letters(c)) {
    buf_printf(p->out, "<br/><b>");
    html_text(p->out, c->letter);
    buf_printf(p->out, "</b>");
  }
  buf_printf(p->out, "</th>");
}

static void put_titles(const html_page *p, const panel *n) {
  buf_printf(p->out, "<tr><td class=\"t\"></td>");
  put_title(p, &n->b->columns[0]);
  for (size_t j = n->first; j < n->last; j++) {
    put_title(p, &n->b->columns[j]);
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

static void put_heading(const html_page *p, const panel *n, const char *class_name, slice text) {
  buf_printf(p->out, "<tr class=\"%s\"><th scope=\"rowgroup\" colspan=\"%zu\"><span>", class_name,
             whole_span(n));
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

static void put_question(const html_page *p, const panel *n, const layout_banner_question *q) {
  buf_printf(p->out, "<tbody>\n");
  put_heading(p, n, "q", question_title(p, q));
  for (size_t k = 0; k < q->lines_count; k++) {
    const layout_banner_line *line = &q->lines[k];
    if (line->heading.length > 0 && (k == 0 || !slice_equal(line->heading, q->lines[k - 1].heading))) {
      put_heading(p, n, "hd", line->heading);
    }
    buf_printf(p->out, "<tr><th scope=\"row\">");
    html_label(p->out, line->label);
    buf_printf(p->out, "</th>");
    put_cell(p, n->b, line, 0);
    for (size_t j = n->first; j < n->last; j++) {
      put_cell(p, n->b, line, j);
    }
    buf_printf(p->out, "</tr>\n");
  }
  buf_printf(p->out, "</tbody>\n");
}

/* "Table 3, columns D to M": no two tables have the same name. */
static slice panel_name(const html_page *p, const panel *n, slice name) {
  const sentence_place places[] = {
      {"name", name}, {"first", n->b->columns[n->first].letter}, {"last", n->b->columns[n->last - 1].letter}};
  return n->last - n->first + 1 == n->b->columns_count
             ? name
             : sentence_fill(p->d, "{name} · {first}–{last}", places, 3);
}

static void put_panel(const html_page *p, const panel *n, slice name) {
  html_table_begin(p, n->last > n->first ? panel_name(p, n, name) : name, "banner");
  put_blocks(p, n);
  put_titles(p, n);
  buf_printf(p->out, "</thead>\n");
  for (size_t q = 0; q < n->b->questions_count; q++) {
    put_question(p, n, &n->b->questions[q]);
  }
  html_table_end(p);
}

bool html_banner(const html_page *p, const layout_table *table, slice name) {
  const layout_banner *b = layout_banner_of(p->d, table);
  if (b == NULL) {
    return false;
  }
  panel n = {.b = b, .first = 1};
  do {
    n.last = panel_end(b, n.first);
    put_panel(p, &n, name);
    n.first = n.last;
  } while (n.first < b->columns_count);
  return true;
}
