/* Items that have no factors, or other ones than the codebook says: named, and everything else whole. Figures
 * are those of tests/analyses/factors.json; here is what that does not have. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"
#include "tests/seeded.h"

enum { ITEMS = 6, ROWS_MAX = 600 };
#define ALL "q1 q2 q3 q4 q5 q6"

/* Cells of columns q1 .. q6, column by column; 0 is blank. */
typedef struct answers {
  uint32_t rows;
  int of[ITEMS][ROWS_MAX];
} answers;

static fixture *fixture_of(const answers *a) {
  fixture *f = fixture_new(a->rows);
  static double cells[ROWS_MAX];
  for (int i = 0; i < ITEMS; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%d", i + 1);
    for (uint32_t r = 0; r < a->rows; r++) {
      cells[r] = a->of[i][r] == 0 ? (double)NAN : a->of[i][r];
    }
    fixture_numbers(f, name, PACKED_CODES, cells);
  }
  return f;
}

/* q1 to q3 have one thing in common, q4 to q6 another. */
static answers ordinary(uint32_t rows) {
  answers a = {.rows = rows};
  seeded s = {23};
  for (uint32_t r = 0; r < rows; r++) {
    const int level[2] = {(int)seeded_below(&s, 5), (int)seeded_below(&s, 5)};
    for (int i = 0; i < ITEMS; i++) {
      a.of[i][r] = 1 + level[i / 3] + (int)seeded_below(&s, 3);
    }
  }
  return a;
}

static void build_items(plan *p) {
  for (int i = 0; i < ITEMS; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%d", i + 1);
    build_scale(p, name, 1, 9);
  }
}

typedef struct option {
  const char *name, *value;
} option;

/* The report of one request over ITEMS, with up to four options; it is called "f". */
static const json *report_with(build_scene *s, const answers *a, const char *items, const option *options) {
  build_items(s->plan);
  plan_analysis *request = build_analysis(s->plan, "factors", "f", items);
  for (int i = 0; options != NULL && i < 4 && options[i].name != NULL; i++) {
    build_argument(s->plan, request, options[i].name, options[i].value);
  }
  s->data = fixture_of(a);
  return build_report(s->plan, s->data, 50, s->memory);
}

static double figure(const json *row, const char *column) {
  const json *cell = json_get(row, column);
  assert_non_null(cell);
  return json_kind_of(cell) == JSON_NULL ? (double)NAN : json_as_number(cell);
}

static const json *summary(const json *report) {
  return report_row(report, "f", "factors_summary", "{\"group\":null}");
}

static double loading(const json *report, const char *item, int factor) {
  char match[64];
  snprintf(match, sizeof match, "{\"factor\":%d,\"item\":\"%s\"}", factor, item);
  return figure(report_row(report, "f", "factors_loadings", match), "loading");
}

static bool warns(const json *report, const char *code) {
  return report_says(report, "f", "warnings", code);
}

static size_t warnings(const json *report) {
  return json_count(json_get(json_at(json_get(report, "analyses"), 0), "warnings"));
}

static size_t rows_of(const json *report, const char *name) {
  const json *tables = json_get(json_at(json_get(report, "analyses"), 0), "tables");
  for (size_t i = 0; i < json_count(tables); i++) {
    if (slice_equal(json_as_text(json_get(json_at(tables, i), "name")), slice_of(name))) {
      return json_count(json_get(json_at(tables, i), "rows"));
    }
  }
  fail_msg("there is no table %s", name);
  return 0;
}

/* ---- Factors ---------------------------------------------------------------------------------------- */

static void two_things_in_common_are_two_factors(void **state) {
  const answers a = ordinary(400);
  const json *report = report_with(*state, &a, ALL, NULL);
  assert_int_equal(json_as_integer(json_get(summary(report), "factors")), 2);
  assert_int_equal(json_as_integer(json_get(summary(report), "parallel_components")), 2);
  const bool first = loading(report, "q1", 1) > 0.5;
  for (int i = 1; i <= ITEMS; i++) {
    char item[16];
    snprintf(item, sizeof item, "q%d", i);
    const int own = (i <= 3) == first ? 1 : 2;
    assert_true(loading(report, item, own) > 0.7 && fabs(loading(report, item, 3 - own)) < 0.2);
  }
  assert_int_equal(warnings(report), 0);
}

