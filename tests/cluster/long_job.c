#include "tests/cluster/long_job.h"

void long_job_put(long_job *j, cluster *c) {
  *j = (long_job){.c = c};
  survey_write(c->directory, "long.csv", SURVEY_ROWS_LONG, 1, 7, j->data);
  survey_write_spec(c->directory, "long.yaml", survey_long_spec, j->spec);
  cluster_run_alone(j->spec, (const char *const[]){j->data, NULL}, &j->expected);
  cluster_start_broker(c);
  cluster_do(c, "put", "long", j->spec, j->data, "--shard-rows", "5000");
}

void long_job_submit(long_job *j) {
  cluster_submit(j->c, j->spec, "long", j->id);
}

void long_job_expect_report(long_job *j, const char *what) {
  process_result found;
  cluster_report(j->c, j->id, &found);
  cluster_expect_same(&j->expected, &found, what);
  process_result_fini(&found);
  process_result_fini(&j->expected);
  cluster_passed(j->c);
}
