/* How regressions take their words: events by code, range and label, references by variable, values that
 * nobody answers; and regressions that fit too well, or not at all. */
#include <math.h>

#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

enum { ROWS = 12 };
static const char *const ys[] = {"yes", "no", "yes", "no", "yes", "yes",
                                 "no",  "no", "yes", "no", "yes", "no"};
static const char *const xs[] = {"1", "2", "3", "4", "5", "6", "1", "3", "4", "2", "6", "5"};
static const char *const gs[] = {"a", "a", "b", "b", "c", "c", "a", "b", "c", "a", "b", "c"};
static const char *const ss[] = {"1", "2", "3", "4", "5", "4", "2", "1", "5", "4", "5", "2"};
/* Answered by others than s is. */
static const char *const us[] = {"1", "2", "", "", "", "", "", "", "", "", "", ""};
static const char *const vs[] = {"", "", "1", "2", "3", "4", "", "", "", "", "", ""};

/* Declares COUNT values of variable ITEM, with English labels. */
static void label(plan *p, const char *item, const plan_value_label *values, uint32_t count) {
  plan_variable *v = &p->variables[build_find(p, item)];
  v->values = ARENA_ARRAY(p->memory, plan_value_label, count);
  v->values_count = count;
  for (uint32_t i = 0; i < count; i++) {
    v->values[i] = values[i];
  }
}

static void build_survey_of_twelve(build_scene *s) {
  plan *p = s->plan;
  static const plan_value_label groups[] = {
      {.is_text = true, .text = {"a", 1}, .label = {{"Alpha"}}},
      {.is_text = true, .text = {"b", 1}, .label = {{"Beta"}}},
      {.is_text = true, .text = {"d", 1}, .label = {{"Delta"}}},
  };
  static const plan_value_label codes[] = {{.number = 4, .label = {{"Good"}}},
                                           {.number = 5, .label = {{"Very good"}}}};
  build_nominal(p, "y");
  build_scale(p, "x", 1, 6);
  build_nominal(p, "g");
  build_scale(p, "s", 1, 5);
  build_scale(p, "u", 1, 5);
  build_scale(p, "v", 1, 5);
  label(p, "g", groups, 3);
  label(p, "s", codes, 2);
  s->data = fixture_new(ROWS);
  fixture_column(s->data, "y", PACKED_TEXTS, ys);
  fixture_column(s->data, "x", PACKED_CODES, xs);
  fixture_column(s->data, "g", PACKED_TEXTS, gs);
  fixture_column(s->data, "s", PACKED_CODES, ss);
  fixture_column(s->data, "u", PACKED_CODES, us);
  fixture_column(s->data, "v", PACKED_CODES, vs);
}

static plan_analysis *ask_logistic(plan *p, const char *name, const char *outcome, const char *event) {
  plan_analysis *a = build_analysis(p, "logistic", name, NULL);
  build_argument(p, a, "outcome", outcome);
  build_argument(p, a, "event", event);
  build_argument(p, a, "predictors", "x g");
  return a;
}

static plan_analysis *ask_drivers(plan *p, const char *name, const char *outcome, const char *predictors) {
  plan_analysis *a = build_analysis(p, "drivers", name, NULL);
  build_argument(p, a, "outcome", outcome);
  build_argument(p, a, "predictors", predictors);
  build_argument(p, a, "importance", "none");
  return a;
}

static double figure(const json *report, const char *name, const char *table, const char *match,
                     const char *key) {
  const json *cell = json_get(report_row(report, name, table, match), key);
  return json_kind_of(cell) == JSON_NULL ? NAN : json_as_number(cell);
}

/* Of twelve answers to s three are 4 and three are 5. */
static void events_are_codes_ranges_and_labels(void **state) {
  build_scene *s = *state;
  plan *p = s->plan;
  build_survey_of_twelve(s);
  static const struct {
    const char *event;
    int64_t events;
  } cases[] = {{"4 5", 6}, {"4..5", 6}, {"5..", 3}, {"..4", 9}, {"Good", 3}, {"Good 5", 6}};
  static const char *const names[] = {"c0", "c1", "c2", "c3", "c4", "c5"};
  for (int i = 0; i < 6; i++) {
    ask_logistic(p, names[i], "s", cases[i].event);
  }
  const json *report = build_report(p, s->data, 5, s->memory);
  for (int i = 0; i < 6; i++) {
    assert_int_equal((int64_t)figure(report, names[i], "logistic_fit", "{}", "events"), cases[i].events);
  }
}

