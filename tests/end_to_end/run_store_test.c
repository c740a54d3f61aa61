/* Nothing twice: `canvass run --store DIR` gives the bytes of a run without it, and computes only what is
 * new.  On the shipped survey, in two parts as two months; on the airline survey where it is there. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/process.h"
#include "tests/seeded.h"

static const char airline_data[] =
    CANVASS_SOURCE_DIR "/../shared/data/airline/airline_passenger_satisfaction.csv.gz";
static const char airline_spec[] = CANVASS_SOURCE_DIR "/examples/airline/spec.yaml";
static const char shipped_data[] = CANVASS_SOURCE_DIR "/examples/customersat/customersat.csv";
static const char shipped_spec[] = CANVASS_SOURCE_DIR "/examples/customersat/spec.yaml";

static const char small_spec[] =
    "variables:\n"
    "  q1: {type: scale, range: [1, 10], label: Overall}\n"
    "  q2: {type: scale, range: [1, 10]}\n"
    "analyses:\n"
    "  - csat: {items: q1, boxes: 2}\n";
static const char other_label[] =
    "variables:\n"
    "  q1: {type: scale, range: [1, 10], label: Everything taken together}\n"
    "  q2: {type: scale, range: [1, 10]}\n"
    "analyses:\n"
    "  - csat: {items: q1, boxes: 2, label: Satisfied}\n";
static const char one_more_analysis[] =
    "variables:\n"
    "  q1: {type: scale, range: [1, 10], label: Overall}\n"
    "  q2: {type: scale, range: [1, 10]}\n"
    "analyses:\n"
    "  - csat: {items: q1, boxes: 2}\n"
    "  - csat: {items: q2, boxes: 3}\n";
static const char one_more_variable[] =
    "variables:\n"
    "  q1: {type: scale, range: [1, 10], label: Overall}\n"
    "  q2: {type: scale, range: [1, 10]}\n"
    "  q7: {type: number}\n"
    "analyses:\n"
    "  - csat: {items: q1, boxes: 2}\n"
    "  - describe: {items: q7}\n";

typedef struct scene {
  char directory[256];
  char store[300];
  char spec[400];
  char january[400], february[400];
} scene;

/* The shipped survey cut in two. */
static void set_up(scene *s) {
  process_directory_new(s->directory, sizeof s->directory);
  snprintf(s->store, sizeof s->store, "%s/store", s->directory);
  process_write_file(s->directory, "spec.yaml", small_spec, strlen(small_spec), s->spec, sizeof s->spec);
  size_t length = 0;
  char *text = process_read_file(shipped_data, &length);
  assert_non_null(text);
  const char *header_end = strchr(text, '\n') + 1;
  const char *middle = strchr(text + length / 2, '\n') + 1;
  const size_t header = (size_t)(header_end - text);
  process_write_file(s->directory, "january.csv", text, (size_t)(middle - text), s->january,
                     sizeof s->january);
  char *second = malloc(length);
  assert_non_null(second);
  const size_t rest = length - (size_t)(middle - text);
  memcpy(second, text, header);
  memcpy(second + header, middle, rest);
  process_write_file(s->directory, "february.csv", second, header + rest, s->february, sizeof s->february);
  free(second);
  free(text);
}

static void tear_down(scene *s) {
  process_directory_remove(s->directory);
}

/* STORE and SECOND may be NULL. */
static void run(const char *store, const char *spec, const char *first, const char *second,
                process_result *result) {
  const char *arguments[16] = {CANVASS_PROGRAM, "run", spec, first};
  size_t count = 4;
  if (second != NULL) {
    arguments[count++] = second;
  }
  const char *const rest[] = {"--format", "json", "--shard-rows", "100", "--workers", "2"};
  for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
    arguments[count++] = rest[i];
  }
  if (store != NULL) {
    arguments[count++] = "--store";
    arguments[count++] = store;
  }
  process_run(arguments, NULL, result);
  process_check_success(result);
}

static uint64_t number_before(const char *text, const char *words) {
  const char *end = strstr(text, words);
  if (end == NULL) {
    fail_msg("no \"%s\" in \"%s\"", words, text);
  }
  const char *at = end;
  while (at > text && (at[-1] == ',' || (at[-1] >= '0' && at[-1] <= '9'))) {
    at--;
  }
  uint64_t v = 0;
  for (; at < end; at++) {
    v = *at == ',' ? v : v * 10 + (uint64_t)(*at - '0');
  }
  return v;
}

typedef struct count {
  uint64_t computed, total;
} count;

static count counted(const process_result *r) {
  return (count){number_before(r->err, " of "), number_before(r->err, " partial statistics")};
}

/* Runs with and without the store: the bytes are the same. */
static count run_and_compare(const scene *s, const char *spec, const char *first, const char *second) {
  process_result kept;
  process_result plain;
  run(s->store, spec, first, second, &kept);
  run(NULL, spec, first, second, &plain);
  assert_int_equal(kept.out_length, plain.out_length);
  assert_memory_equal(kept.out, plain.out, plain.out_length);
  assert_int_equal(plain.err_length, 0);
  assert_null(strstr(kept.err, "warning"));
  const count c = counted(&kept);
  process_result_fini(&kept);
  process_result_fini(&plain);
  return c;
}

