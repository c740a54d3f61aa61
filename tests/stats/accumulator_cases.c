/* See accumulator_cases.h. */
#include "tests/stats/accumulator_cases.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Programs ------------------------------------------------------------------------------------ */

static const int64_t few_entries[] = {20}, many_entries[] = {100000};
static const int64_t one_interval[] = {0, 99999, 1000};
static const int64_t three_intervals[] = {-5000, -1, 1, 100, 50000, 128, 60000, 60000, 1};

static const int64_t all_pairs[] = {0}, first_with_others[] = {1};
static const int64_t all_tables[] = {0, 5000}, small_tables[] = {2, 12};
/* Two pairs of three columns; each column's values and their rows. */
static const int64_t plain_ranks[] = {2,
                                      0,
                                      0,
                                      0,
                                      1,
                                      2,
                                      1,
                                      /* score */ 6,
                                      0,
                                      3,
                                      2,
                                      1,
                                      3,
                                      7,
                                      7,
                                      2,
                                      9,
                                      9,
                                      10,
                                      4,
                                      /* item1 */ 5,
                                      1,
                                      1,
                                      2,
                                      2,
                                      3,
                                      30,
                                      4,
                                      4,
                                      5,
                                      5,
                                      /* amount */ 4,
                                      0,
                                      10,
                                      2500,
                                      6,
                                      2525,
                                      1,
                                      97500,
                                      3};
/* By a flag (0, 1, missing): weights that need wide sums, and a group without values. */
static const int64_t wide_ranks[] = {1,
                                     2,
                                     0,
                                     0,
                                     1,
                                     /* item2 */ 2,
                                     1,
                                     0,
                                     7,
                                     4,
                                     INT64_C(1) << 39,
                                     5,
                                     3,
                                     2,
                                     0,
                                     1,
                                     3,
                                     1,
                                     1,
                                     5,
                                     0,
                                     9,
                                     0,
                                     /* mean */ 1,
                                     INT64_C(3000000000000),
                                     0,
                                     5,
                                     1,
                                     INT64_C(2000000000000),
                                     INT64_C(1) << 20,
                                     0,
                                     1,
                                     INT64_C(1000000000000),
                                     0,
                                     8};
static const int64_t sampled_rows[] = {37, 12345};
/* Doubles by their bits. */
#define BITS_OF_HALF INT64_C(0x3FE0000000000000)
#define BITS_OF_1    INT64_C(0x3FF0000000000000)
#define BITS_OF_2    INT64_C(0x4000000000000000)
#define BITS_OF_4    INT64_C(0x4010000000000000)
/* Two models of two items: two centres; three centres, whose scores are long and farthest rows wanted. */
static const int64_t two_models[] = {
    2,        2,   0,    0,    0,         0,         800,       -400,      -400,      3200,      -800,
    -800,     3,   1,    63,   0,         40,        100,       0,         0,         500,       -300,
    -300,     900, -500, -200, BITS_OF_1, BITS_OF_1, BITS_OF_2, BITS_OF_2, BITS_OF_4, BITS_OF_2, BITS_OF_HALF,
    BITS_OF_1};
/* One item whose values may be of any size. */
static const int64_t one_model[] = {1, 2, 1, 33, 0, 0, 0, 1 << 20, -1000, BITS_OF_1, BITS_OF_4, BITS_OF_HALF};
/* Rows' own weights; one model of three centres, the last without weight. */
static const int64_t silhouettes[] = {
    0,         1,         3,         9,         1,         0,         800,       -400,         -400,
    3200,      -800,      -800,      1 << 30,   0,         0,         BITS_OF_1, BITS_OF_HALF, BITS_OF_2,
    BITS_OF_2, BITS_OF_1, BITS_OF_4, BITS_OF_4, BITS_OF_4, BITS_OF_1, BITS_OF_4, BITS_OF_1,    BITS_OF_1,
    0,         0};
