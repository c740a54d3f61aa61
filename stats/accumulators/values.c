/* VALUES: the table of distinct values of a number by group, while it is small: exact quantiles.
 *
 * All tables of a state share one block of entries, ordered by place, then value.  A state is
 * overflown when its (group, value) pairs are more than params[0]; the union of pairs only grows, so
 * it does not matter in which order shards meet.  An overflown state keeps n, w, min and max; another
 * state's n, w, min and max follow from its entries and are not encoded.
 */
#include "stats/accumulators/values.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

static status values_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = 2,
                                          .forms = SHAPE_NUMERIC,
                                          .by_max = PROGRAM_BY_MAX,
                                          .takes_weight = true,
                                          .params_min = 1,
                                          .params_max = 1};
  *bytes_max = 0;
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->params[0] < 1) {
    return error_set(err, STATUS_USAGE, "values: a table of %lld entries; expected at least 1",
                     (long long)a->params[0]);
  }
  return accumulator_check_bytes(p, a, (uint64_t)a->params[0], sizeof(value_entry), err);
}

static void values_destroy(void *state) {
  values *v = state;
  if (v != NULL) {
    grouping_fini(&v->s.groups);
    free(v->s.at);
    free(v->entries);
    free(v);
  }
}

static status make(const program *p, const program_accumulator *a, values **out, error *err) {
  *out = calloc(1, sizeof **out);
  if (*out == NULL) {
    return error_no_memory(err, "values");
  }
  values *v = *out;
  v->p = p;
  v->a = a;
  v->s.decimals = p->variables[a->variables[0]].decimals;
  v->s.weighted = a->weight != PROGRAM_NONE;
  v->s.weight_decimals = accumulator_weight_decimals(p, a);
  grouping_empty(p, a, &v->s.groups);
  return STATUS_OK;
}

status values_make_places(values *v, error *err) {
  void *at;
  TRY(accumulator_allocate(v->p, v->a, grouping_places(&v->s.groups), sizeof *v->s.at, &at, err));
  v->s.at = at;
  return STATUS_OK;
}

status values_make_entries(values *v, uint64_t count, error *err) {
  void *entries;
  TRY(accumulator_allocate(v->p, v->a, count, sizeof *v->entries, &entries, err));
  v->entries = entries;
  return STATUS_OK;
}

static status values_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  values *v = NULL;
  status st = make(p, a, &v, err);
  if (st == STATUS_OK) {
    st = values_make_places(v, err);
  }
  if (st == STATUS_OK) {
    st = values_make_entries(v, 0, err);
  }
  return accumulator_give(st, v, values_destroy, state);
}

/* ---- Map ----------------------------------------------------------------------------------------- */

typedef struct hashed {
  value_entry entry; /* n == 0: free */
  uint32_t place;
} hashed;

/* Open addressing, at most three quarters full. */
typedef struct hash_table {
  hashed *slots;
  uint64_t mask;
  uint64_t count;
} hash_table;

static uint64_t hash_pair(uint32_t place, int64_t value) {
  uint64_t h = (uint64_t)value ^ ((uint64_t)place * 0x9E3779B97F4A7C15u);
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9u;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EBu;
  return h ^ (h >> 31);
}

/* The pair's slot, or the free one where it belongs. */
static hashed *find(const hash_table *t, uint32_t place, int64_t value) {
  uint64_t i = hash_pair(place, value) & t->mask;
  while (t->slots[i].entry.n > 0 && (t->slots[i].entry.value != value || t->slots[i].place != place)) {
    i = (i + 1) & t->mask;
  }
  return &t->slots[i];
}

static status resize(hash_table *t, uint64_t slots, error *err) {
  hash_table larger = {.slots = calloc(slots, sizeof *larger.slots), .mask = slots - 1, .count = t->count};
  if (larger.slots == NULL) {
    return error_no_memory(err, "values");
  }
  for (uint64_t i = 0; t->slots != NULL && i <= t->mask; i++) {
    if (t->slots[i].entry.n > 0) {
      *find(&larger, t->slots[i].place, t->slots[i].entry.value) = t->slots[i];
    }
  }
  free(t->slots);
  *t = larger;
  return STATUS_OK;
}

