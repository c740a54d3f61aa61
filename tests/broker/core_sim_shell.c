/* The shell of the simulator: commits and carries out what the core says, and checks each of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tests/broker/core_sim.h"
#include "tests/check.h"

enum { QUIET_EVENTS = 16 }; /* between two checks */

void sim_start_core(sim *s) {
  s->core = core_new();
  assert_non_null(s->core);
  core_set_verified(s->core, s->is_verified);
  if (s->losses_max > 0) {
    core_set_deaths_max(s->core, s->losses_max);
  }
}

sim *sim_new(uint64_t seed) {
  sim *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->seed = s->random.state = seed;
  sim_start_core(s);
  return s;
}

void sim_tolerate(sim *s, uint32_t losses) {
  s->losses_max = losses;
  core_set_deaths_max(s->core, losses);
}

void sim_verify(sim *s, bool is_verified) {
  s->is_verified = is_verified;
  core_set_verified(s->core, is_verified);
}

void sim_free(sim *s) {
  core_destroy(s->core);
  core_actions_fini(&s->actions);
  free(s->blobs);
  free(s->tasks);
  free(s);
}

uint64_t sim_below(sim *s, uint64_t count) {
  return seeded_below(&s->random, count);
}

bool sim_chance(sim *s, unsigned percent) {
  return sim_below(s, 100) < percent;
}

void sim_fail(const sim *s, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fail_msg("seed %llu: %s", (unsigned long long)s->seed, text);
  abort();
}

/* ---- Blobs ----------------------------------------------------------------------------------------- */

core_blob sim_blob_new(sim *s, uint64_t value, uint32_t keeper) {
  assert_true(s->blobs_count < SIM_BLOBS && ARRAY_ROOM(s->blobs, s->blobs_count, s->blobs_capacity));
  s->blobs_live++;
  s->blobs[s->blobs_count++] = (sim_blob){.live = true, .value = value, .keeper = keeper};
  return s->blobs_count; /* from 1 on: 0 is none */
}

static sim_blob *blob_at(const sim *s, core_blob blob) {
  if (blob == 0 || blob > s->blobs_count || !s->blobs[blob - 1].live) {
    sim_fail(s, "blob %llu is used after its release", (unsigned long long)blob);
  }
  return &s->blobs[blob - 1];
}

static uint64_t value_of(const sim *s, core_blob blob) {
  return blob ? blob_at(s, blob)->value : 0;
}

static int job_number(const sim *s, const core_job_id *id) {
  const int job = id->bytes[0] - 1;
  if (job < 0 || job >= SIM_JOBS) {
    sim_fail(s, "an action is for job %d", job);
  }
  return job;
}

/* ---- The disk -------------------------------------------------------------------------------------- */

const sim_record *sim_record_find(const sim_job *j, uint32_t stage, uint64_t task) {
  for (size_t i = 0; i < j->records_count; i++) {
    if (j->records[i].stage == stage && j->records[i].task == task) {
      return &j->records[i];
    }
  }
  return NULL;
}

static void drop_record(sim_job *j, uint32_t stage, uint64_t task) {
  for (size_t i = 0; i < j->records_count; i++) {
    if (j->records[i].stage == stage && j->records[i].task == task) {
      j->records[i] = j->records[--j->records_count];
      return;
    }
  }
}

static void keep_result(sim *s, sim_job *j, const core_kept_result *a) {
  const sim_blob *blob = blob_at(s, a->partial);
  if (blob->keeper || a->id.stage != j->stage) {
    sim_fail(s, "a result of stage %u that stays (%u), or of another stage, is kept", a->id.stage,
             blob->keeper);
  }
  drop_record(j, a->id.stage, a->id.task);
  assert_true(j->records_count < SIM_RESULTS);
  j->records[j->records_count++] =
      (sim_record){a->id.stage, a->id.task, blob->value, a->content, a->states, s->turn};
}

static void keep_stage(sim *s, sim_job *j, const core_kept_stage *a) {
  if (j->stage == 0 && a->stage == 1) {
    j->first_program = j->program;
  } else if (a->stage == 0) {
    j->first_program = 0;
  }
  j->stage = a->stage;
  j->program = value_of(s, a->program);
  j->state = value_of(s, a->state);
  j->keeps = a->keeps;
  j->content = a->content;
  j->fingerprint = a->fingerprint;
  j->states = a->states;
  j->records_count = 0;
  j->lost_late = j->lost_late && a->stage > 0;
}

