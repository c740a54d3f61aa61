/* The program's screens: help of every subcommand and analysis, versions, and refusals of the command
 * line, with their exit codes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "stats/analyses/analysis.h"
#include "tests/check.h"
#include "tests/process.h"

enum { SCREEN_LINES = 24, SCREEN_COLUMNS = 80, ARGUMENTS_MAX = 8 };

static const char *const subcommands[] = {
    "init",     "run",    "check", "render", "put",    "submit", "watch",      "report", "jobs",    "workers",
    "datasets", "cancel", "drop",  "broker", "worker", "keygen", "completion", "store",  "version", "help"};

typedef struct invocation {
  const char *arguments[ARGUMENTS_MAX]; /* without the program; ends with NULL */
} invocation;

static void call_program(const invocation *call, process_result *r) {
  const char *arguments[ARGUMENTS_MAX + 2] = {CANVASS_PROGRAM};
  for (size_t i = 0; i < ARGUMENTS_MAX && call->arguments[i] != NULL; i++) {
    arguments[i + 1] = call->arguments[i];
  }
  process_run(arguments, NULL, r);
}

static size_t count_lines(const char *text, size_t *widest) {
  size_t lines = 0;
  *widest = 0;
  while (*text != '\0') {
    size_t length = strcspn(text, "\n");
    size_t width = text_width((slice){text, length});
    *widest = width > *widest ? width : *widest;
    text += length + (text[length] == '\n' ? 1 : 0);
    lines++;
  }
  return lines;
}

static void every_help_fits_a_screen_and_has_an_example(void **state) {
  (void)state;
  static const invocation calls[] = {
      {{"--help"}},
      {{"-h"}},
      {{"help"}},
      {{"run", "--help"}},
      {{"help", "run"}},
      {{"check", "-h"}},
      {{"help", "help"}},
      {{"help", "csv"}},
      {{"help", "sheet"}},
      {{"help", "svg"}},
      {{"help", "check"}},
      {{"init", "--help"}},
      {{"version", "--help"}},
      {{"help", "version"}},
      {{"help", "--help"}},
      {{"put", "--help"}},
      {{"help", "submit"}},
      {{"watch", "-h"}},
      {{"report", "--help"}},
      {{"jobs", "--help"}},
      {{"workers", "--help"}},
      {{"help", "datasets"}},
      {{"cancel", "--help"}},
      {{"drop", "--help"}},
      {{"broker", "--help"}},
      {{"help", "worker"}},
      {{"keygen", "--help"}},
      {{"help", "store"}},
      {{"help", "completion"}},
      {{"init", "--help"}},
  };
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    process_result r;
    call_program(&calls[i], &r);
    size_t widest = 0;
    size_t lines = count_lines(r.out, &widest);
    if (r.exit_code != 0 || r.err_length != 0 || lines > SCREEN_LINES || widest > SCREEN_COLUMNS) {
      fail_msg("%s %s: exit code %d, %zu lines of %zu columns\n%s%s", calls[i].arguments[0],
               calls[i].arguments[1] == NULL ? "" : calls[i].arguments[1], r.exit_code, lines, widest, r.out,
               r.err);
    }
    assert_contains(r.out, "Usage: canvass");
    assert_contains(r.out, "Example:\n  canvass ");
    process_result_fini(&r);
  }
}

/* Of every line between BEGIN and the next empty line, or the end: is there a character that is not ASCII? */
static void check_lines_are_translated(const char *screen, const char *begin, const char *what) {
  const char *line = strstr(screen, begin);
  assert_non_null(line);
  for (line += strlen(begin); *line != '\0' && *line != '\n';) {
    const size_t length = strcspn(line, "\n");
    bool is_translated = false;
    for (size_t i = 0; i < length; i++) {
      is_translated = is_translated || (unsigned char)line[i] >= 0x80;
    }
    if (!is_translated) {
      fail_msg("%s: not translated: %.*s", what, (int)length, line);
    }
    line += length + (line[length] == '\n');
  }
}

