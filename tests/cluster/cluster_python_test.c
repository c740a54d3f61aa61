/* The client in Python, written from docs/protocol.md alone, does with a real broker and worker what the
 * program's own clients do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

static const char client[] = CANVASS_SOURCE_DIR "/examples/python/canvass_client.py";

/* A Python that has what the client imports; NULL when there is none. */
static const char *find_python(void) {
  static const char *const candidates[] = {"/usr/bin/python3", "/usr/local/bin/python3"};
  for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
    const char *const arguments[] = {candidates[i], "-c", "import zmq, msgpack; assert zmq.has('curve')",
                                     NULL};
    process_result r;
    process_run(arguments, NULL, &r);
    const bool has_all = r.exit_code == 0;
    process_result_fini(&r);
    if (has_all) {
      return candidates[i];
    }
  }
  print_message("skipped: no Python with pyzmq and msgpack (Debian: python3-zmq, python3-msgpack)\n");
  return NULL;
}

#define PYTHON(python, c, code, result, ...) \
  run_python(code, result, (const char *const[]){python, "-B", client, (c)->endpoint, __VA_ARGS__, NULL})

static void run_python(int code, process_result *result, const char *const *arguments) {
  process_run(arguments, NULL, result);
  if (result->exit_code != code) {
    fail_msg("canvass_client.py %s: exit code %d: %s%s", arguments[4], result->exit_code, result->out,
             result->err);
  }
}

/* Puts, submits, watches and fetches; the report is that of `canvass run`. */
static void evaluate(cluster *c, const char *python, const char *spec, const char *data) {
  process_result r;
  process_result expected;
  char job[CLUSTER_JOB_BYTES];
  cluster_run_alone(spec, (const char *const[]){data, NULL}, &expected);
  PYTHON(python, c, 0, &r, "put", "survey", spec, data, "--shard-rows", "300");
  cluster_expect_words(r.out, "\"version\": 1", "put");
  process_result_fini(&r);
  PYTHON(python, c, 0, &r, "submit", spec, "--dataset", "survey", "--key", "once");
  cluster_job_id(&r, job);
  process_result_fini(&r);
  PYTHON(python, c, 0, &r, "submit", spec, "--dataset", "survey", "--key", "once");
  assert_memory_equal(r.out, job, CLUSTER_JOB_BYTES - 1);
  process_result_fini(&r);
  PYTHON(python, c, 0, &r, "watch", job);
  process_result_fini(&r);
  PYTHON(python, c, 0, &r, "report", job);
  cluster_expect_same(&expected, &r, "the report that the Python client fetched");
  process_result_fini(&r);
  process_result_fini(&expected);
  PYTHON(python, c, 0, &r, "jobs");
  cluster_expect_words(r.out, job, "jobs");
  process_result_fini(&r);
  PYTHON(python, c, 0, &r, "drop", "survey");
  process_result_fini(&r);
  PYTHON(python, c, 1, &r, "submit", spec, "--dataset", "survey");
  cluster_expect_words(r.err, "survey", "submit");
  process_result_fini(&r);
}

static void puts_submits_watches_and_fetches(void **state) {
  cluster *c = *state;
  const char *python = find_python();
  if (python == NULL) {
    cluster_passed(c);
    skip();
  }
  const bool airline = survey_airline_is_there(); /* more than one chunk */
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  evaluate(c, python, airline ? survey_airline_spec : survey_shipped_spec,
           airline ? survey_airline_data : survey_shipped_data);
  cluster_passed(c);
}

static void does_the_same_with_keys(void **state) {
  cluster *c = *state;
  const char *python = find_python();
  if (python == NULL) {
    cluster_passed(c);
    skip();
  }
  cluster_use_tcp(c);
  cluster_use_keys(c);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  evaluate(c, python, survey_shipped_spec, survey_shipped_data);
  cluster_passed(c);
}

static void appends_and_cancels(void **state) {
  cluster *c = *state;
  const char *python = find_python();
  process_result r;
  process_result expected;
  char first[256];
  char second[256];
  char spec[256];
  char job[CLUSTER_JOB_BYTES];
  if (python == NULL) {
    cluster_passed(c);
    skip();
  }
  survey_write(c->directory, "first.csv", 700, 1, 1, first);
  survey_write(c->directory, "second.csv", 700, 2, 2, second);
  survey_write_spec(c->directory, "short.yaml", survey_short_spec, spec);
  cluster_run_alone(spec, (const char *const[]){first, second, NULL}, &expected);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  PYTHON(python, c, 0, &r, "put", "months", spec, first);
  process_result_fini(&r);
  PYTHON(python, c, 1, &r, "put", "months", spec, second);
  process_result_fini(&r);
  for (int i = 0; i < 2; i++) { /* the second time nothing is new */
    PYTHON(python, c, 0, &r, "put", "months", spec, second, "--append");
    cluster_expect_words(r.out, "\"rows\": 1400", "put --append");
    process_result_fini(&r);
  }
  cluster_evaluate(c, spec, "months", &r);
  cluster_expect_same(&expected, &r, "months that the Python client put");
  process_result_fini(&r);
  process_result_fini(&expected);
  cluster_stop_worker(c, 0);
  cluster_submit(c, spec, "months", job);
  PYTHON(python, c, 0, &r, "cancel", job);
  process_result_fini(&r);
  PYTHON(python, c, 1, &r, "watch", job);
  process_result_fini(&r);
  cluster_passed(c);
}

static bool has_heard(cluster *c, void *context) {
  (void)c;
  size_t length = 0;
  char *text = process_read_file(context, &length);
  free(text);
  return length > 0;
}

static void goes_on_when_the_broker_comes_back(void **state) {
  cluster *c = *state;
  const char *python = find_python();
  char data[256];
  char spec[256];
  char log[256];
  char job[CLUSTER_JOB_BYTES];
  process watch = {0};
  if (python == NULL) {
    cluster_passed(c);
    skip();
  }
  survey_write(c->directory, "short.csv", 700, 1, 1, data);
  survey_write_spec(c->directory, "short.yaml", survey_short_spec, spec);
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", spec, data);
  cluster_submit(c, spec, "survey", job);
  const char *const arguments[] = {python, "-B", client, c->endpoint, "watch", job, NULL};
  cluster_client_start(c, &watch, "watch", arguments);
  cluster_wait_for(c, has_heard, (void *)cluster_path(c, "watch.err", log), "for the first news of a job");
  cluster_kill_broker(c);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  assert_int_equal(process_wait(&watch), 0);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(puts_submits_watches_and_fetches),
      CLUSTER_TEST(does_the_same_with_keys),
      CLUSTER_TEST(appends_and_cancels),
      CLUSTER_TEST(goes_on_when_the_broker_comes_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
