/* DUPLICATES: how often each combination of answers occurs, by its 128-bit hash.
 *
 * A missing answer is a separate value, whatever its reason; rows without any answer are left out.
 * Entries are ordered by hash.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"
#include "stats/accumulators/value_hash.h"

typedef struct duplicates {
  duplicates_state s; /* first: analyses see only this */
  const program *p;
  const program_accumulator *a;
} duplicates;

static status duplicates_check(const program *p, const program_accumulator *a, uint64_t *bytes_max,
                               error *err) {
  static const accumulator_shape shape = {
      .variables_min = 1, .variables_max = PROGRAM_INPUTS_MAX, .forms = SHAPE_ANY, .takes_weight = true};
  *bytes_max = 0;
  return accumulator_check_shape(p, a, &shape, err);
}

static void duplicates_destroy(void *state) {
  duplicates *d = state;
  if (d != NULL) {
    free(d->s.entries);
    free(d);
  }
}

static status make(const program *p, const program_accumulator *a, uint64_t count, duplicates **out,
                   error *err) {
  void *entries;
  TRY(accumulator_allocate(p, a, count, sizeof(duplicate_entry), &entries, err));
  duplicates *d = calloc(1, sizeof *d);
  if (d == NULL) {
    free(entries);
    return error_no_memory(err, "duplicates");
  }
  *d = (duplicates){.s.entries = entries, .p = p, .a = a};
  *out = d;
  return STATUS_OK;
}

static status duplicates_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  duplicates *d = NULL;
  TRY(make(p, a, 0, &d, err));
  *state = d;
  return STATUS_OK;
}

static int compare_entries(const duplicate_entry *a, const duplicate_entry *b) {
  if (a->high != b->high) {
    return a->high < b->high ? -1 : 1;
  }
  return (a->low > b->low) - (a->low < b->low);
}

static int compare_entries_by_row(const void *left, const void *right) {
  const duplicate_entry *a = left, *b = right;
  int order = compare_entries(a, b);
  return order != 0 ? order : (a->first_ordinal > b->first_ordinal) - (a->first_ordinal < b->first_ordinal);
}

/* ---- Map ----------------------------------------------------------------------------------------- */

static bool hash_row(const hashed_variable *variables, uint32_t count, uint32_t row, value_hash *out) {
  static const value_hash missing = {0, 0};
  bool any = false;
  *out = (value_hash){0, 0};
  for (uint32_t i = 0; i < count; i++) {
    value_hash h;
    bool answered = hashed_variable_at(&variables[i], row, &h);
    *out = value_hash_join(*out, answered ? h : missing);
    any |= answered;
  }
  return any;
}

/* Entries of one row each, ordered: neighbours with one hash become one entry. */
static void collapse(duplicates_state *s) {
  uint64_t kept = 0;
  for (uint64_t i = 0; i < s->count; i++) {
    if (kept > 0 && compare_entries(&s->entries[kept - 1], &s->entries[i]) == 0) {
      s->entries[kept - 1].n++;
    } else {
      s->entries[kept++] = s->entries[i];
    }
  }
  s->count = kept;
}

static status map_rows(frame *f, const program_accumulator *a, const hashed_variable *variables,
                       duplicates *d, error *err) {
  const uint8_t *mask;
  TRY(frame_mask(f, a->filter, a->weight, &mask, err));
  for (uint32_t row = 0; row < frame_rows(f); row++) {
    value_hash h;
    if ((mask == NULL || mask[row]) && hash_row(variables, a->variables_count, row, &h)) {
      d->s.entries[d->s.count++] = (duplicate_entry){
          .high = h.high, .low = h.low, .n = 1, .first_ordinal = stats_rows_ordinal(frame_source(f), row)};
    }
  }
  d->s.n = (int64_t)d->s.count;
  qsort(d->s.entries, d->s.count, sizeof *d->s.entries, compare_entries_by_row);
  collapse(&d->s);
  return accumulator_check_bytes(d->p, d->a, d->s.count, sizeof *d->s.entries, err);
}

/* Room for every row of the shard; what is kept of it is checked afterwards. */
static status make_for_rows(frame *f, const program_accumulator *a, duplicates **out, error *err) {
  TRY(make(frame_program(f), a, 0, out, err));
  duplicate_entry *entries = malloc(((size_t)frame_rows(f) + 1) * sizeof *entries);
  if (entries == NULL) {
    duplicates_destroy(*out);
    return error_no_memory(err, "duplicates");
  }
  free((*out)->s.entries);
  (*out)->s.entries = entries;
  return STATUS_OK;
}

