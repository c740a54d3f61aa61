/* Numbers as people write them, cell by cell, in every encoding of a column; and which cells are told of. */
#include <string.h>

#include "base/tidy.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"
#include "tests/stats/shown.h"

enum { CELLS_MAX = 24 };

/* What the cells of one column are to a variable, and which are not read as they were written. */
typedef struct notation_case {
  program_variable variable;
  char mark;
  struct {
    const char *cell, *shown;
    bool is_told;
  } cells[CELLS_MAX];
} notation_case;

static void check_encoding(const notation_case *n, packed_kind kind) {
  const char *texts[CELLS_MAX + 1] = {NULL};
  uint32_t count = 0;
  for (; n->cells[count].cell != NULL; count++) {
    texts[count] = n->cells[count].cell;
  }
  fixture *data = fixture_new(count);
  fixture_decimal_mark(data, n->mark);
  fixture_column(data, "x", kind, texts);
  program *p = program_new();
  program_variable v = n->variable;
  v.name = "v";
  v.column = "x";
  sample_add(p, &v, NULL);
  frame *f = NULL;
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  for (uint32_t r = 0; r < count; r++) {
    const uint8_t *told = NULL;
    const char *got = shown_row(f, 0, r);
    assert_int_equal(frame_tidied(f, 0, 0, &told, NULL), STATUS_OK);
    const bool is_told = told != NULL && told[r] != 0;
    if (strcmp(got, n->cells[r].shown) != 0 || is_told != n->cells[r].is_told) {
      fail_msg("encoding %d, '%s': got '%s'%s, expected '%s'%s", (int)kind, n->cells[r].cell, got,
               is_told ? ", told" : "", n->cells[r].shown, n->cells[r].is_told ? ", told" : "");
    }
  }
  frame_destroy(f);
  program_destroy(p);
  fixture_destroy(data);
}

static void check(const notation_case *n, bool decimals_too) {
  check_encoding(n, PACKED_CODES);
  check_encoding(n, PACKED_WIDE);
  check_encoding(n, PACKED_TEXTS);
  if (decimals_too) {
    check_encoding(n, PACKED_DECIMALS);
  }
}

static void numbers_are_read_in_full_width_and_with_other_signs(void **state) {
  (void)state;
  check(&(notation_case){.variable = {.kind = VARIABLE_NUMBER, .decimals = 2},
                         .mark = '.',
                         .cells = {{"5", "5.00", false},
                                   {"\uff13\uff10\uff10", "300.00", true},
                                   {"\u22125.5", "-5.50", true},
                                   {"\uff0d\uff15\uff0e\uff15", "-5.50", true},
                                   {"\u20135", "-5.00", true},
                                   {"12.5%", "12.50", true},
                                   {"12.5 \uff05", "12.50", true},
                                   {"-12%", "-12.00", true},
                                   {"5\u200b", "5.00", true},
                                   {"\u200b", "!blank", false},
                                   {"%", "!invalid", false},
                                   {"5%%", "!invalid", false},
                                   {"1,234", "!invalid", false},
                                   {"5\u5143", "!invalid", false},
                                   {"1-2", "!invalid", false},
                                   {"- -5", "!invalid", false}}},
        true);
}

