#include "tests/worker/fake_broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "stats/accumulators/partial.h"
#include "stats/stats.h"
#include "store/shard.h"
#include "tests/check.h"
#include "tests/process.h"
#include "worker/shard_rows.h"

static uint64_t clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void must(status st, const error *err) {
  if (st != STATUS_OK) {
    fail_msg("%s", err->message);
  }
}

/* ---- Life ---------------------------------------------------------------------------------------- */

void fake_bind(fake_broker *f) {
  const int none = 0;
  const int mandatory = 1;
  f->router = zmq_socket(f->context, ZMQ_ROUTER);
  assert_non_null(f->router);
  zmq_setsockopt(f->router, ZMQ_LINGER, &none, sizeof none);
  zmq_setsockopt(f->router, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory);
  assert_int_equal(zmq_bind(f->router, f->endpoint), 0);
}

void fake_unbind(fake_broker *f) {
  zmq_close(f->router);
  f->router = NULL;
  f->knows = false;
}

void fake_setup(fake_broker *f) {
  *f = (fake_broker){.instance = 1, .silence_ms = FAKE_EVER_MS, .answer_ms = FAKE_EVER_MS};
  process_directory_new(f->directory, sizeof f->directory);
  snprintf(f->endpoint, sizeof f->endpoint, "ipc://%s/broker", f->directory);
  f->context = zmq_ctx_new();
  assert_non_null(f->context);
  fake_bind(f);
}

static void close_last(fake_broker *f) {
  if (f->last != NULL) {
    wire_message_close(f->last);
    free(f->last);
    f->last = NULL;
  }
}

void fake_teardown(fake_broker *f) {
  close_last(f);
  worker_stop(f->w);
  store_destroy(f->shards);
  if (f->router != NULL) {
    fake_unbind(f);
  }
  zmq_ctx_term(f->context);
  process_directory_remove(f->directory);
}

static void keep_line(void *context, const char *line) {
  fake_broker *f = context;
  if (f->log_count < FAKE_LINES) {
    snprintf(f->log[f->log_count++], sizeof f->log[0], "%s", line);
  }
}

void fake_start_worker(fake_broker *f, const fake_preparation *they) {
  fake_preparation_use(they);
  char path[300];
  error err;
  const store_options kept = {.cache_bytes = 0};
  snprintf(path, sizeof path, "%s/worker", f->directory);
  must(store_open(path, &kept, &f->shards, &err), &err);
  const worker_options wanted = {.zmq_context = f->context,
                                 .endpoint = f->endpoint,
                                 .shards = f->shards,
                                 .threads = 1,
                                 .alive_ms = 50,
                                 .silence_ms = f->silence_ms,
                                 .answer_ms = f->answer_ms,
                                 .say = keep_line,
                                 .context = f};
  must(worker_start(&wanted, &f->w, &err), &err);
}

bool fake_heard(const fake_broker *f, const char *words) {
  for (unsigned i = 0; i < f->log_count; i++) {
    if (strstr(f->log[i], words) != NULL) {
      return true;
    }
  }
  return false;
}

/* ---- Messages ------------------------------------------------------------------------------------ */

/* A peer that has moved to another connection gets nothing. */
void fake_send(fake_broker *f, const message *m, const wire_payload *payloads, size_t count) {
  error err;
  const status st = wire_send(f->router, &f->worker, m, payloads, count, &err);
  must(st == STATUS_UNREACHABLE ? STATUS_OK : st, &err);
}

/* Signs of life are answered; from who has not said hello since the start, with "stranger". */
static bool is_alive(fake_broker *f, const wire_message *m) {
  if (m->header.kind != MESSAGE_ALIVE) {
    return false;
  }
  if ((m->header.has & FIELD_BIT(FIELD_CAPACITY)) != 0) {
    f->capacity = m->header.integers[FIELD_CAPACITY];
  }
  const message answer = message_of(f->knows ? MESSAGE_ALIVE : MESSAGE_STRANGER);
  error ignored; /* it may have reconnected meanwhile */
  (void)!wire_send(f->router, &m->from, &answer, NULL, 0, &ignored);
  return true;
}

