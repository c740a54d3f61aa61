/* The changes of one transaction, the last one for each key. */
#include <stdlib.h>
#include <string.h>

#include "broker/records/ledger_inside.h"

enum { PLACES_FIRST = 256, CHANGE_OVERHEAD_BYTES = 64 };
#define PENDING_BYTES_MAX ((size_t)60 << 20) /* a transaction should stay below 64 MiB */

void ledger_pending_clear(ledger_pending *p) {
  for (size_t i = 0; i < p->count; i++) {
    free(p->at[i].key);
  }
  if (p->places != NULL) {
    memset(p->places, 0, p->places_count * sizeof *p->places);
  }
  p->count = 0;
  p->bytes = 0;
}

void ledger_pending_fini(ledger_pending *p) {
  ledger_pending_clear(p);
  free(p->at);
  free(p->places);
  *p = (ledger_pending){0};
}

slice ledger_change_key(const ledger_change *c) {
  return (slice){(const char *)c->key, c->key_length};
}

slice ledger_change_value(const ledger_change *c) {
  return c->is_removal ? (slice){NULL, 0} : (slice){(const char *)c->key + c->key_length, c->value_length};
}

/* ---- Finding ------------------------------------------------------------------------------------- */

static uint32_t *place_of(const ledger_pending *p, index_table table, slice key) {
  size_t i = (size_t)(digest_xxh3(key.bytes, key.length) + table) & (p->places_count - 1);
  for (; p->places[i] != 0; i = (i + 1) & (p->places_count - 1)) {
    const ledger_change *c = &p->at[p->places[i] - 1];
    if (c->table == table && slice_equal(ledger_change_key(c), key)) {
      break;
    }
  }
  return &p->places[i];
}

const ledger_change *ledger_pending_find(const ledger_pending *p, index_table table, slice key) {
  const uint32_t *place = p->places_count > 0 ? place_of(p, table, key) : NULL;
  return place != NULL && *place != 0 ? &p->at[*place - 1] : NULL;
}

/* ---- Adding -------------------------------------------------------------------------------------- */

static bool grow_places(ledger_pending *p) {
  ledger_pending larger = *p;
  larger.places_count = p->places_count > 0 ? p->places_count * 2 : PLACES_FIRST;
  larger.places = calloc(larger.places_count, sizeof *larger.places);
  if (larger.places == NULL) {
    return false;
  }
  for (size_t i = 0; i < p->count; i++) {
    *place_of(&larger, p->at[i].table, ledger_change_key(&p->at[i])) = (uint32_t)i + 1;
  }
  free(p->places);
  *p = larger;
  return true;
}

static bool grow(ledger_pending *p) {
  if (p->count >= p->places_count / 2 && !grow_places(p)) {
    return false;
  }
  if (p->count < p->capacity) {
    return true;
  }
  const size_t larger = p->capacity > 0 ? p->capacity * 2 : PLACES_FIRST;
  ledger_change *grown = realloc(p->at, larger * sizeof *grown);
  if (grown != NULL) {
    p->at = grown;
    p->capacity = larger;
  }
  return grown != NULL;
}

static size_t bytes_of(const ledger_change *c) {
  return c->key_length + c->value_length + CHANGE_OVERHEAD_BYTES;
}

status ledger_pending_add(ledger_pending *p, index_table table, slice key, slice value, error *err) {
  ledger_change c = {.table = table,
                     .key_length = key.length,
                     .value_length = value.bytes != NULL ? value.length : 0,
                     .is_removal = value.bytes == NULL};
  if (c.value_length > PENDING_BYTES_MAX || p->bytes > PENDING_BYTES_MAX - c.value_length) {
    return error_set(err, STATUS_LIMIT, "more than %zu bytes for one transaction of the broker's records",
                     PENDING_BYTES_MAX);
  }
  if (!grow(p) || (c.key = malloc(c.key_length + c.value_length)) == NULL) {
    return error_no_memory(err, "the broker's records");
  }
  memcpy(c.key, key.bytes, c.key_length);
  if (c.value_length > 0) {
    memcpy(c.key + c.key_length, value.bytes, c.value_length);
  }
  uint32_t *place = place_of(p, table, key);
  if (*place == 0) {
    p->at[p->count++] = c;
    *place = (uint32_t)p->count;
  } else {
    ledger_change *old = &p->at[*place - 1];
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
