/* Filters by Kleene's truth tables, weights, masks and groups. */
#include <stdio.h>
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"
#include "tests/stats/shown.h"

typedef struct bench {
  fixture *data;
  program *program;
  frame *frame;
} bench;

static void bench_open(bench *b) {
  assert_int_equal(frame_new(b->program, fixture_rows(b->data), &b->frame, NULL), STATUS_OK);
}

/* A weight that is read from a column of numbers with these CELLS. */
static uint32_t bench_weight(bench *b, uint8_t decimals, const char **cells) {
  uint32_t number;
  uint32_t weight;
  fixture_column(b->data, "w", PACKED_CODES, cells);
  sample_add(b->program,
             &(program_variable){.kind = VARIABLE_NUMBER, .name = "w", .column = "w", .decimals = decimals},
             &number);
  assert_int_equal(program_add_weight(b->program, (program_weight){number, WEIGHT_SAMPLING}, &weight, NULL),
                   STATUS_OK);
  return weight;
}

static void bench_close(bench *b) {
  frame_destroy(b->frame);
  program_destroy(b->program);
  fixture_destroy(b->data);
}

/* EXPECTED: "1", "0" or "?" per row. */
static void expect_truth(bench *b, filter_node *nodes, uint32_t count, const char *expected) {
  char out[16];
  uint32_t filter;
  uint32_t opposite;
  error err = {0};
  const uint8_t *yes;
  const uint8_t *no;
  filter_node turned[32] = {{.kind = FILTER_NOT, .children = 1}};
  memcpy(turned + 1, nodes, count * sizeof *nodes);
  if (program_add_filter(b->program, &(program_filter){nodes, count}, &filter, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(program_add_filter(b->program, &(program_filter){turned, count + 1}, &opposite, NULL),
                   STATUS_OK);
  bench_open(b);
  assert_int_equal(frame_mask(b->frame, filter, PROGRAM_NONE, &yes, NULL), STATUS_OK);
  assert_int_equal(frame_mask(b->frame, opposite, PROGRAM_NONE, &no, NULL), STATUS_OK);
  uint32_t rows = frame_rows(b->frame);
  int64_t unknown = 0;
  int64_t counted = -1;
  for (uint32_t r = 0; r < rows; r++) {
    bool is = yes == NULL || yes[r];
    bool is_not = no == NULL || no[r];
    assert_false(is && is_not);
    out[r] = is ? '1' : is_not ? '0' : '?';
    unknown += out[r] == '?';
  }
  out[rows] = '\0';
  assert_int_equal(frame_filter_unknown(b->frame, filter, PROGRAM_NONE, &counted, NULL), STATUS_OK);
  assert_int_equal(counted, unknown);
  assert_string_equal(out, expected);
  frame_destroy(b->frame);
  b->frame = NULL;
}

static filter_value yes_value = {.number = {1, 0}};

/* Two variables in all nine combinations of 1, 0 and blank. */
static bench two_flags(uint32_t *a, uint32_t *b) {
  const char *first[] = {"1", "1", "1", "0", "0", "0", "", "", ""};
  const char *second[] = {"1", "0", "", "1", "0", "", "1", "0", ""};
  bench x = {.data = fixture_new(9), .program = program_new()};
  fixture_column(x.data, "a", PACKED_CODES, first);
  fixture_column(x.data, "b", PACKED_CODES, second);
  sample_scale(x.program, "a", 0, 1, a);
  sample_scale(x.program, "b", 0, 1, b);
  return x;
}

static void logic_is_kleenes(void **state) {
  (void)state;
  uint32_t a;
  uint32_t b;
  bench x = two_flags(&a, &b);
  filter_node is_a = {.kind = FILTER_EQ, .variable = a, .values = &yes_value, .values_count = 1};
  filter_node is_b = {.kind = FILTER_EQ, .variable = b, .values = &yes_value, .values_count = 1};
  filter_node both = {.kind = FILTER_AND, .children = 2};
  filter_node either = {.kind = FILTER_OR, .children = 2};
  filter_node not_any = {.kind = FILTER_NOT, .children = 1};
  expect_truth(&x, (filter_node[]){is_a}, 1, "111000???");
  expect_truth(&x, (filter_node[]){both, is_a, is_b}, 3, "10?000?0?");
  expect_truth(&x, (filter_node[]){either, is_a, is_b}, 3, "11110?1??");
  expect_truth(&x, (filter_node[]){not_any, is_a}, 2, "000111???");
  expect_truth(&x, (filter_node[]){either, both, is_a, is_b, not_any, is_a}, 6, "10?111???");
  bench_close(&x);
}

static void comparisons_with_missing_are_unknown_but_missing_itself_is_known(void **state) {
  (void)state;
  uint32_t a;
  uint32_t b;
  bench x = two_flags(&a, &b);
  filter_node different = {.kind = FILTER_NE, .variable = a, .values = &yes_value, .values_count = 1};
  filter_node none_of = {.kind = FILTER_IN, .variable = a};
  filter_node missing = {.kind = FILTER_MISSING, .variable = a};
  expect_truth(&x, &different, 1, "000111???");
  expect_truth(&x, &none_of, 1, "000000???");
  expect_truth(&x, &missing, 1, "000000111");
  bench_close(&x);
}

static void numbers_compare_exactly(void **state) {
  (void)state;
  const char *cells[] = {"1.49", "1.5", "1.51", "-1.5", "", "x"};
  filter_value v = {.number = {15, 1}};
  filter_value finer = {.number = {1505, 3}};
  filter_value several[] = {{.number = {151, 2}}, {.number = {-15, 1}}, {.number = {1505, 3}}};
  const struct {
    filter_kind kind;
    filter_value *values;
    uint32_t count;
    const char *expected;
  } cases[] = {
      {FILTER_EQ, &v, 1, "0100??"},      {FILTER_NE, &v, 1, "1011??"},     {FILTER_LT, &v, 1, "1001??"},
      {FILTER_LE, &v, 1, "1101??"},      {FILTER_GT, &v, 1, "0010??"},     {FILTER_GE, &v, 1, "0110??"},
      {FILTER_EQ, &finer, 1, "0000??"},  {FILTER_NE, &finer, 1, "1111??"}, {FILTER_LT, &finer, 1, "1101??"},
      {FILTER_LE, &finer, 1, "1101??"},  {FILTER_GT, &finer, 1, "0010??"}, {FILTER_GE, &finer, 1, "0010??"},
      {FILTER_IN, several, 3, "0011??"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    bench x = {.data = fixture_new(6), .program = program_new()};
    uint32_t number;
    fixture_column(x.data, "x", PACKED_CODES, cells);
    sample_add(x.program,
               &(program_variable){.kind = VARIABLE_NUMBER, .name = "x", .column = "x", .decimals = 2},
               &number);
    filter_node node = {
        .kind = cases[i].kind, .variable = number, .values = cases[i].values, .values_count = cases[i].count};
    expect_truth(&x, &node, 1, cases[i].expected);
    bench_close(&x);
  }
}

static void texts_periods_and_sets_are_filtered(void **state) {
  (void)state;
  const char *regions[] = {"north", "south", "", "west"};
  const char *dates[] = {"2025-06-30", "2025-07-01", "2026-01-01", ""};
  const char *media[] = {"tv;radio", "tv", "", "web"};
  bench x = {.data = fixture_new(4), .program = program_new()};
  uint32_t nominal;
  uint32_t text;
  uint32_t date;
  uint32_t month;
  uint32_t set;
  fixture_column(x.data, "r", PACKED_CODES, regions);
  fixture_column(x.data, "d", PACKED_CODES, dates);
  fixture_column(x.data, "m", PACKED_CODES, media);
  sample_add(x.program, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "r", .column = "r"}, &nominal);
  sample_add(x.program, &(program_variable){.kind = VARIABLE_TEXT, .name = "t", .column = "r"}, &text);
  sample_add(x.program,
             &(program_variable){.kind = VARIABLE_DATE, .name = "d", .column = "d", .format = "%Y-%m-%d"},
             &date);
  sample_add(
      x.program,
      &(program_variable){
          .kind = VARIABLE_PERIOD, .name = "p", .inputs = &date, .inputs_count = 1, .period = PERIOD_MONTH},
      &month);
  sample_add(x.program,
             &(program_variable){.kind = VARIABLE_MULTI_CELL, .name = "m", .column = "m", .delimiter = ";"},
             &set);
  filter_value places[] = {{.is_text = true, .text = slice_of("north")},
                           {.is_text = true, .text = slice_of("west")}};
  filter_value july = {.is_text = true, .text = slice_of("2025-07")};
  filter_value radio = {.is_text = true, .text = slice_of("radio")};
  filter_value paper = {.is_text = true, .text = slice_of("paper")};
  filter_value day = {.number = {20270, 0}};
  const struct {
    filter_node node;
    const char *expected;
  } cases[] = {
      {{.kind = FILTER_IN, .variable = nominal, .values = places, .values_count = 2}, "10?1"},
      {{.kind = FILTER_NE, .variable = nominal, .values = places, .values_count = 1}, "01?1"},
      {{.kind = FILTER_IN, .variable = text, .values = places, .values_count = 2}, "10?1"},
      {{.kind = FILTER_NE, .variable = text, .values = places, .values_count = 1}, "01?1"},
      {{.kind = FILTER_MISSING, .variable = text}, "0010"},
      {{.kind = FILTER_GE, .variable = month, .values = &july, .values_count = 1}, "011?"},
      {{.kind = FILTER_LT, .variable = month, .values = &july, .values_count = 1}, "100?"},
      {{.kind = FILTER_GE, .variable = date, .values = &day, .values_count = 1}, "011?"},
      {{.kind = FILTER_MISSING, .variable = date}, "0001"},
      {{.kind = FILTER_HAS, .variable = set, .values = &radio, .values_count = 1}, "10?0"},
      {{.kind = FILTER_HAS, .variable = set, .values = &paper, .values_count = 1}, "00?0"},
      {{.kind = FILTER_MISSING, .variable = set}, "0010"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    filter_node node = cases[i].node;
    expect_truth(&x, &node, 1, cases[i].expected);
  }
  bench_close(&x);
}

/* An option that was not asked, or whose cell is invalid, is unknown; the others of the row are not. */
static void options_of_columns_are_unknown_one_by_one(void **state) {
  (void)state;
  static const char *columns[] = {"a", "b"};
  static slice keys[] = {{"A", 1}, {"B", 1}};
  static program_rule rule[] = {{.text = {"-9", 2}, .missing = true, .reason = MISSING_NOT_ASKED}};
  const char *first[] = {"1", "1", "1", "0", "", "-9", ""}, *second[] = {"0", "-9", "x", "", "", "-9", "x"};
  uint32_t set;
  bench x = {.data = fixture_new(7), .program = program_new()};
  fixture_column(x.data, "a", PACKED_CODES, first);
  fixture_column(x.data, "b", PACKED_CODES, second);
  sample_add(x.program,
             &(program_variable){.kind = VARIABLE_MULTI_FLAGS,
                                 .name = "set",
                                 .columns = columns,
                                 .columns_count = 2,
                                 .keys = keys,
                                 .keys_count = 2,
                                 .rules = rule,
                                 .rules_count = 1},
             &set);
  filter_value a = {.is_text = true, .text = keys[0]}, b = {.is_text = true, .text = keys[1]};
  filter_node has_a = {.kind = FILTER_HAS, .variable = set, .values = &a, .values_count = 1};
  filter_node has_b = {.kind = FILTER_HAS, .variable = set, .values = &b, .values_count = 1};
  filter_node not_so = {.kind = FILTER_NOT, .children = 1};
  filter_node either = {.kind = FILTER_OR, .children = 2}, both = {.kind = FILTER_AND, .children = 2};
  expect_truth(&x, &has_a, 1, "1110???");
  expect_truth(&x, &has_b, 1, "0??0???");
  expect_truth(&x, (filter_node[]){not_so, has_b}, 2, "1??1???");
  expect_truth(&x, (filter_node[]){either, has_a, has_b}, 3, "1110???");
  expect_truth(&x, (filter_node[]){both, has_a, has_b}, 3, "0??0???");
  expect_truth(&x, &(filter_node){.kind = FILTER_MISSING, .variable = set}, 1, "0000111");
  bench_close(&x);
}

/* ---- Weights and groups --------------------------------------------------------------------------- */

static void weights_that_cannot_be_used_drop_the_row(void **state) {
  (void)state;
  const char *cells[] = {"1", "0", "-0.01", "", "x", "10737418.23", "46116860184273879.05", "2.505"};
  const uint32_t expected[] = {100, 0, 0, 0, 0, 1073741823, 0, 250};
  const uint8_t used[] = {1, 0, 0, 0, 0, 1, 0, 1};
  bench x = {.data = fixture_new(8), .program = program_new()};
  weight_view view;
  int64_t zeros;
  const uint8_t *mask;
  const uint32_t weight = bench_weight(&x, 2, cells);
  bench_open(&x);
  assert_int_equal(frame_weights(x.frame, weight, &view, NULL), STATUS_OK);
  assert_int_equal(frame_mask(x.frame, PROGRAM_NONE, weight, &mask, NULL), STATUS_OK);
  assert_int_equal(frame_weight_zeros(x.frame, weight, &zeros, NULL), STATUS_OK);
  assert_int_equal(zeros, 1);
  assert_int_equal(view.decimals, 2);
  assert_non_null(view.narrow);
  for (uint32_t r = 0; r < 64; r++) {
    assert_int_equal(view.narrow[r], r < 8 ? expected[r] : 0);
    assert_int_equal(mask[r], r < 8 ? used[r] : 0);
  }
  assert_int_equal(frame_weights(x.frame, PROGRAM_NONE, &view, NULL), STATUS_OK);
  assert_false(weight_is_given(&view));
  assert_int_equal(frame_mask(x.frame, PROGRAM_NONE, PROGRAM_NONE, &mask, NULL), STATUS_OK);
  assert_null(mask);
  bench_close(&x);
}

static void weights_that_narrow_kernels_cannot_take_are_wide(void **state) {
  (void)state;
  static const struct {
    const char *heaviest;
    int64_t mantissa;
    bool wide;
  } cases[] = {{"10737418.23", 1073741823, false},
               {"10737418.24", 1073741824, true},
               {"46116860184273879.04", NUMBER_MAX, true}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *cells[] = {"1.5", cases[i].heaviest, "-1"};
    bench x = {.data = fixture_new(3), .program = program_new()};
    weight_view view;
    const uint32_t weight = bench_weight(&x, 2, cells);
    bench_open(&x);
    assert_int_equal(frame_weights(x.frame, weight, &view, NULL), STATUS_OK);
    assert_int_equal(view.wide != NULL, cases[i].wide);
    assert_int_equal(view.narrow == NULL, cases[i].wide);
    const int64_t expected[] = {150, cases[i].mantissa, 0};
    for (uint32_t r = 0; r < 64; r++) {
      assert_int_equal(weight_at(&view, r), r < 3 ? expected[r] : 0);
    }
    bench_close(&x);
  }
}

static void groups_are_all_combinations_and_missing_has_its_place(void **state) {
  (void)state;
  const char *regions[] = {"north", "south", "", "south", "north"};
  const char *scores[] = {"1", "2", "2", "", "2"};
  const char *weights[] = {"1", "1", "1", "1", ""};
  const char *expected[] = {"north|1", "south|2", "!|2", "south|!", "excluded"};
  bench x = {.data = fixture_new(5), .program = program_new()};
  uint32_t by[2];
  group_view groups;
  group_view again;
  fixture_column(x.data, "r", PACKED_CODES, regions);
  fixture_column(x.data, "s", PACKED_CODES, scores);
  sample_add(x.program, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "r", .column = "r"}, &by[0]);
  sample_scale(x.program, "s", 1, 2, &by[1]);
  const uint32_t weight = bench_weight(&x, 0, weights);
  bench_open(&x);
  assert_int_equal(frame_groups(x.frame, by, 2, PROGRAM_NONE, weight, &groups, NULL), STATUS_OK);
  assert_int_equal(groups.count, 9);
  for (uint32_t r = 0; r < 5; r++) {
    assert_string_equal(shown_group(&groups, r), expected[r]);
  }
  for (uint32_t r = 5; r < 64; r++) {
    assert_int_equal(groups.slots[r], GROUP_EXCLUDED);
  }
  assert_int_equal(frame_groups(x.frame, by, 2, PROGRAM_NONE, weight, &again, NULL), STATUS_OK);
  assert_ptr_equal(groups.slots, again.slots);
  assert_int_equal(frame_groups(x.frame, NULL, 0, PROGRAM_NONE, PROGRAM_NONE, &groups, NULL), STATUS_OK);
  assert_null(groups.slots);
  assert_int_equal(groups.count, 1);
  assert_int_equal(frame_groups(x.frame, NULL, 0, PROGRAM_NONE, weight, &groups, NULL), STATUS_OK);
  assert_int_equal(groups.slots[0], 0);
  assert_int_equal(groups.slots[4], GROUP_EXCLUDED);
  bench_close(&x);
}

/* COUNT keys on each of two axes; rows go through DIFFERENT combinations. */
static bench crossed(uint32_t count, uint32_t rows, uint32_t by[2]) {
  static char names[2][70000][16];
  static const char *cells[2][70000];
  for (uint32_t r = 0; r < rows; r++) {
    snprintf(names[0][r], sizeof names[0][r], "a%u", r % count);
    snprintf(names[1][r], sizeof names[1][r], "b%u", r / count % count);
    cells[0][r] = names[0][r];
    cells[1][r] = names[1][r];
  }
  bench x = {.data = fixture_new(rows), .program = program_new()};
  fixture_column(x.data, "a", PACKED_CODES, cells[0]);
  fixture_column(x.data, "b", PACKED_CODES, cells[1]);
  sample_add(x.program, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "first", .column = "a"},
             &by[0]);
  sample_add(x.program, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "second", .column = "b"},
             &by[1]);
  bench_open(&x);
  return x;
}

