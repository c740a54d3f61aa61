/* NIST StRD, linear regression: every certified coefficient, error, R^2, residual SD and F of the whole
 * analysis, to 12 digits at least, whatever the condition.  The files are not part of the project: without
 * them the tests are skipped. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

#define NIST CANVASS_SOURCE_DIR "/../shared/data/nist-strd/lls/"

enum { LINE_BYTES = 200, DATA_FROM = 60, ROWS_MAX = 100, COLUMNS_MAX = 7, DIGITS = 12 };

typedef struct nist_case {
  const char *name;
  int predictors; /* Longley: its columns; else powers of x */
  int y_decimals, x_decimals;
  bool origin;
} nist_case;

typedef struct nist_rows {
  char cells[COLUMNS_MAX][ROWS_MAX][40]; /* the outcome first */
  uint32_t count;
} nist_rows;

static FILE *nist_open(const char *name) {
  char path[1000];
  snprintf(path, sizeof path, NIST "%s.dat", name);
  FILE *f = fopen(path, "r");
  if (f == NULL) {
    print_message("skipped: no NIST StRD files beside the project\n");
    skip();
  }
  return f;
}

/* The whole numbers of files whose x are such. */
static void add_powers(nist_rows *rows, const char *x, int powers) {
  long long power = 1;
  for (int i = 1; i <= powers; i++) {
    power *= atoll(x);
    snprintf(rows->cells[i][rows->count], sizeof rows->cells[i][0], "%lld", power);
  }
}

static void read_rows(FILE *f, const nist_case *c, nist_rows *rows) {
  char line[LINE_BYTES], w[COLUMNS_MAX][LINE_BYTES];
  for (int at = 0; fgets(line, sizeof line, f) != NULL; at++) {
    const int words =
        sscanf(line, "%199s %199s %199s %199s %199s %199s %199s", w[0], w[1], w[2], w[3], w[4], w[5], w[6]);
    if (at < DATA_FROM || words < 2) {
      continue;
    }
    assert_true(rows->count < ROWS_MAX);
    snprintf(rows->cells[0][rows->count], sizeof rows->cells[0][0], "%.39s", w[0]);
    if (words > 2 || c->x_decimals > 0) {
      for (int i = 1; i <= c->predictors; i++) {
        snprintf(rows->cells[i][rows->count], sizeof rows->cells[i][0], "%.39s", w[i]);
      }
    } else {
      add_powers(rows, w[1], c->predictors);
    }
    rows->count++;
  }
}

static const char *const names[COLUMNS_MAX] = {"y", "x1", "x2", "x3", "x4", "x5", "x6"};

static const json *report_of(build_scene *s, const nist_case *c, const nist_rows *rows) {
  plan_analysis *a;
  char predictors[40] = "";
  s->data = fixture_new(rows->count);
  for (int i = 0; i <= c->predictors; i++) {
    const char *cells[ROWS_MAX];
    for (uint32_t r = 0; r < rows->count; r++) {
      cells[r] = rows->cells[i][r];
    }
    fixture_column(s->data, names[i], PACKED_TEXTS, cells);
    build_number(s->plan, names[i], (uint8_t)(i == 0 ? c->y_decimals : c->x_decimals));
    snprintf(predictors + strlen(predictors), sizeof predictors - strlen(predictors), "%s%s",
             i > 1 ? " " : "", i > 0 ? names[i] : "");
  }
  a = build_analysis(s->plan, "drivers", "d", NULL);
  build_argument(s->plan, a, "outcome", "y");
  build_argument(s->plan, a, "predictors", predictors);
  build_argument(s->plan, a, "importance", "none");
  build_argument(s->plan, a, "intercept", c->origin ? "false" : "true");
  return build_report(s->plan, s->data, 7, s->memory);
}

static void check_figure(const nist_case *c, const json *row, const char *key, double wanted) {
  const json *cell = row != NULL ? json_get(row, key) : NULL;
  if (cell == NULL || json_kind_of(cell) == JSON_NULL ||
      log_relative_error(json_as_number(cell), wanted) < DIGITS) {
    fail_msg("%s: %s is %.17g, certified %.15g", c->name, key,
             cell != NULL && json_kind_of(cell) != JSON_NULL ? json_as_number(cell) : NAN, wanted);
  }
}

/* What is certified stands in lines " B1 estimate error", "R-Squared v", "Standard Deviation v" and
 * "Regression df ss ms F". */
static int check_line(const nist_case *c, const json *report, const char *line) {
  const json *fit = report_row(report, "d", "drivers_fit", "{\"group\":null}");
  unsigned power, df;
  double b, deviation, f;
  if (sscanf(line, " B%u %lf %lf", &power, &b, &deviation) == 3) {
    char match[80];
    snprintf(match, sizeof match, "{\"group\":null,\"item\":\"x%u\"}", power);
    const json *row = power == 0 ? report_row(report, "d", "drivers_constants", "{\"group\":null}")
                                 : report_row(report, "d", "drivers_coefficients", match);
    check_figure(c, row, "b", b);
    check_figure(c, row, "se", deviation);
    return 1;
  }
  if (sscanf(line, " R-Squared %lf", &b) == 1) {
    check_figure(c, fit, "r2", b);
    return 1;
  }
  if (sscanf(line, " Standard Deviation %lf", &b) == 1) {
    check_figure(c, fit, "residual_sd", b);
    return 1;
  }
  if (sscanf(line, "Regression %u %lf %lf %lf", &df, &b, &deviation, &f) == 4) {
    if (isfinite(f)) { /* of Wampler 1 and 2, which fit perfectly, it is "Infinity" */
      check_figure(c, fit, "f", f);
    }
    return 1;
  }
  return 0;
}

static void check_case(const nist_case *c) {
  void *made = NULL;
  assert_int_equal(build_scene_setup(&made), 0);
  FILE *f = nist_open(c->name);
  static nist_rows rows;
  char line[LINE_BYTES];
  int figures = 0;
  rows.count = 0;
  read_rows(f, c, &rows);
  const json *report = report_of(made, c, &rows);
  rewind(f);
  for (int at = 0; at < DATA_FROM && fgets(line, sizeof line, f) != NULL; at++) {
    figures += check_line(c, report, line);
  }
  assert_int_equal(figures, c->predictors + (c->origin ? 0 : 1) + 3);
  fclose(f);
  assert_int_equal(build_scene_teardown(&made), 0);
}

static void regressions_have_all_certified_digits(void **state) {
  (void)state;
  static const nist_case cases[] = {
      {.name = "Norris", .predictors = 1, .y_decimals = 1, .x_decimals = 1},
      {.name = "Pontius", .predictors = 2, .y_decimals = 5},
      {.name = "NoInt1", .predictors = 1, .origin = true},
      {.name = "NoInt2", .predictors = 1, .origin = true},
      {.name = "Longley", .predictors = 6, .x_decimals = 1},
      {.name = "Wampler1", .predictors = 5},
      {.name = "Wampler2", .predictors = 5, .y_decimals = 5},
      {.name = "Wampler3", .predictors = 5},
      {.name = "Wampler4", .predictors = 5},
      {.name = "Wampler5", .predictors = 5},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    check_case(&cases[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(regressions_have_all_certified_digits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
