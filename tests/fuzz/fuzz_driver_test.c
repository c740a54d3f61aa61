/* The fuzz driver finds a mistake that was planted, keeps the input, and runs it again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/process.h"

typedef struct scene {
  char directory[256];
  char prefix[300];
  char finding[400];
} scene;

static scene scene_new(void) {
  scene s;
  process_directory_new(s.directory, sizeof s.directory);
  snprintf(s.prefix, sizeof s.prefix, "-artifact_prefix=%s/", s.directory);
  snprintf(s.finding, sizeof s.finding, "%s/fuzz_planted-finding", s.directory);
  return s;
}

static process_result run(const char *first, const char *second, const char *third) {
  const char *arguments[] = {CANVASS_PLANTED, first, second, third, NULL};
  process_result result;
  process_run(arguments, NULL, &result);
  return result;
}

static void a_mistake_is_found_kept_and_found_again(void **state) {
  (void)state;
  const scene s = scene_new();
  process_result found = run(s.prefix, "-runs=2000", "-seed=1");
  assert_int_not_equal(found.exit_code, 0);
  assert_non_null(strstr(found.err, "a count is below the bytes that are there"));
  assert_non_null(strstr(found.err, s.finding));
  size_t length = 0;
  char *kept = process_read_file(s.finding, &length);
  assert_non_null(kept);
  assert_true(length > 0 && (uint8_t)kept[0] >= length);
  process_result again = run(s.prefix, s.finding, NULL);
  assert_int_not_equal(again.exit_code, 0);
  /* The same seed finds the same. */
  assert_int_equal(unlink(s.finding), 0);
  process_result repeated = run(s.prefix, "-runs=2000", "-seed=1");
  size_t length_again = 0;
  char *kept_again = process_read_file(s.finding, &length_again);
  assert_non_null(kept_again);
  assert_int_equal(length_again, length);
  assert_memory_equal(kept_again, kept, length);
  free(kept);
  free(kept_again);
  process_result_fini(&found);
  process_result_fini(&again);
  process_result_fini(&repeated);
  process_directory_remove(s.directory);
}

static void seeds_that_hold_are_no_finding_and_can_be_written(void **state) {
  (void)state;
  scene s = scene_new();
  char corpus[300], seed[320];
  snprintf(corpus, sizeof corpus, "--corpus=%s", s.directory);
  snprintf(seed, sizeof seed, "%s/seed-0000", s.directory);
  process_result written = run(corpus, NULL, NULL);
  assert_int_equal(written.exit_code, 0);
  process_result held = run(s.prefix, seed, NULL);
  assert_int_equal(held.exit_code, 0);
  assert_non_null(strstr(held.out, "1 inputs as they are, 0 altered ones"));
  process_result_fini(&written);
  process_result_fini(&held);
  process_directory_remove(s.directory);
}

static void an_option_that_there_is_not_is_refused(void **state) {
  (void)state;
  process_result result = run("-run=5", NULL, NULL);
  assert_int_equal(result.exit_code, 2);
  assert_non_null(strstr(result.err, "-run=5 is not an option"));
  process_result_fini(&result);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mistake_is_found_kept_and_found_again),
      cmocka_unit_test(seeds_that_hold_are_no_finding_and_can_be_written),
      cmocka_unit_test(an_option_that_there_is_not_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
