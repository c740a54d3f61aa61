/* Jobs beside each other: turns, priorities, cancelling, and data that stays while a job needs it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

enum { SMALL_ROWS = 500 };

typedef struct two {
  char long_data[256], long_spec[256], small_data[256], small_spec[256];
} two;

/* Datasets "long" and "small" on a broker without workers. */
static void put_two(cluster *c, two *t) {
  survey_write(c->directory, "long.csv", SURVEY_ROWS_LONG / 2, 1, 7, t->long_data);
  survey_write_spec(c->directory, "long.yaml", survey_long_spec, t->long_spec);
  survey_write(c->directory, "small.csv", SMALL_ROWS, 1, 8, t->small_data);
  survey_write_spec(c->directory, "small.yaml", survey_short_spec, t->small_spec);
  cluster_start_broker(c);
  cluster_do(c, "put", "long", t->long_spec, t->long_data, "--shard-rows", "2500");
  cluster_do(c, "put", "small", t->small_spec, t->small_data);
}

static bool has_ended(cluster *c, const char *job) {
  const cluster_job j = cluster_job_of(c, job);
  return cluster_job_has_ended(&j);
}

static void a_small_job_does_not_wait_behind_a_big_one(void **state) {
  cluster *c = *state;
  two t;
  char big[CLUSTER_JOB_BYTES];
  process_result small;
  put_two(c, &t);
  cluster_start_worker(c, 0);
  cluster_submit(c, t.long_spec, "long", big);
  cluster_wait_stage(c, big, 0);
  cluster_evaluate(c, t.small_spec, "small", &small);
  assert_false(has_ended(c, big));
  process_result_fini(&small);
  cluster_wait_end(c, big);
  cluster_passed(c);
}

static void a_job_of_higher_priority_goes_first(void **state) {
  cluster *c = *state;
  two t;
  char low[CLUSTER_JOB_BYTES];
  char high[CLUSTER_JOB_BYTES];
  process_result r;
  put_two(c, &t);
  cluster_submit(c, t.long_spec, "long", low);
  cluster_expect(c, 0, &r, "submit", t.small_spec, "--dataset", "long", "--priority", "5");
  cluster_job_id(&r, high);
  process_result_fini(&r);
  cluster_start_worker(c, 0);
  assert_string_equal(cluster_wait_end(c, high).state, "done");
  assert_false(has_ended(c, low));
  assert_string_equal(cluster_wait_end(c, low).state, "done");
  cluster_passed(c);
}

static void a_cancelled_job_says_so_and_makes_room(void **state) {
  cluster *c = *state;
  two t;
  char big[CLUSTER_JOB_BYTES];
  process_result r;
  put_two(c, &t);
  cluster_start_worker(c, 0);
  cluster_submit(c, t.long_spec, "long", big);
  cluster_wait_stage(c, big, 0);
  cluster_do(c, "cancel", big);
  assert_string_equal(cluster_job_of(c, big).state, "cancelled");
  cluster_client(c, &r, "report", big);
  assert_int_not_equal(r.exit_code, 0);
  cluster_expect_words(r.err, "cancelled", "the report of a cancelled job");
  process_result_fini(&r);
  cluster_evaluate(c, t.small_spec, "small", &r);
  process_result_fini(&r);
  cluster_passed(c);
}

static bool lists_dataset(cluster *c, const char *name) {
  const json *datasets = cluster_listing(c, "datasets");
  for (size_t i = 0; i < json_count(datasets); i++) {
    if (strcmp(json_as_cstring(json_get(json_at(datasets, i), "name")), name) == 0) {
      return true;
    }
  }
  return false;
}

static void a_dropped_dataset_stays_for_the_jobs_that_use_it(void **state) {
  cluster *c = *state;
  two t;
  char big[CLUSTER_JOB_BYTES];
  process_result expected;
  process_result found;
  put_two(c, &t);
  cluster_run_alone(t.long_spec, (const char *const[]){t.long_data, NULL}, &expected);
  cluster_submit(c, t.long_spec, "long", big);
  assert_true(lists_dataset(c, "long"));
  cluster_do(c, "drop", "long");
  assert_false(lists_dataset(c, "long"));
  assert_true(lists_dataset(c, "small"));
  cluster_kill_broker(c);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  cluster_report(c, big, &found);
  cluster_expect_same(&expected, &found, "a job whose dataset was dropped");
  process_result_fini(&expected);
  process_result_fini(&found);
  cluster_client(c, &found, "submit", t.long_spec, "--dataset", "long");
  assert_int_not_equal(found.exit_code, 0);
  process_result_fini(&found);
  cluster_do(c, "put", "long", t.small_spec, t.small_data);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_small_job_does_not_wait_behind_a_big_one),
      CLUSTER_TEST(a_job_of_higher_priority_goes_first),
      CLUSTER_TEST(a_cancelled_job_says_so_and_makes_room),
      CLUSTER_TEST(a_dropped_dataset_stays_for_the_jobs_that_use_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
