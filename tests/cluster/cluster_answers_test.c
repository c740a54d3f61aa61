/* What the cluster's commands say about what they have changed, when standard output cannot be written to or
 * the result is not quite what was asked for. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/cluster/cluster.h"
#include "tests/cluster/survey.h"

static void serve_survey(cluster *c) {
  cluster_start_broker(c);
  cluster_do(c, "put", "survey", survey_shipped_spec, survey_shipped_data);
}

/* Runs a command with a standard output that cannot be written to. */
#define ON_A_FULL_DISK(c, result, ...)                                                         \
  cluster_client_expect(c, 1, result,                                                          \
                        (const char *const[]){"/bin/sh", "-c", "exec \"$@\" >/dev/full", "sh", \
                                              cluster_program(), __VA_ARGS__, NULL})

/* The id of the only job. */
static const char *only_job(cluster *c) {
  const json *jobs = cluster_listing(c, "jobs");
  assert_int_equal(json_count(jobs), 1);
  return json_as_cstring(json_get(json_at(jobs, 0), "id"));
}

static void a_job_whose_id_cannot_be_printed_is_told_of(void **state) {
  cluster *c = *state;
  process_result r;
  char words[128];
  serve_survey(c);
  ON_A_FULL_DISK(c, &r, "submit", survey_shipped_spec, "-d", "survey", "--key", "night-1");
  snprintf(words, sizeof words, "job %s was made anyway", only_job(c));
  cluster_expect_words(r.err, words, "submit with a key");
  cluster_expect_words(r.err, "with --key night-1 finds it", "submit with a key");
  cluster_expect_words(r.err, "No space left on device", "submit with a key");
  process_result_fini(&r);
  ON_A_FULL_DISK(c, &r, "submit", survey_shipped_spec, "-d", "survey", "--key", "night-1");
  snprintf(words, sizeof words, "job %s was made anyway", only_job(c));
  cluster_expect_words(r.err, words, "submit once more");
  process_result_fini(&r);
  ON_A_FULL_DISK(c, &r, "submit", survey_shipped_spec, "-d", "survey");
  cluster_expect_words(r.err, "submitting again makes another", "submit without a key");
  process_result_fini(&r);
  cluster_passed(c);
}

static void a_report_that_cannot_be_printed_can_be_had_again(void **state) {
  cluster *c = *state;
  process_result r;
  char words[128];
  serve_survey(c);
  cluster_start_worker(c, 0);
  ON_A_FULL_DISK(c, &r, "submit", survey_shipped_spec, "-d", "survey", "--wait");
  snprintf(words, sizeof words, "canvass report %.8s", only_job(c));
  cluster_expect_words(r.err, words, "submit --wait");
  process_result_fini(&r);
  cluster_passed(c);
}

static void a_dataset_whose_change_cannot_be_printed_is_told_of(void **state) {
  cluster *c = *state;
  process_result r;
  cluster_start_broker(c);
  ON_A_FULL_DISK(c, &r, "put", "survey", survey_shipped_spec, survey_shipped_data, "--json", "--quiet");
  cluster_expect_words(r.err, "dataset survey is at version 1 anyway", "put");
  process_result_fini(&r);
  assert_int_equal(json_count(cluster_listing(c, "datasets")), 1);
  cluster_passed(c);
}

static void a_key_that_is_known_keeps_its_priority_and_says_so(void **state) {
  cluster *c = *state;
  process_result r;
  serve_survey(c);
  for (int i = 0; i < 3; i++) {
    cluster_expect(c, 0, &r, "submit", survey_shipped_spec, "-d", "survey", "--key", "night-1", "--priority",
                   i < 2 ? "7" : "9");
    if (i < 2) {
      assert_string_equal(r.err, "");
    } else {
      cluster_expect_words(r.err, "already exists and keeps its priority, 7", "another priority");
    }
    process_result_fini(&r);
  }
  cluster_passed(c);
}

/* Of one job without a timeout, and one with it. */
static void a_key_that_is_known_keeps_its_timeout_and_says_so(void **state) {
  cluster *c = *state;
  process_result r;
  static const struct {
    const char *key, *timeout, *said;
  } calls[] = {{"night-1", NULL, ""},    {"night-1", "60", "already exists and stays without a timeout"},
               {"night-2", "86399", ""}, {"night-2", "86399", ""},
               {"night-2", NULL, ""},    {"night-2", "60", "already exists and keeps its timeout, 86399 s"}};
  serve_survey(c);
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    cluster_expect(c, 0, &r, "submit", survey_shipped_spec, "-d", "survey", "--key", calls[i].key,
                   calls[i].timeout != NULL ? "--timeout" : "--priority",
                   calls[i].timeout != NULL ? calls[i].timeout : "0");
    if (calls[i].said[0] == '\0') {
      assert_string_equal(r.err, "");
    } else {
      cluster_expect_words(r.err, calls[i].said, "another timeout");
    }
    process_result_fini(&r);
  }
  cluster_passed(c);
}

