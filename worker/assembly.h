/* The bytes of a blob that arrives in chunks of MESSAGE_FRAME_MAX, in any order: in memory while they are
 * few, otherwise in a file without a name, of which nothing is left however the process ends.  Not
 * thread-safe. */
#ifndef CANVASS_WORKER_ASSEMBLY_H
#define CANVASS_WORKER_ASSEMBLY_H

#include "base/status.h"
#include "proto/message.h"

enum { ASSEMBLY_MEMORY_MAX = 8 << 20 };
#define ASSEMBLY_BYTES_MAX ((uint64_t)1 << 40)

typedef struct assembly {
  uint64_t bytes;
  uint64_t chunks, have_count;
  uint8_t *asked, *have; /* a bit for each chunk */
  uint64_t first_unasked;
  uint8_t *memory;
  int file; /* -1: in memory */
  void *mapping;
} assembly;

/* IN_FILE: in a file however small. */
status assembly_init(assembly *a, uint64_t bytes, bool in_file, error *err) MUST_USE;
void assembly_fini(assembly *a); /* harmless on a zeroed one */

/* The next chunk to request; false when all were requested. */
bool assembly_ask(assembly *a, uint64_t *offset, uint64_t *length);
bool assembly_has_more(assembly *a); /* to request */
/* An expected chunk must be requested again. */
void assembly_not_asked(assembly *a, uint64_t offset);
/* Whatever was requested and has not arrived must be requested again. */
void assembly_ask_again(assembly *a);
/* Discards everything received. */
void assembly_restart(assembly *a);
/* Whether this chunk was requested and has not arrived yet. */
bool assembly_expects(const assembly *a, uint64_t offset);
/* Takes an expected chunk.  STATUS_CORRUPT when its length is not the expected one. */
status assembly_take(assembly *a, uint64_t offset, const void *bytes, size_t length, error *err) MUST_USE;
bool assembly_is_whole(const assembly *a);
/* The bytes of a complete one, until assembly_fini. */
status assembly_bytes(assembly *a, const void **bytes, error *err) MUST_USE;

#endif
