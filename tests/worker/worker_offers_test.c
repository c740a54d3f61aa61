/* What tasks make and does not fit a message (plans, the shards of files that were read) is offered before
 * the result is sent, or handed in as a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/manifest.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/worker/fake_broker.h"

enum { SMALL_ROWS = 500 };

static slice bytes_of(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

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
  m->files = ARENA_ARRAY(m->memory, file_facts, 1);
  m->files_count = 1;
  m->files[0] = (file_facts){.name = slice_of("a.csv"), .records = 5};
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
  const fake_preparation they = {.plan = make_plan};
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
  const fake_preparation they = {.read = read_files, .context = &calls};
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
  /* The broker reports that it arrived altered: it is offered again. */
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
  fake_share(&f, path, sizeof path, second);
  const fake_preparation they = {.read = read_files, .context = &calls};
  fake_start_worker(&f, &they);
  fake_welcome(&f, path, fake_probe);
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
  const fake_preparation they = {.plan = make_plan};
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
      cmocka_unit_test(a_plan_that_is_large_is_offered_before_the_result),
      cmocka_unit_test(files_are_fetched_and_read_and_their_shards_offered),
      cmocka_unit_test(shards_are_handed_in_as_files_where_the_directory_is_shared),
      cmocka_unit_test(an_offer_that_is_refused_fails_the_task),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
