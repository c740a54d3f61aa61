/* What a STEP leaves for the next one: brokers keep it while a job is running, across restarts and
 * releases.
 *
 * Half of it is the report so far, so its bytes are not fixed; its form is, and is read here once more from
 * its description: version, stage, the stage's program, the report's head, and for each analysis whether it
 * is done, its section, the accumulators that answer it, and what it carries; where rows come back, the sheet
 * of their scores so far. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "stats/accumulators/partial.h"
#include "stats/stats.h"
#include "tests/check.h"
#include "tests/golden/golden.h"
#include "tests/seeded.h"
#include "tests/stats/plan_builder.h"

#define ADVICE "; install the same version on clients and workers, and submit the job again"

enum { STATE_VERSION = 2, ROWS = 30, TEXT_MAX = 1 << 20 };

/* A plan of two analyses, one of which asks again, and what its first stage left. */
typedef struct scene {
  buf plan, partial;
  stats_outcome first;
  uint32_t analyses;
} scene;

static fixture *make_data(void) {
  static const char *const names[] = {"a", "b"};
  seeded r = {3};
  fixture *f = fixture_new(ROWS);
  for (unsigned c = 0; c < 2; c++) {
    static char texts[ROWS][4];
    const char *cells[ROWS];
    for (unsigned i = 0; i < ROWS; i++) {
      snprintf(texts[i], sizeof texts[i], "%u", 1 + (unsigned)seeded_below(&r, 5));
      cells[i] = texts[i];
    }
    fixture_column(f, names[c], PACKED_CODES, cells);
  }
  return f;
}

static void map_whole(const program *p, const fixture *data, buf *out) {
  partial *all = NULL;
  assert_int_equal(partial_map(p, fixture_rows(data), &all, NULL), STATUS_OK);
  partial_encode(all, out);
  partial_destroy(all);
}

static void scene_make(scene *s) {
  *s = (scene){.analyses = 2};
  plan *p = build_plan();
  fixture *data = make_data();
  error err;
  build_scale(p, "a", 1, 5);
  build_scale(p, "b", 1, 5);
  build_argument(p, build_analysis(p, "segment", "groups", "a b"), "k", "2");
  build_analysis(p, "describe", "items", "a b");
  assert_int_equal(plan_finish(p, &err), STATUS_OK);
  plan_encode(p, &s->plan);
  map_whole(p->program, data, &s->partial);
  if (stats_step(s->plan.data, s->plan.length, NULL, 0, s->partial.data, s->partial.length, &s->first,
                 &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_true(s->first.state.length > 0);
  /* The answers of the second stage. */
  program *next = NULL;
  reader r;
  reader_init(&r, s->first.program.data, s->first.program.length);
  assert_int_equal(program_decode(&r, &next, NULL), STATUS_OK);
  buf_clear(&s->partial);
  map_whole(next, data, &s->partial);
  program_destroy(next);
  fixture_destroy(data);
  plan_destroy(p);
}

static void scene_fini(scene *s) {
  buf_fini(&s->plan);
  buf_fini(&s->partial);
  stats_outcome_fini(&s->first);
}

static void assert_object(slice text) {
  arena *memory = arena_new();
  json *node = NULL;
  assert_int_equal(json_parse(memory, text, "state", &node, NULL), STATUS_OK);
  assert_int_equal(json_kind_of(node), JSON_OBJECT);
  arena_destroy(memory);
}

static void read_analysis(reader *r, uint32_t accumulators) {
  assert_true(reader_u8(r) <= 1);
  assert_object(reader_slice(r, TEXT_MAX));
  const uint64_t asked = reader_varint(r);
  for (uint64_t i = 0; i < asked && r->problem == NULL; i++) {
    assert_true(reader_varint(r) < accumulators);
  }
  (void)reader_slice(r, TEXT_MAX); /* what it carries may be anything */
}

static void the_form_of_a_state_is_fixed(void **unused) {
  (void)unused;
  scene s;
  program *p = NULL;
  error err;
  reader r;
  scene_make(&s);
  const buf *state = &s.first.state;
  reader_init(&r, state->data, state->length);
  if (reader_u8(&r) != STATE_VERSION) {
    fail_msg("states are of another version than %d: say in this test what their form is now", STATE_VERSION);
  }
  assert_int_equal(reader_varint(&r), 1);
  const uint8_t *program_at = r.at;
  assert_int_equal(program_decode(&r, &p, &err), STATUS_OK);
  assert_int_equal((size_t)(r.at - program_at), s.first.program.length);
  assert_memory_equal(program_at, s.first.program.data, s.first.program.length);
  assert_object(reader_slice(&r, TEXT_MAX));
  assert_int_equal(reader_varint(&r), s.analyses);
  for (uint32_t i = 0; i < s.analyses; i++) {
    read_analysis(&r, p->accumulators_count);
  }
  if (reader_finish(&r, "state", &err) != STATUS_OK) {
    fail_msg(
        "%s: its form has changed: raise STATE_VERSION (stats/stages/step.c), and say here what it is now",
        err.message);
  }
  program_destroy(p);
  scene_fini(&s);
}

static void refusals_are_fixed(void **unused) {
  (void)unused;
  static const struct {
    size_t at;
    uint8_t byte;
    const char *message;
  } cases[] = {
      {0, STATE_VERSION + 1, "state: made by a newer version of canvass" ADVICE},
      {0, 0, "state: made by an older version of canvass" ADVICE},
      {1, 0, "state: of the first stage, which has none"},
      {2, 0, "program: made by an older version of canvass" ADVICE},
  };
  scene s;
  scene_make(&s);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const uint8_t before = s.first.state.data[cases[i].at];
    stats_outcome came;
    error err;
    s.first.state.data[cases[i].at] = cases[i].byte;
    assert_int_equal(stats_step(s.plan.data, s.plan.length, s.first.state.data, s.first.state.length,
                                s.partial.data, s.partial.length, &came, &err),
                     STATUS_CORRUPT);
    assert_string_equal(err.message, cases[i].message);
    s.first.state.data[cases[i].at] = before;
  }
  for (size_t length = 1; length < s.first.state.length; length++) {
    stats_outcome came;
    assert_int_equal(stats_step(s.plan.data, s.plan.length, s.first.state.data, length, s.partial.data,
                                s.partial.length, &came, NULL),
                     STATUS_CORRUPT);
  }
  scene_fini(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_form_of_a_state_is_fixed),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
