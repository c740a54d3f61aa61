/* Two workers give different results of one task: a third decides (invariant 1).
 *
 * What was made from the disputed result is void at once, so that nothing wrong can be kept before the
 * decision; the task waits for a worker that has not voted. */
#include <stdlib.h>
#include <string.h>

#include "broker/core/core_inside.h"

dispute *dispute_find(const job *j, uint32_t stage, uint64_t task) {
  dispute *d = j->disputes;
  while (d != NULL && (d->stage != stage || d->task != task)) {
    d = d->next;
  }
  return d;
}

void dispute_forget(job *j, dispute *d) {
  dispute **at = &j->disputes;
  while (*at != d) {
    at = &(*at)->next;
  }
  *at = d->next;
  free(d);
}

static dispute *dispute_add(core *c, job *j, const core_event *e, const digest *first, uint64_t maker) {
  dispute *d = calloc(1, sizeof *d);
  if (d == NULL) {
    c->out_of_memory = true;
    return NULL;
  }
  d->stage = e->result.id.stage;
  d->task = e->result.id.task;
  d->tag = e->result.attempt >> CORE_TAG_SHIFT;
  d->votes[0] = (vote){.content = *first, .who = maker};
  d->votes[1] = (vote){.content = e->result.content, .who = peer_who(c, e->peer)};
  d->votes_count = 2;
  d->next = j->disputes;
  j->disputes = d;
  job_note(
      c, j, e->peer, "two workers gave different results of one task (%s %u of stage %u); a third decides",
      core_work_name(e->result.work), (unsigned)(uint32_t)e->result.id.task, (unsigned)e->result.id.stage);
  return d;
}

void dispute_open(core *c, job *j, node *n, const core_event *e) {
  core_release_all(c, e);
  if (dispute_add(c, j, e, &n->content, n->maker) == NULL) {
    return;
  }
  if (n->state == NODE_READY || n->state == NODE_RUNNING) {
    node_stop(c, n);
  }
  n->disputed = true;
  node_void(c, n);
}

/* ---- Votes ----------------------------------------------------------------------------------------- */

bool dispute_may_run(const dispute *d, uint64_t by) {
  for (uint32_t i = 0; i < d->votes_count; i++) {
    if (d->votes[i].who == by && (!d->again || d->votes[i].repeated)) {
      return false;
    }
  }
  return true;
}

/* Whether two different workers gave CONTENT. */
static bool is_decided(const dispute *d, const digest *content) {
  const vote *first = NULL;
  for (uint32_t i = 0; i < d->votes_count; i++) {
    const vote *v = &d->votes[i];
    if (digest_equal(&v->content, content)) {
      if (first != NULL && first->who != v->who) {
        return true;
      }
      first = v;
    }
  }
  return false;
}

static void give_up(core *c, job *j) {
  error why;
  error_set(&why, STATUS_JOB,
            "workers give different results of one task, and none is left to decide; start another worker "
            "on another machine and submit again");
  job_end(c, j, &why);
}

static void set_votes_aside(core *c, const job *j, const dispute *d, const digest *right) {
  for (uint32_t i = 0; i < d->votes_count; i++) {
    const vote *v = &d->votes[i];
    if (!digest_equal(&v->content, right)) {
      job_note(c, j, 0, "the odd result of task %u of stage %u was found; its worker gets no more tasks",
               (unsigned)(uint32_t)d->task, (unsigned)d->stage);
      peer_set_aside(c, v->who);
    }
  }
}

static bool made_in_stage(const job *j, uint64_t by) {
  for (uint32_t level = 0; level < j->levels_count; level++) {
    for (uint32_t i = 0; i < j->counts[level]; i++) {
      if (j->levels[level][i].has_content && j->levels[level][i].maker == by) {
        return true;
      }
    }
  }
  return false;
}

