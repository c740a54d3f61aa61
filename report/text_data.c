/* The last part of the report: files with their digests, variables with their missing answers, and the
 * places of what could not be used. */
#include "report/grid.h"
#include "report/render.h"
#include "report/sentence.h"

enum { INDENT = 3, COLUMNS_MAX = 10, TEXT_COLUMNS = 60 };

static const json *data_of(const document *d, const char *key) {
  return json_get(json_get(d->root, "data"), key);
}

static slice shown_text(const document *d, const json *node) {
  return document_display(d, json_as_text(node));
}

/* ---- Files --------------------------------------------------------------------------------------- */

typedef struct file_figure {
  const char *key;
  word title;
  bool skips; /* {"n", "lines"}, and shown only where some file has any */
} file_figure;

static int64_t file_count(const json *file, const file_figure *f) {
  const json *figure = json_get(file, f->key);
  return json_as_integer(f->skips ? json_get(figure, "n") : figure);
}

enum { FILE_FIGURES = 5 };

static size_t choose_figures(const json *files, file_figure out[FILE_FIGURES]) {
  static const file_figure all[FILE_FIGURES] = {{"records", WORD_RECORDS, false},
                                                {"quarantined", WORD_QUARANTINED, false},
                                                {"blank_rows", WORD_BLANK_ROWS, true},
                                                {"repeated_headers", WORD_REPEATED_HEADERS, true},
                                                {"bytes", WORD_BYTES, false}};
  size_t count = 0;
  for (size_t k = 0; k < FILE_FIGURES; k++) {
    bool is_shown = !all[k].skips;
    for (size_t i = 0; i < json_count(files) && !is_shown; i++) {
      is_shown = file_count(json_at(files, i), &all[k]) > 0;
    }
    if (is_shown) {
      out[count++] = all[k];
    }
  }
  return count;
}

static void write_files(const document *d, const pen *p) {
  const json *files = data_of(d, "files");
  file_figure figures[FILE_FIGURES];
  const size_t count = choose_figures(files, figures);
  grid_column columns[FILE_FIGURES + 1] = {{document_word(d, WORD_FILE), GRID_TEXT, true, false, 0}};
  for (size_t c = 0; c < count; c++) {
    columns[c + 1] = (grid_column){document_word(d, figures[c].title), GRID_FIGURE, false, false, 0};
  }
  grid *g = grid_new(d->memory, columns, count + 1, json_count(files));
  for (size_t i = 0; i < json_count(files); i++) {
    const json *file = json_at(files, i);
    grid_set(g, i, 0, shown_text(d, json_get(file, "name")));
    for (size_t c = 0; c < count; c++) {
      grid_set(g, i, c + 1, figure_count(d, file_count(file, &figures[c])));
    }
  }
  grid_write(g, p, INDENT, true, document_word(d, WORD_PANEL));
}

static void write_digests(const document *d, const pen *p) {
  static const grid_column columns[] = {{.align = GRID_TEXT}, {.align = GRID_TEXT}};
  const json *files = data_of(d, "files");
  size_t count = json_count(files);
  grid *g = grid_new(d->memory, columns, 2, count + 1);
  for (size_t i = 0; i <= count; i++) {
    const json *file = json_at(files, i);
    grid_set(g, i, 0,
             shown_text(d, i < count ? json_get(file, "sha256") : json_get(d->root, "specification")));
    grid_set(g, i, 1,
             i < count ? shown_text(d, json_get(file, "name")) : document_word(d, WORD_SPECIFICATION));
  }
  pen_blanks(p, INDENT);
  pen_text(p, PEN_BOLD, document_word(d, WORD_SHA256));
  pen_line_end(p);
  pen wide = *p;
  wide.columns = p->columns < 200 ? 200 : p->columns; /* a digest is never folded */
  grid_write(g, &wide, INDENT, false, slice_of(""));
}

/* ---- Variables ----------------------------------------------------------------------------------- */

typedef struct fact_column {
  const char *key;
  bool is_reason;
  word title;
} fact_column;

static int64_t fact_count(const json *variable, const fact_column *column) {
  return json_as_integer(json_get(column->is_reason ? json_get(variable, "missing") : variable, column->key));
}