wire_message *fake_look(fake_broker *f, unsigned ms) {
  const uint64_t until = clock_ms() + ms;
  close_last(f);
  for (uint64_t now = clock_ms(); now < until; now = clock_ms()) {
    zmq_pollitem_t item = {.socket = f->router, .events = ZMQ_POLLIN};
    zmq_poll(&item, 1, (long)(until - now));
    wire_message *m = malloc(sizeof *m);
    assert_non_null(m);
    bool received = false;
    error err;
    const status st = wire_receive(f->router, true, m, &received, &err);
    if (!received) {
      free(m);
      continue;
    }
    must(st, &err);
    if (is_alive(f, m)) {
      wire_message_close(m);
      free(m);
      continue;
    }
    f->worker = m->from;
    f->last = m;
    return m;
  }
  return NULL;
}

wire_message *fake_next(fake_broker *f) {
  wire_message *m = fake_look(f, FAKE_EVER_MS);
  assert_non_null(m);
  return m;
}

wire_message *fake_expect(fake_broker *f, message_kind kind) {
  wire_message *m = fake_next(f);
  if (m->header.kind != kind) {
    fail_msg("'%s' came instead of '%s' (%.*s)", message_kind_name(m->header.kind), message_kind_name(kind),
             m->header.kind == MESSAGE_FAILURE ? (int)m->header.texts[FIELD_MESSAGE].length : 0,
             m->header.texts[FIELD_MESSAGE].bytes);
  }
  return m;
}

/* Answers the hello that came last. */
static void welcome(fake_broker *f, const wire_message *hello, const char *directory, const uint8_t *probe) {
  uint8_t instance[INSTANCE_BYTES];
  assert_true(slice_equal(hello->header.texts[FIELD_ROLE], slice_of("worker")));
  assert_int_equal(hello->header.texts[FIELD_FINGERPRINT].length, DIGEST_BYTES);
  assert_int_equal(hello->header.texts[FIELD_INSTANCE].length, INSTANCE_BYTES);
  assert_true(hello->header.texts[FIELD_TITLE].length > 0);
  memcpy(f->worker_instance, hello->header.texts[FIELD_INSTANCE].bytes, INSTANCE_BYTES);
  f->knows = true;
  f->capacity = hello->header.integers[FIELD_CAPACITY];
  memset(instance, f->instance, sizeof instance);
  message m = message_of(MESSAGE_WELCOME);
  message_set_bytes(&m, FIELD_INSTANCE, instance, sizeof instance);
  if (directory != NULL) {
    message_set_text(&m, FIELD_STORE, directory);
    message_set_bytes(&m, FIELD_PROBE, probe, 16);
  }
  fake_send(f, &m, NULL, 0);
}

void fake_welcome(fake_broker *f, const char *directory, const uint8_t *probe) {
  welcome(f, fake_expect(f, MESSAGE_HELLO), directory, probe);
}

void fake_answer_hello(fake_broker *f, const wire_message *hello) {
  welcome(f, hello, NULL, NULL);
}

