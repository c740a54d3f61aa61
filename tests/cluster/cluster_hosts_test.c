/* Several hosts: broker, workers and client in network namespaces of their own, over CURVE; also when the
 * network breaks in the middle.  Nothing goes through the file system. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/cluster/held.h"
#include "tests/cluster/long_job.h"
#include "tests/cluster/survey.h"

enum { HOSTS = 3, PORT = 7321 };

/* `ip ARGUMENTS`, given as one text without quotes; false when it fails. */
static bool ip(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool ip(const char *format, ...) {
  char command[512];
  va_list arguments;
  const int start = snprintf(command, sizeof command, "ip ");
  va_start(arguments, format);
  const int length = vsnprintf(command + start, sizeof command - (size_t)start, format, arguments);
  va_end(arguments);
  assert_true(length > 0 && (size_t)(start + length) < sizeof command - 16);
  process_result r;
  snprintf(command + start + length, sizeof command - (size_t)(start + length), " 2>&1");
  process_run((const char *const[]){"/bin/sh", "-c", command, NULL}, NULL, &r);
  const bool is_done = r.exit_code == 0;
  process_result_fini(&r);
  return is_done;
}

/* Namespaces carry the test's process number, so that tests beside each other do not meet. */
static void host_name(unsigned number, char name[32]) {
  snprintf(name, 32, "cv%d-%u", (int)getpid(), number);
}

static void hub_name(char name[32]) {
  snprintf(name, 32, "cv%d-hub", (int)getpid());
}

static bool host_new(const char *hub, unsigned number) {
  char host[32];
  host_name(number, host);
  return ip("netns add %s", host) &&
         ip("link add eth0 netns %s type veth peer name p%u netns %s", host, number, hub) &&
         ip("-n %s link set p%u master br0 up", hub, number) &&
         ip("-n %s addr add 10.77.9.%u/24 dev eth0", host, number) && ip("-n %s link set eth0 up", host) &&
         ip("-n %s link set lo up", host);
}

/* Host 1 is the broker's, 2 and 3 are the workers', 3 also the client's. */
static bool hosts_new(cluster *c) {
  char hub[32];
  hub_name(hub);
  bool are_made = geteuid() == 0 && ip("netns add %s", hub) && ip("-n %s link add br0 type bridge", hub) &&
                  ip("-n %s link set br0 up", hub);
  for (unsigned n = 1; are_made && n <= HOSTS; n++) {
    are_made = host_new(hub, n);
  }
  if (!are_made) {
    print_message("skipped: needs network namespaces (root and iproute2)\n");
    return false;
  }
  host_name(1, c->broker_host);
  host_name(2, c->worker_hosts[0]);
  host_name(3, c->worker_hosts[1]);
  host_name(3, c->client_host);
  snprintf(c->endpoint, sizeof c->endpoint, "tcp://10.77.9.1:%d", PORT);
  setenv("CANVASS_BROKER", c->endpoint, 1);
  return true;
}

static int tear_down_hosts(void **state) {
  char name[32];
  const int result = cluster_tear_down(state);
  for (unsigned n = 1; n <= HOSTS; n++) {
    host_name(n, name);
    ip("netns del %s", name);
  }
  hub_name(name);
  ip("netns del %s", name);
  return result;
}

static void start_workers(cluster *c) {
  cluster_hide_store(c);
  cluster_start_workers(c, 2);
}

static void a_cluster_of_several_hosts_gives_the_same_bytes(void **state) {
  cluster *c = *state;
  process_result expected;
  process_result found;
  if (!hosts_new(c)) {
    cluster_passed(c);
    skip();
  }
  char root[256], path[512];
  const bool airline = survey_airline(cluster_path(c, "", root), path);
  const char *data = airline ? path : survey_shipped_data;
  const char *spec = airline ? survey_airline_spec : survey_shipped_spec;
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  cluster_use_keys(c);
  cluster_start_broker(c);
  start_workers(c);
  cluster_do(c, "put", "survey", spec, data, "--shard-rows", "3000");
  cluster_evaluate(c, spec, "survey", &found);
  cluster_expect_same(&expected, &found, "several hosts");
  process_result_fini(&found);
  process_result_fini(&expected);
  cluster_passed(c);
}

/* Packets vanish without notice. */
static void darken(unsigned number, bool is_dark) {
  char hub[32];
  hub_name(hub);
  assert_true(ip(is_dark ? "-n %s link set p%u nomaster" : "-n %s link set p%u master br0", hub, number));
}

static void a_network_that_breaks_in_the_middle_leaves_no_trace(void **state) {
  cluster *c = *state;
  long_job j;
  if (!hosts_new(c)) {
    cluster_passed(c);
    skip();
  }
  cluster_use_keys(c);
  long_job_put(&j, c, 0);
  start_workers(c);
  long_job_submit_held(&j, 0);
  darken(2, true);
  held_go_on(c);
  cluster_wait_workers(c, 1);
  darken(2, false);
  cluster_wait_workers(c, 2);
  long_job_expect_report(&j, "a worker's network broken and mended");
}

#define HOSTS_TEST(function) cmocka_unit_test_setup_teardown(function, cluster_set_up, tear_down_hosts)

int main(void) {
  const struct CMUnitTest tests[] = {
      HOSTS_TEST(a_cluster_of_several_hosts_gives_the_same_bytes),
      HOSTS_TEST(a_network_that_breaks_in_the_middle_leaves_no_trace),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
