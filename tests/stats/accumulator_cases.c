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
    {.kind = ACCUMULATOR_BASE},
    {.kind = ACCUMULATOR_INVALID, .variables = {"score"}},
    {.kind = ACCUMULATOR_INVALID, .variables = {"amount"}},
    {.kind = ACCUMULATOR_INVALID, .variables = {"choices"}},
    {.kind = ACCUMULATOR_INVALID, .variables = {"ticks"}},
    {.kind = ACCUMULATOR_BASE, .filtered = true, .weighted = true},
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

/* ---- Data ---------------------------------------------------------------------------------------- */

uint64_t random_next(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

uint32_t random_below(uint64_t *state, uint32_t end) {
  return (uint32_t)((random_next(state) >> 32) * end >> 32);
}

enum { CELL_BYTES = 48 };
typedef void (*cell_writer)(uint64_t *seed, char *out);

static bool often_not(uint64_t *seed, char *out, const char *instead) {
  if (random_below(seed, 10) == 0) {
    strcpy(out, instead);
    return true;
  }
  return false;
}

static void write_score(uint64_t *seed, char *out) {
  static const char *const odd[] = {"", "x", "11", "n/a", "3.0"};
  if (!often_not(seed, out, odd[random_below(seed, 5)])) {
    snprintf(out, CELL_BYTES, "%u", random_below(seed, 11));
  }
}

static void write_item(uint64_t *seed, char *out) {
  if (!often_not(seed, out, "")) {
    snprintf(out, CELL_BYTES, "%u", 1 + random_below(seed, 5));
  }
}

static void write_class(uint64_t *seed, char *out) {
  static const char *const classes[] = {"Eco", "Business", "Eco Plus", "头等舱", "x", ""};
  strcpy(out, classes[random_below(seed, 6)]);
}

static void write_month(uint64_t *seed, char *out) {
  snprintf(out, CELL_BYTES, "2025-%02u", 1 + random_below(seed, 12));
}

static void write_branch(uint64_t *seed, char *out) {
  if (!often_not(seed, out, "x")) {
    snprintf(out, CELL_BYTES, "branch %u", random_below(seed, 400));
  }
}

static void write_amount(uint64_t *seed, char *out) {
  static const char *const odd[] = {"", "many", "-12.5", "0", "1.005", "7e2"};
  if (!often_not(seed, out, odd[random_below(seed, 6)])) {
    snprintf(out, CELL_BYTES, "%u.%02u", random_below(seed, 40) * 25, random_below(seed, 4) * 25);
  }
}

static void write_huge(uint64_t *seed, char *out) {
  int64_t offset = (int64_t)random_below(seed, 5);
  snprintf(out, CELL_BYTES, "%s%" PRId64 ".%02u", random_below(seed, 2) ? "-" : "",
           INT64_C(46116860184273870) + offset, random_below(seed, 100));
}

static void write_id(uint64_t *seed, char *out) {
  snprintf(out, CELL_BYTES, "r%" PRIx64, random_next(seed) >> 52);
}

static void write_choices(uint64_t *seed, char *out) {
  static const char *const options[] = {"price", "quality", "价格", "service"};
  size_t at = 0;
  out[0] = 0;
  for (uint32_t i = 0; i < 4; i++) {
    if (random_below(seed, 3) == 0) {
      at += (size_t)snprintf(out + at, CELL_BYTES - at, "%s%s", at > 0 ? ";" : "", options[i]);
    }
  }
}

static void write_tick(uint64_t *seed, char *out) {
  static const char *const cells[] = {"1", "0", "", "", "-9", "-9", "x", "yes", "maybe", "2"};
  strcpy(out, cells[random_below(seed, 10)]);
}

static void write_weight(uint64_t *seed, char *out) {
  static const char *const odd[] = {"",        "-1",    "heavy",    "0",    "200000",
                                    "1.00005", "1e-30", "-0.00001", "1e15", "-1e400"};
  if (!often_not(seed, out, odd[random_below(seed, sizeof odd / sizeof odd[0])])) {
    snprintf(out, CELL_BYTES, "%u.%04u", random_below(seed, 4), random_below(seed, 10000));
  }
}

static void write_heavy(uint64_t *seed, char *out) {
  strcpy(out, random_below(seed, 4) ? "461168601842738.7904" : "0");
}

static void write_uneven(uint64_t *seed, char *out) {
  if (random_below(seed, 150) == 0) {
    write_heavy(seed, out);
  } else {
    write_weight(seed, out);
  }
}

static void write_column(fixture *f, survey_flavour flavour, uint32_t rows, uint64_t *seed, const char *name,
                         cell_writer writer) {
  char(*cells)[CELL_BYTES] = calloc((size_t)rows + 1, sizeof *cells);
  const char **texts = calloc((size_t)rows + 1, sizeof *texts);
  require(cells != NULL && texts != NULL, "memory", &(error){.message = "none"});
  for (uint32_t row = 0; row < rows; row++) {
    uint64_t same = 7;
    if (flavour != SURVEY_MISSING) {
      writer(flavour == SURVEY_CONSTANT ? &same : seed, cells[row]);
    }
    texts[row] = cells[row];
  }
  fixture_column(f, name, (packed_kind)(PACKED_CODES + random_next(seed) % PACKED_SCALED), texts);
  free(cells);
  free(texts);
}

fixture *survey_new(survey_flavour flavour, uint32_t rows, uint64_t seed) {
  const struct {
    const char *name;
    cell_writer writer;
  } columns[] = {
      {"score", write_score},
      {"item1", write_item},
      {"item2", write_item},
      {"item3", write_item},
      {"class", write_class},
      {"month", write_month},
      {"branch", write_branch},
      {"id", write_id},
      {"choices", write_choices},
      {"amount", flavour == SURVEY_HUGE || flavour == SURVEY_HEAVY ? write_huge : write_amount},
      {"weight", flavour == SURVEY_HEAVY    ? write_heavy
                 : flavour == SURVEY_UNEVEN ? write_uneven
                                            : write_weight},
      {"tick1", write_tick},
      {"tick2", write_tick},
      {"tick3", write_tick},
  };
  fixture *f = fixture_new(rows);
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    write_column(f, flavour, rows, &seed, columns[i].name, columns[i].writer);
  }
  return f;
}
