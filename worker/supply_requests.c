/* Requests: which is next, what arrives, and what does not.
 *
 * A request without an answer is sent again, SUPPLY_ASKS times in all.  Over a slow connection chunks only
 * take their time, and a retry would make that longer: so a blob counts as unanswered when nothing at all
 * arrives, or when so many chunks of others arrived that its own must have been lost; each wait is twice as
 * long as the one before, whatever arrived in between; and a chunk that arrives twice is an answer, too. */
#include "worker/supply_inside.h"

static supply_blob *find_expecting(supply *s, const digest *name, uint64_t offset) {
  for (supply_blob *b = s->blobs; b != NULL; b = b->next) {
    if (b->state == WAITING && b->is_open && digest_equal(&b->name, name) &&
        chunks_expects(&b->assembly.book, offset)) {
      return b;
    }
  }
  return NULL;
}

/* Opens B's assembly; false when that ended its transfer. */
static bool begin(supply *s, supply_blob *b) {
  if (b->is_open) {
    return true;
  }
  error err;
  if (assembly_init(&b->assembly, b->bytes, !b->in_store, &err) != STATUS_OK) {
    supply_fail(s, b, &err);
    return false;
  }
  b->is_open = true;
  if (chunks_is_whole(&b->assembly.book)) {
    supply_arrive(s, b); /* no bytes at all */
    return false;
  }
  return true;
}

/* Among the first few that are needed, the one with the fewest chunks in flight. */
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
    if (chunks_has_more(&b->assembly.book) &&
        (chosen == NULL || b->assembly.book.under_way < chosen->assembly.book.under_way)) {
      chosen = b;
    }
  }
  return chosen;
}

static uint64_t under_way(const supply *s) {
  uint64_t count = 0;
  for (const supply_blob *b = s->blobs; b != NULL; b = b->next) {
    count += b->assembly.book.under_way;
  }
  return count;
}

bool supply_ask_next(supply *s, digest *name, uint64_t *offset, uint64_t *length) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *b = under_way(s) < BLOB_CHUNKS ? choose(s) : NULL;
  const bool found = b != NULL && chunks_ask(&b->assembly.book, offset, length);
  if (found) {
    *name = b->name;
    if (b->assembly.book.under_way == 1) {
      b->quiet_since_ms = 0;
      b->passed = 0;
    }
  }
  pthread_mutex_unlock(&s->mutex);
  return found;
}

void supply_not_asked(supply *s, const digest *name, uint64_t offset) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *b = find_expecting(s, name, offset);
  if (b != NULL) {
    chunks_not_asked(&b->assembly.book, offset);
  }
  pthread_mutex_unlock(&s->mutex);
}

/* Something about NAME arrived; it passed the requests for others. */
static void hear_of(supply *s, const digest *name) {
  s->quiet_since_ms = 0;
  for (supply_blob *b = s->blobs; b != NULL; b = b->next) {
    if (digest_equal(&b->name, name)) {
      b->quiet_since_ms = 0;
      b->passed = 0;
      b->unanswered = 0;
    } else {
      b->passed += b->assembly.book.under_way > 0;
    }
  }
}

void supply_chunk(supply *s, const digest *name, uint64_t offset, uint64_t bytes, const void *chunk,
                  size_t length) {
  pthread_mutex_lock(&s->mutex);
  supply_blob *b = find_expecting(s, name, offset);
  hear_of(s, name);
  if (b != NULL) {
    error err;
    status st = bytes == b->bytes
                    ? assembly_take(&b->assembly, offset, chunk, length, &err)
                    : error_set(&err, STATUS_CORRUPT, "its size is given as %llu bytes and as %llu",
                                (unsigned long long)b->bytes, (unsigned long long)bytes);
    if (st == STATUS_CORRUPT) {
      supply_try_again(s, b, &err);
    } else if (st != STATUS_OK) {
      supply_fail(s, b, &err);
    } else if (chunks_is_whole(&b->assembly.book)) {
      supply_arrive(s, b);
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
    if (b->state == WAITING && b->assembly.book.under_way > 0 && digest_equal(&b->name, name)) {
      found = true;
      if (why->code == STATUS_LIMIT) { /* then it is requested again after a while */
        b->quiet_since_ms = 0;
        b->unanswered = 0;
      } else {
        supply_fail(s, b, &told);
      }
    }
  }
  pthread_mutex_unlock(&s->mutex);
  return found;
}

static void ask_again(supply_blob *b) {
  if (b->is_open) {
    chunks_ask_again(&b->assembly.book);
  }
  b->quiet_since_ms = 0;
  b->passed = 0;
}

void supply_ask_again(supply *s) {
  pthread_mutex_lock(&s->mutex);
  for (supply_blob *b = s->blobs; b != NULL; b = b->next) {
    if (b->state == WAITING) {
      ask_again(b);
      b->asked_again = 0;
    }
  }
  s->quiet_since_ms = 0;
  pthread_mutex_unlock(&s->mutex);
}

static void give_up(supply *s, supply_blob *b) {
  char hex[DIGEST_HEX_BYTES];
  error why;
  digest_hex(&b->name, hex);
  error_set(
      &why, STATUS_UNREACHABLE,
      "blob %s does not arrive: the broker is alive, but answered none of %d requests; if other workers "
      "do not get it either, look at the broker's log and restart it",
      hex, (int)SUPPLY_ASKS);
  supply_fail(s, b, &why);
}

/* Whether B has waited long enough to assume that its requests are lost. */
static bool is_unheard(supply *s, supply_blob *b, uint64_t now_ms) {
  if (b->quiet_since_ms == 0) {
    b->quiet_since_ms = now_ms;
  }
  const unsigned doubled = b->asked_again < SUPPLY_DOUBLED ? b->asked_again : SUPPLY_DOUBLED;
  const uint64_t patience_ms = (uint64_t)s->options.answer_ms << doubled;
  const bool all_is_quiet = now_ms - s->quiet_since_ms >= patience_ms;
  return now_ms - b->quiet_since_ms >= patience_ms && (all_is_quiet || b->passed >= BLOB_CHUNKS);
}

void supply_insist(supply *s, uint64_t now_ms) {
  pthread_mutex_lock(&s->mutex);
  if (s->quiet_since_ms == 0) {
    s->quiet_since_ms = now_ms;
  }
  supply_blob *next = NULL;
  for (supply_blob *b = s->blobs; b != NULL; b = next) {
    next = b->next;
    if (b->state != WAITING || b->users == 0 || b->assembly.book.under_way == 0 ||
        !is_unheard(s, b, now_ms)) {
      continue;
    }
    if (++b->unanswered >= SUPPLY_ASKS) {
      give_up(s, b);
    } else {
      ask_again(b);
      b->asked_again++;
    }
  }
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
      supply_remove(s, b);
    }
  }
  pthread_mutex_unlock(&s->mutex);
}
