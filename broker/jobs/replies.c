/* Outgoing messages.  What the core wants sent becomes letters like all other answers, so that sending can
 * fail in one place only: then the peer is forgotten in the next turn. */
#include <stdlib.h>
#include <string.h>

#include "broker/jobs/jobs_inside.h"

static void close_frames(zmq_msg_t *frames, size_t count) {
  for (size_t i = 0; i < count; i++) {
    zmq_msg_close(&frames[i]);
  }
}

/* ---- What the core wants sent -------------------------------------------------------------------- */

static void set_job(message *m, const core_job_id *job) {
  message_set_bytes(m, FIELD_JOB, job->bytes, sizeof job->bytes);
}

static void set_task(message *m, const core_task_id *id, uint64_t attempt) {
  set_job(m, &id->job);
  message_set_integer(m, FIELD_STAGE, id->stage);
  message_set_integer(m, FIELD_TASK, id->task);
  message_set_integer(m, FIELD_ATTEMPT, attempt);
}

static void set_states(message *m, core_states states) {
  message_set_integer(m, FIELD_STATES_COMPUTED, states.computed);
  message_set_integer(m, FIELD_STATES_CACHED, states.cached);
}

static void set_request(message *m, const uint64_t *request) {
  if (request != NULL) {
    message_set_integer(m, FIELD_REQUEST, *request);
  }
}

/* Makes a frame of the blob: its bytes, or its name (*BY_NAME).  False when out of memory. */
static bool frame_of_blob(jobs *all, core_blob handle, zmq_msg_t *frame, bool *by_name) {
  blob *one = blobs_at(all->blobs, handle);
  *by_name = one != NULL && one->is_named && (!one->has_frame || one->bytes > BLOB_INLINE_MAX);
  if (one == NULL) {
    zmq_msg_init(frame);
    return true;
  }
  if (!*by_name) {
    zmq_msg_init(frame);
    return zmq_msg_copy(frame, &one->frame) == 0;
  }
  if (zmq_msg_init_size(frame, BLOB_NAME_BYTES) != 0) {
    return false;
  }
  blob_name_write(&one->name, one->bytes, zmq_msg_data(frame));
  return true;
}

static bool frame_of_shards(const core_task *a, zmq_msg_t *frame) {
  if (zmq_msg_init_size(frame, (size_t)a->shards_count * BLOB_NAME_BYTES) != 0) {
    return false;
  }
  uint8_t *at = zmq_msg_data(frame);
  for (uint32_t i = 0; i < a->shards_count; i++) {
    blob_name_write(&a->shards[i].name, a->shards[i].bytes, at + (size_t)i * BLOB_NAME_BYTES);
  }
  return true;
}

static bool frame_of_lost(const core_task *a, zmq_msg_t *frame) {
  if (zmq_msg_init_size(frame, (size_t)a->lost_count * LOST_SHARD_BYTES) != 0) {
    return false;
  }
  uint8_t *at = zmq_msg_data(frame);
  for (uint32_t i = 0; i < a->lost_count; i++) {
    lost_shard_write(&a->lost[i], at + (size_t)i * LOST_SHARD_BYTES);
  }
  return true;
}

static bool frame_of_file(const ledger_blob *file, const char *name, zmq_msg_t *frame) {
  const size_t length = strlen(name);
  if (zmq_msg_init_size(frame, BLOB_NAME_BYTES + length) != 0) {
    return false;
  }
  uint8_t *at = zmq_msg_data(frame);
  blob_name_write(&file->name, file->bytes, at);
  memcpy(at + BLOB_NAME_BYTES, name, length);
  return true;
}

/* Makes frames of the action's blobs and of what else its kind of work needs.  False when out of memory; the
 * frames that were made are counted. */
static bool make_task_frames(jobs *all, const core_task *a, const ledger_job *job, zmq_msg_t *frames,
                             size_t *count, uint64_t *by_name) {
  for (uint32_t i = 0; i < a->blobs_count; i++) {
    bool is_name = false;
    if (!frame_of_blob(all, a->blobs[i], &frames[*count], &is_name)) {
      return false;
    }
    *by_name |= (uint64_t)is_name << i;
    ++*count;
  }
  const bool has_shards = a->work == WORK_MAP || a->work == WORK_ROWS;
  if (has_shards || a->lost_count > 0) {
    if (!(has_shards ? frame_of_shards : frame_of_lost)(a, &frames[*count])) {
      return false;
    }
    ++*count;
  }
  for (uint32_t i = 0; a->work == WORK_READ && job != NULL && i < job->files_count; i++) {
    if (!frame_of_file(&job->files[i], job->files_names[i], &frames[*count])) {
      return false;
    }
    ++*count;
  }
  return true;
}

