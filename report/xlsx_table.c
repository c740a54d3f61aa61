/* Tables in a workbook. */
#include "report/xlsx_table.h"

#include <stdio.h>
#include <string.h>

#include "report/layout_build.h"
#include "report/sentence.h"

enum { COLUMNS_MAX = 512, ROWS_LEAST = 16 };
enum { TINT = 0x8db6dc, TINT_LOW = 0xe8a583, WHITE = 0xffffff };

/* ---- Colours ------------------------------------------------------------------------------------- */

typedef struct cells {
  lxw_row_t first_row, last_row;
  lxw_col_t first_column, last_column;
} cells;

static void set_condition(xlsx_book *b, xlsx_sheet *s, const cells *c,
                          const lxw_conditional_format *condition) {
  lxw_conditional_format own = *condition;
  xlsx_book_note(b, worksheet_conditional_format_range(s->at, c->first_row, c->first_column, c->last_row,
                                                       c->last_column, &own));
}

/* Bars from 0 to 100 behind per cents. */
static void draw_bars(xlsx_book *b, xlsx_sheet *s, const cells *c) {
  const lxw_conditional_format bars = {.type = LXW_CONDITIONAL_DATA_BAR,
                                       .data_bar_2010 = LXW_TRUE,
                                       .bar_solid = LXW_TRUE,
                                       .bar_color = TINT,
                                       .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                       .min_value = 0,
                                       .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
                                       .max_value = 100};
  set_condition(b, s, c, &bars);
}

/* Shades of coefficients from -1 over 0 to 1, and of per cents from 0 to 100. */
static void draw_heat(xlsx_book *b, xlsx_sheet *s, const cells *c, term_format format) {
  const bool is_signed = format == TERM_COEFFICIENT;
  const lxw_conditional_format heat = {
      .type = is_signed ? LXW_CONDITIONAL_3_COLOR_SCALE : LXW_CONDITIONAL_2_COLOR_SCALE,
      .min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
      .mid_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
      .max_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER,
      .min_value = is_signed ? -1 : 0,
      .mid_value = 0,
      .max_value = is_signed ? 1 : 100,
      .min_color = is_signed ? TINT_LOW : WHITE,
      .mid_color = WHITE,
      .max_color = TINT};
  if (is_signed || format == TERM_PERCENT) {
    set_condition(b, s, c, &heat);
  }
}

/* ---- Lists --------------------------------------------------------------------------------------- */

typedef struct list_plan {
  const layout_table *table;
  const figure_column *columns[COLUMNS_MAX]; /* those shown: names first */
  const char *heads[COLUMNS_MAX];            /* all different, as filters need them */
  size_t count, more;
} list_plan;

static bool has_head(const list_plan *plan, size_t until, const char *head) {
  for (size_t i = 0; i < until; i++) {
    if (strcasecmp(plan->heads[i], head) == 0) {
      return true;
    }
  }
  return false;
}

static void name_heads(xlsx_book *b, const document *d, list_plan *plan) {
  for (size_t i = 0; i < plan->count; i++) {
    const slice title = text_cut(plan->columns[i]->title, 200);
    plan->heads[i] = xlsx_text(b, title.length > 0 ? title : slice_of(" "));
    for (size_t k = 2; has_head(plan, i, plan->heads[i]); k++) {
      const sentence_place places[] = {{"title", title}, {"k", figure_count(d, (int64_t)k)}};
      plan->heads[i] = xlsx_text(b, sentence_fill(d, "{title} ({k})", places, 2));
    }
  }
}

static void plan_list(xlsx_book *b, const document *d, const layout_table *table, list_plan *plan) {
  *plan = (list_plan){.table = table};
  const figure_column *columns = layout_columns(d, table);
  for (int keys = 1; keys >= 0; keys--) {
    for (size_t c = 0; c < table->columns_count; c++) {
      const bool is_shown = !columns[c].is_empty && columns[c].is_key == (keys == 1);
      if (is_shown && plan->count < COLUMNS_MAX) {
        plan->columns[plan->count++] = &columns[c];
      } else {
        plan->more += is_shown ? 1 : 0;
      }
    }
  }
  name_heads(b, d, plan);
}

/* Excel's own kind of table, with buttons to sort and filter. */
static void make_filters(xlsx_book *b, xlsx_sheet *s, const list_plan *plan, const cells *c) {
  lxw_table_column columns[COLUMNS_MAX];
  lxw_table_column *list[COLUMNS_MAX + 1];
  for (size_t i = 0; i < plan->count; i++) {
    const xlsx_style style = plan->columns[i]->is_key ? XLSX_HEAD : XLSX_HEAD_FIGURE;
    columns[i] =
        (lxw_table_column){.header = (char *)plan->heads[i], .header_format = xlsx_book_style(b, style)};
    list[i] = &columns[i];
  }
  list[plan->count] = NULL;
  lxw_table_options options = {
      .style_type = LXW_TABLE_STYLE_TYPE_LIGHT, .style_type_number = 1, .columns = list};
  options.no_banded_rows = LXW_TRUE;
  xlsx_book_note(
      b, worksheet_add_table(s->at, c->first_row, c->first_column, c->last_row, c->last_column, &options));
}

