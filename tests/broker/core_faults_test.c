/* Failures, losses and strange answers of workers; what watchers hear; how jobs end. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

static void watch(sim *s, int job) {
  s->watches[s->watches_count++] = (sim_watch){.peer = ++s->last_peer, .job = job, .waits = true};
  sim_feed(
      s, &(core_event){
             .kind = CORE_WATCHED, .peer = s->last_peer, .watched = {.request = 3, .job = sim_job_id(job)}});
}

/* ---- Failures -------------------------------------------------------------------------------------- */

static void a_failure_that_may_pass_is_tried_on_other_workers_three_times_in_all(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 3, 1, 1);
  uint32_t peers[3] = {0};
  for (int i = 0; i < 3; i++) {
    assert_false(s->jobs[0].ended);
    assert_int_equal(s->tasks_count, 1);
    const sim_task t = sim_take_task(s, 0);
    peers[i] = t.peer;
    sim_report_failure(s, &t, STATUS_IO, NULL);
    sim_turn(s);
  }
  assert_true(peers[0] != peers[1] && peers[1] != peers[2] && peers[0] != peers[2]);
  assert_true(s->jobs[0].ended);
  assert_int_equal(s->jobs[0].failure, STATUS_IO);
  sim_free(s);
}

/* It fails at once and is free again at once: it must not get the same task three times. */
static void a_broken_worker_does_not_end_jobs_while_others_are_busy(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 1, 12);
  for (int i = 0; i < 1000 && !s->jobs[0].ended; i++) {
    const size_t broken = sim_task_of(s, 0);
    if (broken < s->tasks_count) {
      const sim_task t = sim_take_task(s, broken);
      sim_report_failure(s, &t, STATUS_IO, NULL);
    } else {
      sim_work(s, 0);
    }
    sim_turn(s);
  }
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void a_failure_that_cannot_be_cured_ends_the_job(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 4, 6);
  const sim_task t = sim_take_task(s, 0);
  sim_report_failure(s, &t, STATUS_LIMIT, NULL);
  sim_turn(s);
  assert_int_equal(core_jobs(s->core), 1); /* one worker says so */
  size_t again = 0;
  while (again < s->tasks_count && s->tasks[again].id.task != t.id.task) {
    again++;
  }
  assert_true(again < s->tasks_count);
  const sim_task second = sim_take_task(s, again);
  assert_int_not_equal(second.peer, t.peer);
  sim_report_failure(s, &second, STATUS_LIMIT, NULL);
  sim_turn(s);
  assert_int_equal(s->jobs[0].failure, STATUS_LIMIT);
  assert_int_equal(core_jobs(s->core), 0);
  assert_int_equal(core_tasks_running(s->core), 0);
  sim_work_all(s); /* what comes now is taken, and of no use */
  sim_free(s);
}

static void failures_of_attempts_that_no_longer_count_are_ignored(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 1, 1);
  const sim_task t = sim_take_task(s, 0);
  sim_feed(s, &(core_event){.kind = CORE_PEER_LEFT, .peer = t.peer});
  sim_report_failure(s, &t, STATUS_LIMIT, NULL);
  sim_turn(s);
  assert_int_equal(core_jobs(s->core), 1);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void a_task_that_is_given_back_blames_nobody(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 1, 2, 2);
  for (int i = 0; i < 10; i++) {
    const sim_task t = sim_take_task(s, 0);
    sim_report_failure(s, &t, STATUS_INTERRUPTED, NULL);
    sim_turn(s);
    assert_int_equal(s->tasks_count, 1); /* it gets no more until it says so */
    sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = s->workers[0].peer, .heard.capacity = 2});
    sim_turn(s);
    assert_int_equal(s->tasks_count, 2);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* ---- Losses ---------------------------------------------------------------------------------------- */

static void only_what_is_lost_with_a_worker_is_computed_anew(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 8, 16); /* all given out, half to each */
  s->jobs[0].stay_percent = 100;
  for (int i = 0; i < 16; i++) {
    size_t at = 0;
    while (s->tasks[at].work != WORK_MAP) {
      at++;
    }
    sim_work(s, at);
    sim_turn(s);
  }
  assert_int_equal(s->jobs[0].sent[WORK_MAP], 16);
  sim_kill(s, 0);
  sim_turn(s);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->jobs[0].sent[WORK_MAP], 16 + 8);
  sim_free(s);
}

static void a_partial_that_nobody_has_any_more_is_no_fault_of_the_task(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 4, 16);
  s->jobs[0].stay_percent = 100;
  for (int i = 0; i < 60 && !s->jobs[0].ended; i++) {
    if (i % 3 == 0 && i < 30) { /* more often than a task may fail */
      s->workers[0].kept_count = s->workers[1].kept_count = 0;
    }
    sim_work_first(s, 1);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void a_task_whose_partials_are_always_gone_ends_the_job_in_the_end(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 1, 4, 3);
  s->jobs[0].stay_percent = 100;
  for (int i = 0; i < 10000 && !s->jobs[0].ended; i++) {
    s->workers[0].kept_count = 0;
    sim_work_first(s, 1);
  }
  assert_int_equal(s->jobs[0].failure, STATUS_NOT_FOUND);
  sim_free(s);
}

