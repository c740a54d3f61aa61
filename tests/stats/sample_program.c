/* Small pieces, each with every field that its kind has. */
#include "tests/stats/sample_program.h"

#include <stdio.h>
#include <stdlib.h>

#include "stats/accumulators/accumulator.h"

#define COUNT(array) (uint32_t)(sizeof(array) / sizeof(array)[0])

static void need(status result, const error *err) {
  if (result != STATUS_OK) {
    fprintf(stderr, "sample program: %s\n", err->message);
    abort();
  }
}

void sample_add(program *p, const program_variable *v, uint32_t *index) {
  error err = {0};
  need(program_add_variable(p, v, index, &err), &err);
}

void sample_scale(program *p, const char *name, int64_t low, int64_t high, uint32_t *index) {
  sample_add(
      p,
      &(program_variable){
          .kind = VARIABLE_SCALE, .name = name, .column = name, .has_range = true, .low = low, .high = high},
      index);
}

typedef struct sample {
  program *program;
  bool shifted;
  uint32_t scale, reversed, nominal, number, date, text, cell, flags; /* read from columns */
  uint32_t bands, months, top, mean, option, cluster, difference;     /* derived */
  uint32_t filter, weight;
} sample;

static const char *named(const sample *s, const char *name) {
  return s->shifted ? "renamed" : name;
}

/* Moves all later numbers on. */
static void shift(const sample *s, int64_t high) {
  if (s->shifted) {
    sample_add(
        s->program,
        &(program_variable){
            .kind = VARIABLE_SCALE, .name = "unused", .column = "unused", .has_range = true, .high = high},
        NULL);
  }
}

static void add_scales(sample *s) {
  program_rule rules[] = {
      {.text = slice_of("99"), .missing = true, .reason = MISSING_REFUSED},
      {.text = slice_of("very good"), .value = {5, 0}},
  };
  program_variable v = {.kind = VARIABLE_SCALE,
                        .name = named(s, "satisfaction"),
                        .column = "satisfaction",
                        .rules = rules,
                        .rules_count = COUNT(rules),
                        .has_range = true,
                        .low = 1,
                        .high = 5};
  shift(s, 1);
  sample_add(s->program, &v, &s->scale);
  v.name = named(s, "reversed");
  v.column = "trust";
  v.reversed = true;
  v.optional = true;
  v.leading_number = true;
  sample_add(s->program, &v, &s->reversed);
}

static void add_columns(sample *s) {
  slice keys[] = {slice_of("north"), slice_of("south")};
  program_rule rules[] = {{.text = slice_of("n"), .key = slice_of("north")},
                          {.text = slice_of("-"), .missing = true, .reason = MISSING_NOT_ASKED}};
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_NOMINAL,
                                 .name = named(s, "region"),
                                 .column = "region",
                                 .keys = keys,
                                 .keys_count = 2,
                                 .closed = true,
                                 .rules = rules,
                                 .rules_count = COUNT(rules)},
             &s->nominal);
  shift(s, 2);
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_NUMBER,
                                 .name = named(s, "income"),
                                 .column = "income",
                                 .decimals = 2,
                                 .thousands = slice_of(","),
                                 .prefix = slice_of("$"),
                                 .suffix = slice_of("\xe5\x85\x83"),
                                 .has_range = true,
                                 .low = 0,
                                 .high = 1000000},
             &s->number);
  static const char *formats[] = {"%Y/%m/%d *", "excel"};
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_DATE,
                                 .name = named(s, "visited"),
                                 .column = "visited",
                                 .format = "%Y-%m-%d",
                                 .other_formats = formats,
                                 .other_formats_count = COUNT(formats)},
             &s->date);
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_TEXT, .name = named(s, "comment"), .column = "comment"},
             &s->text);
}

static void add_sets(sample *s) {
  static const char *columns[] = {"tv", "radio"};
  slice keys[] = {slice_of("tv"), slice_of("radio")};
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_MULTI_CELL,
                                 .name = named(s, "media"),
                                 .column = "media",
                                 .delimiter = ";",
                                 .has_other = true,
                                 .other = slice_of("tv"),
                                 .keys = keys,
                                 .keys_count = 2},
             &s->cell);
  shift(s, 3);
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_MULTI_FLAGS,
                                 .name = named(s, "flags"),
                                 .columns = columns,
                                 .columns_count = 2,
                                 .keys = keys,
                                 .keys_count = 2,
                                 .any_chosen = true,
                                 .has_none = true,
                                 .none_is = MISSING_NOT_ASKED,
                                 .optional = true},
             &s->flags);
}

