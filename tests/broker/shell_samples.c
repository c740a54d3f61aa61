/* What talkers put, submit and work on: blobs of chosen bytes, manifests of them, jobs over these. */
#include "tests/broker/shell_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/manifest.h"
#include "tests/check.h"
#include "tests/seeded.h"

/* ---- Blobs --------------------------------------------------------------------------------------- */

enum { SAMPLES_MAX = 256 };

/* Of the test that runs. */
static void *kept[SAMPLES_MAX];

static uint8_t *keep(void *bytes) {
  assert_non_null(bytes);
  for (size_t i = 0; i < SAMPLES_MAX; i++) {
    if (kept[i] == NULL) {
      kept[i] = bytes;
      return bytes;
    }
  }
  fail_msg("more than %d samples at a time", SAMPLES_MAX);
  return NULL;
}

void samples_free(void) {
  for (size_t i = 0; i < SAMPLES_MAX; i++) {
    free(kept[i]);
    kept[i] = NULL;
  }
}

void sample_make(sample *s, uint64_t seed, size_t length) {
  seeded r = {seed};
  s->length = length;
  s->bytes = keep(malloc(length + 8));
  for (size_t i = 0; i < length; i += 8) {
    const uint64_t v = seeded_next(&r);
    memcpy(s->bytes + i, &v, 8);
  }
  error err;
  assert_int_equal(digest_of(s->bytes, length, &s->name, &err), STATUS_OK);
}

void sample_fini(sample *s) {
  for (size_t i = 0; i < SAMPLES_MAX && s->bytes != NULL; i++) {
    kept[i] = kept[i] == s->bytes ? NULL : kept[i];
  }
  free(s->bytes);
  *s = (sample){0};
}

void sample_name(const sample *s, uint8_t out[BLOB_NAME_BYTES]) {
  memcpy(out, s->name.bytes, DIGEST_BYTES);
  for (int i = 0; i < 8; i++) {
    out[DIGEST_BYTES + i] = (uint8_t)((uint64_t)s->length >> (8 * i));
  }
}

void talker_offer(talker *t, const sample *s) {
  message m = message_of(MESSAGE_OFFER);
  message_set_bytes(&m, FIELD_BLOB, s->name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_BYTES, s->length);
  talker_send(t, &m, NULL, 0);
}

void talker_answer_want(talker *t, const sample *s) {
  const message *want = &t->in->header;
  const uint64_t offset = want->integers[FIELD_OFFSET];
  const uint64_t bytes = want->integers[FIELD_BYTES];
  assert_memory_equal(want->texts[FIELD_BLOB].bytes, s->name.bytes, DIGEST_BYTES);
  assert_true(bytes >= 1 && bytes <= MESSAGE_FRAME_MAX && offset < s->length);
  const uint64_t left = s->length - offset;
  message m = message_of(MESSAGE_CHUNK);
  message_set_bytes(&m, FIELD_BLOB, s->name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, s->length);
  const wire_payload payload = {.bytes = s->bytes + offset, .length = (size_t)(left < bytes ? left : bytes)};
  talker_send(t, &m, &payload, 1);
}

void talker_put(talker *t, const sample *s) {
  talker_offer(t, s);
  for (;;) {
    if (talker_next(t)->kind == MESSAGE_HAVE) {
      assert_memory_equal(t->in->header.texts[FIELD_BLOB].bytes, s->name.bytes, DIGEST_BYTES);
      return;
    }
    assert_int_equal(t->in->header.kind, MESSAGE_WANT);
    talker_answer_want(t, s);
  }
}

void talker_want(talker *t, const sample *s, uint64_t offset) {
  message m = message_of(MESSAGE_WANT);
  message_set_bytes(&m, FIELD_BLOB, s->name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, MESSAGE_FRAME_MAX);
  talker_send(t, &m, NULL, 0);
}

uint64_t talker_expect_chunk(talker *t, const sample *s, uint64_t offset) {
  const message *chunk = talker_expect(t, MESSAGE_CHUNK);
  const slice bytes = talker_payload(t, 0);
  assert_int_equal(chunk->integers[FIELD_OFFSET], offset);
  assert_int_equal(chunk->integers[FIELD_BYTES], s->length);
  assert_true(offset + bytes.length <= s->length && (bytes.length > 0 || s->length == 0));
  assert_memory_equal(bytes.bytes, s->bytes + offset, bytes.length);
  return offset + bytes.length;
}

