/* The bytes of a blob that arrives in chunks of MESSAGE_FRAME_MAX, in any order: in memory while they are
 * few, otherwise in a file without a name, of which nothing is left however the process ends.  Not
 * thread-safe. */
#ifndef CANVASS_WORKER_ASSEMBLY_H
#define CANVASS_WORKER_ASSEMBLY_H

#include "proto/chunks.h"

enum { ASSEMBLY_MEMORY_MAX = 8 << 20 };
#define ASSEMBLY_BYTES_MAX ((uint64_t)1 << 40)

typedef struct assembly {
  chunks book;
  uint8_t *memory;
  int file; /* -1: in memory */
  void *mapping;
} assembly;

/* IN_FILE: in a file however small. */
status assembly_init(assembly *a, uint64_t bytes, bool in_file, error *err) MUST_USE;
void assembly_fini(assembly *a); /* harmless on a zeroed one */

/* Takes an expected chunk.  STATUS_CORRUPT when its length is not the expected one. */
status assembly_take(assembly *a, uint64_t offset, const void *bytes, size_t length, error *err) MUST_USE;
/* The bytes of a complete one, until assembly_fini. */
status assembly_bytes(assembly *a, const void **bytes, error *err) MUST_USE;

#endif