static void add_derived(sample *s) {
  program *p = s->program;
  program_range ranges[] = {
      {.has_high = true, .high = {1000, 0}, .high_open = true, .key = slice_of("low")},
      {.has_low = true, .low = {1000, 0}, .has_high = true, .high = {25005, 1}, .key = slice_of("middle")},
      {.has_low = true, .low = {999999, 0}, .missing = true, .reason = MISSING_NOT_APPLICABLE},
  };
  sample_add(p,
             &(program_variable){.kind = VARIABLE_RECODE,
                                 .name = named(s, "bands"),
                                 .inputs = &s->number,
                                 .inputs_count = 1,
                                 .ranges = ranges,
                                 .ranges_count = COUNT(ranges),
                                 .keys_are_texts = true,
                                 .has_else = true,
                                 .else_key = slice_of("high")},
             &s->bands);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_PERIOD,
                                 .name = named(s, "month"),
                                 .inputs = &s->date,
                                 .inputs_count = 1,
                                 .period = PERIOD_MONTH},
             &s->months);
  shift(s, 4);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_TOP,
                                 .name = named(s, "top"),
                                 .inputs = &s->scale,
                                 .inputs_count = 1,
                                 .cut = {4, 0}},
             &s->top);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_OPTION,
                                 .name = named(s, "radio"),
                                 .inputs = &s->cell,
                                 .inputs_count = 1,
                                 .key = slice_of("radio")},
             &s->option);
}

static void add_arithmetic(sample *s) {
  program *p = s->program;
  uint32_t inputs[] = {s->scale, s->reversed, s->number};
  int64_t weights[] = {3, 2, 1};
  bool rescaled[] = {true, true, false};
  decimal low[] = {{1, 0}, {1, 0}, {0, 0}};
  decimal high[] = {{5, 0}, {5, 0}, {0, 0}};
  int64_t coefficients[] = {0, -2, 3, 7, 4, -5};
  uint8_t shifts[] = {0, 0, 1};
  sample_add(p,
             &(program_variable){.kind = VARIABLE_MEAN,
                                 .name = named(s, "index"),
                                 .inputs = inputs,
                                 .inputs_count = 3,
                                 .weights = weights,
                                 .rescaled = rescaled,
                                 .rescale_low = low,
                                 .rescale_high = high,
                                 .valid_min = 2},
             &s->mean);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_CLUSTER,
                                 .name = named(s, "segment"),
                                 .inputs = inputs,
                                 .inputs_count = 2,
                                 .clusters = 2,
                                 .coefficients = coefficients,
                                 .shifts = shifts},
             &s->cluster);
  sample_add(p,
             &(program_variable){
                 .kind = VARIABLE_DIFFERENCE, .name = named(s, "gap"), .inputs = inputs, .inputs_count = 2},
             &s->difference);
}

static void add_ranking(sample *s) {
  slice keys[] = {slice_of("tv"), slice_of("radio")};
  uint32_t ranking = 0;
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_MULTI_CELL,
                                 .name = named(s, "order"),
                                 .column = "order",
                                 .delimiter = "\xe2\x86\x92",
                                 .keys = keys,
                                 .keys_count = 2,
                                 .closed = true,
                                 .is_ranking = true},
             &ranking);
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_RANK,
                                 .name = named(s, "place"),
                                 .inputs = &ranking,
                                 .inputs_count = 1,
                                 .key = slice_of("radio")},
             NULL);
}

static void add_replicate(sample *s) {
  const program_variable v = {.kind = VARIABLE_REPLICATE,
                              .name = named(s, "random group"),
                              .inputs = &s->text,
                              .inputs_count = 1,
                              .groups = 512,
                              .seed = 0x0123456789ABCDEFU};
  sample_add(s->program, &v, NULL);
}

static void add_scored(sample *s) {
  uint32_t inputs[] = {s->scale, s->number};
  int64_t coefficients[] = {INT64_C(1) << 61, -5, 9};
  uint8_t shifts[] = {63, 0, 7};
  double metric[] = {1, 0.5};
  double centres[] = {1.5, 2, -4.25, 5};
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_SCORE,
                                 .name = named(s, "expected"),
                                 .inputs = inputs,
                                 .inputs_count = 2,
                                 .decimals = 12,
                                 .link = SCORE_LOGISTIC,
                                 .drop = 70,
                                 .coefficients = coefficients,
                                 .shifts = shifts},
             NULL);
  sample_add(s->program,
             &(program_variable){.kind = VARIABLE_DISTANCE,
                                 .name = named(s, "distance"),
                                 .inputs = &s->cluster,
                                 .inputs_count = 1,
                                 .decimals = 9,
                                 .clusters = 2,
                                 .metric_count = 2,
                                 .metric = metric,
                                 .centres = centres},
             NULL);
}

