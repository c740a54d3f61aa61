/* Decimal numbers of texts: parsed, read at a scale, measured.
 *
 * Up to 18 digits fit into an int64 without a check; longer texts and those with exponents are scanned into
 * decimal_digits first. */
#include <assert.h>
#include <stddef.h>

#include "base/decimal.h"

enum { FAST_DIGITS = 18, KEPT_DIGITS = 19, DECIMALS_MOST = 255 };

/* Beyond it no text in memory can have enough digits to bring the number back into range. */
static const int64_t exponent_limit = 1000000000000000;

static bool is_digit(char c) {
  return (unsigned char)(c - '0') < 10;
}

/* The exponent without its letter, up to END; false when anything else is there. */
static bool parse_exponent(const char *at, const char *end, int64_t *exponent) {
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) {
    at++;
  }
  if (at == end) {
    return false;
  }
  int64_t value = 0;
  for (; at < end; at++) {
    if (!is_digit(*at)) {
      return false;
    }
    if (value < exponent_limit) {
      value = value * 10 + (*at - '0');
    }
  }
  *exponent = negative ? -value : value;
  return true;
}

static uint64_t power10(int64_t power) {
  return power <= DECIMAL_SCALE_MAX ? (uint64_t)decimal_power10((unsigned)power)
                                    : UINT64_C(10000000000000000000);
}

static void scan_dropped(decimal_digits *out, int64_t dropped, char digit) {
  if (dropped == 0) {
    out->next = (uint8_t)(digit - '0');
  } else {
    out->more = out->more || digit != '0';
  }
}

static bool scan_text(slice s, char mark, decimal_digits *out) {
  const char *at = s.bytes;
  const char *end = at + s.length;
  *out = (decimal_digits){.negative = at < end && *at == '-'};
  at += at < end && (*at == '-' || *at == '+');
  const char *first = at;
  const char *marked = NULL;
  uint64_t kept = 0;
  int64_t dropped = 0;
  for (; at < end; at++) {
    if (!is_digit(*at)) {
      if (*at != mark || marked != NULL) {
        break;
      }
      marked = at;
    } else if (kept < UINT64_C(1000000000000000000)) {
      kept = kept * 10 + (uint64_t)(*at - '0');
    } else {
      scan_dropped(out, dropped++, *at);
    }
  }
  const int64_t fraction = marked != NULL ? at - marked - 1 : 0;
  int64_t exponent = 0;
  const bool has_exponent = at < end && (*at == 'e' || *at == 'E');
  if (at - first == (marked != NULL) || (at < end && !has_exponent) ||
      (has_exponent && !parse_exponent(at + 1, end, &exponent))) {
    return false;
  }
  out->kept = kept;
  out->decimals = fraction - exponent;
  out->power = dropped - out->decimals;
  return true;
}

/* ---- Parsing --------------------------------------------------------------------------------------- */

static int64_t clamp_scale(int64_t scale) {
  return scale < 0 ? 0 : scale > DECIMAL_SCALE_MAX ? DECIMAL_SCALE_MAX : scale;
}

/* The number with all its decimals if it fits that way, otherwise with as many as fit. */
static bool fit(const decimal_digits *d, decimal *out) {
  const int64_t wanted = clamp_scale(d->decimals);
  uint64_t magnitude = d->kept;
  int64_t scale = -d->power;
  if (magnitude == 0) {
    *out = (decimal){0, (uint8_t)wanted};
    return true;
  }
  if (d->next != 0 || d->more) {
    return false; /* 20 significant digits */
  }
  for (; magnitude % 10 == 0; scale--) {
    magnitude /= 10;
  }
  for (; scale < 0; scale++) {
    if (__builtin_mul_overflow(magnitude, (uint64_t)10, &magnitude)) {
      return false;
    }
  }
  const uint64_t limit = (uint64_t)INT64_MAX + d->negative;
  if (scale > DECIMAL_SCALE_MAX || magnitude > limit) {
    return false;
  }
  for (; scale < wanted && magnitude <= limit / 10; scale++) {
    magnitude *= 10;
  }
  out->mantissa = (int64_t)(d->negative ? 0 - magnitude : magnitude);
  out->scale = (uint8_t)scale;
  return true;
}

