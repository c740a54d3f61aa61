/* `parts` is held shared by those who use the index, and exclusively while it is made again. */
#include "store/cache_index.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "store/blob_files.h"
#include "store/index_mark.h"

enum { MENDED_MAX = 3 }; /* of one process: then something else is broken */

struct cache_index {
  cache_index_options options;
  char path[PATH_MAX]; /* of the index */
  pthread_rwlock_t parts;
  store_index *index; /* NULL, as the book: it could not be made again */
  uses *uses;
  atomic_bool is_silent;  /* writing failed, and was told */
  atomic_bool is_damaged; /* to be made again */
  unsigned mended;
};

/* ---- What went wrong ----------------------------------------------------------------------------- */

static void warn(const cache_index *c, const char *message) {
  if (c->options.warn != NULL) {
    c->options.warn(c->options.context, message);
  }
}

static void give_up(cache_index *c, const error *why) {
  if (!atomic_exchange(&c->is_silent, true)) {
    error told = *why;
    error_context(&told, why->code, "results are no longer cached");
    warn(c, told.message);
  }
}

/* A damaged index is made again by whoever leaves it next. */
static void take_failure(cache_index *c, const error *why) {
  if (why->code != STATUS_CORRUPT || c->mended >= MENDED_MAX) {
    give_up(c, why);
  } else if (!atomic_exchange(&c->is_damaged, true)) {
    warn(c, why->message);
  }
}

/* ---- After a crash entries and files may disagree ------------------------------------------------ */

typedef struct reconciliation {
  cache_index *cache;
  digest *gone;
  size_t gone_count, gone_capacity;
  status st;
  error *err;
} reconciliation;

static void list_gone(void *context, const digest *name, uint64_t turn) {
  (void)turn;
  reconciliation *r = context;
  uint64_t bytes;
  if (blob_files_size(r->cache->options.descriptor, name, &bytes)) {
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
    r->st = uses_find(r->cache->uses, &key, &said, &found, r->err);
  }
  if (r->st == STATUS_OK && !found) {
    uses_note(r->cache->uses, &key, bytes);
  }
}

static status reconcile(cache_index *c, error *err) {
  reconciliation r = {.cache = c, .st = STATUS_OK, .err = err};
  status st = uses_each(c->uses, KEPT_BLOB, list_gone, &r, err);
  for (size_t i = 0; i < r.gone_count && st == STATUS_OK; i++) {
    const kept_key key = kept_key_of(KEPT_BLOB, &r.gone[i], NULL);
    st = uses_forget(c->uses, &key, err);
  }
  free(r.gone);
  TRY(st);
  blob_files_each(c->options.descriptor, note_stray, &r);
  return r.st;
}

/* ---- Opening, making again, closing -------------------------------------------------------------- */

static status open_parts(cache_index *c, error *err) {
  static const char *const tables[INDEX_TABLES] = {
      [INDEX_STATE] = "state", [INDEX_USES] = "uses", [INDEX_VALUES] = "values"};
  static const index_options options = {
      .tables = tables,
      .tables_count = INDEX_TABLES,
      .when_damaged = "it is made again: shards are found by their names, and results are recomputed",
      .when_full = "make room there, or keep less (--cache-bytes)",
  };
  const uses_options wanted = {.bytes_max = c->options.bytes_max,
                               .remove_blob = c->options.remove_blob,
                               .context = c->options.context};
  bool was_closed = false;
  TRY(store_index_open(c->path, &options, &c->index, err));
  TRY(uses_open(c->index, &wanted, &c->uses, &was_closed, err));
  return was_closed ? STATUS_OK : reconcile(c, err);
}

static void close_parts(cache_index *c, error *err) {
  const status st = uses_close(c->uses, err);
  if (st == STATUS_OK) {
    err->code = STATUS_OK;
  }
  store_index_close(c->index);
  c->uses = NULL;
  c->index = NULL;
}

static status make_again(cache_index *c, error *err) {
  error ignored; /* of an index that is damaged */
  close_parts(c, &ignored);
  c->mended++;
  TRY(index_discard(c->path, err));
  return open_parts(c, err);
}

