#include "base/elementary.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "base/elementary_lanes.h"

#define LOG_2_PI_HALF 0.918938533204672741780329736406

double elementary_exp(double x) {
  if (isnan(x)) {
    return x;
  }
  return x > 709.79 ? INFINITY : x < -745.2 ? 0 : elementary_lane_exp(x);
}

double elementary_log(double x) {
  assert(x > 0 && x <= DBL_MAX);
  const bool is_normal = x >= DBL_MIN;
  return elementary_lane_log(is_normal ? x : x * 0x1p54, is_normal ? 0 : -54);
}

double elementary_log_1_plus(double x) {
  assert(x >= 0 && x <= DBL_MAX);
  return elementary_lane_log_1_plus(x);
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
  const double correction = inverse * elementary_lane_polynomial(stirling, count, inverse * inverse);
  const double above = (x - 0.5) * (elementary_log(x) - 1) + (LOG_2_PI_HALF - 0.5) + correction;
  return product != 1 ? above - elementary_log(product) : above;
}

int64_t elementary_quantised(double value, unsigned bits) {
  assert(bits <= 62);
  assert(value * elementary_lane_power_of_2((int64_t)bits) > -0x1p62);
  assert(value * elementary_lane_power_of_2((int64_t)bits) < 0x1p62);
  return elementary_lane_quantised(value, bits);
}
