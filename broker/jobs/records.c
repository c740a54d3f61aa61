/* Writes what the core wants kept as records of the ledger, which become durable with the turn's commit. Each
 * change of a job's record also changes the references that the vault counts. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "broker/jobs/jobs_inside.h"

enum { SHORT_ID_BYTES = 17, NOTE_BYTES = 1200 };

/* As much of an id as a log line needs. */
static const char *short_id(const core_job_id *id, char out[SHORT_ID_BYTES]) {
  for (size_t i = 0; i < (SHORT_ID_BYTES - 1) / 2; i++) {
    snprintf(out + 2 * i, 3, "%02x", (unsigned)id->bytes[i]);
  }
  return out;
}

/* ---- References ---------------------------------------------------------------------------------- */

status records_refer(jobs *all, const ledger_job *j, error *err) {
  const ledger_blob *one = NULL;
  for (size_t i = 0; (one = ledger_job_blob(j, i)) != NULL; i++) {
    if (ledger_blob_is_set(one)) {
      TRY(vault_refer(all->vault, &one->name, err));
    }
  }
  return STATUS_OK;
}

void records_release(jobs *all, const ledger_job *j) {
  const ledger_blob *one = NULL;
  for (size_t i = 0; (one = ledger_job_blob(j, i)) != NULL; i++) {
    if (ledger_blob_is_set(one)) {
      vault_release(all->vault, &one->name);
    }
  }
}

static status replace(jobs *all, const ledger_job *old, const ledger_job *changed, error *err) {
  TRY(records_refer(all, changed, err));
  records_release(all, old);
  return ledger_job_put(all->ledger, changed, err);
}

/* ---- Records ------------------------------------------------------------------------------------- */

static status unknown_job(const core_job_id *id, error *err) {
  char name[SHORT_ID_BYTES];
  return error_set(err, STATUS_CORRUPT, "the ledger has no job %s", short_id(id, name));
}

static status keep_job(jobs *all, const core_action *a, error *err) {
  const ledger_job *j = a->keep_job.record;
  if (j == NULL) {
    return unknown_job(&a->keep_job.job, err);
  }
  char name[SHORT_ID_BYTES];
  host_log(all->host, "job %s: %s dataset %s, version %" PRIu64 "%s%s", short_id(&j->id, name),
           j->read ? "reads files into" : "evaluates", j->dataset, j->version + j->read,
           j->title[0] ? ": " : "", j->title);
  if (all->ledger == NULL) {
    return STATUS_OK;
  }
  if (owners_add_job(peers_owners(all->peers), j->owner) == NULL) {
    return error_no_memory(err, "a job");
  }
  TRY(records_refer(all, j, err));
  if (!j->read) {
    TRY(catalog_refer(all->catalog, &j->manifest.name, err));
  }
  return ledger_job_put(all->ledger, j, err);
}

static status keep_plan(jobs *all, const core_action *a, error *err) {
  const ledger_job *old = ledger_job_find(all->ledger, &a->keep_plan.job);
  if (old == NULL) {
    return unknown_job(&a->keep_plan.job, err);
  }
  ledger_job changed = *old;
  changed.plan = payload_where(all->blobs, a->keep_plan.plan);
  changed.program = payload_where(all->blobs, a->keep_plan.program);
  changed.first_program = changed.program;
  changed.may_lose = a->keep_plan.may_lose;
  return replace(all, old, &changed, err);
}

static status keep_result(jobs *all, const core_action *action, error *err) {
  const core_kept_result *a = &action->keep_result;
  if (rows_are_kept(ledger_job_find(all->ledger, &a->id.job), a->id.stage)) {
    const ledger_result r = {.id = a->id, .content = a->content, .states = a->states};
    return rows_keep_part(all, &r, a->partial, err);
  }
  payload_bytes p;
  TRY(payload_open(all->blobs, a->partial, &p, err));
  const ledger_result r = {.id = a->id, .content = a->content, .states = a->states, .partial = p.bytes};
  const status st = ledger_result_put(all->ledger, &r, err);
  payload_close(&p);
  return st;
}

