/* The tasks between the talking thread and the computing ones: a ring guarded by a mutex. */
#ifndef CANVASS_WORKER_QUEUE_H
#define CANVASS_WORKER_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct assignment assignment;

typedef struct queue {
  pthread_mutex_t mutex;
  pthread_cond_t filled;
  assignment **ring;
  size_t first, count, capacity;
  bool closed;
} queue;

status queue_init(queue *q, size_t capacity, error *err) MUST_USE;
void queue_fini(queue *q); /* when it is empty; harmless on a zeroed one */
/* Takes A; false when the queue is full or closed (the caller keeps A). */
bool queue_push(queue *q, assignment *a);
/* Waits for one; NULL when the queue is closed. */
assignment *queue_pop(queue *q);
/* Takes one back, also from a closed queue; NULL when it is empty. */
assignment *queue_take(queue *q);
void queue_close(queue *q);

#endif
