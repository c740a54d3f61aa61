/* Arrays that grow: a pointer, NULL at first, with a count and a capacity beside it in its owner's struct.
 *
 * Room at least doubles, so that adding one item after the other takes time in proportion to their number.
 * Where there is no memory, or no such number of bytes, the array and its capacity stay as they were.
 */
#ifndef CANVASS_BASE_ARRAY_H
#define CANVASS_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Room in ITEMS for COUNT; CAPACITY is a size_t.  False: out of memory. */
#define ARRAY_ROOM_FOR(items, count, capacity) array_reserve(&(items), &(capacity), (count), sizeof *(items))
/* Room for one more than COUNT. */
#define ARRAY_ROOM(items, count, capacity) ARRAY_ROOM_FOR(items, (size_t)(count) + 1, capacity)
/* The same in an arena, which keeps the smaller array too until it is cleared. */
#define ARRAY_ROOM_IN(memory, items, count, capacity) \
  array_reserve_in((memory), &(items), &(capacity), (size_t)(count) + 1, sizeof *(items))

/* ITEMS: the address of the pointer to an array, whose memory is the caller's to free().  Room for COUNT
 * items of SIZE bytes; what is new is not zeroed. */
bool array_reserve(void *items, size_t *capacity, size_t count, size_t size);
/* The same in an arena; what is new is zeroed. */
bool array_reserve_in(arena *memory, void *items, size_t *capacity, size_t count, size_t size);

#endif
