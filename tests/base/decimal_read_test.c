/* Numbers of any length at any scale, against fractions that GMP makes of all their digits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "tests/base/rational.h"
#include "tests/check.h"
#include "tests/seeded.h"

typedef struct sample {
  const char *text;
  unsigned scale;
  decimal_reading reading;
  int64_t mantissa;
} sample;

/* Worked out by hand from the digits. */
static const sample samples[] = {
    {"0.0012345678901234567", 9, DECIMAL_ROUNDED, 1234568},
    {"4.53449843955693e-05", 9, DECIMAL_ROUNDED, 45345},
    {"4.53449843955693e-05", 19, DECIMAL_EXACT, 453449843955693},
    {"5.0000000000000000000", 0, DECIMAL_EXACT, 5},
    {"0.000", 0, DECIMAL_EXACT, 0},
    {"-0.0", 5, DECIMAL_EXACT, 0},
    {"0e999999999999999999999", 99, DECIMAL_EXACT, 0},
    {"1e400", 0, DECIMAL_OUTSIDE, 0},
    {"1e-400", 99, DECIMAL_ROUNDED, 0},
    {"-1e-400", 99, DECIMAL_ROUNDED, 0},
    {"1e-99", 99, DECIMAL_EXACT, 1},
    {"0.5", 0, DECIMAL_ROUNDED, 0},
    {"1.5", 0, DECIMAL_ROUNDED, 2},
    {"-2.5", 0, DECIMAL_ROUNDED, -2},
    {"2.5000000000000000000000000000000000001", 0, DECIMAL_ROUNDED, 3},
    {"-2.5000000000000000000000000000000000001", 0, DECIMAL_ROUNDED, -3},
    {"2.49999999999999999999999999999999999999", 0, DECIMAL_ROUNDED, 2},
    {"1234567890123456789.5", 0, DECIMAL_ROUNDED, 1234567890123456790},
    {"1234567890123456788.5", 0, DECIMAL_ROUNDED, 1234567890123456788},
    {"1234567890123456788.50000000000000000001", 0, DECIMAL_ROUNDED, 1234567890123456789},
    {"4611686018427387904", 0, DECIMAL_EXACT, 4611686018427387904},
    {"-4611686018427387904", 0, DECIMAL_EXACT, -4611686018427387904},
    {"4611686018427387904.5", 0, DECIMAL_ROUNDED, 4611686018427387904},
    {"4611686018427387904.51", 0, DECIMAL_OUTSIDE, 0},
    {"4611686018427387905", 0, DECIMAL_OUTSIDE, 0},
    {"9999999999999999999", 0, DECIMAL_OUTSIDE, 0},
    {"0.9999999999999999999999", 9, DECIMAL_ROUNDED, 1000000000},
    {"00000000000000000000000000000000000000012.5", 1, DECIMAL_EXACT, 125},
    {"10000000000000000000000000000000000000000e-40", 0, DECIMAL_EXACT, 1},
    {"0.0000000000000000000000000000000000000001e40", 0, DECIMAL_EXACT, 1},
    {"", 0, DECIMAL_NO_NUMBER, 0},
    {".", 0, DECIMAL_NO_NUMBER, 0},
    {"-", 0, DECIMAL_NO_NUMBER, 0},
    {"e5", 0, DECIMAL_NO_NUMBER, 0},
    {"1e", 0, DECIMAL_NO_NUMBER, 0},
    {"1.2.3", 0, DECIMAL_NO_NUMBER, 0},
    {"12345678901234567890123x", 0, DECIMAL_NO_NUMBER, 0},
    {"1,5", 0, DECIMAL_NO_NUMBER, 0},
};

static void long_numbers_are_read_as_they_are_written(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
    const sample *s = &samples[i];
    int64_t mantissa = 0;
    const decimal_reading reading = decimal_read(slice_of(s->text), '.', s->scale, &mantissa);
    if (reading != s->reading || mantissa != s->mantissa) {
      fail_msg("\"%s\" at %u gave %d, %lld", s->text, s->scale, (int)reading, (long long)mantissa);
    }
  }
  int64_t mantissa = 0;
  assert_int_equal(decimal_read(slice_of("0,00123456789012345678"), ',', 4, &mantissa), DECIMAL_ROUNDED);
  assert_int_equal(mantissa, 12);
}

