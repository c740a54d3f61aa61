/* A program's items: added once, found again, described.
 *
 * Every item is known by its canonical bytes (stats/program/item.h).  A section keeps the bytes of all
 * its items one after the other, and a hash table over them; a new item is copied into the arena by
 * reading its own bytes.  So what is stored is exactly what is encoded.
 */
#include "stats/program/program.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/table.h"
#include "stats/program/item.h"

/* What a section has items of. */
typedef struct item_kind {
  const char *what;
  uint32_t max;
  /* Makes item INDEX of the program's array from its bytes.  False: out of memory. */
  bool (*take)(program *p, reader *r, uint32_t index, const void *given);
} item_kind;

typedef struct section {
  const item_kind *kind;
  uint32_t *taken; /* how many the program's array has */
  buf bytes;       /* of all items, in order */
  size_t *ends;    /* of item i in BYTES */
  size_t capacity;
  hash_table items;
  size_t decoded_capacity; /* of the program's array */
  uint32_t count;
} section;

struct program_index {
  section variables, filters, weights, accumulators;
  variable_facts_known *known; /* per variable */
  size_t known_capacity;
};

static const variable_traits traits_table[] = {
    {VARIABLE_SCALE, "scale", FORM_CODED,
     FIELD_COLUMN | FIELD_RULES | FIELD_RULE_NUMBERS | FIELD_RANGE | FIELD_REVERSED | FIELD_LEADING, 0, 0},
    {VARIABLE_NOMINAL, "nominal", FORM_CODED,
     FIELD_COLUMN | FIELD_RULES | FIELD_CLOSED | FIELD_KEYS | FIELD_OTHER, 0, 0},
    {VARIABLE_NUMBER, "number", FORM_NUMBER,
     FIELD_COLUMN | FIELD_RULES | FIELD_RULE_NUMBERS | FIELD_RANGE | FIELD_DECIMALS | FIELD_LEADING |
         FIELD_NOTATION,
     0, 0},
    {VARIABLE_DATE, "date", FORM_NUMBER, FIELD_COLUMN | FIELD_RULES | FIELD_RANGE | FIELD_FORMAT, 0, 0},
    {VARIABLE_TEXT, "text", FORM_TEXT, FIELD_COLUMN | FIELD_RULES, 0, 0},
    {VARIABLE_MULTI_CELL, "multi", FORM_SET,
     FIELD_COLUMN | FIELD_RULES | FIELD_CLOSED | FIELD_KEYS | FIELD_DELIMITER | FIELD_OTHER | FIELD_RANKING,
     0, 0},
    {VARIABLE_MULTI_FLAGS, "multi", FORM_SET,
     FIELD_COLUMNS | FIELD_RULES | FIELD_RULE_NUMBERS | FIELD_KEYS | FIELD_ANY_CHOSEN | FIELD_NONE, 0, 0},
    {VARIABLE_RECODE, "recode", FORM_CODED, FIELD_INPUTS | FIELD_RANGES, 1, 1},
    {VARIABLE_PERIOD, "period", FORM_CODED, FIELD_INPUTS | FIELD_PERIOD, 1, 1},
    {VARIABLE_TOP, "top", FORM_CODED, FIELD_INPUTS | FIELD_CUT, 1, 1},
    {VARIABLE_MEAN, "mean", FORM_NUMBER, FIELD_INPUTS | FIELD_MEAN, 1, PROGRAM_INPUTS_MAX},
    {VARIABLE_OPTION, "option", FORM_CODED, FIELD_INPUTS | FIELD_KEY, 1, 1},
    {VARIABLE_CLUSTER, "cluster", FORM_CODED, FIELD_INPUTS | FIELD_CLUSTER, 1, PROGRAM_INPUTS_MAX},
    {VARIABLE_DIFFERENCE, "difference", FORM_NUMBER, FIELD_INPUTS, 2, 2},
    {VARIABLE_COMPUTE, "computed number", FORM_NUMBER, FIELD_DECIMALS | FIELD_INPUTS | FIELD_NODES, 1,
     PROGRAM_INPUTS_MAX},
    {VARIABLE_CROSS, "crossing", FORM_CODED, FIELD_INPUTS, 2, PROGRAM_BY_MAX},
    {VARIABLE_LOOP, "loop", FORM_CODED, FIELD_KEYS, 0, 0},
    {VARIABLE_CONDITION, "condition", FORM_CODED, FIELD_INPUTS | FIELD_NODES, 1, PROGRAM_INPUTS_MAX},
    {VARIABLE_RANK, "rank", FORM_CODED, FIELD_INPUTS | FIELD_KEY, 1, 1},
    {VARIABLE_SCORE, "score", FORM_NUMBER, FIELD_DECIMALS | FIELD_INPUTS | FIELD_SCORE, 1,
     PROGRAM_INPUTS_MAX},
    {VARIABLE_DISTANCE, "distance", FORM_NUMBER, FIELD_DECIMALS | FIELD_INPUTS | FIELD_DISTANCE, 1, 1},
    {VARIABLE_REPLICATE, "replicate", FORM_CODED, FIELD_INPUTS | FIELD_REPLICATE, 0, 1},
};

