/* A worker keeps what it has computed until the broker has taken it, comes back to a broker that was away,
 * and leaves without anything being lost. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/waiting.h"
#include "tests/worker/scene.h"

enum { ROWS = 200, SHORT_SILENCE_MS = 400 };

/* A worker that has joined and holds the shard. */
static void begin(scene *s, const fake_preparation *they) {
  scene_survey(s, false, ROWS);
  scene_begin(s, they);
  digest name;
  assert_int_equal(store_put(s->shards, s->shard.data, s->shard.length, &name, NULL), STATUS_OK);
}

/* From a worker whose patience is short: each time that it reconnects the task may have been lost. */
static void do_map_patiently(scene *s, uint64_t task) {
  scene_send_map(s, task);
  for (;;) {
    wire_message *m = scripted_next(s->broker);
    if (m->header.kind == MESSAGE_RESULT) {
      scene_check_result(s, m, task);
      return;
    }
    assert_int_equal(m->header.kind, MESSAGE_HELLO);
    scripted_welcome(s->broker);
    scene_send_map(s, task);
  }
}

static void a_worker_says_who_it_is_and_what_it_holds(void **state) {
  scene *s = *state;
  begin(s, NULL);
  assert_int_equal(scripted_last(s->broker)->header.integers[FIELD_CAPACITY], 2);
  scripted_say(s->broker, MESSAGE_STRANGER);
  wire_message *hello = scripted_expect(s->broker, MESSAGE_HELLO);
  const digest name = scripted_digest(scene_bytes(&s->shard));
  assert_int_equal(scripted_payload(hello, 0).length, 8);
  assert_memory_equal(scripted_payload(hello, 0).bytes, name.bytes, 8);
  assert_memory_equal(hello->header.texts[FIELD_INSTANCE].bytes, s->instance, INSTANCE_BYTES);
}

/* So it is on the broker's machine, where a worker reads the broker's shards. */
static void a_worker_says_that_it_holds_a_shard_of_which_it_has_states_alone(void **state) {
  scene *s = *state;
  begin(s, NULL);
  const digest other = scripted_digest(slice_of("another shard"));
  const store_partial kept = {other, scripted_digest(slice_of("an accumulator")), slice_of("a state")};
  store_partials_put(s->shards, &kept, 1);
  scripted_say(s->broker, MESSAGE_STRANGER);
  wire_message *hello = scripted_expect(s->broker, MESSAGE_HELLO);
  const digest name = scripted_digest(scene_bytes(&s->shard));
  assert_int_equal(scripted_payload(hello, 0).length, 16);
  assert_memory_equal(scripted_payload(hello, 0).bytes, other.bytes, 8);
  assert_memory_equal(scripted_payload(hello, 0).bytes + 8, name.bytes, 8);
}

static void a_result_is_sent_again_until_it_is_taken(void **state) {
  scene *s = *state;
  begin(s, NULL);
  scene_send_map(s, 1);
  scene_expect_result(s, 1);
  for (int i = 0; i < 3; i++) {
    scripted_say(s->broker, MESSAGE_STRANGER);
    scene_welcome(s);
    scene_expect_result(s, 1);
  }
  scene_take(s, scripted_last(s->broker));
  scripted_say(s->broker, MESSAGE_STRANGER);
  scene_welcome(s);
  scene_send_map(s, 2);
  scene_expect_result(s, 2);
}

static void a_result_waits_for_a_broker_that_is_started_anew(void **state) {
  scene *s = *state;
  begin(s, NULL);
  scene_send_map(s, 1);
  scene_expect_result(s, 1);
  scripted_hang_up(s->broker);
  scripted_listen(s->broker);
  scene_welcome(s);
  scene_expect_result(s, 1);
  scene_take(s, scripted_last(s->broker));
  scene_send_map(s, 2);
  scene_expect_result(s, 2);
}

/* A broker that says nothing any more, on a connection that stands. */
static void silence_makes_a_worker_connect_anew(void **state) {
  scene *s = *state;
  s->silence_ms = SHORT_SILENCE_MS;
  begin(s, NULL);
  do_map_patiently(s, 1);
  /* What is heard is not answered: the worker must come over another connection. */
  while (scripted_knows(s->broker)) {
    (void)scripted_hear(s->broker);
  }
  assert_int_equal(scripted_last(s->broker)->header.kind, MESSAGE_HELLO);
  scripted_welcome(s->broker);
  do_map_patiently(s, 1);
}

static void a_task_that_comes_twice_is_answered_with_the_same_result(void **state) {
  scene *s = *state;
  begin(s, NULL);
  scene_send_map(s, 1);
  scene_expect_result(s, 1);
  scene_send_map(s, 1);
  scene_expect_result(s, 1);
}

/* ---- Leaving ------------------------------------------------------------------------------------- */

