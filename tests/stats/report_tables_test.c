/* Rows of tables hold exactly what their table's columns name: every table of every analysis, with every
 * choice of its arguments that opens or widens tables, weighted and not, by groups and not, over a survey, a
 * few rows of it, one, and none.  A reader of the JSON needs nothing but `columns`. */
#include <stdio.h>
#include <string.h>

#include "plan_builder.h"
#include "report_reader.h"
#include "tests/check.h"

#define GOLDEN CANVASS_SOURCE_DIR "/tests/stats/golden/"

enum { WEIGHTINGS = 3, REQUESTS_MAX = 48, ARGUMENTS_MAX = 7, NAME_BYTES = 32 };

typedef struct request {
  const char *kind, *items;
  const char *arguments[ARGUMENTS_MAX][2]; /* names and values */
  const char *by[2];
} request;

static const request requests[] = {
    {"describe", "q1 age channels id region product", {{NULL}}, {"region", "region sex"}},
    {"describe", "channels id q4", {{"distribution", "false"}, {"duplicates", "true"}}, {NULL}},
    {"describe", "channels", {{NULL}}, {"region"}},
    {"describe", "ticks q1", {{NULL}}, {"region"}},
    {"describe", "ticks q1", {{"intervals", "true"}}, {"region"}},
    {"nps", "recommend", {{NULL}}, {"region"}},
    {"nps", "recommend", {{"interval", "adjusted_wald"}}, {NULL}},
    {"csat", "q1", {{NULL}}, {"region"}},
    {"ces", "effort", {{"net", "true"}}, {"region"}},
    {"ces", "effort", {{NULL}}, {NULL}},
    {"index", "overall", {{NULL}}, {"region"}},
    {"index", "overall", {{"weights", "entropy"}}, {"region"}},
    {"index", "overall", {{"method", "means"}}, {"region"}},
    {"index", "overall", {{"weights", "entropy"}, {"method", "means"}}, {NULL}},
    {"correlate", "q1 q4 age", {{"method", "both"}}, {"region"}},
    {"correlate", "q1", {{"method", "both"}, {"with", "q4 age"}, {"adjust", "none"}}, {NULL}},
    {"correlate", "q1 q2", {{"adjust", "none"}}, {"region"}},
    {"correlate",
     "product service recommend",
     {{"controls", "age"},
      {"reliability", "recommend=0.64"},
      {"group_differences", "pairs"},
      {"pair_differences", "all"}},
     {"region"}},
    {"correlate",
     "q1 q4",
     {{"with", "recommend"},
      {"controls", "age q3"},
      {"partial", "pairwise"},
      {"group_differences", "rest"},
      {"pair_differences", "overlapping"},
      {"adjust", "none"}},
     {"region sex"}},
    {"crosstab", "q1 channels", {{"columns", "region"}}, {"sex"}},
    {"crosstab", "q1", {{"columns", "sex"}, {"percentages", "row"}}, {NULL}},
    {"crosstab", "ticks channels", {{"columns", "region"}}, {"sex"}},
    {"crosstab", "ticks", {{"columns", "region"}, {"percentages", "total"}}, {NULL}},
    {"crosstab", "channels", {{"columns", "sex"}, {"percentages", "column"}, {"yates", "false"}}, {NULL}},
    {"crosstab",
     "q1 channels ticks",
     {{"columns", "region"}, {"cells", "true"}, {"letters", "holm"}, {"ordinal", "true"}, {"exact", "true"}},
     {"sex"}},
    {"crosstab",
     "q1",
     {{"columns", "q3"},
      {"cells", "true"},
      {"letters", "bonferroni"},
      {"ordinal", "true"},
      {"exact", "true"}},
     {"region"}},
    {"crosstab",
     "q1 region",
     {{"columns", "channels"}, {"cells", "true"}, {"letters", "unadjusted"}, {"ordinal", "true"}},
     {NULL}},
    {"tables", "q1 channels ticks spend region q1+q2", {{NULL}}, {"region", "region sex"}},
    {"tables", "q4", {{"counts", "true"}, {"deviations", "true"}, {"letters", "holm"}}, {"sex"}},
    {"tables", "recommend", {{"letters", "none"}, {"means", "false"}, {"mark_base", "0"}}, {NULL}},
    {"segment", "q1 q3 q4", {{"k", "2 3"}, {"profile", "age region channels"}}, {NULL}},
    {"segment", "q1 q3", {{"k", "2"}, {"profile", "ticks region"}}, {NULL}},
    {"segment", "q1 age", {{"k", "2"}, {"scale", "none"}, {"profile", "q2"}}, {NULL}},
    {"compare", "q4 spend", {{"groups", "region"}}, {"sex"}},
    {"compare", "q4", {{"groups", "sex"}, {"pairs", "false"}}, {NULL}},
    {"compare",
     "q4 spend",
     {{"groups", "region"},
      {"adjust", "benjamini_hochberg"},
      {"multiple", "both"},
      {"against", "6.2"},
      {"margin", "0.5"},
      {"effects", "true"},
      {"ranks", "true"}},
     {"sex"}},
    {"compare",
     "recommend",
     {{"groups", "region"}, {"top_boxes", "2"}, {"nps", "true"}, {"ranks", "true"}},
     {"sex"}},
    {"compare", "q3 q4 spend", {{"paired", "true"}, {"ranks", "true"}, {"margin", "1"}}, {"region sex"}},
    {"reliability", "q1 q2 q3", {{NULL}}, {"region"}},
    {"reliability", "q1 q2", {{"missing", "listwise"}}, {"region"}},
    {"reliability", NULL, {{NULL}}, {NULL}},
    {"logistic", NULL, {{"outcome", "recommend"}, {"event", "9 10"}, {"predictors", "q1 region"}}, {"sex"}},
    {"logistic",
     NULL,
     {{"outcome", "recommend"}, {"event", "9 10"}, {"predictors", "q1"}, {"interval", "profile"}},
     {NULL}},
    {"drivers", NULL, {{"outcome", "recommend"}, {"predictors", "q1 q4 region"}}, {"sex"}},
    {"importance_performance", "q1 q2 q3", {{"outcome", "recommend"}}, {"sex"}},
    {"factors",
     "q1 q2 q3 q4 recommend",
     {{"factors", "2"}, {"extraction", "ml"}, {"intervals", "true"}, {"matrices", "20"}},
     {"sex"}},
    {"factors",
     NULL,
     {{"extraction", "components"}, {"missing", "pairwise"}, {"rotation", "varimax"}},
     {NULL}},
};
enum { REQUESTS = sizeof requests / sizeof requests[0] };
_Static_assert((int)REQUESTS <= (int)REQUESTS_MAX, "names have room");