static void send_task(jobs *all, const peer *to, const core_action *action) {
  const core_task *a = &action->task;
  message m = message_of(MESSAGE_TASK);
  set_task(&m, &a->id, a->attempt);
  message_set_text(&m, FIELD_WORK, core_work_name(a->work));
  const ledger_job *job = all->ledger != NULL ? ledger_job_find(all->ledger, &a->id.job) : NULL;
  if (a->work == WORK_READ && job != NULL && job->shard_rows > 0) {
    message_set_integer(&m, FIELD_SHARD_ROWS, job->shard_rows);
  }
  zmq_msg_t frames[MESSAGE_PAYLOADS_MAX];
  size_t count = 0;
  uint64_t by_name = 0;
  if (!make_task_frames(all, a, job, frames, &count, &by_name)) {
    close_frames(frames, count);
    error why;
    host_fail(all->host, error_no_memory(&why, "a task"), &why);
    return;
  }
  if (by_name) {
    message_set_integer(&m, FIELD_BY_NAME, by_name);
  }
  if (a->lost_count > 0) {
    message_set_integer(&m, FIELD_SHARDS_LOST, a->lost_count);
  }
  peers_answer(all->peers, to, &m, frames, count);
}

static void send_taken(jobs *all, const peer *to, const core_action *a) {
  message m = message_of(MESSAGE_TAKEN);
  set_task(&m, &a->taken.id, a->taken.attempt);
  peers_answer(all->peers, to, &m, NULL, 0);
}

static void send_accepted(jobs *all, const peer *to, const core_action *a) {
  message m = message_of(MESSAGE_ACCEPTED);
  set_job(&m, &a->accepted.job);
  message_set_integer(&m, FIELD_REQUEST, a->accepted.request);
  peers_answer(all->peers, to, &m, NULL, 0);
}

static void send_refused(jobs *all, const peer *to, const core_action *a) {
  message m = peers_refusal(&a->refused.why);
  message_set_integer(&m, FIELD_REQUEST, a->refused.request);
  set_job(&m, &a->refused.job);
  peers_answer(all->peers, to, &m, NULL, 0);
}

void replies_progress(jobs *all, const peer *to, const uint64_t *request, const core_job_view *view) {
  message m = message_of(MESSAGE_PROGRESS);
  set_request(&m, request);
  set_job(&m, &view->id);
  message_set_text(&m, FIELD_STATE, ledger_state_name(view->is_running ? JOB_RUNNING : JOB_QUEUED));
  message_set_integer(&m, FIELD_STAGE, view->stage);
  message_set_integer(&m, FIELD_ROWS_DONE, view->rows_done);
  message_set_integer(&m, FIELD_ROWS_TOTAL, view->rows_total);
  message_set_integer(&m, FIELD_FINISHING, view->finishing);
  if (view->shards_lost > 0) {
    message_set_integer(&m, FIELD_SHARDS_LOST, view->shards_lost);
    message_set_integer(&m, FIELD_ROWS_LOST, view->rows_lost);
  }
  set_states(&m, view->states);
  char waits[WAIT_TEXT_BYTES];
  catalog_wait_text(all->catalog, &view->wait, waits);
  if (waits[0] != '\0') {
    message_set_text(&m, FIELD_WAITS, waits);
  }
  peers_answer(all->peers, to, &m, NULL, 0);
}

static void send_progress(jobs *all, const peer *to, const core_action *a) {
  replies_progress(all, to, a->progress.request ? &a->progress.request : NULL, &a->progress.view);
}

