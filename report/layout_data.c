/* About the data: files with their digests, variables with their missing answers, and what could not be used
 * with its places. */
#include "base/tidy.h"
#include "report/layout_build.h"
#include "report/sentence.h"

enum { TEXT_COLUMNS = 60 };

static const json *data_of(const document *d, const char *key) {
  return json_get(json_get(d->root, "data"), key);
}

static slice shown_text(const document *d, const json *node) {
  return document_display(d, json_as_text(node));
}

/* A cell's text, with characters that show nothing by their numbers. */
static slice shown_cell(const document *d, const json *node) {
  const slice text = json_as_text(node);
  if (!tidy_is_hiding(text)) {
    return document_display(d, text);
  }
  buf shown;
  buf_init(&shown);
  tidy_show(text, &shown);
  const slice copy = arena_slice(d->memory, (slice){(const char *)shown.data, shown.length});
  buf_fini(&shown);
  return document_display(d, copy);
}

/* ---- Counts -------------------------------------------------------------------------------------- */

typedef struct count_column {
  const char *inside; /* the member that holds it; NULL: none */
  const char *key;
  word title;
  bool is_optional; /* shown only where some row has any */
} count_column;

static int64_t count_in(const json *row, const count_column *column) {
  return json_as_integer(json_get(column->inside == NULL ? row : json_get(row, column->inside), column->key));
}

static bool is_shown(const json *rows, const count_column *column) {
  bool shown = !column->is_optional;
  for (size_t i = 0; i < json_count(rows) && !shown; i++) {
    shown = count_in(json_at(rows, i), column) > 0;
  }
  return shown;
}

static const count_column file_columns[] = {
    {NULL, "records", WORD_RECORDS, false},     {NULL, "quarantined", WORD_QUARANTINED, false},
    {"blank_rows", "n", WORD_BLANK_ROWS, true}, {"repeated_headers", "n", WORD_REPEATED_HEADERS, true},
    {"totals", "n", WORD_TOTALS, true},         {"lost_rows", "n", WORD_LOST_ROWS, true},
    {NULL, "bytes", WORD_BYTES, false}};

static const count_column variable_columns[] = {
    {NULL, "answered", WORD_ANSWERED, false},
    {"missing", "blank", WORD_MISSING_BLANK, true},
    {"missing", "not_asked", WORD_MISSING_NOT_ASKED, true},
    {"missing", "not_applicable", WORD_MISSING_NOT_APPLICABLE, true},
    {"missing", "refused", WORD_MISSING_REFUSED, true},
    {"missing", "dont_know", WORD_MISSING_DONT_KNOW, true},
    {"missing", "other", WORD_MISSING_OTHER, true},
    {"missing", "too_few", WORD_MISSING_TOO_FEW, true},
    {NULL, "invalid", WORD_MISSING_INVALID, true},
    {NULL, "rounded", WORD_ROUNDED, true},
};

enum { COUNT_COLUMNS_MAX = sizeof variable_columns / sizeof variable_columns[0] };

static void make_counts(const document *d, const json *rows, word corner, const count_column *columns,
                        size_t columns_count, layout_counts *out) {
  const count_column *chosen[COUNT_COLUMNS_MAX];
  size_t count = 0;
  out->corner = document_word(d, corner);
  for (size_t c = 0; c < columns_count; c++) {
    if (is_shown(rows, &columns[c])) {
      chosen[count++] = &columns[c];
      layout_texts_add(d, &out->titles, document_word(d, columns[c].title));
    }
  }
  int64_t *cells = ARENA_ARRAY(d->memory, int64_t, json_count(rows) * count);
  for (size_t i = 0; cells != NULL && i < json_count(rows) * count; i++) {
    cells[i] = count_in(json_at(rows, i / count), chosen[i % count]);
  }
  out->cells = cells;
}

#define COLUMNS(table) (table), sizeof(table) / sizeof((table)[0])

