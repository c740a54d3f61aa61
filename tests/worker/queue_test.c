/* The worker's queue: bounded, and every task comes out exactly once whichever thread waits for it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "tests/check.h"
#include "worker/assignment.h"
#include "worker/queue.h"

enum { TASKS = 20000, CONSUMERS = 3 };

static queue shared;
static atomic_ulong popped_sum;

static assignment *numbered(uint64_t number) {
  assignment *a = calloc(1, sizeof *a);
  assert_non_null(a);
  a->name.task = number;
  return a;
}

static void *consume(void *argument) {
  (void)argument;
  for (assignment *a = NULL; (a = queue_pop(&shared)) != NULL;) {
    atomic_fetch_add(&popped_sum, a->name.task);
    free(a);
  }
  return NULL;
}

static void every_task_comes_out_once(void **state) {
  (void)state;
  pthread_t threads[CONSUMERS];
  assert_int_equal(queue_init(&shared, 8, NULL), STATUS_OK);
  for (int i = 0; i < CONSUMERS; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, consume, NULL), 0);
  }
  unsigned long expected = 0;
  for (uint64_t i = 1; i <= TASKS; i++) {
    assignment *a = numbered(i);
    expected += i;
    while (!queue_push(&shared, a)) {
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
  assignment *third = numbered(3);
  assert_false(queue_push(&q, third));
  free(third);
  assignment *first = queue_pop(&q);
  assert_true(first->name.task == 1);
  free(first);
  queue_close(&q);
  assert_null(queue_pop(&q));
  assignment *late = numbered(4);
  assert_false(queue_push(&q, late));
  free(late);
  assignment *second = queue_take(&q);
  assert_true(second->name.task == 2);
  free(second);
  assert_null(queue_take(&q));
  queue_fini(&q);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_task_comes_out_once),
      cmocka_unit_test(a_full_queue_refuses_and_keeps_what_it_has),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