/* Small loadings are marked by not being shown; all are there. */
static void small_loadings_are_left_out_of_what_is_shown(void **state) {
  const answers a = ordinary(400);
  const json *report = report_with(*state, &a, ALL, (const option[]){{"cut", "0.5"}, {NULL, NULL}});
  int shown = 0;
  for (int i = 1; i <= ITEMS; i++) {
    for (int factor = 1; factor <= 2; factor++) {
      char match[64];
      snprintf(match, sizeof match, "{\"factor\":%d,\"item\":\"q%d\"}", factor, i);
      const json *row = report_row(report, "f", "factors_loadings", match);
      const double salient = figure(row, "salient");
      assert_true(isnan(salient) ? fabs(figure(row, "loading")) < 0.5 : salient == figure(row, "loading"));
      shown += isnan(salient) ? 0 : 1;
    }
  }
  assert_int_equal(shown, ITEMS);
}

static void intervals_hold_their_loadings(void **state) {
  const answers a = ordinary(300);
  const json *report = report_with(*state, &a, ALL, (const option[]){{"intervals", "true"}, {NULL, NULL}});
  assert_int_equal(rows_of(report, "factors_intervals"), 2 * ITEMS);
  for (int factor = 1; factor <= 2; factor++) {
    char match[64];
    snprintf(match, sizeof match, "{\"factor\":%d,\"item\":\"q2\"}", factor);
    const json *row = report_row(report, "f", "factors_intervals", match);
    assert_true(figure(row, "ci_low") < figure(row, "loading"));
    assert_true(figure(row, "ci_high") > figure(row, "loading"));
    assert_true(figure(row, "se") > 0 && figure(row, "se") < 0.1);
  }
  assert_true(report_says(report, "f", "notes", "note_replicates"));
}

/* ---- The codebook ----------------------------------------------------------------------------------- */

/* q3 is written under the second construct, though it goes with the first. */
static void an_item_that_loads_elsewhere_is_named(void **state) {
  build_scene *s = *state;
  const answers a = ordinary(400);
  build_items(s->plan);
  build_construct(s->plan, "one", "q1 q2", NULL, 1);
  build_construct(s->plan, "two", "q3 q4 q5 q6", NULL, 1);
  build_analysis(s->plan, "factors", "f", NULL);
  s->data = fixture_of(&a);
  const json *report = build_report(s->plan, s->data, 50, s->memory);
  assert_true(warns(report, "loads_elsewhere"));
  assert_int_equal(warnings(report), 1);
  const json *w =
      json_get(json_at(json_get(json_at(json_get(report, "analyses"), 0), "warnings"), 0), "detail");
  assert_string_equal(json_as_cstring(json_get(w, "item")), "q3");
  assert_string_equal(json_as_cstring(json_get(w, "scale")), "two");
  const json *two = report_row(report, "f", "factors_constructs", "{\"parent\":\"two\",\"factor\":1}");
  assert_int_equal(json_as_integer(json_get(two, "items")), 4);
  assert_int_equal(json_as_integer(json_get(two, "items_there")), 3);
}

static void constructs_that_answers_do_not_tell_apart_are_named(void **state) {
  build_scene *s = *state;
  answers a = ordinary(400);
  build_items(s->plan);
  build_construct(s->plan, "one", "q1 q2", NULL, 1);
  build_construct(s->plan, "two", "q3", NULL, 1);
  build_construct(s->plan, "three", "q4 q5 q6", NULL, 1);
  build_analysis(s->plan, "factors", "f", NULL);
  s->data = fixture_of(&a);
  const json *report = build_report(s->plan, s->data, 50, s->memory);
  assert_true(warns(report, "constructs_merge"));
  assert_false(warns(report, "loads_elsewhere"));
}

