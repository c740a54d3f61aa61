/* What is reported of columns that the data lack: where they are declared, which file lacks them, and what
 * may have been meant. */
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

static void what_the_data_lack_is_told_as_a_matter_of_the_data(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n  seat: {column: Seat Comfort, type: id}\n  m: {type: multi, columns: [a, b]}\n"
      "  \"q*\": {type: scale, range: [1, 5]}\n  \"z*\": {type: id}\n"
      "analyses: [describe: {items: [q1, q7, seat]}]\n");
  manifest *header = page_columns("Seat comfort|a|q1|q2");
  reading_options options = {0};
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, &problems, &err), STATUS_DATA);
  buf_put_u8(&problems.text, 0);
  assert_string_equal(
      (const char *)problems.text.data,
      "spec.yaml:2:18: no column 'Seat Comfort' in the data; did you mean 'Seat comfort'?\n"
      "spec.yaml:3:33: no column 'b' in the data\n"
      "spec.yaml:5:3: no column of the data matches 'z*'\n"
      "spec.yaml:6:35: no column 'q7' in the data (declared by the pattern 'q*'); did you mean 'q1'?\n");
  assert_string_equal(err.message,
                      "spec.yaml:2:18: no column 'Seat Comfort' in the data; did you mean 'Seat comfort'?");
  manifest_destroy(header);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

/* A name copied from the message into a quoted text is the column's. */
static void tabs_in_names_are_shown_as_they_are_written(void **state) {
  (void)state;
  spec *s =
      page_parse("variables:\n  a: {column: Seat comforts, type: id}\nanalyses: [describe: {items: a}]\n");
  manifest *header = page_columns("Seat\tcomfort");
  reading_options options = {0};
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, &problems, &err), STATUS_DATA);
  assert_string_equal(
      err.message, "spec.yaml:2:15: no column 'Seat comforts' in the data; did you mean 'Seat\\tcomfort'?");
  manifest_destroy(header);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void expect_told(const char *page, manifest *header, const char *told) {
  spec *s = page_parse(page);
  reading_options options = {0};
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, &problems, &err), STATUS_DATA);
  buf_put_u8(&problems.text, 0);
  assert_string_equal((const char *)problems.text.data, told);
  manifest_destroy(header);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void of_a_title_that_several_columns_have_all_are_named(void **state) {
  (void)state;
  expect_told(
      "variables:\n  c: {column: Comment, type: id}\n  d: {column: {title: Comment, nth: 2}, type: id}\n"
      "  e: {column: {title: Comment, nth: 4}, type: id}\nanalyses: [describe: {items: [c, d]}]\n",
      page_columns("id|Comment #1|Comment #2|Comment #3"),
      "spec.yaml:2:15: 3 columns of the data have the title 'Comment'; name one of them: 'Comment #1', "
      "'Comment #2', 'Comment #3'\n"
      "spec.yaml:4:15: no column 'Comment #4' in the data; did you mean 'Comment #1'?\n");
}

/* The dataset of `run` holds the wanted columns only; places are those of the file. */
static void a_number_that_is_no_title_is_a_place_in_the_first_file(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n  a: {column: 3, type: id}\n  b: {column: 2, type: id}\n"
      "  m: {type: multi, columns: {x: 4, y: 5}}\n  \"q*\": {type: id}\n"
      "analyses: [describe: {items: [a, b, m]}]\n");
  manifest *header = page_columns("2|q1|q2|q3|q4|q5");
  manifest *kept = page_columns("2|q2|q3|q4|q1|q5");
  reading_options options = {0};
  plan *p = NULL;
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, NULL, &err), STATUS_OK);
  assert_int_equal(spec_plan(s, kept, &p, NULL, &err), STATUS_OK);
  assert_string_equal(plan_program_variable(p, "a")->column, "q2");
  assert_string_equal(plan_program_variable(p, "b")->column, "2");
  assert_string_equal(plan_program_variable(p, "m")->columns[0], "q3");
  assert_string_equal(plan_program_variable(p, "m")->columns[1], "q4");
  assert_non_null(plan_find(p, "q1"));
  assert_int_equal(p->variables_count, 5); /* q2, q3 and q4 are claimed */
  plan_destroy(p);
  manifest_destroy(header);
  manifest_destroy(kept);
  spec_destroy(s);
  expect_told(
      "variables:\n  a: {column: 3, type: id}\n  b: {column: 0, type: id}\nanalyses: [describe: {items: "
      "a}]\n",
      page_columns("x|y"),
      "spec.yaml:2:15: no column '3' in the data\nspec.yaml:3:15: no column '0' in the data\n");
}

