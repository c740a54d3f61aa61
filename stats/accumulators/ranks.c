/* RANKS: sums of products of doubled mid-ranks by pair and group; see ranks.h. */
#include "stats/accumulators/ranks.h"

#include <stdlib.h>

#include "stats/accumulators/pairs.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

typedef struct ranks {
  ranks_state s; /* first: analyses see only this */
} ranks;

static status ranks_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = PROGRAM_VARIABLES_MAX,
                                          .forms = SHAPE_NUMERIC,
                                          .by_max = 2,
                                          .takes_weight = true,
                                          .params_min = 3,
                                          .params_max = PROGRAM_PARAMS_MAX};
  *bytes_max = 0;
  TRY(accumulator_check_shape(p, a, &shape, err));
  for (uint32_t i = 0; i < a->by_count; i++) {
    if (!program_variable_is_numeric_coded(&p->variables[a->by[i]])) {
      return error_set(err, STATUS_USAGE, "ranks: groups must be numbered");
    }
  }
  TRY(rank_params_check(a, err));
  return accumulator_check_bytes(p, a, (uint64_t)a->params[0], sizeof(rank_products), err);
}

static void ranks_destroy(void *state) {
  ranks *r = state;
  if (r != NULL) {
    grouping_fini(&r->s.groups);
    free(r->s.at);
    free(r);
  }
}

static status make_products(const program *p, const program_accumulator *a, ranks *r, error *err) {
  void *at;
  const uint64_t count = (uint64_t)grouping_places(&r->s.groups) * r->s.pairs_count;
  TRY(accumulator_allocate(p, a, count, sizeof *r->s.at, &at, err));
  r->s.at = at;
  return STATUS_OK;
}

static status ranks_new(const program *p, const program_accumulator *a, ranks **out, error *err) {
  *out = calloc(1, sizeof **out);
  if (*out == NULL) {
    return error_no_memory(err, "ranks");
  }
  (*out)->s.pairs_count = (uint32_t)a->params[0];
  (*out)->s.weight_decimals = accumulator_weight_decimals(p, a);
  grouping_empty(p, a, &(*out)->s.groups);
  return STATUS_OK;
}

static status ranks_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  ranks *r;
  TRY(ranks_new(p, a, &r, err));
  return accumulator_give(make_products(p, a, r, err), r, ranks_destroy, state);
}

static status ranks_map(frame *f, const program_accumulator *a, void **state, error *err) {
  ranks *r;
  grouped_rows in = {0};
  TRY(ranks_new(frame_program(f), a, &r, err));
  status st = grouped_rows_init(f, a, &in, err);
  if (st == STATUS_OK) {
    r->s.groups = in.groups;
    in.groups = (grouping){0};
    st = make_products(frame_program(f), a, r, err);
  }
  if (st == STATUS_OK) {
    st = rank_add_shard(f, a, &in, &r->s.groups, r->s.at, err);
  }
  grouped_rows_fini(&in);
  return accumulator_give(st, r, ranks_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

static status add_places(ranks_state *into, const ranks_state *from, const uint32_t *places, error *err) {
  const uint32_t count = grouping_places(&from->groups), pairs = from->pairs_count;
  for (uint32_t place = 0; place < count; place++) {
    rank_products *to = into->at + (size_t)(places != NULL ? places[place] : place) * pairs;
    const rank_products *add = from->at + (size_t)place * pairs;
    for (uint32_t pair = 0; pair < pairs; pair++) {
      TRY(accumulator_add_rows(&to[pair].n, add[pair].n, err));
      exact_add(&to[pair].xy, &add[pair].xy);
    }
  }
  return STATUS_OK;
}

static status ranks_merge(void *into_state, const void *from_state, error *err) {
  ranks_state *into = &((ranks *)into_state)->s;
  const ranks_state *from = &((const ranks *)from_state)->s;
  uint32_t *places;
  TRY(pairs_unite(&into->at, into->pairs_count, sizeof *into->at, &into->groups, &from->groups, "ranks",
                  &places, err));
  const status st = add_places(into, from, places, err);
  free(places);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void ranks_encode(const void *state, buf *out) {
  const ranks_state *s = state;
  grouping_encode(&s->groups, out);
  const size_t count = (size_t)grouping_places(&s->groups) * s->pairs_count;
  for (size_t i = 0; i < count; i++) {
    buf_put_varint(out, (uint64_t)s->at[i].n);
    if (s->at[i].n > 0) {
      buf_put_exact(out, &s->at[i].xy);
    }
  }
}

static void read_products(reader *r, rank_products *p) {
  p->n = reader_rows(r);
  if (p->n > 0) {
    reader_exact(r, &p->xy);
    const exact least = exact_from_i64(p->n); /* ranks are at least 1 */
    if (exact_compare(&p->xy, &least) < 0 || p->xy.limb[EXACT_LIMBS - 1] != 0) {
      reader_fail(r, "a sum of ranks is out of bounds");
    }
  }
}

static status ranks_decode(const program *p, const program_accumulator *a, reader *in, void **state,
                           error *err) {
  ranks *r;
  TRY(ranks_new(p, a, &r, err));
  status st = grouping_decode(p, a, r->s.pairs_count * sizeof *r->s.at, in, &r->s.groups, err);
  if (st == STATUS_OK) {
    st = reader_status(in, "ranks", err);
  }
  if (st == STATUS_OK) {
    st = make_products(p, a, r, err);
  }
  const size_t count = st == STATUS_OK ? (size_t)grouping_places(&r->s.groups) * r->s.pairs_count : 0;
  for (size_t i = 0; i < count && in->problem == NULL; i++) {
    read_products(in, &r->s.at[i]);
  }
  if (st == STATUS_OK) {
    st = reader_status(in, "ranks", err);
  }
  return accumulator_give(st, r, ranks_destroy, state);
}

const accumulator_kind accumulator_ranks = {
    .id = ACCUMULATOR_RANKS,
    .name = "ranks",
    .summary = "products of the mid-ranks of pairs of variables, whose tables the program holds, by group",
    .version = 1,
    .check = ranks_check,
    .empty = ranks_empty,
    .map = ranks_map,
    .merge = ranks_merge,
    .encode = ranks_encode,
    .decode = ranks_decode,
    .destroy = ranks_destroy,
};
