/* Dates by their format; civil calendar from days and back.
 *
 * The conversion works on years that begin in March, so that the leap day is the last of its year:
 * H. Hinnant, "chrono-compatible low-level date algorithms" (2013), days_from_civil and civil_from_days.
 *
 * Serial numbers: 1 is 1900-01-01 in the system of 1900, which counts a 29 February 1900 (60) that never was;
 * 0 is 1904-01-01 in that of 1904 (ECMA-376, part 1, 18.17.4.1).
 */
#include "stats/program/date.h"

#include <stddef.h>
#include <string.h>

enum { DAYS_PER_ERA = 146097, EPOCH_FROM_ERA = 719468, YEAR_MAX = 9999, PIVOT_YEAR = 69 };
enum { SERIAL_OF_EPOCH_1900 = 25569, SERIAL_OF_EPOCH_1904 = 24107, LEAP_DAY_THAT_NEVER_WAS = 60 };

typedef struct fields {
  int64_t year, month, day, day_of_year;
} fields;

/* What a conversion found. */
typedef struct reading {
  slice text;
  size_t at;
  int64_t value;
} reading;

typedef struct conversion conversion;
struct conversion {
  char letter;
  char field; /* which part of the date it fills: several for one part exclude each other */
  uint8_t digits_min, digits_max;
  int64_t low, high;
  bool (*read)(const conversion *c, reading *r);
};

static unsigned char byte_at(const reading *r, size_t at) {
  return at < r->text.length ? (unsigned char)r->text.bytes[at] : 0;
}

static bool is_digit(unsigned char byte) {
  return byte >= '0' && byte <= '9';
}

static bool read_digits(const conversion *c, reading *r) {
  unsigned digits = 0;
  r->value = 0;
  for (; digits < c->digits_max && is_digit(byte_at(r, r->at)); digits++, r->at++) {
    r->value = r->value * 10 + (byte_at(r, r->at) - '0');
  }
  return digits >= c->digits_min && r->value >= c->low && r->value <= c->high;
}

/* WORD, in lower case and of ASCII letters, in any case. */
static bool read_word(reading *r, const char *word) {
  const size_t length = strlen(word);
  for (size_t k = 0; k < length; k++) {
    const unsigned char byte = byte_at(r, r->at + k);
    const char lower = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
    if (lower != word[k]) {
      return false;
    }
  }
  r->at += length;
  return true;
}

static bool read_any_word(reading *r, const char *const *words, size_t count) {
  for (r->value = 1; r->value <= (int64_t)count; r->value++) {
    if (read_word(r, words[r->value - 1])) {
      return true;
    }
  }
  return false;
}

static bool read_month(const conversion *c, reading *r) {
  static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                       "jul", "aug", "sep", "oct", "nov", "dec"};
  (void)c;
  return read_any_word(r, months, sizeof months / sizeof months[0]);
}

static bool read_half_day(const conversion *c, reading *r) {
  static const char *const halves[] = {"am",
                                       "pm",
                                       "a.m.",
                                       "p.m.",
                                       "\xe4\xb8\x8a\xe5\x8d\x88" /* 上午 */,
                                       "\xe4\xb8\x8b\xe5\x8d\x88" /* 下午 */};
  (void)c;
  return read_any_word(r, halves, sizeof halves / sizeof halves[0]);
}

/* "+1", "+01", "+0100", "+01:00" */
static bool read_offset(reading *r) {
  static const conversion hours = {'H', 'H', 1, 2, 0, 14, NULL};
  static const conversion minutes = {'M', 'M', 2, 2, 0, 59, NULL};
  const unsigned char sign = byte_at(r, r->at);
  if (sign != '+' && sign != '-') {
    return false;
  }
  r->at++;
  if (!read_digits(&hours, r)) {
    return false;
  }
  if (byte_at(r, r->at) == ':') {
    r->at++;
    return read_digits(&minutes, r);
  }
  return !is_digit(byte_at(r, r->at)) || read_digits(&minutes, r);
}

/* "Z", an offset, or "GMT" or "UTC" with or without one. */
static bool read_zone(const conversion *c, reading *r) {
  (void)c;
  if (read_word(r, "z")) {
    return true;
  }
  if (!read_word(r, "gmt") && !read_word(r, "utc")) {
    return read_offset(r);
  }
  const unsigned char next = byte_at(r, r->at);
  return (next != '+' && next != '-') || read_offset(r);
}