static status drop_result(jobs *all, const core_action *a, error *err) {
  const core_task_id *id = &a->drop_result;
  if (rows_are_kept(ledger_job_find(all->ledger, &id->job), id->stage)) {
    TRY(rows_drop_part(all, id, err));
  }
  return ledger_result_drop(all->ledger, &a->drop_result, err);
}

static status keep_stage(jobs *all, const core_action *action, error *err) {
  const core_kept_stage *a = &action->keep_stage;
  const ledger_job *old = ledger_job_find(all->ledger, &a->job);
  if (old == NULL) {
    return unknown_job(&a->job, err);
  }
  TRY(rows_drop_parts(all, old, err));
  ledger_job changed = *old;
  const ledger_blob none = {0};
  const ledger_blob state = payload_where(all->blobs, a->state);
  changed.stage = a->stage;
  changed.keeps = a->keeps;
  changed.program = payload_where(all->blobs, a->program);
  changed.program_state = a->keeps ? none : state;
  changed.report = a->keeps ? state : none;
  changed.fingerprint = a->fingerprint;
  changed.states = a->states;
  changed.lost_late = changed.lost_late && a->stage > 0;
  TRY(replace(all, old, &changed, err));
  return ledger_results_drop(all->ledger, &a->job, err);
}

static status keep_lost(jobs *all, const core_action *action, error *err) {
  const core_kept_lost *a = &action->keep_lost;
  const ledger_job *old = ledger_job_find(all->ledger, &a->job);
  if (old == NULL) {
    return unknown_job(&a->job, err);
  }
  ledger_job changed = *old;
  changed.lost = (lost_shard *)(uintptr_t)a->lost;
  changed.lost_count = changed.shards_lost = a->lost_count;
  changed.rows_lost = a->rows;
  changed.lost_late = a->is_late;
  return ledger_job_put(all->ledger, &changed, err);
}

static status keep_note(jobs *all, const core_action *a, error *err) {
  char name[SHORT_ID_BYTES];
  char line[NOTE_BYTES];
  const peer *about = a->note.about ? peers_at(all->peers, a->note.about) : NULL;
  snprintf(line, sizeof line, "%s%s%s", about != NULL ? about->title : "", about != NULL ? ": " : "",
           a->note.text);
  host_log(all->host, "job %s: %s", short_id(&a->note.job, name), line);
  return all->ledger != NULL ? ledger_job_note(all->ledger, &a->note.job, line, err) : STATUS_OK;
}

/* ---- The end of a job ---------------------------------------------------------------------------- */

static ledger_state state_of(const core_end *a) {
  if (a->report) {
    return JOB_DONE;
  }
  return a->failure.code == STATUS_INTERRUPTED ? JOB_CANCELLED : JOB_FAILED;
}

static void say_end(jobs *all, const core_end *a) {
  const ledger_state state = state_of(a);
  char name[SHORT_ID_BYTES];
  host_log(all->host, "job %s %s: %" PRIu64 " partial statistics computed, %" PRIu64 " from caches%s%s",
           short_id(&a->job, name), ledger_state_name(state), a->states.computed, a->states.cached,
           state == JOB_DONE ? "" : ": ", state == JOB_DONE ? "" : a->failure.message);
}

static status forget_surplus(jobs *all, error *err) {
  const ledger_job *oldest = NULL;
  while ((oldest = ledger_job_oldest_surplus(all->ledger)) != NULL) {
    records_release(all, oldest);
    rows_release(all, oldest);
    const core_job_id id = oldest->id;
    TRY(ledger_job_forget(all->ledger, &id, err));
  }
  return rows_forget_surplus(all, err);
}

