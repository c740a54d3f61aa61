/* BUCKETS: rows and weight in sub-intervals of a number's range, by group: quantiles by refinement.
 *
 * A value belongs to at most one interval, found by binary search, and in it to the bucket of its
 * offset divided by the width.  Only buckets with rows are encoded.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/grouping.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

enum { PARAMS_EACH = 3 };

/* Values low..high; `inverse` is 2^64 / width rounded down. */
typedef struct interval {
  int64_t low, high;
  uint64_t width, inverse;
  uint32_t first; /* bucket */
} interval;

typedef struct buckets {
  buckets_state s; /* first: analyses see only this */
  const program *p;
  const program_accumulator *a;
  interval *intervals;
  uint32_t intervals_count;
} buckets;

static size_t cell_bytes(bool weighted) {
  return sizeof(int64_t) + (weighted ? sizeof(i128) : 0);
}

static status check_interval(const int64_t *params, uint32_t i, error *err) {
  const int64_t *at = params + (size_t)PARAMS_EACH * i;
  if (at[0] < -NUMBER_MAX || at[1] > NUMBER_MAX || at[0] > at[1] || at[2] < 1) {
    return error_set(err, STATUS_USAGE, "buckets: interval %u from %lld to %lld with width %lld is empty", i,
                     (long long)at[0], (long long)at[1], (long long)at[2]);
  }
  if (i > 0 && at[0] <= at[1 - PARAMS_EACH]) {
    return error_set(err, STATUS_USAGE, "buckets: interval %u from %lld is not above the one before", i,
                     (long long)at[0]);
  }
  return STATUS_OK;
}

static uint64_t buckets_in(const int64_t *params, uint32_t i) {
  const int64_t *at = params + (size_t)PARAMS_EACH * i;
  return ((uint64_t)at[1] - (uint64_t)at[0]) / (uint64_t)at[2] + 1;
}

static status buckets_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = 1,
                                          .forms = SHAPE_NUMERIC,
                                          .by_max = PROGRAM_BY_MAX,
                                          .takes_weight = true,
                                          .params_min = PARAMS_EACH,
                                          .params_max = PROGRAM_PARAMS_MAX};
  *bytes_max = 0;
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->params_count % PARAMS_EACH != 0) {
    return error_set(err, STATUS_USAGE,
                     "buckets: %u parameters; expected low, high and width of each interval",
                     a->params_count);
  }
  uint64_t count = 0;
  for (uint32_t i = 0; i < a->params_count / PARAMS_EACH; i++) {
    TRY(check_interval(a->params, i, err));
    count += buckets_in(a->params, i);
    TRY(accumulator_check_bytes(p, a, count, cell_bytes(a->weight != PROGRAM_NONE), err));
  }
  return STATUS_OK;
}

static void buckets_destroy(void *state) {
  buckets *b = state;
  if (b != NULL) {
    grouping_fini(&b->s.groups);
    free(b->s.n);
    free(b->s.w);
    free(b->intervals);
    free(b);
  }
}

/* A state with its intervals, without groups and cells. */
static status make(const program *p, const program_accumulator *a, buckets **out, error *err) {
  uint32_t count = a->params_count / PARAMS_EACH;
  buckets *b = calloc(1, sizeof *b);
  interval *intervals = calloc(count, sizeof *intervals);
  if (b == NULL || intervals == NULL) {
    free(b);
    free(intervals);
    return error_no_memory(err, "buckets");
  }
  *b = (buckets){.p = p, .a = a, .intervals = intervals, .intervals_count = count};
  b->s.weighted = a->weight != PROGRAM_NONE;
  for (uint32_t i = 0; i < count; i++) {
    const int64_t *at = a->params + (size_t)PARAMS_EACH * i;
    uint64_t width = (uint64_t)at[2];
    intervals[i] = (interval){.low = at[0],
                              .high = at[1],
                              .width = width,
                              .inverse = width == 1 ? UINT64_MAX : (uint64_t)(((u128)1 << 64) / width),
                              .first = b->s.buckets_count};
    b->s.buckets_count += (uint32_t)buckets_in(a->params, i);
  }
  grouping_empty(p, a, &b->s.groups);
  *out = b;
  return STATUS_OK;
}

