/* Normal equations without rounding: NIST's certified regressions, whose condition no double stands. */
#include "base/exact_system.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "tests/check.h"

#define NIST CANVASS_SOURCE_DIR "/../shared/data/nist-strd/lls/"

enum { LINE_BYTES = 200, DATA_FROM = 60, DEGREE_MAX = 10, SIZE_MAX_HERE = DEGREE_MAX + 2 };

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

/* SUMS += products of 1, x, .., x^degree, y of one row, as whole numbers: powers of x's own mantissa. */
static void add_row(ratio *sums[][SIZE_MAX_HERE], uint32_t degree, const decimal *x, const decimal *y) {
  ratio *value[SIZE_MAX_HERE], *product = ratio_new();
  for (uint32_t i = 0; i <= degree + 1; i++) {
    value[i] = ratio_new();
    ratio_set_i64(value[i], i <= degree ? 1 : y->mantissa);
  }
  for (uint32_t i = 1; i <= degree; i++) {
    ratio_set_i64(product, x->mantissa);
    ratio_mul(value[i], value[i - 1], product);
  }
  for (uint32_t i = 0; i <= degree + 1; i++) {
    for (uint32_t k = 0; k <= i; k++) {
      ratio_mul(product, value[i], value[k]);
      ratio_add(sums[i][k], sums[i][k], product);
    }
  }
  for (uint32_t i = 0; i <= degree + 1; i++) {
    ratio_destroy(value[i]);
  }
  ratio_destroy(product);
}

/* A word as a decimal of SCALE digits. */
static decimal number_of(const char *word, unsigned scale) {
  decimal out;
  assert_true(decimal_parse(slice_of(word), '.', &out));
  assert_true(out.scale <= scale);
  out.mantissa *= decimal_power10(scale - out.scale);
  out.scale = (uint8_t)scale;
  return out;
}

static double digits_agreeing(double figure, double wanted) {
  return figure == wanted ? 16 : -log10(fabs(figure - wanted) / fabs(wanted));
}

typedef struct nist_polynomial {
  const char *name;
  uint32_t degree;
  unsigned x_scale, y_scale;
} nist_polynomial;

static double entry_of(const exact_system *s, uint32_t i, uint32_t k, int scale) {
  ratio *out = ratio_new();
  exact_system_entry(s, i, k, out);
  ratio_scale10(out, scale);
  const double v = ratio_to_double(out);
  ratio_destroy(out);
  return v;
}

/* Every certified coefficient and its standard deviation to 14 digits. */
static void check_certified(FILE *f, const exact_system *s, const nist_polynomial *p, int64_t rows) {
  char line[LINE_BYTES];
  uint32_t found = 0;
  const uint32_t y = p->degree + 1;
  const double left = entry_of(s, y, y, -2 * (int)p->y_scale) / (double)(rows - p->degree - 1);
  rewind(f);
  for (int at = 0; at < DATA_FROM && fgets(line, sizeof line, f) != NULL; at++) {
    unsigned power;
    double b, error;
    if (sscanf(line, " B%u %lf %lf", &power, &b, &error) != 3) {
      continue;
    }
    found++;
    const double figure = entry_of(s, y, power, (int)(p->x_scale * power) - (int)p->y_scale);
    const double se = sqrt(left * entry_of(s, power, power, 2 * (int)(p->x_scale * power)));
    if (digits_agreeing(figure, b) < 14 || (error > 0 ? digits_agreeing(se, error) < 13.5 : se != 0)) {
      fail_msg("%s: B%u is %.17g with error %.17g, certified %.15g, %.15g", p->name, power, figure, se, b,
               error);
    }
  }
  assert_int_equal(found, p->degree + 1);
}

