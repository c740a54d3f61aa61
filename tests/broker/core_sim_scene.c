/* Scenes in the simulator: what a test does to one worker and one task, and what it sees of them. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

/* ---- Beginnings ------------------------------------------------------------------------------------ */

void sim_join(sim *s, int worker, uint32_t capacity, uint32_t fingerprint) {
  sim_start_worker(s, worker, capacity, fingerprint);
  sim_connect(s, worker);
  sim_turn(s);
}

void sim_join_all(sim *s, int workers, uint32_t capacity) {
  for (int i = 0; i < workers; i++) {
    sim_start_worker(s, i, capacity, 0);
    sim_connect(s, i);
  }
  sim_turn(s);
}

void sim_begin(sim *s, int job, uint32_t maps) {
  sim_shards(s, job, maps, CORE_RUN_ROWS);
  sim_submit(s, job);
  sim_turn(s);
}

sim *sim_with_workers(uint64_t seed, int workers, uint32_t capacity, uint32_t maps) {
  sim *s = sim_new(seed);
  sim_join_all(s, workers, capacity);
  sim_begin(s, 0, maps);
  return s;
}

/* ---- Tasks ----------------------------------------------------------------------------------------- */

size_t sim_task_of(const sim *s, int worker) {
  size_t at = 0;
  while (at < s->tasks_count && s->tasks[at].peer != s->workers[worker].peer) {
    at++;
  }
  return at;
}

sim_task sim_take_task(sim *s, size_t at) {
  assert_true(at < s->tasks_count);
  const sim_task t = s->tasks[at];
  s->tasks[at] = s->tasks[--s->tasks_count];
  return t;
}

sim_task sim_hand_over(sim *s, int worker) {
  const sim_task t = sim_take_task(s, sim_task_of(s, worker));
  sim_disconnect(s, worker);
  sim_turn(s);
  sim_connect(s, worker);
  sim_turn(s);
  return t;
}

void sim_work_first(sim *s, int times) {
  for (int i = 0; i < times; i++) {
    sim_work(s, 0);
    sim_turn(s);
  }
}

void sim_give_as(sim *s, const sim_task *t, uint32_t peer, uint64_t wrong_by) {
  sim_result r;
  digest lost;
  assert_true(sim_compute(s, t, &r, &lost));
  r.values[0] ^= wrong_by;
  sim_answer(s, &r, peer);
  sim_turn(s);
}

void sim_give(sim *s, const sim_task *t, uint64_t wrong_by) {
  sim_give_as(s, t, sim_worker_of(s, t->process)->peer, wrong_by);
}

/* ---- What is seen ---------------------------------------------------------------------------------- */

int sim_worker_at(const sim *s, uint32_t peer) {
  int worker = SIM_WORKERS - 1;
  while (worker >= 0 && s->workers[worker].peer != peer) {
    worker--;
  }
  return worker;
}

static bool find_worker(const sim *s, int worker, core_worker_view *out) {
  for (size_t i = 0; i < core_workers(s->core); i++) {
    core_worker_at(s->core, i, out);
    if (out->peer == s->workers[worker].peer) {
      return true;
    }
  }
  return false;
}

core_worker_view sim_view_worker(const sim *s, int worker) {
  core_worker_view view;
  assert_true(find_worker(s, worker, &view));
  return view;
}

bool sim_is_aside(const sim *s, int worker) {
  core_worker_view view;
  return find_worker(s, worker, &view) && view.set_aside;
}

core_job_view sim_view_job(const sim *s, int job) {
  const core_job_id id = sim_job_id(job);
  core_job_view view;
  assert_true(core_find_job(s->core, &id, &view));
  return view;
}

/* ---- Rows ------------------------------------------------------------------------------------------ */

uint64_t sim_sheet_of(uint64_t report) {
  return sim_mix(report, 5);
}

static bool is_lost_shard(const sim_job *j, uint32_t shard) {
  for (uint32_t i = 0; i < j->lost_count; i++) {
    if (j->lost[i].shard == shard) {
      return true;
    }
  }
  return false;
}

/* Of all leaves in their order. */
uint64_t sim_expected_rows(const sim_job *j, uint64_t report) {
  uint64_t mix = 0;
  uint32_t first = 0;
  uint32_t end = 0;
  if (j->shards_count == 0) {
    return sim_rows_mix(0, sim_shards_sum(j->shards, 0, sim_sheet_of(report)));
  }
  while (end < j->shards_count) {
    core_shard left[SIM_SHARDS];
    uint32_t count = 0;
    sim_leaf_of(j, end, &first, &end);
    for (uint32_t i = first; i < end; i++) {
      if (!is_lost_shard(j, i)) {
        left[count++] = j->shards[i];
      }
    }
    mix = sim_rows_mix(mix, sim_shards_sum(left, count, sim_sheet_of(report)));
  }
  return mix;
}
