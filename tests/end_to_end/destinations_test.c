/* An output never destroys an input: whatever a command reads is refused as the place of its answer, by
 * device and inode, before anything is read; and an answer that cannot be written leaves what was there. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { COMMAND_BYTES = 4096, EXIT_USAGE = 2 };

static const char spec_text[] =
    "variables:\n"
    "  q1: {type: scale, range: [1, 5]}\n"
    "analyses:\n"
    "  - describe: {items: [q1]}\n";
static const char data_text[] = "q1\n1\n2\n5\n";
static const char keys_text[] = "# not even looked at\n";

static int set_up(void **state) {
  const int failed = scene_set_up(state);
  const scene *s = *state;
  char keys[SCENE_PATH_BYTES];
  scene_write(*state, spec_text, data_text);
  process_write_file(s->directory, "me.key", keys_text, strlen(keys_text), keys, sizeof keys);
  return failed;
}

static void assert_content(const char *path, const char *expected) {
  size_t length = 0;
  char *text = process_read_file(path, &length);
  assert_non_null(text);
  assert_string_equal(text, expected);
  free(text);
}

static int tear_down(void **state) {
  scene *s = *state;
  assert_content(s->spec, spec_text);
  assert_content(s->data, data_text);
  char keys[SCENE_PATH_BYTES + 8];
  (void)snprintf(keys, sizeof keys, "%s/me.key", s->directory);
  assert_content(keys, keys_text);
  return scene_tear_down(state);
}

/* COMMAND is for the shell in the scene's directory; "canvass" there is the program. */
static void run_shell(const scene *s, const char *command, process_result *r) {
  char text[COMMAND_BYTES];
  (void)snprintf(text, sizeof text, "cd '%s' && canvass() { '%s' \"$@\"; } && %s", s->directory,
                 CANVASS_PROGRAM, command);
  process_run((const char *const[]){"/bin/sh", "-c", text, NULL}, NULL, r);
}

typedef struct refusal {
  const char *command;
  const char *names[2]; /* both must be said */
} refusal;

static void assert_refused(const scene *s, const refusal *c) {
  process_result r;
  run_shell(s, c->command, &r);
  if (r.exit_code != EXIT_USAGE || r.out_length != 0 || strstr(r.err, c->names[0]) == NULL ||
      strstr(r.err, c->names[1]) == NULL || strstr(r.err, "another file") == NULL) {
    fail_msg("%s: exit code %d, output '%.200s', errors '%s'", c->command, r.exit_code, r.out, r.err);
  }
  process_result_fini(&r);
}

#define ASSERT_ALL_REFUSED(s, cases)                              \
  for (size_t i = 0; i < sizeof(cases) / sizeof((cases)[0]); i++) \
  assert_refused(s, &(cases)[i])

/* The specification does not exist where nothing may be read before the refusal. */
static void an_output_that_is_an_input_is_refused_however_it_is_spelled(void **state) {
  const scene *s = *state;
  static const refusal cases[] = {
      {"canvass run none.yaml data.csv -o data.csv", {"write to data.csv", "the data file data.csv"}},
      {"canvass run spec.yaml data.csv -o spec.yaml", {"write to spec.yaml", "the specification spec.yaml"}},
      {"canvass run none.yaml data.csv -o ././data.csv", {"write to ././data.csv", "the data file data.csv"}},
      {"canvass run none.yaml data.csv -o $(pwd)/data.csv", {"/data.csv", "the data file data.csv"}},
      {"ln -s data.csv link.csv && canvass run none.yaml data.csv -o link.csv",
       {"write to link.csv", "the data file data.csv"}},
      {"canvass run none.yaml link.csv -o data.csv", {"write to data.csv", "the data file link.csv"}},
      {"ln data.csv hard.csv && canvass run none.yaml data.csv -o hard.csv",
       {"write to hard.csv", "the data file data.csv"}},
      {"canvass run none.yaml other.csv data.csv third.csv -o hard.csv",
       {"write to hard.csv", "the data file data.csv"}},
      {"mkdir -p sub && ln -s ../hard.csv sub/deep && canvass run none.yaml data.csv -o sub/deep",
       {"write to sub/deep", "the data file data.csv"}},
  };
  ASSERT_ALL_REFUSED(s, cases);
}

