/* The broker's core under storms from seeds: workers join, leave, fall silent, are slow, answer late and
 * twice, lose what they keep, fail and lie; clients submit, watch, cancel and go; the broker dies at any
 * moment and goes on from its disk.  In the end the storm is over, and every job must have the right report
 * and have counted each task once.
 *
 * The first argument of the program, when given, is the seed to run alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

enum { STORM_TURNS = 400, TURNS_MAX = 20000, JOBS = 5 };

typedef struct storm {
  unsigned crash, lie, lose, fail, cancel; /* percent */
} storm;

/* ---- Jobs and watchers ----------------------------------------------------------------------------- */

static void describe_job(sim *s, int job) {
  sim_job *j = &s->jobs[job];
  sim_draw_course(s, j);
  const uint32_t count = (uint32_t)sim_below(s, sim_chance(s, 30) ? 150 : 30);
  sim_shards(s, job, j->read ? 0 : count, 0);
}

static void submit_again_or_watch(sim *s) {
  const int job = (int)sim_below(s, JOBS);
  const sim_job *j = &s->jobs[job];
  const core_job_id id = sim_job_id(job);
  core_job_view view;
  if (!j->kept) { /* also after a crash that took the submission with it */
    if (!j->submitted) {
      describe_job(s, job);
    }
    sim_submit(s, job);
  } else if (core_find_job(s->core, &id, &view) && s->watches_count < SIM_WATCHES) {
    s->watches[s->watches_count++] = (sim_watch){.peer = ++s->last_peer, .job = job, .waits = true};
    sim_feed(s, &(core_event){.kind = CORE_WATCHED,
                              .peer = s->last_peer,
                              .watched = {.request = 5, .job = sim_job_id(job)}});
  }
}

static void stop_watching(sim *s) {
  if (s->watches_count > 0) {
    sim_watch *w = &s->watches[sim_below(s, s->watches_count)];
    sim_feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = w->peer});
    w->waits = false;
    w->gone = true;
  }
}

static void cancel(sim *s) {
  const int job = (int)sim_below(s, JOBS);
  s->jobs[job].cancelled = true;
  sim_feed(s, &(core_event){.kind = CORE_CANCELLED, .cancelled = sim_job_id(job)});
}

/* ---- Workers --------------------------------------------------------------------------------------- */

static void resend(sim *s, int worker) {
  sim_worker *w = &s->workers[worker];
  for (size_t i = 0; i < w->outbox_count; i++) {
    sim_answer(s, &w->outbox[i], w->peer);
  }
}

static void bring_up(sim *s, int worker) {
  sim_worker *w = &s->workers[worker];
  if (!w->alive) {
    sim_start_worker(s, worker, 1 + (uint32_t)sim_below(s, 4), (uint32_t)worker % 2);
  }
  if (!w->peer) {
    sim_connect(s, worker);
    resend(s, worker);
  }
}

static void fall_silent(sim *s) {
  s->now_ms += CORE_SILENCE_MS + 1;
  sim_feed(s, &(core_event){.kind = CORE_TICK});
  for (int i = 0; i < SIM_WORKERS; i++) {
    const sim_worker *w = &s->workers[i];
    if (w->peer && sim_chance(s, 90)) {
      sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = w->peer, .heard.capacity = w->capacity});
    }
  }
}

static void disturb(sim *s, const storm *weather) {
  const int worker = (int)sim_below(s, SIM_WORKERS);
  sim_worker *w = &s->workers[worker];
  switch (sim_below(s, 8)) {
    case 0:
      sim_kill(s, worker);
      break;
    case 1:
      sim_disconnect(s, worker);
      break;
    case 2:
    case 3:
      bring_up(s, worker);
      break;
    case 4:
      if (w->peer) { /* drains, or takes up work again */
        sim_feed(s, &(core_event){
                        .kind = CORE_HEARD, .peer = w->peer, .heard.capacity = (uint32_t)sim_below(s, 3)});
      }
      break;
    case 5:
      if (w->kept_count > 0 && sim_chance(s, weather->lose)) {
        w->kept[sim_below(s, w->kept_count)] = w->kept[w->kept_count - 1];
        w->kept_count--;
      }
      break;
    case 6:
      if (sim_chance(s, 30)) {
        fall_silent(s);
      }
      break;
    default:
      stop_watching(s);
      break;
  }
}

/* ---- Work ------------------------------------------------------------------------------------------ */

/* Workers that lie now and then; the others never do. */
static bool is_liar(int worker) {
  return worker >= SIM_WORKERS - 2;
}

/* The same task, made of the same, that was given to a liar too, which is connected: results count from those
 * alone to whom the task was given.  NULL: there is none. */
