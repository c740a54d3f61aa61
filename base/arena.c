/* Arena: a chain of zeroed blocks, each twice as large as the one before up to a limit.
 *
 * Invariant: memory of a block beyond `used` is zero, so that allocation needs no memset; clearing
 * restores it for the block that is kept. */
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, FIRST_BLOCK_BYTES = 4096, LARGEST_STEP_BYTES = 1 << 20 };

typedef struct block {
  struct block *previous;
  size_t used;
  size_t capacity;
  size_t padding; /* the bytes that follow stay 16-byte aligned */
  unsigned char bytes[];
} block;

struct arena {
  block *current;
  size_t next_block_bytes;
  size_t bytes;
  bool failed;
};

_Static_assert(sizeof(block) % ALIGNMENT == 0, "the first allocation of a block must be aligned");

arena *arena_new(void) {
  arena *a = calloc(1, sizeof *a);
  if (a != NULL) {
    a->next_block_bytes = FIRST_BLOCK_BYTES;
  }
  return a;
}

void arena_destroy(arena *a) {
  if (a == NULL) {
    return;
  }
  for (block *b = a->current; b != NULL;) {
    block *previous = b->previous;
    free(b);
    b = previous;
  }
  free(a);
}

void arena_clear(arena *a) {
  block *b = a->current;
  while (b != NULL && b->previous != NULL) {
    block *previous = b->previous;
    free(b);
    b = previous;
  }
  if (b != NULL) {
    memset(b->bytes, 0, b->used);
    b->used = 0;
  }
  a->current = b;
  a->next_block_bytes = FIRST_BLOCK_BYTES;
  a->bytes = 0;
  a->failed = false;
}

static bool arena_grow(arena *a, size_t bytes) {
  size_t capacity = a->next_block_bytes > bytes ? a->next_block_bytes : bytes;
  size_t total;
  if (__builtin_add_overflow(capacity, sizeof(block), &total)) {
    return false;
  }
  block *b = calloc(1, total);
  if (b == NULL) {
    return false;
  }
  b->capacity = capacity;
  b->previous = a->current;
  a->current = b;
  if (a->next_block_bytes < LARGEST_STEP_BYTES) {
    a->next_block_bytes *= 2;
  }
  return true;
}

void *arena_alloc(arena *a, size_t bytes) {
  if (a == NULL || a->failed) {
    return NULL;
  }
  size_t rounded;
  if (__builtin_add_overflow(bytes > 0 ? bytes : 1, (size_t)ALIGNMENT - 1, &rounded)) {
    a->failed = true;
    return NULL;
  }
  rounded &= ~((size_t)ALIGNMENT - 1);
  if (a->current == NULL || a->current->capacity - a->current->used < rounded) {
    if (!arena_grow(a, rounded)) {
      a->failed = true;
      return NULL;
    }
  }
  void *result = a->current->bytes + a->current->used;
  a->current->used += rounded;
  a->bytes += rounded;
  return result;
}

void *arena_array(arena *a, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    if (a != NULL) {
      a->failed = true;
    }
    return NULL;
  }
  return arena_alloc(a, bytes);
}

char *arena_copy(arena *a, slice s) {
  if (s.length == SIZE_MAX) {
    return arena_array(a, SIZE_MAX, 2);
  }
  char *copy = arena_alloc(a, s.length + 1);
  if (copy != NULL && s.length > 0) {
    memcpy(copy, s.bytes, s.length);
  }
  return copy;
}

slice arena_slice(arena *a, slice s) {
  const char *copy = arena_copy(a, s);
  return copy == NULL ? (slice){"", 0} : (slice){copy, s.length};
}

bool arena_failed(const arena *a) {
  return a == NULL || a->failed;
}

size_t arena_bytes(const arena *a) {
  return a->bytes;
}