static void make_files(const document *d, layout_data *out) {
  const json *files = data_of(d, "files");
  make_counts(d, files, WORD_FILE, COLUMNS(file_columns), &out->files);
  out->digests = ARENA_ARRAY(d->memory, layout_digest, json_count(files) + 1);
  for (size_t i = 0; out->digests != NULL && i < json_count(files); i++) {
    const json *file = json_at(files, i);
    const slice name = shown_text(d, json_get(file, "name"));
    layout_texts_add(d, &out->files.names, name);
    out->digests[out->digests_count++] = (layout_digest){shown_text(d, json_get(file, "sha256")), name};
  }
  if (out->digests != NULL) {
    out->digests[out->digests_count++] = (layout_digest){shown_text(d, json_get(d->root, "specification")),
                                                         document_word(d, WORD_SPECIFICATION)};
  }
}

static void make_variables(const document *d, layout_data *out) {
  const json *variables = data_of(d, "variables");
  make_counts(d, variables, WORD_VARIABLE, COLUMNS(variable_columns), &out->variables);
  for (size_t i = 0; i < json_count(variables); i++) {
    const slice name = json_as_text(json_get(json_at(variables, i), "name"));
    layout_texts_add(d, &out->variables.names, document_item(d, name));
  }
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
                                   {"value", shown_cell(d, json_get(place, "value"))}};
  return sentence_fill(d, word_text(pattern, d->language), places, 5);
}

static slice joined(const document *d, const layout_texts *list) {
  return layout_texts_joined(d, list, document_word(d, WORD_COMMA));
}

static slice all_places(const document *d, const json *places, word each) {
  layout_texts list = {.count = 0};
  for (size_t i = 0; i < json_count(places); i++) {
    layout_texts_add(d, &list, one_place(d, json_at(places, i), each));
  }
  return joined(d, &list);
}

slice layout_places(const document *d, const json *places) {
  return all_places(d, places, WORD_CELL_PLACE);
}

slice layout_rows(const document *d, const json *places) {
  return all_places(d, places, WORD_ROW_PLACE);
}

/* ---- Troubles ------------------------------------------------------------------------------------ */

static void tell(const document *d, layout_texts *out, word sentence, const sentence_place *places,
                 size_t count) {
  layout_texts_add(d, out, sentence_fill(d, word_text(sentence, d->language), places, count));
}

