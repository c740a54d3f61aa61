/* Symbols: declared by name, found by name, resolved on first use. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/tidy.h"
#include "specification/codebook.h"

static uint32_t place_of(const compilation *c, slice name) {
  hash_search search = hash_table_search(&c->places, digest_xxh3(name.bytes, name.length));
  while (hash_table_next(&search) && !slice_equal(slice_of(c->symbols[search.place]->name), name)) {
  }
  return search.place;
}

static symbol *add(compilation *c, symbol_origin origin, slice name, const node *key, const node *body) {
  symbol *s = ARENA_NEW(c->memory, symbol);
  const char *copy = arena_copy(c->memory, name);
  if (s == NULL || copy == NULL ||
      !ARRAY_ROOM_IN(c->memory, c->symbols, c->symbols_count, c->symbols_capacity) ||
      !hash_table_add(&c->places, digest_xxh3(name.bytes, name.length), c->symbols_count)) {
    return NULL;
  }
  *s = (symbol){.name = copy, .origin = origin, .key = key, .body = body};
  s->variable.name = copy;
  c->symbols[c->symbols_count++] = s;
  return s;
}

symbol *symbol_declare(compilation *c, symbol_origin origin, slice name, const node *key, const node *body) {
  const uint32_t taken = place_of(c, name);
  if (taken != PLACE_NONE) {
    problem_at(c->problems, key->at, "the name '%s' is already taken, in line %u",
               problem_quote(c->problems, name), c->symbols[taken]->key->at.line);
    return NULL;
  }
  return add(c, origin, name, key, body);
}

symbol *symbol_find(compilation *c, slice name) {
  const uint32_t found = place_of(c, name);
  if (found != PLACE_NONE) {
    return c->symbols[found];
  }
  /* With a header every pattern has been expanded. */
  for (uint32_t i = c->header == NULL ? c->patterns_count : 0; i-- > 0;) {
    if (pattern_matches(c->patterns[i].key->text, name)) {
      return add(c, SYMBOL_CODEBOOK, name, c->patterns[i].key, c->patterns[i].body);
    }
  }
  return NULL;
}

static void circle_problem(compilation *c, const symbol *s, place used_at) {
  uint32_t from = c->open_count;
  while (from > 0 && c->open[from - 1] != s) {
    from--;
  }
  char circle[700];
  size_t length = 0;
  for (uint32_t i = from > 0 ? from - 1 : 0; i < c->open_count; i++) {
    int written = length < sizeof circle ? snprintf(circle + length, sizeof circle - length, "'%s' uses ",
                                                    problem_quote(c->problems, slice_of(c->open[i]->name)))
                                         : 0;
    length += written < 0 ? 0 : (size_t)written;
  }
  problem_at(c->problems, used_at, "circular definitions: %s'%s'", circle,
             problem_quote(c->problems, slice_of(s->name)));
}

typedef bool (*symbol_reader)(compilation *c, symbol *s);

static const symbol_reader readers[] = {
    [SYMBOL_CODEBOOK] = codebook_read,      [SYMBOL_CONSTRUCT] = construct_read,
    [SYMBOL_DERIVED] = derived_read,        [SYMBOL_LOOP] = stack_loop_read,
    [SYMBOL_STACKED] = stack_variable_read,
};

void symbol_resolve(compilation *c, symbol *s, place used_at) {
  if (s->state == SYMBOL_OPEN) {
    circle_problem(c, s, used_at);
    return;
  }
  if (s->state != SYMBOL_DECLARED) {
    return;
  }
  if (c->open_count == DEFINITION_DEPTH_MAX) {
    problem_at(c->problems, used_at,
               "definitions depend on one another more than %d deep; declare '%s' earlier",
               DEFINITION_DEPTH_MAX, problem_quote(c->problems, slice_of(s->name)));
    return;
  }
  s->state = SYMBOL_OPEN;
  c->open[c->open_count++] = s;
  bool all_well = readers[s->origin](c, s);
  c->open_count--;
  assert(c->open[c->open_count] == s &&
         s->state == SYMBOL_OPEN); /* what S uses was opened and closed in it */
  if (all_well) {
    symbol_finish(c, s);
  } else {
    s->state = SYMBOL_BROKEN;
  }
}

