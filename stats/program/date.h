/* Calendar dates as days since 1970-01-01 in the proleptic Gregorian calendar, years 1 to 9999. */
#ifndef CANVASS_STATS_PROGRAM_DATE_H
#define CANVASS_STATS_PROGRAM_DATE_H

#include <stdint.h>

#include "base/text.h"

/* The largest magnitude of a day number: 9999-12-31 is day 2932896, 0001-01-01 day -719162. */
enum { DATE_DAYS_MAX = 2932896 };

/* NULL when FORMAT is valid, else what is wrong with it (a static sentence).  Formats are literals and
 *   %Y four digits   %y two digits, 69..99 are 19xx and 00..68 are 20xx   %m %d one or two digits
 *   %b Jan .. Dec, in any case   %j the day of the year, in place of month and day   %% a percent sign
 * and, checked and dropped, so that the day is the one that is written,
 *   %H %M %S one or two digits   %I 1..12, in place of %H   %p AM, PM, a.m., p.m., 上午, 下午
 *   %f digits of a second   %z Z, an offset (+1, +0100, +01:00), or GMT or UTC with or without one
 * each at most once; those in a row, as in %Y%m%d, have all their digits.  Then, at the end, * for whatever
 * follows, but for further digits of a number: behind %Y%m%d two or more are a time.  The year is required; a
 * month or day that is not in the format is 1.  `excel` and `excel1904` instead: numbers of days as
 * spreadsheets count them, in their system of 1900 or of 1904, perhaps with a part of a day behind the
 * decimal mark, which is dropped. */
const char *date_format_problem(const char *format);
/* Parses all of TEXT by a valid FORMAT; false for anything else and for days that do not exist. */
bool date_parse(const char *format, slice text, int64_t *days);
/* The same with MARK, '.' or ',', as the decimal mark of serial numbers, which is '.' above. */
bool date_parse_marked(const char *format, slice text, char mark, int64_t *days);
/* False when there is no such day. */
bool date_from_civil(int64_t year, int64_t month, int64_t day, int64_t *days);
void date_to_civil(int64_t days, int64_t *year, int64_t *month, int64_t *day);

#endif
