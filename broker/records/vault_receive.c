/* Arrivals: chunks, which grow partly/HEX-BYTES, and whole files in hand-in/.
 *
 * BYTES is the blob's final length.  Before the whole is compared it is unknown which offer gives it
 * correctly: so offers of different sizes do not touch each other's beginnings, and only one of them can
 * succeed.  The file's size is what has been received: so receiving goes on after a restart.  Its bytes are
 * read back and hashed while chunks come, and never many at a time, so that comparing a large blob does not
 * keep the broker from everything else. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_bytes.h"
#include "broker/records/vault_inside.h"

enum {
  PARTLY_MAX = 65536
}; /* blobs being received: beyond that the least recently touched one is forgotten */

/* ---- Blobs being received ----------------------------------------------------------------------- */

void vault_partly_path(const digest *name, uint64_t bytes, char out[BLOB_PATH_BYTES]) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  snprintf(out, BLOB_PATH_BYTES, "partly/%s-%" PRIu64, hex, bytes);
}

/* The one of E (may be NULL) with that size; NULL: there is none. */
static vault_partly *find_partly(const vault_entry *e, uint64_t bytes) {
  vault_partly *p = e != NULL ? e->partly : NULL;
  while (p != NULL && p->bytes != bytes) {
    p = p->next;
  }
  return p;
}

void vault_drop_partly(vault *v, vault_entry *e, vault_partly *p) {
  vault_partly **link = &e->partly;
  while (*link != p) {
    link = &(*link)->next;
  }
  *link = p->next;
  vault_partly_destroy(p);
  v->partly_count--;
}

static void forget_oldest(vault *v) {
  vault_entry *owner = NULL;
  vault_partly *oldest = NULL;
  for (size_t i = 0; i < v->blobs.count; i++) {
    for (vault_partly *p = v->blobs.at[i].partly; p != NULL; p = p->next) {
      if (oldest == NULL || p->touched < oldest->touched) {
        owner = &v->blobs.at[i];
        oldest = p;
      }
    }
  }
  if (oldest != NULL) {
    vault_drop_partly(v, owner, oldest);
  }
}

/* How much of NAME is in partly/. */
static uint64_t partly_size(const vault *v, const digest *name, uint64_t bytes) {
  char path[BLOB_PATH_BYTES];
  struct stat info;
  vault_partly_path(name, bytes, path);
  if (fstatat(v->place.directory, path, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return 0;
  }
  return S_ISREG(info.st_mode) ? (uint64_t)info.st_size : UINT64_MAX;
}

static void remove_partly(vault *v, const digest *name, uint64_t bytes) {
  char path[BLOB_PATH_BYTES];
  vault_partly_path(name, bytes, path);
  unlinkat(v->place.directory, path, 0);
  vault_entry *e = vault_table_find(&v->blobs, name);
  vault_partly *p = find_partly(e, bytes);
  if (p != NULL) {
    vault_drop_partly(v, e, p);
  }
}

void vault_remove_partly(vault *v, vault_entry *e) {
  while (e->partly != NULL) {
    remove_partly(v, &e->name, e->partly->bytes);
  }
}

/* The one of NAME, resumed where it stopped. */
static status begin_partly(vault *v, const digest *name, uint64_t bytes, vault_partly **out, error *err) {
  vault_partly *p = find_partly(vault_table_find(&v->blobs, name), bytes);
  if (p == NULL) {
    if (v->partly_count >= PARTLY_MAX) {
      forget_oldest(v);
    }
    vault_entry *e = vault_table_add(&v->blobs, name);
    p = e != NULL ? calloc(1, sizeof *p) : NULL;
    if (p == NULL) {
      return error_no_memory(err, "receiving a blob");
    }
    p->bytes = bytes;
    p->have = partly_size(v, name, bytes);
    p->next = e->partly;
    e->partly = p;
    v->partly_count++;
  }
  if (p->have > bytes) { /* too long to be a beginning of it */
    char path[BLOB_PATH_BYTES];
    vault_partly_path(name, bytes, path);
    unlinkat(v->place.directory, path, 0);
    p->have = 0;
  }
  p->touched = ++v->clock;
  *out = p;
  return STATUS_OK;
}

/* ---- Comparing ----------------------------------------------------------------------------------- */

static void warn_handed_in(vault *v, const digest *name, const char *why) {
  char path[BLOB_PATH_BYTES];
  blob_files_path("hand-in", name, path);
  vault_warn(v, "the broker's store %s: %s, written by a client, %s; it is removed", v->directory, path, why);
}

static status not_as_named(vault *v, const digest *name, const vault_partly *p, error *err) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  if (p->is_handed_in) {
    warn_handed_in(v, name, "does not match its name");
  }
  remove_partly(v, name, p->bytes);
  return error_set(err, STATUS_CORRUPT,
                   "what was received as blob %s does not match its name; offer it again", hex);
}