/* The columns in which any variable has something. */
static size_t choose_columns(const json *variables, fact_column *out) {
  static const fact_column all[COLUMNS_MAX] = {
      {"answered", false, WORD_ANSWERED},          {"blank", true, WORD_MISSING_BLANK},
      {"not_asked", true, WORD_MISSING_NOT_ASKED}, {"not_applicable", true, WORD_MISSING_NOT_APPLICABLE},
      {"refused", true, WORD_MISSING_REFUSED},     {"dont_know", true, WORD_MISSING_DONT_KNOW},
      {"other", true, WORD_MISSING_OTHER},         {"too_few", true, WORD_MISSING_TOO_FEW},
      {"invalid", false, WORD_MISSING_INVALID},    {"rounded", false, WORD_ROUNDED},
  };
  size_t count = 0;
  for (size_t c = 0; c < COLUMNS_MAX && all[c].key != NULL; c++) {
    bool is_used = c == 0;
    for (size_t i = 0; i < json_count(variables) && !is_used; i++) {
      is_used = fact_count(json_at(variables, i), &all[c]) > 0;
    }
    if (is_used) {
      out[count++] = all[c];
    }
  }
  return count;
}

static void write_variables(const document *d, const pen *p) {
  const json *variables = data_of(d, "variables");
  fact_column chosen[COLUMNS_MAX];
  size_t count = choose_columns(variables, chosen);
  grid_column columns[COLUMNS_MAX + 1] = {{document_word(d, WORD_VARIABLE), GRID_TEXT, true, false, 0}};
  for (size_t c = 0; c < count; c++) {
    columns[c + 1] = (grid_column){document_word(d, chosen[c].title), GRID_FIGURE, false, false, 0};
  }
  grid *g = grid_new(d->memory, columns, count + 1, json_count(variables));
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    grid_set(g, i, 0, document_item(d, json_as_text(json_get(variable, "name"))));
    for (size_t c = 0; c < count; c++) {
      grid_set(g, i, c + 1, figure_count(d, fact_count(variable, &chosen[c])));
    }
  }
  grid_write(g, p, INDENT, true, document_word(d, WORD_PANEL));
}

/* ---- Places -------------------------------------------------------------------------------------- */

/* Of several columns the place names its own. */
static slice one_place(const document *d, const json *place, word pattern) {
  const json *column = json_get(place, "column");
  pattern = json_kind_of(column) == JSON_TEXT ? WORD_COLUMN_PLACE : pattern;
  const sentence_place places[] = {{"line", figure_alone(d, "line", json_get(place, "line"), place)},
                                   {"file", shown_text(d, json_get(place, "file"))},
                                   {"problem", shown_text(d, json_get(place, "problem"))},
                                   {"column", shown_text(d, column)},
                                   {"value", shown_text(d, json_get(place, "value"))}};
  return sentence_fill(d, word_text(pattern, d->language), places, 5);
}

static void put_places(const document *d, const json *places, word each, buf *list) {
  for (size_t i = 0; i < json_count(places); i++) {
    slice text = one_place(d, json_at(places, i), each);
    slice comma = document_word(d, WORD_COMMA);
    buf_put(list, comma.bytes, i > 0 ? comma.length : 0);
    buf_put(list, text.bytes, text.length);
  }
}

void text_places_put(const document *d, const json *places, buf *out) {
  put_places(d, places, WORD_CELL_PLACE, out);
}

/* Writes "Invalid answers to Price: a.csv:3 "x", a.csv:9 "y"". */
static void write_places(const document *d, const pen *p, const json *places, word sentence, word each,
                         slice owner) {
  buf list;
  buf_init(&list);
  put_places(d, places, each, &list);
  if (json_count(places) > 0) {
    const sentence_place filled[] = {
        {"file", owner}, {"item", owner}, {"places", {(const char *)list.data, list.length}}};
    pen_paragraph(p, PEN_PLAIN, INDENT, "! ", sentence_fill(d, word_text(sentence, d->language), filled, 3));
  }
  buf_fini(&list);
}

/* At most TEXT_COLUMNS wide; what is left out is marked. */
static slice shortened(const document *d, slice text) {
  const slice fitting = text_fit(text, TEXT_COLUMNS);
  if (fitting.length == text.length) {
    return text;
  }
  const sentence_place kept = {"kept", text_fit(text, TEXT_COLUMNS - 1)};
  return sentence_fill(d, "{kept}…", &kept, 1);
}

static void put_listed(const document *d, buf *list, slice text) {
  slice comma = document_word(d, WORD_COMMA);
  buf_put(list, comma.bytes, list->length > 0 ? comma.length : 0);
  buf_put(list, text.bytes, text.length);
}

