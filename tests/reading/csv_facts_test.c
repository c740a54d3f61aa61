/* What reading says of the numbers in a column: the most decimals and the largest magnitude, the same
 * however the file is cut and however shards keep the cells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/reading/csv_reading.h"
#include "tests/seeded.h"

static const reading_hint hints[] = {READING_HINT_TEXT_CODES, READING_HINT_NUMBER, READING_HINT_TEXT};

static void assert_facts(const manifest_column *got, uint8_t decimals, decimal_magnitude largest) {
  assert_true(got->largest_known);
  if (got->decimals_max != decimals || decimal_magnitude_compare(got->largest, largest) != 0) {
    fail_msg("%u decimals, largest %llu * 10^%d instead of %u, %llu * 10^%d", got->decimals_max,
             (unsigned long long)got->largest.mantissa, got->largest.exponent, decimals,
             (unsigned long long)largest.mantissa, largest.exponent);
  }
}

/* Worked out by hand.  FILLER plain whole numbers below 300 make the column one of decimals. */
static void facts_are_those_of_all_numbers_that_can_be_used(void **state) {
  (void)state;
  static const struct {
    const char *cells[4];
    uint8_t decimals;
    decimal_magnitude largest;
  } cases[] = {
      {{"1", "n/a", "", "2.50"}, 2, {299, 0}},
      {{"0.0012345678901234567", "4.53449843955693e-05", "", ""}, 19, {299, 0}},
      {{"1e400", "-99999999999999999999999.125", "9223372036854775807", "x"}, 0, {299, 0}},
      {{"4611686018427387904", "4611686018427387905", "-1.5", ""}, 1, {4611686018427387904, 0}},
      {{"-1073.741824", "1e-400", "", ""}, 255, {1073741824, -6}},
      {{"5.0000000000000000000", "\"1234,5\"", "", ""}, 19, {299, 0}},
      {{"\"12345678901234567.25\"", "0e-30", "", ""}, 30, {1234567890123456725, -2}},
      {{"0.00", "1E3", " 2e+3 ", ""}, 2, {2, 3}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf text;
    buf_init(&text);
    buf_printf(&text, "x,y\n");
    for (int k = 0; k < 600; k++) {
      buf_printf(&text, "%d,\n", k % 300);
      if (k % 200 == 100 && k / 200 < 3) {
        buf_printf(&text, "%s,\n", cases[i].cells[k / 200]);
      }
    }
    buf_printf(&text, "%s,\n", cases[i].cells[3]);
    for (size_t h = 0; h < 3; h++) {
      const reading_column column = {"x", hints[h], false};
      const reading_options options = {.columns = &column, .columns_count = 1, .threads = 1};
      dataset d = read_text(&options, text.data, text.length);
      assert_facts(&d.facts->columns[0], cases[i].decimals, cases[i].largest);
      drop_dataset(&d);
    }
    buf_fini(&text);
  }
}

static void put_random_cell(buf *text, seeded *r, uint8_t *decimals, decimal_magnitude *largest) {
  static const char *const others[] = {"", "n/a", "1e300", "-", "7e19", "0.0"};
  char cell[64];
  const unsigned digits = 1 + (unsigned)seeded_below(r, 25);
  int at = snprintf(cell, sizeof cell, "%s", seeded_below(r, 3) == 0 ? "-" : "");
  const unsigned mark = (unsigned)seeded_below(r, digits + 4);
  for (unsigned i = 0; i < digits; i++) {
    at += snprintf(cell + at, sizeof cell - (size_t)at, "%s%u", i == mark ? "." : "",
                   (unsigned)seeded_below(r, 2) == 0 ? 0 : (unsigned)seeded_below(r, 10));
  }
  if (seeded_below(r, 6) == 0) {
    snprintf(cell + at, sizeof cell - (size_t)at, "e%d", (int)seeded_below(r, 40) - 30);
  }
  const char *shown = seeded_below(r, 12) == 0 ? others[seeded_below(r, 6)] : cell;
  buf_printf(text, seeded_below(r, 5) == 0 ? "\"%s\",\n" : "%s,\n", shown);
  uint8_t has;
  decimal_magnitude size;
  if (decimal_measure(slice_of(shown), '.', &has, &size)) {
    *decimals = has > *decimals ? has : *decimals;
    *largest = decimal_magnitude_max(*largest, size);
  }
}

static void facts_do_not_depend_on_cuts_threads_or_encodings(void **state) {
  (void)state;
  static const uint32_t cuts[] = {1, 7, 256, 400, 5000};
  seeded r = {seeded_seed()};
  for (int i = 0; i < 12; i++) {
    buf text;
    buf_init(&text);
    buf_printf(&text, "x,y\n");
    uint8_t decimals = 0;
    decimal_magnitude largest = {0, 0};
    const uint64_t rows = 1 + seeded_below(&r, 1500);
    for (uint64_t k = 0; k < rows; k++) {
      put_random_cell(&text, &r, &decimals, &largest);
    }
    for (size_t h = 0; h < 3; h++) {
      for (size_t c = 0; c < sizeof cuts / sizeof cuts[0]; c++) {
        const reading_column column = {"x", hints[h], false};
        const reading_options options = {
            .columns = &column, .columns_count = 1, .threads = 1 + (unsigned)c % 3, .shard_rows = cuts[c]};
        dataset d = read_text(&options, text.data, text.length);
        assert_facts(&d.facts->columns[0], decimals, largest);
        drop_dataset(&d);
      }
    }
    buf_fini(&text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(facts_are_those_of_all_numbers_that_can_be_used),
      cmocka_unit_test(facts_do_not_depend_on_cuts_threads_or_encodings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
