/* Keeping what comes through a pipe. */
#include "reading/standard_input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_bytes.h"

enum { BLOCK_BYTES = 1 << 20 };

static status input_failed(int problem, error *err) {
  return error_set(err, STATUS_IO, "cannot keep standard input in a temporary file: %s", strerror(problem));
}

static status copy_input(const reading_options *o, int fd, char *block, error *err) {
  uint64_t bytes = 0;
  for (;;) {
    ssize_t got = read(STDIN_FILENO, block, BLOCK_BYTES);
    bytes += got > 0 ? (uint64_t)got : 0;
    if (o->progress != NULL && !o->progress(o->context, 0, bytes, 0)) {
      return error_set(err, STATUS_INTERRUPTED, "interrupted");
    }
    if (got < 0 && errno != EINTR) {
      return error_set(err, STATUS_DATA, "cannot read standard input: %s", strerror(errno));
    }
    if (got == 0) {
      return STATUS_OK;
    }
    if (got > 0) {
      const int problem = file_write(fd, block, (size_t)got);
      TRY(problem == 0 ? STATUS_OK : input_failed(problem, err));
    }
  }
}

status standard_input_keep(const reading_options *options, error *err) {
  struct stat info;
  if (fstat(STDIN_FILENO, &info) != 0) {
    return error_set(err, STATUS_DATA, "cannot read standard input: %s", strerror(errno));
  }
  if (S_ISREG(info.st_mode)) {
    return STATUS_OK;
  }
  int fd = -1;
  TRY(file_open_unlinked(&fd, err));
  char *block = malloc(BLOCK_BYTES);
  status st = block == NULL ? error_no_memory(err, "standard input") : copy_input(options, fd, block, err);
  free(block);
  if (st == STATUS_OK && dup2(fd, STDIN_FILENO) < 0) {
    st = input_failed(errno, err);
  }
  (void)close(fd);
  return st == STATUS_OK ? standard_input_rewind(err) : st;
}

status standard_input_rewind(error *err) {
  return lseek(STDIN_FILENO, 0, SEEK_SET) < 0 ? input_failed(errno, err) : STATUS_OK;
}
