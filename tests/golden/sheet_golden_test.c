/* Sheets byte by byte: a broker keeps one while a job is running, across restarts and releases. */
#include "stats/sheet/sheet.h"
#include "tests/check.h"
#include "tests/golden/golden.h"

#define ADVICE "; install the same version on clients and workers, and submit the job again"

static const golden_version current = {SHEET_VERSION, "SHEET_VERSION (stats/sheet/sheet.h)"};

/* The values of plan.py's inner_program. */
static void fill_program(program *p) {
  uint32_t inputs[] = {0};
  filter_value two = {.number = {2, 0}};
  filter_node node = {.kind = FILTER_GE, .variable = 0, .values = &two, .values_count = 1};
  const program_variable q = {
      .kind = VARIABLE_SCALE, .name = "q", .column = "q", .has_range = true, .low = 1, .high = 5};
  const program_variable m = {
      .kind = VARIABLE_MEAN, .name = "m", .inputs = inputs, .inputs_count = 1, .valid_min = 1};
  const program_filter f = {.nodes = &node, .nodes_count = 1};
  assert_int_equal(program_add_variable(p, &q, NULL, NULL), STATUS_OK);
  assert_int_equal(program_add_variable(p, &m, NULL, NULL), STATUS_OK);
  assert_int_equal(program_add_filter(p, &f, NULL, NULL), STATUS_OK);
}

static sheet *sample(void) {
  static const sheet_column columns[] = {
      {SHEET_ROW, {"row", 3}, 0, PROGRAM_NONE},
      {SHEET_VALUE, {"\xe6\xbb\xa1\xe6\x84\x8f\xe5\xba\xa6", 9}, 0, PROGRAM_NONE},
      {SHEET_REASON, {"m.missing", 9}, 1, 0},
      {SHEET_NOTHING, {"groups.segment", 14}, 0, PROGRAM_NONE},
  };
  sheet *s = sheet_new();
  assert_non_null(s);
  fill_program(s->program);
  s->guards_formulas = true;
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    assert_int_equal(sheet_add(s, &columns[i], NULL), STATUS_OK);
  }
  return s;
}

static void expect_written(const golden *g, const sheet *s) {
  buf b;
  buf_init(&b);
  sheet_encode(s, &b);
  golden_expect(g, "whole", &b, current);
  buf_fini(&b);
}

static status decode(const char *entry, slice bytes, error *err) {
  (void)entry;
  sheet *s = NULL;
  reader r;
  reader_init(&r, bytes.bytes, bytes.length);
  status st = sheet_decode(&r, &s, err);
  if (st == STATUS_OK) {
    st = reader_finish(&r, "columns of rows", err);
    sheet_destroy(s);
  }
  return st;
}

static void bytes_of_a_sheet_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("sheet");
  sheet *s = sample();
  expect_written(g, s);
  sheet *back = NULL;
  reader r;
  reader_init(&r, golden_bytes(g, "whole").bytes, golden_bytes(g, "whole").length);
  assert_int_equal(sheet_decode(&r, &back, NULL), STATUS_OK);
  expect_written(g, back);
  sheet_destroy(back);
  sheet_destroy(s);
  golden_close(g);
}

/* The version is at 0, the flag at 1, the program's version at 2. */
static const golden_refusal refusals[] = {
    {"whole", GOLDEN_BYTE, 0, SHEET_VERSION + 1, STATUS_CORRUPT,
     "columns of rows: made by a newer version of canvass" ADVICE},
    {"whole", GOLDEN_BYTE, 0, 0, STATUS_CORRUPT,
     "columns of rows: made by an older version of canvass" ADVICE},
    {"whole", GOLDEN_BYTE, 1, 2, STATUS_CORRUPT, "columns of rows: a flag that is neither 0 nor 1"},
    {"whole", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "columns of rows: bytes are left over at the end"},
};

static void refusals_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("sheet");
  golden_refuse(g, refusals, sizeof refusals / sizeof refusals[0], decode, NULL);
  golden_refuse_beginnings(g, "whole", decode, NULL);
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_of_a_sheet_are_fixed),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