static status record_end(jobs *all, const core_end *a, error *err) {
  const ledger_job *old = ledger_job_find(all->ledger, &a->job);
  if (old == NULL) {
    return unknown_job(&a->job, err);
  }
  ledger_job changed = *old;
  const ledger_blob none = {0};
  changed.state = state_of(a);
  changed.states = a->states;
  changed.keeps = false;
  changed.report = none;
  changed.ended_s = host_wall_s();
  changed.failure = a->failure.code;
  changed.message = (char *)"";
  if (changed.state == JOB_DONE) {
    changed.report = payload_where(all->blobs, a->report);
    changed.failure = STATUS_OK;
  } else {
    changed.message = (char *)a->failure.message;
  }
  if (a->parts_count > 0) {
    TRY(rows_list(all, a, &changed.parts, err));
  }
  changed.plan = changed.program = changed.spec = changed.manifest = none;
  changed.first_program = changed.program_state = none;
  changed.files_count = changed.lost_count = 0;
  if (old->read && changed.state == JOB_DONE && a->record != NULL) {
    /* The dataset that a READ made appears when its job ends. */
    TRY(catalog_draft_commit(all->catalog, old, a->record, err));
  } else if (!old->read) {
    catalog_release(all->catalog, &old->manifest.name);
  }
  TRY(rows_drop_parts(all, old, err));
  TRY(ledger_results_drop(all->ledger, &a->job, err));
  owners_remove_job(peers_owners(all->peers), old->owner);
  TRY(replace(all, old, &changed, err));
  return forget_surplus(all, err);
}

static void name_files(jobs *all, const core_job_id *job, const core_shard *shards, uint32_t count,
                       error *why) {
  const ledger_job *j = count > 0 && all->ledger != NULL ? ledger_job_find(all->ledger, job) : NULL;
  if (j != NULL) {
    catalog_name_files(all->catalog, j, &shards[0].name, &shards[count - 1].name, why);
  }
}

void records_name_files(jobs *all, core_action *a) {
  if (a->kind == CORE_KEEP_END || a->kind == CORE_SEND_ENDED) {
    name_files(all, &a->end.job, a->end.shards, a->end.shards_count, &a->end.failure);
  } else if (a->kind == CORE_KEEP_NOTE) {
    error said;
    memcpy(said.message, a->note.text, sizeof said.message);
    name_files(all, &a->note.job, a->note.shards, a->note.shards_count, &said);
    memcpy(a->note.text, said.message, sizeof said.message);
  }
}

static status keep_end(jobs *all, const core_action *a, error *err) {
  say_end(all, &a->end);
  if (all->ledger != NULL) {
    return record_end(all, &a->end, err);
  }
  endings_put(&all->endings, &a->end, all->blobs);
  return STATUS_OK;
}

/* ---- The table ----------------------------------------------------------------------------------- */

static const struct {
  status (*keep)(jobs *all, const core_action *a, error *err);
  bool needs_ledger;
} keepers[] = {
    [CORE_KEEP_JOB] = {keep_job, false},      [CORE_KEEP_PLAN] = {keep_plan, true},
    [CORE_KEEP_RESULT] = {keep_result, true}, [CORE_DROP_RESULT] = {drop_result, true},
    [CORE_KEEP_STAGE] = {keep_stage, true},   [CORE_KEEP_LOST] = {keep_lost, true},
    [CORE_KEEP_END] = {keep_end, false},      [CORE_KEEP_NOTE] = {keep_note, false},
};

bool records_handle(core_action_kind kind) {
  return (size_t)kind < sizeof keepers / sizeof keepers[0] && keepers[kind].keep != NULL;
}

void records_write(jobs *all, const core_action *a) {
  if (keepers[a->kind].needs_ledger && all->ledger == NULL) {
    return;
  }
  error why;
  const status st = keepers[a->kind].keep(all, a, &why);
  if (st != STATUS_OK) {
    host_fail(all->host, st, &why);
  }
}
