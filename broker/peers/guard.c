/* What the broker knows of connections: which peer's messages come over which one, and what the log says of
 * those that were turned away or cut. */
#include <stdio.h>
#include <zmq.h>

#include "broker/peers/peers_inside.h"

enum {
  REFUSED_AGAIN_MS = 10000,
  EXPIRED_AGAIN_MS = 600000,
  DOUBT_MS = 2000, /* time for the message to a peer that it is no longer allowed */
};

_Static_assert((int)CONNECTIONS_MAX >= (int)PEERS_MAX, "every peer has a connection");

connection peers_connection(const wire_message *m) {
  size_t bytes = 0;
  for (size_t i = 0; i <= m->payloads_count; i++) {
    bytes += zmq_msg_size(&m->frames[i]);
  }
  /* The header frame is asked: libzmq 4.3.4 loses the descriptor of the frame before it, the route. */
  return connections_deliver(zmq_msg_get(&m->frames[0], ZMQ_SRCFD), bytes, m->payloads_count + 2);
}

void peers_set_connection(peers *p, peer *one, connection over) {
  if (over.serial == 0 || over.serial == one->connection.serial) {
    return;
  }
  if (over.is_doubtful) {
    one->doubtful = over;
    p->has_doubtful = true;
    return;
  }
  one->connection = over;
  one->doubtful = (connection){0};
  connections_welcome(over);
}

/* Nothing can be sent to a connection that has ended, once everything that came over it was taken. */
void peers_confirm(peers *p) {
  const message alive = message_of(MESSAGE_ALIVE);
  for (peer *one = p->has_doubtful ? peers_next(p, NULL) : NULL; one != NULL; one = peers_next(p, one)) {
    connection over = one->doubtful;
    over.is_doubtful = false;
    if (over.serial == 0) {
      continue;
    }
    peers_send_now(p, one, &alive);
    if (!one->is_gone) {
      peers_set_connection(p, one, over);
    }
  }
  p->has_doubtful = false;
}

void peers_close_strangers(peers *p) {
  connections_doubt(DOUBT_MS);
  for (const peer *one = peers_next(p, NULL); one != NULL; one = peers_next(p, one)) {
    connections_welcome(one->connection);
  }
}

static const char *plural(uint64_t count) {
  return count == 1 ? "" : "s";
}

static void say_refused(const peers *p, const connections_report *r) {
  static const char *const names[CONNECTION_WAYS] = {[CONNECTION_TCP] = "tcp", [CONNECTION_IPC] = "ipc"};
  for (connection_way way = 0; way < CONNECTION_WAYS; way++) {
    if (r->refused[way] > 0) {
      char because[64] = "";
      if (r->limits.most[way] < CONNECTIONS_MAX) {
        (void)snprintf(because, sizeof because, ", as 'ulimit -n' is %zu", r->limits.descriptors);
      }
      host_log(p->host, "refused %llu connection%s over %s: at most %zu are taken at a time%s",
               (unsigned long long)r->refused[way], plural(r->refused[way]), names[way], r->limits.most[way],
               because);
    }
  }
  if (r->crowded > 0) {
    host_log(p->host,
             "refused %llu connection%s over tcp, the last from %s: from one address at most %zu are taken "
             "that have not said hello",
             (unsigned long long)r->crowded, plural(r->crowded), r->crowded_from, r->limits.most_strangers);
  }
}

/* The peer whose connection C is; NULL: nobody has said hello over it. */
static const peer *peer_over(const peers *p, connection c) {
  const peer *one = peers_next(p, NULL);
  while (one != NULL && one->connection.serial != c.serial) {
    one = peers_next(p, one);
  }
  return one;
}

static void say_overflow(const peers *p, const connections_report *r) {
  if (r->overflow > 0) {
    const peer *one = peer_over(p, r->overflowed);
    host_log(p->host,
             "cut %llu connection%s, the last from %s (%s%s%s): more than %llu MiB came and no message ended",
             (unsigned long long)r->overflow, plural(r->overflow), r->overflow_from,
             one != NULL ? one->title : "a stranger", one != NULL && one->key[0] != '\0' ? ", key " : "",
             one != NULL ? one->key : "", (unsigned long long)(r->limits.unread >> 20));
  }
}

static bool is_time(const peers *p, uint64_t last_ms, uint64_t pause_ms) {
  return last_ms == 0 || p->host->clock_ms - last_ms >= pause_ms;
}

/* Several connections share a line of the log: attackers come by the thousand, and a program that is turned
 * away comes back again and again. */
void guard_housekeep(peers *p) {
  connections_report report;
  p->log.expired += connections_expire(p->host->clock_ms);
  if (is_time(p, p->log.refusals_ms, REFUSED_AGAIN_MS) && connections_take_report(&report)) {
    p->log.refusals_ms = p->host->clock_ms;
    say_refused(p, &report);
    say_overflow(p, &report);
  }
  if (p->log.expired > 0 && is_time(p, p->log.expired_ms, EXPIRED_AGAIN_MS)) {
    p->log.expired_ms = p->host->clock_ms;
    host_log(p->host, "closed %zu connection%s without a hello from an allowed peer", p->log.expired,
             plural(p->log.expired));
    p->log.expired = 0;
  }
}
