/* The durable store: files of blobs (blob_files.h), and an index of what is kept (cache_index.h)
 * with the values of partials and records.
 *
 * A value begins with the XXH3 of the rest: LMDB checks nothing of what it holds.  Blobs are compared with
 * their names once per process; `seen` holds those that were, or that this process wrote.  Blobs are verified
 * by their names alone, so the index is never needed to find one: it records only what may be removed
 * first. */
#include <stdlib.h>
#include <string.h>

#include "store/attached.h"
#include "store/blob_files.h"
#include "store/cache_index.h"
#include "store/held.h"
#include "store/place.h"
#include "store/store_kind.h"

enum { CHECKSUM_BYTES = 8 };

typedef struct durable_store {
  store base;
  char *directory;
  store_options options;
  place place;
  cache_index *index;
  seen_set seen;
  attached attached;
} durable_store;

static void warn(const durable_store *s, const char *message) {
  if (s->options.warn != NULL) {
    s->options.warn(s->options.context, message);
  }
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

static void note_blob(durable_store *s, const digest *name, uint64_t bytes) {
  const kept_key key = kept_key_of(KEPT_BLOB, name, NULL);
  cache_index_note(s->index, &key, bytes);
}

static void note_seen(durable_store *s, const digest *name, uint64_t bytes) {
  seen_add(&s->seen, name);
  note_blob(s, name, bytes);
}

static void set_aside(durable_store *s, const digest *name) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  seen_clear(&s->seen); /* where one blob is damaged, others may be: all are compared again */
  blob_files_set_aside(s->place.directory, name);
  error told;
  error_set(&told, STATUS_CORRUPT,
            "the store %s: shard %s was altered or cut off; it is set aside (%s/aside) and made again",
            s->directory, hex, s->directory);
  warn(s, told.message);
}

static status put_once(durable_store *s, const void *bytes, size_t length, const digest *name, error *err) {
  if (seen_has(&s->seen, name)) {
    note_blob(s, name, length);
    return STATUS_OK;
  }
  store_blob there;
  bool found = false;
  TRY(blob_files_map(s->place.directory, name, &there, &found, err));
  if (found) {
    const bool same = there.length == length && memcmp(there.bytes, bytes, length) == 0;
    store_release(&there);
    if (!same) {
      set_aside(s, name);
      found = false;
    }
  }
  if (!found) {
    TRY(blob_files_write(s->place.directory, name, bytes, length, err));
  }
  note_seen(s, name, length);
  return STATUS_OK;
}

static status durable_put(store *base, const void *bytes, size_t length, digest *name, error *err) {
  durable_store *s = (durable_store *)base;
  TRY(digest_of(bytes, length, name, err));
  cache_index_enter(s->index);
  const status st = put_once(s, bytes, length, name, err);
  cache_index_leave(s->index);
  return st;
}

static status get_compared(durable_store *s, const digest *name, store_blob *out, error *err) {
  bool found = false;
  TRY(blob_files_map(s->place.directory, name, out, &found, err));
  if (!found) {
    return store_not_found(name, err);
  }
  if (seen_has(&s->seen, name)) {
    note_blob(s, name, out->length);
    return STATUS_OK;
  }
  digest actual;
  const status st = digest_of(out->bytes, out->length, &actual, err);
  if (st == STATUS_OK && digest_equal(&actual, name)) {
    note_seen(s, name, out->length);
    return STATUS_OK;
  }
  store_release(out);
  if (st == STATUS_OK) {
    set_aside(s, name);
    return store_not_found(name, err);
  }
  return st;
}

static status durable_get(store *base, const digest *name, store_blob *out, error *err) {
  durable_store *s = (durable_store *)base;
  cache_index_enter(s->index);
  const status st = get_compared(s, name, out, err);
  cache_index_leave(s->index);
  return st == STATUS_NOT_FOUND && attached_get(&s->attached, name, out) ? STATUS_OK : st;
}

static status open_compared(durable_store *s, const digest *name, int *file, error *err) {
  store_blob compared;
  TRY(get_compared(s, name, &compared, err));
  store_release(&compared);
  return blob_files_open(s->place.directory, name, file, err);
}

