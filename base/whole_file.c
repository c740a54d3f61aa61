/* One loop over read(2). */
#include "base/whole_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 16, KIB = 1 << 10 };

status whole_file_read(int fd, const char *path, const char *kind, size_t bytes_max, buf *out, error *err) {
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
