/* Round ticks. */
#include "report/axis.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DECIMALS_MAX = 9 };
static const double LARGEST = 1e15; /* beyond that, ticks are no longer exact */

/* The least step of at least RAW, which is above 0, and its decimals.  Powers come from products and not from
 * pow, whose last bit may depend on the machine. */
static double round_step(double raw, int *decimals) {
  static const double digits[] = {1, 2, 2.5, 5, 10};
  double power = 1;
  int exponent = 0;
  for (; power * 10 <= raw; exponent++) {
    power *= 10;
  }
  for (; power > raw && exponent > -DECIMALS_MAX; exponent--) {
    power /= 10;
  }
  size_t i = 0;
  while (i + 1 < sizeof digits / sizeof digits[0] && digits[i] * power < raw * (1 - 1e-9)) {
    i++;
  }
  const bool is_half = digits[i] > 2 && digits[i] < 3;
  *decimals = (exponent < 0 ? -exponent : 0) + (is_half && exponent <= 0 ? 1 : 0);
  return digits[i] * power;
}

static double bounded(double v) {
  return !(v > -LARGEST) ? (isnan(v) ? 0 : -LARGEST) : v > LARGEST ? LARGEST : v;
}

axis axis_make(double low, double high, axis_ends ends, unsigned wanted) {
  assert(wanted > 0);
  double from = bounded(low < high ? low : high);
  double to = bounded(low < high ? high : low);
  if (!(to - from > 1e-9)) {
    to = from + 1;
  }
  axis a = {.decimals = 0};
  const double step = round_step((to - from) / wanted, &a.decimals);
  const double first = ends == AXIS_ROUND ? floor(from / step + 1e-9) : ceil(from / step - 1e-9);
  const double last = ends == AXIS_ROUND ? ceil(to / step - 1e-9) : floor(to / step + 1e-9);
  for (double i = first; i <= last && a.ticks_count < AXIS_TICKS_MAX; i += 1) {
    a.ticks[a.ticks_count++] = i * step;
  }
  a.low = ends == AXIS_ROUND ? first * step : from;
  a.high = ends == AXIS_ROUND ? last * step : to;
  assert(a.low < a.high); /* whatever was given: axis_share divides by it */
  return a;
}

double axis_share(const axis *a, double v) {
  const double share = (v - a->low) / (a->high - a->low);
  return share > 1 ? 1 : share > 0 ? share : 0;
}

void axis_text(const axis *a, double tick, char out[AXIS_TEXT_BYTES]) {
  char digits[AXIS_TEXT_BYTES];
  const double size = fabs(tick);
  const bool is_zero = size < 1e-12;
  if (size >= 1e7) {
    (void)snprintf(digits, sizeof digits, "%.3g", size);
  } else {
    (void)snprintf(digits, sizeof digits, "%.*f", a->decimals, is_zero ? 0 : size);
  }
  (void)snprintf(out, AXIS_TEXT_BYTES, "%s%.20s", tick < 0 && !is_zero ? "\xE2\x88\x92" : "", digits);
}
