/* What the readers of decimal texts share.  Private to base. */
#ifndef CANVASS_BASE_DECIMAL_TEXT_H
#define CANVASS_BASE_DECIMAL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Beyond it no text in memory can have digits enough to bring the number back into range. */
#define DECIMAL_EXPONENT_LIMIT INT64_C(1000000000000000)

static inline bool decimal_is_digit(char c) {
  return (unsigned char)(c - '0') < 10;
}

/* The exponent without its letter, up to END; false when anything else is there. */
static inline bool decimal_exponent(const char *at, const char *end, int64_t *exponent) {
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) {
    at++;
  }
  if (at == end) {
    return false;
  }
  int64_t value = 0;
  for (; at < end; at++) {
    if (!decimal_is_digit(*at)) {
      return false;
    }
    if (value < DECIMAL_EXPONENT_LIMIT) {
      value = value * 10 + (*at - '0');
    }
  }
  *exponent = negative ? -value : value;
  return true;
}

#endif
