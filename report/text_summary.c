/* The summary: the facts of the data, then each analysis in its headline figure.
 *
 * A section may say what its headline is: "headline": {"table": .., "column": ..}.  Otherwise its analysis'
 * presentation says: the first of its headlines whose table is there or whose column is in the first table (a
 * document of another version may name its tables otherwise).  An analysis that this version does not know
 * has no other headline than its own. */
#include <math.h>

#include "report/grid.h"
#include "report/render.h"
#include "report/sentence.h"
#include "report/strip.h"
#include "stats/analyses/presentation.h"

enum { HEADLINE_ROWS_MAX = 6, INDENT = 2 };
enum { PART_NAME, PART_FIGURE, PART_VALUE, PART_INTERVAL, PART_STRIP, PARTS };

typedef struct headline {
  const json *table;
  const char *column;
  presentation_headline told; /* empty when the analysis is not known */
} headline;

static bool table_has_column(const json *table, const char *key) {
  const json *columns = json_get(table, "columns");
  for (size_t i = 0; i < json_count(columns); i++) {
    if (slice_equal(json_as_text(json_at(columns, i)), slice_of(key))) {
      return true;
    }
  }
  return false;
}

static const json *table_named(const json *section, slice name) {
  const json *tables = json_get(section, "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    if (slice_equal(json_as_text(json_get(json_at(tables, i), "name")), name)) {
      return json_at(tables, i);
    }
  }
  return NULL;
}

static headline find_headline(const json *section) {
  const analysis_presentation *p = analysis_presentation_of(json_as_text(json_get(section, "analysis")));
  const json *given = json_get(section, "headline");
  const json *named = table_named(section, json_as_text(json_get(given, "table")));
  if (named != NULL) {
    const presentation_headline *told = presentation_headline_of(p, json_as_text(json_get(given, "table")));
    return (headline){named, json_as_cstring(json_get(given, "column")),
                      told != NULL ? *told : (presentation_headline){NULL}};
  }
  const json *first = json_at(json_get(section, "tables"), 0);
  for (size_t i = 0; p != NULL && i < PRESENTATION_HEADLINES_MAX && p->headlines[i].table != NULL; i++) {
    const presentation_headline *told = &p->headlines[i];
    const json *table = table_named(section, slice_of(told->table));
    table = table == NULL ? first : table;
    if (table_has_column(table, told->column)) {
      return (headline){table, told->column, *told};
    }
  }
  return (headline){NULL, NULL, {NULL}};
}

static bool is_total(const json *row) {
  const json *group = json_get(row, "group");
  return json_kind_of(group) == JSON_NULL;
}

static double bound(const json *row, const char *key) {
  const json *cell = json_get(row, key);
  return json_kind_of(cell) == JSON_NULL ? NAN : json_as_number(cell);
}

static bool find_scale(const document *d, const figure_scale *told, slice item, strip_scale *scale) {
  *scale = (strip_scale){told->low, told->high};
  return told->kind == FIGURE_SCALE_FIXED ||
         (told->kind == FIGURE_SCALE_OF_ITEM && document_scale(d, item, &scale->low, &scale->high));
}

static slice interval_text(const document *d, const figure_column *column, const json *row) {
  figure_column low = *column;
  figure_column high = *column;
  low.key = "ci_low";
  high.key = "ci_high";
  if (isnan(bound(row, low.key)) || isnan(bound(row, high.key))) {
    return slice_of("");
  }
  const sentence_place places[] = {{"low", figure_cell(d, &low, row)}, {"high", figure_cell(d, &high, row)}};
  return sentence_fill(d, "[{low}, {high}]", places, 2);
}

/* The headlines being laid out: first counted, then set, then set once more with strips. */
typedef struct headlines {
  const document *d;
  grid *g; /* NULL while counting */
  size_t at;
  size_t name_columns;  /* that a name may take on the line of its figure */
  size_t strip_columns; /* 0: none */
} headlines;

static void set(headlines *h, size_t part, slice text) {
  grid_set(h->g, h->at, part, text);
}

static void set_figure(headlines *h, const figure_scale *told, const figure_column *column, const json *row) {
  const document *d = h->d;
  set(h, PART_FIGURE, column->title);
  set(h, PART_VALUE, figure_cell(d, column, row));
  set(h, PART_INTERVAL, interval_text(d, column, row));
  strip_scale scale = {0, 0};
  double value = bound(row, column->key);
  slice item = json_as_text(json_get(row, "item"));
  if (h->strip_columns > 0 && !isnan(value) && find_scale(d, told, item, &scale)) {
    double from = bound(row, "ci_low");
    double to = bound(row, "ci_high");
    set(h, PART_STRIP, strip_interval(d->memory, h->strip_columns, scale, from, value, to));
  }
}

