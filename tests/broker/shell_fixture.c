/* One thread for the broker, one for the test: it polls the sockets of all its peers. */
#include "tests/broker/shell_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/manifest.h"
#include "tests/seeded.h"

/* ---- The broker ---------------------------------------------------------------------------------- */

static void say(void *context, const char *line) {
  shell *s = context;
  pthread_mutex_lock(&s->mutex);
  const size_t used = strlen(s->log);
  snprintf(s->log + used, sizeof s->log - used, "%s\n", line);
  pthread_mutex_unlock(&s->mutex);
}

bool shell_log_has(shell *s, const char *words) {
  pthread_mutex_lock(&s->mutex);
  const bool has = strstr(s->log, words) != NULL;
  pthread_mutex_unlock(&s->mutex);
  return has;
}

int shell_set_up(void **state) {
  shell *s = calloc(1, sizeof *s);
  assert_non_null(s);
  process_directory_new(s->directory, sizeof s->directory);
  snprintf(s->store, sizeof s->store, "%s/store", s->directory);
  s->context = zmq_ctx_new();
  assert_non_null(s->context);
  assert_int_equal(pthread_mutex_init(&s->mutex, NULL), 0);
  *state = s;
  return 0;
}

int shell_tear_down(void **state) {
  shell *s = *state;
  for (size_t i = 0; i < SHELL_TALKERS_MAX; i++) {
    if (s->sockets[i]) {
      zmq_close(s->sockets[i]);
    }
  }
  if (s->broker) {
    shell_stop(s);
  }
  zmq_ctx_term(s->context);
  process_directory_remove(s->directory);
  pthread_mutex_destroy(&s->mutex);
  free(s);
  return 0;
}

static void *serve(void *argument) {
  shell *s = argument;
  s->ended = broker_run(s->broker, &s->why);
  return NULL;
}

void shell_start(shell *s, const char *endpoint, bool keeps) {
  char ipc[300];
  snprintf(ipc, sizeof ipc, "ipc://%s/socket", s->directory);
  const char *endpoints[] = {endpoint ? endpoint : ipc};
  const broker_options options = {.zmq_context = s->context,
                                  .endpoints = endpoints,
                                  .endpoints_count = 1,
                                  .directory = keeps ? s->store : NULL,
                                  .network_allowed = true,
                                  .key = s->key,
                                  .allowed = s->allowed,
                                  .say = say,
                                  .context = s};
  error err;
  if (broker_new(&options, &s->broker, &err) != STATUS_OK) {
    fail_msg("the broker does not start: %s", err.message);
  }
  snprintf(s->endpoint, sizeof s->endpoint, "%s", broker_endpoint(s->broker, 0));
  s->keeps = keeps;
  assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static bool listens(const char *endpoint) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strncmp(endpoint, "ipc://", 6) != 0) {
    return false;
  }
  snprintf(address.sun_path, sizeof address.sun_path, "%s", endpoint + 6);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  assert_true(fd >= 0);
  const bool connected = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
  close(fd);
  return connected;
}

/* libzmq closes sockets after zmq_close has returned; nothing tells when. */
static void await_silence(const char *endpoint) {
  const struct timespec moment = {.tv_nsec = 1000000};
  for (int i = 0; listens(endpoint) && i < SHELL_DEADLINE_MS; i++) {
    nanosleep(&moment, NULL);
  }
}

void shell_stop(shell *s) {
  broker_stop(s->broker);
  pthread_join(s->thread, NULL);
  if (s->ended != STATUS_OK) {
    fail_msg("the broker ended by itself: %s", s->why.message);
  }
  broker_destroy(s->broker);
  s->broker = NULL;
  await_silence(s->endpoint);
}

void shell_expect_failed(shell *s, status code) {
  pthread_join(s->thread, NULL);
  assert_int_equal(s->ended, code);
  broker_destroy(s->broker);
  s->broker = NULL;
  await_silence(s->endpoint);
}

/* ---- Peers --------------------------------------------------------------------------------------- */

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Puts AFTER in the place of BEFORE among the sockets to be closed. */
static void exchange_socket(shell *s, void *before, void *after) {
  size_t i = 0;
  while (i < SHELL_TALKERS_MAX && s->sockets[i] != before) {
    i++;
  }
  assert_true(i < SHELL_TALKERS_MAX);
  s->sockets[i] = after;
}

static void open_socket(talker *t, const key_pair *own, const char *broker_key) {
  const int linger = 0;
  shell *s = t->owner;
  error err;
  t->socket = zmq_socket(s->context, ZMQ_DEALER);
  assert_non_null(t->socket);
  exchange_socket(s, NULL, t->socket);
  assert_int_equal(zmq_setsockopt(t->socket, ZMQ_LINGER, &linger, sizeof linger), 0);
  if (own) {
    assert_int_equal(key_use_client(t->socket, own, broker_key, &err), STATUS_OK);
  }
  assert_int_equal(zmq_connect(t->socket, s->endpoint), 0);
}