/* Writes "2,015 of 2,020 answers to Price are invalid: “Very satisfied” 1,203, “Satisfied” 812". */
static void write_texts(const document *d, const pen *p, const json *variable, slice item) {
  const json *texts = json_get(variable, "invalid_texts");
  const json *more = json_get(variable, "invalid_texts_more");
  if (json_count(texts) == 0) {
    return;
  }
  buf list;
  buf_init(&list);
  for (size_t i = 0; i < json_count(texts); i++) {
    const json *text = json_at(texts, i);
    const sentence_place places[] = {{"value", shortened(d, shown_text(d, json_get(text, "value")))},
                                     {"n", figure_count(d, json_as_integer(json_get(text, "n")))}};
    put_listed(d, &list, sentence_fill(d, word_text(WORD_TEXT_COUNT, d->language), places, 2));
  }
  if (json_kind_of(more) == JSON_OBJECT) {
    const word others = json_as_bool(json_get(more, "complete")) ? WORD_OTHER_TEXTS : WORD_MANY_OTHER_TEXTS;
    const sentence_place places[] = {{"texts", figure_count(d, json_as_integer(json_get(more, "texts")))},
                                     {"n", figure_count(d, json_as_integer(json_get(more, "n")))}};
    put_listed(d, &list, sentence_fill(d, word_text(others, d->language), places, 2));
  }
  const int64_t invalid = json_as_integer(json_get(variable, "invalid"));
  const int64_t given = invalid + json_as_integer(json_get(variable, "answered"));
  const sentence_place filled[] = {{"item", item},
                                   {"n", figure_count(d, invalid)},
                                   {"given", figure_count(d, given)},
                                   {"texts", {(const char *)list.data, list.length}}};
  pen_paragraph(p, PEN_PLAIN, INDENT, "! ",
                sentence_fill(d, word_text(WORD_INVALID_TEXTS, d->language), filled, 4));
  buf_fini(&list);
}

/* Writes "Blank rows in a.csv, left out: 1,000 (lines 5, 6, 7)". */
static void write_skipped(const document *d, const pen *p, const json *skipped, word sentence, slice file) {
  if (json_kind_of(skipped) != JSON_OBJECT) {
    return;
  }
  const json *lines = json_get(skipped, "lines");
  buf list;
  buf_init(&list);
  for (size_t i = 0; i < json_count(lines); i++) {
    put_listed(d, &list, figure_alone(d, "line", json_at(lines, i), skipped));
  }
  const sentence_place filled[] = {{"file", file},
                                   {"n", figure_count(d, json_as_integer(json_get(skipped, "n")))},
                                   {"places", {(const char *)list.data, list.length}}};
  pen_paragraph(p, PEN_PLAIN, INDENT, "! ", sentence_fill(d, word_text(sentence, d->language), filled, 3));
  buf_fini(&list);
}

void text_troubles_write(const document *d, const pen *p) {
  const json *files = data_of(d, "files");
  for (size_t i = 0; i < json_count(files); i++) {
    const json *file = json_at(files, i);
    slice name = shown_text(d, json_get(file, "name"));
    write_places(d, p, json_get(file, "places"), WORD_QUARANTINED_PLACES, WORD_LINE_PLACE, name);
    write_skipped(d, p, json_get(file, "blank_rows"), WORD_BLANK_ROW_LINES, name);
    write_skipped(d, p, json_get(file, "repeated_headers"), WORD_REPEATED_HEADER_LINES, name);
  }
  const json *variables = data_of(d, "variables");
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    slice item = document_item(d, json_as_text(json_get(variable, "name")));
    write_texts(d, p, variable, item);
    write_places(d, p, json_get(variable, "places"), WORD_INVALID_PLACES, WORD_CELL_PLACE, item);
    text_numbers_write(d, p, variable, item);
  }
  text_weights_write(d, p);
}

void text_data_write(const document *d, const pen *p) {
  pen_text(p, PEN_BOLD, document_word(d, WORD_DATA));
  pen_line_end(p);
  pen_repeat(p, PEN_DIM, "─", p->columns);
  pen_line_end(p);
  write_files(d, p);
  pen_line_end(p);
  if (json_count(data_of(d, "variables")) > 0) {
    write_variables(d, p);
    pen_line_end(p);
  }
  size_t before = p->out->length;
  text_troubles_write(d, p);
  if (p->out->length > before) {
    pen_line_end(p);
  }
  write_digests(d, p);
}