static status count_value(values *v, hash_table *t, uint32_t place, int64_t value, i128 w, error *err) {
  hashed *at = find(t, place, value);
  if (at->entry.n == 0) {
    if (t->count == values_entries_max(v)) {
      v->s.overflown = true;
      return STATUS_OK;
    }
    if ((t->count + 1) * 4 > (t->mask + 1) * 3) {
      TRY(resize(t, (t->mask + 1) * 2, err));
      at = find(t, place, value);
    }
    t->count++;
    at->place = place;
    at->entry.value = value;
  }
  at->entry.n++;
  at->entry.w += w;
  return STATUS_OK;
}

/* PARTNERS: also to be answered, or NULL. */
static status count_rows(values *v, hash_table *t, const int64_t *numbers, const int64_t *partners,
                         const grouped_rows *in, error *err) {
  for (uint32_t row = 0, place; row < in->count; row++) {
    if (partners != NULL && number_is_missing(partners[row])) {
      continue;
    }
    if (!number_is_missing(numbers[row]) && grouped_rows_place(in, row, &place)) {
      i128 w = v->s.weighted ? weight_at(&in->weights, row) : 0;
      values_add_rows(&v->s.at[place], 1, w, numbers[row], numbers[row]);
      if (!v->s.overflown) {
        TRY(count_value(v, t, place, numbers[row], w, err));
      }
    }
  }
  return STATUS_OK;
}

static int compare_hashed(const void *left, const void *right) {
  const hashed *a = left, *b = right;
  if (a->place != b->place) {
    return a->place < b->place ? -1 : 1;
  }
  return (a->entry.value > b->entry.value) - (a->entry.value < b->entry.value);
}

/* The table's entries, ordered, become the state's. */
static status take_entries(values *v, hash_table *t, error *err) {
  TRY(values_make_entries(v, v->s.overflown ? 0 : t->count, err));
  if (v->s.overflown) {
    return STATUS_OK;
  }
  uint64_t count = 0;
  for (uint64_t i = 0; i <= t->mask; i++) {
    if (t->slots[i].entry.n > 0) {
      t->slots[count++] = t->slots[i];
    }
  }
  qsort(t->slots, count, sizeof *t->slots, compare_hashed);
  for (uint64_t i = 0; i < count; i++) {
    value_table *at = &v->s.at[t->slots[i].place];
    v->entries[i] = t->slots[i].entry;
    at->entries = at->count == 0 ? &v->entries[i] : at->entries;
    at->count++;
  }
  return STATUS_OK;
}

static status map_grouped(void *state, frame *from, const grouped_rows *in, error *err) {
  values *v = state;
  TRY(values_make_places(v, err));
  enum { SLOTS_FIRST = 1024 };
  number_view numbers, partners = {0};
  TRY(frame_number(from, v->a->variables[0], &numbers, err));
  if (v->a->variables_count > 1) {
    TRY(frame_number(from, v->a->variables[1], &partners, err));
  }
  hash_table t = {0};
  status st = resize(&t, SLOTS_FIRST, err);
  if (st == STATUS_OK) {
    st = count_rows(v, &t, numbers.values, partners.values, in, err);
  }
  if (st == STATUS_OK) {
    st = take_entries(v, &t, err);
  }
  free(t.slots);
  return st;
}

