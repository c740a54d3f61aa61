/* What the progress line and the environment's language say, without a terminal. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/environment.h"
#include "cli/progress.h"
#include "tests/check.h"
#include "tests/process.h"

static void line_tells_share_rows_rate_and_time_left(void **state) {
  (void)state;
  char line[256];
  progress_line(line,
                &(progress_figures){.activity = "Evaluating",
                                    .stage = 2,
                                    .rows = 1250000,
                                    .done = 1250000,
                                    .total = 5000000,
                                    .elapsed_ms = 2500},
                100);
  assert_string_equal(line,
                      "Evaluating, stage 2 █████░░░░░░░░░░░░░░░  25%  1,250,000 rows  500 k/s  0:08 left");
}

static void line_has_the_language_of_the_program(void **state) {
  (void)state;
  char line[256];
  const progress_figures f = {.activity = "正在计算",
                              .stage = 2,
                              .rows = 1250000,
                              .done = 1250000,
                              .total = 5000000,
                              .elapsed_ms = 2500};
  language_choose(REPORT_ZH_HANS);
  progress_line(line, &f, 100);
  assert_string_equal(line,
                      "正在计算，第 2 阶段 █████░░░░░░░░░░░░░░░  25%  1,250,000 行  500 k/s  剩余 0:08");
  language_choose(REPORT_ZH_HANT);
  progress_line(line, &f, 100);
  assert_contains(line, "  25%  1,250,000 列  500 k/s  剩餘 0:08");
  language_choose(REPORT_EN);
}

static void one_row_is_a_row(void **state) {
  (void)state;
  char line[256];
  progress_line(line, &(progress_figures){.activity = "Reading", .rows = 1}, 100);
  assert_string_equal(line, "Reading  1 row");
  progress_line(line, &(progress_figures){.activity = "Reading", .done = 1}, 100);
  assert_string_equal(line, "Reading  1 byte");
}

static void line_without_a_total_has_no_bar(void **state) {
  (void)state;
  char line[256];
  progress_line(
      line, &(progress_figures){.activity = "Reading", .rows = 999, .done = 4096, .elapsed_ms = 1000}, 100);
  assert_string_equal(line, "Reading  999 rows  999/s");
}

static void line_of_what_comes_through_a_pipe_counts_bytes_first(void **state) {
  (void)state;
  char line[256];
  progress_line(line, &(progress_figures){.activity = "Reading", .done = 31415926, .elapsed_ms = 1000}, 100);
  assert_string_equal(line, "Reading  31.4 MB");
}

/* What the program draws at the terminal, until WANTED is in it. */
static void read_until(int terminal, const char *wanted) {
  char seen[4096];
  size_t length = 0;
  do {
    const ssize_t got = read(terminal, seen + length, sizeof seen - length - 1);
    assert_true(got > 0);
    length += (size_t)got;
    seen[length] = '\0';
  } while (strstr(seen, wanted) == NULL);
}

static void who_waits_for_a_pipe_sees_what_has_come(void **state) {
  (void)state;
  static const char specification[] =
      "variables:\n  a: {type: scale, range: [1, 5]}\nanalyses:\n  - describe: {items: a}\n";
  char terminal_path[64];
  char directory[256];
  char path[512];
  char pipe_path[512];
  char command[2048];
  process running = {0};
  const int terminal = process_terminal_new(terminal_path, sizeof terminal_path);
  process_directory_new(directory, sizeof directory);
  process_write_file(directory, "survey.yaml", specification, strlen(specification), path, sizeof path);
  (void)snprintf(pipe_path, sizeof pipe_path, "%s/pipe", directory);
  assert_int_equal(mkfifo(pipe_path, 0600), 0);
  (void)snprintf(command, sizeof command, "TERM=xterm exec '%s' run '%s' - <'%s' 2>'%s'", CANVASS_PROGRAM,
                 path, pipe_path, terminal_path);
  process_start(&running, (const char *const[]){"/bin/sh", "-c", command, NULL}, "/dev/null", "/dev/null");
  const int pipe = open(pipe_path, O_WRONLY | O_CLOEXEC);
  assert_true(pipe >= 0);
  assert_int_equal(write(pipe, "a\n1\n2\n", 6), 6);
  read_until(terminal, "Reading  6 bytes");
  (void)close(pipe);
  assert_int_equal(process_wait(&running), 0);
  (void)close(terminal);
  process_directory_remove(directory);
}