/* One item that goes with no other, and a factor more than there are. */
static void a_factor_of_one_item_is_named(void **state) {
  answers a = ordinary(400);
  seeded s = {5};
  for (uint32_t r = 0; r < a.rows; r++) {
    a.of[5][r] = 1 + (int)seeded_below(&s, 7);
  }
  static const option three[] = {{"factors", "3"}, {"extraction", "components"}, {NULL, NULL}};
  assert_true(warns(report_with(*state, &a, ALL, three), "factor_of_one"));
}

static void an_item_of_its_own_loads_nowhere(void **state) {
  answers a = ordinary(400);
  seeded s = {5};
  for (uint32_t r = 0; r < a.rows; r++) {
    a.of[5][r] = 1 + (int)seeded_below(&s, 7);
  }
  const json *report = report_with(*state, &a, ALL, (const option[]){{"factors", "2"}, {NULL, NULL}});
  assert_true(warns(report, "loads_nowhere"));
}

/* ---- Trouble ---------------------------------------------------------------------------------------- */

static void a_constant_item_is_left_out_and_named(void **state) {
  answers a = ordinary(300);
  for (uint32_t r = 0; r < a.rows; r++) {
    a.of[2][r] = 4;
  }
  const json *report = report_with(*state, &a, ALL, (const option[]){{"factors", "2"}, {NULL, NULL}});
  assert_true(warns(report, "factors_constant"));
  assert_int_equal(json_as_integer(json_get(summary(report), "items")), 5);
  assert_int_equal(rows_of(report, "factors_items"), 5);
}

static void two_items_have_a_component_and_no_common_factor(void **state) {
  build_scene *s = *state;
  const answers a = ordinary(300);
  build_items(s->plan);
  build_analysis(s->plan, "factors", "f", "q1 q2");
  plan_analysis *other = build_analysis(s->plan, "factors", "g", "q1 q2");
  build_argument(s->plan, other, "extraction", "components");
  s->data = fixture_of(&a);
  const json *report = build_report(s->plan, s->data, 50, s->memory);
  assert_true(warns(report, "factors_few_items"));
  assert_true(isnan(figure(summary(report), "factors")));
  const json *one = report_row(report, "g", "factors_loadings", "{\"factor\":1,\"item\":\"q1\"}");
  const json *two = report_row(report, "g", "factors_loadings", "{\"factor\":1,\"item\":\"q2\"}");
  assert_true(fabs(figure(one, "loading") - figure(two, "loading")) < 1e-12);
}

/* q3 says what q2 says. */
static void an_item_that_follows_from_others_is_named(void **state) {
  build_scene *s = *state;
  answers a = ordinary(200);
  memcpy(a.of[2], a.of[1], sizeof a.of[2]);
  build_items(s->plan);
  build_analysis(s->plan, "factors", "f", ALL);
  plan_analysis *other = build_analysis(s->plan, "factors", "g", ALL);
  build_argument(s->plan, other, "extraction", "components");
  s->data = fixture_of(&a);
  const json *report = build_report(s->plan, s->data, 50, s->memory);
  assert_true(warns(report, "factors_dependent"));
  assert_true(isnan(figure(summary(report), "kmo")));
  assert_int_equal(rows_of(report, "factors_eigenvalues"), ITEMS);
  assert_true(report_says(report, "g", "warnings", "components_dependent"));
  const json *row = report_row(report, "g", "factors_variance", "{\"factor\":1}");
  assert_true(figure(row, "percent") > 30 && isnan(figure(row, "validity")));
}

static void as_many_items_as_rows_have_no_factors(void **state) {
  const answers a = ordinary(ITEMS);
  const json *report = report_with(*state, &a, ALL, NULL);
  assert_true(warns(report, "factors_few_rows") && warns(report, "small_base"));
  assert_int_equal(json_as_integer(json_get(summary(report), "n")), ITEMS);
  assert_int_equal(rows_of(report, "factors_eigenvalues"), 0);
}

