/* A worker gets what it needs by chunks or from a shared directory, whole or not at all; and the broker can
 * fetch what the worker made if it does not fit into a message. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/check.h"
#include "tests/worker/scene.h"
#include "worker/supply.h"

enum { SMALL_ROWS = 500, LARGE_ROWS = 120000 /* some 3 MiB of ids */ };

/* A worker that is given task 1, a MAP over a shard of ROWS rows, which it does not have.  Gives the shard.
 */
static slice ask_for_map(scene *s, bool big, uint32_t rows) {
  scene_survey(s, big, rows);
  scene_begin(s, NULL);
  scene_send_map(s, 1);
  return scene_bytes(&s->shard);
}

static unsigned chunks_of(slice blob) {
  return (unsigned)(blob.length / MESSAGE_FRAME_MAX) + 1;
}

/* The result of TASK comes after the worker has got the shard by messages. */
static wire_message *expect_served(scene *s, uint64_t task) {
  wire_message *m = scene_serve(s, scene_bytes(&s->shard), -1);
  scene_check_result(s, m, task);
  return m;
}

/* Task 1 fails with CODE, and the failure names BLOB. */
static void expect_failure_over(scene *s, const char *code, const digest *blob) {
  const wire_message *m = scene_expect_failure(s, 1, code);
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, blob->bytes, DIGEST_BYTES);
  scene_take(s, m);
}

/* ---- By chunks ----------------------------------------------------------------------------------- */

static void a_shard_comes_in_chunks_once_and_is_kept(void **state) {
  scene *s = *state;
  const slice shard = ask_for_map(s, false, LARGE_ROWS);
  wire_message *m = expect_served(s, 1);
  assert_int_equal(m->header.integers[FIELD_STATES_COMPUTED], 1);
  assert_int_equal(s->wants, chunks_of(shard));
  scene_take(s, m);
  const digest name = scripted_digest(shard);
  assert_true(store_has(s->shards, &name, shard.length));
  scene_send_map(s, 2);
  m = scripted_expect(s->broker, MESSAGE_RESULT);
  scene_check_result(s, m, 2);
  assert_int_equal(m->header.integers[FIELD_STATES_CACHED], 1);
}

static void no_more_than_eight_chunks_are_under_way(void **state) {
  scene *s = *state;
  assert_true(ask_for_map(s, false, LARGE_ROWS * 4).length > 10 * MESSAGE_FRAME_MAX);
  for (int i = 0; i < 8; i++) {
    (void)scripted_expect(s->broker, MESSAGE_WANT);
  }
  for (int i = 0; i < 4; i++) {
    (void)scripted_sign(s->broker); /* nothing else comes meanwhile */
  }
}

static void an_altered_chunk_is_told_and_asked_for_again(void **state) {
  scene *s = *state;
  const slice shard = ask_for_map(s, false, LARGE_ROWS);
  wire_message *m = scene_serve(s, shard, 1);
  scene_check_result(s, m, 1);
  assert_int_equal(s->wants, 2 * chunks_of(shard));
  scene_take(s, m);
  scene_drain(s); /* all lines are said when it has left */
  scene_stop(s);
  char hex[DIGEST_HEX_BYTES];
  const digest name = scripted_digest(shard);
  digest_hex(&name, hex);
  assert_true(scene_heard(s, hex));
  assert_true(scene_heard(s, "attempt 1 of 3"));
}

static void a_shard_that_never_arrives_whole_fails_its_task_and_is_named(void **state) {
  scene *s = *state;
  const slice shard = ask_for_map(s, false, SMALL_ROWS);
  const digest name = scripted_digest(shard);
  for (int i = 0; i < 3; i++) {
    const wire_message *want = scripted_expect(s->broker, MESSAGE_WANT);
    scripted_send_chunk(s->broker, &name, shard, 0, want->header.integers[FIELD_BYTES], true);
  }
  expect_failure_over(s, "corrupt", &name);
}

static void a_lost_shard_fails_its_task_and_is_named(void **state) {
  scene *s = *state;
  const digest name = scripted_digest(ask_for_map(s, false, SMALL_ROWS));
  (void)scripted_expect(s->broker, MESSAGE_WANT);
  scripted_lose(s->broker, &name, STATUS_NOT_FOUND, "gone");
  expect_failure_over(s, "not-found", &name);
  /* When it is there after all, the next attempt gets it. */
  scene_send_map(s, 1);
  expect_served(s, 1);
}

/* The result of task 1, which the worker gives back when the answers are too slow for it: then it is sent
 * again. */
static void expect_served_patiently(scene *s) {
  for (;;) {
    wire_message *m = scene_serve(s, scene_bytes(&s->shard), -1);
    if (m->header.kind != MESSAGE_FAILURE) {
      scene_check_result(s, m, 1);
      return;
    }
    assert_slice_equal(m->header.texts[FIELD_STATUS], slice_of("unreachable"));
    scene_take(s, m);
    scene_send_map(s, 1);
  }
}

