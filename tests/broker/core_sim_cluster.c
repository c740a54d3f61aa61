/* The workers and clients of the simulator. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

enum { ALIVE_EVERY_MS = 1000 };

uint64_t sim_mix(uint64_t a, uint64_t b) {
  seeded r = {a * 0x9e3779b97f4a7c15 ^ (b + 0x632be59bd9b4e019)};
  return seeded_next(&r) | 1; /* 0 is not a blob */
}

uint64_t sim_shard_value(const core_shard *shard) {
  uint64_t value = 0;
  memcpy(&value, shard->name.bytes, sizeof value);
  return value;
}

digest sim_content(const uint64_t *values, uint32_t count) {
  digest d = {{(uint8_t)count}};
  memcpy(d.bytes + 8, values, count * sizeof *values);
  return d;
}

uint64_t sim_rows_mix(uint64_t before, uint64_t part) {
  return sim_mix(before, part);
}

digest sim_fingerprint(uint32_t fingerprint) {
  return (digest){{0xf0, (uint8_t)fingerprint}};
}

core_job_id sim_job_id(int job) {
  return (core_job_id){{(uint8_t)(job + 1), 7}};
}

/* One more for each leaf: partials cannot be left out or taken twice unseen. */
uint64_t sim_shards_sum(const core_shard *shards, uint32_t count, uint64_t program) {
  uint64_t sum = 1;
  for (uint32_t i = 0; i < count; i++) {
    sum += sim_mix(sim_shard_value(&shards[i]), program);
  }
  return sum;
}

uint64_t sim_lost_mix(const lost_shard *lost, uint32_t count) {
  uint64_t mix = 0;
  for (uint32_t i = 0; i < count; i++) {
    mix = sim_mix(sim_mix(mix, lost[i].shard + 1), (uint64_t)lost[i].cause);
  }
  return mix;
}

/* ---- Jobs ------------------------------------------------------------------------------------------ */

void sim_draw_course(sim *s, sim_job *j) {
  j->priority = (uint32_t)sim_below(s, 2);
  j->stages = 1 + (uint32_t)sim_below(s, 3);
  j->read = sim_chance(s, 10);
  j->planned = sim_chance(s, 40);
  j->stay_percent = sim_chance(s, 50) ? 0 : (unsigned)sim_below(s, 101);
  j->rows = !j->read && sim_mix(s->seed, (uint64_t)(j - s->jobs)) % 10 < 4;
}

void sim_shards(sim *s, int job, uint32_t count, uint32_t rows) {
  sim_job *j = &s->jobs[job];
  assert_true(count <= SIM_SHARDS);
  j->shards_count = count;
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t value = seeded_next(&s->random);
    memcpy(j->shards[i].name.bytes, &value, sizeof value);
    j->shards[i].rows = rows ? rows : (uint32_t)sim_below(s, 70000);
  }
}

static uint64_t spec_of(int job) {
  return sim_mix((uint64_t)job + 1, 1);
}

static uint64_t manifest_of(int job) {
  return sim_mix((uint64_t)job + 1, 2);
}

static uint64_t plan_of(int job) {
  return sim_mix(spec_of(job), manifest_of(job));
}

static uint64_t first_program_of(uint64_t plan) {
  return sim_mix(plan, 3);
}

void sim_submit(sim *s, int job) {
  sim_job *j = &s->jobs[job];
  j->submitted = true;
  j->submitted_ms = s->now_ms;
  j->stages = j->stages ? j->stages : 1;
  core_event e = {.kind = CORE_SUBMITTED,
                  .peer = ++s->last_peer,
                  .submitted = {.request = 77,
                                .id = sim_job_id(job),
                                .priority = j->priority,
                                .timeout_ms = j->timeout_ms,
                                .read = j->read,
                                .may_lose = j->may_lose && !j->planned,
                                .shards = j->shards,
                                .shards_count = j->shards_count}};
  if (j->read || j->planned) {
    e.submitted.spec = sim_blob_new(s, spec_of(job), 0);
    e.submitted.manifest = sim_blob_new(s, manifest_of(job), 0);
  } else {
    e.submitted.plan = sim_blob_new(s, plan_of(job), 0);
    e.submitted.program = sim_blob_new(s, first_program_of(plan_of(job)), 0);
  }
  sim_feed(s, &e);
}