/* A random number as text, and what it is as a fraction. */
static void random_number(seeded *r, char *text, mpq_t value) {
  const size_t whole = seeded_below(r, 24);
  const size_t fraction = seeded_below(r, 40) + (whole == 0);
  const bool sparse = seeded_below(r, 2) == 0; /* long runs of zeros and nines, and ties */
  const bool negative = seeded_below(r, 3) == 0;
  char digits[80];
  for (size_t i = 0; i < whole + fraction; i++) {
    const char *few = "000000990005";
    digits[i] = sparse ? few[seeded_below(r, 12)] : (char)('0' + seeded_below(r, 10));
  }
  digits[whole + fraction] = '\0';
  const bool has_exponent = seeded_below(r, 3) == 0;
  const int exponent = has_exponent ? (int)seeded_below(r, 90) - 60 : 0;
  int at = snprintf(text, 128, "%s%.*s.%s", negative ? "-" : "", (int)whole, digits, digits + whole);
  if (has_exponent) {
    snprintf(text + at, (size_t)(128 - at), "e%d", exponent);
  }
  mpz_set_str(mpq_numref(value), digits, 10);
  mpz_set_ui(mpq_denref(value), 1);
  rational_shift(value, exponent - (long)fraction);
  if (negative) {
    mpq_neg(value, value);
  }
}

static void any_scale_rounds_half_to_even_over_all_digits(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t value;
  mpz_t expected, most;
  mpq_init(value);
  mpz_inits(expected, most, NULL);
  mpz_ui_pow_ui(most, 2, 62);
  size_t seen[DECIMAL_OUTSIDE + 1] = {0};
  for (int i = 0; i < 300000; i++) {
    char text[128];
    random_number(&r, text, value);
    const unsigned scale = (unsigned)seeded_below(&r, i % 2 == 0 ? 30 : DECIMAL_READ_SCALE_MAX + 1);
    rational_shift(value, scale);
    rational_round(expected, value, 0);
    const decimal_reading should = mpz_cmpabs(expected, most) > 0          ? DECIMAL_OUTSIDE
                                   : mpz_cmp_ui(mpq_denref(value), 1) == 0 ? DECIMAL_EXACT
                                                                           : DECIMAL_ROUNDED;
    int64_t mantissa = 0;
    const decimal_reading got = decimal_read(slice_of(text), '.', scale, &mantissa);
    if (got != should || (got != DECIMAL_OUTSIDE && mpz_cmp_si(expected, mantissa) != 0)) {
      fail_msg("seed %llu: \"%s\" at %u gave %d, %lld", (unsigned long long)seeded_seed(), text, scale,
               (int)got, (long long)mantissa);
    }
    seen[got]++;
  }
  assert_true(seen[DECIMAL_EXACT] > 10000 && seen[DECIMAL_ROUNDED] > 10000 && seen[DECIMAL_OUTSIDE] > 10000);
  mpq_clear(value);
  mpz_clears(expected, most, NULL);
}

static void set_magnitude(mpq_t out, decimal_magnitude m) {
  mpq_set_ui(out, m.mantissa, 1);
  rational_shift(out, m.exponent);
}

static void a_magnitude_is_the_number_or_the_least_above_it_with_19_digits(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t value, bound, excess;
  mpq_inits(value, bound, excess, NULL);
  mpz_t whole, most;
  mpz_inits(whole, most, NULL);
  mpz_ui_pow_ui(most, 2, 62);
  int measured = 0;
  for (int i = 0; i < 100000; i++) {
    char text[128];
    random_number(&r, text, value);
    uint8_t decimals;
    decimal_magnitude size;
    const bool is_measured = decimal_measure(slice_of(text), '.', &decimals, &size);
    rational_round(whole, value, 0);
    assert_int_equal(is_measured, mpz_cmpabs(whole, most) <= 0);
    if (!is_measured) {
      continue;
    }
    measured++;
    mpq_abs(value, value);
    set_magnitude(bound, size);
    mpq_sub(excess, bound, value);
    assert_true(decimal_magnitude_valid(size));
    /* Above by less than one of the 19th digit. */
    mpz_mul_ui(mpq_numref(excess), mpq_numref(excess), 1000000000000000000);
    mpq_canonicalize(excess);
    if (mpq_sgn(excess) < 0 || mpq_cmp(excess, value) > 0) {
      fail_msg("seed %llu: \"%s\" gave %llu, %d", (unsigned long long)seeded_seed(), text,
               (unsigned long long)size.mantissa, size.exponent);
    }
  }
  assert_true(measured > 50000);
  mpq_clears(value, bound, excess, NULL);
  mpz_clears(whole, most, NULL);
}

