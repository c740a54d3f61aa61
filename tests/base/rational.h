/* What tests against GMP's fractions share. */
#ifndef CANVASS_TESTS_BASE_RATIONAL_H
#define CANVASS_TESTS_BASE_RATIONAL_H

#include <stdint.h>
#include <stdlib.h>

#include <gmp.h>

/* VALUE becomes VALUE * 10^POWER. */
static inline void rational_shift(mpq_t value, long power) {
  mpz_t factor;
  mpz_init(factor);
  mpz_ui_pow_ui(factor, 10, (unsigned long)labs(power));
  mpz_ptr side = power < 0 ? mpq_denref(value) : mpq_numref(value);
  mpz_mul(side, side, factor);
  mpz_clear(factor);
  mpq_canonicalize(value);
}

/* MANTISSA * 10^-SCALE. */
static inline void rational_set(mpq_t out, int64_t mantissa, unsigned scale) {
  mpq_set_si(out, mantissa, 1);
  rational_shift(out, -(long)scale);
}

/* VALUE * 10^SCALE, rounded half to even: by floor(x + 1/2), one less where that was a tie to an odd number.
 */
static inline void rational_round(mpz_t out, const mpq_t value, unsigned scale) {
  mpq_t shifted, half;
  mpq_inits(shifted, half, NULL);
  mpq_set(shifted, value);
  rational_shift(shifted, scale);
  mpq_set_ui(half, 1, 2);
  mpq_add(shifted, shifted, half);
  mpz_fdiv_q(out, mpq_numref(shifted), mpq_denref(shifted));
  if (mpz_cmp_ui(mpq_denref(shifted), 1) == 0 && mpz_odd_p(out)) {
    mpz_sub_ui(out, out, 1);
  }
  mpq_clears(shifted, half, NULL);
}

#endif
