/* Exact integers against GMP, over seeded random values of every size: GMP's integers, taken modulo
 * 2^384 into two's complement, must have the same limbs. */
#include "base/exact.h"

#include <stdio.h>

#include <gmp.h>
#include <mpfr.h>

#include "tests/check.h"
#include "tests/seeded.h"

enum { CASES = 20000 };

static i128 random_i128(seeded *r) {
  u128 v = (u128)seeded_bits(r, 64) << 64 | seeded_next(r);
  v >>= seeded_below(r, 128);
  if (seeded_below(r, 16) == 0) {
    v = (u128)1 << 127; /* the most negative number */
  }
  return seeded_below(r, 2) == 0 ? (i128)v : (i128)(0 - v);
}

/* Below 2^BITS in magnitude. */
static exact random_exact(seeded *r, unsigned bits) {
  exact v = {{0}};
  const unsigned keep = (unsigned)seeded_below(r, bits + 1);
  for (unsigned i = 0; i < EXACT_LIMBS && 64 * i < keep; i++) {
    const unsigned left = keep - 64 * i;
    v.limb[i] = seeded_below(r, 8) == 0 ? UINT64_MAX : seeded_next(r);
    if (left < 64) {
      v.limb[i] &= (UINT64_C(1) << left) - 1;
    }
  }
  if (seeded_below(r, 2) == 0) {
    exact_negate(&v);
  }
  return v;
}

static void set_mpz(mpz_t out, const exact *v) {
  mpz_import(out, EXACT_LIMBS, -1, 8, 0, 0, v->limb);
  if (v->limb[EXACT_LIMBS - 1] >> 63 != 0) {
    mpz_t whole;
    mpz_init(whole);
    mpz_setbit(whole, 384);
    mpz_sub(out, out, whole);
    mpz_clear(whole);
  }
}

static void set_mpz_i128(mpz_t out, i128 v) {
  const u128 magnitude = v < 0 ? 0 - (u128)v : (u128)v;
  mpz_set_ui(out, (unsigned long)(magnitude >> 64));
  mpz_mul_2exp(out, out, 64);
  mpz_add_ui(out, out, (unsigned long)magnitude);
  if (v < 0) {
    mpz_neg(out, out);
  }
}

static void assert_is(const exact *v, const mpz_t expected, uint64_t seed, int i) {
  mpz_t value;
  mpz_init(value);
  set_mpz(value, v);
  if (mpz_cmp(value, expected) != 0) {
    gmp_fprintf(stderr, "seed %lu, case %d: %Zx, expected %Zx\n", (unsigned long)seed, i, value, expected);
  }
  assert_int_equal(mpz_cmp(value, expected), 0);
  mpz_clear(value);
}

static void sums_and_products_agree_with_gmp(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpz_t x, y, z;
  mpz_inits(x, y, z, NULL);
  for (int i = 0; i < CASES; i++) {
    exact a = random_exact(&r, 380);
    const exact b = random_exact(&r, 380);
    set_mpz(x, &a);
    set_mpz(y, &b);
    const int order = mpz_cmp(x, y);
    assert_int_equal(exact_compare(&a, &b), (order > 0) - (order < 0));
    assert_int_equal(exact_sign(&a), mpz_sgn(x));
    exact_add(&a, &b);
    mpz_add(x, x, y);
    assert_is(&a, x, seeded_seed(), i);
    exact_sub(&a, &b);
    exact_sub(&a, &b);
    mpz_submul_ui(x, y, 2);
    assert_is(&a, x, seeded_seed(), i);

    exact c = random_exact(&r, 300);
    const i128 p = random_i128(&r);
    const i128 q = random_i128(&r);
    set_mpz(z, &c);
    set_mpz_i128(x, p);
    set_mpz_i128(y, q);
    mpz_addmul(z, x, y);
    exact_add_product(&c, p, q);
    assert_is(&c, z, seeded_seed(), i);
    mpz_add(z, z, x);
    exact_add_i128(&c, p);
    assert_is(&c, z, seeded_seed(), i);

    const exact small = random_exact(&r, 310);
    const int64_t factor = (int64_t)seeded_bits(&r, 64);
    set_mpz(x, &small);
    mpz_set_si(y, factor);
    mpz_addmul(z, x, y);
    exact_add_scaled(&c, &small, factor);
    assert_is(&c, z, seeded_seed(), i);

    const exact narrow = random_exact(&r, 255);
    const i128 wide = random_i128(&r);
    set_mpz(x, &narrow);
    set_mpz_i128(y, wide);
    mpz_addmul(z, x, y);
    exact_add_scaled(&c, &narrow, wide);
    assert_is(&c, z, seeded_seed(), i);
  }
  mpz_clears(x, y, z, NULL);
}

