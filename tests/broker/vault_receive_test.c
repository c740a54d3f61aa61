/* The vault: blobs that come in chunks, and files that are handed in. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tests/broker/vault_fixture.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

enum { ROUNDS = 60, LARGE_BYTES = 20 << 20, CHUNK_BYTES = 1 << 20 };

/* Chunks in any order, repeated, with restarts in between: they make the blob, and nothing else. */
static void chunks_out_of_order_repeated_and_across_restarts_make_the_blob(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  seeded r = {seeded_seed()};
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  for (uint64_t i = 0; i < ROUNDS; i++) {
    uint64_t next = 0;
    const size_t length = vault_blob(i, bytes, &name);
    const size_t chunk = 1 + seeded_below(&r, length / 4 + 1);
    next = vault_begin(v, &name, length);
    while (next < length) {
      /* The chunk that is asked for, or another one. */
      const bool wrong = seeded_below(&r, 3) == 0;
      const uint64_t at = wrong ? seeded_below(&r, length) : next;
      const size_t some = length - at < chunk ? length - (size_t)at : chunk;
      const uint64_t expected = at == next ? next + some : next;
      assert_false(vault_has(v, &name, NULL));
      next = vault_take(v, &name, length, at, bytes + at, some);
      assert_int_equal(next, expected);
      if (seeded_below(&r, 20) == 0) {
        v = vault_fixture_open(f);
        next = vault_begin(v, &name, length);
        assert_int_equal(next, expected);
      }
    }
    vault_assert_there(v, i);
    assert_int_equal(vault_partly_files(f), 0);
    /* A chunk that comes late, and another offer. */
    if (length > 0) {
      next = vault_take(v, &name, length, 0, bytes, 1);
      assert_int_equal(next, length);
    }
    next = vault_begin(v, &name, length);
    assert_int_equal(next, length);
  }
  assert_int_equal(vault_sync(v, NULL), STATUS_OK);
  assert_int_equal(f->warnings, 0);
}

/* Hashing goes on over the part that was there before: more than one chunk's share of it. */
static void a_large_blob_is_taken_up_after_a_restart(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t *bytes = malloc(LARGE_BYTES);
  assert_non_null(bytes);
  seeded r = {seeded_seed()};
  for (size_t i = 0; i < LARGE_BYTES; i += 8) {
    const uint64_t word = seeded_next(&r);
    memcpy(bytes + i, &word, sizeof word);
  }
  digest name;
  assert_int_equal(digest_of(bytes, LARGE_BYTES, &name, NULL), STATUS_OK);
  uint64_t next = vault_begin(v, &name, LARGE_BYTES);
  for (int restarts = 0; next < LARGE_BYTES;) {
    const size_t some = LARGE_BYTES - next < CHUNK_BYTES - 7 ? LARGE_BYTES - (size_t)next : CHUNK_BYTES - 7;
    next = vault_take(v, &name, LARGE_BYTES, next, bytes + next, some);
    if (next > LARGE_BYTES / 8 * (restarts == 0 ? 7 : 9)) {
      restarts++;
      v = vault_fixture_open(f);
      const uint64_t before = next;
      next = vault_begin(v, &name, LARGE_BYTES);
      assert_int_equal(next, before);
    }
  }
  store_blob blob;
  assert_int_equal(vault_get(v, &name, &blob, NULL), STATUS_OK);
  assert_int_equal(blob.length, LARGE_BYTES);
  assert_memory_equal(blob.bytes, bytes, LARGE_BYTES);
  store_release(&blob);
  free(bytes);
}

