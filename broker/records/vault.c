/* Complete blobs: opening, finding, comparing, putting, syncing.
 *
 * A blob is renamed into blobs/ before it is synced, and not acknowledged before vault_sync: so after a power
 * cut a file there may be torn, which is detected by comparing it before its first use. */
#include "broker/records/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "broker/records/vault_inside.h"

/* ---- Telling ------------------------------------------------------------------------------------- */

void vault_warn(vault *v, const char *format, ...) {
  if (v->options.warn == NULL) {
    return;
  }
  error told;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(told.message, sizeof told.message, format, arguments);
  va_end(arguments);
  v->options.warn(v->options.context, told.message);
}

static status no_room(const vault *v, uint64_t bytes, const char *why, error *err) {
  return error_set(err, STATUS_IO,
                   "no room for %" PRIu64
                   " more bytes in the broker's store %s (%s); make room there, or drop datasets that are "
                   "no longer needed (canvass drop NAME)",
                   bytes, v->directory, why);
}

status vault_write_failed(const vault *v, uint64_t bytes, int problem, error *err) {
  if (problem == ENOSPC || problem == EDQUOT || problem == EFBIG) {
    return no_room(v, bytes, strerror(problem), err);
  }
  return error_set(err, STATUS_IO, "cannot write in the broker's store %s: %s", v->directory,
                   strerror(problem));
}

status vault_check_room(const vault *v, uint64_t bytes, uint64_t reserve_bytes, error *err) {
  struct statvfs info;
  if (fstatvfs(v->place.directory, &info) != 0) {
    return error_set(err, STATUS_IO, "cannot determine how much room there is in the broker's store %s: %s",
                     v->directory, strerror(errno));
  }
  uint64_t free_bytes;
  /* Without a number of blocks the file system has no limit of its own. */
  if (info.f_blocks == 0 || __builtin_mul_overflow((uint64_t)info.f_bavail, info.f_frsize, &free_bytes) ||
      (free_bytes >= reserve_bytes && free_bytes - reserve_bytes >= bytes)) {
    return STATUS_OK;
  }
  char why[128];
  snprintf(why, sizeof why, "%" PRIu64 " are free, and %" PRIu64 " must stay free for its records",
           free_bytes, reserve_bytes);
  return no_room(v, bytes, why, err);
}

/* ---- Opening ------------------------------------------------------------------------------------- */

static status fill_randomly(uint8_t *bytes, error *err) {
  return getrandom(bytes, VAULT_PROBE_BYTES, 0) == VAULT_PROBE_BYTES
             ? STATUS_OK
             : error_set(err, STATUS_IO, "the system provides no random bytes: %s", strerror(errno));
}

/* A new file: a process that still reads the old one must not see half of each. */
static status write_anew(vault *v, const char *name, const uint8_t *bytes, error *err) {
  unlinkat(v->place.directory, name, 0);
  const int file =
      openat(v->place.directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) {
    return vault_write_failed(v, VAULT_PROBE_BYTES, errno, err);
  }
  const ssize_t written = write(file, bytes, VAULT_PROBE_BYTES);
  const int problem = written < 0 ? errno : written != VAULT_PROBE_BYTES ? ENOSPC : 0;
  close(file);
  return problem == 0 ? STATUS_OK : vault_write_failed(v, VAULT_PROBE_BYTES, problem, err);
}

static status write_probe(vault *v, error *err) {
  TRY(fill_randomly(v->probe, err));
  return write_anew(v, "probe", v->probe, err);
}