static void unknown_problem(compilation *c, slice name, place at) {
  if (c->names == NULL || c->names_count != c->symbols_count) {
    c->names = (const char **)arena_array(c->memory, c->symbols_count + 1, sizeof c->names[0]);
    c->names_count = c->symbols_count;
    for (uint32_t i = 0; c->names != NULL && i < c->symbols_count; i++) {
      c->names[i] = c->symbols[i]->name;
    }
  }
  for (uint32_t i = 0; i < c->patterns_count; i++) {
    if (pattern_matches(c->patterns[i].key->text, name)) {
      const char *nearest = text_nearest(name, c->names, c->names != NULL ? c->names_count : 0);
      problem_of_data(
          c->problems, at, "no column '%s' in %s (declared by the pattern '%s')%s%s%s",
          problem_quote(c->problems, name), codebook_data(c),
          problem_quote(c->problems, c->patterns[i].key->text), nearest != NULL ? "; did you mean '" : "",
          nearest != NULL ? problem_quote(c->problems, slice_of(nearest)) : "", nearest != NULL ? "'?" : "");
      return;
    }
  }
  problem_unknown(c->problems, at, "variable", name, c->names, c->names != NULL ? c->names_count : 0);
}

/* The one symbol whose name looks like NAME: that of a pattern's variable is its column's title. */
static symbol *find_alike(const compilation *c, slice name) {
  symbol *found = NULL;
  uint32_t count = 0;
  for (uint32_t i = 0; i < c->symbols_count; i++) {
    if (tidy_alike(slice_of(c->symbols[i]->name), name)) {
      found = c->symbols[i];
      count++;
    }
  }
  return count == 1 ? found : NULL;
}

symbol *symbol_use(compilation *c, slice name, place at) {
  symbol *s = symbol_find(c, name);
  s = s != NULL ? s : find_alike(c, name);
  if (s == NULL) {
    unknown_problem(c, name, at);
    return NULL;
  }
  symbol_resolve(c, s, at);
  return s->state == SYMBOL_READY ? s : NULL;
}

/* True when the program accepted the symbol; otherwise reported, unless memory is out. */
static bool is_taken(compilation *c, const symbol *s, status result, const error *err) {
  if (result == STATUS_NO_MEMORY) {
    c->failure = result;
  } else if (result != STATUS_OK) {
    problem_at(c->problems, s->key->at, "'%s': %s", problem_quote(c->problems, slice_of(s->name)),
               err->message);
  }
  return result == STATUS_OK;
}

static bool add_to_program(compilation *c, symbol *s, uint32_t *index) {
  error err;
  const status st = program_add_variable(c->plan->program, &s->variable, index, &err);
  return is_taken(c, s, st, &err);
}

/* The symbol as a weight: with all its decimals, whatever it keeps as a number. */
static bool add_weight(compilation *c, symbol *s) {
  error err;
  program_variable v = s->variable;
  program_weight weight = {.kind = s->weight};
  v.decimals = s->weight_decimals;
  status st = program_add_variable(c->plan->program, &v, &weight.variable, &err);
  if (st == STATUS_OK) {
    st = program_add_weight(c->plan->program, weight, &s->weight_index, &err);
  }
  return is_taken(c, s, st, &err);
}

void symbol_finish(compilation *c, symbol *s) {
  uint32_t index;
  s->state = SYMBOL_BROKEN;
  if (!add_to_program(c, s, &index) ||
      !ARRAY_ROOM_IN(c->memory, c->plan->variables, c->plan->variables_count, c->variables_capacity)) {
    return;
  }
  s->plan_index = c->plan->variables_count++;
  c->plan->variables[s->plan_index] = (plan_variable){
      .name = s->name,
      .variable = index,
      .label = s->label,
      .values = s->values,
      .values_count = s->values_count,
      .in_codebook = s->origin == SYMBOL_CODEBOOK,
      .decimals_declared = s->decimals_given ? s->decimals_declared : 0,
      .largest = s->largest,
      .taken = (uint8_t)s->taken,
      .codes_differ = s->codes_differ,
      .absences = s->absences,
      .absences_count = s->absences_count,
  };
  if (s->origin == SYMBOL_CONSTRUCT) {
    c->plan->constructs[s->construct_index].variable = s->plan_index;
  }
  if (s->weight == 0 || add_weight(c, s)) {
    s->state = SYMBOL_READY;
  }
}

