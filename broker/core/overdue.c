/* Tasks that take too long: a worker that gives signs of life and never answers must hold up no job.
 *
 * What a task may take is measured by what its peers took: MAPs, or REDUCEs, of the same stage.  Past that
 * budget the lease becomes a stray: its worker keeps the task, and a slot that it occupies, and the task is
 * assigned again, to another worker.  The first valid result counts, whichever of the two gives it, and the
 * other one is compared with it (invariant 1).  When workers are idle, the last tasks of a stage are given
 * out twice before that.
 *
 * A worker whose task another one finished first, after the budget, has lost a race.  It gets one task at a
 * time and only after a pause, longer with each loss, until it gives a result in time.  What it holds for
 * some seconds goes to a better one as soon as that has room: whatever it does, nobody waits for its budget.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "broker/core/core_inside.h"

enum { CHECK_MS = 1000 };

/* ---- Budgets --------------------------------------------------------------------------------------- */

static pace *pace_of(job *j, const node *n) {
  return n->level == 0 ? &j->paces[0] : n->level < CORE_LEVELS_MAX ? &j->paces[1] : NULL;
}

static int compare_times(const void *a, const void *b) {
  const uint32_t x = *(const uint32_t *)a;
  const uint32_t y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Of the newest; 0: too few are known. */
static uint64_t median_of(const pace *p) {
  if (p->count < CORE_PEERS_MIN) {
    return 0;
  }
  uint32_t sorted[CORE_PACE_MAX];
  const uint32_t count = p->count < CORE_PACE_MAX ? p->count : CORE_PACE_MAX;
  memcpy(sorted, p->took_ms, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_times);
  return sorted[count / 2] ? sorted[count / 2] : 1;
}

static uint64_t usual_of(const node *n) {
  const pace *p = pace_of(n->owner, n);
  return p != NULL ? p->median_ms : 0;
}

static uint64_t larger(uint64_t a, uint64_t b) {
  return a > b ? a : b;
}

uint64_t first_budget_of(const node *n) {
  const uint64_t usual = usual_of(n);
  const uint64_t most = n->level == CORE_LEVEL_READ ? CORE_BUDGET_READ_MS : CORE_BUDGET_MS;
  return usual ? larger(CORE_BUDGET_MIN_MS, CORE_BUDGET_TIMES * usual) : most;
}

/* Each further copy has as long again: when everybody takes that long, it is the task.  A STEP has no peers,
 * and when it outlives its budget on the only worker of its kind the job starts again: it doubles with each
 * such start, so that a long one ends. */
uint64_t budget_of(const node *n) {
  const uint32_t restarts = n->level == CORE_LEVEL_STEP ? n->owner->step_restarts : 0;
  return (first_budget_of(n) * (n->copies + 1U))
         << (restarts < CORE_DOUBLINGS_MAX ? restarts : CORE_DOUBLINGS_MAX);
}

/* From when on an idle worker runs it too. */
static uint64_t tail_of(const node *n) {
  const uint64_t usual = usual_of(n);
  return usual ? larger(CORE_TAIL_MIN_MS, CORE_TAIL_TIMES * usual) : UINT64_MAX;
}

void pace_add(core *c, node *n, uint64_t sent_ms) {
  pace *p = pace_of(n->owner, n);
  if (p != NULL) {
    const uint64_t took = c->now_ms - sent_ms;
    p->took_ms[p->count++ % CORE_PACE_MAX] = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
    p->count = p->count < 2 * CORE_PACE_MAX ? p->count : p->count - CORE_PACE_MAX;
    p->median_ms = median_of(p);
  }
}

/* ---- Strays ---------------------------------------------------------------------------------------- */

static void discard(core *c, stray *s) {
  stray **at = &s->of->strays;
  while (*at != s) {
    at = &(*at)->next;
  }
  *at = s->next;
  chain_remove(&s->in);
  s->at->strays_count--;
  s->at->strays_alone = s->at->strays_alone && !s->alone;
  worker_update_room(c, s->at);
  free(s);
}

bool stray_is_at(const node *n, const worker *w) {
  for (const stray *s = n->strays; s != NULL; s = s->next) {
    if (s->at == w) {
      return true;
    }
  }
  return false;
}

bool stray_may_answer(const core *c, const node *n) {
  for (const stray *s = n->strays; s != NULL; s = s->next) {
    if (s->at->races_in_row < CORE_WEDGED_RACES && c->now_ms < s->due_ms + (s->due_ms - s->sent_ms)) {
      return true;
    }
  }
  return false;
}

static stray *find_stray(const node *n, uint32_t by) {
  stray *s = n->strays;
  while (s != NULL && s->at->peer != by) {
    s = s->next;
  }
  return s;
}

void stray_answered(core *c, node *n, uint32_t by) {
  stray *s = find_stray(n, by);
  if (s != NULL) {
    discard(c, s);
  }
}

/* Where all tasks are longer than the first budget, only their strays say so. */
void stray_gave(core *c, node *n, uint32_t by) {
  stray *s = find_stray(n, by);
  if (s != NULL) {
    worker *w = s->at;
    const bool is_in_time = c->now_ms < s->due_ms;
    pace_add(c, n, s->sent_ms);
    discard(c, s);
    if (is_in_time) {
      worker_in_time(c, w);
    }
  }
}

void strays_drop(core *c, node *n) {
  while (n->strays != NULL) {
    discard(c, n->strays);
  }
}

void strays_leave(core *c, worker *w, bool is_blameless) {
  while (!chain_is_alone(&w->strays)) {
    stray *s = CHAIN_OWNER(w->strays.next, stray, in);
    node *n = s->of;
    const bool was_alone = s->alone;
    discard(c, s);
    if (!is_blameless) {
      suspect_died(c, n, w, was_alone);
    }
  }
}

bool worker_is_doubtful(const core *c, const worker *w) {
  bool is_late = false;
  for (const chain *at = w->strays.next; at != &w->strays; at = at->next) {
    is_late = is_late || c->now_ms >= CHAIN_OWNER(at, stray, in)->due_ms;
  }
  return is_late || w->races_in_row > 0;
}

/* The worker that has N keeps it, and N is assigned again. */
static void make_stray(core *c, node *n) {
  stray *s = calloc(1, sizeof *s);
  if (s == NULL) {
    c->out_of_memory = true;
    return;
  }
  worker *w = n->at;
  s->of = n;
  s->at = w;
  s->sent_ms = n->sent_ms;
  s->due_ms = n->sent_ms + budget_of(n);
  s->expires_ms = n->sent_ms + CORE_EXPIRY_TIMES * budget_of(n);
  if (n->copies == 0 || (n->copies < UINT8_MAX && c->now_ms > s->due_ms)) {
    n->copies++;
  }
  s->alone = suspect_runs_alone(n);
  w->strays_alone = w->strays_alone || s->alone;
  node_stop(c, n);
  s->next = n->strays;
  n->strays = s;
  chain_add_last(&w->strays, &s->in);
  w->strays_count++;
  worker_update_room(c, w);
  node_requeue(c, n);
}

/* ---- Races ----------------------------------------------------------------------------------------- */

static void lose_race(core *c, worker *w) {
  const uint32_t doublings = w->races_in_row < CORE_DOUBLINGS_MAX ? w->races_in_row : CORE_DOUBLINGS_MAX;
  const uint64_t pause = (uint64_t)CORE_PAUSE_MS << doublings;
  w->races_lost++;
  w->races_in_row++;
  w->pauses_until_ms = c->now_ms + (pause < CORE_PAUSE_MAX_MS ? pause : CORE_PAUSE_MAX_MS);
  w->pauses = true;
  worker_update_room(c, w);
}

void strays_settle(core *c, node *n, uint64_t winner) {
  while (n->strays != NULL) {
    worker *w = n->strays->at;
    const bool is_late = c->now_ms >= n->strays->due_ms || w->races_in_row > 0;
    discard(c, n->strays);
    if (is_late && w->by.who != winner) {
      lose_race(c, w);
    }
  }
}

void worker_in_time(core *c, worker *w) {
  w->races_in_row = 0;
  w->pauses = false;
  worker_update_room(c, w);
}

static void end_pauses(core *c) {
  for (size_t i = 0; i < c->workers_count; i++) {
    worker *w = c->workers[i];
    if (w->pauses && c->now_ms >= w->pauses_until_ms) {
      w->pauses = false;
      worker_update_room(c, w);
    }
  }
}

/* ---- Looking through what runs --------------------------------------------------------------------- */

/* Somebody else who takes tasks.  For a STEP also of another kind: when its own is gone, the job starts again
 * (invariant 4). */
bool node_has_another(const core *c, const node *n) {
  for (size_t i = 0; i < c->workers_count; i++) {
    const worker *w = c->workers[i];
    if (w != n->at && worker_may_take(w) && !stray_is_at(n, w)) {
      return true;
    }
  }
  return false;
}

static size_t count_idle(const core *c) {
  size_t idle = 0;
  for (const chain *at = c->with_room.next; at != &c->with_room; at = at->next) {
    const worker *w = CHAIN_OWNER(at, worker, room);
    idle += w->running_count == 0 && w->strays_count == 0 && w->races_in_row == 0;
  }
  return idle;
}

static void note_overdue(core *c, const node *n) {
  if (n->at->strays_count == 0) { /* one line for all that it holds up */
    job_note(c, n->owner, n->at->peer,
             "has not answered for %" PRIu64 " s (%s %" PRIu32 " of stage %" PRIu32
             "); another worker gets the task too",
             (c->now_ms - n->sent_ms) / 1000, core_work_name(node_work(n)), n->index, n->owner->stage);
  }
}

/* Its job may have to wait for W. */
static void note_held(core *c, const node *n, const worker *w) {
  job *j = n->owner;
  if (j->held_ms != c->now_ms) {
    j->held_ms = c->now_ms;
    j->held_count = 0;
  }
  if (j->held_count++ == 0 || n->sent_ms < j->held_since_ms) {
    j->held_since_ms = n->sent_ms;
    j->held_by = w->peer;
  }
}

/* Nothing is to be expected of it any more: its worker may try others, or the same again. */
static void expire_strays(core *c, worker *w) {
  for (chain *at = w->strays.next; at != &w->strays;) {
    stray *s = CHAIN_OWNER(at, stray, in);
    at = at->next;
    if (c->now_ms >= s->expires_ms) {
      discard(c, s);
      lose_race(c, w);
    }
  }
}

/* Its worker has lost races, or does not answer elsewhere, and a better one has room. */
static bool is_in_bad_hands(const core *c, const node *n, uint64_t took) {
  return took > CORE_BUDGET_MIN_MS && !node_is_alone(n) && worker_is_doubtful(c, n->at) &&
         node_has_room(c, n);
}

static void check_task(core *c, node *n, size_t *idle) {
  const uint64_t took = c->now_ms - n->sent_ms;
  if (took > budget_of(n) && node_has_another(c, n)) {
    note_overdue(c, n);
    make_stray(c, n);
  } else if (is_in_bad_hands(c, n, took)) {
    make_stray(c, n);
  } else if (took > first_budget_of(n) && !node_has_heir(c, n)) {
    note_held(c, n, n->at);
  } else if (*idle > 0 && n->owner->ready_count == 0 && n->strays == NULL && !node_is_alone(n) &&
             took > tail_of(n)) {
    --*idle;
    make_stray(c, n);
  }
}

static void check_worker(core *c, const worker *w, size_t *idle) {
  for (chain *at = w->running.next; at != &w->running;) {
    node *n = CHAIN_OWNER(at, node, in);
    at = at->next;
    check_task(c, n, idle);
  }
}

void overdue_check(core *c) {
  if (c->now_ms - c->overdue_checked_ms < CHECK_MS) {
    return;
  }
  c->overdue_checked_ms = c->now_ms;
  end_pauses(c);
  for (size_t i = 0; i < c->workers_count; i++) {
    expire_strays(c, c->workers[i]);
  }
  size_t idle = count_idle(c);
  for (size_t i = 0; i < c->workers_count; i++) {
    check_worker(c, c->workers[i], &idle);
  }
  jobs_check_waits(c);
}
