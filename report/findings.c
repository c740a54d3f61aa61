/* The page of the summary, by the rules. */
#include "report/findings.h"

#include <math.h>
#include <stdio.h>

#include "report/findings_parts.h"
#include "report/layout_build.h"
#include "report/svg_frame.h"

/* ---- Lists of rows of a chart -------------------------------------------------------------------- */

enum { CHART_ROWS_MAX = 200 };

typedef struct ranking {
  const layout_chart *chart;
  const outline_figure *figure;
  const chart_row *rows[CHART_ROWS_MAX]; /* from the highest */
  size_t count;
} ranking;

static void rank_row(ranking *r, const chart_row *row) {
  if (isnan(row->value) || r->count == CHART_ROWS_MAX) {
    return;
  }
  size_t at = r->count++;
  for (; at > 0 && r->rows[at - 1]->value < row->value; at--) {
    r->rows[at] = r->rows[at - 1];
  }
  r->rows[at] = row;
}

/* What is deepest in a tree; else whatever is no group of something. */
static bool is_leaf(const layout_chart *c, size_t i) {
  const bool has_children = i + 1 < c->rows_count && c->rows[i + 1].level > c->rows[i].level;
  return !c->rows[i].is_part && (!c->is_tree || (c->rows[i].level > 0 && !has_children));
}

static finding_row row_of(const document *d, const layout_chart *c, const chart_row *row) {
  const double size = c->high - c->low;
  return (finding_row){.name = row->label,
                       .value = svg_figure(d, row->value_text),
                       .share = size > 0 ? (row->value - c->low) / size : 0};
}

/* COUNT rows from FIRST, a STEP of -1 goes towards the highest. */
static void list_rows(const document *d, const ranking *r, size_t first, int step, size_t count,
                      finding_list *out) {
  out->figure = r->figure;
  for (size_t i = 0; i < count && i < FINDINGS_ROWS_MAX && i < r->count; i++) {
    const chart_row *row = r->rows[step > 0 ? first + i : first - i];
    out->rows[out->count++] = row_of(d, r->chart, row);
  }
}

/* ---- Level, parts, items ------------------------------------------------------------------------- */

/* The first tree of the report, else the first headline chart of several items. */
static const outline_figure *find_ranked(const outline *o) {
  const outline_figure *items = NULL;
  for (size_t i = 0; i < o->chapters_count; i++) {
    for (size_t k = 0; k < o->chapters[i].sections_count; k++) {
      const outline_section *s = &o->chapters[i].sections[k];
      const outline_figure *f = s->figures_count > 0 ? &s->figures[0] : NULL;
      const bool is_chart = f != NULL && f->chart != NULL && f->chart->kind == CHART_BARS;
      if (is_chart && f->chart->is_tree) {
        return f;
      }
      const bool is_of_items =
          s->section->chapter == CHAPTER_ITEMS || s->section->chapter == CHAPTER_SATISFACTION;
      items = items == NULL && is_chart && is_of_items && f->chart->rows_count > 2 ? f : items;
    }
  }
  return items;
}

static bool is_apart(const chart_row *above, const chart_row *below) {
  return above->low > below->high; /* false where an interval is NAN */
}

/* "Cabin leads with 58.1", or that none does. */
static slice say_end(const document *d, rule_id id, const chart_row *end, const chart_row *next, bool holds) {
  const sentence_place places[] = {{"item", end->label},
                                   {"value", svg_figure(d, end->value_text)},
                                   {"other", next->label},
                                   {"other_value", svg_figure(d, next->value_text)}};
  return rule_say(d, id, holds, places, 4);
}

static void say_ends(const document *d, const ranking *r, layout_texts *out) {
  if (r->count < 2) {
    return;
  }
  const chart_row *first = r->rows[0];
  const chart_row *last = r->rows[r->count - 1];
  const bool leads = is_apart(first, r->rows[1]);
  const bool trails = is_apart(r->rows[r->count - 2], last);
  layout_texts_add(d, out, say_end(d, RULE_lead, first, r->rows[1], leads));
  if (leads || trails) {
    layout_texts_add(d, out, say_end(d, RULE_trail, last, r->rows[r->count - 2], trails));
  }
}

static void find_items(const outline *o, findings *out, layout_texts *head) {
  const document *d = o->l->document;
  ranking parts = {.figure = find_ranked(o)};
  if (parts.figure == NULL) {
    return;
  }
  parts.chart = parts.figure->chart;
  ranking items = parts;
  for (size_t i = 0; i < parts.chart->rows_count; i++) {
    const chart_row *row = &parts.chart->rows[i];
    if (parts.chart->is_tree && row->level == 1) {
      rank_row(&parts, row);
    }
    if (is_leaf(parts.chart, i)) {
      rank_row(&items, row);
    }
  }
  const size_t few = items.count / 2 < FINDINGS_FEW ? items.count / 2 : FINDINGS_FEW;
  list_rows(d, &parts, 0, 1, FINDINGS_ROWS_MAX, &out->parts);
  list_rows(d, &items, 0, 1, few, &out->best);
  if (few > 0) {
    list_rows(d, &items, items.count - 1, -1, few, &out->weakest);
  }
  say_ends(d, parts.count > 1 ? &parts : &items, head);
}

const findings *findings_make(const outline *o) {
  const document *d = o->l->document;
  findings *out = ARENA_NEW(d->memory, findings);
  layout_texts head = {.count = 0};
  if (out == NULL) {
    return NULL;
  }
  findings_level(o, out, &head);
  find_items(o, out, &head);
  findings_drivers(o, &out->drivers);
  findings_priorities(o, &out->priorities);
  findings_behind(o, &out->behind);
  findings_warnings(o, &out->warnings);
  out->head = finding_begun(d, layout_texts_joined(d, &head, document_word(d, WORD_SEMICOLON)));
  return arena_failed(d->memory) ? NULL : out;
}
