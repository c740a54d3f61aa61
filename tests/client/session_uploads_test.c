/* Blobs and datasets to a broker: sent only when missing, resumed after a break, counted. */
#include <limits.h>

#include "cli/remote_dataset.h"
#include "tests/client/session_fixture.h"

enum { SHARDS = 20, SHARD_BYTES = 3000, SHARD_ROWS = 100 };

/* SHARDS blobs of random bytes: the session does not look into them. */
static void make_dataset(fixture *f) {
  OK(store_new_temporary(NULL, &f->shards, &f->err));
  f->dataset = manifest_new();
  manifest *m = f->dataset;
  m->files_count = 1;
  m->files = ARENA_ARRAY(m->memory, file_facts, 1);
  m->files[0] = (file_facts){.name = {"survey.csv", 10}, .records = SHARDS * SHARD_ROWS};
  m->shards_count = SHARDS;
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, SHARDS);
  for (uint32_t i = 0; i < SHARDS; i++) {
    uint8_t *bytes = random_bytes(i, SHARD_BYTES);
    m->shards[i] =
        (manifest_shard){.bytes = SHARD_BYTES, .first_ordinal = i * SHARD_ROWS, .rows = SHARD_ROWS};
    OK(store_put(f->shards, bytes, SHARD_BYTES, &m->shards[i].name, &f->err));
    free(bytes);
  }
}

/* ---- Sending ------------------------------------------------------------------------------------- */

static void blobs_of_any_size_arrive(void **state) {
  fixture *f = *state;
  static const size_t sizes[] = {0, 1, MIB - 1, MIB, MIB + 1, 9 * MIB, 12 * MIB + 345};
  enum { COUNT = sizeof sizes / sizeof sizes[0] };
  uint8_t *bytes[COUNT];
  digest names[COUNT];
  fixture_begin(f);
  for (size_t i = 0; i < COUNT; i++) {
    upload u;
    bytes[i] = random_bytes(100 + i, sizes[i]);
    OK(upload_bytes(f, bytes[i], sizes[i], &names[i], &u));
    assert_int_equal(u.bytes_sent, sizes[i]);
    assert_int_equal(u.sent, sizes[i] > 0 ? 1 : 0);
  }
  for (size_t i = 0; i < COUNT; i++) {
    check_arrived(f, &names[i], bytes[i], sizes[i]);
    free(bytes[i]);
  }
}

static void an_upload_goes_on_where_a_killed_broker_stopped(void **state) {
  fixture *f = *state;
  const size_t length = 20 * MIB + 77;
  uint8_t *bytes = random_bytes(7, length);
  f->book.restarts_on = MESSAGE_CHUNK;
  f->book.restarts_after = 12;
  fixture_begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, length, &name, &u));
  check_arrived(f, &name, bytes, length);
  assert_int_equal(atomic_load(&f->book.starts), 2);
  const book_blob *blob = book_find(&f->book, &name);
  assert_int_equal(blob->offers, 2);
  for (size_t i = 0; i < 11; i++) {
    assert_int_equal(blob->chunks[i], 1); /* what had arrived was not sent again */
  }
  free(bytes);
}

/* However the broker is about it, the blob arrives; asked again after ANSWER_MS, 0: never. */
static void check_upload(fixture *f, size_t length, unsigned answer_ms) {
  uint8_t *bytes = random_bytes(8, length);
  fixture_begin(f);
  f->link->answer_ms = answer_ms > 0 ? answer_ms : f->link->answer_ms;
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, length, &name, &u));
  check_arrived(f, &name, bytes, length);
  free(bytes);
}

static void a_want_that_got_lost_is_asked_for_by_offering_again(void **state) {
  fixture *f = *state;
  f->book.ignores[MESSAGE_CHUNK] = 1;
  check_upload(f, 3 * MIB, 100);
}

static void a_blob_that_arrived_altered_is_offered_again(void **state) {
  fixture *f = *state;
  f->book.finds_altered = 2;
  check_upload(f, 2 * MIB, 0);
}

static void a_blob_that_arrived_too_late_is_offered_again(void **state) {
  fixture *f = *state;
  f->book.finds_altered = 2;
  f->book.finds_late = true;
  check_upload(f, 2 * MIB, 0);
}

