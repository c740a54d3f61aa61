/* A job's life: submitted or restored, its stages, its end, and what its watchers are sent. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/lost.h"

/* ---- Finding --------------------------------------------------------------------------------------- */

static size_t bucket_of(const core_job_id *id) {
  size_t bucket = 0;
  memcpy(&bucket, id->bytes, sizeof bucket);
  return bucket % CORE_BUCKETS;
}

job *job_find(const core *c, const core_job_id *id) {
  job *j = c->jobs[bucket_of(id)];
  while (j != NULL && memcmp(&j->id, id, sizeof *id) != 0) {
    j = j->next;
  }
  return j;
}

/* ---- Turns ----------------------------------------------------------------------------------------- */

static rank *rank_get(core *c, uint32_t priority) {
  rank **at = &c->ranks;
  while (*at != NULL && (*at)->priority > priority) {
    at = &(*at)->next;
  }
  if (*at != NULL && (*at)->priority == priority) {
    return *at;
  }
  rank *r = calloc(1, sizeof *r);
  if (r == NULL) {
    c->out_of_memory = true;
    return NULL;
  }
  r->priority = priority;
  chain_init(&r->turns);
  r->next = *at;
  *at = r;
  return r;
}

static void rank_leave(core *c, rank *r) {
  if (--r->jobs > 0) {
    return;
  }
  rank **at = &c->ranks;
  while (*at != r) {
    at = &(*at)->next;
  }
  *at = r->next;
  free(r);
}

void job_update_turn(core *c, job *j) {
  const bool wants = !j->is_built || j->ready_count > 0;
  const bool has = !chain_is_alone(&j->turn);
  if (wants && !has) {
    chain_add_last(&j->rank->turns, &j->turn);
    c->turns_count++;
  } else if (!wants && has) {
    chain_remove(&j->turn);
    c->turns_count--;
  }
}

/* ---- Beginning ------------------------------------------------------------------------------------- */

static void job_free(job *j) {
  past_clear(j);
  bounds_free(j);
  while (j->disputes != NULL) {
    dispute_forget(j, j->disputes);
  }
  free(j->past_makers);
  free(j->lost);
  free(j->shards);
  free(j);
}

static job *job_new(const core_submission *e) {
  job *j = calloc(1, sizeof *j);
  core_shard *shards = calloc((size_t)e->shards_count + 1, sizeof *shards);
  if (j == NULL || shards == NULL) {
    free(j);
    free(shards);
    return NULL;
  }
  chain *const chains[] = {&j->turn, &j->watched, &j->stuck, &j->watches, &j->picky, &j->reduces};
  for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
    chain_init(chains[i]);
  }
  j->id = e->id;
  j->priority = e->priority;
  j->read = e->read;
  j->may_lose = e->may_lose;
  j->plan = e->plan;
  j->program = e->program;
  j->spec = e->spec;
  j->manifest = e->manifest;
  j->shards = shards;
  j->shards_count = e->shards_count;
  for (uint32_t i = 0; i < j->shards_count; i++) {
    shards[i] = e->shards[i];
    j->rows_total += shards[i].rows;
  }
  return j;
}

/* Its first task: a READ, a PLAN, or else those of the stage's tree, which is built when its turn comes. */
static void begin(core *c, job *j) {
  j->special = (node){.owner = j, .level = CORE_LEVEL_STEP};
  chain_init(&j->special.in);
  if (j->read || !j->plan) {
    j->special.level = j->read ? CORE_LEVEL_READ : CORE_LEVEL_PLAN;
    j->special.disputed = dispute_find(j, j->stage, node_task(&j->special)) != NULL;
    j->is_built = true;
    node_wait(c, &j->special);
  }
  job_update_turn(c, j);
}