const variable_traits *variable_traits_of(uint32_t kind) {
  for (size_t i = 0; i < sizeof traits_table / sizeof traits_table[0]; i++) {
    if ((uint32_t)traits_table[i].kind == kind) {
      return &traits_table[i];
    }
  }
  return NULL;
}

const char *missing_name(missing_reason reason) {
  static const char *const names[] = {
#define X(id, name) [id] = name,
      MISSING_TABLE(X)
#undef X
  };
  return reason < MISSING_REASONS ? names[reason] : "unknown";
}

variable_form program_variable_form(const program_variable *v) {
  const variable_traits *traits = variable_traits_of((uint32_t)v->kind);
  assert(traits != NULL);
  return traits->form;
}

bool program_variable_is_numeric_coded(const program_variable *v) {
  return v->kind == VARIABLE_SCALE || v->kind == VARIABLE_TOP || v->kind == VARIABLE_OPTION ||
         v->kind == VARIABLE_CLUSTER || v->kind == VARIABLE_CONDITION || v->kind == VARIABLE_RANK ||
         v->kind == VARIABLE_REPLICATE || (v->kind == VARIABLE_RECODE && !v->keys_are_texts);
}

bool program_variable_is_mere_weight(const program_variable *v) {
  return v->kind == VARIABLE_NUMBER && v->decimals > PROGRAM_DECIMALS_MAX;
}

bool program_variable_is_numeric(const program_variable *v) {
  return program_variable_is_numeric_coded(v) || program_variable_form(v) == FORM_NUMBER;
}

/* ---- Sections ----------------------------------------------------------------------------------- */

static void section_fini(section *s) {
  buf_fini(&s->bytes);
  free(s->ends);
  hash_table_fini(&s->items);
}

static size_t item_start(const section *s, uint32_t item) {
  return item == 0 ? 0 : s->ends[item - 1];
}

static uint32_t section_find(const section *s, uint64_t hash, const buf *item) {
  hash_search search = hash_table_search(&s->items, hash);
  while (hash_table_next(&search)) {
    const size_t start = item_start(s, search.place);
    if (s->ends[search.place] - start == item->length &&
        memcmp(s->bytes.data + start, item->data, item->length) == 0) {
      break;
    }
  }
  return search.place;
}

/* Puts the bytes of ITEM at the end.  *FOUND: it was there before, and *INDEX is its place. */
static status section_add(section *s, const buf *item, uint32_t *index, bool *found, error *err) {
  TRY(buf_status(item, s->kind->what, err));
  const uint64_t hash = digest_xxh3(item->data, item->length);
  *index = section_find(s, hash, item);
  *found = *index != PLACE_NONE;
  if (*found) {
    return STATUS_OK;
  }
  if (s->count >= s->kind->max) {
    return error_set(err, STATUS_LIMIT, "a program may have at most %u %s", s->kind->max, s->kind->what);
  }
  if (!buf_reserve(&s->bytes, item->length) || !ARRAY_ROOM(s->ends, s->count, s->capacity) ||
      !hash_table_add(&s->items, hash, s->count)) {
    return error_no_memory(err, s->kind->what);
  }
  buf_put(&s->bytes, item->data, item->length);
  s->ends[s->count] = s->bytes.length;
  *index = s->count++;
  return STATUS_OK;
}

/* ---- Kinds ---------------------------------------------------------------------------------------- */

/* What is known of a variable besides its bytes. */
typedef struct new_variable {
  const char *name;
  variable_facts_known known;
} new_variable;

static bool take_variable(program *p, reader *r, uint32_t index, const void *given) {
  const new_variable *more = given;
  if (!ARRAY_ROOM(p->index->known, index, p->index->known_capacity) ||
      !ARRAY_ROOM_IN(p->memory, p->variables, index, p->index->variables.decoded_capacity)) {
    return false;
  }
  p->index->known[index] = more->known;
  program_variable *v = &p->variables[index];
  variable_decode(r, p->memory, v);
  v->name = arena_copy(p->memory, slice_of(more->name));
  v->decimals = more->known.decimals;
  return true;
}

