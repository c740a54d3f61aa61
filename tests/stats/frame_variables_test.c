/* Variables made real: what each kind makes of each cell, by example, in every encoding. */
#include <string.h>

#include "stats/accumulators/accumulator.h"
#include "tests/check.h"
#include "tests/stats/fixture.h"
#include "tests/stats/sample_program.h"
#include "tests/stats/shown.h"

enum { CELLS_MAX = 20, VARIABLES_MAX = 8 };

/* Variable I of the program is expected to say expected[I][row]; its cells are in the columns. */
typedef struct example {
  program_variable variables[VARIABLES_MAX];
  const char *columns[4];
  const char *cells[4][CELLS_MAX + 1]; /* NULL-terminated */
  const char *expected[VARIABLES_MAX][CELLS_MAX];
  char mark;
  bool decimals_too; /* the cells say the same in a column of decimals */
} example;

static uint32_t cells_count(const example *e) {
  uint32_t count = 0;
  while (e->cells[0][count] != NULL) {
    count++;
  }
  return count;
}

static fixture *fixture_of(const example *e, packed_kind kind) {
  fixture *data = fixture_new(cells_count(e));
  fixture_decimal_mark(data, e->mark ? e->mark : '.');
  for (int c = 0; c < 4 && e->columns[c] != NULL; c++) {
    fixture_column(data, e->columns[c], kind, e->cells[c]);
  }
  return data;
}

static void check_encoding(const example *e, packed_kind kind) {
  fixture *data = fixture_of(e, kind);
  program *p = program_new();
  frame *f = NULL;
  for (uint32_t i = 0; i < VARIABLES_MAX && e->variables[i].kind; i++) {
    program_variable v = e->variables[i];
    v.name = v.name != NULL ? v.name : "v";
    sample_add(p, &v, NULL);
  }
  assert_int_equal(frame_new(p, fixture_rows(data), &f, NULL), STATUS_OK);
  for (uint32_t i = 0; i < p->variables_count; i++) {
    for (uint32_t r = 0; e->expected[i][0] != NULL && r < cells_count(e); r++) {
      const char *got = shown_row(f, i, r);
      if (strcmp(got, e->expected[i][r]) != 0) {
        fail_msg("encoding %d, variable %u, row %u ('%s'): got '%s', expected '%s'", (int)kind, i, r,
                 e->cells[0][r], got, e->expected[i][r]);
      }
    }
  }
  frame_destroy(f);
  program_destroy(p);
  fixture_destroy(data);
}

static void check(const example *e) {
  check_encoding(e, PACKED_CODES);
  check_encoding(e, PACKED_WIDE);
  check_encoding(e, PACKED_TEXTS);
  if (e->decimals_too) {
    check_encoding(e, PACKED_DECIMALS);
  }
}

static uint32_t first_input[] = {0};
static uint32_t first_two[] = {0, 1};

static void scale_takes_whole_numbers_of_its_range(void **state) {
  (void)state;
  static program_rule rules[] = {
      {.text = {"99", 2}, .missing = true, .reason = MISSING_REFUSED},
      {.text = {"top", 3}, .value = {5, 0}},
      {.text = {"n/a", 3}, .missing = true, .reason = MISSING_NOT_APPLICABLE},
      {.text = {"7", 1}, .value = {9, 0}},
  };
  check(&(example){
      .variables = {{.kind = VARIABLE_SCALE,
                     .column = "q",
                     .has_range = true,
                     .low = 1,
                     .high = 5,
                     .rules = rules,
                     .rules_count = 4},
                    {.kind = VARIABLE_SCALE,
                     .column = "q",
                     .has_range = true,
                     .low = 1,
                     .high = 5,
                     .rules = rules,
                     .rules_count = 4,
                     .reversed = true}},
      .columns = {"q"},
      .cells = {{"1", "5", "5.0", "4.5", "0", "6", "", "99", "99.0", "top", "n/a", "Top", "1e0", "7", "-1"}},
      .expected = {{"1", "5", "5", "!invalid", "!invalid", "!invalid", "!blank", "!refused", "!refused", "5",
                    "!not_applicable", "!invalid", "1", "!invalid", "!invalid"},
                   {"5", "1", "1", "!invalid", "!invalid", "!invalid", "!blank", "!refused", "!refused", "1",
                    "!not_applicable", "!invalid", "5", "!invalid", "!invalid"}},
      .decimals_too = true});
}