/* One that another version wrote is not damaged: that version may still want it. */
static status open_or_make_again(cache_index *c, error *err) {
  error why;
  status st = open_parts(c, &why);
  if (st == STATUS_CORRUPT && (c->index == NULL || store_index_is_damaged(c->index))) {
    warn(c, why.message);
    st = make_again(c, &why);
  }
  if (st != STATUS_OK) {
    error ignored; /* the first failure counts */
    close_parts(c, &ignored);
    return error_set(err, st, "%s", why.message);
  }
  return STATUS_OK;
}

static void mend(cache_index *c) {
  error why;
  pthread_rwlock_wrlock(&c->parts);
  if (atomic_exchange(&c->is_damaged, false) && make_again(c, &why) != STATUS_OK) {
    error ignored;
    close_parts(c, &ignored);
    give_up(c, &why);
  }
  pthread_rwlock_unlock(&c->parts);
}

static void cache_index_free(cache_index *c) {
  pthread_rwlock_destroy(&c->parts);
  free(c);
}

status cache_index_open(const cache_index_options *options, cache_index **out, error *err) {
  *out = NULL;
  cache_index *c = calloc(1, sizeof *c);
  if (c == NULL) {
    return error_no_memory(err, "the store");
  }
  c->options = *options;
  pthread_rwlock_init(&c->parts, NULL);
  const int length = snprintf(c->path, sizeof c->path, "%s/index", options->directory);
  const status st =
      length > 0 && (size_t)length < sizeof c->path
          ? open_or_make_again(c, err)
          : error_set(err, STATUS_IO, "the path of the store %s is too long", options->directory);
  if (st != STATUS_OK) {
    cache_index_free(c);
    return st;
  }
  *out = c;
  return STATUS_OK;
}

void cache_index_close(cache_index *c) {
  if (c == NULL) {
    return;
  }
  error why = {STATUS_OK, ""};
  close_parts(c, &why);
  if (why.code != STATUS_OK) {
    give_up(c, &why);
  }
  cache_index_free(c);
}

/* ---- Using it ------------------------------------------------------------------------------------ */

/* Whether there is anything to use; let_go follows in any case. */
static bool hold(cache_index *c) {
  pthread_rwlock_rdlock(&c->parts);
  return c->uses != NULL && !atomic_load(&c->is_silent) && !atomic_load(&c->is_damaged);
}

static void let_go(cache_index *c) {
  pthread_rwlock_unlock(&c->parts);
  if (atomic_load(&c->is_damaged)) {
    mend(c);
  }
}

void cache_index_turn(cache_index *c) {
  if (hold(c)) {
    uses_turn(c->uses);
  }
  let_go(c);
}

void cache_index_enter(cache_index *c) {
  (void)hold(c);
  if (c->uses != NULL) {
    uses_enter(c->uses);
  }
}

void cache_index_leave(cache_index *c) {
  if (c->uses != NULL) {
    uses_leave(c->uses);
  }
  let_go(c);
}

void cache_index_note(cache_index *c, const kept_key *key, uint64_t bytes) {
  if (c->uses != NULL) {
    uses_note(c->uses, key, bytes);
  }
}

bool cache_index_get(cache_index *c, const kept_key *key, buf *out) {
  bool found = false;
  error why;
  if (c->uses == NULL || atomic_load(&c->is_silent) || atomic_load(&c->is_damaged)) {
    return false;
  }
  if (store_index_get(c->index, INDEX_VALUES, kept_key_slice(key), out, &found, &why) != STATUS_OK) {
    take_failure(c, &why);
    return false;
  }
  return found;
}

void cache_index_keep(cache_index *c, const kept_value *values, size_t count) {
  error why;
  if (hold(c) && uses_keep(c->uses, values, count, &why) != STATUS_OK) {
    take_failure(c, &why);
  }
  let_go(c);
}

bool cache_index_has_any(cache_index *c, kept_kind kind, const digest *first) {
  bool found = false;
  error why;
  if (hold(c) && uses_find_any(c->uses, kind, first, &found, &why) != STATUS_OK) {
    take_failure(c, &why);
    found = false;
  }
  let_go(c);
  return found;
}

void cache_index_each(cache_index *c, kept_kind kind,
                      void (*visit)(void *context, const digest *first, uint64_t turn), void *context) {
  error why;
  if (hold(c) && uses_each(c->uses, kind, visit, context, &why) != STATUS_OK) {
    take_failure(c, &why);
  }
  let_go(c);
}
