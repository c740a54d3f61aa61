/* Answers that variables share, labels made of answer texts, and entries that rename columns. */
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define SHARED                                                                           \
  "scales:\n"                                                                            \
  "  agree: {range: [1, 5], texts: {No: 1, Nein: 1, Yes: 5}, missing: {9: dont_know}}\n" \
  "  gone: {missing: {-1: not_asked}}\n"                                                 \
  "  sex: {type: nominal, values: [f, m], closed: true}\n"

static const program_rule *rule_of(const program_variable *v, const char *text) {
  for (uint32_t i = 0; i < v->rules_count; i++) {
    if (slice_equal(v->rules[i].text, slice_of(text))) {
      return &v->rules[i];
    }
  }
  return NULL;
}

static void a_shared_scale_gives_what_the_entry_lacks(void **state) {
  (void)state;
  plan *p = page_plan(SHARED
                      "variables:\n"
                      "  a: {scale: agree}\n"
                      "  b: {scale: agree, range: [0, 7], missing: {8: refused}, reverse: true}\n"
                      "  x: {type: number, scale: gone, decimals: 2}\n"
                      "  s: {scale: sex}\n"
                      "  t: {scale: agree, values: [1, 2, 3, 4, 5]}\n"
                      "analyses: [describe: {items: [a, b]}]\n",
                      "a|b|x|s|t");
  const program_variable *a = plan_program_variable(p, "a");
  assert_int_equal(a->kind, VARIABLE_SCALE);
  assert_int_equal(a->low, 1);
  assert_int_equal(a->high, 5);
  assert_false(a->reversed);
  assert_int_equal(rule_of(a, "Yes")->value.mantissa, 5);
  assert_int_equal(rule_of(a, "9")->reason, MISSING_DONT_KNOW);
  const program_variable *b = plan_program_variable(p, "b");
  assert_int_equal(b->low, 0);
  assert_int_equal(b->high, 7);
  assert_true(b->reversed);
  assert_null(rule_of(b, "9")); /* its own `missing` stands in place of the scale's */
  assert_int_equal(rule_of(b, "8")->reason, MISSING_REFUSED);
  assert_int_equal(rule_of(b, "Nein")->value.mantissa, 1);
  const program_variable *x = plan_program_variable(p, "x");
  assert_int_equal(x->kind, VARIABLE_NUMBER);
  assert_int_equal(rule_of(x, "-1")->reason, MISSING_NOT_ASKED);
  assert_int_equal(plan_program_variable(p, "s")->kind, VARIABLE_NOMINAL);
  assert_true(plan_program_variable(p, "s")->closed);
  plan_destroy(p);
}

static void a_code_without_values_is_called_by_its_first_text(void **state) {
  (void)state;
  plan *p = page_plan(SHARED
                      "variables:\n"
                      "  a: {scale: agree}\n"
                      "  b: {scale: agree, reverse: true}\n"
                      "  t: {scale: agree, values: {3: Middle}}\n"
                      "  e: {type: scale, range: [0, 1], texts: {\"\": 0, X: 1}}\n"
                      "analyses: [describe: {items: [a, b]}]\n",
                      "a|b|t|e");
  const plan_variable *a = plan_find(p, "a");
  assert_int_equal(a->values_count, 2);
  assert_int_equal(a->values[0].number, 1);
  assert_string_equal(a->values[0].label.text[0], "No");
  assert_string_equal(a->values[0].label.text[1], "No");
  assert_string_equal(a->values[1].label.text[0], "Yes");
  const plan_variable *b = plan_find(p, "b");
  assert_int_equal(b->values[0].number, 1);
  assert_string_equal(b->values[0].label.text[0], "Yes"); /* the label goes with the code, 5 turned to 1 */
  const plan_variable *t = plan_find(p, "t");
  assert_int_equal(t->values_count, 1);
  assert_string_equal(t->values[0].label.text[0], "Middle");
  assert_int_equal(plan_find(p, "e")->values_count, 1); /* a blank cell is not a label for a code */
  plan_destroy(p);
}

static void a_scale_leaves_no_trace_in_the_specification_s_name(void **state) {
  (void)state;
  plan *shared = page_plan(
      "scales: {yes: {range: [0, 1], texts: {Yes: 1}}}\nvariables:\n  a: {scale: yes}\n"
      "analyses: [describe: {items: a}]\n",
      "a");
  plan *written = page_plan(
      "variables:\n  a: {type: scale, range: [0, 1], texts: {Yes: 1}}\n"
      "analyses: [describe: {items: a}]\n",
      "a");
  assert_memory_equal(&shared->specification, &written->specification, sizeof(digest));
  plan_destroy(shared);
  plan_destroy(written);
}

