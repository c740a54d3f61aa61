/* The sockets, and two tables of chains: by route, and by number. */
#include "broker/peers/peers.h"

#include <stdlib.h>
#include <string.h>

#include "broker/peers/peers_inside.h"

/* ---- Life ---------------------------------------------------------------------------------------- */

peers *peers_new(host *h, const uint8_t instance[INSTANCE_BYTES]) {
  peers *p = calloc(1, sizeof *p);
  if (p != NULL) {
    p->host = h;
    memcpy(&p->start, instance, sizeof p->start);
  }
  return p;
}

void peers_destroy(peers *p) {
  if (p == NULL) {
    return;
  }
  listener_close(&p->lines);
  door_close(p->door);
  outbox_fini(&p->outbox);
  for (peer *one = peers_next(p, NULL); one != NULL; one = peers_next(p, NULL)) {
    peers_remove(p, one);
  }
  owners_fini(&p->owners);
  in_flight_fini(&p->left);
  free(p);
}

status peers_listen(peers *p, void *zmq_context, const char *const *endpoints, size_t count,
                    const key_pair *key, const key_list *allowed, error *err) {
  if (key != NULL) {
    if (allowed == NULL) {
      return error_set(err, STATUS_USAGE, "a broker with keys needs the list of allowed keys: --allow FILE");
    }
    p->allowed = allowed;
    TRY(door_open(zmq_context, allowed, &p->door, err));
  }
  return listener_open(zmq_context, endpoints, count, key, &p->lines, err);
}

const char *peers_endpoint(const peers *p, size_t index) {
  return index < p->lines.count ? p->lines.endpoints[index] : "";
}

int peers_poll_items(const peers *p, zmq_pollitem_t *items) {
  int count = 0;
  for (size_t i = 0; i < LINES_COUNT; i++) {
    if (p->lines.sockets[i] != NULL) {
      items[count++] = (zmq_pollitem_t){.socket = p->lines.sockets[i], .events = ZMQ_POLLIN};
    }
  }
  return count;
}

status peers_receive(peers *p, line_kind line, wire_message *m, bool *received, error *err) {
  *received = false;
  return p->lines.sockets[line] != NULL ? wire_receive(p->lines.sockets[line], true, m, received, err)
                                        : STATUS_OK;
}

/* ---- The tables ---------------------------------------------------------------------------------- */

static bool same_route(const wire_route *a, const wire_route *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* libzmq's ids end in a counter. */
static size_t route_bucket(line_kind line, const wire_route *route) {
  size_t h = line;
  for (size_t i = 0; i < route->length; i++) {
    h = h * 31 + route->bytes[i];
  }
  return h % PEERS_BUCKETS;
}

peer *peers_find(const peers *p, line_kind line, const wire_route *route) {
  for (peer *one = p->by_route[route_bucket(line, route)]; one != NULL; one = one->next_of_route) {
    if (one->line == line && same_route(&one->route, route)) {
      return one;
    }
  }
  return NULL;
}

peer *peers_at(const peers *p, uint32_t number) {
  peer *one = p->by_number[number % PEERS_BUCKETS];
  while (one != NULL && one->number != number) {
    one = one->next_of_number;
  }
  return one;
}

peer *peers_add(peers *p, line_kind line, const wire_route *route, const char *whose) {
  peer *one = calloc(1, sizeof *one);
  owner *of = one != NULL ? owners_add_peer(&p->owners, whose) : NULL;
  in_flight *counted = of != NULL ? in_flight_take(&p->left, line, route) : NULL;
  if (counted == NULL) {
    if (of != NULL) {
      owners_remove_peer(&p->owners, of);
    }
    free(one);
    return NULL;
  }
  one->in_flight = counted;
  one->owner = of;
  one->number = ++p->last;
  one->line = line;
  one->route = *route;
  peer **chain = &p->by_route[route_bucket(line, route)];
  one->next_of_route = *chain;
  *chain = one;
  chain = &p->by_number[one->number % PEERS_BUCKETS];
  one->next_of_number = *chain;
  *chain = one;
  p->count++;
  return one;
}

void peers_remove(peers *p, peer *gone) {
  peer **link = &p->by_route[route_bucket(gone->line, &gone->route)];
  while (*link != gone) {
    link = &(*link)->next_of_route;
  }
  *link = gone->next_of_route;
  link = &p->by_number[gone->number % PEERS_BUCKETS];
  while (*link != gone) {
    link = &(*link)->next_of_number;
  }
  *link = gone->next_of_number;
  p->count--;
  owners_remove_peer(&p->owners, gone->owner);
  in_flight_leave(&p->left, gone->in_flight);
  free(gone);
}

peer *peers_next(const peers *p, const peer *previous) {
  if (previous != NULL && previous->next_of_number != NULL) {
    return previous->next_of_number;
  }
  for (size_t i = previous != NULL ? previous->number % PEERS_BUCKETS + 1 : 0; i < PEERS_BUCKETS; i++) {
    if (p->by_number[i] != NULL) {
      return p->by_number[i];
    }
  }
  return NULL;
}

owners *peers_owners(peers *p) {
  return &p->owners;
}

bool peers_any_gone(const peers *p) {
  return p->has_gone;
}

bool peers_take_gone(peers *p) {
  const bool any = p->has_gone;
  p->has_gone = false;
  return any;
}
