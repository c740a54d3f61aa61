/* An index whose pages were damaged: whatever is in them, the process does not die by a signal, and what
 * cannot be read is named with what to do.  Each case runs in a child, which would be the one to die. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_index.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

enum {
  TABLES = 2,
  ENTRIES = 300,
  VALUE_BYTES = 700,
  LARGE_EACH = 50,
  LARGE_BYTES = 20000,
  PAGE_BYTES = 4096
};
enum { SAID_NOTHING = 0, SAID_DAMAGED = 10, SAID_OTHER = 11 };

static const char advice[] = "ask the one who knows";

typedef struct fixture {
  char directory[256], index[300], data[400];
} fixture;

static const index_options options = {.tables = (const char *const[TABLES]){"first", "second"},
                                      .tables_count = TABLES,
                                      .when_damaged = advice,
                                      .when_full = "make room"};

/* Some are larger than a page. */
static size_t value_length(uint32_t number) {
  return number % LARGE_EACH == 0 ? LARGE_BYTES : VALUE_BYTES;
}

static void put(store_index *x, index_table table, uint32_t number) {
  static uint8_t value[LARGE_BYTES];
  memset(value, (int)number, sizeof value);
  const index_change c = {
      table, {(const char *)&number, sizeof number}, {(const char *)value, value_length(number)}};
  error err;
  if (store_index_write(x, &c, 1, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

static void setup(fixture *f) {
  store_index *x = NULL;
  error err;
  process_directory_new(f->directory, sizeof f->directory);
  snprintf(f->index, sizeof f->index, "%s/index", f->directory);
  snprintf(f->data, sizeof f->data, "%s/data.mdb", f->index);
  assert_int_equal(mkdir(f->index, 0700), 0);
  assert_int_equal(store_index_open(f->index, &options, &x, &err), STATUS_OK);
  for (uint32_t i = 0; i < ENTRIES; i++) {
    put(x, 0, i);
    if (i % 3 == 0) {
      put(x, 1, i);
    }
  }
  store_index_close(x);
}

static void teardown(fixture *f) {
  process_directory_remove(f->directory);
}

/* ---- In the child -------------------------------------------------------------------------------- */

static bool count(void *context, slice key, slice value) {
  (void)key;
  (void)value;
  ++*(unsigned *)context;
  return true;
}

/* Reads everything, and writes; returns the first failure. */
static status use(store_index *x, error *err) {
  unsigned found = 0;
  buf out;
  buf_init(&out);
  status st = STATUS_OK;
  for (index_table t = 0; t < TABLES && st == STATUS_OK; t++) {
    st = store_index_scan(x, t, count, &found, err);
  }
  for (uint32_t i = 0; i < ENTRIES && st == STATUS_OK; i++) {
    bool there = false;
    buf_clear(&out);
    st = store_index_get(x, i % TABLES, (slice){(const char *)&i, sizeof i}, &out, &there, err);
  }
  for (uint32_t i = 0; i < ENTRIES && st == STATUS_OK; i += 7) {
    const bool removes = i % 2 == 0;
    const index_change c = {
        0, {(const char *)&i, sizeof i}, {removes ? NULL : (const char *)&i, removes ? 0 : sizeof i}};
    st = store_index_write(x, &c, 1, err);
  }
  buf_fini(&out);
  return st;
}

static int said(status st, const error *err) {
  if (st == STATUS_OK) {
    return SAID_NOTHING;
  }
  const bool advises = st == STATUS_CORRUPT && strstr(err->message, advice) != NULL;
  if (!advises) {
    fprintf(stderr, "%s\n", err->message);
  }
  return advises ? SAID_DAMAGED : SAID_OTHER;
}

static int open_and_use(const fixture *f) {
  store_index *x = NULL;
  error err;
  status st = store_index_open(f->index, &options, &x, &err);
  st = st == STATUS_OK ? use(x, &err) : st;
  store_index_close(x);
  return said(st, &err);
}

/* The exit status of a child that runs RUN; a signal fails the test with WHAT. */
static int in_child(const fixture *f, int (*run)(const fixture *f), const char *what) {
  const pid_t child = fork();
  if (child == 0) {
    _exit(run(f));
  }
  int ended = 0;
  assert_int_equal(waitpid(child, &ended, 0), child);
  if (!WIFEXITED(ended)) {
    fail_msg("%s: died by signal %d", what, WTERMSIG(ended));
  }
  return WEXITSTATUS(ended);
}

/* ---- Damage -------------------------------------------------------------------------------------- */

static size_t pages_of(const fixture *f) {
  struct stat info;
  assert_int_equal(stat(f->data, &info), 0);
  return (size_t)info.st_size / PAGE_BYTES;
}

static void write_page(const fixture *f, size_t page, const uint8_t *bytes) {
  const int file = open(f->data, O_RDWR | O_CLOEXEC);
  assert_true(file >= 0);
  assert_int_equal(pwrite(file, bytes, PAGE_BYTES, (off_t)(page * PAGE_BYTES)), PAGE_BYTES);
  assert_int_equal(close(file), 0);
}

/* Every page but the first two, which LMDB keeps apart, claims to be an inner one with a single child. */
static void make_all_pages_narrow(const fixture *f) {
  uint8_t page[PAGE_BYTES] = {0};
  const uint16_t flags = 1;
  const uint16_t lower = 18;
  const uint16_t upper = PAGE_BYTES;
  memcpy(page + 10, &flags, sizeof flags);
  memcpy(page + 12, &lower, sizeof lower);
  memcpy(page + 14, &upper, sizeof upper);
  for (size_t i = 2; i < pages_of(f); i++) {
    memcpy(page, &i, sizeof(uint64_t));
    write_page(f, i, page);
  }
}

/* ---- Tests --------------------------------------------------------------------------------------- */

static int damage_while_open(const fixture *f) {
  store_index *x = NULL;
  error err;
  if (store_index_open(f->index, &options, &x, &err) != STATUS_OK) {
    return SAID_OTHER;
  }
  make_all_pages_narrow(f);
  unsigned found = 0;
  status st = store_index_scan(x, 0, count, &found, &err);
  if (said(st, &err) != SAID_DAMAGED) {
    return SAID_OTHER;
  }
  const uint32_t key = 1;
  const index_change c = {0, {(const char *)&key, sizeof key}, {"", 0}};
  st = store_index_write(x, &c, 1, &err); /* no lock was left behind */
  const int answer = said(st, &err);
  store_index_close(x);
  return answer;
}

static void an_assertion_of_lmdb_while_it_is_open_is_a_damaged_index_with_advice(void **state) {
  (void)state;
  fixture f;
  setup(&f);
  assert_int_equal(in_child(&f, damage_while_open, "damaged while open"), SAID_DAMAGED);
  teardown(&f);
}

static void an_assertion_of_lmdb_at_the_start_is_a_damaged_index_with_advice(void **state) {
  (void)state;
  fixture f;
  setup(&f);
  make_all_pages_narrow(&f);
  assert_int_equal(in_child(&f, open_and_use, "damaged before the start"), SAID_DAMAGED);
  teardown(&f);
}

static void a_whole_index_is_used_without_complaint(void **state) {
  (void)state;
  fixture f;
  setup(&f);
  assert_int_equal(in_child(&f, open_and_use, "a whole index"), SAID_NOTHING);
  teardown(&f);
}

/* ---- Pages damaged before the start -------------------------------------------------------------- */

typedef struct kept_file {
  uint8_t *bytes;
  size_t length;
} kept_file;

static kept_file read_data(const fixture *f) {
  kept_file k = {NULL, 0};
  k.bytes = (uint8_t *)process_read_file(f->data, &k.length);
  assert_non_null(k.bytes);
  return k;
}

static void write_data(const fixture *f, const kept_file *k) {
  const int file = open(f->data, O_WRONLY | O_TRUNC | O_CLOEXEC);
  assert_true(file >= 0);
  assert_int_equal(write(file, k->bytes, k->length), (ssize_t)k->length);
  assert_int_equal(close(file), 0);
}

/* Everything that was put is there, as it was put. */
static int expect_all(const fixture *f) {
  store_index *x = NULL;
  error err;
  buf out;
  buf_init(&out);
  status st = store_index_open(f->index, &options, &x, &err);
  bool all = true;
  for (uint32_t i = 0; i < ENTRIES && st == STATUS_OK && all; i++) {
    bool there = false;
    buf_clear(&out);
    st = store_index_get(x, 0, (slice){(const char *)&i, sizeof i}, &out, &there, &err);
    all = there && out.length == value_length(i);
  }
  unsigned found = 0;
  st = st == STATUS_OK ? store_index_scan(x, 0, count, &found, &err) : st;
  all = all && (st != STATUS_OK || found == ENTRIES);
  store_index_close(x);
  buf_fini(&out);
  return all ? said(st, &err) : SAID_OTHER;
}

typedef void damage(uint8_t *page, seeded *r);

static void flip_a_bit_of_the_head(uint8_t *page, seeded *r) {
  page[seeded_below(r, 16)] ^= (uint8_t)(1U << seeded_below(r, 8));
}

static void flip_a_bit_of_the_places(uint8_t *page, seeded *r) {
  page[16 + seeded_below(r, 16)] ^= (uint8_t)(1U << seeded_below(r, 8));
}

static void overwrite_the_beginning(uint8_t *page, seeded *r) {
  for (size_t i = 0; i < 64; i++) {
    page[i] = (uint8_t)seeded_next(r);
  }
}

static void overwrite_the_end(uint8_t *page, seeded *r) {
  for (size_t i = PAGE_BYTES - 64; i < PAGE_BYTES; i++) {
    page[i] = (uint8_t)seeded_next(r);
  }
}

static void clear_it(uint8_t *page, seeded *r) {
  (void)r;
  memset(page, 0, PAGE_BYTES);
}

/* A damaged page is found at the start, or nothing of what it holds is in use: then all records are there.
 * Bytes of values are not looked at: whoever keeps them has his own checksum. */
static void whatever_is_in_a_page_the_start_refuses_it_or_all_records_are_there(void **state) {
  (void)state;
  static damage *const damages[] = {flip_a_bit_of_the_head, flip_a_bit_of_the_places, overwrite_the_beginning,
                                    overwrite_the_end, clear_it};
  fixture f;
  seeded r = {seeded_seed()};
  setup(&f);
  const kept_file whole = read_data(&f);
  unsigned refused = 0;
  for (size_t kind = 0; kind < sizeof damages / sizeof damages[0]; kind++) {
    for (size_t page = 0; page < whole.length / PAGE_BYTES; page++) {
      char what[64];
      snprintf(what, sizeof what, "damage %zu of page %zu", kind, page);
      const kept_file copy = {malloc(whole.length), whole.length};
      assert_non_null(copy.bytes);
      memcpy(copy.bytes, whole.bytes, whole.length);
      damages[kind](copy.bytes + page * PAGE_BYTES, &r);
      write_data(&f, &copy);
      free(copy.bytes);
      const int answer = in_child(&f, expect_all, what);
      if (answer != SAID_DAMAGED && answer != SAID_NOTHING) {
        fail_msg("%s: records are missing, and nothing was said", what);
      }
      refused += answer == SAID_DAMAGED;
      write_data(&f, &whole);
    }
  }
  print_message("%u of %zu damaged pages were refused\n", refused,
                sizeof damages / sizeof damages[0] * (whole.length / PAGE_BYTES));
  assert_true(refused > whole.length / PAGE_BYTES);
  free(whole.bytes);
  teardown(&f);
}

/* LMDB's own pages are never refused, whatever was put and removed before. */
static void an_index_that_was_put_to_use_is_whole(void **state) {
  (void)state;
  enum { ROUNDS = 30, CHANGES = 120, KEYS = 900, BYTES_MAX = 9000 };
  static uint8_t value[BYTES_MAX];
  fixture f;
  seeded r = {seeded_seed()};
  setup(&f);
  for (int round = 0; round < ROUNDS; round++) {
    store_index *x = NULL;
    error err;
    if (store_index_open(f.index, &options, &x, &err) != STATUS_OK) {
      fail_msg("round %d: %s", round, err.message);
    }
    for (unsigned i = 0; i < CHANGES; i++) {
      uint8_t key[200];
      const uint32_t number = (uint32_t)seeded_below(&r, KEYS);
      memset(key, (int)number, sizeof key);
      memcpy(key, &number, sizeof number);
      const bool removes = seeded_below(&r, 3) == 0;
      const size_t length = seeded_below(&r, 4) == 0 ? seeded_below(&r, BYTES_MAX) : seeded_below(&r, 600);
      const index_change c = {i % TABLES,
                              {(const char *)key, sizeof number + number % 190},
                              {removes ? NULL : (const char *)value, removes ? 0 : length}};
      assert_int_equal(store_index_write(x, &c, 1, &err), STATUS_OK);
    }
    store_index_close(x);
  }
  teardown(&f);
}

/* ---- A removed one ------------------------------------------------------------------------------- */

static void what_is_written_to_a_removed_index_is_not_taken_for_kept(void **state) {
  (void)state;
  fixture f;
  store_index *x = NULL;
  error err;
  setup(&f);
  assert_int_equal(store_index_open(f.index, &options, &x, &err), STATUS_OK);
  assert_int_equal(unlink(f.data), 0);
  const uint32_t key = 1;
  const index_change c = {0, {(const char *)&key, sizeof key}, {"", 0}};
  assert_int_equal(store_index_write(x, &c, 1, &err), STATUS_IO);
  assert_contains(err.message, "removed or replaced");
  assert_contains(err.message, f.index);
  store_index_close(x);
  teardown(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(whatever_is_in_a_page_the_start_refuses_it_or_all_records_are_there),
      cmocka_unit_test(an_index_that_was_put_to_use_is_whole),
      cmocka_unit_test(what_is_written_to_a_removed_index_is_not_taken_for_kept),
      cmocka_unit_test(a_whole_index_is_used_without_complaint),
      cmocka_unit_test(an_assertion_of_lmdb_at_the_start_is_a_damaged_index_with_advice),
      cmocka_unit_test(an_assertion_of_lmdb_while_it_is_open_is_a_damaged_index_with_advice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
