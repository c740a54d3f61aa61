/* The state of VALUES, for its computing (values.c) and its bytes (values_codec.c). */
#ifndef CANVASS_STATS_ACCUMULATORS_VALUES_H
#define CANVASS_STATS_ACCUMULATORS_VALUES_H

#include "stats/accumulators/accumulator.h"
#include "stats/accumulators/grouping.h"

typedef struct values {
  values_state s; /* first: analyses see only this */
  const program *p;
  const program_accumulator *a;
  value_entry *entries;
} values;

static inline uint64_t values_entries_max(const values *v) {
  return (uint64_t)v->a->params[0];
}

static inline void values_add_rows(value_table *t, int64_t n, i128 w, int64_t low, int64_t high) {
  t->min = t->n == 0 || low < t->min ? low : t->min;
  t->max = t->n == 0 || high > t->max ? high : t->max;
  t->n += n;
  t->w += w;
}

/* Of the state's groups; of COUNT entries. */
status values_make_places(values *v, error *err) MUST_USE;
status values_make_entries(values *v, uint64_t count, error *err) MUST_USE;

void values_encode(const void *state, buf *out);
/* Into a state that has nothing yet. */
status values_read(values *v, reader *r, error *err) MUST_USE;

#endif
