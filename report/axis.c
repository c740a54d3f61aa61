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

/* ---- Ratios -------------------------------------------------------------------------------------- */

/* Ticks within A: every power of ten times each of DIGITS, which end with 0.  Returns false when there are
 * more than WANTED. */
static bool put_ratio_ticks(axis *a, const double *digits, size_t wanted) {
  a->ticks_count = 0;
  for (double power = 1e-9; power < 1e10; power *= 10) {
    for (const double *digit = digits; *digit > 0; digit++) {
      const double tick = *digit * power;
      if (tick < a->low * (1 - 1e-9) || tick > a->high * (1 + 1e-9)) {
        continue;
      }
      if (a->ticks_count >= wanted || a->ticks_count == AXIS_TICKS_MAX) {
        return false;
      }
      a->ticks[a->ticks_count++] = tick;
    }
  }
  return true;
}

axis axis_make_ratio(double low, double high, unsigned wanted) {
  static const double patterns[][7] = {{1, 1.5, 2, 3, 5, 7, 0}, {1, 2, 5, 0}, {1, 3, 0}, {1, 0}};
  enum { PATTERNS = sizeof patterns / sizeof patterns[0], FEW = 3 };
  assert(wanted > 0);
  const double one = low > 1e-9 && low < 1e9 ? low : 1;
  const double other = high > 1e-9 && high < 1e9 ? high : 1;
  axis a = {.low = one < other ? one : other, .high = one < other ? other : one, .is_ratio = true};
  if (!(a.high > a.low * (1 + 1e-9))) {
    a.high = a.low * 2;
  }
  size_t i = 0;
  while (i < PATTERNS && !put_ratio_ticks(&a, patterns[i], wanted)) {
    i++;
  }
  if (a.ticks_count < FEW) { /* a narrow range: round steps, at their places among ratios */
    const axis steps = axis_make(a.low, a.high, AXIS_EXACT, wanted);
    a.ticks_count = steps.ticks_count;
    for (size_t k = 0; k < steps.ticks_count; k++) {
      a.ticks[k] = steps.ticks[k];
    }
  }
  return a;
}

static double ratio_share(const axis *a, double v) {
  return v > a->low ? log(v / a->low) / log(a->high / a->low) : 0;
}

/* ---- Places and texts ---------------------------------------------------------------------------- */

double axis_share(const axis *a, double v) {
  const double share = a->is_ratio ? ratio_share(a, v) : (v - a->low) / (a->high - a->low);
  return share > 1 ? 1 : share > 0 ? share : 0;
}

void axis_text(const axis *a, double tick, char out[AXIS_TEXT_BYTES]) {
  char digits[AXIS_TEXT_BYTES];
  const double size = fabs(tick);
  const bool is_zero = size < 1e-12;
  if (size >= 1e7 || a->is_ratio) {
    (void)snprintf(digits, sizeof digits, "%.3g", size);
  } else {
    (void)snprintf(digits, sizeof digits, "%.*f", a->decimals, is_zero ? 0 : size);
  }
  (void)snprintf(out, AXIS_TEXT_BYTES, "%s%.20s", tick < 0 && !is_zero ? "\xE2\x88\x92" : "", digits);
}