/* So that the broker is never busy with one of them for long. */
static void a_large_blob_is_compared_a_part_at_a_time(void **state) {
  enum { PARTS = (LARGE_BYTES + VAULT_COMPARED_BYTES - 1) / VAULT_COMPARED_BYTES };
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t *bytes = calloc(LARGE_BYTES, 1);
  assert_non_null(bytes);
  for (int kind = 0; kind < 4; kind++) { /* handed in, or its last chunk comes; right or wrong */
    const bool is_handed_in = kind % 2 == 0;
    const bool is_right = kind / 2 == 0;
    char path[FIXTURE_PATH_BYTES];
    digest name;
    uint64_t next = 0;
    bytes[0] = (uint8_t)kind;
    assert_int_equal(digest_of(bytes, LARGE_BYTES, &name, NULL), STATUS_OK);
    bytes[1] = !is_right;
    if (is_handed_in) {
      vault_path(f, "hand-in", &name, path);
      vault_write_at(path, bytes, LARGE_BYTES);
      next = vault_begin(v, &name, LARGE_BYTES);
    } else {
      vault_partly_at(f, &name, LARGE_BYTES, path);
      vault_write_at(path, bytes, LARGE_BYTES - CHUNK_BYTES);
      next = vault_begin(v, &name, LARGE_BYTES);
      assert_int_equal(next, LARGE_BYTES - CHUNK_BYTES);
      next = vault_take(v, &name, LARGE_BYTES, next, bytes + next, CHUNK_BYTES);
    }
    for (int part = 1; part < PARTS; part++) {
      assert_int_equal(next, LARGE_BYTES);
      assert_false(vault_has(v, &name, NULL));
      next = vault_begin(v, &name, LARGE_BYTES);
    }
    assert_int_equal(next, is_right ? LARGE_BYTES : 0);
    assert_int_equal(vault_has(v, &name, NULL), is_right);
    assert_int_equal(f->warnings, is_handed_in && !is_right);
    f->warnings = 0;
    bytes[1] = 0;
  }
  free(bytes);
}

static void what_is_not_what_its_name_says_is_dropped_and_begins_anew(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  error err;
  const size_t length = vault_blob(5, bytes, &name);
  uint64_t next = vault_begin(v, &name, length);
  next = vault_take(v, &name, length, 0, bytes, length / 2);
  bytes[length - 1] ^= 1;
  assert_int_equal(vault_chunk(v, &name, length, next, bytes + next, length - (size_t)next, &next, &err),
                   STATUS_CORRUPT);
  assert_int_equal(next, 0);
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&name, hex);
  assert_contains(err.message, hex);
  assert_false(vault_has(v, &name, NULL));
  assert_int_equal(vault_partly_files(f), 0);
  vault_send(v, 5, 333);
  vault_assert_there(v, 5);
}

static void more_bytes_than_were_offered_are_not_taken(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  const size_t length = vault_blob(5, bytes, &name);
  uint64_t next = vault_begin(v, &name, length - 1);
  assert_int_equal(vault_chunk(v, &name, length - 1, 0, bytes, length, &next, NULL), STATUS_CORRUPT);
  assert_false(vault_has(v, &name, NULL));
  /* A size that is too small, but all bytes of it. */
  next = vault_begin(v, &name, length - 1);
  assert_int_equal(vault_chunk(v, &name, length - 1, 0, bytes, length - 1, &next, NULL), STATUS_CORRUPT);
  assert_int_equal(vault_receive(v, &name, 0, &next, NULL), STATUS_CORRUPT);
  vault_send(v, 5, 100);
  vault_assert_there(v, 5);
}

/* What came of the right one stays, whatever others say and send, before and after. */
static void an_offer_of_another_size_does_not_touch_the_right_one(void **state) {
  static const size_t sizes[] = {50, FIXTURE_BLOB_BYTES_MAX * 2, 0};
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  const size_t length = vault_blob(5, bytes, &name);
  uint64_t next = vault_begin(v, &name, length);
  next = vault_take(v, &name, length, 0, bytes, 100);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    uint64_t other = 7;
    assert_int_equal(vault_receive(v, &name, sizes[i], &other, NULL),
                     sizes[i] > 0 ? STATUS_OK : STATUS_CORRUPT);
    assert_int_equal(other, 0);
    if (sizes[i] > 0) {
      other = vault_take(v, &name, sizes[i], 0, "no beginning of it", 18);
      assert_int_equal(other, 18);
    }
  }
  assert_int_equal(vault_chunk(v, &name, 50, 18, bytes, 32, &(uint64_t){0}, NULL), STATUS_CORRUPT);
  v = vault_fixture_open(f);
  next = vault_begin(v, &name, sizes[1]);
  assert_int_equal(next, 18);
  next = vault_begin(v, &name, length);
  assert_int_equal(next, 100);
  while (next < length) {
    next = vault_take(v, &name, length, next, bytes + next, 1);
  }
  vault_assert_there(v, 5);
  assert_int_equal(vault_partly_files(f), 0);
}

