/* Blobs come whole whatever happens to their chunks: any order, any of them altered, twice, or lost with the
 * connection.  Never more than the window is in flight. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"
#include "worker/assembly.h"
#include "worker/supply.h"

enum { BLOBS = 6, COURSES = 25, WANTS_MAX = 64 };

typedef struct want {
  size_t blob;
  uint64_t offset, length;
} want;

typedef struct course {
  seeded random;
  store *shards;
  supply *supply;
  atomic_uint lines;
  uint8_t *bytes[BLOBS];
  uint64_t lengths[BLOBS];
  digest names[BLOBS];
  want open[WANTS_MAX];
  size_t open_count;
} course;

static void wake(void *context) {
  (void)context;
}

static void say(void *context, const char *line) {
  course *c = context;
  assert_non_null(line);
  atomic_fetch_add(&c->lines, 1);
}

static void must(status st, const error *err) {
  if (st != STATUS_OK) {
    fail_msg("%s", err->message);
  }
}

static void make_blob(course *c, size_t i) {
  static const uint64_t sizes[] = {
      0, 1, 1000, MESSAGE_FRAME_MAX, MESSAGE_FRAME_MAX + 1, 3 * MESSAGE_FRAME_MAX + 7};
  c->lengths[i] = i == 0 && seeded_below(&c->random, 4) == 0 ? ASSEMBLY_MEMORY_MAX + 5
                                                             : sizes[seeded_below(&c->random, 6)];
  c->bytes[i] = malloc(c->lengths[i] + 1);
  assert_non_null(c->bytes[i]);
  for (uint64_t k = 0; k < c->lengths[i]; k += 8) {
    const uint64_t drawn = seeded_next(&c->random);
    memcpy(c->bytes[i] + k, &drawn, c->lengths[i] - k < 8 ? (size_t)(c->lengths[i] - k) : 8);
  }
  must(digest_of(c->bytes[i], (size_t)c->lengths[i], &c->names[i], NULL), NULL);
}

static void course_open(course *c, uint64_t seed) {
  error err;
  *c = (course){.random = {seed}};
  must(store_new_temporary(NULL, &c->shards, &err), &err);
  const supply_options options = {
      .shards = c->shards, .can_ask = true, .wake = wake, .say = say, .context = c};
  must(supply_start(&options, &c->supply, &err), &err);
  for (size_t i = 0; i < BLOBS; i++) {
    make_blob(c, i);
  }
}

static void course_close(course *c) {
  supply_destroy(c->supply);
  store_destroy(c->shards);
  for (size_t i = 0; i < BLOBS; i++) {
    free(c->bytes[i]);
  }
}

static void collect_wants(course *c) {
  digest name;
  want w = {0};
  while (supply_ask_next(c->supply, &name, &w.offset, &w.length)) {
    for (w.blob = 0; !digest_equal(&c->names[w.blob], &name); w.blob++) {
      assert_true(w.blob + 1 < BLOBS);
    }
    assert_true(w.length > 0 && w.offset + w.length <= c->lengths[w.blob]);
    if (seeded_below(&c->random, 10) == 0) {
      supply_not_asked(c->supply, &name, w.offset); /* it could not be sent */
      return;
    }
    assert_true(c->open_count < BLOB_CHUNKS);
    c->open[c->open_count++] = w;
  }
}

static void answer(course *c, const want *w, bool altered) {
  uint8_t *copy = malloc(w->length);
  assert_non_null(copy);
  memcpy(copy, c->bytes[w->blob] + w->offset, w->length);
  copy[seeded_below(&c->random, w->length)] ^= altered ? 1 : 0;
  supply_chunk(c->supply, &c->names[w->blob], w->offset, c->lengths[w->blob], copy, w->length);
  free(copy);
}

/* One thing that may happen on a connection. */
static void happen(course *c, unsigned *altered) {
  const uint64_t drawn = seeded_below(&c->random, 40);
  if (drawn == 0) {
    supply_ask_again(c->supply);
    c->open_count = 0;
    return;
  }
  if (c->open_count == 0) {
    return;
  }
  const size_t k = seeded_below(&c->random, c->open_count);
  const want w = c->open[k];
  c->open[k] = c->open[--c->open_count];
  /* Twice at most: the third time its task would fail. */
  const bool alter = drawn == 1 && altered[w.blob] < BLOB_TRIES - 1;
  altered[w.blob] += alter;
  answer(c, &w, alter);
  if (drawn == 2) {
    answer(c, &w, false);
  }
}

