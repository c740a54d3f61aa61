/* Banner tables: the rows of the document, cell after cell, become lines of questions in the columns of the
 * banner.
 *
 * The section's table "banner_columns" says which groups are columns, in which order and blocks,
 * "banner_questions" what the questions are called.  A document may hold anything: what does not fit makes
 * the table a list. */
#include "report/layout.h"

#include <math.h>
#include <stdio.h>

#include "base/array.h"
#include "report/layout_build.h"
#include "report/sentence.h"

enum { COLUMNS_MAX = 1000, TERM_BYTES = 64 };

typedef struct assembly {
  const document *d;
  const layout_table *table;
  layout_banner *out;
  slice *groups; /* of the columns, as canonical text */
  size_t questions_capacity, lines_capacity;
  const json *question, *item, *kind, *value; /* of the line being filled */
} assembly;

static slice canonical(const document *d, const json *cell) {
  buf text;
  buf_init(&text);
  json_write(cell, &text);
  const slice copy = arena_slice(d->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return copy;
}

static slice joined(const document *d, slice a, const char *between, slice b) {
  const sentence_place places[] = {{"a", a}, {"between", slice_of(between)}, {"b", b}};
  return a.length == 0 ? b : sentence_fill(d, "{a}{between}{b}", places, 3);
}

static const json *rows_of(const layout_table *table, const char *name) {
  const json *tables = json_get(table->section, "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    if (slice_equal(json_as_text(json_get(json_at(tables, i), "name")), slice_of(name))) {
      return json_get(json_at(tables, i), "rows");
    }
  }
  return NULL;
}

/* ---- Columns -------------------------------------------------------------------------------------- */

/* "Sex: female × Age", and "18 to 29" as the title. */
static void name_column(const document *d, const json *row, layout_banner_column *out) {
  const json *group = json_get(row, "group"), *names = json_get(row, "variables");
  out->letter = document_display(d, json_as_text(json_get(row, "letter")));
  out->over = slice_of("");
  out->title = document_group(d, group);
  for (size_t i = 0; i < json_count(names); i++) {
    const char *name = json_as_cstring(json_at(names, i));
    const slice label = document_item(d, slice_of(name));
    const slice value = document_value(d, slice_of(name), json_get(group, name));
    const bool is_last = i + 1 == json_count(names);
    const char *colon = word_text(WORD_COLON, d->language);
    out->over = joined(d, out->over, " × ", is_last ? label : joined(d, label, colon, value));
    out->title = is_last ? value : out->title;
  }
}

static bool make_columns(assembly *a) {
  const json *rows = rows_of(a->table, "banner_columns");
  const size_t count = json_count(rows);
  a->out->columns = ARENA_ARRAY(a->d->memory, layout_banner_column, count);
  a->groups = ARENA_ARRAY(a->d->memory, slice, count);
  if (count == 0 || count > COLUMNS_MAX || a->out->columns == NULL || a->groups == NULL) {
    return false;
  }
  for (size_t j = 0; j < count; j++) {
    a->groups[j] = canonical(a->d, json_get(json_at(rows, j), "group"));
    name_column(a->d, json_at(rows, j), &a->out->columns[j]);
  }
  a->out->columns_count = count;
  return true;
}

/* The column of ROW, which is GUESS in a document of ours; the count when there is none. */
static size_t column_of(const assembly *a, const json *row, size_t guess, buf *scratch) {
  buf_clear(scratch);
  json_write(json_get(row, "group"), scratch);
  const slice group = {(const char *)scratch->data, scratch->length};
  size_t j = guess < a->out->columns_count && slice_equal(a->groups[guess], group) ? guess : 0;
  while (j < a->out->columns_count && !slice_equal(a->groups[j], group)) {
    j++;
  }
  return j;
}

/* ---- Questions ------------------------------------------------------------------------------------ */

static const json *find_question(const assembly *a, const json *number) {
  const json *rows = rows_of(a->table, "banner_questions");
  const int64_t wanted = json_as_integer(number);
  const json *guess = wanted > 0 ? json_at(rows, (size_t)wanted - 1) : NULL;
  return json_as_integer(json_get(guess, "question")) == wanted ? guess : NULL;
}

static slice title_of(const document *d, const json *question) {
  const json *names = json_get(question, "variables");
  const slice label = document_label(d, json_get(question, "label"));
  layout_texts items = {.count = 0};
  for (size_t i = 0; i < json_count(names); i++) {
    layout_texts_add(d, &items, document_item(d, json_as_text(json_at(names, i))));
  }
  return label.length > 0 ? label : layout_texts_joined(d, &items, document_word(d, WORD_COMMA));
}

static bool open_question(assembly *a, const json *number) {
  layout_banner *b = a->out;
  if (!ARRAY_ROOM_IN(a->d->memory, b->questions, b->questions_count, a->questions_capacity)) {
    return false;
  }
  const json *question = find_question(a, number);
  b->questions[b->questions_count++] = (layout_banner_question){
      .title = title_of(a->d, question),
      .base = document_display(a->d, json_as_text(json_get(question, "base_condition")))};
  a->lines_capacity = 0;
  return true;
}

/* ---- Lines ----------------------------------------------------------------------------------------- */

static bool is_grid(const assembly *a, const json *row) {
  return json_count(json_get(find_question(a, json_get(row, "question")), "variables")) > 1;
}