/* Pairwise, replicated. */
static const int64_t listwise[] = {0, 0}, listwise_replicated[] = {0, 1}, pairwise_replicated[] = {1, 1};
/* Coefficients of answers and of numbers of any size; of the second the shifts differ. */
static const int64_t short_logistic[] = {
    0, 50, 0, 0, 0, 0, -(INT64_C(1) << 50), INT64_C(1) << 48, -(INT64_C(3) << 46)};
static const int64_t detailed_logistic[] = {
    1, 50, 0, 0, 0, 0, -(INT64_C(2) << 50), INT64_C(1) << 49, INT64_C(1) << 45};
static const int64_t long_logistic[] = {
    1, 100, INT64_C(1) << 49, 40, 20, 3, -(INT64_C(5) << 56), INT64_C(12345) << 42, -(INT64_C(777) << 40)};
/* Residuals of an answer, and of a number beside a mean, in few digits and in many. */
static const int64_t short_scatter[] = {
    10, 0, 0, 0, 0, 20, -(INT64_C(3) << 18), -(INT64_C(1) << 19), INT64_C(123456), 1};
static const int64_t long_scatter[] = {60,
                                       14,
                                       40,
                                       20,
                                       3,
                                       38,
                                       -(INT64_C(5) << 56),
                                       -(INT64_C(12345) << 42),
                                       INT64_C(777) << 40,
                                       INT64_C(1) << 62};
#define PARAMS(p) .params = (p), .params_count = sizeof(p) / sizeof((p)[0])

