#include "tests/cluster/long_job.h"

#include <stdio.h>

#include "tests/cluster/held.h"

/* Its seed is its size, so that no cache knows anything of it. */
static void put(long_job *j) {
  snprintf(j->dataset, sizeof j->dataset, "long-%u", j->rows);
  survey_write(j->c->directory, "long.csv", j->rows, 1, j->rows, j->data);
  cluster_run_alone(j->spec, (const char *const[]){j->data, NULL}, &j->expected);
  cluster_do(j->c, "put", j->dataset, j->spec, j->data, "--shard-rows", "5000");
}

void long_job_put(long_job *j, cluster *c, unsigned workers) {
  *j = (long_job){.c = c, .rows = SURVEY_ROWS_LONG};
  survey_write_spec(c->directory, "long.yaml", survey_long_spec, j->spec);
  cluster_start_broker(c);
  put(j);
  cluster_start_workers(c, workers);
}

void long_job_submit(long_job *j) {
  cluster_submit(j->c, j->spec, j->dataset, j->id);
}

void long_job_double(long_job *j) {
  process_result_fini(&j->expected);
  j->rows *= 2;
  put(j);
}

void long_job_submit_held(long_job *j, int64_t stage) {
  held_stop(j->c);
  long_job_submit(j);
  while (!held_at_stage(j->c, j->id, stage)) {
    long_job_double(j);
    long_job_submit(j);
  }
}

void long_job_expect_report(long_job *j, const char *what) {
  process_result found;
  held_go_on(j->c);
  cluster_report(j->c, j->id, &found);
  cluster_expect_same(&j->expected, &found, what);
  process_result_fini(&found);
  process_result_fini(&j->expected);
  cluster_passed(j->c);
}