/* Of columns that hold many other answers too: those are invalid here. */
static void build_ticks(plan *p) {
  static const char *columns[] = {"q1", "q2"};
  static slice keys[] = {{"first", 5}, {"second", 6}};
  build_variable(p, "ticks",
                 (program_variable){.kind = VARIABLE_MULTI_FLAGS,
                                    .columns = columns,
                                    .columns_count = 2,
                                    .keys = keys,
                                    .keys_count = 2});
}

static void build_variables(plan *p) {
  build_ticks(p);
  build_survey(p);
  build_construct(p, "product", "q1 q2", NULL, 1);
  build_construct(p, "service", "q3 q4", NULL, 1);
  build_construct(p, "overall", "product service", NULL, 1);
}

/* All requests under one weighting: 0 none, 1 sampling, 2 frequency.  NAMES has room for all of them. */
static plan *everything(int weighting, char names[REQUESTS_MAX][NAME_BYTES]) {
  plan *p = build_plan();
  build_variables(p);
  const uint32_t weight = weighting == 0   ? PROGRAM_NONE
                          : weighting == 1 ? build_weight(p, "w", WEIGHT_SAMPLING)
                                           : build_weight(p, "f", WEIGHT_FREQUENCY);
  for (size_t i = 0; i < REQUESTS; i++) {
    const request *r = &requests[i];
    snprintf(names[i], NAME_BYTES, "%s %zu", r->kind, i);
    plan_analysis *a = build_analysis(p, r->kind, names[i], r->items);
    a->weight = weight;
    for (size_t k = 0; k < ARGUMENTS_MAX && r->arguments[k][0] != NULL; k++) {
      build_argument(p, a, r->arguments[k][0], r->arguments[k][1]);
    }
    for (size_t k = 0; k < 2 && r->by[k] != NULL; k++) {
      build_by(p, a, r->by[k]);
    }
  }
  build_finish(p);
  return p;
}

