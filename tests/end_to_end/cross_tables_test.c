/* Cross tables of questions whose answers are declared: what nobody chose, whom an option's share is a share
 * of, and in which order answers were taken.  Counted by hand. */
#include <stdio.h>

#include "tests/check.h"
#include "tests/end_to_end/scene.h"

enum { LINE_BYTES = 200 };

#define VARIABLES                                                \
  "variables:\n"                                                 \
  "  q: {type: nominal, values: [Maybe, \"Yes\", \"No\"]}\n"     \
  "  r: {type: nominal, values: [North, East, South]}\n"         \
  "  f: {type: nominal}\n"                                       \
  "  g: {type: scale, range: [1, 3]}\n"                          \
  "  m: {type: multi, columns: {One: o1, Two: o2, Three: o3}}\n" \
  "analyses:\n"

static const char data[] =
    "id,q,r,f,g,o1,o2,o3\n"
    "1,Yes,North,x,1,1,0,0\n"
    "2,No,North,x,1,1,1,0\n"
    "3,Yes,South,y,3,0,1,0\n"
    "4,No,South,y,3,0,,0\n"
    "5,Yes,North,x,1,1,0,9\n"
    "6,No,South,y,3,0,1,9\n";

static process_result csv_of(scene *s, const char *analyses) {
  char spec[1024];
  snprintf(spec, sizeof spec, "%s%s", VARIABLES, analyses);
  scene_write(s, spec, data);
  process_result r = scene_run(s, "run", "--format", "csv");
  assert_int_equal(r.exit_code, 0);
  return r;
}

/* In the long table, LINE without its analysis, table and number of the row. */
static void has(const process_result *r, const char *table, const char *line) {
  char name[LINE_BYTES];
  snprintf(name, sizeof name, "crosstab,c,%s,", table);
  bool is_found = false;
  for (const char *at = strstr(r->out, name); at != NULL && !is_found; at = strstr(at + 1, name)) {
    const char *rest = strchr(at + strlen(name), ',') + 1;
    is_found = strncmp(rest, line, strlen(line)) == 0 && rest[strlen(line)] == '\n';
  }
  if (!is_found) {
    fail_msg("%s has no '%s' in:\n%s", table, line, r->out);
  }
}

static void declared_answers_that_nobody_chose_are_rows_and_columns_of_0(void **state) {
  process_result r = csv_of(*state, "  - crosstab: {name: c, rows: [q, g, m], columns: r, cells: true}\n");
  has(&r, "counts", "q,r,,,Maybe,North,n,0");
  has(&r, "counts", "q,r,,,Yes,East,n,0");
  has(&r, "counts", "q,r,,,Yes,North,n,2");
  has(&r, "counts", "g,r,,,2,South,n,0");
  has(&r, "counts", "m,r,,,Three,North,n,0");
  has(&r, "row_totals", "q,r,,,Maybe,,n,0");
  has(&r, "column_totals", "q,r,,,,East,n,0");
  has(&r, "cells", "q,r,,,Maybe,,n,0");
  process_result_fini(&r);
}

/* 2 x 2 without the empty row and column: 2 1 / 1 2, chisq.test(matrix(c(2, 1, 1, 2), 2)): 0, df 1, p 1; its
 * phi is (4 - 1) / 9. */
static void tests_leave_empty_rows_and_columns_out_and_say_so(void **state) {
  process_result r =
      csv_of(*state, "  - crosstab: {name: c, rows: [q], columns: r, exact: true, ordinal: true}\n");
  has(&r, "independence", "q,r,,,,,df,1");
  has(&r, "independence", "q,r,,,,,chi2,0");
  has(&r, "independence", "q,r,,,,,cramers_v,0.3333333333333333");
  has(&r, "exact_tests", "q,r,,,,,p,1");
  process_result_fini(&r);
  r = scene_run(*state, "run", "--format", "text");
  assert_contains(r.out, "Declared answers that nobody gave are listed with 0");
  process_result_fini(&r);
}

static void options_that_all_or_none_chose_have_no_test_and_a_reason(void **state) {
  process_result r = csv_of(*state, "  - crosstab: {name: c, rows: [m], columns: r}\n");
  has(&r, "option_tests", "m,r,,,Three,,n,4");
  process_result_fini(&r);
  r = scene_run(*state, "run", "--format", "text");
  assert_contains(r.out, "Nothing to test: of those asked option Three of m");
  process_result_fini(&r);
}

/* Option Two was asked of all 6 (a blank beside answers is not chosen); Three of the 4 whose cell is valid.
 */
static void cells_of_options_have_their_own_bases(void **state) {
  process_result r = csv_of(*state, "  - crosstab: {name: c, rows: [m], columns: r, cells: true}\n");
  has(&r, "cells", "m,r,,,Two,South,asked,3");
  has(&r, "cells", "m,r,,,Three,South,asked,2");
  has(&r, "cells", "m,r,,,Three,South,answered,3");
  has(&r, "cells", "m,r,,,Three,,asked,4");
  has(&r, "cells", "m,r,,,,,answered,6");
  process_result_fini(&r);
  r = csv_of(*state, "  - crosstab: {name: c, rows: [r], columns: m, cells: true}\n");
  has(&r, "cells", "r,m,,,South,Three,asked,2");
  has(&r, "cells", "r,m,,,South,Three,answered,3");
  process_result_fini(&r);
}

/* Maybe stands before Yes in the codebook: that may be no order at all, so it is told. */
static void measures_of_order_say_in_which_order_answers_were_taken(void **state) {
  process_result r = csv_of(*state, "  - crosstab: {name: c, rows: [q, g, f], columns: r, ordinal: true}\n");
  process_result_fini(&r);
  r = scene_run(*state, "run", "--format", "text");
  assert_contains(r.out, "Order of q, as the codebook lists its values: Maybe < Yes < No.");
  assert_contains(r.out, "Order of r, as the codebook lists its values: North < East < South.");
  assert_null(strstr(r.out, "Order of g"));
  assert_contains(r.out, "No gamma, tau-b and Somers' d for f");
  process_result_fini(&r);
}

/* "No answers: g" was said, of which all rows have one; and that options should be listed in their order. */
static void reasons_are_those_of_the_table(void **state) {
  process_result r =
      csv_of(*state, "  - crosstab: {name: c, rows: [g, m], columns: f, ordinal: true, where: \"g == 2\"}\n");
  process_result_fini(&r);
  r = scene_run(*state, "run", "--format", "text");
  assert_contains(r.out, "Nobody answered both g and f.");
  assert_contains(r.out, "Options of a multiple choice have no order");
  assert_null(strstr(r.out, "No answers: g"));
  assert_null(strstr(r.out, "Somers' d for m"));
  process_result_fini(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(declared_answers_that_nobody_chose_are_rows_and_columns_of_0),
      SCENE_TEST(tests_leave_empty_rows_and_columns_out_and_say_so),
      SCENE_TEST(options_that_all_or_none_chose_have_no_test_and_a_reason),
      SCENE_TEST(cells_of_options_have_their_own_bases),
      SCENE_TEST(reasons_are_those_of_the_table),
      SCENE_TEST(measures_of_order_say_in_which_order_answers_were_taken),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
