/* Writing the report's tables: small builders over json, so that all analyses write alike. */
#include "stats/analyses/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "stats/analyses/terms.h"
#include "stats/stages/run.h"

struct table {
  arena *memory;
  const plan *plan;
  json *columns;
  json *nothing; /* what a cell holds until it is set */
  json *rows;
  json *row;
};

static const char *view_of(const analysis_run *run, const char *name) {
  static const char *const names[] = {[VIEW_LIST] = "list",
                                      [VIEW_MATRIX] = "matrix",
                                      [VIEW_BARS] = "bars",
                                      [VIEW_BANNER] = "banner",
                                      [VIEW_HEAD] = "head"};
  const presentation_table *told = presentation_table_of(&run->kind->presentation, slice_of(name));
  return names[told != NULL ? told->view : VIEW_LIST];
}

/* The member KEY of SECTION, an array made on the first demand. */
static json *section_list(json *section, const char *key) {
  json *list = (json *)json_get(section, key);
  if (list == NULL) {
    list = json_array(json_arena(section));
    json_set(section, key, list);
  }
  return list;
}

table *table_new(analysis_run *run, const char *name, const char *columns) {
  arena *memory = json_arena(run->section);
  table *t = ARENA_NEW(memory, table);
  if (t == NULL) {
    return NULL; /* the arena remembers; every table function accepts NULL */
  }
  json *object = json_object(memory);
  json *list = json_array(memory);
  for (const char *at = columns; *at;) {
    size_t length = strcspn(at, " ");
    json_push(list, json_text(memory, (slice){at, length}));
    at += length + strspn(at + length, " ");
  }
  for (size_t i = 0; i < json_count(list); i++) {
    assert(term_find(json_as_cstring(json_at(list, i))) != NULL);
  }
  t->memory = memory;
  t->plan = run->plan;
  t->columns = list;
  t->nothing = json_null(memory);
  t->rows = json_array(memory);
  json_set_text(object, "name", name);
  json_set_text(object, "view", view_of(run, name));
  json_set(object, "columns", list);
  json_set(object, "rows", t->rows);
  json_push(section_list(run->section, "tables"), object);
  return t;
}

void table_row(table *t) {
  if (t != NULL) {
    t->row = json_object(t->memory);
    for (size_t i = 0; i < json_count(t->columns); i++) {
      json_set(t->row, json_as_cstring(json_at(t->columns, i)), t->nothing);
    }
    json_push(t->rows, t->row);
  }
}

/* A row has a cell for each column from its start, so a name without a cell is not a column. */
void table_json(table *t, const char *column, json *v) {
  if (t != NULL) {
    const bool is_column = json_get(t->row, column) != NULL;
    assert(is_column || arena_failed(t->memory));
    json_set(is_column ? t->row : NULL, column, v);
  }
}

void table_item(table *t, const char *column, uint32_t variable) {
  if (t != NULL) {
    assert(variable < t->plan->variables_count);
    table_json(t, column, json_text(t->memory, slice_of(t->plan->variables[variable].name)));
  }
}

void table_integer(table *t, const char *column, int64_t v) {
  if (t != NULL) {
    table_json(t, column, json_integer(t->memory, v));
  }
}

void table_i128(table *t, const char *column, i128 v, unsigned decimals) {
  i128 unit = 1;
  for (unsigned i = 0; i < decimals; i++) {
    unit *= 10;
  }
  if (v % unit == 0 && v / unit >= INT64_MIN && v / unit <= INT64_MAX) {
    table_integer(t, column, (int64_t)(v / unit));
    return;
  }
  exact num = exact_from_i128(v);
  exact den = exact_from_i128(unit);
  table_number(t, column, exact_ratio(&num, &den));
}

void table_number(table *t, const char *column, double v) {
  if (t != NULL) {
    table_json(t, column, json_number(t->memory, v));
  }
}

static json *axis_key(arena *memory, const axis *ax, uint32_t key) {
  if (key >= ax->count) {
    return json_null(memory);
  }
  return ax->is_text ? json_text(memory, ax->texts[key]) : json_integer(memory, ax->numbers[key]);
}

