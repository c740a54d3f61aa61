/* Dates by their format; civil calendar from days and back.
 *
 * The conversion works on years that begin in March, so that the leap day is the last of its year:
 * H. Hinnant, "chrono-compatible low-level date algorithms" (2013), days_from_civil and civil_from_days.
 */
#include "stats/program/date.h"

#include <stddef.h>
#include <string.h>

enum { DAYS_PER_ERA = 146097, EPOCH_FROM_ERA = 719468, YEAR_MAX = 9999, PIVOT_YEAR = 69 };

typedef struct fields {
  int64_t year, month, day;
} fields;

static const char months[12][4] = {"jan", "feb", "mar", "apr", "may", "jun",
                                   "jul", "aug", "sep", "oct", "nov", "dec"};

/* Letter, which field of a date it fills (several for one field exclude each other), digits, bounds. */
typedef struct conversion {
  char letter;
  char field;
  uint8_t digits_min, digits_max;
  int64_t low, high;
} conversion;

static const conversion conversions[] = {
    {'Y', 'Y', 4, 4, 1, YEAR_MAX}, {'y', 'Y', 2, 2, 0, 99}, {'m', 'm', 1, 2, 1, 12}, {'b', 'm', 0, 0, 1, 12},
    {'d', 'd', 1, 2, 1, 31},       {'H', 'H', 1, 2, 0, 23}, {'M', 'M', 1, 2, 0, 59}, {'S', 'S', 1, 2, 0, 60},
};

static const conversion *conversion_of(char letter) {
  for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
    if (conversions[i].letter == letter) {
      return &conversions[i];
    }
  }
  return NULL;
}

const char *date_format_problem(const char *format) {
  char seen[sizeof conversions / sizeof conversions[0] + 1] = "";
  size_t count = 0;
  for (const char *at = format; *at; at++) {
    if (*at != '%') {
      continue;
    }
    at++;
    if (*at == '%') {
      continue;
    }
    const conversion *c = *at ? conversion_of(*at) : NULL;
    if (c == NULL) {
      return "only %Y %y %m %b %d %H %M %S and %% are known";
    }
    if (memchr(seen, c->field, count) != NULL) {
      return "a part of the date occurs twice";
    }
    seen[count++] = c->field;
  }
  if (memchr(seen, 'Y', count) == NULL) {
    return "the year is missing (%Y or %y)";
  }
  if (memchr(seen, 'd', count) != NULL && memchr(seen, 'm', count) == NULL) {
    return "there is a day but no month";
  }
  return NULL;
}

static bool read_month_name(slice text, size_t *at, int64_t *value) {
  if (text.length - *at < 3) {
    return false;
  }
  for (int64_t m = 0; m < 12; m++) {
    bool same = true;
    for (size_t k = 0; k < 3; k++) {
      char c = text.bytes[*at + k];
      char lower = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
      same = same && lower == months[m][k];
    }
    if (same) {
      *value = m + 1;
      *at += 3;
      return true;
    }
  }
  return false;
}

static bool read_conversion(const conversion *c, slice text, size_t *at, int64_t *value) {
  if (c->letter == 'b') {
    return read_month_name(text, at, value);
  }
  unsigned digits = 0;
  *value = 0;
  for (; digits < c->digits_max && *at < text.length; digits++, (*at)++) {
    unsigned digit = (unsigned)(unsigned char)text.bytes[*at] - '0';
    if (digit > 9) {
      break;
    }
    *value = *value * 10 + (int64_t)digit;
  }
  return digits >= c->digits_min && *value >= c->low && *value <= c->high;
}

bool date_parse(const char *format, slice text, int64_t *days) {
  fields f = {.year = 0, .month = 1, .day = 1};
  size_t at = 0;
  for (const char *spec = format; *spec; spec++) {
    const conversion *c = *spec == '%' ? conversion_of(*++spec) : NULL;
    if (c == NULL) {
      if (at >= text.length || text.bytes[at] != *spec) {
        return false;
      }
      at++;
      continue;
    }
    int64_t value;
    if (!read_conversion(c, text, &at, &value)) {
      return false;
    }
    if (c->letter == 'y') {
      value += value >= PIVOT_YEAR ? 1900 : 2000;
    }
    f.year = c->field == 'Y' ? value : f.year;
    f.month = c->field == 'm' ? value : f.month;
    f.day = c->field == 'd' ? value : f.day;
  }
  return at == text.length && date_from_civil(f.year, f.month, f.day, days);
}

static bool is_leap(int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_from_civil(int64_t year, int64_t month, int64_t day, int64_t *days) {
  static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1 || year > YEAR_MAX || month < 1 || month > 12 || day < 1 ||
      day > lengths[month - 1] + (month == 2 && is_leap(year))) {
    return false;
  }
  int64_t shifted = month <= 2 ? year - 1 : year;
  int64_t era = shifted / 400;
  int64_t year_of_era = shifted - era * 400;
  int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  *days = era * DAYS_PER_ERA + day_of_era - EPOCH_FROM_ERA;
  return true;
}

void date_to_civil(int64_t days, int64_t *year, int64_t *month, int64_t *day) {
  int64_t shifted = days + EPOCH_FROM_ERA;
  int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
  int64_t day_of_era = shifted - era * DAYS_PER_ERA;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t from_march = (5 * day_of_year + 2) / 153;
  *day = day_of_year - (153 * from_march + 2) / 5 + 1;
  *month = from_march < 10 ? from_march + 3 : from_march - 9;
  *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}