static bool all_settled(course *c, supply_blob *const *blobs) {
  for (size_t i = 0; i < BLOBS; i++) {
    if (!supply_is_settled(c->supply, blobs[i])) {
      return false;
    }
  }
  return true;
}

/* An altered blob begins again: what is still in flight of it is no longer waited for. */
static void run(course *c, uint64_t seed) {
  supply_blob *blobs[BLOBS];
  unsigned altered[BLOBS] = {0};
  error err;
  for (size_t i = 0; i < BLOBS; i++) {
    must(
        supply_want(c->supply, &c->names[i], c->lengths[i], seeded_below(&c->random, 3) > 0, &blobs[i], &err),
        &err);
  }
  while (!all_settled(c, blobs)) {
    collect_wants(c);
    happen(c, altered);
    if (c->open_count == 0) {
      sched_yield();
    }
  }
  for (size_t i = 0; i < BLOBS; i++) {
    if (supply_wait(c->supply, blobs[i], &err) != STATUS_OK) {
      fail_msg("seed %llu, blob %zu: %s", (unsigned long long)seed, i, err.message);
    }
    const slice got = supply_bytes(blobs[i]);
    assert_true(got.length == c->lengths[i]);
    assert_memory_equal(got.bytes, c->bytes[i], got.length);
    supply_leave(c->supply, blobs[i]);
  }
}

static void whole_blobs_come_of_any_course_of_events(void **state) {
  (void)state;
  const uint64_t seed = seeded_seed();
  for (uint64_t i = 0; i < COURSES; i++) {
    course c;
    course_open(&c, seed + i);
    run(&c, seed + i);
    course_close(&c);
  }
}

/* ---- Waiting threads ----------------------------------------------------------------------------- */

typedef struct waiter {
  course *course;
  status st;
} waiter;

static void *wait_for_first(void *argument) {
  waiter *w = argument;
  course *c = w->course;
  supply_blob *b = NULL;
  w->st = supply_want(c->supply, &c->names[0], c->lengths[0], true, &b, NULL);
  if (w->st == STATUS_OK) {
    w->st = supply_wait(c->supply, b, NULL);
    supply_leave(c->supply, b);
  }
  return NULL;
}

enum { WAITERS = 3 };

static void stopping_wakes_who_waits(void **state) {
  (void)state;
  course c;
  pthread_t threads[WAITERS];
  waiter waiters[WAITERS];
  course_open(&c, 5);
  c.lengths[0] = 100;
  for (int i = 0; i < WAITERS; i++) {
    waiters[i] = (waiter){&c, STATUS_OK};
    assert_int_equal(pthread_create(&threads[i], NULL, wait_for_first, &waiters[i]), 0);
  }
  digest name;
  uint64_t offset = 0;
  uint64_t length = 0;
  while (!supply_ask_next(c.supply, &name, &offset, &length)) {
    sched_yield();
  }
  assert_false(supply_ask_next(c.supply, &name, &offset, &length)); /* once for all three */
  supply_stop(c.supply);
  for (int i = 0; i < WAITERS; i++) {
    pthread_join(threads[i], NULL);
    assert_int_equal(waiters[i].st, STATUS_INTERRUPTED);
  }
  course_close(&c);
}

static void what_nobody_wants_any_more_is_forgotten_after_a_while(void **state) {
  (void)state;
  course c;
  supply_blob *b = NULL;
  digest name;
  uint64_t offset = 0;
  uint64_t length = 0;
  course_open(&c, 5);
  c.lengths[0] = 2 * MESSAGE_FRAME_MAX;
  free(c.bytes[0]);
  c.bytes[0] = calloc(1, 2 * MESSAGE_FRAME_MAX);
  assert_int_equal(supply_want(c.supply, &c.names[0], c.lengths[0], true, &b, NULL), STATUS_OK);
  assert_true(supply_ask_next(c.supply, &name, &offset, &length));
  supply_chunk(c.supply, &name, offset, c.lengths[0], c.bytes[0], length);
  supply_leave(c.supply, b);
  supply_tidy(c.supply, 1000);
  /* It was away for a moment: only the second chunk is asked for. */
  assert_int_equal(supply_want(c.supply, &c.names[0], c.lengths[0], true, &b, NULL), STATUS_OK);
  assert_true(supply_ask_next(c.supply, &name, &offset, &length));
  assert_true(offset == MESSAGE_FRAME_MAX);
  supply_leave(c.supply, b);
  supply_tidy(c.supply, 2000);
  supply_tidy(c.supply, 2001 + SUPPLY_IDLE_MS);
  assert_int_equal(supply_want(c.supply, &c.names[0], c.lengths[0], true, &b, NULL), STATUS_OK);
  assert_true(supply_ask_next(c.supply, &name, &offset, &length));
  assert_true(offset == 0);
  supply_leave(c.supply, b);
  course_close(&c);
}

