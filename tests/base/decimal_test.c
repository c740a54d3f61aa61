/* Decimal numbers against a slow oracle: GMP fractions made digit by digit. */
#include "base/decimal.h"

#include <stdio.h>
#include <string.h>

#include "tests/base/rational.h"
#include "tests/check.h"
#include "tests/seeded.h"

typedef struct sample {
  const char *text;
  int64_t mantissa;
  int scale; /* -1: refused */
} sample;

static const sample samples[] = {
    {"12", 12, 0},
    {"-0.5", -5, 1},
    {"+3", 3, 0},
    {".5", 5, 1},
    {"5.", 5, 0},
    {"1e3", 1000, 0},
    {"1.5E-3", 15, 4},
    {"1.50", 150, 2},
    {"0.00", 0, 2},
    {"-0", 0, 0},
    {"007", 7, 0},
    {"1.5e1", 15, 0},
    {"1.500e1", 1500, 2},
    {"9223372036854775807", INT64_MAX, 0},
    {"-9223372036854775808", INT64_MIN, 0},
    {"9223372036854775808", 0, -1},
    {"-9223372036854775809", 0, -1},
    {"9.223372036854775807", INT64_MAX, 18},
    {"0.9223372036854775807", 0, -1},
    {"1000000000000000000", 1000000000000000000, 0},
    {"10000000000000000000", 0, -1},
    {"0.0000000000000000005", 0, -1},
    {"0.000000000000000005", 5, 18},
    {"5e-18", 5, 18},
    {"5e-19", 0, -1},
    {"50e-19", 5, 18},
    {"1e18", 1000000000000000000, 0},
    {"1e19", 0, -1},
    {"0e99999999999999999999", 0, 0},
    {"0e-99999999999999999999", 0, 18},
    {"1e-99999999999999999999", 0, -1},
    {"1e99999999999999999999", 0, -1},
    {"00000000000000000000000000000012.5", 125, 1},
    {"12.50000000000000000000000000000", 1250000000000000000, 17},
    {"0.00000000000000000000000000000", 0, 18},
    {"10000000000000000000000000000000000000000e-40", 1000000000000000000, 18},
    {"", 0, -1},
    {"-", 0, -1},
    {"+", 0, -1},
    {".", 0, -1},
    {"-.", 0, -1},
    {"e5", 0, -1},
    {".e5", 0, -1},
    {"1e", 0, -1},
    {"1e+", 0, -1},
    {"1e5.0", 0, -1},
    {"1.2.3", 0, -1},
    {"1,5", 0, -1},
    {"1 000", 0, -1},
    {" 1", 0, -1},
    {"1 ", 0, -1},
    {"--1", 0, -1},
    {"+-1", 0, -1},
    {"0x10", 0, -1},
    {"nan", 0, -1},
    {"inf", 0, -1},
    {"1e5e5", 0, -1},
    {"\xef\xbc\x91", 0, -1},
};

static void written_forms_keep_their_decimals(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
    decimal d = {0};
    const bool is_number = decimal_parse(slice_of(samples[i].text), '.', &d);
    if (is_number != (samples[i].scale >= 0) ||
        (is_number && (d.mantissa != samples[i].mantissa || d.scale != samples[i].scale))) {
      fail_msg("\"%s\" gave %d, %lld, %u", samples[i].text, is_number, (long long)d.mantissa, d.scale);
    }
  }
  decimal d;
  assert_true(decimal_parse(slice_of("-1,25"), ',', &d));
  assert_int_equal(d.mantissa, -125);
  assert_int_equal(d.scale, 2);
  assert_false(decimal_parse(slice_of("1.25"), ',', &d));
}

