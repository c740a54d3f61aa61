/* Findings: what is said of figures rests on their intervals and p, and where nothing is certain, that is
 * said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/findings.h"
#include "tests/check.h"
#include "tests/report/chart_document.h"

#define HEAD                                                                                                 \
  "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{\"w\":{\"kind\":\"mean\",\"label\":{" \
  "\"en\":\"Whole\"}},\"a\":{\"kind\":\"mean\",\"label\":{\"en\":\"Cabin\"}},\"b\":{\"kind\":\"mean\","      \
  "\"label\":{"                                                                                              \
  "\"en\":\"Booking\"}},\"g\":{\"kind\":\"nominal\",\"label\":{\"en\":\"Class\"},\"values\":[{\"key\":"      \
  "\"x\",\"label\":{"                                                                                        \
  "\"en\":\"economy\"}},{\"key\":\"y\",\"label\":{\"en\":\"business\"}}]}},"
#define DATA(members)         "\"data\":{\"files\":[],\"rows\":500,\"quarantined\":0,\"invalid\":0" members "},"
#define SECTION(kind, tables) "{\"analysis\":\"" kind "\",\"name\":\"" kind "\",\"tables\":[" tables "]}"
#define TABLE(name, columns, rows) \
  "{\"name\":\"" name "\",\"view\":\"list\",\"columns\":[" columns "],\"rows\":[" rows "]}"

#define NODE(item, level, index, low, high)                                                \
  "{\"item\":\"" item "\",\"level\":" #level ",\"group\":null,\"n\":500,\"index\":" #index \
  ",\"ci_low\":" #low ",\"ci_high\":" #high "}"
#define INDEX(rows)                      \
  SECTION("index", TABLE("index_values", \
                         "\"item\",\"level\",\"group\",\"n\",\"index\",\"ci_low\",\"ci_high\"", rows))

/* What a test looks at; it fails the test itself. */
typedef void looking(const findings *f, const outline *o);
static looking *look;

static status check_findings(const layout *l, const report_options *options, slice part, buf *out,
                             error *err) {
  (void)options;
  (void)part;
  (void)out;
  (void)err;
  const outline *o = outline_make(l);
  assert_non_null(o);
  const findings *f = findings_make(o);
  assert_non_null(f);
  look(f, o);
  return STATUS_OK;
}