/* A text without exponent of at most FAST_DIGITS digits; false: the general form decides. */
static bool parse_fast(slice s, char mark, decimal *out) {
  const char *at = s.bytes;
  const char *end = s.bytes + s.length;
  const bool negative = at < end && *at == '-';
  at += at < end && (negative || *at == '+');
  if (end - at > FAST_DIGITS + 1) {
    return false;
  }
  uint64_t value = 0;
  ptrdiff_t whole = 0;
  ptrdiff_t fraction = 0;
  for (; at < end && is_digit(*at); at++, whole++) {
    value = value * 10 + (uint64_t)(*at - '0');
  }
  if (at < end && *at == mark) {
    for (at++; at < end && is_digit(*at); at++, fraction++) {
      value = value * 10 + (uint64_t)(*at - '0');
    }
  }
  if (at < end || whole + fraction > FAST_DIGITS || whole + fraction == 0) {
    return false;
  }
  out->mantissa = negative ? -(int64_t)value : (int64_t)value;
  out->scale = (uint8_t)fraction;
  return true;
}

decimal_length decimal_parse_any(slice s, char mark, decimal *out, decimal_digits *digits) {
  if (parse_fast(s, mark, out)) {
    return DECIMAL_SHORT;
  }
  if (!scan_text(s, mark, digits)) {
    return DECIMAL_NONE;
  }
  return fit(digits, out) ? DECIMAL_SHORT : DECIMAL_LONG;
}

bool decimal_of_digits(const decimal_digits *d, decimal *out) {
  uint64_t magnitude = d->kept;
  int64_t scale = -d->power;
  *out = (decimal){0, 0};
  if (magnitude == 0) {
    return true;
  }
  if (d->next != 0 || d->more) {
    return false; /* 20 significant digits */
  }
  for (; magnitude % 10 == 0; scale--) {
    magnitude /= 10;
  }
  for (; scale < 0; scale++) {
    if (__builtin_mul_overflow(magnitude, (uint64_t)10, &magnitude)) {
      return false;
    }
  }
  if (scale > DECIMAL_READ_SCALE_MAX || magnitude > (uint64_t)INT64_MAX) {
    return false;
  }
  *out = (decimal){d->negative ? -(int64_t)magnitude : (int64_t)magnitude, (uint8_t)scale};
  return true;
}

bool decimal_parse_scaled(slice s, char mark, decimal *out) {
  decimal_digits digits;
  switch (decimal_parse_any(s, mark, out, &digits)) {
    case DECIMAL_SHORT:
      return true;
    case DECIMAL_LONG:
      return decimal_of_digits(&digits, out);
    case DECIMAL_NONE:
      break;
  }
  return false;
}

bool decimal_parse(slice s, char mark, decimal *out) {
  decimal_digits digits;
  return decimal_parse_any(s, mark, out, &digits) == DECIMAL_SHORT;
}

/* ---- Readings -------------------------------------------------------------------------------------- */

/* KEPT with what follows it, times 10^POWER, as a whole number rounded half to even. */
static decimal_reading round_to_units(const decimal_digits *n, int64_t power, uint64_t *units) {
  const bool tail = n->next != 0 || n->more;
  if (n->kept == 0) {
    *units = 0;
    return DECIMAL_EXACT;
  }
  if (power > 0) {
    /* Digits were dropped only after 19, and those are too many already. */
    return power > DECIMAL_SCALE_MAX || __builtin_mul_overflow(n->kept, power10(power), units)
               ? DECIMAL_OUTSIDE
               : DECIMAL_EXACT;
  }
  if (power < -KEPT_DIGITS) {
    *units = 0;
    return DECIMAL_ROUNDED;
  }
  const uint64_t divisor = power10(-power);
  const uint64_t quotient = n->kept / divisor;
  const uint64_t rest = n->kept % divisor;
  const uint64_t other = divisor - rest;
  bool up;
  if (divisor == 1) {
    up = n->next > 5 || (n->next == 5 && (n->more || (quotient & 1) != 0));
  } else {
    up = rest > other || (rest == other && (tail || (quotient & 1) != 0));
  }
  *units = quotient + up;
  return rest != 0 || tail ? DECIMAL_ROUNDED : DECIMAL_EXACT;
}

