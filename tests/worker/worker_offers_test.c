/* What a task made that does not fit into a message (plans, shards of files that were read) is offered before
 * the result is sent, or handed in as a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/manifest.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/worker/scene.h"

enum { SMALL_ROWS = 500 };

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

static void send_plan(scene *s) {
  const message task = scene_task(7, 1, "plan");
  const wire_payload payloads[] = {{.bytes = "spec", .length = 4}, {.bytes = "manifest", .length = 8}};
  scripted_send(s->broker, &task, payloads, 2);
}

/* The broker has it. */
static void accept(scene *s, const digest *blob) {
  const message have = scripted_about(blob, MESSAGE_HAVE);
  scripted_send(s->broker, &have, NULL, 0);
}

static void a_plan_that_is_large_is_offered_before_the_result(void **state) {
  scene *s = *state;
  const fake_preparation they = {.plan = make_plan};
  scene_begin(s, &they);
  send_plan(s);
  wire_message *m = scripted_expect(s->broker, MESSAGE_OFFER);
  digest name;
  memcpy(name.bytes, m->header.texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  assert_int_equal(m->header.integers[FIELD_BYTES], PLAN_BYTES);
  scene_fetch(s, &name, PLAN_BYTES);
  accept(s, &name);
  m = scripted_expect(s->broker, MESSAGE_RESULT);
  assert_int_equal(m->header.integers[FIELD_BY_NAME], 1);
  assert_int_equal(scripted_payload(m, 0).length, BLOB_NAME_BYTES);
  assert_memory_equal(scripted_payload(m, 0).bytes, name.bytes, DIGEST_BYTES);
  assert_int_equal(scripted_payload(m, 1).length, PROGRAM_BYTES);
}

/* A READ of two files, whose blobs the broker has. */
static void send_read(scene *s, slice first, slice second) {
  buf files[2];
  const slice contents[] = {first, second};
  static const char *const names[] = {"a.csv", "b.csv"};
  for (size_t i = 0; i < 2; i++) {
    uint8_t name[BLOB_NAME_BYTES];
    buf_init(&files[i]);
    scripted_blob_name(contents[i], name);
    buf_put(&files[i], name, sizeof name);
    buf_put(&files[i], names[i], strlen(names[i]));
  }
  message task = scene_task(7, 1, "read");
  message_set_integer(&task, FIELD_SHARD_ROWS, 300);
  const wire_payload payloads[] = {{.bytes = "spec", .length = 4},
                                   {.bytes = "", .length = 0},
                                   {.bytes = files[0].data, .length = files[0].length},
                                   {.bytes = files[1].data, .length = files[1].length}};
  scripted_send(s->broker, &task, payloads, 4);
  buf_fini(&files[0]);
  buf_fini(&files[1]);
}

/* Sends the one chunk of BLOB. */
static void serve_one(scene *s, slice blob) {
  const digest name = scripted_digest(blob);
  scripted_send_chunk(s->broker, &name, blob, 0, blob.length, false);
}

static void files_are_fetched_and_read_and_their_shards_offered(void **state) {
  scene *s = *state;
  unsigned calls = 0;
  const slice first = slice_of("first file");
  const slice second = slice_of("second");
  const fake_preparation they = {.read = read_files, .context = &calls};
  scene_begin(s, &they);
  send_read(s, first, second);
  (void)scripted_expect(s->broker, MESSAGE_WANT);
  (void)scripted_expect(s->broker, MESSAGE_WANT);
  serve_one(s, second);
  serve_one(s, first);
  wire_message *m = scripted_expect(s->broker, MESSAGE_OFFER);
  const digest shard = scripted_digest(first);
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, shard.bytes, DIGEST_BYTES);
  /* The broker reports that it arrived altered: it is offered again. */
  scripted_lose(s->broker, &shard, STATUS_CORRUPT, "");
  (void)scripted_expect(s->broker, MESSAGE_OFFER);
  scene_fetch(s, &shard, first.length);
  accept(s, &shard);
  m = scripted_expect(s->broker, MESSAGE_RESULT);
  manifest *made = NULL;
  assert_int_equal(manifest_decode(scripted_payload(m, 0).bytes, scripted_payload(m, 0).length, &made, NULL),
                   STATUS_OK);
  assert_int_equal(made->shards_count, 1);
  manifest_destroy(made);
  assert_int_equal(calls, 1);
}

static void shards_are_handed_in_as_files_where_the_directory_is_shared(void **state) {
  scene *s = *state;
  unsigned calls = 0;
  char file[600];
  char hex[DIGEST_HEX_BYTES];
  const slice second = slice_of("second");
  buf first;
  scene_shard(SMALL_ROWS, 5, &first);
  scripted_share(s->broker, true);
  const digest name = scripted_digest(second);
  scripted_share_blob(s->broker, &name, second, file);
  const fake_preparation they = {.read = read_files, .context = &calls};
  scene_begin(s, &they);
  send_read(s, scene_bytes(&first), second);
  (void)scripted_expect(s->broker, MESSAGE_WANT);
  serve_one(s, scene_bytes(&first));
  (void)scripted_expect(s->broker, MESSAGE_OFFER);
  const digest shard = scripted_digest(scene_bytes(&first));
  digest_hex(&shard, hex);
  snprintf(file, sizeof file, "%s/hand-in/%s", scripted_store(s->broker), hex);
  size_t length = 0;
  char *handed = process_read_file(file, &length);
  assert_non_null(handed);
  assert_int_equal(length, first.length);
  assert_memory_equal(handed, first.data, length);
  free(handed);
  buf_fini(&first);
}

static void an_offer_that_is_refused_fails_the_task(void **state) {
  scene *s = *state;
  const fake_preparation they = {.plan = make_plan};
  scene_begin(s, &they);
  send_plan(s);
  wire_message *m = scripted_expect(s->broker, MESSAGE_OFFER);
  message refused = message_of(MESSAGE_REFUSED);
  message_set_bytes(&refused, FIELD_BLOB, m->header.texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  message_set_text(&refused, FIELD_STATUS, "io");
  message_set_text(&refused, FIELD_MESSAGE, "the store is full");
  scripted_send(s->broker, &refused, NULL, 0);
  m = scripted_expect(s->broker, MESSAGE_FAILURE);
  assert_slice_equal(m->header.texts[FIELD_STATUS], slice_of("io"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_WORKER(a_plan_that_is_large_is_offered_before_the_result),
      WITH_WORKER(files_are_fetched_and_read_and_their_shards_offered),
      WITH_WORKER(shards_are_handed_in_as_files_where_the_directory_is_shared),
      WITH_WORKER(an_offer_that_is_refused_fails_the_task),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
