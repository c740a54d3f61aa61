#include "tests/cluster/held.h"

#include <signal.h>
#include <time.h>

static void signal_workers(cluster *c, int signal_number) {
  for (unsigned i = 0; i < CLUSTER_WORKERS_MAX; i++) {
    process_signal(&c->workers[i], signal_number);
  }
}

void held_stop(cluster *c) {
  signal_workers(c, SIGSTOP);
}

void held_go_on(cluster *c) {
  signal_workers(c, SIGCONT);
}

bool held_at_stage(cluster *c, const char *job, int64_t stage) {
  const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
  for (;;) {
    held_stop(c);
    const cluster_job j = cluster_job_of(c, job);
    if (cluster_job_has_ended(&j)) {
      held_go_on(c);
      return false;
    }
    if (j.stage > stage || (j.stage == stage && j.rows_done > 0)) {
      return true;
    }
    held_go_on(c);
    nanosleep(&moment, NULL);
  }
}