/* "Top 2", "Mean", "Very good", the name of a net. */
static slice line_label(const document *d, const json *row, const char *kind) {
  const json *value = json_get(row, "value");
  const slice title = figure_title(d, kind);
  const bool is_answer = slice_equal(slice_of(kind), slice_of("line_answer"));
  if (is_answer) {
    return document_value(d, json_as_text(json_get(row, "item")), value);
  }
  if (json_kind_of(value) == JSON_INTEGER && !slice_equal(slice_of(kind), slice_of("line_count"))) {
    return joined(d, title, " ", figure_count(d, json_as_integer(value)));
  }
  return slice_equal(slice_of(kind), slice_of("line_net")) ? document_display(d, json_as_text(value)) : title;
}

static bool open_line(assembly *a, const json *row) {
  layout_banner_question *q = &a->out->questions[a->out->questions_count - 1];
  char kind[TERM_BYTES];
  if (!ARRAY_ROOM_IN(a->d->memory, q->lines, q->lines_count, a->lines_capacity)) {
    return false;
  }
  (void)snprintf(kind, sizeof kind, "line_%.40s", json_as_cstring(json_get(row, "line")));
  const term *t = term_find(kind);
  layout_banner_line line = {
      .kind = json_as_text(json_get(row, "line")),
      .label = line_label(a->d, row, kind),
      .cells = ARENA_ARRAY(a->d->memory, const json *, a->out->columns_count),
      .figure = {.key = "figure", .format = t != NULL && t->format != TERM_TEXT ? t->format : TERM_NUMBER}};
  if (is_grid(a, row)) {
    line.heading = line.label;
    line.label = document_item(a->d, json_as_text(json_get(row, "item")));
  }
  q->lines[q->lines_count++] = line;
  return line.cells != NULL;
}

static bool is_same(const json *a, const json *b) {
  const json_kind kind = json_kind_of(a);
  return kind == json_kind_of(b) && (kind == JSON_TEXT ? slice_equal(json_as_text(a), json_as_text(b))
                                                       : json_as_integer(a) == json_as_integer(b));
}

/* Whether ROW goes on with the line that is open; otherwise it opens its own. */
static bool follow(assembly *a, const json *row) {
  const json *question = json_get(row, "question"), *item = json_get(row, "item");
  const json *kind = json_get(row, "line"), *value = json_get(row, "value");
  const bool goes_on = a->question != NULL && is_same(a->question, question);
  if (goes_on && is_same(a->item, item) && is_same(a->kind, kind) && is_same(a->value, value)) {
    return true;
  }
  const bool opened = (goes_on || open_question(a, question)) && open_line(a, row);
  a->question = question;
  a->item = item;
  a->kind = kind;
  a->value = value;
  return opened;
}

/* As many decimals as its largest figure leaves legible. */
static void choose_decimals(const layout_banner *b, layout_banner_line *line) {
  static const int of_format[] = {[TERM_COUNT] = 0, [TERM_PERCENT] = 1, [TERM_SCORE] = 1};
  double largest = 0;
  for (size_t j = 0; j < b->columns_count; j++) {
    largest = fmax(largest, fabs(json_as_number(json_get(line->cells[j], "figure"))));
  }
  line->figure.decimals = line->figure.format != TERM_NUMBER ? of_format[line->figure.format]
                          : largest < 1000                   ? 2
                                                             : 0;
}

static bool fill(assembly *a) {
  buf scratch;
  buf_init(&scratch);
  bool fits = true;
  size_t column = 0;
  for (size_t r = 0; fits && r < a->table->rows_count; r++) {
    const json *row = json_at(a->table->rows, r);
    fits = follow(a, row);
    column = fits ? column_of(a, row, column, &scratch) : 0;
    fits = fits && column < a->out->columns_count;
    if (fits) {
      const layout_banner_question *q = &a->out->questions[a->out->questions_count - 1];
      q->lines[q->lines_count - 1].cells[column++] = row;
    }
  }
  fits = fits && !scratch.failed;
  buf_fini(&scratch);
  return fits;
}

const layout_banner *layout_banner_of(const document *d, const layout_table *table) {
  layout_banner *out = ARENA_NEW(d->memory, layout_banner);
  assembly a = {.d = d, .table = table, .out = out};
  if (out == NULL || !make_columns(&a) || !fill(&a) || arena_failed(d->memory)) {
    return NULL;
  }
  for (size_t q = 0; q < out->questions_count; q++) {
    for (size_t k = 0; k < out->questions[q].lines_count; k++) {
      choose_decimals(out, &out->questions[q].lines[k]);
    }
  }
  return out;
}

/* ---- Cells ------------------------------------------------------------------------------------------ */

slice layout_banner_marks(const document *d, const layout_banner_line *line, size_t column) {
  const json *row = line->cells[column];
  const slice letters = document_display(d, json_as_text(json_get(row, "letters")));
  const bool is_small = slice_equal(json_as_text(json_get(row, "mark")), slice_of("small"));
  return is_small ? joined(d, letters, " ", slice_of("°")) : letters;
}

slice layout_banner_cell(const document *d, const layout_banner_line *line, size_t column) {
  const json *row = line->cells[column];
  if (row == NULL) {
    return slice_of("");
  }
  const bool is_small = slice_equal(json_as_text(json_get(row, "mark")), slice_of("small"));
  const slice letters = document_display(d, json_as_text(json_get(row, "letters")));
  const slice marked = joined(d, figure_cell(d, &line->figure, row), is_small ? "°" : "", slice_of(""));
  return letters.length == 0 ? marked : joined(d, marked, " ", letters);
}
