/* Files in the broker's hand-in/: written under another name, then renamed, so that one is complete or
 * absent. */
#include "worker/hand_in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/blob_files.h"
#include "worker/inside.h"

enum { PROBE_BYTES = 16, ROOM_LEFT_BYTES = 16 << 20 };

bool hand_in_probe(const char *directory, slice probe) {
  if (probe.length != PROBE_BYTES) {
    return false;
  }
  const int at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (at < 0) {
    return false;
  }
  const int file = openat(at, "probe", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  char bytes[PROBE_BYTES];
  const ssize_t length = file >= 0 ? read(file, bytes, sizeof bytes) : -1;
  if (file >= 0) {
    close(file);
  }
  close(at);
  return length == PROBE_BYTES && memcmp(bytes, probe.bytes, probe.length) == 0;
}

/* A file in another user's directory could not be read or kept by the broker, and a link could lead anywhere:
 * the broker chose the path. -1: there is none of this user. */
static int open_hand_in(int directory) {
  struct stat info;
  const int at = openat(directory, "hand-in", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (at >= 0 &&
      (fstat(at, &info) != 0 || info.st_uid != geteuid() || faccessat(at, ".", W_OK | X_OK, 0) != 0)) {
    close(at);
    return -1;
  }
  return at;
}

static bool write_all(int file, const uint8_t *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    const ssize_t written = write(file, bytes + done, length - done);
    if (written < 0 && errno != EINTR) {
      return false;
    }
    if (written == 0) {
      return false;
    }
    done += written > 0 ? (size_t)written : 0;
  }
  return true;
}

/* The broker cannot refuse what is already on its disk: leave it room for its records. */
static bool has_room(int file, size_t length) {
  struct statvfs info;
  uint64_t free_bytes = 0;
  return fstatvfs(file, &info) == 0 &&
         (info.f_blocks == 0 ||
          __builtin_mul_overflow((uint64_t)info.f_bavail, (uint64_t)info.f_frsize, &free_bytes) ||
          (free_bytes >= ROOM_LEFT_BYTES && free_bytes - ROOM_LEFT_BYTES >= length));
}

static void write_file(int directory, const digest *name, const store_blob *blob) {
  static atomic_uint numbers;
  char to[DIGEST_HEX_BYTES];
  char from[64];
  digest_hex(name, to);
  snprintf(from, sizeof from, "%ld-%u", (long)getpid(), atomic_fetch_add(&numbers, 1));
  const int file = openat(directory, from, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return;
  }
  bool good = has_room(file, blob->length) && write_all(file, blob->bytes, blob->length);
  good = close(file) == 0 && good;
  if (!good || renameat(directory, from, directory, to) != 0) {
    unlinkat(directory, from, 0);
  }
}

void hand_in(worker *w, const digest *name) {
  char path[DIRECTORY_BYTES];
  pthread_mutex_lock(&w->mutex);
  memcpy(path, w->directory, sizeof path);
  pthread_mutex_unlock(&w->mutex);
  if (path[0] == 0) {
    return;
  }
  const int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int ours = directory >= 0 ? open_hand_in(directory) : -1;
  uint64_t there = 0;
  store_blob blob;
  if (ours >= 0 && !blob_files_size(directory, name, &there) &&
      store_get(w->options.shards, name, &blob, NULL) == STATUS_OK) {
    write_file(ours, name, &blob);
    store_release(&blob);
  }
  if (ours >= 0) {
    close(ours);
  }
  if (directory >= 0) {
    close(directory);
  }
}
