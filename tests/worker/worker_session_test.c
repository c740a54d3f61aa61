/* A worker keeps what it has computed until the broker has taken it, comes back to a broker that was away,
 * and leaves without anything being lost. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"
#include "tests/worker/fake_broker.h"

enum { ROWS = 200, SHORT_SILENCE_MS = 400 };

static slice bytes_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

typedef struct scene {
  fake_broker broker;
  buf program, shard;
} scene;

/* A worker that has joined and holds the shard.  SILENCE_MS 0: the protocol's. */
static void scene_open_with(scene *s, const fake_preparation *they, unsigned silence_ms) {
  fake_setup(&s->broker);
  s->broker.silence_ms = silence_ms > 0 ? silence_ms : s->broker.silence_ms;
  fake_program(false, &s->program);
  fake_shard(ROWS, 1, &s->shard);
  fake_start_worker(&s->broker, they);
  digest name;
  assert_int_equal(store_put(s->broker.shards, s->shard.data, s->shard.length, &name, NULL), STATUS_OK);
  fake_welcome(&s->broker, NULL, NULL);
}

static void scene_open(scene *s, const fake_preparation *they) {
  scene_open_with(s, they, 0);
}

static void scene_close(scene *s) {
  buf_fini(&s->program);
  buf_fini(&s->shard);
  fake_teardown(&s->broker);
}

static void send_map(scene *s, uint64_t task) {
  uint8_t name[BLOB_NAME_BYTES];
  fake_name(bytes_of(&s->shard), name);
  const message m = fake_task(7, task, "map");
  const wire_payload payloads[] = {{.bytes = s->program.data, .length = s->program.length},
                                   {.bytes = name, .length = sizeof name}};
  fake_send(&s->broker, &m, payloads, 2);
}

static void check_result(scene *s, wire_message *m, uint64_t task) {
  buf wanted;
  fake_partial(bytes_of(&s->program), &s->shard, 1, &wanted);
  assert_true(fake_is_of(m, task, 1));
  assert_true(slice_equal(m->header.texts[FIELD_WORK], slice_of("map")));
  assert_int_equal(fake_payload(m, 0).length, wanted.length);
  assert_memory_equal(fake_payload(m, 0).bytes, wanted.data, wanted.length);
  buf_fini(&wanted);
}

static void expect_result(scene *s, uint64_t task) {
  check_result(s, fake_expect(&s->broker, MESSAGE_RESULT), task);
}

/* From a worker whose patience is short: each time that it reconnects the task may have been lost. */
static void do_map_patiently(scene *s, uint64_t task) {
  fake_broker *f = &s->broker;
  send_map(s, task);
  for (;;) {
    wire_message *m = fake_next(f);
    if (m->header.kind == MESSAGE_RESULT) {
      check_result(s, m, task);
      return;
    }
    assert_int_equal(m->header.kind, MESSAGE_HELLO);
    fake_answer_hello(f, m);
    send_map(s, task);
  }
}

static void a_worker_says_who_it_is_and_what_it_holds(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  scene_open(&s, NULL);
  assert_int_equal(f->capacity, 2);
  const message stranger = message_of(MESSAGE_STRANGER);
  fake_send(f, &stranger, NULL, 0);
  wire_message *hello = fake_expect(f, MESSAGE_HELLO);
  const digest name = fake_digest(bytes_of(&s.shard));
  assert_int_equal(fake_payload(hello, 0).length, 8);
  assert_memory_equal(fake_payload(hello, 0).bytes, name.bytes, 8);
  assert_memory_equal(hello->header.texts[FIELD_INSTANCE].bytes, f->worker_instance, INSTANCE_BYTES);
  scene_close(&s);
}

/* So it is on the broker's machine, where a worker reads the broker's shards. */
static void a_worker_says_that_it_holds_a_shard_of_which_it_has_states_alone(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  scene_open(&s, NULL);
  const digest other = fake_digest(slice_of("another shard"));
  const store_partial kept = {other, fake_digest(slice_of("an accumulator")), slice_of("a state")};
  store_partials_put(f->shards, &kept, 1);
  const message stranger = message_of(MESSAGE_STRANGER);
  fake_send(f, &stranger, NULL, 0);
  wire_message *hello = fake_expect(f, MESSAGE_HELLO);
  const digest name = fake_digest(bytes_of(&s.shard));
  assert_int_equal(fake_payload(hello, 0).length, 16);
  assert_memory_equal(fake_payload(hello, 0).bytes, other.bytes, 8);
  assert_memory_equal(fake_payload(hello, 0).bytes + 8, name.bytes, 8);
  scene_close(&s);
}