static const sim_task *find_lie(sim *s, const sim_task *t) {
  for (size_t i = 0; i < s->tasks_count; i++) {
    const sim_task *other = &s->tasks[i];
    const sim_worker *w = sim_worker_of(s, other->process);
    const bool same = memcmp(&other->id, &t->id, sizeof t->id) == 0 &&
                      (uint32_t)other->attempt >> 8 == (uint32_t)t->attempt >> 8;
    if (same && w != NULL && w->peer && is_liar((int)(w - s->workers))) {
      return other;
    }
  }
  return NULL;
}

/* A right result and a wrong one of the same task come together, in any order.  Alone a wrong one could not
 * be told from a right one.  A report, or the last rows, ends the job: there the wrong one may only be
 * second. */
static void lie(sim *s, size_t task) {
  const sim_task t = s->tasks[task];
  const sim_worker *w = sim_worker_of(s, t.process);
  const sim_task *lied = find_lie(s, &t);
  const sim_job *j = &s->jobs[t.id.job.bytes[0] - 1];
  sim_result r;
  sim_result wrong;
  digest lost;
  if (w == NULL || !w->peer || is_liar((int)(w - s->workers)) || lied == NULL ||
      !sim_compute(s, &t, &r, &lost) || r.stays || !sim_compute(s, lied, &wrong, &lost)) {
    return;
  }
  const bool is_last = t.work == WORK_READ || t.work == WORK_ROWS ||
                       (t.work == WORK_STEP && t.id.stage + 1 == j->stages && !j->rows);
  const uint32_t liar = sim_worker_of(s, lied->process)->peer;
  wrong.values[0] ^= 2 + 2 * sim_below(s, 1000000);
  if (!is_last && sim_chance(s, 50)) {
    sim_answer(s, &wrong, liar);
    sim_work(s, task);
  } else {
    sim_work(s, task);
    sim_answer(s, &wrong, liar);
    if (!is_last) {
      sim_answer(s, &r, w->peer); /* the first may have been void, because it decided about an earlier one */
    }
  }
}

static void work_one(sim *s, const storm *weather, bool is_calm) {
  if (s->tasks_count == 0) {
    return;
  }
  const size_t task = (size_t)sim_below(s, s->tasks_count);
  const sim_task t = s->tasks[task];
  const sim_worker *w = sim_worker_of(s, t.process);
  if (!is_calm && w != NULL && w->peer == t.peer && sim_chance(s, weather->fail)) {
    s->tasks[task] = s->tasks[--s->tasks_count];
    sim_report_failure(s, &t, sim_chance(s, 50) ? STATUS_NO_MEMORY : STATUS_INTERRUPTED, NULL);
  } else if (!is_calm && sim_chance(s, weather->lie)) {
    lie(s, task);
  } else {
    sim_work(s, task);
  }
  if (w != NULL && w->peer && w->outbox_count > 0 && !is_calm && sim_chance(s, 5)) {
    sim_answer(s, &w->outbox[sim_below(s, w->outbox_count)], w->peer); /* once more */
  }
}

static void turn(sim *s, const storm *weather, bool is_calm, long number) {
  s->now_ms += sim_below(s, 60);
  for (uint64_t events = sim_below(s, 6); events > 0; events--) {
    work_one(s, weather, is_calm);
    if (!is_calm && sim_chance(s, 15)) {
      disturb(s, weather);
    }
  }
  if (sim_chance(s, 10)) {
    submit_again_or_watch(s);
  }
  if (!is_calm && sim_chance(s, weather->cancel)) {
    cancel(s);
  }
  if (is_calm || sim_chance(s, 20)) {
    for (int i = 0; i < SIM_WORKERS && (is_calm || i < 3); i++) {
      bring_up(s, i);
      if (number % 16 == 0) {
        sim_feed(
            s, &(core_event){
                   .kind = CORE_HEARD, .peer = s->workers[i].peer, .heard.capacity = s->workers[i].capacity});
      }
    }
  }
  sim_feed(s, &(core_event){.kind = CORE_TICK});
  if (!is_calm && sim_chance(s, weather->crash)) {
    sim_crash_broker(s, (sim_crash)sim_below(s, 3));
  } else {
    sim_turn(s);
  }
}

/* Workers that were set aside go, and others come. */
static void replace_set_aside(sim *s) {
  for (int i = 0; i < SIM_WORKERS; i++) {
    if (s->workers[i].alive && s->workers[i].capacity == 0) {
      sim_kill(s, i);
    }
  }
}

/* ---- The end --------------------------------------------------------------------------------------- */

static bool all_ended(const sim *s) {
  for (int i = 0; i < JOBS; i++) {
    if (!s->jobs[i].ended) {
      return false;
    }
  }
  return true;
}

