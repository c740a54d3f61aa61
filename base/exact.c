/* 384-bit two's complement integers, least significant limb first.
 *
 * Everything is arithmetic modulo 2^384: the header's bounds say why sums never get near it. */
#include "base/exact.h"

#include <math.h>

exact exact_from_i64(int64_t v) {
  return exact_from_i128(v);
}

exact exact_from_i128(i128 v) {
  const uint64_t fill = v < 0 ? UINT64_MAX : 0;
  return (exact){{(uint64_t)v, (uint64_t)((u128)v >> 64), fill, fill, fill, fill}};
}

static bool negative(const exact *a) {
  return a->limb[EXACT_LIMBS - 1] >> 63 != 0;
}

int exact_sign(const exact *a) {
  if (negative(a)) {
    return -1;
  }
  uint64_t any = 0;
  for (unsigned i = 0; i < EXACT_LIMBS; i++) {
    any |= a->limb[i];
  }
  return any != 0;
}

int exact_compare(const exact *a, const exact *b) {
  const bool a_negative = negative(a);
  if (a_negative != negative(b)) {
    return a_negative ? -1 : 1;
  }
  for (unsigned i = EXACT_LIMBS; i-- > 0;) {
    if (a->limb[i] != b->limb[i]) {
      return a->limb[i] < b->limb[i] ? -1 : 1;
    }
  }
  return 0;
}

void exact_add(exact *sum, const exact *term) {
  u128 carry = 0;
  for (unsigned i = 0; i < EXACT_LIMBS; i++) {
    carry += (u128)sum->limb[i] + term->limb[i];
    sum->limb[i] = (uint64_t)carry;
    carry >>= 64;
  }
}

void exact_add_i128(exact *sum, i128 term) {
  const exact wide = exact_from_i128(term);
  exact_add(sum, &wide);
}

void exact_negate(exact *a) {
  u128 carry = 1;
  for (unsigned i = 0; i < EXACT_LIMBS; i++) {
    carry += (u128)~a->limb[i];
    a->limb[i] = (uint64_t)carry;
    carry >>= 64;
  }
}

void exact_sub(exact *sum, const exact *term) {
  exact opposite = *term;
  exact_negate(&opposite);
  exact_add(sum, &opposite);
}

static u128 magnitude(i128 v) {
  return v < 0 ? -(u128)v : (u128)v;
}

void exact_add_product(exact *sum, i128 a, i128 b) {
  const u128 x = magnitude(a);
  const u128 y = magnitude(b);
  const uint64_t x0 = (uint64_t)x;
  const uint64_t x1 = (uint64_t)(x >> 64);
  const uint64_t y0 = (uint64_t)y;
  const uint64_t y1 = (uint64_t)(y >> 64);
  const u128 low = (u128)x0 * y0;
  /* Magnitudes are at most 2^127, so x1, y1 <= 2^63 and the middle sum stays below 2^128. */
  const u128 middle = (u128)x1 * y0 + (u128)x0 * y1 + (low >> 64);
  const u128 high = (u128)x1 * y1 + (middle >> 64);
  exact product = {
      {(uint64_t)low, (uint64_t)middle, (uint64_t)high, (uint64_t)(high >> 64), 0, 0},
  };
  if ((a < 0) != (b < 0)) {
    exact_negate(&product);
  }
  exact_add(sum, &product);
}

/* OUT (zeroed) = A * FACTOR * 2^(64 * SHIFTED), modulo 2^384. */
static void multiply_limb(const exact *a, uint64_t factor, unsigned shifted, exact *out) {
  u128 carry = 0;
  for (unsigned i = 0; i + shifted < EXACT_LIMBS; i++) {
    carry += (u128)a->limb[i] * factor;
    out->limb[i + shifted] = (uint64_t)carry;
    carry >>= 64;
  }
}

void exact_add_scaled(exact *sum, const exact *a, i128 b) {
  const u128 factor = magnitude(b);
  exact product = {0};
  multiply_limb(a, (uint64_t)factor, 0, &product);
  if (factor >> 64 != 0) {
    exact upper = {0};
    multiply_limb(a, (uint64_t)(factor >> 64), 1, &upper);
    exact_add(&product, &upper);
  }
  if (b < 0) {
    exact_negate(&product);
  }
  exact_add(sum, &product);
}

bool exact_fits_i128(const exact *a, i128 *out) {
  const i128 low = (i128)((u128)a->limb[1] << 64 | a->limb[0]);
  const exact back = exact_from_i128(low);
  if (exact_compare(&back, a) != 0) {
    return false;
  }
  *out = low;
  return true;
}

void u192_add(u192 *sum, const u192 *term) {
  u192_add_u128(sum, (u128)term->limb[1] << 64 | term->limb[0]);
  sum->limb[2] += term->limb[2];
}

exact exact_from_u192(const u192 *v) {
  return (exact){{v->limb[0], v->limb[1], v->limb[2], 0, 0, 0}};
}

bool exact_fits_u192(const exact *a, u192 *out) {
  if ((a->limb[3] | a->limb[4] | a->limb[5]) != 0) {
    return false;
  }
  *out = (u192){{a->limb[0], a->limb[1], a->limb[2]}};
  return true;
}

double exact_to_double(const exact *a) {
  exact m = *a;
  if (negative(a)) {
    exact_negate(&m);
  }
  unsigned top = EXACT_LIMBS;
  while (top > 0 && m.limb[top - 1] == 0) {
    top--;
  }
  if (top == 0) {
    return 0.0;
  }
  /* The 64 leading bits, with everything below gathered into a sticky last bit: the conversion of an
   * integer of more than 54 bits then rounds as the whole number would. */
  const int shift = __builtin_clzll(m.limb[top - 1]);
  uint64_t leading = m.limb[top - 1] << shift;
  uint64_t rest = 0;
  if (top > 1) {
    leading |= shift > 0 ? m.limb[top - 2] >> (64 - shift) : 0;
    rest |= m.limb[top - 2] << shift;
  }
  for (unsigned i = 0; i + 2 < top; i++) {
    rest |= m.limb[i];
  }
  leading |= rest != 0;
  const double value = ldexp((double)leading, (int)(top - 1) * 64 - shift);
  return negative(a) ? -value : value;
}