static void blank_can_have_a_rule_of_its_own(void **state) {
  (void)state;
  static program_rule rules[] = {{.text = {"", 0}, .missing = true, .reason = MISSING_NOT_ASKED}};
  check(&(example){.variables = {{.kind = VARIABLE_SCALE,
                                  .column = "q",
                                  .has_range = true,
                                  .low = 1,
                                  .high = 5,
                                  .rules = rules,
                                  .rules_count = 1}},
                   .columns = {"q"},
                   .cells = {{"", "3"}},
                   .expected = {{"!not_asked", "3"}},
                   .decimals_too = true});
}

static void nominal_maps_texts_to_keys(void **state) {
  (void)state;
  static program_rule rules[] = {{.text = {"N", 1}, .key = {"north", 5}},
                                 {.text = {"x", 1}, .missing = true, .reason = MISSING_DONT_KNOW},
                                 {.text = {"W", 1}, .key = {"west", 4}}};
  static slice keys[] = {{"north", 5}, {"south", 5}};
  check(
      &(example){.variables = {{.kind = VARIABLE_NOMINAL, .column = "r", .rules = rules, .rules_count = 3},
                               {.kind = VARIABLE_NOMINAL,
                                .column = "r",
                                .rules = rules,
                                .rules_count = 3,
                                .closed = true,
                                .keys = keys,
                                .keys_count = 2}},
                 .columns = {"r"},
                 .cells = {{"north", "N", "south", "", "x", "W", "5.0"}},
                 .expected = {{"north", "north", "south", "!blank", "!dont_know", "west", "5.0"},
                              {"north", "north", "south", "!blank", "!dont_know", "!invalid", "!invalid"}}});
}

static void number_keeps_its_decimals_rounding_half_to_even(void **state) {
  (void)state;
  static program_rule rules[] = {{.text = {"-9", 2}, .missing = true, .reason = MISSING_DONT_KNOW},
                                 {.text = {"many", 4}, .value = {12345, 3}}};
  check(&(example){
      .variables = {{.kind = VARIABLE_NUMBER, .column = "x", .decimals = 1, .rules = rules, .rules_count = 2},
                    {.kind = VARIABLE_NUMBER,
                     .column = "x",
                     .decimals = 2,
                     .rules = rules,
                     .rules_count = 2,
                     .has_range = true,
                     .low = 0,
                     .high = 1000},
                    {.kind = VARIABLE_NUMBER, .column = "x", .decimals = 9}},
      .columns = {"x"},
      .cells = {{"1.25", "1.35", "-9", "-9.00", "many", "", "abc", "1e3", "-0.05", "10.004", "10.005",
                 "10.006", "4611686018427387904", "99999999999999999999"}},
      .expected = {{"1.2", "1.4", "!dont_know", "!dont_know", "12.3", "!blank", "!invalid", "1000.0", "0.0",
                    "10.0", "10.0", "10.0", "!invalid", "!invalid"},
                   {"1.25", "1.35", "!dont_know", "!dont_know", "!invalid", "!blank", "!invalid", "!invalid",
                    "!invalid", "10.00", "10.00", "!invalid", "!invalid", "!invalid"},
                   {"1.250000000", "1.350000000", "-9.000000000", "-9.000000000", "!invalid", "!blank",
                    "!invalid", "1000.000000000", "-0.050000000", "10.004000000", "10.005000000",
                    "10.006000000", "!invalid", "!invalid"}},
      .decimals_too = true});
}

static void numbers_are_written_with_the_files_mark(void **state) {
  (void)state;
  static program_rule rules[] = {{.text = {"9.9", 3}, .missing = true, .reason = MISSING_REFUSED},
                                 {.text = {"8,8", 3}, .missing = true, .reason = MISSING_OTHER}};
  check(&(example){
      .variables =
          {{.kind = VARIABLE_NUMBER, .column = "x", .decimals = 2, .rules = rules, .rules_count = 2}},
      .columns = {"x"},
      .cells = {{"1,5", "1.5", "9,90", "9.9", "8,80"}},
      .expected = {{"1.50", "!invalid", "!refused", "!refused", "!other"}},
      .mark = ',',
      .decimals_too = true});
}