static void a_result_is_sent_again_until_it_is_taken(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  const message stranger = message_of(MESSAGE_STRANGER);
  scene_open(&s, NULL);
  send_map(&s, 1);
  expect_result(&s, 1);
  for (int i = 0; i < 3; i++) {
    fake_send(f, &stranger, NULL, 0);
    fake_welcome(f, NULL, NULL);
    expect_result(&s, 1);
  }
  fake_take(f, f->last);
  fake_send(f, &stranger, NULL, 0);
  fake_welcome(f, NULL, NULL);
  send_map(&s, 2);
  expect_result(&s, 2);
  scene_close(&s);
}

static void a_result_waits_for_a_broker_that_is_started_anew(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  scene_open(&s, NULL);
  send_map(&s, 1);
  expect_result(&s, 1);
  fake_unbind(f);
  fake_bind(f);
  f->instance = 2;
  fake_welcome(f, NULL, NULL);
  expect_result(&s, 1);
  fake_take(f, f->last);
  send_map(&s, 2);
  expect_result(&s, 2);
  scene_close(&s);
}

/* A broker that says nothing any more, on a connection that stands. */
static void silence_makes_a_worker_connect_anew(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  scene_open_with(&s, NULL, SHORT_SILENCE_MS);
  do_map_patiently(&s, 1);
  const wire_route before = f->worker;
  /* Nothing is received, so nothing is answered: the worker must come over another connection. */
  for (bool is_another = false; !is_another;) {
    wire_message m;
    bool received = false;
    zmq_pollitem_t item = {.socket = f->router, .events = ZMQ_POLLIN};
    assert_true(zmq_poll(&item, 1, -1) > 0);
    assert_int_equal(wire_receive(f->router, true, &m, &received, NULL), STATUS_OK);
    if (received) {
      is_another = memcmp(m.from.bytes, before.bytes, before.length) != 0;
      assert_true(!is_another || m.header.kind == MESSAGE_HELLO);
      f->worker = m.from;
      wire_message_close(&m);
    }
  }
  const uint8_t instance[INSTANCE_BYTES] = {3};
  message welcome = message_of(MESSAGE_WELCOME);
  message_set_bytes(&welcome, FIELD_INSTANCE, instance, sizeof instance);
  fake_send(f, &welcome, NULL, 0);
  do_map_patiently(&s, 1);
  scene_close(&s);
}

static void a_task_that_comes_twice_is_answered_with_the_same_result(void **state) {
  (void)state;
  scene s;
  scene_open(&s, NULL);
  send_map(&s, 1);
  expect_result(&s, 1);
  send_map(&s, 1);
  expect_result(&s, 1);
  scene_close(&s);
}

static void expect_failure(fake_broker *f, uint64_t task, const char *code) {
  const wire_message *m = fake_expect(f, MESSAGE_FAILURE);
  assert_true(fake_is_of(m, task, 1));
  if (!slice_equal(m->header.texts[FIELD_STATUS], slice_of(code))) {
    fail_msg("task %u: %.*s instead of %s: %.*s", (unsigned)task, SLICE_ARG(m->header.texts[FIELD_STATUS]),
             code, SLICE_ARG(m->header.texts[FIELD_MESSAGE]));
  }
  fake_take(f, m);
}

/* ---- Leaving ------------------------------------------------------------------------------------- */

/* A PLAN that waits until it is let go. */
typedef struct gate {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  bool entered, open;
} gate;

static status wait_at(void *context, slice specification, slice manifest, buf *plan, buf *program,
                      error *err) {
  gate *g = context;
  (void)specification;
  (void)manifest;
  (void)err;
  pthread_mutex_lock(&g->mutex);
  g->entered = true;
  pthread_cond_broadcast(&g->changed);
  while (!g->open) {
    pthread_cond_wait(&g->changed, &g->mutex);
  }
  pthread_mutex_unlock(&g->mutex);
  buf_put_u8(plan, 1);
  buf_put_u8(program, 2);
  return STATUS_OK;
}