static void what_a_file_says_of_a_column_is_the_label_of_its_variable(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n  a: {type: id}\n  b: {type: id, label: Ours}\n  z: {column: c, type: id}\n"
      "analyses: [describe: {items: [a, b, z]}]\n");
  manifest *header = page_columns("a|b|c");
  header->columns[0].label = slice_of("How satisfied?");
  header->columns[1].label = slice_of("Theirs");
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_plan(s, header, &p, &problems, &err), STATUS_OK);
  for (int i = 0; i < LANGUAGES; i++) {
    assert_string_equal(plan_find(p, "a")->label.text[i], "How satisfied?");
    assert_string_equal(plan_find(p, "b")->label.text[i], "Ours");
    assert_null(plan_find(p, "z")->label.text[i]);
  }
  plan_destroy(p);
  manifest_destroy(header);
  spec_destroy(s);
}

static void the_header_that_is_stated_reaches_the_reader(void **state) {
  (void)state;
  static const struct {
    const char *data;
    reading_header_rows header;
    const char *format;
  } cases[] = {{"data: {skip: 3, header: 4, titles: [1, 3], labels: 2, format: csv}\n", {3, 4, 5, 2}, "csv"},
               {"data: {format: qualtrics, titles: 1}\n", {0, 0, 1, 0}, "qualtrics"},
               {"data: {format: \xe9\x97\xae\xe5\x8d\xb7\xe6\x98\x9f}\n", {0}, "wenjuanxing"},
               {"data: {format: Microsoft Forms}\n", {0}, "microsoft-forms"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char page[512];
    (void)snprintf(page, sizeof page, "%svariables: {a: {type: id}}\nanalyses: [describe: {items: a}]\n",
                   cases[i].data);
    spec *s = page_parse(page);
    reading_options options = {0};
    error err;
    assert_int_equal(spec_reading_options(s, NULL, &options, NULL, &err), STATUS_OK);
    assert_memory_equal(&options.header, &cases[i].header, sizeof options.header);
    assert_string_equal(options.format, cases[i].format);
    spec_destroy(s);
  }
}

static void the_file_whose_header_it_is_is_named(void **state) {
  (void)state;
  manifest *header = page_columns("a");
  header->files = ARENA_NEW(header->memory, file_facts);
  assert_non_null(header->files);
  header->files_count = 1;
  header->files[0].name = slice_of("shops/b/2026-01.csv");
  expect_told(
      "variables:\n  a: {type: id}\n  z: {type: id}\n  \"q*\": {type: id}\n"
      "analyses: [describe: {items: [a, q1]}]\n",
      header,
      "spec.yaml:3:3: no column 'z' in shops/b/2026-01.csv\n"
      "spec.yaml:4:3: no column of shops/b/2026-01.csv matches 'q*'\n"
      "spec.yaml:5:34: no column 'q1' in shops/b/2026-01.csv (declared by the pattern 'q*')\n");
}

static void a_column_that_another_variable_uses_is_not_offered(void **state) {
  (void)state;
  expect_told(
      "variables:\n  q1: {type: id}\n  q3: {type: id}\n  q5: {type: id}\n"
      "analyses: [describe: {items: q1}]\n",
      page_columns("q1|class"),
      "spec.yaml:3:3: no column 'q3' in the data\nspec.yaml:4:3: no column 'q5' in the data\n");
  expect_told(
      "variables:\n  first: {type: id, column: q1}\n  q3: {type: id}\n  \"r*\": {type: id}\n"
      "  m: {type: multi, columns: [q4, q5]}\n  r33: {type: id}\nanalyses: [describe: {items: first}]\n",
      page_columns("q1|q2|q4|q5|r3"),
      "spec.yaml:3:3: no column 'q3' in the data; did you mean 'q2'?\n"
      "spec.yaml:6:3: no column 'r33' in the data\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_the_data_lack_is_told_as_a_matter_of_the_data),
      cmocka_unit_test(tabs_in_names_are_shown_as_they_are_written),
      cmocka_unit_test(of_a_title_that_several_columns_have_all_are_named),
      cmocka_unit_test(a_number_that_is_no_title_is_a_place_in_the_first_file),
      cmocka_unit_test(what_a_file_says_of_a_column_is_the_label_of_its_variable),
      cmocka_unit_test(the_header_that_is_stated_reaches_the_reader),
      cmocka_unit_test(the_file_whose_header_it_is_is_named),
      cmocka_unit_test(a_column_that_another_variable_uses_is_not_offered),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