/* An upload fails with CODE, and the message names the blob. */
static void check_failure(fixture *f, status code) {
  uint8_t *bytes = random_bytes(10, 5000);
  digest name;
  upload u;
  char hex[DIGEST_HEX_BYTES];
  fixture_begin(f);
  assert_int_equal(upload_bytes(f, bytes, 5000, &name, &u), code);
  digest_hex(&name, hex);
  hex[16] = '\0';
  assert_contains(f->err.message, hex);
  free(bytes);
}

static void a_blob_that_never_arrives_whole_is_a_failure_that_names_it(void **state) {
  fixture *f = *state;
  f->book.finds_altered = 1000;
  check_failure(f, STATUS_CORRUPT);
}

/* All chunks of the broker's window as often, so that it then takes them in their order. */
static void check_asked_again(fixture *f, size_t length) {
  f->book.asks_again = 13 * BOOK_WINDOW;
  check_upload(f, length, 0);
  assert_int_equal(f->book.asks_again, 0);
}

static void a_chunk_may_be_asked_for_many_times(void **state) {
  check_asked_again(*state, 4000);
}

static void chunks_of_a_large_blob_may_be_asked_for_many_times(void **state) {
  check_asked_again(*state, 12 * MIB + 5);
}

static void a_broker_that_asks_for_the_same_chunk_for_ever_is_left(void **state) {
  fixture *f = *state;
  f->book.asks_again = UINT_MAX;
  check_failure(f, STATUS_PROTOCOL);
  assert_contains(f->err.message, scripted_endpoint(f->book.broker));
  assert_contains(f->err.message, "restart it");
}

static void a_full_store_is_told(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->book.is_full = true;
  fixture_begin(f);
  assert_int_equal(remote_dataset_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err),
                   STATUS_IO);
  assert_contains(f->err.message, "no room left");
}

/* ---- Datasets ------------------------------------------------------------------------------------ */

typedef struct watcher {
  uint64_t done, total;
  unsigned calls, stop_at;
} watcher;

static bool on_rows(void *context, uint64_t done, uint64_t total) {
  watcher *w = context;
  w->done = done;
  w->total = total;
  return ++w->calls != w->stop_at;
}

static void a_put_sends_each_shard_once_and_counts_rows(void **state) {
  fixture *f = *state;
  make_dataset(f);
  fixture_begin(f);
  watcher w = {.stop_at = 0};
  const session_callback callback = {on_rows, &w};
  OK(remote_dataset_put(f->link, "survey", 0, f->dataset, f->shards, &callback, &f->counts, &f->err));
  assert_int_equal(f->counts.version, 1);
  assert_int_equal(f->counts.shards, SHARDS);
  assert_int_equal(f->counts.sent, SHARDS);
  assert_int_equal(f->counts.bytes_sent, SHARDS * SHARD_BYTES);
  assert_int_equal(w.done, SHARDS * SHARD_ROWS);
  assert_int_equal(w.total, SHARDS * SHARD_ROWS);
}

static void a_repeated_put_sends_only_what_is_missing(void **state) {
  fixture *f = *state;
  make_dataset(f);
  for (uint32_t i = 0; i < SHARDS; i += 2) {
    uint8_t *bytes = random_bytes(i, SHARD_BYTES);
    digest name;
    book_keep(&f->book, bytes, SHARD_BYTES, &name);
    free(bytes);
  }
  fixture_begin(f);
  OK(remote_dataset_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.sent, SHARDS / 2);
}

static void shards_of_an_older_version_need_not_be_at_hand(void **state) {
  fixture *f = *state;
  make_dataset(f);
  uint8_t *bytes = random_bytes(1000, SHARD_BYTES);
  OK(digest_of(bytes, SHARD_BYTES, &f->dataset->shards[0].name, &f->err)); /* not in the store */
  free(bytes);
  fixture_begin(f);
  OK(remote_dataset_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.shards, SHARDS - 1);
  assert_int_equal(f->counts.sent, SHARDS - 1);
}

static void the_same_shard_twice_is_sent_once(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->dataset->shards[1].name = f->dataset->shards[0].name;
  fixture_begin(f);
  OK(remote_dataset_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.sent, SHARDS - 1);
}