/* "Invalid answers to Price: a.csv:3 “x”, a.csv:9 “y”" */
static void tell_places(const document *d, const json *places, word sentence, word each, slice owner,
                        layout_texts *out) {
  if (json_count(places) > 0) {
    const sentence_place filled[] = {
        {"file", owner}, {"item", owner}, {"places", all_places(d, places, each)}};
    tell(d, out, sentence, filled, 3);
  }
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

/* "2,015 of 2,020 answers to Price are invalid: “Very satisfied” 1,203, “Satisfied” 812" */
static void tell_texts(const document *d, const json *variable, slice item, layout_texts *out) {
  const json *texts = json_get(variable, "invalid_texts");
  const json *more = json_get(variable, "invalid_texts_more");
  layout_texts list = {.count = 0};
  if (json_count(texts) == 0) {
    return;
  }
  for (size_t i = 0; i < json_count(texts); i++) {
    const json *text = json_at(texts, i);
    const sentence_place places[] = {{"value", shortened(d, shown_cell(d, json_get(text, "value")))},
                                     {"n", figure_count(d, json_as_integer(json_get(text, "n")))}};
    tell(d, &list, WORD_TEXT_COUNT, places, 2);
  }
  if (json_kind_of(more) == JSON_OBJECT) {
    const word others = json_as_bool(json_get(more, "complete")) ? WORD_OTHER_TEXTS : WORD_MANY_OTHER_TEXTS;
    const sentence_place places[] = {{"texts", figure_count(d, json_as_integer(json_get(more, "texts")))},
                                     {"n", figure_count(d, json_as_integer(json_get(more, "n")))}};
    tell(d, &list, others, places, 2);
  }
  const int64_t invalid = json_as_integer(json_get(variable, "invalid"));
  const int64_t given = invalid + json_as_integer(json_get(variable, "answered"));
  const sentence_place filled[] = {{"item", item},
                                   {"n", figure_count(d, invalid)},
                                   {"given", figure_count(d, given)},
                                   {"texts", joined(d, &list)}};
  tell(d, out, WORD_INVALID_TEXTS, filled, 4);
}

/* "Blank rows in a.csv, left out: 1,000 (lines 5, 6, 7)" */
static void tell_skipped(const document *d, const json *skipped, word sentence, slice file,
                         layout_texts *out) {
  if (json_kind_of(skipped) != JSON_OBJECT) {
    return;
  }
  const json *lines = json_get(skipped, "lines");
  layout_texts list = {.count = 0};
  for (size_t i = 0; i < json_count(lines); i++) {
    layout_texts_add(d, &list, figure_alone(d, "line", json_at(lines, i), skipped));
  }
  const sentence_place filled[] = {{"file", file},
                                   {"n", figure_count(d, json_as_integer(json_get(skipped, "n")))},
                                   {"places", joined(d, &list)}};
  tell(d, out, sentence, filled, 3);
}

/* "Rows of a.csv that were lost and are in no figure: 65,536 (1 to 65,536: workers were lost ..)" */
static void tell_lost(const document *d, const json *lost, slice file, layout_texts *out) {
  if (json_kind_of(lost) != JSON_OBJECT) {
    return;
  }
  const json *places = json_get(lost, "places");
  layout_texts list = {.count = 0};
  for (size_t i = 0; i < json_count(places); i++) {
    const json *place = json_at(places, i);
    const int64_t first = json_as_integer(json_get(place, "row"));
    const int64_t rows = json_as_integer(json_get(place, "rows"));
    const bool has_killed = slice_equal(json_as_text(json_get(place, "cause")), slice_of("workers_lost"));
    const sentence_place filled[] = {{"first", figure_count(d, first)},
                                     {"last", figure_count(d, first + rows - 1)}};
    tell(d, &list, has_killed ? WORD_LOST_TO_WORKERS : WORD_LOST_UNREADABLE, filled, 2);
  }
  const sentence_place filled[] = {{"file", file},
                                   {"n", figure_count(d, json_as_integer(json_get(lost, "n")))},
                                   {"places", joined(d, &list)}};
  tell(d, out, WORD_LOST_ROW_PLACES, filled, 3);
}

static const struct {
  const char *key;
  word sentence;
} told_rows[] = {{"blank_rows", WORD_BLANK_ROW_LINES},
                 {"repeated_headers", WORD_REPEATED_HEADER_LINES},
                 {"totals", WORD_TOTAL_LINES},
                 {"hidden_rows", WORD_HIDDEN_ROW_LINES},
                 {"long_numbers", WORD_LONG_NUMBER_LINES},
                 {"far_cells", WORD_FAR_CELL_LINES},
                 {"maybe_totals", WORD_MAYBE_TOTAL_LINES}};

/* What is no weight in a weight is told with the weights, and once is enough. */
static bool is_weight(const document *d, const json *variable) {
  const json *weights = data_of(d, "weights");
  const slice name = json_as_text(json_get(variable, "name"));
  for (size_t i = 0; i < json_count(weights); i++) {
    if (slice_equal(json_as_text(json_get(json_at(weights, i), "name")), name)) {
      return true;
    }
  }
  return false;
}

static void make_troubles(const document *d, layout_texts *out) {
  const json *files = data_of(d, "files");
  layout_read_as_tell(d, files, out);
  for (size_t i = 0; i < json_count(files); i++) {
    const json *file = json_at(files, i);
    slice name = shown_text(d, json_get(file, "name"));
    tell_lost(d, json_get(file, "lost_rows"), name, out);
    tell_places(d, json_get(file, "places"), WORD_QUARANTINED_PLACES, WORD_LINE_PLACE, name, out);
    for (size_t k = 0; k < sizeof told_rows / sizeof told_rows[0]; k++) {
      tell_skipped(d, json_get(file, told_rows[k].key), told_rows[k].sentence, name, out);
    }
  }
  const json *variables = data_of(d, "variables");
  layout_absent_tell(d, variables, out);
  layout_dictionary_tell(d, json_get(d->root, "data"), out);
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    slice item = document_item(d, json_as_text(json_get(variable, "name")));
    if (!is_weight(d, variable)) {
      tell_texts(d, variable, item, out);
      tell_places(d, json_get(variable, "places"), WORD_INVALID_PLACES, WORD_CELL_PLACE, item, out);
    }
    layout_numbers_tell(d, variable, item, out);
  }
  layout_results_tell(d, data_of(d, "results"), out);
  layout_weights_tell(d, out);
}

void layout_data_make(const document *d, layout_data *out) {
  make_files(d, out);
  make_variables(d, out);
  make_troubles(d, &out->troubles);
}