static status values_map(frame *f, const program_accumulator *a, void **state, error *err) {
  values *v;
  TRY(make(frame_program(f), a, &v, err));
  const status st = grouped_rows_map(f, a, &v->s.groups, map_grouped, v, err);
  return accumulator_give(st, v, values_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

/* The union of two tables' entries into OUT, which may be NULL: then they are only counted. */
static uint64_t unite_entries(const value_table *left, const value_table *right, value_entry *out) {
  uint64_t count = 0;
  for (uint32_t i = 0, j = 0; i < left->count || j < right->count; count++) {
    bool take_left =
        i < left->count && (j == right->count || left->entries[i].value <= right->entries[j].value);
    bool take_right =
        j < right->count && (i == left->count || right->entries[j].value <= left->entries[i].value);
    if (out != NULL) {
      out[count] = take_left ? left->entries[i] : right->entries[j];
      if (take_left && take_right) {
        out[count].n += right->entries[j].n;
        out[count].w += right->entries[j].w;
      }
    }
    i += take_left;
    j += take_right;
  }
  return count;
}

/* Per place of the united groups: the table of each side, empty where it has none. */
static void spread(const values_state *from, const uint32_t *places, value_table *out) {
  uint32_t count = grouping_places(&from->groups);
  for (uint32_t place = 0; place < count; place++) {
    out[places[place]] = from->at[place];
  }
}

static status merge_tables(values *into, const value_table *left, const value_table *right, error *err) {
  uint32_t places = grouping_places(&into->s.groups);
  uint64_t count = 0;
  for (uint32_t place = 0; place < places; place++) {
    const value_table *sides[2] = {&left[place], &right[place]};
    for (int side = 0; side < 2; side++) {
      if (sides[side]->n > 0) {
        int64_t n = into->s.at[place].n;
        TRY(accumulator_add_rows(&n, sides[side]->n, err));
        values_add_rows(&into->s.at[place], sides[side]->n, sides[side]->w, sides[side]->min,
                        sides[side]->max);
      }
    }
    count += into->s.overflown ? 0 : unite_entries(&left[place], &right[place], NULL);
  }
  into->s.overflown |= count > values_entries_max(into);
  if (into->s.overflown) {
    return values_make_entries(into, 0, err);
  }
  TRY(values_make_entries(into, count, err));
  value_entry *at = into->entries;
  for (uint32_t place = 0; place < places; place++) {
    into->s.at[place].entries = at;
    into->s.at[place].count = (uint32_t)unite_entries(&left[place], &right[place], at);
    at += into->s.at[place].count;
  }
  return STATUS_OK;
}

static status merge_into(values *made, const values_state *left, const values_state *right, error *err) {
  grouping_union united = {0};
  TRY(grouping_unite(&left->groups, &right->groups, &united, err));
  made->s.groups = united.groups;
  united.groups = (grouping){0};
  made->s.overflown = left->overflown || right->overflown;
  uint32_t places = grouping_places(&made->s.groups);
  value_table *sides[2] = {calloc(places, sizeof(value_table)), calloc(places, sizeof(value_table))};
  status st =
      sides[0] != NULL && sides[1] != NULL ? values_make_places(made, err) : error_no_memory(err, "values");
  if (st == STATUS_OK) {
    spread(left, united.left_places, sides[0]);
    spread(right, united.right_places, sides[1]);
    st = merge_tables(made, sides[0], sides[1], err);
  }
  free(sides[0]);
  free(sides[1]);
  grouping_union_fini(&united);
  return st;
}

static status values_merge(void *into, const void *from, error *err) {
  values *v = into, *made = NULL;
  status st = make(v->p, v->a, &made, err);
  if (st == STATUS_OK) {
    st = merge_into(made, &v->s, &((const values *)from)->s, err);
  }
  if (st == STATUS_OK) {
    values swapped = *v;
    *v = *made;
    *made = swapped;
  }
  values_destroy(made);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static status values_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                            error *err) {
  values *v = NULL;
  status st = make(p, a, &v, err);
  if (st == STATUS_OK) {
    st = values_read(v, r, err);
  }
  return accumulator_give(st, v, values_destroy, state);
}

const accumulator_kind accumulator_values = {
    .id = ACCUMULATOR_VALUES,
    .name = "values",
    .summary = "distinct values of a number with their rows and weight, while they are few, by group",
    .version = 2,
    .check = values_check,
    .empty = values_empty,
    .map = values_map,
    .merge = values_merge,
    .encode = values_encode,
    .decode = values_decode,
    .destroy = values_destroy,
};
