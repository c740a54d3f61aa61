/* Makes events for the core of workers' results and failures. */
#include <stdlib.h>
#include <string.h>

#include "broker/jobs/jobs_inside.h"

enum { RESULT_BLOBS_MAX = 2 };

/* For each kind of work: how many blobs a result has, and whether one that is sent by name stays with the
 * worker. */
static const struct {
  uint32_t least, most;
  bool is_partial;
} results[] = {
    [WORK_MAP] = {1, 1, true},   [WORK_REDUCE] = {1, 1, true}, [WORK_STEP] = {1, 2, false},
    [WORK_PLAN] = {2, 2, false}, [WORK_READ] = {1, 1, false},  [WORK_ROWS] = {1, 1, false},
};

static status read_task(jobs *all, const message *m, core_task_id *id, uint64_t *attempt, error *why) {
  const slice job = m->texts[FIELD_JOB];
  if (job.length != JOB_ID_BYTES || m->integers[FIELD_STAGE] > UINT32_MAX) {
    return error_set(why, STATUS_PROTOCOL, "'%s' of a task that cannot exist", message_kind_name(m->kind));
  }
  memcpy(id->job.bytes, job.bytes, JOB_ID_BYTES);
  id->stage = (uint32_t)m->integers[FIELD_STAGE];
  id->task = m->integers[FIELD_TASK];
  *attempt = m->integers[FIELD_ATTEMPT];
  recovery_need(all, &id->job);
  return STATUS_OK;
}

static status read_work(const message *m, core_work *out, error *why) {
  for (int w = 0; w < CORE_WORKS; w++) {
    if (slice_equal(m->texts[FIELD_WORK], slice_of(core_work_name((core_work)w)))) {
      *out = (core_work)w;
      return STATUS_OK;
    }
  }
  return error_set(why, STATUS_PROTOCOL, "a result of an unknown kind of work");
}

/* A digest of the outputs: the name of one, the digest of both names for two.  Equal outputs have equal
 * digests, however they were sent. */
static status read_content(wire_message *m, bool keeps, digest *out, error *why) {
  digest names[RESULT_BLOBS_MAX];
  for (size_t i = 0; i < m->payloads_count; i++) {
    uint8_t name[BLOB_NAME_BYTES];
    TRY(payload_name(m, i, name, why));
    memcpy(names[i].bytes, name, DIGEST_BYTES);
  }
  if (m->payloads_count == 1) {
    *out = names[0];
    return STATUS_OK;
  }
  return jobs_content_of(names, keeps, out, why);
}

/* ---- READ ---------------------------------------------------------------------------------------- */

/* The core decides whether the result counts; if it does, records.c makes the draft a dataset. */
static status feed_draft(jobs *all, core_event *e, const ledger_job *j, core_blob handle, error *why) {
  catalog_draft *d = NULL;
  core_blob report = 0;
  TRY(catalog_draft_open(all->catalog, j, handle, &d, &report, why));
  e->result.blobs = &report;
  e->result.blobs_count = 1;
  e->result.record = d;
  jobs_feed(all, e);
  catalog_draft_close(d);
  return STATUS_OK;
}

static status feed_read(jobs *all, core_event *e, core_blob handle, error *why) {
  const ledger_job *j = all->ledger != NULL ? ledger_job_find(all->ledger, &e->result.id.job) : NULL;
  if (j == NULL || !j->read || j->state > JOB_RUNNING) { /* the job has ended: the core answers the worker */
    e->result.blobs = &handle;
    e->result.blobs_count = 1;
    jobs_feed(all, e);
    return STATUS_OK;
  }
  const status st = feed_draft(all, e, j, handle, why);
  blobs_release(all->blobs, handle);
  return st;
}

/* ---- Results ------------------------------------------------------------------------------------- */

static status take_blobs(jobs *all, peer *from, wire_message *m, core_result *e, core_blob *taken,
                         error *why) {
  if (m->payloads_count < results[e->work].least || m->payloads_count > results[e->work].most) {
    return error_set(why, STATUS_CORRUPT, "a result of %zu blobs for work '%s'", m->payloads_count,
                     core_work_name(e->work));
  }
  if (results[e->work].is_partial) {
    e->blobs_count = 1;
    return payload_take_partial(all->blobs, m, from->number, &taken[0], &e->stays, why);
  }
  for (size_t i = 0; i < m->payloads_count; i++) {
    TRY(payload_take(all->blobs, m, i, &taken[i], why));
    e->blobs_count++;
  }
  return STATUS_OK;
}

