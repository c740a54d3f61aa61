/* Answers, one message at a time. */
#include "tests/client/session_broker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"

enum { POLL_MS = 20, CHUNK_BYTES = 1 << 20 };

/* ---- Sending ------------------------------------------------------------------------------------- */

static void send_with(session_broker *b, const message *m, const wire_payload *payloads, size_t count) {
  error err;
  if (wire_send(b->socket, &b->incoming->from, m, payloads, count, &err) != STATUS_OK) {
    fprintf(stderr, "the test's broker cannot send: %s\n", err.message);
  }
}

/* KIND with what a request wants back: its number and its job. */
static message answer_of(session_broker *b, message_kind kind) {
  const message *asked = &b->incoming->header;
  message m = message_of(kind);
  if ((asked->has & FIELD_BIT(FIELD_REQUEST)) != 0) {
    message_set_integer(&m, FIELD_REQUEST, asked->integers[FIELD_REQUEST]);
  }
  if ((asked->has & FIELD_BIT(FIELD_JOB)) != 0) {
    message_set_bytes(&m, FIELD_JOB, asked->texts[FIELD_JOB].bytes, asked->texts[FIELD_JOB].length);
  }
  return m;
}

static void refuse(session_broker *b, status code, const char *why) {
  message m = answer_of(b, MESSAGE_REFUSED);
  message_set_text(&m, FIELD_STATUS, status_name(code));
  message_set_text(&m, FIELD_MESSAGE, why);
  send_with(b, &m, NULL, 0);
}

static void send_named(session_broker *b, message *m, slice content) {
  uint8_t name[BLOB_NAME_BYTES] = {0};
  digest d;
  session_broker_keep(b, content.bytes, content.length, &d);
  memcpy(name, d.bytes, DIGEST_BYTES);
  for (size_t i = 0; i < 8; i++) {
    name[DIGEST_BYTES + i] = (uint8_t)((uint64_t)content.length >> (8 * i));
  }
  message_set_integer(m, FIELD_BY_NAME, 1);
  send_with(b, m, &(wire_payload){.bytes = name, .length = sizeof name}, 1);
}

/* ---- Peers --------------------------------------------------------------------------------------- */

static bool is_among(const wire_route *routes, size_t count, const wire_route *r) {
  for (size_t i = 0; i < count; i++) {
    if (routes[i].length == r->length && memcmp(routes[i].bytes, r->bytes, r->length) == 0) {
      return true;
    }
  }
  return false;
}

static void refuse_in_another_version(session_broker *b) {
  message m = message_of(MESSAGE_REFUSED);
  message_set_text(&m, FIELD_STATUS, status_name(STATUS_PROTOCOL));
  message_set_text(&m, FIELD_MESSAGE, "this broker speaks version 2 of the protocol, you speak 1");
  buf header;
  buf_init(&header);
  message_encode(&m, &header);
  for (size_t i = 0; i + 2 < header.length; i++) {
    if (memcmp(header.data + i, "\xa1v\x01", 3) == 0) {
      header.data[i + 2] = 2;
      break;
    }
  }
  const wire_route *to = &b->incoming->from;
  zmq_send(b->socket, to->bytes, to->length, ZMQ_SNDMORE);
  zmq_send(b->socket, header.data, header.length, 0);
  buf_fini(&header);
}

static void take_hello(session_broker *b) {
  if (b->has_other_version) {
    refuse_in_another_version(b);
    return;
  }
  if (!is_among(b->known, b->known_count, &b->incoming->from) && b->known_count < BROKER_ROUTES) {
    b->known[b->known_count++] = b->incoming->from;
  }
  uint8_t instance[INSTANCE_BYTES] = {b->instance};
  message m = message_of(MESSAGE_WELCOME);
  message_set_bytes(&m, FIELD_INSTANCE, instance, sizeof instance);
  message_set_text(&m, FIELD_STORE, b->directory);
  message_set_bytes(&m, FIELD_PROBE, b->probe, sizeof b->probe);
  send_with(b, &m, NULL, 0);
}

