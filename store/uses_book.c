/* The entries of the book of uses, and batches of changes. */
#include "store/uses_book.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"

bool uses_entry_read(slice value, uses_entry *out) {
  reader r;
  reader_init(&r, value.bytes, value.length);
  out->turn = reader_u64(&r);
  out->bytes = reader_u64(&r);
  return r.problem == NULL && reader_left(&r) == 0;
}

status uses_book_find(uses_book *b, const kept_key *key, uses_entry *out, bool *found, error *err) {
  buf value;
  buf_init(&value);
  const status st = store_index_get(b->index, INDEX_USES, kept_key_slice(key), &value, found, err);
  *found = st == STATUS_OK && *found && uses_entry_read((slice){(const char *)value.data, value.length}, out);
  buf_fini(&value);
  return st;
}

/* ---- Batches ------------------------------------------------------------------------------------- */

uses_batch uses_batch_of(uses_book *b) {
  return (uses_batch){.book = b, .total = b->total};
}

void uses_batch_fini(uses_batch *b) {
  free(b->changes);
  buf_fini(&b->entries);
}

static status add(uses_batch *b, index_change c, error *err) {
  if (!ARRAY_ROOM(b->changes, b->count, b->capacity)) {
    return error_no_memory(err, "the store");
  }
  b->changes[b->count++] = c;
  b->bytes += c.key.length + c.value.length;
  return STATUS_OK;
}

/* The entry's bytes get their place when the batch is written. */
status uses_batch_use(uses_batch *b, const kept_key *key, uint64_t bytes, uint64_t turn, error *err) {
  uses_entry old = {0};
  bool found = false;
  TRY(uses_book_find(b->book, key, &old, &found, err));
  if (found && old.turn >= turn && old.bytes == bytes) {
    return STATUS_OK;
  }
  b->total += bytes - (found ? old.bytes : 0);
  buf_put_u64(&b->entries, turn);
  buf_put_u64(&b->entries, bytes);
  return add(b, (index_change){INDEX_USES, kept_key_slice(key), {"", KEPT_ENTRY_BYTES}}, err);
}

status uses_batch_value(uses_batch *b, const kept_key *key, slice value, error *err) {
  return add(b, (index_change){INDEX_VALUES, kept_key_slice(key), value}, err);
}

status uses_batch_forget(uses_batch *b, const kept_key *key, uint64_t bytes, error *err) {
  b->total -= bytes;
  return add(b, (index_change){INDEX_USES, kept_key_slice(key), {NULL, 0}}, err);
}

status uses_batch_write(uses_batch *b, error *err) {
  TRY(buf_status(&b->entries, "the store", err));
  size_t at = 0;
  for (size_t i = 0; i < b->count; i++) {
    if (b->changes[i].table == INDEX_USES && b->changes[i].value.bytes != NULL) {
      assert(at + KEPT_ENTRY_BYTES <= b->entries.length);
      b->changes[i].value.bytes = (const char *)b->entries.data + at;
      at += KEPT_ENTRY_BYTES;
    }
  }
  if (b->count > 0) {
    TRY(store_index_write(b->book->index, b->changes, b->count, err));
  }
  b->book->total = b->total;
  b->count = 0;
  b->bytes = 0;
  buf_clear(&b->entries);
  return STATUS_OK;
}