static status duplicates_map(frame *f, const program_accumulator *a, void **state, error *err) {
  duplicates *d = NULL;
  TRY(make_for_rows(f, a, &d, err));
  hashed_variable *variables = calloc(a->variables_count, sizeof *variables);
  status st = variables != NULL ? STATUS_OK : error_no_memory(err, "duplicates");
  uint32_t ready = 0;
  while (st == STATUS_OK && ready < a->variables_count) {
    st = hashed_variable_init(f, a->variables[ready], &variables[ready], err);
    ready += st == STATUS_OK;
  }
  if (st == STATUS_OK) {
    st = map_rows(f, a, variables, d, err);
  }
  for (uint32_t i = 0; i < ready; i++) {
    hashed_variable_fini(&variables[i]);
  }
  free(variables);
  return accumulator_give(st, d, duplicates_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

/* The union into OUT, which may be NULL: then it is only counted. */
static uint64_t unite(const duplicates_state *left, const duplicates_state *right, duplicate_entry *out) {
  uint64_t count = 0;
  for (uint64_t i = 0, j = 0; i < left->count || j < right->count; count++) {
    int order = i == left->count    ? 1
                : j == right->count ? -1
                                    : compare_entries(&left->entries[i], &right->entries[j]);
    if (out != NULL) {
      out[count] = order <= 0 ? left->entries[i] : right->entries[j];
      if (order == 0) {
        out[count].n += right->entries[j].n;
        if (right->entries[j].first_ordinal < out[count].first_ordinal) {
          out[count].first_ordinal = right->entries[j].first_ordinal;
        }
      }
    }
    i += order <= 0;
    j += order >= 0;
  }
  return count;
}

static status duplicates_merge(void *into, const void *from, error *err) {
  duplicates *d = into;
  const duplicates_state *other = &((const duplicates *)from)->s;
  int64_t n = d->s.n;
  void *entries;
  TRY(accumulator_add_rows(&n, other->n, err));
  uint64_t count = unite(&d->s, other, NULL);
  TRY(accumulator_allocate(d->p, d->a, count, sizeof(duplicate_entry), &entries, err));
  unite(&d->s, other, entries);
  free(d->s.entries);
  d->s = (duplicates_state){.n = n, .count = count, .entries = entries};
  return STATUS_OK;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void duplicates_encode(const void *state, buf *out) {
  const duplicates_state *s = &((const duplicates *)state)->s;
  buf_put_varint(out, s->count);
  for (uint64_t i = 0; i < s->count; i++) {
    buf_put_u64(out, s->entries[i].high);
    buf_put_u64(out, s->entries[i].low);
    buf_put_varint(out, (uint64_t)s->entries[i].n);
    buf_put_varint(out, s->entries[i].first_ordinal);
  }
}

static void read_entry(reader *r, duplicates_state *s) {
  duplicate_entry *e = &s->entries[s->count];
  e->high = reader_u64(r);
  e->low = reader_u64(r);
  e->n = reader_rows(r);
  e->first_ordinal = reader_varint(r);
  if (e->n < 1 || e->n > ACCUMULATOR_ROWS_MAX - s->n) {
    reader_fail(r, "a combination's rows are out of bounds");
    return;
  }
  if (s->count > 0 && compare_entries(e - 1, e) >= 0) {
    reader_fail(r, "combinations out of order");
    return;
  }
  s->n += e->n;
  s->count++;
}

static status duplicates_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                                error *err) {
  enum { ENTRY_BYTES_MIN = 18 };
  duplicates *d = NULL;
  uint64_t count = reader_count_of(r, ACCUMULATOR_BYTES_MAX / sizeof(duplicate_entry), ENTRY_BYTES_MIN);
  TRY(reader_status(r, "duplicates", err));
  TRY(make(p, a, count, &d, err));
  for (uint64_t i = 0; i < count && r->problem == NULL; i++) {
    read_entry(r, &d->s);
  }
  status st = reader_status(r, "duplicates", err);
  return accumulator_give(st, d, duplicates_destroy, state);
}

const accumulator_kind accumulator_duplicates = {
    .id = ACCUMULATOR_DUPLICATES,
    .name = "duplicates",
    .summary = "how often each combination of answers occurs",
    .version = 1,
    .check = duplicates_check,
    .empty = duplicates_empty,
    .map = duplicates_map,
    .merge = duplicates_merge,
    .encode = duplicates_encode,
    .decode = duplicates_decode,
    .destroy = duplicates_destroy,
};