static void write_heads(xlsx_book *b, xlsx_sheet *s, const list_plan *plan) {
  for (size_t i = 0; i < plan->count; i++) {
    const xlsx_style style = plan->columns[i]->is_key ? XLSX_HEAD : XLSX_HEAD_FIGURE;
    xlsx_put(b, s, (lxw_col_t)i, slice_of(plan->heads[i]), style);
  }
  s->row++;
}

/* Rows FROM to UNTIL of the table, with heads. */
static void write_rows(xlsx_book *b, xlsx_sheet *s, const list_plan *plan, size_t from, size_t until) {
  const lxw_row_t head = s->row;
  write_heads(b, s, plan);
  for (size_t r = from; r < until; r++) {
    for (size_t c = 0; c < plan->count; c++) {
      xlsx_put_figure(b, s, (lxw_col_t)c, plan->columns[c], json_at(plan->table->rows, r));
    }
    s->row++;
  }
  for (size_t c = 0; c < plan->count; c++) {
    if (plan->table->view == VIEW_BARS && strcmp(plan->columns[c]->key, "percent") == 0) {
      draw_bars(b, s, &(cells){head + 1, s->row - 1, (lxw_col_t)c, (lxw_col_t)c});
    }
  }
  if (!xlsx_book_is_long(b)) {
    make_filters(b, s, plan, &(cells){head, s->row - 1, 0, (lxw_col_t)(plan->count - 1)});
  }
}

static void write_list(xlsx_book *b, const document *d, xlsx_sheet **sheet, const layout_table *table) {
  list_plan *plan = ARENA_NEW(d->memory, list_plan);
  if (plan == NULL) {
    return;
  }
  plan_list(b, d, table, plan);
  if (plan->count == 0) {
    return;
  }
  for (size_t r = 0; r < table->rows_count;) {
    if ((*sheet)->row + ROWS_LEAST > XLSX_ROWS_MAX) {
      *sheet = xlsx_sheet_continue(b, *sheet);
      if (*sheet == NULL) {
        return;
      }
    }
    const size_t room = XLSX_ROWS_MAX - (*sheet)->row - 1;
    const size_t until = table->rows_count - r < room ? table->rows_count : r + room;
    write_rows(b, *sheet, plan, r, until);
    r = until;
  }
  if (plan->more > 0) {
    const sentence_place place = {"n", figure_count(d, (int64_t)plan->more)};
    xlsx_put_line(b, *sheet, sentence_fill(d, word_text(WORD_MORE, d->language), &place, 1), XLSX_NOTE);
  }
}

/* ---- Matrices ------------------------------------------------------------------------------------ */

static void write_part_name(xlsx_book *b, const document *d, xlsx_sheet *s, const layout_matrix *m) {
  layout_texts names = {.count = 0};
  for (size_t i = 0; i < m->others_count; i++) {
    const slice cell = figure_cell(d, &m->others[i], m->first);
    const sentence_place places[] = {
        {"title", m->others[i].title}, {"colon", document_word(d, WORD_COLON)}, {"cell", cell}};
    layout_texts_add(d, &names, sentence_fill(d, "{title}{colon}{cell}", places, 3));
  }
  if (names.count > 0) {
    xlsx_put_line(b, s, layout_texts_joined(d, &names, slice_of(" · ")), XLSX_NOTE);
  }
}

static void write_matrix(xlsx_book *b, const document *d, xlsx_sheet *s, const layout_matrix *m) {
  write_part_name(b, d, s, m);
  xlsx_put(b, s, 0, m->corner, XLSX_HEAD);
  for (size_t c = 0; c < m->columns_count; c++) {
    xlsx_put(b, s, (lxw_col_t)(c + 1), m->columns[c], XLSX_HEAD_FIGURE);
  }
  s->row++;
  const lxw_row_t first = s->row;
  for (size_t l = 0; l < m->lines_count; l++) {
    xlsx_put(b, s, 0, m->lines[l], XLSX_KEY);
    for (size_t c = 0; c < m->columns_count; c++) {
      const json *row = layout_matrix_row(m, l, c);
      if (row != NULL) {
        xlsx_put_figure(b, s, (lxw_col_t)(c + 1), m->cell, row);
      }
    }
    s->row++;
  }
  draw_heat(b, s, &(cells){first, s->row - 1, 1, (lxw_col_t)m->columns_count}, m->cell->format);
}