static status durable_get_file(store *base, const digest *name, int *file, error *err) {
  durable_store *s = (durable_store *)base;
  cache_index_enter(s->index);
  const status st = open_compared(s, name, file, err);
  cache_index_leave(s->index);
  return st == STATUS_NOT_FOUND && attached_get_file(&s->attached, name, file) ? STATUS_OK : st;
}

static bool has_whole(durable_store *s, const digest *name, uint64_t length) {
  uint64_t bytes = 0;
  if (!blob_files_size(s->place.directory, name, &bytes)) {
    return false;
  }
  if (bytes != length) {
    set_aside(s, name);
    return false;
  }
  note_blob(s, name, bytes);
  return true;
}

static bool durable_has(store *base, const digest *name, uint64_t length) {
  durable_store *s = (durable_store *)base;
  cache_index_enter(s->index);
  const bool has = has_whole(s, name, length);
  cache_index_leave(s->index);
  return has || attached_has(&s->attached, name, length);
}

static void durable_doubt(store *base, const digest *name) {
  durable_store *s = (durable_store *)base;
  seen_remove(&s->seen, name);
  attached_doubt(&s->attached, name);
}

static status durable_attach(store *base, const char *directory, error *err) {
  return attached_to(&((durable_store *)base)->attached, directory, err);
}

static void durable_turn(store *base) {
  cache_index_turn(((durable_store *)base)->index);
}

/* ---- Values -------------------------------------------------------------------------------------- */

static bool value_find(durable_store *s, const kept_key *key, buf *out) {
  const size_t start = out->length;
  bool found = cache_index_get(s->index, key, out);
  uint64_t checksum = 0;
  const size_t length = out->length - start;
  if (found && length >= CHECKSUM_BYTES) {
    memcpy(&checksum, out->data + start, sizeof checksum);
    found = checksum == digest_xxh3(out->data + start + CHECKSUM_BYTES, length - CHECKSUM_BYTES);
  } else {
    found = false;
  }
  if (!found) {
    out->length = start;
    return false;
  }
  memmove(out->data + start, out->data + start + CHECKSUM_BYTES, length - CHECKSUM_BYTES);
  out->length -= CHECKSUM_BYTES;
  cache_index_note(s->index, key, kept_value_bytes(key, length));
  return true;
}

static bool value_get(durable_store *s, const kept_key *key, buf *out) {
  cache_index_enter(s->index);
  const bool found = value_find(s, key, out);
  cache_index_leave(s->index);
  return found;
}

/* Appends the value's bytes with their checksum in front. */
static void put_checked(buf *out, slice bytes) {
  buf_put_u64(out, digest_xxh3(bytes.bytes, bytes.length));
  buf_put(out, bytes.bytes, bytes.length);
}

static bool durable_partial_get(store *base, const digest *shard, const digest *accumulator, buf *out) {
  const kept_key key = kept_key_of(KEPT_PARTIAL, shard, accumulator);
  return value_get((durable_store *)base, &key, out);
}

/* Takes the bytes of VALUES from the beginning of FROM. */
static void place_values(const buf *from, const store_partial *partials, size_t count, kept_value *values,
                         size_t *kept) {
  size_t at = 0;
  for (size_t i = 0; i < count; i++) {
    const store_partial *p = &partials[i];
    if (p->state.length > STORE_PARTIAL_BYTES_MAX) {
      continue;
    }
    const size_t length = CHECKSUM_BYTES + p->state.length;
    values[(*kept)++] = (kept_value){kept_key_of(KEPT_PARTIAL, &p->shard, &p->accumulator),
                                     {(const char *)from->data + at, length}};
    at += length;
  }
}

static bool durable_has_partials(store *base, const digest *shard) {
  return cache_index_has_any(((durable_store *)base)->index, KEPT_PARTIAL, shard);
}

static void add_state(void *context, const digest *shard, uint64_t turn) {
  held_add(context, shard, turn);
}

static void add_blob(void *context, const digest *name, uint64_t bytes) {
  (void)bytes;
  held_add(context, name, 0);
}

