/* Each time that it listens it has a context of its own, so that hanging up can wait for its end: after that
 * no thread of libzmq's still closes what was there before. */
#include "tests/scripted_broker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broker/door.h"
#include "tests/check.h"
#include "tests/process.h"
#include "tests/sockets.h"
#include "tests/waiting.h"

enum { ROUTES_MAX = 64 };

typedef struct routes {
  wire_route all[ROUTES_MAX];
  size_t count, next;
} routes;

struct scripted_broker {
  char directory[256], endpoint[300], store[300];
  sockets *sockets; /* NULL: it does not listen */
  void *router;
  door *door;
  const key_pair *key;
  const key_list *allowed;
  uint8_t instance; /* all its bytes: how often it has listened */
  uint8_t probe[INSTANCE_BYTES];
  routes known, deaf;
  wire_message *last;
  bool has_last;
  wire_route to;
  scripted_part *part;
  void *context;
  pthread_t thread;
  int stop_fd;
};

/* On the thread nothing can end the test but the end of the program. */
static void must(const scripted_broker *b, status st, const error *err) {
  if (st == STATUS_OK) {
    return;
  }
  if (b->part != NULL) {
    fprintf(stderr, "the scripted broker: %s\n", err->message);
    abort();
  }
  fail_msg("the scripted broker: %s", err->message);
}

/* ---- Life ---------------------------------------------------------------------------------------- */

scripted_broker *scripted_new(void) {
  scripted_broker *b = calloc(1, sizeof *b);
  assert_non_null(b);
  b->last = malloc(sizeof *b->last);
  b->stop_fd = eventfd(0, EFD_CLOEXEC);
  assert_non_null(b->last);
  assert_true(b->stop_fd >= 0);
  process_directory_new(b->directory, sizeof b->directory);
  snprintf(b->endpoint, sizeof b->endpoint, "ipc://%s/broker", b->directory);
  return b;
}

static void close_last(scripted_broker *b) {
  if (b->has_last) {
    wire_message_close(b->last);
    b->has_last = false;
  }
}

void scripted_destroy(scripted_broker *b) {
  if (b == NULL) {
    return;
  }
  scripted_stop(b);
  close_last(b);
  scripted_hang_up(b);
  process_directory_remove(b->directory);
  close(b->stop_fd);
  free(b->last);
  free(b);
}

const char *scripted_directory(const scripted_broker *b) {
  return b->directory;
}

const char *scripted_endpoint(const scripted_broker *b) {
  return b->endpoint;
}

void scripted_use_keys(scripted_broker *b, const key_pair *own, const key_list *allowed) {
  b->key = own;
  b->allowed = allowed;
}

void scripted_listen(scripted_broker *b) {
  const int mandatory = 1;
  error err;
  b->sockets = sockets_new();
  b->router = sockets_open(b->sockets, ZMQ_ROUTER);
  assert_int_equal(zmq_setsockopt(b->router, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory), 0);
  if (b->allowed != NULL) {
    must(b, door_open(sockets_context(b->sockets), b->allowed, &b->door, &err), &err);
  }
  if (b->key != NULL) {
    must(b, key_use_server(b->router, b->key, &err), &err);
  }
  assert_int_equal(zmq_bind(b->router, b->endpoint), 0);
  b->instance++;
  b->known = (routes){.count = 0};
}

void scripted_hang_up(scripted_broker *b) {
  door_close(b->door);
  sockets_destroy(b->sockets);
  b->door = NULL;
  b->sockets = NULL;
}

/* ---- Peers --------------------------------------------------------------------------------------- */

static bool is_among(const routes *r, const wire_route *one) {
  for (size_t i = 0; i < r->count; i++) {
    if (r->all[i].length == one->length && memcmp(r->all[i].bytes, one->bytes, one->length) == 0) {
      return true;
    }
  }
  return false;
}

/* In the place of the one who came first, when there are too many. */
static void admit(routes *r, const wire_route *one) {
  r->all[r->next++ % ROUTES_MAX] = *one;
  r->count += r->count < ROUTES_MAX;
}

bool scripted_knows(const scripted_broker *b) {
  return is_among(&b->known, &b->to);
}

void scripted_forget(scripted_broker *b) {
  b->known = (routes){.count = 0};
}

void scripted_turn_deaf(scripted_broker *b) {
  b->deaf = b->known;
}

/* ---- Hearing ------------------------------------------------------------------------------------- */

