/* One list of blobs under one mutex.  A blob goes from WAITING (its chunks are asked for) by way of ARRIVED
 * (the keeping thread compares and stores it, outside the mutex) to THERE, or to FAILED. */
#include "worker/supply.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "worker/assembly.h"

typedef enum blob_state { WAITING, ARRIVED, THERE, FAILED } blob_state;

struct supply_blob {
  supply_blob *next; /* in the order of asking */
  digest name;
  uint64_t bytes;
  bool in_store;
  blob_state state;
  unsigned users;
  uint64_t idle_since_ms; /* 0: it is wanted, or supply_tidy has not looked yet */
  bool is_open;           /* the assembly is */
  assembly assembly;
  unsigned under_way, tries;
  store_blob kept; /* THERE, in the store: its bytes as mapped from there */
  bool is_kept;
  error why; /* FAILED */
};

struct supply {
  supply_options options;
  pthread_mutex_t mutex; /* guards all that follows */
  pthread_cond_t settled, arrived;
  supply_blob *blobs;
  unsigned under_way;
  bool stopped, full_told;
  pthread_t keeper;
  bool keeping;
};

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

static void remove_blob(supply *s, supply_blob *b) {
  supply_blob **at = &s->blobs;
  while (*at != b) {
    at = &(*at)->next;
  }
  *at = b->next;
  s->under_way -= b->under_way;
  free_blob(b);
}

static void settle(supply *s, supply_blob *b, blob_state state) {
  b->state = state;
  s->under_way -= b->under_way;
  b->under_way = 0;
  pthread_cond_broadcast(&s->settled);
  s->options.wake(s->options.context);
  if (b->users == 0) {
    remove_blob(s, b);
  }
}

static void fail(supply *s, supply_blob *b, const error *why) {
  b->why = *why;
  if (b->is_open) {
    assembly_fini(&b->assembly);
    b->is_open = false;
  }
  settle(s, b, FAILED);
}

static void arrive(supply *s, supply_blob *b) {
  s->under_way -= b->under_way;
  b->under_way = 0;
  b->state = ARRIVED;
  pthread_cond_signal(&s->arrived);
}

/* What came was not what the name says: once more, or no more. */
static void try_again(supply *s, supply_blob *b, const error *why) {
  char hex[DIGEST_HEX_BYTES];
  char line[256];
  digest_hex(&b->name, hex);
  b->tries++;
  snprintf(line, sizeof line, "blob %s did not arrive whole (attempt %u of %d): %.100s", hex, b->tries,
           (int)SUPPLY_TRIES, why->message);
  s->options.say(s->options.context, line);
  if (b->tries >= SUPPLY_TRIES) {
    error told;
    error_set(&told, STATUS_CORRUPT, "blob %s arrived %d times with other bytes than its name says", hex,
              (int)SUPPLY_TRIES);
    fail(s, b, &told);
    return;
  }
  s->under_way -= b->under_way;
  b->under_way = 0;
  b->state = WAITING;
  assembly_restart(&b->assembly);
  if (assembly_is_whole(&b->assembly)) {
    arrive(s, b); /* no bytes at all, and yet the wrong name */
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
      error_context(&err, st, "what is fetched is used once and not kept");
      s->options.say(s->options.context, err.message);
    }
  }
}

/* Outside the mutex: B is the keeping thread's while it has ARRIVED. */
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
      try_again(s, b, &err);
      s->options.wake(s->options.context);
    } else {
      fail(s, b, &err);
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
  pthread_mutex_init(&s->mutex, NULL);
  pthread_cond_init(&s->settled, NULL);
  pthread_cond_init(&s->arrived, NULL);
  if (pthread_create(&s->keeper, NULL, keep_arriving, s) != 0) {
    supply_destroy(s);
    return error_set(err, STATUS_NO_MEMORY, "the worker cannot start its keeping thread");
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
    remove_blob(s, s->blobs);
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
    b = NULL; /* somebody is mistaken about its size, or needs it in another form */
  }
  if (b == NULL) {
    b = add(s, name, bytes, in_store);
  }
  if (b != NULL) {
    b->users++;
    b->idle_since_ms = 0;
  }
  pthread_mutex_unlock(&s->mutex);
  *out = b;
  return b != NULL ? STATUS_OK : error_no_memory(err, "a blob that arrives");
}

