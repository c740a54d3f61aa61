/* Programs and data for the conformance battery: one survey in several flavours, and per kind of
 * accumulator a few programs over it.  A new kind adds its rows to the table in accumulator_cases.c. */
#ifndef CANVASS_TESTS_STATS_ACCUMULATOR_CASES_H
#define CANVASS_TESTS_STATS_ACCUMULATOR_CASES_H

#include "stats/accumulators/accumulator.h"
#include "tests/seeded.h"
#include "tests/stats/fixture.h"

typedef struct accumulator_case {
  accumulator_id kind;
  const char *variables[6]; /* names, see survey_program */
  const char *by[2];
  bool filtered; /* score >= 3 */
  bool weighted;
  const int64_t *params;
  uint32_t params_count;
} accumulator_case;

extern const accumulator_case accumulator_cases[];
extern const size_t accumulator_cases_count;

/* The survey's variables, a filter and a weight, and the case's accumulator alone (index 0). */
program *accumulator_case_program(const accumulator_case *c);

typedef enum survey_flavour {
  SURVEY_ORDINARY,
  SURVEY_MISSING,  /* no respondent answered anything */
  SURVEY_CONSTANT, /* everybody answered the same */
  SURVEY_HUGE,     /* numbers near the ends of what is valid */
  SURVEY_HEAVY,    /* the same with the largest weights there are, and zero */
  SURVEY_UNEVEN,   /* a few of them among ordinary ones: of its shards some need wide weights, some do not */
  SURVEY_FLAVOURS
} survey_flavour;

/* The same SEED gives the same cells. */
fixture *survey_new(survey_flavour flavour, uint32_t rows, uint64_t seed);

#endif
