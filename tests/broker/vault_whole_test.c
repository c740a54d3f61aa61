/* The vault: what is whole, found again, compared with its name, referred to and removed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/broker/vault_fixture.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

enum { BLOBS = 40, OPERATIONS = 3000, DAY_S = VAULT_KEPT_S + 100 };

static void what_was_put_is_there_after_reopening(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  digest given;
  for (uint64_t i = 0; i < BLOBS; i++) {
    const size_t length = vault_blob(i, bytes, &name);
    assert_false(vault_has(v, &name, NULL));
    assert_int_equal(vault_put(v, bytes, length, &given, NULL), STATUS_OK);
    assert_true(digest_equal(&name, &given));
    assert_int_equal(i % 3 == 0 ? vault_sync(v, NULL) : STATUS_OK, STATUS_OK);
  }
  assert_int_equal(vault_sync(v, NULL), STATUS_OK);
  v = vault_fixture_open(f);
  for (uint64_t i = 0; i < BLOBS; i++) {
    uint64_t size = 0;
    const size_t length = vault_blob(i, bytes, &name);
    assert_true(vault_has(v, &name, &size));
    assert_int_equal(size, length);
    vault_assert_there(v, i);
  }
  assert_int_equal(f->warnings, 0);
}

static void an_unknown_blob_is_not_found_and_named(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  const digest name = {{0xab, 0xcd}};
  store_blob blob;
  error err;
  assert_int_equal(vault_get(v, &name, &blob, &err), STATUS_NOT_FOUND);
  assert_contains(err.message, "abcd00");
}

static void the_probe_is_new_at_each_start_and_stands_in_its_file(void **state) {
  vault_fixture *f = *state;
  uint8_t before[VAULT_PROBE_BYTES] = {0};
  for (int i = 0; i < 3; i++) {
    vault *v = vault_fixture_open(f);
    char path[FIXTURE_PATH_BYTES];
    size_t length = 0;
    snprintf(path, sizeof path, "%s/probe", vault_directory(v));
    assert_int_equal(path[0], '/');
    char *content = process_read_file(path, &length);
    assert_int_equal(length, VAULT_PROBE_BYTES);
    assert_memory_equal(content, vault_probe(v), VAULT_PROBE_BYTES);
    assert_memory_not_equal(content, before, VAULT_PROBE_BYTES);
    memcpy(before, content, VAULT_PROBE_BYTES);
    free(content);
    vault_fixture_close(f);
  }
}

static void a_blob_that_was_altered_is_named_and_set_aside_and_can_come_anew(void **state) {
  vault_fixture *f = *state;
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  for (int kind = 0; kind < 3; kind++) {
    vault *v = vault_fixture_open(f);
    const size_t length = vault_put_blob(v, 7, bytes, &name);
    vault_fixture_close(f);
    char path[FIXTURE_PATH_BYTES];
    vault_path(f, "blobs", &name, path);
    bytes[length / 2] ^= kind == 0;
    vault_write_at(path, bytes, kind == 0 ? length : kind == 1 ? length - 1 : 0);
    v = vault_fixture_open(f);
    f->warnings = 0;
    store_blob blob;
    assert_int_equal(vault_get(v, &name, &blob, NULL), STATUS_NOT_FOUND);
    assert_int_equal(f->warnings, 1);
    char hex[DIGEST_HEX_BYTES];
    digest_hex(&name, hex);
    assert_contains(f->warning, hex);
    assert_contains(f->warning, "aside");
    assert_true(vault_file_is_there(f, "aside", &name));
    assert_false(vault_has(v, &name, NULL));
    vault_send(v, 7, 1000);
    vault_assert_there(v, 7);
    vault_fixture_close(f);
  }
}

/* Cut off or removed while it was in use: it is not served. */
static void a_blob_that_changes_under_the_running_broker_is_noticed_by_its_size(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  char path[FIXTURE_PATH_BYTES];
  const size_t length = vault_put_blob(v, 9, bytes, &name);
  vault_path(f, "blobs", &name, path);
  assert_int_equal(truncate(path, (off_t)length / 2), 0);
  store_blob blob;
  assert_int_equal(vault_get(v, &name, &blob, NULL), STATUS_NOT_FOUND);
  assert_int_equal(f->warnings, 1);
  assert_int_equal(vault_put(v, bytes, length, &name, NULL), STATUS_OK);
  assert_int_equal(unlink(path), 0);
  assert_false(vault_has(v, &name, NULL));
  assert_int_equal(f->warnings, 1);
}