static void gate_open(gate *g) {
  pthread_mutex_lock(&g->mutex);
  g->open = true;
  pthread_cond_broadcast(&g->changed);
  pthread_mutex_unlock(&g->mutex);
}

static void gate_wait(gate *g) {
  pthread_mutex_lock(&g->mutex);
  while (!g->entered) {
    pthread_cond_wait(&g->changed, &g->mutex);
  }
  pthread_mutex_unlock(&g->mutex);
}

static void send_plan(fake_broker *f, uint64_t task) {
  const message m = fake_task(7, task, "plan");
  const wire_payload payloads[] = {{.bytes = "s", .length = 1}, {.bytes = "m", .length = 1}};
  fake_send(f, &m, payloads, 2);
}

static void *drain(void *argument) {
  fake_broker *f = argument;
  return worker_drain(f->w, FAKE_EVER_MS) ? f : NULL;
}

static void a_worker_that_leaves_finishes_what_is_under_way_and_gives_back_the_rest(void **state) {
  (void)state;
  gate g = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  const fake_preparation they = {.plan = wait_at, .context = &g};
  scene s;
  fake_broker *f = &s.broker;
  scene_open(&s, &they);
  send_plan(f, 1);
  send_map(&s, 2);
  gate_wait(&g);
  pthread_t thread;
  assert_int_equal(pthread_create(&thread, NULL, drain, f), 0);
  expect_failure(f, 2, "interrupted");
  while (f->capacity != 0) {
    assert_null(fake_look(f, 100)); /* nothing but signs of life */
  }
  assert_false(worker_drain(f->w, 1));
  gate_open(&g);
  const wire_message *m = fake_expect(f, MESSAGE_RESULT);
  assert_true(fake_is_of(m, 1, 1));
  fake_take(f, m);
  (void)fake_expect(f, MESSAGE_BYE);
  void *drained = NULL;
  pthread_join(thread, &drained);
  assert_non_null(drained);
  scene_close(&s);
}

static void a_worker_leaves_also_when_the_broker_is_away(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  scene_open_with(&s, NULL, SHORT_SILENCE_MS);
  do_map_patiently(&s, 1); /* which is never taken */
  fake_unbind(f);
  assert_true(worker_drain(f->w, FAKE_EVER_MS));
  scene_close(&s);
}

static void signs_of_life_come_while_a_task_is_computed(void **state) {
  (void)state;
  gate g = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
  const fake_preparation they = {.plan = wait_at, .context = &g};
  scene s;
  fake_broker *f = &s.broker;
  scene_open(&s, &they);
  send_plan(f, 1);
  gate_wait(&g);
  for (int i = 0; i < 5; i++) {
    f->capacity = 99;
    while (f->capacity == 99) {
      assert_null(fake_look(f, 20));
    }
  }
  gate_open(&g);
  (void)fake_expect(f, MESSAGE_RESULT);
  scene_close(&s);
}

static void a_worker_that_is_stopped_says_good_bye(void **state) {
  (void)state;
  scene s;
  scene_open(&s, NULL);
  worker_stop(s.broker.w);
  s.broker.w = NULL;
  (void)fake_expect(&s.broker, MESSAGE_BYE);
  scene_close(&s);
}

static void a_worker_that_is_refused_tells_why(void **state) {
  (void)state;
  fake_broker f;
  fake_setup(&f);
  fake_start_worker(&f, NULL);
  (void)fake_expect(&f, MESSAGE_HELLO);
  assert_int_equal(worker_problem(f.w, NULL), STATUS_OK);
  message refused = message_of(MESSAGE_REFUSED);
  message_set_text(&refused, FIELD_STATUS, "usage");
  message_set_text(&refused, FIELD_MESSAGE, "this key is a client's");
  fake_send(&f, &refused, NULL, 0);
  error err;
  while (worker_problem(f.w, &err) == STATUS_OK) {
    sched_yield();
  }
  assert_int_equal(err.code, STATUS_USAGE);
  assert_contains(err.message, "this key is a client's");
  assert_contains(err.message, f.endpoint);
  fake_teardown(&f);
}

