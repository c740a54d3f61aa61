/* Files of blobs. */
#include "store/blob_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_bytes.h"

enum { FAN_HEX = 2 };

void blob_files_path(const char *part, const digest *name, char out[BLOB_PATH_BYTES]) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  if (strcmp(part, "blobs") == 0) {
    snprintf(out, BLOB_PATH_BYTES, "blobs/%.*s/%s", FAN_HEX, hex, hex);
  } else {
    snprintf(out, BLOB_PATH_BYTES, "%s/%s", part, hex);
  }
}

typedef struct blob_path {
  char text[BLOB_PATH_BYTES];
} blob_path;

static blob_path path_of(const char *part, const digest *name) {
  blob_path p;
  blob_files_path(part, name, p.text);
  return p;
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static status write_failed(size_t length, int problem, error *err) {
  if (problem == ENOSPC || problem == EDQUOT || problem == EFBIG) {
    return error_set(
        err, STATUS_IO,
        "no space for %zu more bytes in the store (%s); make room there, name a store elsewhere, or "
        "keep less (--cache-bytes)",
        length, strerror(problem));
  }
  return error_set(err, STATUS_IO, "cannot write %zu bytes into the store: %s", length, strerror(problem));
}

int blob_files_adopt(int directory, const char *from, const digest *name) {
  const blob_path to = path_of("blobs", name);
  if (renameat(directory, from, directory, to.text) == 0) {
    return 0;
  }
  blob_path fan = to;
  *strrchr(fan.text, '/') = 0;
  if (errno != ENOENT || (mkdirat(directory, fan.text, 0700) != 0 && errno != EEXIST)) {
    return errno;
  }
  return renameat(directory, from, directory, to.text) == 0 ? 0 : errno;
}

static int write_file(int directory, const digest *name, const void *bytes, size_t length, bool synced) {
  static atomic_uint numbers;
  char incoming[BLOB_PATH_BYTES];
  snprintf(incoming, sizeof incoming, "incoming/%u", atomic_fetch_add(&numbers, 1));
  const int file = openat(directory, incoming, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) {
    return errno;
  }
  int problem = file_write(file, bytes, length);
  if (problem == 0 && synced && fsync(file) != 0) {
    problem = errno;
  }
  if (close(file) != 0 && problem == 0) {
    problem = errno;
  }
  problem = problem == 0 ? blob_files_adopt(directory, incoming, name) : problem;
  if (problem != 0) {
    unlinkat(directory, incoming, 0);
  }
  return problem;
}

status blob_files_write(int directory, const digest *name, const void *bytes, size_t length, error *err) {
  const int problem = write_file(directory, name, bytes, length, true);
  return problem == 0 ? STATUS_OK : write_failed(length, problem, err);
}

int blob_files_write_unsynced(int directory, const digest *name, const void *bytes, size_t length) {
  return write_file(directory, name, bytes, length, false);
}

static int sync_path(int directory, const char *path) {
  const int file = openat(directory, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return errno;
  }
  const int problem = fsync(file) == 0 ? 0 : errno;
  close(file);
  return problem;
}

int blob_files_sync(int directory, const digest *name, bool and_fan) {
  blob_path path = path_of("blobs", name);
  int problem = sync_path(directory, path.text);
  /* The file's directory, which names it, and blobs/, which names that. */
  for (int i = 0; i < (and_fan ? 2 : 1) && problem == 0; i++) {
    *strrchr(path.text, '/') = 0;
    problem = sync_path(directory, path.text);
  }
  return problem;
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static status map_open(int file, const char *path, store_blob *out, error *err) {
  struct stat info;
  if (fstat(file, &info) != 0) {
    return error_set(err, STATUS_IO, "the store: %s: %s", path, strerror(errno));
  }
  if (info.st_size == 0) {
    return STATUS_OK;
  }
  const size_t length = (size_t)info.st_size;
  void *mapping = mmap(NULL, length, PROT_READ, MAP_SHARED, file, 0);
  if (mapping == MAP_FAILED) {
    return error_set(err, errno == ENOMEM ? STATUS_NO_MEMORY : STATUS_IO,
                     "the store: mapping %zu bytes of %s: %s", length, path, strerror(errno));
  }
  *out = (store_blob){mapping, length, mapping, length};
  return STATUS_OK;
}

status blob_files_map(int directory, const digest *name, store_blob *out, bool *found, error *err) {
  const blob_path path = path_of("blobs", name);
  *out = (store_blob){.bytes = ""};
  *found = false;
  const int file = openat(directory, path.text, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return errno == ENOENT
               ? STATUS_OK
               : error_set(err, STATUS_IO, "the store: cannot open %s: %s", path.text, strerror(errno));
  }
  const status st = map_open(file, path.text, out, err);
  close(file);
  *found = st == STATUS_OK;
  return st;
}

status blob_files_open(int directory, const digest *name, int *file, error *err) {
  const blob_path path = path_of("blobs", name);
  *file = openat(directory, path.text, O_RDONLY | O_CLOEXEC);
  return *file >= 0 ? STATUS_OK
                    : error_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO,
                                "the store: cannot open %s: %s", path.text, strerror(errno));
}

bool blob_files_size(int directory, const digest *name, uint64_t *bytes) {
  const blob_path path = path_of("blobs", name);
  struct stat info;
  if (fstatat(directory, path.text, &info, 0) != 0 || !S_ISREG(info.st_mode)) {
    return false;
  }
  *bytes = (uint64_t)info.st_size;
  return true;
}

void blob_files_remove(int directory, const digest *name) {
  const blob_path path = path_of("blobs", name);
  unlinkat(directory, path.text, 0);
}

void blob_files_set_aside(int directory, const digest *name) {
  const blob_path from = path_of("blobs", name);
  const blob_path to = path_of("aside", name);
  if (renameat(directory, from.text, directory, to.text) != 0) {
    unlinkat(directory, from.text, 0);
  }
}

/* ---- Walking ------------------------------------------------------------------------------------- */

static DIR *list(int directory, const char *name) {
  const int part = openat(directory, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *listing = part >= 0 ? fdopendir(part) : NULL;
  if (listing == NULL && part >= 0) {
    close(part);
  }
  return listing;
}

void blob_files_tidy(int directory) {
  DIR *listing = list(directory, "incoming");
  for (const struct dirent *e; listing != NULL && (e = readdir(listing)) != NULL;) {
    if (e->d_name[0] != '.') {
      unlinkat(dirfd(listing), e->d_name, 0);
    }
  }
  if (listing != NULL) {
    closedir(listing);
  }
}

static void each_of_fan(int fan, void (*visit)(void *context, const digest *name, uint64_t bytes),
                        void *context) {
  DIR *listing = fan >= 0 ? fdopendir(fan) : NULL;
  for (const struct dirent *e; listing != NULL && (e = readdir(listing)) != NULL;) {
    digest name;
    struct stat info;
    if (strlen(e->d_name) == DIGEST_HEX_BYTES - 1 && digest_from_hex(e->d_name, &name) &&
        fstatat(fan, e->d_name, &info, 0) == 0 && S_ISREG(info.st_mode)) {
      visit(context, &name, (uint64_t)info.st_size);
    }
  }
  if (listing != NULL) {
    closedir(listing);
  } else if (fan >= 0) {
    close(fan);
  }
}

void blob_files_each(int directory, void (*visit)(void *context, const digest *name, uint64_t bytes),
                     void *context) {
  DIR *listing = list(directory, "blobs");
  for (const struct dirent *e; listing != NULL && (e = readdir(listing)) != NULL;) {
    if (e->d_name[0] != '.') {
      each_of_fan(openat(dirfd(listing), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC), visit, context);
    }
  }
  if (listing != NULL) {
    closedir(listing);
  }
}

void blob_files_each_of(int directory, uint8_t first,
                        void (*visit)(void *context, const digest *name, uint64_t bytes), void *context) {
  char path[sizeof "blobs/00"];
  snprintf(path, sizeof path, "blobs/%02x", (unsigned)first);
  each_of_fan(openat(directory, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), visit, context);
}