static slice indented(const document *d, slice text) {
  return sentence_fill(d, "\xC2\xA0\xC2\xA0{text}", &(sentence_place){"text", text}, 1);
}

/* What a headline's figure belongs to: "Seat comfort", "Reasons: price", "Seat comfort × Satisfied",
 * "Segment 2". */
static slice row_name(const document *d, const headline *of, const json *row) {
  slice item = json_as_text(json_get(row, "item"));
  slice other = json_as_text(json_get(row, "other_item"));
  const json *value = json_get(row, "value");
  const char *numbered = of->told.numbered;
  const json *number = numbered != NULL ? json_get(row, numbered) : NULL;
  const sentence_place places[] = {
      {"item", document_item(d, item)},
      {"other", document_item(d, other)},
      {"value", value ? document_value(d, item, value) : slice_of("")},
      {"number", number ? figure_alone(d, numbered, number, row) : slice_of("")},
      {"title", number ? figure_title(d, numbered) : slice_of("")},
  };
  const char *pattern = number && item.length == 0 ? "{title} {number}"
                        : value                    ? "{item}: {value}"
                        : other.length > 0         ? "{item} × {other}"
                                                   : "{item}";
  return sentence_fill(d, pattern, places, sizeof places / sizeof places[0]);
}

static size_t count_totals(const json *rows) {
  size_t count = 0;
  for (size_t r = 0; r < json_count(rows); r++) {
    count += is_total(json_at(rows, r)) ? 1 : 0;
  }
  return count;
}

/* The only row with a figure for the total. */
static const json *only_total(const json *rows) {
  size_t r = 0;
  while (r + 1 < json_count(rows) && !is_total(json_at(rows, r))) {
    r++;
  }
  return json_at(rows, r);
}

/* "Description: Age": a label says what its one figure is about, the title of a kind needs the item.  Empty
 * when it is too long for the column of names. */
static slice joined_name(const headlines *h, const json *section, const headline *of, const json *row) {
  const sentence_place places[] = {{"title", section_title(h->d, section)},
                                   {"colon", document_word(h->d, WORD_COLON)},
                                   {"row", row_name(h->d, of, row)}};
  slice joined = sentence_fill(h->d, "{title}{colon}{row}", places, 3);
  return text_width(joined) <= h->name_columns ? joined : slice_of("");
}

/* Sets the section's title; whether its figures stand on lines of their own below. */
static bool set_title(headlines *h, const json *section, const headline *of, size_t totals) {
  const json *rows = json_get(of->table, "rows");
  const sentence_place title = {"title", section_title(h->d, section)};
  const bool is_labelled = document_label(h->d, json_get(section, "label")).length > 0;
  const bool wants_item = totals == 1 && !is_labelled && row_name(h->d, of, only_total(rows)).length > 0;
  slice joined = wants_item ? joined_name(h, section, of, only_total(rows)) : slice_of("");
  const char *pattern = totals == 0 ? word_text(WORD_SEE_BELOW, h->d->language) : "{title}";
  set(h, PART_NAME, joined.length > 0 ? joined : sentence_fill(h->d, pattern, &title, 1));
  return totals > 1 || (wants_item && joined.length == 0);
}

/* One line for one figure; more figures, or one with a long name, stand under the section's title, each with
 * its item. */
static void add_section(headlines *h, const json *section) {
  const headline found = find_headline(section);
  const json *rows = json_get(found.table, "rows");
  size_t totals = count_totals(rows);
  figure_column column = {.key = ""};
  if (totals > 0) {
    column = figure_column_of(h->d, found.column, rows);
  }
  const bool is_list = set_title(h, section, &found, totals);
  h->at += is_list || totals == 0 ? 1 : 0;
  size_t shown = 0;
  for (size_t r = 0; r < json_count(rows) && shown < HEADLINE_ROWS_MAX; r++) {
    const json *row = json_at(rows, r);
    if (is_total(row)) {
      if (is_list) {
        set(h, PART_NAME, indented(h->d, row_name(h->d, &found, row)));
      }
      set_figure(h, &found.told.scale, &column, row);
      h->at++;
      shown++;
    }
  }
  if (totals > shown) {
    const sentence_place place = {"n", figure_count(h->d, (int64_t)(totals - shown))};
    set(h, PART_NAME, indented(h->d, sentence_fill(h->d, word_text(WORD_MORE, h->d->language), &place, 1)));
    h->at++;
  }
}

