/* Decoding one column of a shard that has been opened; for shard.c only. */
#ifndef CANVASS_STORE_SHARD_COLUMN_H
#define CANVASS_STORE_SHARD_COLUMN_H

#include "store/shard.h"
#include "store/shard_format.h"

/* A column with the memory that its arrays need beyond the shard's bytes. */
typedef struct shard_decoded {
  packed_column column;
  void *rows; /* NULL where the array lies in the shard */
  void *texts;
  void *exceptions;
} shard_decoded;

/* Decodes the column of ENTRY, whose BLOB bytes have the lengths that the entry implies.  On failure *OUT
 * is NULL and the message is the bare problem, for the caller to put shard and column before it. */
status shard_column_decode(const shard_entry *entry, const uint8_t *blob, uint32_t rows, slice name,
                           shard_decoded **out, error *err) MUST_USE;
void shard_column_free(shard_decoded *d);

#endif
