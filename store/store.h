/* A store keeps immutable blobs by the SHA-256 of their bytes.
 *
 * `store_new_temporary` keeps them in one unlinked file (nothing is left behind, however the process
 * ends) and is what `canvass run` uses by default: larger than memory, cheap to map.
 *
 * `store_open` keeps them in a directory, across runs, and beside them what was computed from them: the
 * encoded states of accumulators by shard, and records by a digest that says what they depend on.  When
 * everything together exceeds a limit, the least recently used entries are removed first.
 * docs/store-format.md describes what is stored where and what a crash leaves.
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
  STORE_PARTIAL_BYTES_MAX = 32 << 20, /* larger states are not kept but recomputed each time */
};
#define STORE_CACHE_BYTES_DEFAULT ((uint64_t)16 << 30)

typedef struct store_options {
  uint64_t cache_bytes; /* of shards, states and records together; 0: STORE_CACHE_BYTES_DEFAULT */
  bool network_allowed; /* accept a network file system; one machine at a time must then use it */
  /* Called for damage that was found and repaired, and for a cache that cannot be written.  From
   * any thread; may be NULL. */
  void (*warn)(void *context, const char *message);
  void *context;
} store_options;

/* DIRECTORY: where the file lives; NULL: $TMPDIR, else /var/tmp, else /tmp. */
status store_new_temporary(const char *directory, store **out, error *err) MUST_USE;

/* Opens the store in DIRECTORY, which is created when it does not exist.  STATUS_USAGE when it holds
 * something else, when another process has it open, or when it is on a network file system; STATUS_CORRUPT
 * when its index is damaged: the message says what to do.  OPTIONS are copied. */
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

/* STATUS_NOT_FOUND when it does not exist.  A durable store compares a blob with its name when it is first
 * asked for: one that was altered is reported to `warn`, set aside and missing from then on. */
status store_get(store *s, const digest *name, store_blob *out, error *err) MUST_USE;
void store_release(store_blob *blob);
/* A reader found that the blob cannot be what its name says: it is compared again before its next use.  What
 * was mapped before stays mapped. */
void store_doubt(store *s, const digest *name);
/* Whether a blob of that name and LENGTH exists.  It then counts as used, and stays until the next turn
 * ends. */
bool store_has(store *s, const digest *name, uint64_t length);

/* Opens a blob for reading, for callers that need a file: the caller closes *FILE.  As store_get; only
 * durable stores have files. */
status store_get_file(store *s, const digest *name, int *file, error *err) MUST_USE;

/* ---- For long-running processes, over a durable store ---------------------------------------------
 *
 * A temporary store has no turns, lists nothing, and cannot be attached to (STATUS_USAGE). */

/* Reads blobs also from DIRECTORY, another store's (a broker's), without taking them into this one.  A blob
 * there is compared with its name as always; one that differs is treated as missing.  NULL: no longer.
 * Nothing is written there. */
status store_attach(store *s, const char *directory, error *err) MUST_USE;
/* Begins a new turn: what was last used before it may be removed when room is needed, oldest first. */
void store_turn(store *s);
/* The names of everything it holds: shards over which it keeps states, and its own blobs.  Each once;
 * those with states first, and of these roughly the last used first. */
void store_each_held(store *s, void (*visit)(void *context, const digest *name), void *context);
/* Whether any state over SHARD is kept.  (Then the shard itself may not be needed.) */
bool store_has_partials(store *s, const digest *shard);

/* ---- What was computed ----------------------------------------------------------------------------
 *
 * Only a durable store keeps these.  A lost one is recomputed, so nothing here fails: what cannot
 * be read or does not match its checksum counts as missing, and when writing fails `warn` is called
 * once, and nothing more is kept. */

bool store_keeps_partials(const store *s);

/* The state of an accumulator (by program_accumulator_digest) over one shard. */
typedef struct store_partial {
  digest shard, accumulator;
  slice state;
} store_partial;

/* Appends the state to OUT; false when it is not kept. */
bool store_partial_get(store *s, const digest *shard, const digest *accumulator, buf *out);
/* Keeps all of them, in one transaction while they are small. */
void store_partials_put(store *s, const store_partial *partials, size_t count);

/* Bytes, by the digest of everything they depend on. */
bool store_record_get(store *s, const digest *key, buf *out);
void store_record_put(store *s, const digest *key, const void *bytes, size_t length);

#endif