/* Hashes a limited part of what has been received. */
static int hash_ahead(vault *v, int file, vault_partly *p) {
  if (p->stream == NULL) {
    p->stream = digest_stream_new();
    p->hashed = 0;
    if (p->stream == NULL) {
      return ENOMEM;
    }
  }
  uint64_t to = p->have;
  if (to - p->hashed > VAULT_COMPARED_BYTES) {
    to = p->hashed + VAULT_COMPARED_BYTES;
  }
  const int problem = vault_hash(v, file, p->hashed, to, p->stream);
  if (problem != 0) {
    /* How far the stream got is unknown: it begins again. */
    digest_stream_destroy(p->stream);
    p->stream = NULL;
    return problem;
  }
  p->hashed = to;
  return 0;
}

/* All its bytes went through the stream. */
static status finish(vault *v, const digest *name, vault_partly *p, error *err) {
  digest actual;
  const uint64_t bytes = p->bytes;
  digest_stream_finish(p->stream, &actual);
  digest_stream_destroy(p->stream);
  p->stream = NULL;
  if (!digest_equal(&actual, name)) {
    return not_as_named(v, name, p, err);
  }
  char path[BLOB_PATH_BYTES];
  vault_partly_path(name, bytes, path);
  const int problem = blob_files_adopt(v->place.directory, path, name);
  if (problem != 0) {
    return vault_write_failed(v, bytes, problem, err);
  }
  TRY(vault_note_whole(v, name, bytes, err));
  vault_touch(v, name); /* however old a handed-in file is: the blob's age counts from now */
  return STATUS_OK;
}

/* PROBLEM of hashing; ENODATA: the file was truncated. */
static status go_on(vault *v, const digest *name, vault_partly *p, int problem, error *err) {
  if (problem == ENODATA) {
    return not_as_named(v, name, p, err);
  }
  if (problem == ENOMEM) {
    return error_no_memory(err, "receiving a blob");
  }
  if (problem == 0 && p->hashed == p->bytes) {
    return finish(v, name, p, err);
  }
  return problem == 0 ? STATUS_OK : vault_write_failed(v, 0, problem, err);
}