void talker_fetch(talker *t, const sample *s) {
  uint64_t at = 0;
  do {
    talker_want(t, s, at);
    at = talker_expect_chunk(t, s, at);
  } while (at < s->length);
}

const char *sample_path(const shell *s, const sample *blob, char out[SAMPLE_PATH_BYTES]) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&blob->name, hex);
  snprintf(out, SAMPLE_PATH_BYTES, "%s/blobs/%.2s/%s", s->store, hex, hex);
  return out;
}

bool sample_is_stored(const shell *s, const sample *blob) {
  char path[SAMPLE_PATH_BYTES];
  return access(sample_path(s, blob, path), F_OK) == 0;
}

/* The broker tidies once a second. */
void sample_await_removal(shell *s, const sample *blob) {
  while (sample_is_stored(s, blob)) {
    shell_pass(s, 1000);
  }
}

/* ---- Datasets ------------------------------------------------------------------------------------ */

void manifest_make(sample *out, const sample *shards, size_t count, uint32_t rows) {
  manifest *m = manifest_new();
  assert_non_null(m);
  m->files_count = 1;
  m->files = ARENA_ARRAY(m->memory, file_facts, 1);
  m->files[0] = (file_facts){.name = slice_of("answers.csv"), .records = rows * count};
  m->shards_count = (uint32_t)count;
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, count);
  for (size_t i = 0; i < count; i++) {
    m->shards[i] = (manifest_shard){
        .name = shards[i].name, .bytes = shards[i].length, .first_ordinal = i * rows, .rows = rows};
  }
  buf bytes;
  buf_init(&bytes);
  manifest_encode(m, &bytes);
  manifest_destroy(m);
  assert_false(bytes.failed);
  out->bytes = keep(buf_take(&bytes, &out->length));
  error err;
  assert_int_equal(digest_of(out->bytes, out->length, &out->name, &err), STATUS_OK);
}

void talker_commit(talker *t, const char *dataset, uint64_t base, const sample *content) {
  message m = talker_request(t, MESSAGE_COMMIT);
  message_set_text(&m, FIELD_DATASET, dataset);
  message_set_integer(&m, FIELD_VERSION, base);
  const wire_payload payload = {.bytes = content->bytes, .length = content->length};
  talker_send(t, &m, &payload, 1);
}

void talker_expect_committed(talker *t, uint64_t version) {
  assert_int_equal(talker_expect(t, MESSAGE_COMMITTED)->integers[FIELD_VERSION], version);
}

void talker_drop(talker *t, const char *dataset) {
  message m = talker_request(t, MESSAGE_DROP);
  message_set_text(&m, FIELD_DATASET, dataset);
  talker_send(t, &m, NULL, 0);
}

void talker_expect_dataset(talker *t, const char *dataset, uint64_t version, const sample *content) {
  message m = talker_request(t, MESSAGE_DATASET);
  message_set_text(&m, FIELD_DATASET, dataset);
  talker_send(t, &m, NULL, 0);
  const message *answer = talker_expect(t, MESSAGE_MANIFEST);
  const slice bytes = talker_payload(t, 0);
  assert_int_equal(answer->integers[FIELD_VERSION], version);
  assert_int_equal(bytes.length, content->length);
  assert_memory_equal(bytes.bytes, content->bytes, bytes.length);
}

void dataset_make(talker *t, const char *dataset, sample *shards, size_t count, size_t size,
                  sample *content) {
  for (size_t i = 0; i < count; i++) {
    sample_make(&shards[i], 1000 + i, size);
    talker_put(t, &shards[i]);
  }
  manifest_make(content, shards, count, CORE_RUN_ROWS);
  talker_commit(t, dataset, 0, content);
  talker_expect_committed(t, 1);
  assert_int_equal(t->in->header.integers[FIELD_REQUEST], t->request);
}

void survey_start(shell *s, survey *v, size_t shards, size_t size) {
  memset(v, 0, sizeof *v);
  assert_true(shards <= SURVEY_SHARDS);
  talker_first_client(s, &v->client);
  dataset_make(&v->client, "survey", v->shards, shards, size, &v->content);
}

