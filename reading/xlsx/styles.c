/* Format codes (ECMA-376, part 1, clauses 18.8.30 and 18.8.31) and day numbers. */
#include "reading/xlsx/styles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "reading/xlsx/xml.h"

enum { STYLES_MAX = 100000 };

/* ---- Codes --------------------------------------------------------------------------------------- */

/* Formats that workbooks use by number without defining them, including those of East Asian editions, which
 * are dates and times in each of these languages. */
number_kind number_kind_of_builtin(uint64_t id) {
  static const struct {
    uint8_t from, to;
    number_kind kind;
  } known[] = {
      {14, 17, NUMBER_DATE}, {18, 21, NUMBER_TIME}, {22, 22, NUMBER_DATE_TIME}, {27, 31, NUMBER_DATE},
      {32, 35, NUMBER_TIME}, {36, 36, NUMBER_DATE}, {45, 45, NUMBER_TIME},      {46, 46, NUMBER_DURATION},
      {47, 47, NUMBER_TIME}, {50, 54, NUMBER_DATE}, {55, 56, NUMBER_TIME},      {57, 58, NUMBER_DATE},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (id >= known[i].from && id <= known[i].to) {
      return known[i].kind;
    }
  }
  return NUMBER_PLAIN;
}

typedef struct code_parts {
  bool date, time, month, elapsed;
} code_parts;

/* How many bytes of CODE at AT are literal text; 0: none. */
static size_t literal_bytes(slice code, size_t at) {
  const char c = code.bytes[at];
  const size_t left = code.length - at;
  if (c == '\\' || c == '_' || c == '*') {
    return left < 2 ? left : 2;
  }
  if (c == '"') {
    const char *end = memchr(code.bytes + at + 1, '"', left - 1);
    return end != NULL ? (size_t)(end - (code.bytes + at)) + 1 : left;
  }
  static const char general[] = "General";
  if (left >= sizeof general - 1 && strncasecmp(code.bytes + at, general, sizeof general - 1) == 0) {
    return sizeof general - 1;
  }
  return 0;
}

/* A part in brackets: a colour, a condition, a language; or hours, minutes or seconds that do not wrap
 * around. */
static size_t bracket_bytes(slice code, size_t at, code_parts *found) {
  const char *end = memchr(code.bytes + at, ']', code.length - at);
  if (end == NULL) {
    return code.length - at;
  }
  const slice inside = {code.bytes + at + 1, (size_t)(end - (code.bytes + at)) - 1};
  bool is_elapsed = inside.length > 0;
  for (size_t i = 0; i < inside.length; i++) {
    is_elapsed =
        is_elapsed && strchr("hHmMsS", inside.bytes[i]) != NULL && inside.bytes[i] == inside.bytes[0];
  }
  found->elapsed = found->elapsed || is_elapsed;
  return inside.length + 2;
}

static void take_letter(slice code, size_t at, code_parts *found) {
  const char c = (char)(code.bytes[at] | 0x20);
  const char next = at + 1 < code.length ? code.bytes[at + 1] : '\0';
  found->date = found->date || c == 'y' || c == 'd' || c == 'g' || (c == 'e' && next != '+' && next != '-');
  found->time = found->time || c == 'h' || c == 's';
  found->month = found->month || c == 'm';
}

number_kind number_kind_of_code(slice code) {
  code_parts found = {0};
  for (size_t at = 0; at < code.length && code.bytes[at] != ';';) {
    const size_t literal = literal_bytes(code, at);
    if (literal > 0) {
      at += literal;
    } else if (code.bytes[at] == '[') {
      at += bracket_bytes(code, at, &found);
    } else {
      take_letter(code, at, &found);
      at++;
    }
  }
  if (found.elapsed) {
    return NUMBER_DURATION;
  }
  if (found.time) {
    return found.date ? NUMBER_DATE_TIME : NUMBER_TIME;
  }
  return found.date || found.month ? NUMBER_DATE : NUMBER_PLAIN;
}

/* ---- The part ------------------------------------------------------------------------------------ */

typedef struct custom_format {
  uint64_t id;
  number_kind kind;
} custom_format;

typedef struct reading_styles {
  xml_part *xml;
  arena *memory;
  styles *out;
  custom_format *custom;
  size_t custom_count, custom_capacity, kinds_capacity;
  bool in_cell_formats;
} reading_styles;

static void add_custom(reading_styles *r, const char *id, const char *code) {
  if (id == NULL || code == NULL) {
    return;
  }
  if (r->custom_count == STYLES_MAX) {
    xml_refuse(r->xml, "has more than %d number formats", STYLES_MAX);
  } else if (!ARRAY_ROOM_IN(r->memory, r->custom, r->custom_count, r->custom_capacity)) {
    xml_out_of_memory(r->xml);
  } else {
    r->custom[r->custom_count++] =
        (custom_format){strtoull(id, NULL, 10), number_kind_of_code(slice_of(code))};
  }
}

