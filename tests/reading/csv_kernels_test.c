/* Every SIMD form against the portable one, bit for bit, and the number reader against decimal_parse. */
#include "tests/reading/csv_reading.h"
#include "tests/seeded.h"

#include "reading/csv/kernels.h"
#include "reading/csv/piece.h"
#include "reading/number.h"

enum { CASES = SEEDED_CASES(3000), BYTES_MAX = 1500 };

/* Text whose characters are mostly drawn from a few that matter; how many is drawn too. */
static size_t fill(seeded *random, uint8_t *text) {
  static const char alphabet[] = "abc,\n;\"\r\",\n 12,\n";
  const size_t length = seeded_next(random) % BYTES_MAX;
  const unsigned few = 5 + (unsigned)(seeded_next(random) % (sizeof alphabet - 5));
  for (size_t i = 0; i < length; i++) {
    text[i] = (uint8_t)alphabet[seeded_next(random) % few];
  }
  return length;
}

/* Such a text, with a newline at its end and others around it; valid until the next call. */
static const uint8_t *draw_lines(seeded *random, size_t *length) {
  static uint8_t memory[BYTES_MAX + 4 * CSV_MARGIN];
  uint8_t *text = memory + CSV_MARGIN;
  memset(memory, '\n', sizeof memory);
  *length = fill(random, text) + 1;
  text[*length - 1] = '\n';
  return text;
}

typedef struct arrays {
  uint32_t ends[BYTES_MAX + 128], row_ends[BYTES_MAX + 128], inner[BYTES_MAX + 128], wrong[BYTES_MAX + 128];
  uint8_t briefs[BYTES_MAX + 128];
} arrays;

static csv_index index_with(const csv_kernels *k, arrays *a, const uint8_t *text, size_t cut, size_t length) {
  csv_index x = {.delimiter = ',', .ends = a->ends, .briefs = a->briefs, .row_ends = a->row_ends};
  x.inner = a->inner;
  x.wrong = a->wrong;
  csv_index_start(&x);
  k->index(&x, text, 0, cut);
  k->index(&x, text, cut, length);
  return x;
}

static void every_form_indexes_alike(void **state) {
  (void)state;
  static arrays a, b;
  for (uint64_t seed = 1; seed <= CASES; seed++) {
    seeded random = {seed};
    size_t length = 0;
    const uint8_t *text = draw_lines(&random, &length);
    const size_t cut = seeded_next(&random) % (length / 64 + 1) * 64;
    const csv_index x = index_with(&csv_kernels_portable, &a, text, cut, length);
    for (size_t i = 0; csv_kernels_at(i) != NULL; i++) {
      const csv_index y = index_with(csv_kernels_at(i), &b, text, cut, length);
      if (x.count != y.count || x.rows_count != y.rows_count || x.inner_count != y.inner_count ||
          x.wrong_count != y.wrong_count || x.unfit != y.unfit ||
          memcmp(a.ends, b.ends, x.count * sizeof *a.ends) != 0 || memcmp(a.briefs, b.briefs, x.count) != 0 ||
          memcmp(a.row_ends, b.row_ends, x.rows_count * sizeof *a.row_ends) != 0 ||
          memcmp(a.inner, b.inner, x.inner_count * sizeof *a.inner) != 0 ||
          memcmp(a.wrong, b.wrong, x.wrong_count * sizeof *a.wrong) != 0) {
        fail_msg("seed %llu: %s indexes otherwise than portable", (unsigned long long)seed,
                 csv_kernels_at(i)->name);
      }
    }
  }
}

static csv_scan scan_with(const csv_kernels *k, const uint8_t *text, size_t length, uint32_t records_max,
                          size_t record_bytes_max) {
  csv_scan s = {.delimiter = ',', .records_max = records_max, .record_bytes_max = record_bytes_max};
  s.quotes = csv_quotes_start();
  s.newlines = UINT64_C(1) << 63;
  k->scan(&s, text, length);
  return s;
}

static void every_form_scans_alike(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= CASES; seed++) {
    seeded random = {seed};
    size_t length = 0;
    const uint8_t *text = draw_lines(&random, &length);
    const uint32_t records_max = 1 + (uint32_t)(seeded_next(&random) % 300);
    const size_t bytes_max = 64 + seeded_next(&random) % BYTES_MAX;
    const csv_scan x = scan_with(&csv_kernels_portable, text, length, records_max, bytes_max);
    for (size_t i = 0; csv_kernels_at(i) != NULL; i++) {
      const csv_scan y = scan_with(csv_kernels_at(i), text, length, records_max, bytes_max);
      if (x.at != y.at || x.records != y.records || x.lines != y.lines || x.record_begin != y.record_begin ||
          x.quotes.inside != y.quotes.inside || x.quotes.edge != y.quotes.edge || x.newlines != y.newlines) {
        fail_msg("seed %llu: %s scans otherwise than portable", (unsigned long long)seed,
                 csv_kernels_at(i)->name);
      }
    }
  }
}

