/* Restores a core from the ledger: at the start the references of all jobs; then, turn by turn, so that peers
 * are answered meanwhile, the unfinished jobs with the results of their stages.  Until all are restored,
 * workers get no tasks, because the core might give out tasks that already have a result. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/jobs/jobs_inside.h"
#include "broker/limits.h"

typedef struct restored {
  core_event event;
  catalog_shards shards;
} restored;

static status take(jobs *all, const ledger_blob *where, core_blob *out, error *err) {
  return ledger_blob_is_set(where) ? payload_of_vault(all->blobs, where, out, err) : STATUS_OK;
}

static status take_blobs(jobs *all, const ledger_job *j, core_restoration *r, error *err) {
  core_submission *e = &r->job;
  TRY(take(all, &j->plan, &e->plan, err));
  TRY(take(all, &j->program, &e->program, err));
  TRY(take(all, &j->spec, &e->spec, err));
  TRY(take(all, &j->manifest, &e->manifest, err));
  if (j->stage > 0) {
    TRY(take(all, &j->first_program, &r->first_program, err));
    TRY(take(all, j->keeps ? &j->report : &j->program_state, &r->state, err));
  }
  return STATUS_OK;
}

static void release_blobs(jobs *all, const core_restoration *r) {
  const core_submission *e = &r->job;
  const core_blob taken[] = {e->plan, e->program, e->spec, e->manifest, r->first_program, r->state};
  for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
    blobs_release(all->blobs, taken[i]);
  }
}

static status take_shards(jobs *all, const ledger_job *j, restored *r, error *err) {
  TRY(catalog_shards_of(all->catalog, &j->manifest.name, &r->shards, err));
  r->event.restored.job.shards = r->shards.at;
  r->event.restored.job.shards_count = r->shards.count;
  return STATUS_OK;
}

/* Reads the inputs of the stage's tasks, so that late results of these count. */
static status read_content(const ledger_job *j, core_restoration *e, error *err) {
  const ledger_blob *state = j->keeps ? &j->report : &j->program_state;
  const ledger_blob *made = j->stage > 0 ? state : &j->plan;
  if ((j->stage == 0 && !ledger_blob_is_set(&j->spec)) || !ledger_blob_is_set(made)) {
    return STATUS_OK;
  }
  digest both[2] = {j->program.name, made->name};
  if (j->stage == 0) {
    both[0] = made->name;
    both[1] = j->program.name;
  }
  return jobs_content_of(both, j->keeps, &e->content, err);
}

/* Results as the ledger gave them, kept because the ledger must not be called while it gives them. */
typedef struct results {
  jobs *owner;
  bool are_kept; /* they are names of blobs */
  struct {
    core_task_id id;
    digest content;
    core_states states;
    core_blob blob;
  } * at;
  size_t count, capacity;
} results;

static status take_result(void *context, const ledger_result *kept, error *err) {
  results *r = context;
  if (!ARRAY_ROOM(r->at, r->count, r->capacity)) {
    return error_no_memory(err, "a job's partials");
  }
  ledger_blob part;
  if (r->are_kept &&
      (!rows_part_name(kept->partial, &part) || !vault_has(r->owner->vault, &part.name, NULL))) {
    return STATUS_OK; /* it is made again */
  }
  const core_blob handle = r->are_kept
                               ? blobs_take_name(r->owner->blobs, &part.name, part.bytes, 0)
                               : blobs_take_bytes(r->owner->blobs, kept->partial.bytes, kept->partial.length);
  if (!handle) {
    return error_no_memory(err, "a partial");
  }
  r->at[r->count].id = kept->id;
  r->at[r->count].content = kept->content;
  r->at[r->count].states = kept->states;
  r->at[r->count++].blob = handle;
  return STATUS_OK;
}

static status restore_results(jobs *all, const ledger_job *j, error *err) {
  results r = {.owner = all, .are_kept = j->keeps};
  const status st = ledger_results_each(all->ledger, &j->id, j->stage, take_result, &r, err);
  for (size_t i = 0; i < r.count && st == STATUS_OK; i++) {
    jobs_feed(all, &(core_event){.kind = CORE_RESTORED_RESULT,
                                 .restored_result = {.id = r.at[i].id,
                                                     .partial = r.at[i].blob,
                                                     .content = r.at[i].content,
                                                     .states = r.at[i].states}});
  }
  free(r.at);
  return st;
}

/* By the wall clock, so the time while the broker was away counts, too. */
static uint64_t spent_ms(const ledger_job *j) {
  const uint64_t now_s = host_wall_s();
  const uint64_t spent_s = now_s > j->submitted_s ? now_s - j->submitted_s : 0;
  return 1000 * (spent_s < UINT32_MAX ? spent_s : UINT32_MAX);
}

static status restore_job(jobs *all, const ledger_job *j, restored *r, error *err) {
  r->event = (core_event){.kind = CORE_RESTORED,
                          .restored = {.job = {.id = j->id,
                                               .priority = j->priority,
                                               .timeout_ms = 1000 * (uint64_t)j->timeout_s,
                                               .read = j->read,
                                               .may_lose = j->may_lose},
                                       .spent_ms = spent_ms(j),
                                       .stage = j->stage,
                                       .keeps = j->keeps,
                                       .fingerprint = j->fingerprint,
                                       .states = j->states,
                                       .lost = j->lost,
                                       .lost_count = j->lost_count,
                                       .lost_late = j->lost_late}};
  status st = take_blobs(all, j, &r->event.restored, err);
  if (st == STATUS_OK && !j->read) {
    st = take_shards(all, j, r, err);
  }
  if (st == STATUS_OK) {
    st = read_content(j, &r->event.restored, err);
  }
  if (st != STATUS_OK) {
    release_blobs(all, &r->event.restored);
    return st;
  }
  all->host->turn.records += RESTORED_JOB_RECORDS + r->shards.count;
  jobs_feed(all, &r->event);
  return restore_results(all, j, err);
}

