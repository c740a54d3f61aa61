/* Where the broker listens: endpoints on one or two ROUTER sockets.
 *
 * The plain line has no keys: inproc, and for a broker without keys ipc (the permissions of its directory and
 * the socket's own, 0600, guard it) and tcp on loopback.  The keyed line (CURVE) has all ipc and tcp
 * endpoints of a broker with keys. */
#ifndef CANVASS_BROKER_LISTENER_H
#define CANVASS_BROKER_LISTENER_H

#include "base/status.h"
#include "proto/keys.h"

typedef enum line_kind { LINE_PLAIN, LINE_KEYED, LINES_COUNT } line_kind;

typedef struct listener {
  void *sockets[LINES_COUNT]; /* NULL: not used */
  char **endpoints;           /* as bound */
  unsigned *renewals;         /* of each */
  size_t count;
  bool renewal_failed; /* and was told */
} listener;

/* STATUS_USAGE for an endpoint reachable from other machines while KEY is NULL, and for an unknown
 * transport. */
status listener_check(const char *endpoint, const key_pair *key, error *err) MUST_USE;
/* STATUS_USAGE also for an ipc path that is not a socket; STATUS_IO when it cannot be bound. */
status listener_open(void *zmq_context, const char *const *endpoints, size_t count, const key_pair *key,
                     listener *out, error *err) MUST_USE;
/* Makes the files of ipc sockets again that were removed, as by somebody who tidied a directory up:
 * connections stay, but new ones would not be possible.  Beside a socket NAME there is a second link to it,
 * .NAME.link, from which the first is made again.  When that was removed, too, the endpoint is bound again,
 * which costs a descriptor, LISTENER_RENEWALS_MAX times.  SAY is told, of a failure once. */
void listener_renew(listener *l, void (*say)(void *context, const char *line), void *context);
void listener_close(listener *l);

#endif
