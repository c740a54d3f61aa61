/* Arena: memory of one request (a plan, a shard), freed at once.
 *
 * Blocks are 16-byte aligned and zeroed.  Failure is sticky: after one failed allocation the arena
 * says so, and everything later is NULL too.
 */
#ifndef CANVASS_BASE_ARENA_H
#define CANVASS_BASE_ARENA_H

#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

typedef struct arena arena;

arena *arena_new(void);
void arena_destroy(arena *a);
void arena_clear(arena *a); /* forgets all, keeps the first block */
void *arena_alloc(arena *a, size_t bytes);
/* COUNT objects of SIZE bytes, the product checked. */
void *arena_array(arena *a, size_t count, size_t size);
char *arena_copy(arena *a, slice s); /* terminated */
slice arena_slice(arena *a, slice s);
bool arena_failed(const arena *a);
size_t arena_bytes(const arena *a);
#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

#endif
