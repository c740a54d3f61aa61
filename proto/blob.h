/* Blobs in messages: by their names in payload frames, and as they are offered, requested and sent in chunks.
 * Messages borrow the name that they are given. */
#ifndef CANVASS_PROTO_BLOB_H
#define CANVASS_PROTO_BLOB_H

#include "proto/message.h"

/* Limits that peers of a broker keep. */
enum {
  BLOB_OFFERS = 8, /* open at once */
  BLOB_CHUNKS = 8, /* requested at once, of MESSAGE_FRAME_MAX */
  BLOB_TRIES = 3,  /* of a blob that arrives altered, at either end */
};

/* BLOB_NAME_BYTES of a payload frame. */
void blob_name_write(const digest *name, uint64_t bytes, void *out);
void blob_name_read(const void *from, digest *name, uint64_t *bytes);
/* Whether payload INDEX of M is the name of a blob. */
bool blob_is_by_name(const message *m, size_t index);

/* What M is about; false when it names no blob. */
bool blob_of_message(const message *m, digest *name);
message blob_offer(const digest *name, uint64_t bytes);
message blob_have(const digest *name);
message blob_want(const digest *name, uint64_t offset, uint64_t length);
/* The bytes from OFFSET on, of BYTES in all, are its payload. */
message blob_chunk(const digest *name, uint64_t offset, uint64_t bytes);
/* WHY is borrowed, too. */
message blob_lost(const digest *name, status st, const char *why);
/* What WANT requests of a blob of BYTES; *LENGTH ends where the blob does.  False when that is nothing, or
 * more than a frame. */
bool blob_wanted(const message *want, uint64_t bytes, uint64_t *offset, size_t *length);

#endif
