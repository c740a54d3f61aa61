/* Removal: references, and the search for unreferenced blobs.
 *
 * Blobs whose last reference was dropped are listed and removed with the next tidying.  Those that never had
 * one, and what stayed in partly/ and hand-in/, are found by walking through the directories from time to
 * time. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "broker/records/vault_inside.h"

enum { WALK_S = 3600 };

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

static void remove_released(vault *v, uint64_t *removed) {
  if (v->released_overflow) {
    /* What could not be listed is found later by its age. */
    for (size_t i = 0; i < v->blobs.count; i++) {
      v->blobs.at[i].is_listed = false;
    }
    v->released_overflow = false;
  }
  for (size_t i = 0; i < v->released_count; i++) {
    const digest name = v->released[i];
    vault_entry *e = vault_table_find(&v->blobs, &name);
    if (e == NULL) {
      continue;
    }
    e->is_listed = false;
    if (e->references == 0 && !e->is_wanted) {
      remove_blob(v, &name, removed);
    }
  }
  v->released_count = 0;
}

/* ---- Walking ------------------------------------------------------------------------------------- */

typedef struct walk {
  vault *vault;
  uint64_t now_s;
  uint64_t removed;
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
  if (e != NULL && e->references > 0) {
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
  for (const struct dirent *e; listing != NULL && (e = readdir(listing)) != NULL;) {
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

void vault_tidy(vault *v, uint64_t now_s, uint64_t *removed) {
  walk w = {.vault = v, .now_s = now_s};
  remove_released(v, &w.removed);
  if (!v->walked || now_s < v->walked_s || now_s - v->walked_s >= WALK_S) {
    v->walked = true;
    v->walked_s = now_s;
    blob_files_each(v->place.directory, remove_unreferred, &w);
    remove_old_files(&w, "partly");
    remove_old_files(&w, "hand-in");
  }
  if (removed != NULL) {
    *removed = w.removed;
  }
}