static void a_silent_worker_loses_its_tasks_and_is_welcome_again(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 1, 1);
  const sim_task slow = s->tasks[0];
  for (int i = 0; i <= CORE_SILENCE_MS / 1000; i++) {
    s->now_ms += 1000;
    for (int k = 0; k < 2; k++) {
      if (s->workers[k].peer != slow.peer) {
        sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = s->workers[k].peer, .heard.capacity = 1});
      }
    }
    sim_feed(s, &(core_event){.kind = CORE_TICK});
    sim_turn(s);
  }
  assert_int_equal(core_workers(s->core), 1);
  assert_int_equal(s->tasks_count, 2);
  assert_int_not_equal(s->tasks[1].peer, slow.peer);
  sim_feed(s, &(core_event){.kind = CORE_HEARD, .peer = slow.peer, .heard.capacity = 1});
  sim_turn(s);
  assert_int_equal(core_workers(s->core), 2);
  sim_work(s, 0); /* late, and the first: it counts */
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* ---- Answers that do not fit ----------------------------------------------------------------------- */

static void a_result_of_the_wrong_shape_is_a_failure_of_its_sender(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 1, 1);
  for (int i = 0; i < 2; i++) {
    const sim_task t = sim_take_task(s, 0);
    const core_blob blobs[2] = {sim_blob_new(s, 1, 0), i == 0 ? sim_blob_new(s, 2, 0) : 0};
    sim_feed(s, &(core_event){.kind = CORE_RESULT,
                              .peer = t.peer,
                              .result = {.id = t.id,
                                         .attempt = t.attempt,
                                         .work = i == 0 ? WORK_MAP : WORK_STEP,
                                         .blobs = blobs,
                                         .blobs_count = i == 0 ? 2 : 1}});
    sim_turn(s);
    assert_int_equal(s->tasks_count, 1);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  for (size_t i = 0; i < s->blobs_count; i++) {
    assert_false(s->blobs[i].live);
  }
  sim_free(s);
}

/* A worker that exaggerates falsifies only the figures of its own task, and no sum wraps around. */
static void counts_that_no_task_can_have_are_not_believed(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 1, 8, 3);
  s->jobs[0].stages = 2;
  while (s->tasks_count > 0) {
    const sim_task t = sim_take_task(s, 0);
    sim_result r;
    digest lost;
    assert_true(sim_compute(s, &t, &r, &lost));
    r.states = (core_states){.computed = UINT64_MAX, .cached = UINT64_MAX - 1};
    sim_answer(s, &r, t.peer);
    sim_turn(s);
  }
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->jobs[0].states.computed, 6 * (uint64_t)CORE_STATES_MAX);
  assert_int_equal(s->jobs[0].states.cached, 6 * (uint64_t)CORE_STATES_MAX);
  assert_int_equal(s->jobs[0].states.tasks_computed, 6);
  assert_int_equal(s->jobs[0].states.tasks_cached, 0);
  sim_free(s);
}

/* What the disk says about earlier stages is limited in the same way. */
static void counts_of_stages_before_add_up_to_the_largest_number_at_most(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 1, 8, 3);
  s->jobs[0].states = (core_states){UINT64_MAX, UINT64_MAX - 1, UINT64_MAX, 5};
  sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  s->tasks_count = 0;
  sim_connect(s, 0);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(s->jobs[0].states.computed == UINT64_MAX && s->jobs[0].states.cached == UINT64_MAX);
  assert_true(s->jobs[0].states.tasks_computed == UINT64_MAX);
  assert_int_equal(s->jobs[0].states.tasks_cached, 5 + sim_states(&s->jobs[0]).tasks_cached);
  sim_free(s);
}

static void results_of_tasks_that_do_not_exist_are_taken_and_let_go(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 1, 1, 20);
  const uint64_t tasks[] = {20,          1ULL << 32 | 3, 2ULL << 32, 63ULL << 32, 64ULL << 32 | 1,
                            65ULL << 32, 66ULL << 32,    UINT64_MAX};
  for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
    for (uint32_t stage = 0; stage < 2; stage++) {
      const core_blob blob = sim_blob_new(s, 1, 0);
      sim_feed(s, &(core_event){.kind = CORE_RESULT,
                                .peer = s->workers[0].peer,
                                .result = {.id = {sim_job_id(0), stage, tasks[i]},
                                           .work = WORK_MAP,
                                           .blobs = &blob,
                                           .blobs_count = 1}});
      bool was_taken = false;
      for (size_t k = 0; k < s->actions.count; k++) {
        was_taken = was_taken || s->actions.at[k].kind == CORE_SEND_TAKEN;
      }
      assert_true(was_taken);
      sim_turn(s);
      assert_false(s->blobs[blob - 1].live);
    }
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* ---- Fingerprints ---------------------------------------------------------------------------------- */

