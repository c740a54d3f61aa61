/* One analysis: its settings, tables, warnings and notes. */
#include <stdio.h>

#include "report/layout_build.h"
#include "report/sentence.h"

enum { ALIKE_MAX = 8, ALIKE_SHOWN = 5 };

/* ---- Settings ------------------------------------------------------------------------------------ */

typedef struct settings {
  const document *d;
  layout_texts *out;
} settings;

static slice add_setting(settings *s, word pattern, const sentence_place *places, size_t count) {
  const slice text = sentence_fill(s->d, word_text(pattern, s->d->language), places, count);
  layout_texts_add(s->d, s->out, text);
  return text;
}

static void add_counted(settings *s, word pattern, const json *count) {
  if (json_as_integer(count) > 0) {
    (void)add_setting(s, pattern, &(sentence_place){"n", figure_count(s->d, json_as_integer(count))}, 1);
  }
}

static void add_weight(settings *s, const json *given) {
  slice weight = json_as_text(json_get(given, "weight"));
  slice kind = json_as_text(json_get(given, "weight_kind"));
  if (weight.length == 0) {
    (void)add_setting(s, WORD_UNWEIGHTED, NULL, 0);
    return;
  }
  const char *kind_name = json_as_cstring(json_get(given, "weight_kind"));
  const sentence_place places[] = {
      {"weight", document_item(s->d, weight)},
      {"kind", document_display(s->d, slice_of(word_for_name(kind_name, s->d->language)))}};
  (void)add_setting(s, kind.length > 0 ? WORD_WEIGHTED_AS : WORD_WEIGHTED, places, 2);
}

static void make_settings(const document *d, const json *given, layout_section *out) {
  settings s = {d, &out->settings};
  const json *base = json_get(given, "base");
  if (json_kind_of(base) == JSON_OBJECT) {
    const sentence_place places[] = {{"used", figure_count(d, json_as_integer(json_get(base, "used")))},
                                     {"rows", figure_count(d, json_as_integer(json_get(base, "rows")))}};
    (void)add_setting(&s, WORD_BASE, places, 2);
  }
  add_weight(&s, given);
  slice where = json_as_text(json_get(given, "where"));
  if (where.length > 0) {
    (void)add_setting(&s, WORD_WHERE, &(sentence_place){"where", document_display(d, where)}, 1);
  }
  add_counted(&s, WORD_FILTERED_OUT, json_get(base, "filtered_out"));
  add_counted(&s, WORD_FILTER_UNKNOWN, json_get(base, "filter_unknown"));
  add_counted(&s, WORD_WEIGHT_ZERO, json_get(base, "weight_zero"));
  add_counted(&s, WORD_WEIGHT_UNUSABLE, json_get(base, "weight_unusable"));
  double confidence = json_as_number(json_get(given, "confidence"));
  if (confidence > 0 && confidence < 1) {
    char percent[32];
    (void)snprintf(percent, sizeof percent, "%.6g", confidence * 100);
    out->confidence = add_setting(&s, WORD_CONFIDENCE, &(sentence_place){"percent", slice_of(percent)}, 1);
  }
}

/* ---- Remarks ------------------------------------------------------------------------------------- */

/* Remarks of one code: of more than ALIKE_MAX, the first ALIKE_SHOWN are shown. */
typedef struct remark_kind {
  slice code;
  size_t count, seen;
} remark_kind;

/* The kind of that code among KINDS, which end with one without a code: that one when it is new. */
static remark_kind *kind_of(remark_kind *kinds, slice code) {
  size_t i = 0;
  while (kinds[i].count > 0 && !slice_equal(kinds[i].code, code)) {
    i++;
  }
  return &kinds[i];
}

static remark_kind *count_kinds(const document *d, const json *remarks) {
  size_t count = json_count(remarks);
  remark_kind *kinds = ARENA_ARRAY(d->memory, remark_kind, count + 1);
  for (size_t i = 0; kinds != NULL && i < count; i++) {
    slice code = json_as_text(json_get(json_at(remarks, i), "code"));
    remark_kind *kind = kind_of(kinds, code);
    kind->code = code;
    kind->count++;
  }
  return kinds;
}

