/* An accumulator's case over a survey: its program, and the partial that holds its state alone. */
#ifndef CANVASS_TESTS_STATS_MAPPED_H
#define CANVASS_TESTS_STATS_MAPPED_H

#include "stats/accumulators/partial.h"
#include "tests/check.h"
#include "tests/stats/accumulator_cases.h"

typedef struct mapped {
  program *p;
  partial *s;
} mapped;

static inline mapped map_case(const accumulator_case *c, const fixture *f) {
  error err = {0};
  mapped m = {.p = accumulator_case_program(c)};
  if (partial_map(m.p, fixture_rows(f), &m.s, &err) != STATUS_OK) {
    fail_msg("map: %s", err.message);
  }
  return m;
}

static inline void mapped_fini(mapped *m) {
  partial_destroy(m->s);
  program_destroy(m->p);
}

#endif
