/* What a worker needs it gets, by chunks or from a directory that it shares, whole or not at all; what it
 * made and does not fit a message the broker can have from it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "store/manifest.h"
#include "tests/process.h"
#include "tests/worker/fake_broker.h"

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
  assert_null(fake_next(&f, 200));
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
  assert_true(worker_drain(f.w, FAKE_DEADLINE_MS)); /* all lines are said when it has left */
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

/* A broker's directory with one blob, and the probe in it. */
static void make_directory(fake_broker *f, char *path, size_t capacity, slice blob, const uint8_t *probe) {
  char part[600];
  char hex[DIGEST_HEX_BYTES];
  const digest name = fake_digest(blob);
  digest_hex(&name, hex);
  snprintf(path, capacity, "%s/shared", f->directory);
  assert_int_equal(mkdir(path, 0700), 0);
  snprintf(part, sizeof part, "%s/hand-in", path);
  assert_int_equal(mkdir(part, 0700), 0);
  snprintf(part, sizeof part, "%s/blobs", path);
  assert_int_equal(mkdir(part, 0700), 0);
  snprintf(part, sizeof part, "%s/blobs/%.2s", path, hex);
  assert_int_equal(mkdir(part, 0700), 0);
  char ignored[700];
  process_write_file(part, hex, blob.bytes, blob.length, ignored, sizeof ignored);
  process_write_file(path, "probe", probe, 16, ignored, sizeof ignored);
}

static const uint8_t probe[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static void a_shared_directory_moves_no_bytes(void **state) {
  (void)state;
  fake_broker f;
  survey s;
  char path[400];
  fake_setup(&f);
  survey_init(&s, false, LARGE_ROWS);
  make_directory(&f, path, sizeof path, bytes_of(&s.shard), probe);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, path, probe);
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
  make_directory(&f, path, sizeof path, bytes_of(&s.shard), probe);
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
  make_directory(&f, path, sizeof path, bytes_of(&s.shard), probe);
  const digest name = fake_digest(bytes_of(&s.shard));
  digest_hex(&name, hex);
  snprintf(file, sizeof file, "%s/blobs/%.2s/%s", path, hex, hex);
  FILE *altered = fopen(file, "r+b");
  assert_non_null(altered);
  assert_int_equal(fputc(~s.shard.data[0] & 0xff, altered), ~s.shard.data[0] & 0xff);
  assert_int_equal(fclose(altered), 0);
  fake_start_worker(&f, NULL);
  fake_welcome(&f, path, probe);
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

/* ---- Preparing ----------------------------------------------------------------------------------- */

enum { PLAN_BYTES = 3 << 20, PROGRAM_BYTES = 100 };

static status make_plan(void *context, slice specification, slice manifest_bytes, buf *plan, buf *program,
                        error *err) {
  (void)context;
  if (!slice_equal(specification, slice_of("spec")) || !slice_equal(manifest_bytes, slice_of("manifest"))) {
    return error_set(err, STATUS_SPECIFICATION, "not what was sent");
  }
  for (unsigned i = 0; i < PLAN_BYTES; i++) {
    buf_put_u8(plan, (uint8_t)(i * 31 + i / 4096));
  }
  for (unsigned i = 0; i < PROGRAM_BYTES; i++) {
    buf_put_u8(program, 'p');
  }
  return STATUS_OK;
}

/* A dataset of one shard, whose bytes are the first file's. */
static status read_files(void *context, slice specification, slice before, const char *const *paths,
                         const char *const *names, size_t count, uint32_t shard_rows, store *into, buf *out,
                         error *err) {
  unsigned *calls = context;
  (*calls)++;
  if (!slice_equal(specification, slice_of("spec")) || before.length != 0 || count != 2 ||
      shard_rows != 300 || strcmp(names[0], "a.csv") != 0 || strcmp(names[1], "b.csv") != 0) {
    return error_set(err, STATUS_DATA, "not what was sent");
  }
  size_t length = 0;
  char *bytes = process_read_file(paths[0], &length);
  size_t other_length = 0;
  char *other = process_read_file(paths[1], &other_length);
  if (bytes == NULL || other == NULL || strcmp(other, "second") != 0) {
    free(bytes);
    free(other);
    return error_set(err, STATUS_DATA, "the files are not there");
  }
  free(other);
  manifest *m = manifest_new();
  assert_non_null(m);
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, 1);
  m->shards_count = 1;
  m->files = ARENA_ARRAY(m->memory, manifest_file, 1);
  m->files_count = 1;
  m->files[0] = (manifest_file){.name = slice_of("a.csv"), .records = 5};
  m->shards[0] = (manifest_shard){.rows = 5, .bytes = length};
  status st = store_put(into, bytes, length, &m->shards[0].name, err);
  free(bytes);
  manifest_encode(m, out);
  manifest_destroy(m);
  return st;
}

