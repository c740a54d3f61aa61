/* A durable store in a process that lives long: old things are removed in turns while it is open, another
 * store is read beside it, and it can list what it has. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/seen.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"
#include "tests/store/durable_store.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

static digest name_of(uint64_t index, uint64_t *length) {
  uint8_t bytes[DURABLE_BLOB_BYTES_MAX];
  digest name;
  *length = durable_blob(index, bytes);
  assert_int_equal(digest_of(bytes, (size_t)*length, &name, NULL), STATUS_OK);
  return name;
}

static void what_an_earlier_turn_used_goes_while_the_store_is_open(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, MIB);
  for (uint64_t i = 0; i < 9; i++) {
    durable_put_state(s, i, i, 100 * KIB);
  }
  durable_put_blob(s, 1);
  store_turn(s);
  for (uint64_t i = 0; i < 9; i += 2) {
    assert_true(durable_has_state(s, i, i, 100 * KIB));
  }
  store_turn(s);
  for (uint64_t i = 10; i < 15; i++) {
    durable_put_state(s, i, i, 100 * KIB);
  }
  for (uint64_t i = 10; i < 15; i++) {
    assert_true(durable_has_state(s, i, i, 100 * KIB));
  }
  unsigned even = 0;
  unsigned odd = 0;
  for (uint64_t i = 0; i < 9; i++) {
    const bool has = durable_has_state(s, i, i, 100 * KIB);
    even += has && i % 2 == 0;
    odd += has && i % 2 == 1;
  }
  assert_true(even > odd);
  assert_in_range(odd, 0, 1);
  assert_false(durable_has_blob(s, 1));
}

/* Most states are small: then the index is larger than what it holds.  Twice, because removing copies every
 * page of so small an index before the old ones are free. */
static void the_limit_holds_for_the_disk(void **state) {
  (void)state;
  static const size_t lengths[] = {60, 500, 1500, 3000, 9000};
  enum { LIMIT = 2 * MIB, TURNS = 60, PUT_IN_A_TURN = 64 * KIB };
  for (size_t k = 0; k < sizeof lengths / sizeof lengths[0]; k++) {
    durable_fixture f;
    durable_setup(&f);
    store *s = durable_open(&f, LIMIT);
    uint64_t number = 0;
    for (unsigned turn = 0; turn < TURNS; turn++, store_turn(s)) {
      for (size_t put = 0; put < PUT_IN_A_TURN; put += lengths[k] + 200, number++) {
        durable_put_state(s, number, number * 7, lengths[k]);
      }
    }
    durable_close(&f);
    char path[400];
    struct stat info;
    (void)snprintf(path, sizeof path, "%s/index/data.mdb", f.path);
    assert_int_equal(stat(path, &info), 0);
    const uint64_t on_disk = (uint64_t)info.st_blocks * 512;
    if (on_disk > 2 * LIMIT) {
      fail_msg("states of %zu bytes: %llu bytes on disk, allowed were %d", lengths[k],
               (unsigned long long)on_disk, (int)LIMIT);
    }
    durable_teardown(&f);
  }
}

/* The store remembers which blobs it has compared: not those that went. */
static void a_blob_that_went_can_be_put_again(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, MIB);
  for (uint64_t round = 0; round < 3; round++) {
    const digest name = durable_put_blob(s, 1);
    assert_true(durable_has_blob(s, 1));
    store_blob mapped;
    assert_int_equal(store_get(s, &name, &mapped, NULL), STATUS_OK);
    store_turn(s);
    for (uint64_t i = 0; i < 12; i++) {
      durable_put_state(s, 100 * round + i, i, 100 * KIB);
    }
    assert_false(durable_has_blob(s, 1));
    /* Whoever has it mapped keeps it. */
    const uint8_t *bytes = mapped.bytes;
    uint8_t wanted[DURABLE_BLOB_BYTES_MAX];
    assert_int_equal(mapped.length, durable_blob(1, wanted));
    assert_memory_equal(bytes, wanted, mapped.length);
    store_release(&mapped);
    store_turn(s);
  }
}

static void turns_go_on_after_reopening(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, MIB);
  for (uint64_t i = 0; i < 8; i++) {
    store_turn(s);
    durable_put_state(s, i, i, 100 * KIB);
  }
  s = durable_open(f, MIB);
  for (uint64_t i = 10; i < 14; i++) {
    durable_put_state(s, i, i, 100 * KIB);
  }
  assert_false(durable_has_state(s, 0, 0, 100 * KIB));
  assert_true(durable_has_state(s, 7, 7, 100 * KIB));
}

/* ---- Another store ------------------------------------------------------------------------------- */

