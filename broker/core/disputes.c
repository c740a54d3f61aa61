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

dispute *dispute_add(core *c, job *j, const dispute *of) {
  dispute *d = calloc(1, sizeof *d);
  if (d == NULL) {
    c->out_of_memory = true;
    return NULL;
  }
  *d = *of;
  d->next = j->disputes;
  j->disputes = d;
  return d;
}

static dispute *differ(core *c, job *j, const core_event *e, const digest *first, voter maker) {
  const core_result *r = &e->result;
  const dispute d = {
      .stage = r->id.stage,
      .task = r->id.task,
      .tag = attempt_tag(r->attempt),
      .votes = {{.content = *first, .by = maker}, {.content = r->content, .by = peer_voter(c, e->peer)}},
      .votes_count = 2};
  job_note(c, j, e->peer,
           "two workers gave different results of one task (%s %u of stage %u); a third decides%s",
           core_work_name(r->work), (unsigned)(uint32_t)r->id.task, (unsigned)r->id.stage,
           d.votes[0].by.trust != 0 && d.votes[0].by.trust == d.votes[1].by.trust
               ? "; both have one key, which is one trust: among its own workers each process has a vote"
               : "");
  return dispute_add(c, j, &d);
}

void dispute_open(core *c, job *j, node *n, const core_event *e) {
  core_release_all(c, e);
  if (differ(c, j, e, &n->content, n->maker) == NULL) {
    return;
  }
  if (n->state == NODE_READY || n->state == NODE_RUNNING) {
    node_stop(c, n);
  }
  n->disputed = true;
  node_void(c, n);
}

void dispute_verify(core *c, job *j, node *n, const core_event *e) {
  const core_result *r = &e->result;
  const dispute d = {.stage = r->id.stage,
                     .task = r->id.task,
                     .tag = attempt_tag(r->attempt),
                     .votes = {{.content = r->content, .by = peer_voter(c, e->peer)}},
                     .votes_count = 1,
                     .is_verified = true};
  core_release_all(c, e);
  if (dispute_add(c, j, &d) == NULL) {
    return;
  }
  if (n->state == NODE_READY || n->state == NODE_RUNNING) {
    node_stop(c, n);
  }
  n->disputed = true;
  node_wait(c, n);
}

/* ---- Votes ----------------------------------------------------------------------------------------- */

/* Whether two voters have different trusts, or machines; who is unknown, being from before a restart, has
 * none. */
static bool differ_in(const dispute *d, uint64_t (*what)(const voter *v)) {
  const voter *first = d->is_accused ? &d->accuser : NULL;
  for (uint32_t i = 0; i < d->votes_count; i++) {
    const voter *one = &d->votes[i].by;
    if (one->who != 0 && first != NULL && what(one) != what(first)) {
      return true;
    }
    first = first == NULL && one->who != 0 ? one : first;
  }
  return false;
}

static uint64_t trust_of(const voter *v) {
  return v->trust;
}

static uint64_t host_of(const voter *v) {
  return v->host;
}

/* Workers of several keys: then each key has one vote, so that one who has a key cannot outvote others with
 * as many processes as he likes. */
static bool is_by_key(const dispute *d) {
  return d->is_verified || differ_in(d, trust_of);
}

/* Where votes come from several machines, who was started again on one of them is nobody else. */
static bool is_same(const dispute *d, voter a, voter b) {
  return a.who == b.who || (a.seat != 0 && a.seat == b.seat) || (is_by_key(d) && a.trust == b.trust) ||
         (differ_in(d, host_of) && voter_may_follow(a, b));
}

bool dispute_may_run(const dispute *d, const worker *w) {
  for (uint32_t i = 0; i < d->votes_count; i++) {
    const vote *v = &d->votes[i];
    const bool may_repeat = d->again && v->by.who == w->by.who && !v->repeated;
    if (is_same(d, v->by, w->by) && !may_repeat) {
      return false;
    }
  }
  return !d->is_accused || d->again || !is_same(d, d->accuser, w->by);
}

/* Whether two different workers are for CONTENT: gave it, or accused another. */
bool dispute_is_decided(const dispute *d, const digest *content) {
  const vote *first = NULL;
  for (uint32_t i = 0; i < d->votes_count; i++) {
    const vote *v = &d->votes[i];
    if (!digest_equal(&v->content, content)) {
      continue;
    }
    if (first != NULL && !is_same(d, first->by, v->by)) {
      return true;
    }
    first = first == NULL ? v : first;
  }
  return first != NULL && d->is_accused && !digest_equal(&d->votes[0].content, content) &&
         !is_same(d, first->by, d->accuser) && !is_same(d, first->by, d->votes[0].by);
}

void dispute_give_up(core *c, job *j, const dispute *d) {
  error why;
  error_set(&why, STATUS_JOB,
            "%s, and none is left to decide; start another worker on another machine%s and submit again",
            d->is_accused && d->votes_count == 1 ? "one worker cannot read what another made"
                                                 : "workers give different results of one task",
            is_by_key(d) ? ", with a key of its own," : "");
  job_end(c, j, &why);
}

/* Of task D; about its worker, if that is here. */
static void set_aside(core *c, const job *j, const dispute *d, voter odd, const char *what) {
  job_note(c, j, peer_of_voter(c, odd.who), "%s (%s %u of stage %u); this worker gets no more tasks", what,
           task_work_name(j, d->stage, d->task), (unsigned)(uint32_t)d->task, (unsigned)d->stage);
  peer_set_aside(c, odd.who);
}

static bool accused_falsely(const dispute *d, const digest *right) {
  return d->is_accused && digest_equal(&d->votes[0].content, right);
}