void sim_leaf_of(const sim_job *j, uint32_t number, uint32_t *first, uint32_t *end) {
  *end = 0;
  do {
    uint64_t rows = 0;
    *first = *end;
    while (*end < j->shards_count && rows < CORE_RUN_ROWS && *end - *first < CORE_RUN_SHARDS_MAX) {
      rows += j->shards[(*end)++].rows;
    }
  } while (*end <= number);
}

uint32_t sim_leaves(const sim_job *j) {
  uint32_t leaves = 0;
  uint32_t i = 0;
  do {
    uint64_t rows = 0;
    for (uint32_t n = 0; i < j->shards_count && rows < CORE_RUN_ROWS && n < CORE_RUN_SHARDS_MAX; n++) {
      rows += j->shards[i++].rows;
    }
    leaves++;
  } while (i < j->shards_count);
  return leaves;
}

/* Of one MAP: each leaf has other counts, and every third had all that it needed. */
static core_states states_of_leaf(uint32_t leaf) {
  return (core_states){.computed = leaf % 3 ? leaf : 0, .cached = 2 * leaf + 1};
}

core_states sim_states(const sim_job *j) {
  core_states sum = {0};
  for (uint32_t leaf = 0; leaf < (j->read ? 0 : sim_leaves(j)); leaf++) {
    const core_states s = states_of_leaf(leaf);
    sum.computed += s.computed * j->stages;
    sum.cached += s.cached * j->stages;
    sum.tasks_computed += s.computed ? j->stages : 0;
    sum.tasks_cached += s.computed ? 0 : j->stages;
  }
  return sum;
}

bool sim_same_states(const core_states *a, const core_states *b) {
  return a->computed == b->computed && a->cached == b->cached && a->tasks_computed == b->tasks_computed &&
         a->tasks_cached == b->tasks_cached;
}

static void step(uint64_t plan, uint64_t state, uint64_t program, uint64_t sum, uint32_t fingerprint,
                 uint64_t out[2]) {
  out[0] = sim_mix(sim_mix(sim_mix(plan, state), sim_mix(program, sum)), fingerprint + 1000);
  out[1] = sim_mix(out[0], 4);
}

static uint64_t expected(const sim *s, int job, uint32_t fingerprint) {
  const sim_job *j = &s->jobs[job];
  if (j->read) {
    return plan_of(job);
  }
  uint64_t out[2] = {first_program_of(plan_of(job)), 0};
  for (uint32_t stage = 0; stage < j->stages; stage++) {
    uint64_t sum = sim_shards_sum(j->shards, j->shards_count, out[0]) + sim_leaves(j) - 1;
    for (uint32_t i = 0; i < j->lost_count; i++) {
      sum -= sim_mix(sim_shard_value(&j->shards[j->lost[i].shard]), out[0]);
    }
    sum += stage == 0 ? sim_lost_mix(j->lost, j->lost_count) : 0;
    step(plan_of(job), out[1], out[0], sum, fingerprint, out);
  }
  return out[0];
}

bool sim_is_right(const sim *s, int job) {
  const sim_job *j = &s->jobs[job];
  const bool has_report = j->ended && j->failure == STATUS_OK &&
                          (j->report == expected(s, job, 0) || j->report == expected(s, job, 1));
  return has_report && j->rows_mix == (j->rows ? sim_expected_rows(j, j->report) : 0);
}

/* ---- Workers --------------------------------------------------------------------------------------- */

void sim_start_worker(sim *s, int worker, uint32_t capacity, uint32_t fingerprint) {
  sim_worker *w = &s->workers[worker];
  const uint64_t trust = w->trust;
  const uint64_t seat = w->seat;
  const uint64_t host = w->host;
  memset(w, 0, sizeof *w);
  w->alive = true;
  w->process = ++s->last_process;
  w->capacity = capacity;
  w->fingerprint = fingerprint;
  w->trust = trust;
  w->seat = seat;
  w->host = host;
}

void sim_connect(sim *s, int worker) {
  sim_worker *w = &s->workers[worker];
  assert_true(w->alive && !w->peer);
  w->peer = ++s->last_peer;
  sim_feed(s, &(core_event){.kind = CORE_WORKER_JOINED,
                            .peer = w->peer,
                            .joined = {.process = 0xabcdef0000000000 + w->process,
                                       .trust = w->trust,
                                       .seat = w->seat,
                                       .host = w->host,
                                       .capacity = w->capacity,
                                       .fingerprint = sim_fingerprint(w->fingerprint),
                                       .held = w->held,
                                       .held_count = w->held_count}});
}

void sim_disconnect(sim *s, int worker) {
  sim_worker *w = &s->workers[worker];
  if (w->peer) {
    sim_feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = w->peer});
    w->peer = 0;
  }
}

