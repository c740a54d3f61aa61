/* Hash tables of places. */
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 32 };

void hash_table_fini(hash_table *t) {
  free(t->slots);
  *t = (hash_table){0};
}

void hash_table_clear(hash_table *t) {
  if (t->count > 0) {
    memset(t->slots, 0, t->slots_count * sizeof *t->slots);
  }
  t->count = 0;
}

static void put(hash_table *t, hash_slot slot) {
  size_t at = slot.hash & (t->slots_count - 1);
  while (t->slots[at].taken != 0) {
    at = (at + 1) & (t->slots_count - 1);
  }
  t->slots[at] = slot;
}

static bool grow(hash_table *t) {
  hash_table larger = {.slots_count = t->slots_count > 0 ? t->slots_count * 2 : SLOTS_FIRST,
                       .count = t->count};
  larger.slots = calloc(larger.slots_count, sizeof *larger.slots);
  if (larger.slots == NULL) {
    return false;
  }
  for (size_t i = 0; i < t->slots_count; i++) {
    if (t->slots[i].taken != 0) {
      put(&larger, t->slots[i]);
    }
  }
  free(t->slots);
  *t = larger;
  return true;
}

bool hash_table_add(hash_table *t, uint64_t hash, uint32_t place) {
  assert(place != PLACE_NONE);
  if (t->count >= t->slots_count / 2 && !grow(t)) {
    return false;
  }
  put(t, (hash_slot){.hash = (uint32_t)hash, .taken = place + 1});
  t->count++;
  return true;
}

static size_t slot_of(const hash_table *t, uint64_t hash, uint32_t place) {
  size_t at = (uint32_t)hash & (t->slots_count - 1);
  while (t->slots[at].taken != place + 1) {
    assert(t->slots[at].taken != 0);
    at = (at + 1) & (t->slots_count - 1);
  }
  return at;
}

/* Those that follow move up, so that no search ends too early at the slot that became free. */
void hash_table_remove(hash_table *t, uint64_t hash, uint32_t place) {
  const size_t mask = t->slots_count - 1;
  size_t gap = slot_of(t, hash, place);
  for (size_t i = (gap + 1) & mask; t->slots[i].taken != 0; i = (i + 1) & mask) {
    const size_t from_home = (i - t->slots[i].hash) & mask;
    if (from_home >= ((i - gap) & mask)) {
      t->slots[gap] = t->slots[i];
      gap = i;
    }
  }
  t->slots[gap] = (hash_slot){0};
  t->count--;
}

void hash_table_move(hash_table *t, uint64_t hash, uint32_t from, uint32_t to) {
  t->slots[slot_of(t, hash, from)].taken = to + 1;
}
