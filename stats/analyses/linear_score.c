#include "stats/analyses/linear_score.h"

#include <math.h>

#include "base/json.h"
#include "stats/program/long_score.h"

/* Sums of up to 2^9 coefficients of SUM_BITS stay within long_score_fits. */
enum { DIGITS = 15, SUM_BITS = 115, COEFFICIENT_BITS = 62 };

uint8_t linear_score_decimals(double magnitude) {
  uint8_t decimals = 0;
  const double limit = (double)decimal_power10(DIGITS);
  while (decimals < PROGRAM_COMPUTE_DECIMALS_MAX &&
         magnitude * (double)decimal_power10((unsigned)decimals + 1) < limit) {
    decimals++;
  }
  return decimals;
}

static int exponent_of(double v) {
  int e = 0;
  (void)frexp(v, &e);
  return e;
}

/* The coefficients of mantissas, the constant first, for values in units as V has them. */
static double *coefficients_of(analysis_run *run, const linear_score *s) {
  const double unit =
      s->link == SCORE_LOGISTIC ? ldexp(1, SCORE_LOGISTIC_BITS) : (double)decimal_power10(s->decimals);
  double *c = ARENA_ARRAY(json_arena(run_section(run)), double, (size_t)s->count + 1);
  for (uint32_t i = 0; c != NULL && i <= s->count; i++) {
    c[i] = i == 0 ? s->constant * unit
                  : s->slopes[i - 1] * unit /
                        (double)decimal_power10(run_program(run)->variables[s->inputs[i - 1]].decimals);
  }
  return c;
}

/* *LARGEST: no coefficient is above two to it.  False: some number is none. */
static bool find_largest(const double *c, uint32_t count, int *largest) {
  *largest = 0;
  for (uint32_t i = 0; i <= count; i++) {
    if (!isfinite(c[i])) {
      return false;
    }
    *largest = exponent_of(c[i]) > *largest ? exponent_of(c[i]) : *largest;
  }
  return *largest <= SUM_BITS;
}

status linear_score_make(analysis_run *run, const linear_score *s, program_variable *v, error *err) {
  arena *a = json_arena(run_section(run));
  const double *c = coefficients_of(run, s);
  int largest = 0;
  v->kind = VARIABLE_SCORE;
  v->link = s->link;
  v->decimals = s->decimals;
  v->inputs_count = s->count;
  v->inputs = ARENA_ARRAY(a, uint32_t, (size_t)s->count + 1);
  v->shifts = ARENA_ARRAY(a, uint8_t, (size_t)s->count + 1);
  v->coefficients = ARENA_ARRAY(a, int64_t, (size_t)s->count + 1);
  if (c == NULL || arena_failed(a)) {
    return error_no_memory(err, "scores of rows");
  }
  if (!find_largest(c, s->count, &largest)) {
    return error_set(err, STATUS_DATA, "its coefficients are too large for scores of rows");
  }
  v->drop = (uint8_t)(SUM_BITS - largest < SCORE_DROP_MAX ? SUM_BITS - largest : SCORE_DROP_MAX);
  for (uint32_t i = 0; i <= s->count; i++) {
    const int over = exponent_of(c[i]) + v->drop - COEFFICIENT_BITS;
    v->shifts[i] = (uint8_t)(over > 0 ? over : 0);
    v->coefficients[i] = (int64_t)rint(ldexp(c[i], v->drop - v->shifts[i]));
  }
  for (uint32_t i = 0; i < s->count; i++) {
    v->inputs[i] = s->inputs[i];
  }
  return STATUS_OK;
}
