/* Holds the core to what core.h promises, by walking through everything that it knows.
 *
 * Each complaint begins with the number of the invariant that is broken.  Complaints about the lists and
 * counts on which several invariants rest name the one that fails first when they are wrong. */
#include <stdlib.h>

#include "broker/core/core_inside.h"

/* What a walk adds up. */
typedef struct walk {
  const core *core;
  error *err;
  size_t running; /* nodes that some worker has */
  size_t strays, verdicts;
  size_t jobs, turns;
  core_blob *blobs;
  size_t blobs_count, blobs_capacity;
  bool no_memory;
} walk;

#define BROKEN(w, invariant, ...) \
  (error_set((w)->err, STATUS_CORRUPT, "invariant " #invariant " is broken: " __VA_ARGS__), false)

static size_t length_of(const chain *list) {
  size_t length = 0;
  for (const chain *at = list->next; at != list; at = at->next) {
    length++;
  }
  return length;
}

/* ---- Blobs ----------------------------------------------------------------------------------------- */

static void own(walk *w, core_blob blob) {
  if (blob == 0) {
    return;
  }
  if (!ARRAY_ROOM(w->blobs, w->blobs_count, w->blobs_capacity)) {
    w->no_memory = true;
    return;
  }
  w->blobs[w->blobs_count++] = blob;
}

static void own_all(walk *w, const job *j) {
  const core_blob blobs[] = {j->plan, j->program, j->spec, j->manifest, j->first_program, j->state};
  for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++) {
    own(w, blobs[i]);
  }
  for (uint32_t level = 0; level < j->levels_count; level++) {
    for (uint32_t i = 0; i < j->counts[level]; i++) {
      own(w, j->levels[level][i].blob);
    }
  }
}

static int compare_blobs(const void *a, const void *b) {
  const core_blob x = *(const core_blob *)a;
  const core_blob y = *(const core_blob *)b;
  return (x > y) - (x < y);
}

/* Each has one owner: otherwise it would be released twice. */
static bool check_blobs(walk *w) {
  if (w->blobs_count > 1) {
    qsort(w->blobs, w->blobs_count, sizeof *w->blobs, compare_blobs);
  }
  for (size_t i = 1; i < w->blobs_count; i++) {
    if (w->blobs[i] == w->blobs[i - 1]) {
      return BROKEN(w, 3, "blob %llu belongs to two", (unsigned long long)w->blobs[i]);
    }
  }
  return true;
}

/* ---- Nodes ----------------------------------------------------------------------------------------- */

#define NODE_FORMAT  "%s %u (level %u) of stage %u"
#define NODE_ARGS(n) core_work_name(node_work(n)), (n)->index, (unsigned)(n)->level, (n)->owner->stage

static bool is_worker(const walk *w, const worker *who) {
  return who->index < w->core->workers_count && w->core->workers[who->index] == who;
}

/* What a node has agrees with its state. */
static bool check_state(walk *w, const node *n) {
  const bool is_listed = !chain_is_alone(&n->in);
  const bool has_keeper = n->state == NODE_DONE && n->at != NULL;
  if (n->blob && n->state != NODE_DONE) {
    return BROKEN(w, 3, NODE_FORMAT " has a blob and is not done", NODE_ARGS(n));
  }
  if (is_listed != (n->state == NODE_READY || n->state == NODE_RUNNING || has_keeper)) {
    return BROKEN(w, 2, NODE_FORMAT " is in a list, or in none, against its state %u", NODE_ARGS(n),
                  (unsigned)n->state);
  }
  if ((n->at != NULL) != (n->state == NODE_RUNNING || has_keeper)) {
    return BROKEN(w, 2, NODE_FORMAT " is at a worker, or at none, against its state", NODE_ARGS(n));
  }
  if (n->at != NULL && !is_worker(w, n->at)) {
    return BROKEN(w, 2, NODE_FORMAT " is at a worker that is gone", NODE_ARGS(n));
  }
  if (has_keeper && !n->blob) {
    return BROKEN(w, 6, NODE_FORMAT " stays with a worker, without a blob", NODE_ARGS(n));
  }
  if (n->kept && n->state != NODE_DONE) {
    return BROKEN(w, 1, NODE_FORMAT " is on disk and not done", NODE_ARGS(n));
  }
  return true;
}

/* What is needed is done, or on its way; and nothing waits for what is there. */
static bool check_need(walk *w, const node *n) {
  if (n->state == NODE_READY && !n->picky && node_is_picky(n)) {
    return BROKEN(w, 7, NODE_FORMAT " is among the tasks of any worker, and only some may run it",
                  NODE_ARGS(n));
  }
  if (n->state == NODE_READY && !node_may_compute(n)) {
    return BROKEN(w, 6, NODE_FORMAT " is ready without its inputs", NODE_ARGS(n));
  }
  if (n->state == NODE_BLOCKED && node_may_compute(n)) {
    return BROKEN(w, 7, NODE_FORMAT " waits, and all of its inputs are there", NODE_ARGS(n));
  }
  const bool needed = node_is_needed(n);
  if (needed && (n->state == NODE_IDLE || (n->state == NODE_DONE && !n->blob))) {
    return BROKEN(w, 6, NODE_FORMAT " is needed, and nobody is to compute it", NODE_ARGS(n));
  }
  if (!needed && (n->state == NODE_READY || n->state == NODE_RUNNING)) {
    return BROKEN(w, 6, NODE_FORMAT " is computed, and is not needed", NODE_ARGS(n));
  }
  return true;
}

static bool check_dispute(walk *w, const node *n) {
  const dispute *d = dispute_find(n->owner, n->owner->stage, node_task(n));
  if (n->disputed != (d != NULL)) {
    return BROKEN(w, 1, NODE_FORMAT " is disputed without a dispute, or not with one", NODE_ARGS(n));
  }
  if (d == NULL) {
    return true;
  }
  if (n->has_content) {
    return BROKEN(w, 1, NODE_FORMAT " counts as done and is disputed", NODE_ARGS(n));
  }
  for (uint32_t i = 0; i < d->votes_count; i++) {
    if (dispute_is_decided(d, &d->votes[i].content)) {
      return BROKEN(w, 1, NODE_FORMAT " is decided and still disputed", NODE_ARGS(n));
    }
  }
  return true;
}

static bool check_lease(walk *w, const node *n) {
  if (n->state != NODE_RUNNING) {
    return true;
  }
  const job *j = n->owner;
  if (suspect_runs_alone(n) && (n->at->running_count != 1 || n->at->reserved_for != n->suspicion)) {
    return BROKEN(w, 2, NODE_FORMAT " is to run alone, and does not", NODE_ARGS(n));
  }
  if (n->at->set_aside) {
    return BROKEN(w, 1, NODE_FORMAT " runs on a worker that was set aside", NODE_ARGS(n));
  }
  if (n->level == CORE_LEVEL_STEP &&
      (!j->has_fingerprint || !digest_equal(&j->fingerprint, &n->at->fingerprint))) {
    return BROKEN(w, 4, NODE_FORMAT " runs on a worker of another fingerprint", NODE_ARGS(n));
  }
  return true;
}

/* A stray's worker has the task no more as its own; it only occupies room there. */
static bool check_strays(walk *w, const node *n) {
  for (const stray *s = n->strays; s != NULL; s = s->next) {
    w->strays++;
    if (s->of != n || !is_worker(w, s->at) || n->state == NODE_DONE || n->at == s->at) {
      return BROKEN(w, 2, NODE_FORMAT " is overdue at a worker against its state", NODE_ARGS(n));
    }
  }
  return true;
}

/* What will end a job is listed, and what is done ends none. */
static bool check_verdict(walk *w, const node *n) {
  const verdict *v = n->verdict;
  w->verdicts += v != NULL;
  if (v != NULL && (v->of != n || n->state == NODE_DONE)) {
    return BROKEN(w, 2, NODE_FORMAT " is to end its job against its state %u", NODE_ARGS(n),
                  (unsigned)n->state);
  }
  return true;
}

static bool check_node(walk *w, const node *n) {
  w->running += n->state == NODE_RUNNING;
  return check_verdict(w, n) && check_state(w, n) && check_need(w, n) && check_dispute(w, n) &&
         check_lease(w, n) && check_strays(w, n);
}

/* ---- Jobs ------------------------------------------------------------------------------------------ */

typedef struct tally {
  uint32_t ready, running, leaves;
  uint64_t rows;
} tally;

static void count(tally *t, const node *n) {
  t->ready += n->state == NODE_READY;
  t->running += n->state == NODE_RUNNING;
  t->leaves += n->level == 0 && n->counted;
  t->rows += n->level == 0 && n->counted ? n->owner->runs[n->index].rows : 0;
}

/* A stage whose results are kept has leaves alone, on the broker's disk, and ends with the last of them. */
static bool check_kept(walk *w, const job *j) {
  if (j->levels_count != 1 || j->state == 0 || j->special.state != NODE_IDLE) {
    return BROKEN(w, 10, "stage %u keeps its results, and has %u levels or a step", j->stage,
                  j->levels_count);
  }
  for (uint32_t i = 0; i < j->counts[0]; i++) {
    const node *n = &j->levels[0][i];
    if (n->state == NODE_DONE && (!n->blob || !n->kept || n->at != NULL)) {
      return BROKEN(w, 10, NODE_FORMAT " is done, and its result is not kept", NODE_ARGS(n));
    }
  }
  return j->leaves_done < j->counts[0] ||
         BROKEN(w, 10, "all results of stage %u are kept, and its job goes on", j->stage);
}

static bool check_nodes(walk *w, const job *j, tally *t) {
  for (uint32_t level = 0; level < j->levels_count; level++) {
    for (uint32_t i = 0; i < j->counts[level]; i++) {
      count(t, &j->levels[level][i]);
      if (!check_node(w, &j->levels[level][i])) {
        return false;
      }
    }
  }
  if (j->keeps) {
    return check_kept(w, j);
  }
  count(t, &j->special);
  return check_node(w, &j->special);
}

/* What is lost is of the job, and not all of it; and no STEP sees what only some stages counted. */
static bool check_lost(walk *w, const job *j) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < j->lost_count; i++) {
    const uint32_t shard = j->lost[i].shard;
    if (shard >= j->shards_count || (i > 0 && shard <= j->lost[i - 1].shard)) {
      return BROKEN(w, 9, "shard %u is lost out of order, or is none of %u", shard, j->shards_count);
    }
    rows += j->shards[shard].rows;
  }
  const bool is_all = j->rows_total > 0 ? rows >= j->rows_total : j->lost_count >= j->shards_count;
  if (rows != j->rows_lost || (j->lost_count > 0 && (!j->may_lose || is_all))) {
    return BROKEN(w, 9, "a job lost %llu of %llu rows (counted %llu), and %s", (unsigned long long)rows,
                  (unsigned long long)j->rows_total, (unsigned long long)j->rows_lost,
                  j->may_lose ? "may not lose all" : "may lose none");
  }
  const bool has_step = j->special.level == CORE_LEVEL_STEP && j->special.state == NODE_RUNNING;
  if (j->lost_late && (j->stage == 0 || has_step)) {
    return BROKEN(w, 9, "the step of stage %u runs, and earlier stages counted what is lost", j->stage);
  }
  return true;
}