void table_key(table *t, const char *column, const axis *ax, uint32_t key) {
  if (t != NULL) {
    table_json(t, column, axis_key(t->memory, ax, key));
  }
}

void table_total(table *t) {
  if (t != NULL) {
    table_json(t, "group", json_null(t->memory));
  }
}

void table_group(table *t, const plan *p, const plan_breakdown *b, const grouping *g, const uint32_t *keys) {
  if (t == NULL) {
    return;
  }
  assert(b->count == g->by_count);
  json *group = json_object(t->memory);
  for (uint32_t i = 0; i < b->count; i++) {
    json_set(group, p->variables[b->variables[i]].name, axis_key(t->memory, &g->by[i], keys[i]));
  }
  table_json(t, "group", group);
}

void run_headline(analysis_run *run, const char *name) {
  const presentation_headline *told = presentation_headline_of(&run->kind->presentation, slice_of(name));
  assert(told != NULL);
  json *headline = json_object(json_arena(run->section));
  json_set_text(headline, "table", name);
  json_set_text(headline, "column", told->column);
  json_set(run->section, "headline", headline);
}

json *run_detail(analysis_run *run) {
  return json_object(json_arena(run->section));
}

/* How far back a remark is looked for that says the same. */
enum { REPEATS_LOOK_BACK = 256 };

static bool is_same(const json *a, const json *b) {
  const json_kind kind = json_kind_of(a);
  const bool is_object = kind == JSON_OBJECT;
  if (kind != json_kind_of(b) || json_count(a) != json_count(b)) {
    return false;
  }
  for (size_t i = 0; is_object && i < json_count(a); i++) {
    const char *of_a = "", *of_b = "";
    const json *x = json_member(a, i, &of_a), *y = json_member(b, i, &of_b);
    if (strcmp(of_a, of_b) != 0 || !is_same(x, y)) {
      return false;
    }
  }
  switch (kind) {
    case JSON_TEXT:
      return slice_equal(json_as_text(a), json_as_text(b));
    case JSON_INTEGER:
      return json_as_integer(a) == json_as_integer(b);
    case JSON_NUMBER:
      return !(json_as_number(a) < json_as_number(b)) && !(json_as_number(a) > json_as_number(b));
    default:
      return is_object || kind == JSON_NULL;
  }
}

/* Whether LIST ends with a remark like ENTRY: parts of an analysis come upon the same thing. */
static bool is_repeated(const json *list, const json *entry) {
  const size_t count = json_count(list), first = count > REPEATS_LOOK_BACK ? count - REPEATS_LOOK_BACK : 0;
  for (size_t i = count; i-- > first;) {
    if (is_same(json_at(list, i), entry)) {
      return true;
    }
  }
  return false;
}

static void section_say(analysis_run *run, const char *list, const char *code, json *detail) {
  assert(term_find(code) != NULL && term_find(code)->format == TERM_SENTENCE);
  json *remarks = section_list(run->section, list);
  json *entry = json_object(json_arena(run->section));
  json_set_text(entry, "code", code);
  json_set(entry, "detail", detail != NULL ? detail : run_detail(run));
  if (!is_repeated(remarks, entry)) {
    json_push(remarks, entry);
  }
}

void run_warn(analysis_run *run, const char *code, json *detail) {
  section_say(run, "warnings", code, detail);
}

void run_note(analysis_run *run, const char *code, json *detail) {
  section_say(run, "notes", code, detail);
}

void run_warn_base(analysis_run *run, uint32_t variable, const json *group, int64_t base) {
  if (base >= (int64_t)run->request->small_base) {
    return;
  }
  json *detail = run_detail(run);
  json_set_text(detail, "item", run->plan->variables[variable].name);
  json_set(detail, "group", group != NULL ? (json *)group : json_null(json_arena(run->section)));
  json_set_integer(detail, "n", base);
  json_set_integer(detail, "threshold", run->request->small_base);
  run_warn(run, base == 0 ? "empty_base" : "small_base", detail);
}
