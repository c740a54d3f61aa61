/* A store keeps immutable blobs by the SHA-256 of their bytes.
 *
 * `store_new_temporary` keeps them in one unlinked file (nothing is left behind, however the process
 * ends) and is what `canvass run` uses by itself: larger than memory, cheap to map.
 *
 * `store_open` keeps them in a directory, across runs, and beside them what was computed from them: the
 * encoded states of accumulators by shard, and records by a digest that says what they depend on.  What was
 * not used for longest goes first when all that is kept passes a limit.  docs/store-format.md tells what
 * stands where and what a crash leaves.
 *
 * All functions may be called from several threads.  A durable store belongs to one process at a time, and
 * a child made by fork must not touch it.
 */
#ifndef CANVASS_STORE_STORE_H
#define CANVASS_STORE_STORE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/status.h"

typedef struct store store;

enum {
  STORE_PARTIAL_BYTES_MAX = 32 << 20, /* larger states are not kept but computed anew each time */
};
#define STORE_CACHE_BYTES_DEFAULT ((uint64_t)16 << 30)

typedef struct store_options {
  uint64_t cache_bytes; /* of shards, states and records together; 0: STORE_CACHE_BYTES_DEFAULT */
  bool network_allowed; /* accept a network file system; one machine at a time must then use it */
  /* Hears of what was found damaged and made good, and of a cache that cannot be written.  From any
   * thread; may be NULL. */
  void (*warn)(void *context, const char *message);
  void *context;
} store_options;

/* DIRECTORY: where the file lives; NULL: $TMPDIR, else /var/tmp, else /tmp. */
status store_new_temporary(const char *directory, store **out, error *err) MUST_USE;

/* Opens the store in DIRECTORY, which is made when it is not there.  STATUS_USAGE when it holds something
 * else, when another process has it open, or when it is on a network file system; STATUS_CORRUPT when its
 * index is damaged: the message says what to do.  OPTIONS are copied. */
status store_open(const char *directory, const store_options *options, store **out, error *err) MUST_USE;

void store_destroy(store *s); /* accepts NULL */

/* Keeps a copy of BYTES; the same bytes twice are kept once.  In a durable store they are on disk when this
 * returns. */
status store_put(store *s, const void *bytes, size_t length, digest *name, error *err) MUST_USE;

/* A blob mapped into memory, until store_release. */
typedef struct store_blob {
  const void *bytes;
  size_t length;
  void *mapping;
  size_t mapping_bytes;
} store_blob;

/* STATUS_NOT_FOUND when it is not there.  A durable store compares a blob with its name when it is first
 * asked for: one that was altered is named to `warn`, set aside and from then on not there. */
status store_get(store *s, const digest *name, store_blob *out, error *err) MUST_USE;
void store_release(store_blob *blob);
/* Is a blob of that name and LENGTH there?  Then it counts as used, and stays until the next turn ends. */
bool store_has(store *s, const digest *name, uint64_t length);

/* Opens a blob for reading, for who needs a file: *FILE is the caller's to close.  As store_get; only durable
 * stores have files. */
status store_get_file(store *s, const digest *name, int *file, error *err) MUST_USE;

/* ---- For a process that lives long, over a durable store ---------------------------------------------
 *
 * A temporary store has no turns, lists nothing, and cannot be attached to (STATUS_USAGE). */

/* Reads blobs also from DIRECTORY, another store's (a broker's), without taking them into this one.  What
 * stands there is compared with its name as always; one that differs is merely not there.  NULL: no longer.
 * Nothing is written there. */
status store_attach(store *s, const char *directory, error *err) MUST_USE;
/* Begins a new turn: what was last used before it may go when room is needed, oldest first. */
void store_turn(store *s);
/* The names of all that it has something of: shards over which it keeps states, and blobs of its own.  Each
 * once; those with states first, and of these about what was used last. */
void store_each_held(store *s, void (*visit)(void *context, const digest *name), void *context);
/* Is any state over SHARD kept?  (Then the shard itself may not be needed.) */
bool store_has_partials(store *s, const digest *shard);

/* ---- What was computed ----------------------------------------------------------------------------
 *
 * Only a durable store keeps these.  Losing one costs computing it again, so nothing here fails: what
 * cannot be read or does not match its checksum is not there, and when writing fails `warn` hears of it
 * once, and nothing more is kept. */

bool store_keeps_partials(const store *s);

/* The state of an accumulator (by program_accumulator_digest) over one shard. */
typedef struct store_partial {
  digest shard, accumulator;
  slice state;
} store_partial;

/* Appends the state to OUT; false when it is not there. */
bool store_partial_get(store *s, const digest *shard, const digest *accumulator, buf *out);
/* Keeps all of them, in one transaction while they are small. */
void store_partials_put(store *s, const store_partial *partials, size_t count);

/* Bytes by the digest of all they depend on. */
bool store_record_get(store *s, const digest *key, buf *out);
void store_record_put(store *s, const digest *key, const void *bytes, size_t length);

#endif
