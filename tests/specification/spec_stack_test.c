/* Stacks: what they become, and mistakes. */
#include <string.h>

#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define HEAD                                                                                \
  "variables: {r: {type: nominal}, b1_q: {type: id}}\n"                                     \
  "stack:\n"                                                                                \
  "  b: {loops: [b1, b2], variables: {q: {column: \"*_q\", type: scale, range: [1, 5]}}}\n" \
  "  k: {loops: {x: X}, variables: {z: {column: \"*z\", type: number, decimals: 1}}}\n"
#define ASKS(analysis) HEAD "analyses:\n  - " analysis "\n"

static void a_stack_is_a_loop_and_a_variable_per_entry(void **state) {
  (void)state;
  plan *p = page_plan(ASKS("describe: {items: q, by: [b, r], stack: b}"), "r|b1_q|b2_q|xz");
  const program_variable *q = plan_program_variable(p, "q");
  assert_int_equal(q->kind, VARIABLE_SCALE);
  assert_true(q->stacked);
  assert_int_equal(q->columns_count, 2);
  assert_string_equal(q->columns[1], "b2_q");
  assert_false(plan_find(p, "q")->in_codebook);
  const program_variable *loop = plan_program_variable(p, "b");
  assert_int_equal(loop->kind, VARIABLE_LOOP);
  assert_int_equal(loop->keys_count, 2);
  assert_int_equal(program_variable_loops(p->program, plan_find(p, "q")->variable), 2);
  assert_int_equal(program_variable_loops(p->program, plan_find(p, "z")->variable), 1);
  assert_int_equal(program_variable_loops(p->program, plan_find(p, "r")->variable), 0);
  /* each column is a variable too, but where the page has one of that name */
  assert_int_equal(plan_program_variable(p, "b1_q")->kind, VARIABLE_TEXT);
  assert_int_equal(plan_program_variable(p, "b2_q")->kind, VARIABLE_SCALE);
  assert_true(plan_find(p, "b2_q")->in_codebook);
  assert_string_equal(plan_find(p, "k")->values[0].label.text[0], "X");
  plan_destroy(p);
}

static void numbers_of_all_loops_keep_the_same_decimals(void **state) {
  (void)state;
  spec *s = page_parse(
      "stack: {b: {loops: [x, y], variables: {n: {column: \"*n\", type: number}}}}\n"
      "variables: {id: {type: id}}\nanalyses: [describe: {items: n, stack: b}]\n");
  manifest *dataset = page_columns("id|xn|yn");
  dataset->columns[1].decimals_max = 1;
  dataset->columns[2].decimals_max = 3;
  plan *p = NULL;
  spec_problems problems = {0};
  error err;
  assert_int_equal(spec_plan(s, dataset, &p, &problems, &err), STATUS_OK);
  assert_int_equal(plan_program_variable(p, "n")->decimals, 3);
  assert_int_equal(plan_program_variable(p, "xn")->decimals, 1);
  plan_destroy(p);
  manifest_destroy(dataset);
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void rows_of_a_stack_are_for_who_asks(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {ASKS("describe: {items: q}"), "6:5: 'q' is of the rows of stack 'b'; add stack: b"},
      {ASKS("describe: {items: r, by: b}"), "6:5: 'b' is of the rows of stack 'b'; add stack: b"},
      {ASKS("describe: {items: r, where: q == 1}"), "6:5: 'q' is of the rows of stack 'b'; add stack: b"},
      {ASKS("describe: {items: [q, z], stack: b}"), "6:38: 'z' is of the rows of stack 'k', not of 'b'"},
      {ASKS("describe: {items: r, stack: b}"),
       "6:33: stack: nothing here is of the rows of 'b'; leave stack out"},
      {ASKS("describe: {items: q, stack: bb}"), "6:33: unknown stack 'bb'; did you mean 'b'?"},
      {HEAD "derived: {d: {difference: [q, z]}}\nanalyses: [describe: {items: r}]\n",
       "5:11: 'd': 'z' is of a stack of 1 loops, which does not fit here"},
      {HEAD "derived: {d: {top: q}}\nanalyses: [describe: {items: d}]\n",
       "6:12: 'q' is of the rows of stack 'b'; add stack: b"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void a_stack_says_its_loops_and_columns(void **state) {
  (void)state;
#define STACK(body) "variables: {r: {type: id}}\nstack: {b: " body "}\nanalyses: [describe: {items: r}]\n"
  static const mistake_case cases[] = {
      {STACK("{variables: {q: {column: \"*q\", type: id}}}"),
       "2:9: stack: loops: expected a list of 1 to 100 names, or a map of names and labels, as they stand "
       "for * in "
       "`column`"},
      {STACK("{loops: [x, x], variables: {q: {column: \"*q\", type: id}}}"),
       "2:24: loops: 'x' is named twice"},
      {STACK("{loops: [x]}"),
       "2:9: stack 'b' has no variables; add variables: {sat: {column: \"*_sat\", ..}}"},
      {STACK("{loops: [x], variables: {q: {type: id}}}"),
       "2:37: stack: 'q' needs `column` with a * where the loop's name stands, such as column: \"*_q\""},
      {STACK("{loops: [x], variables: {q: {column: \"*q\", type: weight, kind: sampling}}}"),
       "2:37: stack: 'q' is a weight; a stacked variable has one column per loop"},
      {STACK("{loops: [x], variabels: {q: {column: \"*q\", type: id}}}"),
       "2:9: stack 'b' has no variables; add variables: {sat: {column: \"*_sat\", ..}}\n"
       "2:25: a stack: unknown key 'variabels'; did you mean 'variables'?"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_stack_is_a_loop_and_a_variable_per_entry),
      cmocka_unit_test(numbers_of_all_loops_keep_the_same_decimals),
      cmocka_unit_test(rows_of_a_stack_are_for_who_asks),
      cmocka_unit_test(a_stack_says_its_loops_and_columns),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
