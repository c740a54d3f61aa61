/* Naming columns, and which of them are lower. */
#include "stats/analyses/letters.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "stats/methods/holm.h"

enum { LETTERS = 26 };

void letters_name(uint32_t column, bool small, char name[LETTER_BYTES]) {
  const char first = small ? 'a' : 'A';
  assert(column < LETTERS_NAMES_MAX);
  if (column >= LETTERS) {
    *name++ = (char)(first + (int)(column / LETTERS) - 1);
  }
  *name++ = (char)(first + (int)(column % LETTERS));
  *name = 0;
}

size_t letters_pairs(uint32_t count) {
  return (size_t)count * (count > 0 ? count - 1 : 0) / 2;
}

/* Pairs come row by row of a triangle: those of the columns before the smaller one are past. */
static size_t pair_at(uint32_t count, uint32_t i, uint32_t j) {
  const uint32_t a = i < j ? i : j, b = i < j ? j : i;
  return (size_t)a * (2 * (size_t)count - a - 1) / 2 + (b - a - 1);
}

status letters_adjust(const letters_row *row, int64_t how, error *err) {
  const size_t pairs = letters_pairs(row->count);
  size_t tests = 0;
  for (size_t k = 0; k < pairs; k++) {
    tests += isnan(row->p[k]) ? 0 : 1;
  }
  for (size_t k = 0; k < pairs && how == LETTERS_BONFERRONI; k++) {
    row->p[k] = isnan(row->p[k]) ? NAN : fmin(1, row->p[k] * (double)tests);
  }
  return how == LETTERS_HOLM ? holm_adjust(row->p, row->p, pairs, err) : STATUS_OK;
}

json *letters_of(const letters_row *row, uint32_t j, double confidence, double lower, arena *memory) {
  char text[LETTERS_COLUMNS_MAX * LETTER_BYTES] = "";
  size_t length = 0;
  assert(row->count <= LETTERS_COLUMNS_MAX);
  for (uint32_t other = 0; other < row->count; other++) {
    if (other == j || !(row->figure[j] > row->figure[other])) {
      continue;
    }
    const double p = row->p[pair_at(row->count, j, other)];
    const bool is_capital = p < 1 - confidence;
    if (is_capital || (lower > 0 && lower < confidence && p < 1 - lower)) {
      if (length > 0) {
        text[length++] = ' ';
      }
      letters_name(row->first + other, !is_capital, text + length);
      length += strlen(text + length);
    }
  }
  return json_text(memory, (slice){text, length});
}