/* The job's inputs no longer exist: whoever asks about it is told. */
static status give_up(jobs *all, const ledger_job *j, const error *why, error *err) {
  ledger_job changed = *j;
  changed.state = JOB_FAILED;
  changed.failure = STATUS_CORRUPT;
  changed.message = (char *)why->message;
  changed.ended_s = host_wall_s();
  host_log(all->host, "a job over dataset %s cannot go on: %s", j->dataset, why->message);
  owners_remove_job(peers_owners(all->peers), j->owner);
  changed.keeps = false;
  TRY(rows_drop_parts(all, j, err));
  TRY(ledger_results_drop(all->ledger, &j->id, err));
  return ledger_job_put(all->ledger, &changed, err);
}

static status restore_one(jobs *all, const ledger_job *j, error *err) {
  restored r = {0};
  error why;
  const status st = restore_job(all, j, &r, &why);
  catalog_shards_fini(&r.shards);
  if (st == STATUS_NO_MEMORY) {
    return error_set(err, st, "%s", why.message);
  }
  if (st == STATUS_OK || host_has_failed(all->host)) {
    return STATUS_OK;
  }
  if (!j->read) {
    catalog_release(all->catalog, &j->manifest.name);
  }
  return give_up(all, j, &why, err);
}

/* ---- The start ----------------------------------------------------------------------------------- */

/* What the job names must stay, also while it waits to be restored. */
static status refer(jobs *all, const ledger_job *j, error *err) {
  TRY(records_refer(all, j, err));
  TRY(rows_refer(all, j, err));
  if (j->state > JOB_RUNNING) {
    return STATUS_OK;
  }
  const size_t length = strlen(j->owner); /* 0: written by an earlier release */
  if (length > 0 && length < KEY_TEXT_BYTES && owners_add_job(peers_owners(all->peers), j->owner) == NULL) {
    return error_no_memory(err, "a job");
  }
  error why;
  const status st = j->read ? STATUS_OK : catalog_refer(all->catalog, &j->manifest.name, &why);
  if (st == STATUS_NO_MEMORY) {
    return error_set(err, st, "%s", why.message);
  }
  if (st != STATUS_OK) {
    return give_up(all, j, &why, err);
  }
  all->backlog.at[all->backlog.count++] = (backlog_job){.id = j->id};
  return STATUS_OK;
}

status jobs_restore(jobs *all, error *err) {
  const size_t count = ledger_jobs(all->ledger);
  all->backlog.at = calloc(count + 1, sizeof *all->backlog.at);
  if (all->backlog.at == NULL) {
    return error_no_memory(err, "the jobs");
  }
  for (size_t i = 0; i < count; i++) {
    TRY(refer(all, ledger_job_at(all->ledger, i), err));
    if (ledger_pending_bytes(all->ledger) >= TURN_RECORDS_BYTES) {
      TRY(ledger_commit(all->ledger, err));
    }
  }
  all->backlog.left = all->backlog.count;
  return ledger_commit(all->ledger, err);
}

/* ---- Turn by turn -------------------------------------------------------------------------------- */

bool jobs_are_restored(const jobs *all) {
  return all->backlog.next == all->backlog.count;
}

size_t jobs_unfinished(const jobs *all) {
  return core_jobs(all->core) + all->backlog.left;
}

/* All jobs are restored: workers that joined meanwhile get tasks now. */
static void end_backlog(jobs *all) {
  free(all->backlog.at);
  all->backlog = (backlog){0};
  if (core_jobs(all->core) > 0) {
    host_log(all->host, "jobs resumed: %zu", core_jobs(all->core));
  }
  for (const peer *p = peers_next(all->peers, NULL); p != NULL; p = peers_next(all->peers, p)) {
    if (p->role == WAY_WORKER) {
      jobs_feed(all, &(core_event){.kind = CORE_HEARD, .peer = p->number, .heard.capacity = p->capacity});
    }
  }
}

static void restore_next(jobs *all, backlog_job *one) {
  const ledger_job *j = one->is_restored ? NULL : ledger_job_find(all->ledger, &one->id);
  all->backlog.left -= !one->is_restored;
  one->is_restored = true;
  error why;
  const status st = j != NULL ? restore_one(all, j, &why) : STATUS_OK;
  if (st != STATUS_OK) {
    host_fail(all->host, st, &why);
  }
}

void jobs_restore_some(jobs *all) {
  backlog *b = &all->backlog;
  const uint64_t before = all->host->turn.records;
  if (jobs_are_restored(all)) {
    return;
  }
  while (b->next < b->count && all->host->turn.records - before < TURN_RECORDS / 2 &&
         !host_has_failed(all->host)) {
    restore_next(all, &b->at[b->next++]);
  }
  if (jobs_are_restored(all)) {
    end_backlog(all);
  }
}

void recovery_need(jobs *all, const core_job_id *id) {
  for (size_t i = all->backlog.next; i < all->backlog.count; i++) {
    if (memcmp(&all->backlog.at[i].id, id, sizeof *id) == 0) {
      restore_next(all, &all->backlog.at[i]);
      return;
    }
  }
}
