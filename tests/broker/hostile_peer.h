/* A peer that means no good: what it sends is nearly right, chosen from a seed.
 *
 * It answers some of what the broker asks, sometimes with lies, forgets that it said hello, changes its role,
 * and counts the answers to its requests: each gets one. */
#ifndef CANVASS_TESTS_BROKER_HOSTILE_PEER_H
#define CANVASS_TESTS_BROKER_HOSTILE_PEER_H

#include "tests/broker/shell_fixture.h"
#include "tests/seeded.h"

enum { HOSTILE_BLOBS = 10, HOSTILE_REQUESTS_FIRST = 1000 };

/* What all hostile peers of a test know. */
typedef struct hostile_world {
  shell *shell;
  seeded random;
  sample blobs[HOSTILE_BLOBS]; /* some small, one larger than a frame, the last one a manifest of others */
  const char *spared;          /* a dataset that they leave alone; NULL: none */
  core_job_id job;             /* a job that they know of */
  bool works;                  /* workers among them take tasks, and ruin them */
  bool holds_little;           /* they say of few shards that they hold them */
} hostile_world;

typedef struct hostile_peer {
  hostile_world *world;
  talker line;
  bool is_known; /* the last that it said was hello, not bye */
  bool is_worker;
  uint64_t first;   /* the first request since hello */
  uint64_t next;    /* the next one */
  uint8_t *answers; /* how many came, for each from FIRST on */
  size_t capacity;
} hostile_peer;

void hostile_world_init(hostile_world *w, shell *s, uint64_t seed);
void hostile_world_fini(hostile_world *w);
void hostile_open(hostile_peer *p, hostile_world *w);
/* Sends one message, or opens another socket. */
void hostile_act(hostile_peer *p);
/* Takes what came, and answers some of it. */
void hostile_listen(hostile_peer *p);
/* Waits until the broker has answered all that was sent, and fails when a request has not one answer. */
void hostile_settle(hostile_peer *p);
/* Says bye. */
void hostile_leave(hostile_peer *p);
void hostile_close(hostile_peer *p);

#endif
