/* A bounded ring: the broker sends what the worker announced, and that anew when it lost it for a while. */
#include "worker/queue.h"

#include <stdlib.h>

status queue_init(queue *q, size_t capacity, error *err) {
  *q = (queue){.capacity = capacity, .ring = calloc(capacity, sizeof *q->ring)};
  if (!q->ring) {
    return error_no_memory(err, "the worker's queue");
  }
  pthread_mutex_init(&q->mutex, NULL);
  pthread_cond_init(&q->filled, NULL);
  return STATUS_OK;
}

void queue_fini(queue *q) {
  if (!q->ring) {
    return;
  }
  for (size_t i = 0; i < q->count; i++) {
    wire_message *m = q->ring[(q->first + i) % q->capacity];
    wire_message_close(m);
    free(m);
  }
  free(q->ring);
  pthread_cond_destroy(&q->filled);
  pthread_mutex_destroy(&q->mutex);
  *q = (queue){0};
}

bool queue_push(queue *q, wire_message *m) {
  pthread_mutex_lock(&q->mutex);
  const bool room = !q->closed && q->count < q->capacity;
  if (room) {
    q->ring[(q->first + q->count) % q->capacity] = m;
    q->count++;
    pthread_cond_signal(&q->filled);
  }
  pthread_mutex_unlock(&q->mutex);
  return room;
}

wire_message *queue_pop(queue *q) {
  wire_message *m = NULL;
  pthread_mutex_lock(&q->mutex);
  while (q->count == 0 && !q->closed) {
    pthread_cond_wait(&q->filled, &q->mutex);
  }
  if (!q->closed) {
    m = q->ring[q->first];
    q->first = (q->first + 1) % q->capacity;
    q->count--;
  }
  pthread_mutex_unlock(&q->mutex);
  return m;
}

void queue_close(queue *q) {
  pthread_mutex_lock(&q->mutex);
  q->closed = true;
  pthread_cond_broadcast(&q->filled);
  pthread_mutex_unlock(&q->mutex);
}
