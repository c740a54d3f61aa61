/* Blobs between a session and its broker: sent only when missing, resumed after a break, compared with their
 * names, past the socket where both share a file system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "client/session_state.h"
#include "store/manifest.h"
#include "store/store.h"
#include "tests/client/session_broker.h"
#include "tests/process.h"
#include "tests/seeded.h"

enum { MIB = 1 << 20, SHARDS = 20, SHARD_BYTES = 3000, SHARD_ROWS = 100 };

typedef struct fixture {
  char directory[256];
  session_broker broker;
  bool has_stopped;
  session *link;
  store *shards;
  manifest *dataset;
  session_put_counts counts;
  error err;
} fixture;

static int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  process_directory_new(f->directory, sizeof f->directory);
  snprintf(f->broker.endpoint, sizeof f->broker.endpoint, "ipc://%s/broker", f->directory);
  *state = f;
  return 0;
}

/* What the broker saw is read when its thread is gone. */
static void stop(fixture *f) {
  if (f->broker.context != NULL && !f->has_stopped) {
    session_broker_stop(&f->broker);
    f->has_stopped = true;
  }
}

static int tear_down(void **state) {
  fixture *f = *state;
  session_close(f->link);
  stop(f);
  session_broker_forget(&f->broker);
  store_destroy(f->shards);
  manifest_destroy(f->dataset);
  process_directory_remove(f->directory);
  free(f);
  return 0;
}

#define OK(call)                                 \
  do {                                           \
    if ((call) != STATUS_OK) {                   \
      fail_msg("%s: %s", #call, f->err.message); \
    }                                            \
  } while (0)

static void begin(fixture *f) {
  session_broker_start(&f->broker);
  const session_options options = {.endpoint = f->broker.endpoint};
  OK(session_connect(&options, &f->link, &f->err));
}

static void check_contains(const char *text, const char *part) {
  if (strstr(text, part) == NULL) {
    fail_msg("'%s' is not in: %s", part, text);
  }
}

static uint8_t *random_bytes(uint64_t seed, size_t length) {
  seeded random = {seed};
  uint8_t *bytes = malloc(length + 1);
  for (size_t i = 0; i < length; i++) {
    bytes[i] = (uint8_t)seeded_below(&random, 256);
  }
  return bytes;
}

/* SHARDS blobs of random bytes: the session does not look into them. */
static void make_dataset(fixture *f) {
  OK(store_new_temporary(NULL, &f->shards, &f->err));
  f->dataset = manifest_new();
  manifest *m = f->dataset;
  m->files_count = 1;
  m->files = ARENA_ARRAY(m->memory, manifest_file, 1);
  m->files[0] = (manifest_file){.name = {"survey.csv", 10}, .records = SHARDS * SHARD_ROWS};
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

typedef struct memory_blob {
  const uint8_t *bytes;
} memory_blob;

static status read_memory(void *context, size_t index, uint64_t offset, void *out, size_t length,
                          error *err) {
  (void)index;
  (void)err;
  memcpy(out, ((const memory_blob *)context)->bytes + offset, length);
  return STATUS_OK;
}

static status upload_bytes(fixture *f, const uint8_t *bytes, size_t length, digest *name, upload *out) {
  upload_blob blob = {.bytes = length, .weight = length};
  memory_blob source = {bytes};
  OK(digest_of(bytes, length, &blob.name, &f->err));
  *name = blob.name;
  *out = (upload){.blobs = &blob, .count = 1, .read = read_memory, .context = &source};
  return session_upload(f->link, out, &f->err);
}

static void check_arrived(fixture *f, const digest *name, const uint8_t *bytes, size_t length) {
  stop(f);
  const broker_blob *blob = session_broker_find(&f->broker, name);
  assert_non_null(blob);
  assert_int_equal(blob->next, length);
  assert_memory_equal(blob->at, bytes, length);
}

static void blobs_of_any_size_arrive(void **state) {
  fixture *f = *state;
  static const size_t sizes[] = {0, 1, MIB - 1, MIB, MIB + 1, 9 * MIB, 12 * MIB + 345};
  enum { COUNT = sizeof sizes / sizeof sizes[0] };
  uint8_t *bytes[COUNT];
  digest names[COUNT];
  begin(f);
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
  f->broker.restarts_on = MESSAGE_CHUNK;
  atomic_store(&f->broker.restarts_after, 12);
  begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, length, &name, &u));
  check_arrived(f, &name, bytes, length);
  assert_int_equal(atomic_load(&f->broker.starts), 2);
  const broker_blob *blob = session_broker_find(&f->broker, &name);
  assert_int_equal(blob->offers, 2);
  for (size_t i = 0; i < 11; i++) {
    assert_int_equal(blob->chunks[i], 1); /* what had arrived was not sent again */
  }
  free(bytes);
}

