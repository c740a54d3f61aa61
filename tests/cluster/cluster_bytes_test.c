/* The promise of `canvass run`, kept by processes: the same bytes for any shards, workers, transport, with
 * and without keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

static const char *const shard_rows[] = {"300", "50000"};
enum { SHARD_ROWS = sizeof shard_rows / sizeof shard_rows[0] };

/* Puts DATA cut both ways as "WHO-300" and "WHO-50000", and compares what SPEC makes of each. */
static void compare(cluster *c, const char *who, const char *spec, const char *data) {
  process_result expected;
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  assert_true(expected.out_length > 1000);
  for (size_t i = 0; i < SHARD_ROWS; i++) {
    char dataset[64];
    process_result found;
    snprintf(dataset, sizeof dataset, "%s-%s", who, shard_rows[i]);
    cluster_do(c, "put", dataset, spec, data, "--shard-rows", shard_rows[i]);
    cluster_evaluate(c, spec, dataset, &found);
    cluster_expect_same(&expected, &found, dataset);
    process_result_fini(&found);
  }
  process_result_fini(&expected);
}

/* One worker, and then three others that have to compute everything themselves. */
static void compare_for_one_worker_and_three(cluster *c, const char *spec, const char *data) {
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  compare(c, "one", spec, data);
  cluster_stop_worker(c, 0);
  for (unsigned i = 1; i <= 3; i++) {
    cluster_start_worker(c, i);
  }
  cluster_wait_workers(c, 3);
  compare(c, "three", spec, data);
  cluster_passed(c);
}

static void the_shipped_survey_has_the_same_bytes_over_ipc(void **state) {
  compare_for_one_worker_and_three(*state, survey_shipped_spec, survey_shipped_data);
}

static void the_shipped_survey_has_the_same_bytes_over_ipc_with_keys(void **state) {
  cluster_use_keys(*state);
  compare_for_one_worker_and_three(*state, survey_shipped_spec, survey_shipped_data);
}

static void the_shipped_survey_has_the_same_bytes_over_tcp(void **state) {
  cluster_use_tcp(*state);
  compare_for_one_worker_and_three(*state, survey_shipped_spec, survey_shipped_data);
}

static void the_shipped_survey_has_the_same_bytes_over_tcp_with_keys(void **state) {
  cluster_use_tcp(*state);
  cluster_use_keys(*state);
  compare_for_one_worker_and_three(*state, survey_shipped_spec, survey_shipped_data);
}

static void the_airline_survey_has_the_same_bytes_on_a_cluster(void **state) {
  cluster *c = *state;
  if (!survey_airline_is_there()) {
    cluster_passed(c);
    skip();
  }
  cluster_use_tcp(c);
  cluster_use_keys(c);
  compare_for_one_worker_and_three(c, survey_airline_spec, survey_airline_data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_ipc),
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_ipc_with_keys),
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_tcp),
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_tcp_with_keys),
      CLUSTER_TEST(the_airline_survey_has_the_same_bytes_on_a_cluster),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
