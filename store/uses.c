/* Use of the book: notes, turns, and what is removed when there is too much.
 *
 * The sum of the entries' bytes is counted when the book is opened and kept in memory from then on: one
 * process has it, and all changes come through here, one at a time. */
#include "store/uses.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/uses_book.h"

enum {
  BOOK_VERSION = 1,
  NOTES_MAX = 1 << 16,         /* then they are written without waiting for values */
  REMOVALS_MAX = 4096,         /* of one transaction */
  CHANGES_BYTES_MAX = 16 << 20 /* of one transaction, before its last value */
};

static const slice state_key = {"turn", 4};

typedef struct note {
  kept_key key;
  uint64_t bytes, turn;
} note;

struct uses {
  uses_options options;
  pthread_rwlock_t using; /* shared while something is looked for and noted, held alone to remove */
  pthread_mutex_t noting; /* guards the notes and the turn */
  uint64_t turn;
  note *notes;
  size_t notes_count, notes_capacity;
  pthread_mutex_t writing; /* guards what follows, and is held while the book changes */
  uses_book book;
  uint64_t nothing_old_in; /* the turn in which everything left was last used; 0: unknown */
};

static uint64_t turn_now(uses *u) {
  pthread_mutex_lock(&u->noting);
  const uint64_t turn = u->turn;
  pthread_mutex_unlock(&u->noting);
  return turn;
}

/* ---- Too much ------------------------------------------------------------------------------------ */

typedef struct old_entry {
  kept_key key;
  uses_entry was;
} old_entry;

typedef struct old_list {
  old_entry *at;
  size_t count, capacity;
  uint64_t turn;
  bool out_of_memory;
} old_list;

static bool list_old(void *context, slice key, slice value) {
  old_list *l = context;
  uses_entry e;
  if (key.length > KEPT_KEY_BYTES_MAX || !uses_entry_read(value, &e) || e.turn >= l->turn) {
    return true;
  }
  if (!ARRAY_ROOM(l->at, l->count, l->capacity)) {
    l->out_of_memory = true;
    return false;
  }
  old_entry *o = &l->at[l->count++];
  *o = (old_entry){.key.length = (uint8_t)key.length, .was = e};
  memcpy(o->key.bytes, key.bytes, key.length);
  return true;
}

static int older_first(const void *left, const void *right) {
  const old_entry *a = left;
  const old_entry *b = right;
  if (a->was.turn != b->was.turn) {
    return a->was.turn < b->was.turn ? -1 : 1;
  }
  return memcmp(a->key.bytes, b->key.bytes, sizeof a->key.bytes);
}

/* Entries and values first, then the files: a crash between leaves files that the next opening finds. */
static status remove_run(uses *u, const old_entry *list, size_t count, error *err) {
  uses_batch b = uses_batch_of(&u->book);
  status st = STATUS_OK;
  for (size_t i = 0; i < count && st == STATUS_OK; i++) {
    st = uses_batch_forget(&b, &list[i].key, list[i].was.bytes, err);
    if (st == STATUS_OK && list[i].key.bytes[0] != KEPT_BLOB) {
      st = uses_batch_value(&b, &list[i].key, (slice){NULL, 0}, err);
    }
  }
  st = st == STATUS_OK ? uses_batch_write(&b, err) : st;
  for (size_t i = 0; i < count && st == STATUS_OK; i++) {
    digest name;
    if (list[i].key.bytes[0] == KEPT_BLOB) {
      memcpy(name.bytes, list[i].key.bytes + 1, DIGEST_BYTES);
      u->options.remove_blob(u->options.context, &name);
    }
  }
  uses_batch_fini(&b);
  return st;
}

static status remove_list(uses *u, const old_list *l, error *err) {
  /* An eighth more than necessary, so that this happens rarely. */
  const uint64_t wanted = u->options.bytes_max - u->options.bytes_max / 8;
  size_t last = 0;
  for (uint64_t left = u->book.total; last < l->count && left > wanted; last++) {
    left -= l->at[last].was.bytes;
  }
  u->nothing_old_in = last == l->count ? l->turn : 0;
  for (size_t i = 0; i < last; i += REMOVALS_MAX) {
    TRY(remove_run(u, l->at + i, last - i < REMOVALS_MAX ? last - i : REMOVALS_MAX, err));
  }
  return STATUS_OK;
}

/* ---- Noting and keeping -------------------------------------------------------------------------- */

/* The last use of a key first. */
static int note_order(const void *left, const void *right) {
  const note *a = left;
  const note *b = right;
  const int order = memcmp(a->key.bytes, b->key.bytes, KEPT_KEY_BYTES_MAX);
  return order != 0 ? order : (a->turn < b->turn) - (a->turn > b->turn);
}

