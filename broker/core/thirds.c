/* Disputes that wait for another worker: a third one that decides, or a second one with another key. */
#include "broker/core/core_inside.h"

static bool is_of_kind(const node *n, const worker *w) {
  const job *j = n->owner;
  return n->level != CORE_LEVEL_STEP || !j->has_fingerprint || digest_equal(&j->fingerprint, &w->fingerprint);
}

static bool may_vote(const dispute *d, const node *n, const worker *w) {
  return worker_may_take(w) && dispute_may_run(d, w) && !stray_is_at(n, w) && is_of_kind(n, w);
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

/* Of the kind that computed it nobody is left to decide, but there are workers of others: the job starts
 * again with those. */
static bool leave_kind(core *c, job *j, const node *n, dispute *d) {
  if (n != &j->special || n->level != CORE_LEVEL_STEP || !j->has_fingerprint || j->has_bad_kind ||
      !job_has_kind_besides(c, &j->fingerprint)) {
    return false;
  }
  job_note(c, j, 0,
           "no other worker computes as those do whose results of the step of stage %u are compared; the job "
           "starts again with another kind of worker",
           j->stage);
  dispute_forget(j, d);
  j->bad_kind = j->fingerprint;
  j->has_bad_kind = true;
  job_restart(c, j, false);
  return true;
}

/* Two workers of another kind than J's compute alike, and have different keys. */
static bool can_verify_elsewhere(const core *c, const job *j) {
  for (size_t i = 0; i < c->workers_count; i++) {
    const worker *a = c->workers[i];
    for (size_t k = 0; k < i && worker_may_take(a) && !digest_equal(&a->fingerprint, &j->fingerprint); k++) {
      const worker *b = c->workers[k];
      if (worker_may_take(b) && a->by.trust != b->by.trust &&
          digest_equal(&a->fingerprint, &b->fingerprint)) {
        return true;
      }
    }
  }
  return false;
}

/* A result that is to be given twice waits for another key, and says so.  Where the job's kind has none for a
 * while, and another one has two, it goes there, also to one that it has left before: perhaps only because
 * its workers had not come yet. */
static bool turns_to_other_kind(core *c, job *j, const node *n, dispute *d) {
  if (n != &j->special || !is_hopeless(c, d, n)) {
    d->waits_since_ms = 0;
  } else if (d->waits_since_ms == 0) {
    d->waits_since_ms = c->now_ms ? c->now_ms : 1;
  } else if (c->now_ms - d->waits_since_ms >= CORE_THIRD_MS && can_verify_elsewhere(c, j)) {
    j->has_bad_kind = false;
    return leave_kind(c, j, n, d);
  }
  return false;
}

/* Time counts from the last vote, or from when the task came up again: a worker that never answers, and is
 * soon free again, must not keep the voters from a second run.  False: that has changed the job's disputes.
 */
static bool check_one(core *c, job *j, dispute *d) {
  const node *n = d->stage == j->stage ? tree_find(j, d->task) : NULL;
  const bool is_open = n != NULL && (n->state == NODE_READY || n->state == NODE_RUNNING);
  if (!is_open || !any_accepts(c)) {
    d->waits_since_ms = 0;
  } else if (is_hopeless(c, d, n) && leave_kind(c, j, n, d)) {
    return false;
  } else if (d->is_verified && d->votes_count == 1) {
    return !turns_to_other_kind(c, j, n, d);
  } else if (d->waits_since_ms == 0) {
    d->waits_since_ms = c->now_ms ? c->now_ms : 1;
  } else if (c->now_ms - d->waits_since_ms >= CORE_THIRD_MS && !has_third(c, d, n)) {
    if (d->again && (is_hopeless(c, d, n) || is_past_expecting(c, d, n))) {
      dispute_give_up(c, j, d);
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