static void a_second_run_computes_nothing_and_gives_the_same_bytes(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const count first = run_and_compare(&s, shipped_spec, shipped_data, NULL);
  assert_true(first.computed > 0);
  const count second = run_and_compare(&s, shipped_spec, shipped_data, NULL);
  assert_int_equal(second.computed, 0);
  assert_int_equal(second.total, first.total);
  tear_down(&s);
}

static void one_more_file_computes_only_its_shards(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const count january = run_and_compare(&s, s.spec, s.january, NULL);
  assert_int_equal(january.computed, january.total);
  const count both = run_and_compare(&s, s.spec, s.january, s.february);
  assert_true(both.total > january.total);
  assert_int_equal(both.computed, both.total - january.total);
  tear_down(&s);
}

static void a_changed_label_computes_nothing(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const count before = run_and_compare(&s, s.spec, s.january, NULL);
  process_write_file(s.directory, "spec.yaml", other_label, strlen(other_label), s.spec, sizeof s.spec);
  const count after = run_and_compare(&s, s.spec, s.january, NULL);
  assert_int_equal(after.computed, 0);
  assert_int_equal(after.total, before.total);
  tear_down(&s);
}

static void an_added_analysis_computes_only_its_own(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const count before = run_and_compare(&s, s.spec, s.january, NULL);
  process_write_file(s.directory, "spec.yaml", one_more_analysis, strlen(one_more_analysis), s.spec,
                     sizeof s.spec);
  const count after = run_and_compare(&s, s.spec, s.january, NULL);
  assert_true(after.total > before.total);
  assert_int_equal(after.computed, after.total - before.total);
  tear_down(&s);
}

static void list_blobs(const scene *s, process_result *r) {
  const char *const arguments[] = {"/bin/sh", "-c", "cd \"$0\" && echo blobs/*/*", s->store, NULL};
  process_run(arguments, NULL, r);
  assert_int_equal(r->exit_code, 0);
}

/* The facts of all variables are one accumulator: it and those of the new analysis are new, no shard is. */
static void an_added_variable_needs_no_new_shards(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  process_result blobs_before;
  process_result blobs_after;
  (void)run_and_compare(&s, s.spec, s.january, NULL);
  list_blobs(&s, &blobs_before);
  process_write_file(s.directory, "spec.yaml", one_more_variable, strlen(one_more_variable), s.spec,
                     sizeof s.spec);
  const count after = run_and_compare(&s, s.spec, s.january, NULL);
  assert_true(after.computed < after.total);
  list_blobs(&s, &blobs_after);
  assert_string_equal(blobs_before.out, blobs_after.out);
  process_result_fini(&blobs_before);
  process_result_fini(&blobs_after);
  tear_down(&s);
}

static void quiet_runs_say_nothing(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const char *const arguments[] = {CANVASS_PROGRAM, "run", s.spec, s.january, "-q", "--store", s.store, NULL};
  process_result r;
  process_run(arguments, NULL, &r);
  assert_int_equal(r.exit_code, 0);
  assert_int_equal(r.err_length, 0);
  process_result_fini(&r);
  tear_down(&s);
}

static void standard_input_is_read_beside_kept_files(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  size_t length = 0;
  char *text = process_read_file(s.february, &length);
  const char *const kept[] = {CANVASS_PROGRAM, "run",   s.spec,     s.january, "-",
                              "--store",       s.store, "--format", "json",    NULL};
  const char *const plain[] = {CANVASS_PROGRAM, "run", s.spec, s.january, "-", "--format", "json", NULL};
  process_result a, b, c;
  process_run(kept, text, &a);
  process_run(kept, text, &b);
  process_run(plain, text, &c);
  assert_int_equal(a.exit_code, 0);
  assert_int_equal(c.exit_code, 0);
  assert_string_equal(a.out, c.out);
  assert_string_equal(b.out, c.out);
  assert_int_equal(counted(&b).computed, 0);
  process_result_fini(&a);
  process_result_fini(&b);
  process_result_fini(&c);
  free(text);
  tear_down(&s);
}

/* Every blob of the store, altered in its middle. */
static void alter_blobs(const scene *s) {
  char command[700];
  snprintf(command, sizeof command,
           "for f in '%s'/blobs/*/*; do printf 'canvass' | dd of=\"$f\" bs=1 seek=200 conv=notrunc "
           "2>/dev/null || exit 1; done",
           s->store);
  assert_int_equal(system(command), 0);
}

static void altered_shards_are_named_and_made_anew(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  process_result first;
  process_result second;
  run(s.store, s.spec, s.january, s.february, &first);
  alter_blobs(&s);
  process_write_file(s.directory, "spec.yaml", one_more_analysis, strlen(one_more_analysis), s.spec,
                     sizeof s.spec);
  run(s.store, s.spec, s.january, s.february, &second);
  assert_contains(second.err, "was altered or cut off");
  process_result plain;
  run(NULL, s.spec, s.january, s.february, &plain);
  assert_string_equal(second.out, plain.out);
  process_result_fini(&first);
  process_result_fini(&second);
  process_result_fini(&plain);
  assert_true(run_and_compare(&s, s.spec, s.january, s.february).computed == 0);
  tear_down(&s);
}