const accumulator_case accumulator_cases[] = {
    {.kind = ACCUMULATOR_FACTS, .variables = {"score", "class", "amount", "id", "choices", "mean"}},
    {.kind = ACCUMULATOR_FACTS, .variables = {"branch"}, .weighted = true},
    {.kind = ACCUMULATOR_FACTS, .variables = {"ticks", "ticked"}},
    {.kind = ACCUMULATOR_FACTS, .variables = {"ticks"}, .filtered = true},
    {.kind = ACCUMULATOR_FREQUENCY, .variables = {"score"}},
    {.kind = ACCUMULATOR_FREQUENCY, .variables = {"item1"}, .by = {"class"}, .weighted = true},
    {.kind = ACCUMULATOR_FREQUENCY, .variables = {"class"}, .by = {"score", "month"}, .filtered = true},
    {.kind = ACCUMULATOR_FREQUENCY, .variables = {"branch"}, .by = {"class"}, .weighted = true},
    {.kind = ACCUMULATOR_FREQUENCY,
     .variables = {"item2"},
     .by = {"branch"},
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_FREQUENCY, .variables = {"choices"}},
    {.kind = ACCUMULATOR_FREQUENCY,
     .variables = {"choices"},
     .by = {"class", "top"},
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_FREQUENCY, .variables = {"ticks"}},
    {.kind = ACCUMULATOR_FREQUENCY,
     .variables = {"ticks"},
     .by = {"class", "ticked"},
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_MOMENTS, .variables = {"score"}, .weighted = true},
    {.kind = ACCUMULATOR_MOMENTS, .variables = {"item1"}, .by = {"month", "class"}},
    {.kind = ACCUMULATOR_MOMENTS, .variables = {"amount"}, .by = {"class"}, .weighted = true},
    {.kind = ACCUMULATOR_MOMENTS, .variables = {"mean"}, .filtered = true},
    {.kind = ACCUMULATOR_VALUES, .variables = {"amount"}, PARAMS(many_entries), .weighted = true},
    {.kind = ACCUMULATOR_VALUES,
     .variables = {"amount"},
     .by = {"class"},
     PARAMS(few_entries),
     .weighted = true},
    {.kind = ACCUMULATOR_VALUES,
     .variables = {"score"},
     .by = {"month"},
     PARAMS(many_entries),
     .filtered = true},
    {.kind = ACCUMULATOR_BUCKETS, .variables = {"amount"}, PARAMS(one_interval), .weighted = true},
    {.kind = ACCUMULATOR_BUCKETS, .variables = {"amount"}, .by = {"class", "score"}, PARAMS(three_intervals)},
    {.kind = ACCUMULATOR_CROSS,
     .variables = {"score", "item1", "item2", "item3"},
     PARAMS(all_pairs),
     .by = {"class", "top"},
     .weighted = true},
    {.kind = ACCUMULATOR_CROSS,
     .variables = {"item1", "amount", "mean"},
     PARAMS(all_pairs),
     .filtered = true},
    {.kind = ACCUMULATOR_CROSS,
     .variables = {"amount", "item3", "mean"},
     .by = {"month"},
     PARAMS(first_with_others),
     .weighted = true},
    {.kind = ACCUMULATOR_JOINT,
     .variables = {"score", "item1", "item2"},
     PARAMS(all_tables),
     .by = {"class"}},
    {.kind = ACCUMULATOR_JOINT,
     .variables = {"item1", "item2", "amount", "score"},
     PARAMS(small_tables),
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_SAMPLE, .variables = {"item1", "mean", "amount"}, PARAMS(sampled_rows)},
    {.kind = ACCUMULATOR_SAMPLE,
     .variables = {"item1", "item2"},
     PARAMS(sampled_rows),
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_KMEANS, .variables = {"item1", "item2"}, PARAMS(two_models)},
    {.kind = ACCUMULATOR_KMEANS,
     .variables = {"item3", "mean"},
     PARAMS(two_models),
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_KMEANS, .variables = {"item1", "item3"}, PARAMS(two_models), .weighted = true},
    {.kind = ACCUMULATOR_KMEANS, .variables = {"amount"}, PARAMS(one_model), .weighted = true},
    {.kind = ACCUMULATOR_SILHOUETTE, .variables = {"item1", "item2"}, PARAMS(silhouettes)},
    {.kind = ACCUMULATOR_SILHOUETTE,
     .variables = {"item3", "mean"},
     PARAMS(silhouettes),
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_DISTINCT, .variables = {"id"}},
    {.kind = ACCUMULATOR_DISTINCT, .variables = {"amount"}, .filtered = true},
    {.kind = ACCUMULATOR_DISTINCT, .variables = {"choices"}},
    {.kind = ACCUMULATOR_DISTINCT, .variables = {"ticks"}},
    {.kind = ACCUMULATOR_DUPLICATES, .variables = {"item1", "item2", "class"}},
    {.kind = ACCUMULATOR_DUPLICATES, .variables = {"id", "amount", "choices"}, .filtered = true},
    {.kind = ACCUMULATOR_WEIGHTS, .weighted = true},
    {.kind = ACCUMULATOR_VALUES, .variables = {"amount", "score"}, PARAMS(many_entries), .by = {"class"}},
    {.kind = ACCUMULATOR_RANKS, .variables = {"score", "item1", "amount"}, PARAMS(plain_ranks)},
    {.kind = ACCUMULATOR_RANKS,
     .variables = {"item2", "mean"},
     PARAMS(wide_ranks),
     .by = {"top"},
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_LOGISTIC, .variables = {"top", "item1", "item2"}, PARAMS(short_logistic)},
    {.kind = ACCUMULATOR_LOGISTIC,
     .variables = {"top", "item3", "score"},
     PARAMS(detailed_logistic),
     .filtered = true},
    {.kind = ACCUMULATOR_LOGISTIC,
     .variables = {"top", "item1", "item3"},
     PARAMS(detailed_logistic),
     .weighted = true},
    {.kind = ACCUMULATOR_LOGISTIC,
     .variables = {"ticked", "amount", "mean"},
     PARAMS(long_logistic),
     .weighted = true},
    {.kind = ACCUMULATOR_SCATTER, .variables = {"item1", "item2", "score"}, PARAMS(short_scatter)},
    {.kind = ACCUMULATOR_SCATTER,
     .variables = {"item1", "mean", "item2"},
     PARAMS(short_scatter),
     .filtered = true,
     .weighted = true},
    {.kind = ACCUMULATOR_SCATTER,
     .variables = {"mean", "score", "amount"},
     PARAMS(long_scatter),
     .weighted = true},
    {.kind = ACCUMULATOR_BASE},
    {.kind = ACCUMULATOR_INVALID, .variables = {"score"}},
    {.kind = ACCUMULATOR_INVALID, .variables = {"amount"}},
    {.kind = ACCUMULATOR_INVALID, .variables = {"choices"}},
    {.kind = ACCUMULATOR_INVALID, .variables = {"ticks"}},
    {.kind = ACCUMULATOR_BASE, .filtered = true, .weighted = true},
    {.kind = ACCUMULATOR_PRODUCTS, .variables = {"score", "item1", "item2", "item3"}, PARAMS(listwise)},
    {.kind = ACCUMULATOR_PRODUCTS,
     .variables = {"score", "item1", "item2", "item3", "row"},
     .by = {"class"},
     PARAMS(pairwise_replicated)},
    {.kind = ACCUMULATOR_PRODUCTS,
     .variables = {"item1", "item2", "item3", "respondent"},
     .by = {"month", "top"},
     PARAMS(listwise_replicated),
     .filtered = true},
    {.kind = ACCUMULATOR_PRODUCTS,
     .variables = {"item1", "amount", "row"},
     PARAMS(listwise_replicated),
     .weighted = true},
    {.kind = ACCUMULATOR_PRODUCTS,
     .variables = {"score", "amount", "mean", "respondent"},
     .by = {"class"},
     PARAMS(pairwise_replicated),
     .weighted = true},
    {.kind = ACCUMULATOR_FREQUENCY, .variables = {"score"}, .by = {"row"}},
};
const size_t accumulator_cases_count = sizeof accumulator_cases / sizeof accumulator_cases[0];

