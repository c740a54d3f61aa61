/* One list of blobs under one mutex: which tasks need them, and the thread that stores what arrived. */
#include "worker/supply.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "worker/supply_inside.h"

/* ---- Blobs --------------------------------------------------------------------------------------- */

static supply_blob *find(supply *s, const digest *name, blob_state from, blob_state to) {
  for (supply_blob *b = s->blobs; b != NULL; b = b->next) {
    if (b->state >= from && b->state <= to && digest_equal(&b->name, name)) {
      return b;
    }
  }
  return NULL;
}

static void free_blob(supply_blob *b) {
  if (b->is_open) {
    assembly_fini(&b->assembly);
  }
  if (b->is_kept) {
    store_release(&b->kept);
  }
  free(b);
}

void supply_remove(supply *s, supply_blob *b) {
  supply_blob **at = &s->blobs;
  while (*at != b) {
    at = &(*at)->next;
  }
  *at = b->next;
  free_blob(b);
}

static void settle(supply *s, supply_blob *b, blob_state state) {
  b->state = state;
  pthread_cond_broadcast(&s->settled);
  s->options.wake(s->options.context);
  if (b->users == 0) {
    supply_remove(s, b);
  }
}

void supply_fail(supply *s, supply_blob *b, const error *why) {
  b->why = *why;
  if (b->is_open) {
    assembly_fini(&b->assembly);
    b->is_open = false;
  }
  settle(s, b, FAILED);
}

void supply_arrive(supply *s, supply_blob *b) {
  b->state = ARRIVED;
  pthread_cond_signal(&s->arrived);
}

void supply_try_again(supply *s, supply_blob *b, const error *why) {
  char hex[DIGEST_HEX_BYTES];
  char line[256];
  digest_hex(&b->name, hex);
  b->tries++;
  snprintf(line, sizeof line, "blob %s did not arrive intact (attempt %u of %d): %.100s", hex, b->tries,
           (int)BLOB_TRIES, why->message);
  s->options.say(s->options.context, line);
  if (b->tries >= BLOB_TRIES) {
    error told;
    error_set(&told, STATUS_CORRUPT, "blob %s arrived %d times with bytes that do not match its name", hex,
              (int)BLOB_TRIES);
    supply_fail(s, b, &told);
    return;
  }
  b->state = WAITING;
  chunks_restart(&b->assembly.book);
  if (chunks_is_whole(&b->assembly.book)) {
    supply_arrive(s, b); /* no bytes at all, but the wrong name */
  }
}

/* ---- Keeping ------------------------------------------------------------------------------------- */

/* Into the store, if it takes it; a blob that it does not take is used from memory. */
static void keep(supply *s, supply_blob *b, const void *bytes) {
  error err;
  digest name;
  status st = store_put(s->options.shards, bytes, (size_t)b->bytes, &name, &err);
  if (st == STATUS_OK) {
    st = store_get(s->options.shards, &b->name, &b->kept, &err);
  }
  b->is_kept = st == STATUS_OK;
  if (!b->is_kept) {
    pthread_mutex_lock(&s->mutex);
    const bool told = s->full_told;
    s->full_told = true;
    pthread_mutex_unlock(&s->mutex);
    if (!told) {
      error_context(&err, st, "fetched blobs are used once and not kept");
      s->options.say(s->options.context, err.message);
    }
  }
}

/* Outside the mutex: only the keeping thread uses B while it has ARRIVED. */
static status take_in(supply *s, supply_blob *b, error *err) {
  const void *bytes = NULL;
  digest actual;
  TRY(assembly_bytes(&b->assembly, &bytes, err));
  TRY(digest_of(bytes, (size_t)b->bytes, &actual, err));
  if (!digest_equal(&actual, &b->name)) {
    char hex[DIGEST_HEX_BYTES];
    digest_hex(&actual, hex);
    return error_set(err, STATUS_CORRUPT, "its bytes are those of %s", hex);
  }
  if (b->in_store) {
    keep(s, b, bytes);
  }
  return STATUS_OK;
}

static supply_blob *first_arrived(supply *s) {
  for (supply_blob *b = s->blobs; b != NULL; b = b->next) {
    if (b->state == ARRIVED) {
      return b;
    }
  }
  return NULL;
}

static void *keep_arriving(void *argument) {
  supply *s = argument;
  pthread_mutex_lock(&s->mutex);
  while (!s->stopped) {
    supply_blob *b = first_arrived(s);
    if (b == NULL) {
      pthread_cond_wait(&s->arrived, &s->mutex);
      continue;
    }
    pthread_mutex_unlock(&s->mutex);
    error err;
    const status st = take_in(s, b, &err);
    pthread_mutex_lock(&s->mutex);
    if (st == STATUS_OK) {
      if (b->is_kept) {
        assembly_fini(&b->assembly);
        b->is_open = false;
      }
      settle(s, b, THERE);
    } else if (st == STATUS_CORRUPT) {
      supply_try_again(s, b, &err);
      s->options.wake(s->options.context);
    } else {
      supply_fail(s, b, &err);
    }
  }
  pthread_mutex_unlock(&s->mutex);
  return NULL;
}