/* Every READY node is in one of the job's lists. */
static bool check_lists(walk *w, const job *j, const tally *t) {
  size_t listed = length_of(&j->picky) + length_of(&j->reduces);
  for (uint32_t i = 0; i < j->homes_count; i++) {
    const size_t length = length_of(&j->homes[i].leaves);
    if (length != j->homes[i].count) {
      return BROKEN(w, 7, "a home counts %u leaves and has %zu", j->homes[i].count, length);
    }
    listed += length;
  }
  if (listed != t->ready || t->ready != j->ready_count || t->running != j->running_count) {
    return BROKEN(w, 7, "a job has %u ready nodes (counted %u, listed %zu), and %u that run (counted %u)",
                  t->ready, j->ready_count, listed, t->running, j->running_count);
  }
  if (t->leaves != j->leaves_done) {
    return BROKEN(w, 10, "a job has done %u leaves, and counts %u", t->leaves, j->leaves_done);
  }
  if (t->rows != j->rows_done || j->rows_done > j->rows_total) {
    return BROKEN(w, 6, "a job has done %llu rows of %llu, and counts %llu", (unsigned long long)t->rows,
                  (unsigned long long)j->rows_total, (unsigned long long)j->rows_done);
  }
  return true;
}

static bool check_job(walk *w, const job *j) {
  const core *c = w->core;
  tally t = {0};
  own_all(w, j);
  w->jobs++;
  w->turns += !chain_is_alone(&j->turn);
  if (!check_lost(w, j) || (j->is_built && (!check_nodes(w, j, &t) || !check_lists(w, j, &t)))) {
    return false;
  }
  if (!chain_is_alone(&j->turn) != (!j->is_built || j->ready_count > 0)) {
    return BROKEN(w, 5, "a job takes turns without a task to assign, or has one and takes none");
  }
  if (j->watches_count != length_of(&j->watches) || (j->watches_count > 0) == chain_is_alone(&j->watched)) {
    return BROKEN(w, 8, "a job counts %u watchers, and has %zu", j->watches_count, length_of(&j->watches));
  }
  /* A worker with room, and a task that every worker may run. */
  const bool is_open = !j->is_built || j->ready_count > length_of(&j->picky);
  if (is_open && !chain_is_alone(&c->with_room) && !c->placing_is_cut) {
    return BROKEN(w, 7, "a worker has room, and a task that any may run waits");
  }
  if (j->running_count == 0 && job_waits(c, j).kind == WAIT_NOTHING) {
    return BROKEN(w, 7, "nothing of a job runs, and it does not say what it waits for");
  }
  return true;
}