message fake_task(uint8_t job, uint64_t task, const char *work) {
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

void fake_take(fake_broker *f, const wire_message *result) {
  message m = message_of(MESSAGE_TAKEN);
  message_set_bytes(&m, FIELD_JOB, result->header.texts[FIELD_JOB].bytes, JOB_ID_BYTES);
  message_set_integer(&m, FIELD_STAGE, result->header.integers[FIELD_STAGE]);
  message_set_integer(&m, FIELD_TASK, result->header.integers[FIELD_TASK]);
  message_set_integer(&m, FIELD_ATTEMPT, result->header.integers[FIELD_ATTEMPT]);
  fake_send(f, &m, NULL, 0);
}

bool fake_is_of(const wire_message *m, uint64_t task, uint64_t attempt) {
  return m->header.integers[FIELD_TASK] == task && m->header.integers[FIELD_ATTEMPT] == attempt;
}

slice fake_payload(wire_message *m, size_t index) {
  slice s;
  assert_true(index < m->payloads_count);
  s.bytes = wire_payload_bytes(m, index, &s.length);
  return s;
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

digest fake_digest(slice bytes) {
  digest d;
  assert_int_equal(digest_of(bytes.bytes, bytes.length, &d, NULL), STATUS_OK);
  return d;
}

void fake_name(slice bytes, uint8_t out[BLOB_NAME_BYTES]) {
  const digest d = fake_digest(bytes);
  memcpy(out, d.bytes, DIGEST_BYTES);
  for (size_t i = 0; i < 8; i++) {
    out[DIGEST_BYTES + i] = (uint8_t)((uint64_t)bytes.length >> (8 * i));
  }
}

static void send_chunk(fake_broker *f, slice blob, uint64_t offset, uint64_t length, bool alter) {
  const digest name = fake_digest(blob);
  char *copy = malloc(length);
  assert_non_null(copy);
  memcpy(copy, blob.bytes + offset, length);
  copy[length / 2] = (char)(copy[length / 2] ^ (alter ? 1 : 0));
  message m = message_of(MESSAGE_CHUNK);
  message_set_bytes(&m, FIELD_BLOB, name.bytes, DIGEST_BYTES);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, blob.length);
  const wire_payload payload = {.bytes = copy, .length = length};
  fake_send(f, &m, &payload, 1);
  free(copy);
}

/* A want of BLOB that keeps to the rules. */
static uint64_t check_want(const wire_message *m, slice blob, uint64_t *length) {
  const digest name = fake_digest(blob);
  const uint64_t offset = m->header.integers[FIELD_OFFSET];
  *length = m->header.integers[FIELD_BYTES];
  assert_memory_equal(m->header.texts[FIELD_BLOB].bytes, name.bytes, DIGEST_BYTES);
  assert_in_range(*length, 1, MESSAGE_FRAME_MAX);
  assert_true(offset + *length <= blob.length);
  return offset;
}

wire_message *fake_serve(fake_broker *f, slice blob, int alter) {
  for (;;) {
    wire_message *m = fake_next(f);
    if (m->header.kind != MESSAGE_WANT) {
      return m;
    }
    uint64_t length = 0;
    const uint64_t offset = check_want(m, blob, &length);
    f->wants++;
    const bool this_one = alter >= 0 && offset == (uint64_t)alter * MESSAGE_FRAME_MAX;
    alter = this_one ? -1 : alter;
    send_chunk(f, blob, offset, length, this_one);
  }
}

void fake_fetch(fake_broker *f, const digest *name, uint64_t bytes, buf *out) {
  buf_init(out);
  while (out->length < bytes) {
    message want = message_of(MESSAGE_WANT);
    const uint64_t left = bytes - out->length;
    message_set_bytes(&want, FIELD_BLOB, name->bytes, DIGEST_BYTES);
    message_set_integer(&want, FIELD_OFFSET, out->length);
    message_set_integer(&want, FIELD_BYTES, left < MESSAGE_FRAME_MAX ? left : MESSAGE_FRAME_MAX);
    fake_send(f, &want, NULL, 0);
    wire_message *chunk = fake_expect(f, MESSAGE_CHUNK);
    assert_true(chunk->header.integers[FIELD_BYTES] == bytes);
    const slice part = fake_payload(chunk, 0);
    buf_put(out, part.bytes, part.length);
  }
  const digest actual = fake_digest((slice){(const char *)out->data, out->length});
  assert_true(digest_equal(&actual, name));
}

const uint8_t fake_probe[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

void fake_share(fake_broker *f, char *path, size_t capacity, slice blob) {
  char part[600];
  char ignored[700];
  char hex[DIGEST_HEX_BYTES];
  const digest name = fake_digest(blob);
  static const char *const parts[] = {"hand-in", "blobs"};
  digest_hex(&name, hex);
  snprintf(path, capacity, "%s/shared", f->directory);
  assert_int_equal(mkdir(path, 0700), 0);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    snprintf(part, sizeof part, "%s/%s", path, parts[i]);
    assert_int_equal(mkdir(part, 0700), 0);
  }
  snprintf(part, sizeof part, "%s/blobs/%.2s", path, hex);
  assert_int_equal(mkdir(part, 0700), 0);
  process_write_file(part, hex, blob.bytes, blob.length, ignored, sizeof ignored);
  process_write_file(path, "probe", fake_probe, sizeof fake_probe, ignored, sizeof ignored);
}

/* ---- What is computed ---------------------------------------------------------------------------- */

enum { ID_BYTES = 24, VALUES = 5 };

void fake_shard(uint32_t rows, uint64_t seed, buf *out) {
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

void fake_program(bool big, buf *out) {
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

void fake_partial(slice program_bytes, const buf *shards, size_t count, buf *out) {
  reader r;
  program *p = NULL;
  partial *all = NULL;
  error err;
  reader_init(&r, program_bytes.bytes, program_bytes.length);
  must(program_decode(&r, &p, &err), &err);
  must(partial_empty(p, &all, &err), &err);
  for (size_t i = 0; i < count; i++) {
    add_shard(p, &shards[i], all);
  }
  buf_init(out);
  partial_encode(all, out);
  must(buf_status(out, "a partial", &err), &err);
  partial_destroy(all);
  program_destroy(p);
}
