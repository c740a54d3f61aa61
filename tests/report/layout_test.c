/* The layout: charts as data, from tables of any analysis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/layout.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"

/* What a test looks at, as lines: "NAME KIND SUBJECT low..high", then its rows. */
static status put_charts(const layout *l, const report_options *options, slice part, buf *out, error *err) {
  (void)options;
  (void)part;
  (void)err;
  size_t count = 0;
  const layout_chart *charts = layout_charts(l->document, &l->sections[0], &count);
  for (size_t i = 0; i < count; i++) {
    const layout_chart *c = &charts[i];
    buf_printf(out, "%s %s [%.*s] %g..%g\n", c->name, c->kind == CHART_BARS ? "bars" : "shares",
               SLICE_ARG(c->subject), c->low, c->high);
    for (size_t k = 0; k < c->keys_count; k++) {
      buf_printf(out, "%s%.*s", k == 0 ? " keys " : "|", SLICE_ARG(c->keys[k]));
    }
    buf_printf(out, "%s", c->keys_count > 0 ? "\n" : "");
    for (size_t r = 0; r < c->rows_count; r++) {
      const chart_row *row = &c->rows[r];
      buf_printf(out, "%s%.*s = %.*s", row->is_part ? "  " : " ", SLICE_ARG(row->label),
                 SLICE_ARG(row->value_text));
      for (size_t k = 0; k < c->keys_count; k++) {
        buf_printf(out, "%s%g", k > 0 ? " " : "", row->shares[k]);
      }
      buf_printf(out, " (%.*s)\n", SLICE_ARG(row->base));
    }
    if (c->more > 0) {
      buf_printf(out, " more %zu\n", c->more);
    }
  }
  return STATUS_OK;
}

