/* The broker killed at many moments, drawn from a seed, while a survey is put, a job submitted and computed:
 * every time all goes on as if nothing had been, what was acknowledged is there, and what was counted too. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/held.h"
#include "tests/cluster/long_job.h"
#include "tests/cluster/survey.h"
#include "tests/seeded.h"

enum { ROUNDS = 3, MOMENT_MS = 250, KILLS_MAX = 8 };

static void pause_ms(uint64_t ms) {
  const struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
  nanosleep(&t, NULL);
}

/* Kills the broker, and sometimes the worker with it as when the power fails, again and again at random
 * moments until P has ended; its exit code must be 0. */
static unsigned kill_until_done(cluster *c, process *p, seeded *r, const char *what) {
  unsigned kills = 0;
  for (; kills < KILLS_MAX; kills++) {
    const int code = process_look(p, (unsigned)seeded_below(r, MOMENT_MS));
    if (code >= 0) {
      if (code != 0) {
        fail_msg("%s: exit code %d, seed %llu", what, code, (unsigned long long)seeded_seed());
      }
      return kills;
    }
    const bool power_fails = seeded_below(r, 4) == 0;
    cluster_kill_broker(c);
    if (power_fails) {
      cluster_kill_worker(c, 0);
      cluster_start_worker(c, 0);
    }
    cluster_start_broker(c);
    pause_ms(kills * 10); /* ever more time, so that it ends */
  }
  const int code = process_wait(p);
  if (code != 0) {
    fail_msg("%s: exit code %d, seed %llu", what, code, (unsigned long long)seeded_seed());
  }
  return kills;
}

static void a_broker_killed_at_random_moments_loses_nothing(void **state) {
  cluster *c = *state;
  seeded r = {seeded_seed()};
  char data[256];
  char spec[256];
  process_result expected;
  unsigned kills = 0;
  survey_write(c->directory, "survey.csv", SURVEY_ROWS_LONG / 10, 1, 11, data);
  survey_write_spec(c->directory, "survey.yaml", survey_long_spec, spec);
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  for (int round = 0; round < ROUNDS; round++) {
    char name[32];
    char path[256];
    process p = {0};
    process_result found;
    snprintf(name, sizeof name, "put%d", round);
    cluster_kill_broker(c); /* at least once, however quick the rest is */
    cluster_start_client(c, &p, name, "put", name, spec, data, "--shard-rows", round % 2 ? "300" : "3000");
    cluster_start_broker(c);
    kills += kill_until_done(c, &p, &r, name);
    char dataset[32];
    memcpy(dataset, name, sizeof name);
    snprintf(name, sizeof name, "job%d", round);
    cluster_start_client(c, &p, name, "submit", spec, "--dataset", dataset, "--wait", "--format", "json",
                         "-o", cluster_path(c, "report.json", path));
    kills += kill_until_done(c, &p, &r, name);
    found = (process_result){0};
    found.out = process_read_file(path, &found.out_length);
    assert_non_null(found.out);
    cluster_expect_same(&expected, &found, name);
    process_result_fini(&found);
  }
  print_message("%u kills\n", kills + ROUNDS);
  process_result_fini(&expected);
  cluster_passed(c);
}

/* What the caches had depends on what was computed again, so the sums are compared. */
static void a_job_counts_each_task_once_however_often_the_broker_was_killed(void **state) {
  cluster *c = *state;
  long_job j;
  long_job_put(&j, c, 1);
  long_job_submit_held(&j, 0);
  for (int64_t stage = 1; stage <= 3;) {
    cluster_kill_broker(c);
    cluster_start_broker(c);
    if (stage == 3 || held_at_stage(c, j.id, stage)) {
      stage++;
    } else {
      long_job_double(&j);
      long_job_submit_held(&j, 0);
      stage = 1;
    }
  }
  held_go_on(c);
  const cluster_job disturbed = cluster_wait_end(c, j.id);
  char again[CLUSTER_JOB_BYTES];
  cluster_submit(c, j.spec, j.dataset, again);
  const cluster_job undisturbed = cluster_wait_end(c, again);
  assert_true(undisturbed.computed + undisturbed.cached > 0);
  assert_int_equal(disturbed.computed + disturbed.cached, undisturbed.computed + undisturbed.cached);
  assert_int_equal(disturbed.tasks_computed + disturbed.tasks_cached,
                   undisturbed.tasks_computed + undisturbed.tasks_cached);
  long_job_expect_report(&j, "the broker killed in three stages");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_broker_killed_at_random_moments_loses_nothing),
      CLUSTER_TEST(a_job_counts_each_task_once_however_often_the_broker_was_killed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
