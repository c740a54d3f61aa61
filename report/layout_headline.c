/* The headline of a section: the figures that the summary shows.
 *
 * A section may say what its headline is: "headline": {"table": .., "column": ..}.  Otherwise its analysis'
 * presentation says: the first of its headlines whose table exists or whose column is in the first table (a
 * document of another version may name its tables otherwise).  An analysis that this version does not know
 * has no other headline than its own. */
#include <math.h>
#include <string.h>

#include "report/layout_build.h"
#include "report/sentence.h"

enum { HEADLINE_ROWS_MAX = 6 };

static const layout_table *table_named(const layout_section *s, slice name) {
  for (size_t i = 0; i < s->tables_count; i++) {
    if (slice_equal(slice_of(s->tables[i].name), name)) {
      return &s->tables[i];
    }
  }
  return NULL;
}

static bool has_column(const layout_table *table, const char *key) {
  for (size_t c = 0; table != NULL && c < table->columns_count; c++) {
    if (strcmp(table->keys[c], key) == 0) {
      return true;
    }
  }
  return false;
}

void layout_headline_find(const json *section, layout_section *s) {
  const analysis_presentation *p = analysis_presentation_of(s->analysis);
  const json *given = json_get(section, "headline");
  const slice name = json_as_text(json_get(given, "table"));
  s->headline_table = table_named(s, name);
  if (s->headline_table != NULL) {
    const presentation_headline *told = presentation_headline_of(p, name);
    s->headline_column = json_as_cstring(json_get(given, "column"));
    s->told = told != NULL ? *told : (presentation_headline){.table = NULL};
    return;
  }
  const layout_table *first = s->tables_count > 0 ? &s->tables[0] : NULL;
  for (size_t i = 0; p != NULL && i < PRESENTATION_HEADLINES_MAX && p->headlines[i].table != NULL; i++) {
    const presentation_headline *told = &p->headlines[i];
    const layout_table *table = table_named(s, slice_of(told->table));
    table = table == NULL ? first : table;
    if (has_column(table, told->column)) {
      s->headline_table = table;
      s->headline_column = told->column;
      s->told = *told;
      return;
    }
  }
}

/* The answer that ROW is about; NULL: none, or the item as a whole, which is an empty text. */
static const json *named_value(const json *row) {
  const json *value = json_get(row, "value");
  return json_kind_of(value) == JSON_TEXT && json_as_text(value).length == 0 ? NULL : value;
}

slice layout_row_name(const document *d, const char *numbered, const json *row) {
  slice item = json_as_text(json_get(row, "item"));
  slice other = json_as_text(json_get(row, "other_item"));
  const json *other_value = json_get(row, "other_value"); /* of an option among the columns */
  const json *value = other_value != NULL ? other_value : named_value(row);
  const slice of_value = other_value != NULL ? other : item;
  const json *number = numbered != NULL ? json_get(row, numbered) : NULL;
  const sentence_place places[] = {
      {"item", document_item(d, item)},
      {"other", document_item(d, other)},
      {"value", value != NULL ? document_value(d, of_value, value) : slice_of("")},
      {"number", number != NULL ? figure_alone(d, numbered, number, row) : slice_of("")},
      {"title", number != NULL ? figure_title(d, numbered) : slice_of("")},
  };
  const char *pattern = number != NULL && item.length == 0 ? "{title} {number}"
                        : other_value != NULL              ? "{item} × {other}: {value}"
                        : value != NULL                    ? "{item}: {value}"
                        : other.length > 0                 ? "{item} × {other}"
                                                           : "{item}";
  return sentence_fill(d, pattern, places, sizeof places / sizeof places[0]);
}

/* ---- Figures ------------------------------------------------------------------------------------- */

static double bound(const json *row, const char *key) {
  const json *cell = json_get(row, key);
  return json_kind_of(cell) == JSON_NULL ? NAN : json_as_number(cell);
}

static bool find_scale(const document *d, const figure_scale *told, slice item, headline_figure *out) {
  out->scale_low = told->low;
  out->scale_high = told->high;
  return told->kind == FIGURE_SCALE_FIXED ||
         (told->kind == FIGURE_SCALE_OF_ITEM && document_scale(d, item, &out->scale_low, &out->scale_high));
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

static headline_figure figure_of(const document *d, const layout_section *s, const figure_column *column,
                                 const json *row) {
  headline_figure f = {.name = layout_row_name(d, s->told.numbered, row),
                       .title = column->title,
                       .value = figure_cell(d, column, row),
                       .interval = interval_text(d, column, row),
                       .at = bound(row, column->key),
                       .from = bound(row, "ci_low"),
                       .to = bound(row, "ci_high")};
  const slice item = json_as_text(json_get(row, "item"));
  f.has_scale = !isnan(f.at) && find_scale(d, &s->told.scale, item, &f);
  return f;
}

headline_figure layout_headline_figure(const document *d, const layout_section *section, const json *row) {
  const figure_column column =
      figure_column_of(d, section->json, section->headline_column, section->headline_table->rows);
  return figure_of(d, section, &column, row);
}

layout_headline layout_headline_of(const document *d, const layout_section *section) {
  layout_headline out = {ARENA_ARRAY(d->memory, headline_figure, HEADLINE_ROWS_MAX), 0, 0};
  if (section->headline_table == NULL || out.at == NULL) {
    return out;
  }
  const json *rows = section->headline_table->rows;
  const figure_column column = figure_column_of(d, section->json, section->headline_column, rows);
  for (size_t r = 0; r < json_count(rows); r++) {
    const json *row = json_at(rows, r);
    if (json_kind_of(json_get(row, "group")) != JSON_NULL) {
      continue;
    }
    if (out.count < HEADLINE_ROWS_MAX) {
      out.at[out.count++] = figure_of(d, section, &column, row);
    } else {
      out.more++;
    }
  }
  return out;
}
