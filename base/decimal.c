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
  /* |mantissa| <= 2^63 and 10^18 < 2^60: the products stay below 2^123. */
  const __int128 left = (__int128)a.mantissa * decimal_power10(b.scale);
  const __int128 right = (__int128)b.mantissa * decimal_power10(a.scale);
  return (left > right) - (left < right);
}

int decimal_format(decimal d, char *out) {
  char reversed[24];
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
