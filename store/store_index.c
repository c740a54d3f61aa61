/* LMDB behind four calls.
 *
 * LMDB trusts its file.  Where it notices that a page cannot be right it either returns a code or calls
 * abort() through an assertion; every use of it runs guarded, so that both become the same message.  After an
 * assertion the environment is in no known state, and is only closed.
 *
 * Every transaction holds the map's lock shared; the map grows under it alone, because LMDB may only
 * remap while the process has no transaction.  Values are copied out inside the transaction: no reader
 * lives longer than a call, so pages are reused and the file does not grow because of readers. */
#include "store/store_index.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lmdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/index_mark.h"
#include "store/index_pages.h"
#include "store/index_trouble.h"

enum { READERS_MAX = 1024, KEY_BYTES_MAX = 511 };
#define MAP_BYTES_FIRST ((size_t)16 << 20)
#define MAP_BYTES_MAX   ((size_t)1 << 46)
/* Smaller files are checked at each start. */
#define CHECKED_BYTES_MAX ((off_t)16 << 20)

struct store_index {
  char *directory;
  MDB_env *env;
  index_options options;
  MDB_dbi tables[INDEX_TABLES_MAX];
  pthread_rwlock_t map; /* shared by transactions, held alone while the map grows */
  pthread_mutex_t writer;
  atomic_bool is_broken; /* LMDB found damage: it is not called again, and the next start checks */
};

/* ---- Assertions ---------------------------------------------------------------------------------- */

/* Of a thread that is in LMDB: where it goes when one fails, and what it has open for reading. */
static _Thread_local struct inside {
  bool is_in;
  jmp_buf way_out;
  MDB_txn *txn;
  MDB_cursor *cursor;
} inside;

/* LMDB would call abort() after this. */
static void leave(MDB_env *env, const char *assertion) {
  (void)env;
  (void)assertion;
  if (inside.is_in) {
    longjmp(inside.way_out, 1);
  }
}

static bool is_damage(int code) {
  return code == MDB_CORRUPTED || code == MDB_PAGE_NOTFOUND || code == MDB_INVALID || code == MDB_CURSOR_FULL;
}

/* Of this thread. */
static void end_reading(void) {
  mdb_cursor_close(inside.cursor);
  mdb_txn_abort(inside.txn);
  inside.cursor = NULL;
  inside.txn = NULL;
}

static int begin_reading(const store_index *x) {
  return mdb_txn_begin(x->env, NULL, MDB_RDONLY, &inside.txn);
}

/* What CALL returns, which takes no lock of its own; MDB_CORRUPTED when an assertion fails in it, or did
 * before. (What a transaction that was writing holds is then lost: LMDB's list of its cursors leads to where
 * there are none.) */
static int guarded(store_index *x, int (*call)(store_index *x, void *context), void *context) {
  if (atomic_load(&x->is_broken)) {
    return MDB_CORRUPTED;
  }
  if (setjmp(inside.way_out) != 0) {
    inside.is_in = false;
    end_reading();
    atomic_store(&x->is_broken, true);
    return MDB_CORRUPTED;
  }
  inside.is_in = true;
  const int code = call(x, context);
  inside.is_in = false;
  if (is_damage(code)) {
    atomic_store(&x->is_broken, true);
  }
  return code;
}

/* ---- Opening ------------------------------------------------------------------------------------- */

/* Pages that LMDB expects may lie beyond the end of a file that was cut off, where reading ends the
 * process.  As zeros they are detected and refused instead. (Beyond the end of an intact file there can
 * only be free pages, which are written before they are read.) */
static int cover_pages(MDB_env *env) {
  MDB_envinfo info;
  MDB_stat pages;
  struct stat file;
  mdb_filehandle_t fd;
  int code = mdb_env_info(env, &info);
  code = code != 0 ? code : mdb_env_stat(env, &pages);
  code = code != 0 ? code : mdb_env_get_fd(env, &fd);
  if (code != 0) {
    return code;
  }
  off_t wanted;
  if (__builtin_mul_overflow(info.me_last_pgno + 1, pages.ms_psize, &wanted) ||
      (size_t)wanted > info.me_mapsize) {
    return MDB_CORRUPTED;
  }
  if (fstat(fd, &file) != 0 || (file.st_size < wanted && ftruncate(fd, wanted) != 0)) {
    return errno;
  }
  return 0;
}

