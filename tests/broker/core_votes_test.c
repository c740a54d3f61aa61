/* Who votes: keys, and among the workers of one key processes; whose results count; results that are computed
 * twice. */
#include <string.h>

#include "tests/broker/core_sim.h"
#include "tests/check.h"

enum { ANNA = 11, BERTA = 12, THIEF = 13 };

/* Workers of these keys with room for one task each, and a job of so many runs of shards. */
static sim *with_keys(const uint64_t *trusts, int count, uint32_t maps, bool is_verified) {
  sim *s = sim_new(17);
  sim_verify(s, is_verified);
  for (int i = 0; i < count; i++) {
    s->workers[i].trust = trusts[i];
    sim_start_worker(s, i, 1, 0);
    sim_connect(s, i);
  }
  sim_begin(s, 0, maps);
  return s;
}

/* Those of the thief's key all give the same wrong results. */
static void work_beside_thieves(sim *s) {
  for (int turns = 0; s->tasks_count > 0 && turns < 1000; turns++) {
    const sim_task t = sim_take_task(s, 0);
    const int worker = sim_worker_at(s, t.peer);
    sim_give(s, &t, s->workers[worker].trust == THIEF ? 64 : 0);
  }
}

/* The first worker is slow: its task goes to another as well, and both answer. */
static void as_many_connections_as_one_likes_have_one_vote(void **state) {
  (void)state;
  static const uint64_t trusts[] = {THIEF, THIEF, THIEF, ANNA, BERTA};
  sim *s = with_keys(trusts, 5, 1, false);
  const sim_task slow = sim_take_task(s, 0);
  assert_int_equal(sim_worker_at(s, slow.peer), 0);
  sim_disconnect(s, 0);
  sim_turn(s);
  for (int i = 1; i < 3; i++) { /* until an honest one has it */
    if (s->tasks[0].peer == s->workers[i].peer) {
      (void)sim_take_task(s, 0);
      sim_disconnect(s, i);
      sim_turn(s);
    }
  }
  const sim_task second = sim_take_task(s, 0);
  assert_int_not_equal(s->workers[sim_worker_at(s, second.peer)].trust, THIEF);
  for (int i = 0; i < 3; i++) {
    if (!s->workers[i].peer) {
      sim_connect(s, i);
    }
  }
  sim_turn(s);
  sim_give(s, &slow, 64);
  sim_give(s, &second, 0);
  work_beside_thieves(s);
  assert_true(s->jobs[0].ended);
  assert_false(sim_is_aside(s, 3) || sim_is_aside(s, 4));
  assert_true(sim_is_aside(s, 0));
  sim_free(s);
}

/* An array of workers that share a key is normal: there each process has a vote. */
static void among_workers_of_one_key_each_process_has_a_vote(void **state) {
  (void)state;
  static const uint64_t trusts[] = {ANNA, ANNA, ANNA};
  sim *s = with_keys(trusts, 3, 1, false);
  const int odd = sim_worker_at(s, s->tasks[0].peer);
  const sim_task slow = sim_hand_over(s, odd);
  const sim_task second = sim_take_task(s, 0);
  sim_give(s, &second, 0);
  sim_give(s, &slow, 64);
  assert_contains(s->jobs[0].note, "one key, which is one trust");
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_aside(s, odd));
  sim_free(s);
}