static bool take_filter(program *p, reader *r, uint32_t index, const void *given) {
  (void)given;
  if (!ARRAY_ROOM_IN(p->memory, p->filters, index, p->index->filters.decoded_capacity)) {
    return false;
  }
  filter_decode(r, p->memory, &p->filters[index]);
  return true;
}

static bool take_weight(program *p, reader *r, uint32_t index, const void *given) {
  (void)given;
  if (!ARRAY_ROOM_IN(p->memory, p->weights, index, p->index->weights.decoded_capacity)) {
    return false;
  }
  weight_decode(r, &p->weights[index]);
  return true;
}

static bool take_accumulator(program *p, reader *r, uint32_t index, const void *given) {
  (void)given;
  if (!ARRAY_ROOM_IN(p->memory, p->accumulators, index, p->index->accumulators.decoded_capacity)) {
    return false;
  }
  accumulator_decode(r, p->memory, &p->accumulators[index]);
  return true;
}

static const item_kind variables = {"variables", PROGRAM_VARIABLES_MAX, take_variable};
static const item_kind filters = {"filters", PROGRAM_FILTERS_MAX, take_filter};
static const item_kind weights = {"weights", PROGRAM_WEIGHTS_MAX, take_weight};
static const item_kind accumulators = {"accumulators", PROGRAM_ACCUMULATORS_MAX, take_accumulator};

/* ---- Life ----------------------------------------------------------------------------------------- */

program *program_new(void) {
  program *p = calloc(1, sizeof *p);
  if (p == NULL) {
    return NULL;
  }
  p->memory = arena_new();
  p->index = calloc(1, sizeof *p->index);
  if (p->memory == NULL || p->index == NULL) {
    program_destroy(p);
    return NULL;
  }
  p->index->variables = (section){.kind = &variables, .taken = &p->variables_count};
  p->index->filters = (section){.kind = &filters, .taken = &p->filters_count};
  p->index->weights = (section){.kind = &weights, .taken = &p->weights_count};
  p->index->accumulators = (section){.kind = &accumulators, .taken = &p->accumulators_count};
  return p;
}

void program_destroy(program *p) {
  if (p == NULL) {
    return;
  }
  if (p->index != NULL) {
    section_fini(&p->index->variables);
    section_fini(&p->index->filters);
    section_fini(&p->index->weights);
    section_fini(&p->index->accumulators);
    free(p->index->known);
    free(p->index);
  }
  arena_destroy(p->memory);
  free(p);
}

/* ---- Adding --------------------------------------------------------------------------------------- */

/* ITEM, which is freed, is found in S or goes to its end; GIVEN is for the section's kind. */
static status add_item(program *p, section *s, const void *given, buf *item, uint32_t *index, error *err) {
  uint32_t at = 0;
  bool found = false;
  status st = section_add(s, item, &at, &found, err);
  if (st == STATUS_OK && !found) {
    reader r;
    reader_init(&r, item->data, item->length);
    const bool taken = s->kind->take(p, &r, at, given) && !arena_failed(p->memory);
    *s->taken = taken ? at + 1 : *s->taken;
    st = taken ? reader_finish(&r, s->kind->what, err) : error_no_memory(err, s->kind->what);
  }
  buf_fini(item);
  if (index != NULL) {
    *index = at;
  }
  return st;
}

status program_add_variable(program *p, const program_variable *v, uint32_t *index, error *err) {
  new_variable given = {.name = v->name};
  TRY(variable_check(p, v, &given.known, err));
  buf item = {0};
  variable_encode(v, NULL, &item);
  return add_item(p, &p->index->variables, &given, &item, index, err);
}

status program_add_filter(program *p, const program_filter *f, uint32_t *index, error *err) {
  TRY(filter_check(p, f, err));
  buf item = {0};
  filter_encode(f, NULL, &item);
  return add_item(p, &p->index->filters, NULL, &item, index, err);
}

status program_add_weight(program *p, program_weight w, uint32_t *index, error *err) {
  TRY(weight_check(p, w, err));
  buf item = {0};
  weight_encode(w, NULL, &item);
  return add_item(p, &p->index->weights, NULL, &item, index, err);
}

status program_add_accumulator(program *p, const program_accumulator *a, uint32_t *index, error *err) {
  TRY(accumulator_check(p, a, err));
  buf item = {0};
  accumulator_encode(a, NULL, &item);
  return add_item(p, &p->index->accumulators, NULL, &item, index, err);
}

/* ---- Asking --------------------------------------------------------------------------------------- */

uint32_t program_variable_depth(const program *p, uint32_t variable) {
  return p->index->known[variable].depth;
}

uint32_t program_variable_loops(const program *p, uint32_t variable) {
  return p->index->known[variable].loops;
}

int64_t program_variable_bound(const program *p, uint32_t variable) {
  return p->index->known[variable].bound;
}