/* A PLAN that waits until it is let go; by the tear-down of a test that failed, too. */
static struct gate {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool entered, open;
} gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static status wait_at(void *context, slice specification, slice manifest, buf *plan, buf *program,
                      error *err) {
  (void)context;
  (void)specification;
  (void)manifest;
  (void)err;
  pthread_mutex_lock(&gate.mutex);
  gate.entered = true;
  pthread_cond_broadcast(&gate.changed);
  while (!gate.open) {
    pthread_cond_wait(&gate.changed, &gate.mutex);
  }
  pthread_mutex_unlock(&gate.mutex);
  buf_put_u8(plan, 1);
  buf_put_u8(program, 2);
  return STATUS_OK;
}

static const fake_preparation gated = {.plan = wait_at};

static void gate_open(void) {
  pthread_mutex_lock(&gate.mutex);
  gate.open = true;
  pthread_cond_broadcast(&gate.changed);
  pthread_mutex_unlock(&gate.mutex);
}

static void gate_wait(void) {
  waiting_for("a task to come to the gate");
  pthread_mutex_lock(&gate.mutex);
  while (!gate.entered) {
    pthread_cond_wait(&gate.changed, &gate.mutex);
  }
  pthread_mutex_unlock(&gate.mutex);
}

static int open_with_gate(void **state) {
  gate.entered = gate.open = false;
  return scene_open(state);
}

static int close_with_gate(void **state) {
  gate_open();
  return scene_close(state);
}

#define WITH_GATE(test) cmocka_unit_test_setup_teardown(test, open_with_gate, close_with_gate)

static void send_plan(scene *s, uint64_t task) {
  const message m = scene_task(7, task, "plan");
  const wire_payload payloads[] = {{.bytes = "s", .length = 1}, {.bytes = "m", .length = 1}};
  scripted_send(s->broker, &m, payloads, 2);
}

static void *drain(void *argument) {
  scene *s = argument;
  return worker_drain(s->w, SCRIPTED_EVER_MS) ? s : NULL;
}

static void a_worker_that_leaves_finishes_what_is_under_way_and_gives_back_the_rest(void **state) {
  scene *s = *state;
  begin(s, &gated);
  send_plan(s, 1);
  scene_send_map(s, 2);
  gate_wait();
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, drain, s), 0);
  scene_take(s, scene_expect_failure(s, 2, "interrupted"));
  while (scripted_sign(s->broker)->header.integers[FIELD_CAPACITY] != 0) { /* nothing but signs of life */
  }
  assert_false(worker_drain(s->w, 1));
  gate_open();
  const wire_message *m = scripted_expect(s->broker, MESSAGE_RESULT);
  assert_true(scene_is_of(m, 1, 1));
  scene_take(s, m);
  (void)scripted_expect(s->broker, MESSAGE_BYE);
  void *drained = NULL;
  pthread_join(thread, &drained);
  assert_non_null(drained);
}

static void a_worker_leaves_also_when_the_broker_is_away(void **state) {
  scene *s = *state;
  s->silence_ms = SHORT_SILENCE_MS;
  begin(s, NULL);
  do_map_patiently(s, 1); /* which is never taken */
  scripted_hang_up(s->broker);
  scene_drain(s);
}

static void signs_of_life_come_while_a_task_is_computed(void **state) {
  scene *s = *state;
  begin(s, &gated);
  send_plan(s, 1);
  gate_wait();
  for (int i = 0; i < 5; i++) {
    (void)scripted_sign(s->broker);
  }
  gate_open();
  (void)scripted_expect(s->broker, MESSAGE_RESULT);
}

static void a_worker_that_is_stopped_says_good_bye(void **state) {
  scene *s = *state;
  begin(s, NULL);
  scene_stop(s);
  (void)scripted_expect(s->broker, MESSAGE_BYE);
}

static void a_worker_that_is_refused_tells_why(void **state) {
  scene *s = *state;
  scene_start(s, NULL);
  (void)scripted_expect(s->broker, MESSAGE_HELLO);
  assert_int_equal(worker_problem(s->w, NULL), STATUS_OK);
  scripted_refuse(s->broker, STATUS_USAGE, "this key is a client's");
  error err;
  waiting_for("the worker to say that it was refused");
  while (worker_problem(s->w, &err) == STATUS_OK) {
    sched_yield();
  }
  assert_int_equal(err.code, STATUS_USAGE);
  assert_contains(err.message, "this key is a client's");
  assert_contains(err.message, scripted_endpoint(s->broker));
}

/* ---- Tasks that are none ------------------------------------------------------------------------- */