static int open_tables(store_index *x) {
  MDB_txn *txn;
  int code = mdb_txn_begin(x->env, NULL, 0, &txn);
  if (code != 0) {
    return code;
  }
  for (unsigned i = 0; i < x->options.tables_count && code == 0; i++) {
    code = mdb_dbi_open(txn, x->options.tables[i], MDB_CREATE, &x->tables[i]);
  }
  if (code != 0) {
    mdb_txn_abort(txn);
    return code;
  }
  return mdb_txn_commit(txn);
}

/* False: there is no file of that NAME. */
static bool look_at(const char *directory, const char *name, struct stat *out) {
  char path[PATH_MAX];
  const int length = snprintf(path, sizeof path, "%s/%s", directory, name);
  return length > 0 && (size_t)length < sizeof path && stat(path, out) == 0;
}

static size_t first_map_bytes(const char *directory) {
  struct stat file;
  size_t bytes = MAP_BYTES_FIRST;
  if (look_at(directory, "data.mdb", &file)) {
    while (bytes / 2 < (uint64_t)file.st_size && bytes < MAP_BYTES_MAX) {
      bytes *= 2;
    }
  }
  return bytes;
}

/* Syncs the names of a new environment's files too. */
static int sync_directory(const char *directory) {
  const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int code = fd >= 0 && fsync(fd) == 0 ? 0 : errno;
  if (fd >= 0) {
    close(fd);
  }
  return code;
}

/* NOMETASYNC: a power cut may undo the last commit, never damage the file.  NOTLS: readers are bound to
 * transactions, which end with each call. */
static int open_environment(store_index *x, void *context) {
  (void)context;
  const unsigned flags = MDB_NOTLS | (x->options.durable ? 0 : MDB_NOMETASYNC);
  int code = mdb_env_create(&x->env);
  code = code != 0 ? code : mdb_env_set_assert(x->env, leave);
  code = code != 0 ? code : mdb_env_set_maxdbs(x->env, x->options.tables_count);
  code = code != 0 ? code : mdb_env_set_maxreaders(x->env, READERS_MAX);
  code = code != 0 ? code : mdb_env_set_mapsize(x->env, first_map_bytes(x->directory));
  code = code != 0 ? code : mdb_env_open(x->env, x->directory, flags, 0600);
  code = code != 0 ? code : cover_pages(x->env);
  int dead = 0;
  code = code != 0 ? code : mdb_reader_check(x->env, &dead);
  code = code != 0 ? code : open_tables(x);
  return code == 0 && x->options.durable ? sync_directory(x->directory) : code;
}

/* What cannot be made again is checked at each start, a large cache only after it was not closed. */
static status check_pages(const store_index *x, error *err) {
  struct stat file;
  if (!look_at(x->directory, "data.mdb", &file) ||
      (!x->options.durable && file.st_size > CHECKED_BYTES_MAX && !index_mark_is_set(x->directory))) {
    return STATUS_OK;
  }
  error why;
  const status st = index_pages_check(x->directory, &why);
  return st == STATUS_OK        ? STATUS_OK
         : st == STATUS_CORRUPT ? error_set(err, st, "the index %s: it is damaged; %s (%s)", x->directory,
                                            x->options.when_damaged, why.message)
                                : error_set(err, st, "%s", why.message);
}

static status open_checked(store_index *x, error *err) {
  TRY(check_pages(x, err));
  int code = index_mark_set(x->directory);
  code = code != 0 ? code : guarded(x, open_environment, NULL);
  return code == 0 ? STATUS_OK : index_trouble(x->directory, &x->options, code, err);
}

status store_index_open(const char *directory, const index_options *options, store_index **out, error *err) {
  assert(options->tables_count <= INDEX_TABLES_MAX);
  store_index *x = calloc(1, sizeof *x);
  if (x == NULL || (x->directory = strdup(directory)) == NULL) {
    free(x);
    return error_no_memory(err, "the index of the store");
  }
  x->options = *options;
  pthread_rwlock_init(&x->map, NULL);
  pthread_mutex_init(&x->writer, NULL);
  const status st = open_checked(x, err);
  if (st != STATUS_OK) {
    atomic_store(&x->is_broken, true);
    store_index_close(x);
    return st;
  }
  *out = x;
  return STATUS_OK;
}