void talker_connect_with(shell *s, talker *t, const key_pair *own, const char *broker_key) {
  *t = (talker){.owner = s};
  t->in = malloc(sizeof *t->in);
  assert_non_null(t->in);
  open_socket(t, own, broker_key);
}

void talker_connect(shell *s, talker *t) {
  talker_connect_with(s, t, NULL, NULL);
}

static void close_last(talker *t) {
  if (t->is_open) {
    wire_message_close(t->in);
    t->is_open = false;
  }
}

static void close_socket(talker *t) {
  close_last(t);
  exchange_socket(t->owner, t->socket, NULL);
  zmq_close(t->socket);
}

void talker_reconnect(talker *t) {
  close_socket(t);
  open_socket(t, NULL, NULL);
}

void talker_close(talker *t) {
  close_socket(t);
  free(t->in);
}

void talker_send(talker *t, const message *m, const wire_payload *payloads, size_t count) {
  error err;
  if (wire_send(t->socket, NULL, m, payloads, count, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

void talker_send_raw(talker *t, const void *const *frames, const size_t *lengths, size_t count) {
  for (size_t i = 0; i < count; i++) {
    assert_int_equal(zmq_send(t->socket, frames[i], lengths[i], i + 1 < count ? ZMQ_SNDMORE : 0),
                     (int)lengths[i]);
  }
}

bool talker_receive(talker *t, unsigned ms) {
  const uint64_t end = now_ms() + ms;
  close_last(t);
  for (;;) {
    bool received = false;
    error err;
    if (wire_receive(t->socket, false, t->in, &received, &err) != STATUS_OK) {
      fail_msg("the broker sent nonsense: %s", err.message);
    }
    if (received) {
      t->is_open = true;
      return true;
    }
    const uint64_t now = now_ms();
    if (now >= end) {
      return false;
    }
    zmq_pollitem_t item = {.socket = t->socket, .events = ZMQ_POLLIN};
    zmq_poll(&item, 1, (long)(end - now));
  }
}

message *talker_expect(talker *t, message_kind kind) {
  while (talker_receive(t, SHELL_DEADLINE_MS)) {
    const message *m = &t->in->header;
    if (m->kind == kind) {
      return &t->in->header;
    }
    if (m->kind == MESSAGE_REFUSED || m->kind == MESSAGE_LOST) {
      fail_msg("'%s' instead of '%s': %.*s", message_kind_name(m->kind), message_kind_name(kind),
               SLICE_ARG(m->texts[FIELD_MESSAGE]));
    }
  }
  fail_msg("no '%s' came", message_kind_name(kind));
  return NULL;
}

static bool has_words(slice text, const char *words) {
  return memmem(text.bytes, text.length, words, strlen(words)) != NULL;
}

void talker_expect_refused(talker *t, const char *code, const char *words) {
  const message *m = talker_expect(t, MESSAGE_REFUSED);
  if (!slice_equal(m->texts[FIELD_STATUS], slice_of(code)) || !has_words(m->texts[FIELD_MESSAGE], words)) {
    fail_msg("refused with %.*s: %.*s; expected %s: %s", SLICE_ARG(m->texts[FIELD_STATUS]),
             SLICE_ARG(m->texts[FIELD_MESSAGE]), code, words);
  }
}

void talker_expect_none(talker *t, message_kind kind) {
  const message alive = message_of(MESSAGE_ALIVE);
  talker_send(t, &alive, NULL, 0);
  do {
    assert_true(talker_receive(t, SHELL_DEADLINE_MS));
    if (t->in->header.kind == kind) {
      fail_msg("'%s' came", message_kind_name(kind));
    }
  } while (t->in->header.kind != MESSAGE_ALIVE);
}

void talker_hello(talker *t, const char *role, uint64_t capacity) {
  uint8_t fingerprint[DIGEST_BYTES];
  memset(fingerprint, 1, sizeof fingerprint);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, role);
  message_set_text(&hello, FIELD_TITLE, role);
  message_set_integer(&hello, FIELD_CAPACITY, capacity);
  message_set_bytes(&hello, FIELD_FINGERPRINT, fingerprint, sizeof fingerprint);
  talker_send(t, &hello, NULL, 0);
}

void talker_client(shell *s, talker *t) {
  talker_connect(s, t);
  talker_hello(t, "client", 0);
  talker_expect(t, MESSAGE_WELCOME);
}

void talker_worker(shell *s, talker *t, uint64_t capacity) {
  talker_connect(s, t);
  talker_hello(t, "worker", capacity);
  talker_expect(t, MESSAGE_WELCOME);
}

void talker_come_back(talker *t, const char *role, uint64_t capacity) {
  talker_reconnect(t);
  talker_hello(t, role, capacity);
  talker_expect(t, MESSAGE_WELCOME);
}

message talker_request(talker *t, message_kind kind) {
  message m = message_of(kind);
  message_set_integer(&m, FIELD_REQUEST, ++t->request);
  return m;
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

void sample_make(sample *s, uint64_t seed, size_t length) {
  seeded r = {seed};
  s->length = length;
  s->bytes = malloc(length + 8);
  assert_non_null(s->bytes);
  for (size_t i = 0; i < length; i += 8) {
    const uint64_t v = seeded_next(&r);
    memcpy(s->bytes + i, &v, 8);
  }
  error err;
  assert_int_equal(digest_of(s->bytes, length, &s->name, &err), STATUS_OK);
}

void sample_fini(sample *s) {
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
    assert_true(talker_receive(t, SHELL_DEADLINE_MS));
    if (t->in->header.kind == MESSAGE_HAVE) {
      assert_memory_equal(t->in->header.texts[FIELD_BLOB].bytes, s->name.bytes, DIGEST_BYTES);
      return;
    }
    assert_int_equal(t->in->header.kind, MESSAGE_WANT);
    talker_answer_want(t, s);
  }
}

void talker_fetch(talker *t, const sample *s) {
  uint64_t at = 0;
  do {
    message m = message_of(MESSAGE_WANT);
    message_set_bytes(&m, FIELD_BLOB, s->name.bytes, DIGEST_BYTES);
    message_set_integer(&m, FIELD_OFFSET, at);
    message_set_integer(&m, FIELD_BYTES, MESSAGE_FRAME_MAX);
    talker_send(t, &m, NULL, 0);
    const message *chunk = talker_expect(t, MESSAGE_CHUNK);
    size_t length = 0;
    assert_int_equal(chunk->integers[FIELD_OFFSET], at);
    assert_int_equal(chunk->integers[FIELD_BYTES], s->length);
    const void *bytes = wire_payload_bytes(t->in, 0, &length);
    assert_true(at + length <= s->length && (length > 0 || s->length == 0));
    assert_memory_equal(bytes, s->bytes + at, length);
    at += length;
  } while (at < s->length);
}

/* ---- Datasets ------------------------------------------------------------------------------------ */

void manifest_make(sample *out, const sample *shards, size_t count, uint32_t rows) {
  manifest *m = manifest_new();
  assert_non_null(m);
  m->files_count = 1;
  m->files = ARENA_ARRAY(m->memory, manifest_file, 1);
  m->files[0] = (manifest_file){.name = slice_of("answers.csv"), .records = rows * count};
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
  out->bytes = buf_take(&bytes, &out->length);
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

void dataset_make(talker *t, const char *dataset, sample *shards, size_t count, size_t size,
                  sample *content) {
  for (size_t i = 0; i < count; i++) {
    sample_make(&shards[i], 1000 + i, size);
    talker_put(t, &shards[i]);
  }
  manifest_make(content, shards, count, CORE_RUN_ROWS);
  talker_commit(t, dataset, 0, content);
  const message *m = talker_expect(t, MESSAGE_COMMITTED);
  assert_int_equal(m->integers[FIELD_VERSION], 1);
  assert_int_equal(m->integers[FIELD_REQUEST], t->request);
}

/* ---- Jobs ---------------------------------------------------------------------------------------- */

void talker_submit(talker *t, const char *dataset, const char *key, const char *plan, core_job_id *out) {
  message m = talker_request(t, MESSAGE_SUBMIT);
  message_set_text(&m, FIELD_DATASET, dataset);
  message_set_text(&m, FIELD_KEY, key);
  const wire_payload payloads[] = {{.bytes = plan, .length = strlen(plan)},
                                   {.bytes = "program", .length = 7}};
  talker_send(t, &m, payloads, 2);
  if (out) {
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

void worker_answer(talker *t, const message *task, const wire_payload *payloads, size_t count,
                   uint64_t by_name) {
  message m = message_of(MESSAGE_RESULT);
  message_set_bytes(&m, FIELD_JOB, task->texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
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
    size_t length = 0;
    const void *bytes = wire_payload_bytes(t->in, i, &length);
    buf_put(&all, bytes, length);
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
  const uint64_t end = now_ms() + SHELL_DEADLINE_MS;
  for (;;) {
    assert_true(now_ms() < end);
    zmq_pollitem_t items[] = {{.socket = worker->socket, .events = ZMQ_POLLIN},
                              {.socket = watcher->socket, .events = ZMQ_POLLIN}};
    zmq_poll(items, 2, SHELL_QUIET_MS);
    while (talker_receive(watcher, 0)) {
      const message *m = &watcher->in->header;
      if (m->kind == MESSAGE_REPORT) {
        size_t length = 0;
        const void *bytes = wire_payload_bytes(watcher->in, 0, &length);
        assert_int_equal(length, strlen(expected));
        assert_memory_equal(bytes, expected, length);
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