static int count_right(const sim *s) {
  int right = 0;
  for (int i = 0; i < JOBS; i++) {
    const sim_job *j = &s->jobs[i];
    const bool may_fail = j->failure == STATUS_NO_MEMORY || j->failure == STATUS_JOB ||
                          j->failure == STATUS_NOT_FOUND ||
                          (j->failure == STATUS_INTERRUPTED && j->cancelled);
    if (!sim_is_right(s, i) && !may_fail) {
      sim_fail(s, "job %d ended wrongly (%s)", i, status_name(j->failure));
    }
    const core_states states = sim_states(j);
    if (sim_is_right(s, i) && !sim_same_states(&j->states, &states)) {
      sim_fail(s, "job %d counts %llu computed and %llu cached; undisturbed it is %llu and %llu", i,
               (unsigned long long)j->states.computed, (unsigned long long)j->states.cached,
               (unsigned long long)states.computed, (unsigned long long)states.cached);
    }
    right += sim_is_right(s, i);
  }
  return right;
}

static void check_nothing_left(sim *s) {
  if (core_jobs(s->core) != 0 || core_tasks_running(s->core) != 0) {
    sim_fail(s, "%zu jobs and %zu tasks are left", core_jobs(s->core), core_tasks_running(s->core));
  }
  for (size_t i = 0; i < s->blobs_count; i++) {
    if (s->blobs[i].live) {
      sim_fail(s, "blob %zu was never released", i + 1);
    }
  }
  for (size_t i = 0; i < core_workers(s->core); i++) {
    core_worker_view w;
    core_worker_at(s->core, i, &w);
    if (w.running != 0) {
      sim_fail(s, "a worker has %u tasks of jobs that ended", w.running);
    }
  }
}

typedef struct tally {
  int right;
  unsigned set_aside, crashes;
} tally;

static void run_seed(uint64_t seed, const storm *weather, tally *sum) {
  sim *s = sim_new(seed);
  for (long number = 0; !all_ended(s); number++) {
    if (number > TURNS_MAX) {
      sim_fail(s, "jobs do not end");
    }
    const bool is_calm = number > STORM_TURNS;
    replace_set_aside(s);
    turn(s, weather, is_calm, number);
  }
  sim_turn(s);
  sum->right += count_right(s);
  sum->set_aside += s->set_aside;
  sum->crashes += s->crashes;
  check_nothing_left(s);
  sim_free(s);
}

/* Seeds of the n-th storm begin at n times this. */
enum { SEEDS_STEP = 100000 };
static const storm storms[] = {{.lose = 100, .fail = 1},
                               {.crash = 2, .lose = 100, .fail = 1},
                               {.lie = 60, .lose = 100},
                               {.crash = 1, .lie = 10, .lose = 50, .fail = 1, .cancel = 1}};

static tally run_seeds(size_t number) {
  tally sum = {0};
  for (uint64_t i = 1; i <= SEEDS; i++) {
    run_seed(number * SEEDS_STEP + i, &storms[number], &sum);
  }
  return sum;
}

static void any_storm_of_faults_gives_the_right_reports(void **state) {
  (void)state;
  assert_true(run_seeds(0).right > SEEDS * JOBS * 95 / 100);
}

static void a_broker_that_dies_at_any_moment_goes_on_from_its_disk(void **state) {
  (void)state;
  const tally t = run_seeds(1);
  assert_true(t.crashes > SEEDS);
  assert_true(t.right > SEEDS * JOBS * 95 / 100);
}

static void odd_workers_are_found_and_change_no_report(void **state) {
  (void)state;
  const tally t = run_seeds(2);
  assert_true(t.set_aside > SEEDS / 4);
  assert_true(t.right > SEEDS * JOBS * 95 / 100);
}

static void everything_at_once_gives_the_right_reports(void **state) {
  (void)state;
  assert_true(run_seeds(3).right > SEEDS * JOBS * 50 / 100);
}

int main(int argc, char **argv) {
  if (argc > 1) {
    const uint64_t seed = strtoull(argv[1], NULL, 10);
    tally t = {0};
    run_seed(seed, &storms[seed / SEEDS_STEP % (sizeof storms / sizeof *storms)], &t);
    printf("%d of %d jobs ended with the right report\n", t.right, (int)JOBS);
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_storm_of_faults_gives_the_right_reports),
      cmocka_unit_test(a_broker_that_dies_at_any_moment_goes_on_from_its_disk),
      cmocka_unit_test(odd_workers_are_found_and_change_no_report),
      cmocka_unit_test(everything_at_once_gives_the_right_reports),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
