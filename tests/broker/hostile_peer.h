/* A hostile peer: what it sends is nearly right, chosen from a seed.
 *
 * It answers some of what the broker asks, sometimes with lies, forgets that it said hello, changes its role,
 * and counts the answers to its requests: each gets one. */
#ifndef CANVASS_TESTS_BROKER_HOSTILE_PEER_H
#define CANVASS_TESTS_BROKER_HOSTILE_PEER_H

#include "tests/broker/hostile_world.h"

enum { HOSTILE_REQUESTS_FIRST = 1000 };

typedef struct hostile_peer {
  hostile_world *world;
  talker line;
  bool is_known;    /* the last that it said was hello, not bye */
  uint64_t first;   /* the first request since hello */
  uint64_t next;    /* the next one */
  uint8_t *answers; /* how many came, for each from FIRST on */
  size_t capacity;
} hostile_peer;

void hostile_open(hostile_peer *p, hostile_world *w);
/* Sends one message, or opens another socket. */
void hostile_act(hostile_peer *p);
/* Takes what came, and answers some of it. */
void hostile_listen(hostile_peer *p);
/* Waits until the broker has answered all that was sent, and fails when a request has not one answer. */
void hostile_settle(hostile_peer *p);
/* Says bye. */
void hostile_leave(hostile_peer *p);
/* With another socket, as a stranger: without a word, or after a restart of the broker. */
void hostile_reopen(hostile_peer *p);
void hostile_close(hostile_peer *p);

#endif
