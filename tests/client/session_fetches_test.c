/* Blobs from a broker, compared with their names and resumed; and past the socket where both share a file
 * system. */
#include <sys/stat.h>

#include "tests/client/session_fixture.h"

/* ---- Fetching ------------------------------------------------------------------------------------ */

/* Asks again after ANSWER_MS; 0: never. */
static void check_fetch(fixture *f, size_t length, uint64_t seed, unsigned answer_ms) {
  uint8_t *bytes = random_bytes(seed, length);
  digest name;
  session_broker_keep(&f->broker, bytes, length, &name);
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
  f->broker.alters_chunks = 2;
  check_fetch(f, 3 * MIB, 22, 0);
}

static void a_chunk_that_got_lost_is_wanted_again(void **state) {
  fixture *f = *state;
  f->broker.ignores[MESSAGE_WANT] = 3;
  check_fetch(f, 5 * MIB, 23, 100);
  fixture_stop(f);
  assert_true(atomic_load(&f->broker.seen[MESSAGE_WANT]) >= 5 + 3); /* more when the answers were slow */
}

static void fetching_goes_on_after_a_restart(void **state) {
  fixture *f = *state;
  f->broker.restarts_on = MESSAGE_WANT;
  atomic_store(&f->broker.restarts_after, 11);
  check_fetch(f, 24 * MIB, 24, 0);
  fixture_stop(f);
  assert_int_equal(atomic_load(&f->broker.starts), 2);
}

static void a_blob_that_stays_altered_is_a_failure_that_names_it(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(25, 100);
  digest name;
  f->broker.alters_chunks = 1000;
  session_broker_keep(&f->broker, bytes, 100, &name);
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

static void share_directory(fixture *f, bool is_right) {
  char path[512];
  snprintf(f->broker.directory, sizeof f->broker.directory, "%s", f->directory);
  memset(f->broker.probe, 7, sizeof f->broker.probe);
  uint8_t probe[INSTANCE_BYTES];
  memset(probe, is_right ? 7 : 8, sizeof probe);
  process_write_file(f->directory, "probe", probe, sizeof probe, path, sizeof path);
  snprintf(path, sizeof path, "%s/hand-in", f->directory);
  assert_int_equal(mkdir(path, 0700), 0);
}

static void a_shared_file_system_takes_blobs_past_the_socket(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(30, 3 * MIB);
  share_directory(f, true);
  f->broker.looks_in_hand_in = true;
  fixture_begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 3 * MIB, &name, &u));
  assert_int_equal(u.sent, 1);
  assert_int_equal(u.bytes_sent, 3 * MIB);
  check_arrived(f, &name, bytes, 3 * MIB);
  assert_int_equal(atomic_load(&f->broker.seen[MESSAGE_CHUNK]), 0);
  free(bytes);
}

static void who_cannot_read_the_probe_sends_chunks(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(31, 3 * MIB);
  share_directory(f, false);
  f->broker.looks_in_hand_in = true;
  fixture_begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 3 * MIB, &name, &u));
  check_arrived(f, &name, bytes, 3 * MIB);
  assert_int_equal(atomic_load(&f->broker.seen[MESSAGE_CHUNK]), 3);
  free(bytes);
}

static void a_broker_that_does_not_look_there_gets_chunks(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(32, 2 * MIB);
  share_directory(f, true);
  fixture_begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 2 * MIB, &name, &u));
  check_arrived(f, &name, bytes, 2 * MIB);
  char path[700];
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&name, hex);
  snprintf(path, sizeof path, "%s/hand-in/%s", f->directory, hex);
  struct stat info;
  assert_int_equal(stat(path, &info), -1); /* nothing is left behind */
  free(bytes);
}

/* As blobs/ab/abcd...; altered when FLIPPED. */
static void write_blob(fixture *f, const digest *name, const uint8_t *bytes, size_t length, bool flipped) {
  char path[700];
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  snprintf(path, sizeof path, "%s/blobs", f->directory);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(path, sizeof path, "%s/blobs/%.2s", f->directory, hex);
  assert_int_equal(mkdir(path, 0700), 0);
  uint8_t *copy = malloc(length);
  memcpy(copy, bytes, length);
  copy[length / 2] ^= flipped;
  char written[800];
  process_write_file(path, hex, copy, length, written, sizeof written);
  free(copy);
}

static void check_fetch_by_file(fixture *f, bool flipped, unsigned wants) {
  uint8_t *bytes = random_bytes(33, MIB);
  digest name;
  share_directory(f, true);
  session_broker_keep(&f->broker, bytes, MIB, &name);
  write_blob(f, &name, bytes, MIB, flipped);
  fixture_begin(f);
  buf out;
  buf_init(&out);
  OK(session_fetch(f->link, &name, MIB, &out, &f->err));
  assert_int_equal(out.length, MIB);
  assert_memory_equal(out.data, bytes, MIB);
  fixture_stop(f);
  assert_int_equal(atomic_load(&f->broker.seen[MESSAGE_WANT]), wants);
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
