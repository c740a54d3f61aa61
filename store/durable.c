/* The durable store: files of blobs (blob_files.h), an index (store_index.h) with the book of uses (uses.h)
 * and the values of partials and records.
 *
 * A value begins with the XXH3 of the rest: LMDB checks nothing of what it holds.  Blobs are compared with
 * their names once per process; `seen` holds those that were, or that this process wrote.  Blobs are verified
 * by their names alone, so the index is never needed to find one: it records only what may be removed
 * first. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/attached.h"
#include "store/blob_files.h"
#include "store/held.h"
#include "store/place.h"
#include "store/store_kind.h"
#include "store/uses.h"

enum { CHECKSUM_BYTES = 8 };

typedef struct durable_store {
  store base;
  char *directory;
  store_options options;
  place place;
  store_index *index;
  uses *uses;
  atomic_bool silent; /* writing failed, and was reported */
  seen_set seen;
  attached attached;
} durable_store;

static void warn(durable_store *s, const char *message) {
  if (s->options.warn != NULL) {
    s->options.warn(s->options.context, message);
  }
}

/* A cache that cannot be used is reported once; the job goes on without it. */
static void give_up_keeping(durable_store *s, const error *why) {
  if (!atomic_exchange(&s->silent, true)) {
    error told = *why;
    error_context(&told, why->code, "results are no longer cached");
    warn(s, told.message);
  }
}

/* ---- Blobs --------------------------------------------------------------------------------------- */

static void note_blob(durable_store *s, const digest *name, uint64_t bytes) {
  const kept_key key = kept_key_of(KEPT_BLOB, name, NULL);
  uses_note(s->uses, &key, bytes);
}

static void note_seen(durable_store *s, const digest *name, uint64_t bytes) {
  seen_add(&s->seen, name);
  note_blob(s, name, bytes);
}

static void set_aside(durable_store *s, const digest *name) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  seen_clear(&s->seen); /* damage seldom comes alone: the others are compared again, too */
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
  uses_enter(s->uses);
  const status st = put_once(s, bytes, length, name, err);
  uses_leave(s->uses);
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
  uses_enter(s->uses);
  const status st = get_compared(s, name, out, err);
  uses_leave(s->uses);
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
  uses_enter(s->uses);
  const status st = open_compared(s, name, file, err);
  uses_leave(s->uses);
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
  uses_enter(s->uses);
  const bool has = has_whole(s, name, length);
  uses_leave(s->uses);
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
  uses_turn(((durable_store *)base)->uses);
}

/* ---- Values -------------------------------------------------------------------------------------- */

static bool value_find(durable_store *s, const kept_key *key, buf *out) {
  const size_t start = out->length;
  bool found = false;
  error err;
  if (store_index_get(s->index, INDEX_VALUES, kept_key_slice(key), out, &found, &err) != STATUS_OK) {
    give_up_keeping(s, &err);
    return false;
  }
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
  uses_note(s->uses, key, kept_value_bytes(key, length));
  return true;
}

static bool value_get(durable_store *s, const kept_key *key, buf *out) {
  if (atomic_load(&s->silent)) {
    return false;
  }
  uses_enter(s->uses);
  const bool found = value_find(s, key, out);
  uses_leave(s->uses);
  return found;
}

/* Appends the value's bytes with their checksum in front. */
static void put_checked(buf *out, slice bytes) {
  buf_put_u64(out, digest_xxh3(bytes.bytes, bytes.length));
  buf_put(out, bytes.bytes, bytes.length);
}

static void keep(durable_store *s, const kept_value *values, size_t count) {
  error err;
  if (uses_keep(s->uses, values, count, &err) != STATUS_OK) {
    give_up_keeping(s, &err);
  }
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
  durable_store *s = (durable_store *)base;
  bool found = false;
  error err;
  if (atomic_load(&s->silent)) {
    return false;
  }
  if (uses_find_any(s->uses, KEPT_PARTIAL, shard, &found, &err) != STATUS_OK) {
    give_up_keeping(s, &err);
    return false;
  }
  return found;
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
  error err;
  if (!atomic_load(&s->silent) && uses_each(s->uses, KEPT_PARTIAL, add_state, &held, &err) != STATUS_OK) {
    give_up_keeping(s, &err);
  }
  blob_files_each(s->place.directory, add_blob, &held);
  held_each(&held, visit, context);
  held_fini(&held);
}