const char *store_index_directory(const store_index *x) {
  return x->directory;
}

void store_index_close(store_index *x) {
  if (x == NULL) {
    return;
  }
  mdb_env_close(x->env);
  if (!atomic_load(&x->is_broken)) {
    (void)index_mark_remove(x->directory); /* else the next start checks more than it must */
  }
  pthread_rwlock_destroy(&x->map);
  pthread_mutex_destroy(&x->writer);
  free(x->directory);
  free(x);
}

bool store_index_is_damaged(const store_index *x) {
  return atomic_load(&x->is_broken);
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static MDB_val val_of(slice s) {
  return (MDB_val){.mv_size = s.length, .mv_data = (void *)(uintptr_t)s.bytes};
}

static slice slice_of_val(const MDB_val *v) {
  return (slice){v->mv_data, v->mv_size};
}

typedef struct lookup {
  index_table table;
  slice key;
  buf *out;
} lookup;

/* 0: it was found. */
static int look_up(store_index *x, void *context) {
  const lookup *l = context;
  MDB_val wanted = val_of(l->key);
  MDB_val value;
  int code = begin_reading(x);
  if (code == 0) {
    code = mdb_get(inside.txn, x->tables[l->table], &wanted, &value);
    if (code == 0) {
      buf_put(l->out, value.mv_data, value.mv_size);
    }
    end_reading();
  }
  return code;
}

status store_index_get(store_index *x, index_table table, slice key, buf *out, bool *found, error *err) {
  lookup l = {table, key, out};
  pthread_rwlock_rdlock(&x->map);
  const int code = guarded(x, look_up, &l);
  pthread_rwlock_unlock(&x->map);
  *found = code == 0;
  if (code != 0 && code != MDB_NOTFOUND) {
    return index_trouble(x->directory, &x->options, code, err);
  }
  return buf_status(out, "the index of the store", err);
}

/* What a scan visits. */
typedef struct range {
  index_table table;
  slice prefix;
  size_t group; /* of keys that share so many bytes the first alone; 0: all */
  bool (*visit)(void *context, slice key, slice value);
  void *context;
} range;

/* The least key after all that begin with the LENGTH bytes of KEY; false: there is none. */
static bool step_over(uint8_t *key, size_t length) {
  while (length > 0 && ++key[length - 1] == 0) {
    length--;
  }
  return length > 0;
}

static int next_in(MDB_cursor *cursor, size_t group, MDB_val *key, MDB_val *value) {
  if (group == 0 || key->mv_size < group) {
    return mdb_cursor_get(cursor, key, value, MDB_NEXT);
  }
  uint8_t behind[KEY_BYTES_MAX];
  memcpy(behind, key->mv_data, group);
  if (!step_over(behind, group)) {
    return MDB_NOTFOUND;
  }
  *key = (MDB_val){.mv_size = group, .mv_data = behind};
  return mdb_cursor_get(cursor, key, value, MDB_SET_RANGE); /* KEY is the one that was found then */
}

static int scan(MDB_cursor *cursor, const range *r) {
  const slice prefix = r->prefix;
  MDB_val key = val_of(prefix);
  MDB_val value;
  int code = mdb_cursor_get(cursor, &key, &value, prefix.length > 0 ? MDB_SET_RANGE : MDB_FIRST);
  while (code == 0 && key.mv_size >= prefix.length &&
         (prefix.length == 0 || memcmp(key.mv_data, prefix.bytes, prefix.length) == 0) &&
         r->visit(r->context, slice_of_val(&key), slice_of_val(&value))) {
    code = next_in(cursor, r->group, &key, &value);
  }
  return code == MDB_NOTFOUND ? 0 : code;
}

static int scan_range(store_index *x, void *context) {
  const range *r = context;
  int code = begin_reading(x);
  if (code == 0) {
    code = mdb_cursor_open(inside.txn, x->tables[r->table], &inside.cursor);
    code = code == 0 ? scan(inside.cursor, r) : code;
    end_reading();
  }
  return code;
}

static status visit_range(store_index *x, range r, error *err) {
  pthread_rwlock_rdlock(&x->map);
  const int code = guarded(x, scan_range, &r);
  pthread_rwlock_unlock(&x->map);
  return code == 0 ? STATUS_OK : index_trouble(x->directory, &x->options, code, err);
}

status store_index_scan(store_index *x, index_table table,
                        bool (*visit)(void *context, slice key, slice value), void *context, error *err) {
  return visit_range(x, (range){table, {"", 0}, 0, visit, context}, err);
}

status store_index_scan_prefix(store_index *x, index_table table, slice prefix,
                               bool (*visit)(void *context, slice key, slice value), void *context,
                               error *err) {
  return visit_range(x, (range){table, prefix, 0, visit, context}, err);
}

status store_index_scan_groups(store_index *x, index_table table, slice prefix, size_t group,
                               bool (*visit)(void *context, slice key, slice value), void *context,
                               error *err) {
  assert(group > 0 && group <= KEY_BYTES_MAX);
  return visit_range(x, (range){table, prefix, group, visit, context}, err);
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static int apply(const store_index *x, MDB_txn *txn, const index_change *c) {
  MDB_val key = val_of(c->key);
  if (c->value.bytes == NULL) {
    const int code = mdb_del(txn, x->tables[c->table], &key, NULL);
    return code == MDB_NOTFOUND ? 0 : code;
  }
  MDB_val value = val_of(c->value);
  return mdb_put(txn, x->tables[c->table], &key, &value, 0);
}

typedef struct change_list {
  const index_change *at;
  size_t count;
} change_list;

static int write_once(store_index *x, void *context) {
  const change_list *changes = context;
  MDB_txn *txn;
  int code = mdb_txn_begin(x->env, NULL, 0, &txn);
  if (code != 0) {
    return code;
  }
  for (size_t i = 0; i < changes->count && code == 0; i++) {
    code = apply(x, txn, &changes->at[i]);
  }
  if (code != 0) {
    mdb_txn_abort(txn);
    return code;
  }
  return mdb_txn_commit(txn);
}

/* MDB_MAP_FULL when there can be no larger map. */
static int grow_map(store_index *x) {
  MDB_envinfo info;
  pthread_rwlock_wrlock(&x->map);
  int code = mdb_env_info(x->env, &info);
  if (code == 0) {
    code = info.me_mapsize < MAP_BYTES_MAX ? mdb_env_set_mapsize(x->env, info.me_mapsize * 2) : MDB_MAP_FULL;
  }
  pthread_rwlock_unlock(&x->map);
  return code == ENOMEM ? MDB_MAP_FULL : code;
}

/* Whether the file that was written to is the one that the next process finds. */
static bool is_in_place(const store_index *x) {
  struct stat here;
  struct stat there;
  mdb_filehandle_t fd;
  if (mdb_env_get_fd(x->env, &fd) != 0 || fstat(fd, &here) != 0) {
    return false;
  }
  return look_at(x->directory, "data.mdb", &there)
             ? here.st_dev == there.st_dev && here.st_ino == there.st_ino
             : errno != ENOENT && errno != ENOTDIR;
}

status store_index_write(store_index *x, const index_change *changes, size_t count, error *err) {
  change_list list = {changes, count};
  pthread_mutex_lock(&x->writer);
  int code = MDB_MAP_FULL;
  for (bool again = true; again;) {
    pthread_rwlock_rdlock(&x->map);
    code = guarded(x, write_once, &list);
    pthread_rwlock_unlock(&x->map);
    again = code == MDB_MAP_FULL && grow_map(x) == 0;
  }
  const bool lasts = code != 0 || is_in_place(x);
  pthread_mutex_unlock(&x->writer);
  if (!lasts) {
    return error_set(
        err, STATUS_IO,
        "the index %s was removed or replaced while it was in use: what is written to it does not last",
        x->directory);
  }
  return code == 0 ? STATUS_OK : index_trouble(x->directory, &x->options, code, err);
}