static void mistakes_of_a_scale_are_told_once(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"scales: {g: {range: [1, 3], texts: {Good: 4}}}\nvariables:\n  a: {scale: g}\n  b: {scale: g}\n"
       "analyses: [describe: {items: [a, b]}]\n",
       "1:43: texts: 4 is outside the range [1, 3] of 'g'"},
      {"scales: {g: {range: [1, 3], rang: 1}}\nvariables:\n  a: {scale: g}\nanalyses: [describe: {items: "
       "a}]\n",
       "1:29: a variable: unknown key 'rang'; did you mean 'range'?"},
      {"scales: {g: {column: a}}\nvariables:\n  a: {type: id}\nanalyses: [describe: {items: a}]\n",
       "1:14: 'column' belongs to a variable, not to a scale"},
      {"scales: [g]\nvariables:\n  a: {type: id}\nanalyses: [describe: {items: a}]\n",
       "1:9: scales: expected a map of names and the answers that variables share, found a list"},
      {"scales: {agree: {range: [1, 3]}}\nvariables:\n  a: {scale: agre}\nanalyses: [describe: {items: a}]\n",
       "3:14: unknown scale 'agre'; did you mean 'agree'?"},
      {"variables:\n  a: {scale: agree}\nanalyses: [describe: {items: a}]\n",
       "2:14: unknown scale 'agree'; add `scales: {agree: {range: [1, 5]}}`"},
      {"scales: {g: {range: [1, 3]}}\nvariables:\n  a: {scale: g, type: nominal}\n"
       "analyses: [describe: {items: a}]\n",
       "3:14: 'range' does not go with type nominal"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void check_column(const plan *p, const char *name, const char *column) {
  assert_string_equal(plan_program_variable(p, name)->column, column);
}

static void an_entry_with_a_pattern_as_its_column_renames(void **state) {
  (void)state;
  plan *p = page_plan(
      "variables:\n"
      "  id: {type: id}\n"
      "  \"q_*\": {column: \"Q*[SQ*]\", type: scale, range: [1, 5]}\n"
      "  \"*_of_*\": {column: \"Part *: *?\", type: nominal}\n"
      "  last: {column: \"Q9[SQ1]\", type: nominal}\n"
      "analyses: [describe: {items: [\"q_*\", \"b_of_c: d\"]}]\n",
      "id|Q1[SQ001]|Q1[SQ002]|Q10[SQ001]|Q9[SQ1]|Part b: c: d?|Part ä: ö?");
  check_column(p, "q_1_001", "Q1[SQ001]");
  check_column(p, "q_1_002", "Q1[SQ002]");
  check_column(p, "q_10_001", "Q10[SQ001]");
  check_column(p, "last", "Q9[SQ1]"); /* an exact entry wins */
  check_column(p, "b_of_c: d", "Part b: c: d?");
  check_column(p, "ä_of_ö", "Part ä: ö?");
  assert_int_equal(p->variables_count, 7);
  plan_destroy(p);
}

static void a_title_that_is_the_pattern_itself_is_meant(void **state) {
  (void)state;
  plan *p = page_plan(
      "variables:\n"
      "  \"must*\": {column: \"* Name\", type: id}\n"
      "  must: {column: \"* Age\", type: id}\n"
      "analyses: [describe: {items: must}]\n",
      "* Name|* Age|A Name");
  check_column(p, "must*", "* Name");
  check_column(p, "must", "* Age"); /* a name without * renames nothing */
  plan_destroy(p);
}

static void a_number_keeps_its_decimals_however_its_column_is_named(void **state) {
  (void)state;
  spec *s = page_parse(
      "variables:\n"
      "  place: {column: 1, type: number}\n"
      "  second: {column: {title: b, nth: 2}, type: number}\n"
      "  \"x_*\": {column: \"X*!\", type: number}\n"
      "analyses: [describe: {items: [place, second, x_1]}]\n");
  manifest *dataset = page_columns("a|b #1|b #2|X1!");
  for (uint32_t i = 0; i < dataset->columns_count; i++) {
    dataset->columns[i].decimals_max = 3;
  }
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_plan(s, dataset, &p, &problems, &err), STATUS_OK);
  assert_int_equal(plan_program_variable(p, "place")->decimals, 3);
  assert_int_equal(plan_program_variable(p, "second")->decimals, 3);
  assert_int_equal(plan_program_variable(p, "x_1")->decimals, 3);
  plan_destroy(p);
  manifest_destroy(dataset);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void names_that_would_be_shared_are_told(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {"variables:\n  \"q_*_*\": {column: \"Q*\", type: id}\nanalyses: [describe: {items: q_1_1}]\n",
       "2:3: 'q_*_*' has more * than its column 'Q*', so not all of them mean something"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
  spec *s = page_parse(
      "variables:\n  \"q_*\": {column: \"Q*[*]\", type: id}\nanalyses: [describe: {items: \"q_*\"}]\n");
  manifest *header = page_columns("Q1[2_3]|Q1_2[3]");
  reading_options options = {0};
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_reading_options(s, header, &options, &problems, &err), STATUS_SPECIFICATION);
  assert_string_equal(err.message,
                      "spec.yaml:2:3: 'q_*' gives the columns 'Q1[2_3]' and 'Q1_2[3]' one name, "
                      "'q_1_2_3'; write it with more *");
  manifest_destroy(header);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_shared_scale_gives_what_the_entry_lacks),
      cmocka_unit_test(a_code_without_values_is_called_by_its_first_text),
      cmocka_unit_test(a_scale_leaves_no_trace_in_the_specification_s_name),
      cmocka_unit_test(mistakes_of_a_scale_are_told_once),
      cmocka_unit_test(an_entry_with_a_pattern_as_its_column_renames),
      cmocka_unit_test(a_title_that_is_the_pattern_itself_is_meant),
      cmocka_unit_test(a_number_keeps_its_decimals_however_its_column_is_named),
      cmocka_unit_test(names_that_would_be_shared_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
