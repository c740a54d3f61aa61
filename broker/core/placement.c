/* Which task goes to which worker.
 *
 * Highest priority first; within one priority jobs take turns: one that got a task goes to the end.  Of a job
 * the tasks that only some workers may run go first, then merges, then leaves: first to the workers that hold
 * their shards; those that none holds to the worker with most room; and only then those of workers that are
 * full.  Every decision depends on past events, never on addresses. */
#include "broker/core/lost.h"

enum {
  PICKY_TRIED_MAX = 16,  /* nodes examined to find one that may run */
  PASSED_MAX = 64,       /* jobs without such a node in one step; later ones have their turn in the next */
  HOMES_PER_MS = 32,     /* leaves are reassigned at a rate that costs little */
  STUCK_CHECK_MS = 1000, /* the waits checked take a minute */
};

/* ---- Which workers may, and which are best
 * --------------------------------------------------------------------- */

/* Or is to be confirmed by somebody else's worker. */
static bool has_failed_on(const core *c, const node *n, const worker *w) {
  for (uint32_t i = 0; i < n->failures; i++) {
    if (n->failed_on[i] == w->by.who) {
      return true;
    }
  }
  return n->is_final && ((c->has_trusts && w->by.trust == n->final_by.trust) ||
                         (c->has_hosts && voter_may_follow(n->final_by, w->by)));
}

/* Regardless of where it failed before. */
static bool is_fit(const node *n, const worker *w) {
  const job *j = n->owner;
  if (n->level == CORE_LEVEL_STEP && j->has_fingerprint && !digest_equal(&j->fingerprint, &w->fingerprint)) {
    return false;
  }
  if (n->strays != NULL && stray_is_at(n, w)) {
    return false;
  }
  const dispute *d = n->disputed ? dispute_find(j, j->stage, node_task(n)) : NULL;
  return d == NULL || dispute_may_run(d, w);
}

/* A task that failed on one worker waits for another if there is one: a machine with a full disk always has
 * room for tasks. */
bool node_has_other(const core *c, const node *n) {
  for (size_t i = 0; i < c->workers_count; i++) {
    const worker *w = c->workers[i];
    if (worker_may_take(w) && !has_failed_on(c, n, w) && is_fit(n, w)) {
      return true;
    }
  }
  return false;
}

/* Or is more likely to answer. */
static bool has_more_room(const worker *a, const worker *b) {
  if (a->races_in_row != b->races_in_row) {
    return a->races_in_row < b->races_in_row;
  }
  const uint64_t load_a = (uint64_t)a->running_count * b->capacity;
  const uint64_t load_b = (uint64_t)b->running_count * a->capacity;
  return load_a != load_b ? load_a < load_b : a->peer < b->peer;
}

/* Answers, as far as is known.  A copy of an overdue task waits for such a worker if there is one: with
 * another it might be lost again. */
static bool is_proven(const worker *w) {
  return w->tasks_done > 0 && w->races_in_row == 0;
}

static bool has_proven(const core *c, const node *n) {
  for (size_t i = 0; i < c->workers_count; i++) {
    const worker *w = c->workers[i];
    if (worker_may_take(w) && is_proven(w) && !has_failed_on(c, n, w) && is_fit(n, w)) {
      return true;
    }
  }
  return false;
}

bool job_has_kind_besides(const core *c, const digest *kind) {
  for (size_t i = 0; i < c->workers_count; i++) {
    if (worker_may_take(c->workers[i]) && !digest_equal(&c->workers[i]->fingerprint, kind)) {
      return true;
    }
  }
  return false;
}

/* The kind that could not do the job's STEP, while a worker of another one may. */
static const digest *kind_to_avoid(const core *c, const node *n) {
  const job *j = n->owner;
  const bool is_free = n->level == CORE_LEVEL_STEP && j->has_bad_kind && !j->has_fingerprint;
  for (size_t i = 0; is_free && i < c->workers_count; i++) {
    const worker *w = c->workers[i];
    if (worker_may_take(w) && is_fit(n, w) && !digest_equal(&w->fingerprint, &j->bad_kind)) {
      return &j->bad_kind;
    }
  }
  return NULL;
}

static uint32_t partials_kept(const node *n, const worker *w) {
  uint32_t count = 0;
  uint32_t kept = 0;
  const node *children = node_children(n, &count);
  for (uint32_t i = 0; i < count; i++) {
    kept += node_is_present(&children[i]) && children[i].at == w;
  }
  return kept;
}