static void keep_lost(sim *s, sim_job *j, const core_kept_lost *a) {
  uint64_t rows = 0;
  assert_true(a->lost_count <= SIM_SHARDS);
  for (uint32_t i = 0; i < a->lost_count; i++) {
    if (a->lost[i].shard >= j->shards_count || (i > 0 && a->lost[i].shard <= a->lost[i - 1].shard)) {
      sim_fail(s, "shard %u of %u is lost", a->lost[i].shard, j->shards_count);
    }
    j->lost[i] = a->lost[i];
    rows += j->shards[a->lost[i].shard].rows;
  }
  j->lost_count = a->lost_count;
  j->lost_late = a->is_late;
  if (rows != a->rows || !j->keeps_may_lose) {
    sim_fail(s, "a job loses %u rows, and %llu are kept as lost", (unsigned)rows,
             (unsigned long long)a->rows);
  }
}

static void keep_end(sim *s, sim_job *j, const core_end *a) {
  j->ended = true;
  j->ended_turn = s->turn;
  j->failure = a->failure.code;
  memcpy(j->message, a->failure.message, sizeof j->message);
  j->report = value_of(s, a->report);
  j->states = a->states;
  sim_keep_rows(s, j, a);
}

static const core_job_id *job_of(const core_action *a) {
  switch (a->kind) {
    case CORE_KEEP_JOB:
      return &a->keep_job.job;
    case CORE_KEEP_PLAN:
      return &a->keep_plan.job;
    case CORE_KEEP_RESULT:
      return &a->keep_result.id.job;
    case CORE_DROP_RESULT:
      return &a->drop_result.job;
    case CORE_KEEP_STAGE:
      return &a->keep_stage.job;
    case CORE_KEEP_LOST:
      return &a->keep_lost.job;
    case CORE_KEEP_END:
      return &a->end.job;
    default:
      return &a->note.job;
  }
}

static void keep(sim *s, const core_action *a) {
  sim_job *j = &s->jobs[job_number(s, job_of(a))];
  if (j->kept ? a->kind == CORE_KEEP_JOB || j->ended : a->kind != CORE_KEEP_JOB) {
    sim_fail(s, "a job that is not there is kept (action %d)", (int)a->kind);
  }
  switch (a->kind) {
    case CORE_KEEP_JOB:
      j->kept = true;
      j->plan = value_of(s, a->keep_job.plan);
      j->program = value_of(s, a->keep_job.program);
      j->spec = value_of(s, a->keep_job.spec);
      j->manifest = value_of(s, a->keep_job.manifest);
      j->keeps_may_lose = j->may_lose && !j->planned;
      break;
    case CORE_KEEP_PLAN:
      j->plan = value_of(s, a->keep_plan.plan);
      j->program = value_of(s, a->keep_plan.program);
      j->content = a->keep_plan.content;
      j->keeps_may_lose = a->keep_plan.may_lose;
      break;
    case CORE_KEEP_RESULT:
      keep_result(s, j, &a->keep_result);
      break;
    case CORE_DROP_RESULT:
      drop_record(j, a->drop_result.stage, a->drop_result.task);
      break;
    case CORE_KEEP_STAGE:
      keep_stage(s, j, &a->keep_stage);
      break;
    case CORE_KEEP_LOST:
      keep_lost(s, j, &a->keep_lost);
      break;
    case CORE_KEEP_END:
      keep_end(s, j, &a->end);
      break;
    default:
      if (s->tells) {
        printf("%8.1f s  job %d, peer %u: %s\n", (double)s->now_ms / 1000.0, job_number(s, &a->note.job),
               a->note.about, a->note.text);
      }
      j->notes++;
      j->note_about = a->note.about;
      memcpy(j->note, a->note.text, sizeof j->note);
      break;
  }
}

/* ---- Carrying out ---------------------------------------------------------------------------------- */

/* A result that was on disk before this turn, of this task or of one above it, must not be computed again. */
static void check_not_kept(const sim *s, const sim_job *j, const core_task_id *id) {
  if (id->task >> 32 >= CORE_LEVEL_STEP) {
    return;
  }
  uint64_t index = (uint32_t)id->task;
  for (uint64_t level = id->task >> 32; level < 12; level++, index /= CORE_FAN_IN) {
    const sim_record *r = sim_record_find(j, id->stage, level << 32 | index);
    if (r != NULL && r->turn < s->turn) {
      sim_fail(s, "task %llx of stage %u is given out, though the disk has it at level %llu",
               (unsigned long long)id->task, id->stage, (unsigned long long)level);
    }
  }
}

