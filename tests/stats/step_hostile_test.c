/* STEP trusts no state: whatever is altered in it, the answer is a report, a further stage or a
 * refusal, and answers to other questions than were asked are refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/partial.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/plan_builder.h"

enum { ROWS = 120, STAGES_MAX = 40, ALTERATIONS = 400, CELL_BYTES = 16 };

/* What STEP is given in one stage. */
typedef struct stage {
  buf state, partial;
} stage;

typedef struct course {
  buf plan;
  stage stages[STAGES_MAX];
  unsigned count;
} course;

static fixture *make_data(seeded *r) {
  static const char *const names[] = {"a", "b", "c", "value", "region", "gaps"};
  fixture *f = fixture_new(ROWS);
  for (unsigned c = 0; c < 6; c++) {
    static char texts[ROWS][CELL_BYTES];
    const char *cells[ROWS];
    for (unsigned i = 0; i < ROWS; i++) {
      const unsigned long long drawn = seeded_below(r, c == 3 ? 100000 : 5) + 1;
      snprintf(texts[i], CELL_BYTES, "%llu", drawn);
      cells[i] = c == 5 && drawn == 1 ? "" : texts[i];
    }
    fixture_column(f, names[c], c == 3 ? PACKED_DECIMALS : PACKED_CODES, cells);
  }
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
  error err;
  if (plan_finish(p, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return p;
}

static void map_whole(const buf *program_bytes, const stats_rows *rows, buf *out) {
  reader r;
  program *p = NULL;
  partial *all = NULL;
  reader_init(&r, program_bytes->data, program_bytes->length);
  assert_int_equal(program_decode(&r, &p, NULL), STATUS_OK);
  assert_int_equal(partial_map(p, rows, &all, NULL), STATUS_OK);
  buf_init(out);
  partial_encode(all, out);
  partial_destroy(all);
  program_destroy(p);
}

static status step_with(const course *c, const buf *state, const buf *merged, stats_outcome *out,
                        error *err) {
  return stats_step(c->plan.data, c->plan.length, state->length > 0 ? state->data : NULL, state->length,
                    merged->data, merged->length, out, err);
}

static void run_course(course *c) {
  seeded r = {seeded_seed()};
  fixture *data = make_data(&r);
  plan *p = make_plan();
  buf program_bytes;
  buf state;
  *c = (course){.count = 0};
  buf_init(&program_bytes);
  buf_init(&state);
  program_encode(p->program, &program_bytes);
  plan_encode(p, &c->plan);
  for (bool ended = false; !ended;) {
    stats_outcome came;
    stage *s = &c->stages[c->count++];
    assert_true(c->count < STAGES_MAX);
    s->state = state;
    map_whole(&program_bytes, fixture_rows(data), &s->partial);
    buf_fini(&program_bytes);
    error err;
    if (step_with(c, &s->state, &s->partial, &came, &err) != STATUS_OK) {
      fail_msg("stage %u: %s", c->count - 1, err.message);
    }
    ended = came.report.length > 0;
    program_bytes = came.program;
    state = came.state;
    buf_fini(&came.report);
  }
  buf_fini(&program_bytes);
  buf_fini(&state);
  plan_destroy(p);
  fixture_destroy(data);
}

static void course_fini(course *c) {
  for (unsigned i = 0; i < c->count; i++) {
    buf_fini(&c->stages[i].state);
    buf_fini(&c->stages[i].partial);
  }
  buf_fini(&c->plan);
}

static void an_altered_state_is_a_refusal_or_an_answer(void **state) {
  (void)state;
  const uint64_t seed = seeded_seed();
  seeded r = {seed + 1};
  course c;
  unsigned misplaced = 0;
  run_course(&c);
  assert_true(c.count > 2);
  for (unsigned k = 1; k < c.count; k++) {
    for (unsigned i = 0; i < ALTERATIONS; i++) {
      buf altered;
      buf_init(&altered);
      buf_put(&altered, c.stages[k].state.data, c.stages[k].state.length);
      for (uint64_t n = 1 + seeded_below(&r, 2); n > 0; n--) {
        altered.data[seeded_below(&r, altered.length)] = (uint8_t)seeded_bits(&r, 8);
      }
      stats_outcome came;
      error err;
      if (step_with(&c, &altered, &c.stages[k].partial, &came, &err) == STATUS_OK) {
        stats_outcome_fini(&came);
      } else {
        misplaced += strstr(err.message, "asked for in the stage before") != NULL;
      }
      buf_fini(&altered);
    }
  }
  if (misplaced == 0) {
    fail_msg("seed %llu: no alteration named other answers", (unsigned long long)seed);
  }
  course_fini(&c);
}

/* States and partials of other stages are whole and right, but not here. */
static void a_state_of_another_stage_is_a_refusal_or_an_answer(void **state) {
  (void)state;
  course c;
  run_course(&c);
  for (unsigned k = 0; k < c.count; k++) {
    for (unsigned j = 0; j < c.count; j++) {
      stats_outcome came;
      error err;
      if (step_with(&c, &c.stages[k].state, &c.stages[j].partial, &came, &err) == STATUS_OK) {
        stats_outcome_fini(&came);
      } else {
        assert_int_not_equal(k, j);
      }
    }
  }
  course_fini(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_altered_state_is_a_refusal_or_an_answer),
      cmocka_unit_test(a_state_of_another_stage_is_a_refusal_or_an_answer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
