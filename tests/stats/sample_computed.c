/* Computed variables with every operation. */
#include <stdio.h>
#include <stdlib.h>

#include "stats/accumulators/accumulator.h"
#include "tests/stats/sample_program.h"

#define COUNT(array) (uint32_t)(sizeof(array) / sizeof(array)[0])

static void need(status result, const error *err) {
  if (result != STATUS_OK) {
    fprintf(stderr, "sample program: %s\n", err->message);
    abort();
  }
}

#define CONSTANT(mantissa, scale)                         \
  {                                                       \
    .op = COMPUTE_CONSTANT, .number = { mantissa, scale } \
  }
#define INPUT(which) \
  { .op = COMPUTE_INPUT, .input = (which) }
#define COMPARED(kind)        \
  INPUT(0), CONSTANT(1, 0), { \
    .op = (kind)              \
  }

static void add_number(program *p, const uint32_t *columns) {
  uint32_t inputs[] = {columns[0], columns[1]};
  compute_node nodes[] = {
      CONSTANT(15, 1),
      INPUT(0),
      {.op = COMPUTE_ADD},
      INPUT(0),
      {.op = COMPUTE_SUBTRACT},
      CONSTANT(2, 0),
      {.op = COMPUTE_MULTIPLY},
      CONSTANT(3, 0),
      {.op = COMPUTE_DIVIDE},
      {.op = COMPUTE_NEGATE},
      {.op = COMPUTE_ABS},
      {.op = COMPUTE_ROUND, .count = 2},
      {.op = COMPUTE_NOTHING},
      {.op = COMPUTE_MIN, .count = 2},
      INPUT(0),
      {.op = COMPUTE_MAX, .count = 2},
      INPUT(0),
      {.op = COMPUTE_SUM, .count = 2},
      INPUT(0),
      {.op = COMPUTE_MEAN, .count = 2},
      INPUT(0),
      {.op = COMPUTE_COUNT, .count = 2},
      {.op = COMPUTE_INPUT_MISSING, .input = 1},
      {.op = COMPUTE_COUNT_TRUE, .count = 1},
      {.op = COMPUTE_ADD},
  };
  sample_add(p,
             &(program_variable){.kind = VARIABLE_COMPUTE,
                                 .name = "number",
                                 .decimals = 4,
                                 .inputs = inputs,
                                 .inputs_count = 2,
                                 .nodes = nodes,
                                 .nodes_count = COUNT(nodes)},
             NULL);
}

static void add_flag(program *p, uint32_t *columns) {
  compute_node nodes[] = {
      COMPARED(COMPUTE_EQ),
      COMPARED(COMPUTE_NE),
      COMPARED(COMPUTE_LT),
      COMPARED(COMPUTE_LE),
      COMPARED(COMPUTE_GT),
      COMPARED(COMPUTE_GE),
      {.op = COMPUTE_AND, .count = 6},
      {.op = COMPUTE_NOT},
      INPUT(0),
      CONSTANT(1, 0),
      CONSTANT(-2, 0),
      {.op = COMPUTE_IN, .count = 3},
      INPUT(0),
      {.op = COMPUTE_IS_MISSING},
      INPUT(0),
      CONSTANT(2, 0),
      {.op = COMPUTE_IF},
      CONSTANT(3, 0),
      {.op = COMPUTE_EQ},
      {.op = COMPUTE_IS_TEXT, .input = 1, .text = slice_of("a")},
      {.op = COMPUTE_HAS, .input = 2, .text = slice_of("x")},
      {.op = COMPUTE_OR, .count = 5},
  };
  sample_add(p,
             &(program_variable){.kind = VARIABLE_CONDITION,
                                 .name = "flag",
                                 .inputs = columns,
                                 .inputs_count = 3,
                                 .nodes = nodes,
                                 .nodes_count = COUNT(nodes)},
             NULL);
}

/* A stack of two loops, and what counts its rows by loop and a variable of whole records. */
static void add_stack(program *p, uint32_t nominal) {
  slice keys[] = {slice_of("a"), slice_of("b")};
  const char *columns[] = {"a_sat", "b_sat"};
  uint32_t loop, scale;
  error err = {0};
  sample_add(p, &(program_variable){.kind = VARIABLE_LOOP, .name = "brand", .keys = keys, .keys_count = 2},
             &loop);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_SCALE,
                                 .name = "sat",
                                 .stacked = true,
                                 .columns = columns,
                                 .columns_count = 2,
                                 .has_range = true,
                                 .low = 1,
                                 .high = 5},
             &scale);
  sample_add(
      p,
      &(program_variable){
          .kind = VARIABLE_CROSS, .name = "both", .inputs = (uint32_t[]){loop, nominal}, .inputs_count = 2},
      NULL);
  need(program_add_accumulator(p,
                               &(program_accumulator){.kind = ACCUMULATOR_FREQUENCY,
                                                      .variables = &scale,
                                                      .variables_count = 1,
                                                      .by = {loop, nominal},
                                                      .by_count = 2,
                                                      .filter = PROGRAM_NONE,
                                                      .weight = PROGRAM_NONE,
                                                      .loops = 2},
                               NULL, &err),
       &err);
}

program *sample_computed_new(void) {
  program *p = program_new();
  uint32_t columns[3];
  program_range range = {.is_text = true, .text = slice_of("a"), .key = slice_of("A")};
  if (p == NULL) {
    abort();
  }
  sample_scale(p, "q", 1, 5, &columns[0]);
  sample_add(p, &(program_variable){.kind = VARIABLE_NOMINAL, .name = "n", .column = "n"}, &columns[1]);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_MULTI_CELL, .name = "m", .column = "m", .delimiter = "|"},
             &columns[2]);
  add_number(p, columns);
  add_flag(p, columns);
  sample_add(p,
             &(program_variable){.kind = VARIABLE_RECODE,
                                 .name = "kept",
                                 .inputs = &columns[1],
                                 .inputs_count = 1,
                                 .ranges = &range,
                                 .ranges_count = 1,
                                 .keys_are_texts = true,
                                 .keeps_others = true},
             NULL);
  add_stack(p, columns[1]);
  return p;
}