static const conversion conversions[] = {
    {'Y', 'Y', 4, 4, 1, YEAR_MAX, read_digits},  {'y', 'Y', 2, 2, 0, 99, read_digits},
    {'m', 'm', 1, 2, 1, 12, read_digits},        {'b', 'm', 0, 0, 1, 12, read_month},
    {'d', 'd', 1, 2, 1, 31, read_digits},        {'j', 'j', 1, 3, 1, 366, read_digits},
    {'H', 'H', 1, 2, 0, 23, read_digits},        {'I', 'H', 1, 2, 1, 12, read_digits},
    {'M', 'M', 1, 2, 0, 59, read_digits},        {'S', 'S', 1, 2, 0, 60, read_digits},
    {'f', 'f', 1, 9, 0, 999999999, read_digits}, {'p', 'p', 0, 0, 0, 0, read_half_day},
    {'z', 'z', 0, 0, 0, 0, read_zone},
};

static const struct serial_system {
  const char *format;
  int64_t epoch; /* the serial number of 1970-01-01 */
  int64_t first;
} serial_systems[] = {{"excel", SERIAL_OF_EPOCH_1900, 1}, {"excel1904", SERIAL_OF_EPOCH_1904, 0}};

static const struct serial_system *serial_system_of(const char *format) {
  for (size_t i = 0; i < sizeof serial_systems / sizeof serial_systems[0]; i++) {
    if (strcmp(serial_systems[i].format, format) == 0) {
      return &serial_systems[i];
    }
  }
  return NULL;
}

static const conversion *conversion_of(char letter) {
  for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
    if (conversions[i].letter == letter) {
      return &conversions[i];
    }
  }
  return NULL;
}

/* ---- Formats ------------------------------------------------------------------------------------- */

/* The parts of the date that FORMAT has, by their letters. */
typedef struct parts_seen {
  char letters[sizeof conversions / sizeof conversions[0] + 1];
  size_t count;
} parts_seen;

static bool has_part(const parts_seen *seen, char field) {
  return memchr(seen->letters, field, seen->count) != NULL;
}

static const char *see_conversion(char letter, parts_seen *seen) {
  const conversion *c = letter != '\0' ? conversion_of(letter) : NULL;
  if (c == NULL) {
    return "only %Y %y %m %b %d %j %H %I %M %S %f %p %z and %% are known, and * for the rest of the cell";
  }
  if (has_part(seen, c->field)) {
    return "a part of the date occurs twice";
  }
  seen->letters[seen->count++] = c->field;
  return NULL;
}

static const char *parts_problem(const parts_seen *seen) {
  if (!has_part(seen, 'Y')) {
    return "the year is missing (%Y or %y); a number of days, as spreadsheets write them, is `excel`";
  }
  if (has_part(seen, 'j') && (has_part(seen, 'm') || has_part(seen, 'd'))) {
    return "the day of the year (%j) goes with no month or day";
  }
  return has_part(seen, 'd') && !has_part(seen, 'm') ? "there is a day but no month" : NULL;
}

const char *date_format_problem(const char *format) {
  parts_seen seen = {.count = 0};
  if (serial_system_of(format) != NULL) {
    return NULL;
  }
  for (const char *at = format; *at != '\0'; at++) {
    if (*at == '*' && at[1] != '\0') {
      return "* stands for the rest of the cell, so nothing can come after it";
    }
    if (*at != '%') {
      continue;
    }
    at++;
    const char *problem = *at == '%' ? NULL : see_conversion(*at, &seen);
    if (problem != NULL) {
      return problem;
    }
  }
  return parts_problem(&seen);
}

/* ---- Cells --------------------------------------------------------------------------------------- */

/* The whole days of a serial number; what follows MARK is a time.  The other mark may stand between thousands
 * ("45,748"), so it is none. */
static bool read_serial(const struct serial_system *s, slice text, char mark, int64_t *days) {
  static const conversion whole = {'\0', '\0', 1, 7, 0, DATE_DAYS_MAX + SERIAL_OF_EPOCH_1900, NULL};
  reading r = {.text = text};
  if (!read_digits(&whole, &r) || r.value < s->first) {
    return false;
  }
  const int64_t serial = r.value;
  if (byte_at(&r, r.at) == (unsigned char)mark) {
    const size_t place = r.at++;
    while (is_digit(byte_at(&r, r.at))) {
      r.at++;
    }
    if (r.at == place + 1) {
      return false;
    }
  }
  const bool is_1900 = s->epoch == SERIAL_OF_EPOCH_1900;
  if (r.at < text.length || (is_1900 && serial == LEAP_DAY_THAT_NEVER_WAS)) {
    return false;
  }
  *days = serial - s->epoch + (is_1900 && serial < LEAP_DAY_THAT_NEVER_WAS);
  return *days <= DATE_DAYS_MAX;
}