/* Grammar and value, digit by digit, as a fraction; false as well when the value is far out of range. */
static bool oracle(const char *text, char mark, mpq_t value) {
  const char *at = text;
  const bool negative = *at == '-';
  at += *at == '-' || *at == '+';
  mpz_t digits;
  mpz_init(digits);
  long fraction = 0;
  int count = 0;
  bool marked = false;
  for (; (*at >= '0' && *at <= '9') || (*at == mark && !marked); at++) {
    if (*at == mark) {
      marked = true;
      continue;
    }
    mpz_mul_ui(digits, digits, 10);
    mpz_add_ui(digits, digits, (unsigned long)(*at - '0'));
    count++;
    fraction += marked;
  }
  long exponent = 0;
  bool good = count > 0;
  if (*at == 'e' || *at == 'E') {
    int used = 0;
    const char *number = at + 1;
    good = good && number[strspn(number, "+-0123456789")] == '\0' && strspn(number, "+-") <= 1 &&
           sscanf(number, "%ld%n", &exponent, &used) == 1 && number[used] == '\0';
  } else {
    good = good && *at == '\0';
  }
  if (good && mpz_sgn(digits) != 0 && labs(exponent) > 100) {
    good = false; /* 30 digits cannot bring it back into range */
  } else if (good && mpz_sgn(digits) == 0) {
    mpq_set_ui(value, 0, 1);
  } else if (good) {
    mpz_set(mpq_numref(value), digits);
    mpz_set_ui(mpq_denref(value), 1);
    rational_shift(value, exponent - fraction);
    if (negative) {
      mpq_neg(value, value);
    }
  }
  mpz_clear(digits);
  return good;
}

static void set_decimal(mpq_t out, decimal d) {
  rational_set(out, d.mantissa, d.scale);
}

/* Whether the value has a form mantissa * 10^-scale within the limits. */
static bool representable(const mpq_t value) {
  mpz_t scaled;
  mpz_init(scaled);
  mpz_ui_pow_ui(scaled, 10, DECIMAL_SCALE_MAX);
  bool fits = mpz_divisible_p(scaled, mpq_denref(value)) != 0;
  if (fits) {
    mpq_t shifted;
    mpq_init(shifted);
    fits = false;
    for (unsigned s = 0; s <= DECIMAL_SCALE_MAX && !fits; s++) {
      mpz_ui_pow_ui(mpq_numref(shifted), 10, s);
      mpz_set_ui(mpq_denref(shifted), 1);
      mpq_mul(shifted, shifted, value);
      fits = mpz_cmp_ui(mpq_denref(shifted), 1) == 0 && mpz_fits_slong_p(mpq_numref(shifted)) != 0;
    }
    mpq_clear(shifted);
  }
  mpz_clear(scaled);
  return fits;
}

static void parsing_agrees_with_the_oracle(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t expected, got;
  mpq_inits(expected, got, NULL);
  int numbers = 0;
  for (int i = 0; i < 300000; i++) {
    static const char letters[] = "0123456789000999..ee+-,x";
    char text[40];
    size_t length = 0;
    const size_t wanted = seeded_below(&r, i % 2 == 0 ? 8 : 30);
    const size_t alphabet = i % 3 == 0 ? sizeof letters - 1 : 17;
    while (length < wanted) {
      text[length++] = letters[seeded_below(&r, alphabet)];
    }
    if (seeded_below(&r, 4) == 0) {
      length += (size_t)snprintf(text + length, 8, "e%d", (int)seeded_below(&r, 50) - 25);
    }
    text[length] = '\0';
    decimal d = {0};
    const bool is_number = decimal_parse((slice){text, length}, '.', &d);
    const bool should = oracle(text, '.', expected) && representable(expected);
    if (is_number) {
      set_decimal(got, d);
    }
    if (is_number != should || (is_number && (mpq_cmp(got, expected) != 0 || d.scale > DECIMAL_SCALE_MAX))) {
      fail_msg("seed %llu: \"%s\" gave %d, %lld, %u", (unsigned long long)seeded_seed(), text, is_number,
               (long long)d.mantissa, d.scale);
    }
    numbers += is_number;
  }
  assert_true(numbers > 50000);
  mpq_clears(expected, got, NULL);
}