static void dates_give_periods(void **state) {
  (void)state;
  check(&(example){
      .variables =
          {{.kind = VARIABLE_DATE, .column = "d", .format = "%Y-%m-%d"},
           {.kind = VARIABLE_PERIOD, .inputs = first_input, .inputs_count = 1, .period = PERIOD_YEAR},
           {.kind = VARIABLE_PERIOD, .inputs = first_input, .inputs_count = 1, .period = PERIOD_QUARTER},
           {.kind = VARIABLE_PERIOD, .inputs = first_input, .inputs_count = 1, .period = PERIOD_MONTH},
           {.kind = VARIABLE_PERIOD, .inputs = first_input, .inputs_count = 1, .period = PERIOD_WEEKDAY},
           {.kind = VARIABLE_DATE,
            .column = "d",
            .format = "%Y-%m-%d",
            .has_range = true,
            .low = 0,
            .high = 20300}},
      .columns = {"d"},
      .cells = {{"1970-01-01", "2025-07-31", "2025-08-03", "1969-12-28", "2025-02-29", "", "0001-01-01"}},
      .expected = {{"0", "20300", "20303", "-4", "!invalid", "!blank", "-719162"},
                   {"1970", "2025", "2025", "1969", "!invalid", "!blank", "0001"},
                   {"1970-Q1", "2025-Q3", "2025-Q3", "1969-Q4", "!invalid", "!blank", "0001-Q1"},
                   {"1970-01", "2025-07", "2025-08", "1969-12", "!invalid", "!blank", "0001-01"},
                   {"4", "4", "7", "7", "!invalid", "!blank", "1"},
                   {"0", "20300", "!invalid", "!invalid", "!invalid", "!blank", "!invalid"}}});
  check(&(example){.variables = {{.kind = VARIABLE_DATE, .column = "d", .format = "%Y%m%d"}},
                   .columns = {"d"},
                   .cells = {{"20250731", "20251301", ""}},
                   .expected = {{"20300", "!invalid", "!blank"}},
                   .decimals_too = true});
}

static void text_is_what_the_file_says(void **state) {
  (void)state;
  static program_rule rules[] = {{.text = {"-", 1}, .missing = true, .reason = MISSING_REFUSED},
                                 {.text = {"ok", 2}, .key = {"fine", 4}}};
  check(&(example){.variables = {{.kind = VARIABLE_TEXT, .column = "t", .rules = rules, .rules_count = 2}},
                   .columns = {"t"},
                   .cells = {{"hello", "-", "", "ok", "hello"}},
                   .expected = {{"hello", "!refused", "!blank", "fine", "hello"}}});
}

static void delimited_cells_are_sets(void **state) {
  (void)state;
  static program_rule rules[] = {{.text = {"none", 4}, .missing = true, .reason = MISSING_NOT_APPLICABLE},
                                 {.text = {"telly", 5}, .key = {"tv", 2}}};
  static slice keys[] = {{"tv", 2}, {"radio", 5}};
  check(&(example){
      .variables =
          {{.kind = VARIABLE_MULTI_CELL, .column = "m", .delimiter = "; ", .rules = rules, .rules_count = 2},
           {.kind = VARIABLE_MULTI_CELL,
            .column = "m",
            .delimiter = ";",
            .rules = rules,
            .rules_count = 2,
            .closed = true,
            .keys = keys,
            .keys_count = 2},
           {.kind = VARIABLE_OPTION, .inputs = (uint32_t[]){1}, .inputs_count = 1, .key = {"radio", 5}},
           {.kind = VARIABLE_OPTION, .inputs = (uint32_t[]){1}, .inputs_count = 1, .key = {"newspaper", 9}}},
      .columns = {"m"},
      .cells = {{"tv", "radio; tv", "tv; tv;radio", "telly; tv", "none", "", ";", "tv; web", "tv; none"}},
      .expected = {{"{tv}", "{radio;tv}", "{tv;tv;radio}", "{tv}", "!not_applicable", "!blank", "!blank",
                    "{tv;web}", "{none;tv}"},
                   {"{tv}", "{radio;tv}", "{radio;tv}", "{tv}", "!not_applicable", "!blank", "!blank",
                    "!invalid", "!invalid"},
                   {"0", "1", "1", "0", "!not_applicable", "!blank", "!blank", "!invalid", "!invalid"},
                   {"0", "0", "0", "0", "!not_applicable", "!blank", "!blank", "!invalid", "!invalid"}}});
}