static number_kind kind_of(const reading_styles *r, uint64_t id) {
  for (size_t i = 0; i < r->custom_count; i++) {
    if (r->custom[i].id == id) {
      return r->custom[i].kind;
    }
  }
  return number_kind_of_builtin(id);
}

static void add_cell_format(reading_styles *r, const char *id) {
  if (r->out->count == STYLES_MAX) {
    xml_refuse(r->xml, "has more than %d formats of cells", STYLES_MAX);
  } else if (!ARRAY_ROOM_IN(r->memory, r->out->kinds, r->out->count, r->kinds_capacity)) {
    xml_out_of_memory(r->xml);
  } else {
    r->out->kinds[r->out->count++] =
        (uint8_t)(id != NULL ? kind_of(r, strtoull(id, NULL, 10)) : NUMBER_PLAIN);
  }
}

static void take_begin(void *context, const char *name, const char *const *attributes) {
  reading_styles *r = context;
  if (strcmp(name, "numFmt") == 0) {
    add_custom(r, xml_attribute(attributes, "numFmtId"), xml_attribute(attributes, "formatCode"));
  } else if (strcmp(name, "cellXfs") == 0) {
    r->in_cell_formats = true;
  } else if (r->in_cell_formats && strcmp(name, "xf") == 0) {
    add_cell_format(r, xml_attribute(attributes, "numFmtId"));
  }
}

static void take_end(void *context, const char *name) {
  reading_styles *r = context;
  if (strcmp(name, "cellXfs") == 0) {
    r->in_cell_formats = false;
  }
}

status styles_read(package *p, slice part, arena *memory, styles *out, error *err) {
  static const xml_handlers handlers = {take_begin, take_end, NULL, NULL};
  reading_styles r = {.memory = memory, .out = out};
  *out = (styles){0};
  if (part.length == 0 || !package_has(p, part)) {
    return STATUS_OK;
  }
  return xml_read(p, part, &handlers, &r, &r.xml, err);
}

/* ---- Day numbers --------------------------------------------------------------------------------- */

enum {
  DAY_SECONDS = 86400,
  DAYS_1900_TO_1904 = 1462,
  LEAP_BUG = 60,
  FIRST_YEAR_DAYS = 366,
  LAST_DAY = 2958465
};

/* The civil date DAYS days after 1970-01-01: the usual algorithm, with eras of 400 years and years that begin
 * in March. */
static void civil_of(int64_t days, int *year, int *month, int *day) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t of_era = days - era * 146097;
  const int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t march_month = (5 * of_year + 2) / 153;
  *day = (int)(of_year - (153 * march_month + 2) / 5 + 1);
  *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
  *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static size_t put_date(int64_t serial, char *out) {
  int year = 1900;
  int month = 2;
  int day = 29;
  if (serial != LEAP_BUG) {
    civil_of(serial - 25569 + (serial < LEAP_BUG), &year, &month, &day);
  }
  return (size_t)snprintf(out, 11, "%04d-%02d-%02d", year % 10000, month, day);
}

static size_t put_time(int64_t milliseconds, char *out) {
  const int64_t seconds = milliseconds / 1000;
  size_t length = (size_t)snprintf(out, 24, "%02lld:%02d:%02d", (long long)(seconds / 3600),
                                   (int)(seconds / 60 % 60), (int)(seconds % 60));
  if (milliseconds % 1000 != 0) {
    length += (size_t)snprintf(out + length, 5, ".%03d", (int)(milliseconds % 1000));
  }
  return length;
}

size_t serial_format(double value, number_kind kind, bool from_1904, char out[SERIAL_TEXT_BYTES]) {
  const double offset = from_1904 ? DAYS_1900_TO_1904 : 0;
  if (!(value >= 0) || value + offset >= LAST_DAY + 1) {
    return 0;
  }
  /* For dates of our time a double is exact to less than a millisecond. */
  const int64_t all = llround(value * DAY_SECONDS * 1000.0);
  if (kind == NUMBER_DURATION || (kind == NUMBER_TIME && value >= 1 && value <= FIRST_YEAR_DAYS)) {
    return put_time(all, out);
  }
  const int64_t day_ms = (int64_t)DAY_SECONDS * 1000;
  const int64_t day = all / day_ms + (int64_t)offset;
  const int64_t rest = all % day_ms;
  if ((value < 1 && kind == NUMBER_TIME) || (day == 0 && rest > 0)) {
    return put_time(rest, out);
  }
  if (day > LAST_DAY || day == 0) {
    return 0;
  }
  size_t length = put_date(day, out);
  if (rest > 0 || kind != NUMBER_DATE) {
    out[length++] = ' ';
    length += put_time(rest, out + length);
  }
  return length;
}
