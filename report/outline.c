/* The outline: which chapters there are, what is in them, and the numbers of their figures. */
#include "report/outline.h"

#include <string.h>

#include "report/layout_build.h"
#include "report/sentence.h"

typedef struct chapter_row {
  const char *name;
  chapter_part part;
  report_chapter of;
  const char *title[3];
} chapter_row;

static const chapter_row rows[] = {
#define CHAPTER(name, part, of, en, hans, hant) {#name, CHAPTER_PART_##part, (of), {en, hans, hant}},
#include "stats/analyses/chapters.def"
#undef CHAPTER
};
enum { ROWS = sizeof rows / sizeof rows[0] };

const char *outline_chapter_name(size_t index) {
  return index < ROWS ? rows[index].name : NULL;
}

static const chapter_row *find_row(slice name) {
  for (size_t i = 0; i < ROWS; i++) {
    if (slice_equal(name, slice_of(rows[i].name))) {
      return &rows[i];
    }
  }
  return NULL;
}

/* ---- Which analyses belong to a chapter ---------------------------------------------------------- */

/* What the specification says of one chapter; NULL: nothing. */
typedef struct chapter_plan {
  const chapter_row *row;
  const json *told;
} chapter_plan;

static bool lists(const json *names, slice name) {
  for (size_t i = 0; i < json_count(names); i++) {
    if (slice_equal(json_as_text(json_at(names, i)), name)) {
      return true;
    }
  }
  return false;
}

/* An analysis that a chapter asks for by name is in that one, others are where their rows say. */
static const chapter_row *chapter_of(const chapter_plan *plans, size_t count, const layout_section *s) {
  for (size_t i = 0; i < count; i++) {
    if (lists(json_get(plans[i].told, "analyses"), s->name)) {
      return plans[i].row;
    }
  }
  for (size_t i = 0; i < count; i++) {
    if (plans[i].row->of == s->chapter && plans[i].row->of != REPORT_CHAPTERS) {
      return plans[i].row;
    }
  }
  return NULL;
}

/* ---- Figures ------------------------------------------------------------------------------------- */

typedef struct numbering {
  const document *d;
  size_t charts, tables;
} numbering;

/* "Summary · Seat comfort · Mean" without what is empty or said twice. */
static slice subject_of(const document *d, const layout_table *t, const layout_chart *chart) {
  layout_texts parts = {.count = 0};
  layout_texts_add(d, &parts, t->title);
  if (chart != NULL && chart->subject.length > 0) {
    layout_texts_add(d, &parts, chart->subject);
  }
  if (chart != NULL && chart->measure.length > 0 && !slice_equal(chart->measure, t->title)) {
    layout_texts_add(d, &parts, chart->measure);
  }
  if (chart != NULL && chart->by.length > 0) {
    const sentence_place by = {"by", chart->by};
    layout_texts_add(d, &parts, sentence_fill(d, word_text(WORD_PAGE_BY, d->language), &by, 1));
  }
  return layout_texts_joined(d, &parts, slice_of(" · "));
}

static void add_figure(numbering *n, outline_section *out, const layout_table *t, const layout_chart *chart,
                       bool is_first) {
  out->figures[out->figures_count++] = (outline_figure){.number = chart != NULL ? ++n->charts : ++n->tables,
                                                        .chart = chart,
                                                        .table = t,
                                                        .has_data = is_first,
                                                        .subject = subject_of(n->d, t, chart)};
}

/* One bar says no more than its figure, and bars without names say less. */
static bool is_worth_drawing(const layout_section *s, const layout_chart *chart) {
  return chart->rows_count > 0 && chart->rows[0].label.length > 0 &&
         (chart->rows_count > 1 || chart->table == s->headline_table);
}

/* The table of the headline first, then the others in their order; each with its charts. */
static void add_table(numbering *n, outline_section *out, const layout_table *t, const layout_chart *charts,
                      size_t count) {
  bool any = false;
  for (size_t c = 0; c < count; c++) {
    if (charts[c].table == t && is_worth_drawing(out->section, &charts[c])) {
      add_figure(n, out, t, &charts[c], !any);
      any = true;
    }
  }
  if (!any && t->rows_count > 0 && t->view != VIEW_HEAD) { /* heads are part of their banner */
    add_figure(n, out, t, NULL, true);
  }
}

static void make_section(numbering *n, const layout_section *s, outline_section *out) {
  size_t count = 0;
  const layout_chart *charts = layout_charts(n->d, s, &count);
  out->section = s;
  out->figures = ARENA_ARRAY(n->d->memory, outline_figure, count + s->tables_count);
  if (out->figures == NULL) {
    return;
  }
  if (s->headline_table != NULL) {
    add_table(n, out, s->headline_table, charts, count);
  }
  for (size_t i = 0; i < s->tables_count; i++) {
    if (&s->tables[i] != s->headline_table && s->tables[i].view != VIEW_HEAD) {
      add_table(n, out, &s->tables[i], charts, count);
    }
  }
}

