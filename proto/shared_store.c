/* Files in the broker's directory: every size and every byte is compared before it counts. */
#include "proto/shared_store.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file_bytes.h"

/* While the broker compares a handed-in file there is no progress to report; chunks it hashes as they
 * arrive. */
#define HAND_IN_BYTES_MAX ((uint64_t)1 << 30)

enum {
  PROBE_BYTES = 16,
  PIECE_BYTES = 1 << 20,
  PATH_BYTES = MESSAGE_TEXT_MAX + 128,
  ROOM_LEFT_BYTES = 64 << 20
};

static bool probe_stands(const shared_store *s, slice probe) {
  char path[PATH_BYTES];
  char found[PROBE_BYTES];
  (void)snprintf(path, sizeof path, "%s/probe", s->directory);
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0) {
    return false;
  }
  const bool is_same =
      file_read(fd, found, sizeof found) == 0 && memcmp(found, probe.bytes, sizeof found) == 0;
  (void)close(fd);
  return is_same;
}

/* The directory for handed-in files; -1: there is none of this user.  A file in another user's directory
 * could not be read or kept by the broker, and a link could lead anywhere: the broker chose the path. */
static int open_hand_in(const shared_store *s) {
  char path[PATH_BYTES];
  struct stat info;
  (void)snprintf(path, sizeof path, "%s/hand-in", s->directory);
  const int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0 &&
      (fstat(fd, &info) != 0 || info.st_uid != geteuid() || faccessat(fd, ".", W_OK | X_OK, 0) != 0)) {
    (void)close(fd);
    return -1;
  }
  return fd;
}

static bool has_hand_in(const shared_store *s) {
  const int fd = open_hand_in(s);
  if (fd >= 0) {
    (void)close(fd);
  }
  return fd >= 0;
}

void shared_store_look(shared_store *s, const message *welcome) {
  const slice directory = welcome->texts[FIELD_STORE];
  const slice probe = welcome->texts[FIELD_PROBE];
  *s = (shared_store){.is_readable = false};
  if (directory.length == 0 || directory.length >= sizeof s->directory || directory.bytes[0] != '/' ||
      probe.length != PROBE_BYTES || memchr(directory.bytes, '\0', directory.length) != NULL) {
    return;
  }
  memcpy(s->directory, directory.bytes, directory.length);
  s->directory[directory.length] = '\0';
  s->is_readable = probe_stands(s, probe);
  s->is_writable = s->is_readable && has_hand_in(s);
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static void blob_path(const shared_store *s, const digest *name, char out[PATH_BYTES]) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  (void)snprintf(out, PATH_BYTES, "%s/blobs/%.2s/%s", s->directory, hex, hex);
}

static bool has_size(const struct stat *info, uint64_t bytes) {
  return S_ISREG(info->st_mode) && info->st_size >= 0 && (uint64_t)info->st_size == bytes;
}

bool shared_store_has(const shared_store *s, const digest *name, uint64_t bytes) {
  char path[PATH_BYTES];
  struct stat info;
  if (!s->is_readable) {
    return false;
  }
  blob_path(s, name, path);
  return lstat(path, &info) == 0 && has_size(&info, bytes);
}

static int open_blob(const shared_store *s, const digest *name, uint64_t bytes) {
  char path[PATH_BYTES];
  struct stat info;
  blob_path(s, name, path);
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd >= 0 && (fstat(fd, &info) != 0 || !has_size(&info, bytes))) {
    (void)close(fd);
    return -1;
  }
  return fd;
}

bool shared_store_read(const shared_store *s, const digest *name, uint64_t bytes, buf *out) {
  const int fd = s->is_readable ? open_blob(s, name, bytes) : -1;
  if (fd < 0) {
    return false;
  }
  digest found;
  error ignored;
  const bool is_right = buf_reserve(out, (size_t)bytes) &&
                        file_read(fd, out->data + out->length, (size_t)bytes) == 0 &&
                        digest_of(out->data + out->length, (size_t)bytes, &found, &ignored) == STATUS_OK &&
                        digest_equal(&found, name);
  (void)close(fd);
  out->length += is_right ? (size_t)bytes : 0;
  return is_right;
}

/* ---- Handing in ---------------------------------------------------------------------------------- */

static bool fill(int fd, uint64_t bytes, shared_store_source source, void *context) {
  char *piece = malloc(PIECE_BYTES);
  bool is_well = piece != NULL;
  for (uint64_t at = 0; is_well && at < bytes;) {
    const size_t length = bytes - at < PIECE_BYTES ? (size_t)(bytes - at) : PIECE_BYTES;
    is_well = source(context, at, piece, length) && file_write(fd, piece, length) == 0;
    at += length;
  }
  free(piece);
  return is_well;
}

/* The broker cannot refuse what is already on its disk: leave it the room that it needs. */
static bool has_room(int fd, uint64_t bytes) {
  struct statvfs info;
  uint64_t free_bytes = 0;
  return fstatvfs(fd, &info) == 0 &&
         (info.f_blocks == 0 ||
          __builtin_mul_overflow((uint64_t)info.f_bavail, (uint64_t)info.f_frsize, &free_bytes) ||
          (free_bytes >= ROOM_LEFT_BYTES && free_bytes - ROOM_LEFT_BYTES >= bytes));
}

/* Under another name first, so that the broker never sees half of it. */
static bool write_file(int directory, const char *hex, uint64_t bytes, shared_store_source source,
                       void *context) {
  char beside[DIGEST_HEX_BYTES + 32];
  uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
    return false;
  }
  (void)snprintf(beside, sizeof beside, "%s.%016" PRIx64, hex, number);
  const int fd = openat(directory, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) {
    return false;
  }
  bool is_well = has_room(fd, bytes) && fill(fd, bytes, source, context);
  is_well = close(fd) == 0 && is_well;
  is_well = is_well && renameat(directory, beside, directory, hex) == 0;
  if (!is_well) {
    (void)unlinkat(directory, beside, 0);
  }
  return is_well;
}

bool shared_store_hand_in(const shared_store *s, const digest *name, uint64_t bytes,
                          shared_store_source source, void *context) {
  char hex[DIGEST_HEX_BYTES];
  if (bytes > HAND_IN_BYTES_MAX) {
    return false;
  }
  const int directory = s->is_writable ? open_hand_in(s) : -1;
  if (directory < 0) {
    return false;
  }
  digest_hex(name, hex);
  const bool is_well = write_file(directory, hex, bytes, source, context);
  (void)close(directory);
  return is_well;
}

void shared_store_take_back(const shared_store *s, const digest *name) {
  char hex[DIGEST_HEX_BYTES];
  const int directory = open_hand_in(s);
  if (directory >= 0) {
    digest_hex(name, hex);
    (void)unlinkat(directory, hex, 0);
    (void)close(directory);
  }
}
