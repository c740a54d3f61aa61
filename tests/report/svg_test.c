/* Pictures: what is drawn is as long, and stands where, the figures say; whatever the document says, the
 * picture is well-formed XML (chart_picture checks that of each).
 *
 * Places are compared with a hand calculation from the places of two ticks; they are written with one
 * decimal, so that sums of four of them are right to 0.2. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/svg.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"

#define NEAR 0.25
#define SUMMARY(rows)                                                                               \
  "[{\"name\":\"summary\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"n\",\"mean\",\"se\"," \
  "\"ci_low\",\"ci_high\"],\"rows\":[" rows "]}]"
#define MEAN(item, mean, low, high)                                                               \
  "{\"item\":\"" item "\",\"group\":null,\"n\":1200,\"mean\":" mean ",\"se\":0.1,\"ci_low\":" low \
  ",\"ci_high\":" high "}"
#define SCALE(name, label) \
  "\"" name "\":{\"kind\":\"scale\",\"label\":{\"en\":\"" label "\"},\"range\":[1,5],\"values\":[]}"

static void assert_near(double got, double want, const char *what) {
  if (!(fabs(got - want) <= NEAR)) {
    fail_msg("%s: %g instead of %g", what, got, want);
  }
}

static void assert_has(const buf *picture, const char *part) {
  if (strstr((const char *)picture->data, part) == NULL) {
    fail_msg("'%s' is not in\n%s", part, (const char *)picture->data);
  }
}

/* The whisker is a path "Mx1 y-hv2hm(x2-x1) -2hv2hm0 -hh(x1-x2)". */
static void whisker_ends(const buf *picture, size_t n, double *from, double *to) {
  const char *at = (const char *)picture->data;
  for (size_t i = 0; i <= n; i++) {
    at = strstr(at + 1, "<path class=\"wh\" d=\"M");
    assert_non_null(at);
  }
  *from = strtod(at + strlen("<path class=\"wh\" d=\"M"), NULL);
  *to = *from - strtod(strchr(strstr(at, " d="), 'h') + 1, NULL);
}

static void bars_are_as_long_as_their_figures_and_whiskers_end_where_intervals_do(void **state) {
  (void)state;
  static const double figures[][3] = {{2.5, 2.25, 2.75}, {4, 3.5, 4.5}, {1.25, 1.125, 1.5}};
  buf document;
  buf picture;
  chart_document(&document, "describe",
                 SUMMARY(MEAN("a", "2.5", "2.25", "2.75") "," MEAN("b", "4", "3.5", "4.5") "," MEAN(
                     "c", "1.25", "1.125", "1.5")),
                 SCALE("a", "A") "," SCALE("b", "B") "," SCALE("c", "C"));
  chart_picture(&document, "x/summary", REPORT_EN, &picture);
  const double zero = chart_place(&picture, "0", 0, "5", 5, 0);
  for (size_t i = 0; i < 3; i++) {
    double from = 0;
    double to = 0;
    whisker_ends(&picture, i, &from, &to);
    assert_near(chart_attribute(&picture, "bar", i, "x"), zero, "a bar begins at zero");
    assert_near(chart_attribute(&picture, "bar", i, "width"),
                chart_place(&picture, "0", 0, "5", 5, figures[i][0]) - zero, "its length");
    assert_near(from, chart_place(&picture, "0", 0, "5", 5, figures[i][1]), "ci_low");
    assert_near(to, chart_place(&picture, "0", 0, "5", 5, figures[i][2]), "ci_high");
  }
  buf_fini(&document);
  buf_fini(&picture);
}

static void bars_of_negative_figures_end_at_zero(void **state) {
  (void)state;
  buf document;
  buf picture;
  chart_document(
      &document, "nps",
      "[{\"name\":\"nps_scores\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"n\",\"nps\",\"ci_low\","
      "\"ci_high\"],\"rows\":[{\"item\":\"q\",\"group\":null,\"n\":7,\"nps\":-40,\"ci_low\":-60,"
      "\"ci_high\":10}]}]",
      "");
  chart_picture(&document, "x", REPORT_EN, &picture);
  const double x = chart_attribute(&picture, "bar", 0, "x");
  assert_near(x, chart_place(&picture, "−100", -100, "100", 100, -40), "the low end");
  assert_near(x + chart_attribute(&picture, "bar", 0, "width"),
              chart_place(&picture, "−100", -100, "100", 100, 0), "the end at zero");
  assert_has(&picture, ">−40.0</text>");
  assert_has(&picture, ">−60.0 to 10.0</text>");
  buf_fini(&document);
  buf_fini(&picture);
}

