/* The cells of a variable by text, in every encoding that a shard may have. */
#include <string.h>

#include "stats/frame/frame.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"

static const packed_kind kinds[] = {PACKED_CODES, PACKED_WIDE, PACKED_DECIMALS, PACKED_TEXTS, PACKED_SCALED};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

typedef struct told_case {
  const char *text;
  int reason;
  uint32_t first_row, cells;
} told_case;

/* Exactly the cases, in whichever order. */
static void expect_told(frame *f, packed_kind kind, const told_case *cases) {
  const told_cells *told;
  uint32_t count;
  uint32_t wanted = 0;
  assert_int_equal(frame_told(f, 0, &told, &count, NULL), STATUS_OK);
  for (; cases[wanted].text != NULL; wanted++) {
    uint32_t i = 0;
    while (i < count && !slice_equal(told[i].text, slice_of(cases[wanted].text))) {
      i++;
    }
    if (i == count || told[i].reason != cases[wanted].reason ||
        told[i].first_row != cases[wanted].first_row || told[i].cells != cases[wanted].cells) {
      fail_msg("encoding %d: '%s' is told otherwise, or not at all", (int)kind, cases[wanted].text);
    }
  }
  assert_int_equal(count, wanted);
}

static void check(const program_variable *v, const char *const *cells, uint32_t rows,
                  const told_case *cases) {
  for (size_t k = 0; k < KINDS; k++) {
    fixture *data = fixture_new(rows);
    const packed_kind kind = fixture_column(data, "x", kinds[k], cells);
    program *p = program_new();
    frame *f = NULL;
    sample_add(p, v, NULL);
    assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
    expect_told(f, kind, cases);
    frame_destroy(f);
    program_destroy(p);
    fixture_destroy(data);
  }
}

static program_rule missing(const char *text, missing_reason reason) {
  return (program_rule){.text = slice_of(text), .missing = true, .reason = reason};
}

static void a_scale_tells_answers_reasons_and_what_is_invalid(void **state) {
  (void)state;
  static const char *const cells[] = {"3", "x", "9", "", "3.0", "x", "7"};
  program_rule rules[] = {missing("9", MISSING_REFUSED)};
  const program_variable v = {.kind = VARIABLE_SCALE,
                              .name = "x",
                              .column = "x",
                              .has_range = true,
                              .low = 1,
                              .high = 5,
                              .rules = rules,
                              .rules_count = 1};
  check(&v, cells, 7,
        (const told_case[]){{"3", ANSWERED, 0, 2},
                            {"x", MISSING_INVALID, 1, 2},
                            {"9", MISSING_REFUSED, 2, 1},
                            {"7", MISSING_INVALID, 6, 1},
                            {0}});
}

/* The answers of a million respondents are a million numbers. */
static void a_number_tells_only_what_is_not_written_as_one_or_is_no_answer(void **state) {
  (void)state;
  static const char *const cells[] = {"20", "n/a", "-1", "none", "35.5", "", "200", "n/a"};
  program_rule rules[] = {missing("-1", MISSING_REFUSED), {.text = {"none", 4}, .value = {0, 0}}};
  const program_variable v = {.kind = VARIABLE_NUMBER,
                              .name = "x",
                              .column = "x",
                              .has_range = true,
                              .low = 0,
                              .high = 1000,
                              .decimals = 1,
                              .rules = rules,
                              .rules_count = 2};
  check(&v, cells, 8,
        (const told_case[]){{"n/a", MISSING_INVALID, 1, 2},
                            {"-1", MISSING_REFUSED, 2, 1},
                            {"none", ANSWERED, 3, 1},
                            {"200", MISSING_INVALID, 6, 1},
                            {0}});
}

static void dates_and_texts_tell_only_what_is_no_answer(void **state) {
  (void)state;
  static const char *const cells[] = {"2025-01-02", "soon", "n/a", ""};
  program_rule rules[] = {missing("n/a", MISSING_NOT_APPLICABLE)};
  program_variable v = {.kind = VARIABLE_DATE,
                        .name = "x",
                        .column = "x",
                        .format = "%Y-%m-%d",
                        .rules = rules,
                        .rules_count = 1};
  check(&v, cells, 4,
        (const told_case[]){{"soon", MISSING_INVALID, 1, 1}, {"n/a", MISSING_NOT_APPLICABLE, 2, 1}, {0}});
  v.kind = VARIABLE_TEXT;
  v.format = NULL;
  check(&v, cells, 4, (const told_case[]){{"n/a", MISSING_NOT_APPLICABLE, 2, 1}, {0}});
}

static void columns_of_a_multiple_choice_are_told_together(void **state) {
  (void)state;
  static const char *const first[] = {"1", "", "x", "0"}, *const second[] = {"x", "1", "", "99"};
  const char *columns[] = {"a", "b"};
  slice keys[] = {{"web", 3}, {"app", 3}};
  program_rule rules[] = {missing("99", MISSING_NOT_ASKED)};
  const program_variable v = {.kind = VARIABLE_MULTI_FLAGS,
                              .name = "m",
                              .columns = columns,
                              .columns_count = 2,
                              .keys = keys,
                              .keys_count = 2,
                              .rules = rules,
                              .rules_count = 1};
  fixture *data = fixture_new(4);
  fixture_column(data, "a", PACKED_CODES, first);
  fixture_column(data, "b", PACKED_CODES, second);
  program *p = program_new();
  frame *f = NULL;
  sample_add(p, &v, NULL);
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  expect_told(f, PACKED_CODES,
              (const told_case[]){{"1", ANSWERED, 0, 2},
                                  {"0", ANSWERED, 3, 1},
                                  {"x", MISSING_INVALID, 0, 2},
                                  {"99", MISSING_NOT_ASKED, 3, 1},
                                  {0}});
  frame_destroy(f);
  program_destroy(p);
  fixture_destroy(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_scale_tells_answers_reasons_and_what_is_invalid),
      cmocka_unit_test(a_number_tells_only_what_is_not_written_as_one_or_is_no_answer),
      cmocka_unit_test(dates_and_texts_tell_only_what_is_no_answer),
      cmocka_unit_test(columns_of_a_multiple_choice_are_told_together),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
