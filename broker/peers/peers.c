/* Two tables of chains: by route, and by number. */
#include "broker/peers/peers.h"

#include <stdlib.h>
#include <string.h>

void routes_fini(routes *r) {
  for (peer *one = routes_next(r, NULL); one != NULL; one = routes_next(r, NULL)) {
    routes_remove(r, one);
  }
  owners_fini(&r->owners);
  in_flight_fini(&r->left);
}

static bool same_route(const wire_route *a, const wire_route *b) {
  return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* libzmq's ids end in a counter. */
static size_t route_bucket(line_kind line, const wire_route *route) {
  size_t h = line;
  for (size_t i = 0; i < route->length; i++) {
    h = h * 31 + route->bytes[i];
  }
  return h % ROUTES_BUCKETS;
}

peer *routes_find(const routes *r, line_kind line, const wire_route *route) {
  for (peer *one = r->by_route[route_bucket(line, route)]; one != NULL; one = one->next_of_route) {
    if (one->line == line && same_route(&one->route, route)) {
      return one;
    }
  }
  return NULL;
}

peer *routes_at(const routes *r, uint32_t number) {
  peer *one = r->by_number[number % ROUTES_BUCKETS];
  while (one != NULL && one->number != number) {
    one = one->next_of_number;
  }
  return one;
}

peer *routes_add(routes *r, line_kind line, const wire_route *route, const char *whose) {
  peer *one = calloc(1, sizeof *one);
  owner *of = one != NULL ? owners_add_peer(&r->owners, whose) : NULL;
  in_flight *counted = of != NULL ? in_flight_take(&r->left, line, route) : NULL;
  if (counted == NULL) {
    if (of != NULL) {
      owners_remove_peer(&r->owners, of);
    }
    free(one);
    return NULL;
  }
  one->in_flight = counted;
  one->owner = of;
  one->number = ++r->last;
  one->line = line;
  one->route = *route;
  peer **chain = &r->by_route[route_bucket(line, route)];
  one->next_of_route = *chain;
  *chain = one;
  chain = &r->by_number[one->number % ROUTES_BUCKETS];
  one->next_of_number = *chain;
  *chain = one;
  r->count++;
  return one;
}

void routes_remove(routes *r, peer *gone) {
  peer **link = &r->by_route[route_bucket(gone->line, &gone->route)];
  while (*link != gone) {
    link = &(*link)->next_of_route;
  }
  *link = gone->next_of_route;
  link = &r->by_number[gone->number % ROUTES_BUCKETS];
  while (*link != gone) {
    link = &(*link)->next_of_number;
  }
  *link = gone->next_of_number;
  r->count--;
  owners_remove_peer(&r->owners, gone->owner);
  in_flight_leave(&r->left, gone->in_flight);
  free(gone);
}

peer *routes_next(const routes *r, const peer *previous) {
  if (previous != NULL && previous->next_of_number != NULL) {
    return previous->next_of_number;
  }
  for (size_t i = previous != NULL ? previous->number % ROUTES_BUCKETS + 1 : 0; i < ROUTES_BUCKETS; i++) {
    if (r->by_number[i] != NULL) {
      return r->by_number[i];
    }
  }
  return NULL;
}