static void only_a_fresh_or_own_directory_is_taken(void **state) {
  vault_fixture *f = *state;
  const vault_options options = vault_fixture_options(f);
  error err;
  vault *v = NULL;
  store *s = NULL;
  /* Somebody's documents. */
  assert_int_equal(mkdir(f->path, 0777), 0);
  char document[FIXTURE_PATH_BYTES];
  snprintf(document, sizeof document, "%s/thesis.txt", f->path);
  vault_write_at(document, "x", 1);
  assert_int_equal(vault_open(f->path, &options, &v, &err), STATUS_USAGE);
  assert_contains(err.message, "thesis.txt");
  assert_int_equal(unlink(document), 0);
  /* A broker's, twice at once, and as the store of a worker. */
  v = vault_fixture_open(f);
  vault *second = NULL;
  assert_int_equal(vault_open(f->path, &options, &second, &err), STATUS_IO);
  assert_contains(err.message, "in use");
  vault_fixture_close(f);
  const store_options cache = {0};
  assert_int_equal(store_open(f->path, &cache, &s, &err), STATUS_USAGE);
  assert_contains(err.message, "broker");
  /* The store of a worker as a broker's. */
  char other[FIXTURE_PATH_BYTES];
  snprintf(other, sizeof other, "%s/cache", f->directory);
  assert_int_equal(store_open(other, &cache, &s, &err), STATUS_OK);
  store_destroy(s);
  assert_int_equal(vault_open(other, &options, &v, &err), STATUS_USAGE);
  assert_contains(err.message, "worker");
}

static void what_only_its_owner_may_write_is_so(void **state) {
  vault_fixture *f = *state;
  vault_fixture_open(f);
  vault_fixture_close(f);
  char path[FIXTURE_PATH_BYTES];
  struct stat info;
  snprintf(path, sizeof path, "%s/hand-in", f->path);
  assert_int_equal(stat(path, &info), 0);
  assert_int_equal(info.st_mode & 0777, 0700);
}

/* ---- References ---------------------------------------------------------------------------------- */

static void what_is_referred_to_stays_and_goes_with_the_last_reference(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  const size_t length = vault_blob(3, bytes, &name);
  assert_int_equal(vault_refer(v, &name, NULL), STATUS_OK); /* before it is there */
  assert_int_equal(vault_put(v, bytes, length, &name, NULL), STATUS_OK);
  assert_int_equal(vault_refer(v, &name, NULL), STATUS_OK);
  assert_int_equal(vault_tidy_all(v, vault_now() + DAY_S), 0);
  vault_release(v, &name);
  assert_int_equal(vault_tidy_all(v, vault_now() + 2 * DAY_S), 0);
  assert_true(vault_has(v, &name, NULL));
  vault_release(v, &name);
  assert_int_equal(vault_tidy_all(v, vault_now() + 2 * DAY_S), 1);
  assert_false(vault_has(v, &name, NULL));
  assert_int_equal(vault_tidy_all(v, vault_now() + 2 * DAY_S), 0);
}

static void a_blob_that_was_offered_again_outlives_its_last_reference_for_a_day(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  const size_t length = vault_put_blob(v, 3, bytes, &name);
  assert_int_equal(vault_refer(v, &name, NULL), STATUS_OK);
  uint64_t offset = vault_begin(v, &name, length);
  assert_int_equal(offset, length);
  vault_release(v, &name);
  (void)vault_tidy_all(v, vault_now());
  assert_true(vault_has(v, &name, NULL));
  (void)vault_tidy_all(v, vault_now() + DAY_S);
  assert_false(vault_has(v, &name, NULL));
}

