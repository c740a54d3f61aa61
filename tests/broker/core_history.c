/* The world of histories: habits, lines, turns, and what must hold in the end. */
#include "tests/broker/core_history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "tests/broker/core_habits.h"
#include "tests/broker/core_losses.h"
#include "tests/broker/core_weather.h"
#include "tests/check.h"

enum {
  HONEST_WORKER = 0,
  FAULTY_WORKER = 1,
  JOBS = 3,
  LETTERS = 4096,
  PEERS = 4096,
  BEAT_MS = 2000,        /* between a worker's signs of life */
  STORM_MS = 120 * 1000, /* after these no kills, breaks and crashes happen, only habits and poison remain */
};

/* What a worker says, on its way. */
typedef struct letter {
  uint64_t due_ms;
  uint32_t peer;
  bool is_failure;
  status failure;
  sim_result result; /* of a failure its task only */
} letter;

typedef struct history {
  sim *s;
  const weather *weather;
  int workers;
  habit habits[SIM_WORKERS];
  uint64_t back_ms[SIM_WORKERS]; /* when it connects again, or starts again */
  uint64_t beat_ms[SIM_WORKERS];
  letter *letters; /* at most LETTERS: those beyond are lost */
  size_t letters_count, letters_capacity;
  bool has_poison;
  core_task_id poison; /* of any stage */
  unsigned deaths;
  bool is_faulty[PEERS]; /* by peer */
  bool tells;
} history;

#define TELL(h, ...)                                        \
  do {                                                      \
    if ((h)->tells) {                                       \
      printf("%8.1f s  ", (double)(h)->s->now_ms / 1000.0); \
      printf(__VA_ARGS__);                                  \
      printf("\n");                                         \
    }                                                       \
  } while (0)

static bool is_stormy(const history *h) {
  return h->s->now_ms < STORM_MS;
}

/* ---- The beginning --------------------------------------------------------------------------------- */

static void describe_jobs(history *h) {
  sim *s = h->s;
  for (int job = 0; job < JOBS; job++) {
    sim_job *j = &s->jobs[job];
    sim_draw_course(s, j);
    sim_shards(s, job, j->read ? 0 : (uint32_t)sim_below(s, 30), 0);
    j->may_lose = h->weather->shards > 0;
    if (job == 0 && h->weather->shards > 0) {
      losses_choose(h->s);
    }
    sim_submit(s, job);
  }
}

static bool is_poison(const history *h, const core_task_id *id) {
  return h->has_poison && memcmp(&h->poison.job, &id->job, sizeof id->job) == 0 && h->poison.task == id->task;
}

/* One of the first job's tasks. */
static void choose_poison(history *h) {
  const sim_job *j = &h->s->jobs[0];
  uint64_t task = sim_below(h->s, sim_leaves(j));
  if (j->read) {
    task = (uint64_t)CORE_LEVEL_READ << 32;
  } else if (j->planned && sim_chance(h->s, 20)) {
    task = (uint64_t)CORE_LEVEL_PLAN << 32;
  } else if (sim_chance(h->s, 20)) {
    task = (uint64_t)CORE_LEVEL_STEP << 32;
  }
  h->has_poison = true;
  h->poison = (core_task_id){.job = sim_job_id(0), .task = task};
}

static habit choose_habit(history *h, int worker) {
  const weather *of = h->weather;
  if (worker == FAULTY_WORKER && of->is_verified) {
    return HABIT_LIAR;
  }
  if (worker == FAULTY_WORKER && of->one_is_faulty) {
    return (habit)(HABIT_SPOILER + sim_below(h->s, HABIT_QUITTER - HABIT_SPOILER + 1));
  }
  if (worker == HONEST_WORKER) {
    return HABIT_HONEST;
  }
  if (sim_chance(h->s, of->wedged)) {
    return HABIT_WEDGED;
  }
  if (sim_chance(h->s, of->liar)) {
    return HABIT_LIAR;
  }
  return sim_chance(h->s, of->slow) ? HABIT_SLOW : HABIT_HONEST;
}

enum { KEYS = 3 };

static void start(history *h, int worker) {
  h->s->workers[worker].host = 1 + (uint64_t)worker;
  h->s->workers[worker].trust = h->weather->is_verified ? 1 + (uint64_t)worker % KEYS : 0;
  /* The first is of the first kind, so that no job's kind disappears for ever. */
  const uint32_t fingerprint = worker == HONEST_WORKER ? 0 : (uint32_t)worker % 2;
  sim_start_worker(h->s, worker, 1 + (uint32_t)sim_below(h->s, 4), fingerprint);
}

