/* libcanvass as a program of somebody else's uses it: what it shows and needs, what it refuses, and a survey
 * evaluated by a broker and a worker of their own processes; by this program and by the example, compiled
 * with what pkg-config says about an installed library. */
#include "client/canvass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/process.h"

enum { PATIENCE_MS = 24 * 3600 * 1000, COMMAND_BYTES = 4096 };

#define SURVEY CANVASS_SOURCE_DIR "/examples/customersat"

static const char *const survey_data = SURVEY "/customersat.csv";
static const char *const survey_spec = SURVEY "/spec.yaml";

/* ---- A cluster ----------------------------------------------------------------------------------- */

typedef struct cluster {
  char directory[256];
  char endpoint[400];
  process broker, worker;
} cluster;

static void start(cluster *c) {
  *c = (cluster){0};
  char broker_store[300], worker_store[300], log[300];
  process_directory_new(c->directory, sizeof c->directory);
  snprintf(c->endpoint, sizeof c->endpoint, "ipc://%s/socket", c->directory);
  snprintf(broker_store, sizeof broker_store, "%s/broker", c->directory);
  snprintf(worker_store, sizeof worker_store, "%s/worker", c->directory);
  snprintf(log, sizeof log, "%s/log", c->directory);
  const char *const broker[] = {CANVASS_PROGRAM, "broker",     "--listen", c->endpoint,
                                "--store",       broker_store, NULL};
  const char *const worker[] = {CANVASS_PROGRAM, "worker",    "--broker", c->endpoint, "--store",
                                worker_store,    "--threads", "2",        NULL};
  process_start(&c->broker, broker, log, log);
  process_start(&c->worker, worker, log, log);
}

static void stop(cluster *c) {
  process *all[] = {&c->worker, &c->broker};
  for (size_t i = 0; i < 2; i++) {
    process_signal(all[i], 15);
    const int code = process_wait(all[i]);
    if (code != 0) {
      fail_msg("%s/log: a process of the cluster ends with %d", c->directory, code);
    }
  }
  process_directory_remove(c->directory);
}

static void need(const cluster *c, canvass_code code, const canvass_error *error) {
  if (code != CANVASS_OK) {
    char log[300];
    snprintf(log, sizeof log, "%s/log", c->directory);
    size_t length = 0;
    char *text = process_read_file(log, &length);
    print_error("The log:\n%s\n", text != NULL ? text : "");
    free(text);
    fail_msg("%s: %s", error->name, error->message);
  }
}

static canvass *connected(const cluster *c) {
  canvass *link = NULL;
  canvass_error error;
  const canvass_options o = {.size = sizeof o, .patience_ms = PATIENCE_MS};
  need(c, canvass_connect(c->endpoint, &o, &link, &error), &error);
  return link;
}

/* What `canvass run` prints. */
static char *expected_report(size_t *length) {
  const char *const arguments[] = {CANVASS_PROGRAM, "run",  survey_spec, survey_data,
                                   "--format",      "json", "--quiet",   NULL};
  process_result r;
  process_run(arguments, NULL, &r);
  if (r.exit_code != 0) {
    fail_msg("%s", r.err);
  }
  char *report = r.out;
  *length = r.out_length;
  r.out = NULL;
  process_result_fini(&r);
  return report;
}

static canvass_files customersat(const char *const *paths, bool append) {
  return (canvass_files){.size = sizeof(canvass_files),
                         .dataset = "satisfaction",
                         .specification_file = survey_spec,
                         .paths = paths,
                         .count = 1,
                         .append = append,
                         .shard_rows = 300};
}

static canvass_job evaluation(const char *key) {
  return (canvass_job){.size = sizeof(canvass_job),
                       .specification_file = survey_spec,
                       .dataset = "satisfaction",
                       .key = key,
                       .title = "a test"};
}

/* ---- Alone --------------------------------------------------------------------------------------- */

static void every_code_has_a_name_of_its_own(void **state) {
  (void)state;
  static const char *const names[] = {"ok",        "no-memory", "usage",      "specification", "unreachable",
                                      "data",      "io",        "corrupt",    "limit",         "job",
                                      "not-found", "protocol",  "interrupted"};
  for (int i = 0; i <= (int)CANVASS_INTERRUPTED; i++) {
    assert_string_equal(canvass_code_name((canvass_code)i), names[i]);
  }
  assert_string_equal(canvass_code_name((canvass_code)99), "unknown");
  assert_non_null(strchr(canvass_version(), '.'));
}

