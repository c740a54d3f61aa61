/* Threads, one lock, one condition.
 *
 * A slot is free, being filled by the splitter, waiting, or being encoded; the list of free slots and the
 * queue of waiting ones are under the lock, everything in a slot belongs to whoever took it from there.
 */
#include "reading/pipeline.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/array.h"

enum { PROGRESS_MS = 100 };

typedef struct slot {
  input_piece piece; /* first, so that a piece is its slot */
  const encoder_layout *layout;
  size_t number;
  struct slot *next;
} slot;

struct pipeline {
  pipeline_options options;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  slot *slots;
  size_t slots_count;
  slot *free;
  slot *first, *last; /* waiting */
  size_t pushed;
  bool split_done;
  unsigned running; /* threads */
  size_t failed_at; /* number of the first piece that failed; SIZE_MAX: none */
  status failed;
  error failure;
  uint64_t rows;
  pipeline_outcome *outcomes;
  size_t outcomes_count, outcomes_capacity;
  column_facts *columns;
  arena *memory; /* of the outcomes' places */
};

static pipeline *pipeline_new(const pipeline_options *options) {
  pipeline *p = calloc(1, sizeof *p);
  if (p == NULL) {
    return NULL;
  }
  p->options = *options;
  pthread_mutex_init(&p->lock, NULL);
  pthread_condattr_t clock;
  pthread_condattr_init(&clock);
  pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
  pthread_cond_init(&p->changed, &clock);
  pthread_condattr_destroy(&clock);
  p->failed_at = SIZE_MAX;
  p->slots_count = (size_t)options->threads + 1;
  p->slots = calloc(p->slots_count, sizeof *p->slots);
  p->columns = calloc((size_t)options->schema->count + 1, sizeof *p->columns);
  p->memory = arena_new();
  if (p->slots == NULL || p->columns == NULL || p->memory == NULL) {
    pipeline_destroy(p);
    return NULL;
  }
  for (size_t i = 0; i < p->slots_count; i++) {
    p->slots[i].next = p->free;
    p->free = &p->slots[i];
  }
  return p;
}

void pipeline_destroy(pipeline *p) {
  if (p == NULL) {
    return;
  }
  for (size_t i = 0; p->slots != NULL && i < p->slots_count; i++) {
    input_piece_fini(&p->slots[i].piece);
  }
  free(p->slots);
  free(p->columns);
  free(p->outcomes);
  arena_destroy(p->memory);
  pthread_cond_destroy(&p->changed);
  pthread_mutex_destroy(&p->lock);
  free(p);
}

const pipeline_outcome *pipeline_outcomes(const pipeline *p, size_t *count) {
  *count = p->outcomes_count;
  return p->outcomes;
}

const column_facts *pipeline_columns(const pipeline *p) {
  return p->columns;
}

/* Under the lock.  The first failure in the order of the dataset stays. */
static void fail(pipeline *p, size_t number, status code, const error *failure) {
  if (number < p->failed_at) {
    p->failed_at = number;
    p->failed = code;
    p->failure = *failure;
    atomic_store(p->options.stop, true);
  }
  pthread_cond_broadcast(&p->changed);
}

input_piece *pipeline_piece(pipeline *p) {
  pthread_mutex_lock(&p->lock);
  while (p->free == NULL && p->failed_at == SIZE_MAX) {
    pthread_cond_wait(&p->changed, &p->lock);
  }
  slot *taken = p->failed_at == SIZE_MAX ? p->free : NULL;
  if (taken != NULL) {
    p->free = taken->next;
    taken->next = NULL;
  }
  pthread_mutex_unlock(&p->lock);
  return taken != NULL ? &taken->piece : NULL;
}

void pipeline_push(pipeline *p, input_piece *piece, const encoder_layout *layout) {
  slot *full = (slot *)piece;
  assert(layout->input->format == piece->format && (!piece->is_end || piece->records == 0));
  pthread_mutex_lock(&p->lock);
  full->layout = layout;
  full->number = p->pushed++;
  full->next = NULL;
  if (p->last != NULL) {
    p->last->next = full;
  } else {
    p->first = full;
  }
  p->last = full;
  pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
}

