/* The shell's blobs, under the handles by which the core knows them.  A blob is a frame in memory, a name in
 * the vault, or both; or the name of a partial that stays with the worker that made it.  Handle 0 means none.
 */
#ifndef CANVASS_BROKER_BLOBS_BLOBS_H
#define CANVASS_BROKER_BLOBS_BLOBS_H

#include "broker/records/ledger.h"
#include "broker/records/vault.h"
#include "proto/blob.h"
#include "proto/wire.h"

enum { BLOB_INLINE_MAX = 16 * 1024 }; /* larger blobs of tasks are sent by name if they have one */

typedef struct blob {
  zmq_msg_t frame; /* always initialised */
  bool has_frame;
  bool is_named; /* it is in the vault or, with a holder, at that worker */
  digest name;
  uint64_t bytes;
  uint32_t holder; /* number of the worker that keeps it; 0: this process */
  bool is_used;
  core_blob next; /* the next free place, or the next blob at a worker in the same bucket */
} blob;

typedef struct blobs blobs;

/* V, borrowed, is NULL for a broker that keeps nothing.  NULL when out of memory. */
blobs *blobs_new(vault *v);
void blobs_destroy(blobs *b); /* accepts NULL */
/* Takes the frame's content; the frame is then empty.  These return 0 when out of memory. */
core_blob blobs_take(blobs *b, zmq_msg_t *frame);
core_blob blobs_take_bytes(blobs *b, const void *bytes, size_t length);
/* A name without bytes.  HOLDER is the worker that holds the blob; 0: the vault does. */
core_blob blobs_take_name(blobs *b, const digest *name, uint64_t bytes, uint32_t holder);
/* The frame under HANDLE is now also in the vault. */
void blobs_set_name(blobs *b, core_blob handle, const digest *name);
/* NULL for none.  Valid until the next blobs_take. */
blob *blobs_at(blobs *b, core_blob handle);
/* A worker other than NOT_THIS that holds the blob of that name; 0: none. */
uint32_t blobs_holder(const blobs *b, const digest *name, uint32_t not_this);
void blobs_release(blobs *b, core_blob handle);

/* ---- Payloads: blobs in messages */
/* Makes payload INDEX of M a blob of the core.  If there is a vault, the blob is in it: an inline one is put
 * there, one that is sent by name must have been offered before (STATUS_NOT_FOUND). */
status payload_take(blobs *b, wire_message *m, size_t index, core_blob *out, error *err) MUST_USE;
/* Takes a partial as it was received: in memory, or as a name of a blob that stays with the worker FROM. */
status payload_take_partial(blobs *b, wire_message *m, uint32_t from, core_blob *out, bool *stays,
                            error *err) MUST_USE;
/* The blob's name, given in M or computed.  OUT has BLOB_NAME_BYTES. */
status payload_name(wire_message *m, size_t index, uint8_t *out, error *err) MUST_USE;
/* Puts a blob of the vault under a handle, with its bytes if it is small. */
status payload_of_vault(blobs *b, const ledger_blob *where, core_blob *out, error *err) MUST_USE;
/* Its name in the vault; all zero for no blob or without a vault. */
ledger_blob payload_where(blobs *b, core_blob handle);
/* The bytes under a handle, until payload_close. */
typedef struct payload_bytes {
  slice bytes;
  store_blob mapped;
  bool is_mapped;
} payload_bytes;
status payload_open(blobs *b, core_blob handle, payload_bytes *out, error *err) MUST_USE;
void payload_close(payload_bytes *p);
/* Puts BYTES under a handle, and into the vault if there is one. */
status payload_make(blobs *b, const void *bytes, size_t length, core_blob *out, error *err) MUST_USE;

#endif
