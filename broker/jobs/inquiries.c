/* What clients ask about jobs: how far a job is, how it ended; and requests to cancel it. */
#include <stdio.h>
#include <string.h>

#include "broker/jobs/jobs_inside.h"

status inquiries_read_job(jobs *all, const wire_message *m, core_job_id *id, error *why) {
  const slice bytes = m->header.texts[FIELD_JOB];
  if (bytes.length != JOB_ID_BYTES) {
    return error_set(why, STATUS_PROTOCOL, "a job's id of %zu bytes; it has %d", bytes.length,
                     (int)JOB_ID_BYTES);
  }
  memcpy(id->bytes, bytes.bytes, JOB_ID_BYTES);
  recovery_need(all, id);
  return STATUS_OK;
}

static status answer_kept(jobs *all, const peer *from, const uint64_t *request, const ledger_job *j,
                          error *why) {
  if (j->state != JOB_DONE) {
    error failure;
    error_set(&failure, j->failure == STATUS_OK ? STATUS_JOB : j->failure, "%s",
              j->message != NULL ? j->message : "");
    replies_ended(all, from, request, &j->id, j->states, &failure);
    return STATUS_OK;
  }
  const core_blob handle = blobs_take_name(all->blobs, &j->report.name, j->report.bytes, 0);
  if (!handle) {
    return error_no_memory(why, "a report");
  }
  replies_report(all, from, request, &j->id, j->states, handle);
  blobs_release(all->blobs, handle);
  return STATUS_OK;
}

static status answer_unkept(jobs *all, const peer *from, const uint64_t *request, const ending *e,
                            error *why) {
  if (!e->is_done) {
    replies_ended(all, from, request, &e->job, e->states, &e->failure);
    return STATUS_OK;
  }
  zmq_msg_t frame;
  zmq_msg_init(&frame);
  const core_blob handle =
      zmq_msg_copy(&frame, (zmq_msg_t *)&e->report) == 0 ? blobs_take(all->blobs, &frame) : 0;
  zmq_msg_close(&frame);
  if (!handle) {
    return error_no_memory(why, "a report");
  }
  replies_report(all, from, request, &e->job, e->states, handle);
  blobs_release(all->blobs, handle);
  return STATUS_OK;
}

status inquiries_unknown(const core_job_id *id, error *why) {
  char hex[2 * JOB_ID_BYTES + 1];
  for (size_t i = 0; i < JOB_ID_BYTES; i++) {
    snprintf(hex + 2 * i, 3, "%02x", (unsigned)id->bytes[i]);
  }
  return error_set(why, STATUS_NOT_FOUND, "there is no job %s (any longer)", hex);
}

/* Answers how a job that is not running ended. */
static status answer_end(jobs *all, const peer *from, const uint64_t *request, const core_job_id *id,
                         error *why) {
  const ledger_job *j = all->ledger != NULL ? ledger_job_find(all->ledger, id) : NULL;
  const ending *e = endings_find(&all->endings, id);
  if (j != NULL) {
    return answer_kept(all, from, request, j, why);
  }
  if (e != NULL) {
    return answer_unkept(all, from, request, e, why);
  }
  return inquiries_unknown(id, why);
}

static status answer_state(jobs *all, peer *from, wire_message *m, bool watches, error *why) {
  const uint64_t request = m->header.integers[FIELD_REQUEST];
  core_job_id id;
  core_job_view view;
  TRY(inquiries_read_job(all, m, &id, why));
  if (!core_find_job(all->core, &id, &view)) {
    return answer_end(all, from, &request, &id, why);
  }
  if (watches) {
    jobs_feed(all, &(core_event){.kind = CORE_WATCHED, .peer = from->number, .watched = {request, id}});
  } else {
    replies_progress(all, from, &request, &view);
  }
  return STATUS_OK;
}

status jobs_on_watch(jobs *all, peer *from, wire_message *m, error *why) {
  return answer_state(all, from, m, true, why);
}

status jobs_on_ask(jobs *all, peer *from, wire_message *m, error *why) {
  return answer_state(all, from, m, false, why);
}

status jobs_on_cancel(jobs *all, peer *from, wire_message *m, error *why) {
  const uint64_t request = m->header.integers[FIELD_REQUEST];
  core_job_id id;
  TRY(inquiries_read_job(all, m, &id, why));
  jobs_feed(all, &(core_event){.kind = CORE_CANCELLED, .cancelled = id});
  return answer_end(all, from, &request, &id, why);
}
