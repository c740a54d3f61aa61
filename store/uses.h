/* What a durable store keeps, how large it is, and in which turn it was last used: the least recently used is
 * removed first.
 *
 * Every opening of the store begins a *turn*; long-running processes begin more.  What the current turn
 * uses is never removed, even when that alone exceeds the limit.  Uses are noted in memory and written
 * with the next transaction, so noting costs nothing; a crash loses some, which makes things look older than
 * they are.
 */
#ifndef CANVASS_STORE_USES_H
#define CANVASS_STORE_USES_H

#include "store/kept.h"
#include "store/store_index.h"

/* An entry with a value in INDEX_VALUES (partials, records). */
typedef struct kept_value {
  kept_key key;
  slice value;
} kept_value;

typedef struct uses uses;

typedef struct uses_options {
  uint64_t bytes_max;
  /* A blob must be removed: its entry is already gone. */
  void (*remove_blob)(void *context, const digest *name);
  void *context;
} uses_options;

/* Begins a turn.  *WAS_CLOSED: the last one ended with uses_close, so that entries and blobs agree. */
status uses_open(store_index *index, const uses_options *options, uses **out, bool *was_closed,
                 error *err) MUST_USE;
/* Writes what is noted and marks the turn as ended.  Frees in any case; accepts NULL. */
status uses_close(uses *u, error *err) MUST_USE;

/* Begins the next turn.  Costs nothing: it reaches the disk with the first entry that is used in it. */
void uses_turn(uses *u);

/* Called around a lookup and noting its use: between the two nothing is removed. */
void uses_enter(uses *u);
void uses_leave(uses *u);
/* KEY, which takes BYTES, is used now.  Between enter and leave. */
void uses_note(uses *u, const kept_key *key, uint64_t bytes);
/* Keeps the values, in one transaction while they are small, and all notes with them.  Then removes
 * the excess. */
status uses_keep(uses *u, const kept_value *values, size_t count, error *err) MUST_USE;
/* Forgets an entry whose file is missing. */
status uses_forget(uses *u, const kept_key *key, error *err) MUST_USE;
/* The recorded size of KEY; *FOUND is false when there is no entry. */
status uses_find(uses *u, const kept_key *key, uint64_t *bytes, bool *found, error *err) MUST_USE;
/* Whether there is any entry of KIND whose first name is FIRST. */
status uses_find_any(uses *u, kept_kind kind, const digest *first, bool *found, error *err) MUST_USE;
/* Every first name of an entry of KIND, once, with the turn of one such entry's last use as it was written;
 * VISIT must not call any of these functions. */
status uses_each(uses *u, kept_kind kind, void (*visit)(void *context, const digest *first, uint64_t turn),
                 void *context, error *err) MUST_USE;

#endif