static void begin(history *h, uint64_t seed) {
  h->weather = weather_of(seed);
  h->s = sim_new(seed);
  sim_verify(h->s, h->weather->is_verified);
  if (h->weather->losses > 0) {
    sim_tolerate(h->s, h->weather->losses);
  }
  const int least = h->weather->one_is_faulty ? 3 : 2;
  h->workers = least + (int)sim_below(h->s, (uint64_t)(SIM_WORKERS - least));
  describe_jobs(h);
  if (sim_chance(h->s, h->weather->poison)) {
    choose_poison(h);
  }
  for (int i = 0; i < h->workers; i++) {
    h->habits[i] = choose_habit(h, i);
    start(h, i);
    h->back_ms[i] = sim_below(h->s, 5000);
  }
  sim_turn(h->s);
}

/* ---- Lines ----------------------------------------------------------------------------------------- */

static void put_letter(history *h, const letter *l) {
  if (h->letters_count < LETTERS) {
    assert_true(ARRAY_ROOM(h->letters, h->letters_count, h->letters_capacity));
    h->letters[h->letters_count++] = *l;
  }
}

static void post(history *h, const letter *l) {
  sim *s = h->s;
  const int copies = 1 + sim_chance(s, h->weather->twice) - (is_stormy(h) && sim_chance(s, h->weather->lost));
  for (int i = 0; i < copies; i++) {
    letter one = *l;
    one.due_ms = s->now_ms + 1 + sim_below(s, sim_chance(s, h->weather->late) ? 30000 : 20);
    put_letter(h, &one);
  }
}

static bool is_known(const history *h, uint32_t peer) {
  for (int i = 0; peer && i < h->workers; i++) {
    if (h->s->workers[i].peer == peer) {
      return true;
    }
  }
  return false;
}

/* To a broker that knows the sender: others are told to say hello first. */
static void deliver(history *h) {
  for (size_t i = 0; i < h->letters_count;) {
    const letter l = h->letters[i];
    if (l.due_ms > h->s->now_ms) {
      i++;
      continue;
    }
    h->letters[i] = h->letters[--h->letters_count];
    if (is_known(h, l.peer) && l.is_failure) {
      sim_report_failure(h->s, &l.result.of, l.failure, NULL);
    } else if (is_known(h, l.peer)) {
      sim_answer(h->s, &l.result, l.peer);
    }
  }
}

/* ---- Workers --------------------------------------------------------------------------------------- */

static void cut(history *h, int worker, uint64_t for_ms) {
  h->s->workers[worker].peer = 0; /* nobody tells the broker */
  h->back_ms[worker] = h->s->now_ms + for_ms;
}

static void kill_worker(history *h, int worker) {
  cut(h, worker, 500 + sim_below(h->s, 20000));
  h->s->workers[worker].alive = false;
}

static void leave(history *h, int worker) {
  sim_leave(h->s, worker);
  h->back_ms[worker] = h->s->now_ms + sim_below(h->s, 20000);
}

/* After a break it says hello with what the broker has not taken. */
static void come_back(history *h, int worker) {
  sim_worker *w = &h->s->workers[worker];
  if (h->s->now_ms < h->back_ms[worker] || w->peer) {
    return;
  }
  if (!w->alive) {
    start(h, worker);
  }
  sim_connect(h->s, worker);
  h->is_faulty[w->peer % PEERS] = worker == FAULTY_WORKER;
  TELL(h, "worker %d is peer %u", worker, w->peer);
  for (size_t i = 0; i < w->outbox_count; i++) {
    w->outbox[i].of.peer = w->peer;
    post(h, &(letter){.peer = w->peer, .result = w->outbox[i]});
  }
}

static void beat(history *h, int worker) {
  const sim_worker *w = &h->s->workers[worker];
  if (w->peer && h->s->now_ms >= h->beat_ms[worker]) {
    h->beat_ms[worker] = h->s->now_ms + BEAT_MS;
    sim_feed(h->s, &(core_event){.kind = CORE_HEARD, .peer = w->peer, .heard.capacity = w->capacity});
  }
}

static int worker_of(const history *h, const sim_task *t) {
  for (int i = 0; i < h->workers; i++) {
    if (h->s->workers[i].alive && h->s->workers[i].process == t->process) {
      return i;
    }
  }
  return -1;
}

