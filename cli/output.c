/* Writes answers, and diagnostics. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file_bytes.h"

enum {
  LINKS_MAX = 40, /* as many as the system follows */
  LINE_BYTES = 8192,
};

#define STANDARD_OUTPUT "standard output"

static bool is_unread;

/* A file that is already open is not replaced: what others have written to it would be lost. -1 when PATH
 * names no descriptor. */
static int descriptor_of(const char *path) {
  static const struct {
    const char *name;
    int fd;
  } named[] = {{"-", STDOUT_FILENO}, {"/dev/stdout", STDOUT_FILENO}, {"/dev/stderr", STDERR_FILENO}};
  static const char *const directories[] = {"/dev/fd/", "/proc/self/fd/"};
  if (path == NULL) {
    return STDOUT_FILENO;
  }
  for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
    if (strcmp(path, named[i].name) == 0) {
      return named[i].fd;
    }
  }
  for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
    const size_t length = strlen(directories[i]);
    if (strncmp(path, directories[i], length) == 0 && path[length] != '\0' &&
        strspn(path + length, "0123456789") == strlen(path + length)) {
      const unsigned long fd = strtoul(path + length, NULL, 10);
      return fd > INT_MAX ? INT_MAX : (int)fd;
    }
  }
  return -1;
}

bool output_is_standard(const char *path) {
  return descriptor_of(path) == STDOUT_FILENO;
}

bool output_stat(const char *path, struct stat *out) {
  const int fd = descriptor_of(path);
  return (fd >= 0 ? fstat(fd, out) : stat(path, out)) == 0;
}

/* A reader such as `head` has seen enough: that is not an error. */
static status write_failure(int fd, const char *name, int problem, error *err) {
  if (fd == STDOUT_FILENO && problem == EPIPE) {
    is_unread = true;
    return error_set(err, STATUS_IO, "%s", "");
  }
  return error_set(err, STATUS_IO, "cannot write to %s: %s", name, strerror(problem));
}

/* What a link points at, as seen from where the link is; NULL: PATH is not a link, or memory is short. */
static char *follow_link(const char *path) {
  char target[PATH_MAX];
  const ssize_t length = readlink(path, target, sizeof target - 1);
  if (length <= 0) {
    return NULL;
  }
  target[length] = '\0';
  const char *slash = strrchr(path, '/');
  const int before = target[0] == '/' || slash == NULL ? 0 : (int)(slash + 1 - path);
  char *followed = malloc((size_t)before + (size_t)length + 1);
  if (followed != NULL) {
    (void)sprintf(followed, "%.*s%s", before, path, target);
  }
  return followed;
}

char *output_resolve(const char *path) {
  char *resolved = realpath(path, NULL);
  if (resolved != NULL) {
    return resolved;
  }
  char *at = strdup(path);
  for (int i = 0; i < LINKS_MAX && at != NULL; i++) {
    char *next = follow_link(at);
    if (next == NULL) {
      break;
    }
    free(at);
    at = next;
  }
  return at;
}

/* The permissions of the file that is replaced, otherwise those that the umask leaves. */
static mode_t wanted_mode(const char *path) {
  struct stat info;
  if (stat(path, &info) == 0) {
    return info.st_mode & 0777;
  }
  mode_t mask = umask(0);
  (void)umask(mask);
  return 0666 & ~mask;
}

