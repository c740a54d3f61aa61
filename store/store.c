/* The calls that all stores have, passed on to the kind behind the handle. */
#include "store/store.h"

#include <sys/mman.h>

#include "store/store_kind.h"

void store_destroy(store *s) {
  if (s != NULL) {
    s->kind->destroy(s);
  }
}

status store_put(store *s, const void *bytes, size_t length, digest *name, error *err) {
  return s->kind->put(s, bytes, length, name, err);
}

status store_get(store *s, const digest *name, store_blob *out, error *err) {
  *out = (store_blob){.bytes = ""};
  return s->kind->get(s, name, out, err);
}

void store_release(store_blob *blob) {
  if (blob->mapping != NULL) {
    munmap(blob->mapping, blob->mapping_bytes);
  }
  *blob = (store_blob){.bytes = ""};
}

bool store_has(store *s, const digest *name, uint64_t length) {
  return s->kind->has(s, name, length);
}

status store_get_file(store *s, const digest *name, int *file, error *err) {
  *file = -1;
  return s->kind->get_file != NULL ? s->kind->get_file(s, name, file, err) : store_not_found(name, err);
}

void store_doubt(store *s, const digest *name) {
  if (s->kind->doubt != NULL) {
    s->kind->doubt(s, name);
  }
}

status store_attach(store *s, const char *directory, error *err) {
  if (s->kind->attach == NULL) {
    return error_set(err, STATUS_USAGE, "a temporary store cannot be attached to %s", directory);
  }
  return s->kind->attach(s, directory, err);
}

void store_turn(store *s) {
  if (s->kind->turn != NULL) {
    s->kind->turn(s);
  }
}

void store_each_held(store *s, void (*visit)(void *context, const digest *name), void *context) {
  if (s->kind->each_held != NULL) {
    s->kind->each_held(s, visit, context);
  }
}

bool store_has_partials(store *s, const digest *shard) {
  return s->kind->has_partials != NULL && s->kind->has_partials(s, shard);
}

bool store_keeps_partials(const store *s) {
  return s->kind->partial_get != NULL;
}

bool store_partial_get(store *s, const digest *shard, const digest *accumulator, buf *out) {
  return s->kind->partial_get != NULL && s->kind->partial_get(s, shard, accumulator, out);
}

void store_partials_put(store *s, const store_partial *partials, size_t count) {
  if (s->kind->partials_put != NULL) {
    s->kind->partials_put(s, partials, count);
  }
}

bool store_record_get(store *s, const digest *key, buf *out) {
  return s->kind->record_get != NULL && s->kind->record_get(s, key, out);
}

void store_record_put(store *s, const digest *key, const void *bytes, size_t length) {
  if (s->kind->record_put != NULL) {
    s->kind->record_put(s, key, bytes, length);
  }
}

status store_not_found(const digest *name, error *err) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  return error_set(err, STATUS_NOT_FOUND, "the store has no blob %s", hex);
}