/* The last column stays free: a terminal may wrap when it is written to. */
static void line_is_narrower_than_its_terminal(void **state) {
  (void)state;
  static const progress_figures cases[] = {
      {.activity = "Evaluating", .stage = 12, .rows = 129880, .done = 1, .total = 2, .elapsed_ms = 100},
      {.activity = "Reading", .rows = 1234567890, .done = 1, .total = 600001, .elapsed_ms = 100},
      {.activity = "Evaluating", .stage = 4000000000, .rows = UINT64_MAX, .done = 9, .total = 10},
      {.activity = "Evaluating", .stage = 2, .rows = 129880, .elapsed_ms = 100},
      {.activity = "Reading", .rows = 1234567, .done = 5, .total = 4, .elapsed_ms = 1000},
      {.activity = "Waiting for a worker"},
      {.activity = "Waiting for a worker", .stage = 3},
  };
  char line[256];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    for (unsigned columns = 2; columns <= 200; columns++) {
      progress_line(line, &cases[i], columns);
      if (text_width(slice_of(line)) >= columns || line[0] == '\0') {
        fail_msg("case %zu, %u columns: '%s' has %zu", i, columns, line, text_width(slice_of(line)));
      }
    }
  }
}

static void narrow_terminals_get_what_fits(void **state) {
  (void)state;
  static const progress_figures f = {
      .activity = "Reading", .rows = 1234567, .done = 1, .total = 4, .elapsed_ms = 1000};
  static const struct {
    unsigned columns;
    const char *line;
  } cases[] = {{83, "Reading             █████░░░░░░░░░░░░░░░  25%  1,234,567 rows  1.23 M/s  0:03 left"},
               {82, "Reading  25%  1,234,567 rows  1.23 M/s  0:03 left"},
               {40, "Reading  25%  1,234,567 rows"},
               {20, "Reading  25%"},
               {9, "Reading"},
               {5, "Read"}};
  char line[256];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    progress_line(line, &f, cases[i].columns);
    assert_string_equal(line, cases[i].line);
  }
}

static void nothing_done_yet_divides_nothing_by_zero(void **state) {
  (void)state;
  char line[256];
  progress_line(line, &(progress_figures){.activity = "Reading", .total = 1000}, 100);
  assert_string_equal(strstr(line, "  0%"), "  0%  0 rows");
}

static void an_unknown_rate_is_left_out(void **state) {
  (void)state;
  char line[256];
  progress_figures f = {.activity = "Evaluating",
                        .stage = 3,
                        .rows = 500,
                        .done = 500,
                        .total = 1000,
                        .begun_rows = 500,
                        .begun_done = 500,
                        .elapsed_ms = 40};
  progress_line(line, &f, 100);
  assert_string_equal(strstr(line, " 50%"), " 50%  500 rows");
  f.begun_rows = f.begun_done = 0;
  f.elapsed_ms = 0;
  progress_line(line, &f, 100);
  assert_string_equal(strstr(line, " 50%"), " 50%  500 rows");
}

static void stages_that_have_passed_count_for_the_rate(void **state) {
  (void)state;
  char line[256];
  progress_line(line,
                &(progress_figures){.activity = "Evaluating",
                                    .stage = 4,
                                    .rows = 500,
                                    .done = 500,
                                    .total = 1000,
                                    .begun_rows = -2500,
                                    .begun_done = -2500,
                                    .elapsed_ms = 6000},
                100);
  assert_contains(line, " 50%  500 rows  500/s  0:01 left");
}

