/* Reads with read(2): a mapped file that cannot be read would end the process. */
#include "store/blob_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "store/blob_files.h"

enum { PIECE_BYTES = 256 << 10, PRIVATE_FILE = 0600, PRIVATE_DIRECTORY = 0700 };

/* ---- Reading ------------------------------------------------------------------------------------- */

/* Passes all of FILE on, to STREAM or to the file COPY.  0, or errno. */
static int read_all(int file, digest_stream *stream, int copy, uint64_t *bytes) {
  uint8_t *piece = malloc(PIECE_BYTES);
  int problem = piece == NULL ? ENOMEM : 0;
  *bytes = 0;
  for (ssize_t got = 1; problem == 0 && got != 0;) {
    got = read(file, piece, PIECE_BYTES);
    if (got < 0) {
      problem = errno == EINTR ? 0 : errno;
      continue;
    }
    if (stream != NULL) {
      digest_stream_add(stream, piece, (size_t)got);
    }
    for (ssize_t done = 0, put = 0; copy >= 0 && done < got && problem == 0; done += put) {
      put = write(copy, piece + done, (size_t)(got - done));
      problem = put < 0 && errno != EINTR ? errno : 0;
      put = put < 0 ? 0 : put;
    }
    *bytes += (uint64_t)got;
  }
  free(piece);
  return problem;
}

static status cannot_read(int problem, error *err) {
  return problem == ENOENT || problem == ENOTDIR ? error_set(err, STATUS_NOT_FOUND, "is missing")
         : problem == ENOMEM                     ? error_no_memory(err, "reading a blob")
                             : error_set(err, STATUS_IO, "cannot be read: %s", strerror(problem));
}

/* *FILE is a plain file, to be closed. */
static status open_blob(int directory, const digest *name, int *file, error *err) {
  char path[BLOB_PATH_BYTES];
  struct stat info;
  blob_files_path("blobs", name, path);
  *file = openat(directory, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (*file < 0 || fstat(*file, &info) != 0) {
    const int problem = errno;
    if (*file >= 0) {
      close(*file);
    }
    return cannot_read(problem, err);
  }
  if (!S_ISREG(info.st_mode)) {
    close(*file);
    return error_set(err, STATUS_CORRUPT, "is not a plain file");
  }
  return STATUS_OK;
}

status blob_check(int directory, const digest *name, uint64_t *bytes, error *err) {
  int file = -1;
  digest actual;
  *bytes = 0;
  TRY(open_blob(directory, name, &file, err));
  digest_stream *stream = digest_stream_new();
  const int problem = stream != NULL ? read_all(file, stream, -1, bytes) : ENOMEM;
  close(file);
  if (stream != NULL) {
    digest_stream_finish(stream, &actual);
    digest_stream_destroy(stream);
  }
  if (problem != 0) {
    return cannot_read(problem, err);
  }
  return digest_equal(&actual, name) ? STATUS_OK : error_set(err, STATUS_CORRUPT, "was altered or cut off");
}

/* ---- Giving -------------------------------------------------------------------------------------- */

static status cannot_give(const digest *name, int problem, error *err) {
  char hex[DIGEST_HEX_BYTES];
  digest_hex(name, hex);
  return error_set(err, STATUS_IO, "cannot write blob %s: %s", hex, strerror(problem));
}

static int link_blob(int from, int to, const digest *name) {
  char path[BLOB_PATH_BYTES];
  blob_files_path("blobs", name, path);
  if (linkat(from, path, to, path, 0) == 0 || errno == EEXIST) {
    return 0;
  }
  if (errno != ENOENT) {
    return errno;
  }
  char fan[BLOB_PATH_BYTES];
  blob_files_path("blobs", name, fan);
  *strrchr(fan, '/') = '\0';
  if (mkdirat(to, fan, PRIVATE_DIRECTORY) != 0 && errno != EEXIST) {
    return errno;
  }
  return linkat(from, path, to, path, 0) == 0 || errno == EEXIST ? 0 : errno;
}

static status copy_blob(int from, int to, const digest *name, error *err) {
  static const char incoming[] = "incoming/copy";
  int file = -1;
  uint64_t bytes = 0;
  TRY(open_blob(from, name, &file, err));
  const int copy = openat(to, incoming, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, PRIVATE_FILE);
  int problem = copy >= 0 ? read_all(file, NULL, copy, &bytes) : errno;
  close(file);
  if (copy >= 0 && close(copy) != 0 && problem == 0) {
    problem = errno;
  }
  problem = problem == 0 ? blob_files_adopt(to, incoming, name) : problem;
  return problem == 0 ? STATUS_OK : cannot_give(name, problem, err);
}

status blob_give(int from, int to, const digest *name, error *err) {
  const int problem = link_blob(from, to, name);
  /* Other file systems, and some without links. */
  const bool must_copy = problem == EXDEV || problem == EPERM || problem == EOPNOTSUPP || problem == EMLINK;
  return problem == 0 ? STATUS_OK
         : must_copy  ? copy_blob(from, to, name, err)
                      : cannot_give(name, problem, err);
}

/* ---- Names --------------------------------------------------------------------------------------- */

static void add_name(void *context, const digest *name, uint64_t bytes) {
  (void)bytes;
  blob_names *l = context;
  if (ARRAY_ROOM(l->at, l->count, l->capacity)) {
    l->at[l->count++] = *name;
  } else {
    l->out_of_memory = true;
  }
}

static int compare_names(const void *a, const void *b) {
  return memcmp(a, b, sizeof(digest));
}

status blob_names_read(int directory, blob_names *out, error *err) {
  *out = (blob_names){.at = NULL};
  blob_files_each(directory, add_name, out);
  if (out->out_of_memory) {
    free(out->at);
    *out = (blob_names){.at = NULL};
    return error_no_memory(err, "the names of blobs");
  }
  if (out->count > 0) {
    qsort(out->at, out->count, sizeof *out->at, compare_names);
  }
  return STATUS_OK;
}

size_t blob_names_find(const blob_names *l, const digest *name) {
  const digest *found = l->count > 0 ? bsearch(name, l->at, l->count, sizeof *l->at, compare_names) : NULL;
  return found != NULL ? (size_t)(found - l->at) : SIZE_MAX;
}