/* ---- Wants that are not answered ----------------------------------------------------------------- */

/* Blobs 0 and 1, of COUNT chunks each, are wanted at time 1, at which the supply looks for the first time. */
static void want_two(course *c, uint64_t count, supply_blob *blobs[2]) {
  course_open(c, 5);
  for (size_t i = 0; i < 2; i++) {
    c->lengths[i] = count * MESSAGE_FRAME_MAX;
    free(c->bytes[i]);
    c->bytes[i] = calloc(1, c->lengths[i]);
    assert_non_null(c->bytes[i]);
    c->bytes[i][0] = (uint8_t)(i + 1);
    must(digest_of(c->bytes[i], c->lengths[i], &c->names[i], NULL), NULL);
    must(supply_want(c->supply, &c->names[i], c->lengths[i], true, &blobs[i], NULL), NULL);
  }
}

static void leave_two(course *c, supply_blob *blobs[2]) {
  supply_leave(c->supply, blobs[0]);
  supply_leave(c->supply, blobs[1]);
  course_close(c);
}

/* Looks at time NOW_MS and takes the wants; how many of them are for blob 1. */
static unsigned ask(course *c, uint64_t now_ms) {
  digest name;
  uint64_t offset = 0;
  uint64_t length = 0;
  unsigned count = 0;
  supply_insist(c->supply, now_ms);
  while (supply_ask_next(c->supply, &name, &offset, &length)) {
    count += digest_equal(&name, &c->names[1]);
  }
  supply_insist(c->supply, now_ms);
  return count;
}

static void give_chunk(course *c, size_t blob, uint64_t chunk) {
  const uint64_t offset = chunk * MESSAGE_FRAME_MAX;
  supply_chunk(c->supply, &c->names[blob], offset, c->lengths[blob], c->bytes[blob] + offset,
               MESSAGE_FRAME_MAX);
}

static void expect_given_up(course *c, supply_blob *b) {
  char hex[DIGEST_HEX_BYTES];
  error err = {.message = ""};
  digest_hex(supply_name(b), hex);
  assert_true(supply_is_settled(c->supply, b));
  assert_int_equal(supply_wait(c->supply, b, &err), STATUS_UNREACHABLE);
  assert_contains(err.message, hex);
}

static void what_is_never_answered_is_asked_for_again_and_then_given_up(void **state) {
  (void)state;
  course c;
  supply_blob *blobs[2];
  want_two(&c, 1, blobs);
  assert_int_equal(ask(&c, 1), 1);
  uint64_t now_ms = 0;
  for (unsigned i = 0; i + 1 < SUPPLY_ASKS; i++) {
    now_ms += (uint64_t)ANSWER_MS << i;
    assert_int_equal(ask(&c, now_ms), 0);
    assert_int_equal(ask(&c, now_ms + 1), 1);
  }
  now_ms += (uint64_t)ANSWER_MS << (SUPPLY_ASKS - 1);
  assert_int_equal(ask(&c, now_ms), 0);
  assert_false(supply_is_settled(c.supply, blobs[0]));
  assert_int_equal(ask(&c, now_ms + 1), 0);
  expect_given_up(&c, blobs[0]);
  expect_given_up(&c, blobs[1]);
  leave_two(&c, blobs);
}

static void a_chunk_now_and_then_keeps_a_blob_from_being_given_up(void **state) {
  (void)state;
  enum { CHUNKS = 6 };
  course c;
  supply_blob *blobs[2];
  uint64_t now_ms = 1;
  want_two(&c, CHUNKS, blobs);
  (void)ask(&c, now_ms);
  for (uint64_t chunk = 0; chunk + 1 < CHUNKS; chunk++) {
    for (unsigned i = 0; i + 1 < SUPPLY_ASKS; i++) {
      (void)ask(&c, now_ms += (uint64_t)ANSWER_MS << i);
    }
    give_chunk(&c, 0, chunk);
    (void)ask(&c, now_ms);
    assert_false(supply_is_settled(c.supply, blobs[0]));
  }
  leave_two(&c, blobs);
}