/* A third of the rows answers each pair: q1 = q2, q1 = q3, q2 = -q3, which cannot all be. */
static void pairs_that_contradict_each_other_are_told(void **state) {
  answers a = {.rows = 300};
  seeded s = {3};
  for (uint32_t r = 0; r < a.rows; r++) {
    const int v = 1 + (int)seeded_below(&s, 5);
    const uint32_t kind = r % 3;
    a.of[0][r] = kind < 2 ? v : 0;
    a.of[1][r] = kind == 0 ? v : kind == 2 ? v : 0;
    a.of[2][r] = kind == 1 ? v : kind == 2 ? 6 - v : 0;
  }
  static const option pairwise[] = {{"missing", "pairwise"}, {"extraction", "components"}, {NULL, NULL}};
  const json *report = report_with(*state, &a, "q1 q2 q3", pairwise);
  assert_true(warns(report, "factors_indefinite"));
  assert_int_equal(json_as_integer(json_get(summary(report), "n")), 100);
  assert_int_equal(rows_of(report, "factors_loadings"), 0);
  assert_true(figure(report_row(report, "f", "factors_eigenvalues", "{\"number\":3}"), "eigenvalue") < -0.9);
}

static void unrelated_items_have_no_factors(void **state) {
  answers a = {.rows = 500};
  seeded s = {8};
  for (uint32_t r = 0; r < a.rows; r++) {
    for (int i = 0; i < ITEMS; i++) {
      a.of[i][r] = 1 + (int)seeded_below(&s, 7);
    }
  }
  const json *report = report_with(*state, &a, ALL, NULL);
  assert_true(warns(report, "factors_none") && warns(report, "items_unrelated"));
}

static void more_factors_than_items_determine_are_refused(void **state) {
  const answers a = ordinary(200);
  const json *report = report_with(*state, &a, ALL, (const option[]){{"factors", "4"}, {NULL, NULL}});
  assert_true(warns(report, "factors_too_many"));
  assert_int_equal(rows_of(report, "factors_loadings"), 0);
}

/* q1 and q2 agree as far as their errors allow, and only q1 with q3: the factor takes all of q1. */
static void a_heywood_case_is_named(void **state) {
  answers a = ordinary(400);
  for (uint32_t r = 0; r < a.rows; r++) {
    const int two = a.of[3][r], three = a.of[0][r] + a.of[1][r];
    a.of[0][r] = (two + three) / 3 + 1;
    a.of[1][r] = two;
    a.of[2][r] = three / 2;
  }
  const json *report = report_with(*state, &a, "q1 q2 q3", (const option[]){{"factors", "1"}, {NULL, NULL}});
  assert_true(warns(report, "factors_heywood"));
}

static void without_answers_there_is_a_row_and_a_warning(void **state) {
  const answers a = {.rows = 40};
  const json *report = report_with(*state, &a, ALL, NULL);
  assert_int_equal(json_as_integer(json_get(summary(report), "n")), 0);
  assert_true(warns(report, "factors_no_complete"));
}

/* ---- Weights and missing answers ---------------------------------------------------------------------- */