/* True with a message; false when there is none. */
static bool receive(scripted_broker *b) {
  close_last(b);
  bool received = true;
  while (received) {
    error err;
    must(b, wire_receive(b->router, true, b->last, &received, &err), &err);
    if (received && !is_among(&b->deaf, &b->last->from)) {
      b->has_last = true;
      b->to = b->last->from;
      return true;
    }
    if (received) {
      wire_message_close(b->last);
    }
  }
  return false;
}

wire_message *scripted_hear(scripted_broker *b) {
  while (!receive(b)) {
    sockets_wait(b->router, "a message to the scripted broker");
  }
  return b->last;
}

wire_message *scripted_next(scripted_broker *b) {
  while (scripted_hear(b)->header.kind == MESSAGE_ALIVE) {
    scripted_say_alive(b);
  }
  return b->last;
}

static wire_message *require(wire_message *m, message_kind kind) {
  if (m->header.kind != kind) {
    fail_msg("'%s' came instead of '%s' (%.*s)", message_kind_name(m->header.kind), message_kind_name(kind),
             SLICE_ARG(m->header.texts[FIELD_MESSAGE]));
  }
  return m;
}

wire_message *scripted_expect(scripted_broker *b, message_kind kind) {
  return require(scripted_next(b), kind);
}

wire_message *scripted_sign(scripted_broker *b) {
  wire_message *m = require(scripted_hear(b), MESSAGE_ALIVE);
  scripted_say_alive(b);
  return m;
}

wire_message *scripted_look(scripted_broker *b, unsigned ms) {
  for (;;) {
    zmq_pollitem_t item = {.socket = b->router, .events = ZMQ_POLLIN};
    if (!receive(b)) {
      if (zmq_poll(&item, 1, (long)ms) == 0) {
        return NULL;
      }
    } else if (b->last->header.kind == MESSAGE_ALIVE) {
      scripted_say_alive(b);
    } else {
      return b->last;
    }
  }
}

wire_message *scripted_last(scripted_broker *b) {
  assert_true(b->has_last);
  return b->last;
}

slice scripted_payload(wire_message *m, size_t index) {
  slice s;
  assert_true(index < m->payloads_count);
  s.bytes = wire_payload_bytes(m, index, &s.length);
  return s;
}

/* ---- Speaking ------------------------------------------------------------------------------------ */

void scripted_send(scripted_broker *b, const message *m, const wire_payload *payloads, size_t count) {
  error err;
  const status st = wire_send(b->router, &b->to, m, payloads, count, &err);
  must(b, st == STATUS_UNREACHABLE ? STATUS_OK : st, &err);
}

void scripted_send_bytes(scripted_broker *b, const void *bytes, size_t length) {
  zmq_send(b->router, b->to.bytes, b->to.length, ZMQ_SNDMORE);
  zmq_send(b->router, bytes, length, 0);
}

void scripted_say(scripted_broker *b, message_kind kind) {
  const message m = message_of(kind);
  scripted_send(b, &m, NULL, 0);
}

void scripted_say_alive(scripted_broker *b) {
  scripted_say(b, scripted_knows(b) ? MESSAGE_ALIVE : MESSAGE_STRANGER);
}

message scripted_answer(const scripted_broker *b, message_kind kind) {
  const message *asked = &b->last->header;
  message m = message_of(kind);
  if ((asked->has & FIELD_BIT(FIELD_REQUEST)) != 0) {
    message_set_integer(&m, FIELD_REQUEST, asked->integers[FIELD_REQUEST]);
  }
  if ((asked->has & FIELD_BIT(FIELD_JOB)) != 0) {
    message_set_bytes(&m, FIELD_JOB, asked->texts[FIELD_JOB].bytes, asked->texts[FIELD_JOB].length);
  }
  return m;
}

void scripted_refuse(scripted_broker *b, status code, const char *why) {
  message m = scripted_answer(b, MESSAGE_REFUSED);
  message_set_text(&m, FIELD_STATUS, status_name(code));
  message_set_text(&m, FIELD_MESSAGE, why);
  scripted_send(b, &m, NULL, 0);
}

