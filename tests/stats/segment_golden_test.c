/* Every figure of segment against R (golden/segment.R and segment_constructs.R: kmeans with Lloyd's
 * algorithm, silhouettes of package cluster on squared distances), and what must hold whatever the data. */
#include <stdio.h>
#include <string.h>

#include "stats/stats.h"
#include "tests/check.h"
#include "tests/stats/plan_builder.h"
#include "tests/stats/report_reader.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"
#define SHARED CANVASS_SOURCE_DIR "/../shared/data/"

/* ROWS centres; NUMBERS in the order of the items, with DECIMALS decimals. */
static void set_start(const plan *p, plan_analysis *a, uint32_t rows, const int64_t *numbers, uint32_t count,
                      uint8_t decimals) {
  const analysis_kind *kind = analysis_find("segment");
  for (uint32_t i = 0; i < kind->arguments_count; i++) {
    if (strcmp(kind->arguments[i].name, "start") == 0) {
      argument_value *start = &a->arguments[i];
      *start = (argument_value){.given = true, .list_count = count, .rows_count = rows};
      start->numbers = ARENA_ARRAY(p->memory, decimal, count);
      for (uint32_t k = 0; k < count; k++) {
        start->numbers[k] = (decimal){numbers[k], decimals};
      }
    }
  }
}

static plan_analysis *add_segment(plan *p, const char *name, const char *scale, const char *profile) {
  static const int64_t three[] = {2, 2, 3, 4, 4, 4, 3, 5, 7, 7, 5, 5, 7, 10, 10};
  plan_analysis *a = build_analysis(p, "segment", name, "q1 q2 q3 q4 recommend");
  set_start(p, a, 3, three, 15, 0);
  build_argument(p, a, "scale", scale);
  build_argument(p, a, "profile", profile);
  return a;
}

static void ask(plan *p) {
  static const int64_t four[] = {2500, 1000, 300, 5000, 2050, 400, 7000, 4000, 400, 3000, 8025, 200};
  build_survey(p);
  build_construct(p, "product", "q1 q2", NULL, 1);
  const char *profile = "age spend region channels";
  add_segment(p, "plain", "none", profile);
  add_segment(p, "scaled", "z", profile);
  add_segment(p, "sampling", "z", profile)->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  add_segment(p, "frequency", "z", profile)->weight = build_weight(p, "f", WEIGHT_FREQUENCY);
  set_start(p, build_analysis(p, "segment", "numbers", "age spend product"), 4, four, 12, 2);
  plan_analysis *a = build_analysis(p, "segment", "seeded", "q1 q3 q4 spend");
  build_argument(p, a, "k", "2 3 5");
  build_argument(p, a, "profile", "age region");
  a = build_analysis(p, "segment", "small_sample", "q1 q2 q3 q4 recommend");
  build_argument(p, a, "k", "4");
  build_argument(p, a, "sample", "100");
  a->weight = build_weight(p, "w", WEIGHT_SAMPLING);
  build_finish(p);
}

static void figures_equal_those_of_r(void **state) {
  build_scene *scene = *state;
  ask(scene->plan);
  const json *report = build_survey_report(scene);
  /* Silhouettes are sums of figures rounded at 2^-40. */
  assert_int_equal(report_differences(report, report_file(scene->memory, GOLDEN "segment.json"), 2e-12), 0);
}

static void build_constructs(plan *p) {
  static const char *const items[] = {"a1", "a2", "a3", "b1", "b2", "b3", "c1", "c2", "c3"};
  for (int i = 0; i < 9; i++) {
    build_scale(p, items[i], 1, 7);
  }
  build_number(p, "cost", 2);
  build_construct(p, "first", "a1 a2 a3", NULL, 2);
  build_construct(p, "second", "b1 b2 b3", NULL, 2);
  build_construct(p, "third", "c1 c2 c3", NULL, 2);
}