static job *job_add(core *c, const core_submission *e, uint64_t spent_ms) {
  job *j = job_new(e);
  rank *r = j != NULL ? rank_get(c, e->priority) : NULL;
  if (r == NULL) {
    c->out_of_memory = true;
    if (j != NULL) {
      job_free(j);
    }
    return NULL;
  }
  j->rank = r;
  r->jobs++;
  j->timeout_ms = e->timeout_ms;
  if (e->timeout_ms > 0) {
    const uint64_t left = e->timeout_ms - (spent_ms < e->timeout_ms ? spent_ms : e->timeout_ms);
    j->deadline_ms = c->now_ms + left + 1; /* 0 is none */
  }
  job **bucket = &c->jobs[bucket_of(&j->id)];
  j->next = *bucket;
  *bucket = j;
  c->jobs_count++;
  return j;
}

static void refuse(core *c, const core_submission *e, uint32_t to, const error *why) {
  core_blob blobs[] = {e->plan, e->program, e->spec, e->manifest};
  if (to) {
    core_act(c, &(core_action){.kind = CORE_SEND_REFUSED,
                               .peer = to,
                               .refused = {.request = e->request, .job = e->id, .why = *why}});
  }
  for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++) {
    core_release(c, &blobs[i]);
  }
}

static bool is_complete(const core_submission *e) {
  return e->read ? e->spec != 0 : (e->plan && e->program) || (!e->plan && !e->program && e->spec);
}

void job_submit(core *c, const core_event *event) {
  const core_submission *e = &event->submitted;
  error why = {0};
  if (c->jobs_count >= CORE_JOBS_MAX) {
    error_set(&why, STATUS_LIMIT, "the broker already has %d unfinished jobs; try again later",
              (int)CORE_JOBS_MAX);
  } else if (job_find(c, &e->id) != NULL) {
    error_set(&why, STATUS_JOB, "a job with this id is already running");
  } else if (!is_complete(e)) {
    error_set(&why, STATUS_PROTOCOL, "a job needs a specification, or a plan and a program");
  }
  if (why.code != STATUS_OK) {
    refuse(c, e, event->peer, &why);
    return;
  }
  job *j = job_add(c, e, 0);
  if (j == NULL) {
    return;
  }
  core_keep(c, &(core_action){.kind = CORE_KEEP_JOB,
                              .keep_job = {.job = j->id,
                                           .priority = j->priority,
                                           .read = j->read,
                                           .plan = j->plan,
                                           .program = j->program,
                                           .spec = j->spec,
                                           .manifest = j->manifest,
                                           .record = e->record}});
  if (event->peer) {
    core_act(c, &(core_action){.kind = CORE_SEND_ACCEPTED,
                               .peer = event->peer,
                               .accepted = {.request = e->request, .job = j->id}});
  }
  begin(c, j);
}

void job_restore(core *c, const core_event *event) {
  const core_restoration *e = &event->restored;
  if (job_find(c, &e->job.id) != NULL || !is_complete(&e->job)) {
    core_blob blobs[] = {e->first_program, e->state};
    refuse(c, &e->job, 0, NULL);
    core_release(c, &blobs[0]);
    core_release(c, &blobs[1]);
    return;
  }
  const digest none = {{0}};
  job *j = job_add(c, &e->job, e->spent_ms);
  if (j == NULL) {
    return;
  }
  j->stage = e->stage;
  j->keeps = e->keeps && e->stage > 0 && e->state != 0;
  j->state = e->state;
  j->first_program = e->first_program;
  j->content = e->content;
  j->plan_content = e->stage == 0 ? e->content : none;
  j->before = e->states;
  j->fingerprint = e->fingerprint;
  j->has_fingerprint = !digest_equal(&e->fingerprint, &none);
  j->restored = true;
  j->restored_stage = e->stage;
  lost_restore(c, j, e);
  begin(c, j);
}

void job_restore_result(core *c, const core_event *event) {
  const core_restored_result *e = &event->restored_result;
  job *j = job_find(c, &e->id.job);
  core_blob blob = e->partial;
  const bool fits = j != NULL && j->plan && !j->read && j->stage == e->id.stage && tree_build(c, j);
  node *n = fits ? tree_find(j, e->id.task) : NULL;
  /* A job's end comes from a result: the last of kept ones, which cannot have been on disk alone, is computed
   * again. */
  const bool is_last = n != NULL && j->keeps && j->leaves_done + 1 == j->counts[0];
  if (n == NULL || n == &j->special || n->state == NODE_DONE || !node_is_needed(n) || is_last) {
    core_release(c, &blob);
    return;
  }
  counts_restore(n, &e->states);
  node_finish(c, n, blob, &e->content, NULL, true);
}