static void standard_input_and_standard_output_count_as_the_files_behind_them(void **state) {
  const scene *s = *state;
  static const refusal cases[] = {
      {"canvass run none.yaml - -o data.csv < data.csv", {"write to data.csv", "on standard input"}},
      {"canvass run none.yaml /dev/stdin -o data.csv < data.csv",
       {"write to data.csv", "the data file /dev/stdin"}},
      {"canvass run none.yaml data.csv >> data.csv", {"standard output", "the data file data.csv"}},
      {"canvass run none.yaml data.csv -o - >> data.csv", {"standard output", "the data file data.csv"}},
      {"canvass run none.yaml data.csv -o /dev/stdout >> data.csv",
       {"standard output", "the data file data.csv"}},
      {"canvass run none.yaml data.csv -o /dev/fd/3 3>> data.csv",
       {"write to /dev/fd/3", "the data file data.csv"}},
      {"canvass run none.yaml - < data.csv >> data.csv", {"standard output", "on standard input"}},
  };
  ASSERT_ALL_REFUSED(s, cases);
}

static void every_command_that_writes_an_answer_looks_at_what_it_reads(void **state) {
  const scene *s = *state;
  static const refusal cases[] = {
      {"canvass check spec.yaml data.csv >> data.csv", {"standard output", "the data file data.csv"}},
      {"canvass check spec.yaml >> spec.yaml", {"standard output", "the specification spec.yaml"}},
      {"canvass put name spec.yaml data.csv --json >> data.csv",
       {"standard output", "the data file data.csv"}},
      {"canvass submit spec.yaml --dataset name --wait -o spec.yaml",
       {"write to spec.yaml", "the specification spec.yaml"}},
      {"canvass submit spec.yaml --dataset name --wait -o me.key --identity me.key",
       {"write to me.key", "the file of keys me.key"}},
      {"canvass report 1234 -o me.key --identity ./me.key", {"write to me.key", "the file of keys ./me.key"}},
      {"CANVASS_BROKER_KEY=me.key canvass report 1234 -o ./me.key",
       {"write to ./me.key", "the file of keys me.key"}},
  };
  ASSERT_ALL_REFUSED(s, cases);
  process_result r;
  run_shell(s, "canvass keygen me.key", &r); /* whose outputs never replace anything */
  assert_int_equal(r.exit_code, EXIT_USAGE);
  process_result_fini(&r);
}

static void a_store_takes_no_report_among_its_files(void **state) {
  const scene *s = *state;
  static const refusal cases[] = {
      {"canvass run spec.yaml data.csv --store kept -o kept/index/data.mdb",
       {"kept/index/data.mdb", "store"}},
      {"canvass run spec.yaml data.csv --store ./kept/ -o kept/report.txt", {"kept/report.txt", "store"}},
      {"ln -s kept/index/data.mdb inside && canvass run spec.yaml data.csv --store kept -o inside",
       {"write to inside", "store"}},
  };
  process_result r;
  run_shell(s, "canvass run spec.yaml data.csv --store kept -o before.txt", &r);
  assert_int_equal(r.exit_code, 0);
  process_result_fini(&r);
  ASSERT_ALL_REFUSED(s, cases);
  run_shell(s, "canvass run spec.yaml data.csv --store kept -o after.txt && cmp before.txt after.txt", &r);
  assert_int_equal(r.exit_code, 0);
  process_result_fini(&r);
}

static void assert_done(const scene *s, const char *command) {
  process_result r;
  run_shell(s, command, &r);
  if (r.exit_code != 0) {
    fail_msg("%s: exit code %d, errors '%s'", command, r.exit_code, r.err);
  }
  process_result_fini(&r);
}