static void add_sections(headlines *h) {
  const json *sections = json_get(h->d->root, "analyses");
  h->at = 0;
  for (size_t i = 0; i < json_count(sections); i++) {
    add_section(h, json_at(sections, i));
  }
}

static void write_headlines(const document *d, const pen *p) {
  static const grid_column columns[PARTS] = {
      [PART_NAME] = {.align = GRID_TEXT, .is_key = true, .lines_max = 1},
      [PART_FIGURE] = {.align = GRID_TEXT},
      [PART_VALUE] = {.align = GRID_FIGURE, .is_bold = true},
      [PART_INTERVAL] = {.align = GRID_TEXT},
      [PART_STRIP] = {.align = GRID_TEXT},
  };
  headlines h = {.d = d, .name_columns = p->columns * 2 / 5};
  add_sections(&h);
  h.g = grid_new(d->memory, columns, PARTS, h.at);
  add_sections(&h);
  /* A fifth of the page is for the strips, if the figures leave it. */
  pen narrow = *p;
  narrow.columns = p->columns - p->columns / 5;
  size_t used = INDENT + grid_width(h.g, &narrow, INDENT, false);
  size_t left = p->columns > used ? p->columns - used : 0;
  if (used <= narrow.columns + INDENT && left >= STRIP_INTERVAL_MIN) {
    h.strip_columns = left < STRIP_INTERVAL_MAX ? left : STRIP_INTERVAL_MAX;
    add_sections(&h);
  }
  grid_write(h.g, p, INDENT, false, slice_of(""));
}

static size_t count_warnings(const document *d) {
  const json *sections = json_get(d->root, "analyses");
  size_t count = 0;
  for (size_t i = 0; i < json_count(sections); i++) {
    count += json_count(json_get(json_at(sections, i), "warnings"));
  }
  return count;
}

/* "survey.csv, more.csv" */
static slice file_names(const document *d) {
  const json *files = json_get(json_get(d->root, "data"), "files");
  buf names;
  buf_init(&names);
  for (size_t i = 0; i < json_count(files); i++) {
    slice name = document_display(d, json_as_text(json_get(json_at(files, i), "name")));
    slice comma = document_word(d, WORD_COMMA);
    buf_put(&names, comma.bytes, i > 0 ? comma.length : 0);
    buf_put(&names, name.bytes, name.length);
  }
  slice copy = arena_slice(d->memory, (slice){(const char *)names.data, names.length});
  buf_fini(&names);
  return copy;
}

static void write_facts(const document *d, const pen *p) {
  const json *data = json_get(d->root, "data");
  static const grid_column columns[] = {
      {.align = GRID_TEXT, .is_key = true}, {.align = GRID_FIGURE}, {.align = GRID_TEXT}};
  const struct {
    word name;
    int64_t count;
    bool is_shown;
  } facts[] = {
      {WORD_ROWS, json_as_integer(json_get(data, "rows")), true},
      {WORD_QUARANTINED, json_as_integer(json_get(data, "quarantined")), true},
      {WORD_INVALID, json_as_integer(json_get(data, "invalid")), true},
      {WORD_WARNINGS, (int64_t)count_warnings(d), count_warnings(d) > 0},
  };
  size_t count = sizeof facts / sizeof facts[0] - (facts[3].is_shown ? 0 : 1);
  grid *g = grid_new(d->memory, columns, 3, count);
  for (size_t i = 0; i < count; i++) {
    grid_set(g, i, 0, document_word(d, facts[i].name));
    grid_set(g, i, 1, figure_count(d, facts[i].count));
  }
  grid_set(g, 0, 2, file_names(d));
  grid_write(g, p, INDENT, false, slice_of(""));
}

void text_summary_write(const document *d, const pen *p) {
  slice title = document_label(d, json_get(d->root, "title"));
  title = title.length > 0 ? title : document_word(d, WORD_REPORT);
  pen_paragraph(p, PEN_BOLD, 0, "", title);
  pen_repeat(p, PEN_DIM, "═", text_width(title) < p->columns ? text_width(title) : p->columns);
  pen_line_end(p);
  pen_line_end(p);
  pen_text(p, PEN_BOLD, document_word(d, WORD_SUMMARY));
  pen_line_end(p);
  write_facts(d, p);
  pen_line_end(p);
  write_headlines(d, p);
}