static void durable_each_held(store *base, void (*visit)(void *context, const digest *name), void *context) {
  durable_store *s = (durable_store *)base;
  held_list held = {.at = NULL};
  cache_index_each(s->index, KEPT_PARTIAL, add_state, &held);
  blob_files_each(s->place.directory, add_blob, &held);
  held_each(&held, visit, context);
  held_fini(&held);
}

static void durable_partials_put(store *base, const store_partial *partials, size_t count) {
  durable_store *s = (durable_store *)base;
  if (count == 0) {
    return;
  }
  kept_value *values = calloc(count, sizeof *values);
  buf checked;
  buf_init(&checked);
  for (size_t i = 0; i < count; i++) {
    if (partials[i].state.length <= STORE_PARTIAL_BYTES_MAX) {
      put_checked(&checked, partials[i].state);
    }
  }
  size_t kept = 0;
  if (values != NULL && !checked.failed) {
    place_values(&checked, partials, count, values, &kept);
    cache_index_keep(s->index, values, kept);
  }
  buf_fini(&checked);
  free(values);
}

static bool durable_record_get(store *base, const digest *key, buf *out) {
  const kept_key k = kept_key_of(KEPT_RECORD, key, NULL);
  return value_get((durable_store *)base, &k, out);
}

static void durable_record_put(store *base, const digest *key, const void *bytes, size_t length) {
  durable_store *s = (durable_store *)base;
  buf checked;
  buf_init(&checked);
  put_checked(&checked, (slice){bytes, length});
  if (!checked.failed && length <= STORE_PARTIAL_BYTES_MAX) {
    const kept_value value = {kept_key_of(KEPT_RECORD, key, NULL),
                              {(const char *)checked.data, checked.length}};
    cache_index_keep(s->index, &value, 1);
  }
  buf_fini(&checked);
}

/* ---- Opening and closing ------------------------------------------------------------------------- */

static void remove_blob(void *context, const digest *name) {
  durable_store *s = context;
  seen_remove(&s->seen, name);
  blob_files_remove(s->place.directory, name);
}

static void durable_free(durable_store *s) {
  cache_index_close(s->index);
  place_close(&s->place);
  seen_fini(&s->seen);
  attached_fini(&s->attached);
  free(s->directory);
  free(s);
}

static void durable_destroy(store *base) {
  durable_free((durable_store *)base);
}

static const store_kind durable_kind = {
    .destroy = durable_destroy,
    .put = durable_put,
    .get = durable_get,
    .has = durable_has,
    .get_file = durable_get_file,
    .doubt = durable_doubt,
    .attach = durable_attach,
    .turn = durable_turn,
    .each_held = durable_each_held,
    .has_partials = durable_has_partials,
    .partial_get = durable_partial_get,
    .partials_put = durable_partials_put,
    .record_get = durable_record_get,
    .record_put = durable_record_put,
};

static void tell(void *context, const char *message) {
  warn(context, message);
}

static status open_parts(durable_store *s, error *err) {
  TRY(place_open(s->directory, PLACE_CACHE, s->options.network_allowed, &s->place, err));
  place_tell(&s->place, s->directory, s->options.warn, s->options.context);
  blob_files_tidy(s->place.directory);
  const cache_index_options options = {.directory = s->directory,
                                       .descriptor = s->place.directory,
                                       .bytes_max = s->options.cache_bytes,
                                       .remove_blob = remove_blob,
                                       .warn = tell,
                                       .context = s};
  return cache_index_open(&options, &s->index, err);
}

status store_open(const char *directory, const store_options *options, store **out, error *err) {
  *out = NULL;
  durable_store *s = calloc(1, sizeof *s);
  if (s == NULL || (s->directory = slice_copy(slice_of(directory))) == NULL) {
    free(s);
    return error_no_memory(err, "the store");
  }
  s->base.kind = &durable_kind;
  s->place = (place){.directory = -1, .lock = -1};
  s->options = *options;
  if (s->options.cache_bytes == 0) {
    s->options.cache_bytes = STORE_CACHE_BYTES_DEFAULT;
  }
  seen_init(&s->seen);
  attached_init(&s->attached);
  const status st = open_parts(s, err);
  if (st != STATUS_OK) {
    durable_free(s);
    return st;
  }
  *out = &s->base;
  return STATUS_OK;
}
