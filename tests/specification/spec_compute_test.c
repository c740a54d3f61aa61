/* `compute`: mistakes with their places, and what becomes of right expressions. */
#include <stdio.h>
#include <string.h>

#include "stats/frame/frame.h"
#include "tests/check.h"
#include "tests/specification/spec_page.h"
#include "tests/stats/fixture.h"

static void a_mistake_has_its_place_in_the_expression(void **state) {
  (void)state;
  static const mistake_case cases[] = {
      {PAGE("derived: {v: {compute: \"x * yy\"}}\n"),
       "10:29: unknown variable 'yy'; expected one of: s, t, n, m, x, d, w, i, v"},
      {PAGE("derived: {v: {compute: \"x * n\"}}\n"),
       "10:29: compute: expected a number, found 'n', a nominal variable"},
      {PAGE("derived: {v: {compute: \"x +\"}}\n"),
       "10:28: compute: expected a variable, a number or a function, found the end"},
      {PAGE("derived: {v: {compute: \"x x\"}}\n"),
       "10:27: compute: expected an operation or the end, found 'x'"},
      {PAGE("derived: {v: {compute: \"(x\"}}\n"),
       "10:27: compute: expected an operation or ), found the end"},
      {PAGE("derived: {v: {compute: \"x = 1\"}}\n"), "10:27: compute: '=': write == to compare"},
      {PAGE("derived: {v: {compute: \"maxx(x, 1)\"}}\n"),
       "10:25: unknown function 'maxx'; did you mean 'max'?"},
      {PAGE("derived: {v: {compute: \"x / 0\"}}\n"), "10:29: compute: division by 0"},
      {PAGE("derived: {v: {compute: \"1 + 2\"}}\n"), "10:25: compute: the expression uses no variable"},
      {PAGE("derived: {v: {compute: [x]}}\n"),
       "10:24: compute: expected an expression such as \"price * count\", found a list"},
      {PAGE("derived: {v: {compute: \"if(x, 1, 0)\"}}\n"),
       "10:28: compute: expected a condition, found 'x', a number; compare it: == 1"},
      {PAGE("derived: {v: {compute: \"(x > 1) + 1\"}}\n"),
       "10:26: compute: expected a number, found 'x', a condition; if(.., 1, 0) makes one of it, and "
       "count(..) "
       "counts conditions"},
      {PAGE("derived: {v: {compute: \"round(x, 13)\"}}\n"),
       "10:34: compute: expected a whole number of decimals from 0 to 12, found '13'"},
      {PAGE("derived: {v: {compute: \"d + d\"}}\n"),
       "10:29: compute: two dates cannot be added; their difference is days: days(from, to)"},
      {PAGE("derived: {v: {compute: \"d + 1\"}}\n"),
       "10:25: compute: the result is a date; days(from, to) makes a number of two dates"},
      {PAGE("derived: {v: {compute: \"n\"}}\n"),
       "10:25: compute: the result is a nominal variable; recode makes texts, compare it to make a "
       "condition"},
      {PAGE("derived: {v: {compute: \"d > 'June'\"}}\n"),
       "10:29: compute: expected a date such as '2025-07-31', found 'June'"},
      {PAGE("derived: {v: {compute: \"n == 'gamma'\"}}\n"),
       "10:30: 'gamma' is not a value of 'n'; expected one of: alpha, beta"},
      {PAGE("derived: {mo: {month: d}, v: {compute: \"mo == '2025-9'\"}}\n"),
       "10:47: compute: 'mo' is a period; expected a month such as '2025-07', found '2025-9'"},
      {PAGE("derived: {mo: {month: d}, v: {compute: \"mo < '2025-9'\"}}\n"),
       "10:46: compute: 'mo' is a period; expected a month such as '2025-07', found '2025-9'"},
      {PAGE("derived: {q: {quarter: d}, v: {compute: \"q >= '2025'\"}}\n"),
       "10:47: compute: 'q' is a period; expected a quarter such as '2025-Q3', found '2025'"},
      {PAGE("derived: {mo: {month: d}, v: {compute: \"mo < d\"}}\n"),
       "10:46: compute: 'mo' is a period; expected a text in quotes, found d"},
      {PAGE("derived: {v: {compute: \"n < 'beta'\"}}\n"),
       "10:25: compute: 'n' is a nominal variable, which has no order; use ==, != or in"},
      {PAGE("derived: {v: {compute: \"m == 'web'\"}}\n"),
       "10:25: compute: 'm' is a multiple choice; use has(m, 'option') or missing(m)"},
      {PAGE("derived: {v: {compute: \"has(s, 'web')\"}}\n"),
       "10:29: compute: 's' is a scale; has(..) takes a multiple choice"},
      {PAGE("derived: {v: {compute: \"s == 6\"}}\n"),
       "10:30: compute: 6 is outside the range [1, 5] of 's'; missing answers are found with missing(..)"},
      {PAGE("derived: {v: {compute: \"s in (5, -1)\"}}\n"),
       "10:34: compute: -1 is outside the range [1, 5] of 's'; missing answers are found with missing(..)"},
      {PAGE("derived: {v: {compute: \"i == 'a'\"}}\n"),
       "10:25: compute: 'i' is a text, which cannot be compared here"},
      {PAGE("derived: {v: {compute: \"x == missing\"}}\n"),
       "10:30: compute: nothing equals missing; missing(..) asks whether there is no answer"},
      {PAGE("derived: {v: {compute: \"x > 1\", decimals: 2}}\n"),
       "10:43: decimals: the expression is a condition, which is 1 or 0"},
      {PAGE("derived: {v: {compute: \"x\", decimals: 13}}\n"),
       "10:39: decimals: expected a whole number from 0 to 12, found '13'"},
      {PAGE("derived: {v: {compute: \"v + 1\"}}\n"), "10:25: circular definitions: 'v' uses 'v'"},
      {PAGE("derived:\n  v:\n    compute: >-\n      x +\n      if(s >= 4,\n      yy, 2)\n"),
       "15:7: unknown variable 'yy'; expected one of: s, t, n, m, x, d, w, i, v"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

static void deep_and_long_expressions_are_refused(void **state) {
  (void)state;
  char page[4096] = CODEBOOK "derived: {v: {compute: \"";
  for (int i = 0; i < 40; i++) {
    strcat(page, "(-");
  }
  strcat(page, "x\"}}\nanalyses: [describe: {items: s}]\n");
  const mistake_case deep = {
      page, "10:56: compute: expected no more than 32 levels of parentheses, not and -, found '-'"};
  check_mistakes(&deep, 1);
}

/* ---- Values --------------------------------------------------------------------------------------- */

static const char *const a_cells[] = {"1.5", "", "4", "10.25", "-3"};
static const char *const b_cells[] = {"2", "3", "0", "7", "9"};
static const char *const q_cells[] = {"5", "3", "9", "1", "2"};
static const char *const n_cells[] = {"x", "y", "x", "", "y"};
static const char *const d_cells[] = {"2025-01-01", "2025-02-01", "", "2024-02-28", "2025-03-01"};
static const char *const e_cells[] = {"2025-03-01", "2025-03-01", "2025-03-01", "2024-03-01", "2025-02-28"};
static const char *const m_cells[] = {"A|B", "B", "", "A", "B"};

#define BLANK   (INT64_MIN + MISSING_BLANK)
#define UNKNOWN (INT64_MIN + MISSING_DONT_KNOW)
#define NO_USE  (INT64_MIN + MISSING_NOT_APPLICABLE)
#define LEFT    (INT64_MIN + MISSING_OTHER)

/* Worked out by hand; mantissas at the decimals that the variable has. */
static const struct value_case {
  const char *expression, *more;
  unsigned decimals;
  int64_t values[5];
} values[] = {
    {"a + b", "", 2, {350, BLANK, 400, 1725, 600}},
    {"a * b", "", 2, {300, BLANK, 0, 7175, -2700}},
    {"a ÷ b", ", decimals: 4", 4, {7500, BLANK, NO_USE, 14643, -3333}},
    {"b / a", ", decimals: 0", 0, {1, BLANK, 0, 1, -3}},
    {"a / 2", ", decimals: 1", 1, {8, BLANK, 20, 51, -15}}, /* 0.75 and 5.125: half to even is 0.8, 5.1 */
    {"a - -b", "", 2, {350, BLANK, 400, 1725, 600}},
    {"2 − a × 2 + 1", "", 2, {0, BLANK, -500, -1750, 900}},
    {"round(a / 3, 1)", "", 1, {5, BLANK, 13, 34, -10}},
    {"round(a)", "", 0, {2, BLANK, 4, 10, -3}},
    {"abs(a)", "", 2, {150, BLANK, 400, 1025, 300}},
    {"sum(a, b)", "", 2, {350, 300, 400, 1725, 600}},
    {"min(a, b)", "", 2, {150, 300, 0, 700, -300}},
    {"max(a, b)", "", 2, {200, 300, 400, 1025, 900}},
    {"mean(a, q)", ", decimals: 3", 3, {3250, 3000, 4000, 5625, -500}},
    {"count(a, b, q)", "", 0, {3, 2, 2, 3, 3}},
    {"count(a > 2, n == 'x', has(m, 'A'))", "", 0, {2, 0, 2, 2, 0}},
    {"if(q == 'Great' or n in ('y'), min(a, 3), missing)", "", 2, {150, 300, UNKNOWN, BLANK, -300}},
    {"if(missing(a), 0, a)", "", 2, {150, 0, 400, 1025, -300}},
    {"if(missing(n) or missing(m), missing, 1)", "", 0, {1, 1, LEFT, LEFT, 1}},
    {"days(d, e)", "", 0, {59, 28, BLANK, 2, -1}}, /* 2024 is a leap year */
    {"e - d", "", 0, {59, 28, BLANK, 2, -1}},
    {"if(d + 30 < e, 1, 0)", "", 0, {1, 0, BLANK, 0, 0}},
    {"if(q in (1, 2), q, 10 * q)", "", 0, {50, 30, UNKNOWN, 1, 2}},
};

static const struct truth_case {
  const char *expression;
  int values[5]; /* 0, 1, or minus a reason and 1 */
} truths[] = {
    {"a > 1 and b > 1", {1, -1 - MISSING_BLANK, 0, 1, 0}},
    {"not missing(a) and d >= '2025-01-01'", {1, 0, -1 - MISSING_BLANK, 0, 1}},
    {"n != 'x'", {0, 1, 0, -1 - MISSING_BLANK, 1}},
    {"has(m, 'A')", {1, 0, -1 - MISSING_BLANK, 1, 0}},
    {"q == 9 - 4", {1, 0, -1 - MISSING_DONT_KNOW, 0, 0}},
    {"a not in (4, -3)", {1, -1 - MISSING_BLANK, 0, 1, 0}},
    /* Periods of 2025-01-01 (a Wednesday), 2025-02-01 (a Saturday), none, 2024-02-28 (a Wednesday) and
     * 2025-03-01 (a Saturday). */
    {"mo < '2025-02'", {1, 0, -1 - MISSING_BLANK, 1, 0}},
    {"mo <= '2025-02'", {1, 1, -1 - MISSING_BLANK, 1, 0}},
    {"mo > '2025-02'", {0, 0, -1 - MISSING_BLANK, 0, 1}},
    {"mo >= '2025-02'", {0, 1, -1 - MISSING_BLANK, 0, 1}},
    {"mo == '2025-02'", {0, 1, -1 - MISSING_BLANK, 0, 0}},
    {"mo > '2024-12'", {1, 1, -1 - MISSING_BLANK, 0, 1}},
    {"qu < '2025-Q1'", {0, 0, -1 - MISSING_BLANK, 1, 0}},
    {"qu <= '2025-Q4'", {1, 1, -1 - MISSING_BLANK, 1, 1}},
    {"ye > 2024", {1, 1, -1 - MISSING_BLANK, 0, 1}},
    {"ye >= '9999'", {0, 0, -1 - MISSING_BLANK, 0, 0}},
    {"ye <= '9999'", {1, 1, -1 - MISSING_BLANK, 1, 1}},
    {"ye > '0000'", {1, 1, -1 - MISSING_BLANK, 1, 1}},
    {"wd < 6", {1, 0, -1 - MISSING_BLANK, 1, 0}},
    {"wd >= '7'", {0, 0, -1 - MISSING_BLANK, 0, 0}},
    {"wd < '1'", {0, 0, -1 - MISSING_BLANK, 0, 0}},
    {"wd <= '7'", {1, 1, -1 - MISSING_BLANK, 1, 1}},
    {"wd > '3' and mo < '2025-03'", {0, 1, -1 - MISSING_BLANK, 0, 0}},
    /* Texts are compared as they look. */
    {"n == '\xef\xbd\x98'", {1, 0, 1, -1 - MISSING_BLANK, 0}},
    {"has(m, '\xef\xbc\xa1')", {1, 0, -1 - MISSING_BLANK, 1, 0}},
};

static plan *plan_of(const char *expression, const char *more) {
  char page[2048];
  (void)snprintf(page, sizeof page,
                 "variables:\n  a: {type: number, decimals: 2}\n  b: {type: number, decimals: 0}\n"
                 "  q: {type: scale, range: [1, 5], missing: {9: dont_know}, texts: {Great: 5}}\n"
                 "  n: {type: nominal}\n  d: {type: date}\n  e: {type: date}\n"
                 "  m: {type: multi, column: m, delimiter: \"|\"}\n"
                 "derived: {v: {compute: \"%s\"%s}, mo: {month: d}, qu: {quarter: d}, ye: {year: d}, wd: "
                 "{weekday: d}}\nanalyses: [describe: {items: v}]\n",
                 expression, more);
  return page_plan(page, "a|b|q|n|d|e|m");
}

static fixture *data_new(void) {
  static const struct {
    const char *name;
    const char *const *cells;
  } columns[] = {{"a", a_cells}, {"b", b_cells}, {"q", q_cells}, {"n", n_cells},
                 {"d", d_cells}, {"e", e_cells}, {"m", m_cells}};
  fixture *f = fixture_new(5);
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    fixture_column(f, columns[i].name, PACKED_CODES, columns[i].cells);
  }
  return f;
}

static void numbers_are_what_they_are_by_hand(void **state) {
  (void)state;
  fixture *data = data_new();
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    const struct value_case *one = &values[i];
    plan *p = plan_of(one->expression, one->more);
    frame *f = NULL;
    number_view view;
    assert_int_equal(frame_new(p->program, fixture_rows(data), &f, NULL), STATUS_OK);
    assert_int_equal(frame_number(f, plan_find(p, "v")->variable, &view, NULL), STATUS_OK);
    for (uint32_t r = 0; r < 5; r++) {
      if (view.decimals != one->decimals || view.values[r] != one->values[r]) {
        fail_msg("%s, row %u: %lld at %u decimals instead of %lld at %u", one->expression, r,
                 (long long)view.values[r], view.decimals, (long long)one->values[r], one->decimals);
      }
    }
    frame_destroy(f);
    plan_destroy(p);
  }
  fixture_destroy(data);
}

static void conditions_are_flags(void **state) {
  (void)state;
  fixture *data = data_new();
  for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
    const struct truth_case *one = &truths[i];
    plan *p = plan_of(one->expression, "");
    frame *f = NULL;
    coded_view view;
    assert_int_equal(frame_new(p->program, fixture_rows(data), &f, NULL), STATUS_OK);
    assert_int_equal(frame_coded(f, plan_find(p, "v")->variable, &view, NULL), STATUS_OK);
    for (uint32_t r = 0; r < 5; r++) {
      const int expected = one->values[r] < 0 ? SLOT_MISSING - 1 - one->values[r] : one->values[r];
      if (view.slots[r] != expected) {
        fail_msg("%s, row %u: %d instead of %d", one->expression, r, view.slots[r], expected);
      }
    }
    frame_destroy(f);
    plan_destroy(p);
  }
  fixture_destroy(data);
}

