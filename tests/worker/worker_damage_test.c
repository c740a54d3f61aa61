/* Blobs that were damaged after the worker had compared them with their names: named to the broker, and then
 * fetched. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/worker/scene.h"

enum { ROWS = 500, JOB = 7 };

/* A MAP of PROGRAM, in the message or by its name, over the scene's shard. */
static void send_map(scene *s, uint64_t task, const buf *program, bool by_name) {
  uint8_t program_name[BLOB_NAME_BYTES];
  uint8_t shard_name[BLOB_NAME_BYTES];
  message m = scene_task(JOB, task, "map");
  scripted_blob_name(scene_bytes(program), program_name);
  scripted_blob_name(scene_bytes(&s->shard), shard_name);
  if (by_name) {
    message_set_integer(&m, FIELD_BY_NAME, 1);
  }
  const wire_payload payloads[] = {{.bytes = by_name ? program_name : program->data,
                                    .length = by_name ? sizeof program_name : program->length},
                                   {.bytes = shard_name, .length = sizeof shard_name}};
  scripted_send(s->broker, &m, payloads, 2);
}

/* M is what OF's program gives over its shard. */
static void expect_partial(wire_message *m, const scene *of) {
  buf wanted;
  scene_partial(of, &wanted);
  assert_int_equal(m->header.kind, MESSAGE_RESULT);
  const slice got = scripted_payload(m, 0);
  assert_int_equal(got.length, wanted.length);
  assert_memory_equal(got.bytes, wanted.data, wanted.length);
  buf_fini(&wanted);
}

static void alter_in_the_middle(const char *path, slice blob) {
  FILE *altered = fopen(path, "r+b");
  assert_non_null(altered);
  assert_int_equal(fseek(altered, (long)(blob.length / 2), SEEK_SET), 0);
  const int other = ~blob.bytes[blob.length / 2] & 0xff;
  assert_int_equal(fputc(other, altered), other);
  assert_int_equal(fclose(altered), 0);
}

static void expect_damaged(scene *s, uint64_t task, slice blob) {
  wire_message *m = scene_expect_failure(s, task, "corrupt");
  const digest name = scripted_digest(blob);
  assert_int_equal(m->header.texts[FIELD_BLOB].length, DIGEST_BYTES);
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, name.bytes, DIGEST_BYTES);
  scene_take(s, m);
}

static void share(scene *s, const buf *blob, char path[512]) {
  const digest name = scripted_digest(scene_bytes(blob));
  scripted_share(s->broker, true);
  scripted_share_blob(s->broker, &name, scene_bytes(blob), path);
}

/* It was compared before the first task; the second reads other columns. */
static void a_shard_that_is_altered_after_it_was_compared_is_named_and_then_fetched(void **state) {
  scene *s = *state;
  scene other;
  char path[512];
  memset(&other, 0, sizeof other);
  scene_survey(s, false, ROWS);
  scene_survey(&other, true, ROWS);
  share(s, &s->shard, path);
  scene_begin(s, NULL);
  send_map(s, 1, &s->program, false);
  wire_message *m = scripted_expect(s->broker, MESSAGE_RESULT);
  expect_partial(m, s);
  scene_take(s, m);
  alter_in_the_middle(path, scene_bytes(&s->shard));
  send_map(s, 2, &other.program, false);
  expect_damaged(s, 2, scene_bytes(&s->shard));
  send_map(s, 3, &other.program, false);
  expect_partial(scene_serve(s, scene_bytes(&s->shard), -1), &other);
  buf_fini(&other.program);
  buf_fini(&other.shard);
}

static void a_program_that_is_altered_after_it_was_compared_is_named_and_then_fetched(void **state) {
  scene *s = *state;
  char path[512];
  digest put;
  scene_survey(s, false, ROWS);
  share(s, &s->program, path);
  scene_start(s, NULL);
  assert_int_equal(store_put(s->shards, s->shard.data, s->shard.length, &put, NULL), STATUS_OK);
  scene_welcome(s);
  send_map(s, 1, &s->program, true);
  wire_message *m = scripted_expect(s->broker, MESSAGE_RESULT);
  expect_partial(m, s);
  scene_take(s, m);
  alter_in_the_middle(path, scene_bytes(&s->program));
  send_map(s, 2, &s->program, true);
  expect_damaged(s, 2, scene_bytes(&s->program));
  send_map(s, 3, &s->program, true);
  expect_partial(scene_serve(s, scene_bytes(&s->program), -1), s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH_WORKER(a_shard_that_is_altered_after_it_was_compared_is_named_and_then_fetched),
      WITH_WORKER(a_program_that_is_altered_after_it_was_compared_is_named_and_then_fetched),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