/* The worker with room that keeps most of N's partials, of equals the one with most room; NULL: none may. */
static worker *choose_worker(const core *c, const node *n) {
  worker *best = NULL;
  uint32_t best_kept = 0;
  const bool elsewhere = n->failures > 0 && (n->verdict != NULL || node_has_other(c, n));
  const bool proven = n->copies > 0 && has_proven(c, n);
  const digest *avoided = kind_to_avoid(c, n);
  for (const chain *at = c->with_room.next; at != &c->with_room; at = at->next) {
    worker *w = CHAIN_OWNER(at, worker, room);
    if (!is_fit(n, w) || (elsewhere && has_failed_on(c, n, w)) || (proven && !is_proven(w)) ||
        (avoided != NULL && digest_equal(&w->fingerprint, avoided))) {
      continue;
    }
    const uint32_t kept = partials_kept(n, w);
    if (best == NULL || kept > best_kept || (kept == best_kept && has_more_room(w, best))) {
      best = w;
      best_kept = kept;
    }
  }
  return best;
}

bool node_has_room(const core *c, const node *n) {
  for (const chain *at = c->with_room.next; at != &c->with_room; at = at->next) {
    const worker *w = CHAIN_OWNER(at, worker, room);
    if (!worker_is_doubtful(c, w) && is_fit(n, w)) {
      return true;
    }
  }
  return false;
}

bool node_has_heir(const core *c, const node *n) {
  for (size_t i = 0; i < c->workers_count; i++) {
    const worker *w = c->workers[i];
    if (w != n->at && worker_may_take(w) && is_fit(n, w)) {
      return true;
    }
  }
  return false;
}

/* ---- Sending --------------------------------------------------------------------------------------- */

static void send_task(core *c, node *n, worker *w) {
  job *j = n->owner;
  const core_work work = node_work(n);
  if (work == WORK_STEP && !j->has_fingerprint) {
    j->fingerprint = w->fingerprint;
    j->has_fingerprint = true;
  }
  core_blob blobs[4 + CORE_FAN_IN] = {j->plan, j->state, j->program};
  uint32_t count = 3;
  if (work == WORK_PLAN || work == WORK_READ) {
    blobs[0] = j->spec;
    blobs[1] = j->manifest;
    count = 2;
  } else if (work != WORK_STEP) {
    blobs[0] = j->program;
    count = 1;
  }
  uint32_t children_count = 0;
  const node *children = node_children(n, &children_count);
  for (uint32_t i = 0; i < children_count; i++) {
    blobs[count++] = children[i].blob;
  }
  node_run(c, n, w);
  core_action a = {.kind = CORE_SEND_TASK,
                   .peer = w->peer,
                   .task = {.id = {.job = j->id, .stage = j->stage, .task = node_task(n)},
                            .attempt = n->attempt,
                            .work = work}};
  if (work == WORK_MAP || work == WORK_ROWS) {
    a.task.shards = lost_leave(c, n, &a.task.shards_count);
  } else if (work == WORK_STEP) {
    lost_tell(c, j, &a.task, blobs, &count);
  }
  a.task.blobs = core_lend(c, blobs, count);
  a.task.blobs_count = count;
  core_act(c, &a);
  if (!j->is_running) {
    j->is_running = true;
    job_tell(c, j);
  }
}

static node *first_of(const chain *list) {
  return CHAIN_OWNER(list->next, node, in);
}

/* ---- One task of a job ----------------------------------------------------------------------------- */

/* The task was assigned again with inputs other than those of the two results: nothing to decide. */
static bool drop_moot_dispute(core *c, node *n) {
  dispute *d = n->disputed ? dispute_find(n->owner, n->owner->stage, node_task(n)) : NULL;
  const bool is_known = n->level != CORE_LEVEL_STEP || n->owner->has_fingerprint;
  if (d == NULL || !is_known || d->tag == node_tag(n->owner, n)) {
    return false;
  }
  node_stop(c, n);
  n->disputed = false;
  dispute_forget(n->owner, d);
  node_wait(c, n);
  return true;
}

static bool place_picky(core *c, job *j) {
  int tried = 0;
  for (; tried < PICKY_TRIED_MAX && !chain_is_alone(&j->picky); tried++) {
    node *n = first_of(&j->picky);
    if (n->level == CORE_LEVEL_STEP && lost_starts_again(c, j)) {
      return true;
    }
    if (drop_moot_dispute(c, n)) {
      continue;
    }
    worker *w = node_is_alone(n) || verdict_holds(n) ? NULL : choose_worker(c, n);
    if (w != NULL) {
      send_task(c, n, w);
      return true;
    }
    chain_remove(&n->in);
    chain_add_last(&j->picky, &n->in);
  }
  c->placing_is_cut = c->placing_is_cut || tried == PICKY_TRIED_MAX;
  return false;
}

