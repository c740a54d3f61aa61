/* Which mistakes two bytes after each other can make, by nibble: Keiser and Lemire (2021), "Validating
 * UTF-8 in less than one instruction per byte", table 9.  The AND of the three entries is the mistake.
 */
#ifndef CANVASS_READING_CSV_UTF8_TABLES_H
#define CANVASS_READING_CSV_UTF8_TABLES_H

#include <stdint.h>

enum {
  TOO_SHORT = 1 << 0,
  TOO_LONG = 1 << 1,
  OVERLONG_3 = 1 << 2,
  TOO_LARGE = 1 << 3,
  SURROGATE = 1 << 4,
  OVERLONG_2 = 1 << 5,
  TOO_LARGE_1000 = 1 << 6,
  OVERLONG_4 = 1 << 6,
  TWO_CONTINUATIONS = 1 << 7,
  CARRIED = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS,
  LARGE = CARRIED | TOO_LARGE | TOO_LARGE_1000,
  CONTINUATION = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS,
};

static const uint8_t utf8_first_high[16] = {
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TOO_LONG,
    TWO_CONTINUATIONS,
    TWO_CONTINUATIONS,
    TWO_CONTINUATIONS,
    TWO_CONTINUATIONS,
    TOO_SHORT | OVERLONG_2,
    TOO_SHORT,
    TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
};

static const uint8_t utf8_first_low[16] = {
    CARRIED | OVERLONG_3 | OVERLONG_2 | OVERLONG_4,
    CARRIED | OVERLONG_2,
    CARRIED,
    CARRIED,
    CARRIED | TOO_LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE,
    LARGE | SURROGATE,
    LARGE,
    LARGE,
};

static const uint8_t utf8_second_high[16] = {
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    CONTINUATION | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
    CONTINUATION | OVERLONG_3 | TOO_LARGE,
    CONTINUATION | SURROGATE | TOO_LARGE,
    CONTINUATION | SURROGATE | TOO_LARGE,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
    TOO_SHORT,
};

#endif