/* The chunks of one blob are on their way for long: those of the other stand behind them. */
static void over_a_slow_connection_nothing_is_asked_for_twice(void **state) {
  (void)state;
  enum { CHUNKS = 4, SLOW_MS = ANSWER_MS - 1 };
  course c;
  supply_blob *blobs[2];
  want_two(&c, CHUNKS, blobs);
  assert_int_equal(ask(&c, 1), CHUNKS);
  for (uint64_t chunk = 0; chunk < CHUNKS; chunk++) {
    give_chunk(&c, 0, chunk);
    assert_int_equal(ask(&c, 1 + (chunk + 1) * SLOW_MS), 0);
  }
  leave_two(&c, blobs);
}

/* A chunk in eleven seconds, in the order of asking, while a broker sends what was asked for twice twice. */
static void over_the_slowest_connection_blobs_come_in_the_end(void **state) {
  (void)state;
  enum { CHUNKS = 20, EACH_MS = ANSWER_MS + 1000, UNDER_WAY_MAX = 400, TICK_MS = 500 };
  course c;
  supply_blob *blobs[2];
  want link[UNDER_WAY_MAX];
  size_t sent = 0;
  size_t asked = 0;
  want_two(&c, CHUNKS, blobs);
  for (uint64_t now_ms = 1; sent < asked || asked == 0; now_ms += TICK_MS) {
    want w;
    digest name;
    supply_insist(c.supply, now_ms);
    while (supply_ask_next(c.supply, &name, &w.offset, &w.length)) {
      w.blob = digest_equal(&name, &c.names[1]);
      assert_true(asked < UNDER_WAY_MAX);
      link[asked++] = w;
    }
    if (sent < asked && now_ms > (sent + 1) * EACH_MS) {
      give_chunk(&c, link[sent].blob, link[sent].offset / MESSAGE_FRAME_MAX);
      sent++;
    }
  }
  for (size_t i = 0; i < 2; i++) {
    must(supply_wait(c.supply, blobs[i], NULL), NULL);
  }
  assert_true(asked < 2 * 2 * CHUNKS); /* asking again did not make it much longer */
  leave_two(&c, blobs);
}

static void a_blob_that_others_pass_again_and_again_is_given_up(void **state) {
  (void)state;
  enum { CHUNKS = 1 + SUPPLY_ASKS * BLOB_CHUNKS };
  course c;
  supply_blob *blobs[2];
  uint64_t chunk = 0;
  uint64_t now_ms = 1;
  want_two(&c, CHUNKS, blobs);
  (void)ask(&c, now_ms);
  for (unsigned i = 0; i < SUPPLY_ASKS; i++) {
    assert_false(supply_is_settled(c.supply, blobs[1]));
    now_ms += (uint64_t)ANSWER_MS << i;
    for (int k = 0; k < BLOB_CHUNKS; k++) {
      give_chunk(&c, 0, chunk++);
      (void)ask(&c, now_ms - (k < BLOB_CHUNKS - 1));
    }
  }
  expect_given_up(&c, blobs[1]);
  assert_false(supply_is_settled(c.supply, blobs[0]));
  leave_two(&c, blobs);
}

static void what_is_too_much_now_is_asked_for_later(void **state) {
  (void)state;
  course c;
  supply_blob *blobs[2];
  error much;
  want_two(&c, 1, blobs);
  assert_int_equal(ask(&c, 1), 1);
  error_set(&much, STATUS_LIMIT, "too much is on its way");
  assert_true(supply_lost(c.supply, &c.names[1], &much));
  assert_int_equal(ask(&c, 1), 0);
  assert_int_equal(ask(&c, ANSWER_MS), 0);
  assert_int_equal(ask(&c, ANSWER_MS + 1), 1);
  give_chunk(&c, 1, 0);
  assert_int_equal(supply_wait(c.supply, blobs[1], NULL), STATUS_OK);
  leave_two(&c, blobs);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whole_blobs_come_of_any_course_of_events),
      cmocka_unit_test(stopping_wakes_who_waits),
      cmocka_unit_test(what_nobody_wants_any_more_is_forgotten_after_a_while),
      cmocka_unit_test(what_is_never_answered_is_asked_for_again_and_then_given_up),
      cmocka_unit_test(a_chunk_now_and_then_keeps_a_blob_from_being_given_up),
      cmocka_unit_test(over_a_slow_connection_nothing_is_asked_for_twice),
      cmocka_unit_test(over_the_slowest_connection_blobs_come_in_the_end),
      cmocka_unit_test(a_blob_that_others_pass_again_and_again_is_given_up),
      cmocka_unit_test(what_is_too_much_now_is_asked_for_later),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
