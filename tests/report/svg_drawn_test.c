/* Charts that an analysis asks for in its own row: forest plots, net bars, quadrants, profiles.  Places are
 * compared with a hand calculation from those of two ticks. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/svg.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"
#include "tests/report/svg_overlap.h"
#include "tests/seeded.h"

#define NEAR 0.3
#define SCALE(name, label) \
  "\"" name "\":{\"kind\":\"scale\",\"label\":{\"en\":\"" label "\"},\"range\":[1,5],\"values\":[]}"

static void draw(const char *kind, const char *tables, const char *variables, const char *name,
                 buf *picture) {
  buf document;
  chart_document(&document, kind, tables, variables);
  chart_picture(&document, name, REPORT_EN, picture);
  (void)svg_overlap_check((const char *)picture->data);
  buf_fini(&document);
}

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

/* Where the first dashed line stands: "MxyV". */
static double line_x(const buf *picture) {
  const char *at = strstr((const char *)picture->data, "<path class=\"ref\" d=\"M");
  assert_non_null(at);
  return strtod(at + strlen("<path class=\"ref\" d=\"M"), NULL);
}

/* ---- Forest plots -------------------------------------------------------------------------------- */

#define ODDS(item, ratio, low, high)                                                                       \
  "{\"item\":\"" item "\",\"value\":null,\"group\":null,\"n\":90,\"odds_ratio\":" ratio ",\"ci_low\":" low \
  ",\"ci_high\":" high "}"
#define COEFFICIENTS(rows)                                                                                  \
  "[{\"name\":\"logistic_coefficients\",\"view\":\"list\",\"columns\":[\"item\",\"value\",\"group\",\"n\"," \
  "\"odds_ratio\",\"ci_low\",\"ci_high\"],\"rows\":[" rows "]}]"

/* The middle of the N-th square of CLASS_NAME. */
static double middle_of(const buf *picture, const char *class_name, size_t n) {
  return chart_attribute(picture, class_name, n, "x") + chart_attribute(picture, class_name, n, "width") / 2;
}

static void odds_ratios_stand_on_an_axis_of_ratios_beside_one(void **state) {
  (void)state;
  buf picture;
  draw("logistic",
       COEFFICIENTS(
           ODDS("a", "4", "3", "5") "," ODDS("b", "0.25", "0.2", "0.3") "," ODDS("c", "1.1", "0.9", "1.3")),
       SCALE("a", "A") "," SCALE("b", "B") "," SCALE("c", "C"), "x", &picture);
  /* On a logarithmic axis 1 is in the middle of 0.5 and 2, 4 twice as far from 1 as 2, and 0.25 as far as 4.
   */
  const double one = chart_place(&picture, "0.5", 0, "2", 2, 1);
  const double octave = chart_place(&picture, "1", 0, "2", 1, 1) - one;
  assert_near(line_x(&picture), one, "the reference");
  assert_near(middle_of(&picture, "g0", 0), one + 2 * octave, "4");
  assert_near(middle_of(&picture, "g1", 0), one - 2 * octave, "0.25");
  assert_near(middle_of(&picture, "miss", 0), one + octave * log2(1.1), "1.1, whose interval holds 1");
  buf_fini(&picture);
}

static void an_odds_ratio_that_does_not_exist_is_a_dash_without_a_mark(void **state) {
  (void)state;
  buf picture;
  draw("logistic", COEFFICIENTS(ODDS("a", "2", "1.5", "3") "," ODDS("b", "null", "null", "null")),
       SCALE("a", "A") "," SCALE("b", "B"), "x", &picture);
  assert_int_equal(chart_count(&picture, "<rect class=\"g"), 1);
  assert_int_equal(chart_count(&picture, "<rect class=\"miss\""), 0);
  assert_has(&picture, ">–</text>");
  buf_fini(&picture);
}

#define PAIR(item, group, other, difference, low, high)                                    \
  "{\"item\":\"" item "\",\"group\":{\"g\":\"" group "\"},\"other_group\":{\"g\":\"" other \
  "\"},\"difference\":" difference ",\"ci_low\":" low ",\"ci_high\":" high "}"