/* Each option has the answer of its own cell; blank means "not chosen" where another cell is 0 or 1. */
static void flag_columns_are_sets(void **state) {
  (void)state;
  static const char *columns[] = {"a", "b", "c"};
  static slice keys[] = {{"A", 1}, {"B", 1}, {"C", 1}};
  static program_rule rules[] = {{.text = {"9", 1}, .missing = true, .reason = MISSING_REFUSED},
                                 {.text = {"8", 1}, .missing = true, .reason = MISSING_NOT_ASKED},
                                 {.text = {"yes", 3}, .value = {1, 0}}};
  check(&(example){
      .variables = {{.kind = VARIABLE_MULTI_FLAGS,
                     .columns = columns,
                     .columns_count = 3,
                     .keys = keys,
                     .keys_count = 3,
                     .rules = rules,
                     .rules_count = 3},
                    {.kind = VARIABLE_OPTION, .inputs = first_input, .inputs_count = 1, .key = {"B", 1}}},
      .columns = {"a", "b", "c"},
      .cells = {{"1", "0", "1", "", "", "2", "9", "9", "yes", "1.0", "1", "8", "8", "8", "8"},
                {"0", "0", "", "", "9", "1", "0", "", "", "", "8", "8", "", "9", "9"},
                {"1", "0", "1", "", "", "1", "0", "", "", "0", "", "8", "", "x", ""}},
      .expected = {{"{A;C}", "{}", "{A;C}", "!blank", "!refused", "{B;C}?A!invalid", "{}?A!refused",
                    "!refused", "{A}", "{A}", "{A}?B!not_asked", "!not_asked", "!blank", "!invalid",
                    "!refused"},
                   {"0", "0", "0", "!blank", "!refused", "1", "0", "!blank", "0", "0", "!not_asked",
                    "!not_asked", "!blank", "!refused", "!refused"}},
      .decimals_too = true});
}

/* A rule for the empty cell says what nothing means: here "no", so that a row of blanks chose none. */
static void a_blank_cell_may_mean_no(void **state) {
  (void)state;
  static const char *columns[] = {"a", "b"};
  static slice keys[] = {{"A", 1}, {"B", 1}};
  static program_rule no[] = {{.text = {"", 0}, .value = {0, 0}}};
  static program_rule unasked[] = {{.text = {"", 0}, .missing = true, .reason = MISSING_NOT_ASKED}};
  const program_variable set = {.kind = VARIABLE_MULTI_FLAGS,
                                .columns = columns,
                                .columns_count = 2,
                                .keys = keys,
                                .keys_count = 2,
                                .rules_count = 1};
  program_variable none = set, half = set;
  none.rules = no;
  half.rules = unasked;
  check(&(example){.variables = {none, half},
                   .columns = {"a", "b"},
                   .cells = {{"1", "", "", "0"}, {"", "1", "", ""}},
                   .expected = {{"{A}", "{B}", "{}", "{}"},
                                {"{A}?B!not_asked", "{B}?A!not_asked", "!not_asked", "{}?B!not_asked"}}});
}