static void a_damaged_index_is_made_anew_and_that_is_told(void **state) {
  (void)state;
  enum { RUBBISH_BYTES = 1 << 15 };
  static char rubbish[RUBBISH_BYTES];
  scene s;
  char index[400];
  char path[500];
  process_result first;
  process_result second;
  set_up(&s);
  run(s.store, s.spec, s.january, NULL, &first);
  memset(rubbish, 0x5a, sizeof rubbish);
  snprintf(index, sizeof index, "%s/index", s.store);
  process_write_file(index, "data.mdb", rubbish, sizeof rubbish, path, sizeof path);
  run(s.store, s.spec, s.january, NULL, &second);
  assert_contains(second.err, "it is damaged; it is made again");
  assert_int_equal(first.out_length, second.out_length);
  assert_memory_equal(first.out, second.out, first.out_length);
  process_result_fini(&first);
  process_result_fini(&second);
  assert_int_equal(run_and_compare(&s, s.spec, s.january, NULL).computed, 0);
  tear_down(&s);
}

static void what_cannot_be_a_store_is_refused(void **state) {
  (void)state;
  scene s;
  set_up(&s);
  const struct {
    const char *option, *value, *words;
    int exit_code;
  } cases[] = {
      {"--store", s.directory, "is not a store: it holds", 2},
      {"--store", "/proc/canvass", "cannot create the store /proc/canvass", 1},
      {"--cache-bytes", "10", "is not a size of at least 1M", 2},
      {"--cache-bytes", "20GB", "is not a size of at least 1M", 2},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *const arguments[] = {CANVASS_PROGRAM, "run",          s.spec, s.january,
                                     cases[i].option, cases[i].value, "-q",   NULL};
    process_result r;
    process_run(arguments, NULL, &r);
    if (r.exit_code != cases[i].exit_code || strstr(r.err, cases[i].words) == NULL) {
      fail_msg("%s %s: exit %d: %s", cases[i].option, cases[i].value, r.exit_code, r.err);
    }
    process_result_fini(&r);
  }
  tear_down(&s);
}

static void kill_a_run(const scene *s, const char *spec, const char *data, useconds_t after) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    if (freopen("/dev/null", "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL) {
      _exit(126);
    }
    execl(CANVASS_PROGRAM, CANVASS_PROGRAM, "run", spec, data, "--shard-rows", "100", "--store", s->store,
          (char *)NULL);
    _exit(127);
  }
  usleep(after);
  kill(child, SIGKILL);
  int ended = 0;
  assert_int_equal(waitpid(child, &ended, 0), child);
}

static void killed_in_the_middle_the_next_run_gives_the_same_bytes(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  scene s;
  set_up(&s);
  for (int round = 0; round < 10; round++) {
    kill_a_run(&s, shipped_spec, shipped_data, (useconds_t)(5000 + seeded_below(&r, 120000)));
  }
  (void)run_and_compare(&s, shipped_spec, shipped_data, NULL);
  assert_int_equal(run_and_compare(&s, shipped_spec, shipped_data, NULL).computed, 0);
  tear_down(&s);
}

static void the_airline_survey_is_computed_once(void **state) {
  (void)state;
  process_skip_without(airline_data);
  process_result results[3];
  scene s;
  set_up(&s);
  for (int i = 0; i < 3; i++) {
    const char *const arguments[] = {CANVASS_PROGRAM,
                                     "run",
                                     airline_spec,
                                     airline_data,
                                     "--format",
                                     "json",
                                     i < 2 ? "--store" : "--color",
                                     i < 2 ? s.store : "never",
                                     NULL};
    process_run(arguments, NULL, &results[i]);
    assert_int_equal(results[i].exit_code, 0);
    assert_string_equal(results[i].out, results[0].out);
  }
  assert_true(counted(&results[0]).computed > 0);
  assert_int_equal(counted(&results[1]).computed, 0);
  for (int i = 0; i < 3; i++) {
    process_result_fini(&results[i]);
  }
  tear_down(&s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_second_run_computes_nothing_and_gives_the_same_bytes),
      cmocka_unit_test(one_more_file_computes_only_its_shards),
      cmocka_unit_test(a_changed_label_computes_nothing),
      cmocka_unit_test(an_added_analysis_computes_only_its_own),
      cmocka_unit_test(an_added_variable_needs_no_new_shards),
      cmocka_unit_test(quiet_runs_say_nothing),
      cmocka_unit_test(standard_input_is_read_beside_kept_files),
      cmocka_unit_test(altered_shards_are_named_and_made_anew),
      cmocka_unit_test(a_damaged_index_is_made_anew_and_that_is_told),
      cmocka_unit_test(what_cannot_be_a_store_is_refused),
      cmocka_unit_test(killed_in_the_middle_the_next_run_gives_the_same_bytes),
      cmocka_unit_test(the_airline_survey_is_computed_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
