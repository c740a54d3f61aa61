/* Whole numbers first, then as few decimals as suffice, then printf's digits. */
#include "reading/shortest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading/values.h"

enum { DECIMALS_TRIED = 15 };

/* Both the whole number and the power of ten are exact doubles, so their quotient is the double nearest to
 * the decimal: what the decimal reads back as. */
static const double powers[DECIMALS_TRIED + 1] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
#define WHOLE_MAX 9007199254740992.0 /* 2^53 */

static bool set_text(char *digits, char mark, arena *memory, input_cell *out) {
  char *point = strchr(digits, '.');
  if (point != NULL) {
    *point = mark;
  }
  return value_set_text(out, slice_of(digits), memory);
}

static decimal decimal_of(double mantissa, int decimals) {
  return (decimal){.mantissa = (int64_t)mantissa, .scale = (uint8_t)decimals};
}

bool shortest_decimal(double v, decimal *out, char text[SHORTEST_TEXT_BYTES]) {
  for (int k = 0; k <= DECIMALS_TRIED; k++) {
    const double mantissa = rint(v * powers[k]);
    if (fabs(mantissa) >= WHOLE_MAX) {
      break;
    }
    if (mantissa / powers[k] == v) {
      *out = decimal_of(mantissa, k);
      return true;
    }
  }
  for (int precision = 15; precision <= 17; precision++) {
    snprintf(text, SHORTEST_TEXT_BYTES, "%.*g", precision, v);
    if (strtod(text, NULL) == v) {
      break;
    }
  }
  return false;
}

bool shortest_double(double v, char mark, arena *memory, input_cell *out) {
  char text[SHORTEST_TEXT_BYTES];
  decimal number;
  if (shortest_decimal(v, &number, text)) {
    *out = (input_cell){.kind = INPUT_NUMBER, .as.number = number};
    return true;
  }
  return set_text(text, mark, memory, out);
}

bool shortest_float(float v, char mark, arena *memory, input_cell *out) {
  enum { DIGITS = 9 }; /* always enough */
  for (int k = 0; k <= DECIMALS_TRIED; k++) {
    const double mantissa = rint((double)v * powers[k]);
    if (fabs(mantissa) >= 1e10) {
      break;
    }
    if ((float)(mantissa / powers[k]) == v) {
      *out = (input_cell){.kind = INPUT_NUMBER, .as.number = decimal_of(mantissa, k)};
      return true;
    }
  }
  char digits[SHORTEST_TEXT_BYTES];
  for (int precision = 1; precision <= DIGITS; precision++) {
    snprintf(digits, sizeof digits, "%.*g", precision, (double)v);
    if (strtof(digits, NULL) == v) {
      break;
    }
  }
  return set_text(digits, mark, memory, out);
}
