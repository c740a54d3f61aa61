/* The broker's blobs on disk: shards, manifests, plans, programs, states, reports, and files of clients that
 * cannot cut them into shards.  Each is a file named by the SHA-256 of its bytes (store/blob_files.h).
 *
 * A blob arrives in chunks that may stop and go on after a break or a restart, or from a client on the same
 * file system as a file in hand-in/. It exists once its bytes were compared with its name.
 * A blob lives while something refers to it (vault_refer), and for a day after its arrival when nothing does
 * yet: so an interrupted upload is not lost, and one that is never finished is removed.
 *
 *     DIR/lock, DIR/incoming/, DIR/aside/, DIR/blobs/    as in docs/store-format.md
 *     DIR/partly/HEX-BYTES   the beginning of a blob that will have so many bytes
 *     DIR/hand-in/HEX     whole files that a client on this machine wrote (mode 0700: the same user)
 *     DIR/probe           16 random bytes, new at each start: they show whether a peer shares the file system
 *     DIR/secret          16 random bytes, the same at each start: they seal tasks (broker/core/core.h)
 *
 * All functions from one thread.
 */
#ifndef CANVASS_BROKER_RECORDS_VAULT_H
#define CANVASS_BROKER_RECORDS_VAULT_H

#include "base/digest.h"
#include "base/status.h"
#include "store/store.h"

enum { VAULT_PROBE_BYTES = 16, VAULT_KEPT_S = 24 * 3600, VAULT_COMPARED_BYTES = 8 << 20 };
#define VAULT_RESERVE_BYTES ((uint64_t)16 << 20) /* that stay free for the ledger */
#define VAULT_UPLOAD_RESERVE_BYTES \
  ((uint64_t)64 << 20) /* that uploads leave free for the results of running jobs */
#define VAULT_BLOB_BYTES_MAX ((uint64_t)1 << 40)

typedef struct vault_options {
  bool network_allowed;
  /* Called for damage that was found.  May be NULL. */
  void (*warn)(void *context, const char *message);
  void *context;
} vault_options;

typedef struct vault vault;

/* As store_open: created when missing, one process, no network file system unless allowed. */
status vault_open(const char *directory, const vault_options *options, vault **out, error *err) MUST_USE;
void vault_close(vault *v);                  /* accepts NULL */
const char *vault_directory(const vault *v); /* absolute */
const uint8_t *vault_probe(const vault *v);  /* VAULT_PROBE_BYTES */
const uint8_t *vault_secret(const vault *v); /* VAULT_PROBE_BYTES that no peer is told */

/* Bytes that were compared with names since it was opened: what takes time. */
uint64_t vault_compared_bytes(const vault *v);

/* Whether it is complete and was compared with its name.  With it *BYTES (may be NULL). */
bool vault_has(vault *v, const digest *name, uint64_t *bytes);
/* Mapped until store_release.  The first time in this process the bytes are compared with the name: one that
 * was altered or cut off is reported to warn, set aside, and STATUS_NOT_FOUND. */
status vault_get(vault *v, const digest *name, store_blob *out, error *err) MUST_USE;
/* A peer reports that the blob's bytes do not match its name: they are compared again before their
 * next use. */
void vault_doubt(vault *v, const digest *name);
/* STATUS_IO when BYTES more would leave less than RESERVE_BYTES free; the message says what to do. */
status vault_check_room(const vault *v, uint64_t bytes, uint64_t reserve_bytes, error *err) MUST_USE;
/* On disk after the next vault_sync.  STATUS_IO when there is no room left (VAULT_RESERVE_BYTES). */
status vault_put(vault *v, const void *bytes, size_t length, digest *name, error *err) MUST_USE;

/* Begins or goes on receiving a blob of BYTES: *OFFSET is where its next chunk begins, or BYTES when all of
 * it is there (also by a file of that name in hand-in/, which is then moved).  A large one may still have to
 * be compared with its name before vault_has reports it complete: each call compares VAULT_COMPARED_BYTES
 * more of it; when they do not match *OFFSET is 0.  STATUS_IO when there is no room left
 * (VAULT_RESERVE_BYTES), STATUS_LIMIT past VAULT_BLOB_BYTES_MAX. */
status vault_receive(vault *v, const digest *name, uint64_t bytes, uint64_t *offset, error *err) MUST_USE;
/* The chunk at OFFSET of a blob that is being received with a size of WHOLE.  One that is not the next is
 * ignored; *NEXT is where the next one begins, the blob's size when all of it is there (see vault_receive).
 * STATUS_CORRUPT when the complete blob does not match its name: it is dropped and begins at 0 when it is
 * received again.  STATUS_NOT_FOUND when it is not being received (any longer). */
status vault_chunk(vault *v, const digest *name, uint64_t whole, uint64_t offset, const void *bytes,
                   size_t length, uint64_t *next, error *err) MUST_USE;

/* STATUS_IO when the store's directory is no longer where it was opened: what is written does not last. */
status vault_check_place(const vault *v, error *err) MUST_USE;
/* Everything received since the last call is on disk when this returns (one sync for all of it).  After a
 * failure it is unknown what is on disk: stop. */
status vault_sync(vault *v, error *err) MUST_USE;

/* References are counted in memory: the shell rebuilds them from the ledger at each start.  A blob may be
 * referred to before it exists.  One whose last reference is dropped is removed by vault_tidy. */
status vault_refer(vault *v, const digest *name, error *err) MUST_USE;
void vault_release(vault *v, const digest *name);
/* Removes unreferenced blobs: at once those that were referred to before, after VAULT_KEPT_S those that never
 * were (looked for at the start and once an hour), also in partly/ and hand-in/.  A step removes at most MOST
 * files and looks at a 256th of the blobs: true when there is more to do.  What a crash leaves to do counts
 * as never referred to.  NOW_S: the wall clock.  *REMOVED, which may be NULL, counts on. */
bool vault_tidy(vault *v, uint64_t now_s, uint64_t most, uint64_t *removed);

#endif
