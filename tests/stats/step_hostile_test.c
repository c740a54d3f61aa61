/* STEP trusts no state: whatever is altered in it, the answer is a report, a further stage or a
 * refusal, and answers to other questions than were asked are refused. */
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/stats/course.h"

enum { ROWS = 120, ALTERATIONS = 400 };

static void an_altered_state_is_a_refusal_or_an_answer(void **state) {
  (void)state;
  const uint64_t seed = seeded_seed();
  seeded r = {seed + 1};
  course c;
  unsigned misplaced = 0;
  course_run(&c, ROWS, seeded_seed());
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
      if (course_step(&c, course_bytes(&altered), course_bytes(&c.stages[k].partial), &came, &err) ==
          STATUS_OK) {
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
  course_run(&c, ROWS, seeded_seed());
  for (unsigned k = 0; k < c.count; k++) {
    for (unsigned j = 0; j < c.count; j++) {
      stats_outcome came;
      error err;
      const slice merged = course_bytes(&c.stages[j].partial);
      if (course_step(&c, course_bytes(&c.stages[k].state), merged, &came, &err) == STATUS_OK) {
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
