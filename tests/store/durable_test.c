/* The durable store: what was put comes back after reopening, whole; least recently used goes first; what was
 * altered is named and treated as absent; one process at a time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/place.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/store/durable_store.h"

enum { BLOBS = 50, KIB = 1024, MIB = 1024 * 1024 };

static void what_was_put_comes_back_after_reopening(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  const digest key = durable_digest(77);
  for (uint64_t i = 0; i < BLOBS; i++) {
    durable_put_blob(s, i);
    durable_put_state(s, i, i + 1, 100 * (size_t)i);
  }
  store_record_put(s, &key, "a record", 8);
  s = durable_open(f, 0);
  for (uint64_t i = 0; i < BLOBS; i++) {
    assert_true(durable_has_blob(s, i));
    assert_true(durable_has_state(s, i, i + 1, 100 * (size_t)i));
    assert_false(durable_has_state(s, i, i, 1));
  }
  buf record;
  buf_init(&record);
  assert_true(store_record_get(s, &key, &record));
  assert_int_equal(record.length, 8);
  assert_memory_equal(record.data, "a record", 8);
  buf_fini(&record);
  assert_false(durable_has_blob(s, BLOBS + 1));
  assert_int_equal(f->warnings, 0);
}

static void the_index_grows_past_its_first_map(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  for (uint64_t i = 0; i < 10; i++) {
    durable_put_state(s, i, i, 5 * MIB);
  }
  durable_put_state(s, 10, 10, 30 * MIB);
  s = durable_open(f, 0);
  for (uint64_t i = 0; i < 10; i++) {
    assert_true(durable_has_state(s, i, i, 5 * MIB));
  }
  assert_true(durable_has_state(s, 10, 10, 30 * MIB));
  assert_int_equal(f->warnings, 0);
}

static void what_was_not_used_for_longest_goes_first(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, MIB);
  for (uint64_t i = 0; i < 8; i++) {
    durable_put_state(s, i, i, 100 * KIB);
  }
  durable_put_blob(s, 1);
  durable_close(f);
  /* The even ones are used again. */
  s = durable_open(f, MIB);
  for (uint64_t i = 0; i < 8; i += 2) {
    assert_true(durable_has_state(s, i, i, 100 * KIB));
  }
  s = durable_open(f, MIB);
  for (uint64_t i = 10; i < 15; i++) {
    durable_put_state(s, i, i, 100 * KIB);
  }
  for (uint64_t i = 0; i < 8; i += 2) {
    assert_true(durable_has_state(s, i, i, 100 * KIB));
  }
  unsigned odd = 0;
  for (uint64_t i = 1; i < 8; i += 2) {
    odd += durable_has_state(s, i, i, 100 * KIB);
  }
  assert_in_range(odd, 0, 1);
}

static void what_the_running_job_uses_stays(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, MIB);
  for (uint64_t i = 0; i < BLOBS; i++) {
    durable_put_blob(s, i);
    durable_put_state(s, i, i, 100 * KIB);
  }
  for (uint64_t i = 0; i < BLOBS; i++) {
    assert_true(durable_has_blob(s, i));
    assert_true(durable_has_state(s, i, i, 100 * KIB));
  }
  durable_close(f);
  /* The next job uses little: what is too much goes, blobs and states alike. */
  s = durable_open(f, MIB);
  durable_put_state(s, 1000, 1000, 10);
  unsigned states = 0;
  for (uint64_t i = 0; i < BLOBS; i++) {
    states += durable_has_state(s, i, i, 100 * KIB);
  }
  assert_in_range(states, 0, 10);
}

static void alter(const char *path, long offset) {
  FILE *file = fopen(path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, offset, SEEK_SET), 0);
  const int was = fgetc(file);
  assert_int_equal(fseek(file, offset, SEEK_SET), 0);
  assert_int_equal(fputc(was ^ 0x40, file), was ^ 0x40);
  assert_int_equal(fclose(file), 0);
}

