/* Choices of how a report is rendered: what they do, and that a format refuses those that it does not take.
 */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "tests/check.h"

#define ROWS                                                                                         \
  "{\"item\":\"w\",\"level\":0,\"group\":null,\"n\":500,\"index\":55,\"ci_low\":54,\"ci_high\":56}," \
  "{\"item\":\"a\",\"level\":1,\"group\":null,\"n\":500,\"index\":60,\"ci_low\":59,\"ci_high\":61}," \
  "{\"item\":\"b\",\"level\":1,\"group\":null,\"n\":500,\"index\":50,\"ci_low\":49,\"ci_high\":51}"
#define DOCUMENT                                                                                             \
  "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"title\":{\"en\":\"Survey\"},\"variables\":{\"w\":" \
  "{\"kind\":"                                                                                               \
  "\"mean\",\"label\":{\"en\":\"Whole\"}}},\"data\":{\"files\":[],\"rows\":500,\"quarantined\":0,"           \
  "\"invalid\":0},"                                                                                          \
  "\"analyses\":[{\"analysis\":\"index\",\"name\":\"index\",\"label\":{\"en\":\"The "                        \
  "index\"},\"tables\":[{\"name\":"                                                                          \
  "\"index_values\",\"view\":\"list\",\"columns\":[\"item\",\"level\",\"group\",\"n\",\"index\",\"ci_low\"," \
  "\"ci_high\"],"                                                                                            \
  "\"rows\":[" ROWS                                                                                          \
  "]}]},{\"analysis\":\"nobody_knows\",\"name\":\"z\",\"label\":{\"en\":\"The rest\"},\"tables\":[]}]}"

static status render(const report_options *options, buf *out, error *err) {
  buf_init(out);
  const status st = report_render(DOCUMENT, strlen(DOCUMENT), options, out, err);
  buf_put_u8(out, 0);
  return st;
}

static void one_chapter_is_rendered_alone(void **state) {
  (void)state;
  buf out;
  error err = {STATUS_OK, ""};
  assert_int_equal(render(&(report_options){.only = "satisfaction"}, &out, &err), STATUS_OK);
  assert_int_equal(strncmp((const char *)out.data, "1  The index", strlen("1  The index")), 0);
  assert_null(strstr((const char *)out.data, "The rest"));
  buf_fini(&out);
  assert_int_equal(render(&(report_options){.format = "html", .only = "satisfaction"}, &out, &err),
                   STATUS_OK);
  assert_contains((const char *)out.data, "<section class=\"chapter\" id=\"satisfaction\"");
  assert_null(strstr((const char *)out.data, "The rest"));
  assert_null(strstr((const char *)out.data, "id=\"appendix\""));
  buf_fini(&out);
}

static void an_unknown_chapter_is_refused_with_those_that_there_are(void **state) {
  (void)state;
  buf out;
  error err = {STATUS_OK, ""};
  assert_int_equal(render(&(report_options){.only = "drivers"}, &out, &err), STATUS_USAGE);
  assert_string_equal(err.message,
                      "the report has no chapter 'drivers'; it has summary, study, quality, satisfaction, "
                      "details, appendix");
  buf_fini(&out);
}

static void the_summary_says_what_the_figures_say(void **state) {
  (void)state;
  buf out;
  error err = {STATUS_OK, ""};
  assert_int_equal(render(&(report_options){.summary = true, .width = 60}, &out, &err), STATUS_OK);
  assert_contains((const char *)out.data,
                  "\nWhole earns 55.0 of 100; a leads with 60.0; b trails with\n50.0\n"
                  "The index: 55.0 [54.0, 56.0]\n\nParts\n   a  60.0\n   b  50.0\n");
  buf_fini(&out);
}

static void a_width_that_is_asked_for_is_that_of_the_page(void **state) {
  (void)state;
  buf out;
  error err = {STATUS_OK, ""};
  assert_int_equal(render(&(report_options){.only = "satisfaction", .columns = 120, .width = 70}, &out, &err),
                   STATUS_OK);
  const char *rule = strstr((const char *)out.data, "─");
  assert_non_null(rule);
  assert_int_equal(strcspn(rule, "\n"), 70 * strlen("─"));
  buf_fini(&out);
}

static void a_table_begins_with_a_byte_order_mark_where_it_is_asked_for(void **state) {
  (void)state;
  buf out;
  error err = {STATUS_OK, ""};
  assert_int_equal(render(&(report_options){.format = "csv", .bom = true}, &out, &err), STATUS_OK);
  assert_int_equal(strncmp((const char *)out.data,
                           "\xEF\xBB\xBF"
                           "analysis,",
                           12),
                   0);
  buf_fini(&out);
}

static void choices_that_a_format_does_not_take_are_refused(void **state) {
  (void)state;
  static const struct {
    report_options options;
    const char *message;
  } cases[] = {
      {{.format = "html", .bom = true}, "--bom is for csv; add --format csv"},
      {{.format = "csv", .only = "summary"}, "--only is for text, html, pdf; add --format text"},
      {{.format = "json", .summary = true}, "--summary is for text; add --format text"},
      {{.format = "html", .width = 80}, "--width is for text; add --format text"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf out;
    error err = {STATUS_OK, ""};
    assert_int_equal(render(&cases[i].options, &out, &err), STATUS_USAGE);
    assert_string_equal(err.message, cases[i].message);
    buf_fini(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_chapter_is_rendered_alone),
      cmocka_unit_test(an_unknown_chapter_is_refused_with_those_that_there_are),
      cmocka_unit_test(the_summary_says_what_the_figures_say),
      cmocka_unit_test(a_width_that_is_asked_for_is_that_of_the_page),
      cmocka_unit_test(a_table_begins_with_a_byte_order_mark_where_it_is_asked_for),
      cmocka_unit_test(choices_that_a_format_does_not_take_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