static void what_was_left_in_partly_is_compared_before_it_is_believed(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  char path[FIXTURE_PATH_BYTES];
  uint64_t next = 7;
  const size_t length = vault_blob(6, bytes, &name);
  vault_partly_at(f, &name, length, path);
  /* Whole but for its renaming. */
  vault_write_at(path, bytes, length);
  next = vault_begin(v, &name, length);
  assert_int_equal(next, length);
  vault_assert_there(v, 6);
  /* As long, with zeros, as a power cut may leave it. */
  vault_fixture_close(f);
  char whole[FIXTURE_PATH_BYTES];
  vault_path(f, "blobs", &name, whole);
  assert_int_equal(unlink(whole), 0);
  static const uint8_t zeros[FIXTURE_BLOB_BYTES_MAX];
  vault_write_at(path, zeros, length);
  v = vault_fixture_open(f);
  next = vault_begin(v, &name, length);
  assert_int_equal(next, 0);
  /* Longer than the blob. */
  vault_write_at(path, zeros, length + 1);
  next = vault_begin(v, &name, length);
  assert_int_equal(next, 0);
  /* A link to elsewhere is not written through. */
  char victim[FIXTURE_PATH_BYTES];
  snprintf(victim, sizeof victim, "%s/victim", f->directory);
  vault_write_at(victim, "", 0);
  unlink(path);
  assert_int_equal(symlink(victim, path), 0);
  v = vault_fixture_open(f);
  next = vault_begin(v, &name, length);
  assert_int_equal(symlink(victim, path), 0);
  assert_int_equal(vault_chunk(v, &name, length, 0, bytes, length, &next, NULL), STATUS_IO);
  assert_int_equal(unlink(path), 0);
  vault_send(v, 6, 1000);
  vault_assert_there(v, 6);
  struct stat info;
  assert_int_equal(stat(victim, &info), 0);
  assert_int_equal(info.st_size, 0);
}

static void a_chunk_of_what_nobody_offered_is_not_found(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  const digest name = {{1}};
  uint64_t next = 5;
  error err;
  assert_int_equal(vault_chunk(v, &name, 1, 0, "x", 1, &next, &err), STATUS_NOT_FOUND);
  assert_contains(err.message, "offer it again");
}

static void what_is_too_large_or_has_no_room_is_refused_before_it_comes(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  const digest name = {{1}};
  uint64_t next = 0;
  error err;
  assert_int_equal(vault_receive(v, &name, VAULT_BLOB_BYTES_MAX + 1, &next, &err), STATUS_LIMIT);
  struct statvfs info;
  assert_int_equal(statvfs(f->path, &info), 0);
  const uint64_t free_bytes = (uint64_t)info.f_bavail * info.f_frsize;
  if (info.f_blocks == 0 || free_bytes * 2 > VAULT_BLOB_BYTES_MAX) {
    print_message("not seen here: the file system has more room than a blob may take\n");
  } else {
    assert_int_equal(vault_receive(v, &name, free_bytes * 2 + VAULT_RESERVE_BYTES, &next, &err), STATUS_IO);
    assert_non_null(strstr(err.message, vault_directory(v)));
    assert_contains(err.message, "make room");
  }
}

/* ---- Hand-in ------------------------------------------------------------------------------------- */

static void a_file_that_is_handed_in_is_moved_not_copied(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  digest name;
  char path[FIXTURE_PATH_BYTES];
  struct stat before;
  struct stat after;
  const size_t length = vault_blob(8, bytes, &name);
  /* Some of it came in chunks already. */
  uint64_t next = vault_begin(v, &name, length);
  next = vault_take(v, &name, length, 0, bytes, 10);
  vault_path(f, "hand-in", &name, path);
  vault_write_at(path, bytes, length);
  const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
  assert_int_equal(utimensat(AT_FDCWD, path, long_ago, 0), 0);
  assert_int_equal(stat(path, &before), 0);
  next = vault_begin(v, &name, length);
  assert_int_equal(next, length);
  vault_path(f, "blobs", &name, path);
  assert_int_equal(stat(path, &after), 0);
  assert_int_equal(before.st_ino, after.st_ino);
  assert_false(vault_file_is_there(f, "hand-in", &name));
  assert_int_equal(vault_partly_files(f), 0);
  (void)vault_tidy_all(v, vault_now()); /* however old the file was, the blob is new */
  vault_assert_there(v, 8);
  assert_int_equal(vault_sync(v, NULL), STATUS_OK);
}

