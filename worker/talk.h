/* The talking thread's state, and what its files share: talk.c receives messages and runs the loop,
 * connection.c has the socket and the session, results.c the results and blobs that go out. */
#ifndef CANVASS_WORKER_TALK_H
#define CANVASS_WORKER_TALK_H

#include "worker/inside.h"

enum {
  STAYING_MAX = 1024, /* partials whose use is noted repeatedly while their stage may need them */
  STAYING_MS = 600 * 1000,
  TURN_MS = 5000, /* of the store */
  BACKOFF_MS = 200,
  BACKOFF_MAX_MS = 5000,
  WAITING_TOLD_MS = 5000, /* without an answer */
};

typedef enum talk_phase {
  TALK_CLOSED,  /* there is no socket; the next one is opened at reopen_ms */
  TALK_OPEN,    /* hello must be sent */
  TALK_GREETED, /* hello was sent */
  TALK_JOINED,  /* welcome was received */
  TALK_ENDED,   /* refused, or it said good-bye */
} talk_phase;

/* A partial that is kept in the store until it is needed. */
typedef struct staying {
  digest name;
  uint64_t bytes, since_ms;
} staying;

struct talk {
  worker *w;
  uint64_t now_ms;
  talk_phase phase;
  dealer broker;
  unsigned tries; /* connections without a welcome */
  uint64_t phase_ms, heard_ms, joined_ms, alive_due_ms, reopen_ms, turn_ms;
  bool was_joined, told_waiting, told_turned_away;
  digest fingerprint;
  wire_message *incoming; /* kept between receptions */
  assignment *held;       /* waiting for blobs, in the order of arrival */
  size_t given;           /* to computing threads */
  size_t reads;           /* tasks and results that depend on blobs in the store */
  assignment *results;    /* not yet taken, oldest first */
  size_t results_count;
  offer *offered[BLOB_OFFERS];
  size_t offered_count;
  staying staying[STAYING_MAX]; /* a ring */
  size_t staying_next;
  bool drain_told; /* the broker knows that no more tasks are wanted */
};

/* ---- connection.c */
/* Opens, says hello, sends signs of life, notices silence: whatever is due at now_ms. */
void connection_tick(talk *t);
/* Messages from the broker. */
void connection_on_welcome(talk *t, const message *m);
void connection_on_stranger(talk *t);
void connection_on_refused(talk *t, const message *m);
/* Says good-bye, if there is a broker to say it to. */
void connection_leave(talk *t);
/* False when it could not be sent now: it is retried when the socket has room. */
bool connection_send(talk *t, const message *m, const wire_payload *payloads, size_t count);

/* ---- results.c */
/* Takes what the computing threads have done. */
void results_collect(talk *t);
/* Sends offers and results that are due. */
void results_send(talk *t);
/* Nothing was sent on this connection yet. */
void results_send_again(talk *t);
void results_on_taken(talk *t, const message *m);
void results_on_have(talk *t, const digest *name);
/* An offered blob is missing (WHY's code STATUS_CORRUPT: it must be offered again). */
void results_on_offer_failed(talk *t, const digest *name, const error *why);
void results_on_want(talk *t, const message *m);
/* A task that cannot be run: its failure is a result. */
void results_fail(talk *t, assignment *a, status st, const error *why);
/* Tasks that no thread computes yet: a joining worker begins without any, and the broker assigns them to
 * others; a leaving one returns them, each by a failure that does not count against the task. */
void results_drop_waiting(talk *t);
void results_give_back_waiting(talk *t);
assignment *results_find(talk *t, const task_name *name);
void results_keep_staying(talk *t);
void results_free(talk *t);

#endif
