/* Which jobs `canvass jobs` lists, and in which order, against a broker that answers as told. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/client/book.h"
#include "tests/process.h"

typedef struct fixture {
  char err[512];
  book book;
} fixture;

static int set_up(void **state) {
  fixture *f = calloc(1, sizeof *f);
  assert_non_null(f);
  book_open_for_programs(&f->book);
  (void)snprintf(f->err, sizeof f->err, "%s/err", scripted_directory(f->book.broker));
  *state = f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  book_close(&f->book);
  free(f);
  return 0;
}

#define JOB_1 "{\"dataset\":\"a\",\"id\":\"11112222333344445555666677778888\",\"state\":\"done\"}"
#define JOB_2 "{\"dataset\":\"b\",\"id\":\"22222222333344445555666677778888\",\"state\":\"running\"}"
#define JOB_3 "{\"dataset\":\"a\",\"id\":\"22223333333344445555666677778888\",\"state\":\"running\"}"
/* In the order of submission. */
static const char three_jobs[] = "{\"jobs\":[" JOB_1 "," JOB_2 "," JOB_3 "]}";

static void jobs_are_the_newest_first_for_programs_too_and_can_be_chosen(void **state) {
  fixture *f = *state;
  static const struct {
    const char *options[4], *expected;
  } cases[] = {
      {{NULL}, "{\"jobs\":[" JOB_3 "," JOB_2 "," JOB_1 "]}\n"},
      {{"--dataset", "a"}, "{\"jobs\":[" JOB_3 "," JOB_1 "]}\n"},
      {{"--state", "running"}, "{\"jobs\":[" JOB_3 "," JOB_2 "]}\n"},
      {{"--state", "running", "--dataset", "b"}, "{\"jobs\":[" JOB_2 "]}\n"},
      {{"--limit", "1"}, "{\"jobs\":[" JOB_3 "]}\n"},
      {{"--limit", "1", "--dataset", "b"}, "{\"jobs\":[" JOB_2 "]}\n"},
      {{"--limit", "9"}, "{\"jobs\":[" JOB_3 "," JOB_2 "," JOB_1 "]}\n"},
      {{"--state", "failed"}, "{\"jobs\":[]}\n"},
  };
  f->book.listing = three_jobs;
  book_play(&f->book);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *const *o = cases[i].options;
    process_result r;
    CANVASS(&r, "jobs", "--json", o[0], o[1], o[2], o[3]);
    assert_int_equal(r.exit_code, 0);
    assert_string_equal(r.out, cases[i].expected);
    assert_string_equal(r.err, "");
    process_result_fini(&r);
  }
}

static void jobs_that_are_chosen_have_ids_that_differ_from_all(void **state) {
  fixture *f = *state;
  f->book.listing =
      "{\"jobs\":[{\"dataset\":\"a\",\"id\":\"aaaaaaaaaa1111112222222222222222\"},"
      "{\"dataset\":\"b\",\"id\":\"aaaaaaaaaa1212112222222222222222\"}]}";
  book_play(&f->book);
  process_result r;
  CANVASS(&r, "jobs", "--dataset", "a");
  assert_contains(r.out, "\naaaaaaaaaa11  ");
  assert_null(strstr(r.out, "aaaaaaaaaa12"));
  process_result_fini(&r);
  CANVASS(&r, "jobs", "--dataset", "c");
  assert_int_equal(r.exit_code, 0);
  assert_string_equal(r.out, "");
  assert_string_equal(r.err, "canvass: none of 2 jobs matches\n");
  process_result_fini(&r);
}

/* The lines that the program wrote to TERMINAL; its end is that of the last that had the device open. */
static size_t read_lines(int terminal) {
  char bytes[4096];
  size_t lines = 0;
  for (ssize_t got = 0; (got = read(terminal, bytes, sizeof bytes)) > 0;) {
    for (ssize_t i = 0; i < got; i++) {
      lines += bytes[i] == '\n';
    }
  }
  return lines;
}

static void check_told(const char *path) {
  size_t length = 0;
  char *text = process_read_file(path, &length);
  assert_non_null(text);
  assert_string_equal(text, "canvass: 13 more jobs; --limit 63 shows all\n");
  free(text);
}

static void a_terminal_gets_the_newest_jobs_and_is_told_of_the_rest(void **state) {
  fixture *f = *state;
  enum { JOBS = 63, SHOWN = 50 };
  char listing[JOBS * 64];
  char path[64];
  size_t used = (size_t)snprintf(listing, sizeof listing, "{\"jobs\":[");
  for (int i = 0; i < JOBS; i++) {
    used += (size_t)snprintf(listing + used, sizeof listing - used, "%s{\"id\":\"%032x\"}", i > 0 ? "," : "",
                             (unsigned)i * 0x01000193u);
  }
  (void)snprintf(listing + used, sizeof listing - used, "]}");
  f->book.listing = listing;
  book_play(&f->book);
  const int terminal = process_terminal_new(path, sizeof path);
  const int device = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC); /* so that its end is not seen too soon */
  assert_true(device >= 0);
  process p = {.pid = 0};
  process_start(&p, (const char *const[]){CANVASS_PROGRAM, "jobs", NULL}, path, f->err);
  assert_int_equal(process_wait(&p), 0);
  (void)close(device);
  assert_int_equal(read_lines(terminal), SHOWN + 1);
  check_told(f->err);
  (void)close(terminal);
  process_result r;
  CANVASS(&r, "jobs");
  size_t lines = 0;
  for (const char *c = r.out; (c = strchr(c, '\n')) != NULL; c++) {
    lines++;
  }
  assert_int_equal(lines, JOBS + 1);
  assert_string_equal(r.err, "");
  process_result_fini(&r);
}

static void the_limit_travels_and_what_the_broker_counted_is_said(void **state) {
  fixture *f = *state;
  process_result r;
  f->book.listing = "{\"jobs\":[" JOB_3 "],\"matching\":70,\"in_all\":90,\"id_digits\":11}";
  book_play(&f->book);
  CANVASS(&r, "jobs", "--limit", "5", "--dataset", "a");
  assert_int_equal(atomic_load(&f->book.asked_limit), 5);
  assert_contains(r.out, "\n22223333333  ");
  process_result_fini(&r);
  CANVASS(&r, "jobs", "--json");
  assert_int_equal(atomic_load(&f->book.asked_limit), 0);
  process_result_fini(&r);
}

static void that_no_job_matches_is_said_of_all_that_the_broker_has(void **state) {
  fixture *f = *state;
  process_result r;
  f->book.listing = "{\"jobs\":[],\"matching\":0,\"in_all\":90,\"id_digits\":8}";
  book_play(&f->book);
  CANVASS(&r, "jobs", "--state", "failed", "--limit", "5");
  assert_string_equal(r.err, "canvass: none of 90 jobs matches\n");
  process_result_fini(&r);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(jobs_are_the_newest_first_for_programs_too_and_can_be_chosen),
      TEST(jobs_that_are_chosen_have_ids_that_differ_from_all),
      TEST(a_terminal_gets_the_newest_jobs_and_is_told_of_the_rest),
      TEST(the_limit_travels_and_what_the_broker_counted_is_said),
      TEST(that_no_job_matches_is_said_of_all_that_the_broker_has),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