/* ---- Chapters ------------------------------------------------------------------------------------ */

static slice text_of(const document *d, const char *name) {
  return document_paragraphs(d, json_get(json_get(json_get(d->root, "report"), "texts"), name));
}

static slice title_of(const document *d, const chapter_plan *plan) {
  const slice own = document_label(d, json_get(plan->told, "title"));
  return own.length > 0 ? own : slice_of(plan->row->title[d->language]);
}

static void make_chapter(numbering *n, const layout *l, const chapter_plan *plans, size_t count,
                         const chapter_plan *plan, outline_chapter *out) {
  *out = (outline_chapter){.name = plan->row->name,
                           .title = title_of(n->d, plan),
                           .part = plan->row->part,
                           .text = text_of(n->d, plan->row->name),
                           .sections = ARENA_ARRAY(n->d->memory, outline_section, l->sections_count)};
  for (size_t i = 0; out->sections != NULL && i < l->sections_count; i++) {
    if (chapter_of(plans, count, &l->sections[i]) == plan->row) {
      outline_section *section = &out->sections[out->sections_count++];
      section->index = i;
      make_section(n, &l->sections[i], section);
    }
  }
}

static bool says_something(const outline_chapter *c) {
  const bool is_of_the_whole = c->part != CHAPTER_PART_NONE && c->part != CHAPTER_PART_MEASURES;
  return is_of_the_whole || c->sections_count > 0 || c->text.length > 0;
}

/* The chapters that the specification lists, in its order; all of them where it lists none. */
static size_t make_plans(const document *d, chapter_plan plans[ROWS]) {
  const json *told = json_get(json_get(d->root, "report"), "chapters");
  size_t count = 0;
  for (size_t i = 0; i < json_count(told) && count < ROWS; i++) {
    const json *one = json_at(told, i);
    const chapter_row *row = find_row(json_as_text(json_get(one, "name")));
    bool is_new = row != NULL;
    for (size_t k = 0; k < count; k++) {
      is_new = is_new && plans[k].row != row;
    }
    if (is_new) {
      plans[count++] = (chapter_plan){row, one};
    }
  }
  for (size_t i = 0; json_count(told) == 0 && i < ROWS; i++) {
    plans[count++] = (chapter_plan){&rows[i], NULL};
  }
  return count;
}

static status unknown_chapter(const outline *o, const char *name, error *err) {
  buf names;
  buf_init(&names);
  for (size_t i = 0; i < o->chapters_count; i++) {
    buf_printf(&names, "%s%s", i > 0 ? ", " : "", o->chapters[i].name);
  }
  const status st = error_set(err, STATUS_USAGE, "the report has no chapter '%.40s'; it has %.*s", name,
                              (int)names.length, names.data == NULL ? "" : (const char *)names.data);
  buf_fini(&names);
  return st;
}

status outline_of(const layout *l, const char *name, const outline **out, error *err) {
  const outline *whole = outline_make(l);
  outline *part = ARENA_NEW(l->document->memory, outline);
  if (whole == NULL || part == NULL) {
    return error_no_memory(err, "report");
  }
  *out = whole;
  for (size_t i = 0; name != NULL && i < whole->chapters_count; i++) {
    if (strcmp(whole->chapters[i].name, name) == 0) {
      *part = *whole;
      part->chapters = &whole->chapters[i];
      part->chapters_count = 1;
      *out = part;
    }
  }
  return name != NULL && *out == whole ? unknown_chapter(whole, name, err) : STATUS_OK;
}

const outline *outline_make(const layout *l) {
  const document *d = l->document;
  chapter_plan plans[ROWS];
  const size_t count = make_plans(d, plans);
  numbering n = {.d = d};
  outline *o = ARENA_NEW(d->memory, outline);
  outline_chapter *chapters = ARENA_ARRAY(d->memory, outline_chapter, ROWS);
  if (o == NULL || chapters == NULL) {
    return NULL;
  }
  o->l = l;
  o->chapters = chapters;
  for (size_t i = 0; i < count; i++) {
    make_chapter(&n, l, plans, count, &plans[i], &chapters[o->chapters_count]);
    o->chapters_count += says_something(&chapters[o->chapters_count]) ? 1 : 0;
  }
  for (size_t i = 0; i < l->sections_count; i++) {
    if (chapter_of(plans, count, &l->sections[i]) == NULL) {
      layout_texts_add(d, &o->left_out, l->sections[i].title);
    }
  }
  return arena_failed(d->memory) ? NULL : o;
}
