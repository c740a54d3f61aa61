/* What STEP is given in a later stage: the state that it carries, and the merged partial.
 *
 * The first byte is the stage, the next two the length of the state; the partial follows it.  Plan and stages
 * are those of one evaluation in which several analyses ask again. */
#include <stdio.h>
#include <string.h>

#include "stats/accumulators/partial.h"
#include "stats/stats.h"
#include "tests/fuzz/fuzz.h"
#include "tests/seeded.h"
#include "tests/stats/plan_builder.h"

enum { ROWS = 40, COLUMNS = 4, STAGES_MAX = 40, HEAD_BYTES = 3 };

static buf plan_bytes;

static fixture *make_data(void) {
  static const char *const names[COLUMNS] = {"a", "b", "c", "value"};
  seeded r = {7};
  fixture *f = fixture_new(ROWS);
  for (unsigned c = 0; c < COLUMNS; c++) {
    static char texts[ROWS][16];
    const char *cells[ROWS];
    for (unsigned i = 0; i < ROWS; i++) {
      snprintf(texts[i], sizeof texts[i], "%llu",
               (unsigned long long)seeded_below(&r, c == 3 ? 1000 : 5) + 1);
      cells[i] = texts[i];
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
  build_construct(p, "whole", "a b c", NULL, 1);
  build_argument(p, build_analysis(p, "segment", "groups", "a b value"), "k", "2");
  plan_analysis *index = build_analysis(p, "index", "weighed", NULL);
  build_argument(p, index, "construct", "whole");
  build_argument(p, index, "weights", "entropy");
  plan_analysis *ranks = build_analysis(p, "correlate", "ranks", "a b value");
  build_argument(p, ranks, "method", "spearman");
  error err;
  fuzz_require_ok(plan_finish(p, &err), &err, "the plan is whole");
  return p;
}

static void map_whole(const buf *program_bytes, const fixture *data, buf *out) {
  reader r;
  program *p = NULL;
  partial *all = NULL;
  error err;
  reader_init(&r, program_bytes->data, program_bytes->length);
  fuzz_require_ok(program_decode(&r, &p, &err), &err, "a stage's program can be read");
  fuzz_require_ok(partial_map(p, fixture_rows(data), &all, &err), &err, "a stage can be mapped");
  partial_encode(all, out);
  partial_destroy(all);
  program_destroy(p);
}

static void add(fuzz_corpus *out, unsigned stage, const buf *state, const buf *merged) {
  buf b;
  buf_init(&b);
  buf_put_u8(&b, (uint8_t)stage);
  buf_put_u16(&b, (uint16_t)state->length);
  buf_put(&b, state->data, state->length);
  buf_put(&b, merged->data, merged->length);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
}

/* Runs the evaluation; its stages become seeds unless OUT is NULL. */
static void run_course(fuzz_corpus *out) {
  fixture *data = make_data();
  plan *p = make_plan();
  stats_outcome came = {0};
  buf state = {0};
  program_encode(p->program, &came.program);
  buf_clear(&plan_bytes);
  plan_encode(p, &plan_bytes);
  for (unsigned stage = 0; came.report.length == 0; stage++) {
    buf merged;
    error err;
    fuzz_require(stage < STAGES_MAX, "the evaluation comes to an end");
    buf_init(&merged);
    map_whole(&came.program, data, &merged);
    buf_fini(&state);
    state = came.state;
    buf_fini(&came.program);
    if (out != NULL) {
      add(out, stage, &state, &merged);
    }
    fuzz_require_ok(stats_step(plan_bytes.data, plan_bytes.length, state.length > 0 ? state.data : NULL,
                               state.length, merged.data, merged.length, &came, &err),
                    &err, "a stage is taken");
    buf_fini(&merged);
  }
  buf_fini(&came.report);
  buf_fini(&state);
  plan_destroy(p);
  fixture_destroy(data);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (plan_bytes.length == 0) {
    run_course(NULL);
  }
  if (length < HEAD_BYTES) {
    return 0;
  }
  const size_t wanted = (size_t)bytes[1] | (size_t)bytes[2] << 8;
  const size_t left = length - HEAD_BYTES;
  const size_t state_bytes = wanted < left ? wanted : left;
  const uint8_t *state = bytes + HEAD_BYTES;
  stats_outcome came;
  error err = {STATUS_OK, ""};
  const status st =
      stats_step(plan_bytes.data, plan_bytes.length, bytes[0] > 0 ? state : NULL,
                 bytes[0] > 0 ? state_bytes : 0, state + state_bytes, left - state_bytes, &came, &err);
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
    return 0;
  }
  fuzz_require((came.report.length > 0) != (came.program.length > 0), "a step gives a report or a stage");
  stats_outcome_fini(&came);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  run_course(out);
}
