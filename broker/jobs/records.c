/* Writes what the core must keep as records of the ledger.  They are written with the turn's commit; each
 * change of a job's record moves the references that the vault counts. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "broker/shell.h"

enum { SHORT_ID_BYTES = 17, NOTE_BYTES = 1200, FILE_SHOWN_BYTES = 100 };

/* Enough of an id for a log line. */
static const char *short_id(const core_job_id *id, char out[SHORT_ID_BYTES]) {
  for (size_t i = 0; i < (SHORT_ID_BYTES - 1) / 2; i++) {
    snprintf(out + 2 * i, 3, "%02x", (unsigned)id->bytes[i]);
  }
  return out;
}

/* ---- References ---------------------------------------------------------------------------------- */

status persistence_refer(broker *b, const ledger_job *j, error *err) {
  const ledger_blob *one = NULL;
  for (size_t i = 0; (one = ledger_job_blob(j, i)) != NULL; i++) {
    if (ledger_blob_is_set(one)) {
      TRY(vault_refer(b->vault, &one->name, err));
    }
  }
  return STATUS_OK;
}

void persistence_release(broker *b, const ledger_job *j) {
  const ledger_blob *one = NULL;
  for (size_t i = 0; (one = ledger_job_blob(j, i)) != NULL; i++) {
    if (ledger_blob_is_set(one)) {
      vault_release(b->vault, &one->name);
    }
  }
}

static status replace(broker *b, const ledger_job *old, const ledger_job *changed, error *err) {
  TRY(persistence_refer(b, changed, err));
  persistence_release(b, old);
  return ledger_job_put(b->ledger, changed, err);
}

/* ---- Records ------------------------------------------------------------------------------------- */

static status unknown_job(const core_job_id *id, error *err) {
  char name[SHORT_ID_BYTES];
  return error_set(err, STATUS_CORRUPT, "the ledger has no job %s", short_id(id, name));
}

static status keep_job(broker *b, const core_action *a, error *err) {
  const ledger_job *j = a->keep_job.record;
  if (j == NULL) {
    return unknown_job(&a->keep_job.job, err);
  }
  char name[SHORT_ID_BYTES];
  host_log(&b->host, "job %s: %s dataset %s, version %" PRIu64 "%s%s", short_id(&j->id, name),
           j->read ? "reads files into" : "evaluates", j->dataset, j->version + j->read,
           j->title[0] ? ": " : "", j->title);
  if (b->ledger == NULL) {
    return STATUS_OK;
  }
  if (owners_add_job(peers_owners(b->peers), j->owner) == NULL) {
    return error_no_memory(err, "a job");
  }
  TRY(persistence_refer(b, j, err));
  if (!j->read) {
    TRY(datasets_pin(b, &j->manifest.name, err));
  }
  return ledger_job_put(b->ledger, j, err);
}

static status keep_plan(broker *b, const core_action *a, error *err) {
  const ledger_job *old = ledger_job_find(b->ledger, &a->keep_plan.job);
  if (old == NULL) {
    return unknown_job(&a->keep_plan.job, err);
  }
  ledger_job changed = *old;
  changed.plan = payload_where(b->blobs, a->keep_plan.plan);
  changed.program = payload_where(b->blobs, a->keep_plan.program);
  changed.first_program = changed.program;
  return replace(b, old, &changed, err);
}

static status keep_result(broker *b, const core_action *action, error *err) {
  const core_kept_result *a = &action->keep_result;
  payload_bytes p;
  TRY(payload_open(b->blobs, a->partial, &p, err));
  const ledger_result r = {.id = a->id, .content = a->content, .states = a->states, .partial = p.bytes};
  const status st = ledger_result_put(b->ledger, &r, err);
  payload_close(&p);
  return st;
}

static status drop_result(broker *b, const core_action *a, error *err) {
  return ledger_result_drop(b->ledger, &a->drop_result, err);
}