static void an_altered_blob_is_named_and_set_aside(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  const digest name = durable_put_blob(s, 3);
  durable_close(f);
  char path[512];
  char hex[DIGEST_HEX_BYTES];
  durable_blob_path(f, &name, path, sizeof path);
  digest_hex(&name, hex);
  alter(path, 5);
  s = durable_open(f, 0);
  assert_false(durable_has_blob(s, 3));
  assert_int_equal(f->warnings, 1);
  assert_contains(f->warning, hex);
  assert_int_not_equal(access(path, F_OK), 0);
  snprintf(path, sizeof path, "%s/aside/%s", f->path, hex);
  assert_int_equal(access(path, F_OK), 0);
  durable_put_blob(s, 3);
  assert_true(durable_has_blob(s, 3));
}

static void putting_makes_an_altered_blob_good(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  const digest name = durable_put_blob(s, 3);
  durable_close(f);
  char path[512];
  durable_blob_path(f, &name, path, sizeof path);
  alter(path, 5);
  s = durable_open(f, 0);
  durable_put_blob(s, 3);
  assert_int_equal(f->warnings, 1);
  assert_true(durable_has_blob(s, 3));
}

static void a_blob_that_was_cut_off_is_not_there(void **state) {
  durable_fixture *f = *state;
  store *s = durable_open(f, 0);
  const digest name = durable_put_blob(s, 3);
  uint8_t bytes[DURABLE_BLOB_BYTES_MAX];
  const size_t length = durable_blob(3, bytes);
  assert_true(store_has(s, &name, length));
  durable_close(f);
  char path[512];
  durable_blob_path(f, &name, path, sizeof path);
  assert_int_equal(truncate(path, 10), 0);
  s = durable_open(f, 0);
  assert_false(store_has(s, &name, length));
  assert_int_equal(f->warnings, 1);
}

static void a_second_process_is_refused_and_told_who_has_it(void **state) {
  durable_fixture *f = *state;
  durable_open(f, 0);
  char holder[32];
  snprintf(holder, sizeof holder, "process %ld", (long)getpid());
  const pid_t child = fork();
  if (child == 0) {
    const store_options options = {0};
    store *second = NULL;
    error err;
    const status st = store_open(f->path, &options, &second, &err);
    _exit(st == STATUS_IO && strstr(err.message, holder) != NULL ? 0 : 1);
  }
  int ended = 0;
  assert_int_equal(waitpid(child, &ended, 0), child);
  assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  durable_open(f, 0);
}

static void expect_refusal(durable_fixture *f, status wanted, const char *words) {
  const store_options options = durable_options(f, 0);
  store *s = NULL;
  error err;
  const status st = store_open(f->path, &options, &s, &err);
  if (st != wanted || strstr(err.message, words) == NULL) {
    fail_msg("status %d, \"%s\" instead of \"...%s...\"", (int)st, st == STATUS_OK ? "" : err.message, words);
  }
}

static void a_directory_of_other_things_is_refused(void **state) {
  durable_fixture *f = *state;
  char path[512];
  assert_int_equal(mkdir(f->path, 0700), 0);
  process_write_file(f->path, "thesis.odt", "x", 1, path, sizeof path);
  expect_refusal(f, STATUS_USAGE, "it holds \"thesis.odt\"");
  assert_int_equal(unlink(path), 0);
  assert_int_equal(rmdir(f->path), 0);
  process_write_file(f->directory, "store", "x", 1, path, sizeof path);
  expect_refusal(f, STATUS_USAGE, "cannot open the store");
}

static void network_file_systems_are_known(void **state) {
  (void)state;
  assert_string_equal(place_network_name(0x6969), "NFS");
  assert_string_equal(place_network_name(0x0BD00BD0), "Lustre");
  assert_null(place_network_name(0xEF53));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      durable_unit_test(what_was_put_comes_back_after_reopening),
      durable_unit_test(the_index_grows_past_its_first_map),
      durable_unit_test(what_was_not_used_for_longest_goes_first),
      durable_unit_test(what_the_running_job_uses_stays),
      durable_unit_test(an_altered_blob_is_named_and_set_aside),
      durable_unit_test(putting_makes_an_altered_blob_good),
      durable_unit_test(a_blob_that_was_cut_off_is_not_there),
      durable_unit_test(a_second_process_is_refused_and_told_who_has_it),
      durable_unit_test(a_directory_of_other_things_is_refused),
      cmocka_unit_test(network_file_systems_are_known),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
