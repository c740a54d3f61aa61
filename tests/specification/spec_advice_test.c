/* Advice works: what a message says to write is accepted; and one mistake is one message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/analyses/analysis.h"
#include "tests/check.h"
#include "tests/specification/spec_page.h"

enum { PAGE_BYTES = 4000, TOLD_BYTES = 2000 };

/* The mistakes of PAGE, one on each line; "" when there are none. */
static void told_of(const char *page, char told[TOLD_BYTES]) {
  spec *s = NULL;
  spec_problems problems = {0};
  error err;
  const status st = spec_parse("spec.yaml", page, strlen(page), &s, &problems, &err);
  assert_true(st == STATUS_OK || st == STATUS_SPECIFICATION);
  (void)snprintf(told, TOLD_BYTES, "%.*s", (int)problems.text.length,
                 problems.text.length > 0 ? (const char *)problems.text.data : "");
  spec_problems_fini(&problems);
  spec_destroy(s);
}

static void expect_accepted(const char *page) {
  char told[TOLD_BYTES];
  told_of(page, told);
  if (told[0] != '\0') {
    fail_msg("the page\n%s\nwas told\n%s", page, told);
  }
}

/* The advice behind WORDS, up to the end of the line. */
static const char *advice_behind(const char *words, char told[TOLD_BYTES]) {
  char *found = strstr(told, words);
  if (found == NULL) {
    fail_msg("no '%s' in '%s'", words, told);
  }
  found += strlen(words);
  found[strcspn(found, "\n")] = '\0';
  return found;
}

/* Of 0..10 Reichheld takes 2 of 11 codes for promoters and 7 for detractors; 1..10 ends as that does. */
static void the_cuts_that_nps_proposes_exist_on_the_scale(void **state) {
  (void)state;
  static const struct {
    int low, high;
    const char *proposed;
  } cases[] = {
      {1, 10, "promoters: [9, 10], detractors: 1..6"},   {1, 5, "promoters: [5], detractors: 1..3"},
      {0, 5, "promoters: [5], detractors: 0..3"},        {1, 7, "promoters: [7], detractors: 1..4"},
      {1, 11, "promoters: [10, 11], detractors: 1..7"},  {0, 1, "promoters: [1], detractors: [0]"},
      {1, 2, "promoters: [2], detractors: [1]"},         {1, 3, "promoters: [3], detractors: [1, 2]"},
      {1, 4, "promoters: [4], detractors: 1..3"},        {-5, 5, "promoters: [4, 5], detractors: -5..1"},
      {0, 100, "promoters: 83..100, detractors: 0..63"}, {5, 10, "promoters: [9, 10], detractors: [5, 6]"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char page[PAGE_BYTES], told[TOLD_BYTES];
    static const char form[] =
        "variables:\n  q: {type: scale, range: [%d, %d]}\nanalyses:\n  - nps: {items: q%s%s}\n";
    (void)snprintf(page, sizeof page, form, cases[i].low, cases[i].high, "", "");
    told_of(page, told);
    const char *advice = advice_behind("such as ", told);
    assert_string_equal(advice, cases[i].proposed);
    (void)snprintf(page, sizeof page, form, cases[i].low, cases[i].high, ", ", advice);
    expect_accepted(page);
  }
}

static void boxes_that_overlap_name_both_settings_and_a_value_that_fits(void **state) {
  (void)state;
  static const struct {
    const char *boxes, *told;
  } cases[] = {
      {"boxes: 3, net: true",
       "spec.yaml:4:46: net: with net: true boxes: 3 at the easy end and 3 at the hard end (as many where "
       "hard_boxes is not given) are more than the 5 codes of 'q'; say hard_boxes: 2\n"},
      {"boxes: 2, net: true, hard_boxes: 4",
       "spec.yaml:4:57: hard_boxes: with net: true boxes: 2 at the easy end and 4 at the hard end are more "
       "than "
       "the 5 codes of 'q'; say hard_boxes: 3\n"},
      {"boxes: 5", "spec.yaml:4:36: boxes: 5 of the 5 codes of 'q' would be easy; give 4 at most\n"},
  };
  char page[PAGE_BYTES], told[TOLD_BYTES];
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    static const char form[] =
        "variables:\n  q: {type: scale, range: [1, 5]}\nanalyses:\n"
        "  - ces: {items: q, variant: ces1, %s}\n";
    (void)snprintf(page, sizeof page, form, cases[i].boxes);
    told_of(page, told);
    assert_string_equal(told, cases[i].told);
  }
  expect_accepted(
      "variables:\n  q: {type: scale, range: [1, 5]}\nanalyses:\n"
      "  - ces: {items: q, variant: ces1, boxes: 3, net: true, hard_boxes: 2}\n"
      "  - ces: {items: q, variant: ces1, boxes: 2, net: true, hard_boxes: 3}\n"
      "  - ces: {items: q, variant: ces1, boxes: 4}\n");
}

static void a_scale_of_another_length_for_ces_is_told_what_to_say(void **state) {
  (void)state;
  char told[TOLD_BYTES];
  told_of("variables:\n  q: {type: scale, range: [1, 5]}\nanalyses:\n  - ces: {items: q}\n", told);
  assert_contains(told, "say variant: own, and direction: high_is_easy or low_is_easy\n");
  expect_accepted(
      "variables:\n  q: {type: scale, range: [1, 5]}\nanalyses:\n"
      "  - ces: {items: q, variant: own, direction: high_is_easy}\n"
      "  - ces: {items: q, variant: own, direction: low_is_easy}\n");
}

/* Defaults that were not read after a mistake made others: "k: 0 numbers of segments". */
static void a_mistake_elsewhere_makes_no_second_one_in_any_analysis(void **state) {
  (void)state;
  static const char *const arguments[][2] = {
      {"describe", "{items: s}"},
      {"nps", "{items: t}"},
      {"csat", "{items: s}"},
      {"ces", "{items: e}"},
      {"correlate", "{items: [s, t]}"},
      {"segment", "{items: [s, t]}"},
      {"compare", "{items: s, groups: n}"},
      {"crosstab", "{rows: s, columns: n}"},
      {"tables", "{questions: [s, t], banner: n}"},
      {"index", "{construct: c}"},
      {"logistic", "{outcome: s, event: 1, predictors: t}"},
      {"reliability", "{items: [s, t]}"},
      {"drivers", "{outcome: s, predictors: t}"},
      {"importance_performance", "{items: [s], outcome: t}"},
      {"factors", "{items: [s, t]}"},
  };
  assert_int_equal(analysis_count(), sizeof arguments / sizeof arguments[0]);
  for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
    static const char form[] = CODEBOOK
        "  e: {type: scale, range: [1, 7]}\nconstructs:\n  c: {items: [s, t]}\nanalyses:\n%s"
        "  - %s: %s\n";
    char page[PAGE_BYTES], told[TOLD_BYTES];
    (void)snprintf(page, sizeof page, form, "", arguments[i][0], arguments[i][1]);
    expect_accepted(page);
    (void)snprintf(page, sizeof page, form, "  - describe: {items: \"zz*\"}\n", arguments[i][0],
                   arguments[i][1]);
    told_of(page, told);
    assert_string_equal(told, "spec.yaml:14:23: items: no variable matches 'zz*'\n");
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_cuts_that_nps_proposes_exist_on_the_scale),
      cmocka_unit_test(boxes_that_overlap_name_both_settings_and_a_value_that_fits),
      cmocka_unit_test(a_scale_of_another_length_for_ces_is_told_what_to_say),
      cmocka_unit_test(a_mistake_elsewhere_makes_no_second_one_in_any_analysis),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
