#include "stats/frame/fraction.h"

#include <assert.h>

#include "base/decimal.h"

#define PART_END ((i128)1 << 120)

static bool is_part(i128 v) {
  return v > -PART_END && v < PART_END;
}

static u128 size_of(i128 v) {
  return v < 0 ? (u128)-v : (u128)v;
}

static i128 common_divisor(i128 a, i128 b) {
  u128 x = size_of(a);
  u128 y = size_of(b);
  while (y != 0 && ((x >> 64) != 0 || (y >> 64) != 0)) {
    const u128 rest = x % y;
    x = y;
    y = rest;
  }
  uint64_t narrow = (uint64_t)x;
  uint64_t other = (uint64_t)y;
  while (y != 0 && other != 0) {
    const uint64_t rest = narrow % other;
    narrow = other;
    other = rest;
  }
  return y == 0 ? (i128)x : (i128)narrow;
}

static bool times(i128 a, i128 b, i128 *out) {
  return !__builtin_mul_overflow(a, b, out) && is_part(*out);
}

static void divide_both(i128 *a, i128 *b) {
  const i128 divisor = common_divisor(*a, *b);
  if (divisor > 1) {
    *a /= divisor;
    *b /= divisor;
  }
}

fraction fraction_of(int64_t mantissa, unsigned decimals) {
  return (fraction){mantissa, decimal_power10(decimals)};
}

/* a/b + c/d = (a d' + c b') / (b d'), where b' and d' are b and d divided by their greatest common divisor.
 */
bool fraction_add(fraction a, fraction b, fraction *out) {
  if (a.under == b.under) {
    *out = (fraction){a.over + b.over, a.under};
  } else {
    i128 a_under = a.under;
    i128 b_under = b.under;
    i128 left;
    i128 right;
    i128 under;
    divide_both(&a_under, &b_under);
    if (!times(a.over, b_under, &left) || !times(b.over, a_under, &right) ||
        !times(a.under, b_under, &under)) {
      fraction lowest_a = a;
      fraction lowest_b = b;
      divide_both(&lowest_a.over, &lowest_a.under);
      divide_both(&lowest_b.over, &lowest_b.under);
      const bool is_smaller = lowest_a.under != a.under || lowest_b.under != b.under;
      return is_smaller && fraction_add(lowest_a, lowest_b, out);
    }
    *out = (fraction){left + right, under};
  }
  if (!is_part(out->over)) {
    divide_both(&out->over, &out->under);
  }
  return is_part(out->over);
}

bool fraction_multiply(fraction a, fraction b, fraction *out) {
  fraction product;
  if (times(a.over, b.over, &product.over) && times(a.under, b.under, &product.under)) {
    *out = product;
    return true;
  }
  divide_both(&a.over, &a.under);
  divide_both(&b.over, &b.under);
  divide_both(&a.over, &b.under);
  divide_both(&b.over, &a.under);
  return times(a.over, b.over, &out->over) && times(a.under, b.under, &out->under);
}

bool fraction_divide(fraction a, fraction b, fraction *out) {
  assert(b.over != 0);
  const fraction turned = b.over < 0 ? (fraction){-b.under, -b.over} : (fraction){b.under, b.over};
  return fraction_multiply(a, turned, out);
}

fraction fraction_negate(fraction a) {
  return (fraction){-a.over, a.under};
}

/* Returns A rounded down, and leaves the rest in A. */
static i128 whole_part(fraction *a) {
  i128 whole = a->over / a->under;
  i128 rest = a->over % a->under;
  if (rest < 0) {
    rest += a->under;
    whole--;
  }
  a->over = rest;
  return whole;
}

/* Compares whole parts, then those of the inverted remainders, which become smaller as in Euclid's algorithm.
 */
int fraction_compare(fraction a, fraction b) {
  i128 left;
  i128 right;
  if (times(a.over, b.under, &left) && times(b.over, a.under, &right)) {
    return (left > right) - (left < right);
  }
  int sign = 1;
  while (true) {
    const i128 whole_a = whole_part(&a);
    const i128 whole_b = whole_part(&b);
    if (whole_a != whole_b) {
      return whole_a > whole_b ? sign : -sign;
    }
    if (a.over == 0 || b.over == 0) {
      return ((a.over != 0) - (b.over != 0)) * sign;
    }
    a = (fraction){a.under, a.over};
    b = (fraction){b.under, b.over};
    sign = -sign;
  }
}

/* Digit by digit: a remainder is below 2^120, so ten times it fits. */
bool fraction_round(fraction a, unsigned decimals, i128 *out) {
  const bool is_negative = a.over < 0;
  const i128 over = is_negative ? -a.over : a.over;
  i128 scaled = over / a.under;
  i128 rest = over % a.under;
  for (unsigned i = 0; i < decimals; i++) {
    rest *= 10;
    if (!times(scaled, 10, &scaled)) {
      return false;
    }
    scaled += rest / a.under;
    rest %= a.under;
  }
  const i128 other = a.under - rest;
  if (rest > other || (rest == other && (scaled & 1) != 0)) {
    scaled++;
  }
  *out = is_negative ? -scaled : scaled;
  return is_part(scaled);
}
