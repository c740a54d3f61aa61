/* The promise of `canvass run`, kept by processes: the same bytes for any shards, workers, transport, with
 * and without keys. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

#ifdef __SANITIZE_ADDRESS__ /* which takes ten times as long */
static const char *const shard_rows[] = {"1000", "50000"};
#else
static const char *const shard_rows[] = {"300", "50000"};
#endif
enum { SHARD_ROWS = sizeof shard_rows / sizeof shard_rows[0] };

/* Puts DATA cut both ways as "WHO-ROWS", and compares what SPEC makes of each. */
static void compare(cluster *c, const char *who, const process_result *expected, const char *spec,
                    const char *data) {
  for (size_t i = 0; i < SHARD_ROWS; i++) {
    char dataset[64];
    process_result found;
    snprintf(dataset, sizeof dataset, "%s-%s", who, shard_rows[i]);
    cluster_do(c, "put", dataset, spec, data, "--shard-rows", shard_rows[i]);
    cluster_evaluate(c, spec, dataset, &found);
    cluster_expect_same(expected, &found, dataset);
    process_result_fini(&found);
  }
}

/* One worker, and then three others that have to compute everything themselves. */
static void compare_for_one_worker_and_three(cluster *c, const char *spec, const char *data) {
  process_result expected;
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  assert_true(expected.out_length > 1000);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  compare(c, "one", &expected, spec, data);
  cluster_stop_worker(c, 0);
  for (unsigned i = 1; i <= 3; i++) {
    cluster_start_worker(c, i);
  }
  cluster_wait_workers(c, 3);
  compare(c, "three", &expected, spec, data);
  process_result_fini(&expected);
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
  char root[256], data[512];
  if (!survey_airline(cluster_path(c, "", root), data)) {
    cluster_passed(c);
    skip();
  }
  cluster_use_tcp(c);
  cluster_use_keys(c);
  compare_for_one_worker_and_three(c, survey_airline_spec, data);
}

/* DIRECTORY of the cluster, made, and TEXT as survey.csv in it. */
static void write_branch(cluster *c, const char *directory, const char *text, char path[256]) {
  char place[256];
  (void)cluster_path(c, directory, place);
  assert_int_equal(mkdir(place, 0700), 0);
  process_write_file(place, "survey.csv", text, strlen(text), path, 256);
}

/* What PATHS give alone and as DATASET, and what is said of them. */
static void compare_branches(cluster *c, const char *spec, const char *dataset, const char *const paths[3]) {
  process_result alone, put, found;
  cluster_client_expect(c, 0, &alone,
                        (const char *const[]){cluster_program(), "run", "-q", spec, paths[0], paths[1],
                                              paths[2], "--format", "json", NULL});
  cluster_client_expect(c, 0, &put,
                        (const char *const[]){cluster_program(), "put", "-q", dataset, spec, paths[0],
                                              paths[1], paths[2], NULL});
  assert_string_equal(put.err, alone.err);
  cluster_expect_words(put.err, "b/survey.csv has the same content as a/survey.csv: its rows count twice",
                       "put");
  cluster_evaluate(c, spec, dataset, &found);
  cluster_expect_words(found.out, "\"name\":\"c/survey.csv\"", "the report");
  cluster_expect_same(&alone, &found, dataset);
  process_result_fini(&alone);
  process_result_fini(&put);
  process_result_fini(&found);
}

static void branch_files_of_one_name_have_the_same_bytes(void **state) {
  cluster *c = *state;
  static const char spec_text[] =
      "variables:\n  q1: {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: q1}\n";
  char spec[256], a[256], b[256], other[256], root[256];
  process_write_file(cluster_path(c, "", root), "spec.yaml", spec_text, strlen(spec_text), spec, sizeof spec);
  write_branch(c, "a", "q1\n1\n2\n", a);
  write_branch(c, "b", "q1\n1\n2\n", b);
  write_branch(c, "c", "q1\n5\n", other);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  compare_branches(c, spec, "branches", (const char *const[]){a, b, other});
  /* Repeating changes nothing, together or one by one. */
  cluster_do(c, "put", "branches", spec, a, b, other);
  cluster_do(c, "put", "branches", spec, b, "--append");
  const json *listed = cluster_listing(c, "datasets");
  assert_int_equal(json_as_integer(json_get(json_at(listed, 0), "version")), 1);
  /* Another file of the name is refused, and it is said where the first one is. */
  char fourth[256];
  process_result r;
  write_branch(c, "d", "q1\n4\n", fourth);
  cluster_do(c, "put", "one", spec, a);
  cluster_expect(c, 4, &r, "put", "one", spec, fourth, "--append");
  cluster_expect_words(r.err, "/d/survey.csv: dataset one (version 1) has a file named survey.csv", "put");
  process_result_fini(&r);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_ipc),
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_ipc_with_keys),
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_tcp),
      CLUSTER_TEST(the_shipped_survey_has_the_same_bytes_over_tcp_with_keys),
      CLUSTER_TEST(branch_files_of_one_name_have_the_same_bytes),
      CLUSTER_TEST(the_airline_survey_has_the_same_bytes_on_a_cluster),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