/* Clients get up to 1 MiB inline, even if it is only in the vault. */
static status frame_of_report(jobs *all, core_blob handle, zmq_msg_t *frame, bool *by_name, error *err) {
  blob *one = blobs_at(all->blobs, handle);
  *by_name = one != NULL && one->is_named && one->bytes > MESSAGE_FRAME_MAX;
  if (one == NULL || *by_name || one->has_frame) {
    bool is_name = false;
    if (one != NULL && one->has_frame && !*by_name) {
      zmq_msg_init(frame);
      return zmq_msg_copy(frame, &one->frame) == 0 ? STATUS_OK : error_no_memory(err, "a report");
    }
    return frame_of_blob(all, handle, frame, &is_name) ? STATUS_OK : error_no_memory(err, "a report");
  }
  payload_bytes p;
  TRY(payload_open(all->blobs, handle, &p, err));
  const bool made = zmq_msg_init_size(frame, p.bytes.length) == 0;
  if (made && p.bytes.length > 0) {
    memcpy(zmq_msg_data(frame), p.bytes.bytes, p.bytes.length);
  }
  payload_close(&p);
  return made ? STATUS_OK : error_no_memory(err, "a report");
}

void replies_report(jobs *all, const peer *to, const uint64_t *request, const core_job_id *job,
                    core_states states, core_blob handle) {
  zmq_msg_t frame;
  bool by_name = false;
  error why;
  if (frame_of_report(all, handle, &frame, &by_name, &why) != STATUS_OK) {
    error told;
    error_set(&told, STATUS_CORRUPT,
              "the job's report was damaged on disk; submit it again with another key");
    replies_ended(all, to, request, job, states, &told);
    return;
  }
  message m = message_of(MESSAGE_REPORT);
  set_request(&m, request);
  set_job(&m, job);
  set_states(&m, states);
  const blob *one = blobs_at(all->blobs, handle);
  message_set_integer(&m, FIELD_BYTES, one != NULL ? one->bytes : 0);
  if (by_name) {
    message_set_integer(&m, FIELD_BY_NAME, 1);
  }
  peers_answer(all->peers, to, &m, &frame, 1);
}

static void send_report(jobs *all, const peer *to, const core_action *a) {
  replies_report(all, to, NULL, &a->end.job, a->end.states, a->end.report);
}

void replies_ended(jobs *all, const peer *to, const uint64_t *request, const core_job_id *job,
                   core_states states, const error *failure) {
  message m = message_of(MESSAGE_ENDED);
  set_request(&m, request);
  set_job(&m, job);
  set_states(&m, states);
  message_set_text(&m, FIELD_STATE,
                   ledger_state_name(failure->code == STATUS_INTERRUPTED ? JOB_CANCELLED : JOB_FAILED));
  message_set_text(&m, FIELD_STATUS, status_name(failure->code));
  message_set_text(&m, FIELD_MESSAGE, failure->message);
  peers_answer(all->peers, to, &m, NULL, 0);
}

static void send_ended(jobs *all, const peer *to, const core_action *a) {
  replies_ended(all, to, NULL, &a->end.job, a->end.states, &a->end.failure);
}

static void send_set_aside(jobs *all, const peer *to, const core_action *a) {
  host_log(all->host, "worker %s is set aside: %s", to->title, a->set_aside.message);
  const message m = peers_refusal(&a->set_aside);
  peers_answer(all->peers, to, &m, NULL, 0);
}

static void (*const senders[])(jobs *all, const peer *to, const core_action *a) = {
    [CORE_SEND_TASK] = send_task,
    [CORE_SEND_TAKEN] = send_taken,
    [CORE_SEND_ACCEPTED] = send_accepted,
    [CORE_SEND_REFUSED] = send_refused,
    [CORE_SEND_PROGRESS] = send_progress,
    [CORE_SEND_REPORT] = send_report,
    [CORE_SEND_ENDED] = send_ended,
    [CORE_SET_ASIDE] = send_set_aside,
    [CORE_RELEASE] = NULL,
};

void jobs_reply(jobs *all) {
  for (size_t i = 0; i < all->actions.count; i++) {
    const core_action *a = &all->actions.at[i];
    const peer *to = a->peer ? peers_at(all->peers, a->peer) : NULL;
    if (to != NULL && senders[a->kind] != NULL) {
      senders[a->kind](all, to, a);
    }
  }
  for (size_t i = 0; i < all->actions.count; i++) {
    if (all->actions.at[i].kind == CORE_RELEASE) {
      blobs_release(all->blobs, all->actions.at[i].release);
    }
  }
  all->actions.count = 0;
}
