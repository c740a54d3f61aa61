/* Results and failures of tasks: which count, and what follows. */
#include <string.h>

#include "broker/core/lost.h"

static void taken(core *c, uint32_t by, const core_task_id *id, uint64_t attempt) {
  worker *w = peer_worker(c, by);
  if (w != NULL && w->owed > 0) {
    w->owed--;
  }
  c->answers_given++;
  core_act(c, &(core_action){.kind = CORE_SEND_TAKEN, .peer = by, .taken = {*id, attempt}});
}

static bool has_lease(const node *n, uint32_t by, uint64_t attempt) {
  return n->state == NODE_RUNNING && n->at->peer == by && n->attempt == attempt;
}

static node *find_task(const core *c, const core_task_id *id) {
  job *j = job_find(c, &id->job);
  return j != NULL && j->stage == id->stage ? tree_find(j, id->task) : NULL;
}

bool core_is_leased(const core *c, uint32_t by, const core_task_id *id, uint64_t attempt) {
  const node *n = find_task(c, id);
  return n != NULL && has_lease(n, by, attempt);
}

/* ---- Failures -------------------------------------------------------------------------------------- */

/* A STEP that only workers of one kind may run, and none can: once, the job starts again with another kind.
 * False: there is none. */
bool task_try_other_kind(core *c, const node *n) {
  job *j = n->owner;
  if (node_work(n) != WORK_STEP || !j->has_fingerprint || j->has_bad_kind || node_has_other(c, n) ||
      !job_has_kind_besides(c, &j->fingerprint)) {
    return false;
  }
  job_note(c, j, 0, "workers of one kind cannot do the step of stage %u; the job starts again with another",
           j->stage);
  j->bad_kind = j->fingerprint;
  j->has_bad_kind = true;
  job_restart(c, j, false);
  return true;
}

static bool has_failed_nowhere_else(const node *n, uint64_t who) {
  for (uint32_t i = 0; i < n->failures; i++) {
    if (n->failed_on[i] != who) {
      return false;
    }
  }
  return true;
}

/* What one worker alone says, WHY, ends no job: N waits for another one, if only for a while.  False: nobody
 * else can be expected. */
static bool await_other(core *c, node *n, const error *why, const digest *lost) {
  if (task_try_other_kind(c, n)) {
    return true;
  }
  const bool has_other = node_has_other(c, n);
  if (!has_other && (c->confirm_ms == 0 || n->verdict != NULL)) {
    return false;
  }
  if (!has_other) {
    verdict_await(c, n, c->confirm_ms, why, lost);
  }
  node_requeue(c, n);
  return true;
}

/* Nothing helps: the job goes on without the shard LOST, if it is about one and the job may, or ends. */
static void end_or_lose(core *c, node *n, const error *why, const digest *lost) {
  if (lost == NULL || !lost_named(c, n, lost, why)) {
    job_end(c, n->owner, why);
  }
}

void task_fault(core *c, node *n, uint32_t by, const error *failure, const digest *lost) {
  const uint64_t who = peer_voter(c, by).who;
  if (n->failures + 1 < CORE_FAILURES_MAX) {
    n->failed_on[n->failures++] = who;
    node_requeue(c, n);
  } else if (!has_failed_nowhere_else(n, who) || !await_other(c, n, failure, lost)) {
    end_or_lose(c, n, failure, lost);
  }
}

/* What a worker says of the specification, before which PLAN and READ checked it, is its own opinion. */
static error worker_says(const node *n, const error *said) {
  error why = *said;
  const bool is_checked = node_work(n) != WORK_PLAN && node_work(n) != WORK_READ;
  if (is_checked && (said->code == STATUS_SPECIFICATION || said->code == STATUS_USAGE)) {
    why.code = STATUS_JOB;
  }
  return why;
}

/* A failure that no retry cures ends the job: if one worker says so and there is another, when that one says
 * so too. */
static void final_fault(core *c, node *n, const core_event *e, const error *why) {
  const bool is_again = n->is_final || (node_work(n) == WORK_STEP && n->owner->has_bad_kind);
  const bool is_first = !is_again && !e->failed.is_certain;
  const voter by = peer_voter(c, e->peer);
  if (is_first && n->failures + 1 < CORE_FAILURES_MAX) {
    n->failed_on[n->failures++] = by.who;
    n->is_final = true;
    n->final_by = by;
    if (c->confirm_ms > 0 || node_has_other(c, n)) {
      job_note(c, n->owner, e->peer,
               "says that %s %u of stage %u cannot be done; another worker is to try it: %.300s",
               core_work_name(node_work(n)), n->index, n->owner->stage, why->message);
    }
    if (await_other(c, n, why, &e->failed.lost)) {
      return;
    }
  }
  end_or_lose(c, n, why, &e->failed.lost);
}