/* Means of twelve decimals, alone and beside scales and amounts. */
static void means_of_items_are_told_apart_as_finely_as_in_r(void **state) {
  build_scene *scene = *state;
  static const int64_t near[] = {20, 30, 30, 40, 35, 50, 50, 55, 40, 35, 50, 35};
  static const int64_t far[] = {31, 33, 60, 28, 60, 32, 61, 29, 30, 57, 62, 60, 40, 43, 39, 16, 22, 20};
  static const int64_t mixed[] = {2, 3, 20, 4, 3, 60, 5, 6, 60, 4, 5, 120};
  static const struct {
    const char *name, *items;
    const int64_t *start;
    uint32_t rows;
    uint8_t decimals;
  } cases[] = {{"near", "first second third", near, 4, 1},
               {"far", "first second third", far, 6, 1},
               {"mixed", "first b1 cost", mixed, 4, 0}};
  plan *p = scene->plan;
  build_constructs(p);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    plan_analysis *s = build_analysis(p, "segment", cases[i].name, cases[i].items);
    set_start(p, s, cases[i].rows, cases[i].start, cases[i].rows * 3, cases[i].decimals);
    build_argument(p, s, "iterations_max", "1000");
    build_argument(p, s, "profile", "cost");
  }
  build_finish(p);
  scene->data = fixture_from_csv(GOLDEN "segment_constructs.csv");
  assert_non_null(scene->data);
  const json *report = drive_report(p, scene->data, 301, scene->memory);
  assert_int_equal(
      report_differences(report, report_file(scene->memory, GOLDEN "segment_constructs.json"), 1e-11), 0);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    assert_false(report_says(report, cases[i].name, "warnings", "not_settled"));
    for (uint32_t k = 1; k <= cases[i].rows; k++) {
      char match[64];
      snprintf(match, sizeof match, "{\"segment\":%u}", k);
      const json *size = report_row(report, cases[i].name, "segment_sizes", match);
      snprintf(match, sizeof match, "{\"item\":\"cost\",\"segment\":%u}", k);
      const json *profiled = report_row(report, cases[i].name, "segment_profile", match);
      assert_int_equal(json_as_integer(json_get(size, "n")), json_as_integer(json_get(profiled, "n")));
    }
  }
}

static void report_is_the_same_in_any_shards_and_form(void **state) {
  build_scene *scene = *state;
  static const struct {
    const char *kernels;
    uint32_t shard;
  } ways[] = {{"portable", 7}, {"avx2", 50}, {"avx512", 1000}, {"avx512", 33}};
  plan *p = scene->plan;
  ask(p);
  scene->data = fixture_from_csv(GOLDEN "weighted_survey.csv");
  buf first = drive_bytes(p, scene->data, 360);
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    if (stats_kernels_choose(ways[i].kernels, NULL) == STATUS_OK) {
      buf other = drive_bytes(p, scene->data, ways[i].shard);
      assert_int_equal(first.length, other.length);
      assert_memory_equal(first.data, other.data, first.length);
      buf_fini(&other);
    }
  }
  buf_fini(&first);
}

static const json *models_row(const json *report, const char *name, int segments) {
  char match[32];
  snprintf(match, sizeof match, "{\"segments\":%d}", segments);
  return report_row(report, name, "segment_models", match);
}

/* No row is near the third centre.  By hand: the first takes (1,1), (1,2), (2,1), the second the rest with
 * mean (7.75, 7.75), from which (2,2) is farthest: the third moves there, and nothing changes after that. */
static void an_empty_segment_starts_anew_from_the_farthest_row(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_scale(p, "x", 1, 10);
  build_scale(p, "y", 1, 10);
  plan_analysis *s = build_analysis(p, "segment", "s", "x y");
  set_start(p, s, 3, (int64_t[]){1, 1, 2, 2, 90, 90}, 6, 0);
  build_argument(p, s, "scale", "none");
  build_finish(p);
  scene->data = fixture_new(7);
  fixture_column(scene->data, "x", PACKED_CODES, (const char *[]){"1", "1", "2", "2", "10", "10", "9"});
  fixture_column(scene->data, "y", PACKED_CODES, (const char *[]){"1", "2", "1", "2", "10", "9", "10"});
  for (uint32_t shard = 1; shard <= 7; shard++) {
    const json *report = drive_report(p, scene->data, shard, scene->memory);
    assert_float_equal(json_as_number(json_get(models_row(report, "s", 3), "within_ss")), 8.0 / 3, 1e-12);
    int64_t n = 0;
    for (int k = 1; k <= 3; k++) {
      char match[32];
      snprintf(match, sizeof match, "{\"segment\":%d}", k);
      int64_t here = json_as_integer(json_get(report_row(report, "s", "segment_sizes", match), "n"));
      assert_true(here > 0);
      n += here;
    }
    assert_int_equal(n, 7);
  }
}

