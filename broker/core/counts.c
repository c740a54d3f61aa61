/* How many states the tasks of a job computed, and how many were cached.
 *
 * Each leaf counts once, with its last result: whatever was lost, disputed or recomputed on the way, and
 * however often the broker was restarted, the sum of both is the number of states of the job.  The record of
 * a merge has the counts of all leaves below it; restored, it stands for them, also while they are
 * recomputed, until it is merged again. */
#include "broker/core/core_inside.h"

static void add(core_states *sum, const core_states *s) {
  sum->computed += s->computed;
  sum->cached += s->cached;
  sum->tasks_computed += s->tasks_computed;
  sum->tasks_cached += s->tasks_cached;
}

static void subtract(core_states *sum, const core_states *s) {
  sum->computed -= s->computed;
  sum->cached -= s->cached;
  sum->tasks_computed -= s->tasks_computed;
  sum->tasks_cached -= s->tasks_cached;
}

core_states counts_below(const node *n) {
  if (n->level == 0 || n->stands_for_all) {
    return n->states;
  }
  core_states sum = {0};
  uint32_t count = 0;
  const node *children = node_children(n, &count);
  for (uint32_t i = 0; i < count; i++) {
    const core_states s = counts_below(&children[i]);
    add(&sum, &s);
  }
  return sum;
}

static void change(node *n, const core_states *to, bool stands_for_all) {
  bool covered = false;
  for (const node *p = node_parent(n); p != NULL; p = node_parent(p)) {
    covered = covered || p->stands_for_all;
  }
  const core_states old = counts_below(n);
  n->states = *to;
  n->stands_for_all = stands_for_all;
  const core_states now = counts_below(n);
  if (!covered) {
    subtract(&n->owner->in_stage, &old);
    add(&n->owner->in_stage, &now);
  }
}

void counts_restore(node *n, const core_states *kept) {
  change(n, kept, n->level > 0);
}

static uint64_t believed(uint64_t said) {
  return said < CORE_STATES_MAX ? said : CORE_STATES_MAX;
}

void counts_accept(node *n, const core_states *said) {
  if (n->owner->keeps) {
    return; /* rows have no states */
  }
  if (n->level == 0) {
    const core_states s = {.computed = believed(said->computed),
                           .cached = believed(said->cached),
                           .tasks_computed = said->computed > 0 || said->cached == 0,
                           .tasks_cached = said->computed == 0 && said->cached > 0};
    change(n, &s, false);
  } else if (n->stands_for_all) {
    change(n, &(core_states){0}, false);
  }
}

static uint64_t saturated(uint64_t a, uint64_t b) {
  return a < UINT64_MAX - b ? a + b : UINT64_MAX;
}

core_states counts_of(const job *j) {
  const core_states *a = &j->before;
  const core_states *b = &j->in_stage;
  return (core_states){.computed = saturated(a->computed, b->computed),
                       .cached = saturated(a->cached, b->cached),
                       .tasks_computed = saturated(a->tasks_computed, b->tasks_computed),
                       .tasks_cached = saturated(a->tasks_cached, b->tasks_cached)};
}