static void a_figure_that_does_not_exist_is_a_dash_without_a_bar(void **state) {
  (void)state;
  buf document;
  buf picture;
  chart_document(&document, "describe",
                 SUMMARY(MEAN("a", "2", "1", "3") "," MEAN("b", "null", "null", "null")), "");
  chart_picture(&document, "x/summary.a", REPORT_EN, &picture);
  assert_int_equal(chart_count(&picture, "class=\"bar\""), 1);
  buf_fini(&picture);
  chart_picture(&document, "x/summary.b", REPORT_EN, &picture);
  assert_int_equal(chart_count(&picture, "class=\"bar\""), 0);
  assert_int_equal(chart_count(&picture, "class=\"wh\""), 0);
  assert_has(&picture, ">–</text>");
  buf_fini(&document);
  buf_fini(&picture);
}

#define ANSWER(item, value, n, percent) \
  "{\"item\":\"" item "\",\"group\":null,\"value\":" value ",\"n\":" n ",\"percent\":" percent "}"
#define ANSWERS(rows)                                                                              \
  "[{\"name\":\"distribution\",\"view\":\"bars\",\"columns\":[\"item\",\"group\",\"value\",\"n\"," \
  "\"percent\"],"                                                                                  \
  "\"rows\":[" rows "]}]"

/* 10, 20, 40, 20, 10 per cent: the middle 40 lie half left and half right of zero, so that the row goes from
 * -50 to 50.  1 px parts the segments. */
static void the_middle_answer_straddles_zero(void **state) {
  (void)state;
  static const struct {
    const char *class_name;
    double from, to;
  } segments[] = {{"s0", -50, -40}, {"s3", -40, -20}, {"s5", -20, 20}, {"s7", 20, 40}, {"s10", 40, 50}};
  buf document;
  buf picture;
  chart_document(&document, "describe",
                 ANSWERS(ANSWER("q", "1", "10", "10") "," ANSWER("q", "2", "20", "20") "," ANSWER(
                     "q", "3", "40", "40") "," ANSWER("q", "4", "20", "20") "," ANSWER("q", "5", "10", "10")),
                 SCALE("q", "Question"));
  chart_picture(&document, "x/distribution", REPORT_EN, &picture);
  for (size_t i = 0; i < sizeof segments / sizeof segments[0]; i++) {
    /* the first of each class is its swatch in the legend */
    const double x = chart_attribute(&picture, segments[i].class_name, 1, "x");
    const double width = chart_attribute(&picture, segments[i].class_name, 1, "width");
    /* ticks have no signs: the first "60%" is that of -60 */
    assert_near(x, chart_place(&picture, "60%", -60, "0%", 0, segments[i].from), segments[i].class_name);
    assert_near(x + width + 1, chart_place(&picture, "60%", -60, "0%", 0, segments[i].to),
                segments[i].class_name);
  }
  assert_has(&picture, ">100</text>"); /* the base: 10 + 20 + 40 + 20 + 10 */
  buf_fini(&document);
  buf_fini(&picture);
}

static void what_xml_does_not_allow_in_labels_is_escaped_or_replaced(void **state) {
  (void)state;
  buf document;
  buf picture;
  chart_document(&document, "describe", SUMMARY(MEAN("a", "2", "1", "3")),
                 SCALE("a", "<b> & \\\"c\\\" 'd' ]]> \\u0001\\ufffe\\uffff"));
  chart_picture(&document, "x", REPORT_EN, &picture);
  assert_has(&picture, ">&lt;b&gt; &amp; &quot;c&quot; 'd' ]]&gt;");
  assert_null(strstr((const char *)picture.data, "\xEF\xBF\xBE"));
  assert_null(strstr((const char *)picture.data, "\xEF\xBF\xBF"));
  buf_fini(&document);
  buf_fini(&picture);
}

static void a_long_label_is_shortened_and_its_title_holds_the_whole(void **state) {
  (void)state;
#define LONG \
  "How satisfied are you, all in all, with the friendliness, the knowledge and the patience of our staff?"
  buf document;
  buf picture;
  chart_document(&document, "describe", SUMMARY(MEAN("a", "2", "1", "3")), SCALE("a", LONG));
  chart_picture(&document, "x", REPORT_EN, &picture);
  assert_has(&picture, "<title>" LONG "</title>");
  assert_has(&picture, "…</text>");
  assert_null(strstr((const char *)picture.data, ">" LONG "</text>"));
  buf_fini(&document);
  buf_fini(&picture);
}

static void pictures_have_names_and_descriptions_for_those_who_do_not_see_them(void **state) {
  (void)state;
  buf document;
  buf picture;
  chart_document(&document, "describe", SUMMARY(MEAN("a", "2.5", "2.25", "2.75")), SCALE("a", "Seat"));
  chart_picture(&document, "x", REPORT_EN, &picture);
  assert_has(&picture, "role=\"img\" viewBox=\"0 0 760 ");
  assert_has(&picture, "<title>Section: ");
  assert_has(&picture, "<desc>Seat: 2.5 (2.25–2.75)</desc>");
  assert_has(&picture, "@media (prefers-color-scheme:dark)");
  buf_fini(&picture);
  chart_picture(&document, "x", REPORT_ZH_HANT, &picture);
  assert_has(&picture, "xml:lang=\"zh-Hant\"");
  assert_has(&picture, ">平均數</text>");
  buf_fini(&document);
  buf_fini(&picture);
}

