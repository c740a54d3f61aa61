/* Removal: references, and the search for unreferenced blobs.
 *
 * Blobs whose last reference was dropped are listed and removed by the next tidying.  Those that never had
 * one, and what stayed in partly/ and hand-in/, are found by walking through the directories from time to
 * time.  Both go on step by step: a dataset may have thousands of shards. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "broker/records/vault_inside.h"

enum {
  WALK_S = 3600,
  EXAMINED_MAX = 10000, /* of the list in one step: those that are wanted again cost little */
  WALK_PARTLY = UINT8_MAX + 1,
  WALK_HAND_IN,
  WALK_END,
};

/* ---- References ---------------------------------------------------------------------------------- */

status vault_refer(vault *v, const digest *name, error *err) {
  vault_entry *e = vault_table_add(&v->blobs, name);
  if (e == NULL) {
    return error_no_memory(err, "the broker's store");
  }
  if (e->references == UINT32_MAX) {
    return error_set(err, STATUS_LIMIT, "a blob with more than %u references", UINT32_MAX);
  }
  e->references++;
  e->is_wanted = false;
  return STATUS_OK;
}

static void list_released(vault *v, vault_entry *e) {
  if (!ARRAY_ROOM(v->released, v->released_count, v->released_capacity)) {
    v->released_overflow = true;
    return;
  }
  v->released[v->released_count++] = e->name;
}

void vault_release(vault *v, const digest *name) {
  vault_entry *e = vault_table_find(&v->blobs, name);
  if (e == NULL || e->references == 0 || --e->references > 0 || e->is_listed) {
    return;
  }
  e->is_listed = true;
  list_released(v, e);
}

void vault_touch(vault *v, const digest *name) {
  char path[BLOB_PATH_BYTES];
  vault_entry *e = vault_table_find(&v->blobs, name);
  if (e != NULL) {
    e->is_wanted = true;
  }
  blob_files_path("blobs", name, path);
  utimensat(v->place.directory, path, NULL, AT_SYMLINK_NOFOLLOW);
}

/* ---- Removing ------------------------------------------------------------------------------------ */

static void remove_blob(vault *v, const digest *name, uint64_t *removed) {
  uint64_t bytes;
  if (blob_files_size(v->place.directory, name, &bytes)) {
    blob_files_remove(v->place.directory, name);
    ++*removed;
  }
  vault_entry *e = vault_table_find(&v->blobs, name);
  if (e != NULL && e->partly == NULL) {
    vault_table_remove(&v->blobs, e);
  } else if (e != NULL) {
    e->is_whole = false;
  }
}

/* Blobs that could not be listed are found later by their age. */
static void forget_overflow(vault *v) {
  for (size_t i = 0; i < v->blobs.count; i++) {
    v->blobs.at[i].is_listed = false;
  }
  v->released_overflow = false;
  v->released_count = v->released_done = 0;
}

static void remove_released(vault *v, uint64_t most, uint64_t *removed) {
  const size_t from = v->released_done;
  while (v->released_done < v->released_count && *removed < most && v->released_done - from < EXAMINED_MAX) {
    const digest name = v->released[v->released_done++];
    vault_entry *e = vault_table_find(&v->blobs, &name);
    if (e == NULL) {
      continue;
    }
    e->is_listed = false;
    if (e->references == 0 && !e->is_wanted) {
      remove_blob(v, &name, removed);
    }
  }
  if (v->released_done == v->released_count) {
    v->released_count = v->released_done = 0;
    if (v->released_overflow) {
      forget_overflow(v);
    }
  }
}

/* ---- Walking ------------------------------------------------------------------------------------- */

typedef struct walk {
  vault *vault;
  uint64_t now_s;
  uint64_t most, removed;
} walk;

static bool is_old(const walk *w, time_t changed) {
  return changed >= 0 && w->now_s > (uint64_t)changed && w->now_s - (uint64_t)changed > VAULT_KEPT_S;
}

static void remove_unreferred(void *context, const digest *name, uint64_t bytes) {
  (void)bytes;
  walk *w = context;
  char path[BLOB_PATH_BYTES];
  struct stat info;
  const vault_entry *e = vault_table_find(&w->vault->blobs, name);
  if (w->removed >= w->most || (e != NULL && e->references > 0)) {
    return;
  }
  blob_files_path("blobs", name, path);
  if (fstatat(w->vault->place.directory, path, &info, AT_SYMLINK_NOFOLLOW) == 0 && is_old(w, info.st_mtime)) {
    remove_blob(w->vault, name, &w->removed);
  }
}

static void forget_partly(vault *v, const char *file_name) {
  char hex[DIGEST_HEX_BYTES];
  char path[BLOB_PATH_BYTES];
  digest name;
  snprintf(hex, sizeof hex, "%.*s", (int)sizeof hex - 1, file_name);
  if (strlen(hex) != DIGEST_HEX_BYTES - 1 || !digest_from_hex(hex, &name)) {
    return;
  }
  vault_entry *e = vault_table_find(&v->blobs, &name);
  for (vault_partly *p = e != NULL ? e->partly : NULL, *next = NULL; p != NULL; p = next) {
    next = p->next;
    vault_partly_path(&name, p->bytes, path);
    if (strcmp(strchr(path, '/') + 1, file_name) == 0) {
      vault_drop_partly(v, e, p);
    }
  }
}

/* The later of both times: a file that was moved here keeps the time of its content. */
static void remove_old_files(walk *w, const char *part) {
  const int directory = openat(w->vault->place.directory, part, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *listing = directory >= 0 ? fdopendir(directory) : NULL;
  for (const struct dirent *e; listing != NULL && w->removed < w->most && (e = readdir(listing)) != NULL;) {
    struct stat info;
    if (fstatat(directory, e->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(info.st_mode) &&
        is_old(w, info.st_mtime > info.st_ctime ? info.st_mtime : info.st_ctime)) {
      forget_partly(w->vault, e->d_name);
      w->removed += unlinkat(directory, e->d_name, 0) == 0;
    }
  }
  if (listing != NULL) {
    closedir(listing);
  } else if (directory >= 0) {
    close(directory);
  }
}

/* A part of which not all could be removed is walked again. */
static void walk_part(vault *v, walk *w) {
  if (v->walk_at < WALK_PARTLY) {
    blob_files_each_of(v->place.directory, (uint8_t)v->walk_at, remove_unreferred, w);
  } else {
    remove_old_files(w, v->walk_at == WALK_PARTLY ? "partly" : "hand-in");
  }
  v->walk_at += w->removed < w->most;
}

bool vault_tidy(vault *v, uint64_t now_s, uint64_t most, uint64_t *removed) {
  walk w = {.vault = v, .now_s = now_s, .most = most};
  remove_released(v, most, &w.removed);
  if (!v->walked || now_s < v->walked_s || now_s - v->walked_s >= WALK_S) {
    v->walked = true;
    v->walked_s = now_s;
    v->walk_at = 0;
  }
  if (v->walk_at < WALK_END && w.removed < most) {
    walk_part(v, &w);
  }
  if (removed != NULL) {
    *removed += w.removed;
  }
  return v->released_count > 0 || v->walk_at < WALK_END;
}
