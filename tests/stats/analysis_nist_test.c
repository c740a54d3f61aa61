/* NIST StRD: univariate summary statistics and one-way analysis of variance, certified to 15 digits.
 * Every certified digit must come out; where a certified value is exact, so must ours be.  The files are
 * not part of the project: without them the tests are skipped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

#define NIST CANVASS_SOURCE_DIR "/../shared/data/nist-strd/"

enum { LINES_MAX = 20000, LINE_BYTES = 200, DATA_FROM = 60 };

typedef struct nist_file {
  char (*lines)[LINE_BYTES];
  size_t count;
} nist_file;

static nist_file nist_open(const char *folder, const char *name) {
  char path[1000];
  snprintf(path, sizeof path, NIST "%s/%s.dat", folder, name);
  nist_file f = {0};
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    print_message("skipped: no NIST StRD files beside the project\n");
    skip();
  }
  f.lines = calloc(LINES_MAX, sizeof *f.lines);
  assert_non_null(f.lines);
  while (f.count < LINES_MAX && fgets(f.lines[f.count], LINE_BYTES, file) != NULL) {
    f.count++;
  }
  fclose(file);
  return f;
}

/* The number behind LABEL in the header, and its significant digits (17 when it is exact). */
static double certified(const nist_file *f, const char *label, int *digits) {
  for (size_t i = 0; i < DATA_FROM; i++) {
    const char *at = strstr(f->lines[i], label);
    if (at != NULL) {
      const char *end = NULL;
      const double v = strtod(at + strlen(label), (char **)&end);
      *digits = 0;
      for (const char *c = at + strlen(label); c < end && *c != 'E'; c++) {
        *digits += *c >= '0' && *c <= '9' && !(*digits == 0 && *c == '0') ? 1 : 0;
      }
      *digits = strstr(f->lines[i], "(exact)") != NULL || *digits > 15 ? 15 : *digits;
      return v;
    }
  }
  fail_msg("no '%s' in the file", label);
  return 0;
}

static void assert_digits(const char *name, const char *what, double figure, double wanted, int digits) {
  char a[40], b[40];
  snprintf(a, sizeof a, "%.*e", digits - 1, figure);
  snprintf(b, sizeof b, "%.*e", digits - 1, wanted);
  if (strcmp(a, b) != 0 && log_relative_error(figure, wanted) < 15) {
    fail_msg("%s: %s is %.17g, certified %s", name, what, figure, b);
  }
}

/* The COLUMN-th word of each data line. */
static fixture *nist_data(const nist_file *f, const char *const *names, int columns) {
  const size_t rows = f->count - DATA_FROM;
  char(*words)[LINE_BYTES] = calloc(rows, sizeof *words);
  const char **cells = calloc(rows, sizeof *cells);
  assert_true(words != NULL && cells != NULL);
  fixture *data = fixture_new((uint32_t)rows);
  for (int c = 0; c < columns; c++) {
    for (size_t r = 0; r < rows; r++) {
      const char *at = f->lines[DATA_FROM + r];
      for (int skipped = 0; skipped <= c; skipped++) {
        at += strspn(at, " \t\r\n");
        at += skipped < c ? strcspn(at, " \t\r\n") : 0;
      }
      snprintf(words[r], LINE_BYTES, "%.*s", (int)strcspn(at, " \t\r\n"), at);
      cells[r] = words[r];
    }
    fixture_column(data, names[c], PACKED_DECIMALS, cells);
  }
  free(words);
  free(cells);
  return data;
}

static void univariate(const char *name) {
  nist_file f = nist_open("univ", name);
  const char *const names[] = {"y"};
  fixture *data = nist_data(&f, names, 1);
  plan *p = build_plan();
  build_number(p, "y", 9);
  build_analysis(p, "describe", "d", "y");
  arena *a = arena_new();
  const json *row =
      report_row(build_report(p, data, 100, a), "d", "summary", "{\"item\":\"y\",\"group\":null}");
  int digits = 0;
  double wanted = certified(&f, "ybar:", &digits);
  assert_digits(name, "mean", json_as_number(json_get(row, "mean")), wanted, digits);
  wanted = certified(&f, "n-1)      s:", &digits);
  assert_digits(name, "sd", json_as_number(json_get(row, "sd")), wanted, digits);
  arena_destroy(a);
  plan_destroy(p);
  fixture_destroy(data);
  free(f.lines);
}

static void variance_analysis(const char *name) {
  nist_file f = nist_open("anova", name);
  const char *const names[] = {"treatment", "y"};
  fixture *data = nist_data(&f, names, 2);
  plan *p = build_plan();
  build_scale(p, "treatment", 1, 9);
  build_number(p, "y", strcmp(name, "AtmWtAg") == 0 ? 7 : 5);
  build_argument(p, build_analysis(p, "compare", "c", "y"), "groups", "treatment");
  arena *a = arena_new();
  const json *row =
      report_row(build_report(p, data, 100, a), "c", "anova", "{\"item\":\"y\",\"group\":null}");
  double ssb = 0, f_value = 0, ssw = 0;
  for (size_t i = 38; i < DATA_FROM; i++) {
    char between[40], mean[40];
    if (sscanf(f.lines[i], "Between %*s %39s %lf %*s %lf", between, &ssb, &f_value) == 3) {
      sscanf(f.lines[i + 1], "Within %*s %39s %lf", mean, &ssw);
      break;
    }
  }
  assert_digits(name, "F", json_as_number(json_get(row, "f")), f_value, 15);
  assert_digits(name, "between", json_as_number(json_get(row, "ss_between")), ssb, 15);
  assert_digits(name, "within", json_as_number(json_get(row, "ss_within")), ssw, 15);
  int digits = 0;
  const double r2 = certified(&f, "Certified R-Squared", &digits);
  assert_digits(name, "eta2", json_as_number(json_get(row, "eta2")), r2, digits);
  arena_destroy(a);
  plan_destroy(p);
  fixture_destroy(data);
  free(f.lines);
}

static void means_and_deviations_have_all_certified_digits(void **state) {
  (void)state;
  static const char *const names[] = {"PiDigits", "Lottery", "Lew",     "Mavro",  "Michelso",
                                      "NumAcc1",  "NumAcc2", "NumAcc3", "NumAcc4"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    univariate(names[i]);
  }
}

static void analyses_of_variance_have_all_certified_digits(void **state) {
  (void)state;
  static const char *const names[] = {"SiRstv", "SmLs01", "SmLs02", "SmLs03", "AtmWtAg", "SmLs04",
                                      "SmLs05", "SmLs06", "SmLs07", "SmLs08", "SmLs09"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    variance_analysis(names[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(means_and_deviations_have_all_certified_digits),
      cmocka_unit_test(analyses_of_variance_have_all_certified_digits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
