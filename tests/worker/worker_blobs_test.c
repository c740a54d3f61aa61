/* What a worker needs it gets, by chunks or from a directory that it shares, whole or not at all; what it
 * made and does not fit a message the broker can have from it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/check.h"
#include "tests/worker/fake_broker.h"
#include "worker/supply.h"

enum { SMALL_ROWS = 500, LARGE_ROWS = 120000 /* some 3 MiB of ids */ };

static slice bytes_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

/* A MAP of PROGRAM over the COUNT shards. */
static void send_map(fake_broker *f, uint64_t task, const buf *program, const buf *shards, size_t count) {
  buf names;
  buf_init(&names);
  for (size_t i = 0; i < count; i++) {
    uint8_t name[BLOB_NAME_BYTES];
    fake_name(bytes_of(&shards[i]), name);
    buf_put(&names, name, sizeof name);
  }
  const message m = fake_task(7, task, "map");
  const wire_payload payloads[] = {{.bytes = program->data, .length = program->length},
                                   {.bytes = names.data, .length = names.length}};
  fake_send(f, &m, payloads, 2);
  buf_fini(&names);
}

static void expect_partial(wire_message *m, const buf *program, const buf *shards, size_t count) {
  buf wanted;
  fake_partial(bytes_of(program), shards, count, &wanted);
  assert_int_equal(m->header.kind, MESSAGE_RESULT);
  assert_false((m->header.has & FIELD_BIT(FIELD_BY_NAME)) != 0);
  const slice got = fake_payload(m, 0);
  assert_int_equal(got.length, wanted.length);
  assert_memory_equal(got.bytes, wanted.data, wanted.length);
  buf_fini(&wanted);
}

typedef struct survey {
  buf program, shard;
} survey;

static void survey_init(survey *s, bool big, uint32_t rows) {
  fake_program(big, &s->program);
  fake_shard(rows, 1, &s->shard);
}

static void survey_fini(survey *s) {
  buf_fini(&s->program);
  buf_fini(&s->shard);
}

static void a_shard_comes_in_chunks_once_and_is_kept(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, LARGE_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  wire_message *m = fake_serve(&f, bytes_of(&s.shard), -1);
  expect_partial(m, &s.program, &s.shard, 1);
  assert_int_equal(m->header.integers[FIELD_STATES_COMPUTED], 1);
  assert_int_equal(f.wants, s.shard.length / MESSAGE_FRAME_MAX + 1);
  fake_take(&f, m);
  const digest name = fake_digest(bytes_of(&s.shard));
  assert_true(store_has(f.shards, &name, s.shard.length));
  send_map(&f, 2, &s.program, &s.shard, 1);
  m = fake_expect(&f, MESSAGE_RESULT);
  expect_partial(m, &s.program, &s.shard, 1);
  assert_int_equal(m->header.integers[FIELD_STATES_CACHED], 1);
  survey_fini(&s);
  fake_teardown(&f);
}

static void no_more_than_eight_chunks_are_under_way(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, LARGE_ROWS * 4);
  assert_true(s.shard.length > 10 * MESSAGE_FRAME_MAX);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  for (int i = 0; i < 8; i++) {
    (void)fake_expect(&f, MESSAGE_WANT);
  }
  assert_null(fake_look(&f, 200));
  survey_fini(&s);
  fake_teardown(&f);
}