static void send_task(scene *s, uint64_t task, const char *work, uint64_t by_name, size_t count) {
  message m = scene_task(7, task, work);
  wire_payload payloads[8];
  if (by_name != 0) {
    message_set_integer(&m, FIELD_BY_NAME, by_name);
  }
  for (size_t i = 0; i < count; i++) {
    payloads[i] = (wire_payload){.bytes = "nonsense", .length = 8};
  }
  scripted_send(s->broker, &m, payloads, count);
}

static void tasks_that_cannot_be_are_answered_with_their_failure(void **state) {
  scene *s = *state;
  begin(s, NULL);
  static const struct {
    const char *work;
    uint64_t by_name;
    size_t payloads;
    const char *code;
  } cases[] = {
      {"dance", 0, 1, "protocol"},     {"map", 0, 1, "protocol"},          {"map", 0, 2, "protocol"},
      {"map", 1, 2, "protocol"},       {"map", UINT64_MAX, 2, "protocol"}, {"reduce", 0, 1, "protocol"},
      {"reduce", 0, 3, "corrupt"},     {"step", 0, 3, "protocol"},         {"step", 0, 5, "corrupt"},
      {"plan", 0, 2, "specification"}, {"plan", 0, 1, "protocol"},         {"read", 0, 3, "protocol"},
      {"read", 0, 2, "protocol"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    send_task(s, i + 1, cases[i].work, cases[i].by_name, cases[i].payloads);
    scene_take(s, scene_expect_failure(s, i + 1, cases[i].code));
  }
  scene_send_map(s, 100);
  scene_expect_result(s, 100);
}

/* Bytes of any sort where programs, plans, states and partials belong. */
static void garbage_in_tasks_does_no_harm(void **state) {
  scene *s = *state;
  static const char *const works[] = {"map", "reduce", "step"};
  const uint64_t seed = seeded_seed();
  seeded r = {seed};
  begin(s, NULL);
  for (uint64_t task = 1; task <= 200; task++) {
    uint8_t bytes[4][120];
    wire_payload payloads[4];
    for (size_t i = 0; i < 4; i++) {
      const size_t length = seeded_below(&r, sizeof bytes[i]);
      for (size_t k = 0; k < length; k++) {
        bytes[i][k] = i == 0 && k < s->program.length && seeded_below(&r, 30) > 0
                          ? s->program.data[k]
                          : (uint8_t)seeded_bits(&r, 8);
      }
      payloads[i] = (wire_payload){.bytes = bytes[i], .length = length};
    }
    const char *work = works[seeded_below(&r, 3)];
    const message m = scene_task(7, task, work);
    scripted_send(s->broker, &m, payloads, strcmp(work, "map") == 0 ? 2 : 4);
    wire_message *answer = scripted_next(s->broker);
    if (answer->header.kind != MESSAGE_FAILURE && answer->header.kind != MESSAGE_RESULT) {
      fail_msg("seed %llu, task %llu", (unsigned long long)seed, (unsigned long long)task);
      return;
    }
    scene_take(s, answer);
  }
  scene_send_map(s, 1000);
  scene_expect_result(s, 1000);
}

/* Far more tasks than were asked for: what has no room is refused, and the rest is computed. */
static void a_flood_of_tasks_is_bounded(void **state) {
  scene *s = *state;
  unsigned results = 0;
  unsigned failures = 0;
  begin(s, NULL);
  for (uint64_t task = 1; task <= 100; task++) {
    scene_send_map(s, task);
  }
  while (results + failures < 100) {
    const wire_message *m = scripted_next(s->broker);
    results += m->header.kind == MESSAGE_RESULT;
    failures += m->header.kind == MESSAGE_FAILURE;
  }
  assert_in_range(results, 2, 16); /* none is taken: this many are kept and no more */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_WORKER(a_worker_says_who_it_is_and_what_it_holds),
      WITH_WORKER(a_worker_says_that_it_holds_a_shard_of_which_it_has_states_alone),
      WITH_WORKER(a_result_is_sent_again_until_it_is_taken),
      WITH_WORKER(a_result_waits_for_a_broker_that_is_started_anew),
      WITH_WORKER(silence_makes_a_worker_connect_anew),
      WITH_WORKER(a_task_that_comes_twice_is_answered_with_the_same_result),
      WITH_GATE(a_worker_that_leaves_finishes_what_is_under_way_and_gives_back_the_rest),
      WITH_WORKER(a_worker_leaves_also_when_the_broker_is_away),
      WITH_GATE(signs_of_life_come_while_a_task_is_computed),
      WITH_WORKER(a_worker_that_is_stopped_says_good_bye),
      WITH_WORKER(a_worker_that_is_refused_tells_why),
      WITH_WORKER(tasks_that_cannot_be_are_answered_with_their_failure),
      WITH_WORKER(garbage_in_tasks_does_no_harm),
      WITH_WORKER(a_flood_of_tasks_is_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