static void a_want_that_got_lost_is_asked_for_by_offering_again(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(8, 3 * MIB);
  f->broker.ignores[MESSAGE_CHUNK] = 1;
  begin(f);
  f->link->answer_ms = 100;
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 3 * MIB, &name, &u));
  check_arrived(f, &name, bytes, 3 * MIB);
  free(bytes);
}

static void a_blob_that_arrived_altered_is_offered_again(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(9, 2 * MIB);
  f->broker.finds_altered = 2;
  begin(f);
  digest name;
  upload u;
  OK(upload_bytes(f, bytes, 2 * MIB, &name, &u));
  check_arrived(f, &name, bytes, 2 * MIB);
  free(bytes);
}

static void a_blob_that_never_arrives_whole_is_a_failure_that_names_it(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(10, 5000);
  f->broker.finds_altered = 1000;
  begin(f);
  digest name;
  upload u;
  assert_int_equal(upload_bytes(f, bytes, 5000, &name, &u), STATUS_CORRUPT);
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&name, hex);
  hex[16] = '\0';
  check_contains(f->err.message, hex);
  free(bytes);
}

static void a_full_store_is_told(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->broker.is_full = true;
  begin(f);
  assert_int_equal(session_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err),
                   STATUS_IO);
  check_contains(f->err.message, "no room left");
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
  begin(f);
  watcher w = {.stop_at = 0};
  const session_callback callback = {on_rows, &w};
  OK(session_put(f->link, "survey", 0, f->dataset, f->shards, &callback, &f->counts, &f->err));
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
    session_broker_keep(&f->broker, bytes, SHARD_BYTES, &name);
    free(bytes);
  }
  begin(f);
  OK(session_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.sent, SHARDS / 2);
}

static void shards_of_an_older_version_need_not_be_at_hand(void **state) {
  fixture *f = *state;
  make_dataset(f);
  uint8_t *bytes = random_bytes(1000, SHARD_BYTES);
  OK(digest_of(bytes, SHARD_BYTES, &f->dataset->shards[0].name, &f->err)); /* not in the store */
  free(bytes);
  begin(f);
  OK(session_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.shards, SHARDS - 1);
  assert_int_equal(f->counts.sent, SHARDS - 1);
}

