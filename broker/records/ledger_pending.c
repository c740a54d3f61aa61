/* The changes of one transaction, the last one for each key. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "broker/records/ledger_inside.h"

enum { CHANGE_OVERHEAD_BYTES = 64 };
#define PENDING_BYTES_MAX ((size_t)60 << 20) /* a transaction should stay below 64 MiB */

void ledger_pending_clear(ledger_pending *p) {
  for (size_t i = 0; i < p->count; i++) {
    free(p->at[i].key);
  }
  hash_table_clear(&p->keys);
  p->count = 0;
  p->bytes = 0;
}

void ledger_pending_fini(ledger_pending *p) {
  ledger_pending_clear(p);
  free(p->at);
  hash_table_fini(&p->keys);
  *p = (ledger_pending){0};
}

slice ledger_change_key(const ledger_change *c) {
  return (slice){(const char *)c->key, c->key_length};
}

slice ledger_change_value(const ledger_change *c) {
  return c->is_removal ? (slice){NULL, 0} : (slice){(const char *)c->key + c->key_length, c->value_length};
}

/* ---- Finding ------------------------------------------------------------------------------------- */

static uint64_t hash_of(index_table in, slice key) {
  return digest_xxh3(key.bytes, key.length) + in;
}

static uint32_t place_of(const ledger_pending *p, index_table in, slice key) {
  hash_search search = hash_table_search(&p->keys, hash_of(in, key));
  while (hash_table_next(&search) &&
         (p->at[search.place].table != in || !slice_equal(ledger_change_key(&p->at[search.place]), key))) {
  }
  return search.place;
}

const ledger_change *ledger_pending_find(const ledger_pending *p, index_table in, slice key) {
  const uint32_t place = place_of(p, in, key);
  return place != PLACE_NONE ? &p->at[place] : NULL;
}

/* ---- Adding -------------------------------------------------------------------------------------- */

static size_t bytes_of(const ledger_change *c) {
  return c->key_length + c->value_length + CHANGE_OVERHEAD_BYTES;
}

status ledger_pending_add(ledger_pending *p, index_table in, slice key, slice value, error *err) {
  ledger_change c = {.table = in,
                     .key_length = key.length,
                     .value_length = value.bytes != NULL ? value.length : 0,
                     .is_removal = value.bytes == NULL};
  if (c.value_length > PENDING_BYTES_MAX || p->bytes > PENDING_BYTES_MAX - c.value_length) {
    return error_set(err, STATUS_LIMIT, "more than %zu bytes for one transaction of the broker's records",
                     PENDING_BYTES_MAX);
  }
  c.key = ARRAY_ROOM(p->at, p->count, p->capacity) ? malloc(c.key_length + c.value_length) : NULL;
  const uint32_t place = place_of(p, in, key);
  if (c.key == NULL ||
      (place == PLACE_NONE && !hash_table_add(&p->keys, hash_of(in, key), (uint32_t)p->count))) {
    free(c.key);
    return error_no_memory(err, "the broker's records");
  }
  memcpy(c.key, key.bytes, c.key_length);
  if (c.value_length > 0) {
    memcpy(c.key + c.key_length, value.bytes, c.value_length);
  }
  if (place == PLACE_NONE) {
    p->at[p->count++] = c;
  } else {
    ledger_change *old = &p->at[place];
    p->bytes -= bytes_of(old);
    free(old->key);
    *old = c;
  }
  p->bytes += bytes_of(&c);
  return STATUS_OK;
}

status ledger_pending_write(const ledger_pending *p, store_index *index, error *err) {
  index_change *changes = calloc(p->count + 1, sizeof *changes);
  if (changes == NULL) {
    return error_no_memory(err, "the broker's records");
  }
  for (size_t i = 0; i < p->count; i++) {
    const ledger_change *c = &p->at[i];
    changes[i] = (index_change){c->table, ledger_change_key(c), ledger_change_value(c)};
  }
  const status st = store_index_write(index, changes, p->count, err);
  free(changes);
  return st;
}