/* Two connections of one process, which calls itself two. */
static void one_process_has_one_vote_whatever_it_calls_itself(void **state) {
  (void)state;
  static const uint64_t trusts[] = {ANNA, ANNA, ANNA, ANNA};
  sim *s = sim_new(18);
  for (int i = 0; i < 4; i++) {
    s->workers[i].trust = trusts[i];
    s->workers[i].seat = i < 2 ? 5 : 6 + (uint64_t)i;
    sim_start_worker(s, i, 1, 0);
    sim_connect(s, i);
  }
  sim_begin(s, 0, 1);
  const sim_task slow = sim_take_task(s, 0);
  assert_int_equal(sim_worker_at(s, slow.peer), 0);
  sim_disconnect(s, 0);
  sim_turn(s);
  if (s->tasks[0].peer == s->workers[1].peer) {
    (void)sim_take_task(s, 0);
    sim_disconnect(s, 1);
    sim_turn(s);
    sim_connect(s, 1);
  }
  sim_connect(s, 0);
  sim_turn(s);
  const sim_task second = sim_take_task(s, 0);
  sim_give(s, &slow, 64);
  sim_give(s, &second, 0);
  for (size_t i = 0; i < s->tasks_count; i++) {
    assert_int_not_equal(s->tasks[i].peer, s->workers[1].peer);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_true(sim_is_aside(s, 0));
  sim_free(s);
}

/* ---- Started again ------------------------------------------------------------------------------------ */

enum { MACHINE_A = 31, MACHINE_B = 32, MACHINE_C = 33 };

/* Two workers of one key, on machines A and B (or both on A), with one MAP: A's was given it first and gives
 * a wrong result, and B's the right one.  Then A's is started again. */
static sim *with_quarrel(bool is_one_machine) {
  sim *s = sim_new(19);
  s->workers[0].host = MACHINE_A;
  s->workers[1].host = is_one_machine ? MACHINE_A : MACHINE_B;
  sim_start_worker(s, 0, 1, 0);
  sim_connect(s, 0);
  sim_shards(s, 0, 1, CORE_RUN_ROWS);
  sim_submit(s, 0);
  sim_turn(s);
  const sim_task slow = sim_take_task(s, 0);
  sim_disconnect(s, 0);
  sim_start_worker(s, 1, 1, 0);
  sim_connect(s, 1);
  sim_turn(s);
  const sim_task second = sim_take_task(s, 0);
  sim_connect(s, 0);
  sim_turn(s);
  sim_give_as(s, &slow, s->workers[0].peer, 64);
  sim_give_as(s, &second, second.peer, 0);
  s->tasks_count = 0; /* a step that nobody wants any more */
  sim_leave(s, 0);
  sim_turn(s);
  sim_start_worker(s, 0, 1, 0);
  sim_connect(s, 0);
  sim_turn(s);
  return s;
}

/* A process that was not there when A voted is A's, as far as anybody knows. */
static void a_worker_that_is_started_again_does_not_confirm_its_own_word(void **state) {
  (void)state;
  sim *s = with_quarrel(false);
  assert_int_equal(s->tasks_count, 0);
  sim_wait(s, 2000);
  const core_job_id id = sim_job_id(0);
  core_job_view view;
  assert_true(core_find_job(s->core, &id, &view));
  assert_int_equal(view.wait.kind, WAIT_THIRD);
  s->workers[2].host = MACHINE_C;
  sim_start_worker(s, 2, 1, 0);
  sim_connect(s, 2);
  sim_turn(s);
  assert_int_equal(s->tasks[0].peer, s->workers[2].peer);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->set_aside, 0); /* who was odd is gone */
  assert_contains(s->jobs[0].note, "gave a result that was found odd");
  sim_free(s);
}

