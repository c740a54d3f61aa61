/* exp and log without branches, for loops over rows that a compiler turns into vectors.
 *
 * These are the operations of base/elementary.h in the same order, so that results are equal to the bit
 * whatever the width of the vectors: nothing is fused (-ffp-contract=off). */
#ifndef CANVASS_BASE_ELEMENTARY_LANES_H
#define CANVASS_BASE_ELEMENTARY_LANES_H

#include <stdint.h>
#include <string.h>

/* log 2 in two parts: the first has 32 significant bits, so that its product with an exponent is exact. */
#define ELEMENTARY_LOG_2_HIGH    0x1.62e42feep-1
#define ELEMENTARY_LOG_2_LOW     0x1.a39ef35793c76p-33
#define ELEMENTARY_LOG_2_INVERSE 0x1.71547652b82fep+0
/* Above its square a mantissa is halved, so that logarithms are taken of numbers around 1. */
#define ELEMENTARY_SQUARE_ROOT_2 0x1.6a09e667f3bcdp+0

enum { ELEMENTARY_MANTISSA_BITS = 52, ELEMENTARY_EXPONENT_BIAS = 1023 };

/* 2^EXPONENT, which must be a normal number. */
static inline double elementary_lane_power_of_2(int64_t exponent) {
  const uint64_t bits = (uint64_t)(exponent + ELEMENTARY_EXPONENT_BIAS) << ELEMENTARY_MANTISSA_BITS;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

/* COUNT coefficients, the constant first. */
static inline double elementary_lane_polynomial(const double *coefficients, int count, double x) {
  double sum = coefficients[count - 1];
  for (int i = count - 2; i >= 0; i--) {
    sum = sum * x + coefficients[i];
  }
  return sum;
}

/* Of x between -745.2 and 709.79.
 * x = k log 2 + r with |r| <= (log 2) / 2; exp(r) = 1 + r + r^2 (1/2! + r/3! + ..), of which the terms to
 * r^14 are taken: the next one is below 2^-60. */
static inline double elementary_lane_exp(double x) {
  static const double inverse_factorials[] = {
      1.0 / 2,         1.0 / 6,          1.0 / 24,          1.0 / 120,     1.0 / 720,
      1.0 / 5040,      1.0 / 40320,      1.0 / 362880,      1.0 / 3628800, 1.0 / 39916800,
      1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200,
  };
  const int k = (int)(x * ELEMENTARY_LOG_2_INVERSE + (x < 0 ? -0.5 : 0.5));
  const double high = x - k * ELEMENTARY_LOG_2_HIGH; /* exact */
  const double low = k * ELEMENTARY_LOG_2_LOW;
  const double r = high - low;
  const double lost = (high - r) - low; /* what rounding took from r */
  const int count = sizeof inverse_factorials / sizeof inverse_factorials[0];
  const double rest = r * r * elementary_lane_polynomial(inverse_factorials, count, r);
  const double mantissa = 1 + (r + (rest + (lost + r * lost)));
  /* In two steps: the power may be none of a normal number, the result one. */
  const int half = k / 2;
  return mantissa * elementary_lane_power_of_2(half) * elementary_lane_power_of_2(k - half);
}

/* Of a normal x > 0, 2^K times it.
 * x = 2^k (1 + f), s = f / (2 + f); log(1 + f) = 2 (s + s^3/3 + s^5/5 + ..), written so that f itself, which
 * is exact, is the largest term: f - (f^2/2 - s (f^2/2 + R)), R = 2 (s^2/3 + s^4/5 + ..). */
static inline double elementary_lane_log(double x, int k) {
  static const double odd_inverses[] = {
      2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
      2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23,
  };
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  const uint64_t of_1_to_2 = (bits & ((UINT64_C(1) << ELEMENTARY_MANTISSA_BITS) - 1)) |
                             (uint64_t)ELEMENTARY_EXPONENT_BIAS << ELEMENTARY_MANTISSA_BITS;
  double m;
  memcpy(&m, &of_1_to_2, sizeof m);
  const int is_large = m > ELEMENTARY_SQUARE_ROOT_2;
  m *= is_large ? 0.5 : 1;
  const int exponent = (int)(bits >> ELEMENTARY_MANTISSA_BITS) - ELEMENTARY_EXPONENT_BIAS + k + is_large;
  const double f = m - 1; /* exact */
  const double s = f / (2 + f);
  const double s2 = s * s;
  const int count = sizeof odd_inverses / sizeof odd_inverses[0];
  const double series = s2 * elementary_lane_polynomial(odd_inverses, count, s2);
  const double half_square = 0.5 * f * f;
  return exponent * ELEMENTARY_LOG_2_HIGH -
         ((half_square - (s * (half_square + series) + exponent * ELEMENTARY_LOG_2_LOW)) - f);
}

/* Of x >= 0.  What 1 + x loses is made good by the slope: log(1 + x) = log(u) x / (u - 1) with u the rounded
 * 1 + x, since log(u) / (u - 1) changes slowly (Kahan). */
static inline double elementary_lane_log_1_plus(double x) {
  const double u = 1 + x;
  const double log_u = elementary_lane_log(u, 0);
  const double slope = x / (u == 1 ? 1 : u - 1); /* nothing is divided by 0 */
  const double small = log_u * slope;
  const double whole = x < 1 ? small : log_u;
  return u == 1 ? x : whole;
}

/* VALUE * 2^BITS, below 2^62 in size, rounded half to even. */
static inline int64_t elementary_lane_quantised(double value, unsigned bits) {
  const double scaled = value * elementary_lane_power_of_2((int64_t)bits); /* exact */
  const int64_t whole = (int64_t)scaled;                                   /* towards zero */
  const double rest = scaled - (double)whole;                              /* exact */
  const int64_t is_odd = whole & 1;
  const int64_t up = (rest > 0.5) | ((rest == 0.5) & is_odd);
  const int64_t down = (rest < -0.5) | ((rest == -0.5) & is_odd);
  return whole + up - down;
}

#endif