/* ---- Life ---------------------------------------------------------------------------------------- */

status supply_start(const supply_options *options, supply **out, error *err) {
  supply *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, "a worker");
  }
  s->options = *options;
  s->options.answer_ms = options->answer_ms > 0 ? options->answer_ms : ANSWER_MS;
  pthread_mutex_init(&s->mutex, NULL);
  pthread_cond_init(&s->settled, NULL);
  pthread_cond_init(&s->arrived, NULL);
  if (pthread_create(&s->keeper, NULL, keep_arriving, s) != 0) {
    supply_destroy(s);
    return error_set(err, STATUS_NO_MEMORY, "the worker cannot start the thread that writes to its store");
  }
  s->keeping = true;
  *out = s;
  return STATUS_OK;
}

void supply_stop(supply *s) {
  pthread_mutex_lock(&s->mutex);
  s->stopped = true;
  pthread_cond_broadcast(&s->settled);
  pthread_cond_broadcast(&s->arrived);
  pthread_mutex_unlock(&s->mutex);
}

void supply_destroy(supply *s) {
  if (s == NULL) {
    return;
  }
  if (s->keeping) {
    supply_stop(s);
    pthread_join(s->keeper, NULL);
  }
  while (s->blobs != NULL) {
    supply_remove(s, s->blobs);
  }
  pthread_cond_destroy(&s->settled);
  pthread_cond_destroy(&s->arrived);
  pthread_mutex_destroy(&s->mutex);
  free(s);
}

/* ---- Wanting ------------------------------------------------------------------------------------- */

static supply_blob *add(supply *s, const digest *name, uint64_t bytes, bool in_store) {
  supply_blob *b = calloc(1, sizeof *b);
  if (b == NULL) {
    return NULL;
  }
  *b = (supply_blob){.name = *name, .bytes = bytes, .in_store = in_store};
  supply_blob **last = &s->blobs;
  while (*last != NULL) {
    last = &(*last)->next;
  }
  *last = b;
  if (!s->options.can_ask) {
    b->state = FAILED;
    char hex[DIGEST_HEX_BYTES];
    digest_hex(name, hex);
    error_set(&b->why, STATUS_NOT_FOUND, "the store has no blob %s", hex);
  }
  s->options.wake(s->options.context);
  return b;
}

status supply_want(supply *s, const digest *name, uint64_t bytes, bool in_store, supply_blob **out,
                   error *err) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *b = find(s, name, WAITING, THERE);
  if (b != NULL && (b->bytes != bytes || b->in_store != in_store)) {
    b = NULL; /* the sizes disagree, or it is needed in another form */
  }
  if (b == NULL) {
    b = add(s, name, bytes, in_store);
  }
  if (b != NULL && b->users++ == 0) {
    b->idle_since_ms = b->quiet_since_ms = 0;
    b->unanswered = 0;
  }
  pthread_mutex_unlock(&s->mutex);
  *out = b;
  return b != NULL ? STATUS_OK : error_no_memory(err, "a blob that arrives");
}

void supply_leave(supply *s, supply_blob *b) {
  pthread_mutex_lock(&s->mutex);
  assert(b->users > 0);
  b->users--;
  const bool has_begun = b->state == ARRIVED || (b->state == WAITING && b->is_open);
  if (b->users == 0 && !has_begun) {
    supply_remove(s, b);
  }
  pthread_mutex_unlock(&s->mutex);
}

bool supply_is_settled(supply *s, const supply_blob *b) {
  pthread_mutex_lock(&s->mutex);
  const bool settled = b->state >= THERE;
  pthread_mutex_unlock(&s->mutex);
  return settled;
}

status supply_wait(supply *s, supply_blob *b, error *err) {
  status st = STATUS_OK;
  pthread_mutex_lock(&s->mutex);
  while (b->state < THERE && !s->stopped) {
    pthread_cond_wait(&s->settled, &s->mutex);
  }
  if (b->state == FAILED) {
    st = error_set(err, b->why.code, "%s", b->why.message);
  } else if (b->state != THERE) {
    st = error_set(err, STATUS_INTERRUPTED, "the worker stops");
  }
  pthread_mutex_unlock(&s->mutex);
  return st;
}

const digest *supply_name(const supply_blob *b) {
  return &b->name;
}

slice supply_bytes(const supply_blob *b) {
  if (b->is_kept) {
    return (slice){b->kept.bytes, b->kept.length};
  }
  const char *bytes = b->assembly.mapping != NULL ? b->assembly.mapping : (const char *)b->assembly.memory;
  return (slice){bytes != NULL ? bytes : "", (size_t)b->bytes};
}

int supply_file(const supply_blob *b) {
  return b->is_open ? b->assembly.file : -1;
}
