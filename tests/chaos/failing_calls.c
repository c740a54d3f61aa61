/* A library that is preloaded into a process under test (LD_PRELOAD): calls that change files fail as on a
 * broken or full disk.
 *
 * CANVASS_FAIL=CALL:N:ERRNO:TIMES says which: with "write:12:ENOSPC:1" the twelfth `write` of the process
 * fails. TIMES is how many calls fail from then on; the CALL "any" counts all calls of the table.  Each
 * failure appends a line to the file CANVASS_FAIL_TOLD.
 *
 * Only calls on regular files and directories count, since sockets and pipes are not on a disk. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define CALLS(X) \
  X(write)       \
  X(pwrite)      \
  X(writev)      \
  X(pwritev)     \
  X(fsync)       \
  X(fdatasync)   \
  X(syncfs)      \
  X(rename)      \
  X(renameat)    \
  X(ftruncate)   \
  X(posix_fallocate)

typedef enum call {
#define X(name) CALL_##name,
  CALLS(X)
#undef X
      CALLS_COUNT
} call;

static const char *const names[CALLS_COUNT] = {
#define X(name) [CALL_##name] = #name,
    CALLS(X)
#undef X
};

static struct {
  bool fails[CALLS_COUNT];
  unsigned long first, times;
  int cause;
  atomic_ulong calls;
  const char *told;
} plan;

/* The next definition of NAME: libc's or, in between, a sanitizer's. */
static void *libc(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) {
    abort();
  }
  return found;
}

__attribute__((constructor)) static void read_plan(void) {
  const char *text = getenv("CANVASS_FAIL");
  char name[32];
  char cause[16];
  unsigned long first = 0;
  unsigned long times = 0;
  if (text == NULL) {
    return;
  }
  bool is_known = false;
  const bool is_read = sscanf(text, "%31[^:]:%lu:%15[^:]:%lu", name, &first, cause, &times) == 4;
  for (int i = 0; is_read && i < CALLS_COUNT; i++) {
    plan.fails[i] = strcmp(name, "any") == 0 || strcmp(name, names[i]) == 0;
    is_known = is_known || plan.fails[i];
  }
  plan.cause = strcmp(cause, "EIO") == 0 ? EIO : strcmp(cause, "ENOSPC") == 0 ? ENOSPC : 0;
  if (!is_known || first == 0 || times == 0 || plan.cause == 0) {
    fprintf(stderr, "CANVASS_FAIL is not CALL:N:EIO|ENOSPC:TIMES: %s\n", text);
    _exit(2);
  }
  plan.first = first;
  plan.times = times;
  plan.told = getenv("CANVASS_FAIL_TOLD");
  unsetenv("LD_PRELOAD"); /* the process's children do not fail */
}

/* Uses system calls, so that the writing done here does not count. */
static void tell(call which, unsigned long number) {
  char line[96];
  if (plan.told == NULL) {
    return;
  }
  const int length = snprintf(line, sizeof line, "%d %s %lu %s\n", (int)getpid(), names[which], number,
                              plan.cause == EIO ? "EIO" : "ENOSPC");
  const long file = syscall(SYS_openat, AT_FDCWD, plan.told, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file >= 0) {
    (void)syscall(SYS_write, file, line, (size_t)length);
    (void)syscall(SYS_close, file);
  }
}

/* Whether this call fails; if so, errno is set. */
static bool strikes(call which) {
  if (!plan.fails[which]) {
    return false;
  }
  const unsigned long number = atomic_fetch_add(&plan.calls, 1) + 1;
  if (number < plan.first || number - plan.first >= plan.times) {
    return false;
  }
  tell(which, number);
  errno = plan.cause;
  return true;
}

/* Standard output and error are files here but stand for a terminal or a journal, so they do not count. */
static bool is_disk(int file) {
  struct stat info;
  return file > STDERR_FILENO && fstat(file, &info) == 0 && (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode));
}

#define FILE_CALL(type, name, parameters, arguments)                    \
  type name parameters {                                                \
    type(*real) parameters = (type(*) parameters)libc(#name);           \
    return is_disk(file) && strikes(CALL_##name) ? -1 : real arguments; \
  }

FILE_CALL(ssize_t, write, (int file, const void *bytes, size_t length), (file, bytes, length))
FILE_CALL(ssize_t, pwrite, (int file, const void *bytes, size_t length, off_t at), (file, bytes, length, at))
FILE_CALL(ssize_t, writev, (int file, const struct iovec *parts, int count), (file, parts, count))
FILE_CALL(ssize_t, pwritev, (int file, const struct iovec *parts, int count, off_t at),
          (file, parts, count, at))
FILE_CALL(int, fsync, (int file), (file))
FILE_CALL(int, fdatasync, (int file), (file))
FILE_CALL(int, syncfs, (int file), (file))
FILE_CALL(int, ftruncate, (int file, off_t length), (file, length))

/* Returns the cause instead of setting errno. */
int posix_fallocate(int file, off_t offset, off_t length) {
  int (*real)(int, off_t, off_t) = (int (*)(int, off_t, off_t))libc("posix_fallocate");
  return is_disk(file) && strikes(CALL_posix_fallocate) ? plan.cause : real(file, offset, length);
}

int rename(const char *from, const char *to) {
  int (*real)(const char *, const char *) = (int (*)(const char *, const char *))libc("rename");
  return strikes(CALL_rename) ? -1 : real(from, to);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  int (*real)(int, const char *, int, const char *) =
      (int (*)(int, const char *, int, const char *))libc("renameat");
  return strikes(CALL_renameat) ? -1 : real(from_directory, from, to_directory, to);
}