static status feed_result(jobs *all, peer *from, wire_message *m, core_event *e, error *why) {
  core_blob taken[RESULT_BLOBS_MAX] = {0};
  TRY(read_content(m, e->result.keeps, &e->result.content, why));
  const status st = take_blobs(all, from, m, &e->result, taken, why);
  if (st != STATUS_OK) {
    for (size_t i = 0; i < RESULT_BLOBS_MAX; i++) {
      blobs_release(all->blobs, taken[i]);
    }
    return st;
  }
  if (e->result.work == WORK_READ) {
    return feed_read(all, e, taken[0], why);
  }
  e->result.blobs = taken;
  jobs_feed(all, e);
  return STATUS_OK;
}

/* Whether the disk is so full that nothing can be kept for any job. */
static bool is_full(const jobs *all) {
  error ignored;
  return all->vault != NULL &&
         vault_check_room(all->vault, MESSAGE_FRAME_MAX, VAULT_RESERVE_BYTES, &ignored) == STATUS_IO;
}

/* A result that cannot be taken is a failure of its task.  If what was sent is the cause, a retry may
 * succeed.  If the disk is full, no retry can, and the job is not to blame: the broker stops, and resumes the
 * job when it is started again with enough room. */
status jobs_on_result(jobs *all, peer *from, wire_message *m, error *why) {
  core_event e = {.kind = CORE_RESULT, .peer = from->number};
  core_result *r = &e.result;
  TRY(read_task(all, &m->header, &r->id, &r->attempt, why));
  TRY(read_work(&m->header, &r->work, why));
  r->states = (core_states){.computed = m->header.integers[FIELD_STATES_COMPUTED],
                            .cached = m->header.integers[FIELD_STATES_CACHED]};
  r->may_lose = r->work == WORK_PLAN && m->header.integers[FIELD_MAY_LOSE] != 0;
  r->keeps = r->work == WORK_STEP && m->header.integers[FIELD_KEEPS] != 0;
  const status st = feed_result(all, from, m, &e, why);
  if (st == STATUS_OK) {
    return STATUS_OK;
  }
  if (st == STATUS_IO && core_is_leased(all->core, from->number, &r->id, r->attempt) && is_full(all)) {
    host_fail(all->host, st, why);
    return STATUS_OK;
  }
  host_log(all->host, "a result of worker %s cannot be taken: %s", from->title, why->message);
  core_event failure = {.kind = CORE_FAILURE,
                        .peer = from->number,
                        .failed = {.id = r->id, .attempt = r->attempt, .is_certain = true}};
  const bool is_final = st == STATUS_JOB || st == STATUS_LIMIT;
  error_set(&failure.failed.why, is_final || status_may_retry(st) ? st : STATUS_CORRUPT, "%s", why->message);
  jobs_feed(all, &failure);
  return STATUS_OK;
}

/* If the task failed because `lost` is not available, says which shard of the job's dataset it is. */
static void explain_lost(jobs *all, const peer *from, core_failure *f) {
  if (all->ledger == NULL || f->why.code != STATUS_NOT_FOUND ||
      !core_is_leased(all->core, from->number, &f->id, f->attempt) || vault_has(all->vault, &f->lost, NULL)) {
    return;
  }
  const ledger_job *j = ledger_job_find(all->ledger, &f->id.job);
  if (j != NULL) {
    catalog_name_lost(all->catalog, j, &f->lost, &f->why);
  }
}

status jobs_on_failure(jobs *all, peer *from, wire_message *m, error *why) {
  core_event e = {.kind = CORE_FAILURE, .peer = from->number};
  core_failure *f = &e.failed;
  TRY(read_task(all, &m->header, &f->id, &f->attempt, why));
  message_failure(&m->header, &f->why);
  if (m->header.texts[FIELD_BLOB].length == DIGEST_BYTES) {
    f->unreadable = m->header.integers[FIELD_UNREADABLE] <= MESSAGE_PAYLOADS_MAX
                        ? (uint32_t)m->header.integers[FIELD_UNREADABLE]
                        : 0;
    memcpy(f->lost.bytes, m->header.texts[FIELD_BLOB].bytes, DIGEST_BYTES);
    if (all->vault != NULL && f->why.code == STATUS_CORRUPT) {
      vault_doubt(all->vault, &f->lost); /* it may have been damaged after it was last compared */
    }
    explain_lost(all, from, f);
  }
  /* An offered result did not fit on the disk.  Only the worker that has the task may report this, because it
   * ends the broker. */
  if (f->why.code == STATUS_IO && core_is_leased(all->core, from->number, &f->id, f->attempt) &&
      is_full(all)) {
    host_fail(all->host, STATUS_IO, &f->why);
    return STATUS_OK;
  }
  jobs_feed(all, &e);
  return STATUS_OK;
}