/* The next waiting piece; NULL: there will be none that matters. */
static slot *take_waiting(pipeline *p) {
  pthread_mutex_lock(&p->lock);
  while (p->first == NULL && !p->split_done) {
    pthread_cond_wait(&p->changed, &p->lock);
  }
  slot *taken = p->first;
  if (taken != NULL && taken->number > p->failed_at) {
    taken = NULL;
  }
  if (taken != NULL) {
    p->first = taken->next;
    p->last = p->first == NULL ? NULL : p->last;
  }
  pthread_mutex_unlock(&p->lock);
  return taken;
}

/* Under the lock.  Room for the outcome of piece NUMBER. */
static bool reserve_outcome(pipeline *p, size_t number) {
  assert(number < p->pushed);
  if (!ARRAY_ROOM_FOR(p->outcomes, number + 1, p->outcomes_capacity)) {
    return false;
  }
  for (; p->outcomes_count <= number; p->outcomes_count++) {
    p->outcomes[p->outcomes_count] = (pipeline_outcome){0};
  }
  return true;
}

/* Under the lock.  What the columns of the piece add to the facts. */
static void keep_facts(pipeline *p, const encoder_layout *layout, const encoder *coder,
                       const shard_content *content) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < p->options.schema->count; i++) {
    if (!encoder_has(p->options.schema, layout, i)) {
      continue;
    }
    const packed_column *column = &content->columns[kept++];
    const measure *sizes = encoder_measure(coder, i);
    const uint8_t decimals = measure_decimals(sizes);
    column_facts *facts = &p->columns[i];
    facts->decimals_max = decimals > facts->decimals_max ? decimals : facts->decimals_max;
    facts->largest = decimal_magnitude_max(facts->largest, measure_largest(sizes));
    facts->as_numbers = facts->as_numbers || (packed_column_is_numeric(column) && content->rows > 0);
  }
  assert(kept == content->columns_count);
}

/* Under the lock.  Keeps what ENCODER found in the piece. */
static bool keep_outcome(pipeline *p, const slot *full, const encoder *coder, const shard_content *content,
                         pipeline_outcome *outcome) {
  const size_t number = full->number;
  const row_places *found = encoder_places(coder);
  outcome->done = true;
  outcome->quarantined = found->quarantined;
  outcome->places_count = found->list_count;
  memcpy(outcome->skipped, found->skipped, sizeof outcome->skipped);
  outcome->suspects = found->suspects;
  outcome->named = found->named;
  outcome->has_nameless = found->has_nameless;
  outcome->places = ARENA_ARRAY(p->memory, file_place, found->list_count);
  if (!reserve_outcome(p, number) || outcome->places == NULL) {
    return false;
  }
  for (uint32_t i = 0; i < found->list_count; i++) {
    outcome->places[i].line = found->list[i].line;
    outcome->places[i].problem = arena_slice(p->memory, found->list[i].problem);
  }
  keep_facts(p, full->layout, coder, content);
  p->outcomes[number] = *outcome;
  p->rows += content->rows;
  return !arena_failed(p->memory);
}

static status encode_slot(pipeline *p, encoder *coder, slot *full, buf *bytes, error *err) {
  shard_content content;
  pipeline_outcome outcome = {0};
  TRY(encoder_run(coder, full->layout, &full->piece, &content, err));
  if (content.rows > 0) {
    buf_clear(bytes);
    TRY(shard_encode(&content, bytes, err));
    TRY(store_put(p->options.into, bytes->data, bytes->length, &outcome.shard.name, err));
    outcome.shard.bytes = bytes->length;
    outcome.shard.first_ordinal = content.first_ordinal;
    outcome.shard.rows = content.rows;
  }
  outcome.shard.file = content.file;
  pthread_mutex_lock(&p->lock);
  const bool kept = keep_outcome(p, full, coder, &content, &outcome);
  pthread_mutex_unlock(&p->lock);
  return kept ? STATUS_OK : error_no_memory(err, full->layout->input->title);
}

static void give_back(pipeline *p, slot *used, status code, const error *failure) {
  pthread_mutex_lock(&p->lock);
  if (code != STATUS_OK) {
    fail(p, used->number, code, failure);
  }
  used->next = p->free;
  p->free = used;
  pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
}