static bool check_jobs(walk *w) {
  for (size_t bucket = 0; bucket < CORE_BUCKETS; bucket++) {
    for (const job *j = w->core->jobs[bucket]; j != NULL; j = j->next) {
      if (!check_job(w, j)) {
        return false;
      }
    }
  }
  return true;
}

/* Larger priorities first, each once. */
static bool check_ranks(walk *w) {
  size_t turns = 0;
  size_t jobs = 0;
  for (const rank *r = w->core->ranks; r != NULL; r = r->next) {
    if (r->jobs == 0 || (r->next != NULL && r->next->priority >= r->priority)) {
      return BROKEN(w, 5, "priority %u is empty, or out of order", r->priority);
    }
    turns += length_of(&r->turns);
    jobs += r->jobs;
  }
  if (jobs != w->jobs || w->jobs != w->core->jobs_count || turns != w->turns ||
      turns != w->core->turns_count) {
    return BROKEN(w, 5, "%zu jobs (counted %zu), %zu of %zu turns (counted %u)", w->jobs, w->core->jobs_count,
                  w->turns, turns, w->core->turns_count);
  }
  return true;
}

/* ---- Workers --------------------------------------------------------------------------------------- */

static bool check_held(walk *w, const worker *who) {
  for (const chain *at = who->running.next; at != &who->running; at = at->next) {
    const node *n = CHAIN_OWNER(at, node, in);
    if (n->state != NODE_RUNNING || n->at != who) {
      return BROKEN(w, 2, NODE_FORMAT " is listed as running by peer %u, which does not have it",
                    NODE_ARGS(n), who->peer);
    }
  }
  for (const chain *at = who->keeps.next; at != &who->keeps; at = at->next) {
    const node *n = CHAIN_OWNER(at, node, in);
    if (n->state != NODE_DONE || n->at != who || !n->blob) {
      return BROKEN(w, 6, NODE_FORMAT " is listed as kept by peer %u, which does not have it", NODE_ARGS(n),
                    who->peer);
    }
  }
  return true;
}