void scripted_welcome(scripted_broker *b) {
  uint8_t instance[INSTANCE_BYTES];
  memset(instance, b->instance, sizeof instance);
  if (!scripted_knows(b)) {
    admit(&b->known, &b->to);
  }
  message m = message_of(MESSAGE_WELCOME);
  message_set_bytes(&m, FIELD_INSTANCE, instance, sizeof instance);
  if (b->store[0] != '\0') {
    message_set_text(&m, FIELD_STORE, b->store);
    message_set_bytes(&m, FIELD_PROBE, b->probe, sizeof b->probe);
  }
  scripted_send(b, &m, NULL, 0);
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

digest scripted_digest(slice bytes) {
  digest d;
  if (digest_of(bytes.bytes, bytes.length, &d, NULL) != STATUS_OK) {
    abort();
  }
  return d;
}

void scripted_blob_name(slice bytes, uint8_t out[BLOB_NAME_BYTES]) {
  const digest d = scripted_digest(bytes);
  memcpy(out, d.bytes, DIGEST_BYTES);
  for (size_t i = 0; i < 8; i++) {
    out[DIGEST_BYTES + i] = (uint8_t)((uint64_t)bytes.length >> (8 * i));
  }
}

message scripted_about(const digest *blob, message_kind kind) {
  message m = message_of(kind);
  message_set_bytes(&m, FIELD_BLOB, blob->bytes, DIGEST_BYTES);
  return m;
}

void scripted_lose(scripted_broker *b, const digest *blob, status code, const char *why) {
  message m = scripted_about(blob, MESSAGE_LOST);
  message_set_text(&m, FIELD_STATUS, status_name(code));
  message_set_text(&m, FIELD_MESSAGE, why);
  scripted_send(b, &m, NULL, 0);
}

void scripted_send_chunk(scripted_broker *b, const digest *name, slice bytes, uint64_t offset,
                         uint64_t length, bool altered) {
  char *copy = malloc(length);
  if (copy == NULL) {
    abort();
  }
  memcpy(copy, bytes.bytes + offset, length);
  copy[length / 2] = (char)(copy[length / 2] ^ (altered ? 1 : 0));
  message m = scripted_about(name, MESSAGE_CHUNK);
  message_set_integer(&m, FIELD_OFFSET, offset);
  message_set_integer(&m, FIELD_BYTES, bytes.length);
  scripted_send(b, &m, &(wire_payload){.bytes = copy, .length = length, .release = wire_free}, 1);
}

void scripted_share(scripted_broker *b, bool is_true) {
  char path[400];
  static const char *const folders[] = {"", "/hand-in", "/blobs"};
  uint8_t probe[INSTANCE_BYTES];
  snprintf(b->store, sizeof b->store, "%s/shared", b->directory);
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    snprintf(path, sizeof path, "%s%s", b->store, folders[i]);
    assert_int_equal(mkdir(path, 0700), 0);
  }
  memset(b->probe, 7, sizeof b->probe);
  memset(probe, is_true ? 7 : 8, sizeof probe);
  process_write_file(b->store, "probe", probe, sizeof probe, path, sizeof path);
}

const char *scripted_store(const scripted_broker *b) {
  return b->store;
}

void scripted_share_blob(scripted_broker *b, const digest *blob, slice bytes, char path[512]) {
  char folder[400];
  char hex[DIGEST_HEX_BYTES];
  digest_hex(blob, hex);
  snprintf(folder, sizeof folder, "%s/blobs/%.2s", b->store, hex);
  assert_int_equal(mkdir(folder, 0700), 0);
  process_write_file(folder, hex, bytes.bytes, bytes.length, path, 512);
}

/* ---- On a thread --------------------------------------------------------------------------------- */

static void *play(void *argument) {
  scripted_broker *b = argument;
  for (;;) {
    zmq_pollitem_t items[] = {{.socket = b->router, .events = ZMQ_POLLIN},
                              {.fd = b->stop_fd, .events = ZMQ_POLLIN}};
    if (zmq_poll(items, 2, -1) > 0 && items[1].revents != 0) {
      return NULL;
    }
    if (receive(b)) {
      b->part(b->context, b, b->last);
    }
  }
}

void scripted_play(scripted_broker *b, scripted_part *part, void *context) {
  scripted_listen(b);
  b->part = part;
  b->context = context;
  assert_int_equal(pthread_create(&b->thread, NULL, play, b), 0);
  waiting_for("whoever talks to the scripted broker to come to an end");
}

void scripted_stop(scripted_broker *b) {
  const uint64_t one = 1;
  if (b->part != NULL) {
    waiting_for("the end of the scripted broker's thread");
    assert_int_equal(write(b->stop_fd, &one, sizeof one), sizeof one);
    pthread_join(b->thread, NULL);
    b->part = NULL;
  }
}
