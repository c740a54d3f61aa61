/* The tables of RANKS as they travel in a program: its parameters. */
#include <stdlib.h>

#include "stats/accumulators/ranks.h"
#include "stats/accumulators/shape.h"

enum { PAIRS_AT, FIRST_AT, SECOND_AT, HEAD, WEIGHT_BITS = 62 };

typedef struct cursor {
  const int64_t *at, *end;
  const char *problem; /* NULL while all is well */
} cursor;

static int64_t take(cursor *c, int64_t low, int64_t high, const char *problem) {
  if (c->at == c->end || *c->at < low || *c->at > high) {
    c->problem = c->problem != NULL ? c->problem : problem;
    return low;
  }
  return *c->at++;
}

void rank_put_weight(bool weighted, i128 weight, int64_t *out) {
  if (weighted) {
    *out++ = (int64_t)(weight >> WEIGHT_BITS);
  }
  *out = (int64_t)(weight & (((i128)1 << WEIGHT_BITS) - 1));
}

static i128 take_weight(cursor *c, bool weighted) {
  const char *problem = "a weight is out of bounds";
  const i128 high = weighted ? take(c, 0, (int64_t)1 << 40, problem) : 0;
  const i128 weight = (high << WEIGHT_BITS) + take(c, 0, ((int64_t)1 << WEIGHT_BITS) - 1, problem);
  if (weight == 0) {
    c->problem = c->problem != NULL ? c->problem : problem;
  }
  return weight;
}

/* Reads one table into OUT, which may be NULL; the weight of all its values. */
static i128 take_table(cursor *c, bool weighted, rank_entry *out, uint32_t *count) {
  i128 below = 0;
  int64_t low = -NUMBER_MAX;
  *count = (uint32_t)take(c, 0, PROGRAM_PARAMS_MAX, "a table is longer than its parameters");
  for (uint32_t i = 0; i < *count && c->problem == NULL; i++) {
    const int64_t value = take(c, low, NUMBER_MAX, "values are not in ascending order");
    const i128 weight = take_weight(c, weighted);
    if (out != NULL) {
      out[i] = (rank_entry){value, weight, 2 * below + weight};
    }
    below += weight;
    low = value + 1;
    if (below > RANK_WEIGHT_MAX) {
      c->problem = "the values of a table are too heavy";
    }
  }
  return below;
}

static uint32_t places_of(const program_accumulator *a) {
  uint64_t places = 1;
  for (uint32_t i = 0; i < a->by_count; i++) {
    places *= (uint64_t)a->params[FIRST_AT + i] + 1;
  }
  return places > GROUPS_MAX ? 0 : (uint32_t)places;
}

static void check_head(cursor *c, const program_accumulator *a) {
  const int64_t pairs = take(c, 1, PROGRAM_PARAMS_MAX, "there are no pairs");
  for (uint32_t i = 0; i < 2; i++) {
    take(c, 0, i < a->by_count ? GROUPS_MAX : 0, "there are too many groups");
  }
  for (int64_t i = 0; i < 2 * pairs && c->problem == NULL; i++) {
    take(c, 0, (int64_t)a->variables_count - 1, "a pair is of columns that do not exist");
  }
  if (c->problem == NULL && places_of(a) == 0) {
    c->problem = "there are too many groups";
  }
}

static cursor cursor_of(const program_accumulator *a) {
  return (cursor){.at = a->params, .end = a->params + a->params_count};
}

status rank_params_check(const program_accumulator *a, error *err) {
  cursor c = cursor_of(a);
  const bool weighted = a->weight != PROGRAM_NONE;
  check_head(&c, a);
  const uint64_t tables = c.problem != NULL ? 0 : (uint64_t)a->variables_count * places_of(a);
  for (uint64_t i = 0; i < tables && c.problem == NULL; i++) {
    uint32_t count;
    take_table(&c, weighted, NULL, &count);
  }
  if (c.problem == NULL && c.at != c.end) {
    c.problem = "there are more parameters than tables";
  }
  return c.problem != NULL ? error_set(err, STATUS_USAGE, "ranks: %s", c.problem) : STATUS_OK;
}

status rank_tables_read(const program_accumulator *a, rank_tables *out, error *err) {
  cursor c = cursor_of(a);
  const bool weighted = a->weight != PROGRAM_NONE;
  *out = (rank_tables){.pairs_count = (uint32_t)a->params[PAIRS_AT],
                       .pairs = a->params + HEAD,
                       .groups = {(uint32_t)a->params[FIRST_AT], (uint32_t)a->params[SECOND_AT]},
                       .places = places_of(a),
                       .columns_count = a->variables_count};
  c.at += HEAD + 2 * (size_t)out->pairs_count;
  const size_t tables = (size_t)out->columns_count * out->places;
  const size_t most = (size_t)(c.end - c.at) / (1 + rank_weight_params(weighted));
  out->at = calloc(tables, sizeof *out->at);
  out->entries = malloc((most + 1) * sizeof *out->entries);
  if (out->at == NULL || out->entries == NULL) {
    rank_tables_fini(out);
    return error_no_memory(err, "ranks");
  }
  rank_entry *next = out->entries;
  for (size_t i = 0; i < tables; i++) {
    const i128 weight = take_table(&c, weighted, next, &out->at[i].count);
    out->at[i].entries = next;
    out->weight_max = weight > out->weight_max ? weight : out->weight_max;
    next += out->at[i].count;
  }
  return STATUS_OK;
}

void rank_tables_fini(rank_tables *t) {
  free(t->at);
  free(t->entries);
  *t = (rank_tables){0};
}

void rank_add_product(exact *sum, i128 w, i128 a, i128 b) {
  exact wa = {0};
  exact_add_product(&wa, w, a);
  exact_add_scaled(sum, &wa, b);
}

rank_margin rank_margin_of(const rank_table *t) {
  rank_margin m = {0};
  for (uint32_t i = 0; i < t->count; i++) {
    const rank_entry *e = &t->entries[i];
    exact_add_i128(&m.weight, e->weight);
    exact_add_product(&m.rank, e->weight, e->rank);
    rank_add_product(&m.square, e->weight, e->rank, e->rank);
  }
  return m;
}
