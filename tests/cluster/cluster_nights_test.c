/* A night and the next: twelve months put one by one, a job after each.  Nothing is computed twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

enum { MONTHS = 12, MONTH_ROWS = 2000 };

/* One stage, so that every state depends on its shard alone. */
#define VARIABLES(label, range)                      \
  "variables:\n"                                     \
  "  q1: {type: scale, range: [0, 9], label: " label \
  "}\n"                                              \
  "  q2: {type: scale, range: " range                \
  "}\n"                                              \
  "  q3: {type: scale, range: [0, 9]}\n"
#define ANALYSES                      \
  "analyses:\n"                       \
  "  - csat: {items: q1, boxes: 2}\n" \
  "  - csat: {items: q2, boxes: 2}\n"
static const char plain[] = VARIABLES("Overall", "[0, 9]") ANALYSES;
static const char other_label[] = VARIABLES("All in all", "[0, 9]") ANALYSES;
static const char other_range[] = VARIABLES("Overall", "[0, 8]") ANALYSES;
static const char one_more_analysis[] =
    VARIABLES("Overall", "[0, 9]") ANALYSES "  - csat: {items: q3, boxes: 3}\n";

typedef struct year {
  char months[MONTHS][256];
  const char *files[MONTHS + 1];
} year;

static void write_year(const cluster *c, year *y) {
  for (uint32_t m = 0; m < MONTHS; m++) {
    char name[32];
    snprintf(name, sizeof name, "2025-%02u.csv", m + 1);
    survey_write(c->directory, name, MONTH_ROWS, m + 1, m, y->months[m]);
    y->files[m] = y->months[m];
  }
  y->files[MONTHS] = NULL;
}

/* Submits TEXT over DATASET, compares the report with that of `canvass run` over the first COUNT months, and
 * says what was computed for it. */
static cluster_job evaluate(cluster *c, const char *text, const char *dataset, const year *y, size_t count) {
  char spec[256];
  char job[CLUSTER_JOB_BYTES];
  const char *files[MONTHS + 1] = {0};
  process_result expected;
  process_result found;
  for (size_t i = 0; i < count; i++) {
    files[i] = y->files[i];
  }
  survey_write_spec(c->directory, "job.yaml", text, spec);
  cluster_run_alone(spec, files, &expected);
  cluster_submit(c, spec, dataset, job);
  cluster_report(c, job, &found);
  cluster_expect_same(&expected, &found, "months put one by one");
  process_result_fini(&expected);
  process_result_fini(&found);
  return cluster_job_of(c, job);
}

static void put_year(cluster *c, const year *y) {
  char spec[256];
  survey_write_spec(c->directory, "put.yaml", plain, spec);
  const char *const *f = y->files;
  cluster_do(c, "put", "year", spec, f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11],
             "--shard-rows", "500");
}

static void every_night_computes_one_month(void **state) {
  cluster *c = *state;
  year y;
  char spec[256];
  write_year(c, &y);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  survey_write_spec(c->directory, "put.yaml", plain, spec);
  cluster_job first = {0};
  for (int m = 0; m < MONTHS; m++) {
    if (m == 0) {
      cluster_do(c, "put", "nights", spec, y.files[m], "--shard-rows", "500");
    } else {
      cluster_do(c, "put", "nights", spec, y.files[m], "--shard-rows", "500", "--append");
    }
    const cluster_job j = evaluate(c, plain, "nights", &y, (size_t)m + 1);
    if (m == 0) {
      first = j;
      assert_true(first.computed > 0);
      assert_int_equal(first.cached, 0);
    }
    assert_int_equal(j.computed, first.computed);
    assert_int_equal(j.cached, first.computed * m);
  }
  put_year(c, &y);
  const cluster_job at_once = evaluate(c, plain, "year", &y, MONTHS);
  assert_int_equal(at_once.computed, 0);
  cluster_passed(c);
}

static void the_same_job_again_computes_nothing_and_a_changed_one_only_what_it_must(void **state) {
  cluster *c = *state;
  year y;
  write_year(c, &y);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  put_year(c, &y);
  const cluster_job first = evaluate(c, plain, "year", &y, MONTHS);
  const cluster_job again = evaluate(c, plain, "year", &y, MONTHS);
  const cluster_job relabelled = evaluate(c, other_label, "year", &y, MONTHS);
  const cluster_job ranged = evaluate(c, other_range, "year", &y, MONTHS);
  const cluster_job added = evaluate(c, one_more_analysis, "year", &y, MONTHS);
  assert_int_equal(first.cached, 0);
  assert_int_equal(again.computed, 0);
  assert_int_equal(again.cached, first.computed);
  assert_true(first.tasks_computed > 0);
  assert_int_equal(first.tasks_cached, 0);
  assert_int_equal(again.tasks_computed, 0);
  assert_int_equal(again.tasks_cached, first.tasks_computed);
  assert_int_equal(relabelled.computed, 0);
  assert_in_range(ranged.computed, 1, first.computed - 1); /* q1's own sums stay */
  assert_true(added.computed > 0);
  assert_int_equal(added.cached, first.computed);
  cluster_passed(c);
}

static void a_worker_started_again_on_its_store_has_what_it_computed(void **state) {
  cluster *c = *state;
  year y;
  write_year(c, &y);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  put_year(c, &y);
  const cluster_job first = evaluate(c, plain, "year", &y, MONTHS);
  cluster_kill_worker(c, 0);
  cluster_kill_broker(c);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  const cluster_job again = evaluate(c, plain, "year", &y, MONTHS);
  assert_int_equal(again.computed, 0);
  assert_int_equal(again.cached, first.computed);
  cluster_passed(c);
}

static void a_month_that_is_there_already_is_not_added_twice(void **state) {
  cluster *c = *state;
  year y;
  char spec[256];
  write_year(c, &y);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  survey_write_spec(c->directory, "put.yaml", plain, spec);
  cluster_do(c, "put", "nights", spec, y.files[0], "--shard-rows", "500");
  cluster_do(c, "put", "nights", spec, y.files[1], "--shard-rows", "500", "--append");
  cluster_do(c, "put", "nights", spec, y.files[1], "--shard-rows", "500", "--append");
  cluster_do(c, "put", "nights", spec, y.files[0], y.files[1], y.files[2], "--shard-rows", "500", "--append");
  evaluate(c, plain, "nights", &y, 3);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(every_night_computes_one_month),
      CLUSTER_TEST(the_same_job_again_computes_nothing_and_a_changed_one_only_what_it_must),
      CLUSTER_TEST(a_worker_started_again_on_its_store_has_what_it_computed),
      CLUSTER_TEST(a_month_that_is_there_already_is_not_added_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