static void an_attached_store_is_read_and_not_written(void **state) {
  durable_fixture *ours = *state;
  durable_fixture theirs;
  durable_setup(&theirs);
  store *t = durable_open(&theirs, 0);
  store *s = durable_open(ours, 0);
  uint64_t length = 0;
  const digest name = name_of(3, &length);
  durable_put_blob(t, 3);
  assert_false(durable_has_blob(s, 3));
  assert_int_equal(store_attach(s, theirs.path, NULL), STATUS_OK);
  assert_true(durable_has_blob(s, 3));
  assert_true(durable_has_blob(s, 3));
  assert_true(store_has(s, &name, length));
  assert_false(store_has(s, &name, length + 1));
  char path[512];
  durable_blob_path(ours, &name, path, sizeof path);
  assert_int_not_equal(access(path, F_OK), 0);
  int file = -1;
  assert_int_equal(store_get_file(s, &name, &file, NULL), STATUS_OK);
  char byte = 0;
  assert_int_equal(read(file, &byte, 1), 1);
  close(file);
  assert_int_equal(store_attach(s, NULL, NULL), STATUS_OK);
  assert_false(durable_has_blob(s, 3));
  durable_close(ours);
  durable_teardown(&theirs);
}

static void an_altered_blob_of_an_attached_store_is_not_there_and_stays_as_it_is(void **state) {
  durable_fixture *ours = *state;
  durable_fixture theirs;
  durable_setup(&theirs);
  store *t = durable_open(&theirs, 0);
  store *s = durable_open(ours, 0);
  const digest name = durable_put_blob(t, 3);
  char path[512];
  durable_blob_path(&theirs, &name, path, sizeof path);
  FILE *altered = fopen(path, "r+b");
  assert_non_null(altered);
  const int was = fgetc(altered);
  rewind(altered);
  assert_int_equal(fputc(was ^ 1, altered), was ^ 1);
  assert_int_equal(fclose(altered), 0);
  assert_int_equal(store_attach(s, theirs.path, NULL), STATUS_OK);
  assert_false(durable_has_blob(s, 3));
  int file = -1;
  assert_int_equal(store_get_file(s, &name, &file, NULL), STATUS_NOT_FOUND);
  assert_int_equal(access(path, F_OK), 0);
  durable_put_blob(s, 3);
  assert_true(durable_has_blob(s, 3));
  assert_int_equal(store_attach(s, "/nowhere/at/all", NULL), STATUS_IO);
  durable_close(ours);
  durable_teardown(&theirs);
}

static void a_temporary_store_cannot_be_attached_to(void **state) {
  (void)state;
  store *s = NULL;
  assert_int_equal(store_new_temporary(NULL, &s, NULL), STATUS_OK);
  assert_int_equal(store_attach(s, "/tmp", NULL), STATUS_USAGE);
  const digest shard = durable_digest(1);
  assert_false(store_has_partials(s, &shard));
  store_turn(s);
  store_destroy(s);
}

/* ---- What there is ------------------------------------------------------------------------------- */

enum { HELD_STATES = 5, HELD_MAX = 100 };

typedef struct listing {
  digest names[HELD_MAX];
  size_t count;
} listing;

static void list_name(void *context, const digest *name) {
  listing *l = context;
  assert_true(l->count < HELD_MAX);
  l->names[l->count++] = *name;
}

static size_t times_listed(const listing *l, const digest *name) {
  size_t times = 0;
  for (size_t i = 0; i < l->count; i++) {
    times += digest_equal(&l->names[i], name);
  }
  return times;
}

static void expect_held(store *s, const digest *names, size_t count) {
  listing l = {.count = 0};
  store_each_held(s, list_name, &l);
  assert_int_equal(l.count, count);
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(times_listed(&l, &names[i]), 1);
  }
}

static void put_states(store *s, const digest *shard) {
  store_partial states[HELD_STATES];
  for (uint64_t i = 0; i < HELD_STATES; i++) {
    states[i] = (store_partial){*shard, durable_digest(1000 + i), {"state", 5}};
  }
  store_partials_put(s, states, HELD_STATES);
}

static void what_it_has_states_or_bytes_of_is_listed_once(void **state) {
  durable_fixture *f = *state;
  digest names[HELD_MAX];
  size_t count = 0;
  store *s = durable_open(f, 0);
  for (uint64_t i = 0; i < 40; i++) {
    names[count++] = durable_put_blob(s, i);
    if (i % 2 == 0) {
      put_states(s, &names[i]);
    }
  }
  for (uint64_t i = 0; i < 40; i++) { /* of these it has states alone */
    names[count++] = durable_digest(i);
    put_states(s, &names[count - 1]);
  }
  expect_held(s, names, count);
  s = durable_open(f, 0);
  expect_held(s, names, count);
}

/* The next name is looked for behind all keys of this one. */
static void shards_whose_names_are_neighbours_are_all_listed(void **state) {
  durable_fixture *f = *state;
  digest names[5] = {{{0}}};
  names[1].bytes[31] = 0xFE;
  names[2].bytes[31] = 0xFF;
  names[3].bytes[30] = 1;
  memset(names[4].bytes, 0xFF, DIGEST_BYTES);
  store *s = durable_open(f, 0);
  for (size_t i = 0; i < 5; i++) {
    put_states(s, &names[i]);
  }
  expect_held(s, names, 5);
}

