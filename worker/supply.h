/* The blobs that tasks need and the worker lacks: each is requested once however many tasks need it,
 * assembled from its chunks, compared with its name, and kept in the worker's store.
 *
 * The talking thread sends what supply_ask_next returns and passes on what arrives.  The supply's own thread
 * compares and stores, so that no sign of life waits for a disk.  Computing threads wait for a blob, or
 * find it when they begin.  All functions may be called from several threads, except those marked "talking".
 *
 * At most BLOB_CHUNKS chunks are in flight, shared among SUPPLY_ACTIVE_MAX blobs.  After a reconnection
 * what was received stays, and only the rest is requested.  A partly received blob is kept for a while
 * after its last task ended: a broker that was away soon assigns the task again.
 *
 * A broker that is alive but does not answer is asked again, as clients do; after SUPPLY_ASKS times the blob
 * is given up, and its tasks can be assigned to another worker.
 */
#ifndef CANVASS_WORKER_SUPPLY_H
#define CANVASS_WORKER_SUPPLY_H

#include "proto/blob.h"
#include "store/store.h"

enum {
  SUPPLY_ACTIVE_MAX = 8,
  /* Unanswered: with ANSWER_MS, doubled each time, 310 s, about as long as a client waits. */
  SUPPLY_ASKS = 5,
  SUPPLY_DOUBLED = 4, /* times at most */
  SUPPLY_IDLE_MS = 60000,
};

typedef struct supply supply;
typedef struct supply_blob supply_blob;

typedef struct supply_options {
  store *shards;
  unsigned answer_ms; /* 0: ANSWER_MS; others for tests */
  bool can_ask;       /* false: whatever is requested is not found (no peer could send it) */
  /* Something arrived that the talking thread should handle; from any thread. */
  void (*wake)(void *context);
  /* One line for the log; from any thread. */
  void (*say)(void *context, const char *line);
  void *context;
} supply_options;

status supply_start(const supply_options *options, supply **out, error *err) MUST_USE;
/* Wakes all waiting threads: nothing more will arrive. */
void supply_stop(supply *s);
void supply_destroy(supply *s); /* when no other thread uses it; accepts NULL */

/* Requests a blob of BYTES.  IN_STORE: it is kept in the store; otherwise it is only for its tasks, as
 * a file.  The blob stays until supply_leave. */
status supply_want(supply *s, const digest *name, uint64_t bytes, bool in_store, supply_blob **out,
                   error *err) MUST_USE;
void supply_leave(supply *s, supply_blob *b);
/* Whether it has arrived, or is known not to. */
bool supply_is_settled(supply *s, const supply_blob *b);
/* Waits until it is.  STATUS_NOT_FOUND, STATUS_CORRUPT, ...: why it does not arrive; STATUS_INTERRUPTED after
 * supply_stop. */
status supply_wait(supply *s, supply_blob *b, error *err) MUST_USE;
const digest *supply_name(const supply_blob *b);
/* Of one that was waited for: its bytes, until supply_leave, and the descriptor of its file or -1. */
slice supply_bytes(const supply_blob *b);
int supply_file(const supply_blob *b);

/* ---- Talking --------------------------------------------------------------------------------------- */

/* What to request next; false when there is nothing, or enough is in flight. */
bool supply_ask_next(supply *s, digest *name, uint64_t *offset, uint64_t *length);
/* The request from supply_ask_next was not sent: it is returned again. */
void supply_not_asked(supply *s, const digest *name, uint64_t offset);
/* A chunk arrived, of a blob with a size of BYTES according to the sender.  One that no task waits for is
 * only a sign of life. */
void supply_chunk(supply *s, const digest *name, uint64_t offset, uint64_t bytes, const void *chunk,
                  size_t length);
/* It will not arrive, or (STATUS_LIMIT) not now.  False when it was not requested. */
bool supply_lost(supply *s, const digest *name, const error *why);
/* After a reconnection: nothing is in flight any longer. */
void supply_ask_again(supply *s);
/* Repeats unanswered requests, and gives up those that never are answered; while the broker is present. */
void supply_insist(supply *s, uint64_t now_ms);
/* Forgets what no task has needed for a while. */
void supply_tidy(supply *s, uint64_t now_ms);

#endif