static bool place_reduce(core *c, job *j) {
  if (chain_is_alone(&j->reduces)) {
    return false;
  }
  node *n = first_of(&j->reduces);
  send_task(c, n, choose_worker(c, n));
  return true;
}

static worker *with_most_room(const core *c) {
  worker *best = NULL;
  for (const chain *at = c->with_room.next; at != &c->with_room; at = at->next) {
    worker *w = CHAIN_OWNER(at, worker, room);
    if (best == NULL || has_more_room(w, best)) {
      best = w;
    }
  }
  return best;
}

/* A leaf of a worker that holds its shards and has room. */
static bool place_at_home(core *c, job *j) {
  const home *best = NULL;
  worker *best_worker = NULL;
  for (uint32_t i = 1; i < j->homes_count; i++) {
    worker *w = j->homes[i].count > 0 ? holder_worker(c, j->homes[i].holder) : NULL;
    if (w != NULL && w->has_room && (best == NULL || has_more_room(w, best_worker))) {
      best = &j->homes[i];
      best_worker = w;
    }
  }
  if (best == NULL) {
    return false;
  }
  send_task(c, first_of(&best->leaves), best_worker);
  return true;
}

/* A leaf that no worker holds, or whose holder is gone, or otherwise one of the holder with most to do. */
static bool place_abroad(core *c, job *j) {
  const home *best = j->homes[0].count > 0 ? &j->homes[0] : NULL;
  for (uint32_t i = 1; i < j->homes_count && best != &j->homes[0]; i++) {
    const home *h = &j->homes[i];
    const worker *holder = h->count > 0 ? holder_worker(c, h->holder) : NULL;
    if (h->count > 0 && (holder == NULL || !worker_accepts(holder))) {
      best = h;
      break;
    }
    if (h->count > 0 && (best == NULL || h->count > best->count)) {
      best = h;
    }
  }
  if (best == NULL) {
    return false;
  }
  send_task(c, first_of(&best->leaves), with_most_room(c));
  return true;
}

/* Workers that joined since may hold what waits. */
static void update_homes(core *c, job *j) {
  if (c->held_ever && c->held_changed_ms >= j->homed_ms &&
      c->now_ms - j->homed_ms > j->counts[0] / HOMES_PER_MS) {
    homes_assign(c, j);
  }
}

static bool place_leaf(core *c, job *j) {
  if (j->homes_count == 0) {
    return false;
  }
  update_homes(c, j);
  return place_at_home(c, j) || place_abroad(c, j);
}

static bool place_one(core *c, job *j) {
  return tree_build(c, j) && (place_picky(c, j) || place_reduce(c, j) || place_leaf(c, j));
}

/* Tasks that any worker may run. */
static bool has_open(const job *j) {
  bool any = !j->is_built || !chain_is_alone(&j->reduces);
  for (uint32_t i = 0; i < j->homes_count && !any; i++) {
    any = j->homes[i].count > 0;
  }
  return any;
}

bool placement_finds(const core *c, const job *j) {
  int tried = 0;
  for (const chain *at = j->picky.next; at != &j->picky && tried < PICKY_TRIED_MAX; at = at->next, tried++) {
    const node *n = CHAIN_OWNER(at, node, in);
    if (!node_is_alone(n) && !verdict_holds(n) && choose_worker(c, n) != NULL) {
      return true;
    }
  }
  return has_open(j) && !chain_is_alone(&c->with_room);
}

/* ---- Tasks that run alone -------------------------------------------------------------------------- */

/* To be emptied: who answers, as far as is known, before who may never do, and then who has less to do. */
static bool is_emptied_sooner(const core *c, const worker *a, const worker *b) {
  const bool a_is_doubtful = worker_is_doubtful(c, a);
  return a_is_doubtful != worker_is_doubtful(c, b) ? !a_is_doubtful : a->owed < b->owed;
}

/* For N: the best of the workers that may run it, and where N has not failed unless it has failed everywhere.
 * Not one that still has an overdue task to itself: whatever kills it proves nothing. */
