/* Which chunks of a blob were requested and which have arrived, for whoever puts it together.  A chunk has
 * MESSAGE_FRAME_MAX bytes, the last one what is left; they come in any order.  Not thread-safe. */
#ifndef CANVASS_PROTO_CHUNKS_H
#define CANVASS_PROTO_CHUNKS_H

#include "proto/message.h"

typedef struct chunks {
  uint64_t bytes, count; /* of the blob; of its chunks */
  uint64_t have_count;
  uint64_t under_way;    /* requested, and not arrived */
  uint8_t *asked, *have; /* a bit for each chunk */
  uint64_t first_unasked;
} chunks;

status chunks_init(chunks *c, uint64_t bytes, error *err) MUST_USE;
void chunks_fini(chunks *c); /* harmless on a zeroed one */

bool chunks_has_more(chunks *c); /* to request */
/* The next chunk to request; false when all were requested. */
bool chunks_ask(chunks *c, uint64_t *offset, uint64_t *length);
/* An expected chunk must be requested again. */
void chunks_not_asked(chunks *c, uint64_t offset);
/* Whatever was requested and has not arrived must be requested again. */
void chunks_ask_again(chunks *c);
/* Nothing was requested, nothing has arrived. */
void chunks_restart(chunks *c);

/* Whether the chunk at OFFSET was requested and has not arrived yet. */
bool chunks_expects(const chunks *c, uint64_t offset);
/* How many bytes the chunk at OFFSET has. */
uint64_t chunks_length_at(const chunks *c, uint64_t offset);
/* An expected chunk has arrived. */
void chunks_take(chunks *c, uint64_t offset);
bool chunks_is_whole(const chunks *c);

#endif
