/* A ring. */
#include "broker/jobs/endings.h"

#include <stdlib.h>
#include <string.h>

static size_t used(const endings *e) {
  return e->count < ENDINGS_MAX ? e->count : ENDINGS_MAX;
}

static void forget(ending *one) {
  zmq_msg_close(&one->report);
  for (uint32_t i = 0; i < one->parts_count; i++) {
    zmq_msg_close(&one->parts[i]);
  }
  free(one->parts);
}

void endings_fini(endings *e) {
  for (size_t i = 0; i < used(e); i++) {
    forget(&e->at[i]);
  }
  e->count = 0;
}

static bool copy(blobs *b, core_blob handle, zmq_msg_t *out) {
  blob *from = blobs_at(b, handle);
  zmq_msg_init(out);
  return from != NULL && zmq_msg_copy(out, &from->frame) == 0;
}

static bool copy_parts(ending *one, const core_end *end, blobs *b) {
  one->parts = calloc((size_t)end->parts_count + 1, sizeof *one->parts);
  for (; one->parts != NULL && one->parts_count < end->parts_count; one->parts_count++) {
    if (!copy(b, end->parts[one->parts_count], &one->parts[one->parts_count])) {
      return false;
    }
  }
  return one->parts != NULL;
}

void endings_put(endings *e, const core_end *end, blobs *b) {
  ending *one = &e->at[e->count % ENDINGS_MAX];
  if (e->count >= ENDINGS_MAX) {
    forget(one);
  }
  e->count++;
  *one = (ending){.job = end->job, .states = end->states, .failure = end->failure};
  zmq_msg_init(&one->report);
  one->is_done = end->report != 0;
  if (one->is_done && (!copy(b, end->report, &one->report) || !copy_parts(one, end, b))) {
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