static void recode_takes_the_first_range(void **state) {
  (void)state;
  static program_range bands[] = {
      {.has_high = true, .high = {10, 0}, .high_open = true, .key = {"low", 3}},
      {.has_low = true,
       .low = {105, 1},
       .low_open = true,
       .has_high = true,
       .high = {20, 0},
       .key = {"mid", 3}},
      {.has_low = true,
       .low = {15, 0},
       .has_high = true,
       .high = {30, 0},
       .missing = true,
       .reason = MISSING_NOT_ASKED},
  };
  static program_range codes[] = {{.has_low = true, .low = {4, 0}, .code = -7},
                                  {.has_high = true, .high = {2, 0}, .code = 12}};
  check(&(example){
      .variables =
          {{.kind = VARIABLE_NUMBER, .column = "x", .decimals = 1},
           {.kind = VARIABLE_RECODE,
            .inputs = first_input,
            .inputs_count = 1,
            .ranges = bands,
            .ranges_count = 3,
            .keys_are_texts = true},
           {.kind = VARIABLE_RECODE,
            .inputs = first_input,
            .inputs_count = 1,
            .ranges = bands,
            .ranges_count = 3,
            .keys_are_texts = true,
            .has_else = true,
            .else_key = {"rest", 4}},
           {.kind = VARIABLE_SCALE, .column = "x", .has_range = true, .low = 1, .high = 5},
           {.kind = VARIABLE_RECODE,
            .inputs = (uint32_t[]){3},
            .inputs_count = 1,
            .ranges = codes,
            .ranges_count = 2},
           {.kind = VARIABLE_TOP, .inputs = (uint32_t[]){3}, .inputs_count = 1, .cut = {4, 0}},
           {.kind = VARIABLE_TOP, .inputs = first_input, .inputs_count = 1, .cut = {1055, 2}, .below = true}},
      .columns = {"x"},
      .cells = {{"9.9", "10", "10.5", "10.6", "20", "20.1", "30", "31", "-5", "", "3", "5", "2"}},
      .expected = {{"9.9", "10.0", "10.5", "10.6", "20.0", "20.1", "30.0", "31.0", "-5.0", "!blank", "3.0",
                    "5.0", "2.0"},
                   {"low", "!other", "!other", "mid", "mid", "!not_asked", "!not_asked", "!other", "low",
                    "!blank", "low", "low", "low"},
                   {"low", "rest", "rest", "mid", "mid", "!not_asked", "!not_asked", "rest", "low", "!blank",
                    "low", "low", "low"},
                   {"!invalid", "!invalid", "!invalid", "!invalid", "!invalid", "!invalid", "!invalid",
                    "!invalid", "!invalid", "!blank", "3", "5", "2"},
                   {"!invalid", "!invalid", "!invalid", "!invalid", "!invalid", "!invalid", "!invalid",
                    "!invalid", "!invalid", "!blank", "!other", "-7", "12"},
                   {"!invalid", "!invalid", "!invalid", "!invalid", "!invalid", "!invalid", "!invalid",
                    "!invalid", "!invalid", "!blank", "0", "1", "0"},
                   {"1", "1", "1", "0", "0", "0", "0", "0", "1", "!blank", "1", "1", "1"}},
      .decimals_too = true});
}

static void recode_takes_texts_of_nominal_variables(void **state) {
  (void)state;
  static program_range ranges[] = {
      {.is_text = true, .text = {"paris", 5}, .key = {"europe", 6}},
      {.is_text = true, .text = {"rome", 4}, .key = {"europe", 6}},
      {.is_text = true, .text = {"rome", 4}, .key = {"never", 5}},
      {.is_text = true, .text = {"?", 1}, .missing = true, .reason = MISSING_DONT_KNOW}};
  check(&(example){.variables = {{.kind = VARIABLE_NOMINAL, .column = "c"},
                                 {.kind = VARIABLE_RECODE,
                                  .inputs = first_input,
                                  .inputs_count = 1,
                                  .ranges = ranges,
                                  .ranges_count = 4,
                                  .keys_are_texts = true}},
                   .columns = {"c"},
                   .cells = {{"paris", "rome", "?", "lima", ""}},
                   .expected = {{"paris", "rome", "?", "lima", "!blank"},
                                {"europe", "europe", "!dont_know", "!other", "!blank"}}});
}

static void recode_may_keep_what_it_does_not_name(void **state) {
  (void)state;
  static program_range ranges[] = {
      {.is_text = true, .text = {"paris", 5}, .key = {"europe", 6}},
      {.is_text = true, .text = {"?", 1}, .missing = true, .reason = MISSING_OTHER}};
  check(&(example){.variables = {{.kind = VARIABLE_NOMINAL, .column = "c"},
                                 {.kind = VARIABLE_RECODE,
                                  .inputs = first_input,
                                  .inputs_count = 1,
                                  .ranges = ranges,
                                  .ranges_count = 2,
                                  .keys_are_texts = true,
                                  .keeps_others = true}},
                   .columns = {"c"},
                   .cells = {{"paris", "rome", "?", "europe", "", "rome", "lima"}},
                   .expected = {{"paris", "rome", "?", "europe", "!blank", "rome", "lima"},
                                {"europe", "rome", "!other", "europe", "!blank", "rome", "lima"}}});
}

