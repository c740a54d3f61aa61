/* Dates against the calendar of glibc and known days, and formats cell by cell. */
#include <time.h>

#include "stats/program/date.h"
#include "tests/check.h"

static void known_days_have_their_numbers(void **state) {
  (void)state;
  const struct {
    int64_t year, month, day, days;
  } known[] = {{1970, 1, 1, 0},     {1969, 12, 31, -1},   {2000, 2, 29, 11016},
               {2000, 3, 1, 11017}, {2025, 7, 31, 20300}, {9999, 12, 31, DATE_DAYS_MAX},
               {1, 1, 1, -719162}};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    int64_t days;
    assert_true(date_from_civil(known[i].year, known[i].month, known[i].day, &days));
    assert_int_equal(days, known[i].days);
  }
}

static void every_day_agrees_with_the_c_library_and_comes_back(void **state) {
  (void)state;
  for (int64_t days = -719162; days <= DATE_DAYS_MAX; days += days > -30000 && days < 60000 ? 1 : 97) {
    int64_t year;
    int64_t month;
    int64_t day;
    int64_t again;
    struct tm t;
    time_t seconds = (time_t)days * 86400;
    date_to_civil(days, &year, &month, &day);
    assert_non_null(gmtime_r(&seconds, &t));
    assert_int_equal(year, t.tm_year + 1900);
    assert_int_equal(month, t.tm_mon + 1);
    assert_int_equal(day, t.tm_mday);
    assert_true(date_from_civil(year, month, day, &again));
    assert_int_equal(again, days);
  }
}

static void days_that_do_not_exist_are_refused(void **state) {
  (void)state;
  int64_t days;
  assert_false(date_from_civil(2023, 2, 29, &days));
  assert_false(date_from_civil(1900, 2, 29, &days));
  assert_false(date_from_civil(2024, 4, 31, &days));
  assert_false(date_from_civil(2024, 0, 1, &days));
  assert_false(date_from_civil(2024, 13, 1, &days));
  assert_false(date_from_civil(2024, 1, 0, &days));
  assert_false(date_from_civil(0, 1, 1, &days));
  assert_false(date_from_civil(10000, 1, 1, &days));
}