static void differences_stand_beside_zero(void **state) {
  (void)state;
  buf picture;
  draw(
      "compare",
      "[{\"name\":\"pairs\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"other_group\",\"difference\","
      "\"ci_low\",\"ci_high\"],\"rows\":[" PAIR("a", "x", "y", "0.5", "0.25", "0.75") "," PAIR(
          "a", "x", "z", "-0.5", "-0.75", "-0.25") "," PAIR("a", "y", "z", "0.1", "-0.2", "0.4") "]}]",
      SCALE("a", "A"), "x/pairs", &picture);
  const double zero = chart_place(&picture, "−0.75", -0.75, "0.75", 0.75, 0);
  assert_near(line_x(&picture), zero, "the reference");
  assert_near(middle_of(&picture, "g0", 0), chart_place(&picture, "−0.75", -0.75, "0.75", 0.75, 0.5),
              "above");
  assert_near(middle_of(&picture, "g1", 0), chart_place(&picture, "−0.75", -0.75, "0.75", 0.75, -0.5),
              "below");
  assert_near(middle_of(&picture, "miss", 0), chart_place(&picture, "−0.75", -0.75, "0.75", 0.75, 0.1),
              "neither");
  buf_fini(&picture);
}

/* ---- Net bars ------------------------------------------------------------------------------------ */

static void shares_go_to_both_sides_of_zero_and_the_mark_is_what_is_left(void **state) {
  (void)state;
  buf picture;
  draw(
      "nps",
      "[{\"name\":\"nps_scores\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"n\",\"nps\",\"ci_low\","
      "\"ci_high\",\"promoters\",\"detractors\"],\"rows\":[{\"item\":\"q\",\"group\":null,\"n\":9,\"nps\":20,"
      "\"ci_low\":10,\"ci_high\":30,\"promoters\":60,\"detractors\":40}]}]",
      "", "x", &picture);
  const double zero = chart_place(&picture, "−40", -40, "60", 60, 0);
  /* The first of each class is the key. */
  assert_near(chart_attribute(&picture, "s0", 1, "x"), chart_place(&picture, "−40", -40, "60", 60, -40),
              "40 left");
  assert_near(chart_attribute(&picture, "s0", 1, "x") + chart_attribute(&picture, "s0", 1, "width"), zero,
              "zero");
  assert_near(chart_attribute(&picture, "s10", 1, "x"), zero, "zero");
  assert_near(chart_attribute(&picture, "s10", 1, "width"),
              chart_place(&picture, "−40", -40, "60", 60, 60) - zero, "60 right");
  const char *mark = strstr(strstr((const char *)picture.data, "class=\"g3\"") + 1, "class=\"g3\" d=\"M");
  assert_non_null(mark);
  assert_near(strtod(mark + strlen("class=\"g3\" d=\"M"), NULL),
              chart_place(&picture, "−40", -40, "60", 60, 20), "the score");
  assert_has(&picture, ">20.0</text>");
  buf_fini(&picture);
}

/* ---- Lollipops ----------------------------------------------------------------------------------- */

#define SHARE(item, share, best, worst)                            \
  "{\"item\":\"" item "\",\"group\":null,\"n\":9,\"share\":" share \
  ",\"ci_low\":null,\"ci_high\":null,"                             \
  "\"rank_best\":" best ",\"rank_worst\":" worst "}"

static void a_rank_that_is_not_certain_has_a_hollow_head_and_both_ends(void **state) {
  (void)state;
  buf picture;
  draw("drivers",
       "[{\"name\":\"drivers_lmg\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"n\",\"share\",\"ci_"
       "low\","
       "\"ci_high\",\"rank_best\",\"rank_worst\"],\"rows\":[" SHARE("a", "60", "1", "1") "," SHARE(
           "b", "22", "2", "3") "," SHARE("c", "18", "2", "3") "]}]",
       SCALE("a", "A") "," SCALE("b", "B") "," SCALE("c", "C"), "x", &picture);
  assert_int_equal(chart_count(&picture, "<circle class=\"g0\""), 2); /* the first of each is the key */
  assert_int_equal(chart_count(&picture, "<circle class=\"miss\""), 3);
  assert_int_equal(chart_count(&picture, ">2–3</text>"), 2);
  assert_near(chart_attribute(&picture, "g0", 1, "cx"), chart_place(&picture, "0", 0, "60", 60, 60), "A");
  assert_near(chart_attribute(&picture, "miss", 1, "cx"), chart_place(&picture, "0", 0, "60", 60, 22), "B");
  buf_fini(&picture);
}

