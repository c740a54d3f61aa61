/* Numbers of any length, read at a scale or measured.
 *
 * A text becomes its first 19 significant digits, which fit into 64 bits, the digit behind them, and whether
 * anything but zeros follows: enough to round half to even at any scale at which the number fits. */
#include <assert.h>

#include "base/decimal.h"
#include "base/decimal_text.h"

enum { KEPT_DIGITS = 19, DECIMALS_MOST = 255 };

typedef struct scan {
  bool negative;
  uint64_t kept; /* below 10^19; the first digit is not 0 */
  uint8_t next;  /* the digit behind those kept */
  bool more;     /* there are others than zeros behind that one */
  int64_t power; /* the number is kept.next... * 10^power */
  int64_t decimals;
} scan;

static uint64_t power_of_ten(int64_t power) {
  return power <= DECIMAL_SCALE_MAX ? (uint64_t)decimal_power10((unsigned)power)
                                    : UINT64_C(10000000000000000000);
}

static void scan_dropped(scan *out, int64_t dropped, char digit) {
  if (dropped == 0) {
    out->next = (uint8_t)(digit - '0');
  } else {
    out->more = out->more || digit != '0';
  }
}

static bool scan_text(slice s, char mark, scan *out) {
  const char *at = s.bytes;
  const char *end = at + s.length;
  *out = (scan){.negative = at < end && *at == '-'};
  at += at < end && (*at == '-' || *at == '+');
  const char *first = at;
  const char *marked = NULL;
  uint64_t kept = 0;
  int64_t dropped = 0;
  for (; at < end; at++) {
    if (!decimal_is_digit(*at)) {
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
      (has_exponent && !decimal_exponent(at + 1, end, &exponent))) {
    return false;
  }
  out->kept = kept;
  out->decimals = fraction - exponent;
  out->power = dropped - out->decimals;
  return true;
}

/* KEPT with what follows it, times 10^POWER, as a whole number rounded half to even. */
static decimal_reading round_to_units(const scan *n, int64_t power, uint64_t *units) {
  const bool tail = n->next != 0 || n->more;
  if (n->kept == 0) {
    *units = 0;
    return DECIMAL_EXACT;
  }
  if (power > 0) {
    /* Digits were dropped only behind 19, and those are too many already. */
    return power > DECIMAL_SCALE_MAX || __builtin_mul_overflow(n->kept, power_of_ten(power), units)
               ? DECIMAL_OUTSIDE
               : DECIMAL_EXACT;
  }
  if (power < -KEPT_DIGITS) {
    *units = 0;
    return DECIMAL_ROUNDED;
  }
  const uint64_t divisor = power_of_ten(-power);
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

static decimal_reading read_scanned(const scan *n, unsigned scale, int64_t *mantissa) {
  uint64_t units = 0;
  const decimal_reading result = round_to_units(n, n->power + scale, &units);
  if (result == DECIMAL_OUTSIDE || units > (uint64_t)DECIMAL_UNITS_MAX) {
    return DECIMAL_OUTSIDE;
  }
  *mantissa = n->negative ? -(int64_t)units : (int64_t)units;
  return result;
}

decimal_reading decimal_read(slice s, char mark, unsigned scale, int64_t *mantissa) {
  assert(scale <= DECIMAL_READ_SCALE_MAX);
  scan n;
  return scan_text(s, mark, &n) ? read_scanned(&n, scale, mantissa) : DECIMAL_NO_NUMBER;
}

static int digits_of(uint64_t v) {
  int digits = 1;
  while (digits <= KEPT_DIGITS && v >= power_of_ten(digits)) {
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
  while (!decimal_is_digit(*d.at) || *d.at == '0') {
    d.at++;
  }
  const char *end = d.at;
  while (end < d.end && (decimal_is_digit(*end) || *end == mark)) {
    end++;
  }
  d.end = end;
  return d;
}

/* The next digit; 0 for ever behind the last one. */
static char next_digit(digit_run *d) {
  d->at += d->at < d->end && !decimal_is_digit(*d->at);
  return d->at < d->end ? *d->at++ : '0';
}

bool decimal_equal_texts(slice a, char mark_a, slice b, char mark_b) {
  scan x;
  scan y;
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
  const unsigned __int128 left = (unsigned __int128)a.mantissa * (apart > 0 ? power_of_ten(apart) : 1);
  const unsigned __int128 right = (unsigned __int128)b.mantissa * (apart < 0 ? power_of_ten(-apart) : 1);
  return (left > right) - (left < right);
}

decimal_magnitude decimal_magnitude_max(decimal_magnitude a, decimal_magnitude b) {
  return decimal_magnitude_compare(a, b) >= 0 ? a : b;
}

/* Does M take no more than LIMIT units of 10^-SCALE? */
static bool fits_at(decimal_magnitude m, unsigned scale, int64_t limit) {
  const int power = m.exponent + (int)scale;
  if (m.mantissa == 0) {
    return true;
  }
  if (power > DECIMAL_SCALE_MAX) {
    return false;
  }
  if (power >= 0) {
    return (unsigned __int128)m.mantissa * power_of_ten(power) <= (unsigned __int128)limit;
  }
  return -power > KEPT_DIGITS || m.mantissa <= (unsigned __int128)limit * power_of_ten(-power);
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

bool decimal_measure(slice s, char mark, uint8_t *decimals, decimal_magnitude *size) {
  scan n;
  int64_t whole;
  if (!scan_text(s, mark, &n) || read_scanned(&n, 0, &whole) == DECIMAL_OUTSIDE) {
    return false;
  }
  const bool tail = n.next != 0 || n.more;
  *decimals = (uint8_t)(n.decimals < 0 ? 0 : n.decimals > DECIMALS_MOST ? DECIMALS_MOST : n.decimals);
  *size = canonical(n.kept + tail, n.power);
  return true;
}
