/* A ring. */
#include "broker/jobs/endings.h"

#include <string.h>

static size_t used(const endings *e) {
  return e->count < ENDINGS_MAX ? e->count : ENDINGS_MAX;
}

void endings_fini(endings *e) {
  for (size_t i = 0; i < used(e); i++) {
    zmq_msg_close(&e->at[i].report);
  }
  e->count = 0;
}

void endings_put(endings *e, const core_end *end, const blob *report) {
  ending *one = &e->at[e->count % ENDINGS_MAX];
  if (e->count >= ENDINGS_MAX) {
    zmq_msg_close(&one->report);
  }
  e->count++;
  *one = (ending){.job = end->job, .states = end->states, .failure = end->failure};
  zmq_msg_init(&one->report);
  one->is_done = end->report != 0;
  if (report != NULL && zmq_msg_copy(&one->report, (zmq_msg_t *)&report->frame) != 0) {
    one->is_done = false;
    error_no_memory(&one->failure, "the report");
  }
}

ending *endings_find(endings *e, const core_job_id *job) {
  for (size_t i = 0; i < used(e); i++) {
    if (memcmp(&e->at[i].job, job, sizeof *job) == 0) {
      return &e->at[i];
    }
  }
  return NULL;
}
