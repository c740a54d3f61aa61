/* `report`: chapters and texts reach the plan as the document has them, and mistakes are told with their
 * places. */
#include "tests/check.h"
#include "tests/specification/spec_page.h"

#define COLUMNS "s|t|n|a|b|x|d|w|i"

static void check_report(const char *page, const char *expected) {
  plan *p = page_plan(page, COLUMNS);
  buf text;
  buf_init(&text);
  assert_non_null(p->report);
  json_write(p->report, &text);
  assert_slice_equal((slice){(const char *)text.data, text.length}, slice_of(expected));
  buf_fini(&text);
  plan_destroy(p);
}

static void chapters_and_texts_reach_the_plan(void **unused) {
  (void)unused;
  check_report(
      PAGE("report: {chapters: [summary, {drivers: {title: {en: Why}, analyses: [describe]}}]}\n"),
      "{\"chapters\":[{\"name\":\"summary\"},{\"analyses\":[\"describe\"],\"name\":\"drivers\",\"title\":{"
      "\"en\":\"Why\"}}]}");
  check_report(PAGE("report:\n  texts:\n    priorities:\n      en: |\n        one\n\n        two\n"),
               "{\"texts\":{\"priorities\":{\"en\":\"one\\n\\ntwo\\n\"}}}");
}

static void without_the_key_the_plan_has_none(void **unused) {
  (void)unused;
  plan *p = page_plan(PAGE(""), COLUMNS);
  assert_null(p->report);
  plan_destroy(p);
}

static void another_text_is_another_page(void **unused) {
  (void)unused;
  plan *one = page_plan(PAGE("report: {texts: {summary: a}}\n"), COLUMNS);
  plan *other = page_plan(PAGE("report: {texts: {summary: b}}\n"), COLUMNS);
  assert_false(digest_equal(&one->specification, &other->specification));
  plan_destroy(one);
  plan_destroy(other);
}

static void mistakes_are_told(void **unused) {
  (void)unused;
  static const mistake_case cases[] = {
      {PAGE("report: {chapter: [summary]}\n"),
       "10:10: report: unknown key 'chapter'; did you mean 'chapters'?"},
      {PAGE("report: {chapters: [sumary]}\n"), "10:21: unknown chapter 'sumary'; did you mean 'summary'?"},
      {PAGE("report: {chapters: [summary, summary]}\n"), "10:30: chapters: 'summary' is there twice"},
      {PAGE("report: {chapters: []}\n"), "10:20: chapters: expected a list of chapters, found an empty list"},
      {PAGE("report: {chapters: [{drivers: {analyses: [describ]}}]}\n"),
       "10:43: analyses: there is no analysis named 'describ'; did you mean 'describe'?"},
      {PAGE("report: {chapters: [{drivers: {analyses: [describe]}}, {items: {analyses: [describe]}}]}\n"),
       "10:76: analyses: 'describe' is already in a chapter"},
      {PAGE("report: {texts: {sumary: a}}\n"), "10:18: texts: unknown key 'sumary'; did you mean 'summary'?"},
  };
  check_mistakes(cases, sizeof cases / sizeof cases[0]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(chapters_and_texts_reach_the_plan),
      cmocka_unit_test(without_the_key_the_plan_has_none),
      cmocka_unit_test(another_text_is_another_page),
      cmocka_unit_test(mistakes_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
