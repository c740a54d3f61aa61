/* Ctrl-C: one SIGINT ends a run cleanly, at any moment: exit code 130, no report, nothing left behind. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/process.h"

enum { ROWS = 400000, ROW_BYTES = 40 };

static const char spec[] =
    "variables:\n  'q*': {type: scale, range: [0, 9]}\n"
    "analyses:\n  - segment: {items: ['q*'], k: '2..8'}\n  - correlate: {items: ['q*'], method: both}\n";

static void write_survey(const char *directory, char *path, size_t capacity) {
  char *text = malloc((size_t)(ROWS + 1) * ROW_BYTES);
  assert_non_null(text);
  char *at = text + sprintf(text, "q1,q2,q3,q4,q5,q6,q7,q8\n");
  uint32_t random = 1;
  for (int i = 0; i < ROWS; i++) {
    for (int q = 0; q < 8; q++) {
      random = random * 1664525u + 1013904223u;
      *at++ = (char)('0' + (random >> 24) % 10);
      *at++ = q == 7 ? '\n' : ',';
    }
  }
  process_write_file(directory, "survey.csv", text, (size_t)(at - text), path, capacity);
  free(text);
}

static int entries(const char *directory) {
  DIR *d = opendir(directory);
  assert_non_null(d);
  int count = 0;
  while (readdir(d) != NULL) {
    count++;
  }
  closedir(d);
  return count;
}

static int interrupted_after(const char *const *arguments, long delay_ms) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    execv(arguments[0], (char *const *)arguments);
    _exit(127);
  }
  const struct timespec delay = {.tv_sec = delay_ms / 1000, .tv_nsec = delay_ms % 1000 * 1000000};
  nanosleep(&delay, NULL);
  kill(child, SIGINT);
  int ended = 0;
  assert_int_equal(waitpid(child, &ended, 0), child);
  return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

static void one_interrupt_ends_a_run_cleanly_at_any_moment(void **state) {
  (void)state;
  char directory[256];
  char data[512];
  char spec_path[512];
  char output[512];
  process_directory_new(directory, sizeof directory);
  write_survey(directory, data, sizeof data);
  process_write_file(directory, "spec.yaml", spec, strlen(spec), spec_path, sizeof spec_path);
  snprintf(output, sizeof output, "%s/report.json", directory);
  setenv("TMPDIR", directory, 1);
  const char *const arguments[] = {CANVASS_PROGRAM, "run", spec_path, data, "--format",
                                   "json",          "-o",  output,    "-q", NULL};
  const int before = entries(directory);
  for (long delay_ms = 20; delay_ms <= 500; delay_ms += 60) {
    const int code = interrupted_after(arguments, delay_ms);
    if (code == 0) { /* it was done already */
      assert_int_equal(unlink(output), 0);
      continue;
    }
    assert_int_equal(code, 130);
    assert_int_equal(entries(directory), before);
  }
  unsetenv("TMPDIR");
  process_directory_remove(directory);
}

static bool is_empty(int pipe_end) {
  int bytes = 0;
  assert_int_equal(ioctl(pipe_end, FIONREAD, &bytes), 0);
  return bytes == 0;
}

/* It reads, which nothing ends: the interrupt cannot come too late, nor before the program listens for it. */
static void expect_end_by(int number, int code) {
  static const char rows[] = "q1,q2,q3,q4,q5,q6,q7,q8\n1,2,3,4,5,6,7,8\n";
  const struct timespec moment = {.tv_nsec = 1000000};
  char directory[256];
  char spec_path[512];
  char input[512];
  char out[512];
  char err[512];
  size_t length = 0;
  process p = {0};
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "spec.yaml", spec, strlen(spec), spec_path, sizeof spec_path);
  snprintf(input, sizeof input, "%s/input", directory);
  snprintf(out, sizeof out, "%s/out", directory);
  snprintf(err, sizeof err, "%s/err", directory);
  assert_int_equal(mkfifo(input, 0600), 0);
  const int end = open(input, O_RDWR | O_CLOEXEC);
  assert_true(end >= 0);
  assert_int_equal(write(end, rows, sizeof rows - 1), sizeof rows - 1);
  const char *const arguments[] = {
      "/bin/sh", "-c", "exec \"$0\" run \"$1\" - -q <\"$2\"", CANVASS_PROGRAM, spec_path, input, NULL};
  process_start(&p, arguments, out, err);
  while (!is_empty(end)) {
    nanosleep(&moment, NULL);
  }
  process_signal(&p, number);
  assert_int_equal(process_wait(&p), code);
  char *said = process_read_file(out, &length);
  assert_non_null(said);
  assert_int_equal(length, 0);
  free(said);
  close(end);
  process_directory_remove(directory);
}

/* The exit codes that shells and service managers know: 128 and the signal's number. */
static void one_signal_ends_a_run_that_waits_for_its_input(void **state) {
  (void)state;
  expect_end_by(SIGINT, 130);
  expect_end_by(SIGTERM, 143);
  expect_end_by(SIGHUP, 129);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_interrupt_ends_a_run_cleanly_at_any_moment),
      cmocka_unit_test(one_signal_ends_a_run_that_waits_for_its_input),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