static void other_files_devices_and_pipes_are_written_as_before(void **state) {
  const scene *s = *state;
  assert_done(s, "canvass run spec.yaml data.csv > expected.txt && grep -q q1 expected.txt");
  static const char *const commands[] = {
      "canvass run spec.yaml data.csv -o new.txt && cmp new.txt expected.txt",
      "canvass run spec.yaml data.csv -o new.txt && cmp new.txt expected.txt", /* its own report again */
      "canvass run spec.yaml data.csv -o /dev/null",
      "canvass run spec.yaml data.csv -o /dev/stdout | cmp - expected.txt",
      "canvass run spec.yaml - -o new.txt < data.csv",
      "mkfifo pipe && { canvass run spec.yaml data.csv -o pipe & cmp pipe expected.txt; }",
      "cp data.csv copy.csv && canvass run spec.yaml data.csv -o copy.csv && cmp copy.csv expected.txt",
  };
  for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    assert_done(s, commands[i]);
  }
}

static void what_an_open_file_holds_already_stays_before_the_report(void **state) {
  const scene *s = *state;
  assert_done(
      s,
      "canvass run spec.yaml data.csv > report.txt && { echo first; cat report.txt; } > expected.txt &&"
      "echo first > log && canvass run spec.yaml data.csv -o /dev/stdout >> log && cmp log expected.txt");
  assert_done(s,
              "{ echo first; canvass run spec.yaml data.csv -o /dev/fd/1; } > log && cmp log expected.txt");
  assert_done(
      s, "{ echo first >&3; canvass run spec.yaml data.csv -o /dev/fd/3; } 3> log && cmp log expected.txt");
}

static void a_link_stays_a_link_and_its_target_is_written(void **state) {
  const scene *s = *state;
  assert_done(
      s,
      "mkdir real && canvass run spec.yaml data.csv > expected.txt && ln -s real/today.txt today.txt &&"
      "canvass run spec.yaml data.csv -o today.txt && test -L today.txt && cmp real/today.txt expected.txt");
  assert_done(
      s,
      "echo old > real/today.txt && chmod 640 real/today.txt && canvass run spec.yaml data.csv -o today.txt "
      "&& test -L today.txt && cmp real/today.txt expected.txt && "
      "test $(stat -c %a real/today.txt) = 640 && test $(ls real | wc -l) = 1");
}

/* A limit on the size of files stands for a full disk: the signal that comes with it is ignored here, so that
 * writing fails with a reason as it does there. */
static void a_report_that_does_not_fit_leaves_the_old_one_and_nothing_beside(void **state) {
  const scene *s = *state;
  assert_done(s, "echo old > report.txt && mkdir out && mv report.txt out");
  process_result r;
  run_shell(
      s, "trap '' XFSZ && ulimit -f 2 && canvass run spec.yaml data.csv --format json -o out/report.txt", &r);
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, "cannot write to");
  assert_contains(r.err, "File too large");
  process_result_fini(&r);
  assert_done(s, "test \"$(cat out/report.txt)\" = old && test $(ls -A out | wc -l) = 1");
}

static void a_write_protected_report_is_not_replaced(void **state) {
  const scene *s = *state;
  if (geteuid() == 0) {
    print_message("skipped: whoever is root may write everywhere\n");
    skip();
  }
  assert_done(s, "echo old > report.txt && chmod 444 report.txt");
  process_result r;
  run_shell(s, "canvass run spec.yaml data.csv -o report.txt", &r);
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, "cannot write to report.txt: Permission denied");
  process_result_fini(&r);
  assert_done(s, "test \"$(cat report.txt)\" = old");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_output_that_is_an_input_is_refused_however_it_is_spelled),
      TEST(standard_input_and_standard_output_count_as_the_files_behind_them),
      TEST(every_command_that_writes_an_answer_looks_at_what_it_reads),
      TEST(a_store_takes_no_report_among_its_files),
      TEST(other_files_devices_and_pipes_are_written_as_before),
      TEST(what_an_open_file_holds_already_stays_before_the_report),
      TEST(a_link_stays_a_link_and_its_target_is_written),
      TEST(a_report_that_does_not_fit_leaves_the_old_one_and_nothing_beside),
      TEST(a_write_protected_report_is_not_replaced),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
