/* MOMENTS: sums of x, x^2, x^3, x^4, plain and weighted, by group; all exact.
 *
 * A coded variable is tallied by key first, so its powers are taken once per key; a number's powers are made
 * row by row (power_lanes.h).
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/grouping.h"
#include "stats/accumulators/power_lanes.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"
#include "stats/accumulators/tally.h"

typedef struct moments_sums {
  moments_state s; /* first: analyses see only this */
  const program *p;
  const program_accumulator *a;
} moments_sums;

static status moments_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = 1,
                                          .forms = SHAPE_NUMERIC,
                                          .by_max = PROGRAM_BY_MAX,
                                          .takes_weight = true};
  *bytes_max = 0;
  return accumulator_check_shape(p, a, &shape, err);
}

static void moments_destroy(void *state) {
  moments_sums *m = state;
  if (m != NULL) {
    grouping_fini(&m->s.groups);
    free(m->s.at);
    free(m);
  }
}

/* A state without groups and places. */
static status make(const program *p, const program_accumulator *a, moments_sums **out, error *err) {
  *out = calloc(1, sizeof **out);
  if (*out == NULL) {
    return error_no_memory(err, "moments");
  }
  moments_sums *m = *out;
  m->p = p;
  m->a = a;
  m->s.decimals = p->variables[a->variables[0]].decimals;
  m->s.weighted = a->weight != PROGRAM_NONE;
  m->s.weight_decimals = accumulator_weight_decimals(p, a);
  grouping_empty(p, a, &m->s.groups);
  return STATUS_OK;
}

static status make_places(moments_sums *m, error *err) {
  void *at;
  TRY(accumulator_allocate(m->p, m->a, grouping_places(&m->s.groups), sizeof *m->s.at, &at, err));
  m->s.at = at;
  return STATUS_OK;
}

static status moments_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  moments_sums *m = NULL;
  status st = make(p, a, &m, err);
  if (st == STATUS_OK) {
    st = make_places(m, err);
  }
  return accumulator_give(st, m, moments_destroy, state);
}

static void widen_range(moments *m, int64_t low, int64_t high) {
  m->min = m->n == 0 || low < m->min ? low : m->min;
  m->max = m->n == 0 || high > m->max ? high : m->max;
}

/* ---- Coded variables ----------------------------------------------------------------------------- */

/* N rows with the same X, whose weights add up to W, their squares to W2. */
static void add_key(moments *m, int64_t x, int64_t n, i128 w, const exact *w2, bool weighted) {
  const i128 square = (i128)x * x;
  exact cube = {0}, fourth = {0};
  exact_add_product(&cube, square, x);
  exact_add_product(&fourth, square, square);
  widen_range(m, x, x);
  m->n += n;
  exact_add_product(&m->x, x, n);
  exact_add_product(&m->x2, square, n);
  exact_add_scaled(&m->x3, &cube, n);
  exact_add_scaled(&m->x4, &fourth, n);
  if (weighted) {
    m->w += w;
    exact_add(&m->w2, w2);
    exact_add_product(&m->wx, x, w);
    exact_add_scaled(&m->w2x, w2, x);
    exact_add_product(&m->wx2, square, w);
    exact_add_scaled(&m->w2x2, w2, square);
    exact_add_scaled(&m->wx3, &cube, w);
    exact_add_scaled(&m->wx4, &fourth, w);
  }
}

static status map_coded(moments_sums *m, const coded_view *view, const grouped_rows *in, error *err) {
  tally t;
  TRY(tally_slots(in, view->slots, view->keys.count, &t, err));
  for (uint32_t g = 0; g < in->view.count; g++) {
    if (in->view.used[g] == 0) {
      continue;
    }
    moments *at = &m->s.at[in->places[g]];
    for (uint32_t r = 0; r < MISSING_REASONS; r++) {
      at->missing[r] += tally_n(&t, g, (uint8_t)(SLOT_MISSING + r));
    }
    for (uint32_t k = 0; k < view->keys.count; k++) {
      int64_t n = tally_n(&t, g, (uint8_t)k);
      if (n > 0) {
        const u192 squares = tally_w2(&t, g, (uint8_t)k);
        const exact w2 = exact_from_u192(&squares);
        add_key(at, view->keys.numbers[k], n, tally_w(&t, g, (uint8_t)k), &w2, m->s.weighted);
      }
    }
  }
  tally_fini(&t);
  return STATUS_OK;
}

/* ---- Numbers ------------------------------------------------------------------------------------- */

