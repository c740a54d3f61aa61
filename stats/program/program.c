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

typedef struct section {
  buf bytes;    /* of all items, in order */
  size_t *ends; /* of item i in BYTES */
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
     FIELD_COLUMN | FIELD_RULES | FIELD_RULE_NUMBERS | FIELD_RANGE | FIELD_REVERSED, 0, 0},
    {VARIABLE_NOMINAL, "nominal", FORM_CODED, FIELD_COLUMN | FIELD_RULES | FIELD_CLOSED | FIELD_KEYS, 0, 0},
    {VARIABLE_NUMBER, "number", FORM_NUMBER,
     FIELD_COLUMN | FIELD_RULES | FIELD_RULE_NUMBERS | FIELD_RANGE | FIELD_DECIMALS, 0, 0},
    {VARIABLE_DATE, "date", FORM_NUMBER, FIELD_COLUMN | FIELD_RULES | FIELD_RANGE | FIELD_FORMAT, 0, 0},
    {VARIABLE_TEXT, "text", FORM_TEXT, FIELD_COLUMN | FIELD_RULES, 0, 0},
    {VARIABLE_MULTI_CELL, "multi", FORM_SET,
     FIELD_COLUMN | FIELD_RULES | FIELD_CLOSED | FIELD_KEYS | FIELD_DELIMITER, 0, 0},
    {VARIABLE_MULTI_FLAGS, "multi", FORM_SET,
     FIELD_COLUMNS | FIELD_RULES | FIELD_RULE_NUMBERS | FIELD_KEYS | FIELD_ANY_CHOSEN, 0, 0},
    {VARIABLE_RECODE, "recode", FORM_CODED, FIELD_INPUTS | FIELD_RANGES, 1, 1},
    {VARIABLE_PERIOD, "period", FORM_CODED, FIELD_INPUTS | FIELD_PERIOD, 1, 1},
    {VARIABLE_TOP, "top", FORM_CODED, FIELD_INPUTS | FIELD_CUT, 1, 1},
    {VARIABLE_MEAN, "mean", FORM_NUMBER, FIELD_INPUTS | FIELD_MEAN, 1, PROGRAM_INPUTS_MAX},
    {VARIABLE_OPTION, "option", FORM_CODED, FIELD_INPUTS | FIELD_KEY, 1, 1},
    {VARIABLE_CLUSTER, "cluster", FORM_CODED, FIELD_INPUTS | FIELD_CLUSTER, 1, PROGRAM_INPUTS_MAX},
    {VARIABLE_DIFFERENCE, "difference", FORM_NUMBER, FIELD_INPUTS, 2, 2},
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
         v->kind == VARIABLE_CLUSTER || (v->kind == VARIABLE_RECODE && !v->keys_are_texts);
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
static status section_add(section *s, const buf *item, uint32_t max, const char *what, uint32_t *index,
                          bool *found, error *err) {
  TRY(buf_status(item, what, err));
  const uint64_t hash = digest_xxh3(item->data, item->length);
  *index = section_find(s, hash, item);
  *found = *index != PLACE_NONE;
  if (*found) {
    return STATUS_OK;
  }
  if (s->count >= max) {
    return error_set(err, STATUS_LIMIT, "a program may have at most %u %s", max, what);
  }
  if (!buf_reserve(&s->bytes, item->length) || !ARRAY_ROOM(s->ends, s->count, s->capacity) ||
      !hash_table_add(&s->items, hash, s->count)) {
    return error_no_memory(err, what);
  }
  buf_put(&s->bytes, item->data, item->length);
  s->ends[s->count] = s->bytes.length;
  *index = s->count++;
  return STATUS_OK;
}

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

static status known_add(program *p, uint32_t index, variable_facts_known known, error *err) {
  if (!ARRAY_ROOM(p->index->known, index, p->index->known_capacity)) {
    return error_no_memory(err, "variables");
  }
  p->index->known[index] = known;
  return STATUS_OK;
}