/* Each key once, in the order of the table. */
static status add_notes(uses_batch *b, note *notes, size_t count, error *err) {
  if (count > 0) {
    qsort(notes, count, sizeof *notes, note_order);
  }
  for (size_t i = 0; i < count; i++) {
    if (i == 0 || memcmp(notes[i - 1].key.bytes, notes[i].key.bytes, KEPT_KEY_BYTES_MAX) != 0) {
      TRY(uses_batch_use(b, &notes[i].key, notes[i].bytes, notes[i].turn, err));
    }
  }
  return STATUS_OK;
}

static status add_values(uses_batch *b, uses *u, const kept_value *values, size_t count, error *err) {
  const uint64_t turn = turn_now(u);
  for (size_t i = 0; i < count; i++) {
    const kept_value *v = &values[i];
    TRY(uses_batch_use(b, &v->key, kept_value_bytes(&v->key, v->value.length), turn, err));
    TRY(uses_batch_value(b, &v->key, v->value, err));
    if (b->bytes >= CHANGES_BYTES_MAX) {
      TRY(uses_batch_write(b, err));
    }
  }
  return STATUS_OK;
}

/* All notes so far, and VALUES. */
static status write_notes(uses *u, const kept_value *values, size_t count, error *err) {
  pthread_mutex_lock(&u->noting);
  note *notes = u->notes;
  const size_t notes_count = u->notes_count;
  u->notes = NULL;
  u->notes_count = u->notes_capacity = 0;
  pthread_mutex_unlock(&u->noting);
  uses_batch b = uses_batch_of(&u->book);
  status st = add_notes(&b, notes, notes_count, err);
  st = st == STATUS_OK ? add_values(&b, u, values, count, err) : st;
  st = st == STATUS_OK ? uses_batch_write(&b, err) : st;
  uses_batch_fini(&b);
  free(notes);
  return st;
}

static status scan_and_remove(uses *u, error *err) {
  old_list l = {.turn = turn_now(u)};
  status st = store_index_scan(u->book.index, INDEX_USES, list_old, &l, err);
  if (st == STATUS_OK && l.out_of_memory) {
    st = error_no_memory(err, "the store");
  }
  if (st == STATUS_OK && l.count > 0) {
    qsort(l.at, l.count, sizeof *l.at, older_first);
  }
  st = st == STATUS_OK ? remove_list(u, &l, err) : st;
  free(l.at);
  return st;
}

/* What was noted meanwhile is no longer old. */
static status remove_too_much(uses *u, error *err) {
  if (u->book.total <= u->options.bytes_max || u->nothing_old_in == turn_now(u)) {
    return STATUS_OK;
  }
  pthread_rwlock_wrlock(&u->using);
  status st = write_notes(u, NULL, 0, err);
  st = st == STATUS_OK ? scan_and_remove(u, err) : st;
  pthread_rwlock_unlock(&u->using);
  return st;
}

status uses_keep(uses *u, const kept_value *values, size_t count, error *err) {
  pthread_mutex_lock(&u->writing);
  status st = write_notes(u, values, count, err);
  st = st == STATUS_OK ? remove_too_much(u, err) : st;
  pthread_mutex_unlock(&u->writing);
  return st;
}

void uses_enter(uses *u) {
  pthread_rwlock_rdlock(&u->using);
}

void uses_leave(uses *u) {
  pthread_mutex_lock(&u->noting);
  const bool many = u->notes_count >= NOTES_MAX;
  pthread_mutex_unlock(&u->noting);
  pthread_rwlock_unlock(&u->using);
  if (many) {
    error ignored; /* the next write reports it */
    (void)!uses_keep(u, NULL, 0, &ignored);
  }
}

void uses_note(uses *u, const kept_key *key, uint64_t bytes) {
  pthread_mutex_lock(&u->noting);
  /* Without memory the use is not recorded, and the entry looks older than it is. */
  if (ARRAY_ROOM(u->notes, u->notes_count, u->notes_capacity)) {
    u->notes[u->notes_count++] = (note){*key, bytes, u->turn};
  }
  pthread_mutex_unlock(&u->noting);
}

status uses_forget(uses *u, const kept_key *key, error *err) {
  pthread_mutex_lock(&u->writing);
  uses_entry was = {0};
  bool found = false;
  status st = uses_book_find(&u->book, key, &was, &found, err);
  if (st == STATUS_OK && found) {
    uses_batch b = uses_batch_of(&u->book);
    st = uses_batch_forget(&b, key, was.bytes, err);
    st = st == STATUS_OK ? uses_batch_write(&b, err) : st;
    uses_batch_fini(&b);
  }
  pthread_mutex_unlock(&u->writing);
  return st;
}

/* ---- Looking ------------------------------------------------------------------------------------- */

status uses_find(uses *u, const kept_key *key, uint64_t *bytes, bool *found, error *err) {
  uses_entry e = {0};
  TRY(uses_book_find(&u->book, key, &e, found, err));
  *bytes = e.bytes;
  return STATUS_OK;
}

typedef struct name_visit {
  void (*visit)(void *context, const digest *first, uint64_t turn);
  void *context;
} name_visit;

