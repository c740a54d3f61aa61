/* Arithmetic of decimal numbers. */
#include "base/decimal.h"

#include <assert.h>
#include <stddef.h>

static const int64_t powers10[DECIMAL_SCALE_MAX + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

int64_t decimal_power10(unsigned power) {
  assert(power <= DECIMAL_SCALE_MAX);
  return powers10[power];
}

int64_t decimal_divide_half_even(__int128 num, __int128 den) {
  assert(den > 0);
  __int128 quotient = num / den;
  const __int128 rest = num % den;
  const __int128 magnitude = rest < 0 ? -rest : rest;
  const __int128 other = den - magnitude;
  if (magnitude > other || (magnitude == other && (quotient & 1) != 0)) {
    quotient += num < 0 ? -1 : 1;
  }
  return (int64_t)quotient;
}

/* MANTISSA / 10^POWER of more than 18 zeros: half of 10^19 is still below 2^63. */
static int64_t nearly_nothing(int64_t mantissa, unsigned power) {
  const int64_t half = 5 * powers10[DECIMAL_SCALE_MAX];
  if (power > DECIMAL_SCALE_MAX + 1) {
    return 0;
  }
  return mantissa > half ? 1 : mantissa < -half ? -1 : 0;
}

bool decimal_rescale(decimal d, unsigned scale, int64_t *mantissa, bool *inexact) {
  bool lost = false;
  if (scale >= d.scale) {
    if (scale - d.scale > DECIMAL_SCALE_MAX) {
      if (d.mantissa != 0) {
        return false;
      }
      *mantissa = 0;
    } else if (__builtin_mul_overflow(d.mantissa, powers10[scale - d.scale], mantissa)) {
      return false;
    }
  } else if (d.scale - scale > DECIMAL_SCALE_MAX) {
    *mantissa = nearly_nothing(d.mantissa, d.scale - scale);
    lost = d.mantissa != 0;
  } else {
    const int64_t divisor = decimal_power10(d.scale - scale);
    *mantissa = decimal_divide_half_even(d.mantissa, divisor);
    lost = d.mantissa % divisor != 0;
  }
  if (inexact != NULL) {
    *inexact = lost;
  }
  return true;
}

decimal decimal_normalise(decimal d) {
  if (d.mantissa == 0) {
    return (decimal){0, 0};
  }
  while (d.scale > 0 && d.mantissa % 10 == 0) {
    d.mantissa /= 10;
    d.scale--;
  }
  return d;
}

int decimal_compare(decimal a, decimal b) {
  if (a.scale > b.scale) {
    return -decimal_compare(b, a);
  }
  const unsigned more = b.scale - a.scale;
  if (more > DECIMAL_SCALE_MAX && a.mantissa != 0) {
    return a.mantissa > 0 ? 1 : -1; /* 10^19 is above 2^63 */
  }
  /* |mantissa| <= 2^63 and 10^18 < 2^60: the product stays below 2^123. */
  const __int128 left = a.mantissa == 0 ? 0 : (__int128)a.mantissa * decimal_power10(more);
  return (left > b.mantissa) - (left < b.mantissa);
}

int decimal_format(decimal d, char *out) {
  char reversed[DECIMAL_SCALED_TEXT_BYTES];
  int digits = 0;
  uint64_t magnitude = d.mantissa < 0 ? 0 - (uint64_t)d.mantissa : (uint64_t)d.mantissa;
  while (magnitude > 0 || digits <= d.scale) {
    reversed[digits++] = (char)('0' + magnitude % 10);
    magnitude /= 10;
  }
  int length = 0;
  if (d.mantissa < 0) {
    out[length++] = '-';
  }
  for (int i = digits; i-- > 0;) {
    out[length++] = reversed[i];
    if (i == d.scale && i > 0) {
      out[length++] = '.';
    }
  }
  out[length] = '\0';
  return length;
}
