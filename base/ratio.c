/* Exact fractions over GMP, rounded once.
 *
 * Both roundings work the same way: scale the fraction by a power of two so that the integer quotient (or
 * the integer square root) has at least 64 bits, append a sticky bit for the remainder, and let
 * `round_scaled` round that integer to the 53 bits of a double, or to fewer where the result is
 * subnormal. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/ratio_value.h"

ratio *ratio_new(void) {
  ratio *r = malloc(sizeof *r);
  if (r != NULL) {
    mpq_init(r->value);
  }
  return r;
}

void ratio_destroy(ratio *r) {
  if (r != NULL) {
    mpq_clear(r->value);
    free(r);
  }
}

static void set_exact(mpz_t out, const exact *v) {
  exact m = *v;
  const bool negative = exact_sign(v) < 0;
  if (negative) {
    exact_negate(&m);
  }
  mpz_import(out, EXACT_LIMBS, -1, sizeof m.limb[0], 0, 0, m.limb);
  if (negative) {
    mpz_neg(out, out);
  }
}

void ratio_set(ratio *r, const ratio *a) {
  mpq_set(r->value, a->value);
}

void ratio_set_i64(ratio *r, int64_t v) {
  ratio_set_i128(r, v);
}

void ratio_set_i128(ratio *r, i128 v) {
  const exact wide = exact_from_i128(v);
  ratio_set_exact(r, &wide);
}

void ratio_set_exact(ratio *r, const exact *v) {
  set_exact(mpq_numref(r->value), v);
  mpz_set_ui(mpq_denref(r->value), 1);
}

void ratio_set_exact_scaled(ratio *r, const exact *v, unsigned scale) {
  set_exact(mpq_numref(r->value), v);
  mpz_ui_pow_ui(mpq_denref(r->value), 10, scale);
  mpq_canonicalize(r->value);
}

void ratio_add(ratio *r, const ratio *a, const ratio *b) {
  mpq_add(r->value, a->value, b->value);
}

void ratio_sub(ratio *r, const ratio *a, const ratio *b) {
  mpq_sub(r->value, a->value, b->value);
}

void ratio_mul(ratio *r, const ratio *a, const ratio *b) {
  mpq_mul(r->value, a->value, b->value);
}

void ratio_div(ratio *r, const ratio *a, const ratio *b) {
  assert(mpq_sgn(b->value) != 0);
  mpq_div(r->value, a->value, b->value);
}

void ratio_scale10(ratio *r, int power) {
  mpz_t factor;
  mpz_init(factor);
  mpz_ui_pow_ui(factor, 10, power < 0 ? 0UL - (unsigned long)power : (unsigned long)power);
  mpz_ptr side = power < 0 ? mpq_denref(r->value) : mpq_numref(r->value);
  mpz_mul(side, side, factor);
  mpq_canonicalize(r->value);
  mpz_clear(factor);
}

int ratio_sign(const ratio *r) {
  return mpq_sgn(r->value);
}

int ratio_compare(const ratio *a, const ratio *b) {
  const int order = mpq_cmp(a->value, b->value);
  return (order > 0) - (order < 0);
}

enum {
  DOUBLE_BITS = 53,
  EXPONENT_MAX = 1024,    /* values are below 2^1024 */
  EXPONENT_LEAST = -1074, /* the weight of the last bit of a subnormal number */
};

/* M * 2^exponent rounded half to even; M > 0 has more bits than a double keeps, its last bit sticky
 * (set when anything was cut off below it). */