static worker *choose_to_empty(const core *c, const node *n) {
  const bool elsewhere = n->failures > 0 && (n->verdict != NULL || node_has_other(c, n));
  worker *best = NULL;
  for (size_t i = 0; i < c->workers_count; i++) {
    worker *w = c->workers[i];
    if (worker_may_take(w) && w->reserved_for == NULL && is_fit(n, w) &&
        !(elsewhere && has_failed_on(c, n, w)) && (best == NULL || is_emptied_sooner(c, w, best))) {
      best = w;
    }
  }
  return best;
}

/* One worker at a time is emptied for each, but never more than half of them (of one, that one). */
static void place_alone(core *c) {
  uint32_t tried = 0;
  for (chain *at = c->alone.next; at != &c->alone && tried < PICKY_TRIED_MAX; tried++) {
    node *n = CHAIN_OWNER(at, suspicion, waiting)->of;
    at = at->next;
    if (verdict_holds(n)) {
      continue;
    }
    if (n->level == CORE_LEVEL_STEP && lost_starts_again(c, n->owner)) {
      return; /* the list has changed */
    }
    worker *w = n->suspicion->reserved;
    if (w != NULL && (!worker_accepts(w) || !is_fit(n, w))) {
      suspect_unreserve(c, n);
      w = NULL;
    }
    if (w == NULL && 2 * (size_t)c->reserved_count < c->workers_count) {
      w = choose_to_empty(c, n);
      if (w != NULL) {
        suspect_reserve(c, n, w);
      }
    }
    if (w != NULL && w->running_count == 0) {
      send_task(c, n, w);
    }
  }
}

/* ---- All jobs -------------------------------------------------------------------------------------- */

static void go_last(job *j) {
  if (!chain_is_alone(&j->turn)) {
    chain_remove(&j->turn);
    chain_add_last(&j->rank->turns, &j->turn);
  }
}

/* Assigns one task; false when there is none that any worker may run. */
static bool place_next(core *c, uint32_t *passed) {
  for (const rank *r = c->ranks; r != NULL; r = r->next) {
    for (uint32_t i = 0; i < r->jobs && !chain_is_alone(&r->turns) && *passed < PASSED_MAX; i++) {
      job *j = CHAIN_OWNER(r->turns.next, job, turn);
      const bool placed = place_one(c, j);
      go_last(j);
      if (placed || c->out_of_memory) {
        return placed;
      }
      ++*passed;
      if (chain_is_alone(&j->stuck)) {
        chain_add_last(&c->stuck, &j->stuck);
      }
    }
  }
  return false;
}

void placement_run(core *c) {
  uint32_t passed = 0;
  c->placing_is_cut = false;
  place_alone(c);
  while (!c->out_of_memory && !chain_is_alone(&c->with_room) && c->turns_count > 0) {
    if (!place_next(c, &passed)) {
      c->placing_is_cut = c->placing_is_cut || passed == PASSED_MAX;
      return;
    }
  }
}

/* ---- Jobs that wait for a worker that is missing ------------------------------------------------- */

/* Invariant 4. */
static void check_fingerprint(core *c, job *j) {
  bool same = false;
  bool any = false;
  for (size_t i = 0; i < c->workers_count; i++) {
    const worker *w = c->workers[i];
    any = any || worker_accepts(w);
    same = same || (worker_may_take(w) && digest_equal(&w->fingerprint, &j->fingerprint) &&
                    !stray_is_at(&j->special, w));
  }
  const bool waits =
      j->special.level == CORE_LEVEL_STEP && j->special.state == NODE_READY && j->has_fingerprint;
  if (!waits || same || !any) {
    j->strange_since_ms = 0;
  } else if (j->strange_since_ms == 0) {
    j->strange_since_ms = c->now_ms + 1;
  } else if (c->now_ms + 1 - j->strange_since_ms >= CORE_FINGERPRINT_MS) {
    job_note(c, j, 0,
             "no worker is left that computes as those before did (another kind of machine); the job starts "
             "again from its first stage");
    j->step_restarts += j->special.strays != NULL;
    strays_settle(c, &j->special, 0);
    job_restart(c, j, false);
  }
}

void placement_check_stuck(core *c) {
  if (c->now_ms - c->stuck_checked_ms < STUCK_CHECK_MS) {
    return;
  }
  c->stuck_checked_ms = c->now_ms;
  for (chain *at = c->stuck.next; at != &c->stuck;) {
    job *j = CHAIN_OWNER(at, job, stuck);
    at = at->next;
    check_fingerprint(c, j);
    if (chain_is_alone(&j->picky)) {
      j->strange_since_ms = 0;
      chain_remove(&j->stuck);
    }
  }
  disputes_check(c);
}