/* All are of that machine: there is nobody whom it could outvote. */
static void on_one_machine_a_worker_that_is_started_again_decides(void **state) {
  (void)state;
  sim *s = with_quarrel(true);
  assert_int_equal(s->tasks_count, 1);
  assert_int_equal(s->tasks[0].peer, s->workers[0].peer);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void a_worker_that_is_started_again_does_not_confirm_its_own_failure(void **state) {
  (void)state;
  sim *s = sim_new(20);
  s->workers[0].host = MACHINE_A;
  s->workers[1].host = MACHINE_B;
  for (int i = 0; i < 2; i++) {
    sim_start_worker(s, i, 1, 0);
    sim_connect(s, i);
  }
  sim_shards(s, 0, 2, CORE_RUN_ROWS);
  sim_submit(s, 0);
  sim_turn(s);
  const size_t at = s->tasks[0].peer == s->workers[0].peer ? 0 : 1;
  const sim_task t = sim_take_task(s, at);
  sim_report_failure(s, &t, STATUS_JOB, NULL); /* B is busy */
  sim_turn(s);
  sim_leave(s, 0);
  sim_turn(s);
  sim_start_worker(s, 0, 1, 0);
  sim_connect(s, 0);
  sim_turn(s);
  for (size_t i = 0; i < s->tasks_count; i++) {
    assert_true(s->tasks[i].id.task != t.id.task);
  }
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* ---- Whose results count ----------------------------------------------------------------------------- */

static void a_result_counts_only_from_whom_the_task_was_given_to(void **state) {
  (void)state;
  static const uint64_t trusts[] = {ANNA, THIEF};
  sim *s = with_keys(trusts, 2, 1, false);
  const sim_task t = sim_take_task(s, 0);
  const int other = 1 - sim_worker_at(s, t.peer);
  for (int i = 0; i < 3; i++) {
    sim_give_as(s, &t, s->workers[other].peer, 64);
  }
  assert_int_equal(s->jobs[0].records_count, 0);
  assert_int_equal(s->jobs[0].notes, 1); /* told once */
  assert_int_equal(s->jobs[0].note_about, s->workers[other].peer);
  sim_give(s, &t, 0);
  assert_int_equal(s->jobs[0].records_count, 1);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

/* A broker that is started again knows whom it had given a task to, and nobody else knows what it knows. */
static void that_holds_through_a_restart_of_the_broker(void **state) {
  (void)state;
  static const uint64_t trusts[] = {ANNA, THIEF};
  sim *s = with_keys(trusts, 2, 2, false);
  const sim_task t = sim_take_task(s, 0);
  const int own = sim_worker_at(s, t.peer);
  s->tasks_count = 0;
  sim_crash_broker(s, SIM_CRASH_AFTER_COMMIT);
  sim_connect(s, 0);
  sim_connect(s, 1);
  sim_turn(s);
  sim_give_as(s, &t, s->workers[1 - own].peer, 64);
  assert_int_equal(s->jobs[0].records_count, 0);
  sim_give(s, &t, 0);
  assert_int_equal(s->jobs[0].records_count, 1);
  sim_free(s);
}

/* ---- Twice ------------------------------------------------------------------------------------------- */

static void verified_results_are_given_twice_by_different_keys(void **state) {
  (void)state;
  static const uint64_t trusts[] = {ANNA, ANNA, BERTA};
  sim *s = with_keys(trusts, 3, 10, true);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  assert_int_equal(s->jobs[0].sent[WORK_MAP], 20);
  assert_int_equal(s->jobs[0].sent[WORK_REDUCE], 4);
  assert_int_equal(s->jobs[0].sent[WORK_STEP], 2);
  assert_int_equal(s->set_aside, 0);
  sim_free(s);
}

/* Not even a report that nobody reads before the client does. */
static void one_key_alone_makes_no_verified_report_wrong(void **state) {
  (void)state;
  static const uint64_t trusts[] = {THIEF, THIEF, THIEF, ANNA, BERTA};
  sim *s = with_keys(trusts, 5, 10, true);
  work_beside_thieves(s);
  assert_true(sim_is_right(s, 0));
  assert_false(sim_is_aside(s, 3) || sim_is_aside(s, 4));
  sim_free(s);
}

/* Two kinds with a key each: the job leaves the first, and waits with the second.  Then the first one has
 * another key. */
static void a_verified_job_goes_back_to_a_kind_that_has_two_keys_by_then(void **state) {
  (void)state;
  sim *s = sim_new(17);
  sim_verify(s, true);
  sim_shards(s, 0, 2, CORE_RUN_ROWS);
  for (int i = 0; i < 3; i++) {
    s->workers[i].trust = i == 1 ? 2 : 1;
    s->workers[i].trust = i == 2 ? 3 : s->workers[i].trust;
    sim_start_worker(s, i, 2, (uint32_t)i % 2);
  }
  sim_connect(s, 0);
  sim_connect(s, 1);
  sim_submit(s, 0);
  sim_turn(s);
  sim_work_all(s);
  sim_wait(s, 2000);
  sim_work_all(s);
  sim_wait(s, 2000);
  assert_false(s->jobs[0].ended);
  sim_connect(s, 2);
  sim_turn(s);
  for (int i = 0; !s->jobs[0].ended && i < 200; i++) {
    sim_work_all(s);
    sim_wait(s, 1000);
  }
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

static void with_one_key_a_verified_job_waits_and_says_so(void **state) {
  (void)state;
  static const uint64_t trusts[] = {ANNA, ANNA};
  sim *s = with_keys(trusts, 2, 1, true);
  sim_work_all(s);
  sim_wait(s, 3 * CORE_THIRD_MS);
  assert_int_equal(sim_view_job(s, 0).wait.kind, WAIT_SECOND);
  s->workers[2].trust = BERTA;
  sim_join(s, 2, 1, 0);
  sim_work_all(s);
  assert_true(sim_is_right(s, 0));
  sim_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_many_connections_as_one_likes_have_one_vote),
      cmocka_unit_test(among_workers_of_one_key_each_process_has_a_vote),
      cmocka_unit_test(one_process_has_one_vote_whatever_it_calls_itself),
      cmocka_unit_test(a_worker_that_is_started_again_does_not_confirm_its_own_word),
      cmocka_unit_test(on_one_machine_a_worker_that_is_started_again_decides),
      cmocka_unit_test(a_worker_that_is_started_again_does_not_confirm_its_own_failure),
      cmocka_unit_test(a_result_counts_only_from_whom_the_task_was_given_to),
      cmocka_unit_test(that_holds_through_a_restart_of_the_broker),
      cmocka_unit_test(verified_results_are_given_twice_by_different_keys),
      cmocka_unit_test(one_key_alone_makes_no_verified_report_wrong),
      cmocka_unit_test(a_verified_job_goes_back_to_a_kind_that_has_two_keys_by_then),
      cmocka_unit_test(with_one_key_a_verified_job_waits_and_says_so),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