/* Compiled separately for each WIDTH. */
static inline __attribute__((always_inline)) void add_rows(moments_sums *m, const int64_t *values,
                                                           const grouped_rows *in, power_lanes *sums,
                                                           wide_lanes *wide, weight_width width) {
  for (uint32_t row = 0, place; row < in->count; row++) {
    if (!grouped_rows_place(in, row, &place)) {
      continue;
    }
    moments *at = &m->s.at[place];
    if (number_is_missing(values[row])) {
      at->missing[number_reason(values[row])]++;
      continue;
    }
    widen_range(at, values[row], values[row]);
    at->n++;
    const uint64_t w = width == NARROW_WEIGHT ? in->weights.narrow[row]
                       : width == WIDE_WEIGHT ? (uint64_t)in->weights.wide[row]
                                              : 0;
    power_lanes_add(&sums[place], width == WIDE_WEIGHT ? &wide[place] : NULL, values[row], width, w);
  }
}

static status map_number(moments_sums *m, const int64_t *values, const grouped_rows *in, error *err) {
  uint32_t places = grouping_places(&m->s.groups);
  power_lanes *sums = calloc(places, sizeof *sums);
  wide_lanes *wide = in->weights.wide != NULL ? calloc(places, sizeof *wide) : NULL;
  if (sums == NULL || (wide == NULL && in->weights.wide != NULL)) {
    free(sums);
    return error_no_memory(err, "moments");
  }
  if (wide != NULL) {
    add_rows(m, values, in, sums, wide, WIDE_WEIGHT);
  } else if (in->weights.narrow != NULL) {
    add_rows(m, values, in, sums, NULL, NARROW_WEIGHT);
  } else {
    add_rows(m, values, in, sums, NULL, NO_WEIGHT);
  }
  for (uint32_t place = 0; place < places; place++) {
    power_lanes_flush(&m->s.at[place], &sums[place], wide != NULL ? &wide[place] : NULL, m->s.weighted);
  }
  free(sums);
  free(wide);
  return STATUS_OK;
}

static status map_grouped(void *state, frame *from, const grouped_rows *in, error *err) {
  moments_sums *m = state;
  TRY(make_places(m, err));
  uint32_t variable = m->a->variables[0];
  if (program_variable_form(&m->p->variables[variable]) == FORM_CODED) {
    coded_view coded;
    TRY(frame_coded(from, variable, &coded, err));
    if (coded.slots != NULL) {
      return map_coded(m, &coded, in, err);
    }
  }
  number_view numbers;
  TRY(frame_number(from, variable, &numbers, err));
  return map_number(m, numbers.values, in, err);
}