void sim_leave(sim *s, int worker) {
  sim_worker *w = &s->workers[worker];
  if (w->peer) {
    sim_feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = w->peer, .left.in_order = true});
    w->peer = 0;
  }
  w->alive = false;
}

void sim_kill(sim *s, int worker) {
  sim_disconnect(s, worker);
  s->workers[worker].alive = false;
}

sim_worker *sim_worker_of(sim *s, uint32_t process) {
  for (int i = 0; i < SIM_WORKERS; i++) {
    if (s->workers[i].alive && s->workers[i].process == process) {
      return &s->workers[i];
    }
  }
  return NULL;
}

static bool keeps(const sim_worker *w, uint64_t value) {
  for (size_t i = 0; w != NULL && i < w->kept_count; i++) {
    if (w->kept[i] == value) {
      return true;
    }
  }
  return false;
}

/* An input that is lost. */
static bool is_lost(sim *s, const sim_task *t, uint32_t input) {
  const uint32_t keeper = t->keepers[input];
  return keeper && !keeps(sim_worker_of(s, keeper), t->inputs[input]) &&
         !keeps(sim_worker_of(s, t->process), t->inputs[input]);
}

static void add_up(const sim_task *t, uint32_t first, uint64_t *sum) {
  const uint32_t end = t->inputs_count - (t->lost_count > 0); /* then the manifest follows */
  for (uint32_t i = first; i < end; i++) {
    *sum += t->inputs[i];
  }
}

bool sim_compute(sim *s, const sim_task *t, sim_result *out, digest *lost) {
  for (uint32_t i = 0; i < t->inputs_count; i++) {
    if (is_lost(s, t, i)) {
      *lost = sim_content(&t->inputs[i], 1);
      return false;
    }
  }
  const sim_job *j = &s->jobs[t->id.job.bytes[0] - 1];
  const sim_worker *w = sim_worker_of(s, t->process);
  *out = (sim_result){.of = *t, .count = 1, .states = {UINT64_MAX, UINT64_MAX, 0, 0}}; /* MAPs alone count */
  switch (t->work) {
    case WORK_MAP:
      out->states = states_of_leaf((uint32_t)t->id.task);
      out->values[0] = t->shards_sum;
      break;
    case WORK_REDUCE:
      add_up(t, 1, &out->values[0]);
      break;
    case WORK_STEP: {
      uint64_t sum = t->lost_mix;
      add_up(t, 3, &sum);
      step(t->inputs[0], t->inputs[1], t->inputs[2], sum, w->fingerprint, out->values);
      out->keeps = t->id.stage + 1 == j->stages && j->rows;
      out->count = t->id.stage + 1 == j->stages && !j->rows ? 1 : 2;
      if (out->keeps) {
        out->values[1] = out->values[0];
        out->values[0] = sim_sheet_of(out->values[1]);
      }
      break;
    }
    case WORK_ROWS:
      out->values[0] = t->shards_sum;
      break;
    case WORK_PLAN:
      out->values[0] = sim_mix(t->inputs[0], t->inputs[1]);
      out->values[1] = first_program_of(out->values[0]);
      out->count = 2;
      break;
    case WORK_READ:
      out->values[0] = sim_mix(t->inputs[0], t->inputs[1]);
      break;
  }
  out->stays = t->work <= WORK_REDUCE && out->values[0] % 100 < j->stay_percent;
  return true;
}

void sim_remember(sim *s, const sim_result *r) {
  sim_worker *w = sim_worker_of(s, r->of.process);
  if (w->outbox_count < SIM_OUTBOX) {
    w->outbox[w->outbox_count++] = *r;
  }
  if (r->stays && !keeps(w, r->values[0]) && w->kept_count < SIM_RESULTS) {
    w->kept[w->kept_count++] = r->values[0];
  }
  if (r->of.work != WORK_MAP) {
    return;
  }
  const sim_job *j = &s->jobs[r->of.id.job.bytes[0] - 1];
  uint32_t leaf = 0;
  uint64_t rows = 0;
  for (uint32_t i = 0; i < j->shards_count; i++) {
    if (leaf == (uint32_t)r->of.id.task && w->held_count < SIM_SHARDS * 2) {
      w->held[w->held_count++] = sim_shard_value(&j->shards[i]);
    }
    rows += j->shards[i].rows;
    leaf += rows >= CORE_RUN_ROWS;
    rows = rows >= CORE_RUN_ROWS ? 0 : rows;
  }
}