static int compare_numbers(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a;
  const uint64_t y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

static bool made_before(const job *j, uint64_t by) {
  return j->past_makers_count > 0 &&
         bsearch(&by, j->past_makers, j->past_makers_count, sizeof *j->past_makers, compare_numbers) != NULL;
}

/* What an odd worker gave to this job is recomputed.  False: there was nothing to do. */
static bool undo_odd(core *c, job *j, const dispute *d, const digest *right) {
  bool all = false;
  bool plan = false;
  bool stage = false;
  for (uint32_t i = 0; i < d->votes_count; i++) {
    const vote *v = &d->votes[i];
    if (digest_equal(&v->content, right)) {
      continue;
    }
    plan = plan || (j->planner && j->planner == v->who);
    all = all || made_before(j, v->who) || (j->restored && j->stage > 0);
    stage = stage || (j->plan && (made_in_stage(j, v->who) || j->restored));
  }
  if (plan || all) {
    job_restart(c, j, plan);
  } else if (stage) {
    job_restart_stage(c, j);
  }
  return plan || all || stage;
}

static void decide(core *c, job *j, node *n, dispute *d, const core_event *e) {
  const dispute decided = *d;
  dispute_forget(j, d);
  if (n->state == NODE_READY || n->state == NODE_RUNNING) {
    node_stop(c, n);
    n->disputed = false;
    node_wait(c, n);
  } else {
    n->disputed = false;
  }
  set_votes_aside(c, j, &decided, &e->result.content);
  if (undo_odd(c, j, &decided, &e->result.content)) {
    core_release_all(c, e);
  } else {
    result_accept(c, j, n, e);
  }
}

void dispute_vote(core *c, job *j, node *n, const core_event *e) {
  dispute *d = dispute_find(j, e->result.id.stage, e->result.id.task);
  const bool asked = n->state == NODE_RUNNING && n->at->peer == e->peer && n->attempt == e->result.attempt;
  const uint64_t who = peer_who(c, e->peer);
  vote *own = NULL;
  for (uint32_t i = 0; i < d->votes_count; i++) {
    if (d->votes[i].who == who && digest_equal(&d->votes[i].content, &e->result.content)) {
      own = &d->votes[i];
    }
  }
  if (own != NULL) {
    own->repeated = own->repeated || asked;
  } else if (d->votes_count < CORE_VOTES_MAX) {
    d->votes[d->votes_count++] = (vote){.content = e->result.content, .who = who};
  } else {
    core_release_all(c, e);
    give_up(c, j);
    return;
  }
  if (is_decided(d, &e->result.content)) {
    decide(c, j, n, d, e);
    return;
  }
  core_release_all(c, e);
  d->waits_since_ms = 0;
  if (asked) {
    node_requeue(c, n);
  }
}

/* ---- Waiting for a third worker -------------------------------------------------------------------- */

static bool is_of_kind(const node *n, const worker *w) {
  const job *j = n->owner;
  return n->level != CORE_LEVEL_STEP || !j->has_fingerprint || digest_equal(&j->fingerprint, &w->fingerprint);
}

static bool may_vote(const dispute *d, const node *n, const worker *w) {
  return worker_may_take(w) && dispute_may_run(d, w->who) && !stray_is_at(n, w) && is_of_kind(n, w);
}

/* Of one that has lost several races in a row no vote is expected. */
bool dispute_has_voter(const core *c, const dispute *d, const node *n) {
  for (size_t i = 0; i < c->workers_count; i++) {
    if (c->workers[i]->races_in_row < CORE_WEDGED_RACES && may_vote(d, n, c->workers[i])) {
      return true;
    }
  }
  return false;
}

/* One that answers, as far as is known, runs N or may do so. */
static bool has_third(const core *c, const dispute *d, const node *n) {
  bool is_there = n->state == NODE_RUNNING && !worker_is_doubtful(c, n->at);
  for (size_t i = 0; i < c->workers_count; i++) {
    is_there = is_there || (!worker_is_doubtful(c, c->workers[i]) && may_vote(d, n, c->workers[i]));
  }
  return is_there;
}

static bool any_accepts(const core *c) {
  bool any = false;
  for (size_t i = 0; i < c->workers_count; i++) {
    any = any || worker_accepts(c->workers[i]);
  }
  return any;
}

/* Whoever runs N, or could, is not expected to answer. */
static bool is_hopeless(const core *c, const dispute *d, const node *n) {
  const bool runs = n->state == NODE_RUNNING && n->at->races_in_row < CORE_WEDGED_RACES;
  return !runs && !dispute_has_voter(c, d, n) && !stray_may_answer(c, n);
}

/* As long as for copies of overdue tasks. */
static bool is_past_expecting(const core *c, const dispute *d, const node *n) {
  return c->now_ms - d->waits_since_ms >= CORE_EXPIRY_TIMES * first_budget_of(n);
}

/* Time counts from the last vote, or from when the task came up again: a worker that never answers, and is
 * soon free again, must not keep the voters from a second run. */
static bool check_one(core *c, job *j, dispute *d) {
  const node *n = d->stage == j->stage ? tree_find(j, d->task) : NULL;
  const bool is_open = n != NULL && (n->state == NODE_READY || n->state == NODE_RUNNING);
  if (!is_open || !any_accepts(c)) {
    d->waits_since_ms = 0;
  } else if (d->waits_since_ms == 0) {
    d->waits_since_ms = c->now_ms ? c->now_ms : 1;
  } else if (c->now_ms - d->waits_since_ms >= CORE_THIRD_MS && !has_third(c, d, n)) {
    if (d->again && (is_hopeless(c, d, n) || is_past_expecting(c, d, n))) {
      give_up(c, j);
      return false;
    }
    d->again = true;
  }
  return true;
}

static void check_job(core *c, job *j) {
  for (dispute *d = j->disputes; d != NULL; d = d->next) {
    if (!check_one(c, j, d)) {
      return;
    }
  }
}

void disputes_check(core *c) {
  for (size_t bucket = 0; bucket < CORE_BUCKETS; bucket++) {
    for (job *j = c->jobs[bucket], *next = NULL; j != NULL; j = next) {
      next = j->next;
      check_job(c, j);
    }
  }
}

/* ---- Stages that have passed ----------------------------------------------------------------------- */

static void remember_maker(core *c, job *j, uint64_t maker) {
  if (maker == 0 || made_before(j, maker)) {
    return;
  }
  if (!ARRAY_ROOM(j->past_makers, j->past_makers_count, j->past_makers_capacity)) {
    c->out_of_memory = true;
    return;
  }
  size_t at = j->past_makers_count++;
  for (; at > 0 && j->past_makers[at - 1] > maker; at--) {
    j->past_makers[at] = j->past_makers[at - 1];
  }
  j->past_makers[at] = maker;
}

static void remember(core *c, job *j, const node *n) {
  if (!n->has_content) {
    return;
  }
  remember_maker(c, j, n->maker);
  if (!n->sent_twice || j->past_count == CORE_PAST_MAX) {
    return;
  }
  if (j->past == NULL) {
    j->past = calloc(CORE_PAST_MAX, sizeof *j->past);
    if (j->past == NULL) {
      c->out_of_memory = true;
      return;
    }
  }
  j->past[j->past_count++] = (past_result){
      .stage = j->stage, .task = node_task(n), .tag = n->tag, .maker = n->maker, .content = n->content};
}

void past_remember(core *c, job *j) {
  for (uint32_t level = 0; level < j->levels_count; level++) {
    for (uint32_t i = 0; i < j->counts[level]; i++) {
      remember(c, j, &j->levels[level][i]);
    }
  }
  remember(c, j, &j->special);
}

void past_clear(job *j) {
  free(j->past);
  free(j->past_makers);
  j->past = NULL;
  j->past_makers = NULL;
  j->past_count = j->past_makers_count = j->past_makers_capacity = 0;
}

/* Whatever came after it may be wrong: the job starts again, and when it reaches that task again a third
 * worker decides. */
void dispute_past(core *c, job *j, const core_event *e) {
  for (size_t i = 0; i < j->past_count; i++) {
    const past_result *p = &j->past[i];
    if (p->stage == e->result.id.stage && p->task == e->result.id.task &&
        p->tag == e->result.attempt >> CORE_TAG_SHIFT) {
      if (!digest_equal(&p->content, &e->result.content) && dispute_find(j, p->stage, p->task) == NULL) {
        const past_result past = *p;
        if (dispute_add(c, j, e, &past.content, past.maker) != NULL) {
          job_restart(c, j, past.task >> 32 == CORE_LEVEL_PLAN);
        }
      }
      return;
    }
  }
}
