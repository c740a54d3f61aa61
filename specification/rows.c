/* `rows`: what comes back for each row (docs/score.md): answers as the codebook reads them, what is derived
 * from them, and what analyses make of them.  Everything is asked for by its name; a pattern leaves out what
 * may identify people, ids and free texts. */
#include <string.h>

#include "base/array.h"
#include "specification/fields.h"

enum { COLUMNS_MAX = 2000 };

static const char *const keys[] = {"columns", "key", "missing", "formulas"};
static const char row_key[] = "row";

typedef struct reading_rows {
  compilation *c;
  plan_rows *out;
  size_t capacity;
} reading_rows;

/* ---- Columns --------------------------------------------------------------------------------------- */

static bool is_taken(const plan_rows *rows, slice title) {
  bool taken = slice_equal(title, slice_of(rows->key_title));
  for (uint32_t i = 0; i < rows->columns_count && !taken; i++) {
    taken = slice_equal(title, slice_of(rows->columns[i].title));
  }
  return taken;
}

static void add_column(reading_rows *r, plan_column column, place at) {
  compilation *c = r->c;
  if (is_taken(r->out, slice_of(column.title))) {
    problem_at(c->problems, at, "rows: '%s' is there twice; name each column once",
               problem_quote(c->problems, slice_of(column.title)));
    return;
  }
  if (r->out->columns_count == COLUMNS_MAX) {
    problem_at(c->problems, at, "rows: more than %d columns", (int)COLUMNS_MAX);
    return;
  }
  if (ARRAY_ROOM_IN(c->memory, r->out->columns, r->out->columns_count, r->capacity)) {
    r->out->columns[r->out->columns_count++] = column;
  }
}

/* A weight keeps more decimals as a weight than as a number. */
static uint32_t variable_of_symbol(const compilation *c, const symbol *s) {
  return s->weight != 0 ? c->plan->program->weights[s->weight_index].variable : symbol_program_index(c, s);
}

static bool is_of_whole_records(reading_rows *r, const symbol *s, const char *what, place at) {
  if (program_variable_loops(r->c->plan->program, symbol_program_index(r->c, s)) == 0) {
    return true;
  }
  problem_at(r->c->problems, at, "%s: '%s' is of stacked rows; rows come back as the files have them", what,
             problem_quote(r->c->problems, slice_of(s->name)));
  return false;
}

static void add_symbol(reading_rows *r, const symbol *s, place at) {
  if (is_of_whole_records(r, s, "rows", at)) {
    add_column(r, (plan_column){.title = s->name, .variable = variable_of_symbol(r->c, s)}, at);
  }
}

static bool is_personal(const symbol *s) {
  return symbol_accepts(s) == ACCEPT_TEXT;
}

static void add_pattern(reading_rows *r, const node *n) {
  symbol **list = NULL;
  uint32_t count = 0;
  if (!symbol_list(r->c, n, "rows", &list, &count)) {
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    if (!is_personal(list[i]) && !is_taken(r->out, slice_of(list[i]->name)) &&
        program_variable_loops(r->c->plan->program, symbol_program_index(r->c, list[i])) == 0) {
      add_symbol(r, list[i], n->at);
    }
  }
}

/* ---- Scores ---------------------------------------------------------------------------------------- */

static uint32_t analysis_of(const compilation *c, slice name) {
  for (uint32_t i = 0; i < c->plan->analyses_count; i++) {
    const char *other = c->plan->analyses[i].name;
    if (other != NULL && slice_equal(slice_of(other), name)) {
      return i;
    }
  }
  return PROGRAM_NONE;
}

/* "NAME.SCORE", of a numbered one the first; without NAME only the score.  Empty: out of memory. */
static const char *score_shown(compilation *c, const char *name, const analysis_score *score) {
  buf text;
  buf_init(&text);
  buf_printf(&text, "%s%s%s%s", name != NULL ? name : "", name != NULL ? "." : "", score->name,
             score->numbered > 0 ? "1" : "");
  const char *shown = arena_copy(c->memory, (slice){(const char *)text.data, text.length});
  buf_fini(&text);
  return shown != NULL ? shown : "";
}

static void refuse_score(compilation *c, const node *n, const analysis_kind *kind, slice score) {
  const char **names = (const char **)arena_array(c->memory, (size_t)kind->scores_count + 1, sizeof names[0]);
  for (uint32_t i = 0; names != NULL && i < kind->scores_count; i++) {
    names[i] = score_shown(c, NULL, &kind->scores[i]);
  }
  if (kind->scores_count == 0) {
    problem_at(c->problems, n->at, "rows: '%s' makes nothing of single rows",
               problem_quote(c->problems, slice_of(kind->name)));
  } else if (names != NULL) {
    problem_unknown(c->problems, n->at, "score", score, names, kind->scores_count);
  }
}

/* A name with a point that is neither a variable nor a score: which scores there are. */
static void refuse_column(compilation *c, const node *n) {
  const char **names = NULL;
  size_t count = 0, capacity = 0;
  for (uint32_t i = 0; i < c->plan->analyses_count; i++) {
    const plan_analysis *a = &c->plan->analyses[i];
    const analysis_kind *kind = analysis_find(a->kind);
    for (uint32_t k = 0; kind != NULL && a->name != NULL && k < kind->scores_count; k++) {
      if (ARRAY_ROOM_IN(c->memory, names, count, capacity)) {
        names[count++] = score_shown(c, a->name, &kind->scores[k]);
      }
    }
  }
  problem_unknown(c->problems, n->at, "column of rows", n->text, names, count);
}