static void events_that_are_none_are_refused(void **state) {
  build_scene *s = *state;
  error err = {0};
  build_survey_of_twelve(s);
  ask_logistic(s->plan, "l", "s", "4..7");
  assert_int_equal(plan_finish(s->plan, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "event: 7 is not a code of \"s\", whose codes go from 1 to 5");
}

static void a_range_that_goes_down_is_refused(void **state) {
  build_scene *s = *state;
  error err = {0};
  build_survey_of_twelve(s);
  ask_logistic(s->plan, "l", "s", "5..4");
  assert_int_equal(plan_finish(s->plan, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "event: \"5..4\" is not a code of \"s\"");
}

static void an_event_that_nobody_answers_is_told(void **state) {
  build_scene *s = *state;
  build_survey_of_twelve(s);
  ask_logistic(s->plan, "told", "y", "yes jes");
  ask_logistic(s->plan, "quiet", "y", "yes");
  const json *report = build_report(s->plan, s->data, 5, s->memory);
  assert_true(report_says(report, "told", "warnings", "event_without_answers"));
  assert_false(report_says(report, "quiet", "warnings", "event_without_answers"));
}

static void references_are_named_by_variable_and_label(void **state) {
  build_scene *s = *state;
  plan *p = s->plan;
  build_survey_of_twelve(s);
  build_argument(p, ask_logistic(p, "label", "s", "4 5"), "reference", "g=Beta");
  build_argument(p, ask_logistic(p, "declared", "s", "4 5"), "reference", "d");
  build_argument(p, ask_logistic(p, "unknown", "s", "4 5"), "reference", "zzz");
  const json *report = build_report(p, s->data, 5, s->memory);
  assert_null(report_row(report, "label", "logistic_coefficients", "{\"item\":\"g\",\"value\":\"b\"}"));
  assert_non_null(report_row(report, "label", "logistic_coefficients", "{\"item\":\"g\",\"value\":\"a\"}"));
  assert_true(report_says(report, "declared", "warnings", "reference_without_answers"));
  assert_false(report_says(report, "declared", "warnings", "reference_unknown"));
  assert_true(report_says(report, "unknown", "warnings", "reference_unknown"));
}

static void a_reference_of_no_predictor_is_refused(void **state) {
  build_scene *s = *state;
  error err = {0};
  build_survey_of_twelve(s);
  build_argument(s->plan, ask_logistic(s->plan, "l", "s", "4 5"), "reference", "y=no");
  assert_int_equal(plan_finish(s->plan, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "reference: \"y\" is not among the predictors");
}

/* R: summary(lm(s ~ 0 + g + x)) */
static void without_a_constant_every_value_has_a_coefficient(void **state) {
  build_scene *s = *state;
  plan *p = s->plan;
  build_survey_of_twelve(s);
  build_argument(p, ask_drivers(p, "d", "s", "g x"), "intercept", "false");
  const json *report = build_report(p, s->data, 5, s->memory);
  static const struct {
    const char *match;
    double b, se;
  } wanted[] = {{"{\"item\":\"g\",\"value\":\"a\"}", 1.166666666667, 0.961949698385},
                {"{\"item\":\"g\",\"value\":\"b\"}", 0.361111111111, 1.937213738311},
                {"{\"item\":\"g\",\"value\":\"c\"}", 0.388888888889, 2.367169514916},
                {"{\"item\":\"x\"}", 0.722222222222, 0.453467436592}};
  for (int i = 0; i < 4; i++) {
    assert_float_equal(figure(report, "d", "drivers_coefficients", wanted[i].match, "b"), wanted[i].b, 1e-11);
    assert_float_equal(figure(report, "d", "drivers_coefficients", wanted[i].match, "se"), wanted[i].se,
                       1e-11);
  }
  assert_true(report_says(report, "d", "notes", "note_all_values"));
}

static void a_fit_without_residual_says_why_there_are_no_errors(void **state) {
  build_scene *s = *state;
  build_survey_of_twelve(s);
  build_construct(s->plan, "same", "s", NULL, 1);
  ask_drivers(s->plan, "d", "same", "s");
  const json *report = build_report(s->plan, s->data, 5, s->memory);
  assert_true(report_says(report, "d", "warnings", "perfect_fit"));
}

static void columns_that_nobody_answers_together_are_named(void **state) {
  build_scene *s = *state;
  plan *p = s->plan;
  build_survey_of_twelve(s);
  build_argument(p, ask_drivers(p, "d", "s", "u v"), "missing", "pairwise");
  const json *report = build_report(p, s->data, 5, s->memory);
  assert_true(report_says(report, "d", "warnings", "no_common_rows"));
  assert_false(report_says(report, "d", "warnings", "indefinite_correlations"));
}

/* How many warnings of the analysis NAME have that code. */
static unsigned warnings_of(const json *report, const char *name, const char *code) {
  const json *sections = json_get(report, "analyses");
  unsigned count = 0;
  for (size_t s = 0; s < json_count(sections); s++) {
    const json *section = json_at(sections, s), *warnings = json_get(section, "warnings");
    for (size_t i = 0;
         slice_equal(json_as_text(json_get(section, "name")), slice_of(name)) && i < json_count(warnings);
         i++) {
      count += slice_equal(json_as_text(json_get(json_at(warnings, i), "code")), slice_of(code));
    }
  }
  return count;
}

static void a_warning_is_given_once(void **state) {
  build_scene *s = *state;
  build_survey_of_twelve(s);
  build_argument(s->plan, ask_logistic(s->plan, "l", "s", "4 5"), "reference", "zzz zzz yyy");
  const json *report = build_report(s->plan, s->data, 5, s->memory);
  assert_int_equal(warnings_of(report, "l", "reference_unknown"), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(events_are_codes_ranges_and_labels),
      build_unit_test(events_that_are_none_are_refused),
      build_unit_test(a_range_that_goes_down_is_refused),
      build_unit_test(an_event_that_nobody_answers_is_told),
      build_unit_test(references_are_named_by_variable_and_label),
      build_unit_test(a_reference_of_no_predictor_is_refused),
      build_unit_test(without_a_constant_every_value_has_a_coefficient),
      build_unit_test(a_fit_without_residual_says_why_there_are_no_errors),
      build_unit_test(columns_that_nobody_answers_together_are_named),
      build_unit_test(a_warning_is_given_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