static status moments_map(frame *f, const program_accumulator *a, void **state, error *err) {
  moments_sums *m;
  TRY(make(frame_program(f), a, &m, err));
  const status st = grouped_rows_map(f, a, &m->s.groups, map_grouped, m, err);
  return accumulator_give(st, m, moments_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

static status add_place(moments *into, const moments *from, bool weighted, error *err) {
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    TRY(accumulator_add_rows(&into->missing[r], from->missing[r], err));
  }
  if (from->n == 0) {
    return STATUS_OK;
  }
  widen_range(into, from->min, from->max);
  TRY(accumulator_add_rows(&into->n, from->n, err));
  exact_add(&into->x, &from->x);
  exact_add(&into->x2, &from->x2);
  exact_add(&into->x3, &from->x3);
  exact_add(&into->x4, &from->x4);
  if (weighted) {
    into->w += from->w;
    exact_add(&into->w2, &from->w2);
    exact_add(&into->wx, &from->wx);
    exact_add(&into->w2x, &from->w2x);
    exact_add(&into->wx2, &from->wx2);
    exact_add(&into->w2x2, &from->w2x2);
    exact_add(&into->wx3, &from->wx3);
    exact_add(&into->wx4, &from->wx4);
  }
  return STATUS_OK;
}

static status add_places(moments_state *into, const moments_state *from, const uint32_t *places, error *err) {
  uint32_t count = grouping_places(&from->groups);
  for (uint32_t place = 0; place < count; place++) {
    TRY(add_place(&into->at[places != NULL ? places[place] : place], &from->at[place], into->weighted, err));
  }
  return STATUS_OK;
}

static status moments_merge(void *into, const void *from, error *err) {
  moments_sums *m = into;
  const moments_state *other = &((const moments_sums *)from)->s;
  if (grouping_equal(&m->s.groups, &other->groups)) {
    return add_places(&m->s, other, NULL, err);
  }
  moments_sums *made = NULL;
  grouping_union united = {0};
  status st = make(m->p, m->a, &made, err);
  if (st == STATUS_OK) {
    st = grouping_unite(&m->s.groups, &other->groups, &united, err);
  }
  if (st == STATUS_OK) {
    made->s.groups = united.groups;
    united.groups = (grouping){0};
    st = make_places(made, err);
  }
  if (st == STATUS_OK) {
    st = add_places(&made->s, &m->s, united.left_places, err);
  }
  if (st == STATUS_OK) {
    st = add_places(&made->s, other, united.right_places, err);
  }
  if (st == STATUS_OK) {
    moments_sums swapped = *m;
    *m = *made;
    *made = swapped;
  }
  moments_destroy(made);
  grouping_union_fini(&united);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void encode_place(const moments *m, bool weighted, buf *out) {
  buf_put_varint(out, (uint64_t)m->n);
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    buf_put_varint(out, (uint64_t)m->missing[r]);
  }
  if (m->n == 0) {
    return;
  }
  buf_put_signed(out, m->min);
  buf_put_signed(out, m->max);
  buf_put_exact(out, &m->x);
  buf_put_exact(out, &m->x2);
  buf_put_exact(out, &m->x3);
  buf_put_exact(out, &m->x4);
  if (weighted) {
    buf_put_i128(out, m->w);
    buf_put_exact(out, &m->w2);
    buf_put_exact(out, &m->wx);
    buf_put_exact(out, &m->w2x);
    buf_put_exact(out, &m->wx2);
    buf_put_exact(out, &m->w2x2);
    buf_put_exact(out, &m->wx3);
    buf_put_exact(out, &m->wx4);
  }
}

static void moments_encode(const void *state, buf *out) {
  const moments_state *s = &((const moments_sums *)state)->s;
  uint32_t places = grouping_places(&s->groups);
  grouping_encode(&s->groups, out);
  for (uint32_t place = 0; place < places; place++) {
    encode_place(&s->at[place], s->weighted, out);
  }
}

static void read_place(reader *r, bool weighted, moments *m) {
  m->n = reader_rows(r);
  for (uint32_t i = 0; i < MISSING_REASONS; i++) {
    m->missing[i] = reader_rows(r);
  }
  if (m->n == 0) {
    return;
  }
  m->min = reader_signed(r);
  m->max = reader_signed(r);
  if (m->min > m->max || m->min < -NUMBER_MAX || m->max > NUMBER_MAX) {
    reader_fail(r, "a range of values is out of bounds");
  }
  reader_exact(r, &m->x);
  reader_exact(r, &m->x2);
  reader_exact(r, &m->x3);
  reader_exact(r, &m->x4);
  if (weighted) {
    reader_weights(r, m->n, &m->w, &m->w2);
    reader_exact(r, &m->wx);
    reader_exact(r, &m->w2x);
    reader_exact(r, &m->wx2);
    reader_exact(r, &m->w2x2);
    reader_exact(r, &m->wx3);
    reader_exact(r, &m->wx4);
  }
}

static bool is_occupied(const moments *m) {
  int64_t missing = 0;
  for (uint32_t r = 0; r < MISSING_REASONS; r++) {
    missing |= m->missing[r];
  }
  return (m->n | missing) != 0;
}

static status read_state(moments_sums *m, reader *r, error *err) {
  TRY(grouping_decode(m->p, m->a, sizeof *m->s.at, r, &m->s.groups, err));
  TRY(reader_status(r, "moments", err));
  TRY(make_places(m, err));
  uint32_t places = grouping_places(&m->s.groups);
  bool *occupied = calloc(places, sizeof *occupied);
  if (occupied == NULL) {
    return error_no_memory(err, "moments");
  }
  for (uint32_t place = 0; place < places && r->problem == NULL; place++) {
    read_place(r, m->s.weighted, &m->s.at[place]);
    occupied[place] = is_occupied(&m->s.at[place]);
  }
  if (r->problem == NULL && !grouping_is_occupied(&m->s.groups, occupied)) {
    reader_fail(r, "a group without rows");
  }
  free(occupied);
  return reader_status(r, "moments", err);
}

static status moments_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                             error *err) {
  moments_sums *m = NULL;
  status st = make(p, a, &m, err);
  if (st == STATUS_OK) {
    st = read_state(m, r, err);
  }
  return accumulator_give(st, m, moments_destroy, state);
}

const accumulator_kind accumulator_moments = {
    .id = ACCUMULATOR_MOMENTS,
    .name = "moments",
    .summary = "sums of a number's first four powers, plain and weighted, by group",
    .version = 2,
    .check = moments_check,
    .empty = moments_empty,
    .map = moments_map,
    .merge = moments_merge,
    .encode = moments_encode,
    .decode = moments_decode,
    .destroy = moments_destroy,
};
