/* One thread for the broker, one for the test: it polls the sockets of all its peers. */
#include "tests/broker/shell_fixture.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/waiting.h"

enum { STEP_MS = 500 }; /* a turn of the broker never counts as much more */

/* What a talker leaves to be closed. */
struct line {
  struct line *next;
  void *socket;
  bool is_open; /* what it heard last */
  wire_message in;
};

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

static uint64_t tell_time(void *context) {
  shell *s = context;
  pthread_mutex_lock(&s->gate);
  pthread_mutex_unlock(&s->gate);
  atomic_fetch_add(&s->looks, 1);
  return atomic_load(&s->clock_ms);
}

/* ---- What turns do ------------------------------------------------------------------------------- */

void shell_hold(shell *s) {
  pthread_mutex_lock(&s->gate);
}

void shell_go_on(shell *s) {
  pthread_mutex_unlock(&s->gate);
}

static void raise_to(uint64_t *most, uint64_t value) {
  *most = value > *most ? value : *most;
}

static void count_turn(void *context, const broker_turn *turn) {
  shell *s = context;
  pthread_mutex_lock(&s->mutex);
  raise_to(&s->most.messages, turn->messages);
  raise_to(&s->most.bytes, turn->bytes);
  raise_to(&s->most.records, turn->records);
  raise_to(&s->most.unlinks, turn->unlinks);
  s->sum.messages += turn->messages;
  s->sum.bytes += turn->bytes;
  s->sum.records += turn->records;
  s->sum.unlinks += turn->unlinks;
  pthread_mutex_unlock(&s->mutex);
}

static broker_turn read_turn(shell *s, const broker_turn *turn) {
  pthread_mutex_lock(&s->mutex);
  const broker_turn copy = *turn;
  pthread_mutex_unlock(&s->mutex);
  return copy;
}

broker_turn shell_most(shell *s) {
  return read_turn(s, &s->most);
}

broker_turn shell_sum(shell *s) {
  return read_turn(s, &s->sum);
}

void shell_count_again(shell *s) {
  pthread_mutex_lock(&s->mutex);
  s->most = s->sum = (broker_turn){0};
  pthread_mutex_unlock(&s->mutex);
}

void shell_await_records(shell *s, uint64_t count) {
  const struct timespec moment = {.tv_nsec = 1000000};
  waiting_for("records");
  while (shell_sum(s).records < count) {
    nanosleep(&moment, NULL);
  }
}

void shell_await_unlinks(shell *s, uint64_t count) {
  const struct timespec moment = {.tv_nsec = 1000000};
  waiting_for("blobs to be removed");
  while (shell_sum(s).unlinks < count) {
    nanosleep(&moment, NULL);
  }
}

/* A turn has begun with the new time when the broker has looked, and has ended when it looks again. */
static void await_turn(shell *s) {
  const struct timespec moment = {.tv_nsec = 100000};
  const uint64_t seen = atomic_load(&s->looks);
  waiting_for("a turn of the broker");
  while (atomic_load(&s->looks) < seen + 2) {
    broker_allow(s->broker, NULL); /* no new list: it only wakes the broker */
    nanosleep(&moment, NULL);
  }
}

void shell_pass(shell *s, unsigned ms) {
  for (unsigned passed = 0; passed < ms; passed += STEP_MS) {
    atomic_fetch_add(&s->clock_ms, STEP_MS);
    await_turn(s);
  }
}

int shell_set_up(void **state) {
  shell *s = calloc(1, sizeof *s);
  assert_non_null(s);
  process_directory_new(s->directory, sizeof s->directory);
  snprintf(s->store, sizeof s->store, "%s/store", s->directory);
  s->sockets = sockets_new();
  assert_int_equal(pthread_mutex_init(&s->mutex, NULL), 0);
  assert_int_equal(pthread_mutex_init(&s->gate, NULL), 0);
  *state = s;
  return 0;
}

static void close_heard(struct line *l) {
  if (l->is_open) {
    wire_message_close(&l->in);
    l->is_open = false;
  }
}

