/* Decimal numbers of files.
 *
 * Up to 19 digits fit into 64 bits without a check and up to 18 into an int64; longer texts take
 * the slow path, which drops leading zeros and checks every step. */
#include "base/decimal.h"

#include <assert.h>
#include <stddef.h>

#include "base/decimal_text.h"

enum { FAST_DIGITS = 18 };

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

static int64_t clamp_scale(int64_t scale) {
  return scale < 0 ? 0 : scale > DECIMAL_SCALE_MAX ? DECIMAL_SCALE_MAX : scale;
}

/* MAGNITUDE * 10^-scale, written with WANTED decimals if it fits so, else with as many as fit. */
static bool fit(uint64_t magnitude, int64_t scale, int64_t wanted, bool negative, decimal *out) {
  wanted = clamp_scale(wanted);
  if (magnitude == 0) {
    *out = (decimal){0, (uint8_t)wanted};
    return true;
  }
  for (; scale < 0; scale++) {
    if (__builtin_mul_overflow(magnitude, (uint64_t)10, &magnitude)) {
      return false;
    }
  }
  const uint64_t limit = (uint64_t)INT64_MAX + negative;
  if (scale > DECIMAL_SCALE_MAX || magnitude > limit) {
    return false;
  }
  for (; scale < wanted && magnitude <= limit / 10; scale++) {
    magnitude *= 10;
  }
  out->mantissa = (int64_t)(negative ? 0 - magnitude : magnitude);
  out->scale = (uint8_t)scale;
  return true;
}

/* The general form, S without its sign.  Zeros are only multiplied in when another digit follows, so
 * that "0.5000...0" of any length does not overflow. */
static bool parse_general(slice s, char mark, bool negative, decimal *out) {
  const char *end = s.bytes + s.length;
  const char *at = s.bytes;
  uint64_t magnitude = 0;
  int64_t pending = 0; /* zeros since the last other digit */
  int64_t fraction = 0;
  size_t digits = 0;
  bool marked = false;
  for (; at < end && (decimal_is_digit(*at) || (*at == mark && !marked)); at++) {
    if (*at == mark) {
      marked = true;
      continue;
    }
    digits++;
    fraction += marked;
    if (*at == '0') {
      pending++;
      continue;
    }
    for (pending++; pending > 0 && magnitude != 0; pending--) {
      if (__builtin_mul_overflow(magnitude, (uint64_t)10, &magnitude)) {
        return false;
      }
    }
    pending = 0;
    if (__builtin_add_overflow(magnitude, (uint64_t)(*at - '0'), &magnitude)) {
      return false;
    }
  }
  int64_t exponent = 0;
  const bool has_exponent = at < end && (*at == 'e' || *at == 'E');
  if (digits == 0 || (at < end && !has_exponent) ||
      (has_exponent && !decimal_exponent(at + 1, end, &exponent))) {
    return false;
  }
  const int64_t wanted = fraction - exponent;
  return fit(magnitude, wanted - pending, wanted, negative, out);
}

bool decimal_parse(slice s, char mark, decimal *out) {
  if (s.length == 0) {
    return false;
  }
  const char *at = s.bytes;
  const char *end = s.bytes + s.length;
  const bool negative = *at == '-';
  at += negative || *at == '+';
  const char *start = at;
  const size_t length = (size_t)(end - at);
  if (length > FAST_DIGITS + 1) {
    return parse_general((slice){start, length}, mark, negative, out);
  }
  uint64_t value = 0;
  size_t whole = 0;
  size_t fraction = 0;
  for (; at < end && decimal_is_digit(*at); at++, whole++) {
    value = value * 10 + (uint64_t)(*at - '0');
  }
  if (at < end && *at == mark) {
    for (at++; at < end && decimal_is_digit(*at); at++, fraction++) {
      value = value * 10 + (uint64_t)(*at - '0');
    }
  }
  if (at < end || whole + fraction > FAST_DIGITS) {
    return parse_general((slice){start, length}, mark, negative, out);
  }
  out->mantissa = negative ? -(int64_t)value : (int64_t)value;
  out->scale = (uint8_t)fraction;
  return whole + fraction > 0;
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