static void what_was_used_last_is_listed_first(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  digest names[11];
  names[10] = durable_put_blob(s, 1);
  for (uint64_t i = 10; i-- > 0;) {
    names[i] = durable_digest(i);
    put_states(s, &names[i]);
    store_turn(s);
  }
  listing l = {.count = 0};
  store_each_held(s, list_name, &l);
  assert_int_equal(l.count, 11);
  assert_memory_equal(l.names, names, sizeof names);
}

static void it_knows_of_which_shards_it_has_partials(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  for (uint64_t i = 0; i < 40; i += 2) {
    durable_put_state(s, i, 1000 + i, 10);
  }
  for (uint64_t i = 0; i < 40; i++) {
    const digest shard = durable_digest(i);
    assert_int_equal(store_has_partials(s, &shard), i % 2 == 0);
  }
}

/* ---- Names that were seen ------------------------------------------------------------------------ */

enum { NAMES = 300 };

/* Names that fall on few places of the table, so that they stand in each other's way. */
static digest crowded(seeded *r) {
  digest d = {{0}};
  d.bytes[0] = (uint8_t)(250 + seeded_below(r, 8));
  d.bytes[8] = (uint8_t)seeded_below(r, NAMES / 8);
  d.bytes[31] = 1;
  return d;
}

static void names_are_remembered_and_forgotten_exactly(void **state) {
  (void)state;
  const uint64_t seed = seeded_seed();
  seeded r = {seed};
  digest names[NAMES];
  bool is_in[NAMES] = {false};
  seen_set s;
  seen_init(&s);
  for (size_t i = 0; i < NAMES; i++) {
    names[i] = crowded(&r);
  }
  for (unsigned step = 0; step < 20000; step++) {
    const digest *chosen = &names[seeded_below(&r, NAMES)];
    const bool adds = seeded_below(&r, 2) == 0;
    (adds ? seen_add : seen_remove)(&s, chosen);
    for (size_t i = 0; i < NAMES; i++) {
      is_in[i] = digest_equal(&names[i], chosen) ? adds : is_in[i];
    }
    const size_t probed = seeded_below(&r, NAMES);
    if (seen_has(&s, &names[probed]) != is_in[probed]) {
      fail_msg("seed %llu, step %u", (unsigned long long)seed, step);
    }
  }
  for (size_t i = 0; i < NAMES; i++) {
    assert_int_equal(seen_has(&s, &names[i]), is_in[i]);
  }
  seen_clear(&s);
  assert_false(seen_has(&s, &names[0]));
  seen_fini(&s);
}

/* ---- Threads ------------------------------------------------------------------------------------- */

enum { THREADS = 3, ROUNDS = 60 };

typedef struct crowd {
  store *s;
  const char *other;
} crowd;

static void *use(void *argument) {
  const crowd *c = argument;
  for (uint64_t i = 0; i < ROUNDS; i++) {
    const digest name = durable_put_blob(c->s, i % 20);
    const digest shard = durable_digest(i);
    store_blob blob;
    if (store_get(c->s, &name, &blob, NULL) == STATUS_OK) {
      store_release(&blob);
    }
    durable_put_state(c->s, i, i, 20 * KIB);
    (void)store_has_partials(c->s, &shard);
  }
  return NULL;
}

static void turns_and_attaching_do_not_disturb_others(void **state) {
  durable_fixture *ours = *state;
  durable_fixture theirs;
  durable_setup(&theirs);
  store *t = durable_open(&theirs, 0);
  durable_put_blob(t, 3);
  crowd c = {durable_open(ours, MIB), theirs.path};
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) {
    assert_int_equal(pthread_create(&threads[i], NULL, use, &c), 0);
  }
  for (int i = 0; i < ROUNDS; i++) {
    store_turn(c.s);
    assert_int_equal(store_attach(c.s, i % 2 == 0 ? c.other : NULL, NULL), STATUS_OK);
    (void)durable_has_blob(c.s, 3);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
  }
  assert_int_equal(ours->warnings, 0);
  durable_close(ours);
  durable_teardown(&theirs);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      durable_unit_test(what_an_earlier_turn_used_goes_while_the_store_is_open),
      cmocka_unit_test(the_limit_holds_for_the_disk),
      durable_unit_test(a_blob_that_went_can_be_put_again),
      durable_unit_test(turns_go_on_after_reopening),
      durable_unit_test(an_attached_store_is_read_and_not_written),
      durable_unit_test(an_altered_blob_of_an_attached_store_is_not_there_and_stays_as_it_is),
      cmocka_unit_test(a_temporary_store_cannot_be_attached_to),
      durable_unit_test(what_it_has_states_or_bytes_of_is_listed_once),
      durable_unit_test(shards_whose_names_are_neighbours_are_all_listed),
      durable_unit_test(what_was_used_last_is_listed_first),
      durable_unit_test(it_knows_of_which_shards_it_has_partials),
      cmocka_unit_test(names_are_remembered_and_forgotten_exactly),
      durable_unit_test(turns_and_attaching_do_not_disturb_others),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
