/* A call may be interrupted, and may move fewer bytes than it was asked to. */
#include "base/file_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 16, KIB = 1 << 10 };

/* What the last call moved, MOVED, is added to *DONE: 0, or errno; AT_END when it was nothing. */
static int count_moved(ssize_t moved, int at_end, size_t *done) {
  if (moved == 0) {
    return at_end;
  }
  if (moved < 0) {
    return errno == EINTR ? 0 : errno;
  }
  *done += (size_t)moved;
  return 0;
}

int file_read(int fd, void *out, size_t length) {
  int problem = 0;
  for (size_t done = 0; done < length && problem == 0;) {
    problem = count_moved(read(fd, (char *)out + done, length - done), ENODATA, &done);
  }
  return problem;
}

int file_read_at(int fd, uint64_t offset, void *out, size_t length) {
  int problem = 0;
  for (size_t done = 0; done < length && problem == 0;) {
    const ssize_t got = pread(fd, (char *)out + done, length - done, (off_t)(offset + done));
    problem = count_moved(got, ENODATA, &done);
  }
  return problem;
}

int file_write(int fd, const void *bytes, size_t length) {
  int problem = 0;
  for (size_t done = 0; done < length && problem == 0;) {
    problem = count_moved(write(fd, (const char *)bytes + done, length - done), ENOSPC, &done);
  }
  return problem;
}

int file_write_at(int fd, uint64_t offset, const void *bytes, size_t length) {
  int problem = 0;
  for (size_t done = 0; done < length && problem == 0;) {
    const ssize_t put = pwrite(fd, (const char *)bytes + done, length - done, (off_t)(offset + done));
    problem = count_moved(put, ENOSPC, &done);
  }
  return problem;
}

status file_read_whole(int fd, const char *path, const char *kind, size_t bytes_max, buf *out, error *err) {
  const size_t before = out->length;
  for (;;) {
    if (out->length == out->capacity && !buf_reserve(out, PIECE_BYTES)) {
      return error_no_memory(err, path);
    }
    const ssize_t got = read(fd, out->data + out->length, out->capacity - out->length);
    if (got < 0 && errno != EINTR) {
      return error_set(err, STATUS_IO, "cannot read %s: %s", path, strerror(errno));
    }
    if (got == 0) {
      return STATUS_OK;
    }
    out->length += got < 0 ? 0 : (size_t)got;
    if (out->length - before > bytes_max) {
      return error_set(err, STATUS_LIMIT, "%s is larger than %zu KiB: is it %s?", path, bytes_max / KIB,
                       kind);
    }
  }
}

status file_open_unlinked(int *fd, error *err) {
  enum { PATH_BYTES = 4096 };
  const char *directory = getenv("TMPDIR");
  directory = directory == NULL || directory[0] == '\0' ? "/var/tmp" : directory;
  char path[PATH_BYTES];
  const int length = snprintf(path, sizeof path, "%s/canvass-XXXXXX", directory);
  if (length < 0 || (size_t)length >= sizeof path) {
    return error_set(err, STATUS_IO, "the path in TMPDIR is too long");
  }
  *fd = mkostemp(path, O_CLOEXEC);
  if (*fd < 0) {
    return error_set(err, STATUS_IO, "cannot create a temporary file in %s: %s", directory, strerror(errno));
  }
  (void)unlink(path);
  return STATUS_OK;
}
