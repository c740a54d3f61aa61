/* Tests that fail end with the message that says so, whatever they left open; so do tests that hang.  Each
 * such test is this program again, with its name. */
#include <stdlib.h>
#include <zmq.h>

#include "tests/check.h"
#include "tests/process.h"
#include "tests/sockets.h"

/* ---- In the other program ------------------------------------------------------------------------ */

static int set_up(void **state) {
  *state = sockets_new();
  return 0;
}

static int tear_down(void **state) {
  sockets_destroy(*state);
  return 0;
}

static void fails(void **state) {
  void *server = sockets_open(*state, ZMQ_ROUTER);
  assert_int_equal(zmq_bind(server, "inproc://server"), 0);
  assert_int_equal(zmq_connect(sockets_open(*state, ZMQ_DEALER), "inproc://server"), 0);
  fail_msg("with two sockets open");
}

static void hangs(void **state) {
  sockets_wait(sockets_open(*state, ZMQ_ROUTER), "a message that nobody sends");
}

static int be(const char *name) {
  const struct CMUnitTest failing[] = {cmocka_unit_test_setup_teardown(fails, set_up, tear_down)};
  const struct CMUnitTest hanging[] = {cmocka_unit_test_setup_teardown(hangs, set_up, tear_down)};
  return strcmp(name, "fails") == 0 ? cmocka_run_group_tests(failing, NULL, NULL)
                                    : cmocka_run_group_tests(hanging, NULL, NULL);
}

/* ---- In this one --------------------------------------------------------------------------------- */

static void check_end(const char *name, const char *words) {
  process_result r;
  process_run((const char *const[]){"/proc/self/exe", name, NULL}, NULL, &r);
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, words);
  process_result_fini(&r);
}

static void a_test_that_fails_with_sockets_open_ends_and_says_why(void **state) {
  (void)state;
  check_end("fails", "with two sockets open");
}

static void a_test_that_waits_in_vain_says_for_what(void **state) {
  (void)state;
  setenv("CANVASS_WAIT_SECONDS", "1", 1);
  check_end("hangs", "the last thing that it waited for: a message that nobody sends");
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_test_that_fails_with_sockets_open_ends_and_says_why),
      cmocka_unit_test(a_test_that_waits_in_vain_says_for_what),
  };
  return argc > 1 ? be(argv[1]) : cmocka_run_group_tests(tests, NULL, NULL);
}
