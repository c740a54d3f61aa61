/* What people will copy must work: the specifications under examples/ over the columns of their data, and the
 * examples that `canvass help` prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/analyses/analysis.h"
#include "tests/check.h"
#include "tests/specification/spec_page.h"

static char *file_text(const char *path) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) {
    fail_msg("cannot read %s", path);
    return NULL;
  }
  enum { BYTES_MAX = 1 << 20 };
  char *text = calloc(1, BYTES_MAX);
  assert_non_null(text);
  assert_true(fread(text, 1, BYTES_MAX - 1, f) < BYTES_MAX - 1);
  fclose(f);
  return text;
}

static void the_customer_survey_is_a_right_page(void **state) {
  (void)state;
  char *page = file_text(CANVASS_SOURCE_DIR "/examples/customersat/spec.yaml");
  plan *p = page_plan(page, "q1|q2|q3|q4|q5|q6|q7|q8|q9|q10");
  assert_int_equal(p->constructs_count, 4);
  plan_destroy(p);
  free(page);
}

#define AIRLINE_COLUMNS                                                                             \
  "ID|Gender|Age|Customer Type|Type of Travel|Class|Flight Distance|Departure Delay|Arrival Delay|" \
  "Departure and Arrival Time Convenience|Ease of Online Booking|Check-in Service|Online Boarding|" \
  "Gate Location|On-board Service|Seat Comfort|Leg Room Service|Cleanliness|Food and Drink|"        \
  "In-flight Service|In-flight Wifi Service|In-flight Entertainment|Baggage Handling|Satisfaction"

static void the_airline_survey_uses_every_analysis(void **state) {
  (void)state;
  char *page = file_text(CANVASS_SOURCE_DIR "/examples/airline/spec.yaml");
  plan *p = page_plan(page, AIRLINE_COLUMNS);
  for (size_t k = 0; k < analysis_count(); k++) {
    bool used = false;
    for (uint32_t i = 0; i < p->analyses_count; i++) {
      used = used || strcmp(p->analyses[i].kind, analysis_at(k)->name) == 0;
    }
    if (!used) {
      fail_msg("the airline survey has no '%s'", analysis_at(k)->name);
    }
  }
  plan_destroy(p);
  free(page);
}

/* The first block of YAML after HEADING in the page about the specification. */
static void put_block(const char *text, const char *heading, buf *out) {
  const char *at = strstr(text, heading);
  const char *start = at != NULL ? strstr(at, "```yaml\n") : NULL;
  const char *end = start != NULL ? strstr(start + strlen("```yaml"), "```") : NULL;
  assert_non_null(end);
  start += strlen("```yaml\n");
  buf_put(out, start, (size_t)(end - start));
}

static void the_blocks_on_scales_and_compute_are_right(void **state) {
  (void)state;
  char *text = file_text(CANVASS_SOURCE_DIR "/docs/specification.md");
  buf page;
  buf_init(&page);
  put_block(text, "\n### Scales\n", &page);
  buf_put_text(&page,
               "  price: {type: number}\n  visits: {type: number}\n  online: {type: number}\n"
               "  shop: {type: number}\n  ordered: {type: date}\n  delivered: {type: date}\n"
               "  recommend: {type: scale, range: [0, 10]}\n  region: {type: nominal}\n"
               "  \"e?\": {type: scale, range: [1, 7]}\n");
  put_block(text, "\n### Compute\n", &page);
  buf_put_text(&page, "analyses: [describe: {items: [q7, q_1_a, loyal, effort, capped, share, wait]}]\n");
  buf_put_u8(&page, 0);
  plan *p = page_plan((const char *)page.data,
                      "q7|Q1[SQa]|price|visits|online|shop|ordered|delivered|recommend|region|e1|e2|e3");
  assert_int_equal(plan_program_variable(p, "loyal")->kind, VARIABLE_CONDITION);
  assert_true(plan_program_variable(p, "q7")->reversed);
  plan_destroy(p);
  buf_fini(&page);
  free(text);
}

static void the_block_on_stacks_is_right(void **state) {
  (void)state;
  char *text = file_text(CANVASS_SOURCE_DIR "/docs/specification.md");
  buf page;
  buf_init(&page);
  buf_put_text(&page, "variables: {region: {type: nominal}}\n");
  put_block(text, "\n## Stack\n", &page);
  buf_put_u8(&page, 0);
  plan *p = page_plan((const char *)page.data, "region|b1_sat|b2_sat|b3_sat|b1_use|b2_use|b3_use");
  assert_int_equal(p->analyses[0].loops, 3);
  assert_string_equal(p->analyses[1].stack, "brand");
  assert_true(plan_program_variable(p, "satisfied")->stacked);
  assert_string_equal(plan_program_variable(p, "b2_use")->column, "b2_use");
  plan_destroy(p);
  buf_fini(&page);
  free(text);
}

/* Names are anything in an example, so only what has nothing to do with names is held against it. */
static void the_examples_of_help_are_written_as_the_page_wants_them(void **state) {
  (void)state;
  static const char *const wrong[] = {"not YAML",       "unknown key",     "belongs inside",  " needs '",
                                      "expected a map", "expected one of", "expected a whole"};
  for (size_t k = 0; k < analysis_count(); k++) {
    const analysis_kind *kind = analysis_at(k);
    assert_non_null(kind->example);
    buf page;
    buf_init(&page);
    buf_printf(&page, "variables: {\"*\": {type: scale, range: [0, 10]}}\n%s", kind->example);
    spec *s = NULL;
    spec_problems problems = {0};
    status st = spec_parse(kind->name, (const char *)page.data, page.length, &s, &problems, NULL);
    assert_true(st == STATUS_OK || st == STATUS_SPECIFICATION);
    buf_put_u8(&problems.text, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
      if (strstr((const char *)problems.text.data, wrong[i]) != NULL) {
        fail_msg("%s\n%s", kind->example, (const char *)problems.text.data);
      }
    }
    spec_destroy(s);
    spec_problems_fini(&problems);
    buf_fini(&page);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_customer_survey_is_a_right_page),
      cmocka_unit_test(the_airline_survey_uses_every_analysis),
      cmocka_unit_test(the_blocks_on_scales_and_compute_are_right),
      cmocka_unit_test(the_block_on_stacks_is_right),
      cmocka_unit_test(the_examples_of_help_are_written_as_the_page_wants_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