static void close_line(shell *s, struct line *l) {
  struct line **at = &s->lines;
  while (*at != l) {
    at = &(*at)->next;
  }
  *at = l->next;
  close_heard(l);
  sockets_close(s->sockets, l->socket);
  free(l);
}

int shell_tear_down(void **state) {
  shell *s = *state;
  while (s->lines != NULL) {
    close_line(s, s->lines);
  }
  if (s->broker != NULL) {
    shell_stop(s);
  }
  for (size_t i = 0; i < SHELL_LISTS; i++) {
    key_list_destroy(s->lists[i]);
  }
  sockets_destroy(s->sockets);
  process_directory_remove(s->directory);
  pthread_mutex_destroy(&s->mutex);
  pthread_mutex_destroy(&s->gate);
  samples_free();
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
  const char *endpoints[] = {endpoint != NULL ? endpoint : ipc};
  const broker_options options = {.zmq_context = sockets_context(s->sockets),
                                  .endpoints = endpoints,
                                  .endpoints_count = 1,
                                  .directory = keeps ? s->store : NULL,
                                  .network_allowed = true,
                                  .key = s->key,
                                  .allowed = s->allowed,
                                  .say = say,
                                  .now_ms = tell_time,
                                  .turned = count_turn,
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

/* libzmq closes sockets after zmq_close has returned; nothing shows when. */
static void await_silence(const char *endpoint) {
  const struct timespec moment = {.tv_nsec = 1000000};
  while (listens(endpoint)) {
    nanosleep(&moment, NULL);
  }
}

void shell_stop(shell *s) {
  waiting_for("the end of the broker");
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
  waiting_for("the broker to fail");
  pthread_join(s->thread, NULL);
  assert_int_equal(s->ended, code);
  broker_destroy(s->broker);
  s->broker = NULL;
  await_silence(s->endpoint);
}

void shell_restart(shell *s) {
  shell_stop(s);
  shell_start(s, NULL, true);
}

/* ---- Keys ---------------------------------------------------------------------------------------- */

void shell_make_keys(shell *s) {
  error err;
  for (size_t i = 0; i < SHELL_KEYS; i++) {
    assert_int_equal(key_pair_new(&s->keys[i], &err), STATUS_OK);
  }
  s->key = &s->keys[0];
}

const key_list *shell_make_list(shell *s, const char *format, ...) {
  char text[1024];
  char path[300];
  error err;
  size_t at = 0;
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  process_write_file(s->directory, "allowed", text, strlen(text), path, sizeof path);
  while (s->lists[at] != NULL) {
    at++;
    assert_true(at < SHELL_LISTS);
  }
  assert_int_equal(key_list_read(path, &s->lists[at], &err), STATUS_OK);
  return s->lists[at];
}

/* ---- Peers --------------------------------------------------------------------------------------- */

static void open_socket(talker *t, const key_pair *own) {
  shell *s = t->owner;
  error err;
  t->socket = t->line->socket = sockets_open(s->sockets, ZMQ_DEALER);
  if (own != NULL) {
    assert_int_equal(key_use_client(t->socket, own, s->key->public_key, &err), STATUS_OK);
  }
  assert_int_equal(zmq_connect(t->socket, s->endpoint), 0);
}

static void connect_talker(shell *s, talker *t, const key_pair *own) {
  struct line *l = calloc(1, sizeof *l);
  assert_non_null(l);
  *t = (talker){.owner = s, .line = l, .in = &l->in};
  open_socket(t, own);
  l->next = s->lines;
  s->lines = l;
}

void talker_connect(shell *s, talker *t) {
  connect_talker(s, t, NULL);
}

void talker_connect_with(shell *s, talker *t, size_t key) {
  connect_talker(s, t, &s->keys[key]);
}

void talker_reconnect(talker *t) {
  close_heard(t->line);
  sockets_close(t->owner->sockets, t->socket);
  open_socket(t, NULL);
}

void talker_close(talker *t) {
  close_line(t->owner, t->line);
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

static bool receive(talker *t, long ms) {
  close_heard(t->line);
  for (;;) {
    bool received = false;
    error err;
    if (wire_receive(t->socket, false, t->in, &received, &err) != STATUS_OK) {
      fail_msg("the broker sent nonsense: %s", err.message);
    }
    if (received) {
      t->line->is_open = true;
      return true;
    }
    zmq_pollitem_t item = {.socket = t->socket, .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, ms) == 0) {
      return false;
    }
  }
}

bool talker_receive(talker *t, unsigned ms) {
  return receive(t, (long)ms);
}

message *talker_next(talker *t) {
  waiting_for("a message of the broker's");
  assert_true(receive(t, -1));
  return &t->in->header;
}

message *talker_expect(talker *t, message_kind kind) {
  for (;;) {
    message *m = talker_next(t);
    if (m->kind == kind) {
      return m;
    }
    if (m->kind == MESSAGE_REFUSED || m->kind == MESSAGE_LOST) {
      fail_msg("'%s' instead of '%s': %.*s", message_kind_name(m->kind), message_kind_name(kind),
               SLICE_ARG(m->texts[FIELD_MESSAGE]));
    }
  }
}

message *talker_expect_lost(talker *t) {
  while (talker_next(t)->kind != MESSAGE_LOST) {
  }
  return &t->in->header;
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

void talker_say(talker *t, message_kind kind) {
  const message m = message_of(kind);
  talker_send(t, &m, NULL, 0);
}

void talker_await_alive(talker *t) {
  talker_say(t, MESSAGE_ALIVE);
  talker_expect(t, MESSAGE_ALIVE);
}

void talker_expect_none(talker *t, message_kind kind) {
  talker_say(t, MESSAGE_ALIVE);
  do {
    if (talker_next(t)->kind == kind) {
      fail_msg("'%s' came", message_kind_name(kind));
    }
  } while (t->in->header.kind != MESSAGE_ALIVE);
}

static status say_hello(talker *t, const char *role, uint64_t capacity, error *err) {
  uint8_t fingerprint[DIGEST_BYTES];
  memset(fingerprint, 1, sizeof fingerprint);
  message hello = message_of(MESSAGE_HELLO);
  message_set_text(&hello, FIELD_ROLE, role);
  message_set_text(&hello, FIELD_TITLE, role);
  message_set_integer(&hello, FIELD_CAPACITY, capacity);
  message_set_bytes(&hello, FIELD_FINGERPRINT, fingerprint, sizeof fingerprint);
  return wire_send(t->socket, NULL, &hello, NULL, 0, err);
}

void talker_hello(talker *t, const char *role, uint64_t capacity) {
  error err;
  if (say_hello(t, role, capacity, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

void talker_hello_in_vain(talker *t, const char *role) {
  const status st = say_hello(t, role, 0, NULL);
  assert_true(st == STATUS_OK || st == STATUS_UNREACHABLE);
}

const message *talker_join(talker *t, const char *role, uint64_t capacity) {
  talker_hello(t, role, capacity);
  return talker_expect(t, MESSAGE_WELCOME);
}

void talker_client(shell *s, talker *t) {
  talker_connect(s, t);
  talker_join(t, "client", 0);
}

void talker_first_client(shell *s, talker *t) {
  shell_start(s, NULL, true);
  talker_client(s, t);
}

void talker_worker(shell *s, talker *t, uint64_t capacity) {
  talker_connect(s, t);
  talker_join(t, "worker", capacity);
}

void talker_come_back(talker *t, const char *role, uint64_t capacity) {
  talker_reconnect(t);
  talker_join(t, role, capacity);
}

message talker_request(talker *t, message_kind kind) {
  message m = message_of(kind);
  message_set_integer(&m, FIELD_REQUEST, ++t->request);
  return m;
}

void talker_list(talker *t, const char *what) {
  message m = talker_request(t, MESSAGE_LIST);
  message_set_text(&m, FIELD_WHAT, what);
  talker_send(t, &m, NULL, 0);
}

slice talker_payload(const talker *t, size_t index) {
  slice payload = {NULL, 0};
  payload.bytes = wire_payload_bytes(t->in, index, &payload.length);
  return payload;
}