/* Rows of weight 2 are rows that are there twice. */
static void frequency_weights_are_repeated_rows(void **state) {
  build_scene *s = *state;
  answers a = ordinary(150);
  static double cells[ROWS_MAX];
  build_items(s->plan);
  for (uint32_t r = 0; r < a.rows; r++) {
    cells[r] = r < 75 ? 2 : 1;
  }
  s->data = fixture_of(&a);
  fixture_numbers(s->data, "w", PACKED_CODES, cells);
  build_number(s->plan, "w", 0);
  plan_analysis *request = build_analysis(s->plan, "factors", "f", ALL);
  build_argument(s->plan, request, "extraction", "ml");
  request->weight = build_weight(s->plan, "w", WEIGHT_FREQUENCY);
  const json *weighted = build_report(s->plan, s->data, 50, s->memory);
  answers twice = a;
  twice.rows = 225;
  for (int i = 0; i < ITEMS; i++) {
    memcpy(twice.of[i] + 150, a.of[i], 75 * sizeof(int));
  }
  build_scene other = {.memory = s->memory, .plan = build_plan()};
  const json *repeated =
      report_with(&other, &twice, ALL, (const option[]){{"extraction", "ml"}, {NULL, NULL}});
  static const char *const columns[] = {"kmo", "bartlett", "parallel_common", "factors"};
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    assert_true(fabs(figure(summary(weighted), columns[i]) - figure(summary(repeated), columns[i])) < 1e-9);
  }
  for (int factor = 1; factor <= 2; factor++) {
    assert_true(fabs(loading(weighted, "q5", factor) - loading(repeated, "q5", factor)) < 1e-11);
  }
  assert_true(figure(summary(weighted), "weighted_n") == 225);
  fixture_destroy(other.data);
  plan_destroy(other.plan);
}

static void listwise_takes_rows_with_all_answers_and_pairwise_more(void **state) {
  build_scene *s = *state;
  answers a = ordinary(240);
  for (uint32_t r = 0; r < a.rows; r += 4) {
    a.of[r / 4 % ITEMS][r] = 0;
  }
  build_items(s->plan);
  build_analysis(s->plan, "factors", "f", ALL);
  build_argument(s->plan, build_analysis(s->plan, "factors", "g", ALL), "missing", "pairwise");
  s->data = fixture_of(&a);
  const json *report = build_report(s->plan, s->data, 50, s->memory);
  assert_int_equal(json_as_integer(json_get(summary(report), "n")), 180);
  const json *pairs = report_row(report, "g", "factors_summary", "{\"group\":null}");
  assert_int_equal(json_as_integer(json_get(pairs, "n")), 220);
  assert_int_equal(json_as_integer(json_get(pairs, "n_most")), 220);
}

static void bytes_do_not_depend_on_shards(void **state) {
  build_scene *s = *state;
  answers a = ordinary(150);
  for (uint32_t r = 0; r < a.rows; r += 7) {
    a.of[1][r] = 0;
  }
  build_items(s->plan);
  plan_analysis *request = build_analysis(s->plan, "factors", "f", ALL);
  build_argument(s->plan, request, "intervals", "true");
  build_argument(s->plan, request, "missing", "pairwise");
  build_finish(s->plan);
  s->data = fixture_of(&a);
  buf whole = drive_bytes(s->plan, s->data, 1000);
  buf parts = drive_bytes(s->plan, s->data, 7);
  assert_int_equal(whole.length, parts.length);
  assert_memory_equal(whole.data, parts.data, whole.length);
  buf_fini(&whole);
  buf_fini(&parts);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      build_unit_test(two_things_in_common_are_two_factors),
      build_unit_test(small_loadings_are_left_out_of_what_is_shown),
      build_unit_test(intervals_hold_their_loadings),
      build_unit_test(an_item_that_loads_elsewhere_is_named),
      build_unit_test(constructs_that_answers_do_not_tell_apart_are_named),
      build_unit_test(a_factor_of_one_item_is_named),
      build_unit_test(an_item_of_its_own_loads_nowhere),
      build_unit_test(a_constant_item_is_left_out_and_named),
      build_unit_test(two_items_have_a_component_and_no_common_factor),
      build_unit_test(an_item_that_follows_from_others_is_named),
      build_unit_test(as_many_items_as_rows_have_no_factors),
      build_unit_test(pairs_that_contradict_each_other_are_told),
      build_unit_test(unrelated_items_have_no_factors),
      build_unit_test(more_factors_than_items_determine_are_refused),
      build_unit_test(a_heywood_case_is_named),
      build_unit_test(without_answers_there_is_a_row_and_a_warning),
      build_unit_test(frequency_weights_are_repeated_rows),
      build_unit_test(listwise_takes_rows_with_all_answers_and_pairwise_more),
      build_unit_test(bytes_do_not_depend_on_shards),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