static void texts_of_any_length_are_equal_by_value(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t x, y;
  mpq_inits(x, y, NULL);
  int equal = 0;
  for (int i = 0; i < 100000; i++) {
    char a[160];
    char b[160];
    random_number(&r, a, x);
    random_number(&r, b, y);
    if (i % 2 == 0) { /* the same number, written another way: zeros in front and behind, a shifted mark */
      const char *digits = a + (a[0] == '-');
      const char *exponent = strchr(digits, 'e');
      const size_t whole = strcspn(digits, ".");
      const size_t fraction =
          exponent != NULL ? (size_t)(exponent - digits) - whole - 1 : strlen(digits) - whole - 1;
      snprintf(b, sizeof b, "%s00%.*s%.*s.00e%d", a[0] == '-' ? "-" : "", (int)whole, digits, (int)fraction,
               digits + whole + 1, (exponent != NULL ? atoi(exponent + 1) : 0) - (int)fraction);
      mpq_set(y, x);
    }
    const bool should = mpq_equal(x, y) != 0;
    if (decimal_equal_texts(slice_of(a), '.', slice_of(b), '.') != should) {
      fail_msg("seed %llu: \"%s\" and \"%s\"", (unsigned long long)seeded_seed(), a, b);
    }
    equal += should;
  }
  assert_true(equal >= 50000 && equal < 60000);
  mpq_clears(x, y, NULL);
  assert_true(decimal_equal_texts(slice_of("0,5"), ',', slice_of("5e-1"), '.'));
  assert_true(decimal_equal_texts(slice_of("-0"), '.', slice_of("0e7"), '.'));
  assert_false(decimal_equal_texts(slice_of("12345678901234567890123"), '.',
                                   slice_of("12345678901234567890124"), '.'));
  assert_false(decimal_equal_texts(slice_of("x"), '.', slice_of("x"), '.'));
}

static decimal_magnitude random_magnitude(seeded *r) {
  return decimal_magnitude_of(seeded_bits(r, 62), (unsigned)seeded_below(r, 120));
}

static void magnitudes_compare_by_value(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t x, y;
  mpq_inits(x, y, NULL);
  for (int i = 0; i < 50000; i++) {
    const decimal_magnitude a = random_magnitude(&r);
    const decimal_magnitude b = i % 4 == 0
                                    ? decimal_magnitude_of(a.mantissa + 1, (unsigned)(-a.exponent & 63))
                                    : random_magnitude(&r);
    set_magnitude(x, a);
    set_magnitude(y, b);
    const int order = mpq_cmp(x, y);
    const int got = decimal_magnitude_compare(a, b);
    assert_int_equal((got > 0) - (got < 0), (order > 0) - (order < 0));
    const decimal_magnitude most = decimal_magnitude_max(a, b);
    assert_int_equal(decimal_magnitude_compare(most, order > 0 ? a : b), 0);
  }
  mpq_clears(x, y, NULL);
}

static void the_scale_is_the_largest_at_which_the_number_takes_no_more_units(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  mpq_t value;
  mpq_init(value);
  for (int i = 0; i < 50000; i++) {
    const decimal_magnitude m = random_magnitude(&r);
    const int64_t limit = 1 + (int64_t)seeded_bits(&r, 62);
    const unsigned scale = decimal_magnitude_scale(m, limit);
    set_magnitude(value, m);
    rational_shift(value, scale);
    assert_true(scale == 0 || mpq_cmp_si(value, limit, 1) <= 0);
    rational_shift(value, 1);
    assert_true(scale == DECIMAL_READ_SCALE_MAX || mpq_cmp_si(value, limit, 1) > 0);
  }
  mpq_clear(value);
}