static digest content_of(const sim_result *r) {
  digest d = sim_content(r->values, r->count);
  d.bytes[1] = r->keeps;
  return d;
}

void sim_answer(sim *s, const sim_result *r, uint32_t peer) {
  core_blob blobs[2] = {sim_blob_new(s, r->values[0], r->stays ? r->of.process : 0)};
  if (r->count > 1) {
    blobs[1] = sim_blob_new(s, r->values[1], 0);
  }
  sim_feed(s, &(core_event){.kind = CORE_RESULT,
                            .peer = peer,
                            .result = {.id = r->of.id,
                                       .attempt = r->of.attempt,
                                       .work = r->of.work,
                                       .content = content_of(r),
                                       .states = r->states,
                                       .stays = r->stays,
                                       .keeps = r->keeps,
                                       .may_lose = r->of.work == WORK_PLAN &&
                                                   s->jobs[r->of.id.job.bytes[0] - 1].may_lose,
                                       .blobs = blobs,
                                       .blobs_count = r->count}});
}

uint64_t sim_garbage(sim *s) {
  assert_true(s->garbage_count < SIM_GARBAGE);
  return s->garbage[s->garbage_count++] = seeded_next(&s->random) | 1;
}

static bool is_garbage(const sim *s, uint64_t value) {
  for (size_t i = 0; i < s->garbage_count; i++) {
    if (s->garbage[i] == value) {
      return true;
    }
  }
  return false;
}

uint32_t sim_unreadable(const sim *s, const sim_task *t) {
  const bool may_blame = t->work <= WORK_STEP || t->work == WORK_ROWS;
  for (uint32_t i = 0; i < t->inputs_count && may_blame; i++) {
    if (is_garbage(s, t->inputs[i])) {
      return i + 1;
    }
  }
  return 0;
}

void sim_accuse(sim *s, const sim_task *t, uint32_t unreadable) {
  core_event e = {.kind = CORE_FAILURE,
                  .peer = t->peer,
                  .failed = {.id = t->id,
                             .attempt = t->attempt,
                             .lost = sim_content(&t->inputs[unreadable - 1], 1),
                             .unreadable = unreadable}};
  error_set(&e.failed.why, STATUS_CORRUPT, "it cannot be read");
  sim_feed(s, &e);
}

void sim_report_failure(sim *s, const sim_task *t, status code, const digest *lost) {
  core_event e = {.kind = CORE_FAILURE, .peer = t->peer, .failed = {.id = t->id, .attempt = t->attempt}};
  error_set(&e.failed.why, code, "it failed");
  if (lost != NULL) {
    e.failed.lost = *lost;
  }
  sim_feed(s, &e);
}

void sim_work(sim *s, size_t task) {
  const sim_task t = s->tasks[task];
  s->tasks[task] = s->tasks[--s->tasks_count];
  sim_worker *w = sim_worker_of(s, t.process);
  if (w == NULL) {
    return;
  }
  sim_result r;
  digest lost;
  if (t.lacks_one) {
    if (w->peer == t.peer) {
      sim_report_failure(s, &t, STATUS_NOT_FOUND, &t.lacking);
    }
    return;
  }
  if (!sim_compute(s, &t, &r, &lost)) {
    if (w->peer == t.peer) {
      sim_report_failure(s, &t, STATUS_NOT_FOUND, &lost);
    }
    return;
  }
  const uint32_t unreadable = sim_unreadable(s, &t);
  if (unreadable > 0) {
    if (w->peer == t.peer) {
      sim_accuse(s, &t, unreadable);
    }
    return;
  }
  sim_remember(s, &r);
  if (w->peer) {
    sim_answer(s, &r, w->peer);
  }
}

void sim_work_all(sim *s) {
  sim_turn(s);
  while (s->tasks_count > 0) {
    const size_t task = (size_t)sim_below(s, s->tasks_count);
    sim_work(s, task);
    sim_turn(s);
  }
}

void sim_wait(sim *s, uint64_t ms) {
  for (uint64_t passed = 0; passed < ms; passed += ALIVE_EVERY_MS) {
    s->now_ms += ALIVE_EVERY_MS;
    for (int i = 0; i < SIM_WORKERS; i++) {
      const sim_worker *w = &s->workers[i];
      if (w->peer) {
        sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = w->peer, .heard.capacity = w->capacity});
      }
    }
    sim_feed(s, &(core_event){.kind = CORE_TICK});
    sim_turn(s);
  }
}