static void declared_marks_and_units_are_taken_off(void **state) {
  (void)state;
  check(&(notation_case){.variable = {.kind = VARIABLE_NUMBER,
                                      .decimals = 2,
                                      .thousands = slice_of(","),
                                      .prefix = slice_of("$"),
                                      .suffix = slice_of("\u5143")},
                         .mark = '.',
                         .cells = {{"1,234.50\u5143", "1234.50", false},
                                   {"800\u5143", "800.00", false},
                                   {"\uff13\uff10\uff10", "300.00", true},
                                   {"$1,234,567", "1234567.00", false},
                                   {"-$5", "-5.00", false},
                                   {"$-5", "-5.00", false},
                                   {"$ 5 \u5143", "5.00", false},
                                   {"12,34,567", "1234567.00", false}, /* lakhs */
                                   {"1,23", "!invalid", false},        /* rather a decimal comma */
                                   {"1,2345", "!invalid", false},
                                   {",234", "!invalid", false},
                                   {"1,,234", "!invalid", false},
                                   {"1234,567", "!invalid", false},
                                   {"0,123", "!invalid", false}, /* thousands do not begin with 0 */
                                   {"001,234", "!invalid", false},
                                   {"-0,500", "!invalid", false},
                                   {"0.123", "0.12", false},
                                   {"$", "!invalid", false},
                                   {"\u5143", "!invalid", false},
                                   {"5 kg", "!invalid", false},
                                   {"1,234e2", "123400.00", false}}},
        false);
  check(&(notation_case){.variable = {.kind = VARIABLE_NUMBER, .decimals = 2, .thousands = slice_of(".")},
                         .mark = ',',
                         .cells = {{"1.234,5", "1234.50", false},
                                   {"1.234.567", "1234567.00", false},
                                   {"1,5", "1.50", false},
                                   {"1.5", "!invalid", false}}},
        false);
  check(&(notation_case){.variable = {.kind = VARIABLE_NUMBER, .decimals = 2, .thousands = slice_of(" ")},
                         .mark = ',',
                         .cells = {{"1\u202f234,5", "1234.50", true}, {"1 234", "1234.00", false}}},
        false);
}

static void a_leading_number_is_taken_from_words(void **state) {
  (void)state;
  check(&(notation_case){.variable = {.kind = VARIABLE_SCALE,
                                      .has_range = true,
                                      .low = 0,
                                      .high = 10,
                                      .leading_number = true},
                         .mark = '.',
                         .cells = {{"1.0", "1", false},
                                   {"5 - Very satisfied", "5", false},
                                   {"10 - Extremely likely", "10", false},
                                   {"0 - Not at all likely", "0", false},
                                   {"5=very good", "5", false},
                                   {"3. Neutral", "3", false},
                                   {"4\u5206", "4", false},
                                   {"\uff14\u5206", "4", true},
                                   {"\u975e\u5e38\u6ee1\u610f(5\u5206)", "5", false},
                                   {"\u6ee1\u610f\uff08\uff14\u5206\uff09", "4", true},
                                   {"good [3]", "3", false},
                                   {"11 - too far", "!invalid", false},
                                   {"9/10", "!invalid", false},
                                   {"1-2 times", "!invalid", false},
                                   {"1 ~ 2", "!invalid", false},
                                   {"3 \u81f3 5", "!invalid", false},
                                   {"2.5 stars", "!invalid", false},
                                   {"A.\u975e\u5e38\u6ee1\u610f", "!invalid", false},
                                   {"very good", "!invalid", false},
                                   {"good ()", "!invalid", false}}},
        false);
}

/* Two numbers are not one number, however they are joined; what follows "of" is not a second answer. */
static void a_number_that_goes_on_is_not_a_leading_one(void **state) {
  (void)state;
  static const char *const invalid[] = {
      "1 000",          "1 000 people", "2 to 4",   "2 TO 4 times", "2to4",           "2 or 3",
      "2 or, 3",        "1 and 2",      "1 bis 2",  "1 oder 2 mal", "1 und 2",        "1\u20142 times",
      "1 \u2013 2",     "1\u20112",     "2\u30013", "2\u62163",     "2\u6216\u80053", "1\u548c2",
      "3\u52305\u6b21", "1\uff5e2",     "1\uff0c2", "3e2 x",        "3E-2 x",         "1;2",
      "1 & 2",          "1...2",        "5% - 8%",  "1\u00bd h",    "1 \u00bd h",     "good (4 or 5)"};
  static const char *const taken[] = {
      "4 of 5",       "4 out of 5", "4 e",      "4 or more", "4 very 5",
      "4 (5 = best)", "4) 2 to 3",  "4+",       "4 Torte 5", "4\u3001\u6bcf\u54682\u6b21",
      "4 to",         "4\u5206 5",  "good (4)", "4 east 2"};
  static const program_variable v = {.kind = VARIABLE_NUMBER, .leading_number = true};
  decimal number;
  for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
    if (frame_notation_number(&v, '.', slice_of(invalid[i]), &number)) {
      fail_msg("'%s' is %lld", invalid[i], (long long)number.mantissa);
    }
  }
  for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
    if (!frame_notation_number(&v, '.', slice_of(taken[i]), &number) || number.mantissa != 4) {
      fail_msg("'%s' is not 4", taken[i]);
    }
  }
}