/* ---- Quadrants ----------------------------------------------------------------------------------- */

#define POINT(item, group, performance, importance)                                 \
  "{\"item\":\"" item "\",\"group\":" group ",\"n\":9,\"performance\":" performance \
  ",\"importance\":" importance "}"
#define CUTS(rows)                                                                                   \
  "{\"name\":\"ipa_cuts\",\"view\":\"list\",\"columns\":[\"group\",\"performance\",\"importance\"]," \
  "\"rows\":[" rows "]}"
#define ITEMS(rows)                                                                                  \
  "{\"name\":\"ipa_items\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"n\",\"performance\"," \
  "\"importance\"],\"rows\":[" rows "]}"
#define WOMEN "{\"sex\":\"f\"}"

static void only_what_matters_and_is_weak_is_shaded_and_marked(void **state) {
  (void)state;
  buf picture;
  draw("importance_performance",
       "[" ITEMS(POINT("a", "null", "2", "0.4") "," POINT("b", "null", "4", "0.3") "," POINT(
           "c", "null", "2.5", "0.1")) "," CUTS("{\"group\":null,\"performance\":3,\"importance\":0.25}") "]",
       SCALE("a", "Alpha") "," SCALE("b", "Beta") "," SCALE("c", "Gamma"), "x/ipa_items", &picture);
  const double cut = line_x(&picture);
  assert_near(cut, chart_place(&picture, "2.0", 2, "4.0", 4, 3), "the dividing line");
  assert_near(chart_attribute(&picture, "hot", 0, "x") + chart_attribute(&picture, "hot", 0, "width"), cut,
              "the end of the shade");
  assert_int_equal(chart_count(&picture, "class=\"hot\""), 1);
  assert_int_equal(chart_count(&picture, "<path class=\"g1\""), 1);
  assert_int_equal(chart_count(&picture, "<circle class=\"g0\""), 2);
  assert_near(chart_attribute(&picture, "g0", 0, "cx"), chart_place(&picture, "2.0", 2, "4.0", 4, 4), "Beta");
  assert_has(&picture, "class=\"c1 b sm over m\"");
  assert_has(&picture, ">A Concentrate here</text>");
  assert_has(&picture, ">Dashed: Performance 3.0, Importance 0.250</text>");
  buf_fini(&picture);
}

static void each_group_has_quadrants_with_lines_of_its_own(void **state) {
  (void)state;
  buf picture;
  draw("importance_performance",
       "[" ITEMS(POINT("a", "null", "2", "0.4") "," POINT("b", "null", "4", "0.3") "," POINT(
           "a", WOMEN, "1", "0.2") "," POINT("b", WOMEN, "5",
                                             "0.1")) "," CUTS("{\"group\":null,\"performance\":3,"
                                                              "\"importance\":0.35},{\"group\":" WOMEN
                                                              ",\"performance\":2,\"importance\":0.15}") "]",
       SCALE("a", "Alpha") "," SCALE("b", "Beta") ",\"sex\":{\"kind\":\"nominal\",\"values\":[]}",
       "x/ipa_items.f", &picture);
  assert_near(line_x(&picture), chart_place(&picture, "2.0", 2, "4.0", 4, 2), "its line");
  assert_has(&picture, "sex: f");
  buf_fini(&picture);
}

static void a_table_without_lines_or_figures_has_points_alone(void **state) {
  (void)state;
  buf picture;
  draw("importance_performance",
       "[" ITEMS(POINT("a", "null", "2", "0.4") "," POINT("b", "null", "null", "0.3")) "]",
       SCALE("a", "Alpha"), "x/ipa_items", &picture);
  assert_int_equal(chart_count(&picture, "class=\"ref\""), 0);
  assert_int_equal(chart_count(&picture, "<circle"), 1);
  assert_has(&picture, "1 more"); /* the item without a figure */
  buf_fini(&picture);
}