static bool is_device_or_pipe(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

status output_check(const char *path, error *err) {
  struct stat info;
  const int fd = descriptor_of(path);
  if (fd >= 0) {
    return fd == STDOUT_FILENO || fcntl(fd, F_GETFD) != -1 ? STATUS_OK : write_failure(fd, path, errno, err);
  }
  const bool is_there = stat(path, &info) == 0;
  if (is_there && S_ISDIR(info.st_mode)) {
    return error_set(err, STATUS_IO, "cannot write to %s: it is a directory", path);
  }
  if (is_there && access(path, W_OK) != 0) { /* renaming would not check it */
    return error_set(err, STATUS_IO, "cannot write to %s: %s", path, strerror(errno));
  }
  if (is_device_or_pipe(path)) {
    return STATUS_OK;
  }
  char *resolved = output_resolve(path);
  if (resolved == NULL) {
    return error_no_memory(err, path);
  }
  const char *directory = dirname(resolved);
  status st = STATUS_OK;
  if (access(directory, W_OK | X_OK) != 0) {
    st = error_set(err, STATUS_IO, "cannot write to %s: directory %s: %s", path, directory, strerror(errno));
  }
  free(resolved);
  return st;
}

bool output_is_unread(void) {
  return is_unread;
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static status open_beside(output_stream *o, const char *path, error *err) {
  o->path = output_resolve(path); /* a link stays a link */
  const size_t size = o->path != NULL ? strlen(o->path) + sizeof ".XXXXXX" : 0;
  o->beside = size > 0 ? malloc(size) : NULL;
  if (o->beside == NULL) {
    return error_no_memory(err, path);
  }
  (void)snprintf(o->beside, size, "%s.XXXXXX", o->path);
  o->fd = mkostemp(o->beside, O_CLOEXEC);
  if (o->fd >= 0) {
    return STATUS_OK;
  }
  free(o->beside);
  o->beside = NULL; /* there is none to be removed */
  return error_set(err, STATUS_IO, "cannot create a file beside %s: %s", o->path, strerror(errno));
}

static status open_stream(output_stream *o, const char *path, error *err) {
  o->fd = descriptor_of(path);
  if (o->fd >= 0) {
    o->is_borrowed = true;
    return STATUS_OK;
  }
  if (!is_device_or_pipe(path)) {
    return open_beside(o, path, err);
  }
  o->fd = open(path, O_WRONLY | O_CLOEXEC);
  return o->fd >= 0 ? STATUS_OK : error_set(err, STATUS_IO, "cannot open %s: %s", path, strerror(errno));
}

status output_stream_open(const char *path, output_stream *o, error *err) {
  *o = (output_stream){.name = output_is_standard(path) ? STANDARD_OUTPUT : path};
  const status st = open_stream(o, path, err);
  if (st != STATUS_OK) {
    output_stream_abandon(o);
  }
  return st;
}

status output_stream_put(const output_stream *o, slice bytes, error *err) {
  const int problem = file_write(o->fd, bytes.bytes, bytes.length);
  return problem == 0 ? STATUS_OK : write_failure(o->fd, o->name, problem, err);
}

/* Its bytes are on disk before it takes its place. */
static status finish_beside(const output_stream *o, error *err) {
  return fchmod(o->fd, wanted_mode(o->path)) == 0 && fsync(o->fd) == 0
             ? STATUS_OK
             : error_set(err, STATUS_IO, "cannot write to %s: %s", o->path, strerror(errno));
}

status output_stream_finish(output_stream *o, error *err) {
  status st = o->beside != NULL ? finish_beside(o, err) : STATUS_OK;
  if (!o->is_borrowed && close(o->fd) != 0 && st == STATUS_OK) {
    st = error_set(err, STATUS_IO, "cannot write to %s: %s", o->name, strerror(errno));
  }
  o->fd = -1;
  if (st == STATUS_OK && o->beside != NULL && rename(o->beside, o->path) != 0) {
    st = error_set(err, STATUS_IO, "cannot rename %s to %s: %s", o->beside, o->path, strerror(errno));
  }
  if (st == STATUS_OK) {
    free(o->beside);
    o->beside = NULL;
  }
  output_stream_abandon(o);
  return st;
}

void output_stream_abandon(output_stream *o) {
  if (o->fd >= 0 && !o->is_borrowed) {
    (void)close(o->fd);
  }
  if (o->beside != NULL) {
    (void)unlink(o->beside);
  }
  free(o->beside);
  free(o->path);
  *o = (output_stream){.fd = -1};
}

status output_write(const char *path, const buf *content, error *err) {
  output_stream o;
  TRY(output_stream_open(path, &o, err));
  const status st = output_stream_put(&o, (slice){(const char *)content->data, content->length}, err);
  if (st != STATUS_OK) {
    output_stream_abandon(&o);
    return st;
  }
  return output_stream_finish(&o, err);
}

status output_json(const buf *json, const char *what, error *err) {
  TRY(buf_status(json, what, err));
  buf line;
  buf_init(&line);
  if (json->length > 0) {
    buf_put_shown(&line, (slice){(const char *)json->data, json->length});
  }
  buf_put_u8(&line, '\n');
  status st = buf_status(&line, what, err);
  if (st == STATUS_OK) {
    st = output_write(NULL, &line, err);
  }
  buf_fini(&line);
  return st;
}

/* In one piece, so that lines of several threads or processes do not mix. */
static void write_line(const char *before, const char *line) {
  buf out;
  buf_init(&out);
  buf_put_text(&out, before);
  buf_put_u8(&out, ' ');
  buf_put_shown(&out, slice_of(line));
  buf_put_u8(&out, '\n');
  (void)fwrite(out.data, 1, out.length, stderr);
  buf_fini(&out);
}

void output_complain(const char *format, ...) {
  char line[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  write_line("canvass:", line);
}

void output_log(const char *line) {
  char stamp[40] = "";
  const time_t now = time(NULL);
  struct tm parts;
  if (localtime_r(&now, &parts) != NULL) {
    (void)strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S%z", &parts);
  }
  write_line(stamp, line);
}