static void what_nobody_refers_to_goes_after_a_day(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  const size_t whole = vault_blob(1, bytes, &name);
  assert_int_equal(vault_put(v, bytes, whole, &name, NULL), STATUS_OK);
  digest begun;
  const size_t length = vault_blob(2, bytes, &begun);
  uint64_t offset = vault_begin(v, &begun, length);
  offset = vault_take(v, &begun, length, 0, bytes, 10);
  digest handed;
  char path[FIXTURE_PATH_BYTES];
  vault_blob(4, bytes, &handed);
  vault_path(f, "hand-in", &handed, path);
  vault_write_at(path, bytes, 10);
  assert_int_equal(vault_tidy_all(v, vault_now() + 100), 0);
  assert_true(vault_has(v, &name, NULL));
  assert_int_equal(vault_tidy_all(v, vault_now() + DAY_S), 3);
  assert_false(vault_has(v, &name, NULL));
  assert_int_equal(vault_partly_files(f), 0);
  assert_false(vault_file_is_there(f, "hand-in", &handed));
  /* The one that was being received is no longer: it must be offered again. */
  assert_int_equal(vault_chunk(v, &begun, length, 10, bytes, 10, &offset, NULL), STATUS_NOT_FOUND);
  vault_send(v, 2, 100);
  vault_assert_there(v, 2);
}

/* ---- Step by step ------------------------------------------------------------------------------- */

enum { MANY = 300, STEP = 7 };

static void put_many(vault *v, digest *names) {
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  for (uint64_t i = 0; i < MANY; i++) {
    (void)vault_put_blob(v, i, bytes, &names[i]);
  }
}

/* Then nothing refers to them any more. */
static void put_and_let_go(vault *v, digest *names) {
  put_many(v, names);
  for (size_t i = 0; i < MANY; i++) {
    assert_int_equal(vault_refer(v, &names[i], NULL), STATUS_OK);
    vault_release(v, &names[i]);
  }
}

static size_t count_there(const vault_fixture *f, const digest *names) {
  size_t count = 0;
  for (size_t i = 0; i < MANY; i++) {
    count += vault_file_is_there(f, "blobs", &names[i]);
  }
  return count;
}

static void no_step_of_tidying_removes_more_than_it_may(void **state) {
  vault_fixture *f = *state;
  digest names[MANY];
  vault *v = vault_fixture_open(f);
  put_and_let_go(v, names);
  uint64_t removed = 0;
  bool more = true;
  for (size_t left = MANY; left > 0;) {
    assert_true(more);
    removed = 0;
    more = vault_tidy(v, vault_now(), STEP, &removed);
    assert_int_equal(removed, left < STEP ? left : STEP);
    left -= removed;
    assert_int_equal(count_there(f, names), left);
  }
  while (vault_tidy(v, vault_now(), STEP, &removed)) { /* the rest of the walk */
  }
  assert_false(vault_tidy(v, vault_now(), STEP, &removed));
}

/* As when the broker dies: what the list says is lost with it. */
static void what_a_crash_left_to_remove_goes_a_day_after_it_came(void **state) {
  vault_fixture *f = *state;
  digest names[MANY];
  vault *v = vault_fixture_open(f);
  put_and_let_go(v, names);
  uint64_t removed = 0;
  assert_true(vault_tidy(v, vault_now(), STEP, &removed));
  v = vault_fixture_open(f);
  assert_int_equal(vault_refer(v, &names[MANY - 1], NULL), STATUS_OK); /* a job still needs it */
  assert_int_equal(vault_tidy_all(v, vault_now()), 0);
  uint64_t most = 0;
  uint64_t after = 0;
  for (bool more = true; more; most = after > most ? after : most) {
    after = 0;
    more = vault_tidy(v, vault_now() + DAY_S, STEP, &after);
  }
  assert_int_equal(most, STEP);
  assert_int_equal(count_there(f, names), 1);
}

/* ---- Any operations, against a plain model ------------------------------------------------------- */

typedef struct model {
  vault_fixture f;
  vault *v;
  seeded r;
  bool there[BLOBS], wanted[BLOBS], released[BLOBS];
  unsigned references[BLOBS];
} model;

static void do_put(model *m, uint64_t i) {
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  const size_t length = vault_blob(i, bytes, &name);
  if (seeded_below(&m->r, 2) == 0) {
    assert_int_equal(vault_put(m->v, bytes, length, &name, NULL), STATUS_OK);
  } else {
    vault_send(m->v, i, 1 + seeded_below(&m->r, FIXTURE_BLOB_BYTES_MAX));
  }
  m->there[i] = true;
  m->wanted[i] = true;
}

