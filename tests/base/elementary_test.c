/* exp, log and their like against MPFR, in 200 bits, over seeded random arguments of every size. */
#include "base/elementary.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <mpfr.h>

#include "tests/check.h"
#include "tests/seeded.h"

enum { CASES = 10000, ORACLE_BITS = 200 };

typedef struct function {
  const char *name;
  double (*ours)(double x);
  void (*oracle)(mpfr_t out, double x);
  double low, high; /* of the arguments; of their logarithms to base 2 where BY_SIZE */
  bool by_size, both_signs;
  double ulps;       /* the error is less than this many units in the last place ... */
  int absolute_bits; /* ... or than 2^-this times max(1, |result|) */
} function;

static void oracle_exp(mpfr_t out, double x) {
  mpfr_set_d(out, x, MPFR_RNDN);
  mpfr_exp(out, out, MPFR_RNDN);
}

static void oracle_log(mpfr_t out, double x) {
  mpfr_set_d(out, x, MPFR_RNDN);
  mpfr_log(out, out, MPFR_RNDN);
}

static void oracle_log_1_plus(mpfr_t out, double x) {
  mpfr_set_d(out, x, MPFR_RNDN);
  mpfr_log1p(out, out, MPFR_RNDN);
}

static void oracle_logistic(mpfr_t out, double x) {
  oracle_exp(out, -x);
  mpfr_add_ui(out, out, 1, MPFR_RNDN);
  mpfr_ui_div(out, 1, out, MPFR_RNDN);
}

static void oracle_softplus(mpfr_t out, double x) {
  oracle_exp(out, x);
  mpfr_log1p(out, out, MPFR_RNDN);
}

static void oracle_log_gamma(mpfr_t out, double x) {
  mpfr_set_d(out, x, MPFR_RNDN);
  mpfr_lngamma(out, out, MPFR_RNDN);
}

static const function functions[] = {
    {"exp", elementary_exp, oracle_exp, -708, 709.7, .ulps = 1},
    {"exp near 0", elementary_exp, oracle_exp, -80, 0, .by_size = true, .both_signs = true, .ulps = 1},
    {"log", elementary_log, oracle_log, -1074, 1023, .by_size = true, .ulps = 1},
    {"log near 1", elementary_log, oracle_log, 0.5, 2, .ulps = 1},
    {"log_1_plus", elementary_log_1_plus, oracle_log_1_plus, -1022, 1023, .by_size = true, .ulps = 3},
    {"log_1_plus around 1", elementary_log_1_plus, oracle_log_1_plus, 0, 4, .ulps = 3},
    {"logistic", elementary_logistic, oracle_logistic, -700, 700, .ulps = 3},
    {"logistic near 0", elementary_logistic, oracle_logistic, -5, 5, .ulps = 3},
    {"softplus", elementary_softplus, oracle_softplus, -700, 700, .ulps = 4},
    {"softplus near 0", elementary_softplus, oracle_softplus, -5, 5, .ulps = 4},
    {"log_gamma", elementary_log_gamma, oracle_log_gamma, -100, 100, .by_size = true, .absolute_bits = 46},
    {"log_gamma below 30", elementary_log_gamma, oracle_log_gamma, 0x1p-10, 30, .absolute_bits = 46},
};

static double unit(seeded *r) {
  return (double)(seeded_next(r) >> 11) * 0x1p-53;
}

static double argument(const function *f, seeded *r) {
  const double at = f->low + (f->high - f->low) * unit(r);
  if (!f->by_size) {
    return at;
  }
  const double size = ldexp(1 + unit(r), (int)floor(at));
  return f->both_signs && seeded_below(r, 2) == 0 ? -size : size;
}

/* The distance of OURS from the oracle's value, in units of 2^LAST. */
static double distance(double ours, mpfr_t oracle, int last) {
  mpfr_t difference;
  mpfr_init2(difference, ORACLE_BITS);
  mpfr_d_sub(difference, ours, oracle, MPFR_RNDN);
  mpfr_mul_2si(difference, difference, -last, MPFR_RNDN);
  const double away = fabs(mpfr_get_d(difference, MPFR_RNDU));
  mpfr_clear(difference);
  return away;
}

