/* The tasks between the talking thread and the computing ones: a ring guarded by a mutex. */
#ifndef CANVASS_WORKER_QUEUE_H
#define CANVASS_WORKER_QUEUE_H

#include <pthread.h>

#include "proto/wire.h"

typedef struct queue {
  pthread_mutex_t mutex;
  pthread_cond_t filled;
  wire_message **ring;
  size_t first, count, capacity;
  bool closed;
} queue;

status queue_init(queue *q, size_t capacity, error *err) MUST_USE;
void queue_fini(queue *q); /* closes the messages that are still in it */
/* Takes M; false when the queue is full or closed (M stays the caller's). */
bool queue_push(queue *q, wire_message *m);
/* Waits for a message; NULL when the queue is closed. */
wire_message *queue_pop(queue *q);
void queue_close(queue *q);

#endif
