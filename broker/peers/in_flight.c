/* Reference-counted totals: the broker holds one reference, each frame another. */
#include "broker/peers/in_flight.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "proto/handover.h"

struct in_flight {
  atomic_size_t bytes, references;
  line_kind line;
  wire_route route;
  in_flight *next; /* in in_flight_left */
};

static void let_go(in_flight *u) {
  if (atomic_fetch_sub(&u->references, 1) == 1) {
    free(u);
  }
}

/* ---- Routes -------------------------------------------------------------------------------------- */

static bool is_of(const in_flight *u, line_kind line, const wire_route *route) {
  return u->line == line && u->route.length == route->length &&
         memcmp(u->route.bytes, route->bytes, route->length) == 0;
}

static void forget_empty(in_flight_left *left) {
  for (in_flight **link = &left->first; *link != NULL;) {
    in_flight *u = *link;
    if (atomic_load(&u->bytes) > 0) {
      link = &u->next;
    } else {
      *link = u->next;
      let_go(u);
    }
  }
}

in_flight *in_flight_take(in_flight_left *left, line_kind line, const wire_route *route) {
  forget_empty(left);
  for (in_flight **link = &left->first; *link != NULL; link = &(*link)->next) {
    in_flight *u = *link;
    if (is_of(u, line, route)) {
      *link = u->next;
      return u;
    }
  }
  in_flight *u = malloc(sizeof *u);
  if (u != NULL) {
    *u = (in_flight){.line = line, .route = *route};
    atomic_init(&u->bytes, 0);
    atomic_init(&u->references, 1);
  }
  return u;
}

void in_flight_leave(in_flight_left *left, in_flight *u) {
  u->next = left->first;
  left->first = u;
  forget_empty(left);
}

void in_flight_fini(in_flight_left *left) {
  while (left->first != NULL) {
    in_flight *u = left->first;
    left->first = u->next;
    let_go(u);
  }
}

/* ---- Frames -------------------------------------------------------------------------------------- */

/* A frame within a frame: the outer one is sent and, when it is freed, counts down. */
typedef struct counted {
  in_flight *owner;
  size_t bytes;
  zmq_msg_t content;
} counted;

static void count_down(void *bytes, void *hint) {
  (void)bytes;
  counted *c = hint;
  handover_take(); /* from the thread that made it */
  atomic_fetch_sub(&c->owner->bytes, c->bytes);
  let_go(c->owner);
  zmq_msg_close(&c->content);
  free(c);
}

bool in_flight_is_full(const in_flight *u) {
  return atomic_load(&u->bytes) > IN_FLIGHT_BYTES_MAX;
}

bool in_flight_count(in_flight *u, zmq_msg_t *frame) {
  counted *c = malloc(sizeof *c);
  if (c == NULL) {
    return false;
  }
  *c = (counted){.owner = u, .bytes = zmq_msg_size(frame)};
  zmq_msg_init(&c->content);
  zmq_msg_move(&c->content, frame);
  if (zmq_msg_init_data(frame, zmq_msg_data(&c->content), c->bytes, count_down, c) != 0) {
    zmq_msg_init(frame);
    zmq_msg_move(frame, &c->content);
    zmq_msg_close(&c->content);
    free(c);
    return false;
  }
  atomic_fetch_add(&u->bytes, c->bytes);
  atomic_fetch_add(&u->references, 1);
  return true;
}
