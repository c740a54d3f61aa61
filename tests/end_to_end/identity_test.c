/* The promise that no peer makes: the report's bytes do not depend on workers, shards, compression or the
 * processor's instructions.  On the airline survey, with a specification that uses every analysis; on the
 * shipped survey where that file is absent. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/process.h"

static const char airline_data[] =
    CANVASS_SOURCE_DIR "/../shared/data/airline/airline_passenger_satisfaction.csv.gz";
static const char airline_spec[] = CANVASS_SOURCE_DIR "/examples/airline/spec.yaml";
static const char shipped_data[] = CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv";
static const char shipped_spec[] = CANVASS_SOURCE_DIR "/examples/customersat/spec.yaml";

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
    for (size_t r = 0; rows[r] != NULL; r++) {
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
  same_bytes_for_all(shipped_spec, shipped_data, workers, rows);
}

static bool have_airline(void) {
  if (access(airline_data, R_OK) == 0) {
    return true;
  }
  print_message("skipped: %s is not here\n", airline_data);
  return false;
}

static void workers_and_shards_leave_no_trace_in_the_airline_report(void **state) {
  (void)state;
#ifdef __SANITIZE_ADDRESS__ /* which takes ten times as long and finds no more with more of them */
  static const char *const workers[] = {"5", NULL};
  static const char *const rows[] = {"7919", "1000000", NULL};
#else
  static const char *const workers[] = {"1", "2", "5", NULL};
  static const char *const rows[] = {"1000", "7919", "1000000", NULL};
#endif
  if (!have_airline()) {
    skip();
  }
  same_bytes_for_all(airline_spec, airline_data, workers, rows);
}

static void compression_leaves_no_trace(void **state) {
  (void)state;
#ifdef __SANITIZE_ADDRESS__
  skip(); /* two more runs like the ones above */
#endif
  if (!have_airline()) {
    skip();
  }
  char directory[256];
  char command[1024];
  char plain[512];
  process_directory_new(directory, sizeof directory);
  snprintf(plain, sizeof plain, "%s/airline_passenger_satisfaction.csv", directory);
  snprintf(command, sizeof command, "gzip -dc '%s' > '%s'", airline_data, plain);
  assert_int_equal(system(command), 0);
  process_result packed;
  process_result unpacked;
  report(airline_spec, airline_data, "2", "65536", &packed);
  report(airline_spec, plain, "2", "65536", &unpacked);
  expect_same(&packed, &unpacked, "plain file against .gz");
  process_result_fini(&packed);
  process_result_fini(&unpacked);
  process_directory_remove(directory);
}

static void the_processor_leaves_no_trace(void **state) {
  (void)state;
  static const char *const kernels[] = {"portable", "avx2", "avx512"};
#ifdef __SANITIZE_ADDRESS__
  const bool airline = false;
#else
  const bool airline = have_airline();
#endif
  const char *spec = airline ? airline_spec : shipped_spec;
  const char *data = airline ? airline_data : shipped_data;
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
      cmocka_unit_test(workers_and_shards_leave_no_trace_in_the_airline_report),
      cmocka_unit_test(compression_leaves_no_trace),
      cmocka_unit_test(the_processor_leaves_no_trace),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