static decimal random_decimal(seeded *r) {
  const int64_t mantissa = (int64_t)seeded_bits(r, 64);
  const unsigned scales = seeded_below(r, 3) == 0 ? DECIMAL_READ_SCALE_MAX + 1 : DECIMAL_SCALE_MAX + 1;
  return (decimal){seeded_below(r, 2) == 0 ? mantissa : (int64_t)(0 - (uint64_t)mantissa),
                   (uint8_t)seeded_below(r, scales)};
}

static void rescaling_rounds_half_to_even(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t value;
  mpz_t expected;
  mpq_init(value);
  mpz_init(expected);
  for (int i = 0; i < 50000; i++) {
    decimal d = random_decimal(&r);
    if (i % 3 == 0) {
      d.scale %= DECIMAL_SCALE_MAX + 1;
      d.mantissa = ((int64_t)seeded_below(&r, 2001) - 1000) * decimal_power10(d.scale / 2) * 5;
      d.scale = (uint8_t)(d.scale / 2 + 1);
    }
    const unsigned near = d.scale + (unsigned)seeded_below(&r, 40);
    const unsigned scale = i % 2 == 0 || near < 20 ? (unsigned)seeded_below(&r, DECIMAL_SCALE_MAX + 1)
                                                   : (near - 20) % (DECIMAL_READ_SCALE_MAX + 1);
    set_decimal(value, d);
    rational_shift(value, scale);
    rational_round(expected, value, 0);
    int64_t mantissa = 0;
    bool inexact = false;
    const bool fits = decimal_rescale(d, scale, &mantissa, &inexact);
    assert_int_equal(fits, mpz_fits_slong_p(expected) != 0);
    if (fits) {
      assert_int_equal(mpz_cmp_si(expected, mantissa), 0);
      assert_int_equal(inexact, mpz_cmp_ui(mpq_denref(value), 1) != 0);
    }
  }
  mpq_clear(value);
  mpz_clear(expected);
}

static void comparison_is_by_value(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t x, y;
  mpq_inits(x, y, NULL);
  for (int i = 0; i < 20000; i++) {
    const decimal a = random_decimal(&r);
    decimal b = random_decimal(&r);
    b.mantissa = i % 3 == 0 ? a.mantissa : b.mantissa >> seeded_below(&r, 64);
    set_decimal(x, a);
    set_decimal(y, b);
    const int order = mpq_cmp(x, y);
    assert_int_equal(decimal_compare(a, b), (order > 0) - (order < 0));
    assert_int_equal(decimal_compare(a, decimal_normalise(a)), 0);
  }
  assert_int_equal(decimal_compare((decimal){150, 2}, (decimal){15, 1}), 0);
  mpq_clears(x, y, NULL);
}

static void formatted_text_reads_back(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < 50000; i++) {
    const decimal d = decimal_normalise(random_decimal(&r));
    char text[DECIMAL_SCALED_TEXT_BYTES];
    const int length = decimal_format(d, text);
    assert_int_equal(length, strlen(text));
    assert_true(d.scale > DECIMAL_SCALE_MAX || length < DECIMAL_TEXT_BYTES);
    decimal back = {0};
    assert_true(decimal_parse_scaled(slice_of(text), '.', &back));
    if (back.mantissa != d.mantissa || back.scale != d.scale) {
      fail_msg("%lld, %u gave \"%s\"", (long long)d.mantissa, d.scale, text);
    }
  }
  char text[32];
  decimal_format((decimal){INT64_MIN, 18}, text);
  assert_string_equal(text, "-9.223372036854775808");
  decimal_format((decimal){-5, 3}, text);
  assert_string_equal(text, "-0.005");
  decimal_format((decimal){0, 0}, text);
  assert_string_equal(text, "0");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(written_forms_keep_their_decimals), cmocka_unit_test(parsing_agrees_with_the_oracle),
      cmocka_unit_test(rescaling_rounds_half_to_even),     cmocka_unit_test(comparison_is_by_value),
      cmocka_unit_test(formatted_text_reads_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