static void formats_read_what_they_say_and_nothing_else(void **state) {
  (void)state;
  const struct {
    const char *format, *text;
    bool good;
    int64_t year, month, day;
  } cases[] = {
      {"%Y-%m-%d", "2025-07-31", true, 2025, 7, 31},
      {"%Y-%m-%d", "2025-7-1", true, 2025, 7, 1},
      {"%Y-%m-%d", "2025-07-31 ", false, 0, 0, 0},
      {"%Y-%m-%d", "2025-07", false, 0, 0, 0},
      {"%Y-%m-%d", "25-07-31", false, 0, 0, 0},
      {"%Y-%m-%d", "2025-02-30", false, 0, 0, 0},
      {"%Y-%m-%d", "", false, 0, 0, 0},
      {"%Y%m%d", "20250731", true, 2025, 7, 31},
      {"%d.%m.%Y %H:%M:%S", "31.07.2025 23:59:60", true, 2025, 7, 31},
      {"%d.%m.%Y %H:%M", "31.07.2025 24:00", false, 0, 0, 0},
      {"%d %b %y", "1 JAN 69", true, 1969, 1, 1},
      {"%d %b %y", "1 dec 68", true, 2068, 12, 1},
      {"%d %b %y", "1 foo 68", false, 0, 0, 0},
      {"%Y", "2025", true, 2025, 1, 1},
      {"%m/%Y", "7/2025", true, 2025, 7, 1},
      {"%Y%%", "2025%", true, 2025, 1, 1},
      {"%Y\xE5\xB9\xB4%m\xE6\x9C\x88%d\xE6\x97\xA5",
       "2025\xE5\xB9\xB4"
       "7\xE6\x9C\x88"
       "31\xE6\x97\xA5",
       true, 2025, 7, 31},
      /* As platforms write them (exports.md); the day is the one that is written, whatever its zone. */
      {"%Y/%m/%d %I:%M:%S %p %z", "2025/03/01 9:10:11 AM GMT+1", true, 2025, 3, 1},
      {"%m/%d/%Y %I:%M:%S %p", "03/02/2025 12:05:00 AM", true, 2025, 3, 2},
      {"%Y-%m-%dT%H:%M:%S.%f%z", "2025-03-01T09:10:11.123+01:00", true, 2025, 3, 1},
      {"%Y-%m-%dT%H:%M:%S.%f%z", "2025-12-31T23:59:59.000Z", true, 2025, 12, 31},
      {"%m/%d/%y %H:%M:%S", "3/1/25 9:10:11", true, 2025, 3, 1},
      {"%Y/%m/%d *", "2025/3/1 9:10", true, 2025, 3, 1},
      {"%Y/%m/%d*", "2025/3/1", true, 2025, 3, 1},
      {"%Y/%m/%d*", "2025/3/1 9:10:11", true, 2025, 3, 1},
      {"%Y/%m/%d *", "2025/3/1", false, 0, 0, 0},
      {"%Y/%m/%d*", "2025/2/30 9:10", false, 0, 0, 0},
      {"%Y*", "45748", false, 0, 0, 0}, /* not the year 4574 */
      {"%Y*", "2025-04-01", true, 2025, 1, 1},
      {"%Y-%m-%d*", "2025-3-123", false, 0, 0, 0},
      {"%Y-%m-%d*", "2025-3-12T10:00", true, 2025, 3, 12},
      {"%Y%m%d*", "202503011", false, 0, 0, 0},
      {"%Y%m%d*", "20250301091011", true, 2025, 3, 1},
      {"%Y%m%d*", "20250301 9:10", true, 2025, 3, 1},
      {"%Y%m%d*", "2025030123", true, 2025, 3, 1},
      {"%Y%m%d*", "2025030124", false, 0, 0, 0},       /* no hour is 24 */
      {"%Y%m%d*", "202503012360", false, 0, 0, 0},     /* nor a minute 60 */
      {"%Y%m%d*", "20250301235960", true, 2025, 3, 1}, /* but a leap second */
      {"%Y%m%d*", "20250301235961", false, 0, 0, 0},
      {"%Y%m%d*", "20250301091", false, 0, 0, 0}, /* half a minute */
      {"%Y%m%d*", "20250301091011123", true, 2025, 3, 1},
      {"%Y%m%d*", "20250301 99", true, 2025, 3, 1}, /* behind a mark: whatever it is */
      {"%Y%m*", "20250331", true, 2025, 3, 1},
      {"%Y%m*", "20250332", false, 0, 0, 0},
      {"%Y%m%d%H*", "202503010959", true, 2025, 3, 1},
      {"%Y%m%d%H*", "202503010960", false, 0, 0, 0},
      {"%d%m%Y*", "010320250910", true, 2025, 3, 1},
      {"%Y%j*", "202506009", true, 2025, 3, 1},
      {"%Y%j*", "202506099", false, 0, 0, 0},
      {"%Y%m*", "2025030109", true, 2025, 3, 1},
      {"%d%m%Y*", "01032025091011", true, 2025, 3, 1},
      {"%Y%m%d%H%M%S", "20250301091011", true, 2025, 3, 1},
      {"%Y%m%d%H%M%S%f", "20250301091011123", true, 2025, 3, 1},
      {"%Y%j*", "202536512", true, 2025, 12, 31},
      {"%Y%m%d", "2025111", false, 0, 0, 0}, /* 11 January, or 1 November */
      {"%Y%m%d*", "2025-03-01", false, 0, 0, 0},
      {"%Y-%m-%d %z*", "2025-03-01 +01001", false, 0, 0, 0},
      {"%Y/%m/%d %p%I:%M",
       "2025/3/1 \xE4\xB8\x8B\xE5\x8D\x88"
       "9:10",
       true, 2025, 3, 1},
      {"%d.%m.%Y %I:%M %p", "1.3.2025 9:10 p.m.", true, 2025, 3, 1},
      {"%Y-%m-%d %I:%M %p", "2025-03-01 13:10 PM", false, 0, 0, 0},
      {"%Y-%m-%d %I:%M %p", "2025-03-01 0:10 AM", false, 0, 0, 0},
      {"%Y-%m-%d %I:%M %p", "2025-03-01 1:10 XM", false, 0, 0, 0},
      {"%Y-%m-%d %z", "2025-03-01 UTC", true, 2025, 3, 1},
      {"%Y-%m-%d %z", "2025-03-01 +0530", true, 2025, 3, 1},
      {"%Y-%m-%d %z", "2025-03-01 -8", true, 2025, 3, 1},
      {"%Y-%m-%d %z", "2025-03-01 +01:7", false, 0, 0, 0},
      {"%Y-%m-%d %z", "2025-03-01 +15", false, 0, 0, 0},
      {"%Y-%m-%d %z", "2025-03-01 CET", false, 0, 0, 0},
      {"%Y-%j", "2024-366", true, 2024, 12, 31},
      {"%Y-%j", "2024-060", true, 2024, 2, 29},
      {"%Y-%j", "2025-60", true, 2025, 3, 1},
      {"%Y-%j", "2025-366", false, 0, 0, 0},
      {"%Y-%j", "2025-0", false, 0, 0, 0},
      /* Serial numbers, by LibreOffice and by hand: the days since 1899-12-30 but for the first 59. */
      {"excel", "45748", true, 2025, 4, 1},
      {"excel", "43290.53487", true, 2018, 7, 9},
      {"excel", "45748,5", false, 0, 0, 0},
      {"excel", "45,748", false, 0, 0,
       0}, /* 1 April 2025 with a mark between thousands, not 14 February 1900 */
      {"excel", "1", true, 1900, 1, 1},
      {"excel", "59", true, 1900, 2, 28},
      {"excel", "60", false, 0, 0, 0},
      {"excel", "61", true, 1900, 3, 1},
      {"excel", "2958465", true, 9999, 12, 31},
      {"excel", "2958466", false, 0, 0, 0},
      {"excel", "0", false, 0, 0, 0},
      {"excel", "0.5", false, 0, 0, 0},
      {"excel", "-1", false, 0, 0, 0},
      {"excel", "45748.", false, 0, 0, 0},
      {"excel", "45748.5.1", false, 0, 0, 0},
      {"excel", "99999999", false, 0, 0, 0},
      {"excel", "2025-04-01", false, 0, 0, 0},
      {"excel", "", false, 0, 0, 0},
      {"excel1904", "0", true, 1904, 1, 1},
      {"excel1904", "60", true, 1904, 3, 1}, /* 1904 was a leap year: 31 + 29 days before it */
      {"excel1904", "44286", true, 2025, 4, 1},
      {"excel1904", "44286.25", true, 2025, 4, 1},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int64_t days = 0;
    assert_null(date_format_problem(cases[i].format));
    bool good = date_parse(cases[i].format, slice_of(cases[i].text), &days);
    if (good != cases[i].good) {
      fail_msg("'%s' by '%s': %d", cases[i].text, cases[i].format, good);
    }
    if (good) {
      int64_t expected;
      assert_true(date_from_civil(cases[i].year, cases[i].month, cases[i].day, &expected));
      assert_int_equal(days, expected);
    }
  }
}

static void formats_that_cannot_tell_a_day_are_refused(void **state) {
  (void)state;
  const char *bad[] = {"",   "%m-%d",    "%Y-%d",   "%Y %y", "%Y %b %m", "%Y%",      "%Y %j %m",
                       "%E", "%Y %H %I", "%Y * %m", "*",     "Excel",    "%Y %d %j", "excel*"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    assert_non_null(date_format_problem(bad[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_days_have_their_numbers),
      cmocka_unit_test(every_day_agrees_with_the_c_library_and_comes_back),
      cmocka_unit_test(days_that_do_not_exist_are_refused),
      cmocka_unit_test(formats_read_what_they_say_and_nothing_else),
      cmocka_unit_test(formats_that_cannot_tell_a_day_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