static void sums_of_squares_are_the_same_in_192_bits(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < CASES; i++) {
    exact expected = {{0}};
    u192 sum = {{0}}, more = {{0}};
    for (uint64_t k = 2 + seeded_below(&r, 20); k > 0; k--) {
      const uint64_t w = seeded_bits(&r, 64);
      u192_add_u128(k % 2 ? &sum : &more, (u128)w * w);
      exact_add_product(&expected, (i128)w, (i128)w);
    }
    u192_add(&sum, &more);
    const exact same = exact_from_u192(&sum);
    assert_int_equal(exact_compare(&same, &expected), 0);
    u192 back = {{0}};
    assert_true(exact_fits_u192(&expected, &back));
    assert_memory_equal(&back, &sum, sizeof sum);
  }
}

static void what_192_bits_cannot_hold_is_refused(void **state) {
  (void)state;
  u192 out = {{1, 2, 3}};
  const exact negative = exact_from_i64(-1), large = {{0, 0, 0, 1, 0, 0}};
  assert_false(exact_fits_u192(&negative, &out));
  assert_false(exact_fits_u192(&large, &out));
  assert_int_equal(out.limb[0], 1);
}

static void extreme_products_are_full(void **state) {
  (void)state;
  const i128 least = (i128)((u128)1 << 127);
  exact sum = {{0}};
  exact_add_product(&sum, least, least);
  const exact expected = {{0, 0, 0, UINT64_C(1) << 62, 0, 0}};
  assert_int_equal(exact_compare(&sum, &expected), 0);
  exact_add_product(&sum, least, -(least + 1));
  assert_int_equal(exact_sign(&sum), 1); /* 2^254 - 2^127 * (2^127 - 1) = 2^127 */
  i128 narrow;
  assert_false(exact_fits_i128(&sum, &narrow));
  exact_negate(&sum);
  assert_true(exact_fits_i128(&sum, &narrow));
  assert_true(narrow == least);
}

static void conversion_to_i128_fits_exactly_when_the_value_does(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < CASES; i++) {
    const i128 v = random_i128(&r);
    const exact wide = exact_from_i128(v);
    i128 back = 0;
    assert_true(exact_fits_i128(&wide, &back));
    assert_true(back == v);
    exact big = random_exact(&r, 380);
    mpz_t value;
    mpz_init(value);
    set_mpz(value, &big);
    const int negative = mpz_sgn(value) < 0;
    if (negative) {
      mpz_com(value, value);
    }
    assert_int_equal(exact_fits_i128(&big, &back), mpz_sizeinbase(value, 2) <= 127);
    mpz_clear(value);
  }
  const exact one = exact_from_i64(-1);
  for (unsigned i = 0; i < EXACT_LIMBS; i++) {
    assert_true(one.limb[i] == UINT64_MAX);
  }
}

static void conversion_to_double_rounds_as_mpfr_does(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpz_t value;
  mpfr_t rounded;
  mpz_init(value);
  mpfr_init2(rounded, 53);
  for (int i = 0; i < CASES; i++) {
    exact v = random_exact(&r, 383);
    if (i % 4 == 0) { /* halfway between two doubles, or one off it */
      v = exact_from_i64((int64_t)((seeded_next(&r) >> 10) | 1));
      for (unsigned k = (unsigned)seeded_below(&r, 300); k > 0; k--) {
        const exact copy = v;
        exact_add(&v, &copy);
      }
      exact_add_i128(&v, (i128)seeded_below(&r, 3) - 1);
    }
    set_mpz(value, &v);
    mpfr_set_z(rounded, value, MPFR_RNDN);
    const double expected = mpfr_get_d(rounded, MPFR_RNDN);
    const double got = exact_to_double(&v);
    if (got != expected) {
      gmp_fprintf(stderr, "seed %lu, case %d: %Zx\n", (unsigned long)seeded_seed(), i, value);
    }
    assert_true(got == expected);
  }
  mpz_clear(value);
  mpfr_clear(rounded);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums_and_products_agree_with_gmp),
      cmocka_unit_test(sums_of_squares_are_the_same_in_192_bits),
      cmocka_unit_test(what_192_bits_cannot_hold_is_refused),
      cmocka_unit_test(extreme_products_are_full),
      cmocka_unit_test(conversion_to_i128_fits_exactly_when_the_value_does),
      cmocka_unit_test(conversion_to_double_rounds_as_mpfr_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