static void measures_of_texts_are_what_they_show(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint8_t decimals;
    unsigned whole_digits;
    decimal_magnitude size;
  } cases[] = {
      {"4.53449843955693e-05", 19, 0, {453449843955693, -19}},
      {"-1073.741824", 6, 4, {1073741824, -6}},
      {"1500", 0, 4, {15, 2}},
      {"1.50", 2, 1, {15, -1}},
      {"0.000", 3, 0, {0, 0}},
      {"0.999", 3, 0, {999, -3}},
      {"1e18", 0, 19, {1, 18}},
      {"4611686018427387904", 0, 19, {4611686018427387904, 0}},
      {"1e-400", 255, 0, {1, DECIMAL_MAGNITUDE_EXPONENT_MIN}},
      {"0.12345678901234567891", 20, 0, {123456789012345679, -18}},
      {"9.99999999999999999999", 20, 2, {1, 1}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint8_t decimals;
    decimal_magnitude size;
    assert_true(decimal_measure(slice_of(cases[i].text), '.', &decimals, &size));
    if (size.mantissa != cases[i].size.mantissa || size.exponent != cases[i].size.exponent) {
      fail_msg("\"%s\" gave %llu, %d", cases[i].text, (unsigned long long)size.mantissa, size.exponent);
    }
    assert_int_equal(decimals, cases[i].decimals);
    assert_int_equal(decimal_magnitude_whole_digits(size), cases[i].whole_digits);
  }
  uint8_t decimals;
  decimal_magnitude size;
  assert_false(decimal_measure(slice_of("1e400"), '.', &decimals, &size));
  assert_false(decimal_measure(slice_of("n/a"), '.', &decimals, &size));
}

static void magnitudes_are_written_without_exponents(void **state) {
  (void)state;
  static const struct {
    decimal_magnitude m;
    const char *text;
  } cases[] = {{{0, 0}, "0"},
               {{15, -1}, "1.5"},
               {{5, -3}, "0.005"},
               {{12, 3}, "12000"},
               {{1234567890123456789, -9}, "1234567890.123456789"},
               {{4, 18}, "4000000000000000000"}};
  char text[DECIMAL_MAGNITUDE_TEXT_BYTES];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_int_equal(decimal_magnitude_format(cases[i].m, text), strlen(cases[i].text));
    assert_string_equal(text, cases[i].text);
  }
  const decimal_magnitude least = {UINT64_MAX, DECIMAL_MAGNITUDE_EXPONENT_MIN};
  assert_int_equal(decimal_magnitude_format(least, text), 2 - DECIMAL_MAGNITUDE_EXPONENT_MIN);
}

/* Whatever is at most 19 digits below 2^63 at no more than 99 decimals has a mantissa; zeros that end it are
 * taken off. */
static void long_numbers_have_a_mantissa_at_some_scale(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool has;
    decimal number;
  } cases[] = {
      {"4.53449843955693e-05", true, {453449843955693, 19}},
      {"-0.0012345678901234567", true, {-12345678901234567, 19}},
      {"1.2300e-40", true, {123, 42}},
      {"1e-99", true, {1, 99}},
      {"10e-100", true, {1, 99}},
      {"1e-100", false, {0, 0}},
      {"0.00009223372036854775807", true, {INT64_MAX, 23}},
      {"0.00009223372036854775808", false, {0, 0}},
      {"-0.00009223372036854775808", false, {0, 0}},
      {"0.1234567890123456789012345678901234567890", false, {0, 0}},
      {"2.50000000000000000000000000000000000000", true, {25, 1}},
      {"1e400", false, {0, 0}},
      {"1.5", true, {15, 1}},
      {"n/a", false, {0, 0}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    decimal d = {0, 0};
    const bool has = decimal_parse_scaled(slice_of(cases[i].text), '.', &d);
    d = decimal_normalise(d);
    if (has != cases[i].has ||
        (has && (d.mantissa != cases[i].number.mantissa || d.scale != cases[i].number.scale))) {
      fail_msg("\"%s\" gave %d, %lld, %u", cases[i].text, has, (long long)d.mantissa, d.scale);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(long_numbers_are_read_as_they_are_written),
      cmocka_unit_test(any_scale_rounds_half_to_even_over_all_digits),
      cmocka_unit_test(a_magnitude_is_the_number_or_the_least_above_it_with_19_digits),
      cmocka_unit_test(texts_of_any_length_are_equal_by_value),
      cmocka_unit_test(magnitudes_compare_by_value),
      cmocka_unit_test(long_numbers_have_a_mantissa_at_some_scale),
      cmocka_unit_test(the_scale_is_the_largest_at_which_the_number_takes_no_more_units),
      cmocka_unit_test(magnitudes_are_written_without_exponents),
      cmocka_unit_test(measures_of_texts_are_what_they_show),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
