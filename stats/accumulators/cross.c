/* CROSS: sums of products of pairs of variables, each pair over the rows that answer both.
 *
 * The sums are of the variables' own mantissas, whatever way they were added: byte kernels work on keys
 * less their smallest, and that shift is undone exactly before anything is kept. */
#include "stats/accumulators/cross.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

/* The largest encoding of one pair: n, 5 or 10 sums, w2, and w. */
enum { PAIR_BYTES_MAX = 10 + 11 * (1 + 8 * EXACT_LIMBS) + 17 };

static status cross_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 2,
                                          .variables_max = 4096,
                                          .forms = SHAPE_NUMERIC,
                                          .by_max = PROGRAM_BY_MAX,
                                          .takes_weight = true,
                                          .params_min = 1,
                                          .params_max = 1};
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->params[0] < 0 || a->params[0] >= (int64_t)a->variables_count) {
    return error_set(err, STATUS_USAGE, "cross: split %lld is not below the %u variables",
                     (long long)a->params[0], a->variables_count);
  }
  uint64_t pairs = pairs_count(pairs_of(a));
  TRY(accumulator_check_bytes(p, a, pairs, sizeof(cross_sums), err));
  *bytes_max = a->by_count == 0 ? pairs * PAIR_BYTES_MAX : 0;
  return STATUS_OK;
}

static void cross_destroy(void *state) {
  cross_state *s = state;
  if (s != NULL) {
    grouping_fini(&s->groups);
    free(s->decimals);
    free(s->at);
    free(s);
  }
}

/* A state of A without its groups and sums. */
static status cross_new(const program *p, const program_accumulator *a, cross_state **out, error *err) {
  cross_state *s = calloc(1, sizeof *s);
  uint8_t *decimals = calloc(a->variables_count, sizeof *decimals);
  if (s == NULL || decimals == NULL) {
    free(s);
    free(decimals);
    return error_no_memory(err, "cross");
  }
  for (uint32_t i = 0; i < a->variables_count; i++) {
    const program_variable *v = &p->variables[a->variables[i]];
    decimals[i] = program_variable_form(v) == FORM_NUMBER ? v->decimals : 0;
  }
  s->variables_count = a->variables_count;
  s->decimals = decimals;
  s->pairs_count = (uint32_t)pairs_count(pairs_of(a));
  s->weighted = a->weight != PROGRAM_NONE;
  s->weight_decimals = accumulator_weight_decimals(p, a);
  *out = s;
  return STATUS_OK;
}

static status allocate_sums(const program *p, const program_accumulator *a, cross_state *s, error *err) {
  uint64_t count = (uint64_t)grouping_places(&s->groups) * s->pairs_count;
  void *at;
  TRY(accumulator_allocate(p, a, count, sizeof(cross_sums), &at, err));
  s->at = at;
  return STATUS_OK;
}

static status cross_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  cross_state *s;
  TRY(cross_new(p, a, &s, err));
  grouping_empty(p, a, &s->groups);
  status st = allocate_sums(p, a, s, err);
  return accumulator_give(st, s, cross_destroy, state);
}

/* ---- Map ----------------------------------------------------------------------------------------- */

static status look_at_columns(frame *f, const program_accumulator *a, bool weighted, cross_column *columns,
                              error *err) {
  uint8_t span_max = weighted ? CROSS_NARROW_SPAN_WEIGHTED : CROSS_NARROW_SPAN;
  for (uint32_t i = 0; i < a->variables_count; i++) {
    number_view view;
    TRY(byte_keys_of(f, a->variables[i], span_max, &columns[i].keys, err));
    if (columns[i].keys.slots == NULL) {
      TRY(frame_number(f, a->variables[i], &view, err));
      columns[i].values_wide = view.values;
    }
  }
  return STATUS_OK;
}

static int64_t largest(const weight_view *weights, uint32_t rows) {
  int64_t max = 0;
  for (uint32_t r = 0; r < rows; r++) {
    const int64_t w = weight_at(weights, r);
    max = w > max ? w : max;
  }
  return max;
}

static status add_shard(frame *f, const program_accumulator *a, cross_state *s, cross_column *columns,
                        error *err) {
  cross_shard shard = {
      .pairs = pairs_of(a), .pairs_per_place = s->pairs_count, .columns = columns, .rows = frame_rows(f)};
  TRY(look_at_columns(f, a, s->weighted, columns, err));
  TRY(row_order_init(f, a, &shard.order, err));
  s->groups = row_order_take_groups(&shard.order);
  shard.weights = shard.order.grouped.weights;
  shard.weight_max = s->weighted ? largest(&shard.weights, frame_rows(f)) : 0;
  status st = allocate_sums(frame_program(f), a, s, err);
  if (st == STATUS_OK) {
    shard.at = s->at;
    st = cross_add_narrow(&shard, err);
  }
  if (st == STATUS_OK) {
    st = cross_add_wide(&shard, err);
  }
  row_order_fini(&shard.order);
  return st;
}

