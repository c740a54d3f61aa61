/* Keys of entries, and the space that entries take. */
#include "store/kept.h"

#include <string.h>

enum {
  PAGE_BYTES = 4096, /* of LMDB, as its headers and nodes */
  PAGE_HEADER_BYTES = 16,
  NODE_BYTES = 10,
};

kept_key kept_key_of(kept_kind kind, const digest *first, const digest *second) {
  kept_key k = {.length = 1 + DIGEST_BYTES};
  k.bytes[0] = (uint8_t)kind;
  memcpy(k.bytes + 1, first->bytes, DIGEST_BYTES);
  if (second != NULL) {
    memcpy(k.bytes + 1 + DIGEST_BYTES, second->bytes, DIGEST_BYTES);
    k.length = KEPT_KEY_BYTES_MAX;
  }
  return k;
}

slice kept_key_slice(const kept_key *k) {
  return (slice){(const char *)k->bytes, k->length};
}

/* Pages of keys that are inserted and removed in no order are half full.  A value of more than half a page
 * gets separate pages. */
uint64_t kept_value_bytes(const kept_key *key, size_t length) {
  const uint64_t key_bytes = NODE_BYTES + key->length;
  const uint64_t entry = key_bytes + KEPT_ENTRY_BYTES;
  const bool is_apart = key_bytes + length > PAGE_BYTES / 2;
  const uint64_t pages = (PAGE_HEADER_BYTES + (uint64_t)length + PAGE_BYTES - 1) / PAGE_BYTES;
  const uint64_t value = key_bytes + (is_apart ? sizeof(uint64_t) : length);
  return 2 * (entry + value) + (is_apart ? pages * PAGE_BYTES : 0);
}
