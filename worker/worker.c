/* The worker's life: its threads are started and joined here, and here others ask it to leave. */
#include "worker/worker.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "worker/inside.h"

/* ---- For its threads ----------------------------------------------------------------------------- */

void worker_wake(worker *w) {
  const uint64_t one = 1;
  const ssize_t written = write(w->wake_fd, &one, sizeof one);
  (void)written; /* can only fail when a wake-up is already pending */
}

/* When they are not read, the last lines are dropped. */
void worker_log(worker *w, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  pthread_mutex_lock(&w->mutex);
  if (w->lines_count < LINES_MAX) {
    vsnprintf(w->lines[w->lines_count++], LINE_BYTES, format, arguments);
  }
  pthread_mutex_unlock(&w->mutex);
  va_end(arguments);
}

static void supply_wakes(void *context) {
  worker_wake(context);
}

static void supply_says(void *context, const char *line) {
  worker_log(context, "%s", line);
}

/* ---- Starting ------------------------------------------------------------------------------------ */

static status set_up(worker *w, const worker_options *options, error *err) {
  w->options = *options;
  w->is_embedded = strncmp(options->endpoint, "inproc://", 9) == 0;
  w->capacity = options->threads * TASKS_PER_THREAD;
  w->alive_ms = options->alive_ms > 0 ? options->alive_ms : ALIVE_MS;
  w->silence_ms = options->silence_ms > 0 ? options->silence_ms : SILENCE_MS;
  TRY(dealer_identity_make("worker", &w->who, err));
  w->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  w->threads = calloc(options->threads, sizeof *w->threads);
  w->talk = talk_new(w);
  if (w->wake_fd < 0 || w->threads == NULL || w->talk == NULL) {
    return error_no_memory(err, "a worker");
  }
  const supply_options supplying = {.shards = options->shards,
                                    .answer_ms = options->answer_ms,
                                    .can_ask = !w->is_embedded,
                                    .wake = supply_wakes,
                                    .say = supply_says,
                                    .context = w};
  TRY(supply_start(&supplying, &w->supply, err));
  return queue_init(&w->ready, (size_t)w->capacity * TASKS_ROUNDS, err);
}

static status start_threads(worker *w, error *err) {
  for (unsigned i = 0; i < w->options.threads; i++) {
    w->threads[i].owner = w;
    if (pthread_create(&w->threads[i].thread, NULL, worker_compute, &w->threads[i]) != 0) {
      return error_set(err, STATUS_NO_MEMORY, "the worker cannot start %u threads; ask for fewer",
                       w->options.threads);
    }
    w->threads[i].started = true;
  }
  if (pthread_create(&w->talker, NULL, worker_talk, w) != 0) {
    return error_set(err, STATUS_NO_MEMORY, "the worker cannot start the thread that talks to the broker");
  }
  w->talking = true;
  return STATUS_OK;
}

status worker_start(const worker_options *options, worker **out, error *err) {
  *out = NULL;
  worker *w = calloc(1, sizeof *w);
  if (w == NULL) {
    return error_no_memory(err, "a worker");
  }
  w->wake_fd = -1;
  pthread_mutex_init(&w->mutex, NULL);
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&w->changed, &monotonic);
  pthread_condattr_destroy(&monotonic);
  status st = set_up(w, options, err);
  if (st == STATUS_OK) {
    st = start_threads(w, err);
  }
  if (st != STATUS_OK) {
    worker_stop(w);
    return st;
  }
  *out = w;
  return STATUS_OK;
}

/* ---- Ending -------------------------------------------------------------------------------------- */

bool worker_drain(worker *w, unsigned ms) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += ms / 1000;
  until.tv_nsec += (long)(ms % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec++;
    until.tv_nsec -= 1000000000;
  }
  pthread_mutex_lock(&w->mutex);
  w->draining = true;
  pthread_mutex_unlock(&w->mutex);
  worker_wake(w);
  pthread_mutex_lock(&w->mutex);
  while (!w->drained && pthread_cond_timedwait(&w->changed, &w->mutex, &until) != ETIMEDOUT) {
  }
  const bool drained = w->drained;
  pthread_mutex_unlock(&w->mutex);
  return drained;
}

status worker_problem(worker *w, error *err) {
  pthread_mutex_lock(&w->mutex);
  const status st = w->problem;
  if (st != STATUS_OK) {
    error_set(err, st, "%s", w->why.message);
  }
  pthread_mutex_unlock(&w->mutex);
  return st;
}

static void stop_threads(worker *w) {
  atomic_store(&w->stop, true);
  if (w->ready.ring != NULL) {
    queue_close(&w->ready);
  }
  if (w->supply != NULL) {
    supply_stop(w->supply);
  }
  if (w->wake_fd >= 0) {
    worker_wake(w);
  }
  if (w->talking) {
    pthread_join(w->talker, NULL);
  }
  for (unsigned i = 0; w->threads != NULL && i < w->options.threads; i++) {
    if (w->threads[i].started) {
      pthread_join(w->threads[i].thread, NULL);
    }
  }
}

static void free_assignments(worker *w) {
  for (assignment *a = NULL; w->ready.ring != NULL && (a = queue_take(&w->ready)) != NULL;) {
    assignment_free(a, w->supply);
  }
  while (w->done != NULL) {
    assignment *a = w->done;
    w->done = a->next;
    assignment_free(a, w->supply);
  }
}

void worker_stop(worker *w) {
  if (w == NULL) {
    return;
  }
  stop_threads(w);
  free_assignments(w);
  talk_free(w->talk);
  supply_destroy(w->supply);
  queue_fini(&w->ready);
  if (w->wake_fd >= 0) {
    close(w->wake_fd);
  }
  free(w->threads);
  pthread_cond_destroy(&w->changed);
  pthread_mutex_destroy(&w->mutex);
  free(w);
}