static bool names_column(const json *columns, const char *name) {
  for (size_t i = 0; i < json_count(columns); i++) {
    if (strcmp(json_as_cstring(json_at(columns, i)), name) == 0) {
      return true;
    }
  }
  return false;
}

/* As many members as columns, all different, and each member a column: the two sets are the same. */
static void assert_rows_are_columns(const char *section, const json *table) {
  const json *columns = json_get(table, "columns"), *rows = json_get(table, "rows");
  const char *name = json_as_cstring(json_get(table, "name"));
  for (size_t r = 0; r < json_count(rows); r++) {
    const json *row = json_at(rows, r);
    if (json_count(row) != json_count(columns)) {
      fail_msg("%s, %s, row %zu: %zu members for %zu columns", section, name, r, json_count(row),
               json_count(columns));
    }
    for (size_t m = 0; m < json_count(row); m++) {
      const char *key = NULL;
      (void)json_member(row, m, &key);
      if (!names_column(columns, key)) {
        fail_msg("%s, %s, row %zu: member '%s' is not a column", section, name, r, key);
      }
    }
  }
}

/* Walks all rows of the report; the number of them. */
static size_t walk(const json *report) {
  size_t walked = 0;
  const json *sections = json_get(report, "analyses");
  assert_int_equal(json_count(sections), REQUESTS);
  for (size_t s = 0; s < json_count(sections); s++) {
    const json *section = json_at(sections, s), *tables = json_get(section, "tables");
    assert_true(json_count(tables) > 0);
    for (size_t t = 0; t < json_count(tables); t++) {
      assert_rows_are_columns(json_as_cstring(json_get(section, "name")), json_at(tables, t));
      walked += json_count(json_get(json_at(tables, t), "rows"));
    }
  }
  return walked;
}

static void rows_hold_what_their_columns_name(void **state) {
  (void)state;
  static const uint32_t sizes[] = {360, 40, 5, 1, 0};
  fixture *survey = fixture_from_csv(GOLDEN "weighted_survey.csv");
  assert_non_null(survey);
  char names[REQUESTS_MAX][NAME_BYTES];
  for (int w = 0; w < WEIGHTINGS; w++) {
    plan *p = everything(w, names);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
      arena *a = arena_new();
      fixture *part = fixture_cut(survey, 0, sizes[i]);
      const size_t walked = walk(drive_report(p, part, 97, a));
      assert_true(sizes[i] < 5 || walked > 100);
      fixture_destroy(part);
      arena_destroy(a);
    }
    plan_destroy(p);
  }
  fixture_destroy(survey);
}

/* The order of members is that of their names, in columns' stead: the bytes are canonical. */
static void members_stand_in_canonical_order(void **state) {
  (void)state;
  fixture *survey = fixture_from_csv(GOLDEN "weighted_survey.csv");
  assert_non_null(survey);
  char names[REQUESTS_MAX][NAME_BYTES];
  plan *p = everything(1, names);
  buf bytes = drive_bytes(p, survey, 97), again;
  arena *a = arena_new();
  json *report = NULL;
  error err = {0};
  assert_int_equal(json_parse(a, (slice){(const char *)bytes.data, bytes.length}, "report", &report, &err),
                   STATUS_OK);
  buf_init(&again);
  json_write(report, &again);
  assert_int_equal(again.length, bytes.length);
  assert_memory_equal(again.data, bytes.data, bytes.length);
  buf_fini(&again);
  buf_fini(&bytes);
  arena_destroy(a);
  plan_destroy(p);
  fixture_destroy(survey);
}

static void every_analysis_is_walked(void **state) {
  (void)state;
  for (size_t k = 0; k < analysis_count(); k++) {
    bool asked = false;
    for (size_t i = 0; i < REQUESTS; i++) {
      asked = asked || strcmp(requests[i].kind, analysis_at(k)->name) == 0;
    }
    if (!asked) {
      fail_msg("no table of '%s' is looked at: add a request", analysis_at(k)->name);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_hold_what_their_columns_name),
      cmocka_unit_test(members_stand_in_canonical_order),
      cmocka_unit_test(every_analysis_is_walked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