static void make_remarks(const document *d, const json *remarks, layout_remarks *out) {
  remark_kind *kinds = count_kinds(d, remarks);
  out->at = ARENA_ARRAY(d->memory, layout_remark, 2 * json_count(remarks));
  for (size_t i = 0; kinds != NULL && out->at != NULL && i < json_count(remarks); i++) {
    const json *remark = json_at(remarks, i);
    remark_kind *kind = kind_of(kinds, json_as_text(json_get(remark, "code")));
    size_t shown = kind->count > ALIKE_MAX ? ALIKE_SHOWN : kind->count;
    kind->seen++;
    if (kind->seen <= shown) {
      out->at[out->count++] = (layout_remark){sentence_remark(d, remark), false};
    }
    if (kind->seen == shown && kind->count > shown) {
      const sentence_place place = {"n", figure_count(d, (int64_t)(kind->count - shown))};
      const char *pattern = word_text(WORD_MORE_LIKE_IT, d->language);
      out->at[out->count++] = (layout_remark){sentence_fill(d, pattern, &place, 1), true};
    }
  }
}

/* ---- Tables -------------------------------------------------------------------------------------- */

static table_view view_of(const json *table) {
  static const char *const names[] = {[VIEW_LIST] = "list",
                                      [VIEW_MATRIX] = "matrix",
                                      [VIEW_BARS] = "bars",
                                      [VIEW_BANNER] = "banner",
                                      [VIEW_HEAD] = "head"};
  const slice view = json_as_text(json_get(table, "view"));
  size_t known = sizeof names / sizeof names[0];
  while (known-- > VIEW_LIST + 1 && !slice_equal(view, slice_of(names[known]))) {
  }
  return (table_view)known;
}

/* What the analysis' presentation says of its table.  In a table that this version does not know, what is of
 * all columns is a total. */
static void tell_table(const document *d, const presentation_table *told, layout_table *out) {
  const bool is_named = told != NULL && told->whole != NULL;
  out->whole = is_named ? figure_title(d, told->whole) : document_word(d, WORD_TOTAL);
  if (told != NULL) {
    out->has_totals = told->totals;
    out->shade = told->shade;
    out->darkest = told->darkest;
  }
}

static void make_table(const document *d, const json *section, slice analysis, const json *table,
                       layout_table *out) {
  const json *columns = json_get(table, "columns");
  const char **keys = ARENA_ARRAY(d->memory, const char *, json_count(columns));
  *out = (layout_table){.section = section,
                        .name = json_as_cstring(json_get(table, "name")),
                        .view = view_of(table),
                        .keys = keys,
                        .rows = json_get(table, "rows"),
                        .columns = ARENA_ARRAY(d->memory, figure_column, json_count(columns))};
  out->title = figure_title_in(d, section, out->name);
  out->rows_count = json_count(out->rows);
  tell_table(d, presentation_table_of(analysis_presentation_of(analysis), slice_of(out->name)), out);
  for (size_t c = 0; keys != NULL && out->columns != NULL && c < json_count(columns); c++) {
    keys[out->columns_count++] = json_as_cstring(json_at(columns, c));
  }
}

const figure_column *layout_columns(const document *d, const layout_table *table) {
  for (size_t c = 0; c < table->columns_count && table->columns[c].key == NULL; c++) {
    table->columns[c] = figure_column_of(d, table->section, table->keys[c], table->rows);
    table->columns[c].all_values = table->has_totals ? table->whole : (slice){0};
  }
  return table->columns;
}

/* Is its headline about more than one item? */
static bool has_several_items(const layout_section *s) {
  size_t totals = 0;
  for (size_t r = 0; s->headline_table != NULL && r < s->headline_table->rows_count; r++) {
    totals += json_kind_of(json_get(json_at(s->headline_table->rows, r), "group")) == JSON_NULL ? 1 : 0;
  }
  return totals > 1;
}

void layout_section_make(const document *d, const json *section, layout_section *out) {
  const json *tables = json_get(section, "tables");
  *out = (layout_section){.json = section,
                          .analysis = json_as_text(json_get(section, "analysis")),
                          .name = json_as_text(json_get(section, "name"))};
  const analysis_presentation *known = analysis_presentation_of(out->analysis);
  layout_title_make(d, section, out);
  make_settings(d, json_get(section, "settings"), out);
  out->tables = ARENA_ARRAY(d->memory, layout_table, json_count(tables));
  for (size_t i = 0; out->tables != NULL && i < json_count(tables); i++) {
    make_table(d, section, out->analysis, json_at(tables, i), &out->tables[out->tables_count++]);
  }
  make_remarks(d, json_get(section, "warnings"), &out->warnings);
  make_remarks(d, json_get(section, "notes"), &out->notes);
  layout_headline_find(section, out);
  out->chapter = known == NULL                                 ? CHAPTER_DETAILS
                 : known->is_by_item && has_several_items(out) ? CHAPTER_ITEMS
                                                               : known->chapter;
}
