/* A layer that is preloaded into a process under test (LD_PRELOAD): one blob's file is not like others.
 *
 *   CANVASS_SHARD=HEX         the blob's name
 *   CANVASS_SHARD_DOES=die    who opens it is killed, as by a library that cannot digest it
 *   CANVASS_SHARD_DOES=vanish it cannot be opened for reading: it is not there */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *name;
static bool is_deadly;

__attribute__((constructor)) static void read_plan(void) {
  const char *does = getenv("CANVASS_SHARD_DOES");
  name = getenv("CANVASS_SHARD");
  is_deadly = does != NULL && strcmp(does, "die") == 0;
}

/* Whether opening PATH is to fail. */
static bool strikes(const char *path, int flags) {
  const char *last = strrchr(path, '/');
  if (name == NULL || strcmp(last == NULL ? path : last + 1, name) != 0) {
    return false;
  }
  if (is_deadly) {
    raise(SIGKILL);
  }
  errno = ENOENT;
  return (flags & O_ACCMODE) == O_RDONLY;
}

/* The next definition of SYMBOL: libc's, or a sanitizer's. */
static void *next_of(const char *symbol) {
  void *found = dlsym(RTLD_NEXT, symbol);
  if (found == NULL) {
    abort();
  }
  return found;
}

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? (mode_t)va_arg(arguments, unsigned) : 0;
}

#define OPEN_CALL(symbol)                                                                    \
  int symbol(const char *path, int flags, ...) {                                             \
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))next_of(#symbol); \
    va_list arguments;                                                                       \
    va_start(arguments, flags);                                                              \
    const mode_t mode = mode_of(flags, arguments);                                           \
    va_end(arguments);                                                                       \
    return strikes(path, flags) ? -1 : real(path, flags, mode);                              \
  }

#define OPENAT_CALL(symbol)                                                                            \
  int symbol(int directory, const char *path, int flags, ...) {                                        \
    int (*real)(int, const char *, int, ...) = (int (*)(int, const char *, int, ...))next_of(#symbol); \
    va_list arguments;                                                                                 \
    va_start(arguments, flags);                                                                        \
    const mode_t mode = mode_of(flags, arguments);                                                     \
    va_end(arguments);                                                                                 \
    return strikes(path, flags) ? -1 : real(directory, path, flags, mode);                             \
  }

OPEN_CALL(open)
OPEN_CALL(open64)
OPENAT_CALL(openat)
OPENAT_CALL(openat64)