decimal_reading decimal_read_digits(const decimal_digits *n, unsigned scale, int64_t *mantissa) {
  assert(scale <= DECIMAL_READ_SCALE_MAX);
  uint64_t units = 0;
  const decimal_reading result = round_to_units(n, n->power + scale, &units);
  if (result == DECIMAL_OUTSIDE || units > (uint64_t)DECIMAL_UNITS_MAX) {
    return DECIMAL_OUTSIDE;
  }
  *mantissa = n->negative ? -(int64_t)units : (int64_t)units;
  return result;
}

decimal_reading decimal_read(slice s, char mark, unsigned scale, int64_t *mantissa) {
  decimal_digits n;
  return scan_text(s, mark, &n) ? decimal_read_digits(&n, scale, mantissa) : DECIMAL_NO_NUMBER;
}

static int digits_of(uint64_t v) {
  int digits = 1;
  while (digits <= KEPT_DIGITS && v >= power10(digits)) {
    digits++;
  }
  return digits;
}

/* The digits of a text that scan_text took, from the first that is not 0 on. */
typedef struct digit_run {
  const char *at;
  const char *end;
} digit_run;

static digit_run significant(slice s, char mark) {
  digit_run d = {s.bytes, s.bytes + s.length};
  while (!is_digit(*d.at) || *d.at == '0') {
    d.at++;
  }
  const char *end = d.at;
  while (end < d.end && (is_digit(*end) || *end == mark)) {
    end++;
  }
  d.end = end;
  return d;
}

/* The next digit; after the last one always 0. */
static char next_digit(digit_run *d) {
  d->at += d->at < d->end && !is_digit(*d->at);
  return d->at < d->end ? *d->at++ : '0';
}

bool decimal_equal_texts(slice a, char mark_a, slice b, char mark_b) {
  decimal_digits x;
  decimal_digits y;
  if (!scan_text(a, mark_a, &x) || !scan_text(b, mark_b, &y)) {
    return false;
  }
  if (x.kept == 0 || y.kept == 0) {
    return x.kept == y.kept;
  }
  if (x.negative != y.negative || x.power + digits_of(x.kept) != y.power + digits_of(y.kept)) {
    return false;
  }
  digit_run left = significant(a, mark_a);
  digit_run right = significant(b, mark_b);
  bool equal = true;
  while (equal && (left.at < left.end || right.at < right.end)) {
    equal = next_digit(&left) == next_digit(&right);
  }
  return equal;
}

/* ---- Magnitudes ------------------------------------------------------------------------------------ */

static decimal_magnitude without_zeros(uint64_t mantissa, int64_t exponent) {
  for (; mantissa % 10 == 0; exponent++) {
    mantissa /= 10;
  }
  return (decimal_magnitude){mantissa, (int16_t)exponent};
}

static decimal_magnitude canonical(uint64_t mantissa, int64_t exponent) {
  if (mantissa == 0) {
    return (decimal_magnitude){0, 0};
  }
  for (; exponent < DECIMAL_MAGNITUDE_EXPONENT_MIN && mantissa > 1; exponent++) {
    mantissa = (mantissa + 9) / 10;
  }
  return without_zeros(mantissa,
                       exponent < DECIMAL_MAGNITUDE_EXPONENT_MIN ? DECIMAL_MAGNITUDE_EXPONENT_MIN : exponent);
}

decimal_magnitude decimal_magnitude_of(uint64_t mantissa, unsigned scale) {
  return canonical(mantissa, -(int64_t)scale);
}