static void a_dataset_that_changed_meanwhile_is_a_refusal(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->book.version = 3;
  fixture_begin(f);
  assert_int_equal(remote_dataset_put(f->link, "survey", 2, f->dataset, f->shards, NULL, &f->counts, &f->err),
                   STATUS_JOB);
  OK(remote_dataset_put(f->link, "survey", 3, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.version, 4);
}

static void a_put_can_be_interrupted(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->book.ignores[MESSAGE_OFFER] = 1000;
  fixture_begin(f);
  watcher w = {.stop_at = 2};
  const session_callback callback = {on_rows, &w};
  assert_int_equal(
      remote_dataset_put(f->link, "survey", 0, f->dataset, f->shards, &callback, &f->counts, &f->err),
      STATUS_INTERRUPTED);
  remote_dataset found;
  OK(remote_dataset_get(f->link, "survey", &found, &f->err)); /* the session goes on */
  assert_int_equal(found.version, 0);
}

static void a_dataset_is_fetched_by_its_manifest(void **state) {
  fixture *f = *state;
  make_dataset(f);
  buf bytes;
  buf_init(&bytes);
  manifest_encode(f->dataset, &bytes);
  f->book.manifest = (slice){(const char *)bytes.data, bytes.length};
  f->book.version = 5;
  fixture_begin(f);
  remote_dataset found;
  OK(remote_dataset_get(f->link, "survey", &found, &f->err));
  assert_int_equal(found.version, 5);
  assert_int_equal(found.content->shards_count, SHARDS);
  manifest_destroy(found.content);
  uint64_t jobs = 0;
  OK(session_drop(f->link, "survey", &jobs, &f->err));
  assert_int_equal(jobs, 2);
  buf_fini(&bytes);
}

static void files_are_sent_whole_for_a_worker_to_read(void **state) {
  fixture *f = *state;
  const size_t length = 2 * MIB + 5;
  uint8_t *bytes = random_bytes(11, length);
  char path[512];
  char small[512];
  process_write_file(scripted_directory(f->book.broker), "survey.csv", bytes, length, path, sizeof path);
  process_write_file(scripted_directory(f->book.broker), "more.csv", "q1\n1\n", 5, small, sizeof small);
  fixture_begin(f);
  watcher w = {.stop_at = 0};
  const session_callback callback = {on_rows, &w};
  char job[SESSION_JOB_BYTES];
  const char *const paths[] = {path, small};
  OK(session_load(f->link, "survey", 0, slice_of("variables: {}"), paths, 2, 0, "night 1", &callback, job,
                  &f->err));
  assert_int_equal(strlen(job), SESSION_JOB_BYTES - 1);
  assert_int_equal(w.total, length + 5);
  digest name;
  OK(digest_of(bytes, length, &name, &f->err));
  check_arrived(f, &name, bytes, length);
  assert_string_equal(f->book.last_key, "night 1");
  free(bytes);
}

static void a_file_that_is_not_there_is_named(void **state) {
  fixture *f = *state;
  fixture_begin(f);
  char job[SESSION_JOB_BYTES];
  const char *const paths[] = {"/nowhere/survey.csv"};
  assert_int_equal(session_load(f->link, "survey", 0, slice_of("x"), paths, 1, 0, NULL, NULL, job, &f->err),
                   STATUS_IO);
  assert_contains(f->err.message, "/nowhere/survey.csv");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(blobs_of_any_size_arrive),
      TEST(an_upload_goes_on_where_a_killed_broker_stopped),
      TEST(a_want_that_got_lost_is_asked_for_by_offering_again),
      TEST(a_blob_that_arrived_altered_is_offered_again),
      TEST(a_blob_that_arrived_too_late_is_offered_again),
      TEST(a_blob_that_never_arrives_whole_is_a_failure_that_names_it),
      TEST(a_chunk_may_be_asked_for_many_times),
      TEST(chunks_of_a_large_blob_may_be_asked_for_many_times),
      TEST(a_broker_that_asks_for_the_same_chunk_for_ever_is_left),
      TEST(a_full_store_is_told),
      TEST(a_put_sends_each_shard_once_and_counts_rows),
      TEST(a_repeated_put_sends_only_what_is_missing),
      TEST(shards_of_an_older_version_need_not_be_at_hand),
      TEST(the_same_shard_twice_is_sent_once),
      TEST(a_dataset_that_changed_meanwhile_is_a_refusal),
      TEST(a_put_can_be_interrupted),
      TEST(a_dataset_is_fetched_by_its_manifest),
      TEST(files_are_sent_whole_for_a_worker_to_read),
      TEST(a_file_that_is_not_there_is_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