void survey_restart(shell *s, survey *v) {
  shell_restart(s);
  talker_come_back(&v->client, "client", 0);
}

core_job_id survey_submit(survey *v) {
  core_job_id job;
  talker_submit(&v->client, "survey", "key", "plan", &job);
  return job;
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

void talker_submit(talker *t, const char *dataset, const char *key, const char *plan, core_job_id *out) {
  message m = talker_request(t, MESSAGE_SUBMIT);
  message_set_text(&m, FIELD_DATASET, dataset);
  message_set_text(&m, FIELD_KEY, key);
  const wire_payload payloads[] = {{.bytes = plan, .length = strlen(plan)},
                                   {.bytes = "program", .length = 7}};
  talker_send(t, &m, payloads, 2);
  if (out != NULL) {
    const message *accepted = talker_expect(t, MESSAGE_ACCEPTED);
    assert_int_equal(accepted->integers[FIELD_REQUEST], t->request);
    assert_int_equal(accepted->texts[FIELD_JOB].length, JOB_ID_BYTES);
    memcpy(out->bytes, accepted->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  }
}

void talker_ask(talker *t, message_kind kind, const core_job_id *job) {
  message m = talker_request(t, kind);
  message_set_bytes(&m, FIELD_JOB, job->bytes, JOB_ID_BYTES);
  talker_send(t, &m, NULL, 0);
}

static core_work work_of(const message *m) {
  core_work w = WORK_MAP;
  while (w < WORK_READ && !slice_equal(m->texts[FIELD_WORK], slice_of(core_work_name(w)))) {
    w++;
  }
  return w;
}

message worker_message(message_kind kind, const message *task) {
  message m = message_of(kind);
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
  return m;
}

void worker_answer(talker *t, const message *task, const wire_payload *payloads, size_t count,
                   uint64_t by_name) {
  message m = worker_message(MESSAGE_RESULT, task);
  message_set_text(&m, FIELD_WORK, core_work_name(work_of(task)));
  message_set_integer(&m, FIELD_STATES_COMPUTED, work_of(task) == WORK_MAP);
  message_set_integer(&m, FIELD_STATES_CACHED, 0);
  if (by_name) {
    message_set_integer(&m, FIELD_BY_NAME, by_name);
  }
  talker_send(t, &m, payloads, count);
}

/* The partial of shards is their names; of partials, one after the other; the report counts the bytes. */
static core_work do_received(talker *t) {
  const message task = t->in->header;
  const core_work work = work_of(&task);
  const size_t first = work == WORK_STEP ? 3 : 1;
  buf all;
  buf_init(&all);
  for (size_t i = first; i < t->in->payloads_count; i++) {
    const slice bytes = talker_payload(t, i);
    buf_put(&all, bytes.bytes, bytes.length);
  }
  if (work == WORK_STEP) {
    const size_t length = all.length;
    buf_clear(&all);
    buf_printf(&all, "{\"shards\":%zu}", length / BLOB_NAME_BYTES);
  }
  const wire_payload payload = {.bytes = all.data, .length = all.length};
  worker_answer(t, &task, &payload, 1, 0);
  buf_fini(&all);
  return work;
}

core_work worker_do_one(talker *t) {
  talker_expect(t, MESSAGE_TASK);
  return do_received(t);
}

void worker_until_report(talker *worker, talker *watcher, const char *expected) {
  for (;;) {
    zmq_pollitem_t items[] = {{.socket = worker->socket, .events = ZMQ_POLLIN},
                              {.socket = watcher->socket, .events = ZMQ_POLLIN}};
    zmq_poll(items, 2, -1);
    while (talker_receive(watcher, 0)) {
      const message *m = &watcher->in->header;
      if (m->kind == MESSAGE_REPORT) {
        assert_slice_equal(talker_payload(watcher, 0), slice_of(expected));
        return;
      }
      assert_int_not_equal(m->kind, MESSAGE_ENDED);
    }
    while (talker_receive(worker, 0)) {
      if (worker->in->header.kind == MESSAGE_TASK) {
        do_received(worker);
      }
    }
  }
}
