#include "tests/stats/course.h"

#include <stdio.h>
#include <stdlib.h>

#include "stats/accumulators/partial.h"
#include "tests/seeded.h"
#include "tests/stats/plan_builder.h"

enum { CELL_BYTES = 16 };

static void must(bool holds, const char *what, const error *err) {
  if (!holds) {
    fprintf(stderr, "a course of stages: %s: %s\n", what, err->message);
    abort();
  }
}

static fixture *make_data(uint32_t rows, uint64_t seed) {
  static const char *const names[] = {"a", "b", "c", "value", "region", "gaps"};
  const error no_memory = {.message = "out of memory"};
  seeded r = {seed};
  fixture *f = fixture_new(rows);
  char(*texts)[CELL_BYTES] = calloc(rows, sizeof *texts);
  const char **cells = calloc(rows, sizeof *cells);
  must(texts != NULL && cells != NULL, "data", &no_memory);
  for (unsigned c = 0; c < 6; c++) {
    for (uint32_t i = 0; i < rows; i++) {
      const unsigned long long drawn = seeded_below(&r, c == 3 ? 100000 : 5) + 1;
      snprintf(texts[i], CELL_BYTES, "%llu", drawn);
      cells[i] = c == 5 && drawn == 1 ? "" : texts[i];
    }
    fixture_column(f, names[c], c == 3 ? PACKED_DECIMALS : PACKED_CODES, cells);
  }
  free(texts);
  free(cells);
  return f;
}

static plan *make_plan(void) {
  plan *p = build_plan();
  build_scale(p, "a", 1, 5);
  build_scale(p, "b", 1, 5);
  build_scale(p, "c", 1, 5);
  build_number(p, "value", 0);
  build_nominal(p, "region");
  build_number(p, "gaps", 0);
  build_construct(p, "whole", "a b c", NULL, 1);
  build_argument(p, build_analysis(p, "segment", "groups", "a b value"), "k", "2 3");
  plan_analysis *profiled = build_analysis(p, "segment", "profiled", "a c");
  build_argument(p, profiled, "k", "2");
  build_argument(p, profiled, "profile", "value region");
  plan_analysis *index = build_analysis(p, "index", "weighed", NULL);
  build_argument(p, index, "construct", "whole");
  build_argument(p, index, "weights", "entropy");
  plan_analysis *ranks = build_analysis(p, "correlate", "ranks", "a b value gaps");
  build_argument(p, ranks, "method", "spearman");
  build_by(p, ranks, "region");
  plan_analysis *drivers = build_analysis(p, "drivers", "why", NULL);
  build_argument(p, drivers, "outcome", "a");
  build_argument(p, drivers, "predictors", "b gaps region");
  drivers->weight = build_weight(p, "value", WEIGHT_SAMPLING);
  build_by(p, drivers, "c");
  plan_analysis *odds = build_analysis(p, "logistic", "odds", NULL);
  build_argument(p, odds, "outcome", "b");
  build_argument(p, odds, "event", "4 5");
  build_argument(p, odds, "predictors", "a region");
  build_argument(p, odds, "interval", "profile");
  error err;
  must(plan_finish(p, &err) == STATUS_OK, "plan", &err);
  return p;
}

static void map_whole(const buf *program_bytes, const stats_rows *rows, buf *out) {
  reader r;
  program *p = NULL;
  partial *all = NULL;
  error err;
  reader_init(&r, program_bytes->data, program_bytes->length);
  must(program_decode(&r, &p, &err) == STATUS_OK, "program", &err);
  must(partial_map(p, rows, &all, &err) == STATUS_OK, "partial", &err);
  buf_init(out);
  partial_encode(all, out);
  partial_destroy(all);
  program_destroy(p);
}

status course_step(const course *c, slice state, slice merged, stats_outcome *out, error *err) {
  return stats_step(c->plan.data, c->plan.length, state.length > 0 ? state.bytes : NULL, state.length,
                    merged.bytes, merged.length, out, err);
}

void course_run(course *c, uint32_t rows, uint64_t seed) {
  fixture *data = make_data(rows, seed);
  plan *p = make_plan();
  stats_outcome came = {0};
  *c = (course){.count = 0};
  program_encode(p->program, &came.program);
  plan_encode(p, &c->plan);
  while (came.report.length == 0) {
    error err = {.message = "too many stages"};
    must(c->count < COURSE_STAGES_MAX, "the evaluation", &err);
    course_stage *s = &c->stages[c->count++];
    s->state = came.state;
    map_whole(&came.program, fixture_rows(data), &s->partial);
    buf_fini(&came.program);
    must(course_step(c, course_bytes(&s->state), course_bytes(&s->partial), &came, &err) == STATUS_OK,
         "a stage", &err);
  }
  stats_outcome_fini(&came);
  plan_destroy(p);
  fixture_destroy(data);
}

void course_fini(course *c) {
  for (unsigned i = 0; i < c->count; i++) {
    buf_fini(&c->stages[i].state);
    buf_fini(&c->stages[i].partial);
  }
  buf_fini(&c->plan);
}
