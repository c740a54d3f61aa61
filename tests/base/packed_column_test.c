/* One cell of a column, in each of its forms. */
#include "base/packed_column.h"

#include "tests/check.h"

static const slice texts[] = {{"", 0}, {"n/a", 3}, {"12 %", 4}};

static void assert_text(const packed_column *c, uint32_t row, const char *text) {
  const packed_cell cell = packed_column_cell(c, row);
  assert_false(cell.is_number);
  assert_slice_equal(cell.text, slice_of(text));
}

static void assert_number(const packed_column *c, uint32_t row, int64_t mantissa, uint8_t scale) {
  const packed_cell cell = packed_column_cell(c, row);
  assert_true(cell.is_number);
  assert_int_equal(cell.number.mantissa, mantissa);
  assert_int_equal(cell.number.scale, scale);
  assert_int_equal(cell.text.length, 0);
}

static void a_code_gives_its_text(void **state) {
  (void)state;
  const uint8_t codes[] = {2, 0, 1};
  const uint16_t wide_codes[] = {1, 2, 0};
  const packed_column narrow = {.kind = PACKED_CODES, .codes = codes, .texts = texts, .texts_count = 3};
  const packed_column wide = {
      .kind = PACKED_WIDE, .wide_codes = wide_codes, .texts = texts, .texts_count = 3};
  assert_true(packed_column_is_coded(&narrow) && packed_column_is_coded(&wide));
  assert_false(packed_column_is_numeric(&narrow) || packed_column_is_numeric(&wide));
  assert_text(&narrow, 0, "12 %");
  assert_text(&narrow, 1, "");
  assert_text(&narrow, 2, "n/a");
  assert_text(&wide, 0, "n/a");
  assert_text(&wide, 1, "12 %");
  assert_text(&wide, 2, "");
}

static void texts_lie_between_their_offsets(void **state) {
  (void)state;
  const uint32_t offsets[] = {0, 4, 4, 7};
  const packed_column c = {.kind = PACKED_TEXTS, .offsets = offsets, .bytes = "goodbad"};
  assert_false(packed_column_is_coded(&c) || packed_column_is_numeric(&c));
  assert_text(&c, 0, "good");
  assert_text(&c, 1, "");
  assert_text(&c, 2, "bad");
}

/* Rows 0, 2 and 5 of six are exceptions: the first, one between, the last. */
static void rows_are_numbers_unless_they_are_exceptions(void **state) {
  (void)state;
  const int64_t mantissas[] = {0, 150, 0, -7, 0, 0};
  const uint8_t scales[] = {0, 2, 0, 99, 0, 0};
  const uint32_t rows[] = {0, 2, 5};
  const uint32_t which[] = {1, 0, 2};
  packed_column c = {.kind = PACKED_DECIMALS,
                     .mantissas = mantissas,
                     .scale = 3,
                     .scales = scales,
                     .texts = texts,
                     .texts_count = 3,
                     .exception_rows = rows,
                     .exception_texts = which,
                     .exceptions_count = 3};
  for (int i = 0; i < 2; i++) {
    const bool scaled = i == 1;
    c.kind = scaled ? PACKED_SCALED : PACKED_DECIMALS;
    assert_true(packed_column_is_numeric(&c));
    assert_text(&c, 0, "n/a");
    assert_number(&c, 1, 150, scaled ? 2 : 3);
    assert_text(&c, 2, "");
    assert_number(&c, 3, -7, scaled ? 99 : 3);
    assert_number(&c, 4, 0, scaled ? 0 : 3);
    assert_text(&c, 5, "12 %");
  }
  c.exceptions_count = 0;
  assert_number(&c, 0, 0, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_code_gives_its_text),
      cmocka_unit_test(texts_lie_between_their_offsets),
      cmocka_unit_test(rows_are_numbers_unless_they_are_exceptions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
