/* Roundings of fractions against MPFR, which rounds correctly: 53 bits, the exponent range of a double
 * with its subnormal numbers (mpfr_subnormalize needs emin -1073, emax 1024). */
#include <gmp.h>
#include <math.h>
#include <mpfr.h>

#include "base/exact.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { CASES = 20000 };

static exact random_exact(seeded *r, unsigned bits) {
  exact v = {{0}};
  const unsigned keep = (unsigned)seeded_below(r, bits) + 1;
  for (unsigned i = 0; i < EXACT_LIMBS && 64 * i < keep; i++) {
    const unsigned left = keep - 64 * i;
    v.limb[i] = seeded_next(r);
    if (left < 64) {
      v.limb[i] &= (UINT64_C(1) << left) - 1;
    }
  }
  v.limb[0] |= 1;
  return v;
}

static void set_mpz(mpz_t out, const exact *magnitude) {
  mpz_import(out, EXACT_LIMBS, -1, 8, 0, 0, magnitude->limb);
}

/* num / den, or its root, rounded to a double by MPFR.  1600 bits come first: more than a tie of
 * quotients of our sizes needs to be distinguished from its neighbours. */
static double reference(const mpq_t value, bool root) {
  mpfr_t out;
  mpfr_init2(out, 53);
  int inexact;
  mpfr_set_emin(mpfr_get_emin_min());
  mpfr_set_emax(mpfr_get_emax_max());
  if (root) {
    mpfr_t wide;
    mpfr_init2(wide, 1600);
    mpfr_set_q(wide, value, MPFR_RNDZ);
    inexact = mpfr_sqrt(out, wide, MPFR_RNDN);
    mpfr_clear(wide);
  } else {
    inexact = mpfr_set_q(out, value, MPFR_RNDN);
  }
  mpfr_set_emin(-1073);
  mpfr_set_emax(1024);
  inexact = mpfr_check_range(out, inexact, MPFR_RNDN);
  mpfr_subnormalize(out, inexact, MPFR_RNDN);
  const double result = mpfr_get_d(out, MPFR_RNDN);
  mpfr_clear(out);
  return result;
}

static void assert_same(double got, double expected, int i) {
  if (got != expected) {
    print_error("seed %llu, case %d: %a, expected %a\n", (unsigned long long)seeded_seed(), i, got, expected);
  }
  assert_true(got == expected);
}

static void quotients_and_roots_round_as_mpfr_does(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  ratio *a = ratio_new();
  ratio *b = ratio_new();
  mpq_t q;
  mpq_init(q);
  for (int i = 0; i < CASES; i++) {
    exact num = random_exact(&r, 380);
    const exact den = random_exact(&r, 380);
    set_mpz(mpq_numref(q), &num);
    set_mpz(mpq_denref(q), &den);
    mpq_canonicalize(q);
    ratio_set_exact(a, &num);
    ratio_set_exact(b, &den);
    ratio_div(a, a, b);
    assert_same(ratio_to_double(a), reference(q, false), i);
    assert_same(ratio_sqrt_to_double(a), reference(q, true), i);
    assert_same(exact_ratio(&num, &den), reference(q, false), i);
    exact_negate(&num);
    assert_same(exact_ratio(&num, &den), -reference(q, false), i);
  }
  mpq_clear(q);
  ratio_destroy(a);
  ratio_destroy(b);
}

/* The number of 54 bits or so, times a power of two: most are ties, or next to one. */
static void ties_and_the_ends_of_the_range_round_as_mpfr_does(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  ratio *a = ratio_new();
  ratio *half = ratio_new();
  ratio *two = ratio_new();
  ratio *scale = ratio_new();
  mpq_t q;
  mpq_init(q);
  ratio_set_i64(two, 2);
  ratio_set_i64(half, 1);
  ratio_div(half, half, two);
  for (int i = 0; i < 3000; i++) {
    const int64_t digits = (int64_t)((seeded_next(&r) >> (9 + seeded_below(&r, 3))) | 1);
    static const int centres[] = {-1128, -1074, 0, 970, 300};
    const int power = centres[seeded_below(&r, 5)] + (int)seeded_below(&r, 60) - 30;
    ratio_set_i64(a, digits);
    ratio_set(scale, power < 0 ? half : two);
    for (int k = 0; k < abs(power); k++) {
      ratio_mul(a, a, scale);
    }
    mpq_set_si(q, digits, 1);
    if (power < 0) {
      mpq_div_2exp(q, q, (mp_bitcnt_t)-power);
    } else {
      mpq_mul_2exp(q, q, (mp_bitcnt_t)power);
    }
    assert_same(ratio_to_double(a), reference(q, false), i);
    assert_same(ratio_sqrt_to_double(a), reference(q, true), i);
    ratio_mul(a, a, a);
    mpq_mul(q, q, q);
    assert_same(ratio_to_double(a), reference(q, false), i);
    assert_same(ratio_sqrt_to_double(a), reference(q, true), i);
  }
  mpq_clear(q);
  ratio_destroy(a);
  ratio_destroy(half);
  ratio_destroy(two);
  ratio_destroy(scale);
}

static void arithmetic_accepts_one_object_as_input_and_output(void **state) {
  (void)state;
  ratio *a = ratio_new();
  ratio *b = ratio_new();
  ratio_set_i64(a, 3);
  ratio_set_i128(b, -4);
  ratio_div(a, a, b); /* -3/4 */
  ratio_add(a, a, a); /* -3/2 */
  ratio_sub(a, a, b); /* 5/2 */
  ratio_mul(a, a, a); /* 25/4 */
  assert_true(ratio_to_double(a) == 6.25);
  assert_true(ratio_sqrt_to_double(a) == 2.5);
  ratio_scale10(a, -2);
  assert_true(ratio_to_double(a) == 0.0625);
  ratio_scale10(a, 3);
  assert_true(ratio_to_double(a) == 62.5);
  ratio_sub(a, a, a);
  assert_int_equal(ratio_sign(a), 0);
  assert_true(ratio_to_double(a) == 0.0);
  assert_true(ratio_sqrt_to_double(a) == 0.0);
  assert_true(isnan(ratio_sqrt_to_double(b)));
  assert_int_equal(ratio_compare(a, b), 1);
  assert_int_equal(ratio_compare(b, a), -1);
  assert_int_equal(ratio_compare(b, b), 0);
  const exact v = exact_from_i64(-12345);
  ratio_set_exact_scaled(b, &v, 2);
  assert_true(ratio_to_double(b) == -123.45);
  ratio_destroy(a);
  ratio_destroy(b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(quotients_and_roots_round_as_mpfr_does),
      cmocka_unit_test(ties_and_the_ends_of_the_range_round_as_mpfr_does),
      cmocka_unit_test(arithmetic_accepts_one_object_as_input_and_output),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
