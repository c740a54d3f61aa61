/* NIST Statistical Reference Datasets through the ordinary path: a CSV file, a page of YAML, the report.
 *
 * Certified values have up to 15 significant digits; a figure is right when, rounded to the digits that
 * are certified, it is the certified value ("log relative error >= 15 where the digits allow").
 * Source: https://www.itl.nist.gov/div898/strd/ (univariate and ANOVA sets), read from the .dat files. */
#include <ctype.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { DATA_LINE = 61 };

/* Line NUMBER (from 1) of TEXT; NULL past the end. */
static const char *line_at(const char *text, int number) {
  for (; text != NULL && number > 1; number--) {
    text = strchr(text, '\n');
    text = text != NULL ? text + 1 : NULL;
  }
  return text;
}

/* The data from line 61 on as CSV: white space becomes commas. */
static size_t to_csv(const char *dat, const char *header, char *out) {
  char *at = out + sprintf(out, "%s\n", header);
  const char *line = line_at(dat, DATA_LINE);
  while (line != NULL && *line) {
    const char *end = strchr(line, '\n');
    const size_t length = end != NULL ? (size_t)(end - line) : strlen(line);
    bool cell = false;
    for (size_t i = 0; i < length; i++) {
      if (!isspace((unsigned char)line[i])) {
        if (!cell && i > 0 && at[-1] != '\n') {
          *at++ = ',';
        }
        *at++ = line[i];
      }
      cell = !isspace((unsigned char)line[i]);
    }
    if (at[-1] != '\n') {
      *at++ = '\n';
    }
    line = end != NULL ? end + 1 : NULL;
  }
  return (size_t)(at - out);
}

/* The significant digits of a certified value as it stands there. */
static int certified_digits(const char *text) {
  int digits = 0;
  bool leading = true;
  for (; *text && !isspace((unsigned char)*text) && *text != 'E'; text++) {
    if (isdigit((unsigned char)*text)) {
      leading = leading && *text == '0';
      digits += !leading;
    }
  }
  return digits;
}

static void expect_certified(const char *set, const char *what, double figure, const char *certified,
                             bool is_exact) {
  while (isspace((unsigned char)*certified)) {
    certified++;
  }
  const int digits = is_exact ? 15 : certified_digits(certified);
  char shown[64];
  snprintf(shown, sizeof shown, "%.*e", (digits < 15 ? digits : 15) - 1, figure);
  const double right = strtod(certified, NULL);
  if (strtod(shown, NULL) != right && fabs(figure - right) > 1e-15 * fabs(right)) {
    fail_msg("%s: %s is %.17g, certified %.30s", set, what, figure, certified);
  }
}

/* Runs SPEC over the .dat file. */
static const json *evaluate(scene *s, const char *dat_path, const char *header, const char *spec,
                            char **dat) {
  size_t length = 0;
  *dat = process_read_file(dat_path, &length);
  assert_non_null(*dat);
  char *csv = malloc(length + 1024);
  assert_non_null(csv);
  csv[to_csv(*dat, header, csv)] = '\0';
  scene_write(s, spec, csv);
  free(csv);
  process_result r;
  CANVASS(&r, "run", s->spec, s->data, "--format", "json", "--strict", "--shard-rows", "37");
  return report_printed(s->memory, &r);
}

/* The first row of the first analysis' table NAME. */
static const json *first_row(const json *document, const char *name) {
  const json *tables = json_get(json_at(json_get(document, "analyses"), 0), "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    if (strcmp(json_as_cstring(json_get(json_at(tables, i), "name")), name) == 0) {
      return json_at(json_get(json_at(tables, i), "rows"), 0);
    }
  }
  fail_msg("no table '%s'", name);
  return NULL;
}

static void over_files(const char *pattern, size_t expected, scene *s,
                       void (*check)(scene *s, const char *path)) {
  glob_t found;
  if (glob(pattern, 0, NULL, &found) != 0) {
    print_message("skipped: %s is not here\n", pattern);
    skip();
  }
  assert_int_equal(found.gl_pathc, expected);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    check(s, found.gl_pathv[i]);
  }
  globfree(&found);
}

static void check_univariate(scene *s, const char *path) {
  char *dat = NULL;
  const json *document = evaluate(s, path, "y",
                                  "variables:\n  y: {type: number}\n"
                                  "analyses:\n  - describe: {items: [y]}\n",
                                  &dat);
  const json *row = first_row(document, "summary");
  const char *mean = strchr(line_at(dat, 41), ':') + 1;
  const char *sd = strchr(line_at(dat, 42), ':') + 1;
  const char *exactly = strstr(mean, "(exact)");
  const bool is_exact = exactly != NULL && exactly < line_at(dat, 42);
  expect_certified(path, "mean", json_as_number(json_get(row, "mean")), mean, is_exact);
  expect_certified(path, "sd", json_as_number(json_get(row, "sd")), sd, is_exact);
  free(dat);
}

static void univariate_means_and_deviations_are_the_certified_ones(void **state) {
  over_files(CANVASS_SOURCE_DIR "/../shared/data/nist-strd/univ/*.dat", 9, *state, check_univariate);
}

static void check_anova(scene *s, const char *path) {
  char *dat = NULL;
  const json *document = evaluate(s, path, "treatment,response",
                                  "variables:\n  treatment: {type: nominal}\n  response: {type: number}\n"
                                  "analyses:\n  - compare: {items: [response], groups: treatment}\n",
                                  &dat);
  const json *row = first_row(document, "anova");
  /* "Between Treatment  df  SS  MS  F": the last number of that line. */
  const char *between = strstr(dat, "\nBetween ");
  assert_non_null(between);
  char *line = strndup(between + 1, strcspn(between + 1, "\r\n"));
  char *f = strrchr(line, ' ');
  while (f != NULL && f[1] == 0) {
    *f = 0;
    f = strrchr(line, ' ');
  }
  assert_non_null(f);
  expect_certified(path, "F", json_as_number(json_get(row, "f")), f, false);
  free(line);
  free(dat);
}

static void anova_f_is_the_certified_one(void **state) {
  over_files(CANVASS_SOURCE_DIR "/../shared/data/nist-strd/anova/*.dat", 11, *state, check_anova);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(univariate_means_and_deviations_are_the_certified_ones),
      SCENE_TEST(anova_f_is_the_certified_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
