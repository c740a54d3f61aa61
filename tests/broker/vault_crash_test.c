/* The vault after accidents: killed in the middle, a full disk. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/broker/vault_fixture.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { ROUNDS = 8, BLOBS = 400, KIB = 1024 };

/* What was acknowledged to the child is on disk; it lives in shared memory. */
typedef struct told {
  volatile uint64_t synced; /* blobs 0 to this one, exclusive */
} told;

/* In the child: receives and puts until it is killed. */
static void receive_for_ever(vault_fixture *f, told *t, uint64_t seed) {
  const vault_options options = vault_fixture_options(f);
  seeded r = {seed};
  uint8_t bytes[FIXTURE_BLOB_BYTES_MAX];
  vault *v = NULL;
  if (vault_open(f->path, &options, &v, NULL) != STATUS_OK) {
    _exit(1);
  }
  for (uint64_t i = t->synced; i < BLOBS; i++) {
    digest name;
    uint64_t next = 0;
    const size_t length = vault_blob(i, bytes, &name);
    if (i % 2 == 0) {
      next = vault_put(v, bytes, length, &name, NULL) == STATUS_OK ? length : 0;
    } else if (vault_receive(v, &name, length, &next, NULL) != STATUS_OK) {
      _exit(2);
    }
    while (next < length) {
      const size_t some = length - next < 4096 ? length - (size_t)next : 4096;
      if (vault_chunk(v, &name, length, next, bytes + next, some, &next, NULL) != STATUS_OK) {
        _exit(3);
      }
    }
    if (seeded_below(&r, 4) == 0) {
      if (vault_sync(v, NULL) != STATUS_OK) {
        _exit(4);
      }
      t->synced = i + 1;
    }
  }
  for (;;) {
    pause();
  }
}

static void killed_in_the_middle_it_has_all_that_was_acknowledged(void **state) {
  vault_fixture *f = *state;
  seeded r = {seeded_seed()};
  told *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  assert_true(t != MAP_FAILED);
  uint64_t wanted = 4;
  for (int round = 0; round < ROUNDS; round++) {
    const uint64_t seed = seeded_next(&r);
    const pid_t child = fork();
    if (child == 0) {
      receive_for_ever(f, t, seed);
    }
    int ended = 0;
    while (t->synced < wanted && waitpid(child, &ended, WNOHANG) == 0) {
      usleep(200);
    }
    usleep((useconds_t)seeded_below(&r, 10000));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended));
    wanted = t->synced + 4 < BLOBS ? t->synced + 4 : BLOBS;
    vault *v = vault_fixture_open(f);
    for (uint64_t i = 0; i < t->synced; i++) {
      vault_assert_there(v, i);
    }
    vault_fixture_close(f);
  }
  assert_int_equal(f->warnings, 0);
  munmap(t, sizeof *t);
}

static void a_full_disk_is_told_with_what_to_do_and_nothing_is_lost(void **state) {
  vault_fixture *f = *state;
  vault *v = vault_fixture_open(f);
  static uint8_t large[512 * KIB];
  digest name;
  digest sent;
  memset(large, 7, sizeof large);
  assert_int_equal(digest_of(large, sizeof large, &sent, NULL), STATUS_OK);
  vault_send(v, 1, 1000);
  uint64_t next = 0;
  error err;
  error of_chunk;
  struct rlimit before;
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit small = {.rlim_cur = 256 * KIB, .rlim_max = before.rlim_max};
  void (*const handler)(int) = signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  const status put = vault_put(v, large, sizeof large, &name, &err);
  const status received = vault_receive(v, &sent, sizeof large, &next, NULL);
  const status first = vault_chunk(v, &sent, sizeof large, 0, large, 200 * KIB, &next, NULL);
  const status second = vault_chunk(v, &sent, sizeof large, next, large + next, 200 * KIB, &next, &of_chunk);
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  assert_int_equal(put, STATUS_IO);
  assert_non_null(strstr(err.message, vault_directory(v)));
  assert_contains(err.message, "make room");
  assert_int_equal(received, STATUS_OK);
  assert_int_equal(first, STATUS_OK);
  assert_int_equal(second, STATUS_IO);
  assert_contains(of_chunk.message, "make room");
  assert_false(vault_has(v, &sent, NULL));
  vault_assert_there(v, 1);
  /* With room again it goes on where it was, also after a restart. */
  v = vault_fixture_open(f);
  next = vault_begin(v, &sent, sizeof large);
  assert_int_equal(next, 200 * KIB);
  next = vault_take(v, &sent, sizeof large, next, large + next, sizeof large - (size_t)next);
  assert_int_equal(next, sizeof large);
  assert_true(vault_has(v, &sent, NULL));
  assert_int_equal(f->warnings, 0);
}

int main(void) {
  printf("seed %llu\n", (unsigned long long)seeded_seed());
  const struct CMUnitTest tests[] = {
      vault_unit_test(killed_in_the_middle_it_has_all_that_was_acknowledged),
      vault_unit_test(a_full_disk_is_told_with_what_to_do_and_nothing_is_lost),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