/* When it will be done; UINT64_MAX: never. */
static uint64_t decide_end(history *h, const sim_task *t) {
  sim *s = h->s;
  const int worker = worker_of(h, t);
  if (worker < 0 || h->habits[worker] == HABIT_WEDGED || (is_stormy(h) && sim_chance(s, h->weather->lost))) {
    return UINT64_MAX;
  }
  const uint64_t took = 200 + sim_below(s, 800);
  return s->now_ms + (h->habits[worker] == HABIT_SLOW ? took * 30 : took);
}

/* False: W says instead that an input is gone, or cannot be read. */
static bool compute(history *h, int worker, const sim_task *t, sim_result *out) {
  sim *s = h->s;
  const bool is_connected = s->workers[worker].peer == t->peer;
  digest lost;
  if (is_connected && habit_complains(s, h->habits[worker], t)) {
    return false;
  }
  if (t->lacks_one && h->habits[worker] != HABIT_SLOW) {
    if (is_connected) {
      sim_report_failure(s, t, sim_chance(s, 50) ? STATUS_NOT_FOUND : STATUS_CORRUPT, &t->lacking);
    }
    return false;
  }
  if (!sim_compute(s, t, out, &lost)) {
    if (is_connected) {
      sim_report_failure(s, t, STATUS_NOT_FOUND, &lost);
    }
    return false;
  }
  const uint32_t unreadable = sim_unreadable(s, t);
  if (unreadable > 0) {
    if (is_connected) {
      sim_accuse(s, t, unreadable);
    }
    return false;
  }
  habit_spoils(s, h->habits[worker], out);
  return true;
}

static void finish(history *h, size_t at) {
  sim *s = h->s;
  const sim_task t = s->tasks[at];
  s->tasks[at] = s->tasks[--s->tasks_count];
  const int worker = worker_of(h, &t);
  if (worker < 0) {
    return;
  }
  if (is_poison(h, &t.id) || (t.is_deadly && h->habits[worker] != HABIT_SLOW)) {
    TELL(h, "worker %d dies at task %llx", worker, (unsigned long long)t.id.task);
    h->deaths++;
    kill_worker(h, worker);
    return;
  }
  letter l = {.peer = s->workers[worker].peer};
  if (is_stormy(h) && sim_chance(s, h->weather->fail)) {
    l.result.of = t;
    l.is_failure = true;
    l.failure = STATUS_IO;
  } else if (compute(h, worker, &t, &l.result)) {
    sim_remember(s, &l.result);
  } else {
    return;
  }
  post(h, &l);
}

static void work(history *h) {
  sim *s = h->s;
  for (size_t i = 0; i < s->tasks_count;) {
    sim_task *t = &s->tasks[i];
    if (t->done_ms == 0) {
      t->done_ms = decide_end(h, t);
    }
    if (t->done_ms <= s->now_ms) {
      finish(h, i);
    } else {
      i++;
    }
  }
}

/* ---- Turns ----------------------------------------------------------------------------------------- */

static void disturb(history *h) {
  sim *s = h->s;
  const int worker = h->weather->one_is_faulty ? FAULTY_WORKER : (int)sim_below(s, (uint64_t)h->workers);
  if (sim_chance(s, h->weather->kill)) {
    kill_worker(h, worker);
  }
  if (sim_chance(s, h->weather->leave)) {
    leave(h, worker);
  }
  if (sim_chance(s, h->weather->cut)) {
    cut(h, worker, sim_below(s, 40000));
  }
}

static void crash(history *h) {
  TELL(h, "the broker dies");
  sim_crash_broker(h->s, (sim_crash)sim_below(h->s, 3));
  for (int i = 0; i < h->workers; i++) {
    h->back_ms[i] = h->back_ms[i] > h->s->now_ms ? h->back_ms[i] : h->s->now_ms + sim_below(h->s, 3000);
  }
  for (int i = 0; i < JOBS; i++) {
    if (!h->s->jobs[i].kept) {
      sim_submit(h->s, i); /* its client asks again */
    }
  }
}

/* Where the first worker was set aside in a quarrel of two that nobody decided, its owner starts another. */
static void replace_honest(history *h) {
  const sim_worker *w = &h->s->workers[HONEST_WORKER];
  if (w->alive && w->capacity == 0) {
    leave(h, HONEST_WORKER);
  }
}

