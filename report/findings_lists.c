/* Drivers, priorities, and groups that fall behind: rows of tables that a rule carries. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/findings_parts.h"
#include "report/svg_frame.h"

static double number_of(const json *row, const char *key) {
  const json *cell = json_get(row, key);
  const bool is_number = json_kind_of(cell) == JSON_INTEGER || json_kind_of(cell) == JSON_NUMBER;
  return is_number ? json_as_number(cell) : NAN;
}

static bool is_total(const json *row) {
  return json_kind_of(json_get(row, "group")) == JSON_NULL;
}

static const figure_column *column_of(const document *d, const layout_table *t, const char *key) {
  for (size_t c = 0; c < t->columns_count; c++) {
    if (strcmp(t->keys[c], key) == 0) {
      return &layout_columns(d, t)[c];
    }
  }
  return NULL;
}

static const outline_figure *figure_of(const outline *o, const layout_table *t) {
  for (size_t i = 0; i < o->chapters_count; i++) {
    for (size_t k = 0; k < o->chapters[i].sections_count; k++) {
      const outline_section *s = &o->chapters[i].sections[k];
      for (size_t f = 0; f < s->figures_count; f++) {
        if (s->figures[f].table == t) {
          return &s->figures[f];
        }
      }
    }
  }
  return NULL;
}

/* A row into a list of the most that are largest by SIZE. */
static void insert(finding_list *list, double sizes[FINDINGS_ROWS_MAX], size_t most, const finding_row *row,
                   double size) {
  size_t at = list->count < most ? list->count++ : most - 1;
  if (at == most - 1 && list->count == most && sizes[at] > size) {
    return;
  }
  for (; at > 0 && sizes[at - 1] < size; at--) {
    sizes[at] = sizes[at - 1];
    list->rows[at] = list->rows[at - 1];
  }
  sizes[at] = size;
  list->rows[at] = *row;
}

/* ---- Drivers ------------------------------------------------------------------------------------- */

static bool is_driver(const json *row) {
  const double adjusted = number_of(row, "p_adjusted");
  const double p = isnan(adjusted) ? number_of(row, "p") : adjusted;
  const double low = number_of(row, "ci_low");
  const double high = number_of(row, "ci_high");
  return isnan(p) ? low > 0 || high < 0 : p < rule_of(RULE_driver)->threshold;
}

/* Shares of what is explained say more than figures without a scale. */
static const layout_section *find_drivers(const layout *l) {
  const layout_section *any = NULL;
  for (size_t i = 0; i < l->sections_count; i++) {
    const layout_section *s = &l->sections[i];
    if (s->chapter != CHAPTER_DRIVERS || s->headline_table == NULL) {
      continue;
    }
    if (s->told.scale.kind == FIGURE_SCALE_FIXED) {
      return s;
    }
    any = any == NULL ? s : any;
  }
  return any;
}

void findings_drivers(const outline *o, finding_list *out) {
  const document *d = o->l->document;
  const layout_section *s = find_drivers(o->l);
  const figure_column *column = s == NULL ? NULL : column_of(d, s->headline_table, s->headline_column);
  double sizes[FINDINGS_ROWS_MAX] = {0};
  if (column == NULL) {
    return;
  }
  out->figure = figure_of(o, s->headline_table);
  for (size_t r = 0; r < s->headline_table->rows_count; r++) {
    const json *row = json_at(s->headline_table->rows, r);
    const double value = number_of(row, s->headline_column);
    if (is_total(row) && !isnan(value) && is_driver(row)) {
      const finding_row own = {.name = layout_row_name(d, s->told.numbered, row),
                               .value = svg_figure(d, figure_cell(d, column, row))};
      insert(out, sizes, FINDINGS_ROWS_MAX, &own, fabs(value));
    }
  }
  for (size_t i = 0; i < out->count; i++) {
    out->rows[i].share = sizes[0] > 0 ? sizes[i] / sizes[0] : 0;
  }
  out->plain = out->count > 0 ? slice_of("") : finding_begun(d, rule_say(d, RULE_driver, false, NULL, 0));
}

/* ---- Priorities ---------------------------------------------------------------------------------- */

static bool is_gain(const json *row, double value) {
  const double low = number_of(row, "ci_low");
  const double p = number_of(row, "p");
  return value > 0 && (isnan(low) ? p < rule_of(RULE_priority)->threshold : low > 0);
}