static void more_segments_than_different_rows_is_a_warning(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_scale(p, "x", 1, 10);
  build_scale(p, "y", 1, 10);
  build_argument(p, build_analysis(p, "segment", "some", "x y"), "k", "2 3 9");
  build_argument(p, build_analysis(p, "segment", "none", "y"), "k", "2");
  build_finish(p);
  scene->data = fixture_new(6);
  fixture_column(scene->data, "x", PACKED_CODES, (const char *[]){"1", "1", "2", "2", "1", ""});
  fixture_column(scene->data, "y", PACKED_CODES, (const char *[]){"3", "3", "3", "3", "3", "3"});
  const json *report = drive_report(p, scene->data, 4, scene->memory);
  assert_true(report_says(report, "some", "warnings", "too_few_points"));
  assert_true(report_says(report, "some", "warnings", "constant_item"));
  assert_true(json_as_number(json_get(models_row(report, "some", 2), "within_ss")) == 0);
  assert_int_equal(json_kind_of(json_get(models_row(report, "some", 3), "within_ss")), JSON_NULL);
  assert_int_equal(json_kind_of(json_get(models_row(report, "none", 2), "within_ss")), JSON_NULL);
}

static void an_empty_survey_gives_no_segments(void **state) {
  build_scene *scene = *state;
  plan *p = scene->plan;
  build_scale(p, "x", 1, 10);
  build_argument(p, build_analysis(p, "segment", "s", "x"), "k", "2 3");
  build_finish(p);
  scene->data = fixture_new(2);
  fixture_column(scene->data, "x", PACKED_CODES, (const char *[]){"", ""});
  assert_true(report_says(drive_report(p, scene->data, 1, scene->memory), "s", "warnings", "too_few_points"));
}

static void a_start_of_the_wrong_width_is_refused(void **state) {
  build_scene *scene = *state;
  error err = {0};
  plan *p = scene->plan;
  build_scale(p, "x", 1, 10);
  build_scale(p, "y", 1, 10);
  plan_analysis *s = build_analysis(p, "segment", "s", "x y");
  set_start(p, s, 3, (int64_t[]){1, 1, 2}, 3, 0);
  assert_int_equal(plan_finish(p, &err), STATUS_SPECIFICATION);
  assert_contains(err.message, "start: needs a row of 2 numbers");
}

/* R 4.2: kmeans from rows 1 to 3, and the best of 1,000 starts. */
static void mobile_phone_survey_has_its_published_figures(void **state) {
  build_scene *scene = *state;
  scene->data = fixture_from_csv(SHARED "mobi/mobi.csv");
  if (scene->data == NULL) {
    print_message("skipped: the mobile phone survey is not at hand\n");
    skip();
  }
  plan *p = scene->plan;
  static const char *const items[] = {"IMAG1", "PERQ1", "CUSA1", "CUSL1"};
  for (int i = 0; i < 4; i++) {
    build_scale(p, items[i], 1, 10);
  }
  plan_analysis *s = build_analysis(p, "segment", "given", "IMAG1 PERQ1 CUSA1 CUSL1");
  set_start(p, s, 3, (int64_t[]){7, 7, 6, 6, 10, 10, 10, 10, 8, 7, 8, 6}, 12, 0);
  build_argument(p, s, "scale", "none");
  s = build_analysis(p, "segment", "sought", "IMAG1 PERQ1 CUSA1 CUSL1");
  build_argument(p, s, "scale", "none");
  build_argument(p, s, "k", "3");
  build_argument(p, s, "starts", "50");
  build_finish(p);
  const json *report = drive_report(p, scene->data, 64, scene->memory);
  const int64_t sizes[] = {109, 98, 43};
  for (int k = 1; k <= 3; k++) {
    char match[32];
    snprintf(match, sizeof match, "{\"segment\":%d}", k);
    const json *row = report_row(report, "given", "segment_sizes", match);
    assert_int_equal(json_as_integer(json_get(row, "n")), sizes[k - 1]);
  }
  assert_float_equal(json_as_number(json_get(models_row(report, "given", 3), "within_ss")), 1542.11492709,
                     1e-8);
  assert_float_equal(json_as_number(json_get(models_row(report, "sought", 3), "within_ss")), 1523.09267995,
                     1e-8);
}