static double round_scaled(const mpz_t m, long exponent) {
  const long bits = (long)mpz_sizeinbase(m, 2);
  if (exponent + bits > EXPONENT_MAX) {
    return HUGE_VAL;
  }
  const long room = exponent + bits - EXPONENT_LEAST;
  const long keep = room < DOUBLE_BITS ? room : DOUBLE_BITS;
  if (keep < 0) {
    return 0.0;
  }
  const mp_bitcnt_t drop = (mp_bitcnt_t)(bits - keep);
  mpz_t kept;
  mpz_init(kept);
  mpz_tdiv_q_2exp(kept, m, drop);
  const bool half = drop > 0 && mpz_tstbit(m, drop - 1) != 0;
  const bool more = drop > 0 && mpz_scan1(m, 0) < drop - 1;
  if (half && (more || mpz_odd_p(kept))) {
    mpz_add_ui(kept, kept, 1);
  }
  const double value = ldexp(mpz_get_d(kept), (int)(exponent + (long)drop));
  mpz_clear(kept);
  return value;
}

/* out = |num| * 2^shift / den, with a sticky bit appended; SHIFT may be negative. */
static void scaled_quotient(mpz_t out, const mpz_t num, const mpz_t den, long shift) {
  mpz_t divisor;
  mpz_t rest;
  mpz_init_set(divisor, den);
  mpz_init(rest);
  mpz_abs(out, num);
  if (shift >= 0) {
    mpz_mul_2exp(out, out, (mp_bitcnt_t)shift);
  } else {
    mpz_mul_2exp(divisor, divisor, (mp_bitcnt_t)-shift);
  }
  mpz_tdiv_qr(out, rest, out, divisor);
  mpz_mul_2exp(out, out, 1);
  if (mpz_sgn(rest) != 0) {
    mpz_setbit(out, 0);
  }
  mpz_clear(rest);
  mpz_clear(divisor);
}

/* NUM / DEN rounded once; the fraction need not be in lowest terms. */
static double quotient_to_double(const mpz_t num, const mpz_t den) {
  if (mpz_sgn(num) == 0) {
    return 0.0;
  }
  const long shift = 66 - (long)mpz_sizeinbase(num, 2) + (long)mpz_sizeinbase(den, 2);
  mpz_t quotient;
  mpz_init(quotient);
  scaled_quotient(quotient, num, den, shift);
  const double value = round_scaled(quotient, -shift - 1);
  mpz_clear(quotient);
  return mpz_sgn(num) * mpz_sgn(den) < 0 ? -value : value;
}

double ratio_to_double(const ratio *r) {
  return quotient_to_double(mpq_numref(r->value), mpq_denref(r->value));
}

double ratio_sqrt_to_double(const ratio *r) {
  if (mpq_sgn(r->value) <= 0) {
    return mpq_sgn(r->value) == 0 ? 0.0 : NAN;
  }
  const mpz_srcptr num = mpq_numref(r->value);
  const mpz_srcptr den = mpq_denref(r->value);
  /* The appended sticky bit counts as one place, so shift + 1 must be even for the square root. */
  long shift = 132 - (long)mpz_sizeinbase(num, 2) + (long)mpz_sizeinbase(den, 2);
  shift += (shift & 1) == 0;
  mpz_t root;
  mpz_t rest;
  mpz_init(root);
  mpz_init(rest);
  scaled_quotient(root, num, den, shift);
  mpz_sqrtrem(root, rest, root);
  mpz_mul_2exp(root, root, 1);
  if (mpz_sgn(rest) != 0) {
    mpz_setbit(root, 0);
  }
  const double value = round_scaled(root, -(shift + 1) / 2 - 1);
  mpz_clear(rest);
  mpz_clear(root);
  return value;
}

double exact_ratio(const exact *num, const exact *den) {
  assert(exact_sign(den) != 0);
  mpz_t n;
  mpz_t d;
  mpz_init(n);
  mpz_init(d);
  set_exact(n, num);
  set_exact(d, den);
  const int den_sign = mpz_sgn(d);
  mpz_abs(d, d);
  if (den_sign < 0) {
    mpz_neg(n, n);
  }
  const double value = quotient_to_double(n, d);
  mpz_clear(n);
  mpz_clear(d);
  return value;
}