static void help_of_subcommands_is_translated_and_fits_a_screen(void **state) {
  (void)state;
  static const struct {
    const char *language, *options;
  } cases[] = {{"zh", "选项：\n"}, {"zh-TW", "選項：\n"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    process_result overview;
    call_program(&(invocation){{"help", "--lang", cases[i].language}}, &overview);
    size_t widest = 0;
    assert_in_range(count_lines(overview.out, &widest), 1, SCREEN_LINES);
    assert_in_range(widest, 1, SCREEN_COLUMNS);
    for (size_t k = 0; k < sizeof subcommands / sizeof subcommands[0]; k++) {
      process_result r;
      assert_contains(overview.out, subcommands[k]);
      call_program(&(invocation){{"help", subcommands[k], "--lang", cases[i].language}}, &r);
      process_check_success(&r);
      const size_t lines = count_lines(r.out, &widest);
      if (lines > SCREEN_LINES || widest > SCREEN_COLUMNS) {
        fail_msg("%s: %zu lines of %zu columns\n%s", subcommands[k], lines, widest, r.out);
      }
      check_lines_are_translated(r.out, "\n\n", subcommands[k]);
      check_lines_are_translated(r.out, cases[i].options, subcommands[k]);
      process_result_fini(&r);
    }
    process_result_fini(&overview);
  }
}

static void help_has_the_language_of_the_locale(void **state) {
  (void)state;
  static const char script[] = "LC_ALL=zh_TW.UTF-8 exec \"$0\" put --help";
  process_result r;
  process_run((const char *const[]){"/bin/sh", "-c", script, CANVASS_PROGRAM, NULL}, NULL, &r);
  process_check_success(&r);
  assert_contains(r.out, "依評價方案 SPEC 讀取 DATA");
  process_result_fini(&r);
  call_program(&(invocation){{"put", "--help", "--lang", "zh"}}, &r);
  assert_contains(r.out, "按评价方案 SPEC 读取 DATA");
  process_result_fini(&r);
}

static void every_topic_fits_a_screen_and_has_an_example(void **state) {
  (void)state;
  static const char *const topics[] = {"specification", "where", "formats"};
  process_result overview;
  call_program(&(invocation){{"help"}}, &overview);
  for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
    process_result r;
    call_program(&(invocation){{"help", topics[i]}}, &r);
    process_check_success(&r);
    size_t widest = 0;
    const size_t lines = count_lines(r.out, &widest);
    if (lines > SCREEN_LINES || widest > SCREEN_COLUMNS) {
      fail_msg("%s: %zu lines of %zu columns\n%s", topics[i], lines, widest, r.out);
    }
    assert_contains(r.out, "Example:\n  ");
    assert_contains(overview.out, topics[i]);
    process_result_fini(&r);
  }
  process_result_fini(&overview);
}

static void help_wins_over_whatever_else_is_written(void **state) {
  (void)state;
  process_result r;
  call_program(&(invocation){{"run", "--workers", "2", "--help"}}, &r);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.out, "--shard-rows N");
  process_result_fini(&r);
}

static void every_analysis_has_its_help(void **state) {
  (void)state;
  for (size_t i = 0; i < analysis_count(); i++) {
    process_result r;
    call_program(&(invocation){{"help", analysis_at(i)->name}}, &r);
    assert_int_equal(r.exit_code, 0);
    assert_contains(r.out, analysis_at(i)->name);
    assert_contains(r.out, "Arguments:");
    assert_contains(r.out, "Example:");
    process_result_fini(&r);
  }
}

static void bare_program_says_what_it_is(void **state) {
  (void)state;
  process_result r;
  call_program(&(invocation){{NULL}}, &r);
  assert_int_equal(r.exit_code, 0);
  assert_contains(r.out, "canvass run survey.yaml answers.csv");
  assert_contains(r.out, "canvass submit survey.yaml --dataset airline --wait");
  assert_contains(r.out, "canvass --help");
  process_result_fini(&r);
}

