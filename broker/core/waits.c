/* What a job that does not go on waits for: worked out when somebody asks, from what the core knows anyway.
 */
#include <inttypes.h>
#include <stdio.h>

#include "broker/core/core_inside.h"

const char *core_wait_text(core_wait_kind kind) {
  static const char *const texts[] = {
#define X(id, text) [id] = text,
      CORE_WAIT_TABLE(X)
#undef X
  };
  return texts[kind];
}

static bool any_accepts(const core *c) {
  for (size_t i = 0; i < c->workers_count; i++) {
    if (worker_accepts(c->workers[i])) {
      return true;
    }
  }
  return false;
}

static bool has_kind(const core *c, const job *j) {
  for (size_t i = 0; i < c->workers_count; i++) {
    const worker *w = c->workers[i];
    if (worker_may_take(w) && digest_equal(&w->fingerprint, &j->fingerprint) &&
        !stray_is_at(&j->special, w)) {
      return true;
    }
  }
  return false;
}

/* Of tasks that only some workers may run the first one that none may. */
static core_wait_kind kind_of_picky(const core *c, const job *j) {
  for (const chain *at = j->picky.next; at != &j->picky; at = at->next) {
    const node *n = CHAIN_OWNER(at, node, in);
    if (n->level == CORE_LEVEL_STEP && j->has_fingerprint && !has_kind(c, j)) {
      return WAIT_KIND;
    }
    const dispute *d = n->disputed ? dispute_find(j, j->stage, node_task(n)) : NULL;
    if (d != NULL && !dispute_has_voter(c, d, n)) {
      return d->is_verified && d->votes_count == 1 ? WAIT_SECOND : WAIT_THIRD;
    }
    if (n->verdict != NULL) {
      return verdict_holds(n) ? WAIT_RETURN : WAIT_CONFIRM;
    }
    if (node_is_alone(n)) {
      return WAIT_EMPTY;
    }
  }
  return WAIT_TURN;
}

/* All that runs is past its budget, and nobody else is there to try it. */
static bool is_held(const core *c, const job *j) {
  return j->running_count > 0 && j->held_ms == c->overdue_checked_ms && j->held_count >= j->running_count;
}

/* Nothing of J runs, and a worker has room: what it may run of J it is given before this step is over, unless
 * that is cut. */
static core_wait_kind kind_beside_room(const core *c, const job *j) {
  if (placement_finds(c, j)) {
    return c->placing_is_cut ? WAIT_LATER : WAIT_NOTHING;
  }
  return WAIT_FIT;
}

core_wait job_waits(const core *c, const job *j) {
  core_wait wait = {.kind = WAIT_NOTHING};
  if (is_held(c, j)) {
    wait.kind = WAIT_ANSWER;
    wait.peer = j->held_by;
    wait.since_ms = j->held_since_ms;
  } else if (j->running_count == 0) {
    wait.kind = any_accepts(c) ? kind_of_picky(c, j) : WAIT_WORKER;
  }
  if (wait.kind == WAIT_TURN && !chain_is_alone(&c->with_room)) {
    wait.kind = kind_beside_room(c, j);
  }
  return wait;
}

void jobs_check_waits(core *c) {
  for (const chain *at = c->watched.next; at != &c->watched; at = at->next) {
    job *j = CHAIN_OWNER(at, job, watched);
    if (job_waits(c, j).kind != j->told_wait) {
      job_tell(c, j);
    }
  }
}