static bool holds(const sim_worker *w, const core_shard *shard) {
  uint64_t prefix = 0;
  memcpy(&prefix, shard->name.bytes, sizeof prefix);
  for (size_t i = 0; i < w->held_count; i++) {
    if (w->held[i] == prefix) {
      return true;
    }
  }
  return false;
}

static void count_local(sim *s, const core_task *a, const sim_worker *to) {
  for (int i = 0; a->shards_count > 0 && i < SIM_WORKERS; i++) {
    if (s->workers[i].peer && holds(&s->workers[i], &a->shards[0])) {
      if (holds(to, &a->shards[0])) {
        s->local++;
      } else {
        s->elsewhere++;
      }
      return;
    }
  }
}

static void give_shards(const sim *s, const core_task *a, sim_task *t) {
  t->shards_sum = sim_shards_sum(a->shards, a->shards_count, t->inputs[0]);
  t->shards_count = a->shards_count;
  for (uint32_t i = 0; i < a->shards_count; i++) {
    const uint64_t value = sim_shard_value(&a->shards[i]);
    t->is_deadly = t->is_deadly || (value == s->deadly && a->id.stage >= s->deadly_from);
    if (value == s->gone && a->id.stage >= s->gone_from) {
      t->lacks_one = true;
      t->lacking = a->shards[i].name;
    }
  }
}

static void send_task(sim *s, const core_action *action) {
  const core_task *a = &action->task;
  sim_job *j = &s->jobs[job_number(s, &a->id.job)];
  if (!j->kept || (j->ended && j->ended_turn < s->turn) || a->blobs_count > SIM_INPUTS) {
    sim_fail(s, "a task of a job that is not under way, or with %u blobs", a->blobs_count);
  }
  if (j->stage == a->id.stage) {
    check_not_kept(s, j, &a->id);
  }
  j->sent[a->work]++;
  sim_task t = {.peer = action->peer, .id = a->id, .attempt = a->attempt, .work = a->work};
  for (uint32_t i = 0; i < a->blobs_count; i++) {
    t.inputs[i] = value_of(s, a->blobs[i]);
    t.keepers[i] = a->blobs[i] ? blob_at(s, a->blobs[i])->keeper : 0;
  }
  t.inputs_count = a->blobs_count;
  if (a->work == WORK_MAP || a->work == WORK_ROWS) {
    give_shards(s, a, &t);
  }
  t.lost_count = a->lost_count;
  t.lost_mix = sim_lost_mix(a->lost, a->lost_count);
  for (int i = 0; i < SIM_WORKERS; i++) {
    if (s->workers[i].peer == action->peer) {
      t.process = s->workers[i].process;
      if (a->work == WORK_MAP) {
        count_local(s, a, &s->workers[i]);
      }
      assert_true(s->tasks_count < SIM_TASKS && ARRAY_ROOM(s->tasks, s->tasks_count, s->tasks_capacity));
      s->tasks[s->tasks_count++] = t;
    }
  }
}

static void taken(sim *s, const core_action *a) {
  for (int i = 0; i < SIM_WORKERS; i++) {
    sim_worker *w = &s->workers[i];
    for (size_t k = w->peer == a->peer ? w->outbox_count : 0; k-- > 0;) {
      const sim_task *t = &w->outbox[k].of;
      if (memcmp(&t->id, &a->taken.id, sizeof t->id) == 0 && t->attempt == a->taken.attempt) {
        w->outbox[k] = w->outbox[--w->outbox_count];
      }
    }
  }
}

static sim_watch *watch_of(sim *s, uint32_t peer, int job) {
  for (size_t i = 0; i < s->watches_count; i++) {
    if (s->watches[i].peer == peer && s->watches[i].job == job) {
      return &s->watches[i];
    }
  }
  return NULL;
}

static void progress(sim *s, const core_action *a) {
  const sim_watch *w = watch_of(s, a->peer, job_number(s, &a->progress.view.id));
  if (w == NULL || (!w->waits && !w->gone) || a->progress.view.rows_done > a->progress.view.rows_total) {
    sim_fail(s, "progress that nobody waits for, or of more rows than there are");
  }
}

static void check_pace(sim *s, const core_action *a) {
  sim_watch *w = watch_of(s, a->peer, job_number(s, &a->progress.view.id));
  if (a->progress.request != 0 || w == NULL) {
    return;
  }
  if (w->told && s->now_ms < w->told_ms + CORE_PROGRESS_MS) {
    sim_fail(s, "a watcher hears of its job again after %u ms", (unsigned)(s->now_ms - w->told_ms));
  }
  w->told = true;
  w->told_ms = s->now_ms;
}