static void too_many_combinations_leave_those_that_occur(void **state) {
  (void)state;
  uint32_t by[2];
  group_view groups;
  bench x = crossed(300, 64900, by);
  assert_int_equal(frame_groups(x.frame, by, 2, PROGRAM_NONE, PROGRAM_NONE, &groups, NULL), STATUS_OK);
  assert_int_equal(groups.count, 64900);
  for (uint32_t r = 0; r < 64900; r += 997) {
    char expected[32];
    snprintf(expected, sizeof expected, "a%u|b%u", r % 300, r / 300 % 300);
    assert_string_equal(shown_group(&groups, r), expected);
  }
  bench_close(&x);
}

static void too_many_groups_are_refused_by_name(void **state) {
  (void)state;
  uint32_t by[2];
  group_view groups;
  error err = {0};
  bench x = crossed(300, 65100, by);
  assert_int_equal(frame_groups(x.frame, by, 2, PROGRAM_NONE, PROGRAM_NONE, &groups, &err), STATUS_LIMIT);
  assert_contains(err.message, "first");
  assert_contains(err.message, "second");
  bench_close(&x);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(logic_is_kleenes),
      cmocka_unit_test(comparisons_with_missing_are_unknown_but_missing_itself_is_known),
      cmocka_unit_test(numbers_compare_exactly),
      cmocka_unit_test(texts_periods_and_sets_are_filtered),
      cmocka_unit_test(options_of_columns_are_unknown_one_by_one),
      cmocka_unit_test(weights_that_cannot_be_used_drop_the_row),
      cmocka_unit_test(weights_that_narrow_kernels_cannot_take_are_wide),
      cmocka_unit_test(groups_are_all_combinations_and_missing_has_its_place),
      cmocka_unit_test(too_many_combinations_leave_those_that_occur),
      cmocka_unit_test(too_many_groups_are_refused_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
