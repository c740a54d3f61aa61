/* A bounded ring: the broker sends as many tasks as the worker announced, and as many again after losing it
 * for a while. */
#include "worker/queue.h"

#include <assert.h>
#include <stdlib.h>

status queue_init(queue *q, size_t capacity, error *err) {
  *q = (queue){.capacity = capacity, .ring = calloc(capacity, sizeof(assignment *))};
  if (q->ring == NULL) {
    return error_no_memory(err, "the worker's queue");
  }
  pthread_mutex_init(&q->mutex, NULL);
  pthread_cond_init(&q->filled, NULL);
  return STATUS_OK;
}

void queue_fini(queue *q) {
  if (q->ring == NULL) {
    return;
  }
  free(q->ring);
  pthread_cond_destroy(&q->filled);
  pthread_mutex_destroy(&q->mutex);
  *q = (queue){0};
}

bool queue_push(queue *q, assignment *a) {
  pthread_mutex_lock(&q->mutex);
  const bool room = !q->closed && q->count < q->capacity;
  if (room) {
    q->ring[(q->first + q->count) % q->capacity] = a;
    q->count++;
    pthread_cond_signal(&q->filled);
  }
  pthread_mutex_unlock(&q->mutex);
  return room;
}

static assignment *take_first(queue *q) {
  assert(q->count > 0 && q->count <= q->capacity);
  assignment *a = q->ring[q->first];
  q->first = (q->first + 1) % q->capacity;
  q->count--;
  return a;
}

assignment *queue_pop(queue *q) {
  pthread_mutex_lock(&q->mutex);
  while (q->count == 0 && !q->closed) {
    pthread_cond_wait(&q->filled, &q->mutex);
  }
  assignment *a = q->closed ? NULL : take_first(q);
  pthread_mutex_unlock(&q->mutex);
  return a;
}

assignment *queue_take(queue *q) {
  pthread_mutex_lock(&q->mutex);
  assignment *a = q->count > 0 ? take_first(q) : NULL;
  pthread_mutex_unlock(&q->mutex);
  return a;
}

void queue_close(queue *q) {
  pthread_mutex_lock(&q->mutex);
  q->closed = true;
  pthread_cond_broadcast(&q->filled);
  pthread_mutex_unlock(&q->mutex);
}
