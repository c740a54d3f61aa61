/* A program that uses every kind of variable and filter, for tests of its codec and of frames. */
#ifndef CANVASS_TESTS_STATS_SAMPLE_PROGRAM_H
#define CANVASS_TESTS_STATS_SAMPLE_PROGRAM_H

#include "stats/program/program.h"

typedef enum sample_style {
  SAMPLE_PLAIN,
  SAMPLE_RENAMED_AND_SHIFTED, /* other names, other variables in between, other order of accumulators */
} sample_style;

typedef struct sample_program {
  program *program;
  uint32_t accumulators[8]; /* by what they compute: the same place in every style */
} sample_program;

/* Any failure ends the test. */
sample_program sample_program_new(sample_style style);
/* Computed variables with every operation, and a recode that keeps what it does not name. */
program *sample_computed_new(void);
void sample_add(program *p, const program_variable *v, uint32_t *index);
void sample_scale(program *p, const char *name, int64_t low, int64_t high, uint32_t *index);

#endif
