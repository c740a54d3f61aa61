/* A task on its way through the worker: from its message, through waiting for blobs, to its outcome.
 * It belongs to one thread at a time, which passes it on. */
#ifndef CANVASS_WORKER_ASSIGNMENT_H
#define CANVASS_WORKER_ASSIGNMENT_H

#include "proto/blob.h"
#include "proto/wire.h"
#include "worker/supply.h"

/* Which task it is: broker and worker identify it by these. */
typedef struct task_name {
  uint8_t job[JOB_ID_BYTES];
  uint64_t stage, task, attempt;
} task_name;

/* A blob that the broker must have before the result is sent. */
typedef enum offer_state { OFFER_WAITS, OFFER_SENT, OFFER_DONE } offer_state;
typedef struct offer {
  digest name;
  uint64_t bytes;
  offer_state state;
  unsigned tries;
  bool in_memory; /* its bytes are CONTENT; otherwise the store has it */
  zmq_msg_t content;
} offer;

/* The outcome of a task. */
typedef struct outcome {
  char work[16];
  status st;
  error failure;
  digest lost;         /* the blob that could not be obtained, or read; all zero: none */
  uint64_t unreadable; /* it came whole: 1 + which payload it is; 0: it did not */
  uint64_t computed, cached, by_name;
  bool may_lose; /* of a PLAN */
  bool keeps;    /* of a STEP */
  zmq_msg_t frames[2];
  size_t frames_count;
  offer *offers;
  size_t offers_count;
} outcome;

typedef struct assignment {
  struct assignment *next; /* in the list that it is in */
  task_name name;
  bool is_read;          /* reads files: what it puts into the store must stay until the broker has it */
  bool is_given;         /* to the computing threads */
  wire_message *message; /* from malloc; NULL once the outcome is known */
  supply_blob **needs;
  size_t needs_count, needs_capacity, needs_settled; /* the first needs_settled have arrived or will not */
  outcome outcome;
  bool is_sent; /* on this connection */
} assignment;

/* Takes over M, which is from malloc.  NULL: no memory, and the caller keeps M. */
assignment *assignment_new(wire_message *m);
/* Releases what the task needed, and its message. */
void assignment_release_task(assignment *a, supply *s);
void assignment_free(assignment *a, supply *s);
bool assignment_is(const assignment *a, const task_name *name);
/* STATUS_PROTOCOL when M lacks what names a task. */
status task_name_of(const message *m, task_name *out, error *err) MUST_USE;
void task_name_put(const task_name *name, message *m);

/* Requests a blob and records the need. */
status assignment_need(assignment *a, supply *s, const digest *name, uint64_t bytes, bool in_store,
                       supply_blob **out, error *err) MUST_USE;
/* Requests everything named by the task that the store lacks: blobs by name, shards, files. */
status assignment_prepare(assignment *a, supply *s, store *shards, error *err) MUST_USE;
/* Whether nothing need be waited for any longer. */
bool assignment_is_ready(assignment *a, supply *s);

void outcome_fini(outcome *o);

#endif