static void rules_come_before_notation(void **state) {
  (void)state;
  static program_rule rules[] = {{.text = {"-99", 3}, .missing = true, .reason = MISSING_REFUSED},
                                 {.text = {"A", 1}, .value = {7, 0}}};
  check(
      &(notation_case){
          .variable = {.kind = VARIABLE_NUMBER, .suffix = slice_of("s"), .rules = rules, .rules_count = 2},
          .mark = '.',
          .cells = {{"-99", "!refused", false},
                    {"-99s", "!refused", false},
                    {"\u221299", "!refused", true},
                    {"A", "7", false},
                    {"\uff21", "7", true}}},
      false);
}

static void texts_are_compared_as_they_look(void **state) {
  (void)state;
  static slice keys[] = {{"Ab 1", 4}};
  check(
      &(notation_case){.variable = {.kind = VARIABLE_NOMINAL, .closed = true, .keys = keys, .keys_count = 1},
                       .mark = '.',
                       .cells = {{"Ab 1", "Ab 1", false},
                                 {"\uff21b\u00a0\uff11", "Ab 1", true},
                                 {"A\u00adb 1\u200b", "Ab 1", true},
                                 {"ab 1", "!invalid", false}}},
      false);
  check(&(notation_case){.variable = {.kind = VARIABLE_TEXT},
                         .mark = '.',
                         .cells = {{"id1\u200b", "id1", true},
                                   {"\uff21", "\uff21", false},
                                   {"a\u00adb", "a\u00adb", false}}},
        false);
  check(&(notation_case){.variable = {.kind = VARIABLE_DATE, .format = "%Y/%m/%d %I:%M %p"},
                         .mark = '.',
                         .cells = {{"2025/3/1 9:10\u202fAM", "20148", true},
                                   {"\uff12\uff10\uff12\uff15/3/1 9:10 PM", "20148", true}}},
        false);
}

/* By hand: 45748 is 2025-04-01, day 20179 of 1970. */
static void serial_numbers_of_days_have_the_mark_of_their_file(void **state) {
  (void)state;
  check(&(notation_case){.variable = {.kind = VARIABLE_DATE, .format = "excel"},
                         .mark = ',',
                         .cells = {{"45748,5", "20179", false},
                                   {"45748", "20179", false},
                                   {"45.748", "!invalid", false},
                                   {"45748.5", "!invalid", false}}},
        true);
  check(&(notation_case){.variable = {.kind = VARIABLE_DATE, .format = "excel"},
                         .mark = '.',
                         .cells = {{"45748.5", "20179", false},
                                   {"45,748", "!invalid", false},
                                   {"45748,5", "!invalid", false}}},
        true);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(numbers_are_read_in_full_width_and_with_other_signs),
      cmocka_unit_test(declared_marks_and_units_are_taken_off),
      cmocka_unit_test(a_leading_number_is_taken_from_words),
      cmocka_unit_test(a_number_that_goes_on_is_not_a_leading_one),
      cmocka_unit_test(rules_come_before_notation),
      cmocka_unit_test(serial_numbers_of_days_have_the_mark_of_their_file),
      cmocka_unit_test(texts_are_compared_as_they_look),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