static void take_field(const conversion *c, int64_t value, fields *f) {
  if (c->letter == 'y') {
    value += value >= PIVOT_YEAR ? 1900 : 2000;
  }
  f->year = c->field == 'Y' ? value : f->year;
  f->month = c->field == 'm' ? value : f->month;
  f->day = c->field == 'd' ? value : f->day;
  f->day_of_year = c->field == 'j' ? value : f->day_of_year;
}

static bool day_of_fields(const fields *f, int64_t *days) {
  int64_t year;
  int64_t month;
  int64_t day;
  if (!date_from_civil(f->year, f->month, f->day, days)) {
    return false;
  }
  *days += f->day_of_year - 1;
  date_to_civil(*days, &year, &month, &day);
  return year == f->year; /* day 366 of a shorter year is in the next */
}

static bool is_of_digits(const char *spec) {
  const conversion *c = *spec == '%' ? conversion_of(spec[1]) : NULL;
  return c != NULL && c->read == read_digits;
}

/* Reads what the conversion at SPEC takes; RUN: how many of digits stand before it without anything between.
 * In a row each has all its digits: nothing else tells where it ends. */
static bool read_conversion(const conversion *c, const char *spec, unsigned run, reading *r) {
  conversion one = *c;
  if (is_of_digits(spec) && c->letter != 'f' && (run > 0 || is_of_digits(spec + 2))) {
    one.digits_min = one.digits_max;
  }
  return one.read(&one, r);
}

/* What follows the month in a row of digits: day, hours, minutes, seconds. */
static const struct row_part {
  const char *fields; /* conversions that read it, or leave nothing of it to read */
  int least, most;
} row_parts[] = {{"dj", 1, 31}, {"H", 0, 23}, {"M", 0, 59}, {"S", 0, 60}};
enum { ROW_PARTS = sizeof row_parts / sizeof row_parts[0] };

/* How many of these are read once FIELD is. */
static size_t row_parts_through(char field) {
  size_t through = 0;
  for (size_t i = 0; i < ROW_PARTS; i++) {
    through = strchr(row_parts[i].fields, field) != NULL ? i + 1 : through;
  }
  return through;
}

/* Whether the digits from R's place on are the parts that are left, from PART on, without marks: of a date
 * 09, 0910 or 091011, and then parts of a second. */
static bool is_rest_of_row(const reading *r, size_t part) {
  size_t at = r->at;
  bool is_well = true;
  for (; part < ROW_PARTS && is_well && is_digit(byte_at(r, at)); part++) {
    const int two = (byte_at(r, at) - '0') * 10 + (byte_at(r, at + 1) - '0');
    is_well = is_digit(byte_at(r, at + 1)) && two >= row_parts[part].least && two <= row_parts[part].most;
    at += 2;
  }
  return is_well;
}

/* A rest that begins within a number makes another number of its beginning: 45748 is not the year 4574.  But
 * behind conversions in a row more digits may be a time: 20250301091011. */
static bool cuts_a_number(const reading *r, unsigned run, size_t part) {
  const bool cuts = r->at > 0 && is_digit(byte_at(r, r->at - 1)) && is_digit(byte_at(r, r->at));
  return cuts && (run < 2 || !is_rest_of_row(r, part));
}

bool date_parse(const char *format, slice text, int64_t *days) {
  return date_parse_marked(format, text, '.', days);
}

bool date_parse_marked(const char *format, slice text, char mark, int64_t *days) {
  const struct serial_system *serial = serial_system_of(format);
  if (serial != NULL) {
    return read_serial(serial, text, mark, days);
  }
  fields f = {.year = 0, .month = 1, .day = 1, .day_of_year = 1};
  reading r = {.text = text};
  unsigned run = 0; /* conversions of digits right before SPEC */
  size_t part = 0;  /* of what can follow in a row of digits, so many are read */
  for (const char *spec = format; *spec != '\0'; spec++) {
    if (*spec == '*') {
      return !cuts_a_number(&r, run, part) && day_of_fields(&f, days);
    }
    const conversion *c = *spec == '%' ? conversion_of(spec[1]) : NULL;
    if (c != NULL && !read_conversion(c, spec, run, &r)) {
      return false;
    }
    run = is_of_digits(spec) ? run + 1 : 0;
    spec += *spec == '%';
    if (c != NULL) {
      const size_t through = row_parts_through(c->field);
      part = through > part ? through : part;
      take_field(c, r.value, &f);
    } else if (r.at >= text.length || text.bytes[r.at++] != *spec) {
      return false;
    }
  }
  return r.at == text.length && day_of_fields(&f, days);
}

/* ---- The calendar -------------------------------------------------------------------------------- */

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
