/* The promise that no peer makes: the report's bytes do not depend on workers, shards, compression or the
 * processor's instructions.  On the airline survey, with a specification that uses every analysis; on the
 * shipped survey where that file is absent. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/cluster/survey.h"
#include "tests/process.h"

static void report(const char *spec, const char *data, const char *workers, const char *shard_rows,
                   process_result *result) {
  const char *const arguments[] = {CANVASS_PROGRAM, "run",   spec,           data,       "--format", "json",
                                   "--workers",     workers, "--shard-rows", shard_rows, "-q",       NULL};
  process_run(arguments, NULL, result);
  if (result->exit_code != 0) {
    fail_msg("workers %s, shard rows %s: exit %d: %s", workers, shard_rows, result->exit_code, result->err);
  }
}

static void expect_same(const process_result *first, const process_result *other, const char *what) {
  if (first->out_length != other->out_length || memcmp(first->out, other->out, first->out_length) != 0) {
    size_t at = 0;
    while (at < first->out_length && at < other->out_length && first->out[at] == other->out[at]) {
      at++;
    }
    const size_t from = at > 60 ? at - 60 : 0;
    fail_msg("%s: other bytes from %zu on: ...%.120s... against ...%.120s...", what, at, first->out + from,
             other->out + from);
  }
}

static void same_bytes_for_all(const char *spec, const char *data, const char *const *workers,
                               const char *const *rows) {
  process_result first = {0};
  report(spec, data, workers[0], rows[0], &first);
  assert_true(first.out_length > 1000);
  for (size_t w = 0; workers[w] != NULL; w++) {
    for (size_t r = w == 0 ? 1 : 0; rows[r] != NULL; r++) {
      process_result other;
      char what[128];
      snprintf(what, sizeof what, "workers %s, shard rows %s", workers[w], rows[r]);
      report(spec, data, workers[w], rows[r], &other);
      expect_same(&first, &other, what);
      process_result_fini(&other);
    }
  }
  process_result_fini(&first);
}

static void workers_and_shards_leave_no_trace_in_a_small_report(void **state) {
  (void)state;
  static const char *const workers[] = {"1", "2", "5", NULL};
  static const char *const rows[] = {"7", "100", "1000000", NULL};
  same_bytes_for_all(survey_shipped_spec, survey_shipped_data, workers, rows);
}

/* A directory of the test's own. */
static int set_up(void **state) {
  static char directory[256];
  process_directory_new(directory, sizeof directory);
  *state = directory;
  return 0;
}

static int tear_down(void **state) {
  process_directory_remove(*state);
  return 0;
}

static void workers_and_shards_leave_no_trace_in_the_airline_report(void **state) {
#ifdef __SANITIZE_ADDRESS__ /* which finds no more with more of them */
  static const char *const workers[] = {"5", NULL};
  static const char *const rows[] = {"791", "1000000", NULL};
#else
  static const char *const workers[] = {"1", "2", "5", NULL};
  static const char *const rows[] = {"1000", "7919", "1000000", NULL};
#endif
  char data[512];
  if (!survey_airline(*state, data)) {
    skip();
  }
  same_bytes_for_all(survey_airline_spec, data, workers, rows);
}

static void compression_leaves_no_trace(void **state) {
  char data[512];
  char command[1600];
  char plain[600];
  if (!survey_airline(*state, data)) {
    skip();
  }
  snprintf(plain, sizeof plain, "%s/airline_passenger_satisfaction.csv", (const char *)*state);
  snprintf(command, sizeof command, "gzip -dc '%s' > '%s'", data, plain);
  assert_int_equal(system(command), 0);
  process_result packed;
  process_result unpacked;
  report(survey_airline_spec, data, "2", "65536", &packed);
  report(survey_airline_spec, plain, "2", "65536", &unpacked);
  expect_same(&packed, &unpacked, "plain file against .gz");
  process_result_fini(&packed);
  process_result_fini(&unpacked);
}

static void the_processor_leaves_no_trace(void **state) {
  static const char *const kernels[] = {"portable", "avx2", "avx512"};
  char path[512];
  const bool airline = survey_airline(*state, path);
  const char *spec = airline ? survey_airline_spec : survey_shipped_spec;
  const char *data = airline ? path : survey_shipped_data;
  process_result first;
  report(spec, data, "2", "65536", &first);
  for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
    setenv("CANVASS_KERNELS", kernels[k], 1);
    const char *const arguments[] = {CANVASS_PROGRAM, "run", spec, data, "--format", "json", "-q", NULL};
    process_result other;
    process_run(arguments, NULL, &other);
    if (other.exit_code == 2) {
      print_message("skipped: this processor has no %s\n", kernels[k]);
    } else {
      assert_int_equal(other.exit_code, 0);
      expect_same(&first, &other, kernels[k]);
    }
    process_result_fini(&other);
    unsetenv("CANVASS_KERNELS");
  }
  process_result_fini(&first);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(workers_and_shards_leave_no_trace_in_a_small_report),
      cmocka_unit_test_setup_teardown(workers_and_shards_leave_no_trace_in_the_airline_report, set_up,
                                      tear_down),
      cmocka_unit_test_setup_teardown(compression_leaves_no_trace, set_up, tear_down),
      cmocka_unit_test_setup_teardown(the_processor_leaves_no_trace, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
