/* Numbers and dates as files write them (base/decimal.h, stats/program/date.h), and endpoints as people do
 * (proto/endpoint.h).  The first byte is the scale and the format. */
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "proto/endpoint.h"
#include "proto/keys.h"
#include "stats/program/date.h"
#include "tests/fuzz/fuzz.h"

static void check_decimal(slice text, char mark, unsigned scale) {
  decimal d, scaled;
  decimal_digits digits;
  const decimal_length kind = decimal_parse_any(text, mark, &d, &digits);
  fuzz_require(decimal_parse(text, mark, &d) == (kind == DECIMAL_SHORT), "both ways of parsing agree");
  int64_t mantissa = 0, other = 0;
  const decimal_reading reading = decimal_read(text, mark, scale, &mantissa);
  fuzz_require((reading == DECIMAL_NO_NUMBER) == (kind == DECIMAL_NONE), "both know what a number is");
  uint8_t decimals = 0;
  decimal_magnitude size;
  if (decimal_measure(text, mark, &decimals, &size)) {
    fuzz_require(decimal_magnitude_valid(size), "a size is in its only form");
  }
  if (kind != DECIMAL_SHORT) {
    return;
  }
  /* What fits is read the same by value, and its text is the same number. */
  bool inexact = false;
  if (scale <= DECIMAL_SCALE_MAX && decimal_rescale(d, scale, &other, &inexact) &&
      reading != DECIMAL_OUTSIDE) {
    fuzz_require(mantissa == other && inexact == (reading == DECIMAL_ROUNDED), "rounding has one rule");
  }
  char shown[DECIMAL_SCALED_TEXT_BYTES];
  const decimal normal = decimal_normalise(d);
  const int length = decimal_format(normal, shown);
  const slice again = {shown, (size_t)length};
  fuzz_require(decimal_parse(again, '.', &scaled) && decimal_compare(scaled, normal) == 0,
               "a number's text is that number");
  fuzz_require(decimal_equal_texts(text, mark, again, '.'), "a number equals its text");
}

static void check_date(slice text, unsigned which) {
  static const char *const formats[] = {
      "%Y-%m-%d", "%d.%m.%y", "%m/%d/%Y %H:%M", "%d %b %Y", "%Y%%%m", "%Y/%m/%d %I:%M:%S.%f %p%z",
      "%Y-%j",    "excel",    "excel1904",      "%Y/%m/%d*"};
  enum { FORMATS = sizeof formats / sizeof formats[0] };
  int64_t days = 0, year = 0, month = 0, day = 0, back = 0;
  if (date_parse(formats[which % FORMATS], text, &days)) {
    fuzz_require(days >= -DATE_DAYS_MAX && days <= DATE_DAYS_MAX, "a day is in the calendar");
    date_to_civil(days, &year, &month, &day);
    fuzz_require(date_from_civil(year, month, day, &back) && back == days, "a day has one date");
  }
}

static void check_texts(slice text) {
  char *terminated = slice_copy(text);
  fuzz_require(terminated != NULL, "there is memory");
  error err = {STATUS_OK, ""};
  const status st = endpoint_check(terminated, ENDPOINT_LISTEN, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_USAGE, "an endpoint that is none is a matter of usage");
    fuzz_require(err.message[0] != '\0', "a failure has a message"); /* with the endpoint as it was typed */
    fuzz_require(endpoint_check(terminated, ENDPOINT_CONNECT, &err) != STATUS_OK,
                 "who connects may do no more than who listens");
  }
  (void)endpoint_is_exposed(terminated);
  (void)endpoint_is_ipv6(terminated);
  (void)date_format_problem(terminated);
  free(terminated);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length == 0) {
    return 0;
  }
  const slice text = {(const char *)bytes + 1, length - 1};
  const unsigned first = bytes[0];
  check_decimal(text, first & 1 ? ',' : '.', (first >> 1) % (DECIMAL_READ_SCALE_MAX + 1));
  check_date(text, first);
  check_texts(text);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  static const char *const texts[] = {
      "\0040",
      "\0041.50",
      "\006-0.5",
      "\002+3",
      "\000.5",
      "\0105.",
      "\0201e3",
      "\0041.5E-3",
      "\0051,25",
      "\0459223372036854775807",
      "\044-9223372036854775808",
      "\004123456789012345678901234567890.5",
      "\0041e-99",
      "\0041e99",
      "\0040.00000000000000000000000000000000000001",
      "\0044.5e00000000000000001",
      "\0012025-07-31",
      "\00131.12.99",
      "\0022/29/2024 23:59",
      "\0033 Jan 2025",
      "\0049999%12",
      "\001tcp://127.0.0.1:5555",
      "\001tcp://[::1]:*",
      "\001ipc:///run/canvass/broker",
      "\001tcp://host:0",
      "\001%Y-%m-%d",
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    fuzz_corpus_add(out, texts[i], 1 + strlen(texts[i] + 1));
  }
}