/* How wrong our value is, as a part of what the header allows. */
static double part_of_allowed(const function *f, double x) {
  mpfr_t oracle;
  mpfr_init2(oracle, ORACLE_BITS);
  f->oracle(oracle, x);
  const double value = fabs(mpfr_get_d(oracle, MPFR_RNDN));
  double part;
  if (f->absolute_bits > 0) {
    part = distance(f->ours(x), oracle, -f->absolute_bits) / fmax(1, value);
  } else {
    part = distance(f->ours(x), oracle, ilogb(fmax(value, DBL_MIN)) - 52) / f->ulps;
  }
  mpfr_clear(oracle);
  return part;
}

static void errors_are_as_small_as_the_header_states(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    const function *f = &functions[i];
    seeded r = {seeded_seed() + i};
    for (int n = 0; n < CASES; n++) {
      const double x = argument(f, &r);
      const double part = part_of_allowed(f, x);
      if (!(part < 1)) {
        fail_msg("%s(%a), seed %lu: wrong by %g times what is allowed", f->name, x,
                 (unsigned long)seeded_seed(), part);
      }
    }
  }
}

static void edges_are_exact(void **state) {
  (void)state;
  assert_true(elementary_exp(0) == 1 && elementary_exp(-0.0) == 1);
  assert_true(elementary_exp(-INFINITY) == 0 && elementary_exp(-746) == 0);
  assert_true(elementary_exp(INFINITY) == INFINITY && elementary_exp(710) == INFINITY);
  assert_true(isnan(elementary_exp(NAN)));
  assert_true(elementary_log(1) == 0);
  assert_true(elementary_log_1_plus(0) == 0);
  assert_true(elementary_logistic(0) == 0.5);
  assert_true(elementary_logistic(1000) == 1 && elementary_logistic(-1000) == 0);
  assert_true(elementary_softplus(1000) == 1000 && elementary_softplus(-1000) == 0);
}

static void results_that_are_not_normal_are_near(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int n = 0; n < CASES; n++) {
    const double x = -708 - 37 * unit(&r);
    mpfr_t oracle;
    mpfr_init2(oracle, ORACLE_BITS);
    oracle_exp(oracle, x);
    const double away = distance(elementary_exp(x), oracle, -1074);
    mpfr_clear(oracle);
    assert_true(away < 1);
  }
}

/* Neighbours keep their order, so that no quantity made of them turns back: exp and the logistic over a path
 * of steps that are small everywhere. */
static void exp_and_logistic_never_fall(void **state) {
  (void)state;
  double last = 0, last_logistic = 0;
  for (double x = -40; x < 40; x += 0x1p-13) {
    const double now = elementary_exp(x), logistic = elementary_logistic(x);
    assert_true(now > last);
    assert_true(logistic >= last_logistic);
    last = now;
    last_logistic = logistic;
  }
}

static void whole_numbers_are_rounded_half_to_even(void **state) {
  (void)state;
  static const struct {
    double value;
    unsigned bits;
    int64_t whole;
  } cases[] = {
      {0.5, 0, 0},
      {1.5, 0, 2},
      {2.5, 0, 2},
      {-0.5, 0, 0},
      {-1.5, 0, -2},
      {-2.5, 0, -2},
      {0.75, 1, 2},
      {0.25, 1, 0},
      {1, 40, INT64_C(1) << 40},
      {0x1p-41, 40, 0},
      {0x1.8p-40, 40, 2},
      {-0x1.8p-40, 40, -2},
      {0x1.00001p-41, 40, 1},
      {0x1.fffffffffffffp61, 0, INT64_C(0x3ffffffffffffe00)},
      {4503599627370497.5, 0, 4503599627370498},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const int64_t got = elementary_quantised(cases[i].value, cases[i].bits);
    if (got != cases[i].whole) {
      fail_msg("%a * 2^%u: %lld, expected %lld", cases[i].value, cases[i].bits, (long long)got,
               (long long)cases[i].whole);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(errors_are_as_small_as_the_header_states),
      cmocka_unit_test(edges_are_exact),
      cmocka_unit_test(results_that_are_not_normal_are_near),
      cmocka_unit_test(exp_and_logistic_never_fall),
      cmocka_unit_test(whole_numbers_are_rounded_half_to_even),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
