/* What the broker knows of connections: whose messages come over which, and what the log says of those that
 * were turned away or cut. */
#include <stdio.h>
#include <zmq.h>

#include "broker/connections.h"
#include "broker/shell.h"

enum {
  REFUSED_AGAIN_MS = 10000,
  EXPIRED_AGAIN_MS = 600000,
  DOUBT_MS = 2000, /* so that a peer that is no longer allowed gets the message that says so */
};

_Static_assert((int)CONNECTIONS_MAX >= (int)ROUTES_MAX, "every peer has a connection");

connection guard_message(const wire_message *m) {
  size_t bytes = 0;
  for (size_t i = 0; i <= m->payloads_count; i++) {
    bytes += zmq_msg_size(&m->frames[i]);
  }
  /* Of the header frame: libzmq 4.3.4 forgets it on the frame before, the route. */
  return connections_deliver(zmq_msg_get(&m->frames[0], ZMQ_SRCFD), bytes, m->payloads_count + 2);
}

void guard_allow(broker *b) {
  connections_doubt(DOUBT_MS);
  for (peer *p = routes_next(&b->routes, NULL); p != NULL; p = routes_next(&b->routes, p)) {
    connections_welcome(p->connection);
  }
}

static const char *plural(uint64_t count) {
  return count == 1 ? "" : "s";
}

static void say_refused(broker *b, const connections_report *r) {
  static const char *const names[CONNECTION_WAYS] = {[CONNECTION_TCP] = "tcp", [CONNECTION_IPC] = "ipc"};
  for (connection_way way = 0; way < CONNECTION_WAYS; way++) {
    if (r->refused[way] > 0) {
      char because[64] = "";
      if (r->limits.most[way] < CONNECTIONS_MAX) {
        (void)snprintf(because, sizeof because, ", as 'ulimit -n' is %zu", r->limits.descriptors);
      }
      broker_log(b, "refused %llu connection%s over %s: at most %zu are taken at a time%s",
                 (unsigned long long)r->refused[way], plural(r->refused[way]), names[way],
                 r->limits.most[way], because);
    }
  }
  if (r->crowded > 0) {
    broker_log(b,
               "refused %llu connection%s over tcp, the last from %s: from one address at most %zu are taken "
               "that have not said hello",
               (unsigned long long)r->crowded, plural(r->crowded), r->crowded_from, r->limits.most_strangers);
  }
}

/* NULL: it did not say hello. */
static const peer *peer_over(const broker *b, connection c) {
  const peer *p = routes_next(&b->routes, NULL);
  while (p != NULL && p->connection.serial != c.serial) {
    p = routes_next(&b->routes, p);
  }
  return p;
}

static void say_overflow(broker *b, const connections_report *r) {
  if (r->overflow > 0) {
    const peer *p = peer_over(b, r->overflowed);
    broker_log(
        b, "cut %llu connection%s, the last from %s (%s%s%s): more than %llu MiB came and no message ended",
        (unsigned long long)r->overflow, plural(r->overflow), r->overflow_from,
        p != NULL ? p->title : "a stranger", p != NULL && p->key[0] != '\0' ? ", key " : "",
        p != NULL ? p->key : "", (unsigned long long)(r->limits.unread >> 20));
  }
}

static bool is_time(const broker *b, uint64_t last_ms, uint64_t pause_ms) {
  return last_ms == 0 || b->clock_ms - last_ms >= pause_ms;
}

/* Not for each of them: attackers come by the thousand, and a program that has nothing to ask comes back now
 * and then. */
void guard_housekeep(broker *b) {
  connections_report report;
  b->expired += connections_expire(b->clock_ms);
  if (is_time(b, b->logged_refusals_ms, REFUSED_AGAIN_MS) && connections_take_report(&report)) {
    b->logged_refusals_ms = b->clock_ms;
    say_refused(b, &report);
    say_overflow(b, &report);
  }
  if (b->expired > 0 && is_time(b, b->logged_expired_ms, EXPIRED_AGAIN_MS)) {
    b->logged_expired_ms = b->clock_ms;
    broker_log(b, "closed %zu connection%s without a hello from an allowed peer", b->expired,
               plural(b->expired));
    b->expired = 0;
  }
}