const symbol *symbol_only_id(const compilation *c) {
  const symbol *found = NULL;
  for (uint32_t i = 0; i < c->symbols_count; i++) {
    const symbol *s = c->symbols[i];
    if (s->origin != SYMBOL_CODEBOOK || s->state != SYMBOL_READY || s->type == NULL ||
        strcmp(s->type, "id") != 0) {
      continue;
    }
    if (found != NULL) {
      return NULL;
    }
    found = s;
  }
  return found;
}

void symbols_resolve(compilation *c) {
  for (uint32_t i = 0; i < c->symbols_count; i++) {
    symbol_resolve(c, c->symbols[i], c->symbols[i]->key->at);
  }
}

unsigned symbol_accepts(const symbol *s) {
  switch (program_variable_form(&s->variable)) {
    case FORM_CODED:
      return program_variable_is_numeric_coded(&s->variable) ? ACCEPT_NUMERIC_CODED : ACCEPT_TEXT_CODED;
    case FORM_NUMBER:
      return ACCEPT_NUMBER;
    case FORM_SET:
      return ACCEPT_SET;
    case FORM_TEXT:
      break;
  }
  return ACCEPT_TEXT;
}

const char *symbol_kind_name(const symbol *s) {
  switch (s->variable.kind) {
    case VARIABLE_SCALE:
      return "a scale";
    case VARIABLE_NOMINAL:
      return "a nominal variable";
    case VARIABLE_NUMBER:
      return s->weight != 0 ? "a weight" : "a number";
    case VARIABLE_DATE:
      return "a date";
    case VARIABLE_TEXT:
      return "a text";
    case VARIABLE_MULTI_CELL:
    case VARIABLE_MULTI_FLAGS:
      return s->variable.is_ranking ? "a ranking" : "a multiple choice";
    case VARIABLE_RECODE:
      return "a recode";
    case VARIABLE_PERIOD:
      return "a period";
    case VARIABLE_TOP:
    case VARIABLE_OPTION:
    case VARIABLE_CONDITION:
      return "a flag";
    case VARIABLE_MEAN:
      return s->origin == SYMBOL_CONSTRUCT ? "a construct" : "a mean";
    case VARIABLE_DIFFERENCE:
      return "a difference";
    case VARIABLE_COMPUTE:
      return "a computed number";
    case VARIABLE_CROSS:
      return "a crossing";
    case VARIABLE_LOOP:
      return "the loop of a stack";
    case VARIABLE_RANK:
      return "a rank";
    case VARIABLE_REPLICATE:
      return "a random group";
    case VARIABLE_SCORE:
      return "a score";
    case VARIABLE_DISTANCE:
      return "a distance";
    case VARIABLE_CLUSTER:
      break;
  }
  return "a cluster";
}

bool symbol_is_quantity(const symbol *s) {
  return (symbol_accepts(s) & ACCEPT_NUMERIC) != 0 && s->variable.kind != VARIABLE_DATE;
}

bool symbol_knows_text(compilation *c, const symbol *s, slice text, place at) {
  for (uint32_t i = 0; i < s->values_count; i++) {
    if (s->values[i].is_text && slice_equal(s->values[i].text, text)) {
      return true;
    }
  }
  if (!s->values_closed) {
    return true;
  }
  const char **names = (const char **)arena_array(c->memory, (size_t)s->values_count + 1, sizeof names[0]);
  for (uint32_t i = 0; names != NULL && i < s->values_count; i++) {
    names[i] = arena_copy(c->memory, s->values[i].text);
    names[i] = names[i] != NULL ? names[i] : "";
  }
  problem_nearest(c->problems, at, text, names, names != NULL ? s->values_count : 0,
                  "'%s' is not a value of '%s'", problem_quote(c->problems, text),
                  problem_quote(c->problems, slice_of(s->name)));
  return false;
}