static void add_filter(sample *s) {
  filter_value four = {.number = {4, 0}};
  filter_value regions[] = {{.is_text = true, .text = slice_of("north")},
                            {.is_text = true, .text = slice_of("")}};
  filter_value july = {.is_text = true, .text = slice_of("2025-07")};
  filter_value tv = {.is_text = true, .text = slice_of("tv")};
  filter_node nodes[] = {
      {.kind = FILTER_OR, .children = 4},
      {.kind = FILTER_AND, .children = 2},
      {.kind = FILTER_GE, .variable = s->scale, .values = &four, .values_count = 1},
      {.kind = FILTER_IN, .variable = s->nominal, .values = regions, .values_count = 2},
      {.kind = FILTER_NOT, .children = 1},
      {.kind = FILTER_MISSING, .variable = s->text},
      {.kind = FILTER_LT, .variable = s->months, .values = &july, .values_count = 1},
      {.kind = FILTER_HAS, .variable = s->flags, .values = &tv, .values_count = 1},
  };
  error err = {0};
  need(program_add_filter(s->program, &(program_filter){.nodes = nodes, .nodes_count = COUNT(nodes)},
                          &s->filter, &err),
       &err);
  need(program_add_weight(s->program, (program_weight){s->number, WEIGHT_SAMPLING}, &s->weight, &err), &err);
}

static void add_accumulators(const sample *s, uint32_t places[8]) {
  uint32_t all[] = {s->scale, s->nominal, s->text, s->cell, s->flags};
  uint32_t numbers[] = {s->mean, s->difference, s->number};
  uint32_t scale = s->scale;
  uint32_t mean = s->mean;
  uint32_t cell = s->cell;
  int64_t params[] = {-3, 500};
  program_accumulator list[] = {
      {.kind = ACCUMULATOR_FACTS,
       .variables = all,
       .variables_count = COUNT(all),
       .filter = PROGRAM_NONE,
       .weight = PROGRAM_NONE},
      {.kind = ACCUMULATOR_FREQUENCY,
       .variables = &scale,
       .variables_count = 1,
       .by = {s->bands, s->months},
       .by_count = 2,
       .filter = s->filter,
       .weight = s->weight},
      {.kind = ACCUMULATOR_MOMENTS,
       .variables = &mean,
       .variables_count = 1,
       .by = {s->cluster},
       .by_count = 1,
       .filter = PROGRAM_NONE,
       .weight = s->weight},
      {.kind = ACCUMULATOR_CROSS,
       .variables = numbers,
       .variables_count = 3,
       .filter = s->filter,
       .weight = PROGRAM_NONE,
       .params = params,
       .params_count = 2},
      {.kind = ACCUMULATOR_FREQUENCY,
       .variables = &cell,
       .variables_count = 1,
       .by = {s->top},
       .by_count = 1,
       .filter = PROGRAM_NONE,
       .weight = PROGRAM_NONE},
      {.kind = ACCUMULATOR_FREQUENCY,
       .variables = &scale,
       .variables_count = 1,
       .by = {s->option},
       .by_count = 1,
       .filter = PROGRAM_NONE,
       .weight = PROGRAM_NONE},
      {.kind = ACCUMULATOR_BASE, .filter = s->filter, .weight = s->weight},
  };
  error err = {0};
  for (uint32_t i = 0; i < COUNT(list); i++) {
    uint32_t which = s->shifted ? COUNT(list) - 1 - i : i;
    need(program_add_accumulator(s->program, &list[which], &places[which], &err), &err);
  }
}

sample_program sample_program_new(sample_style style) {
  sample s = {.program = program_new(), .shifted = style == SAMPLE_RENAMED_AND_SHIFTED};
  sample_program out = {.program = s.program};
  add_scales(&s);
  add_columns(&s);
  add_sets(&s);
  add_derived(&s);
  add_arithmetic(&s);
  add_ranking(&s);
  add_replicate(&s);
  add_scored(&s);
  add_filter(&s);
  add_accumulators(&s, out.accumulators);
  return out;
}