static void refused(canvass_code code, const canvass_error *error, canvass_code expected, const char *told) {
  assert_int_equal(code, expected);
  assert_int_equal(error->code, expected);
  assert_string_equal(error->name, canvass_code_name(expected));
  assert_contains(error->message, told);
}

static void what_cannot_connect_is_told(void **state) {
  (void)state;
  unsetenv("CANVASS_BROKER");
  unsetenv("CANVASS_IDENTITY");
  unsetenv("CANVASS_BROKER_KEY");
  canvass *c = NULL;
  canvass_error error;
  refused(canvass_connect(NULL, NULL, &c, &error), &error, CANVASS_USAGE, "CANVASS_BROKER");
  refused(canvass_connect("", NULL, &c, &error), &error, CANVASS_USAGE, "CANVASS_BROKER");
  refused(canvass_connect("nowhere", NULL, &c, &error), &error, CANVASS_USAGE, "nowhere");
  canvass_options o = {.size = 0};
  refused(canvass_connect("ipc:///nowhere", &o, &c, &error), &error, CANVASS_USAGE, "canvass_options.size");
  o = (canvass_options){.size = sizeof o, .identity = "/nowhere/key"};
  refused(canvass_connect("ipc:///nowhere", &o, &c, &error), &error, CANVASS_USAGE, "broker_key");
  o.broker_key = "/nowhere/key.pub";
  refused(canvass_connect("ipc:///nowhere", &o, &c, &error), &error, CANVASS_USAGE, "/nowhere/key");
  o = (canvass_options){.size = sizeof o, .patience_ms = 300};
  refused(canvass_connect("ipc:///nowhere/socket", &o, &c, &error), &error, CANVASS_UNREACHABLE,
          "/nowhere/socket");
  assert_null(c);
  assert_int_equal(canvass_connect(NULL, NULL, &c, NULL), CANVASS_USAGE);
  canvass_close(NULL);
  canvass_free(NULL);
}

static void structs_of_newer_programs_are_taken_unless_they_ask_for_more(void **state) {
  (void)state;
  struct {
    canvass_options known;
    uint64_t more;
  } newer = {.known = {.size = sizeof newer, .patience_ms = 300}};
  canvass *c = NULL;
  canvass_error error;
  refused(canvass_connect("ipc:///nowhere/socket", &newer.known, &c, &error), &error, CANVASS_UNREACHABLE,
          "");
  newer.more = 1;
  refused(canvass_connect("ipc:///nowhere/socket", &newer.known, &c, &error), &error, CANVASS_USAGE,
          "does not know; install the version that the program was compiled with");
  /* An older one ends before the patience. */
  newer.known.size = offsetof(canvass_options, broker_key);
  newer.known.identity = "/nowhere/key";
  refused(canvass_connect("tcp://127.0.0.1:1", &newer.known, &c, &error), &error, CANVASS_USAGE, "neither");
}

/* ---- Installed ----------------------------------------------------------------------------------- */

static void shell(process_result *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void shell(process_result *r, const char *format, ...) {
  char command[COMMAND_BYTES];
  va_list arguments;
  va_start(arguments, format);
  assert_true(vsnprintf(command, sizeof command, format, arguments) < (int)sizeof command);
  va_end(arguments);
  const char *const program[] = {"/bin/sh", "-ec", command, NULL};
  process_run(program, NULL, r);
  if (r->exit_code != 0) {
    fail_msg("%s\nends with %d:\n%s%s", command, r->exit_code, r->out, r->err);
  }
}

static void it_shows_its_interface_alone_and_needs_no_statistics_and_no_store(void **state) {
  (void)state;
  process_result r;
  shell(
      &r,
      "nm -D --defined-only '%s' | awk '$2 != \"A\" {print $3}' | grep -v '^canvass_.*@@CANVASS_0$' || true",
      CANVASS_LIBRARY);
  assert_string_equal(r.out, "");
  process_result_fini(&r);
  shell(&r, "nm --extern-only --defined-only '%s' | awk 'NF == 3 {print $3}' | grep -v '^canvass_' || true",
        CANVASS_STATIC_LIBRARY);
  assert_string_equal(r.out, "");
  process_result_fini(&r);
  shell(&r, "readelf -d '%s'", CANVASS_LIBRARY);
  assert_contains(r.out, "libcanvass.so.0");
  assert_contains(r.out, "libzmq.so");
  static const char *const unwanted[] = {"Rmath", "lmdb", "gmp", "yaml", "zstd", "libz.so"};
  for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
    assert_null(strstr(r.out, unwanted[i]));
  }
  process_result_fini(&r);
}

