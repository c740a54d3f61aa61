/* Headlines and matrices come from what each analysis' row says of itself; what this version does not know is
 * still rendered. */
#include <string.h>

#include "report/report.h"
#include "tests/check.h"

#define DATA "\"data\":{\"files\":[],\"rows\":1,\"quarantined\":0,\"invalid\":0}"
#define HEAD "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{}," DATA

/* The text report of one section of ANALYSIS whose members are, beside its name, MEMBERS. */
static buf rendered(const char *analysis, const char *members) {
  buf document, out;
  buf_init(&document);
  buf_init(&out);
  buf_printf(&document, HEAD ",\"analyses\":[{\"analysis\":\"%s\",\"name\":\"%s\",%s}]}", analysis, analysis,
             members);
  error err = {STATUS_OK, ""};
  const report_options options = {.format = "text", .columns = 100};
  if (report_render(document.data, document.length, &options, &out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  buf_put_u8(&out, 0);
  assert_false(out.failed);
  buf_fini(&document);
  return out;
}

static void assert_says(const char *analysis, const char *members, const char *wanted) {
  buf out = rendered(analysis, members);
  if (strstr((const char *)out.data, wanted) == NULL) {
    fail_msg("'%s' is not in:\n%s", wanted, (const char *)out.data);
  }
  buf_fini(&out);
}

#define TABLE(name, view, columns, row) \
  "\"tables\":[{\"name\":\"" name "\",\"view\":\"" view "\",\"columns\":" columns ",\"rows\":[" row "]}]"
#define FIGURE(name, key) TABLE(name, "list", "[\"item\",\"" key "\"]", "{\"item\":\"q\",\"" key "\":25}")

static void an_unknown_analysis_is_rendered_without_a_headline(void **state) {
  (void)state;
  assert_says("oracle", FIGURE("visions", "mean"), "  oracle: see below\n");
  assert_says("oracle", FIGURE("visions", "mean"), "Item  Mean\n");
}

static void an_unknown_analysis_may_say_its_headline_itself(void **state) {
  (void)state;
  assert_says("oracle", "\"headline\":{\"table\":\"visions\",\"column\":\"mean\"}," FIGURE("visions", "mean"),
              "  oracle: q  Mean  25\n");
}

static void a_net_score_lies_between_minus_100_and_100(void **state) {
  (void)state;
  /* The strip has the places 0 to 31: 25 of -100..100 stands at 0.625 * 31 = 19.4, of 0..100 at 7.75. */
  assert_says("nps", FIGURE("nps_scores", "nps"), "NPS  25.0    ├──────────────────╋───────────┤\n");
  assert_says("csat", FIGURE("top_boxes", "csat"), "CSAT %  25.0    ├───────╋──────────────────────┤\n");
}

static void a_table_of_another_name_still_gives_the_headline(void **state) {
  (void)state;
  assert_says("nps", FIGURE("scores_of_before", "nps"), "q  NPS  25.0");
}

static void the_column_of_all_others_together_has_the_name_that_the_analysis_gives(void **state) {
  (void)state;
#define CENTRES(name)                                      \
  TABLE(name, "matrix", "[\"item\",\"segment\",\"mean\"]", \
        "{\"item\":\"q\",\"segment\":1,\"mean\":2},{\"item\":\"q\",\"segment\":null,\"mean\":3}")
  assert_says("segment", CENTRES("segment_centres"), "Item  Segment 1  Overall\n");
  assert_says("oracle", CENTRES("visions"), "Item  Segment 1  Total\n");
}

static void what_a_figure_is_called_depends_on_the_analysis_and_its_notes(void **state) {
  (void)state;
#define CROSSED                                                                                              \
  "\"tables\":[{\"name\":\"row_totals\",\"view\":\"list\",\"columns\":[\"item\",\"other_item\"],\"rows\":[{" \
  "\"item\":\"a\",\"other_item\":\"b\"}]}]"
  assert_says("crosstab", CROSSED, "Row  Column\n");
  assert_says("oracle", CROSSED, "Item  With\n");
#define EFFORT(code) \
  "\"notes\":[{\"code\":\"" code "\",\"detail\":{\"boxes\":2}}]," FIGURE("ces_scores", "ces")
  assert_says("ces", EFFORT("note_ces_high"), "   Customer effort score (high is easy)\n");
  assert_says("ces", EFFORT("note_ces_low"), "   Customer effort score\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_unknown_analysis_is_rendered_without_a_headline),
      cmocka_unit_test(an_unknown_analysis_may_say_its_headline_itself),
      cmocka_unit_test(a_net_score_lies_between_minus_100_and_100),
      cmocka_unit_test(a_table_of_another_name_still_gives_the_headline),
      cmocka_unit_test(the_column_of_all_others_together_has_the_name_that_the_analysis_gives),
      cmocka_unit_test(what_a_figure_is_called_depends_on_the_analysis_and_its_notes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