static void the_same_shard_twice_is_sent_once(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->dataset->shards[1].name = f->dataset->shards[0].name;
  begin(f);
  OK(session_put(f->link, "survey", 0, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.sent, SHARDS - 1);
}

static void a_dataset_that_changed_meanwhile_is_a_refusal(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->broker.version = 3;
  begin(f);
  assert_int_equal(session_put(f->link, "survey", 2, f->dataset, f->shards, NULL, &f->counts, &f->err),
                   STATUS_JOB);
  OK(session_put(f->link, "survey", 3, f->dataset, f->shards, NULL, &f->counts, &f->err));
  assert_int_equal(f->counts.version, 4);
}

static void a_put_can_be_interrupted(void **state) {
  fixture *f = *state;
  make_dataset(f);
  f->broker.ignores[MESSAGE_OFFER] = 1000;
  begin(f);
  watcher w = {.stop_at = 2};
  const session_callback callback = {on_rows, &w};
  assert_int_equal(session_put(f->link, "survey", 0, f->dataset, f->shards, &callback, &f->counts, &f->err),
                   STATUS_INTERRUPTED);
  session_dataset found;
  OK(session_dataset_get(f->link, "survey", &found, &f->err)); /* the session goes on */
  assert_int_equal(found.version, 0);
}

static void a_dataset_is_fetched_by_its_manifest(void **state) {
  fixture *f = *state;
  make_dataset(f);
  buf bytes;
  buf_init(&bytes);
  manifest_encode(f->dataset, &bytes);
  f->broker.manifest = (slice){(const char *)bytes.data, bytes.length};
  f->broker.version = 5;
  begin(f);
  session_dataset found;
  OK(session_dataset_get(f->link, "survey", &found, &f->err));
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
  process_write_file(f->directory, "survey.csv", bytes, length, path, sizeof path);
  process_write_file(f->directory, "more.csv", "q1\n1\n", 5, small, sizeof small);
  begin(f);
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
  assert_string_equal(f->broker.last_key, "night 1");
  free(bytes);
}

static void a_file_that_is_not_there_is_named(void **state) {
  fixture *f = *state;
  begin(f);
  char job[SESSION_JOB_BYTES];
  const char *const paths[] = {"/nowhere/survey.csv"};
  assert_int_equal(session_load(f->link, "survey", 0, slice_of("x"), paths, 1, 0, NULL, NULL, job, &f->err),
                   STATUS_IO);
  check_contains(f->err.message, "/nowhere/survey.csv");
}

/* ---- Fetching ------------------------------------------------------------------------------------ */

static void check_fetch(fixture *f, size_t length, uint64_t seed) {
  uint8_t *bytes = random_bytes(seed, length);
  digest name;
  session_broker_keep(&f->broker, bytes, length, &name);
  begin(f);
  f->link->answer_ms = 100;
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
  check_fetch(*state, 19 * MIB + 3, 20);
}

static void an_empty_blob_needs_no_chunks(void **state) {
  check_fetch(*state, 0, 21);
}

static void a_chunk_that_was_altered_is_fetched_anew(void **state) {
  fixture *f = *state;
  f->broker.alters_chunks = 2;
  check_fetch(f, 3 * MIB, 22);
}

static void a_chunk_that_got_lost_is_wanted_again(void **state) {
  fixture *f = *state;
  f->broker.ignores[MESSAGE_WANT] = 3;
  check_fetch(f, 5 * MIB, 23);
  stop(f);
  assert_int_equal(atomic_load(&f->broker.seen[MESSAGE_WANT]), 5 + 3);
}

static void fetching_goes_on_after_a_restart(void **state) {
  fixture *f = *state;
  f->broker.restarts_on = MESSAGE_WANT;
  atomic_store(&f->broker.restarts_after, 11);
  check_fetch(f, 24 * MIB, 24);
  stop(f);
  assert_int_equal(atomic_load(&f->broker.starts), 2);
}

static void a_blob_that_stays_altered_is_a_failure_that_names_it(void **state) {
  fixture *f = *state;
  uint8_t *bytes = random_bytes(25, 100);
  digest name;
  f->broker.alters_chunks = 1000;
  session_broker_keep(&f->broker, bytes, 100, &name);
  begin(f);
  buf out;
  buf_init(&out);
  assert_int_equal(session_fetch(f->link, &name, 100, &out, &f->err), STATUS_CORRUPT);
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&name, hex);
  hex[16] = '\0';
  check_contains(f->err.message, hex);
  assert_int_equal(out.length, 0);
  buf_fini(&out);
  free(bytes);
}

static void what_the_broker_does_not_have_is_not_found(void **state) {
  fixture *f = *state;
  const digest name = {{1}};
  begin(f);
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
  begin(f);
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
  begin(f);
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
  begin(f);
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
  begin(f);
  buf out;
  buf_init(&out);
  OK(session_fetch(f->link, &name, MIB, &out, &f->err));
  assert_int_equal(out.length, MIB);
  assert_memory_equal(out.data, bytes, MIB);
  stop(f);
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(blobs_of_any_size_arrive),
      TEST(an_upload_goes_on_where_a_killed_broker_stopped),
      TEST(a_want_that_got_lost_is_asked_for_by_offering_again),
      TEST(a_blob_that_arrived_altered_is_offered_again),
      TEST(a_blob_that_never_arrives_whole_is_a_failure_that_names_it),
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