/* Compiles the example in DIRECTORY with what pkg-config says about the library installed there. */
static void build_example(const char *directory, const char *flags, const char *name) {
  process_result r;
  shell(&r,
        "cd '%s'; export PKG_CONFIG_PATH=$(dirname $(find prefix -name canvass.pc | sed \"s|^|$PWD/|\")); "
        "cc -std=c17 -Wall -Wextra -Werror '%s/examples/c/submit_survey.c' %s -o %s "
        "$(pkg-config --cflags canvass) %s",
        directory, CANVASS_SOURCE_DIR, CANVASS_FLAGS, name, flags);
  process_result_fini(&r);
}

static void run_example(const cluster *c, const char *name) {
  process_result r;
  size_t length = 0;
  char *expected = expected_report(&length);
  shell(&r,
        "cd '%s'; export LD_LIBRARY_PATH=$(dirname $(find prefix -name libcanvass.so | sed \"s|^|$PWD/|\")); "
        "CANVASS_BROKER='%s' ./%s %s '%s' '%s'",
        c->directory, c->endpoint, name, name, survey_spec, survey_data);
  assert_int_equal(r.out_length, length);
  assert_memory_equal(r.out, expected, length);
  assert_contains(r.err, "version 1: 1811 rows");
  process_result_fini(&r);
  free(expected);
}

static void the_example_is_built_with_what_is_installed_and_prints_what_run_prints(void **state) {
  (void)state;
  cluster c;
  process_result r;
  start(&c);
  shell(&r, "'%s' --install '%s' --component library --prefix '%s/prefix'", CANVASS_CMAKE, CANVASS_BUILD_DIR,
        c.directory);
  process_result_fini(&r);
  shell(&r, "cd '%s/prefix'; test -f include/canvass.h; find . -name libcanvass.3 | grep man3", c.directory);
  process_result_fini(&r);
  build_example(c.directory, "$(pkg-config --libs canvass)", "shared");
  build_example(c.directory,
                "$(pkg-config --variable=libdir canvass)/libcanvass.a "
                "$(pkg-config --static --libs canvass | sed 's/-lcanvass//')",
                "static");
  run_example(&c, "shared");
  run_example(&c, "static");
  stop(&c);
}

static void a_cmake_project_finds_what_is_installed(void **state) {
  (void)state;
  char directory[256];
  process_result r;
  process_directory_new(directory, sizeof directory);
  shell(&r, "'%s' --install '%s' --component library --prefix '%s/prefix'", CANVASS_CMAKE, CANVASS_BUILD_DIR,
        directory);
  process_result_fini(&r);
  shell(&r,
        "cp -r '%s/examples/c' '%s/shared' && cp -r '%s/shared' '%s/static' && "
        "sed -i 's/PRIVATE canvass::canvass/PRIVATE canvass::canvass_static/' '%s/static/CMakeLists.txt'",
        CANVASS_SOURCE_DIR, directory, directory, directory, directory);
  process_result_fini(&r);
  static const char *const kinds[] = {"shared", "static"};
  for (size_t i = 0; i < 2; i++) {
    shell(&r,
          "cd '%s/%s'; '%s' -S . -B build -DCMAKE_PREFIX_PATH='%s/prefix' -DCMAKE_C_FLAGS='%s' && '%s' "
          "--build build "
          "&& ldd build/submit_survey",
          directory, kinds[i], CANVASS_CMAKE, directory, CANVASS_FLAGS, CANVASS_CMAKE);
    assert_true((strstr(r.out, "libcanvass.so.0 => ") != NULL) == (i == 0));
    process_result_fini(&r);
  }
  process_directory_remove(directory);
}

