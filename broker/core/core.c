/* The core's turn: an event in, actions out, and the placement of tasks after each event. */
#include "broker/core/core.h"

#include <stdlib.h>
#include <string.h>

#include "broker/core/core_inside.h"

const char *core_work_name(core_work work) {
  static const char *const names[] = {
#define X(id, name) [id] = name,
      CORE_WORK_TABLE(X)
#undef X
  };
  return names[work];
}

void core_actions_fini(core_actions *a) {
  free(a->at);
  *a = (core_actions){0};
}

core *core_new(void) {
  core *c = calloc(1, sizeof *c);
  if (c == NULL) {
    return NULL;
  }
  c->lent = arena_new();
  if (c->lent == NULL) {
    free(c);
    return NULL;
  }
  chain_init(&c->watched);
  chain_init(&c->stuck);
  chain_init(&c->with_room);
  chain_init(&c->suspects);
  chain_init(&c->alone);
  chain_init(&c->verdicts);
  c->deaths_max = CORE_DEATHS_MAX;
  c->confirm_ms = CORE_CONFIRM_MS;
  return c;
}

void core_set_deaths_max(core *c, uint32_t most) {
  c->deaths_max = most;
}

void core_set_secret(core *c, const uint8_t secret[CORE_SECRET_BYTES]) {
  memcpy(c->secret, secret, CORE_SECRET_BYTES);
}

void core_set_verified(core *c, bool is_verified) {
  c->is_verified = is_verified;
}

void core_set_confirm_ms(core *c, uint64_t confirm_ms) {
  c->confirm_ms = confirm_ms;
}

void core_destroy(core *c) {
  if (c == NULL) {
    return;
  }
  core_actions ignored = {0};
  c->out = &ignored;
  jobs_free(c);
  peers_free(c);
  core_actions_fini(&ignored);
  core_actions_fini(&c->later);
  arena_destroy(c->lent);
  free(c->holdings);
  free(c->aside);
  free(c);
}

static void leave(core *c, const core_event *e) {
  peer_leaves(c, e->peer, e->left.in_order);
}

static void cancel(core *c, const core_event *e) {
  job *j = job_find(c, &e->cancelled);
  if (j != NULL) {
    error cancelled = {0};
    error_set(&cancelled, STATUS_INTERRUPTED, "the job was cancelled");
    job_end(c, j, &cancelled);
  }
}

static void tick(core *c, const core_event *e) {
  (void)e;
  workers_lose_silent(c);
  overdue_check(c);
  verdicts_check(c);
  bounds_check(c);
  placement_check_stuck(c);
  jobs_tell_untold(c);
}

static void (*const handlers[])(core *c, const core_event *e) = {
    [CORE_WORKER_JOINED] = peer_joins,
    [CORE_HEARD] = peer_heard,
    [CORE_PEER_LEFT] = leave,
    [CORE_SUBMITTED] = job_submit,
    [CORE_RESTORED] = job_restore,
    [CORE_RESTORED_RESULT] = job_restore_result,
    [CORE_CANCELLED] = cancel,
    [CORE_WATCHED] = peer_watches,
    [CORE_RESULT] = take_result,
    [CORE_FAILURE] = take_failure,
    [CORE_TICK] = tick,
};

status core_step(core *c, const core_event *event, uint64_t now_ms, core_actions *out, error *err) {
  c->now_ms = now_ms > c->now_ms ? now_ms : c->now_ms;
  c->out = out;
  if (out->count == 0) {
    jobs_free_dropped(c);
    arena_clear(c->lent);
  }
  worker *w = event->kind == CORE_TICK ? NULL : peer_worker(c, event->peer);
  if (w != NULL) {
    w->heard_ms = c->now_ms;
  }
  c->answers_due += event->kind == CORE_RESULT || event->kind == CORE_FAILURE;
  handlers[event->kind](c, event);
  placement_run(c);
  core_flush(c);
  c->out = NULL;
  return c->out_of_memory ? error_no_memory(err, "the broker") : STATUS_OK;
}

/* ---- For listings and tests ------------------------------------------------------------------------ */

size_t core_jobs(const core *c) {
  return c->jobs_count;
}

bool core_find_job(const core *c, const core_job_id *id, core_job_view *out) {
  const job *j = job_find(c, id);
  if (j == NULL) {
    return false;
  }
  *out = job_view(c, j);
  return true;
}

size_t core_workers(const core *c) {
  return c->workers_count;
}

void core_worker_at(const core *c, size_t index, core_worker_view *out) {
  const worker *w = c->workers[index];
  *out = (core_worker_view){.peer = w->peer,
                            .capacity = w->capacity,
                            .running = w->running_count,
                            .tasks_done = w->tasks_done,
                            .heard_ms = w->heard_ms,
                            .shards_held = w->shards_held,
                            .fingerprint = w->fingerprint,
                            .set_aside = w->set_aside,
                            .races_lost = w->races_lost,
                            .is_held_back = w->races_in_row > 0};
}

size_t core_tasks_running(const core *c) {
  return c->tasks_running;
}