typedef struct bad_hand_in {
  const char *what;
  void (*make)(const vault_fixture *f, const char *path, uint8_t *bytes, size_t length);
} bad_hand_in;

static void make_other_content(const vault_fixture *f, const char *path, uint8_t *bytes, size_t length) {
  (void)f;
  bytes[0] ^= 1;
  vault_write_at(path, bytes, length);
  bytes[0] ^= 1;
}

static void make_other_size(const vault_fixture *f, const char *path, uint8_t *bytes, size_t length) {
  (void)f;
  vault_write_at(path, bytes, length - 1);
}

/* Each of the three names a file with the right content. */
static void make_symlink(const vault_fixture *f, const char *path, uint8_t *bytes, size_t length) {
  char target[FIXTURE_PATH_BYTES];
  snprintf(target, sizeof target, "%s/target", f->directory);
  vault_write_at(target, bytes, length);
  assert_int_equal(symlink(target, path), 0);
}

static void make_hard_link(const vault_fixture *f, const char *path, uint8_t *bytes, size_t length) {
  char target[FIXTURE_PATH_BYTES];
  snprintf(target, sizeof target, "%s/linked", f->directory);
  vault_write_at(target, bytes, length);
  assert_int_equal(link(target, path), 0);
}

static void make_fifo(const vault_fixture *f, const char *path, uint8_t *bytes, size_t length) {
  (void)f;
  (void)bytes;
  (void)length;
  assert_int_equal(mkfifo(path, 0600), 0);
}

static void make_directory(const vault_fixture *f, const char *path, uint8_t *bytes, size_t length) {
  (void)f;
  (void)bytes;
  (void)length;
  assert_int_equal(mkdir(path, 0700), 0);
}

static void what_is_handed_in_wrongly_is_not_taken_and_the_blob_comes_in_chunks(void **state) {
  (void)state;
  static const bad_hand_in kinds[] = {
      {"does not match its name", make_other_content},
      {"differs in size", make_other_size},
      {"is not a readable file", make_symlink},
      {"other links", make_hard_link},
      {"is not a readable file", make_fifo},
      {NULL, make_directory}, /* left where it is, without a word */
  };
  for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
    vault_fixture f;
    vault_setup(&f);
    vault *v = vault_fixture_open(&f);
    uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
    digest name;
    char path[FIXTURE_PATH_BYTES];
    uint64_t next = 1;
    const size_t length = vault_blob(8, bytes, &name);
    vault_path(&f, "hand-in", &name, path);
    kinds[k].make(&f, path, bytes, length);
    next = vault_begin(v, &name, length);
    assert_int_equal(next, 0);
    assert_false(vault_has(v, &name, NULL));
    if (kinds[k].what != NULL) {
      assert_int_equal(f.warnings, 1);
      assert_non_null(strstr(f.warning, kinds[k].what));
      assert_false(vault_file_is_there(&f, "hand-in", &name));
    }
    vault_send(v, 8, 5000);
    vault_assert_there(v, 8);
    vault_teardown(&f);
  }
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      vault_unit_test(chunks_out_of_order_repeated_and_across_restarts_make_the_blob),
      vault_unit_test(a_large_blob_is_taken_up_after_a_restart),
      vault_unit_test(a_large_blob_is_compared_a_part_at_a_time),
      vault_unit_test(what_is_not_what_its_name_says_is_dropped_and_begins_anew),
      vault_unit_test(more_bytes_than_were_offered_are_not_taken),
      vault_unit_test(an_offer_of_another_size_does_not_touch_the_right_one),
      vault_unit_test(what_was_left_in_partly_is_compared_before_it_is_believed),
      vault_unit_test(a_chunk_of_what_nobody_offered_is_not_found),
      vault_unit_test(what_is_too_large_or_has_no_room_is_refused_before_it_comes),
      vault_unit_test(a_file_that_is_handed_in_is_moved_not_copied),
      cmocka_unit_test(what_is_handed_in_wrongly_is_not_taken_and_the_blob_comes_in_chunks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