bool symbol_text_code(const symbol *s, slice text, decimal *out) {
  const program_variable *v = &s->variable;
  for (uint32_t i = 0; v->kind == VARIABLE_SCALE && i < v->rules_count; i++) {
    if (!v->rules[i].missing && slice_equal(v->rules[i].text, text)) {
      int64_t code = v->rules[i].value.mantissa;
      *out = (decimal){v->reversed ? v->low + v->high - code : code, 0};
      return true;
    }
  }
  return false;
}

uint32_t symbol_program_index(const compilation *c, const symbol *s) {
  return c->plan->variables[s->plan_index].variable;
}

typedef struct symbol_collection {
  symbol **list;
  uint32_t count;
  size_t capacity;
  uint32_t number; /* of this list, from 1 */
  bool open_ended;
} symbol_collection;

static bool collect(compilation *c, symbol_collection *into, symbol *s) {
  if (!ARRAY_ROOM_IN(c->memory, into->list, into->count, into->capacity)) {
    return false;
  }
  into->list[into->count++] = s;
  s->listed = into->number;
  return true;
}

/* Does TEXT ask for variables that a pattern of the codebook was to declare? */
static bool is_unmatched(const compilation *c, slice text) {
  for (uint32_t i = 0; i < c->patterns_count; i++) {
    const pattern *p = &c->patterns[i];
    if (p->is_unmatched && (pattern_matches(text, p->key->text) || pattern_matches(p->key->text, text))) {
      return true;
    }
  }
  return false;
}

/* All variables of the codebook whose names match, in the order of the page; those already taken are
 * left out.  Derived variables are named one by one: a pattern is about the columns. */
static bool collect_matching(compilation *c, symbol_collection *into, const node *n, const char *what) {
  bool all_well = true;
  uint32_t matched = 0;
  uint32_t known = c->symbols_count;
  for (uint32_t i = 0; i < known; i++) {
    symbol *s = c->symbols[i];
    if (s->origin != SYMBOL_CODEBOOK || !pattern_matches(n->text, slice_of(s->name))) {
      continue;
    }
    matched++;
    all_well = all_well && s->state == SYMBOL_READY;
    if (s->state == SYMBOL_READY && s->listed != into->number) {
      all_well = collect(c, into, s) && all_well;
    }
  }
  if (c->header == NULL && c->patterns_count > 0) {
    into->open_ended = true;
  } else if (matched == 0 && is_unmatched(c, n->text)) {
    all_well = false;
  } else if (matched == 0) {
    problem_at(c->problems, n->at, "%s: no variable matches '%s'", what, problem_quote(c->problems, n->text));
    all_well = false;
  }
  return all_well;
}

static bool collect_one(compilation *c, symbol_collection *into, const node *n, const char *what) {
  slice name;
  if (!field_name(c, n, what, &name)) {
    return false;
  }
  const bool is_known = place_of(c, name) != PLACE_NONE;
  if (!is_known && pattern_is(name)) {
    return collect_matching(c, into, n, what);
  }
  symbol *s = symbol_use(c, name, n->at);
  if (s == NULL) {
    return false;
  }
  if (s->listed == into->number) {
    problem_at(c->problems, n->at, "%s: '%s' is named twice", what, problem_quote(c->problems, name));
    return false;
  }
  return collect(c, into, s);
}

bool symbol_list(compilation *c, const node *n, const char *what, symbol ***out, uint32_t *count) {
  symbol_collection all = {.number = ++c->lists_count};
  bool all_well = true;
  if (n->kind == NODE_TEXT) {
    all_well = collect_one(c, &all, n, what);
  } else if (n->kind == NODE_LIST && n->count > 0) {
    for (uint32_t i = 0; i < n->count; i++) {
      all_well = collect_one(c, &all, n->items[i], what) && all_well;
    }
  } else {
    field_expected(c, n, what, "a name or a list of names");
    all_well = false;
  }
  c->open_ended = all.open_ended;
  *out = all.list;
  *count = all.count;
  return all_well;
}