static status keep_stage(broker *b, const core_action *action, error *err) {
  const core_kept_stage *a = &action->keep_stage;
  const ledger_job *old = ledger_job_find(b->ledger, &a->job);
  if (old == NULL) {
    return unknown_job(&a->job, err);
  }
  ledger_job changed = *old;
  changed.stage = a->stage;
  changed.program = payload_where(b->blobs, a->program);
  changed.program_state = payload_where(b->blobs, a->state);
  changed.fingerprint = a->fingerprint;
  changed.states = a->states;
  TRY(replace(b, old, &changed, err));
  return ledger_results_drop(b->ledger, &a->job, err);
}

static status keep_note(broker *b, const core_action *a, error *err) {
  char name[SHORT_ID_BYTES];
  char line[NOTE_BYTES];
  const peer *about = a->note.about ? peers_at(b->peers, a->note.about) : NULL;
  snprintf(line, sizeof line, "%s%s%s", about != NULL ? about->title : "", about != NULL ? ": " : "",
           a->note.text);
  host_log(&b->host, "job %s: %s", short_id(&a->note.job, name), line);
  return b->ledger != NULL ? ledger_job_note(b->ledger, &a->note.job, line, err) : STATUS_OK;
}

/* ---- The end of a job ---------------------------------------------------------------------------- */

static ledger_state state_of(const core_end *a) {
  if (a->report) {
    return JOB_DONE;
  }
  return a->failure.code == STATUS_INTERRUPTED ? JOB_CANCELLED : JOB_FAILED;
}

static void say_end(broker *b, const core_end *a) {
  const ledger_state state = state_of(a);
  char name[SHORT_ID_BYTES];
  host_log(&b->host, "job %s %s: %" PRIu64 " partial statistics computed, %" PRIu64 " from caches%s%s",
           short_id(&a->job, name), ledger_state_name(state), a->states.computed, a->states.cached,
           state == JOB_DONE ? "" : ": ", state == JOB_DONE ? "" : a->failure.message);
}

static status forget_surplus(broker *b, error *err) {
  const ledger_job *oldest = NULL;
  while ((oldest = ledger_job_oldest_surplus(b->ledger)) != NULL) {
    persistence_release(b, oldest);
    const core_job_id id = oldest->id;
    TRY(ledger_job_forget(b->ledger, &id, err));
  }
  return STATUS_OK;
}

/* The dataset that a READ made appears with the end of its job, in the same transaction. */
static status commit_reading(broker *b, const ledger_job *j, const reading *r, error *err) {
  if (r == NULL) {
    return STATUS_OK;
  }
  uint64_t version = 0;
  return datasets_commit(b, slice_of(j->dataset), j->version, r->content, &r->where, &version, err);
}

static status record_end(broker *b, const core_end *a, error *err) {
  const ledger_job *old = ledger_job_find(b->ledger, &a->job);
  if (old == NULL) {
    return unknown_job(&a->job, err);
  }
  ledger_job changed = *old;
  changed.state = state_of(a);
  changed.states = a->states;
  changed.ended_s = host_wall_s();
  changed.failure = a->failure.code;
  changed.message = (char *)"";
  if (changed.state == JOB_DONE) {
    changed.report = payload_where(b->blobs, a->report);
    changed.failure = STATUS_OK;
  } else {
    changed.message = (char *)a->failure.message;
  }
  const ledger_blob none = {0};
  changed.plan = changed.program = changed.spec = changed.manifest = none;
  changed.first_program = changed.program_state = none;
  changed.files_count = 0;
  if (old->read && changed.state == JOB_DONE) {
    TRY(commit_reading(b, old, a->record, err));
  } else if (!old->read) {
    datasets_unpin(b, &old->manifest.name);
  }
  TRY(ledger_results_drop(b->ledger, &a->job, err));
  owners_remove_job(peers_owners(b->peers), old->owner);
  TRY(replace(b, old, &changed, err));
  return forget_surplus(b, err);
}