static node *find_input(const node *n, const digest *lost) {
  uint32_t count = 0;
  node *children = node_children(n, &count);
  for (uint32_t i = 0; i < count; i++) {
    if (children[i].has_content && digest_equal(&children[i].content, lost)) {
      return &children[i];
    }
  }
  return NULL;
}

/* Who keeps a partial and does not give it, or gives other bytes, gets its task last; once, so that failures
 * of the task itself can still be retried. */
static void blame_keeper(node *input) {
  if (input->at != NULL && input->failures == 0) {
    input->failed_on[input->failures++] = input->at->by.who;
  }
}

/* A partial could not be obtained.  When it stayed with a worker the task is not to blame, but one that never
 * gets all of its partials must not go on forever. */
static void input_lost(core *c, node *n, node *input, const core_event *e) {
  const bool blameless = !node_is_present(input) || input->at != NULL;
  if (blameless && n->losses < CORE_PARTIALS_LOST_MAX) {
    n->losses++;
    if (node_is_present(input)) {
      blame_keeper(input);
      node_lose(c, input);
    }
    node_requeue(c, n);
    return;
  }
  if (node_is_present(input)) {
    node_lose(c, input);
  }
  if (n->losses < CORE_PARTIALS_LOST_MAX) {
    task_fault(c, n, e->peer, &e->failed.why, NULL);
  } else {
    job_end(c, n->owner, &e->failed.why);
  }
}

void take_failure(core *c, const core_event *e) {
  const core_failure *f = &e->failed;
  taken(c, e->peer, &f->id, f->attempt);
  node *n = find_task(c, &f->id);
  if (n == NULL || !has_lease(n, e->peer, f->attempt)) {
    if (n != NULL) {
      stray_answered(c, n, e->peer);
    }
    return; /* of an attempt that no longer counts */
  }
  const digest none = {{0}};
  if (accuse(c, n, e)) {
    return;
  }
  node *input = digest_equal(&f->lost, &none) ? NULL : find_input(n, &f->lost);
  const error why = worker_says(n, &f->why);
  if (input != NULL) {
    input_lost(c, n, input, e);
  } else if (f->why.code == STATUS_INTERRUPTED) {
    worker_set_capacity(c, n->at, 0);
    node_requeue(c, n);
  } else if (status_may_retry(why.code)) {
    task_fault(c, n, e->peer, &why, &f->lost);
  } else {
    final_fault(c, n, e, &why);
  }
}

/* ---- Results --------------------------------------------------------------------------------------- */

static bool has_shape(const node *n, const core_event *e) {
  static const struct {
    uint32_t least, most;
    bool may_stay;
  } shapes[] = {[WORK_MAP] = {1, 1, true},   [WORK_REDUCE] = {1, 1, true}, [WORK_STEP] = {1, 2, false},
                [WORK_PLAN] = {2, 2, false}, [WORK_READ] = {1, 1, false},  [WORK_ROWS] = {1, 1, false}};
  const core_work work = node_work(n);
  bool right = e->result.work == work && e->result.blobs_count >= shapes[work].least &&
               e->result.blobs_count <= shapes[work].most && (!e->result.stays || shapes[work].may_stay) &&
               (!e->result.keeps || (work == WORK_STEP && e->result.blobs_count == 2));
  for (uint32_t i = 0; right && i < e->result.blobs_count; i++) {
    right = e->result.blobs[i] != 0;
  }
  return right;
}

/* Whether it was made from the task's inputs. */
static bool inputs_match(core *c, job *j, const node *n, const core_event *e) {
  const uint32_t tag = attempt_tag(e->result.attempt);
  if (n->level == 0 || n->level >= CORE_LEVEL_PLAN) {
    return tag == node_tag(j, n);
  }
  if (n->state == NODE_DONE) {
    return n->tag == 0 || tag == n->tag;
  }
  if (!node_may_compute(n)) {
    return n->tag != 0 && tag == n->tag;
  }
  if (tag == node_tag(j, n)) {
    return true;
  }
  /* A first STEP that was assigned before the broker was restarted. */
  const worker *w = peer_worker(c, e->peer);
  if (n->level == CORE_LEVEL_STEP && !j->has_fingerprint && w != NULL) {
    j->fingerprint = w->fingerprint;
    j->has_fingerprint = tag == node_tag(j, n);
    j->fingerprint = j->has_fingerprint ? w->fingerprint : (digest){{0}};
    return j->has_fingerprint;
  }
  return false;
}