static void check_charts(const char *kind, const char *tables, const char *variables, const char *want) {
  buf source;
  buf out;
  error err = {STATUS_OK, ""};
  chart_document(&source, kind, tables, variables);
  buf_init(&out);
  const slice bytes = {(const char *)source.data, source.length};
  if (layout_write(bytes, &(report_options){.language = REPORT_EN}, slice_of(""), LAYOUT_LABELS, put_charts,
                   &out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_put_u8(&out, 0);
  assert_string_equal((const char *)out.data, want);
  buf_fini(&source);
  buf_fini(&out);
}

#define TABLE(name, view, columns, rows) \
  "{\"name\":\"" name "\",\"view\":\"" view "\",\"columns\":[" columns "],\"rows\":[" rows "]}"
#define FIGURES "\"item\",\"group\",\"n\",\"mean\",\"ci_low\",\"ci_high\""
#define FIGURE(item, group, mean)                                                         \
  "{\"item\":\"" item "\",\"group\":" group ",\"n\":9,\"mean\":" mean ",\"ci_low\":" mean \
  ",\"ci_high\":" mean "}"
#define CLASS(value) "{\"class\":\"" value "\"}"
#define SCALE(name, low, high) \
  "\"" name "\":{\"kind\":\"scale\",\"label\":{},\"range\":[" low "," high "],\"values\":[]}"

/* Groups come after all totals in the table. */
static void groups_stand_below_the_item_that_they_are_of(void **state) {
  (void)state;
  check_charts("describe",
               "[" TABLE("summary", "list", FIGURES,
                         FIGURE("a", "null", "2") "," FIGURE("b", "null", "3") "," FIGURE(
                             "a", CLASS("x"), "1") "," FIGURE("b", CLASS("x"),
                                                              "4") "," FIGURE("a", CLASS("y"), "3")) "]",
               SCALE("a", "1", "5") "," SCALE("b", "1", "5"),
               "summary bars [] 0..5\n"
               " a = 2 (9)\n"
               "  x = 1 (9)\n"
               "  y = 3 (9)\n"
               " b = 3 (9)\n"
               "  x = 4 (9)\n");
}

static void groups_of_one_thing_need_not_name_it_in_every_row(void **state) {
  (void)state;
  check_charts("describe",
               "[" TABLE("summary", "list", FIGURES,
                         FIGURE("a", CLASS("x"), "1") "," FIGURE("a", CLASS("y"), "2")) "]",
               SCALE("a", "1", "5"),
               "summary bars [a] 0..5\n"
               " x = 1 (9)\n"
               " y = 2 (9)\n");
}

static void figures_on_different_scales_stand_in_charts_of_their_own(void **state) {
  (void)state;
  check_charts("describe",
               "[" TABLE("summary", "list", FIGURES,
                         FIGURE("a", "null", "2") "," FIGURE("age", "null", "39") "," FIGURE(
                             "b", "null", "7") "," FIGURE("c", "null", "4")) "]",
               SCALE("a", "1", "5") "," SCALE("b", "0", "10") "," SCALE("c", "1", "5"),
               "summary.1-5 bars [] 0..5\n"
               " a = 2 (9)\n"
               " c = 4 (9)\n"
               "summary.age bars [] 0..0\n"
               " age = 39 (9)\n"
               "summary.0-10 bars [] 0..10\n"
               " b = 7 (9)\n");
}

/* Differences of ratings from 1 to 5 may be 0.25: the scale of the item is not theirs. */
static void figures_off_the_scale_of_their_item_have_no_scale(void **state) {
  (void)state;
  check_charts("describe", "[" TABLE("summary", "list", FIGURES, FIGURE("a", "null", "0.25")) "]",
               SCALE("a", "1", "5"),
               "summary bars [] 0..0\n"
               " a = 0.25 (9)\n");
}

/* An analysis that this version does not know: the figure is the one that the intervals hold, and not the
 * first. */
static void the_figure_of_an_unknown_table_is_what_its_intervals_hold(void **state) {
  (void)state;
  check_charts("astrology",
               "[" TABLE("stars", "list", "\"item\",\"n\",\"level\",\"luck\",\"ci_low\",\"ci_high\"",
                         "{\"item\":\"a\",\"n\":9,\"level\":1,\"luck\":5.5,\"ci_low\":5,\"ci_high\":6}") "]",
               "",
               "stars bars [] 0..0\n"
               " a = 5.5 (9)\n");
}

#define ANSWERS "\"item\",\"group\",\"value\",\"n\",\"percent\""
#define ANSWER(item, value, n, percent) \
  "{\"item\":\"" item "\",\"group\":null,\"value\":" value ",\"n\":" n ",\"percent\":" percent "}"

static void answers_on_a_scale_are_shares_and_others_bars(void **state) {
  (void)state;
  check_charts("describe",
               "[" TABLE("distribution", "bars", ANSWERS,
                         ANSWER("a", "2", "3", "75") "," ANSWER("a", "1", "1", "25") "," ANSWER(
                             "c", "\"red\"", "4", "100")) "]",
               SCALE("a", "1", "3"),
               "distribution.1-3 shares [] 0..0\n"
               " keys 1|2|3\n"
               " a = 25 75 0 (4)\n"
               "distribution.c bars [c] 0..100\n"
               " red = 100.0 (4)\n");
}

/* Labels distinguish scales that have the same codes. */
static void scales_with_other_labels_stand_in_charts_of_their_own(void **state) {
  (void)state;
  check_charts("describe",
               "[" TABLE("distribution", "bars", ANSWERS,
                         ANSWER("a", "1", "3", "100") "," ANSWER("b", "1", "2", "100")) "]",
               SCALE("a", "1", "2") ",\"b\":{\"kind\":\"scale\",\"label\":{},\"range\":[1,2],\"values\":[{\"key\":1,"
                                    "\"label\":{\"en\":\"no\"}}]}",
               "distribution.1-2 shares [] 0..0\n"
               " keys 1|2\n"
               " a = 100 0 (3)\n"
               "distribution.1-2-2 shares [] 0..0\n"
               " keys no|2\n"
               " b = 100 0 (2)\n");
}

static void rows_beyond_two_hundred_are_counted(void **state) {
  (void)state;
  buf rows;
  buf want;
  buf_init(&rows);
  buf_init(&want);
  buf_printf(&rows, "[{\"name\":\"summary\",\"view\":\"list\",\"columns\":[" FIGURES "],\"rows\":[");
  buf_printf(&want, "summary bars [] 0..0\n");
  for (unsigned i = 0; i < 203; i++) {
    buf_printf(&rows,
               "%s{\"item\":null,\"other_item\":\"i%u\",\"n\":9,\"mean\":1,\"ci_low\":1,\"ci_high\":1}",
               i > 0 ? "," : "", i);
    if (i < 200) {
      buf_printf(&want, "  × i%u = 1 (9)\n", i);
    }
  }
  buf_printf(&rows, "]}]");
  buf_put_u8(&rows, 0);
  buf_printf(&want, " more 3\n");
  buf_put_u8(&want, 0);
  check_charts("describe", (const char *)rows.data, "", (const char *)want.data);
  buf_fini(&rows);
  buf_fini(&want);
}

static status check_sections(const layout *l, const report_options *options, slice part, buf *out,
                             error *err) {
  (void)options;
  (void)part;
  (void)out;
  (void)err;
  assert_int_equal(l->sections_count, 1);
  const layout_section *s = &l->sections[0];
  const layout_headline figures = layout_headline_of(l->document, s);
  assert_int_equal(s->chapter, CHAPTER_LOYALTY);
  assert_slice_equal(s->title, slice_of("Section"));
  assert_int_equal(figures.count, 1);
  assert_int_equal(figures.more, 0);
  assert_slice_equal(figures.at[0].value, slice_of("-12.5"));
  assert_true(figures.at[0].has_scale);
  assert_float_equal(figures.at[0].scale_low, -100, 0);
  assert_true(isnan(figures.at[0].from));
  assert_slice_equal(s->confidence, slice_of("95% confidence"));
  return STATUS_OK;
}

static void a_section_has_its_chapter_and_its_headline(void **state) {
  (void)state;
  buf source;
  buf out;
  error err = {STATUS_OK, ""};
  chart_document(&source, "nps",
                 "[" TABLE("nps_scores", "list", "\"item\",\"group\",\"n\",\"nps\"",
                           "{\"item\":\"q\",\"group\":null,\"n\":9,\"nps\":-12.5},"
                           "{\"item\":\"q\",\"group\":{\"c\":1},\"n\":9,\"nps\":3}") "]",
                 "");
  buf_init(&out);
  const slice bytes = {(const char *)source.data, source.length};
  assert_int_equal(layout_write(bytes, &(report_options){.language = REPORT_EN}, slice_of(""), LAYOUT_LABELS,
                                check_sections, &out, &err),
                   STATUS_OK);
  buf_fini(&source);
  buf_fini(&out);
}

static status check_numbered(const layout *l, const report_options *options, slice part, buf *out,
                             error *err) {
  (void)options;
  (void)part;
  (void)out;
  (void)err;
  assert_slice_equal(l->sections[1].title, slice_of("Customer satisfaction (top boxes): a, b, c"));
  assert_slice_equal(l->sections[2].title, slice_of("mine"));
  return STATUS_OK;
}

/* "csat_2" is a number that the specification gave: it says nothing to readers. */
static void a_section_that_nobody_named_is_called_by_its_items(void **state) {
  (void)state;
  static const char text[] =
      "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{},\"data\":{\"files\":[],\"rows\":1,"
      "\"quarantined\":0,\"invalid\":0},\"analyses\":[{\"analysis\":\"csat\",\"name\":\"csat\",\"tables\":[]},"
      "{\"analysis\":\"csat\",\"name\":\"csat_2\",\"tables\":[" TABLE(
          "top_boxes", "list", "\"item\",\"csat\"",
          "{\"item\":\"a\",\"csat\":1},{\"item\":\"b\",\"csat\":1},{\"item\":\"c\",\"csat\":1}") "]},{\"analysis\":\"csat\",\"name\":"
      "\"mine\",\"tables\":[]}]}";
  buf out;
  error err = {STATUS_OK, ""};
  buf_init(&out);
  assert_int_equal(layout_write(slice_of(text), &(report_options){.language = REPORT_EN}, slice_of(""),
                                LAYOUT_LABELS, check_numbered, &out, &err),
                   STATUS_OK);
  buf_fini(&out);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(groups_stand_below_the_item_that_they_are_of),
      cmocka_unit_test(groups_of_one_thing_need_not_name_it_in_every_row),
      cmocka_unit_test(figures_on_different_scales_stand_in_charts_of_their_own),
      cmocka_unit_test(figures_off_the_scale_of_their_item_have_no_scale),
      cmocka_unit_test(the_figure_of_an_unknown_table_is_what_its_intervals_hold),
      cmocka_unit_test(answers_on_a_scale_are_shares_and_others_bars),
      cmocka_unit_test(scales_with_other_labels_stand_in_charts_of_their_own),
      cmocka_unit_test(rows_beyond_two_hundred_are_counted),
      cmocka_unit_test(a_section_has_its_chapter_and_its_headline),
      cmocka_unit_test(a_section_that_nobody_named_is_called_by_its_items),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
