/* Calendar dates as days since 1970-01-01 in the proleptic Gregorian calendar, years 1 to 9999. */
#ifndef CANVASS_STATS_PROGRAM_DATE_H
#define CANVASS_STATS_PROGRAM_DATE_H

#include <stdint.h>

#include "base/text.h"

/* The largest magnitude of a day number: 9999-12-31 is day 2932896, 0001-01-01 day -719162. */
enum { DATE_DAYS_MAX = 2932896 };

/* NULL when FORMAT is valid, else what is wrong with it (a static sentence).  Formats are literals and
 *   %Y four digits   %y two digits, 69..99 are 19xx and 00..68 are 20xx   %m %d one or two digits
 *   %b Jan .. Dec, in any case   %H %M %S one or two digits, checked and dropped   %% a percent sign
 * each at most once.  The year is required; a month or day that is not in the format is 1. */
const char *date_format_problem(const char *format);
/* Parses all of TEXT by a valid FORMAT; false for anything else and for days that do not exist. */
bool date_parse(const char *format, slice text, int64_t *days);
/* False when there is no such day. */
bool date_from_civil(int64_t year, int64_t month, int64_t day, int64_t *days);
void date_to_civil(int64_t days, int64_t *year, int64_t *month, int64_t *day);

#endif