/* ---- Stages ---------------------------------------------------------------------------------------- */

static void keep_stage(core *c, const job *j) {
  core_keep(c, &(core_action){.kind = CORE_KEEP_STAGE,
                              .keep_stage = {.job = j->id,
                                             .stage = j->stage,
                                             .program = j->program,
                                             .state = j->state,
                                             .keeps = j->keeps,
                                             .fingerprint = j->fingerprint,
                                             .content = j->content,
                                             .states = j->before}});
}

void job_next_stage(core *c, job *j, const core_event *e) {
  past_remember(c, j);
  j->stepper = j->special.maker;
  j->stepper_tag = j->special.tag;
  j->before = counts_of(j);
  tree_clear(c, j);
  if (j->stage == 0) {
    j->first_program = j->program;
  } else {
    core_release(c, &j->program);
  }
  core_release(c, &j->state);
  j->program = e->result.blobs[0];
  j->state = e->result.blobs[1];
  j->keeps = e->result.keeps;
  j->content = e->result.content;
  j->stage++;
  j->attempts = 0;
  bounds_enter_stage(c, j);
  keep_stage(c, j);
  job_tell(c, j);
}

void job_planned(core *c, job *j, const core_event *e) {
  past_remember(c, j);
  j->planner = peer_voter(c, e->peer);
  node_stop(c, &j->special);
  tree_clear(c, j);
  j->plan = e->result.blobs[0];
  j->program = e->result.blobs[1];
  j->content = j->plan_content = e->result.content;
  j->may_lose = e->result.may_lose;
  core_keep(c, &(core_action){.kind = CORE_KEEP_PLAN,
                              .keep_plan = {.job = j->id,
                                            .plan = j->plan,
                                            .program = j->program,
                                            .content = j->content,
                                            .may_lose = j->may_lose}});
  job_tell(c, j);
}

void job_restart_stage(core *c, job *j) {
  j->restarts++;
  j->attempts = 0;
  tree_clear(c, j);
  keep_stage(c, j);
  job_tell(c, j);
}

void job_restart(core *c, job *j, bool plan_too) {
  bounds_start_again(j);
  tree_clear(c, j);
  past_clear(j);
  core_release(c, &j->state);
  j->keeps = false;
  if (j->stage > 0) {
    core_release(c, &j->program);
    j->program = j->first_program;
    j->first_program = 0;
  }
  j->stage = 0;
  j->before = (core_states){0};
  j->content = j->plan_content;
  j->has_fingerprint = false;
  j->fingerprint = (digest){{0}};
  j->strange_since_ms = 0;
  j->lost_late = false;
  keep_stage(c, j);
  if (plan_too) {
    core_release(c, &j->plan);
    core_release(c, &j->program);
    j->content = j->plan_content = (digest){{0}};
    j->planner = (voter){0};
    lost_forget(c, j);
    core_keep(c, &(core_action){.kind = CORE_KEEP_PLAN, .keep_plan = {.job = j->id}});
    begin(c, j);
  }
  job_tell(c, j);
}

/* ---- The end --------------------------------------------------------------------------------------- */

static void drop(core *c, job *j) {
  while (!chain_is_alone(&j->watches)) {
    watch_end(c, CHAIN_OWNER(j->watches.next, watch, of_job));
  }
  tree_clear(c, j);
  core_blob *const blobs[] = {&j->plan, &j->program, &j->spec, &j->manifest, &j->first_program, &j->state};
  for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++) {
    core_release(c, blobs[i]);
  }
  if (!chain_is_alone(&j->turn)) {
    chain_remove(&j->turn);
    c->turns_count--;
  }
  chain_remove(&j->stuck);
  rank_leave(c, j->rank);
  job **at = &c->jobs[bucket_of(&j->id)];
  while (*at != j) {
    at = &(*at)->next;
  }
  *at = j->next;
  c->jobs_count--;
  j->next_dropped = c->dropped;
  c->dropped = j;
}

