/* A plan with everything that a plan can have, byte by byte. */
#include <string.h>

#include "stats/plan/codec.h"
#include "stats/plan/plan.h"
#include "tests/check.h"
#include "tests/golden/golden.h"
#include "tests/stats/sample_program.h"

#define ADVICE "; install the same version on clients and workers, and submit the job again"

static const golden_version current = {PLAN_VERSION, "PLAN_VERSION (stats/plan/codec.h)"};

/* A scale, the mean of it, and a filter on it. */
static void fill_program(program *p) {
  uint32_t scale;
  sample_scale(p, "q", 1, 5, &scale);
  sample_add(p,
             &(program_variable){
                 .kind = VARIABLE_MEAN, .name = "m", .inputs = &scale, .inputs_count = 1, .valid_min = 1},
             NULL);
  filter_value two = {.number = {2, 0}};
  filter_node node = {.kind = FILTER_GE, .variable = scale, .values = &two, .values_count = 1};
  assert_int_equal(program_add_filter(p, &(program_filter){&node, 1}, NULL, NULL), STATUS_OK);
}

static plan_value_label scale_values[] = {{.number = 1, .label = {{"bad"}}},
                                          {.number = 5, .label = {{"good", "\xe5\xa5\xbd"}}}};
static plan_value_label mean_values[] = {
    {.is_text = true, .text = {"x", 1}, .label = {{NULL, "\xe5\x85\xb6\xe4\xbb\x96"}}}};
static plan_absence absences[] = {{.column = "q", .files_count = 7, .files = {1, 2, 3, 4, 5}}};
static plan_variable variables[] = {
    {.name = "q",
     .label = {{"Overall", "\xe6\x80\xbb\xe4\xbd\x93", "\xe6\x95\xb4\xe9\xab\x94"}},
     .values = scale_values,
     .values_count = 2,
     .in_codebook = true,
     .absences = absences,
     .absences_count = 1,
     .taken = 1 << PLAN_TAKEN_RANGE | 1 << PLAN_TAKEN_MISSING,
     .codes_differ = 1},
    {.name = "m",
     .variable = 1,
     .values = mean_values,
     .values_count = 1,
     .decimals_declared = 3,
     .largest = {12345, -2}},
};
static bool children_are_constructs[] = {false};
static uint32_t children[] = {0};
static decimal weights[] = {{15, 1}};
static plan_construct constructs[] = {{.name = "c",
                                       .label = {{"C"}},
                                       .variable = 1,
                                       .children_count = 1,
                                       .child_is_construct = children_are_constructs,
                                       .children = children,
                                       .weights = weights,
                                       .valid_min = 1}};
static uint32_t items[] = {0};
static int64_t promoters[] = {5}, detractors[] = {1, 2, 3};
static argument_value arguments[] = {
    {.given = true, .variables = items, .variables_count = 1},
    {.given = true, .integers = promoters, .list_count = 1},
    {.given = true, .integers = detractors, .list_count = 3},
    {.given = true, .integer = 1},
};
static uint32_t grid[] = {0, 0};
static int64_t good[] = {4, 5}, bad[] = {1};
static plan_net nets[] = {{.name = "Good", .codes = good, .count = 2},
                          {.name = "Bad", .codes = bad, .count = 1}};
static plan_question questions[] = {{.variables = grid,
                                     .variables_count = 2,
                                     .label = {{"Both"}},
                                     .base_text = "q >= 2",
                                     .nets = nets,
                                     .nets_count = 2,
                                     .top = 3,
                                     .bottom = PLAN_BOXES_AS_ALL,
                                     .nps = true}};
static argument_value banner_arguments[] = {
    {.given = true, .questions = questions, .list_count = 1},
    {.integer = 2},
    {.integer = 2},
    {.integer = 1},
    {.given = false},
    {.given = false},
    {.given = true, .integer = 1},
    {.number = 0.9},
    {.integer = 100},
};
static plan_breakdown breakdowns[] = {{{1}, 1}, {{1, 0}, 2}};
static plan_analysis analyses[] = {{.kind = "nps",
                                    .name = "loyalty",
                                    .label = {{"Loyalty", NULL, "\xe5\xbf\xa0\xe8\xaa\xa0\xe5\xba\xa6"}},
                                    .arguments = arguments,
                                    .arguments_count = 4,
                                    .breakdowns = breakdowns,
                                    .breakdowns_count = 2,
                                    .filter_text = "q >= 2",
                                    .weight = PROGRAM_NONE,
                                    .confidence = 0.95,
                                    .small_base = 30,
                                    .seed = 20240229},
                                   {.kind = "tables",
                                    .name = "sheet",
                                    .arguments = banner_arguments,
                                    .arguments_count = 9,
                                    .filter = PROGRAM_NONE,
                                    .weight = PROGRAM_NONE,
                                    .confidence = 0.95,
                                    .small_base = 30,
                                    .seed = 1}};
static const json *report_of(arena *memory) {
  json *chapter = json_object(memory);
  json *chapters = json_array(memory);
  json *report = json_object(memory);
  json_set_text(chapter, "name", "drivers");
  json_push(chapters, chapter);
  json_set(report, "chapters", chapters);
  return report;
}

