/* One worker, in a context of its own. */
#include "tests/worker/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/partial.h"
#include "stats/stats.h"
#include "store/shard.h"
#include "tests/check.h"
#include "tests/waiting.h"
#include "worker/shard_rows.h"

static void must(status st, const error *err) {
  if (st != STATUS_OK) {
    fail_msg("%s", err->message);
  }
}

/* ---- Life ---------------------------------------------------------------------------------------- */

int scene_open(void **state) {
  scene *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->silence_ms = SCRIPTED_EVER_MS;
  s->answer_ms = SCRIPTED_EVER_MS;
  s->sockets = sockets_new();
  s->broker = scripted_new();
  buf_init(&s->program);
  buf_init(&s->shard);
  *state = s;
  return 0;
}

int scene_close(void **state) {
  scene *s = *state;
  scene_stop(s);
  store_destroy(s->shards);
  sockets_destroy(s->sockets);
  scripted_destroy(s->broker);
  buf_fini(&s->program);
  buf_fini(&s->shard);
  free(s);
  return 0;
}

static void keep_line(void *context, const char *line) {
  scene *s = context;
  if (s->log_count < SCENE_LINES) {
    snprintf(s->log[s->log_count++], sizeof s->log[0], "%s", line);
  }
}

void scene_start(scene *s, const fake_preparation *they) {
  fake_preparation_use(they);
  char path[300];
  error err;
  const store_options kept = {.cache_bytes = 0};
  scripted_listen(s->broker);
  snprintf(path, sizeof path, "%s/worker", scripted_directory(s->broker));
  must(store_open(path, &kept, &s->shards, &err), &err);
  const worker_options wanted = {.zmq_context = sockets_context(s->sockets),
                                 .endpoint = scripted_endpoint(s->broker),
                                 .shards = s->shards,
                                 .threads = 1,
                                 .key = s->key,
                                 .broker_key = s->broker_key,
                                 .alive_ms = 50,
                                 .silence_ms = s->silence_ms,
                                 .answer_ms = s->answer_ms,
                                 .say = keep_line,
                                 .context = s};
  must(worker_start(&wanted, &s->w, &err), &err);
}

void scene_begin(scene *s, const fake_preparation *they) {
  scene_start(s, they);
  scene_welcome(s);
}

void scene_welcome(scene *s) {
  const message *hello = &scripted_expect(s->broker, MESSAGE_HELLO)->header;
  assert_slice_equal(hello->texts[FIELD_ROLE], slice_of("worker"));
  assert_int_equal(hello->texts[FIELD_FINGERPRINT].length, DIGEST_BYTES);
  assert_int_equal(hello->texts[FIELD_INSTANCE].length, INSTANCE_BYTES);
  assert_true(hello->texts[FIELD_TITLE].length > 0);
  memcpy(s->instance, hello->texts[FIELD_INSTANCE].bytes, INSTANCE_BYTES);
  scripted_welcome(s->broker);
}

void scene_drain(scene *s) {
  waiting_for("the worker to leave");
  assert_true(worker_drain(s->w, SCRIPTED_EVER_MS));
}

void scene_stop(scene *s) {
  waiting_for("the worker to stop");
  worker_stop(s->w);
  s->w = NULL;
}

bool scene_heard(const scene *s, const char *words) {
  for (unsigned i = 0; i < s->log_count; i++) {
    if (strstr(s->log[i], words) != NULL) {
      return true;
    }
  }
  return false;
}

/* ---- Tasks --------------------------------------------------------------------------------------- */

message scene_task(uint8_t job, uint64_t task, const char *work) {
  static uint8_t id[JOB_ID_BYTES];
  memset(id, job, sizeof id);
  message m = message_of(MESSAGE_TASK);
  message_set_bytes(&m, FIELD_JOB, id, sizeof id);
  message_set_integer(&m, FIELD_STAGE, 0);
  message_set_integer(&m, FIELD_TASK, task);
  message_set_integer(&m, FIELD_ATTEMPT, 1);
  message_set_text(&m, FIELD_WORK, work);
  return m;
}