static void who_comes_in_the_middle_sees_the_rate_since_then(void **state) {
  (void)state;
  char line[256];
  progress_line(line,
                &(progress_figures){.activity = "Evaluating",
                                    .stage = 1,
                                    .rows = 900,
                                    .done = 900,
                                    .total = 1000,
                                    .begun_rows = 800,
                                    .begun_done = 800,
                                    .elapsed_ms = 10000},
                100);
  assert_contains(line, " 90%  900 rows  10/s  0:10 left");
}

static void an_activity_without_figures_stands_alone(void **state) {
  (void)state;
  char line[256];
  progress_line(line, &(progress_figures){.activity = "Waiting for a worker", .elapsed_ms = 500}, 100);
  assert_string_equal(line, "Waiting for a worker");
}

static void locales_give_their_language(void **state) {
  (void)state;
  static const struct {
    const char *locale;
    report_language language;
  } cases[] = {{"C", REPORT_EN},
               {"en_GB.UTF-8", REPORT_EN},
               {"zh_CN.UTF-8", REPORT_ZH_HANS},
               {"zh_SG", REPORT_ZH_HANS},
               {"zh_TW.UTF-8", REPORT_ZH_HANT},
               {"zh_HK.UTF-8", REPORT_ZH_HANT},
               {"zh_Hant_HK", REPORT_ZH_HANT},
               {"zh_Hans_HK", REPORT_ZH_HANS},
               {"zh-TW", REPORT_ZH_HANT},
               {"zh_TW.Big5@stroke", REPORT_ZH_HANT},
               {"ZH_cn", REPORT_ZH_HANS},
               {"zha_TW", REPORT_EN},
               {"", REPORT_EN},
               {"de_DE", REPORT_EN}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(environment_language_of(cases[i].locale), cases[i].language);
  }
}

static void a_dumb_terminal_gets_neither_line_nor_colour(void **state) {
  (void)state;
  char path[64];
  const int terminal = process_terminal_new(path, sizeof path);
  const int device = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  const int kept[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
  bool is_shown[2];
  bool is_coloured[2];
  assert_true(device >= 0 && kept[0] >= 0 && kept[1] >= 0);
  (void)unsetenv("NO_COLOR");
  (void)fflush(NULL);
  const bool is_put = dup2(device, STDOUT_FILENO) >= 0 && dup2(device, STDERR_FILENO) >= 0;
  for (int i = 0; i < 2; i++) {
    progress p;
    (void)setenv("TERM", i == 0 ? "xterm" : "dumb", 1);
    progress_init(&p, false);
    is_shown[i] = p.is_shown;
    is_coloured[i] = environment_color(COLOR_AUTO, true);
  }
  const bool is_back = dup2(kept[0], STDOUT_FILENO) >= 0 && dup2(kept[1], STDERR_FILENO) >= 0;
  assert_true(is_put && is_back);
  assert_true(is_shown[0] && is_coloured[0]);
  assert_false(is_shown[1] || is_coloured[1]);
  (void)close(kept[0]);
  (void)close(kept[1]);
  (void)close(device);
  (void)close(terminal);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(line_tells_share_rows_rate_and_time_left),
      cmocka_unit_test(line_has_the_language_of_the_program),
      cmocka_unit_test(one_row_is_a_row),
      cmocka_unit_test(line_without_a_total_has_no_bar),
      cmocka_unit_test(line_of_what_comes_through_a_pipe_counts_bytes_first),
      cmocka_unit_test(who_waits_for_a_pipe_sees_what_has_come),
      cmocka_unit_test(line_is_narrower_than_its_terminal),
      cmocka_unit_test(narrow_terminals_get_what_fits),
      cmocka_unit_test(nothing_done_yet_divides_nothing_by_zero),
      cmocka_unit_test(an_unknown_rate_is_left_out),
      cmocka_unit_test(stages_that_have_passed_count_for_the_rate),
      cmocka_unit_test(who_comes_in_the_middle_sees_the_rate_since_then),
      cmocka_unit_test(an_activity_without_figures_stands_alone),
      cmocka_unit_test(locales_give_their_language),
      cmocka_unit_test(a_dumb_terminal_gets_neither_line_nor_colour),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