static void a_want_that_nobody_answers_is_sent_again(void **state) {
  scene *s = *state;
  s->answer_ms = 50;
  ask_for_map(s, false, SMALL_ROWS);
  (void)scripted_expect(s->broker, MESSAGE_WANT);
  expect_served_patiently(s);
  assert_true(s->wants >= 1);
}

/* It answers signs of life, so that no peer takes it for dead. */
static void a_broker_that_never_answers_wants_gets_the_task_back(void **state) {
  scene *s = *state;
  s->answer_ms = 20;
  const digest name = scripted_digest(ask_for_map(s, false, SMALL_ROWS));
  for (int i = 0; i < SUPPLY_ASKS; i++) {
    (void)scripted_expect(s->broker, MESSAGE_WANT);
  }
  expect_failure_over(s, "unreachable", &name);
  /* The worker goes on: a broker that came to its senses is served. */
  scene_send_map(s, 1);
  expect_served_patiently(s);
}

static void chunks_that_came_before_a_break_are_not_asked_for_again(void **state) {
  scene *s = *state;
  const slice shard = ask_for_map(s, false, LARGE_ROWS);
  const digest name = scripted_digest(shard);
  for (unsigned i = 0; i < chunks_of(shard); i++) {
    (void)scripted_expect(s->broker, MESSAGE_WANT);
  }
  scripted_send_chunk(s->broker, &name, shard, MESSAGE_FRAME_MAX, MESSAGE_FRAME_MAX, false);
  scripted_say(s->broker, MESSAGE_STRANGER);
  scene_welcome(s);
  scene_send_map(s, 1);
  expect_served(s, 1);
  assert_int_equal(s->wants, chunks_of(shard) - 1);
}

static void a_program_by_name_is_fetched_once_for_two_tasks(void **state) {
  scene *s = *state;
  scene_survey(s, false, SMALL_ROWS);
  scene_begin(s, NULL);
  digest put;
  assert_int_equal(store_put(s->shards, s->shard.data, s->shard.length, &put, NULL), STATUS_OK);
  uint8_t program_name[BLOB_NAME_BYTES];
  uint8_t shard_name[BLOB_NAME_BYTES];
  scripted_blob_name(scene_bytes(&s->program), program_name);
  scripted_blob_name(scene_bytes(&s->shard), shard_name);
  for (uint64_t task = 1; task <= 2; task++) {
    message m = scene_task(7, task, "map");
    message_set_integer(&m, FIELD_BY_NAME, 1);
    const wire_payload payloads[] = {{.bytes = program_name, .length = sizeof program_name},
                                     {.bytes = shard_name, .length = sizeof shard_name}};
    scripted_send(s->broker, &m, payloads, 2);
  }
  wire_message *m = scene_serve(s, scene_bytes(&s->program), -1);
  const uint64_t first = m->header.integers[FIELD_TASK]; /* either may be done before the other */
  scene_check_result(s, m, first);
  scene_expect_result(s, 3 - first);
  assert_int_equal(s->wants, 1);
}

/* ---- From the worker ----------------------------------------------------------------------------- */

static void a_large_partial_stays_and_is_served_also_to_who_reduces_it(void **state) {
  scene *s = *state;
  wire_message *m = scene_serve(s, ask_for_map(s, true, LARGE_ROWS), -1);
  assert_int_equal(m->header.kind, MESSAGE_RESULT);
  assert_int_equal(m->header.integers[FIELD_BY_NAME], 1);
  buf wanted;
  uint8_t name[BLOB_NAME_BYTES];
  scene_partial(s, &wanted);
  scripted_blob_name(scene_bytes(&wanted), name);
  assert_int_equal(scripted_payload(m, 0).length, BLOB_NAME_BYTES);
  assert_memory_equal(scripted_payload(m, 0).bytes, name, BLOB_NAME_BYTES);
  scene_take(s, m);
  const digest d = scripted_digest(scene_bytes(&wanted));
  scene_fetch(s, &d, wanted.length);
  buf_fini(&wanted);
  /* The worker that reduces it needs no message for it. */
  message reduce = scene_task(7, 2, "reduce");
  message_set_integer(&reduce, FIELD_BY_NAME, 2);
  const wire_payload payloads[] = {{.bytes = s->program.data, .length = s->program.length},
                                   {.bytes = name, .length = sizeof name}};
  scripted_send(s->broker, &reduce, payloads, 2);
  m = scripted_expect(s->broker, MESSAGE_RESULT);
  assert_memory_equal(scripted_payload(m, 0).bytes, name, BLOB_NAME_BYTES);
}