static void an_altered_chunk_is_told_and_asked_for_again(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, LARGE_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  wire_message *m = fake_serve(&f, bytes_of(&s.shard), 1);
  expect_partial(m, &s.program, &s.shard, 1);
  assert_int_equal(f.wants, 2 * (s.shard.length / MESSAGE_FRAME_MAX + 1));
  fake_take(&f, m);
  assert_true(worker_drain(f.w, FAKE_EVER_MS)); /* all lines are said when it has left */
  worker_stop(f.w);
  f.w = NULL;
  char hex[DIGEST_HEX_BYTES];
  const digest name = fake_digest(bytes_of(&s.shard));
  digest_hex(&name, hex);
  assert_true(fake_heard(&f, hex));
  assert_true(fake_heard(&f, "attempt 1 of 3"));
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_shard_that_never_arrives_whole_fails_its_task_and_is_named(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, SMALL_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  const digest name = fake_digest(bytes_of(&s.shard));
  for (int i = 0; i < 3; i++) {
    const wire_message *want = fake_expect(&f, MESSAGE_WANT);
    const uint64_t length = want->header.integers[FIELD_BYTES];
    char *wrong = calloc(1, length);
    assert_non_null(wrong);
    message chunk = message_of(MESSAGE_CHUNK);
    message_set_bytes(&chunk, FIELD_BLOB, name.bytes, DIGEST_BYTES);
    message_set_integer(&chunk, FIELD_OFFSET, 0);
    message_set_integer(&chunk, FIELD_BYTES, s.shard.length);
    const wire_payload payload = {.bytes = wrong, .length = length};
    fake_send(&f, &chunk, &payload, 1);
    free(wrong);
  }
  const wire_message *m = fake_expect(&f, MESSAGE_FAILURE);
  assert_true(slice_equal(m->header.texts[FIELD_STATUS], slice_of("corrupt")));
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, name.bytes, DIGEST_BYTES);
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_lost_shard_fails_its_task_and_is_named(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, SMALL_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  (void)fake_expect(&f, MESSAGE_WANT);
  const digest name = fake_digest(bytes_of(&s.shard));
  message lost = message_of(MESSAGE_LOST);
  message_set_bytes(&lost, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  message_set_text(&lost, FIELD_STATUS, "not-found");
  message_set_text(&lost, FIELD_MESSAGE, "gone");
  fake_send(&f, &lost, NULL, 0);
  const wire_message *m = fake_expect(&f, MESSAGE_FAILURE);
  assert_true(slice_equal(m->header.texts[FIELD_STATUS], slice_of("not-found")));
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, name.bytes, DIGEST_BYTES);
  fake_take(&f, m);
  /* When it is there after all, the next attempt gets it. */
  send_map(&f, 1, &s.program, &s.shard, 1);
  expect_partial(fake_serve(&f, bytes_of(&s.shard), -1), &s.program, &s.shard, 1);
  survey_fini(&s);
  fake_teardown(&f);
}

/* The partial of task 1, which the worker gives back when the answers are too slow for it: then it is sent
 * again.
 */
static wire_message *serve_patiently(fake_broker *f, const survey *s) {
  for (;;) {
    wire_message *m = fake_serve(f, bytes_of(&s->shard), -1);
    if (m->header.kind != MESSAGE_FAILURE) {
      return m;
    }
    assert_true(slice_equal(m->header.texts[FIELD_STATUS], slice_of("unreachable")));
    fake_take(f, m);
    send_map(f, 1, &s->program, &s->shard, 1);
  }
}

static void a_want_that_nobody_answers_is_sent_again(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  f.answer_ms = 50;
  survey_init(&s, false, SMALL_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  (void)fake_expect(&f, MESSAGE_WANT);
  expect_partial(serve_patiently(&f, &s), &s.program, &s.shard, 1);
  assert_true(f.wants >= 1);
  survey_fini(&s);
  fake_teardown(&f);
}

/* It answers signs of life, so that no peer takes it for dead. */
static void a_broker_that_never_answers_wants_gets_the_task_back(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  unsigned wants = 0;
  fake_setup(&f);
  f.answer_ms = 20;
  survey_init(&s, false, SMALL_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  const digest name = fake_digest(bytes_of(&s.shard));
  const wire_message *m = fake_next(&f);
  for (; m->header.kind == MESSAGE_WANT; m = fake_next(&f)) {
    wants++;
  }
  assert_int_equal(m->header.kind, MESSAGE_FAILURE);
  assert_int_equal(wants, SUPPLY_ASKS);
  assert_true(fake_is_of(m, 1, 1));
  assert_true(slice_equal(m->header.texts[FIELD_STATUS], slice_of("unreachable")));
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, name.bytes, DIGEST_BYTES);
  fake_take(&f, m);
  /* The worker goes on: a broker that came to its senses is served. */
  send_map(&f, 1, &s.program, &s.shard, 1);
  expect_partial(serve_patiently(&f, &s), &s.program, &s.shard, 1);
  survey_fini(&s);
  fake_teardown(&f);
}

static void chunks_that_came_before_a_break_are_not_asked_for_again(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, LARGE_ROWS);
  const slice shard = bytes_of(&s.shard);
  const digest name = fake_digest(shard);
  const unsigned chunks = (unsigned)(shard.length / MESSAGE_FRAME_MAX) + 1;
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  for (unsigned i = 0; i < chunks; i++) {
    (void)fake_expect(&f, MESSAGE_WANT);
  }
  message chunk = message_of(MESSAGE_CHUNK);
  message_set_bytes(&chunk, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  message_set_integer(&chunk, FIELD_OFFSET, MESSAGE_FRAME_MAX);
  message_set_integer(&chunk, FIELD_BYTES, shard.length);
  const wire_payload payload = {.bytes = shard.bytes + MESSAGE_FRAME_MAX, .length = MESSAGE_FRAME_MAX};
  fake_send(&f, &chunk, &payload, 1);
  const message stranger = message_of(MESSAGE_STRANGER);
  fake_send(&f, &stranger, NULL, 0);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  wire_message *m = fake_serve(&f, shard, -1);
  expect_partial(m, &s.program, &s.shard, 1);
  assert_int_equal(f.wants, chunks - 1);
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_program_by_name_is_fetched_once_for_two_tasks(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, SMALL_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  digest put;
  assert_int_equal(store_put(f.shards, s.shard.data, s.shard.length, &put, NULL), STATUS_OK);
  uint8_t program_name[BLOB_NAME_BYTES];
  uint8_t shard_name[BLOB_NAME_BYTES];
  fake_name(bytes_of(&s.program), program_name);
  fake_name(bytes_of(&s.shard), shard_name);
  for (uint64_t task = 1; task <= 2; task++) {
    message m = fake_task(7, task, "map");
    message_set_integer(&m, FIELD_BY_NAME, 1);
    const wire_payload payloads[] = {{.bytes = program_name, .length = sizeof program_name},
                                     {.bytes = shard_name, .length = sizeof shard_name}};
    fake_send(&f, &m, payloads, 2);
  }
  expect_partial(fake_serve(&f, bytes_of(&s.program), -1), &s.program, &s.shard, 1);
  expect_partial(fake_expect(&f, MESSAGE_RESULT), &s.program, &s.shard, 1);
  assert_int_equal(f.wants, 1);
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_large_partial_stays_and_is_served_also_to_who_reduces_it(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, true, LARGE_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  send_map(&f, 1, &s.program, &s.shard, 1);
  wire_message *m = fake_serve(&f, bytes_of(&s.shard), -1);
  assert_int_equal(m->header.kind, MESSAGE_RESULT);
  assert_int_equal(m->header.integers[FIELD_BY_NAME], 1);
  buf wanted;
  uint8_t name[BLOB_NAME_BYTES];
  fake_partial(bytes_of(&s.program), &s.shard, 1, &wanted);
  fake_name(bytes_of(&wanted), name);
  assert_int_equal(fake_payload(m, 0).length, BLOB_NAME_BYTES);
  assert_memory_equal(fake_payload(m, 0).bytes, name, BLOB_NAME_BYTES);
  fake_take(&f, m);
  buf got;
  const digest d = fake_digest(bytes_of(&wanted));
  fake_fetch(&f, &d, wanted.length, &got);
  buf_fini(&got);
  /* The worker that reduces it needs no message for it. */
  message reduce = fake_task(7, 2, "reduce");
  message_set_integer(&reduce, FIELD_BY_NAME, 2);
  const wire_payload payloads[] = {{.bytes = s.program.data, .length = s.program.length},
                                   {.bytes = name, .length = sizeof name}};
  fake_send(&f, &reduce, payloads, 2);
  m = fake_expect(&f, MESSAGE_RESULT);
  assert_memory_equal(fake_payload(m, 0).bytes, name, BLOB_NAME_BYTES);
  buf_fini(&wanted);
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_want_that_cannot_be_met_is_answered_with_lost(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, SMALL_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  const digest name = fake_digest(bytes_of(&s.shard));
  message want = message_of(MESSAGE_WANT);
  message_set_bytes(&want, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  message_set_integer(&want, FIELD_OFFSET, 0);
  message_set_integer(&want, FIELD_BYTES, 10);
  fake_send(&f, &want, NULL, 0);
  const wire_message *m = fake_expect(&f, MESSAGE_LOST);
  assert_true(slice_equal(m->header.texts[FIELD_STATUS], slice_of("not-found")));
  digest put;
  assert_int_equal(store_put(f.shards, s.shard.data, s.shard.length, &put, NULL), STATUS_OK);
  message_set_integer(&want, FIELD_OFFSET, s.shard.length);
  fake_send(&f, &want, NULL, 0);
  m = fake_expect(&f, MESSAGE_LOST);
  assert_true(slice_equal(m->header.texts[FIELD_STATUS], slice_of("protocol")));
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_shared_directory_moves_no_bytes(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  char path[400];
  fake_setup(&f);
  survey_init(&s, false, LARGE_ROWS);
  fake_share(&f, path, sizeof path, bytes_of(&s.shard));
  fake_start_worker(&f, NULL);
  fake_welcome(&f, path, fake_probe);
  send_map(&f, 1, &s.program, &s.shard, 1);
  expect_partial(fake_expect(&f, MESSAGE_RESULT), &s.program, &s.shard, 1);
  const digest name = fake_digest(bytes_of(&s.shard));
  char own[500];
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&name, hex);
  snprintf(own, sizeof own, "%s/worker/blobs/%.2s/%s", f.directory, hex, hex);
  struct stat info;
  assert_int_not_equal(stat(own, &info), 0);
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_directory_with_another_probe_is_not_believed(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  char path[400];
  const uint8_t other[16] = {9};
  fake_setup(&f);
  survey_init(&s, false, SMALL_ROWS);
  fake_share(&f, path, sizeof path, bytes_of(&s.shard));
  fake_start_worker(&f, NULL);
  fake_welcome(&f, path, other);
  send_map(&f, 1, &s.program, &s.shard, 1);
  expect_partial(fake_serve(&f, bytes_of(&s.shard), -1), &s.program, &s.shard, 1);
  assert_int_equal(f.wants, 1);
  survey_fini(&s);
  fake_teardown(&f);
}

static void an_altered_blob_of_a_shared_directory_is_fetched_instead(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  char path[400];
  char file[600];
  char hex[DIGEST_HEX_BYTES];
  fake_setup(&f);
  survey_init(&s, false, SMALL_ROWS);
  fake_share(&f, path, sizeof path, bytes_of(&s.shard));
  const digest name = fake_digest(bytes_of(&s.shard));
  digest_hex(&name, hex);
  snprintf(file, sizeof file, "%s/blobs/%.2s/%s", path, hex, hex);
  FILE *altered = fopen(file, "r+b");
  assert_non_null(altered);
  assert_int_equal(fputc(~s.shard.data[0] & 0xff, altered), ~s.shard.data[0] & 0xff);
  assert_int_equal(fclose(altered), 0);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, path, fake_probe);
  send_map(&f, 1, &s.program, &s.shard, 1);
  expect_partial(fake_serve(&f, bytes_of(&s.shard), -1), &s.program, &s.shard, 1);
  survey_fini(&s);
  fake_teardown(&f);
}

static void a_store_that_is_full_does_not_stop_a_task(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  fake_setup(&f);
  survey_init(&s, false, LARGE_ROWS);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, NULL, NULL);
  /* Files of more than a mebibyte cannot be written: as a full disk, the store says. */
  struct rlimit before;
  (void)signal(SIGXFSZ, SIG_IGN);
  assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct rlimit less = {1 << 20, before.rlim_max};
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
  send_map(&f, 1, &s.program, &s.shard, 1);
  expect_partial(fake_serve(&f, bytes_of(&s.shard), -1), &s.program, &s.shard, 1);
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
  const digest name = fake_digest(bytes_of(&s.shard));
  assert_false(store_has(f.shards, &name, s.shard.length));
  survey_fini(&s);
  fake_teardown(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_shard_comes_in_chunks_once_and_is_kept),
      cmocka_unit_test(no_more_than_eight_chunks_are_under_way),
      cmocka_unit_test(an_altered_chunk_is_told_and_asked_for_again),
      cmocka_unit_test(a_shard_that_never_arrives_whole_fails_its_task_and_is_named),
      cmocka_unit_test(a_lost_shard_fails_its_task_and_is_named),
      cmocka_unit_test(a_want_that_nobody_answers_is_sent_again),
      cmocka_unit_test(a_broker_that_never_answers_wants_gets_the_task_back),
      cmocka_unit_test(chunks_that_came_before_a_break_are_not_asked_for_again),
      cmocka_unit_test(a_program_by_name_is_fetched_once_for_two_tasks),
      cmocka_unit_test(a_large_partial_stays_and_is_served_also_to_who_reduces_it),
      cmocka_unit_test(a_want_that_cannot_be_met_is_answered_with_lost),
      cmocka_unit_test(a_shared_directory_moves_no_bytes),
      cmocka_unit_test(a_directory_with_another_probe_is_not_believed),
      cmocka_unit_test(an_altered_blob_of_a_shared_directory_is_fetched_instead),
      cmocka_unit_test(a_store_that_is_full_does_not_stop_a_task),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