static plan_column columns[] = {{.title = "m", .variable = 1}};
static plan *sample_plan(file_facts *file) {
  plan *p = plan_new();
  assert_non_null(p);
  fill_program(p->program);
  *file = (file_facts){.name = slice_of("2026-01.csv"),
                       .sha256 = golden_digest(0x40),
                       .bytes = 4096,
                       .records = 40,
                       .quarantined = 2,
                       .places = {{7, slice_of("3 fields instead of 2")}},
                       .places_count = 1,
                       .skipped = {[FILE_BLANK_ROWS] = {2, {11, 12}, 2}, [FILE_TOTALS] = {1, {13}, 1}},
                       .reading = {slice_of("Qualtrics"),
                                   3,
                                   2,
                                   5,
                                   slice_of("\xe7\xad\x94\xe5\x8d\xb7"),
                                   {[FILE_LONG_NUMBERS] = {1, {14}, 1}}}};
  p->title = (plan_label){{"Title", "\xe6\xa0\x87\xe9\xa2\x98", NULL}};
  p->specification = golden_digest(0x20);
  p->variables = variables;
  p->variables_count = 2;
  p->constructs = constructs;
  p->constructs_count = 1;
  p->analyses = analyses;
  p->analyses_count = 2;
  p->files = file;
  p->replicates = (plan_replicates){.groups = 512, .seed = 7, .unit = 0};
  p->weight_offered = "w";
  p->report = report_of(p->memory);
  p->may_lose = true;
  p->rows = (plan_rows){
      .wanted = true, .key = 0, .key_title = "q", .columns = columns, .columns_count = 1, .reasons = true};
  p->files_count = 1;
  return p;
}

static void expect_written(const golden *g, const plan *p) {
  buf b;
  buf_init(&b);
  plan_encode(p, &b);
  golden_expect(g, "whole", &b, current);
  buf_fini(&b);
}

static void bytes_of_a_plan_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("plan");
  file_facts file;
  plan *p = sample_plan(&file);
  expect_written(g, p);
  const slice bytes = golden_bytes(g, "whole");
  plan *back = NULL;
  error err;
  if (plan_decode(bytes.bytes, bytes.length, &back, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  expect_written(g, back);
  assert_string_equal(back->title.text[1], p->title.text[1]);
  assert_string_equal(back->variables[0].values[1].label.text[1], "\xe5\xa5\xbd");
  assert_int_equal(decimal_magnitude_compare(back->variables[1].largest, variables[1].largest), 0);
  assert_int_equal(back->constructs[0].weights[0].mantissa, 15);
  assert_string_equal(back->analyses[0].filter_text, "q >= 2");
  assert_int_equal(back->analyses[0].arguments[2].integers[2], 3);
  assert_int_equal(back->analyses[1].arguments[0].questions[0].nets[0].codes[1], 5);
  assert_string_equal(back->analyses[1].arguments[0].questions[0].base_text, "q >= 2");
  assert_int_equal(back->files[0].skipped[FILE_BLANK_ROWS].lines[1], 12);
  assert_int_equal(back->files[0].skipped[FILE_TOTALS].lines[0], 13);
  assert_int_equal(back->files[0].reading.remarks[FILE_LONG_NUMBERS].lines[0], 14);
  assert_slice_equal(back->files[0].reading.format, slice_of("Qualtrics"));
  assert_int_equal(back->files[0].reading.notices, 5);
  assert_slice_equal(back->files[0].reading.sheet, slice_of("\xe7\xad\x94\xe5\x8d\xb7"));
  assert_string_equal(back->rows.columns[0].title, "m");
  plan_destroy(back);
  plan_destroy(p);
  golden_close(g);
}

static status decode(const char *entry, slice bytes, error *err) {
  (void)entry;
  plan *p = NULL;
  const status st = plan_decode(bytes.bytes, bytes.length, &p, err);
  if (st == STATUS_OK) {
    plan_destroy(p);
  }
  return st;
}

/* The title begins at 1: a flag, the length, "Title" from 3 on.  The digest stands from 17 to 48, the
 * program's version at 49. */
static const golden_refusal refusals[] = {
    {"whole", GOLDEN_BYTE, 0, PLAN_VERSION + 1, STATUS_CORRUPT,
     "plan: made by a newer version of canvass" ADVICE},
    {"whole", GOLDEN_BYTE, 0, PLAN_VERSION - 1, STATUS_CORRUPT,
     "plan: made by an older version of canvass" ADVICE},
    {"whole", GOLDEN_BYTE, 1, 2, STATUS_CORRUPT, "plan: a flag that is neither 0 nor 1"},
    {"whole", GOLDEN_BYTE, 3, 0xff, STATUS_CORRUPT, "plan: a text that is not UTF-8"},
    {"whole", GOLDEN_BYTE, 3, 0, STATUS_CORRUPT, "plan: a text that is not UTF-8"},
    {"whole", GOLDEN_BYTE, 49, 3, STATUS_CORRUPT, "program: made by an older version of canvass" ADVICE},
    {"whole", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "plan: bytes are left over at the end"},
    {"whole", GOLDEN_CUT, 48, 0, STATUS_CORRUPT, "plan: ends too early"},
};

static void refusals_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("plan");
  golden_refuse(g, refusals, sizeof refusals / sizeof refusals[0], decode, NULL);
  golden_refuse_beginnings(g, "whole", decode, NULL);
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_of_a_plan_are_fixed),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