static bool visit_name(void *context, slice key, slice value) {
  const name_visit *v = context;
  uses_entry e;
  digest first;
  if (key.length >= 1 + DIGEST_BYTES) {
    memcpy(first.bytes, key.bytes + 1, DIGEST_BYTES);
    v->visit(v->context, &first, uses_entry_read(value, &e) ? e.turn : 0);
  }
  return true;
}

/* A shard may have hundreds of states, whose entries are passed over. */
status uses_each(uses *u, kept_kind kind, void (*visit)(void *context, const digest *first, uint64_t turn),
                 void *context, error *err) {
  const char letter = (char)kind;
  name_visit v = {visit, context};
  return store_index_scan_groups(u->book.index, INDEX_USES, (slice){&letter, 1}, 1 + DIGEST_BYTES, visit_name,
                                 &v, err);
}

static bool found_one(void *context, slice key, slice value) {
  (void)key;
  (void)value;
  bool *found = context;
  *found = true;
  return false;
}

status uses_find_any(uses *u, kept_kind kind, const digest *first, bool *found, error *err) {
  const kept_key prefix = kept_key_of(kind, first, NULL);
  *found = false;
  return store_index_scan_prefix(u->book.index, INDEX_USES, kept_key_slice(&prefix), found_one, found, err);
}

/* ---- Turns --------------------------------------------------------------------------------------- */

/* A turn that was begun while the book was open is known only from its entries. */
static bool add_up(void *context, slice key, slice value) {
  (void)key;
  uses_entry e;
  uses *u = context;
  if (uses_entry_read(value, &e)) {
    u->book.total += e.bytes;
    u->turn = e.turn > u->turn ? e.turn : u->turn;
  }
  return true;
}

void uses_turn(uses *u) {
  pthread_mutex_lock(&u->noting);
  u->turn++;
  pthread_mutex_unlock(&u->noting);
}

static status write_turn(uses *u, bool open, error *err) {
  buf state;
  buf_init(&state);
  buf_put_u8(&state, BOOK_VERSION);
  buf_put_u64(&state, turn_now(u));
  buf_put_u8(&state, open);
  status st = buf_status(&state, "the store", err);
  if (st == STATUS_OK) {
    const index_change c = {INDEX_STATE, state_key, {(const char *)state.data, state.length}};
    st = store_index_write(u->book.index, &c, 1, err);
  }
  buf_fini(&state);
  return st;
}

/* Reads the last turn; a fresh book has had none. */
static status read_turn(uses *u, bool *was_closed, error *err) {
  buf state;
  buf_init(&state);
  bool found = false;
  status st = store_index_get(u->book.index, INDEX_STATE, state_key, &state, &found, err);
  *was_closed = false;
  if (st == STATUS_OK && found) {
    reader r;
    reader_init(&r, state.data, state.length);
    const uint8_t version = reader_u8(&r);
    if (r.problem == NULL && version != BOOK_VERSION) {
      st = error_set(err, STATUS_CORRUPT,
                     "the index %s was written by %s version of canvass (format version %u; this one reads "
                     "%d); use that version, or delete the index: results are recomputed",
                     store_index_directory(u->book.index), version > BOOK_VERSION ? "a newer" : "an older",
                     version, BOOK_VERSION);
    } else {
      u->turn = reader_u64(&r);
      *was_closed = reader_u8(&r) == 0;
      st = reader_finish(&r, "the index of the store", err);
    }
  }
  buf_fini(&state);
  return st;
}

static status begin(uses *u, bool *was_closed, error *err) {
  TRY(read_turn(u, was_closed, err));
  TRY(store_index_scan(u->book.index, INDEX_USES, add_up, u, err));
  u->turn++;
  return write_turn(u, true, err);
}

static void uses_free(uses *u) {
  pthread_rwlock_destroy(&u->using);
  pthread_mutex_destroy(&u->noting);
  pthread_mutex_destroy(&u->writing);
  free(u->notes);
  free(u);
}

status uses_open(store_index *index, const uses_options *options, uses **out, bool *was_closed, error *err) {
  *out = NULL;
  uses *u = calloc(1, sizeof *u);
  if (u == NULL) {
    return error_no_memory(err, "the store");
  }
  u->book.index = index;
  u->options = *options;
  pthread_rwlock_init(&u->using, NULL);
  pthread_mutex_init(&u->noting, NULL);
  pthread_mutex_init(&u->writing, NULL);
  const status st = begin(u, was_closed, err);
  if (st != STATUS_OK) {
    uses_free(u);
    return st;
  }
  *out = u;
  return STATUS_OK;
}

status uses_close(uses *u, error *err) {
  if (u == NULL) {
    return STATUS_OK;
  }
  status st = uses_keep(u, NULL, 0, err);
  st = st == STATUS_OK ? write_turn(u, false, err) : st;
  uses_free(u);
  return st;
}