static void end(core *c, job *j, core_end how) {
  core_action a = {.kind = CORE_KEEP_END, .end = how};
  core_keep(c, &a);
  a.kind = how.report ? CORE_SEND_REPORT : CORE_SEND_ENDED;
  for (const chain *at = j->watches.next; at != &j->watches; at = at->next) {
    a.peer = CHAIN_OWNER(at, watch, of_job)->peer->number;
    core_act(c, &a);
  }
  core_release(c, &how.report);
  drop(c, j);
}

void job_end(core *c, job *j, const error *failure) {
  end(c, j,
      (core_end){.job = j->id,
                 .states = counts_of(j),
                 .failure = *failure,
                 .shards = j->blamed,
                 .shards_count = j->blamed_count});
}

void job_report(core *c, job *j, const core_event *e) {
  end(c, j,
      (core_end){
          .job = j->id, .states = counts_of(j), .report = e->result.blobs[0], .record = e->result.record});
}

void job_give_rows(core *c, job *j) {
  core_blob *parts = ARENA_ARRAY(c->lent, core_blob, j->counts[0]);
  if (parts == NULL) {
    c->out_of_memory = true;
    return;
  }
  for (uint32_t i = 0; i < j->counts[0]; i++) {
    parts[i] = j->levels[0][i].blob;
  }
  const core_blob report = j->state;
  j->state = 0;
  end(c, j,
      (core_end){.job = j->id,
                 .states = counts_of(j),
                 .report = report,
                 .parts = parts,
                 .parts_count = j->counts[0]});
}

void jobs_free_dropped(core *c) {
  while (c->dropped != NULL) {
    job *j = c->dropped;
    c->dropped = j->next_dropped;
    job_free(j);
  }
}

/* Without actions: the whole core is freed. */
void jobs_free(core *c) {
  for (size_t bucket = 0; bucket < CORE_BUCKETS; bucket++) {
    while (c->jobs[bucket] != NULL) {
      drop(c, c->jobs[bucket]);
    }
  }
  jobs_free_dropped(c);
}

/* ---- Watchers -------------------------------------------------------------------------------------- */

core_job_view job_view(const core *c, const job *j) {
  return (core_job_view){.id = j->id,
                         .is_running = j->is_running,
                         .priority = j->priority,
                         .stage = j->stage,
                         .rows_done = j->rows_done,
                         .rows_total = j->rows_total,
                         .finishing = j->levels_count > 0 && j->rows_done == j->rows_total,
                         .wait = job_waits(c, j),
                         .states = counts_of(j),
                         .tasks_running = j->running_count,
                         .shards_lost = j->lost_count,
                         .rows_lost = j->rows_lost};
}

void job_tell_one(core *c, job *j, uint32_t to, uint64_t request) {
  core_act(c, &(core_action){.kind = CORE_SEND_PROGRESS,
                             .peer = to,
                             .progress = {.request = request, .view = job_view(c, j)}});
}

void job_tell(core *c, job *j) {
  if (j->watches_count == 0) {
    return;
  }
  if (c->now_ms < j->tell_ms) {
    j->untold = true;
    return;
  }
  j->untold = false;
  j->told_wait = job_waits(c, j).kind; /* to all of them */
  j->tell_ms = c->now_ms + CORE_PROGRESS_MS;
  for (const chain *at = j->watches.next; at != &j->watches; at = at->next) {
    job_tell_one(c, j, CHAIN_OWNER(at, watch, of_job)->peer->number, 0);
  }
}

void jobs_tell_untold(core *c) {
  for (const chain *at = c->watched.next; at != &c->watched; at = at->next) {
    job *j = CHAIN_OWNER(at, job, watched);
    if (j->untold) {
      job_tell(c, j);
    }
  }
}

void job_note(core *c, const job *j, uint32_t about, const char *format, ...) {
  core_action a = {.kind = CORE_KEEP_NOTE, .note = {.job = j->id, .about = about}};
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(a.note.text, sizeof a.note.text, format, arguments);
  va_end(arguments);
  core_keep(c, &a);
}
