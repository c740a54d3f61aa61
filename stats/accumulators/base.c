/* BASE: how many rows there are, and why the others are not used. */
#include <stdlib.h>

#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

typedef struct base {
  base_state s; /* first: analyses see only this */
  bool weighted;
  bool stacked;
} base;

static status base_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  enum { VARINT_BYTES_MAX = 10, I128_BYTES_MAX = 17, U192_BYTES_MAX = 26 };
  static const accumulator_shape shape = {.takes_weight = true};
  *bytes_max = 7 * VARINT_BYTES_MAX + I128_BYTES_MAX + U192_BYTES_MAX;
  return accumulator_check_shape(p, a, &shape, err);
}

static void base_destroy(void *state) {
  free(state);
}

static status base_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  (void)p;
  base *b = calloc(1, sizeof *b);
  if (b == NULL) {
    return error_no_memory(err, "base");
  }
  b->weighted = a->weight != PROGRAM_NONE;
  b->stacked = a->loops > 0;
  *state = b;
  return STATUS_OK;
}

typedef struct base_columns {
  uint32_t rows;
  const uint8_t *usable; /* whether the weight is usable and above 0; NULL: always */
  const uint8_t *used;   /* the filter holds, too; NULL: always */
  weight_view weights;
} base_columns;

/* Records of which at least one row is used. */
static int64_t count_respondents(const base_columns *c, uint32_t loops) {
  int64_t respondents = 0;
  for (uint32_t row = 0; loops > 0 && row < c->rows; row += loops) {
    bool is_used = false;
    for (uint32_t k = 0; k < loops; k++) {
      is_used =
          is_used || ((c->usable == NULL || c->usable[row + k]) && (c->used == NULL || c->used[row + k]));
    }
    respondents += is_used;
  }
  return respondents;
}

static void count_rows(base_state *s, const base_columns *c) {
  u192 squares = {{0}};
  s->rows = c->rows;
  for (uint32_t row = 0; row < c->rows; row++) {
    if (c->usable != NULL && !c->usable[row]) {
      s->weight_unusable++;
    } else if (c->used != NULL && !c->used[row]) {
      s->filtered_out++;
    } else {
      uint64_t w = weight_is_given(&c->weights) ? (uint64_t)weight_at(&c->weights, row) : 0;
      s->used++;
      s->w += w;
      u192_add_u128(&squares, (u128)w * w);
    }
  }
  s->w2 = exact_from_u192(&squares);
}

static status base_map(frame *f, const program_accumulator *a, void **state, error *err) {
  base_columns columns = {.rows = frame_rows(f)};
  int64_t unknown, zeros;
  void *made;
  TRY(frame_mask(f, PROGRAM_NONE, a->weight, &columns.usable, err));
  TRY(frame_mask(f, a->filter, a->weight, &columns.used, err));
  TRY(frame_weight_zeros(f, a->weight, &zeros, err));
  TRY(frame_filter_unknown(f, a->filter, a->weight, &unknown, err));
  TRY(frame_weights(f, a->weight, &columns.weights, err));
  TRY(base_empty(frame_program(f), a, &made, err));
  count_rows(made, &columns);
  base_state *s = made;
  s->filter_unknown = unknown;
  s->respondents = count_respondents(&columns, frame_loops(f));
  s->weight_zero = zeros;
  s->weight_unusable -= zeros;
  *state = made;
  return STATUS_OK;
}

static status base_merge(void *into, const void *from, error *err) {
  base_state *s = into;
  const base_state *other = from;
  TRY(accumulator_add_rows(&s->rows, other->rows, err));
  s->weight_unusable += other->weight_unusable;
  s->weight_zero += other->weight_zero;
  s->filtered_out += other->filtered_out;
  s->filter_unknown += other->filter_unknown;
  s->used += other->used;
  s->respondents += other->respondents;
  s->w += other->w;
  exact_add(&s->w2, &other->w2);
  return STATUS_OK;
}

/* The number of rows is the sum of the others. */
static void base_encode(const void *state, buf *out) {
  const base *b = state;
  buf_put_varint(out, (uint64_t)b->s.weight_unusable);
  buf_put_varint(out, (uint64_t)b->s.weight_zero);
  buf_put_varint(out, (uint64_t)b->s.filtered_out);
  buf_put_varint(out, (uint64_t)b->s.filter_unknown);
  buf_put_varint(out, (uint64_t)b->s.used);
  if (b->stacked) {
    buf_put_varint(out, (uint64_t)b->s.respondents);
  }
  if (b->weighted) {
    buf_put_i128(out, b->s.w);
    buf_put_exact(out, &b->s.w2);
  }
}

static status base_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                          error *err) {
  void *made;
  TRY(base_empty(p, a, &made, err));
  base *b = made;
  b->s.weight_unusable = reader_rows(r);
  b->s.weight_zero = reader_rows(r);
  b->s.filtered_out = reader_rows(r);
  b->s.filter_unknown = reader_rows(r);
  b->s.used = reader_rows(r);
  b->s.respondents = b->stacked ? reader_rows(r) : 0;
  b->s.rows = b->s.weight_unusable + b->s.weight_zero + b->s.filtered_out + b->s.used;
  if (b->weighted) {
    reader_weights(r, b->s.used, &b->s.w, &b->s.w2);
  }
  bool impossible = (!b->weighted && b->s.weight_unusable + b->s.weight_zero > 0) ||
                    (a->filter == PROGRAM_NONE && b->s.filtered_out > 0) || b->s.respondents > b->s.used ||
                    b->s.filter_unknown > b->s.filtered_out || b->s.rows > ACCUMULATOR_ROWS_MAX;
  if (impossible) {
    reader_fail(r, "counts of rows contradict each other");
  }
  status st = reader_status(r, "base", err);
  return accumulator_give(st, made, base_destroy, state);
}

const accumulator_kind accumulator_base = {
    .id = ACCUMULATOR_BASE,
    .name = "base",
    .summary = "rows of the dataset, those used, and why the others are not",
    .version = 2,
    .check = base_check,
    .empty = base_empty,
    .map = base_map,
    .merge = base_merge,
    .encode = base_encode,
    .decode = base_decode,
    .destroy = base_destroy,
};
