#include "reading/measure.h"

#include "base/tidy.h"

/* Digits up to here keep their scale when they are parsed; longer texts may lose zeros at the end. */
enum { PLAIN_BYTES = DECIMAL_SCALE_MAX };

static void add(measure *m, uint8_t decimals, decimal_magnitude size) {
  m->decimals = decimals > m->decimals ? decimals : m->decimals;
  m->other = decimal_magnitude_max(m->other, size);
}

/* What decimal_of_digits made of DIGITS that decimal_parse refused. */
static void measure_scaled(measure *m, decimal number, const decimal_digits *digits) {
  enum { DECIMALS_MOST = 255 };
  const uint64_t magnitude = measure_magnitude(number.mantissa);
  const uint8_t decimals = digits->decimals < DECIMALS_MOST ? (uint8_t)digits->decimals : DECIMALS_MOST;
  m->decimals = decimals > m->decimals ? decimals : m->decimals;
  m->largest[number.scale] = magnitude > m->largest[number.scale] ? magnitude : m->largest[number.scale];
}

static void measure_digits(measure *m, const decimal_digits *digits) {
  uint8_t decimals;
  decimal_magnitude size;
  if (decimal_measure_digits(digits, &decimals, &size)) {
    add(m, decimals, size);
  }
}

void measure_number(measure *m, decimal number, slice text, char mark) {
  const uint64_t magnitude = measure_magnitude(number.mantissa);
  m->scales_seen |= 1u << number.scale;
  if (number.scale == 0 && magnitude > (uint64_t)DECIMAL_UNITS_MAX) {
    m->beyond = magnitude > m->beyond ? magnitude : m->beyond;
    return;
  }
  if (magnitude > m->largest[number.scale]) {
    m->largest[number.scale] = magnitude;
  }
  if (text.length > PLAIN_BYTES || number.scale == DECIMAL_SCALE_MAX) {
    uint8_t decimals;
    decimal_magnitude size;
    if (decimal_measure(text, mark, &decimals, &size)) {
      add(m, decimals, size);
    }
  }
}

/* A number in full-width digits, or with another minus or a per cent sign, is one that a variable may use,
 * though a column does not keep it as a number. */
static void measure_untidy(measure *m, slice text, char mark) {
  char tidy[TIDY_GROWTH * TIDY_NUMBER_BYTES];
  char room[TIDY_NUMBER_BYTES];
  decimal number;
  uint8_t decimals;
  decimal_magnitude size;
  if (text.length > TIDY_NUMBER_BYTES) {
    return;
  }
  slice written = tidy_number(tidy_text(text, tidy), room);
  if (written.length > 1 && written.bytes[written.length - 1] == '%') {
    written = slice_trim((slice){written.bytes, written.length - 1});
  }
  if (decimal_parse_any(written, mark, &number, &(decimal_digits){0}) != DECIMAL_NONE &&
      decimal_measure(written, mark, &decimals, &size)) {
    add(m, decimals, size);
  }
}

/* A number begins with a digit, a sign or a mark, in whatever form: most texts do not. */
static bool may_be_untidy(slice text) {
  if (text.length == 0) {
    return false;
  }
  const unsigned char first = (unsigned char)text.bytes[0];
  const unsigned char last = (unsigned char)text.bytes[text.length - 1];
  return first == 0xC2 || first == 0xE2 || first == 0xEF || last == '%' || (first < 'A' && last >= 0x80) ||
         (first == '-' || first == '+');
}

bool measure_text(measure *m, slice text, char mark, decimal *number) {
  decimal_digits digits;
  switch (decimal_parse_any(text, mark, number, &digits)) {
    case DECIMAL_NONE:
      if (may_be_untidy(text)) {
        measure_untidy(m, text, mark);
      }
      return false;
    case DECIMAL_SHORT:
      measure_number(m, *number, text, mark);
      return true;
    case DECIMAL_LONG:
      break;
  }
  if (decimal_of_digits(&digits, number)) {
    measure_scaled(m, *number, &digits);
    return true;
  }
  measure_digits(m, &digits);
  return false;
}

bool measure_is_far(const measure *m) {
  uint64_t any = 0;
  for (unsigned scale = DECIMAL_SCALE_MAX + 1; scale <= DECIMAL_READ_SCALE_MAX; scale++) {
    any |= m->largest[scale];
  }
  return any != 0;
}

uint8_t measure_scale(const measure *m) {
  return m->scales_seen == 0 ? 0 : (uint8_t)(31 - __builtin_clz(m->scales_seen));
}

uint8_t measure_decimals(const measure *m) {
  const uint8_t written = measure_scale(m);
  return written > m->decimals ? written : m->decimals;
}

decimal_magnitude measure_largest(const measure *m) {
  decimal_magnitude largest = m->other;
  for (unsigned scale = 0; scale <= DECIMAL_READ_SCALE_MAX; scale++) {
    if (m->largest[scale] > 0) {
      largest = decimal_magnitude_max(largest, decimal_magnitude_of(m->largest[scale], scale));
    }
  }
  return largest;
}
