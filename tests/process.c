#include "tests/process.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"

enum { BASE_BYTES_MAX = 60 }; /* the path of a socket below may have 107 */

typedef struct stream {
  int fd;
  char *bytes;
  size_t length, capacity;
} stream;

static void stream_read(stream *s) {
  if (s->capacity - s->length < 65536) {
    s->capacity = s->capacity * 2 + 131072;
    s->bytes = realloc(s->bytes, s->capacity);
    assert_non_null(s->bytes);
  }
  const ssize_t got = read(s->fd, s->bytes + s->length, s->capacity - s->length - 1);
  if (got > 0) {
    s->length += (size_t)got;
  } else if (got == 0 || errno != EINTR) {
    close(s->fd);
    s->fd = -1;
  }
  s->bytes[s->length] = 0;
}

static void collect(stream *out, stream *err) {
  while (out->fd >= 0 || err->fd >= 0) {
    struct pollfd polled[2] = {{.fd = out->fd, .events = POLLIN}, {.fd = err->fd, .events = POLLIN}};
    if (poll(polled, 2, -1) < 0) {
      assert_int_equal(errno, EINTR);
      continue;
    }
    if (out->fd >= 0 && polled[0].revents) {
      stream_read(out);
    }
    if (err->fd >= 0 && polled[1].revents) {
      stream_read(err);
    }
  }
}

/* Whoever starts the tests may ignore signals (nohup, a shell's &); the program must not inherit that. */
static void hear_signals(void) {
  static const int heard[] = {SIGPIPE, SIGINT, SIGHUP, SIGTERM};
  for (size_t i = 0; i < sizeof heard / sizeof heard[0]; i++) {
    signal(heard[i], SIG_DFL);
  }
}

/* Runs in a child, which must end with the test, whatever ends the test. */
static bool follow(pid_t parent) {
  return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

static void become(const char *const *arguments, const char *input_path, const int *out, const int *err,
                   pid_t parent) {
  const int in = open(input_path, O_RDONLY);
  if (in < 0 || dup2(in, 0) < 0 || dup2(out[1], 1) < 0 || dup2(err[1], 2) < 0 || !follow(parent)) {
    _exit(126);
  }
  close(out[0]);
  close(err[0]);
  hear_signals();
  execv(arguments[0], (char *const *)arguments);
  _exit(127);
}

static int exit_code_of(int ended) {
  return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

void process_run(const char *const *arguments, const char *input, process_result *result) {
  char input_path[] = "/tmp/canvass-test-input-XXXXXX";
  if (input != NULL) {
    const int fd = mkstemp(input_path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, input, strlen(input)), (ssize_t)strlen(input));
    close(fd);
  }
  int out[2];
  int err[2];
  assert_int_equal(pipe2(out, O_CLOEXEC), 0);
  assert_int_equal(pipe2(err, O_CLOEXEC), 0);
  const pid_t self = getpid();
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    become(arguments, input != NULL ? input_path : "/dev/null", out, err, self);
  }
  close(out[1]);
  close(err[1]);
  stream streams[2] = {{.fd = out[0]}, {.fd = err[0]}};
  collect(&streams[0], &streams[1]);
  int ended = 0;
  while (waitpid(child, &ended, 0) < 0) {
    assert_int_equal(errno, EINTR);
  }
  if (input != NULL) {
    unlink(input_path);
  }
  *result = (process_result){
      .exit_code = exit_code_of(ended),
      .out = streams[0].bytes,
      .out_length = streams[0].length,
      .err = streams[1].bytes,
      .err_length = streams[1].length,
  };
}

void process_result_fini(process_result *result) {
  free(result->out);
  free(result->err);
  *result = (process_result){0};
}

void process_check_success(const process_result *result) {
  if (result->exit_code != 0) {
    fail_msg("exit code %d: %s", result->exit_code, result->err);
  }
}

static void become_background(const char *const *arguments, const char *out, const char *err, pid_t parent) {
  const int in = open("/dev/null", O_RDONLY);
  const int to_out = open(out, O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int to_err = open(err, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (in < 0 || to_out < 0 || to_err < 0 || dup2(in, 0) < 0 || dup2(to_out, 1) < 0 || dup2(to_err, 2) < 0 ||
      !follow(parent)) {
    _exit(126);
  }
  hear_signals();
  execv(arguments[0], (char *const *)arguments);
  _exit(127);
}

void process_start(process *p, const char *const *arguments, const char *out, const char *err) {
  assert_int_equal(p->pid, 0);
  const pid_t self = getpid();
  p->pid = fork();
  assert_true(p->pid >= 0);
  if (p->pid == 0) {
    become_background(arguments, out, err, self);
  }
}

int process_wait(process *p) {
  int ended = 0;
  assert_true(p->pid > 0);
  while (waitpid(p->pid, &ended, 0) < 0) {
    assert_int_equal(errno, EINTR);
  }
  p->pid = 0;
  return exit_code_of(ended);
}

int process_look(process *p, unsigned ms) {
  assert_true(p->pid > 0);
  const int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
  assert_true(fd >= 0);
  struct pollfd polled = {.fd = fd, .events = POLLIN};
  const int ready = poll(&polled, 1, (int)ms);
  close(fd);
  return ready > 0 ? process_wait(p) : -1;
}

void process_signal(const process *p, int signal_number) {
  if (p->pid > 0) {
    kill(p->pid, signal_number);
  }
}

void process_kill(process *p) {
  if (p->pid > 0) {
    kill(p->pid, SIGKILL);
    while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    p->pid = 0;
  }
}

bool process_is_running(process *p) {
  return p->pid > 0 && process_look(p, 0) < 0;
}

int process_terminal_new(char *path, size_t capacity) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) {
    print_message("this machine has no terminals (/dev/pts): %s\n", strerror(errno));
    skip();
  }
  assert_int_equal(grantpt(terminal), 0);
  assert_int_equal(unlockpt(terminal), 0);
  assert_int_equal(ptsname_r(terminal, path, capacity), 0);
  return terminal;
}

void process_directory_new(char *path, size_t capacity) {
  const char *given = getenv("TMPDIR");
  const bool fits = given != NULL && given[0] == '/' && strlen(given) <= BASE_BYTES_MAX;
  snprintf(path, capacity, "%s/canvass-test-XXXXXX", fits ? given : "/tmp");
  assert_non_null(mkdtemp(path));
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place) {
  (void)info;
  (void)type;
  (void)place;
  return remove(path);
}

void process_directory_remove(const char *path) {
  nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void process_write_file(const char *directory, const char *name, const void *bytes, size_t length, char *path,
                        size_t capacity) {
  snprintf(path, capacity, "%s/%s", directory, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
}

void process_skip_without(const char *path) {
  if (access(path, R_OK) != 0) {
    print_message("skipped: %s is not here\n", path);
    skip();
  }
}

char *process_read_file(const char *path, size_t *length) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return NULL;
  }
  stream s = {.fd = fd};
  while (s.fd >= 0) {
    stream_read(&s);
  }
  *length = s.length;
  return s.bytes;
}