/* One that is lost costs the late results of tasks that were given out before. */
static status open_secret(vault *v, error *err) {
  const int file = openat(v->place.directory, "secret", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  const ssize_t got = file >= 0 ? read(file, v->secret, sizeof v->secret) : -1;
  if (file >= 0) {
    close(file);
  }
  if (got == (ssize_t)sizeof v->secret) {
    return STATUS_OK;
  }
  TRY(fill_randomly(v->secret, err));
  return write_anew(v, "secret", v->secret, err);
}

static status open_parts(vault *v, const char *directory, error *err) {
  TRY(place_open(directory, PLACE_BROKER, v->options.network_allowed, &v->place, err));
  v->directory = realpath(directory, NULL);
  if (v->directory == NULL) {
    return error_set(err, STATUS_IO, "cannot resolve the path of the broker's store %s: %s", directory,
                     strerror(errno));
  }
  place_tell(&v->place, v->directory, v->options.warn, v->options.context);
  v->read_buffer = malloc(VAULT_READ_BYTES);
  if (v->read_buffer == NULL) {
    return error_no_memory(err, "the broker's store");
  }
  blob_files_tidy(v->place.directory);
  TRY(write_probe(v, err));
  TRY(open_secret(v, err));
  /* An earlier process may have ended between a rename and its sync. */
  return syncfs(v->place.directory) == 0 ? STATUS_OK : vault_write_failed(v, 0, errno, err);
}

status vault_open(const char *directory, const vault_options *options, vault **out, error *err) {
  *out = NULL;
  vault *v = calloc(1, sizeof *v);
  if (v == NULL) {
    return error_no_memory(err, "the broker's store");
  }
  v->options = *options;
  v->place = (place){.directory = -1, .lock = -1};
  const status st = open_parts(v, directory, err);
  if (st != STATUS_OK) {
    vault_close(v);
    return st;
  }
  *out = v;
  return STATUS_OK;
}

void vault_close(vault *v) {
  if (v == NULL) {
    return;
  }
  vault_table_fini(&v->blobs);
  place_close(&v->place);
  free(v->released);
  free(v->read_buffer);
  free(v->directory);
  free(v);
}

const char *vault_directory(const vault *v) {
  return v->directory;
}

const uint8_t *vault_probe(const vault *v) {
  return v->probe;
}

const uint8_t *vault_secret(const vault *v) {
  return v->secret;
}

/* ---- Comparing ----------------------------------------------------------------------------------- */

int vault_hash(vault *v, int file, uint64_t from, uint64_t to, digest_stream *stream) {
  while (from < to) {
    const size_t wanted = to - from < VAULT_READ_BYTES ? (size_t)(to - from) : VAULT_READ_BYTES;
    const ssize_t got = pread(file, v->read_buffer, wanted, (off_t)from);
    if (got == 0) {
      return ENODATA;
    }
    if (got < 0 && errno != EINTR) {
      return errno;
    }
    if (got > 0) {
      digest_stream_add(stream, v->read_buffer, (size_t)got);
      v->compared_bytes += (uint64_t)got;
      from += (uint64_t)got;
    }
  }
  return 0;
}

/* 0, or errno; ENODATA also when the bytes do not match NAME. */
static int compare_file(vault *v, int file, const digest *name, uint64_t bytes) {
  digest_stream *stream = digest_stream_new();
  if (stream == NULL) {
    return ENOMEM;
  }
  digest actual;
  const int problem = vault_hash(v, file, 0, bytes, stream);
  digest_stream_finish(stream, &actual);
  digest_stream_destroy(stream);
  return problem != 0 ? problem : digest_equal(&actual, name) ? 0 : ENODATA;
}

/* Where one blob is damaged, others may be: all are compared again before their next use. */
static void set_aside(vault *v, const digest *name, const char *what) {
  char hex[DIGEST_HEX_BYTES];
  for (size_t i = 0; i < v->blobs.count; i++) {
    v->blobs.at[i].is_whole = false;
  }
  digest_hex(name, hex);
  blob_files_set_aside(v->place.directory, name);
  vault_warn(v, "the broker's store %s: blob %s %s; it is set aside (%s/aside) and must be sent again",
             v->directory, hex, what, v->directory);
}

/* Compares the file of NAME; *FOUND is false when there is none, or it had to be set aside. */
static status compare(vault *v, const digest *name, bool *found, error *err) {
  char path[BLOB_PATH_BYTES];
  struct stat info;
  *found = false;
  blob_files_path("blobs", name, path);
  const int file = openat(v->place.directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    return STATUS_OK;
  }
  int problem = file >= 0 && fstat(file, &info) == 0 ? 0 : errno;
  if (problem == 0) {
    problem = S_ISREG(info.st_mode) ? compare_file(v, file, name, (uint64_t)info.st_size) : ENODATA;
  }
  if (file >= 0) {
    close(file);
  }
  if (problem == ENODATA || problem == EIO || problem == ELOOP) {
    set_aside(v, name, problem == EIO ? "cannot be read" : "was altered or cut off");
    return STATUS_OK;
  }
  if (problem != 0) {
    return error_set(err, problem == ENOMEM ? STATUS_NO_MEMORY : STATUS_IO, "the broker's store: %s/%s: %s",
                     v->directory, path, strerror(problem));
  }
  *found = true;
  vault_entry *e = vault_table_add(&v->blobs, name);
  if (e == NULL) {
    return error_no_memory(err, "the broker's store");
  }
  e->is_whole = true;
  e->bytes = (uint64_t)info.st_size;
  return STATUS_OK;
}

/* What was compared may have been cut off or removed since. */
static status find_whole(vault *v, const digest *name, uint64_t *bytes, bool *found, error *err) {
  *found = false;
  vault_entry *e = vault_table_find(&v->blobs, name);
  if (e != NULL && e->is_whole) {
    *found = blob_files_size(v->place.directory, name, bytes) && *bytes == e->bytes;
    e->is_whole = *found;
  }
  if (!*found) {
    TRY(compare(v, name, found, err));
    if (*found) {
      *bytes = vault_table_find(&v->blobs, name)->bytes;
    }
  }
  return STATUS_OK;
}

uint64_t vault_compared_bytes(const vault *v) {
  return v->compared_bytes;
}

bool vault_has(vault *v, const digest *name, uint64_t *bytes) {
  uint64_t size = 0;
  bool found = false;
  error err;
  if (find_whole(v, name, &size, &found, &err) != STATUS_OK) {
    vault_warn(v, "%s", err.message);
    return false;
  }
  if (found && bytes != NULL) {
    *bytes = size;
  }
  return found;
}

status vault_get(vault *v, const digest *name, store_blob *out, error *err) {
  uint64_t bytes = 0;
  bool found = false;
  TRY(find_whole(v, name, &bytes, &found, err));
  if (found) {
    TRY(blob_files_map(v->place.directory, name, out, &found, err));
  }
  if (!found) {
    char hex[DIGEST_HEX_BYTES];
    digest_hex(name, hex);
    return error_set(err, STATUS_NOT_FOUND, "the broker's store has no blob %s", hex);
  }
  return STATUS_OK;
}

void vault_doubt(vault *v, const digest *name) {
  vault_entry *e = vault_table_find(&v->blobs, name);
  if (e != NULL) {
    e->is_whole = false;
  }
}

/* ---- Putting and syncing ------------------------------------------------------------------------- */

status vault_note_whole(vault *v, const digest *name, uint64_t bytes, error *err) {
  if (v->unsynced_count < VAULT_SYNCED_SINGLY_MAX) {
    v->unsynced[v->unsynced_count] = *name;
  }
  v->unsynced_count++;
  vault_entry *e = vault_table_add(&v->blobs, name);
  if (e == NULL) {
    return error_no_memory(err, "the broker's store");
  }
  vault_remove_partly(v, e);
  e->is_whole = true;
  e->is_wanted = true;
  e->bytes = bytes;
  return STATUS_OK;
}

status vault_put(vault *v, const void *bytes, size_t length, digest *name, error *err) {
  TRY(digest_of(bytes, length, name, err));
  v->compared_bytes += length;
  uint64_t offset = 0;
  bool found = false;
  TRY(find_whole(v, name, &offset, &found, err));
  if (found) {
    vault_touch(v, name);
    return STATUS_OK;
  }
  TRY(vault_check_room(v, length, VAULT_RESERVE_BYTES, err));
  const int problem = blob_files_write_unsynced(v->place.directory, name, bytes, length);
  return problem == 0 ? vault_note_whole(v, name, length, err) : vault_write_failed(v, length, problem, err);
}

status vault_check_place(const vault *v, error *err) {
  return place_check(&v->place, v->directory, err);
}

status vault_sync(vault *v, error *err) {
  int problem = 0;
  TRY(vault_check_place(v, err));
  if (v->unsynced_count <= VAULT_SYNCED_SINGLY_MAX) {
    for (size_t i = 0; i < v->unsynced_count && (problem == 0 || problem == ENOENT); i++) {
      bool *is_synced = &v->fans_synced[v->unsynced[i].bytes[0]];
      problem = blob_files_sync(v->place.directory, &v->unsynced[i], !*is_synced);
      *is_synced = *is_synced || problem == 0;
    }
  } else if (syncfs(v->place.directory) != 0) {
    problem = errno;
  }
  /* One that was removed since needs no sync. */
  if (problem != 0 && problem != ENOENT) {
    return vault_write_failed(v, 0, problem, err);
  }
  v->unsynced_count = 0;
  return STATUS_OK;
}