static void require(bool holds, const char *what, const error *err) {
  if (!holds) {
    fprintf(stderr, "accumulator cases: %s: %s\n", what, err->message);
    abort();
  }
}

static uint32_t add(program *p, const program_variable *v) {
  error err = {0};
  uint32_t index;
  require(program_add_variable(p, v, &index, &err) == STATUS_OK, v->name, &err);
  return index;
}

static uint32_t find(const program *p, const char *name) {
  for (uint32_t i = 0; i < p->variables_count; i++) {
    if (strcmp(p->variables[i].name, name) == 0) {
      return i;
    }
  }
  require(false, name, &(error){.message = "no such variable in the survey"});
  return 0;
}

static void add_scale(program *p, const char *name, int64_t low, int64_t high, bool reversed) {
  add(p, &(program_variable){.kind = VARIABLE_SCALE,
                             .name = name,
                             .column = name,
                             .has_range = true,
                             .low = low,
                             .high = high,
                             .reversed = reversed});
}

static void add_variables(program *p) {
  static const char *const nominal[] = {"class", "month", "branch"};
  program_rule refused = {.text = {"x", 1}, .missing = true, .reason = MISSING_REFUSED};
  add_scale(p, "score", 0, 10, false);
  add_scale(p, "item1", 1, 5, false);
  add_scale(p, "item2", 1, 5, true);
  add_scale(p, "item3", 1, 7, false);
  for (size_t i = 0; i < sizeof nominal / sizeof nominal[0]; i++) {
    add(p, &(program_variable){.kind = VARIABLE_NOMINAL,
                               .name = nominal[i],
                               .column = nominal[i],
                               .rules = &refused,
                               .rules_count = 1});
  }
  add(p, &(program_variable){.kind = VARIABLE_NUMBER, .name = "amount", .column = "amount", .decimals = 2});
  add(p, &(program_variable){.kind = VARIABLE_NUMBER, .name = "weight", .column = "weight", .decimals = 4});
  add(p, &(program_variable){.kind = VARIABLE_TEXT, .name = "id", .column = "id"});
  add(p, &(program_variable){
             .kind = VARIABLE_MULTI_CELL, .name = "choices", .column = "choices", .delimiter = ";"});
  uint32_t items[] = {find(p, "item1"), find(p, "item2"), find(p, "item3")}, score = find(p, "score");
  add(p, &(program_variable){
             .kind = VARIABLE_MEAN, .name = "mean", .inputs = items, .inputs_count = 3, .valid_min = 2});
  add(p, &(program_variable){
             .kind = VARIABLE_TOP, .name = "top", .inputs = &score, .inputs_count = 1, .cut = {9, 0}});
}