static status make_cells(buckets *b, error *err) {
  uint64_t cells = (uint64_t)grouping_places(&b->s.groups) * b->s.buckets_count;
  void *n = NULL, *w = NULL;
  TRY(accumulator_check_bytes(b->p, b->a, cells, cell_bytes(b->s.weighted), err));
  TRY(accumulator_allocate(b->p, b->a, cells, sizeof *b->s.n, &n, err));
  b->s.n = n;
  if (b->s.weighted) {
    TRY(accumulator_allocate(b->p, b->a, cells, sizeof *b->s.w, &w, err));
    b->s.w = w;
  }
  return STATUS_OK;
}

static status buckets_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  buckets *b = NULL;
  TRY(make(p, a, &b, err));
  status st = make_cells(b, err);
  return accumulator_give(st, b, buckets_destroy, state);
}

/* ---- Map ----------------------------------------------------------------------------------------- */

/* The bucket of X, or false when it is in none. */
static inline bool find_bucket(const buckets *b, int64_t x, uint32_t *bucket) {
  uint32_t begin = 0, end = b->intervals_count;
  while (begin < end) {
    uint32_t middle = begin + (end - begin) / 2;
    if (b->intervals[middle].low <= x) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  if (begin == 0 || x > b->intervals[begin - 1].high) {
    return false;
  }
  const interval *in = &b->intervals[begin - 1];
  uint64_t offset = (uint64_t)x - (uint64_t)in->low;
  /* The product with the inverse is at most one too small: offsets are below 2^64. */
  uint64_t quotient = (uint64_t)(((u128)offset * in->inverse) >> 64);
  quotient += offset - quotient * in->width >= in->width;
  *bucket = in->first + (uint32_t)quotient;
  return true;
}

static status map_grouped(void *state, frame *from, const grouped_rows *in, error *err) {
  buckets *b = state;
  TRY(make_cells(b, err));
  number_view numbers;
  TRY(frame_number(from, b->a->variables[0], &numbers, err));
  for (uint32_t row = 0, place, bucket; row < in->count; row++) {
    int64_t x = numbers.values[row];
    if (!number_is_missing(x) && find_bucket(b, x, &bucket) && grouped_rows_place(in, row, &place)) {
      size_t cell = (size_t)place * b->s.buckets_count + bucket;
      b->s.n[cell]++;
      if (b->s.weighted) {
        b->s.w[cell] += weight_at(&in->weights, row);
      }
    }
  }
  return STATUS_OK;
}

static status buckets_map(frame *f, const program_accumulator *a, void **state, error *err) {
  buckets *b;
  TRY(make(frame_program(f), a, &b, err));
  const status st = grouped_rows_map(f, a, &b->s.groups, map_grouped, b, err);
  return accumulator_give(st, b, buckets_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

static status add_cells(buckets_state *into, const buckets_state *from, const uint32_t *places, error *err) {
  uint32_t count = grouping_places(&from->groups);
  for (uint32_t place = 0; place < count; place++) {
    size_t to = (size_t)(places != NULL ? places[place] : place) * into->buckets_count;
    size_t at = (size_t)place * from->buckets_count;
    for (uint32_t i = 0; i < from->buckets_count; i++) {
      TRY(accumulator_add_rows(&into->n[to + i], from->n[at + i], err));
      if (into->weighted) {
        into->w[to + i] += from->w[at + i];
      }
    }
  }
  return STATUS_OK;
}

static status merge_united(buckets *made, const buckets_state *left, const buckets_state *right, error *err) {
  grouping_union united;
  TRY(grouping_unite(&left->groups, &right->groups, &united, err));
  made->s.groups = united.groups;
  united.groups = (grouping){0};
  status st = make_cells(made, err);
  if (st == STATUS_OK) {
    st = add_cells(&made->s, left, united.left_places, err);
  }
  if (st == STATUS_OK) {
    st = add_cells(&made->s, right, united.right_places, err);
  }
  grouping_union_fini(&united);
  return st;
}

static status buckets_merge(void *into, const void *from, error *err) {
  buckets *b = into, *made = NULL;
  const buckets_state *other = &((const buckets *)from)->s;
  if (grouping_equal(&b->s.groups, &other->groups)) {
    return add_cells(&b->s, other, NULL, err);
  }
  TRY(make(b->p, b->a, &made, err));
  status st = merge_united(made, &b->s, other, err);
  if (st == STATUS_OK) {
    buckets swapped = *b;
    *b = *made;
    *made = swapped;
  }
  buckets_destroy(made);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

/* Per place: how many buckets have rows; for each of them how many are skipped, n, w. */
static void encode_place(const buckets_state *s, size_t first, buf *out) {
  uint32_t used = 0, next = 0;
  for (uint32_t i = 0; i < s->buckets_count; i++) {
    used += s->n[first + i] > 0;
  }
  buf_put_varint(out, used);
  for (uint32_t i = 0; i < s->buckets_count; i++) {
    if (s->n[first + i] > 0) {
      buf_put_varint(out, i - next);
      buf_put_varint(out, (uint64_t)s->n[first + i]);
      if (s->weighted) {
        buf_put_i128(out, s->w[first + i]);
      }
      next = i + 1;
    }
  }
}

static void buckets_encode(const void *state, buf *out) {
  const buckets_state *s = &((const buckets *)state)->s;
  uint32_t places = grouping_places(&s->groups);
  grouping_encode(&s->groups, out);
  for (uint32_t place = 0; place < places; place++) {
    encode_place(s, (size_t)place * s->buckets_count, out);
  }
}

static void read_place(reader *r, buckets_state *s, size_t first) {
  uint64_t used = reader_count(r, s->buckets_count);
  uint64_t next = 0;
  for (uint64_t k = 0; k < used && r->problem == NULL; k++) {
    if (next == s->buckets_count) {
      reader_fail(r, "a bucket past the last");
      return;
    }
    next += reader_count(r, s->buckets_count - next - 1);
    int64_t n = reader_rows(r);
    if (n == 0) {
      reader_fail(r, "a bucket without rows");
      return;
    }
    s->n[first + next] = n;
    if (s->weighted) {
      reader_weights(r, n, &s->w[first + next], NULL);
    }
    next++;
  }
}

static status read_state(buckets *b, reader *r, error *err) {
  size_t place_bytes = b->s.buckets_count * cell_bytes(b->s.weighted);
  TRY(grouping_decode(b->p, b->a, place_bytes, r, &b->s.groups, err));
  TRY(reader_status(r, "buckets", err));
  TRY(make_cells(b, err));
  uint32_t places = grouping_places(&b->s.groups);
  for (uint32_t place = 0; place < places && r->problem == NULL; place++) {
    read_place(r, &b->s, (size_t)place * b->s.buckets_count);
  }
  return reader_status(r, "buckets", err);
}

static status buckets_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                             error *err) {
  buckets *b = NULL;
  TRY(make(p, a, &b, err));
  status st = read_state(b, r, err);
  return accumulator_give(st, b, buckets_destroy, state);
}

const accumulator_kind accumulator_buckets = {
    .id = ACCUMULATOR_BUCKETS,
    .name = "buckets",
    .summary = "rows and weight of a number in sub-intervals, by group",
    .version = 2,
    .check = buckets_check,
    .empty = buckets_empty,
    .map = buckets_map,
    .merge = buckets_merge,
    .encode = buckets_encode,
    .decode = buckets_decode,
    .destroy = buckets_destroy,
};