static status cross_map(frame *f, const program_accumulator *a, void **state, error *err) {
  cross_state *s;
  TRY(cross_new(frame_program(f), a, &s, err));
  cross_column *columns = calloc(a->variables_count, sizeof *columns);
  status st = columns != NULL ? add_shard(f, a, s, columns, err) : error_no_memory(err, "cross");
  free(columns);
  return accumulator_give(st, s, cross_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

static status add_sums(cross_sums *into, const cross_sums *from, bool weighted, error *err) {
  TRY(accumulator_add_rows(&into->n, from->n, err));
  exact_add(&into->x, &from->x);
  exact_add(&into->y, &from->y);
  exact_add(&into->xx, &from->xx);
  exact_add(&into->yy, &from->yy);
  exact_add(&into->xy, &from->xy);
  if (weighted) {
    into->w += from->w;
    exact_add(&into->w2, &from->w2);
    exact_add(&into->wx, &from->wx);
    exact_add(&into->wy, &from->wy);
    exact_add(&into->wxx, &from->wxx);
    exact_add(&into->wyy, &from->wyy);
    exact_add(&into->wxy, &from->wxy);
  }
  return STATUS_OK;
}

static status add_places(cross_state *into, const cross_state *from, const uint32_t *places, error *err) {
  uint32_t count = grouping_places(&from->groups);
  for (uint32_t place = 0; place < count; place++) {
    cross_sums *to = into->at + (size_t)(places != NULL ? places[place] : place) * into->pairs_count;
    const cross_sums *sums = from->at + (size_t)place * from->pairs_count;
    for (uint32_t pair = 0; pair < from->pairs_count; pair++) {
      TRY(add_sums(&to[pair], &sums[pair], from->weighted, err));
    }
  }
  return STATUS_OK;
}

static status cross_merge(void *into_state, const void *from_state, error *err) {
  cross_state *into = into_state;
  const cross_state *from = from_state;
  uint32_t *places;
  TRY(pairs_unite(&into->at, into->pairs_count, sizeof *into->at, &into->groups, &from->groups, "cross",
                  &places, err));
  const status st = add_places(into, from, places, err);
  free(places);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void cross_encode(const void *state, buf *out) {
  const cross_state *s = state;
  grouping_encode(&s->groups, out);
  size_t count = (size_t)grouping_places(&s->groups) * s->pairs_count;
  for (size_t i = 0; i < count; i++) {
    const cross_sums *c = &s->at[i];
    buf_put_varint(out, (uint64_t)c->n);
    if (c->n == 0) {
      continue;
    }
    const exact *sums[] = {&c->x, &c->y, &c->xx, &c->yy, &c->xy, &c->wx, &c->wy, &c->wxx, &c->wyy, &c->wxy};
    for (size_t k = 0; k < (s->weighted ? 10 : 5); k++) {
      buf_put_exact(out, sums[k]);
    }
    if (s->weighted) {
      buf_put_i128(out, c->w);
      buf_put_exact(out, &c->w2);
    }
  }
}

static void read_sums(reader *r, bool weighted, cross_sums *c) {
  c->n = reader_rows(r);
  if (c->n == 0) {
    return;
  }
  exact *sums[] = {&c->x, &c->y, &c->xx, &c->yy, &c->xy, &c->wx, &c->wy, &c->wxx, &c->wyy, &c->wxy};
  for (size_t k = 0; k < (weighted ? 10 : 5); k++) {
    reader_exact(r, sums[k]);
  }
  if (weighted) {
    reader_weights(r, c->n, &c->w, &c->w2);
  }
  if (exact_sign(&c->xx) < 0 || exact_sign(&c->yy) < 0) {
    reader_fail(r, "a sum of squares is negative");
  }
}

static status read_state(const program *p, const program_accumulator *a, reader *r, cross_state *s,
                         error *err) {
  TRY(grouping_decode(p, a, s->pairs_count * sizeof(cross_sums), r, &s->groups, err));
  TRY(reader_status(r, "cross", err));
  TRY(allocate_sums(p, a, s, err));
  size_t count = (size_t)grouping_places(&s->groups) * s->pairs_count;
  for (size_t i = 0; i < count && r->problem == NULL; i++) {
    read_sums(r, s->weighted, &s->at[i]);
  }
  return reader_status(r, "cross", err);
}

static status cross_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                           error *err) {
  cross_state *s;
  TRY(cross_new(p, a, &s, err));
  status st = read_state(p, a, r, s, err);
  return accumulator_give(st, s, cross_destroy, state);
}

const accumulator_kind accumulator_cross = {
    .id = ACCUMULATOR_CROSS,
    .name = "cross",
    .summary = "sums and products of pairs of variables, over the rows that answer both",
    .version = 2,
    .check = cross_check,
    .empty = cross_empty,
    .map = cross_map,
    .merge = cross_merge,
    .encode = cross_encode,
    .decode = cross_decode,
    .destroy = cross_destroy,
};