/* Sixty items as crowded as in a real survey: svg_overlap_check of `draw` looks at all their names. */
static void names_of_sixty_items_stand_apart_or_are_listed(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    seeded s = {seed};
    buf rows;
    buf variables;
    buf picture;
    buf_init(&rows);
    buf_init(&variables);
    buf_printf(&rows,
               "[{\"name\":\"ipa_items\",\"view\":\"list\",\"columns\":[\"item\",\"group\",\"performance\","
               "\"importance\"],\"rows\":[");
    for (unsigned i = 0; i < 60; i++) {
      buf_printf(&rows, "%s{\"item\":\"i%u\",\"group\":null,\"performance\":%u.%02u,\"importance\":0.%02u}",
                 i > 0 ? "," : "", i, 2 + seeded_pick(&s, 2), seeded_pick(&s, 100), seeded_pick(&s, 40));
      buf_printf(&variables,
                 "%s\"i%u\":{\"kind\":\"scale\",\"label\":{\"en\":\"Item %u of the survey\"},"
                 "\"range\":[1,5],\"values\":[]}",
                 i > 0 ? "," : "", i, i);
    }
    buf_printf(&rows, "]}," CUTS("{\"group\":null,\"performance\":3,\"importance\":0.2}") "]");
    buf_put_u8(&rows, 0);
    buf_put_u8(&variables, 0);
    draw("importance_performance", (const char *)rows.data, (const char *)variables.data, "x/ipa_items",
         &picture);
    assert_int_equal(
        chart_count(&picture, "<circle class=\"g0\"") + chart_count(&picture, "<path class=\"g1\""), 60);
    buf_fini(&picture);
    buf_fini(&rows);
    buf_fini(&variables);
  }
}

/* ---- Profiles ------------------------------------------------------------------------------------ */

#define CENTRE(item, segment, mean, difference) \
  "{\"item\":\"" item "\",\"segment\":" segment ",\"mean\":" mean ",\"difference_sd\":" difference "}"

static void segments_are_marks_beside_a_tick_for_all(void **state) {
  (void)state;
  buf picture;
  draw(
      "segment",
      "[{\"name\":\"segment_centres\",\"view\":\"matrix\",\"columns\":[\"item\",\"segment\",\"mean\","
      "\"difference_sd\"],\"rows\":[" CENTRE("a", "1", "4", "1") "," CENTRE("a", "2", "2", "-0.5") "," CENTRE(
          "a", "null", "3",
          "null") "," CENTRE("b", "1", "40", "0.5") "," CENTRE("b", "2", "20", "-1") "," CENTRE("b", "null",
                                                                                                "30",
                                                                                                "null") "]}]",
      SCALE("a", "A") "," SCALE("b", "B"), "x/segment_centres", &picture);
  assert_int_equal(chart_count(&picture, "class=\"g0\""), 3); /* the key and two items */
  assert_near(chart_attribute(&picture, "g0", 1, "cx"), chart_place(&picture, "−1.0", -1, "1.0", 1, 1),
              "A, segment 1");
  assert_near(chart_attribute(&picture, "g0", 2, "cx"), chart_place(&picture, "−1.0", -1, "1.0", 1, 0.5),
              "B");
  assert_near(middle_of(&picture, "whole", 1), chart_place(&picture, "−1.0", -1, "1.0", 1, 0), "the tick");
  assert_has(&picture, ">Overall</text>");
  assert_has(&picture, ">1.5</text>"); /* from −0.5 to 1 */
  buf_fini(&picture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(odds_ratios_stand_on_an_axis_of_ratios_beside_one),
      cmocka_unit_test(an_odds_ratio_that_does_not_exist_is_a_dash_without_a_mark),
      cmocka_unit_test(differences_stand_beside_zero),
      cmocka_unit_test(shares_go_to_both_sides_of_zero_and_the_mark_is_what_is_left),
      cmocka_unit_test(a_rank_that_is_not_certain_has_a_hollow_head_and_both_ends),
      cmocka_unit_test(only_what_matters_and_is_weak_is_shaded_and_marked),
      cmocka_unit_test(each_group_has_quadrants_with_lines_of_its_own),
      cmocka_unit_test(a_table_without_lines_or_figures_has_points_alone),
      cmocka_unit_test(names_of_sixty_items_stand_apart_or_are_listed),
      cmocka_unit_test(segments_are_marks_beside_a_tick_for_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