static void durable_partials_put(store *base, const store_partial *partials, size_t count) {
  durable_store *s = (durable_store *)base;
  if (count == 0 || atomic_load(&s->silent)) {
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
    keep(s, values, kept);
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
  if (!checked.failed && length <= STORE_PARTIAL_BYTES_MAX && !atomic_load(&s->silent)) {
    const kept_value value = {kept_key_of(KEPT_RECORD, key, NULL),
                              {(const char *)checked.data, checked.length}};
    keep(s, &value, 1);
  }
  buf_fini(&checked);
}

/* ---- Opening and closing ------------------------------------------------------------------------- */

static void remove_blob(void *context, const digest *name) {
  durable_store *s = context;
  seen_remove(&s->seen, name);
  blob_files_remove(s->place.directory, name);
}

/* After a crash entries and files may disagree. */
typedef struct reconciliation {
  durable_store *store;
  digest *gone;
  size_t gone_count, gone_capacity;
  status st;
  error *err;
} reconciliation;

static void list_gone(void *context, const digest *name, uint64_t turn) {
  (void)turn;
  reconciliation *r = context;
  uint64_t bytes;
  if (blob_files_size(r->store->place.directory, name, &bytes)) {
    return;
  }
  if (ARRAY_ROOM(r->gone, r->gone_count, r->gone_capacity)) {
    r->gone[r->gone_count++] = *name;
  } /* else the store looks fuller than it is, by an entry, until the next time */
}

static void note_stray(void *context, const digest *name, uint64_t bytes) {
  reconciliation *r = context;
  const kept_key key = kept_key_of(KEPT_BLOB, name, NULL);
  uint64_t said = 0;
  bool found = false;
  if (r->st == STATUS_OK) {
    r->st = uses_find(r->store->uses, &key, &said, &found, r->err);
  }
  if (r->st == STATUS_OK && !found) {
    uses_note(r->store->uses, &key, bytes);
  }
}

static status reconcile(durable_store *s, error *err) {
  reconciliation r = {.store = s, .st = STATUS_OK, .err = err};
  status st = uses_each(s->uses, KEPT_BLOB, list_gone, &r, err);
  for (size_t i = 0; i < r.gone_count && st == STATUS_OK; i++) {
    const kept_key key = kept_key_of(KEPT_BLOB, &r.gone[i], NULL);
    st = uses_forget(s->uses, &key, err);
  }
  free(r.gone);
  TRY(st);
  blob_files_each(s->place.directory, note_stray, &r);
  return r.st;
}

static void durable_free(durable_store *s) {
  store_index_close(s->index);
  place_close(&s->place);
  seen_fini(&s->seen);
  attached_fini(&s->attached);
  free(s->directory);
  free(s);
}

static void durable_destroy(store *base) {
  durable_store *s = (durable_store *)base;
  error err;
  if (uses_close(s->uses, &err) != STATUS_OK) {
    give_up_keeping(s, &err);
  }
  durable_free(s);
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

static status open_index(durable_store *s, error *err) {
  static const char *const tables[INDEX_TABLES] = {
      [INDEX_STATE] = "state", [INDEX_USES] = "uses", [INDEX_VALUES] = "values"};
  static const index_options options = {
      .tables = tables,
      .tables_count = INDEX_TABLES,
      .when_damaged = "delete it: shards are found again, and results are recomputed",
      .when_full = "make room there, or keep less (--cache-bytes)",
  };
  buf path;
  buf_init(&path);
  buf_printf(&path, "%s/index%c", s->directory, 0);
  status st = buf_status(&path, "the store", err);
  if (st == STATUS_OK) {
    st = store_index_open((const char *)path.data, &options, &s->index, err);
  }
  buf_fini(&path);
  return st;
}

static status open_parts(durable_store *s, error *err) {
  TRY(place_open(s->directory, PLACE_CACHE, s->options.network_allowed, &s->place, err));
  blob_files_tidy(s->place.directory);
  TRY(open_index(s, err));
  const uses_options options = {
      .bytes_max = s->options.cache_bytes, .remove_blob = remove_blob, .context = s};
  bool was_closed = false;
  TRY(uses_open(s->index, &options, &s->uses, &was_closed, err));
  return was_closed ? STATUS_OK : reconcile(s, err);
}

status store_open(const char *directory, const store_options *options, store **out, error *err) {
  *out = NULL;
  durable_store *s = calloc(1, sizeof *s);
  if (s == NULL || (s->directory = slice_copy(slice_of(directory))) == NULL) {
    free(s);
    return error_no_memory(err, "the store");
  }
  s->base.kind = &durable_kind;
  s->place = (place){-1, -1};
  s->options = *options;
  if (s->options.cache_bytes == 0) {
    s->options.cache_bytes = STORE_CACHE_BYTES_DEFAULT;
  }
  seen_init(&s->seen);
  attached_init(&s->attached);
  const status st = open_parts(s, err);
  if (st != STATUS_OK) {
    if (s->uses != NULL) {
      error ignored; /* the first failure counts */
      (void)!uses_close(s->uses, &ignored);
    }
    durable_free(s);
    return st;
  }
  *out = &s->base;
  return STATUS_OK;
}
