/* A program started with closed standard streams, as some services are: nothing that it opens takes their
 * place, so that no message can end in a store or a connection. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/process.h"

enum { LOOK_MS = 5 };

static void wait_for_file(process *p, const char *path) {
  const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000};
  while (access(path, F_OK) != 0) {
    assert_true(process_is_running(p));
    (void)nanosleep(&pause, NULL);
  }
}

static void a_broker_without_standard_streams_keeps_their_numbers_free(void **state) {
  (void)state;
  char directory[256];
  char command[2048];
  char socket[512];
  process_directory_new(directory, sizeof directory);
  (void)snprintf(socket, sizeof socket, "%s/socket", directory);
  (void)snprintf(command, sizeof command,
                 "exec '%s' broker --listen 'ipc://%s' --store '%s/store' <&- >&- 2>&-", CANVASS_PROGRAM,
                 socket, directory);
  const char *const arguments[] = {"/bin/sh", "-c", command, NULL};
  process broker = {0};
  process_start(&broker, arguments, "/dev/null", "/dev/null");
  wait_for_file(&broker, socket);
  for (int fd = 0; fd <= 2; fd++) {
    char link[64];
    char target[512] = "";
    (void)snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)broker.pid, fd);
    assert_true(readlink(link, target, sizeof target - 1) > 0);
    assert_string_equal(target, "/dev/null");
  }
  process_signal(&broker, SIGTERM);
  assert_int_equal(process_wait(&broker), 0);
  process_directory_remove(directory);
}

static void an_answer_to_a_closed_output_is_a_failure(void **state) {
  (void)state;
  process_result r;
  const char *const arguments[] = {"/bin/sh", "-c", "exec '" CANVASS_PROGRAM "' version >&-", NULL};
  process_run(arguments, NULL, &r);
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, "standard output: Bad file descriptor");
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_broker_without_standard_streams_keeps_their_numbers_free),
      cmocka_unit_test(an_answer_to_a_closed_output_is_a_failure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
