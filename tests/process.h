/* Runs programs, to their end or in the background, and keeps what they wrote: for tests of the executable.
 *
 * Tests wait for what happens, without a limit: on a slow or busy machine they take longer, and do not fail.
 * What never happens ends with ctest's limit.  Programs end with the test that started them. */
#ifndef CANVASS_TESTS_PROCESS_H
#define CANVASS_TESTS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct process_result {
  int exit_code; /* 128 + signal when it was killed */
  char *out;     /* terminated; free with process_result_fini */
  size_t out_length;
  char *err;
  size_t err_length;
} process_result;

/* ARGUMENTS end with NULL; the first is the program's path.  INPUT (may be NULL) becomes its standard
 * input; NULL: /dev/null.  Fails the running cmocka test when the program cannot be run. */
void process_run(const char *const *arguments, const char *input, process_result *result);
/* `canvass WORD...` without input; a NULL ends the words. */
#define CANVASS(result, ...) \
  process_run((const char *const[]){CANVASS_PROGRAM, __VA_ARGS__, NULL}, NULL, (result))
void process_result_fini(process_result *result);
/* Fails the running test, with what it said, when its exit code is another than 0. */
void process_check_success(const process_result *result);

/* A program in the background. */
typedef struct process {
  pid_t pid; /* 0: not running */
} process;

/* What it writes is appended to the files OUT and ERR (which may be the same).  Fails the running test when
 * it cannot be started. */
void process_start(process *p, const char *const *arguments, const char *out, const char *err);
/* Waits for its end; its exit code (128 + signal when it was killed). */
int process_wait(process *p);
/* The same, but -1 when it still runs after MS: for disturbing it at some moment or other.  How far a program
 * is by then unknown, so no test may rely on it. */
int process_look(process *p, unsigned ms);
void process_signal(const process *p, int signal_number); /* nothing when it does not run */
/* SIGKILL, and gone when this returns.  Nothing when it does not run. */
void process_kill(process *p);
bool process_is_running(process *p);

/* A terminal: what is written to the device at PATH can be read from the file that is returned.  Close it.
 * Skips the test, saying so, where there are none (a container without /dev/pts). */
int process_terminal_new(char *path, size_t capacity);

/* A fresh directory below $TMPDIR, or below /tmp where sockets in it would have too long a path; removed with
 * everything in it by process_directory_remove. */
void process_directory_new(char *path, size_t capacity);
void process_directory_remove(const char *path);
/* Writes LENGTH bytes to DIRECTORY/NAME and puts its path into PATH. */
void process_write_file(const char *directory, const char *name, const void *bytes, size_t length, char *path,
                        size_t capacity);
/* Skips the test, saying so, unless the file PATH can be read. */
void process_skip_without(const char *path);
/* The whole file, terminated; NULL when it is not there. */
char *process_read_file(const char *path, size_t *length);

#endif