static void a_plan_that_is_large_is_offered_before_the_result(void **state) {
  (void)state;
  fake_broker f;
  fake_setup(&f);
  const worker_preparing they = {.plan = make_plan};
  fake_start_worker(&f, &they);
  fake_welcome(&f, NULL, NULL);
  const message task = fake_task(7, 1, "plan");
  const wire_payload payloads[] = {{.bytes = "spec", .length = 4}, {.bytes = "manifest", .length = 8}};
  fake_send(&f, &task, payloads, 2);
  wire_message *m = fake_expect(&f, MESSAGE_OFFER);
  digest name;
  memcpy(name.bytes, m->header.texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  assert_int_equal(m->header.integers[FIELD_BYTES], PLAN_BYTES);
  buf got;
  fake_fetch(&f, &name, PLAN_BYTES, &got);
  buf_fini(&got);
  message have = message_of(MESSAGE_HAVE);
  message_set_bytes(&have, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  fake_send(&f, &have, NULL, 0);
  m = fake_expect(&f, MESSAGE_RESULT);
  assert_int_equal(m->header.integers[FIELD_BY_NAME], 1);
  assert_int_equal(fake_payload(m, 0).length, BLOB_NAME_BYTES);
  assert_memory_equal(fake_payload(m, 0).bytes, name.bytes, DIGEST_BYTES);
  assert_int_equal(fake_payload(m, 1).length, PROGRAM_BYTES);
  fake_teardown(&f);
}

/* A READ of two files, whose blobs the broker has. */
static void send_read(fake_broker *f, slice first, slice second) {
  buf files[2];
  const slice contents[] = {first, second};
  static const char *const names[] = {"a.csv", "b.csv"};
  for (size_t i = 0; i < 2; i++) {
    uint8_t name[BLOB_NAME_BYTES];
    buf_init(&files[i]);
    fake_name(contents[i], name);
    buf_put(&files[i], name, sizeof name);
    buf_put(&files[i], names[i], strlen(names[i]));
  }
  message task = fake_task(7, 1, "read");
  message_set_integer(&task, FIELD_SHARD_ROWS, 300);
  const wire_payload payloads[] = {{.bytes = "spec", .length = 4},
                                   {.bytes = "", .length = 0},
                                   {.bytes = files[0].data, .length = files[0].length},
                                   {.bytes = files[1].data, .length = files[1].length}};
  fake_send(f, &task, payloads, 4);
  buf_fini(&files[0]);
  buf_fini(&files[1]);
}

/* Sends the one chunk of BLOB. */
static void serve_one(fake_broker *f, slice blob) {
  const digest name = fake_digest(blob);
  message chunk = message_of(MESSAGE_CHUNK);
  message_set_bytes(&chunk, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  message_set_integer(&chunk, FIELD_OFFSET, 0);
  message_set_integer(&chunk, FIELD_BYTES, blob.length);
  const wire_payload payload = {.bytes = blob.bytes, .length = blob.length};
  fake_send(f, &chunk, &payload, 1);
}

static void files_are_fetched_and_read_and_their_shards_offered(void **state) {
  (void)state;
  fake_broker f;
  unsigned calls = 0;
  const slice first = slice_of("first file");
  const slice second = slice_of("second");
  fake_setup(&f);
  const worker_preparing they = {.read = read_files, .context = &calls};
  fake_start_worker(&f, &they);
  fake_welcome(&f, NULL, NULL);
  send_read(&f, first, second);
  (void)fake_expect(&f, MESSAGE_WANT);
  (void)fake_expect(&f, MESSAGE_WANT);
  serve_one(&f, second);
  serve_one(&f, first);
  wire_message *m = fake_expect(&f, MESSAGE_OFFER);
  const digest shard = fake_digest(first);
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, shard.bytes, DIGEST_BYTES);
  /* The broker says that it came altered: it is offered once more. */
  message lost = message_of(MESSAGE_LOST);
  message_set_bytes(&lost, FIELD_BLOB, shard.bytes, DIGEST_BYTES);
  message_set_text(&lost, FIELD_STATUS, "corrupt");
  fake_send(&f, &lost, NULL, 0);
  (void)fake_expect(&f, MESSAGE_OFFER);
  buf got;
  fake_fetch(&f, &shard, first.length, &got);
  buf_fini(&got);
  message have = message_of(MESSAGE_HAVE);
  message_set_bytes(&have, FIELD_BLOB, shard.bytes, DIGEST_BYTES);
  fake_send(&f, &have, NULL, 0);
  m = fake_expect(&f, MESSAGE_RESULT);
  manifest *made = NULL;
  assert_int_equal(manifest_decode(fake_payload(m, 0).bytes, fake_payload(m, 0).length, &made, NULL),
                   STATUS_OK);
  assert_int_equal(made->shards_count, 1);
  manifest_destroy(made);
  assert_int_equal(calls, 1);
  fake_teardown(&f);
}

static void shards_are_handed_in_as_files_where_the_directory_is_shared(void **state) {
  (void)state;
  fake_broker f;
  unsigned calls = 0;
  char path[400];
  char file[600];
  char hex[DIGEST_HEX_BYTES];
  const slice second = slice_of("second");
  buf first;
  fake_shard(SMALL_ROWS, 5, &first);
  fake_setup(&f);
  make_directory(&f, path, sizeof path, second, probe);
  const worker_preparing they = {.read = read_files, .context = &calls};
  fake_start_worker(&f, &they);
  fake_welcome(&f, path, probe);
  send_read(&f, bytes_of(&first), second);
  (void)fake_expect(&f, MESSAGE_WANT);
  serve_one(&f, bytes_of(&first));
  (void)fake_expect(&f, MESSAGE_OFFER);
  const digest shard = fake_digest(bytes_of(&first));
  digest_hex(&shard, hex);
  snprintf(file, sizeof file, "%s/hand-in/%s", path, hex);
  size_t length = 0;
  char *handed = process_read_file(file, &length);
  assert_non_null(handed);
  assert_int_equal(length, first.length);
  assert_memory_equal(handed, first.data, length);
  free(handed);
  buf_fini(&first);
  fake_teardown(&f);
}

static void an_offer_that_is_refused_fails_the_task(void **state) {
  (void)state;
  fake_broker f;
  fake_setup(&f);
  const worker_preparing they = {.plan = make_plan};
  fake_start_worker(&f, &they);
  fake_welcome(&f, NULL, NULL);
  const message task = fake_task(7, 1, "plan");
  const wire_payload payloads[] = {{.bytes = "spec", .length = 4}, {.bytes = "manifest", .length = 8}};
  fake_send(&f, &task, payloads, 2);
  wire_message *m = fake_expect(&f, MESSAGE_OFFER);
  message refused = message_of(MESSAGE_REFUSED);
  message_set_bytes(&refused, FIELD_BLOB, m->header.texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  message_set_text(&refused, FIELD_STATUS, "io");
  message_set_text(&refused, FIELD_MESSAGE, "the store is full");
  fake_send(&f, &refused, NULL, 0);
  m = fake_expect(&f, MESSAGE_FAILURE);
  assert_true(slice_equal(m->header.texts[FIELD_STATUS], slice_of("io")));
  fake_teardown(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_shard_comes_in_chunks_once_and_is_kept),
      cmocka_unit_test(no_more_than_eight_chunks_are_under_way),
      cmocka_unit_test(an_altered_chunk_is_told_and_asked_for_again),
      cmocka_unit_test(a_shard_that_never_arrives_whole_fails_its_task_and_is_named),
      cmocka_unit_test(a_lost_shard_fails_its_task_and_is_named),
      cmocka_unit_test(chunks_that_came_before_a_break_are_not_asked_for_again),
      cmocka_unit_test(a_program_by_name_is_fetched_once_for_two_tasks),
      cmocka_unit_test(a_large_partial_stays_and_is_served_also_to_who_reduces_it),
      cmocka_unit_test(a_want_that_cannot_be_met_is_answered_with_lost),
      cmocka_unit_test(a_shared_directory_moves_no_bytes),
      cmocka_unit_test(a_directory_with_another_probe_is_not_believed),
      cmocka_unit_test(an_altered_blob_of_a_shared_directory_is_fetched_instead),
      cmocka_unit_test(a_store_that_is_full_does_not_stop_a_task),
      cmocka_unit_test(a_plan_that_is_large_is_offered_before_the_result),
      cmocka_unit_test(files_are_fetched_and_read_and_their_shards_offered),
      cmocka_unit_test(shards_are_handed_in_as_files_where_the_directory_is_shared),
      cmocka_unit_test(an_offer_that_is_refused_fails_the_task),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