static void spelling_leaves_no_trace(void **state) {
  (void)state;
  plan *one = plan_of("a*b-1", "");
  plan *other = plan_of("( a × b )  −  1.0", "");
  plan *third = plan_of("a*(b-1)", "");
  assert_memory_equal(&one->specification, &other->specification, sizeof(digest));
  assert_memory_not_equal(&one->specification, &third->specification, sizeof(digest));
  plan_destroy(one);
  plan_destroy(other);
  plan_destroy(third);
}

static void a_pattern_in_backquotes_is_all_its_variables(void **state) {
  (void)state;
  plan *p = page_plan(
      "variables: {\"q*\": {type: scale, range: [1, 5]}, z: {type: number}}\n"
      "derived: {v: {compute: \"if(count(`q*`) >= 2, mean(`q*`, z), missing)\"}}\nanalyses: [describe: "
      "{items: v}]\n",
      "q1|q2|q3|z");
  const program_variable *v = plan_program_variable(p, "v");
  assert_int_equal(v->inputs_count, 4);
  assert_int_equal(v->nodes_count, 3 + 2 + 1 + 4 + 1 + 1 + 1);
  plan_destroy(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mistake_has_its_place_in_the_expression),
      cmocka_unit_test(deep_and_long_expressions_are_refused),
      cmocka_unit_test(numbers_are_what_they_are_by_hand),
      cmocka_unit_test(conditions_are_flags),
      cmocka_unit_test(spelling_leaves_no_trace),
      cmocka_unit_test(a_pattern_in_backquotes_is_all_its_variables),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
