/* The shell's blobs under the handles that the core knows.  A blob is a frame in memory, or a name in the
 * vault, or both; or the name of a partial that stays with the worker that made it.  Handle 0 is none. */
#ifndef CANVASS_BROKER_BLOBS_BLOBS_H
#define CANVASS_BROKER_BLOBS_BLOBS_H

#include <zmq.h>

#include "broker/core/core.h"

typedef struct blob {
  zmq_msg_t frame; /* always initialised */
  bool has_frame;
  bool is_named; /* in the vault or, with a holder, at that worker */
  digest name;
  uint64_t bytes;
  uint32_t holder; /* number of the worker that keeps it; 0: this process */
  bool is_used;
  core_blob next; /* of the free ones, or of those that stay and whose names share a bucket */
} blob;

enum { BLOBS_BUCKETS = 4096 };

typedef struct blobs {
  blob *at;
  size_t count, capacity;
  core_blob free;
  core_blob staying[BLOBS_BUCKETS];
} blobs;

void blobs_fini(blobs *b);
/* Takes the frame's content; the frame is empty afterwards.  0 when out of memory, like the others. */
core_blob blobs_take(blobs *b, zmq_msg_t *frame);
core_blob blobs_take_bytes(blobs *b, const void *bytes, size_t length);
/* A name without bytes.  HOLDER: the worker that keeps it; 0: the vault. */
core_blob blobs_take_name(blobs *b, const digest *name, uint64_t bytes, uint32_t holder);
/* The frame under HANDLE is in the vault too. */
void blobs_set_name(blobs *b, core_blob handle, const digest *name);
/* NULL for none.  Valid until the next blobs_take. */
blob *blobs_at(blobs *b, core_blob handle);
/* A worker other than NOT_THIS that keeps the blob of that name; 0: none. */
uint32_t blobs_holder(const blobs *b, const digest *name, uint32_t not_this);
void blobs_release(blobs *b, core_blob handle);

#endif