/* Random groups of rows, and of ids. */
static void add_random_groups(program *p) {
  uint32_t unit = find(p, "id");
  add(p, &(program_variable){.kind = VARIABLE_REPLICATE, .name = "row", .groups = 256, .seed = 11});
  add(p, &(program_variable){.kind = VARIABLE_REPLICATE,
                             .name = "respondent",
                             .inputs = &unit,
                             .inputs_count = 1,
                             .groups = 1024,
                             .seed = 12});
}

/* Multiple choice over columns, and one option of it. */
static void add_ticks(program *p) {
  static const char *columns[] = {"tick1", "tick2", "tick3"};
  static slice keys[] = {{"one", 3}, {"two", 3}, {"three", 5}};
  program_rule rules[] = {{.text = {"-9", 2}, .missing = true, .reason = MISSING_NOT_ASKED},
                          {.text = {"x", 1}, .missing = true, .reason = MISSING_REFUSED},
                          {.text = {"yes", 3}, .value = {1, 0}}};
  uint32_t ticks = add(p, &(program_variable){.kind = VARIABLE_MULTI_FLAGS,
                                              .name = "ticks",
                                              .columns = columns,
                                              .columns_count = 3,
                                              .keys = keys,
                                              .keys_count = 3,
                                              .rules = rules,
                                              .rules_count = 3});
  add(p, &(program_variable){
             .kind = VARIABLE_OPTION, .name = "ticked", .inputs = &ticks, .inputs_count = 1, .key = keys[1]});
}

program *accumulator_case_program(const accumulator_case *c) {
  error err = {0};
  program *p = program_new();
  require(p != NULL, "program", &err);
  add_variables(p);
  add_ticks(p);
  add_random_groups(p);
  filter_value three = {.number = {3, 0}};
  filter_node node = {.kind = FILTER_GE, .variable = find(p, "score"), .values = &three, .values_count = 1};
  program_filter filter = {&node, 1};
  program_weight weight = {find(p, "weight"), WEIGHT_SAMPLING};
  uint32_t variables[6], filter_index, weight_index;
  require(program_add_filter(p, &filter, &filter_index, &err) == STATUS_OK, "filter", &err);
  require(program_add_weight(p, weight, &weight_index, &err) == STATUS_OK, "weight", &err);
  program_accumulator a = {.kind = c->kind,
                           .variables = variables,
                           .filter = c->filtered ? filter_index : PROGRAM_NONE,
                           .weight = c->weighted ? weight_index : PROGRAM_NONE,
                           .params = (int64_t *)(uintptr_t)c->params,
                           .params_count = c->params_count};
  while (a.variables_count < 6 && c->variables[a.variables_count] != NULL) {
    variables[a.variables_count] = find(p, c->variables[a.variables_count]);
    a.variables_count++;
  }
  while (a.by_count < 2 && c->by[a.by_count] != NULL) {
    a.by[a.by_count] = find(p, c->by[a.by_count]);
    a.by_count++;
  }
  require(program_add_accumulator(p, &a, NULL, &err) == STATUS_OK, "accumulator", &err);
  return p;
}
