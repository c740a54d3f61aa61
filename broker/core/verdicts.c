/* Ends of jobs that are not yet final.  What one worker reports, or what its loss suggests, may prove wrong
 * when others, which are away for a moment, come back.  So the job ends a while later, unless the task is
 * done first, or it goes on without the shards that would end it (lost.c).
 *
 * Until then other workers may try a task that a worker calls impossible, but a task at which workers were
 * lost does not run. */
#include <stdlib.h>

#include "broker/core/lost.h"

void verdict_await(core *c, node *n, uint64_t for_ms, const error *why, const digest *lost) {
  if (n->verdict != NULL) {
    return;
  }
  verdict *v = calloc(1, sizeof *v);
  if (v == NULL) {
    c->out_of_memory = true;
    return;
  }
  v->of = n;
  v->due_ms = c->now_ms + for_ms;
  v->is_poison = why == NULL;
  if (why != NULL) {
    v->why = *why;
  }
  if (lost != NULL) {
    v->lost = *lost;
  }
  chain_add_last(&c->verdicts, &v->all);
  n->verdict = v;
}

void verdict_forget(node *n) {
  if (n->verdict != NULL) {
    chain_remove(&n->verdict->all);
    free(n->verdict);
    n->verdict = NULL;
  }
}

bool verdict_holds(const node *n) {
  return n->verdict != NULL && n->verdict->is_poison;
}

/* A verdict stands only if the task still waits and no worker that is there could try it. */
static void pronounce(core *c, node *n) {
  const verdict v = *n->verdict;
  if (n->state == NODE_READY && !v.is_poison && node_has_other(c, n)) {
    n->verdict->due_ms = c->now_ms + c->confirm_ms;
    return;
  }
  verdict_forget(n);
  if (n->state != NODE_READY) {
    return;
  }
  if (v.is_poison) {
    suspect_condemn(c, n);
  } else if (!task_try_other_kind(c, n) && !lost_named(c, n, &v.lost, &v.why)) {
    job_end(c, n->owner, &v.why);
  }
}

static verdict *first_due(const core *c) {
  for (chain *at = c->verdicts.next; at != &c->verdicts; at = at->next) {
    verdict *v = CHAIN_OWNER(at, verdict, all);
    if (c->now_ms >= v->due_ms && v->of->state != NODE_RUNNING) {
      return v;
    }
  }
  return NULL;
}

/* Each verdict may end a job, and all of the job's verdicts with it. */
void verdicts_check(core *c) {
  for (verdict *v = NULL; (v = first_due(c)) != NULL;) {
    pronounce(c, v->of);
  }
}