/* ---- Tasks that are none ------------------------------------------------------------------------- */

static void send_task(fake_broker *f, uint64_t task, const char *work, uint64_t by_name, size_t count) {
  message m = fake_task(7, task, work);
  wire_payload payloads[8];
  if (by_name != 0) {
    message_set_integer(&m, FIELD_BY_NAME, by_name);
  }
  for (size_t i = 0; i < count; i++) {
    payloads[i] = (wire_payload){.bytes = "nonsense", .length = 8};
  }
  fake_send(f, &m, payloads, count);
}

static void tasks_that_cannot_be_are_answered_with_their_failure(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  scene_open(&s, NULL);
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
    send_task(f, i + 1, cases[i].work, cases[i].by_name, cases[i].payloads);
    expect_failure(f, i + 1, cases[i].code);
  }
  send_map(&s, 100);
  expect_result(&s, 100);
  scene_close(&s);
}

/* Bytes of any sort where programs, plans, states and partials belong. */
static void garbage_in_tasks_does_no_harm(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  static const char *const works[] = {"map", "reduce", "step"};
  const uint64_t seed = seeded_seed();
  seeded r = {seed};
  scene_open(&s, NULL);
  for (uint64_t task = 1; task <= 200; task++) {
    uint8_t bytes[4][120];
    wire_payload payloads[4];
    for (size_t i = 0; i < 4; i++) {
      const size_t length = seeded_below(&r, sizeof bytes[i]);
      for (size_t k = 0; k < length; k++) {
        bytes[i][k] = i == 0 && k < s.program.length && seeded_below(&r, 30) > 0
                          ? s.program.data[k]
                          : (uint8_t)seeded_bits(&r, 8);
      }
      payloads[i] = (wire_payload){.bytes = bytes[i], .length = length};
    }
    const char *work = works[seeded_below(&r, 3)];
    const message m = fake_task(7, task, work);
    fake_send(f, &m, payloads, strcmp(work, "map") == 0 ? 2 : 4);
    wire_message *answer = fake_next(f);
    if (answer->header.kind != MESSAGE_FAILURE && answer->header.kind != MESSAGE_RESULT) {
      fail_msg("seed %llu, task %llu", (unsigned long long)seed, (unsigned long long)task);
      return;
    }
    fake_take(f, answer);
  }
  send_map(&s, 1000);
  expect_result(&s, 1000);
  scene_close(&s);
}

/* Far more tasks than were asked for: what has no room is refused, and the rest is computed. */
static void a_flood_of_tasks_is_bounded(void **state) {
  (void)state;
  scene s;
  fake_broker *f = &s.broker;
  unsigned results = 0;
  unsigned failures = 0;
  scene_open(&s, NULL);
  for (uint64_t task = 1; task <= 100; task++) {
    send_map(&s, task);
  }
  while (results + failures < 100) {
    const wire_message *m = fake_next(f);
    results += m->header.kind == MESSAGE_RESULT;
    failures += m->header.kind == MESSAGE_FAILURE;
  }
  assert_in_range(results, 2, 16); /* none is taken: so many are kept and no more */
  scene_close(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_worker_says_who_it_is_and_what_it_holds),
      cmocka_unit_test(a_worker_says_that_it_holds_a_shard_of_which_it_has_states_alone),
      cmocka_unit_test(a_result_is_sent_again_until_it_is_taken),
      cmocka_unit_test(a_result_waits_for_a_broker_that_is_started_anew),
      cmocka_unit_test(silence_makes_a_worker_connect_anew),
      cmocka_unit_test(a_task_that_comes_twice_is_answered_with_the_same_result),
      cmocka_unit_test(a_worker_that_leaves_finishes_what_is_under_way_and_gives_back_the_rest),
      cmocka_unit_test(a_worker_leaves_also_when_the_broker_is_away),
      cmocka_unit_test(signs_of_life_come_while_a_task_is_computed),
      cmocka_unit_test(a_worker_that_is_stopped_says_good_bye),
      cmocka_unit_test(a_worker_that_is_refused_tells_why),
      cmocka_unit_test(tasks_that_cannot_be_are_answered_with_their_failure),
      cmocka_unit_test(garbage_in_tasks_does_no_harm),
      cmocka_unit_test(a_flood_of_tasks_is_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
