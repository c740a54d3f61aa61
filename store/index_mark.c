/* A file beside LMDB's two. */
#include "store/index_mark.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char mark[] = "open";

static int open_directory(const char *directory) {
  return open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int index_mark_set(const char *directory) {
  const int in = open_directory(directory);
  if (in < 0) {
    return errno;
  }
  const int file = openat(in, mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int problem = file >= 0 && fsync(in) == 0 ? 0 : errno;
  if (file >= 0) {
    close(file);
  }
  close(in);
  return problem;
}

/* 0, or errno; also when there is no such file. */
static int remove_file(const char *directory, const char *name) {
  const int in = open_directory(directory);
  if (in < 0) {
    return errno;
  }
  const int problem = unlinkat(in, name, 0) == 0 || errno == ENOENT ? 0 : errno;
  close(in);
  return problem;
}

int index_mark_remove(const char *directory) {
  return remove_file(directory, mark);
}

bool index_mark_is_set(const char *directory) {
  const int in = open_directory(directory);
  const bool is_set = in >= 0 && faccessat(in, mark, F_OK, AT_EACCESS) == 0;
  if (in >= 0) {
    close(in);
  }
  return is_set;
}

status index_discard(const char *directory, error *err) {
  static const char *const names[] = {"data.mdb", "lock.mdb", mark};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const int problem = remove_file(directory, names[i]);
    if (problem != 0) {
      return error_set(err, STATUS_IO, "cannot remove %s/%s: %s", directory, names[i], strerror(problem));
    }
  }
  return STATUS_OK;
}
