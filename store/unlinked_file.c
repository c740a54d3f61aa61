/* O_TMPFILE, and what to do where the file system lacks it. */
#include "store/unlinked_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file without a name; where the file system has no O_TMPFILE, the name is removed at once. */
static int open_unlinked(const char *directory) {
  const int file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) {
    return file;
  }
  static const char pattern[] = "/canvass-XXXXXX";
  const size_t length = strlen(directory);
  char *path = malloc(length + sizeof pattern);
  if (path == NULL) {
    errno = ENOMEM;
    return -1;
  }
  memcpy(path, directory, length);
  memcpy(path + length, pattern, sizeof pattern);
  const int named = mkostemp(path, O_CLOEXEC);
  if (named >= 0) {
    unlink(path);
  }
  const int problem = errno;
  free(path);
  errno = problem;
  return named;
}

int unlinked_file_open(const char *directory, const char **used) {
  const char *environment = getenv("TMPDIR");
  const char *const wanted = directory != NULL                               ? directory
                             : environment != NULL && environment[0] != '\0' ? environment
                                                                             : NULL;
  const char *const candidates[] = {wanted != NULL ? wanted : "/var/tmp", wanted != NULL ? NULL : "/tmp"};
  int file = -1;
  for (size_t i = 0; i < 2 && candidates[i] != NULL && file < 0; i++) {
    *used = candidates[i];
    file = open_unlinked(candidates[i]);
  }
  return file;
}