static finding_row priority_of(const document *d, const layout_section *s, const figure_column *column,
                               const json *row) {
  figure_column low = *column;
  figure_column high = *column;
  low.key = "ci_low";
  high.key = "ci_high";
  const sentence_place value = {"value", svg_figure(d, figure_cell(d, column, row))};
  const sentence_place places[] = {{"said", rule_say(d, RULE_priority, true, &value, 1)},
                                   {"low", svg_figure(d, figure_cell(d, &low, row))},
                                   {"high", svg_figure(d, figure_cell(d, &high, row))}};
  const char *pattern = isnan(number_of(row, "ci_low")) ? "{said}" : "{said} ({low}–{high})";
  return (finding_row){.name = layout_row_name(d, s->told.numbered, row),
                       .value = value.text,
                       .remark = sentence_fill(d, pattern, places, 3)};
}

void findings_priorities(const outline *o, finding_list *out) {
  const document *d = o->l->document;
  for (size_t i = 0; i < o->l->sections_count && out->figure == NULL; i++) {
    const layout_section *s = &o->l->sections[i];
    const figure_column *column = s->chapter != CHAPTER_PRIORITIES || s->headline_table == NULL
                                      ? NULL
                                      : column_of(d, s->headline_table, s->headline_column);
    if (column == NULL) {
      continue;
    }
    out->figure = figure_of(o, s->headline_table);
    for (size_t r = 0; r < s->headline_table->rows_count && out->count < FINDINGS_FEW; r++) {
      const json *row = json_at(s->headline_table->rows, r);
      if (is_total(row) && is_gain(row, number_of(row, s->headline_column))) {
        out->rows[out->count++] = priority_of(d, s, column, row);
      }
    }
    out->plain = out->count > 0 ? slice_of("") : rule_say(d, RULE_priority, false, NULL, 0);
  }
}

/* ---- Groups that fall behind --------------------------------------------------------------------- */

/* The columns of a table of pairs of groups; `difference` is NULL where T is none. */
typedef struct pairs {
  const figure_column *difference, *p, *group, *other;
} pairs;

static pairs pairs_of(const document *d, const layout_table *t) {
  pairs c = {column_of(d, t, "difference"), column_of(d, t, "p_adjusted"), column_of(d, t, "group"),
             column_of(d, t, "other_group")};
  c.difference = c.p != NULL && c.group != NULL && c.other != NULL ? c.difference : NULL;
  return c;
}

/* The difference of a row is the group's figure less the other's. */
static finding_row behind_of(const document *d, const pairs *c, const json *row, double difference) {
  const slice group = figure_cell(d, c->group, row);
  const slice other = figure_cell(d, c->other, row);
  const slice gap = figure_cell(d, c->difference, row);
  const bool is_minus = gap.length > 0 && gap.bytes[0] == '-';
  const sentence_place places[] = {{"group", difference < 0 ? group : other},
                                   {"other", difference < 0 ? other : group},
                                   {"gap", is_minus ? (slice){gap.bytes + 1, gap.length - 1} : gap},
                                   {"item", layout_row_name(d, NULL, row)}};
  return (finding_row){.name = finding_begun(d, rule_say(d, RULE_behind, true, places, 4))};
}

/* How much a difference is: in standard deviations where the table says so. */
static double size_of(const json *row, double difference) {
  const double d = number_of(row, "cohens_d");
  return fabs(isnan(d) ? difference : d);
}

static void add_behind(const outline *o, const layout_table *t, finding_list *out,
                       double sizes[FINDINGS_ROWS_MAX]) {
  const document *d = o->l->document;
  const pairs c = t->view == VIEW_LIST ? pairs_of(d, t) : (pairs){NULL, NULL, NULL, NULL};
  if (c.difference == NULL) {
    return;
  }
  out->figure = out->figure == NULL ? figure_of(o, t) : out->figure;
  for (size_t r = 0; r < t->rows_count; r++) {
    const json *row = json_at(t->rows, r);
    const double difference = number_of(row, "difference");
    if (number_of(row, "p_adjusted") < rule_of(RULE_behind)->threshold && fabs(difference) > 0) {
      const finding_row own = behind_of(d, &c, row, difference);
      insert(out, sizes, FINDINGS_FEW, &own, size_of(row, difference));
    }
  }
}

void findings_behind(const outline *o, finding_list *out) {
  double sizes[FINDINGS_ROWS_MAX] = {0};
  for (size_t i = 0; i < o->l->sections_count; i++) {
    for (size_t t = 0; t < o->l->sections[i].tables_count; t++) {
      add_behind(o, &o->l->sections[i].tables[t], out, sizes);
    }
  }
  if (out->figure != NULL && out->count == 0) {
    out->plain = rule_say(o->l->document, RULE_behind, false, NULL, 0);
  }
}
