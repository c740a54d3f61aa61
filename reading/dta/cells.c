/* Turns bytes of a row into numbers, texts and cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reading/dta/dta.h"
#include "reading/shortest.h"

#define STATA_EPOCH_DAYS (-3653.0) /* 1960-01-01 */
#define DAY_MILLIS       86400000.0

uint64_t dta_unsigned(const dta_file *d, const uint8_t *bytes, size_t length) {
  const bool is_big = d->is_swapped != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
  uint64_t v = 0;
  for (size_t i = 0; i < length; i++) {
    v = v << 8 | bytes[is_big ? i : length - 1 - i];
  }
  return v;
}

/* ---- Numbers ---------------------------------------------------------------------------------------- */

/* Of each type the largest number, as bits, and the distance from it to ".", and from one letter to the next.
 */
typedef struct number_limits {
  int64_t most, missing, step;
} number_limits;

static const number_limits with_letters[] = {
    [DTA_BYTE] = {100, 101, 1},
    [DTA_INT] = {32740, 32741, 1},
    [DTA_LONG] = {2147483620, 2147483621, 1},
    [DTA_FLOAT] = {0x7effffff, 0x7f000000, 0x800},
    [DTA_DOUBLE] = {0x7fdfffffffffffff, 0x7fe0000000000000, 0x10000000000},
};

static const number_limits without_letters[] = {
    [DTA_BYTE] = {126, 127, 1},
    [DTA_INT] = {32766, 32767, 1},
    [DTA_LONG] = {2147483646, 2147483647, 1},
    [DTA_FLOAT] = {0x7effffff, 0x7f000000, 0x800},
    [DTA_DOUBLE] = {0x7fdfffffffffffff, 0x7fe0000000000000, 0x10000000000},
};

static dta_number missing_number(const dta_file *d, const number_limits *l, int64_t bits) {
  const int64_t steps = (bits - l->missing) / l->step;
  const bool is_letter = d->layout->has_letters && steps >= 1 && steps <= DTA_LETTERS;
  return (dta_number){.is_missing = true, .letter = is_letter ? (int)steps - 1 : -1};
}

dta_number dta_number_of(const dta_file *d, const dta_variable *v, const uint8_t *bytes) {
  const number_limits *l = d->layout->has_letters ? &with_letters[v->type] : &without_letters[v->type];
  const uint64_t raw = dta_unsigned(d, bytes, v->width);
  const unsigned unused = 64 - 8 * v->width;
  const int64_t bits = (int64_t)(raw << unused) >> unused; /* extends the sign */
  dta_number n = {.value = (double)bits};
  if (bits > l->most) {
    return missing_number(d, l, bits);
  }
  if (v->type == DTA_FLOAT) {
    float value;
    const uint32_t word = (uint32_t)raw;
    memcpy(&value, &word, sizeof value);
    n.value = (double)value;
  } else if (v->type == DTA_DOUBLE) {
    memcpy(&n.value, &raw, sizeof n.value);
  }
  n.is_missing = !isfinite(n.value);
  n.letter = -1;
  return n;
}

/* ---- Dates ------------------------------------------------------------------------------------------ */

static moment_kind moment_of(dta_dates dates) {
  static const uint8_t kinds[] = {
      [DTA_NO_DATES] = MOMENT_NONE,    [DTA_MILLISECONDS] = MOMENT_DATE_TIME, [DTA_DAYS] = MOMENT_DATE,
      [DTA_WEEKS] = MOMENT_DATE,       [DTA_MONTHS] = MOMENT_MONTH,           [DTA_QUARTERS] = MOMENT_MONTH,
      [DTA_HALF_YEARS] = MOMENT_MONTH,
  };
  return (moment_kind)kinds[dates];
}

const char *dta_date_format(dta_dates dates) {
  return moment_date_format(moment_of(dates));
}

/* Days from 1970-01-01 to the first day of YEAR. */
static double year_begins(double year) {
  const double before = year - 1;
  return 365 * before + floor(before / 4) - floor(before / 100) + floor(before / 400) - 719162;
}

/* The first day of period V, counted with PER_YEAR periods to the year. */
static double period_begins(double v, double per_year, dta_dates dates) {
  enum { WEEK_DAYS = 7, YEAR_MONTHS = 12 };
  static const int days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const double year = 1960 + floor(v / per_year);
  const int within = (int)(v - floor(v / per_year) * per_year);
  if (dates == DTA_WEEKS) {
    return year_begins(year) + within * WEEK_DAYS;
  }
  const int month = within * (YEAR_MONTHS / (int)per_year);
  const bool is_leap = fmod(year, 4) == 0 && (fmod(year, 100) != 0 || fmod(year, 400) == 0);
  return year_begins(year) + days_before[month] + (is_leap && month > 1);
}

static size_t format_dates(dta_dates dates, double v, char *out) {
  static const double per_year[] = {
      [DTA_WEEKS] = 52, [DTA_MONTHS] = 12, [DTA_QUARTERS] = 4, [DTA_HALF_YEARS] = 2};
  if (fabs(v) > 1e15) {
    return 0;
  }
  if (dates == DTA_MILLISECONDS) {
    const double days = floor(v / DAY_MILLIS);
    return moment_format(MOMENT_DATE_TIME, days + STATA_EPOCH_DAYS, (v - days * DAY_MILLIS) / 1000, out);
  }
  const double whole = floor(v);
  const double day =
      dates == DTA_DAYS ? whole + STATA_EPOCH_DAYS : period_begins(whole, per_year[dates], dates);
  return moment_format(moment_of(dates), day, 0, out);
}

bool dta_number_cell(const dta_variable *v, dta_number n, char mark, arena *memory, input_cell *out) {
  char text[MOMENT_TEXT_BYTES] = ".a";
  size_t length = 2;
  if (n.is_missing) {
    text[1] = (char)('a' + n.letter);
  } else {
    length = v->dates != DTA_NO_DATES ? format_dates(v->dates, n.value, text) : 0;
  }
  if (length > 0) {
    return value_set_text(out, (slice){text, length}, memory);
  }
  return v->type == DTA_FLOAT ? shortest_float((float)n.value, mark, memory, out)
                              : shortest_double(n.value, mark, memory, out);
}

/* ---- Long texts ------------------------------------------------------------------------------------- */

static int by_place(const void *left, const void *right) {
  const dta_long_text *a = left;
  const dta_long_text *b = right;
  const int rows = (a->row > b->row) - (a->row < b->row);
  return rows != 0 ? rows : (a->variable > b->variable) - (a->variable < b->variable);
}

void dta_sort_texts(dta_file *d) {
  if (d->long_texts_count > 0) {
    qsort(d->long_texts, d->long_texts_count, sizeof *d->long_texts, by_place);
  }
}

const dta_long_text *dta_find_text(const dta_file *d, const uint8_t *bytes) {
  const uint8_t release = d->layout->release;
  const size_t variable_bytes = release == 117 ? 4 : release == 118 ? 2 : 3;
  const dta_long_text wanted = {.variable = dta_unsigned(d, bytes, variable_bytes),
                                .row = dta_unsigned(d, bytes + variable_bytes, 8 - variable_bytes)};
  return d->long_texts_count > 0
             ? bsearch(&wanted, d->long_texts, d->long_texts_count, sizeof *d->long_texts, by_place)
             : NULL;
}