static void a_job_whose_kind_of_worker_is_gone_starts_again_with_another(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 1, 1, 1);
  s->jobs[0].stages = 3;
  sim_work_first(s, 2); /* the first STEP */
  sim_kill(s, 0);
  sim_join(s, 1, 1, 1);
  sim_work_all(s);
  sim_wait(s, CORE_FINGERPRINT_MS - 2000);
  assert_int_equal(s->tasks_count, 0);
  assert_int_equal(s->jobs[0].stage, 1);
  sim_wait(s, 5000);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->jobs[0].notes, 1);
  sim_free(s);
}

/* ---- Watchers -------------------------------------------------------------------------------------- */

static void watchers_hear_at_once_then_now_and_then_and_of_the_end(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 1, 1, 40);
  watch(s, 0);
  watch(s, 0);
  unsigned heard = 0;
  while (!s->jobs[0].ended) {
    s->now_ms += 30;
    sim_feed(s, &(core_event){.kind = CORE_TICK});
    sim_work(s, 0);
    for (size_t i = 0; i < s->actions.count; i++) {
      heard += s->actions.at[i].kind == CORE_SEND_PROGRESS;
    }
    sim_turn(s);
  }
  assert_true(heard >= 2 + 2 * 9 && heard <= 2 + 2 * 13);
  assert_false(s->watches[0].waits);
  assert_false(s->watches[1].waits);
  sim_free(s);
}

static void one_watcher_too_many_is_told_so(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 0, 0, 1);
  for (uint32_t i = 0; i <= CORE_WATCHERS_MAX; i++) {
    assert_int_equal(s->refused, STATUS_OK);
    sim_feed(s, &(core_event){.kind = CORE_WATCHED,
                              .peer = 5000 + i,
                              .watched = {.request = 100 + i, .job = sim_job_id(0)}});
    s->refused = s->actions.at[0].kind == CORE_SEND_REFUSED ? s->actions.at[0].refused.why.code : STATUS_OK;
    s->actions.count = 0;
  }
  assert_int_equal(s->refused, STATUS_LIMIT);
  sim_free(s);
}

static void a_cancelled_job_ends_at_once_and_gives_everything_back(void **state) {
  (void)state;
  sim *s = sim_with_workers(21, 2, 3, 30);
  s->jobs[0].stay_percent = 50;
  watch(s, 0);
  for (int i = 0; i < 20; i++) {
    sim_work_first(s, 1);
  }
  sim_feed(s, &(core_event){.kind = CORE_CANCELLED, .cancelled = sim_job_id(0)});
  sim_turn(s);
  assert_int_equal(s->jobs[0].failure, STATUS_INTERRUPTED);
  assert_false(s->watches[0].waits);
  for (size_t i = 0; i < s->blobs_count; i++) {
    assert_false(s->blobs[i].live);
  }
  sim_begin(s, 1, 6); /* the workers are free for others */
  assert_int_equal(core_tasks_running(s->core), 6);
  sim_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_failure_that_may_pass_is_tried_on_other_workers_three_times_in_all),
      cmocka_unit_test(a_broken_worker_does_not_end_jobs_while_others_are_busy),
      cmocka_unit_test(a_failure_that_cannot_be_cured_ends_the_job),
      cmocka_unit_test(failures_of_attempts_that_no_longer_count_are_ignored),
      cmocka_unit_test(a_task_that_is_given_back_blames_nobody),
      cmocka_unit_test(only_what_is_lost_with_a_worker_is_computed_anew),
      cmocka_unit_test(a_partial_that_nobody_has_any_more_is_no_fault_of_the_task),
      cmocka_unit_test(a_task_whose_partials_are_always_gone_ends_the_job_in_the_end),
      cmocka_unit_test(a_silent_worker_loses_its_tasks_and_is_welcome_again),
      cmocka_unit_test(a_result_of_the_wrong_shape_is_a_failure_of_its_sender),
      cmocka_unit_test(counts_that_no_task_can_have_are_not_believed),
      cmocka_unit_test(counts_of_stages_before_add_up_to_the_largest_number_at_most),
      cmocka_unit_test(results_of_tasks_that_do_not_exist_are_taken_and_let_go),
      cmocka_unit_test(a_job_whose_kind_of_worker_is_gone_starts_again_with_another),
      cmocka_unit_test(watchers_hear_at_once_then_now_and_then_and_of_the_end),
      cmocka_unit_test(one_watcher_too_many_is_told_so),
      cmocka_unit_test(a_cancelled_job_ends_at_once_and_gives_everything_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
