/* Writing answers, and complaining. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STANDARD_OUTPUT "standard output"

static bool is_unread;

bool output_is_standard(const char *path) {
  return path == NULL || strcmp(path, "-") == 0;
}

/* Who reads through `head` has seen enough: that is nothing to complain about. */
static status write_failure(int fd, const char *name, error *err) {
  if (fd == STDOUT_FILENO && errno == EPIPE) {
    is_unread = true;
    return error_set(err, STATUS_IO, "%s", "");
  }
  return error_set(err, STATUS_IO, "cannot write to %s: %s", name, strerror(errno));
}

static status write_all(int fd, const buf *content, const char *name, error *err) {
  for (size_t at = 0; at < content->length;) {
    ssize_t written = write(fd, content->data + at, content->length - at);
    if (written < 0 && errno != EINTR) {
      return write_failure(fd, name, err);
    }
    at += written < 0 ? 0 : (size_t)written;
  }
  return STATUS_OK;
}

static status write_through(const char *path, const buf *content, error *err) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return error_set(err, STATUS_IO, "cannot open %s: %s", path, strerror(errno));
  }
  status s = write_all(fd, content, path, err);
  if (close(fd) != 0 && s == STATUS_OK) {
    s = error_set(err, STATUS_IO, "cannot write to %s: %s", path, strerror(errno));
  }
  return s;
}

/* The permissions of the file that is replaced, else those that the umask leaves. */
static mode_t wanted_mode(const char *path) {
  struct stat info;
  if (stat(path, &info) == 0) {
    return info.st_mode & 0777;
  }
  mode_t mask = umask(0);
  (void)umask(mask);
  return 0666 & ~mask;
}

static status fill_beside(int fd, const char *path, const buf *content, error *err) {
  status s = write_all(fd, content, path, err);
  if (s == STATUS_OK && (fchmod(fd, wanted_mode(path)) != 0 || fsync(fd) != 0)) {
    s = error_set(err, STATUS_IO, "cannot write to %s: %s", path, strerror(errno));
  }
  if (close(fd) != 0 && s == STATUS_OK) {
    s = error_set(err, STATUS_IO, "cannot write to %s: %s", path, strerror(errno));
  }
  return s;
}

static status write_beside(const char *path, const buf *content, error *err) {
  size_t size = strlen(path) + sizeof ".XXXXXX";
  char *beside = malloc(size);
  if (beside == NULL) {
    return error_no_memory(err, path);
  }
  (void)snprintf(beside, size, "%s.XXXXXX", path);
  int fd = mkostemp(beside, O_CLOEXEC);
  if (fd < 0) {
    status s = error_set(err, STATUS_IO, "cannot create a file beside %s: %s", path, strerror(errno));
    free(beside);
    return s;
  }
  status s = fill_beside(fd, path, content, err);
  if (s == STATUS_OK && rename(beside, path) != 0) {
    s = error_set(err, STATUS_IO, "cannot rename %s to %s: %s", beside, path, strerror(errno));
  }
  if (s != STATUS_OK) {
    (void)unlink(beside);
  }
  free(beside);
  return s;
}

static bool is_device_or_pipe(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

status output_check(const char *path, error *err) {
  struct stat info;
  if (output_is_standard(path) || is_device_or_pipe(path)) {
    return STATUS_OK;
  }
  if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
    return error_set(err, STATUS_IO, "cannot write to %s: it is a directory", path);
  }
  char *copy = strdup(path);
  if (copy == NULL) {
    return error_no_memory(err, path);
  }
  const char *directory = dirname(copy);
  status s = STATUS_OK;
  if (access(directory, W_OK | X_OK) != 0) {
    s = error_set(err, STATUS_IO, "cannot write to %s: directory %s: %s", path, directory, strerror(errno));
  }
  free(copy);
  return s;
}

bool output_is_unread(void) {
  return is_unread;
}

status output_write(const char *path, const buf *content, error *err) {
  if (output_is_standard(path)) {
    return write_all(STDOUT_FILENO, content, STANDARD_OUTPUT, err);
  }
  if (is_device_or_pipe(path)) {
    return write_through(path, content, err);
  }
  char *resolved = realpath(path, NULL); /* a link stays a link */
  status s = write_beside(resolved == NULL ? path : resolved, content, err);
  free(resolved);
  return s;
}

void output_complain(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)fputs("canvass: ", stderr);
  (void)vfprintf(stderr, format, arguments);
  (void)fputc('\n', stderr);
  va_end(arguments);
}

void output_log(const char *line) {
  char stamp[40] = "";
  const time_t now = time(NULL);
  struct tm parts;
  if (localtime_r(&now, &parts) != NULL) {
    (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S%z", &parts);
  }
  (void)fprintf(stderr, "%s %s\n", stamp, line);
}