static void difference_needs_both(void **state) {
  (void)state;
  check(&(example){
      .variables = {{.kind = VARIABLE_NUMBER, .column = "a", .decimals = 1},
                    {.kind = VARIABLE_NUMBER, .column = "b", .decimals = 3},
                    {.kind = VARIABLE_DIFFERENCE, .inputs = first_two, .inputs_count = 2}},
      .columns = {"a", "b"},
      .cells = {{"1.5", "", "2", "4611686018427387.9", "bad"}, {"0.125", "1", "", "-4611686018427387.9", ""}},
      .expected = {{"1.5", "!blank", "2.0", "4611686018427387.9", "!invalid"},
                   {"0.125", "1.000", "!blank", "-4611686018427387.900", "!blank"},
                   {"1.375", "!blank", "!blank", "!invalid", "!invalid"}},
      .decimals_too = true});
}

static void cluster_is_the_smallest_score_and_ties_go_to_the_first(void **state) {
  (void)state;
  static int64_t coefficients[] = {5, -2, 1, 5, -2, 1, 0, 1, -1};
  /* 0 against 2^60 + x - 2^61 y */
  static int64_t shifted[] = {0, 0, 0, 1, 1, -1};
  static int64_t large[] = {0, 0, 0, 1, INT64_C(-4611686018427387904), INT64_C(4611686018427387904)};
  check(&(example){
      .variables = {{.kind = VARIABLE_SCALE, .column = "a", .has_range = true, .low = -1, .high = 5},
                    {.kind = VARIABLE_SCALE, .column = "b", .has_range = true, .low = 0, .high = 5},
                    {.kind = VARIABLE_CLUSTER,
                     .inputs = first_two,
                     .inputs_count = 2,
                     .clusters = 3,
                     .coefficients = coefficients},
                    {.kind = VARIABLE_NUMBER, .column = "b", .decimals = 0},
                    {.kind = VARIABLE_CLUSTER,
                     .inputs = (uint32_t[]){0, 3},
                     .inputs_count = 2,
                     .clusters = 2,
                     .coefficients = large},
                    {.kind = VARIABLE_CLUSTER,
                     .inputs = (uint32_t[]){0, 3},
                     .inputs_count = 2,
                     .clusters = 2,
                     .coefficients = shifted,
                     .shifts = (uint8_t[]){60, 0, 61}}},
      .columns = {"a", "b"},
      .cells = {{"5", "0", "0", "", "-1"}, {"0", "5", "0", "1", "0"}},
      .expected = {{"5", "0", "0", "!blank", "-1"},
                   {"0", "5", "0", "1", "0"},
                   {"1", "3", "3", "!too_few", "3"},
                   {"0", "5", "0", "1", "0"},
                   {"2", "1", "1", "!too_few", "1"},
                   {"1", "2", "1", "!too_few", "1"}}});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(scale_takes_whole_numbers_of_its_range),
      cmocka_unit_test(blank_can_have_a_rule_of_its_own),
      cmocka_unit_test(nominal_maps_texts_to_keys),
      cmocka_unit_test(number_keeps_its_decimals_rounding_half_to_even),
      cmocka_unit_test(numbers_are_written_with_the_files_mark),
      cmocka_unit_test(dates_give_periods),
      cmocka_unit_test(text_is_what_the_file_says),
      cmocka_unit_test(delimited_cells_are_sets),
      cmocka_unit_test(flag_columns_are_sets),
      cmocka_unit_test(a_blank_cell_may_mean_no),
      cmocka_unit_test(recode_takes_the_first_range),
      cmocka_unit_test(recode_takes_texts_of_nominal_variables),
      cmocka_unit_test(recode_may_keep_what_it_does_not_name),
      cmocka_unit_test(difference_needs_both),
      cmocka_unit_test(cluster_is_the_smallest_score_and_ties_go_to_the_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