static void remember_end(broker *b, const core_end *a) {
  ending *e = &b->endings[b->endings_count % ENDINGS_MAX];
  if (b->endings_count >= ENDINGS_MAX) {
    zmq_msg_close(&e->report);
  }
  b->endings_count++;
  *e = (ending){.job = a->job, .states = a->states, .failure = a->failure};
  zmq_msg_init(&e->report);
  e->is_done = state_of(a) == JOB_DONE;
  blob *report = e->is_done ? blobs_at(b->blobs, a->report) : NULL;
  if (report != NULL && zmq_msg_copy(&e->report, &report->frame) != 0) {
    e->is_done = false;
    error_no_memory(&e->failure, "the report");
  }
}

/* "; it reads a.csv", or "; they are of a.csv to c.csv": the files of the shards from FIRST to LAST. */
static void append_files(error *why, const manifest *m, const digest *first, const digest *last) {
  const slice *names[2] = {NULL, NULL};
  for (uint32_t i = 0; i < m->shards_count; i++) {
    const slice *name = &m->files[m->shards[i].file].name;
    names[0] = names[0] == NULL && digest_equal(&m->shards[i].name, first) ? name : names[0];
    names[1] = names[0] != NULL && digest_equal(&m->shards[i].name, last) ? name : names[1];
  }
  if (names[0] == NULL || names[1] == NULL) {
    return;
  }
  const bool is_one = slice_equal(*names[0], *names[1]);
  const slice from = text_cut(*names[0], FILE_SHOWN_BYTES);
  const slice to = text_cut(*names[1], FILE_SHOWN_BYTES);
  const size_t length = strlen(why->message);
  if (is_one) {
    snprintf(why->message + length, sizeof why->message - length, "; the rows are of the file %.*s",
             SLICE_ARG(from));
  } else {
    snprintf(why->message + length, sizeof why->message - length, "; the rows are of the files %.*s to %.*s",
             SLICE_ARG(from), SLICE_ARG(to));
  }
}

void persistence_name_files(broker *b, core_action *a) {
  const ledger_job *j = NULL;
  if ((a->kind == CORE_KEEP_END || a->kind == CORE_SEND_ENDED) && a->end.shards_count > 0 &&
      b->ledger != NULL) {
    j = ledger_job_find(b->ledger, &a->end.job);
  }
  if (j == NULL || !ledger_blob_is_set(&j->manifest)) {
    return;
  }
  manifest *m = NULL;
  error ignored; /* without the manifest the message names shards and rows */
  if (datasets_open(b, &j->manifest.name, &m, &ignored) == STATUS_OK) {
    append_files(&a->end.failure, m, &a->end.shards[0].name, &a->end.shards[a->end.shards_count - 1].name);
    manifest_destroy(m);
  }
}

static status keep_end(broker *b, const core_action *a, error *err) {
  say_end(b, &a->end);
  if (b->ledger != NULL) {
    return record_end(b, &a->end, err);
  }
  remember_end(b, &a->end);
  return STATUS_OK;
}

/* ---- The table ----------------------------------------------------------------------------------- */

static const struct {
  status (*keep)(broker *b, const core_action *a, error *err);
  bool needs_ledger;
} keepers[] = {
    [CORE_KEEP_JOB] = {keep_job, false},      [CORE_KEEP_PLAN] = {keep_plan, true},
    [CORE_KEEP_RESULT] = {keep_result, true}, [CORE_DROP_RESULT] = {drop_result, true},
    [CORE_KEEP_STAGE] = {keep_stage, true},   [CORE_KEEP_END] = {keep_end, false},
    [CORE_KEEP_NOTE] = {keep_note, false},
};

bool persistence_handles(core_action_kind kind) {
  return (size_t)kind < sizeof keepers / sizeof keepers[0] && keepers[kind].keep != NULL;
}

void persistence_write(broker *b, const core_action *a) {
  if (keepers[a->kind].needs_ledger && b->ledger == NULL) {
    return;
  }
  error why;
  const status st = keepers[a->kind].keep(b, a, &why);
  if (st != STATUS_OK) {
    host_fail(&b->host, st, &why);
  }
}