static void every_form_sees_the_same_masks(void **state) {
  (void)state;
  uint8_t text[64];
  for (uint64_t seed = 1; seed <= CASES; seed++) {
    seeded random = {seed};
    static const char alphabet[] = "ab,\n;\"\x80\xff";
    for (size_t i = 0; i < sizeof text; i++) {
      text[i] = (uint8_t)alphabet[seeded_next(&random) % (sizeof alphabet - 1)];
    }
    const unsigned width = 1 + (unsigned)(seeded_next(&random) % 64);
    csv_masks expected = {0};
    for (unsigned i = 0; i < width; i++) {
      expected.newline |= (uint64_t)(text[i] == '\n') << i;
      expected.quote |= (uint64_t)(text[i] == '"') << i;
      expected.delimiter |= (uint64_t)(text[i] == ',') << i;
    }
    for (size_t i = 0; csv_kernels_at(i) != NULL; i++) {
      const csv_masks m = csv_kernels_at(i)->masks(text, ',', width);
      assert_int_equal(m.newline, expected.newline);
      assert_int_equal(m.quote, expected.quote);
      assert_int_equal(m.delimiter, expected.delimiter);
    }
  }
}

/* Characters of all lengths, and every way of getting them wrong. */
static void ill_formed_utf8_is_seen_by_every_form_that_checks(void **state) {
  (void)state;
  static const char *const good[] = {"a",
                                     ",",
                                     "é",
                                     "客",
                                     "\xf0\x9f\x98\x80",
                                     "\xf4\x8f\xbf\xbf",
                                     "\xed\x9f\xbf",
                                     "\xc2\x80",
                                     "\xe0\xa0\x80",
                                     "\xf0\x90\x80\x80",
                                     "\n"};
  static const char *const bad[] = {"\x80",
                                    "\xbf",
                                    "\xc0\x80",
                                    "\xc1\xbf",
                                    "\xe0\x9f\xbf",
                                    "\xed\xa0\x80",
                                    "\xf0\x8f\xbf\xbf",
                                    "\xf4\x90\x80\x80",
                                    "\xf5\x80\x80\x80",
                                    "\xff",
                                    "\xc3",
                                    "\xe5\xae",
                                    "\xf0\x9f\x98",
                                    "\xb5\xc4"};
  static arrays a;
  static uint8_t memory[BYTES_MAX + 4 * CSV_MARGIN];
  uint8_t *text = memory + CSV_MARGIN;
  for (uint64_t seed = 1; seed <= CASES; seed++) {
    seeded random = {seed};
    memset(memory, '\n', sizeof memory);
    size_t length = 0;
    const size_t wanted = seeded_next(&random) % 400;
    const size_t wrong_at = seed % 2 == 0 ? seeded_next(&random) % (wanted + 1) : SIZE_MAX;
    bool wrong = false;
    while (length < wanted || (wrong_at != SIZE_MAX && !wrong)) {
      const bool here = !wrong && length >= wrong_at;
      const char *token = here ? bad[seeded_next(&random) % (sizeof bad / sizeof bad[0])]
                               : good[seeded_next(&random) % (sizeof good / sizeof good[0])];
      wrong = wrong || here;
      memcpy(text + length, token, strlen(token));
      length += strlen(token);
    }
    text[length++] = '\n';
    assert_int_equal(text_utf8_check((const char *)text, length) < length, wrong);
    for (size_t i = 0; csv_kernels_at(i) != NULL; i++) {
      const csv_index x = index_with(csv_kernels_at(i), &a, text, 0, length);
      if (csv_kernels_at(i)->checks_utf8 && x.unfit != wrong) {
        fail_msg("seed %llu: %s takes %s UTF-8 for %s", (unsigned long long)seed, csv_kernels_at(i)->name,
                 wrong ? "wrong" : "good", wrong ? "good" : "wrong");
      }
    }
  }
}

static void the_fast_number_reader_is_decimal_parse(void **state) {
  (void)state;
  static const char alphabet[] = "0123456789012345.,--x \"";
  for (uint64_t seed = 1; seed <= SEEDED_CASES(300000); seed++) {
    seeded random = {seed};
    char cell[40] = {0};
    const size_t length = seeded_next(&random) % 19;
    const size_t few = seed % 3 == 0 ? sizeof alphabet - 1 : seed % 3 == 1 ? 17 : 10;
    for (size_t i = 0; i < length; i++) {
      cell[i] = alphabet[seeded_next(&random) % few];
    }
    const char mark = seed % 2 == 0 ? '.' : ',';
    decimal fast;
    decimal slow;
    if (number_parse((const uint8_t *)cell, length, mark, &fast) &&
        (!decimal_parse((slice){cell, length}, mark, &slow) || fast.mantissa != slow.mantissa ||
         fast.scale != slow.scale)) {
      fail_msg("seed %llu: %s", (unsigned long long)seed, cell);
    }
  }
}

static void plain_numbers_take_the_fast_reader(void **state) {
  (void)state;
  static const char *const cells[] = {
      "1",      "-1",     "0",           "12345678", "123456789", "1234567890123456",
      "1.2345", "193.81", "12345678.90", "-0.5",     ".5",        "5."};
  for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
    char cell[40] = {0};
    memcpy(cell, cells[i], strlen(cells[i]));
    decimal number;
    assert_true(number_parse((const uint8_t *)cell, strlen(cell), '.', &number));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_form_indexes_alike),
      cmocka_unit_test(every_form_scans_alike),
      cmocka_unit_test(every_form_sees_the_same_masks),
      cmocka_unit_test(ill_formed_utf8_is_seen_by_every_form_that_checks),
      cmocka_unit_test(the_fast_number_reader_is_decimal_parse),
      cmocka_unit_test(plain_numbers_take_the_fast_reader),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
