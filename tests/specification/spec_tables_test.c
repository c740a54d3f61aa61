/* Questions and banners of `tables`: what is read, and what is a mistake. */
#include <string.h>

#include "stats/analyses/analysis.h"
#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define TABLES(arguments) ANALYSES("  - tables: {" arguments "}\n")
static void mistakes_of_questions_are_told_at_their_places(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {TABLES("questions: []"),
       "11:25: questions: expected a name, or a list of names, grids ([a, b]) and maps ({items: a, base: "
       "..}), found "
       "an empty list"},
      {TABLES("questions: [ss]"), "11:26: unknown variable 'ss'; did you mean 's'?"},
      {TABLES("questions: [i]"),
       "11:26: questions: 'i' is a text; expected a scale or a flag, or a number or a construct, "
       "or a nominal variable, or a multiple choice"},
      {TABLES("questions: [[s, t]]"),
       "11:30: questions: 't' has another range than the first item of its grid; list it "
       "on its own"},
      {TABLES("questions: [[s, n]]"),
       "11:30: questions: 'n' is a nominal variable; the items of a grid are scales (list "
       "other questions one by one)"},
      {TABLES("questions: [{item: s}]"),
       "11:26: questions: a question that is a map needs 'items', a name or a list\n"
       "11:27: questions: unknown key 'item'; did you mean 'items'?"},
      {TABLES("questions: [{items: s, nets: {Low: [0]}}]"),
       "11:49: nets: 0 is not a code of 's', which goes from 1 to 5"},
      {TABLES("questions: [{items: s, nets: {Low: [1, 1]}}]"), "11:49: nets: 'Low' names an answer twice"},
      {TABLES("questions: [{items: n, nets: {A: [alfa]}}]"),
       "11:48: 'alfa' is not a value of 'n'; did you mean 'alpha'?"},
      {TABLES("questions: [{items: x, nets: {A: [1]}}]"),
       "11:43: nets: 'x' is a number, which has no answers to put together (make bands of it)"},
      {TABLES("questions: [{items: s, nps: true}]"),
       "11:42: nps: 's' has no declared range of 0..10; give promoters and detractors as nets, or use the "
       "analysis nps"},
      {TABLES("questions: [{items: s, top: 101}]"),
       "11:42: top: expected a whole number from 0 to 100, found '101'"},
      {TABLES("questions: [{items: s, base: \"t >\"}]"), "11:47: where: expected a value, found the end"},
      {TABLES("questions: d"),
       "11:14: questions: 'd' is a date, which has no share and no mean; derive a period or bands of it"},
      {TABLES("questions: s, lower_confidence: 0.99"),
       "11:28: lower_confidence: 0.99 is not below the confidence of capitals, 0.95; 0 for no small letters"},
      {TABLES("questions: s, banner: n, by: n"), "11:39: by: is the same as 'banner'; give one of the two"},
      {TABLES("questions: s, banner: n > n"), "11:40: by: 'n' is crossed with itself"},
      {ANALYSES("  - describe: {items: s, banner: n}\n"),
       "11:26: describe: unknown key 'banner'; expected one of: items, distribution, intervals, duplicates, "
       "by, where, "
       "weight, name, label, confidence, small_base, seed, stack"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static const plan_question *questions_of(const plan *p, uint32_t *count) {
  const argument_value *v = request_argument(&p->analyses[0], "questions");
  *count = v->list_count;
  return v->questions;
}

static void a_question_says_its_items_base_nets_and_boxes(void **state) {
  (void)state;
  plan *p = page_plan(
      "variables:\n  \"s*\": {type: scale, range: [1, 5]}\n  t: {type: scale, range: [0, 10]}\n"
      "  n: {type: nominal}\n  m: {type: multi, columns: {web: a, app: b}}\nanalyses:\n"
      "  - tables:\n      questions: [s, [s, s2], {items: m, nets: {Any: [web, app]}, base: \"t > 3\", "
      "label: {en: M}},\n"
      "                  {items: t, nps: true, top: 3, nets: {High: 8..10}}, \"s*\"]\n"
      "      banner: [n, [n, s], s > n]\n",
      "s|t|n|a|b|s2");
  uint32_t count = 0;
  const plan_question *q = questions_of(p, &count);
  assert_int_equal(count, 6);
  assert_int_equal(q[0].variables_count, 1);
  assert_int_equal(q[0].base, PROGRAM_NONE);
  assert_int_equal(q[0].top, PLAN_BOXES_AS_ALL);
  assert_int_equal(q[1].variables_count, 2);
  assert_string_equal(q[2].base_text, "t > 3");
  assert_string_equal(q[2].label.text[0], "M");
  assert_slice_equal(q[2].nets[0].texts[1], slice_of("app"));
  assert_int_equal(q[3].top, 3);
  assert_true(q[3].nps);
  assert_int_equal(q[3].nets[0].count, 3);
  assert_int_equal(q[3].nets[0].codes[2], 10);
  const plan_breakdown *b = p->analyses[0].breakdowns;
  assert_int_equal(p->analyses[0].breakdowns_count, 3);
  assert_int_equal(b[1].count, 2);
  assert_string_equal(p->variables[b[2].variables[0]].name, "s");
  plan_destroy(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mistakes_of_questions_are_told_at_their_places),
      cmocka_unit_test(a_question_says_its_items_base_nets_and_boxes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