/* HOW: O_RDONLY or O_RDWR. */
static int open_partly(const vault *v, const digest *name, uint64_t bytes, int how) {
  char path[BLOB_PATH_BYTES];
  vault_partly_path(name, bytes, path);
  return openat(v->place.directory, path, how | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
}

/* ---- Files that were handed in ------------------------------------------------------------------- */

/* Why the file PATH may not become a blob of BYTES; NULL: it may, if its bytes are right. */
static const char *why_not(const vault *v, const char *path, uint64_t bytes) {
  struct stat info;
  const int file = openat(v->place.directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  const bool is_file = file >= 0 && fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  if (file >= 0) {
    close(file);
  }
  if (!is_file) {
    return "is not a readable file";
  }
  if (info.st_nlink != 1) {
    return "has other links, through which it can be changed";
  }
  return (uint64_t)info.st_size == bytes ? NULL : "differs in size from the offer";
}

/* Takes the file of that name in hand-in/, if there is one, as if it had come in chunks.  It is moved first,
 * so that it cannot be replaced after it was checked.  An unusable one is removed; the blob
 * then arrives in chunks. */
static status take_hand_in(vault *v, const digest *name, uint64_t bytes, error *err) {
  char from[BLOB_PATH_BYTES];
  char moved[BLOB_PATH_BYTES];
  char to[BLOB_PATH_BYTES];
  struct stat info;
  blob_files_path("hand-in", name, from);
  if (fstatat(v->place.directory, from, &info, AT_SYMLINK_NOFOLLOW) != 0 || S_ISDIR(info.st_mode)) {
    return STATUS_OK;
  }
  snprintf(moved, sizeof moved, "incoming/handed-%" PRIu64, ++v->incoming_count);
  if (renameat(v->place.directory, from, v->place.directory, moved) != 0) {
    return STATUS_OK;
  }
  const char *why = why_not(v, moved, bytes);
  if (why != NULL) {
    unlinkat(v->place.directory, moved, 0);
    warn_handed_in(v, name, why);
    return STATUS_OK;
  }
  remove_partly(v, name, bytes);
  vault_partly_path(name, bytes, to);
  if (renameat(v->place.directory, moved, v->place.directory, to) != 0) {
    const int problem = errno;
    unlinkat(v->place.directory, moved, 0);
    return vault_write_failed(v, bytes, problem, err);
  }
  vault_partly *p = NULL;
  TRY(begin_partly(v, name, bytes, &p, err));
  p->is_handed_in = true;
  return STATUS_OK;
}

/* ---- Receiving ----------------------------------------------------------------------------------- */

static status take_up(vault *v, const digest *name, uint64_t bytes, uint64_t *offset, error *err) {
  vault_partly *p = NULL;
  TRY(begin_partly(v, name, bytes, &p, err));
  if (p->have == bytes) { /* not compared yet, or not completely; or it is empty */
    const int file = open_partly(v, name, bytes, O_RDONLY);
    const int problem = file >= 0 ? hash_ahead(v, file, p) : errno;
    if (file >= 0) {
      close(file);
    }
    const status st = go_on(v, name, p, problem, err);
    if (st == STATUS_CORRUPT && bytes > 0) {
      return take_up(v, name, bytes, offset, err); /* now from 0 */
    }
    TRY(st);
    *offset = bytes;
    return STATUS_OK;
  }
  *offset = p->have;
  return vault_check_room(v, bytes - p->have, VAULT_RESERVE_BYTES, err);
}

status vault_receive(vault *v, const digest *name, uint64_t bytes, uint64_t *offset, error *err) {
  *offset = 0;
  if (bytes > VAULT_BLOB_BYTES_MAX) {
    return error_set(err, STATUS_LIMIT, "a blob of %" PRIu64 " bytes; at most %" PRIu64 " are taken", bytes,
                     VAULT_BLOB_BYTES_MAX);
  }
  if (vault_has(v, name, NULL)) {
    vault_touch(v, name);
    remove_partly(v, name, bytes);
    *offset = bytes;
    return STATUS_OK;
  }
  const vault_partly *p = find_partly(vault_table_find(&v->blobs, name), bytes);
  if (p == NULL || p->have < bytes) {
    TRY(take_hand_in(v, name, bytes, err));
  }
  return take_up(v, name, bytes, offset, err);
}

static status append(vault *v, const digest *name, vault_partly *p, const void *bytes, size_t length,
                     error *err) {
  TRY(vault_check_room(v, length, VAULT_RESERVE_BYTES, err));
  const int file = open_partly(v, name, p->bytes, O_RDWR);
  if (file < 0) {
    return vault_write_failed(v, length, errno, err);
  }
  int problem = file_write_at(file, p->have, bytes, length);
  if (problem != 0) {
    /* The size tells how much was received, also after a restart. */
    const int ignored = ftruncate(file, (off_t)p->have);
    (void)ignored; /* what stays of it is a correct beginning of the chunk anyway */
    close(file);
    return vault_write_failed(v, length, problem, err);
  }
  p->have += length;
  problem = hash_ahead(v, file, p);
  close(file);
  return go_on(v, name, p, problem, err);
}

status vault_chunk(vault *v, const digest *name, uint64_t whole, uint64_t offset, const void *bytes,
                   size_t length, uint64_t *next, error *err) {
  *next = 0;
  vault_entry *e = vault_table_find(&v->blobs, name);
  if (e != NULL && e->is_whole) {
    *next = e->bytes;
    return STATUS_OK;
  }
  vault_partly *p = find_partly(e, whole);
  if (p == NULL) {
    char hex[DIGEST_HEX_BYTES];
    digest_hex(name, hex);
    return error_set(err, STATUS_NOT_FOUND, "a chunk of blob %s, which was not offered; offer it again", hex);
  }
  p->touched = ++v->clock;
  *next = p->have;
  if (offset != p->have || length == 0) {
    return STATUS_OK;
  }
  if (length > p->bytes - p->have) {
    *next = 0;
    return not_as_named(v, name, p, err);
  }
  const uint64_t after = p->have + length;
  const status st = append(v, name, p, bytes, length, err);
  *next = st == STATUS_OK ? after : st == STATUS_CORRUPT ? 0 : offset;
  return st;
}
