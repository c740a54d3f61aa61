/* A list of what is open. */
#include "tests/sockets.h"

#include <stdlib.h>
#include <zmq.h>

#include "tests/check.h"
#include "tests/waiting.h"

enum { OPEN_MAX = 64 };

struct sockets {
  void *context;
  void *open[OPEN_MAX];
  size_t count;
};

sockets *sockets_new(void) {
  sockets *s = calloc(1, sizeof *s);
  assert_non_null(s);
  s->context = zmq_ctx_new();
  assert_non_null(s->context);
  return s;
}

void *sockets_context(const sockets *s) {
  return s->context;
}

void *sockets_open(sockets *s, int type) {
  const int none = 0;
  assert_true(s->count < OPEN_MAX);
  void *socket = zmq_socket(s->context, type);
  assert_non_null(socket);
  s->open[s->count++] = socket;
  assert_int_equal(zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none), 0);
  return socket;
}

void sockets_close(sockets *s, void *socket) {
  for (size_t i = 0; i < s->count; i++) {
    if (s->open[i] == socket) {
      s->open[i] = s->open[--s->count];
      zmq_close(socket);
      return;
    }
  }
  fail_msg("a socket is closed that was not open");
}

void sockets_destroy(sockets *s) {
  if (s == NULL) {
    return;
  }
  while (s->count > 0) {
    zmq_close(s->open[--s->count]);
  }
  waiting_for("the end of a ZeroMQ context");
  zmq_ctx_term(s->context);
  free(s);
}

void sockets_wait(void *socket, const char *what) {
  zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
  waiting_for("%s", what);
  assert_int_equal(zmq_poll(&item, 1, -1), 1);
}