static void ended(sim *s, const core_action *a) {
  const int job = job_number(s, &a->end.job);
  sim_watch *w = watch_of(s, a->peer, job);
  if (w != NULL && w->gone) {
    return;
  }
  if (w == NULL || !w->waits || !s->jobs[job].ended || s->jobs[job].failure != a->end.failure.code) {
    sim_fail(s, "an end that nobody waits for, or that was not kept");
  }
  w->waits = false;
}

static void set_aside(sim *s, const core_action *a) {
  s->set_aside++;
  for (int i = 0; i < SIM_WORKERS; i++) {
    if (s->workers[i].peer == a->peer) {
      s->workers[i].capacity = 0;
    }
  }
}

void sim_carry_out(sim *s, const core_action *a) {
  switch (a->kind) {
    case CORE_SEND_TASK:
      send_task(s, a);
      break;
    case CORE_SEND_TAKEN:
      taken(s, a);
      break;
    case CORE_SEND_ACCEPTED:
      assert_true(s->jobs[job_number(s, &a->accepted.job)].kept);
      break;
    case CORE_SEND_REFUSED:
      s->refused = a->refused.why.code;
      s->refused_request = (uint32_t)a->refused.request;
      break;
    case CORE_SEND_PROGRESS:
      progress(s, a);
      break;
    case CORE_SEND_REPORT:
    case CORE_SEND_ENDED:
      ended(s, a);
      break;
    case CORE_SET_ASIDE:
      set_aside(s, a);
      break;
    case CORE_RELEASE:
      blob_at(s, a->release)->live = false;
      s->blobs_live--;
      break;
    default:
      break; /* it was kept */
  }
}

static void check_core(const sim *s) {
  error why;
  if (core_check(s->core, &why) != STATUS_OK) {
    sim_fail(s, "%s", why.message);
  }
}

/* Ticks and signs of life that led to no action, one after another: what they break is still broken a few
 * events later, and histories consist of them. */
static void count_quiet(sim *s, const core_event *e, bool led_to_nothing) {
  const bool is_quiet = led_to_nothing && (e->kind == CORE_TICK || e->kind == CORE_HEARD);
  s->quiet = is_quiet ? s->quiet + 1 : 0;
}

static bool is_to_be_checked(const sim *s) {
  return s->quiet % QUIET_EVENTS <= 1;
}

void sim_feed(sim *s, const core_event *e) {
  const size_t before = s->actions.count;
  assert_int_equal(core_step(s->core, e, s->now_ms, &s->actions, NULL), STATUS_OK);
  count_quiet(s, e, s->actions.count == before);
  if (is_to_be_checked(s)) {
    check_core(s);
  }
  bool others = false;
  for (size_t i = before; i < s->actions.count; i++) {
    const bool is_kept = s->actions.at[i].kind <= CORE_KEEP_NOTE;
    if (is_kept && others) {
      sim_fail(s, "what is to be kept comes after what is not");
    }
    others = others || !is_kept;
    if (s->actions.at[i].kind == CORE_SEND_PROGRESS) {
      check_pace(s, &s->actions.at[i]);
    }
  }
}

static void check_watchers(sim *s) {
  for (size_t i = 0; i < s->watches_count; i++) {
    if (s->watches[i].waits && s->jobs[s->watches[i].job].ended) {
      sim_fail(s, "job %d has ended, and a watcher was not told", s->watches[i].job);
    }
  }
}

/* Exactly the blobs that the core has are there. */
static void check_released(const sim *s) {
  if (s->blobs_live != core_blobs(s->core)) {
    sim_fail(s, "%zu blobs are there, and the core has %zu", s->blobs_live, core_blobs(s->core));
  }
}

void sim_commit(sim *s) {
  for (size_t i = 0; i < s->actions.count; i++) {
    if (s->actions.at[i].kind <= CORE_KEEP_NOTE) {
      keep(s, &s->actions.at[i]);
    }
  }
}

void sim_turn(sim *s) {
  sim_commit(s);
  for (size_t i = 0; i < s->actions.count; i++) {
    sim_carry_out(s, &s->actions.at[i]);
  }
  s->actions.count = 0;
  s->turn++;
  check_watchers(s);
  if (is_to_be_checked(s)) {
    check_released(s);
  }
}