/* ---- With a cluster ------------------------------------------------------------------------------ */

typedef struct seen {
  unsigned calls;
  bool sent, ran;
  unsigned leave_after; /* 0: never */
} seen;

static bool look(void *context, const canvass_progress *p) {
  seen *s = context;
  s->calls++;
  s->sent = s->sent || p->phase == CANVASS_SENDING;
  s->ran = s->ran || p->phase != CANVASS_SENDING;
  assert_true(p->total == 0 || p->done <= p->total);
  return s->leave_after == 0 || s->calls < s->leave_after;
}

static void a_survey_is_put_and_evaluated(void **state) {
  (void)state;
  cluster c;
  start(&c);
  canvass *link = connected(&c);
  canvass_error error;
  canvass_dataset data = {0};
  seen s = {0};
  const canvass_files files = customersat(&survey_data, false);
  need(&c, canvass_put(link, &files, look, &s, &data, &error), &error);
  assert_true(s.sent && s.ran);
  assert_int_equal(data.version, 1);
  assert_int_equal(data.rows, 1811);
  /* Nothing is added twice, and a name is taken once. */
  const canvass_files again = customersat(&survey_data, true);
  need(&c, canvass_put(link, &again, NULL, NULL, &data, &error), &error);
  assert_int_equal(data.version, 1);
  assert_int_equal(data.rows, 1811);

  char id[CANVASS_JOB_BYTES], same[CANVASS_JOB_BYTES], found[CANVASS_JOB_BYTES];
  const canvass_job job = evaluation("the key");
  need(&c, canvass_submit(link, &job, id, &error), &error);
  need(&c, canvass_submit(link, &job, same, &error), &error);
  assert_string_equal(id, same);
  assert_int_not_equal(canvass_find_job(link, "", found, &error), CANVASS_OK);
  char prefix[] = "12345678";
  memcpy(prefix, id, 8);
  need(&c, canvass_find_job(link, prefix, found, &error), &error);
  assert_string_equal(id, found);

  size_t length = 0, expected_length = 0;
  char *expected = expected_report(&expected_length);
  char *report = NULL;
  s = (seen){0};
  need(&c, canvass_wait(link, id, look, &s, &report, &length, &error), &error);
  assert_int_equal(strlen(report), length);
  /* `run` ends the line. */
  assert_int_equal(length + 1, expected_length);
  assert_memory_equal(report, expected, length);
  canvass_free(report);
  need(&c, canvass_report(link, id, &report, NULL, &error), &error);
  assert_memory_equal(report, expected, length);
  canvass_free(report);
  free(expected);
  refused(canvass_cancel(link, id, &error), &error, CANVASS_JOB, "");

  static const char *const lists[] = {"jobs", "workers", "datasets"};
  for (size_t i = 0; i < 3; i++) {
    char *list = NULL;
    need(&c, canvass_list(link, lists[i], &list, &length, &error), &error);
    assert_int_equal(strlen(list), length);
    assert_contains(list, lists[i]);
    canvass_free(list);
  }
  uint64_t jobs = 99;
  need(&c, canvass_drop(link, "satisfaction", &jobs, &error), &error);
  assert_int_equal(jobs, 0);
  const canvass_job late = evaluation(NULL);
  refused(canvass_submit(link, &late, id, &error), &error, CANVASS_NOT_FOUND, "satisfaction");
  canvass_close(link);
  stop(&c);
}

static void leaving_a_job_does_not_end_it(void **state) {
  (void)state;
  cluster c;
  start(&c);
  canvass *link = connected(&c);
  canvass_error error;
  const canvass_files files = customersat(&survey_data, false);
  need(&c, canvass_put(link, &files, NULL, NULL, NULL, &error), &error);
  char id[CANVASS_JOB_BYTES];
  const canvass_job job = evaluation(NULL);
  need(&c, canvass_submit(link, &job, id, &error), &error);
  seen s = {.leave_after = 1};
  char *report = NULL;
  const canvass_code code = canvass_wait(link, id, look, &s, &report, NULL, &error);
  assert_true(code == CANVASS_INTERRUPTED || code == CANVASS_OK);
  if (code == CANVASS_OK) {
    canvass_free(report);
  }
  canvass_close(link);
  link = connected(&c);
  need(&c, canvass_wait(link, id, NULL, NULL, NULL, NULL, &error), &error);
  canvass_close(link);
  stop(&c);
}