static void check_polynomial(const nist_polynomial *p) {
  FILE *f = nist_open(p->name);
  ratio *sums[SIZE_MAX_HERE][SIZE_MAX_HERE];
  char line[LINE_BYTES], x[LINE_BYTES], y[LINE_BYTES];
  int64_t rows = 0;
  exact_system *s = exact_system_new(p->degree + 2);
  for (uint32_t i = 0; i < SIZE_MAX_HERE; i++) {
    for (uint32_t k = 0; k < SIZE_MAX_HERE; k++) {
      sums[i][k] = ratio_new();
    }
  }
  for (int at = 0; fgets(line, sizeof line, f) != NULL; at++) {
    if (at >= DATA_FROM && sscanf(line, "%199s %199s", y, x) == 2) {
      const decimal dx = number_of(x, p->x_scale), dy = number_of(y, p->y_scale);
      add_row(sums, p->degree, &dx, &dy);
      rows++;
    }
  }
  for (uint32_t i = 0; i < p->degree + 2; i++) {
    for (uint32_t k = 0; k <= i; k++) {
      exact_system_set(s, i, k, sums[i][k]);
    }
  }
  assert_true(exact_system_sweep(s, p->degree + 1));
  check_certified(f, s, p, rows);
  for (uint32_t i = 0; i < SIZE_MAX_HERE; i++) {
    for (uint32_t k = 0; k < SIZE_MAX_HERE; k++) {
      ratio_destroy(sums[i][k]);
    }
  }
  exact_system_destroy(s);
  fclose(f);
}

static void filip_is_certified_to_the_last_digit(void **state) {
  (void)state;
  check_polynomial(&(nist_polynomial){"Filip", 10, 9, 4});
}

static void wampler_is_certified_to_the_last_digit(void **state) {
  (void)state;
  for (int i = 1; i <= 5; i++) {
    char name[20];
    snprintf(name, sizeof name, "Wampler%d", i);
    check_polynomial(&(nist_polynomial){name, 5, 0, i == 2 ? 5 : 0});
  }
}

static void set(exact_system *s, uint32_t i, uint32_t k, int64_t v) {
  ratio *r = ratio_new();
  ratio_set_i64(r, v);
  exact_system_set(s, i, k, r);
  ratio_destroy(r);
}

/* [2 1; 1 2], y with products 3, 3 and 6: the inverse is [2 -1; -1 2] / 3, b = (1, 1), nothing is left. */
static void a_system_of_two_is_as_on_paper(void **state) {
  (void)state;
  exact_system *s = exact_system_new(3);
  const int64_t at[3][3] = {{2, 0, 0}, {1, 2, 0}, {3, 3, 6}};
  for (uint32_t i = 0; i < 3; i++) {
    for (uint32_t k = 0; k <= i; k++) {
      set(s, i, k, at[i][k]);
    }
  }
  assert_true(exact_system_sweep(s, 2));
  assert_true(entry_of(s, 0, 0, 0) == 2 / 3.0 && entry_of(s, 0, 1, 0) == -1 / 3.0);
  assert_true(entry_of(s, 2, 0, 0) == 1 && entry_of(s, 1, 2, 0) == 1);
  assert_true(entry_of(s, 2, 2, 0) == 0);
  exact_system_destroy(s);
}

static void a_determined_column_is_found_without_rounding(void **state) {
  (void)state;
  /* (10^15, 10^15 + 1): products whose determinant is 1 beside entries of 10^30, then one of 0 */
  exact_system *s = exact_system_new(2);
  set(s, 0, 0, 2);
  set(s, 1, 0, 2000000000000001);
  ratio *r = ratio_new(), *one = ratio_new();
  ratio_set_i64(r, 1000000000000000);
  ratio_mul(r, r, r);
  ratio_set_i64(one, 1000000000000001);
  ratio_mul(one, one, one);
  ratio_add(r, r, one);
  exact_system_set(s, 1, 1, r);
  assert_true(exact_system_sweep(s, 2));
  assert_true(entry_of(s, 0, 1, 0) == -2000000000000001.0);
  exact_system_destroy(s);
  ratio_destroy(r);
  ratio_destroy(one);
  s = exact_system_new(2);
  set(s, 0, 0, 4);
  set(s, 1, 0, 6);
  set(s, 1, 1, 9);
  assert_false(exact_system_sweep(s, 2));
  exact_system_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_system_of_two_is_as_on_paper),
      cmocka_unit_test(a_determined_column_is_found_without_rounding),
      cmocka_unit_test(wampler_is_certified_to_the_last_digit),
      cmocka_unit_test(filip_is_certified_to_the_last_digit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