static void write_matrices(xlsx_book *b, const document *d, xlsx_sheet **sheet, const layout_matrix *at,
                           size_t count) {
  for (size_t i = 0; i < count && *sheet != NULL; i++) {
    if ((*sheet)->row + at[i].lines_count + ROWS_LEAST > XLSX_ROWS_MAX) {
      *sheet = xlsx_sheet_continue(b, *sheet);
    }
    if (*sheet != NULL) {
      (*sheet)->row += i > 0 ? 1 : 0;
      write_matrix(b, d, *sheet, &at[i]);
    }
  }
}

/* ---- Banners ------------------------------------------------------------------------------------- */

/* The column of the sheet that the figures of banner column J are in; their letters are beside it. */
static lxw_col_t banner_at(size_t j) {
  return (lxw_col_t)(1 + 2 * j);
}

/* The block above the columns that it spans. */
static void write_blocks(xlsx_book *b, xlsx_sheet *s, const layout_banner *banner) {
  for (size_t j = 0; j < banner->columns_count;) {
    size_t end = j + 1;
    while (end < banner->columns_count && slice_equal(banner->columns[end].over, banner->columns[j].over)) {
      end++;
    }
    if (banner->columns[j].over.length > 0) {
      xlsx_put_over(b, s, banner_at(j), banner_at(end) - 1, banner->columns[j].over);
    }
    j = end;
  }
  s->row++;
}

static void write_banner_heads(xlsx_book *b, xlsx_sheet *s, const layout_banner *banner) {
  write_blocks(b, s, banner);
  for (int head = 0; head < 2; head++) {
    xlsx_put(b, s, 0, slice_of(" "), XLSX_HEAD);
    for (size_t j = 0; j < banner->columns_count; j++) {
      const layout_banner_column *c = &banner->columns[j];
      xlsx_put(b, s, banner_at(j), head == 0 ? c->title : c->letter, XLSX_HEAD_FIGURE);
      xlsx_put(b, s, banner_at(j) + 1, slice_of(" "), XLSX_HEAD);
    }
    s->row++;
  }
}

static void write_question(xlsx_book *b, const document *d, xlsx_sheet *s, const layout_banner *banner,
                           const layout_banner_question *q) {
  const sentence_place places[] = {{"title", q->title}, {"base", q->base}};
  xlsx_put_line(b, s, q->base.length == 0 ? q->title : sentence_fill(d, "{title} [{base}]", places, 2),
                XLSX_CAPTION);
  for (size_t l = 0; l < q->lines_count; l++) {
    const layout_banner_line *line = &q->lines[l];
    const sentence_place parts[] = {{"heading", line->heading}, {"label", line->label}};
    xlsx_put(b, s, 0,
             sentence_fill(d, line->heading.length > 0 ? "{heading} · {label}" : "{label}", parts, 2),
             XLSX_KEY);
    for (size_t j = 0; j < banner->columns_count; j++) {
      xlsx_put_figure(b, s, banner_at(j), &line->figure, line->cells[j]);
      xlsx_put(b, s, banner_at(j) + 1, layout_banner_marks(d, line, j), XLSX_NOTE);
    }
    s->row++;
  }
  s->row++;
}

/* False when TABLE is not what a banner is: then it is a list. */
static bool write_banner(xlsx_book *b, const document *d, xlsx_sheet **sheet, const layout_table *table) {
  const layout_banner *banner = table->view == VIEW_BANNER ? layout_banner_of(d, table) : NULL;
  if (banner == NULL || banner_at(banner->columns_count) > XLSX_COLUMNS_MAX) {
    return false;
  }
  write_banner_heads(b, *sheet, banner);
  for (size_t i = 0; i < banner->questions_count && *sheet != NULL; i++) {
    if ((*sheet)->row + banner->questions[i].lines_count + ROWS_LEAST > XLSX_ROWS_MAX) {
      *sheet = xlsx_sheet_continue(b, *sheet);
    }
    if (*sheet != NULL) {
      write_question(b, d, *sheet, banner, &banner->questions[i]);
    }
  }
  return true;
}

void xlsx_table_write(xlsx_book *b, xlsx_sheet **sheet, const layout_table *table, slice caption) {
  const document *d = xlsx_book_document(b);
  xlsx_put_line(b, *sheet, caption, XLSX_CAPTION);
  if (table->rows_count == 0) {
    xlsx_put_line(b, *sheet, document_word(d, WORD_NO_ROWS), XLSX_NOTE);
    return;
  }
  size_t count = 0;
  const layout_matrix *matrices = table->view == VIEW_MATRIX ? layout_matrices(d, table, &count) : NULL;
  if (count > 0) {
    write_matrices(b, d, sheet, matrices, count);
  } else if (!write_banner(b, d, sheet, table)) {
    write_list(b, d, sheet, table);
  }
}
