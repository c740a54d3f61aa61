/* Restores a core from the ledger: references of datasets and jobs first, then the unfinished jobs with
 * the results of their stages. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/shell.h"

enum {
  GIVEN_UP_BYTES_MAX = 16 << 20
}; /* of records, before they are committed: one transaction takes 60 MiB */

static status restore_datasets(broker *b, error *err) {
  for (size_t i = 0; i < ledger_datasets(b->ledger); i++) {
    TRY(datasets_restore(b, ledger_dataset_at(b->ledger, i), err));
  }
  return STATUS_OK;
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

typedef struct restored {
  core_event event;
  core_shard *shards;
} restored;

static status take(broker *b, const ledger_blob *where, core_blob *out, error *err) {
  return ledger_blob_is_set(where) ? payload_of_vault(b->blobs, where, out, err) : STATUS_OK;
}

static status take_blobs(broker *b, const ledger_job *j, core_restoration *r, error *err) {
  core_submission *e = &r->job;
  TRY(take(b, &j->plan, &e->plan, err));
  TRY(take(b, &j->program, &e->program, err));
  TRY(take(b, &j->spec, &e->spec, err));
  TRY(take(b, &j->manifest, &e->manifest, err));
  if (e->plan) { /* planned: the specification is no longer needed */
    blobs_release(b->blobs, e->spec);
    e->spec = 0;
  }
  if (j->stage > 0) {
    TRY(take(b, &j->first_program, &r->first_program, err));
    TRY(take(b, &j->program_state, &r->state, err));
  }
  return STATUS_OK;
}

static void release_blobs(broker *b, const core_restoration *r) {
  const core_submission *e = &r->job;
  const core_blob all[] = {e->plan, e->program, e->spec, e->manifest, r->first_program, r->state};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    blobs_release(b->blobs, all[i]);
  }
}

static status take_shards(broker *b, const ledger_job *j, restored *r, error *err) {
  manifest *m = NULL;
  TRY(datasets_open(b, &j->manifest.name, &m, err));
  const status st = datasets_shards(m, &r->shards, err);
  r->event.restored.job.shards = r->shards;
  r->event.restored.job.shards_count = st == STATUS_OK ? m->shards_count : 0;
  manifest_destroy(m);
  return st;
}

/* The inputs of the stage's tasks: so that their late results count. */
static status read_content(const ledger_job *j, core_restoration *e, error *err) {
  const ledger_blob *made = j->stage > 0 ? &j->program_state : &j->plan;
  if ((j->stage == 0 && !ledger_blob_is_set(&j->spec)) || !ledger_blob_is_set(made)) {
    return STATUS_OK;
  }
  digest both[2] = {j->program.name, made->name};
  if (j->stage == 0) {
    both[0] = made->name;
    both[1] = j->program.name;
  }
  return digest_of(both, sizeof both, &e->content, err);
}

/* Results as the ledger gave them, until it may be called again. */
typedef struct results {
  broker *owner;
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
  const core_blob handle = blobs_take_bytes(r->owner->blobs, kept->partial.bytes, kept->partial.length);
  if (!handle) {
    return error_no_memory(err, "a partial");
  }
  r->at[r->count].id = kept->id;
  r->at[r->count].content = kept->content;
  r->at[r->count].states = kept->states;
  r->at[r->count++].blob = handle;
  return STATUS_OK;
}

static status restore_results(broker *b, const ledger_job *j, error *err) {
  results r = {.owner = b};
  const status st = ledger_results_each(b->ledger, &j->id, j->stage, take_result, &r, err);
  for (size_t i = 0; i < r.count && st == STATUS_OK; i++) {
    broker_feed(b, &(core_event){.kind = CORE_RESTORED_RESULT,
                                 .restored_result = {.id = r.at[i].id,
                                                     .partial = r.at[i].blob,
                                                     .content = r.at[i].content,
                                                     .states = r.at[i].states}});
  }
  free(r.at);
  return st;
}

/* By the wall clock: while the broker was away, too. */
static uint64_t spent_ms(const ledger_job *j) {
  const uint64_t now_s = host_wall_s();
  const uint64_t spent_s = now_s > j->submitted_s ? now_s - j->submitted_s : 0;
  return 1000 * (spent_s < UINT32_MAX ? spent_s : UINT32_MAX);
}

static status restore_job(broker *b, const ledger_job *j, restored *r, error *err) {
  r->event = (core_event){.kind = CORE_RESTORED,
                          .restored = {.job = {.id = j->id,
                                               .priority = j->priority,
                                               .timeout_ms = 1000 * (uint64_t)j->timeout_s,
                                               .read = j->read},
                                       .spent_ms = spent_ms(j),
                                       .stage = j->stage,
                                       .fingerprint = j->fingerprint,
                                       .states = j->states}};
  status st = take_blobs(b, j, &r->event.restored, err);
  if (st == STATUS_OK && !j->read) {
    st = take_shards(b, j, r, err);
  }
  if (st == STATUS_OK) {
    st = read_content(j, &r->event.restored, err);
  }
  if (st != STATUS_OK) {
    release_blobs(b, &r->event.restored);
    return st;
  }
  const size_t length = strlen(j->owner); /* 0: of an earlier release */
  if (length > 0 && length < KEY_TEXT_BYTES && owners_add_job(peers_owners(b->peers), j->owner) == NULL) {
    release_blobs(b, &r->event.restored);
    return error_no_memory(err, "a job");
  }
  broker_feed(b, &r->event);
  return restore_results(b, j, err);
}

/* Its inputs no longer exist: its owner learns so on asking. */
static status give_up(broker *b, const ledger_job *j, const error *why, error *err) {
  ledger_job changed = *j;
  changed.state = JOB_FAILED;
  changed.failure = STATUS_CORRUPT;
  changed.message = (char *)why->message;
  changed.ended_s = host_wall_s();
  host_log(&b->host, "a job over dataset %s cannot go on: %s", j->dataset, why->message);
  TRY(ledger_results_drop(b->ledger, &j->id, err));
  TRY(ledger_job_put(b->ledger, &changed, err));
  return ledger_pending_bytes(b->ledger) > GIVEN_UP_BYTES_MAX ? ledger_commit(b->ledger, err) : STATUS_OK;
}

static status restore_one(broker *b, const ledger_job *j, error *err) {
  TRY(persistence_refer(b, j, err));
  if (j->state > JOB_RUNNING) {
    return STATUS_OK;
  }
  restored r = {0};
  error why;
  status st = STATUS_OK;
  if (!j->read) {
    st = datasets_pin(b, &j->manifest.name, &why);
  }
  if (st == STATUS_OK) {
    st = restore_job(b, j, &r, &why);
  }
  free(r.shards);
  if (st == STATUS_NO_MEMORY || b->host.fatal != STATUS_OK) {
    return error_set(err, st == STATUS_OK ? b->host.fatal : st, "%s",
                     st == STATUS_OK ? b->host.why_fatal.message : why.message);
  }
  return st == STATUS_OK ? STATUS_OK : give_up(b, j, &why, err);
}

status recovery_run(broker *b, error *err) {
  TRY(restore_datasets(b, err));
  for (size_t i = 0; i < ledger_jobs(b->ledger); i++) {
    TRY(restore_one(b, ledger_job_at(b->ledger, i), err));
  }
  if (core_jobs(b->core) > 0) {
    host_log(&b->host, "jobs resumed: %zu", core_jobs(b->core));
  }
  return ledger_commit(b->ledger, err);
}