/* Those who were odd: one voter may be named twice.  OUT has room for all. */
static uint32_t list_odd(const dispute *d, const digest *right, voter out[CORE_VOTES_MAX + 1]) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < d->votes_count; i++) {
    if (!digest_equal(&d->votes[i].content, right)) {
      out[count++] = d->votes[i].by;
    }
  }
  if (accused_falsely(d, right)) {
    out[count++] = d->accuser;
  }
  return count;
}

static void set_odd_aside(core *c, const job *j, const dispute *d, const digest *right) {
  for (uint32_t i = 0; i < d->votes_count; i++) {
    if (!digest_equal(&d->votes[i].content, right)) {
      set_aside(c, j, d, d->votes[i].by,
                d->is_accused && i == 0 ? "made what another worker could not read, and was found odd"
                                        : "gave a result that was found odd");
    }
  }
  if (accused_falsely(d, right)) {
    set_aside(c, j, d, d->accuser, "could not read what two other workers made alike");
  }
}

static bool made_in_stage(const job *j, uint64_t by) {
  for (uint32_t level = 0; level < j->levels_count; level++) {
    for (uint32_t i = 0; i < j->counts[level]; i++) {
      if (j->levels[level][i].has_content && j->levels[level][i].maker.who == by) {
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

/* What odd workers gave to this job is recomputed.  False: there was nothing to do. */
static bool undo_odd(core *c, job *j, const voter *odd, uint32_t count) {
  bool all = false;
  bool plan = false;
  bool stage = false;
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t who = odd[i].who;
    plan = plan || (j->planner.who && j->planner.who == who);
    all = all || made_before(j, who) || (j->restored && j->stage > 0);
    stage = stage || (j->plan && (made_in_stage(j, who) || j->restored));
  }
  if (plan || all) {
    job_restart(c, j, plan);
  } else if (stage) {
    job_restart_stage(c, j);
  }
  return plan || all || stage;
}

/* The dispute is over, and the task is to be run, or waits for its inputs. */
static void close_dispute(core *c, job *j, node *n, dispute *d) {
  dispute_forget(j, d);
  if (n->state == NODE_READY || n->state == NODE_RUNNING) {
    node_stop(c, n);
    n->disputed = false;
    node_wait(c, n);
  } else {
    n->disputed = false;
  }
}

static void decide(core *c, job *j, node *n, dispute *d, const core_event *e) {
  const digest *right = &e->result.content;
  const dispute decided = *d;
  voter odd[CORE_VOTES_MAX + 1];
  const uint32_t count = list_odd(d, right, odd);
  close_dispute(c, j, n, d);
  if (accused_falsely(&decided, right)) {
    accusation_refuted(j, right);
  }
  set_odd_aside(c, j, &decided, right);
  if (undo_odd(c, j, odd, count)) {
    core_release_all(c, e);
  } else {
    result_accept(c, j, n, e);
  }
}

/* The same process, the same inputs, another result: whatever the others gave, this one is faulty. */
static void contradict(core *c, job *j, node *n, dispute *d, voter odd) {
  const dispute closed = *d;
  close_dispute(c, j, n, d);
  set_aside(c, j, &closed, odd, "gave two different results of one task");
  (void)undo_odd(c, j, &odd, 1);
}

static vote *vote_of(dispute *d, voter by) {
  for (uint32_t i = 0; i < d->votes_count; i++) {
    if (d->votes[i].by.who == by.who) {
      return &d->votes[i];
    }
  }
  return NULL;
}

/* Of two that should have agreed. */
static void note_difference(core *c, const job *j, const dispute *d, const core_event *e) {
  const core_result *r = &e->result;
  if (d->votes_count == 1 && d->is_verified && !digest_equal(&d->votes[0].content, &r->content)) {
    job_note(
        c, j, e->peer,
        "workers with different keys gave different results of one task (%s %u of stage %u); a third one "
        "decides",
        core_work_name(r->work), (unsigned)(uint32_t)r->id.task, (unsigned)r->id.stage);
  }
}

void dispute_vote(core *c, job *j, node *n, const core_event *e) {
  const core_result *r = &e->result;
  dispute *d = dispute_find(j, r->id.stage, r->id.task);
  const bool asked = n->state == NODE_RUNNING && n->at->peer == e->peer && n->attempt == r->attempt;
  const voter by = peer_voter(c, e->peer);
  if (d->tag != attempt_tag(r->attempt)) { /* made from other inputs: there is nothing to compare */
    close_dispute(c, j, n, d);
    result_accept(c, j, n, e);
    return;
  }
  vote *own = vote_of(d, by);
  if (own != NULL && !digest_equal(&own->content, &r->content)) {
    core_release_all(c, e);
    contradict(c, j, n, d, by);
    return;
  }
  if (own != NULL) {
    own->repeated = own->repeated || asked;
  } else if (d->votes_count < CORE_VOTES_MAX) {
    note_difference(c, j, d, e);
    d->votes[d->votes_count++] = (vote){.content = r->content, .by = by};
  } else {
    core_release_all(c, e);
    dispute_give_up(c, j, d);
    return;
  }
  if (dispute_is_decided(d, &r->content)) {
    decide(c, j, n, d, e);
    return;
  }
  core_release_all(c, e);
  d->waits_since_ms = 0;
  if (asked) {
    node_requeue(c, n);
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
  remember_maker(c, j, n->maker.who);
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
        p->tag == attempt_tag(e->result.attempt)) {
      if (!digest_equal(&p->content, &e->result.content) && dispute_find(j, p->stage, p->task) == NULL) {
        const past_result past = *p;
        if (differ(c, j, e, &past.content, past.maker) != NULL) {
          job_restart(c, j, past.task >> 32 == CORE_LEVEL_PLAN);
        }
      }
      return;
    }
  }
}