static void take_alive(session_broker *b) {
  const message m = message_of(MESSAGE_ALIVE);
  send_with(b, &m, NULL, 0);
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

broker_blob *session_broker_find(session_broker *b, const digest *name) {
  for (size_t i = 0; i < b->blobs_count; i++) {
    if (digest_equal(&b->blobs[i].name, name)) {
      return &b->blobs[i];
    }
  }
  return NULL;
}

static broker_blob *make_blob(session_broker *b, const digest *name, uint64_t bytes) {
  broker_blob *blob = session_broker_find(b, name);
  if (blob == NULL && b->blobs_count < BROKER_BLOBS) {
    blob = &b->blobs[b->blobs_count++];
    *blob = (broker_blob){.name = *name, .bytes = bytes, .at = malloc((size_t)bytes + 1)};
  }
  return blob;
}

void session_broker_keep(session_broker *b, const void *bytes, size_t length, digest *name) {
  error err;
  if (digest_of(bytes, length, name, &err) != STATUS_OK) {
    abort();
  }
  broker_blob *blob = make_blob(b, name, length);
  memcpy(blob->at, bytes, length);
  blob->next = length;
}

static message about(const broker_blob *blob, message_kind kind) {
  message m = message_of(kind);
  message_set_bytes(&m, FIELD_BLOB, blob->name.bytes, DIGEST_BYTES);
  return m;
}

static void say_lost(session_broker *b, const digest *name, status why, const char *text) {
  message lost = message_of(MESSAGE_LOST);
  message_set_bytes(&lost, FIELD_BLOB, name->bytes, DIGEST_BYTES);
  message_set_text(&lost, FIELD_STATUS, status_name(why));
  message_set_text(&lost, FIELD_MESSAGE, text);
  send_with(b, &lost, NULL, 0);
}

static void want(session_broker *b, const broker_blob *blob, uint64_t offset) {
  const uint64_t left = blob->bytes - offset;
  message m = about(blob, MESSAGE_WANT);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, left < CHUNK_BYTES ? left : CHUNK_BYTES);
  send_with(b, &m, NULL, 0);
}

static void say_have(session_broker *b, const broker_blob *blob) {
  const message m = about(blob, MESSAGE_HAVE);
  send_with(b, &m, NULL, 0);
}

static bool find_handed_in(session_broker *b, broker_blob *blob) {
  char path[700];
  char hex[DIGEST_HEX_BYTES];
  digest_hex(&blob->name, hex);
  snprintf(path, sizeof path, "%s/hand-in/%s", b->directory, hex);
  FILE *f = b->looks_in_hand_in ? fopen(path, "rb") : NULL;
  if (f == NULL) {
    return false;
  }
  const bool is_whole = fread(blob->at, 1, (size_t)blob->bytes, f) == blob->bytes;
  fclose(f);
  blob->next = is_whole ? blob->bytes : 0;
  return is_whole;
}

