#include "base/elementary.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

/* log 2 in two parts: the first has 32 significant bits, so that its product with an exponent is exact. */
#define LOG_2_HIGH    0x1.62e42feep-1
#define LOG_2_LOW     0x1.a39ef35793c76p-33
#define LOG_2_INVERSE 0x1.71547652b82fep+0
/* Above its square a mantissa is halved, so that logarithms are taken of numbers around 1. */
#define SQUARE_ROOT_2 0x1.6a09e667f3bcdp+0
#define LOG_2_PI_HALF 0.918938533204672741780329736406

enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023 };

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* 2^EXPONENT, which is a normal number. */
static double power_of_2(int exponent) {
  assert(exponent > -EXPONENT_BIAS && exponent <= EXPONENT_BIAS);
  const uint64_t bits = (uint64_t)(exponent + EXPONENT_BIAS) << MANTISSA_BITS;
  double power;
  memcpy(&power, &bits, sizeof power);
  return power;
}

/* COUNT coefficients, the constant first. */
static double polynomial(const double *coefficients, int count, double x) {
  double sum = coefficients[count - 1];
  for (int i = count - 2; i >= 0; i--) {
    sum = sum * x + coefficients[i];
  }
  return sum;
}

/* x = k log 2 + r with |r| <= (log 2) / 2; exp(r) = 1 + r + r^2 (1/2! + r/3! + ..), of which the terms to
 * r^14 are taken: the next one is below 2^-60. */
double elementary_exp(double x) {
  static const double inverse_factorials[] = {
      1.0 / 2,         1.0 / 6,          1.0 / 24,          1.0 / 120,     1.0 / 720,
      1.0 / 5040,      1.0 / 40320,      1.0 / 362880,      1.0 / 3628800, 1.0 / 39916800,
      1.0 / 479001600, 1.0 / 6227020800, 1.0 / 87178291200,
  };
  if (isnan(x)) {
    return x;
  }
  if (x > 709.79) {
    return INFINITY;
  }
  if (x < -745.2) {
    return 0;
  }
  const int k = (int)(x * LOG_2_INVERSE + (x < 0 ? -0.5 : 0.5));
  const double high = x - k * LOG_2_HIGH; /* exact */
  const double low = k * LOG_2_LOW;
  const double r = high - low;
  const double lost = (high - r) - low; /* what rounding took from r */
  const int count = sizeof inverse_factorials / sizeof inverse_factorials[0];
  const double rest = r * r * polynomial(inverse_factorials, count, r);
  const double mantissa = 1 + (r + (rest + (lost + r * lost)));
  /* In two steps: the power may be none of a normal number, the result one. */
  const int half = k / 2;
  return mantissa * power_of_2(half) * power_of_2(k - half);
}

/* x = 2^k (1 + f), s = f / (2 + f); log(1 + f) = 2 (s + s^3/3 + s^5/5 + ..), written so that f itself, which
 * is exact, is the largest term: f - (f^2/2 - s (f^2/2 + R)), R = 2 (s^2/3 + s^4/5 + ..). */
double elementary_log(double x) {
  static const double odd_inverses[] = {
      2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11, 2.0 / 13,
      2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23,
  };
  assert(x > 0 && x <= DBL_MAX);
  int k = 0;
  if (x < DBL_MIN) { /* not normal */
    x *= 0x1p54;
    k = -54;
  }
  const uint64_t bits = bits_of(x);
  k += (int)(bits >> MANTISSA_BITS) - EXPONENT_BIAS;
  const uint64_t of_1_to_2 = (bits & ((UINT64_C(1) << MANTISSA_BITS) - 1)) | (uint64_t)EXPONENT_BIAS
                                                                                 << MANTISSA_BITS;
  double m;
  memcpy(&m, &of_1_to_2, sizeof m);
  if (m > SQUARE_ROOT_2) {
    m *= 0.5;
    k++;
  }
  const double f = m - 1; /* exact */
  const double s = f / (2 + f);
  const double s2 = s * s;
  const int count = sizeof odd_inverses / sizeof odd_inverses[0];
  const double series = s2 * polynomial(odd_inverses, count, s2);
  const double half_square = 0.5 * f * f;
  return k * LOG_2_HIGH - ((half_square - (s * (half_square + series) + k * LOG_2_LOW)) - f);
}

/* What 1 + x loses is made good by the slope: log(1 + x) = log(u) x / (u - 1) with u the rounded 1 + x, since
 * log(u) / (u - 1) changes slowly (Kahan). */
double elementary_log_1_plus(double x) {
  assert(x >= 0 && x <= DBL_MAX);
  const double u = 1 + x;
  if (u == 1) {
    return x;
  }
  const double log_u = elementary_log(u);
  return x < 1 ? log_u * (x / (u - 1)) : log_u;
}

double elementary_logistic(double x) {
  if (x >= 0) {
    return 1 / (1 + elementary_exp(-x));
  }
  const double e = elementary_exp(x);
  return e / (1 + e);
}

double elementary_softplus(double x) {
  const double small = elementary_log_1_plus(elementary_exp(x < 0 ? x : -x));
  return x > 0 ? x + small : small;
}

/* Stirling's series from 10 on, whose first term left out is below 2^-54; below 10 through
 * gamma(x) = gamma(x + n) / (x (x + 1) .. (x + n - 1)). */
double elementary_log_gamma(double x) {
  static const double stirling[] = {
      1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156,
  };
  assert(x >= 0x1p-100 && x <= 0x1p100);
  double product = 1;
  for (; x < 10; x += 1) {
    product *= x;
  }
  const double inverse = 1 / x;
  const int count = sizeof stirling / sizeof stirling[0];
  const double correction = inverse * polynomial(stirling, count, inverse * inverse);
  const double above = (x - 0.5) * (elementary_log(x) - 1) + (LOG_2_PI_HALF - 0.5) + correction;
  return product != 1 ? above - elementary_log(product) : above;
}

int64_t elementary_quantised(double value, unsigned bits) {
  assert(bits <= 62);
  const double scaled = value * power_of_2((int)bits); /* exact */
  assert(scaled > -0x1p62 && scaled < 0x1p62);
  const int64_t whole = (int64_t)scaled;      /* towards zero */
  const double rest = scaled - (double)whole; /* exact */
  if (rest > 0.5 || (rest == 0.5 && whole % 2 != 0)) {
    return whole + 1;
  }
  if (rest < -0.5 || (rest == -0.5 && whole % 2 != 0)) {
    return whole - 1;
  }
  return whole;
}
