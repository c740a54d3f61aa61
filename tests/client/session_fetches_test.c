/* Blobs from a broker, compared with their names and resumed; and past the socket where both share a file
 * system. */
#include <sys/stat.h>

#include "tests/client/session_fixture.h"

/* ---- Fetching ------------------------------------------------------------------------------------ */

/* Asks again after ANSWER_MS; 0: never. */
static void check_fetch(fixture *f, size_t length, uint64_t seed, unsigned answer_ms) {
  uint8_t *bytes = random_bytes(seed, length);
  digest name;
  book_keep(&f->book, bytes, length, &name);
  fixture_begin(f);
  f->link->answer_ms = answer_ms > 0 ? answer_ms : f->link->answer_ms;
  buf out;
  buf_init(&out);
  buf_put(&out, "before", 6);
  OK(session_fetch(f->link, &name, length, &out, &f->err));
  assert_int_equal(out.length, length + 6);
  assert_memory_equal(out.data + 6, bytes, length);
  buf_fini(&out);
  free(bytes);
}

static void a_blob_is_fetched_in_chunks(void **state) {
  check_fetch(*state, 19 * MIB + 3, 20, 0);
}

static void an_empty_blob_needs_no_chunks(void **state) {
  check_fetch(*state, 0, 21, 0);
}

static void a_chunk_that_was_altered_is_fetched_anew(void **state) {
  fixture *f = *state;
  f->book.alters_chunks = 2;
  check_fetch(f, 3 * MIB, 22, 0);
}

static void a_chunk_that_got_lost_is_wanted_again(void **state) {
  fixture *f = *state;
  f->book.ignores[MESSAGE_WANT] = 3;
  check_fetch(f, 5 * MIB, 23, 100);
  book_stop(&f->book);
  assert_true(atomic_load(&f->book.seen[MESSAGE_WANT]) >= 5 + 3); /* more when the answers were slow */
}

static void fetching_goes_on_after_a_restart(void **state) {
  fixture *f = *state;
  f->book.restarts_on = MESSAGE_WANT;
  f->book.restarts_after = 11;
  check_fetch(f, 24 * MIB, 24, 0);
  book_stop(&f->book);
  assert_int_equal(atomic_load(&f->book.starts), 2);
}

static void a_blob_that_stays_altered_is_a_failure_that_names_it(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(25, 100);
  digest name;
  f->book.alters_chunks = 1000;
  book_keep(&f->book, bytes, 100, &name);
  fixture_begin(f);
  buf out;
  buf_init(&out);
  assert_int_equal(session_fetch(f->link, &name, 100, &out, &f->err), STATUS_CORRUPT);
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&name, hex);
  hex[16] = '\0';
  assert_contains(f->err.message, hex);
  assert_int_equal(out.length, 0);
  buf_fini(&out);
  free(bytes);
}

static void what_the_broker_does_not_have_is_not_found(void **state) {
  fixture *f = *state;
  const digest name = {{1}};
  fixture_begin(f);
  buf out;
  buf_init(&out);
  assert_int_equal(session_fetch(f->link, &name, 100, &out, &f->err), STATUS_NOT_FOUND);
  assert_int_equal(session_fetch(f->link, &name, (uint64_t)1 << 40, &out, &f->err), STATUS_LIMIT);
  buf_fini(&out);
}

/* ---- On one file system -------------------------------------------------------------------------- */

static void a_shared_file_system_takes_blobs_past_the_socket(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(30, 3 * MIB);
  scripted_share(f->book.broker, true);
  f->book.looks_in_hand_in = true;
  fixture_begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 3 * MIB, &name, &u));
  assert_int_equal(u.sent, 1);
  assert_int_equal(u.bytes_sent, 3 * MIB);
  check_arrived(f, &name, bytes, 3 * MIB);
  assert_int_equal(atomic_load(&f->book.seen[MESSAGE_CHUNK]), 0);
  free(bytes);
}

static void who_cannot_read_the_probe_sends_chunks(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(31, 3 * MIB);
  scripted_share(f->book.broker, false);
  f->book.looks_in_hand_in = true;
  fixture_begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 3 * MIB, &name, &u));
  check_arrived(f, &name, bytes, 3 * MIB);
  assert_int_equal(atomic_load(&f->book.seen[MESSAGE_CHUNK]), 3);
  free(bytes);
}

static void a_broker_that_does_not_look_there_gets_chunks(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(32, 2 * MIB);
  scripted_share(f->book.broker, true);
  fixture_begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 2 * MIB, &name, &u));
  check_arrived(f, &name, bytes, 2 * MIB);
  char path[700];
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&name, hex);
  snprintf(path, sizeof path, "%s/hand-in/%s", scripted_store(f->book.broker), hex);
  struct stat info;
  assert_int_equal(stat(path, &info), -1); /* nothing is left behind */
  free(bytes);
}

static void check_fetch_by_file(fixture *f, bool flipped, unsigned wants) {
  uint8_t *bytes = random_bytes(33, MIB);
  digest name;
  char path[512];
  scripted_share(f->book.broker, true);
  book_keep(&f->book, bytes, MIB, &name);
  bytes[MIB / 2] ^= flipped;
  scripted_share_blob(f->book.broker, &name, (slice){(const char *)bytes, MIB}, path);
  bytes[MIB / 2] ^= flipped;
  fixture_begin(f);
  buf out;
  buf_init(&out);
  OK(session_fetch(f->link, &name, MIB, &out, &f->err));
  assert_int_equal(out.length, MIB);
  assert_memory_equal(out.data, bytes, MIB);
  book_stop(&f->book);
  assert_int_equal(atomic_load(&f->book.seen[MESSAGE_WANT]), wants);
  buf_fini(&out);
  free(bytes);
}

static void a_shared_file_is_read(void **state) {
  check_fetch_by_file(*state, false, 0);
}

static void a_shared_file_that_was_altered_is_not_believed(void **state) {
  check_fetch_by_file(*state, true, 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_blob_is_fetched_in_chunks),
      TEST(an_empty_blob_needs_no_chunks),
      TEST(a_chunk_that_was_altered_is_fetched_anew),
      TEST(a_chunk_that_got_lost_is_wanted_again),
      TEST(fetching_goes_on_after_a_restart),
      TEST(a_blob_that_stays_altered_is_a_failure_that_names_it),
      TEST(what_the_broker_does_not_have_is_not_found),
      TEST(a_shared_file_system_takes_blobs_past_the_socket),
      TEST(who_cannot_read_the_probe_sends_chunks),
      TEST(a_broker_that_does_not_look_there_gets_chunks),
      TEST(a_shared_file_is_read),
      TEST(a_shared_file_that_was_altered_is_not_believed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