static void take_offer(session_broker *b) {
  const message *m = &b->incoming->header;
  digest name;
  memcpy(name.bytes, m->texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  if (b->is_full) {
    say_lost(b, &name, STATUS_IO, "no room left in the broker's store");
    return;
  }
  broker_blob *blob = make_blob(b, &name, m->integers[FIELD_BYTES]);
  blob->offers++;
  if (blob->next == blob->bytes || find_handed_in(b, blob)) {
    say_have(b, blob);
    return;
  }
  for (uint64_t i = 0; i < BROKER_WINDOW && blob->next + i * CHUNK_BYTES < blob->bytes; i++) {
    want(b, blob, blob->next + i * CHUNK_BYTES);
  }
}

static void take_chunk(session_broker *b) {
  const message *m = &b->incoming->header;
  digest name;
  memcpy(name.bytes, m->texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  broker_blob *blob = session_broker_find(b, &name);
  size_t length = 0;
  const void *bytes = wire_payload_bytes(b->incoming, 0, &length);
  const uint64_t offset = m->integers[FIELD_OFFSET];
  blob->chunks[offset / CHUNK_BYTES]++;
  if (b->asks_again > 0) {
    b->asks_again--;
    want(b, blob, offset);
    return;
  }
  if (offset != blob->next || offset + length > blob->bytes) {
    return;
  }
  memcpy(blob->at + offset, bytes, length);
  blob->next += length;
  const uint64_t ahead = offset + (uint64_t)BROKER_WINDOW * CHUNK_BYTES;
  if (ahead < blob->bytes) {
    want(b, blob, ahead);
  }
  if (blob->next < blob->bytes) {
    return;
  }
  if (b->finds_altered == 0) {
    say_have(b, blob);
    return;
  }
  b->finds_altered--;
  blob->next = 0;
  say_lost(b, &name, b->finds_late ? STATUS_UNREACHABLE : STATUS_CORRUPT, "it did not arrive as it should");
}

static void take_want(session_broker *b) {
  const message *asked = &b->incoming->header;
  digest name;
  memcpy(name.bytes, asked->texts[FIELD_BLOB].bytes, DIGEST_BYTES);
  const broker_blob *blob = session_broker_find(b, &name);
  const uint64_t offset = asked->integers[FIELD_OFFSET];
  if (blob == NULL || blob->next < blob->bytes) {
    say_lost(b, &name, STATUS_NOT_FOUND, "there is no such blob");
    return;
  }
  const uint64_t left = blob->bytes - offset;
  const size_t length = (size_t)(left < asked->integers[FIELD_BYTES] ? left : asked->integers[FIELD_BYTES]);
  uint8_t *copy = malloc(length);
  memcpy(copy, blob->at + offset, length);
  if (b->alters_chunks > 0) {
    b->alters_chunks--;
    copy[length / 2] ^= 1;
  }
  message m = about(blob, MESSAGE_CHUNK);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, blob->bytes);
  send_with(b, &m, &(wire_payload){.bytes = copy, .length = length, .release = wire_free}, 1);
}

/* ---- Datasets and jobs --------------------------------------------------------------------------- */

static void take_dataset(session_broker *b) {
  if (b->manifest.length == 0) {
    refuse(b, STATUS_NOT_FOUND, "there is no such dataset");
    return;
  }
  message m = answer_of(b, MESSAGE_MANIFEST);
  message_set_text(&m, FIELD_DATASET, "survey");
  message_set_integer(&m, FIELD_VERSION, b->version);
  send_named(b, &m, b->manifest);
}

static void take_commit(session_broker *b) {
  const uint64_t base = b->incoming->header.integers[FIELD_VERSION];
  if (base != b->version) {
    refuse(b, STATUS_JOB, "the dataset is at another version");
    return;
  }
  message m = answer_of(b, MESSAGE_COMMITTED);
  message_set_text(&m, FIELD_DATASET, "survey");
  message_set_integer(&m, FIELD_VERSION, ++b->version);
  send_with(b, &m, NULL, 0);
}

static void take_drop(session_broker *b) {
  message m = answer_of(b, MESSAGE_DROPPED);
  message_set_integer(&m, FIELD_JOBS, 2);
  send_with(b, &m, NULL, 0);
}

/* The job's id is that of docs/protocol.md. */
static void take_submission(session_broker *b) {
  const slice key = b->incoming->header.texts[FIELD_KEY];
  char text[128] = "canvass job";
  const size_t used = strlen(text) + 1;
  memcpy(text + used, key.bytes, key.length);
  snprintf(b->last_key, sizeof b->last_key, "%.*s", (int)key.length, key.bytes);
  digest d;
  error err;
  if (digest_of(text, used + key.length, &d, &err) != STATUS_OK) {
    abort();
  }
  message m = answer_of(b, MESSAGE_ACCEPTED);
  message_set_bytes(&m, FIELD_JOB, d.bytes, JOB_ID_BYTES);
  send_with(b, &m, NULL, 0);
}

static void take_job_question(session_broker *b) {
  const bool is_cancel = b->incoming->header.kind == MESSAGE_CANCEL;
  const char *failure = is_cancel && b->failure == NULL && b->report.length == 0 ? "interrupted" : b->failure;
  if (failure != NULL) {
    message m = answer_of(b, MESSAGE_ENDED);
    message_set_text(&m, FIELD_STATUS, failure);
    message_set_text(&m, FIELD_MESSAGE, "so it ended");
    send_with(b, &m, NULL, 0);
    return;
  }
  if (b->report.length > 0) {
    message m = answer_of(b, MESSAGE_REPORT);
    message_set_integer(&m, FIELD_STATES_COMPUTED, 5);
    message_set_integer(&m, FIELD_STATES_CACHED, 7);
    send_named(b, &m, b->report);
    return;
  }
  message m = answer_of(b, MESSAGE_PROGRESS);
  message_set_text(&m, FIELD_STATE, "running");
  message_set_integer(&m, FIELD_STAGE, 1);
  message_set_integer(&m, FIELD_ROWS_DONE, 30);
  message_set_integer(&m, FIELD_ROWS_TOTAL, 120);
  send_with(b, &m, NULL, 0);
}

static void take_list(session_broker *b) {
  const size_t length = strlen(b->listing);
  message m = answer_of(b, MESSAGE_LISTING);
  message_set_text(&m, FIELD_WHAT, "jobs");
  const wire_payload halves[] = {{.bytes = b->listing, .length = length / 2},
                                 {.bytes = b->listing + length / 2, .length = length - length / 2}};
  send_with(b, &m, halves, 2);
}

/* ---- The thread ---------------------------------------------------------------------------------- */

static void (*const takers[MESSAGES_COUNT])(session_broker *b) = {
    [MESSAGE_HELLO] = take_hello,         [MESSAGE_ALIVE] = take_alive,
    [MESSAGE_OFFER] = take_offer,         [MESSAGE_CHUNK] = take_chunk,
    [MESSAGE_WANT] = take_want,           [MESSAGE_DATASET] = take_dataset,
    [MESSAGE_COMMIT] = take_commit,       [MESSAGE_DROP] = take_drop,
    [MESSAGE_SUBMIT] = take_submission,   [MESSAGE_LOAD] = take_submission,
    [MESSAGE_WATCH] = take_job_question,  [MESSAGE_ASK] = take_job_question,
    [MESSAGE_CANCEL] = take_job_question, [MESSAGE_LIST] = take_list,
};

static void bind_socket(session_broker *b) {
  const int linger = 0;
  b->socket = zmq_socket(b->context, ZMQ_ROUTER);
  zmq_setsockopt(b->socket, ZMQ_LINGER, &linger, sizeof linger);
  error err;
  if (b->key != NULL && key_use_server(b->socket, b->key, &err) != STATUS_OK) {
    fprintf(stderr, "the test's broker cannot use its key: %s\n", err.message);
  }
  while (zmq_bind(b->socket, b->endpoint) != 0) { /* the old socket is being closed by libzmq's thread */
    usleep(1000);
  }
  b->instance++;
  b->known_count = 0;
  atomic_fetch_add(&b->starts, 1);
}

/* As after SIGKILL: peers are forgotten, what had come of blobs is kept. */
static void restart(session_broker *b) {
  zmq_close(b->socket);
  bind_socket(b);
}

static void obey(session_broker *b) {
  if (atomic_exchange(&b->completes, false)) {
    b->report = b->report_later;
  }
  if (atomic_exchange(&b->forgets, false)) {
    b->known_count = 0;
  }
  if (atomic_exchange(&b->goes_deaf, false)) {
    memcpy(b->deaf, b->known, sizeof b->deaf);
    b->deaf_count = b->known_count;
  }
}

static void take(session_broker *b) {
  const message_kind kind = b->incoming->header.kind;
  atomic_fetch_add(&b->seen[kind], 1);
  obey(b);
  if ((b->incoming->header.has & FIELD_BIT(FIELD_REQUEST)) != 0) {
    b->last_request = b->incoming->header.integers[FIELD_REQUEST];
  }
  if (b->is_deaf || is_among(b->deaf, b->deaf_count, &b->incoming->from) || kind == MESSAGE_BYE) {
    return;
  }
  if (kind == b->restarts_on && atomic_load(&b->restarts_after) > 0 &&
      atomic_fetch_sub(&b->restarts_after, 1) == 1) {
    restart(b);
    return;
  }
  if (b->ignores[kind] > 0) {
    b->ignores[kind]--;
    return;
  }
  if (kind != MESSAGE_HELLO && !is_among(b->known, b->known_count, &b->incoming->from)) {
    const message m = message_of(MESSAGE_STRANGER);
    send_with(b, &m, NULL, 0);
  } else if (takers[kind] != NULL) {
    takers[kind](b);
  }
}

static void *serve(void *argument) {
  session_broker *b = argument;
  while (!atomic_load(&b->stops)) {
    zmq_pollitem_t item = {.socket = b->socket, .events = ZMQ_POLLIN};
    zmq_poll(&item, 1, POLL_MS);
    bool received = true;
    while (received && !atomic_load(&b->stops)) {
      error err;
      if (wire_receive(b->socket, true, b->incoming, &received, &err) != STATUS_OK) {
        fprintf(stderr, "the test's broker got: %s\n", err.message);
      } else if (received) {
        take(b);
        wire_message_close(b->incoming);
      }
    }
  }
  return NULL;
}

void session_broker_start(session_broker *b) {
  b->context = zmq_ctx_new();
  b->incoming = malloc(sizeof *b->incoming);
  assert_non_null(b->context);
  assert_non_null(b->incoming);
  error err;
  if (b->allowed != NULL && door_open(b->context, b->allowed, &b->door, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  bind_socket(b);
  assert_int_equal(pthread_create(&b->thread, NULL, serve, b), 0);
}

void session_broker_stop(session_broker *b) {
  atomic_store(&b->stops, true);
  pthread_join(b->thread, NULL);
  zmq_close(b->socket);
  door_close(b->door);
  zmq_ctx_term(b->context);
  free(b->incoming);
}

void session_broker_forget(session_broker *b) {
  for (size_t i = 0; i < b->blobs_count; i++) {
    free(b->blobs[i].at);
  }
  b->blobs_count = 0;
}
