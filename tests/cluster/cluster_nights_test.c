/* A night and the next: twelve months put one by one, a job after each.  Nothing is computed twice. */
#include <signal.h>
#include <stdio.h>

#include "tests/check.h"
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

/* A broker and a worker, and the year put at once. */
static void begin_with_year(cluster *c, year *y) {
  write_year(c, y);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  put_year(c, y);
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
  begin_with_year(c, &y);
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
  begin_with_year(c, &y);
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

/* ---- Two workers that share the work, and the broker's machine -------------------------------------- */

/* Two MAP tasks of two shards each: fewer than the workers take at once, so that none takes the other's. */
enum { SHARED_ROWS = 80000, SHARED_SHARDS = 4 };

typedef struct shared_work {
  char spec[256];
  cluster_job first;
} shared_work;

static cluster_job evaluate_under_key(cluster *c, const shared_work *w, const char *key) {
  process_result r;
  char job[CLUSTER_JOB_BYTES];
  cluster_expect(c, 0, &r, "submit", w->spec, "--dataset", "shared", "--key", key);
  cluster_job_id(&r, job);
  process_result_fini(&r);
  const cluster_job j = cluster_wait_end(c, job);
  assert_string_equal(j.state, "done");
  return j;
}

static void expect_shards_held(cluster *c) {
  const json *workers = cluster_listing(c, "workers");
  assert_int_equal(json_count(workers), 2);
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(json_as_integer(json_get(json_at(workers, i), "shards")), SHARED_SHARDS / 2);
  }
}

/* The worker that joined first gets the first task when nothing is known about holdings. */
static void share_work(cluster *c, shared_work *w) {
  char data[256];
  survey_write(c->directory, "shared.csv", SHARED_ROWS, 1, 7, data);
  survey_write_spec(c->directory, "shared.yaml", plain, w->spec);
  cluster_start_broker(c);
  cluster_do(c, "put", "shared", w->spec, data, "--shard-rows", "20000");
  for (unsigned i = 0; i < 2; i++) {
    cluster_start_worker(c, i);
    cluster_wait_workers(c, i + 1);
  }
  w->first = evaluate_under_key(c, w, "night-1");
  assert_int_equal(w->first.tasks_computed, 2);
  expect_shards_held(c);
}

static void expect_nothing_computed(cluster *c, const shared_work *w) {
  expect_shards_held(c);
  const cluster_job again = evaluate_under_key(c, w, "night-2");
  assert_int_equal(again.computed, 0);
  assert_int_equal(again.cached, w->first.computed);
  cluster_passed(c);
}

static void workers_started_again_in_another_order_compute_nothing_again(void **state) {
  cluster *c = *state;
  shared_work w;
  share_work(c, &w);
  cluster_stop_worker(c, 0);
  cluster_kill_worker(c, 1);
  cluster_wait_workers(c, 0);
  cluster_start_worker(c, 1);
  cluster_wait_workers(c, 1);
  cluster_start_worker(c, 0);
  cluster_wait_workers(c, 2);
  expect_nothing_computed(c, &w);
}

static void workers_that_find_another_broker_compute_nothing_again(void **state) {
  cluster *c = *state;
  shared_work w;
  share_work(c, &w);
  process_signal(&c->workers[0], SIGSTOP); /* so that the other one is first this time */
  cluster_kill_broker(c);
  cluster_start_broker(c);
  cluster_wait_workers(c, 1);
  process_signal(&c->workers[0], SIGCONT);
  cluster_wait_workers(c, 2);
  expect_nothing_computed(c, &w);
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
      CLUSTER_TEST(workers_started_again_in_another_order_compute_nothing_again),
      CLUSTER_TEST(workers_that_find_another_broker_compute_nothing_again),
      CLUSTER_TEST(a_month_that_is_there_already_is_not_added_twice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