static void do_refer(model *m, uint64_t i) {
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  vault_blob(i, bytes, &name);
  assert_int_equal(vault_refer(m->v, &name, NULL), STATUS_OK);
  m->references[i]++;
  m->wanted[i] = false;
}

static void do_release(model *m, uint64_t i) {
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  vault_blob(i, bytes, &name);
  vault_release(m->v, &name);
  if (m->references[i] > 0 && --m->references[i] == 0) {
    m->released[i] = true;
  }
}

static void do_tidy(model *m, uint64_t i) {
  (void)i;
  (void)vault_tidy_all(m->v, vault_now());
  for (int b = 0; b < BLOBS; b++) {
    if (m->released[b] && m->references[b] == 0 && !m->wanted[b]) {
      m->there[b] = false;
    }
    m->released[b] = false;
  }
}

static void do_sync(model *m, uint64_t i) {
  (void)i;
  assert_int_equal(vault_sync(m->v, NULL), STATUS_OK);
}

/* The next process knows no references until they are given. */
static void do_reopen(model *m, uint64_t i) {
  (void)i;
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  m->v = vault_fixture_open(&m->f);
  for (uint64_t b = 0; b < BLOBS; b++) {
    digest name;
    vault_blob(b, bytes, &name);
    m->wanted[b] = m->wanted[b] && m->references[b] == 0;
    m->released[b] = false;
    for (unsigned n = 0; n < m->references[b]; n++) {
      assert_int_equal(vault_refer(m->v, &name, NULL), STATUS_OK);
    }
  }
}

static void check(model *m, uint64_t i) {
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  uint64_t size = 0;
  const size_t length = vault_blob(i, bytes, &name);
  assert_int_equal(vault_has(m->v, &name, &size), m->there[i]);
  if (m->there[i]) {
    assert_int_equal(size, length);
    vault_assert_there(m->v, i);
  }
}

static void any_operations_leave_what_a_plain_model_says(void **state) {
  (void)state;
  static const struct {
    unsigned weight;
    void (*run)(model *m, uint64_t i);
  } operations[] = {{30, do_put}, {25, do_refer}, {30, do_release}, {5, do_tidy},
                    {3, do_sync}, {1, do_reopen}, {30, check}};
  model m = {.r = {seeded_seed()}};
  vault_setup(&m.f);
  m.v = vault_fixture_open(&m.f);
  for (int n = 0; n < OPERATIONS; n++) {
    uint64_t pick = seeded_below(&m.r, 124);
    size_t k = 0;
    for (; pick >= operations[k].weight; k++) {
      pick -= operations[k].weight;
    }
    operations[k].run(&m, seeded_below(&m.r, BLOBS));
  }
  for (uint64_t i = 0; i < BLOBS; i++) {
    check(&m, i);
  }
  assert_int_equal(m.f.warnings, 0);
  vault_teardown(&m.f);
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      vault_unit_test(what_was_put_is_there_after_reopening),
      vault_unit_test(an_unknown_blob_is_not_found_and_named),
      vault_unit_test(the_probe_is_new_at_each_start_and_stands_in_its_file),
      vault_unit_test(a_blob_that_was_altered_is_named_and_set_aside_and_can_come_anew),
      vault_unit_test(a_blob_that_changes_under_the_running_broker_is_noticed_by_its_size),
      vault_unit_test(only_a_fresh_or_own_directory_is_taken),
      vault_unit_test(what_only_its_owner_may_write_is_so),
      vault_unit_test(what_is_referred_to_stays_and_goes_with_the_last_reference),
      vault_unit_test(a_blob_that_was_offered_again_outlives_its_last_reference_for_a_day),
      vault_unit_test(what_nobody_refers_to_goes_after_a_day),
      vault_unit_test(no_step_of_tidying_removes_more_than_it_may),
      vault_unit_test(what_a_crash_left_to_remove_goes_a_day_after_it_came),
      cmocka_unit_test(any_operations_leave_what_a_plain_model_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
