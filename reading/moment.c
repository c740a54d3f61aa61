/* Seconds become thousandths, and these the parts of a date and a time. */
#include "reading/moment.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>

#define DAY_MILLIS      INT64_C(86400000)
#define DAY_FIRST       (-719162.0) /* 0001-01-01 */
#define DAY_LAST        2932896.0   /* 9999-12-31 */
#define DURATION_MAX    3.6e9       /* a million hours */
#define MILLIS_A_SECOND 1000

const char *moment_date_format(moment_kind kind) {
  static const char *const formats[] = {[MOMENT_NONE] = NULL,
                                        [MOMENT_DATE] = "%Y-%m-%d",
                                        [MOMENT_DATE_TIME] = "%Y-%m-%d %H:%M:%S",
                                        [MOMENT_MONTH] = "%Y-%m",
                                        [MOMENT_TIME] = NULL};
  return formats[kind];
}

typedef struct civil {
  int year, month, day;
} civil;

/* Eras of 400 years that begin on the first of March, so that the leap day is the last one of its year. */
static civil civil_of(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int64_t of_era = shifted - era * 146097;
  const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * of_year + 2) / 153; /* from March */
  const int64_t day = of_year - (153 * month + 2) / 5 + 1;
  const int64_t calendar = month < 10 ? month + 3 : month - 9;
  return (civil){(int)(year + era * 400 + (calendar <= 2)), (int)calendar, (int)day};
}

static size_t put_time(int64_t millis, char *out, size_t capacity) {
  const int64_t seconds = millis / MILLIS_A_SECOND;
  const int fraction = (int)(millis % MILLIS_A_SECOND);
  int length = snprintf(out, capacity, "%02lld:%02d:%02d", (long long)(seconds / 3600),
                        (int)(seconds / 60 % 60), (int)(seconds % 60));
  if (fraction > 0) {
    length += snprintf(out + length, capacity - (size_t)length, ".%03d", fraction);
    while (out[length - 1] == '0') {
      out[--length] = '\0';
    }
  }
  return (size_t)length;
}

static size_t format_duration(double seconds, char *out) {
  if (!(fabs(seconds) < DURATION_MAX)) {
    return 0;
  }
  const int64_t millis = (int64_t)rint(seconds * MILLIS_A_SECOND);
  const size_t sign = millis < 0;
  out[0] = '-';
  return sign + put_time(millis < 0 ? -millis : millis, out + sign, MOMENT_TEXT_BYTES - sign);
}

size_t moment_format(moment_kind kind, double day, double seconds, char *out) {
  if (kind == MOMENT_TIME) {
    return format_duration(seconds, out);
  }
  if (kind == MOMENT_NONE || !(day >= DAY_FIRST && day <= DAY_LAST) || !(fabs(seconds) < 1e15)) {
    return 0;
  }
  const int64_t millis = (int64_t)rint(seconds * MILLIS_A_SECOND);
  const int64_t passed = millis >= 0 ? millis / DAY_MILLIS : -((-millis + DAY_MILLIS - 1) / DAY_MILLIS);
  const double last = floor(day) + (double)passed;
  if (last < DAY_FIRST || last > DAY_LAST) {
    return 0;
  }
  const civil c = civil_of((int64_t)last);
  int length = snprintf(out, MOMENT_TEXT_BYTES, "%04d-%02d", c.year, c.month);
  if (kind != MOMENT_MONTH) {
    length += snprintf(out + length, MOMENT_TEXT_BYTES - (size_t)length, "-%02d", c.day);
  }
  if (kind == MOMENT_DATE_TIME) {
    out[length++] = ' ';
    length += (int)put_time(millis - passed * DAY_MILLIS, out + length, MOMENT_TEXT_BYTES - (size_t)length);
  }
  return (size_t)length;
}