static void leave(pipeline *p) {
  pthread_mutex_lock(&p->lock);
  assert(p->running > 0);
  p->running--;
  pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
}

static void *run_encoder(void *argument) {
  pipeline *p = argument;
  error failure;
  buf bytes;
  buf_init(&bytes);
  encoder *coder = encoder_new(p->options.schema);
  if (coder == NULL) {
    const status st = error_no_memory(&failure, "reading");
    pthread_mutex_lock(&p->lock);
    fail(p, 0, st, &failure);
    pthread_mutex_unlock(&p->lock);
  }
  for (slot *full; coder != NULL && (full = take_waiting(p)) != NULL;) {
    const status st = encode_slot(p, coder, full, &bytes, &failure);
    give_back(p, full, st, &failure);
  }
  encoder_destroy(coder);
  buf_fini(&bytes);
  leave(p);
  return NULL;
}

static void *run_splitter(void *argument) {
  pipeline *p = argument;
  error failure;
  const status st = p->options.split(p->options.context, p, &failure);
  pthread_mutex_lock(&p->lock);
  if (st != STATUS_OK) {
    fail(p, p->pushed, st, &failure);
  }
  p->split_done = true;
  pthread_mutex_unlock(&p->lock);
  leave(p);
  return NULL;
}

/* Under the lock: until a thread ends, or for as long as progress may wait. */
static void wait_a_while(pipeline *p) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_nsec += PROGRESS_MS * 1000000L;
  until.tv_sec += until.tv_nsec / 1000000000L;
  until.tv_nsec %= 1000000000L;
  int waited = 0;
  while (p->running > 0 && waited == 0) {
    waited = pthread_cond_timedwait(&p->changed, &p->lock, &until);
  }
}

/* Under the lock: waits for the threads, with a call of progress now and then, and one at the end. */
static void wait_for_end(pipeline *p) {
  do {
    wait_a_while(p);
    if (p->options.progress == NULL || p->failed_at == 0) {
      continue;
    }
    const uint64_t rows = p->rows;
    pthread_mutex_unlock(&p->lock);
    const bool go_on = p->options.progress(p->options.context, rows);
    pthread_mutex_lock(&p->lock);
    if (!go_on) {
      error stopped;
      const status st = error_set(&stopped, STATUS_INTERRUPTED, "reading was stopped");
      fail(p, 0, st, &stopped);
    }
  } while (p->running > 0);
}

/* Starts RUN on a thread; a failure stops the pipeline. */
static bool start(pipeline *p, pthread_t *thread, void *(*run)(void *)) {
  pthread_mutex_lock(&p->lock);
  p->running++;
  const bool started = pthread_create(thread, NULL, run, p) == 0;
  if (!started) {
    error failure;
    const status st = error_set(&failure, STATUS_NO_MEMORY, "cannot start a thread for reading");
    p->running--;
    p->split_done = p->split_done || run == run_splitter;
    fail(p, 0, st, &failure);
  }
  pthread_mutex_unlock(&p->lock);
  return started;
}

status pipeline_run(const pipeline_options *options, pipeline **out, error *err) {
  *out = NULL;
  pipeline *p = pipeline_new(options);
  pthread_t *threads = calloc((size_t)options->threads + 1, sizeof *threads);
  if (p == NULL || threads == NULL) {
    pipeline_destroy(p);
    free(threads);
    return error_no_memory(err, "reading");
  }
  unsigned started = 0;
  started += start(p, &threads[started], run_splitter);
  for (unsigned i = 0; i < options->threads; i++) {
    started += start(p, &threads[started], run_encoder);
  }
  pthread_mutex_lock(&p->lock);
  wait_for_end(p);
  pthread_mutex_unlock(&p->lock);
  for (unsigned i = 0; i < started; i++) {
    pthread_join(threads[i], NULL);
  }
  free(threads);
  if (p->failed_at != SIZE_MAX && err != NULL) {
    *err = p->failure;
  }
  *out = p;
  return p->failed_at != SIZE_MAX ? p->failed : STATUS_OK;
}