static void a_job_is_called_what_its_specification_is_called(void **state) {
  cluster *c = *state;
  static const char page[] =
      "variables:\n  q1: {type: scale, range: [0, 10]}\nanalyses:\n  - describe: {items: [q1]}\n";
  static const struct {
    const char *title, *expected;
  } cases[] = {{"", "spec.yaml"},
               {"title: Airline, 2026\n", "Airline, 2026"},
               {"title: {zh-Hans: 航空}\n", "航空"},
               {"title: {zh-Hans: 航空, en: Airline}\n", "Airline"}};
  serve_survey(c);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char text[512];
    char path[256];
    char job[CLUSTER_JOB_BYTES];
    snprintf(text, sizeof text, "%s%s", cases[i].title, page);
    survey_write_spec(c->directory, "spec.yaml", text, path);
    cluster_submit(c, path, "survey", job);
    const json *jobs = cluster_listing(c, "jobs");
    assert_int_equal(json_count(jobs), i + 1);
    assert_string_equal(json_as_cstring(json_get(json_at(jobs, 0), "id")), job);
    assert_string_equal(json_as_cstring(json_get(json_at(jobs, 0), "title")), cases[i].expected);
  }
  cluster_passed(c);
}

/* As `run --strict` does, also quarantined rows; and not without the report that is to be judged. */
static void strict_refuses_the_report_of_a_job(void **state) {
  cluster *c = *state;
  process_result r;
  char spec[256];
  char data[256];
  char broken[256];
  static const char answers[] = "q1\n3\nseven\n";
  static const char torn[] = "q1,q2\n3,1\n4\n";
  survey_write_spec(
      c->directory, "spec.yaml",
      "variables:\n  q1: {type: scale, range: [0, 10]}\nanalyses:\n  - describe: {items: [q1]}\n", spec);
  process_write_file(c->directory, "answers.csv", answers, sizeof answers - 1, data, sizeof data);
  process_write_file(c->directory, "torn.csv", torn, sizeof torn - 1, broken, sizeof broken);
  cluster_start_broker(c);
  cluster_start_worker(c, 0);
  cluster_do(c, "put", "answers", spec, data);
  cluster_do(c, "put", "torn", spec, broken);
  cluster_expect(c, 0, &r, "submit", spec, "-d", "answers", "--wait");
  process_result_fini(&r);
  cluster_expect(c, 4, &r, "submit", spec, "-d", "answers", "--wait", "--strict");
  cluster_expect_words(r.err, "answers.csv:3: q1: 'seven' is not an answer that the codebook allows",
                       "invalid");
  assert_string_equal(r.out, "");
  process_result_fini(&r);
  cluster_expect(c, 4, &r, "submit", spec, "-d", "torn", "--wait", "--strict");
  process_result_fini(&r);
  cluster_expect(c, 2, &r, "submit", spec, "-d", "answers", "--strict");
  cluster_expect_words(r.err, "which only --wait waits for", "no report");
  process_result_fini(&r);
  assert_int_equal(json_count(cluster_listing(c, "jobs")), 2); /* that of the torn file was not submitted */
  cluster_passed(c);
}

/* Local time means something to others only with its distance from UTC. */
static void lines_of_logs_begin_with_time_and_zone(void **state) {
  cluster *c = *state;
  regex_t stamp;
  assert_int_equal(regcomp(&stamp, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[-+][0-9]{4} [^ ]",
                           REG_EXTENDED | REG_NOSUB),
                   0);
  serve_survey(c);
  cluster_start_workers(c, 1);
  static const char *const logs[] = {"broker.log", "worker0.log"};
  for (size_t i = 0; i < sizeof logs / sizeof logs[0]; i++) {
    char *text = cluster_read(c, logs[i], NULL);
    assert_int_equal(regexec(&stamp, text, 0, NULL, 0), 0);
    free(text);
  }
  regfree(&stamp);
  cluster_passed(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      CLUSTER_TEST(a_job_whose_id_cannot_be_printed_is_told_of),
      CLUSTER_TEST(a_report_that_cannot_be_printed_can_be_had_again),
      CLUSTER_TEST(a_dataset_whose_change_cannot_be_printed_is_told_of),
      CLUSTER_TEST(a_key_that_is_known_keeps_its_priority_and_says_so),
      CLUSTER_TEST(a_key_that_is_known_keeps_its_timeout_and_says_so),
      CLUSTER_TEST(a_job_is_called_what_its_specification_is_called),
      CLUSTER_TEST(strict_refuses_the_report_of_a_job),
      CLUSTER_TEST(lines_of_logs_begin_with_time_and_zone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
