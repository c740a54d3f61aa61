/* Endpoints: what cannot be meant is reported with its reason, before anything waits for it. */
#include <stdio.h>
#include <string.h>

#include "proto/endpoint.h"
#include "tests/check.h"

static void expect(const char *endpoint, endpoint_use use, const char *complaint) {
  error err = {STATUS_OK, ""};
  const status st = endpoint_check(endpoint, use, &err);
  if (st != (complaint != NULL ? STATUS_USAGE : STATUS_OK) ||
      (complaint != NULL && strstr(err.message, complaint) == NULL)) {
    fail_msg("%s: '%s'", endpoint, err.message);
  }
}

static void endpoints_that_can_be_meant_are_taken(void **state) {
  (void)state;
  static const char *const good[] = {"tcp://127.0.0.1:1",
                                     "tcp://broker.example.org:65535",
                                     "tcp://[::1]:7117",
                                     "ipc:///run/c/socket",
                                     "ipc://socket",
                                     "ipc://@abstract",
                                     "tcp://10.0.0.2:0;10.0.0.1:7117"};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    expect(good[i], ENDPOINT_CONNECT, NULL);
    expect(good[i], ENDPOINT_LISTEN, NULL);
  }
}

static void only_who_listens_leaves_the_choice_to_the_system(void **state) {
  (void)state;
  static const char *const any[] = {"tcp://127.0.0.1:0", "tcp://127.0.0.1:*", "tcp://*:*", "ipc://*"};
  for (size_t i = 0; i < sizeof any / sizeof any[0]; i++) {
    expect(any[i], ENDPOINT_LISTEN, NULL);
    expect(any[i], ENDPOINT_CONNECT, any[i]);
  }
}

static void mistakes_are_told(void **state) {
  (void)state;
  static const struct {
    const char *endpoint, *complaint;
  } bad[] = {
      {"", "is not a valid endpoint"},
      {"tcp://", "is not a valid endpoint"},
      {"ipc://", "is not a valid endpoint"},
      {"inproc://here", "is not a valid endpoint"},
      {"http://host:80", "is not a valid endpoint"},
      {"host:7117", "is not a valid endpoint"},
      {"TCP://host:7117", "is not a valid endpoint"},
      {"tcp://127.0.0.1", "port is missing"},
      {"tcp://[::1]", "port is missing"},
      {"tcp://:7117", "host is missing"},
      {"tcp://127.0.0.1:", "'' is not a valid port"},
      {"tcp://127.0.0.1:65536", "'65536' is not a valid port; write one from 1 to 65535"},
      {"tcp://127.0.0.1:70000", "'70000' is not a valid port"},
      {"tcp://127.0.0.1:4294967297", "is not a valid port"},
      {"tcp://127.0.0.1:+7", "is not a valid port"},
      {"tcp://127.0.0.1:7117/", "'7117/' is not a valid port"},
      {"tcp://127.0.0.1:http", "'http' is not a valid port"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    expect(bad[i].endpoint, ENDPOINT_CONNECT, bad[i].complaint);
    expect(bad[i].endpoint, ENDPOINT_LISTEN, bad[i].complaint);
  }
}

static void a_path_fits_a_sockets_address_or_is_refused(void **state) {
  (void)state;
  char endpoint[256] = "ipc://";
  const size_t scheme = strlen(endpoint);
  memset(endpoint + scheme, 'x', 107);
  expect(endpoint, ENDPOINT_CONNECT, NULL);
  expect(endpoint, ENDPOINT_LISTEN, NULL);
  endpoint[scheme + 107] = 'x';
  expect(endpoint, ENDPOINT_CONNECT, "the path has 108 bytes, and a socket's path can have at most 107");
  expect(endpoint, ENDPOINT_LISTEN, "the path has 108 bytes");
}

static void only_addresses_in_brackets_are_ipv6(void **state) {
  (void)state;
  assert_true(endpoint_is_ipv6("tcp://[::1]:7117"));
  assert_true(endpoint_is_ipv6("tcp://[fe80::1%eth0]:*"));
  assert_false(endpoint_is_ipv6("tcp://localhost:7117"));
  assert_false(endpoint_is_ipv6("tcp://127.0.0.1:7117"));
  assert_false(endpoint_is_ipv6("tcp://*:7117"));
  assert_false(endpoint_is_ipv6("ipc:///run/[c]/socket"));
}

static void names_that_cannot_be_looked_up_are_told(void **state) {
  (void)state;
  static const char label[] = "a-label-of-a-name-has-at-most-sixty-three-characters-and-this-one-more";
  static const char *const rest[] = {"tcp://127.0.0.1:7117", "tcp://[::1]:7117", "ipc:///nowhere/socket",
                                     "tcp://10.0.0.2:0;127.0.0.1:7117"};
  char endpoint[256];
  (void)snprintf(endpoint, sizeof endpoint, "tcp://%s:7117", label);
  assert_non_null(endpoint_lookup_failure(endpoint));
  (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:0;%s:7117", label);
  assert_non_null(endpoint_lookup_failure(endpoint));
  for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
    assert_null(endpoint_lookup_failure(rest[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(endpoints_that_can_be_meant_are_taken),
      cmocka_unit_test(only_who_listens_leaves_the_choice_to_the_system),
      cmocka_unit_test(mistakes_are_told),
      cmocka_unit_test(only_addresses_in_brackets_are_ipv6),
      cmocka_unit_test(a_path_fits_a_sockets_address_or_is_refused),
      cmocka_unit_test(names_that_cannot_be_looked_up_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