bool decimal_magnitude_valid(decimal_magnitude m) {
  if (m.mantissa == 0) {
    return m.exponent == 0;
  }
  return m.mantissa % 10 != 0 && m.exponent >= DECIMAL_MAGNITUDE_EXPONENT_MIN &&
         m.exponent <= DECIMAL_MAGNITUDE_EXPONENT_MAX;
}

int decimal_magnitude_compare(decimal_magnitude a, decimal_magnitude b) {
  if (a.mantissa == 0 || b.mantissa == 0) {
    return (a.mantissa != 0) - (b.mantissa != 0);
  }
  const int order_a = digits_of(a.mantissa) + a.exponent;
  const int order_b = digits_of(b.mantissa) + b.exponent;
  if (order_a != order_b) {
    return order_a < order_b ? -1 : 1;
  }
  /* As many digits before the mark: at most 19 places apart, so 64 bits by 64 bits. */
  const int apart = a.exponent - b.exponent;
  const unsigned __int128 left = (unsigned __int128)a.mantissa * (apart > 0 ? power10(apart) : 1);
  const unsigned __int128 right = (unsigned __int128)b.mantissa * (apart < 0 ? power10(-apart) : 1);
  return (left > right) - (left < right);
}

decimal_magnitude decimal_magnitude_max(decimal_magnitude a, decimal_magnitude b) {
  return decimal_magnitude_compare(a, b) >= 0 ? a : b;
}

/* Whether M takes no more than LIMIT units of 10^-SCALE. */
static bool fits_at(decimal_magnitude m, unsigned scale, int64_t limit) {
  const int power = m.exponent + (int)scale;
  if (m.mantissa == 0) {
    return true;
  }
  if (power > DECIMAL_SCALE_MAX) {
    return false;
  }
  if (power >= 0) {
    return (unsigned __int128)m.mantissa * power10(power) <= (unsigned __int128)limit;
  }
  return -power > KEPT_DIGITS || m.mantissa <= (unsigned __int128)limit * power10(-power);
}

unsigned decimal_magnitude_scale(decimal_magnitude m, int64_t limit) {
  unsigned scale = DECIMAL_READ_SCALE_MAX;
  while (scale > 0 && !fits_at(m, scale, limit)) {
    scale--;
  }
  return scale;
}

unsigned decimal_magnitude_whole_digits(decimal_magnitude m) {
  const int digits = m.mantissa == 0 ? 0 : digits_of(m.mantissa) + m.exponent;
  return digits > 0 ? (unsigned)digits : 0;
}

int decimal_magnitude_format(decimal_magnitude m, char *out) {
  const int decimals = m.exponent < 0 ? -m.exponent : 0;
  char reversed[DECIMAL_MAGNITUDE_TEXT_BYTES];
  int digits = 0;
  for (; digits < m.exponent; digits++) {
    reversed[digits] = '0';
  }
  for (uint64_t rest = m.mantissa; rest > 0 || digits <= decimals; rest /= 10) {
    reversed[digits++] = (char)('0' + rest % 10);
  }
  int length = 0;
  for (int i = digits; i-- > 0;) {
    out[length++] = reversed[i];
    if (i == decimals && i > 0) {
      out[length++] = '.';
    }
  }
  out[length] = '\0';
  return length;
}

bool decimal_measure_digits(const decimal_digits *d, uint8_t *decimals, decimal_magnitude *size) {
  int64_t whole;
  if (decimal_read_digits(d, 0, &whole) == DECIMAL_OUTSIDE) {
    return false;
  }
  const bool tail = d->next != 0 || d->more;
  *decimals = (uint8_t)(d->decimals < 0 ? 0 : d->decimals > DECIMALS_MOST ? DECIMALS_MOST : d->decimals);
  *size = canonical(d->kept + tail, d->power);
  return true;
}

bool decimal_measure(slice s, char mark, uint8_t *decimals, decimal_magnitude *size) {
  decimal_digits d;
  return scan_text(s, mark, &d) && decimal_measure_digits(&d, decimals, size);
}