static void a_jobs_timeout_goes_to_the_broker(void **state) {
  (void)state;
  cluster c;
  start(&c);
  canvass *link = connected(&c);
  canvass_error error;
  char id[CANVASS_JOB_BYTES];
  char *list = NULL;
  const canvass_files files = customersat(&survey_data, false);
  need(&c, canvass_put(link, &files, NULL, NULL, NULL, &error), &error);
  canvass_job job = evaluation("in time");
  job.timeout_s = 86399;
  need(&c, canvass_submit(link, &job, id, &error), &error);
  need(&c, canvass_list(link, "jobs", &list, NULL, &error), &error);
  assert_contains(list, "\"timeout\":86399");
  canvass_free(list);
  job.timeout_s = (uint64_t)UINT32_MAX + 1;
  refused(canvass_submit(link, &job, id, &error), &error, CANVASS_USAGE, "4294967296");
  canvass_close(link);
  stop(&c);
}

static void mistakes_come_back_with_their_places(void **state) {
  (void)state;
  cluster c;
  start(&c);
  canvass *link = connected(&c);
  canvass_error error;
  char path[400], id[CANVASS_JOB_BYTES];
  process_write_file(c.directory, "answers.csv", "q1,q2\n1,2\n", 10, path, sizeof path);
  const char *const paths[] = {path};
  canvass_files files = customersat(paths, false);
  refused(canvass_put(link, &files, NULL, NULL, NULL, &error), &error, CANVASS_DATA, "q3");
  files.specification = "variables: {}\n";
  refused(canvass_put(link, &files, NULL, NULL, NULL, &error), &error, CANVASS_USAGE, "either");
  files.specification_file = NULL;
  refused(canvass_put(link, &files, NULL, NULL, NULL, &error), &error, CANVASS_SPECIFICATION,
          "specification:1:");
  files = customersat(&survey_data, false);
  need(&c, canvass_put(link, &files, NULL, NULL, NULL, &error), &error);
  canvass_job job = {.size = sizeof job,
                     .dataset = "satisfaction",
                     .specification = "variables:\n  q1: {type: scal}\nanalyses: [describe: {items: q1}]\n"};
  need(&c, canvass_submit(link, &job, id, &error), &error);
  refused(canvass_wait(link, id, NULL, NULL, NULL, NULL, &error), &error, CANVASS_SPECIFICATION,
          "specification:2:");
  job.specification = "";
  refused(canvass_submit(link, &job, id, &error), &error, CANVASS_SPECIFICATION, "empty");
  job = (canvass_job){.size = sizeof job, .dataset = "satisfaction", .specification_file = "/nowhere.yaml"};
  refused(canvass_submit(link, &job, id, &error), &error, CANVASS_IO, "/nowhere.yaml");
  refused(canvass_wait(link, "no id", NULL, NULL, NULL, NULL, &error), &error, CANVASS_USAGE, "no id");
  refused(canvass_report(link, "00112233445566778899aabbccddeeff", NULL, NULL, &error), &error,
          CANVASS_NOT_FOUND, "");
  refused(canvass_list(link, "stars", NULL, NULL, &error), &error, CANVASS_USAGE, "stars");
  canvass_close(link);
  stop(&c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_code_has_a_name_of_its_own),
      cmocka_unit_test(what_cannot_connect_is_told),
      cmocka_unit_test(structs_of_newer_programs_are_taken_unless_they_ask_for_more),
      cmocka_unit_test(it_shows_its_interface_alone_and_needs_no_statistics_and_no_store),
      cmocka_unit_test(the_example_is_built_with_what_is_installed_and_prints_what_run_prints),
      cmocka_unit_test(a_cmake_project_finds_what_is_installed),
      cmocka_unit_test(a_survey_is_put_and_evaluated),
      cmocka_unit_test(leaving_a_job_does_not_end_it),
      cmocka_unit_test(a_jobs_timeout_goes_to_the_broker),
      cmocka_unit_test(mistakes_come_back_with_their_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