/* 0 means "not applicable". */
static uint32_t build_rating(plan *p, const char *name) {
  program_rule rule = {.text = slice_of("0"), .missing = true, .reason = MISSING_NOT_APPLICABLE};
  const uint32_t index = build_variable(
      p, name,
      (program_variable){
          .kind = VARIABLE_SCALE, .has_range = true, .low = 1, .high = 5, .rules = &rule, .rules_count = 1});
  return p->variables[index].variable;
}

/* The constructs of examples/airline. */
static void build_airline(plan *p) {
  enum { ITEMS = 4 };
  static const struct {
    const char *name, *items[ITEMS];
    int64_t weights[ITEMS];
  } means[] = {
      {"before",
       {"Departure_and_Arrival_Time_Convenience", "Ease_of_Online_Booking", "Online_Boarding"},
       {1, 1, 1}},
      {"airport", {"Check-in_Service", "Gate_Location", "Baggage_Handling"}, {2, 1, 1}},
      {"cabin", {"Seat_Comfort", "Leg_Room_Service", "Cleanliness", "Food_and_Drink"}, {1, 1, 1, 1}},
      {"onboard",
       {"On-board_Service", "In-flight_Service", "In-flight_Wifi_Service", "In-flight_Entertainment"},
       {1, 1, 1, 1}}};
  for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
    uint32_t inputs[ITEMS], count = 0;
    int64_t weights[ITEMS];
    for (; count < ITEMS && means[i].items[count] != NULL; count++) {
      inputs[count] = build_rating(p, means[i].items[count]);
      weights[count] = means[i].weights[count];
    }
    build_variable(p, means[i].name,
                   (program_variable){.kind = VARIABLE_MEAN,
                                      .inputs = inputs,
                                      .inputs_count = count,
                                      .weights = weights,
                                      .decimals = PROGRAM_MEAN_DECIMALS,
                                      .valid_min = 2});
  }
}

/* R 4.2: kmeans(z, start / sd, iter.max = 10000, algorithm = "Lloyd"), z the four means of 125,461 passengers
 * over their standard deviations. */
static void airline_constructs_settle_where_r_does(void **state) {
  build_scene *scene = *state;
  static const int64_t start[] = {25, 31, 39, 35, 40, 41, 40, 42, 35, 34, 26, 30, 23, 25, 24, 22};
  scene->data = fixture_from_csv(SHARED "airline/airline_passenger_satisfaction.csv.gz");
  if (scene->data == NULL) {
    print_message("skipped: the airline survey is not at hand\n");
    skip();
  }
  plan *p = scene->plan;
  build_airline(p);
  plan_analysis *s = build_analysis(p, "segment", "given", "before airport cabin onboard");
  set_start(p, s, 4, start, 16, 1);
  build_argument(p, build_analysis(p, "segment", "sought", "before airport cabin onboard"), "k", "4");
  build_finish(p);
  const json *report = drive_report(p, scene->data, 30011, scene->memory);
  const int64_t sizes[] = {35492, 34533, 29063, 26373};
  for (int k = 1; k <= 4; k++) {
    char match[32];
    snprintf(match, sizeof match, "{\"segment\":%d}", k);
    const json *row = report_row(report, "given", "segment_sizes", match);
    assert_int_equal(json_as_integer(json_get(row, "n")), sizes[k - 1]);
  }
  assert_float_equal(json_as_number(json_get(models_row(report, "given", 4), "within_ss")), 234762.7371768547,
                     1e-7);
  assert_false(report_says(report, "given", "warnings", "not_settled"));
  assert_false(report_says(report, "sought", "warnings", "not_settled"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(figures_equal_those_of_r),
      build_unit_test(means_of_items_are_told_apart_as_finely_as_in_r),
      build_unit_test(report_is_the_same_in_any_shards_and_form),
      build_unit_test(an_empty_segment_starts_anew_from_the_farthest_row),
      build_unit_test(more_segments_than_different_rows_is_a_warning),
      build_unit_test(an_empty_survey_gives_no_segments),
      build_unit_test(a_start_of_the_wrong_width_is_refused),
      build_unit_test(mobile_phone_survey_has_its_published_figures),
      build_unit_test(airline_constructs_settle_where_r_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
