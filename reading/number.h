/* Reading plain decimal numbers in a handful of instructions, and writing them. */
#ifndef CANVASS_READING_NUMBER_H
#define CANVASS_READING_NUMBER_H

#include <string.h>

#include "base/decimal.h"

enum { NUMBER_BYTES = 16 };

/* Eight decimal digits in the bytes of WORD (values 0..9, the first digit in the lowest byte). */
static inline uint64_t eight_digits(uint64_t word) {
  word = (word * 10 + (word >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
  word = (word * 100 + (word >> 16)) & UINT64_C(0x0000ffff0000ffff);
  return (word * 10000 + (word >> 32)) & UINT64_C(0xffffffff);
}

/* Up to eight bytes, at most one of them MARK: their digits as a number in *VALUE, how many in *DIGITS and
 * how many of them follow the mark in *DECIMALS (-1: no mark). False: something else follows. */
static inline bool number_word(const uint8_t *bytes, unsigned length, uint8_t mark, uint64_t *value,
                               unsigned *digits, int *decimals) {
  const uint64_t ones = UINT64_C(0x0101010101010101);
  const uint64_t tops = UINT64_C(0x8080808080808080);
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  word = (word ^ '0' * ones) << (64 - 8 * length);
  const uint64_t other = word ^ (uint8_t)(mark ^ '0') * ones;
  const uint64_t marks = (other - ones) & ~other & tops;
  *digits = length;
  *decimals = -1;
  if (marks != 0) {
    const unsigned at = (unsigned)__builtin_ctzll(marks) & ~7u;
    const uint64_t before = (UINT64_C(1) << at) - 1;
    word = (word & ~(before << 8 | 0xff)) | (word & before) << 8;
    *digits = length - 1;
    *decimals = 7 - (int)(at / 8);
  }
  *value = eight_digits(word);
  return ((word + 0x76 * ones) & tops) == 0 && (word & tops) == 0;
}

/* What decimal_parse gives for CELL when it is an optional minus, digits and at most one MARK in no more
 * than NUMBER_BYTES bytes (16 from CELL are readable); false: ask decimal_parse. */
static inline bool number_parse(const uint8_t *cell, size_t length, char mark, decimal *out) {
  const bool negative = length > 0 && *cell == '-';
  cell += negative;
  length -= negative;
  uint64_t low;
  unsigned low_digits;
  int low_decimals;
  if (length - 1 > NUMBER_BYTES - 1) {
    return false;
  }
  uint64_t value = 0;
  unsigned digits = 0;
  int decimals = -1;
  const size_t front = length > 8 ? length - 8 : 0;
  if (front > 0 && !number_word(cell, (unsigned)front, (uint8_t)mark, &value, &digits, &decimals)) {
    return false;
  }
  if (!number_word(cell + front, (unsigned)(length - front), (uint8_t)mark, &low, &low_digits,
                   &low_decimals) ||
      (decimals >= 0 && low_decimals >= 0) || digits + low_digits == 0) {
    return false;
  }
  if (front > 0) {
    value *= low_digits == 8 ? 100000000 : 10000000;
  }
  const int64_t mantissa = (int64_t)(value + low);
  out->mantissa = negative ? -mantissa : mantissa;
  out->scale = (uint8_t)(decimals >= 0 ? decimals + 8 : low_decimals >= 0 ? low_decimals : 0);
  return true;
}

/* The text of a number as it was written, with MARK; OUT holds at least DECIMAL_TEXT_BYTES.  Returns its
 * length. */
static inline size_t number_format(decimal number, char mark, char *out) {
  const size_t length = (size_t)decimal_format(number, out);
  if (number.scale > 0) {
    out[length - number.scale - 1] = mark;
  }
  return length;
}

#endif