static void turn(history *h) {
  sim *s = h->s;
  s->now_ms += CORE_PROGRESS_MS + sim_below(s, CORE_PROGRESS_MS);
  deliver(h);
  work(h);
  if (is_stormy(h)) {
    disturb(h);
  }
  replace_honest(h);
  for (int i = 0; i < h->workers; i++) {
    come_back(h, i);
    beat(h, i);
  }
  sim_feed(s, &(core_event){.kind = CORE_TICK});
  if (is_stormy(h) && sim_chance(s, h->weather->crash)) {
    crash(h);
  } else {
    sim_turn(s);
  }
}

/* ---- The end --------------------------------------------------------------------------------------- */

/* Nobody but the faulty one is set aside. */
static void check_honest(const history *h) {
  for (size_t i = 0; h->weather->one_is_faulty && i < core_workers(h->s->core); i++) {
    core_worker_view w;
    core_worker_at(h->s->core, i, &w);
    if (w.set_aside && !h->is_faulty[w.peer % PEERS]) {
      sim_fail(h->s, "peer %u was set aside, and is honest", w.peer);
    }
  }
}

static bool all_ended(const history *h) {
  for (int i = 0; i < JOBS; i++) {
    if (!h->s->jobs[i].ended) {
      return false;
    }
  }
  return true;
}

static bool has_liar(const history *h) {
  for (int i = 0; i < h->workers; i++) {
    if (h->habits[i] == HABIT_LIAR && !h->weather->is_verified) {
      return true;
    }
  }
  return false;
}

static void tell_workers(const history *h) {
  for (size_t i = 0; h->tells && i < core_workers(h->s->core); i++) {
    core_worker_view w;
    core_worker_at(h->s->core, i, &w);
    printf("peer %u runs %u of %u, has lost %u races%s%s\n", w.peer, w.running, w.capacity,
           (unsigned)w.races_lost, w.set_aside ? ", set aside" : "", w.is_held_back ? ", held back" : "");
  }
}

/* A slow worker has every shard, and survives: it may give what was given up meanwhile. */
static bool has_slow(const history *h) {
  for (int i = 0; i < h->workers; i++) {
    if (h->habits[i] == HABIT_SLOW) {
      return true;
    }
  }
  return false;
}

static void check_end(const history *h, int job) {
  const sim_job *j = &h->s->jobs[job];
  if (!j->ended) {
    core_job_view view = {0};
    const core_job_id id = sim_job_id(job);
    (void)core_find_job(h->s->core, &id, &view);
    tell_workers(h);
    sim_fail(h->s, "%s: job %d does not end; it waits for: %s; %u tasks run, stage %u, %llu of %llu rows",
             h->weather->name, job, core_wait_text(view.wait.kind), view.tasks_running, view.stage,
             (unsigned long long)view.rows_done, (unsigned long long)view.rows_total);
  }
  losses_check(h->s, job, has_slow(h));
  const bool has_nothing = j->failure == STATUS_JOB &&
                           strstr(j->message, "no row of the dataset is left") != NULL && job == 0 &&
                           h->weather->shards > 0;
  const bool may_fail = has_nothing || has_liar(h) || (h->has_poison && job == 0) ||
                        j->failure == STATUS_IO ||
                        j->failure == STATUS_NOT_FOUND; /* its partials were lost again and again */
  if (!may_fail && !sim_is_right(h->s, job)) {
    sim_fail(h->s, "%s: job %d ended wrongly (%s: %.300s)", h->weather->name, job, status_name(j->failure),
             j->message);
  }
}

void history_run(uint64_t seed, bool tells, history_tally *sum) {
  history h = {.tells = tells};
  begin(&h, seed);
  h.s->tells = tells;
  TELL(&h, "%s; %d workers", h.weather->name, h.workers);
  while (!all_ended(&h) && h.s->now_ms < HISTORY_PATIENCE_MS) {
    turn(&h);
  }
  for (int i = 0; i < JOBS; i++) {
    check_end(&h, i);
  }
  check_honest(&h);
  TELL(&h, "all jobs ended; %u deaths", h.deaths);
  sum->deaths += h.deaths;
  for (int i = 0; i < JOBS; i++) {
    sum->reports_without += h.s->jobs[i].failure == STATUS_OK && h.s->jobs[i].lost_count > 0;
  }
  sum->crashes += h.s->crashes;
  sum->set_aside += h.s->set_aside;
  sum->longest_ms = h.s->now_ms > sum->longest_ms ? h.s->now_ms : sum->longest_ms;
  free(h.letters);
  sim_free(h.s);
}