void scene_send_map(scene *s, uint64_t task) {
  uint8_t name[BLOB_NAME_BYTES];
  scripted_blob_name(scene_bytes(&s->shard), name);
  const message m = scene_task(7, task, "map");
  const wire_payload payloads[] = {{.bytes = s->program.data, .length = s->program.length},
                                   {.bytes = name, .length = sizeof name}};
  scripted_send(s->broker, &m, payloads, 2);
}

void scene_take(scene *s, const wire_message *result) {
  message m = message_of(MESSAGE_TAKEN);
  message_set_bytes(&m, FIELD_JOB, result->header.texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  message_set_integer(&m, FIELD_STAGE, result->header.integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, result->header.integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, result->header.integers[FIELD_ATTEMPT]);
  scripted_send(s->broker, &m, NULL, 0);
}

bool scene_is_of(const wire_message *m, uint64_t task, uint64_t attempt) {
  return m->header.integers[FIELD_TASK] == task && m->header.integers[FIELD_ATTEMPT] == attempt;
}

wire_message *scene_expect_failure(scene *s, uint64_t task, const char *code) {
  wire_message *m = scripted_expect(s->broker, MESSAGE_FAILURE);
  assert_true(scene_is_of(m, task, 1));
  if (!slice_equal(m->header.texts[FIELD_STATUS], slice_of(code))) {
    fail_msg("task %u: %.*s instead of %s: %.*s", (unsigned)task, SLICE_ARG(m->header.texts[FIELD_STATUS]),
             code, SLICE_ARG(m->header.texts[FIELD_MESSAGE]));
  }
  return m;
}

void scene_check_result(scene *s, wire_message *m, uint64_t task) {
  buf wanted;
  assert_int_equal(m->header.kind, MESSAGE_RESULT);
  assert_true(scene_is_of(m, task, 1));
  assert_slice_equal(m->header.texts[FIELD_WORK], slice_of("map"));
  assert_false((m->header.has & FIELD_BIT(FIELD_BY_NAME)) != 0);
  scene_partial(s, &wanted);
  assert_int_equal(scripted_payload(m, 0).length, wanted.length);
  assert_memory_equal(scripted_payload(m, 0).bytes, wanted.data, wanted.length);
  buf_fini(&wanted);
}

void scene_expect_result(scene *s, uint64_t task) {
  scene_check_result(s, scripted_expect(s->broker, MESSAGE_RESULT), task);
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

slice scene_bytes(const buf *b) {
  return (slice){(const char *)b->data, b->length};
}

wire_message *scene_serve(scene *s, slice blob, int alter) {
  const digest name = scripted_digest(blob);
  for (;;) {
    wire_message *m = scripted_next(s->broker);
    if (m->header.kind != MESSAGE_WANT) {
      return m;
    }
    const uint64_t offset = m->header.integers[FIELD_OFFSET];
    const uint64_t length = m->header.integers[FIELD_BYTES];
    assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, name.bytes, DIGEST_BYTES);
    assert_in_range(length, 1, MESSAGE_FRAME_MAX);
    assert_true(offset + length <= blob.length);
    s->wants++;
    const bool this_one = alter >= 0 && offset == (uint64_t)alter * MESSAGE_FRAME_MAX;
    alter = this_one ? -1 : alter;
    scripted_send_chunk(s->broker, &name, blob, offset, length, this_one);
  }
}

void scene_fetch(scene *s, const digest *name, uint64_t bytes) {
  buf out;
  buf_init(&out);
  while (out.length < bytes) {
    message want = scripted_about(name, MESSAGE_WANT);
    const uint64_t left = bytes - out.length;
    message_set_integer(&want, FIELD_OFFSET, out.length);
    message_set_integer(&want, FIELD_BYTES, left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX);
    scripted_send(s->broker, &want, NULL, 0);
    wire_message *chunk = scripted_expect(s->broker, MESSAGE_CHUNK);
    assert_true(chunk->header.integers[FIELD_BYTES] == bytes);
    const slice part = scripted_payload(chunk, 0);
    buf_put(&out, part.bytes, part.length);
  }
  const digest actual = scripted_digest(scene_bytes(&out));
  assert_true(digest_equal(&actual, name));
  buf_fini(&out);
}

/* ---- What is computed ---------------------------------------------------------------------------- */

enum { ID_BYTES = 24, VALUES = 5 };

void scene_shard(uint32_t rows, uint64_t seed, buf *out) {
  static const slice texts[VALUES] = {{"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}, {"", 0}};
  const size_t padded = ((size_t)rows + 63) / 64 * 64 + 64;
  uint8_t *codes = aligned_alloc(64, padded);
  uint32_t *offsets = calloc((size_t)rows + 1, sizeof *offsets);
  char *ids = calloc((size_t)rows + 1, ID_BYTES + 1);
  assert_true(codes != NULL && offsets != NULL && ids != NULL);
  memset(codes, 0, padded);
  for (uint32_t r = 0; r < rows; r++) {
    codes[r] = (uint8_t)((r * 7 + seed) % VALUES);
    snprintf(ids + (size_t)r * ID_BYTES, ID_BYTES + 1, "id-%08llu-%012u", (unsigned long long)seed, r);
    offsets[r + 1] = (r + 1) * ID_BYTES;
  }
  const packed_column columns[] = {
      {.kind = PACKED_CODES,
       .name = slice_of("answer"),
       .codes = codes,
       .texts = texts,
       .texts_count = VALUES},
      {.kind = PACKED_TEXTS, .name = slice_of("id"), .offsets = offsets, .bytes = ids}};
  const shard_content content = {.rows = rows,
                                 .first_ordinal = seed * 10000000,
                                 .first_line = 2,
                                 .decimal_mark = '.',
                                 .columns = columns,
                                 .columns_count = 2};
  error err;
  buf_init(out);
  must(shard_encode(&content, out, &err), &err);
  free(codes);
  free(offsets);
  free(ids);
}

static void make_program(bool big, buf *out) {
  program *p = program_new();
  assert_non_null(p);
  error err;
  uint32_t answer = 0;
  uint32_t id = 0;
  const program_variable scale = {
      .kind = VARIABLE_SCALE, .name = "answer", .column = "answer", .has_range = true, .low = 1, .high = 4};
  const program_variable text = {.kind = VARIABLE_TEXT, .name = "id", .column = "id"};
  must(program_add_variable(p, &scale, &answer, &err), &err);
  const program_accumulator frequency = {.kind = ACCUMULATOR_FREQUENCY,
                                         .variables = &answer,
                                         .variables_count = 1,
                                         .filter = PROGRAM_NONE,
                                         .weight = PROGRAM_NONE};
  must(program_add_accumulator(p, &frequency, NULL, &err), &err);
  if (big) {
    must(program_add_variable(p, &text, &id, &err), &err);
    const program_accumulator repeated = {.kind = ACCUMULATOR_DUPLICATES,
                                          .variables = &id,
                                          .variables_count = 1,
                                          .filter = PROGRAM_NONE,
                                          .weight = PROGRAM_NONE};
    must(program_add_accumulator(p, &repeated, NULL, &err), &err);
  }
  buf_init(out);
  program_encode(p, out);
  must(buf_status(out, "a program", &err), &err);
  program_destroy(p);
}

static void add_shard(const program *p, const buf *bytes, partial *into) {
  shard *s = NULL;
  error err;
  stats_rows rows;
  partial *one = NULL;
  must(shard_open(bytes->data, bytes->length, "a shard", &s, &err), &err);
  shard_rows_view(s, &rows);
  must(partial_map(p, &rows, &one, &err), &err);
  must(partial_merge(into, one, &err), &err);
  partial_destroy(one);
  shard_close(s);
}

void scene_survey(scene *s, bool big, uint32_t rows) {
  make_program(big, &s->program);
  scene_shard(rows, 1, &s->shard);
}

void scene_partial(const scene *s, buf *out) {
  reader r;
  program *p = NULL;
  partial *all = NULL;
  error err;
  reader_init(&r, s->program.data, s->program.length);
  must(program_decode(&r, &p, &err), &err);
  must(partial_empty(p, &all, &err), &err);
  add_shard(p, &s->shard, all);
  buf_init(out);
  partial_encode(all, out);
  must(buf_status(out, "a partial", &err), &err);
  partial_destroy(all);
  program_destroy(p);
}