/* "ANALYSIS.SCORE".  False: no analysis has the name before the last point. */
static bool add_score(reading_rows *r, const node *n) {
  compilation *c = r->c;
  const char *point = memrchr(n->text.bytes, '.', n->text.length);
  const slice name = {n->text.bytes, point != NULL ? (size_t)(point - n->text.bytes) : 0};
  const uint32_t analysis = point != NULL ? analysis_of(c, name) : PROGRAM_NONE;
  if (analysis == PROGRAM_NONE) {
    return false;
  }
  const slice score = {point + 1, n->text.length - name.length - 1};
  const plan_analysis *a = &c->plan->analyses[analysis];
  const analysis_kind *kind = analysis_find(a->kind);
  const char *score_name = arena_copy(c->memory, score);
  const char *title = arena_copy(c->memory, n->text);
  if (score_name == NULL || title == NULL) {
    return true;
  }
  if (analysis_score_find(kind, score_name) == NULL) {
    refuse_score(c, n, kind, score);
  } else if (a->loops > 0) {
    problem_at(c->problems, n->at, "rows: '%s' is of stacked rows; rows come back as the files have them",
               problem_quote(c->problems, name));
  } else {
    add_column(
        r, (plan_column){.title = title, .variable = PROGRAM_NONE, .analysis = analysis, .score = score_name},
        n->at);
  }
  return true;
}

/* ---- The section ----------------------------------------------------------------------------------- */

static void read_column(reading_rows *r, const node *n) {
  compilation *c = r->c;
  slice name;
  if (!field_name(c, n, "a column of rows", &name)) {
    return;
  }
  if (symbol_find(c, name) != NULL) {
    const symbol *s = symbol_use(c, name, n->at);
    if (s != NULL) {
      add_symbol(r, s, n->at);
    }
  } else if (pattern_is(name)) {
    add_pattern(r, n);
  } else if (memchr(name.bytes, '.', name.length) == NULL) {
    (void)symbol_use(c, name, n->at); /* reports it as unknown */
  } else if (!add_score(r, n)) {
    refuse_column(c, n);
  }
}

static void read_columns(reading_rows *r, const node *n) {
  if (n->kind == NODE_TEXT) {
    read_column(r, n);
    return;
  }
  if (n->kind != NODE_LIST || n->count == 0) {
    field_expected(r->c, n, "rows", "names of columns, such as [csat, drivers.predicted]");
    return;
  }
  for (uint32_t i = 0; i < n->count; i++) {
    read_column(r, n->items[i]);
  }
}

static void set_key(reading_rows *r, const symbol *s) {
  r->out->key = symbol_program_index(r->c, s);
  r->out->key_title = s->name;
}

static void read_key(reading_rows *r, const node *n) {
  slice name;
  if (!field_name(r->c, n, "key", &name)) {
    return;
  }
  r->out->key = PROGRAM_NONE;
  r->out->key_title = row_key;
  if (slice_equal(name, slice_of(row_key)) && symbol_find(r->c, name) == NULL) {
    return;
  }
  const symbol *s = symbol_use(r->c, name, n->at);
  if (s != NULL && is_of_whole_records(r, s, "key", n->at)) {
    set_key(r, s);
  }
}

/* Without `key`, the only variable that is declared as id names rows. */
static void find_key(reading_rows *r) {
  const symbol *found = symbol_only_id(r->c);
  r->out->key = PROGRAM_NONE;
  r->out->key_title = row_key;
  if (found != NULL) {
    set_key(r, found);
  }
}

static bool read_choice(compilation *c, const node *section, const char *key, const char *const choices[2]) {
  const node *n = node_get(section, key);
  size_t choice = 0;
  return n != NULL && field_choice(c, n, key, choices, 2, &choice) && choice == 1;
}

static void read_map(reading_rows *r, const node *section) {
  static const char *const missing[] = {"empty", "reasons"};
  static const char *const formulas[] = {"keep", "guard"};
  compilation *c = r->c;
  const node *key = node_get(section, "key");
  const node *columns = node_get(section, "columns");
  field_check_keys(c, section, "rows", keys, sizeof keys / sizeof keys[0]);
  if (key != NULL) {
    read_key(r, key);
  }
  r->out->reasons = read_choice(c, section, "missing", missing);
  r->out->guards_formulas = read_choice(c, section, "formulas", formulas);
  if (columns == NULL) {
    problem_at(c->problems, section->at,
               "rows: no columns; add `columns:` with the names of what is to come back");
    return;
  }
  read_columns(r, columns);
}

static void put_normal(const reading_rows *r) {
  compilation *c = r->c;
  json *normal = json_object(c->memory);
  json *columns = json_array(c->memory);
  for (uint32_t i = 0; i < r->out->columns_count; i++) {
    json_push(columns, json_text(c->memory, slice_of(r->out->columns[i].title)));
  }
  json_set_text(normal, "key", r->out->key_title);
  json_set(normal, "columns", columns);
  json_set_bool(normal, "reasons", r->out->reasons);
  json_set_bool(normal, "guards_formulas", r->out->guards_formulas);
  json_set(c->normal, "rows", normal);
}

void rows_read(compilation *c, const node *root) {
  const node *section = node_get(root, "rows");
  reading_rows r = {.c = c, .out = &c->plan->rows};
  if (section == NULL) {
    return;
  }
  find_key(&r);
  if (section->kind == NODE_MAP) {
    read_map(&r, section);
  } else {
    read_columns(&r, section);
  }
  r.out->wanted = r.out->columns_count > 0;
  put_normal(&r);
}