static void version_names_release_and_fingerprint(void **state) {
  (void)state;
  static const invocation calls[] = {{{"version"}}, {{"--version"}}};
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    process_result r;
    call_program(&calls[i], &r);
    assert_int_equal(r.exit_code, 0);
    assert_memory_equal(r.out, "canvass ", strlen("canvass "));
    assert_contains(r.out, "numeric fingerprint: ");
    process_result_fini(&r);
  }
}

static void wrong_usage_is_told_and_exits_with_2(void **state) {
  (void)state;
  static const struct {
    invocation call;
    const char *message;
  } cases[] = {
      {{{"rum"}}, "canvass: unknown subcommand 'rum'; did you mean 'run'?"},
      {{{"xyzzy"}}, "see 'canvass help'"},
      {{{"--verbose"}}, "unknown option '--verbose'"},
      {{{"run"}}, "'run' needs a specification and at least one data file"},
      {{{"run", "spec.yaml"}}, "'run' needs"},
      {{{"check"}}, "'check' needs a specification"},
      {{{"run", "--wrokers", "2", "a", "b"}}, "unknown option '--wrokers'; did you mean '--workers'?"},
      {{{"run", "-x", "a", "b"}}, "unknown option '-x'"},
      {{{"run", "--workers", "0", "a", "b"}}, "option '--workers': '0' is not a whole number from 1 to"},
      {{{"run", "--workers=two", "a", "b"}}, "'two' is not a whole number"},
      {{{"run", "--shard-rows", "99999999999999999999", "a", "b"}}, "is not a whole number"},
      {{{"run", "--format", "xml", "a", "b"}}, "'xml' is not one of text, html, json, csv"},
      {{{"run", "--format", "svg", "a", "b"}}, "option '--format': 'svg' needs a NAME: svg:NAME"},
      {{{"run", "--lang", "de", "a", "b"}},
       "'de' is not one of en, zh-Hans (zh, zh-CN), zh-Hant (zh-TW, zh-HK)"},
      {{{"run", "--strict=yes", "a", "b"}}, "option '--strict' takes no value"},
      {{{"run", "a", "b", "-o"}}, "option '--output' needs a value"},
      {{{"run", "a", "b", "--output="}}, "empty value"},
      {{{"help", "npss"}}, "did you mean 'nps'?"},
      {{{"help", "run", "nps"}}, "takes at most 1"},
      {{{"version", "now"}}, "takes at most 0"},
      {{{"help", "wher"}}, "did you mean 'where'?"},
      {{{"help", "nps", "--man"}}, "the manual has no page 'nps'"},
      {{{"completion"}}, "'completion' needs a shell: bash, zsh or fish"},
      {{{"completion", "tcsh"}}, "does not know the shell 'tcsh': it has bash, zsh and fish"},
      {{{"run", "no-such-file.yaml", "b.csv"}}, "cannot open the specification no-such-file.yaml"},
      {{{"put", "survey", "spec.yaml"}}, "'put' needs a dataset's name, a specification and"},
      {{{"submit", "spec.yaml"}}, "'submit' needs --dataset NAME"},
      {{{"submit", "no-such-file.yaml", "-d", "survey"}}, "cannot open the specification no-such-file.yaml"},
      {{{"watch"}}, "'watch' needs a job's id"},
      {{{"report", "abcd", "--format", "xml"}}, "'xml' is not one of text, html, json, csv"},
      {{{"jobs", "now"}}, "takes at most 0"},
      {{{"jobs", "--state", "dead"}}, "'dead' is not one of queued, running, done, failed, cancelled"},
      {{{"jobs", "--limit", "0"}}, "'0' is not a whole number from 1 to"},
      {{{"keygen", "--role", "none", "a.key"}}, "'none' is not one of client, worker, both"},
      {{{"jobs"}}, "which broker?  Give --broker ENDPOINT or set CANVASS_BROKER"},
      {{{"jobs", "--broker", "somewhere"}}, "'somewhere' is not a valid endpoint"},
      {{{"jobs", "--broker", "ipc://"}}, "'ipc://' is not a valid endpoint"},
      {{{"jobs", "-b", "tcp://host:1", "--broker-key", "k"}}, "give --identity FILE or set CANVASS_IDENTITY"},
      {{{"jobs", "-b", "tcp://host:1", "--identity", "f"}},
       "give --broker-key KEY or set CANVASS_BROKER_KEY"},
      {{{"cancel"}}, "'cancel' needs a job's id"},
      {{{"drop"}}, "'drop' needs a dataset's name"},
      {{{"check", "no-such-file.yaml"}}, "cannot open the specification no-such-file.yaml"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    process_result r;
    call_program(&cases[i].call, &r);
    if (r.exit_code != 2 || r.out_length != 0) {
      fail_msg("case %zu: exit code %d, output '%s', errors '%s'", i, r.exit_code, r.out, r.err);
    }
    assert_contains(r.err, cases[i].message);
    process_result_fini(&r);
  }
}

static void a_full_disk_is_an_error(void **state) {
  (void)state;
  process_result r;
  process_run((const char *const[]){"/bin/sh", "-c", "exec \"$0\" help >/dev/full", CANVASS_PROGRAM, NULL},
              NULL, &r);
  assert_int_equal(r.exit_code, 1);
  assert_contains(r.err, "cannot write to standard output: No space left on device");
  process_result_fini(&r);
}

static void a_closed_pipe_ends_the_program_without_a_word(void **state) {
  (void)state;
  process_result r;
  static const char script[] = /* a pipe that has had a reader */
      "d=$(mktemp -d) && mkfifo $d/pipe && exec 3<>$d/pipe 4>$d/pipe 3<&- && rm -r $d &&"
      " { \"$0\" help >&4; echo \"code $?\" >&2; }";
  process_run((const char *const[]){"/bin/sh", "-c", script, CANVASS_PROGRAM, NULL}, NULL, &r);
  assert_string_equal(r.err, "code 141\n");
  process_result_fini(&r);
}

static void the_overview_names_every_subcommand(void **state) {
  (void)state;
  process_result r;
  call_program(&(invocation){{"--help"}}, &r);
  for (size_t i = 0; i < sizeof subcommands / sizeof subcommands[0]; i++) {
    char first[32];
    char later[32];
    char beside[32];
    (void)snprintf(first, sizeof first, "\n  %s", subcommands[i]);
    (void)snprintf(later, sizeof later, ", %s", subcommands[i]);
    (void)snprintf(beside, sizeof beside, "Besides: %s", subcommands[i]);
    if (strstr(r.out, first) == NULL && strstr(r.out, later) == NULL && strstr(r.out, beside) == NULL) {
      fail_msg("'%s' is not in:\n%s", subcommands[i], r.out);
    }
  }
  process_result_fini(&r);
}

int main(void) {
  static const char *const variables[] = {"CANVASS_BROKER", "CANVASS_IDENTITY", "CANVASS_BROKER_KEY",
                                          "LC_ALL",         "LC_MESSAGES",      "LANG"};
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
    (void)unsetenv(variables[i]);
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_help_fits_a_screen_and_has_an_example),
      cmocka_unit_test(help_of_subcommands_is_translated_and_fits_a_screen),
      cmocka_unit_test(help_has_the_language_of_the_locale),
      cmocka_unit_test(every_topic_fits_a_screen_and_has_an_example),
      cmocka_unit_test(the_overview_names_every_subcommand),
      cmocka_unit_test(help_wins_over_whatever_else_is_written),
      cmocka_unit_test(every_analysis_has_its_help),
      cmocka_unit_test(bare_program_says_what_it_is),
      cmocka_unit_test(version_names_release_and_fingerprint),
      cmocka_unit_test(wrong_usage_is_told_and_exits_with_2),
      cmocka_unit_test(a_full_disk_is_an_error),
      cmocka_unit_test(a_closed_pipe_ends_the_program_without_a_word),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
