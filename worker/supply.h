/* The blobs that tasks need and the worker has not: each is asked for once however many tasks want it,
 * assembled from its chunks, compared with its name, and kept in the worker's store.
 *
 * The talking thread sends what supply_ask_next tells and hands in what arrives.  A thread of the supply's
 * own compares and stores, so that no sign of life waits for a disk.  Computing threads wait for a blob, or
 * find it when they begin.  All functions may be called from several threads, but for those marked "talking".
 *
 * At most SUPPLY_WINDOW chunks are under way, shared among SUPPLY_ACTIVE_MAX blobs.  After a reconnection
 * what is there stays, and only the rest is asked for.  A blob of which something has come is kept for a
 * while after its last task went: a broker that was away soon gives the task again.
 *
 * A broker that lives but does not answer is asked again, as clients do; SUPPLY_ASKS times, then the blob
 * does not come, and its tasks can be given to somebody else.
 */
#ifndef CANVASS_WORKER_SUPPLY_H
#define CANVASS_WORKER_SUPPLY_H

#include "proto/message.h"
#include "store/store.h"

enum {
  SUPPLY_WINDOW = 8, /* chunks of MESSAGE_FRAME_MAX */
  SUPPLY_ACTIVE_MAX = 8,
  SUPPLY_TRIES = 3, /* of a blob that does not arrive as its name says */
  /* In vain: with ANSWER_MS, doubled each time, 310 s, about as long as a client waits. */
  SUPPLY_ASKS = 5,
  SUPPLY_DOUBLED = 4, /* times at most */
  SUPPLY_IDLE_MS = 60000,
};

typedef struct supply supply;
typedef struct supply_blob supply_blob;

typedef struct supply_options {
  store *shards;
  unsigned answer_ms; /* 0: ANSWER_MS; others for tests */
  bool can_ask;       /* false: whatever is asked for is not found (nobody has it who could send it) */
  /* Something came that the talking thread should look at; from any thread. */
  void (*wake)(void *context);
  /* One line for the log; from any thread. */
  void (*say)(void *context, const char *line);
  void *context;
} supply_options;

status supply_start(const supply_options *options, supply **out, error *err) MUST_USE;
/* Wakes whoever waits: nothing more will come. */
void supply_stop(supply *s);
void supply_destroy(supply *s); /* when no other thread uses it; accepts NULL */

/* Asks for a blob of BYTES.  IN_STORE: it is to be kept in the store; else it is for its tasks alone, as a
 * file. The blob stays until supply_leave. */
status supply_want(supply *s, const digest *name, uint64_t bytes, bool in_store, supply_blob **out,
                   error *err) MUST_USE;
void supply_leave(supply *s, supply_blob *b);
/* Is it there, or known not to come? */
bool supply_is_settled(supply *s, const supply_blob *b);
/* Waits until it is.  STATUS_NOT_FOUND, STATUS_CORRUPT, ...: why it does not come; STATUS_INTERRUPTED after
 * supply_stop. */
status supply_wait(supply *s, supply_blob *b, error *err) MUST_USE;
const digest *supply_name(const supply_blob *b);
/* Of one that was waited for: its bytes, until supply_leave, and the descriptor of its file or -1. */
slice supply_bytes(const supply_blob *b);
int supply_file(const supply_blob *b);

/* ---- Talking --------------------------------------------------------------------------------------- */

/* What to ask for next; false when there is nothing, or enough is under way. */
bool supply_ask_next(supply *s, digest *name, uint64_t *offset, uint64_t *length);
/* What supply_ask_next told was not sent: it is told again. */
void supply_not_asked(supply *s, const digest *name, uint64_t offset);
/* A chunk came, of a blob that is said to have BYTES.  One that nobody waits for is a sign of life alone. */
void supply_chunk(supply *s, const digest *name, uint64_t offset, uint64_t bytes, const void *chunk,
                  size_t length);
/* It will not come, or (STATUS_LIMIT) not now.  False when it was not asked for. */
bool supply_lost(supply *s, const digest *name, const error *why);
/* The connection is another one: nothing is under way any more. */
void supply_ask_again(supply *s);
/* Asks again for what is not answered, and gives up what never is; while the broker is there. */
void supply_insist(supply *s, uint64_t now_ms);
/* Forgets what nobody has wanted for a while. */
void supply_tidy(supply *s, uint64_t now_ms);

#endif