static bool check_worker(walk *w, const worker *who) {
  const size_t running = length_of(&who->running);
  if (running != who->running_count) {
    return BROKEN(w, 2, "peer %u runs %zu tasks, and counts %u", who->peer, running, who->running_count);
  }
  if (who->set_aside && (running > 0 || !chain_is_alone(&who->keeps))) {
    return BROKEN(w, 1, "peer %u was set aside, and has tasks or partials", who->peer);
  }
  const bool has_room = worker_has_room(who);
  if (has_room != who->has_room || has_room == chain_is_alone(&who->room)) {
    return BROKEN(w, 7, "peer %u has room and is not listed, or has none and is", who->peer);
  }
  if (who->reserved_for != NULL && who->reserved_for->reserved != who) {
    return BROKEN(w, 2, "peer %u is reserved for a task that does not know it", who->peer);
  }
  const peer *p = peer_find(w->core, who->peer);
  if (p == NULL || p->worker != who || p->silent || who->heard_ms > w->core->now_ms) {
    return BROKEN(w, 2, "peer %u is not the worker that it is", who->peer);
  }
  return check_held(w, who);
}

static bool check_workers(walk *w) {
  size_t running = 0;
  size_t strays = 0;
  for (size_t i = 0; i < w->core->workers_count; i++) {
    const worker *who = w->core->workers[i];
    if (who->index != i || w->core->slots[who->slot] != who) {
      return BROKEN(w, 2, "peer %u is not where it counts itself", who->peer);
    }
    if (!check_worker(w, who)) {
      return false;
    }
    running += who->running_count;
    strays += length_of(&who->strays);
    if (length_of(&who->strays) != who->strays_count) {
      return BROKEN(w, 2, "peer %u counts %u overdue tasks", who->peer, who->strays_count);
    }
  }
  if (strays != w->strays) {
    return BROKEN(w, 2, "workers have %zu overdue tasks, jobs %zu", strays, w->strays);
  }
  if (w->verdicts != length_of(&w->core->verdicts)) {
    return BROKEN(w, 2, "%zu tasks are to end their jobs, and %zu are listed", w->verdicts,
                  length_of(&w->core->verdicts));
  }
  if (running != w->running || running != w->core->tasks_running) {
    return BROKEN(w, 2, "workers run %zu tasks, jobs %zu, and %zu are counted", running, w->running,
                  w->core->tasks_running);
  }
  return true;
}

/* ---- All of it ------------------------------------------------------------------------------------- */

static bool check_answers(walk *w) {
  if (w->core->answers_due != w->core->answers_given) {
    return BROKEN(w, 8, "%llu results and failures came, and %llu were answered",
                  (unsigned long long)w->core->answers_due, (unsigned long long)w->core->answers_given);
  }
  return true;
}

status core_check(const core *c, error *err) {
  walk w = {.core = c, .err = err};
  const bool whole =
      check_jobs(&w) && check_ranks(&w) && check_workers(&w) && check_blobs(&w) && check_answers(&w);
  free(w.blobs);
  if (w.no_memory) {
    return error_no_memory(err, "a check of the broker's core");
  }
  return whole ? STATUS_OK : STATUS_CORRUPT;
}

size_t core_blobs(const core *c) {
  walk w = {.core = c};
  for (size_t bucket = 0; bucket < CORE_BUCKETS; bucket++) {
    for (const job *j = c->jobs[bucket]; j != NULL; j = j->next) {
      own_all(&w, j);
    }
  }
  free(w.blobs);
  return w.blobs_count;
}
