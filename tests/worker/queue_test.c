/* The worker's queue: bounded, and every message comes out exactly once whoever waits for it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "worker/queue.h"

enum { MESSAGES = 20000, CONSUMERS = 3 };

static queue shared;
static atomic_ulong popped_sum;

static wire_message *numbered(uint64_t number) {
  wire_message *m = calloc(1, sizeof *m);
  assert_non_null(m);
  zmq_msg_init(&m->frames[0]);
  m->header.integers[FIELD_TASK] = number;
  return m;
}

static void release(wire_message *m) {
  wire_message_close(m);
  free(m);
}

static void *consume(void *argument) {
  (void)argument;
  for (wire_message *m = NULL; (m = queue_pop(&shared));) {
    atomic_fetch_add(&popped_sum, m->header.integers[FIELD_TASK]);
    release(m);
  }
  return NULL;
}

static void every_message_comes_out_once(void **state) {
  (void)state;
  pthread_t threads[CONSUMERS];
  assert_int_equal(queue_init(&shared, 8, NULL), STATUS_OK);
  for (int i = 0; i < CONSUMERS; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, consume, NULL), 0);
  }
  unsigned long expected = 0;
  for (uint64_t i = 1; i <= MESSAGES; i++) {
    wire_message *m = numbered(i);
    expected += i;
    while (!queue_push(&shared, m)) {
      sched_yield();
    }
  }
  while (atomic_load(&popped_sum) != expected) {
    sched_yield();
  }
  queue_close(&shared);
  for (int i = 0; i < CONSUMERS; i++) {
    pthread_join(threads[i], NULL);
  }
  queue_fini(&shared);
}

static void a_full_queue_refuses_and_keeps_what_it_has(void **state) {
  (void)state;
  queue q;
  assert_int_equal(queue_init(&q, 2, NULL), STATUS_OK);
  assert_true(queue_push(&q, numbered(1)));
  assert_true(queue_push(&q, numbered(2)));
  wire_message *third = numbered(3);
  assert_false(queue_push(&q, third));
  release(third);
  wire_message *first = queue_pop(&q);
  assert_true(first->header.integers[FIELD_TASK] == 1);
  release(first);
  queue_close(&q);
  assert_null(queue_pop(&q));
  wire_message *late = numbered(4);
  assert_false(queue_push(&q, late));
  release(late);
  queue_fini(&q);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_message_comes_out_once),
      cmocka_unit_test(a_full_queue_refuses_and_keeps_what_it_has),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