void supply_leave(supply *s, supply_blob *b) {
  pthread_mutex_lock(&s->mutex);
  b->users--;
  const bool has_begun = b->state == ARRIVED || (b->state == WAITING && b->is_open);
  if (b->users == 0 && !has_begun) {
    remove_blob(s, b);
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

/* ---- Talking ------------------------------------------------------------------------------------- */

static supply_blob *find_expecting(supply *s, const digest *name, uint64_t offset) {
  for (supply_blob *b = s->blobs; b != NULL; b = b->next) {
    if (b->state == WAITING && b->is_open && digest_equal(&b->name, name) &&
        assembly_expects(&b->assembly, offset)) {
      return b;
    }
  }
  return NULL;
}

/* Opens B's assembly; false when that ended its fetching. */
static bool begin(supply *s, supply_blob *b) {
  if (b->is_open) {
    return true;
  }
  error err;
  if (assembly_init(&b->assembly, b->bytes, !b->in_store, &err) != STATUS_OK) {
    fail(s, b, &err);
    return false;
  }
  b->is_open = true;
  if (assembly_is_whole(&b->assembly)) {
    arrive(s, b); /* no bytes at all */
    return false;
  }
  return true;
}

/* Among the first few that are wanted, the one with the fewest chunks under way. */
static supply_blob *choose(supply *s) {
  supply_blob *chosen = NULL;
  unsigned active = 0;
  supply_blob *next = NULL;
  for (supply_blob *b = s->blobs; b != NULL && active < SUPPLY_ACTIVE_MAX; b = next) {
    next = b->next;
    if (b->state != WAITING || b->users == 0 || !begin(s, b)) {
      continue;
    }
    active++;
    if (assembly_has_more(&b->assembly) && (chosen == NULL || b->under_way < chosen->under_way)) {
      chosen = b;
    }
  }
  return chosen;
}

bool supply_ask_next(supply *s, digest *name, uint64_t *offset, uint64_t *length) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *b = s->under_way < SUPPLY_WINDOW ? choose(s) : NULL;
  const bool found = b != NULL && assembly_ask(&b->assembly, offset, length);
  if (found) {
    *name = b->name;
    b->under_way++;
    s->under_way++;
  }
  pthread_mutex_unlock(&s->mutex);
  return found;
}

void supply_not_asked(supply *s, const digest *name, uint64_t offset) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *b = find_expecting(s, name, offset);
  if (b != NULL) {
    assembly_not_asked(&b->assembly, offset);
    b->under_way--;
    s->under_way--;
  }
  pthread_mutex_unlock(&s->mutex);
}

void supply_chunk(supply *s, const digest *name, uint64_t offset, uint64_t bytes, const void *chunk,
                  size_t length) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *b = find_expecting(s, name, offset);
  if (b != NULL) {
    error err;
    b->under_way--;
    s->under_way--;
    status st = bytes == b->bytes
                    ? assembly_take(&b->assembly, offset, chunk, length, &err)
                    : error_set(&err, STATUS_CORRUPT, "it is said to have %llu bytes and to have %llu",
                                (unsigned long long)b->bytes, (unsigned long long)bytes);
    if (st == STATUS_CORRUPT) {
      try_again(s, b, &err);
    } else if (st != STATUS_OK) {
      fail(s, b, &err);
    } else if (assembly_is_whole(&b->assembly)) {
      arrive(s, b);
    }
  }
  pthread_mutex_unlock(&s->mutex);
}

bool supply_lost(supply *s, const digest *name, const error *why) {
  error told;
  error_set(&told, STATUS_NOT_FOUND, "%s", why->message);
  bool found = false;
  pthread_mutex_lock(&s->mutex);
  supply_blob *next = NULL;
  for (supply_blob *b = s->blobs; b != NULL; b = next) {
    next = b->next;
    if (b->state == WAITING && b->under_way > 0 && digest_equal(&b->name, name)) {
      fail(s, b, &told);
      found = true;
    }
  }
  pthread_mutex_unlock(&s->mutex);
  return found;
}

void supply_ask_again(supply *s) {
  pthread_mutex_lock(&s->mutex);
  for (supply_blob *b = s->blobs; b != NULL; b = b->next) {
    if (b->state == WAITING && b->is_open) {
      assembly_ask_again(&b->assembly);
      b->under_way = 0;
    }
  }
  s->under_way = 0;
  pthread_mutex_unlock(&s->mutex);
}

void supply_tidy(supply *s, uint64_t now_ms) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *next = NULL;
  for (supply_blob *b = s->blobs; b != NULL; b = next) {
    next = b->next;
    if (b->users > 0 || b->state != WAITING) {
      continue;
    }
    if (b->idle_since_ms == 0) {
      b->idle_since_ms = now_ms;
    } else if (now_ms - b->idle_since_ms > SUPPLY_IDLE_MS) {
      remove_blob(s, b);
    }
  }
  pthread_mutex_unlock(&s->mutex);
}
