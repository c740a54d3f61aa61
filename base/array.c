/* Arrays that grow.  The pointer is read and written by its bytes: a void * and, say, a digest * are
 * different types to the compiler, and one may not stand for the other. */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 4 };

static size_t next_capacity(size_t capacity, size_t count) {
  const size_t doubled = capacity == 0 ? CAPACITY_FIRST : capacity <= SIZE_MAX / 2 ? capacity * 2 : SIZE_MAX;
  return doubled > count ? doubled : count;
}

bool array_reserve(void *items, size_t *capacity, size_t count, size_t size) {
  if (count <= *capacity) {
    return true;
  }
  const size_t larger = next_capacity(*capacity, count);
  if (larger > (size_t)PTRDIFF_MAX / size) {
    return false; /* no object is so large */
  }
  void *at;
  memcpy(&at, items, sizeof at);
  void *grown = realloc(at, larger * size);
  if (grown == NULL) {
    return false;
  }
  memcpy(items, &grown, sizeof grown);
  *capacity = larger;
  return true;
}

bool array_reserve_in(arena *memory, void *items, size_t *capacity, size_t count, size_t size) {
  if (count <= *capacity) {
    return true;
  }
  const size_t larger = next_capacity(*capacity, count);
  void *grown = arena_array(memory, larger, size);
  if (grown == NULL) {
    return false;
  }
  if (*capacity > 0) {
    void *at;
    memcpy(&at, items, sizeof at);
    memcpy(grown, at, *capacity * size);
  }
  memcpy(items, &grown, sizeof grown);
  *capacity = larger;
  return true;
}