static void a_want_that_cannot_be_met_is_answered_with_lost(void **state) {
  scene *s = *state;
  scene_survey(s, false, SMALL_ROWS);
  scene_begin(s, NULL);
  const digest name = scripted_digest(scene_bytes(&s->shard));
  message want = scripted_about(&name, MESSAGE_WANT);
  message_set_integer(&want, FIELD_OFFSET, 0);
  message_set_integer(&want, FIELD_BYTES, 10);
  scripted_send(s->broker, &want, NULL, 0);
  const wire_message *m = scripted_expect(s->broker, MESSAGE_LOST);
  assert_slice_equal(m->header.texts[FIELD_STATUS], slice_of("not-found"));
  digest put;
  assert_int_equal(store_put(s->shards, s->shard.data, s->shard.length, &put, NULL), STATUS_OK);
  message_set_integer(&want, FIELD_OFFSET, s->shard.length);
  scripted_send(s->broker, &want, NULL, 0);
  m = scripted_expect(s->broker, MESSAGE_LOST);
  assert_slice_equal(m->header.texts[FIELD_STATUS], slice_of("protocol"));
}

/* ---- From a directory ---------------------------------------------------------------------------- */

/* As ask_for_map, where the broker's directory has the shard; gives its name and file. */
static digest ask_for_shared(scene *s, uint32_t rows, bool is_true, bool is_altered) {
  char path[512];
  scene_survey(s, false, rows);
  const digest name = scripted_digest(scene_bytes(&s->shard));
  scripted_share(s->broker, is_true);
  s->shard.data[0] ^= is_altered ? 0xff : 0;
  scripted_share_blob(s->broker, &name, scene_bytes(&s->shard), path);
  s->shard.data[0] ^= is_altered ? 0xff : 0;
  scene_begin(s, NULL);
  scene_send_map(s, 1);
  return name;
}

static void a_shared_directory_moves_no_bytes(void **state) {
  scene *s = *state;
  char own[500];
  char hex[DIGEST_HEX_BYTES];
  struct stat info;
  const digest name = ask_for_shared(s, LARGE_ROWS, true, false);
  scene_expect_result(s, 1);
  digest_hex(&name, hex);
  snprintf(own, sizeof own, "%s/worker/blobs/%.2s/%s", scripted_directory(s->broker), hex, hex);
  assert_int_not_equal(stat(own, &info), 0);
}

static void a_directory_with_another_probe_is_not_believed(void **state) {
  scene *s = *state;
  ask_for_shared(s, SMALL_ROWS, false, false);
  expect_served(s, 1);
  assert_int_equal(s->wants, 1);
}

static void an_altered_blob_of_a_shared_directory_is_fetched_instead(void **state) {
  scene *s = *state;
  ask_for_shared(s, SMALL_ROWS, true, true);
  expect_served(s, 1);
  assert_int_equal(s->wants, 1);
}

/* ---- A disk that is full ------------------------------------------------------------------------- */

static struct rlimit file_sizes;

static int allow_files(void **state) {
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &file_sizes), 0);
  return scene_close(state);
}

static void a_store_that_is_full_does_not_stop_a_task(void **state) {
  scene *s = *state;
  scene_survey(s, false, LARGE_ROWS);
  scene_begin(s, NULL);
  /* Files of more than a mebibyte cannot be written: as a full disk, the store says. */
  (void)signal(SIGXFSZ, SIG_IGN);
  const struct rlimit less = {1 << 20, file_sizes.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
  scene_send_map(s, 1);
  expect_served(s, 1);
  const digest name = scripted_digest(scene_bytes(&s->shard));
  assert_false(store_has(s->shards, &name, s->shard.length));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_WORKER(a_shard_comes_in_chunks_once_and_is_kept),
      WITH_WORKER(no_more_than_eight_chunks_are_under_way),
      WITH_WORKER(an_altered_chunk_is_told_and_asked_for_again),
      WITH_WORKER(a_shard_that_never_arrives_whole_fails_its_task_and_is_named),
      WITH_WORKER(a_lost_shard_fails_its_task_and_is_named),
      WITH_WORKER(a_want_that_nobody_answers_is_sent_again),
      WITH_WORKER(a_broker_that_never_answers_wants_gets_the_task_back),
      WITH_WORKER(chunks_that_came_before_a_break_are_not_asked_for_again),
      WITH_WORKER(a_program_by_name_is_fetched_once_for_two_tasks),
      WITH_WORKER(a_large_partial_stays_and_is_served_also_to_who_reduces_it),
      WITH_WORKER(a_want_that_cannot_be_met_is_answered_with_lost),
      WITH_WORKER(a_shared_directory_moves_no_bytes),
      WITH_WORKER(a_directory_with_another_probe_is_not_believed),
      WITH_WORKER(an_altered_blob_of_a_shared_directory_is_fetched_instead),
      cmocka_unit_test_setup_teardown(a_store_that_is_full_does_not_stop_a_task, scene_open, allow_files),
  };
  return getrlimit(RLIMIT_FSIZE, &file_sizes) != 0 || cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