/* The headline of a top-box analysis is in its second table here. */
#define TWO_CHARTS                                                                                 \
  "[{\"name\":\"means\",\"view\":\"list\",\"columns\":[\"item\",\"mean\",\"ci_low\",\"ci_high\"]," \
  "\"rows\":[{\"item\":\"q\",\"mean\":2,\"ci_low\":1,\"ci_high\":3}]},"                            \
  "{\"name\":\"top_boxes\",\"view\":\"list\",\"columns\":[\"item\",\"csat\"],"                     \
  "\"rows\":[{\"item\":\"q\",\"csat\":20}]}]"

static void unknown_names_are_refused_with_those_that_there_are(void **state) {
  (void)state;
  static const struct {
    const char *format, *message;
  } cases[] = {
      {"svg:y", "there is no chart 'y'; the report has x/top_boxes, x/means"},
      {"svg:x/", "there is no chart 'x/'; the report has x/top_boxes, x/means"},
      {"svg:x/top", "there is no chart 'x/top'; the report has"},
      {"svg:", "'svg:' needs a NAME: svg:NAME"},
      {"svg", "'svg' needs a NAME: svg:NAME"},
  };
  buf document;
  chart_document(&document, "csat", TWO_CHARTS, "");
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    buf out;
    error err = {STATUS_OK, ""};
    buf_init(&out);
    const report_options options = {.format = cases[i].format};
    assert_int_equal(report_render(document.data, document.length, &options, &out, &err), STATUS_USAGE);
    if (strstr(err.message, cases[i].message) == NULL || out.length != 0) {
      fail_msg("%s: %s", cases[i].format, err.message);
    }
    buf_fini(&out);
  }
  buf_fini(&document);
}

/* The analysis' own name alone is the chart of its headline, wherever its table stands. */
static void the_name_of_an_analysis_is_the_chart_of_its_headline(void **state) {
  (void)state;
  buf document;
  buf alone;
  buf named;
  chart_document(&document, "csat", TWO_CHARTS, "");
  chart_picture(&document, "x", REPORT_EN, &alone);
  chart_picture(&document, "x/top_boxes", REPORT_EN, &named);
  assert_string_equal((const char *)alone.data, (const char *)named.data);
  buf_fini(&document);
  buf_fini(&alone);
  buf_fini(&named);
}

/* Two characters of 1 em and one of 0.58 em, times 1.04; bold ones times 1.06 more. */
static void widths_of_texts_count_chinese_characters_as_squares(void **state) {
  (void)state;
  assert_near(svg_text_width(slice_of("满意5"), 1300, false), 2.58 * 1300 * 1.04, "满意5");
  assert_near(svg_text_width(slice_of("iW"), 1000, true), (0.27 + 0.9) * 1000 * 1.04 * 1.06, "iW");
}

static void lines_break_at_blanks_and_between_chinese_characters_but_not_before_a_comma(void **state) {
  (void)state;
  static const struct {
    const char *text;
    double em; /* what a line holds */
    const char *lines[4];
  } cases[] = {
      {"one two", 2.5, {"one", "two"}}, /* o, n, e: 3 x 0.57 */
      {"满意度高", 2.1, {"满意", "度高"}}, {"满意，度高", 2.1, {"满", "意，", "度高"}},
      {"abcdef", 1.2, {"ab", "cd", "ef"}}, {"", 9, {""}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    slice rest = slice_of(cases[i].text);
    size_t line = 0;
    do {
      const slice got = svg_fold(&rest, 10, false, cases[i].em * 10.4);
      if (line == 4 || cases[i].lines[line] == NULL || !slice_equal(got, slice_of(cases[i].lines[line]))) {
        fail_msg("'%s': line %zu is '%.*s'", cases[i].text, line, SLICE_ARG(got));
      }
      line++;
    } while (rest.length > 0);
    assert_true(line == 4 || cases[i].lines[line] == NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bars_are_as_long_as_their_figures_and_whiskers_end_where_intervals_do),
      cmocka_unit_test(bars_of_negative_figures_end_at_zero),
      cmocka_unit_test(a_figure_that_does_not_exist_is_a_dash_without_a_bar),
      cmocka_unit_test(the_middle_answer_straddles_zero),
      cmocka_unit_test(what_xml_does_not_allow_in_labels_is_escaped_or_replaced),
      cmocka_unit_test(a_long_label_is_shortened_and_its_title_holds_the_whole),
      cmocka_unit_test(pictures_have_names_and_descriptions_for_those_who_do_not_see_them),
      cmocka_unit_test(unknown_names_are_refused_with_those_that_there_are),
      cmocka_unit_test(the_name_of_an_analysis_is_the_chart_of_its_headline),
      cmocka_unit_test(widths_of_texts_count_chinese_characters_as_squares),
      cmocka_unit_test(lines_break_at_blanks_and_between_chinese_characters_but_not_before_a_comma),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
