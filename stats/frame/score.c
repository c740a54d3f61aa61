/* SCORE and DISTANCE: what a model makes of each row.  A score is a sum of whole numbers, rounded once; a
 * distance takes IEEE operations on doubles in a fixed order.  So a row's value is the same wherever it is
 * made. */
#include <math.h>
#include <stdlib.h>

#include "base/elementary.h"
#include "stats/frame/state.h"
#include "stats/program/long_score.h"

#define ETA_MAX ((i128)700 << SCORE_LOGISTIC_BITS)

static int64_t number_or_invalid(double v) {
  return v <= (double)NUMBER_MAX ? (int64_t)v : number_missing(MISSING_INVALID);
}

static int64_t probability(i128 eta, unsigned decimals) {
  const i128 cut = eta > ETA_MAX ? ETA_MAX : eta < -ETA_MAX ? -ETA_MAX : eta;
  const double p = elementary_logistic(ldexp((double)(int64_t)cut, -SCORE_LOGISTIC_BITS));
  return (int64_t)rint(p * (double)decimal_power10(decimals));
}

static int64_t score_of(const program_variable *v, const int64_t *const *inputs, size_t row) {
  long_score sum = {0};
  long_score_add(&sum, v->coefficients[0], v->shifts[0]);
  for (uint32_t d = 0; d < v->inputs_count; d++) {
    const int64_t x = inputs[d][row];
    if (number_is_missing(x)) {
      return x;
    }
    long_score_add(&sum, (i128)v->coefficients[1 + d] * x, v->shifts[1 + d]);
  }
  const i128 value = long_score_round(&sum, v->drop);
  if (v->link == SCORE_LOGISTIC) {
    return probability(value, v->decimals);
  }
  return value > (i128)NUMBER_MAX || value < -(i128)NUMBER_MAX ? number_missing(MISSING_INVALID)
                                                               : (int64_t)value;
}

/* The mantissas of INPUTS, which are numeric. */
static status open_inputs(frame *f, const uint32_t *inputs, uint32_t count, const int64_t ***out,
                          error *err) {
  *out = frame_array(f, (size_t)count + 1, sizeof **out);
  if (*out == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t d = 0; d < count; d++) {
    number_view view;
    TRY(frame_number(f, inputs[d], &view, err));
    (*out)[d] = view.values;
  }
  return STATUS_OK;
}

static status open_values(frame *f, const program_variable *v, int64_t **values, frame_variable *out,
                          error *err) {
  *values = frame_array(f, f->padded, sizeof **values);
  if (*values == NULL) {
    return frame_no_memory(err);
  }
  for (size_t r = f->count; r < f->padded; r++) {
    (*values)[r] = number_missing(MISSING_BLANK);
  }
  out->number = (number_view){.values = *values, .decimals = v->decimals};
  return STATUS_OK;
}

status frame_make_score(frame *f, const program_variable *v, frame_variable *out, error *err) {
  const int64_t **inputs;
  int64_t *values;
  TRY(open_inputs(f, v->inputs, v->inputs_count, &inputs, err));
  TRY(open_values(f, v, &values, out, err));
  for (size_t r = 0; r < f->count; r++) {
    values[r] = score_of(v, inputs, r);
  }
  return STATUS_OK;
}

/* In units of the last decimal. */
static double distance_of(const program_variable *v, const int64_t *const *inputs, size_t row,
                          uint32_t cluster) {
  const double *centre = v->centres + (size_t)cluster * v->metric_count;
  double sum = 0;
  for (uint32_t d = 0; d < v->metric_count; d++) {
    const double difference = (double)inputs[d][row] - centre[d];
    sum += difference * difference * v->metric[d];
  }
  return rint(sqrt(sum) * (double)decimal_power10(v->decimals));
}

status frame_make_distance(frame *f, const program_variable *v, frame_variable *out, error *err) {
  const program_variable *cluster = &f->program->variables[v->inputs[0]];
  const int64_t **inputs;
  answers_view answers;
  int64_t *values;
  TRY(frame_answers(f, v->inputs[0], &answers, err));
  TRY(open_inputs(f, cluster->inputs, cluster->inputs_count, &inputs, err));
  TRY(open_values(f, v, &values, out, err));
  for (size_t r = 0; r < f->count; r++) {
    const int reason = answers_reason(&answers, (uint32_t)r);
    const uint32_t at = answers.wide != NULL ? answers.wide[r] : answers.slots[r];
    values[r] = reason != ANSWERED ? number_missing((missing_reason)reason)
                                   : number_or_invalid(distance_of(v, inputs, r, at));
  }
  return STATUS_OK;
}