static void accept_partial(core *c, job *j, node *n, const core_event *e) {
  worker *w = peer_worker(c, e->peer);
  if (!e->result.stays) {
    core_keep(c, &(core_action){.kind = CORE_KEEP_RESULT,
                                .keep_result = {.id = e->result.id,
                                                .partial = e->result.blobs[0],
                                                .content = e->result.content,
                                                .states = counts_below(n)}});
  }
  node_finish(c, n, e->result.blobs[0], &e->result.content, e->result.stays ? w : NULL, !e->result.stays);
  if (n->level == 0) {
    if (w != NULL) {
      holdings_add_run(c, j, n->index, w);
    }
    job_tell(c, j);
  }
}

/* The worker that has the task gave it, or another: late, or for the second time. */
static void settle_races(core *c, node *n, const core_event *e, worker *w) {
  if (w != NULL && has_lease(n, e->peer, e->result.attempt)) {
    pace_add(c, n, n->sent_ms);
    worker_in_time(c, w);
  }
  strays_settle(c, n, peer_voter(c, e->peer).who);
}

void result_accept(core *c, job *j, node *n, const core_event *e) {
  worker *w = peer_worker(c, e->peer);
  settle_races(c, n, e, w);
  n->tag = attempt_tag(e->result.attempt);
  n->maker = peer_voter(c, e->peer);
  n->content = e->result.content;
  n->has_content = true;
  counts_accept(n, &e->result.states);
  if (w != NULL) {
    w->tasks_done++;
  }
  switch (node_work(n)) {
    case WORK_MAP:
    case WORK_REDUCE:
      accept_partial(c, j, n, e);
      break;
    case WORK_ROWS:
      accept_partial(c, j, n, e);
      if (j->leaves_done == j->counts[0] && !lost_starts_again(c, j)) {
        job_give_rows(c, j);
      }
      break;
    case WORK_PLAN:
      job_planned(c, j, e);
      break;
    case WORK_READ:
      job_report(c, j, e);
      break;
    case WORK_STEP:
      if (e->result.blobs_count == 1) {
        job_report(c, j, e);
      } else {
        job_next_stage(c, j, e);
      }
      break;
  }
}

/* The task's result, whose inputs are right. */
static void judge(core *c, job *j, node *n, const core_event *e) {
  if (n->disputed) {
    dispute_vote(c, j, n, e);
  } else if (c->is_verified && !n->has_content && n->state != NODE_DONE && node_is_needed(n)) {
    dispute_verify(c, j, n, e);
  } else if (n->has_content && !digest_equal(&n->content, &e->result.content)) {
    dispute_open(c, j, n, e);
  } else if (n->state == NODE_DONE || !node_is_needed(n)) {
    core_release_all(c, e);
  } else {
    result_accept(c, j, n, e);
  }
}

/* Results count only from whom the task was given to; told once of each worker. */
static bool was_given(core *c, const job *j, const core_event *e) {
  const core_result *r = &e->result;
  if (attempt_is_of(c, &r->id, r->attempt, peer_voter(c, e->peer))) {
    return true;
  }
  worker *w = peer_worker(c, e->peer);
  if (w != NULL && !w->is_uninvited) {
    w->is_uninvited = true;
    job_note(c, j, e->peer, "gave results of tasks that were not given to it; they do not count");
  }
  return false;
}

void take_result(core *c, const core_event *e) {
  taken(c, e->peer, &e->result.id, e->result.attempt);
  job *j = job_find(c, &e->result.id.job);
  if (j == NULL || peer_is_aside(c, e->peer) || !was_given(c, j, e)) {
    core_release_all(c, e);
    return;
  }
  const bool is_current = j->stage == e->result.id.stage && tree_build(c, j);
  node *n = is_current ? tree_find(j, e->result.id.task) : NULL;
  if (n == NULL) {
    dispute_past(c, j, e);
    core_release_all(c, e);
    return;
  }
  stray_gave(c, n, e->peer);
  if (!has_shape(n, e)) {
    core_release_all(c, e);
    if (has_lease(n, e->peer, e->result.attempt)) {
      error wrong;
      error_set(&wrong, STATUS_PROTOCOL, "a worker answered a %s task with another kind of result",
                core_work_name(node_work(n)));
      task_fault(c, n, e->peer, &wrong, NULL);
    }
    return;
  }
  const bool can_keep = !e->result.stays || peer_worker(c, e->peer) != NULL;
  if (!can_keep || !inputs_match(c, j, n, e)) {
    core_release_all(c, e);
    if (has_lease(n, e->peer, e->result.attempt)) {
      node_requeue(c, n);
    }
    return;
  }
  judge(c, j, n, e);
}