static void check(const char *text, looking *by) {
  buf out;
  error err = {STATUS_OK, ""};
  buf_init(&out);
  look = by;
  const report_options options = {.language = REPORT_EN};
  if (layout_write(slice_of(text), &options, slice_of(""), LAYOUT_LABELS, check_findings, &out, &err) !=
      STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_fini(&out);
}

static slice title_of_first(const outline *o) {
  for (size_t i = 0; i < o->chapters_count; i++) {
    for (size_t k = 0; k < o->chapters[i].sections_count; k++) {
      if (o->chapters[i].sections[k].figures_count > 0) {
        return finding_of_chart(o->l->document, o->chapters[i].sections[k].figures[0].chart);
      }
    }
  }
  return slice_of("");
}

/* ---- The index ----------------------------------------------------------------------------------- */

static void certain_parts(const findings *f, const outline *o) {
  assert_slice_equal(f->head,
                     slice_of("Whole earns 55.0 of 100; Cabin leads with 60.0; Booking trails with 50.0"));
  assert_slice_equal(title_of_first(o), slice_of("Cabin is highest with 60.0, Booking lowest with 50.0"));
  assert_int_equal(f->parts.count, 2);
  assert_slice_equal(f->parts.rows[0].name, slice_of("Cabin"));
  assert_float_equal(f->parts.rows[0].share, 0.6, 1e-9);
}

static void a_part_leads_when_its_interval_is_apart(void **state) {
  (void)state;
  check(HEAD DATA("") "\"analyses\":[" INDEX(
            NODE("w", 0, 55, 54, 56) "," NODE("a", 1, 60, 59, 61) "," NODE("b", 1, 50, 49, 51)) "]}",
        certain_parts);
}

static void uncertain_parts(const findings *f, const outline *o) {
  assert_slice_equal(f->head,
                     slice_of("Whole earns 55.0 of 100; no part leads with certainty: Cabin (56.0) and "
                              "Booking (54.0) are too close"));
  assert_slice_equal(title_of_first(o), slice_of("No certain difference between 2 rows"));
}

static void of_parts_whose_intervals_meet_none_leads(void **state) {
  (void)state;
  check(HEAD DATA("") "\"analyses\":[" INDEX(
            NODE("w", 0, 55, 54, 56) "," NODE("a", 1, 56, 53, 59) "," NODE("b", 1, 54, 51, 57)) "]}",
        uncertain_parts);
}

static void nothing_to_say(const findings *f, const outline *o) {
  (void)o;
  assert_int_equal(f->head.length, 0);
  assert_false(f->has_level);
  assert_int_equal(f->parts.count + f->best.count + f->weakest.count + f->drivers.count + f->behind.count, 0);
  assert_int_equal(f->warnings.count, 0);
}

static void a_report_without_analyses_says_nothing(void **state) {
  (void)state;
  check(HEAD DATA("") "\"analyses\":[]}", nothing_to_say);
}

#define SHARE(item, csat) \
  "{\"item\":\"" item "\",\"group\":null,\"n\":500,\"csat\":" #csat ",\"ci_low\":40,\"ci_high\":60}"

static void shares_are_said(const findings *f, const outline *o) {
  (void)o;
  assert_true(f->has_level);
  assert_int_equal(strncmp(f->head.bytes, "50.0% are satisfied: Overall service",
                           strlen("50.0% are satisfied: Overall service")),
                   0);
}

/* The item that says that it is overall is the headline before the first one; of a share it is said as one.
 */
static void a_share_is_said_as_a_share_and_what_is_overall_comes_first(void **state) {
  (void)state;
  check(
      "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{\"b\":{\"kind\":\"scale\","
      "\"label\":{\"en\":"
      "\"Overall service\"}}}," DATA("") "\"analyses\":[" SECTION(
          "csat", TABLE("top_boxes", "\"item\",\"group\",\"n\",\"csat\",\"ci_low\",\"ci_high\"",
                        SHARE("a", 44) "," SHARE("b", 50))) "]}",
      shares_are_said);
}

static void net_is_said(const findings *f, const outline *o) {
  (void)o;
  assert_slice_equal(f->head, slice_of("Cabin: NPS −12.5"));
}

static void a_net_score_is_not_said_to_be_of_a_hundred(void **state) {
  (void)state;
  check(
      HEAD DATA("") "\"analyses\":[" SECTION(
          "nps",
          TABLE(
              "nps_scores", "\"item\",\"group\",\"n\",\"nps\",\"ci_low\",\"ci_high\"",
              "{\"item\":\"a\",\"group\":null,\"n\":500,\"nps\":-12.5,\"ci_low\":-15,\"ci_high\":-10}")) "]}",
      net_is_said);
}

/* ---- Lists --------------------------------------------------------------------------------------- */

#define DRIVER(item, share, p)                                        \
  "{\"item\":\"" item "\",\"group\":null,\"n\":500,\"share\":" #share \
  ",\"ci_low\":1,\"ci_high\":99,\"p\":" #p "}"
#define DRIVERS(rows)                                  \
  SECTION("drivers", TABLE("drivers_relative_weights", \
                           "\"item\",\"group\",\"n\",\"share\",\"ci_low\",\"ci_high\",\"p\"", rows))

static void one_driver(const findings *f, const outline *o) {
  (void)o;
  assert_int_equal(f->drivers.count, 1);
  assert_slice_equal(f->drivers.rows[0].name, slice_of("Booking"));
  assert_slice_equal(f->drivers.rows[0].value, slice_of("30.0"));
  assert_int_equal(f->drivers.plain.length, 0);
}

/* 0.05 itself is not below 0.05. */
static void a_driver_is_named_when_its_p_is_below_the_threshold(void **state) {
  (void)state;
  check(HEAD DATA("") "\"analyses\":[" DRIVERS(DRIVER("a", 70, 0.05) "," DRIVER("b", 30, 0.049)) "]}",
        one_driver);
}

static void no_driver(const findings *f, const outline *o) {
  (void)o;
  assert_int_equal(f->drivers.count, 0);
  assert_slice_equal(f->drivers.plain, slice_of("Nothing goes with it with certainty"));
}

static void where_no_driver_is_certain_that_is_said(void **state) {
  (void)state;
  check(HEAD DATA("") "\"analyses\":[" DRIVERS(DRIVER("a", 70, 0.2)) "]}", no_driver);
}

#define PAIR(difference, adjusted)                                                                    \
  "{\"item\":\"a\",\"group\":{\"g\":\"x\"},\"other_group\":{\"g\":\"y\"},\"difference\":" #difference \
  ",\"p\":0.001,\"p_adjusted\":" #adjusted "}"
#define PAIRS(rows)  \
  SECTION("compare", \
          TABLE("pairs", "\"item\",\"group\",\"other_group\",\"difference\",\"p\",\"p_adjusted\"", rows))

static void economy_is_behind(const findings *f, const outline *o) {
  (void)o;
  assert_int_equal(f->behind.count, 1);
  assert_slice_equal(f->behind.rows[0].name, slice_of("Economy rates Cabin 0.5 below business"));
}

static void business_is_behind(const findings *f, const outline *o) {
  (void)o;
  assert_slice_equal(f->behind.rows[0].name, slice_of("Business rates Cabin 0.5 below economy"));
}

static void nobody_is_behind(const findings *f, const outline *o) {
  (void)o;
  assert_int_equal(f->behind.count, 0);
  assert_slice_equal(f->behind.plain, slice_of("No group falls behind another with certainty."));
}

/* The difference is the group's figure less the other's; p before adjustment does not count. */
static void the_lower_group_falls_behind_when_the_adjusted_p_says_so(void **state) {
  (void)state;
  check(HEAD DATA("") "\"analyses\":[" PAIRS(PAIR(-0.5, 0.01)) "]}", economy_is_behind);
  check(HEAD DATA("") "\"analyses\":[" PAIRS(PAIR(0.5, 0.01)) "]}", business_is_behind);
  check(HEAD DATA("") "\"analyses\":[" PAIRS(PAIR(-0.5, 0.06)) "]}", nobody_is_behind);
}

#define GAIN(item, gain, low, high)                                                               \
  "{\"item\":\"" item "\",\"group\":null,\"n\":29,\"rank\":1,\"gain\":" #gain ",\"ci_low\":" #low \
  ",\"ci_high\":" #high "}"
#define PRIORITIES(rows)        \
  SECTION(                      \
      "importance_performance", \
      TABLE("ipa_priorities", "\"item\",\"group\",\"n\",\"rank\",\"gain\",\"ci_low\",\"ci_high\"", rows))

static void one_priority(const findings *f, const outline *o) {
  (void)o;
  assert_int_equal(f->priorities.count, 1);
  assert_slice_equal(f->priorities.rows[0].name, slice_of("Booking"));
  assert_slice_equal(f->priorities.rows[0].remark, slice_of("expected gain 0.2 (0.1–0.3)"));
  assert_int_equal(f->warnings.count, 1);
  assert_slice_equal(f->warnings.at[0],
                     slice_of("2 figures rest on fewer than 30 answers: read them with care."));
}

static void a_priority_promises_a_gain_whose_interval_is_above_zero(void **state) {
  (void)state;
  check(
      HEAD DATA("") "\"analyses\":[" PRIORITIES(GAIN("a", 0.4, -0.1, 0.9) "," GAIN("b", 0.2, 0.1, 0.3)) "]}",
      one_priority);
}

/* 50 of 500 are 10 per cent; 24 of 500, 4.8 per cent, are not told of. */
static void warned_of_missing(const findings *f, const outline *o) {
  (void)o;
  assert_int_equal(f->warnings.count, 1);
  assert_slice_equal(f->warnings.at[0], slice_of("Cabin: 50 answers (10.0%) are missing or invalid."));
}

static void the_variable_with_the_most_missing_answers_is_told_of(void **state) {
  (void)state;
  check(
      HEAD DATA(
          ",\"variables\":[{\"name\":\"b\",\"answered\":476,\"missing\":{\"blank\":24},\"invalid\":0},"
          "{\"name\":\"a\",\"answered\":450,\"missing\":{\"blank\":40},\"invalid\":10}]") "\"analyses\":[]}",
      warned_of_missing);
}

/* ---- The page of rules --------------------------------------------------------------------------- */

static void the_documentation_has_every_rule_as_the_table_has_it(void **state) {
  (void)state;
  static char page[1 << 16];
  FILE *f = fopen(CANVASS_SOURCE_DIR "/docs/report-rules.md", "rb");
  assert_non_null(f);
  page[fread(page, 1, sizeof page - 1, f)] = '\0';
  assert_int_equal(fclose(f), 0);
  for (rule_id id = 0; id < RULES; id++) {
    const rule *r = rule_of(id);
    char row[1024];
    const char *fails = r->fails[REPORT_EN][0] == '\0' ? "–" : r->fails[REPORT_EN];
    (void)snprintf(row, sizeof row, "| `%s` | %s | %s | %s |\n", r->name, r->condition, r->holds[REPORT_EN],
                   fails);
    assert_contains(page, row);
    for (size_t language = 0; language < 3; language++) {
      assert_true(r->holds[language][0] != '\0');
      assert_int_equal(r->fails[language][0] == '\0', r->fails[REPORT_EN][0] == '\0');
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_part_leads_when_its_interval_is_apart),
      cmocka_unit_test(of_parts_whose_intervals_meet_none_leads),
      cmocka_unit_test(a_report_without_analyses_says_nothing),
      cmocka_unit_test(a_share_is_said_as_a_share_and_what_is_overall_comes_first),
      cmocka_unit_test(a_net_score_is_not_said_to_be_of_a_hundred),
      cmocka_unit_test(a_driver_is_named_when_its_p_is_below_the_threshold),
      cmocka_unit_test(where_no_driver_is_certain_that_is_said),
      cmocka_unit_test(the_lower_group_falls_behind_when_the_adjusted_p_says_so),
      cmocka_unit_test(a_priority_promises_a_gain_whose_interval_is_above_zero),
      cmocka_unit_test(the_variable_with_the_most_missing_answers_is_told_of),
      cmocka_unit_test(the_documentation_has_every_rule_as_the_table_has_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