static status variable_append(program *p, const program_variable *v, variable_facts_known known, buf *item,
                              uint32_t *index, error *err) {
  bool found;
  variable_encode(v, NULL, item);
  TRY(section_add(&p->index->variables, item, PROGRAM_VARIABLES_MAX, "variables", index, &found, err));
  if (found) {
    return STATUS_OK;
  }
  TRY(known_add(p, *index, known, err));
  reader r;
  reader_init(&r, item->data, item->length);
  if (ARRAY_ROOM_IN(p->memory, p->variables, *index, p->index->variables.decoded_capacity)) {
    program_variable *copy = &p->variables[*index];
    variable_decode(&r, p->memory, copy);
    copy->name = arena_copy(p->memory, slice_of(v->name));
    copy->decimals = known.decimals;
  }
  if (arena_failed(p->memory)) {
    return error_no_memory(err, "variables");
  }
  p->variables_count = *index + 1;
  return reader_finish(&r, "variable", err);
}

status program_add_variable(program *p, const program_variable *v, uint32_t *index, error *err) {
  variable_facts_known known = {0};
  TRY(variable_check(p, v, &known, err));
  buf item = {0};
  uint32_t at = 0;
  status st = variable_append(p, v, known, &item, &at, err);
  buf_fini(&item);
  if (index != NULL) {
    *index = at;
  }
  return st;
}

static status filter_append(program *p, const program_filter *f, buf *item, uint32_t *index, error *err) {
  bool found;
  filter_encode(f, NULL, item);
  TRY(section_add(&p->index->filters, item, PROGRAM_FILTERS_MAX, "filters", index, &found, err));
  if (found) {
    return STATUS_OK;
  }
  reader r;
  reader_init(&r, item->data, item->length);
  if (ARRAY_ROOM_IN(p->memory, p->filters, *index, p->index->filters.decoded_capacity)) {
    filter_decode(&r, p->memory, &p->filters[*index]);
  }
  if (arena_failed(p->memory)) {
    return error_no_memory(err, "filters");
  }
  p->filters_count = *index + 1;
  return reader_finish(&r, "filter", err);
}

status program_add_filter(program *p, const program_filter *f, uint32_t *index, error *err) {
  TRY(filter_check(p, f, err));
  buf item = {0};
  uint32_t at = 0;
  status st = filter_append(p, f, &item, &at, err);
  buf_fini(&item);
  if (index != NULL) {
    *index = at;
  }
  return st;
}

static status weight_append(program *p, program_weight w, buf *item, uint32_t *index, error *err) {
  bool found;
  weight_encode(w, NULL, item);
  TRY(section_add(&p->index->weights, item, PROGRAM_WEIGHTS_MAX, "weights", index, &found, err));
  if (found) {
    return STATUS_OK;
  }
  if (!ARRAY_ROOM_IN(p->memory, p->weights, *index, p->index->weights.decoded_capacity)) {
    return error_no_memory(err, "weights");
  }
  p->weights[*index] = w;
  p->weights_count = *index + 1;
  return STATUS_OK;
}

status program_add_weight(program *p, program_weight w, uint32_t *index, error *err) {
  TRY(weight_check(p, w, err));
  buf item = {0};
  uint32_t at = 0;
  status st = weight_append(p, w, &item, &at, err);
  buf_fini(&item);
  if (index != NULL) {
    *index = at;
  }
  return st;
}

static status accumulator_append(program *p, const program_accumulator *a, buf *item, uint32_t *index,
                                 error *err) {
  bool found;
  accumulator_encode(a, NULL, item);
  TRY(section_add(&p->index->accumulators, item, PROGRAM_ACCUMULATORS_MAX, "accumulators", index, &found,
                  err));
  if (found) {
    return STATUS_OK;
  }
  reader r;
  reader_init(&r, item->data, item->length);
  if (ARRAY_ROOM_IN(p->memory, p->accumulators, *index, p->index->accumulators.decoded_capacity)) {
    accumulator_decode(&r, p->memory, &p->accumulators[*index]);
  }
  if (arena_failed(p->memory)) {
    return error_no_memory(err, "accumulators");
  }
  p->accumulators_count = *index + 1;
  return reader_finish(&r, "accumulator", err);
}

status program_add_accumulator(program *p, const program_accumulator *a, uint32_t *index, error *err) {
  TRY(accumulator_check(p, a, err));
  buf item = {0};
  uint32_t at = 0;
  status st = accumulator_append(p, a, &item, &at, err);
  buf_fini(&item);
  if (index != NULL) {
    *index = at;
  }
  return st;
}

/* ---- Asking --------------------------------------------------------------------------------------- */

uint32_t program_variable_depth(const program *p, uint32_t variable) {
  return p->index->known[variable].depth;
}

int64_t program_variable_bound(const program *p, uint32_t variable) {
  return p->index->known[variable].bound;
}
