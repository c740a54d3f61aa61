/* LOGISTIC: log likelihood, gradient and information of a logistic regression at given coefficients, and how
 * its predicted values stand to the outcome.
 *
 * Source of the sums: McCullagh & Nelder 1989, Generalized Linear Models, 2nd edition, 4.4.1; of the scatter,
 * from which sandwich errors come: Binder 1983 (Int. Stat. Rev. 51:279-292). */
#include "stats/accumulators/logistic.h"

#include <stdlib.h>

#include "stats/accumulators/logistic_sums.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/row_score.h"
#include "stats/accumulators/shape.h"

enum { PARAMS_BEFORE = 3 };

static status refuse_params(error *err) {
  return error_set(err, STATUS_USAGE, "logistic: the parameters are not those of a model");
}

static bool read_params(const program_accumulator *a, logistic_params *out) {
  const uint32_t size = a->variables_count; /* the constant stands for the outcome */
  if (size < 2 || size > 1 + LOGISTIC_PREDICTORS_MAX || a->params_count != PARAMS_BEFORE + 2 * size ||
      a->params[0] < 0 || a->params[0] > 1 || a->params[1] < LOGISTIC_SCORE_BITS ||
      a->params[1] > LOGISTIC_UNITS_MAX || a->params[2] < -LOGISTIC_SCORE_MAX ||
      a->params[2] > LOGISTIC_SCORE_MAX) {
    return false;
  }
  *out = (logistic_params){.detailed = a->params[0] == 1,
                           .units = (unsigned)a->params[1],
                           .cut = a->params[2],
                           .shifts = a->params + PARAMS_BEFORE,
                           .coefficients = a->params + PARAMS_BEFORE + size};
  return row_score_is_valid(out->shifts, out->coefficients, size);
}

static status logistic_check(const program *p, const program_accumulator *a, uint64_t *bytes_max,
                             error *err) {
  static const accumulator_shape shape = {.variables_min = 2,
                                          .variables_max = 1 + LOGISTIC_PREDICTORS_MAX,
                                          .forms = SHAPE_NUMERIC,
                                          .takes_weight = true,
                                          .params_min = PARAMS_BEFORE + 2 * 2,
                                          .params_max = PARAMS_BEFORE + 2 * (1 + LOGISTIC_PREDICTORS_MAX)};
  TRY(accumulator_check_shape(p, a, &shape, err));
  logistic_params params;
  if (!read_params(a, &params)) {
    return refuse_params(err);
  }
  *bytes_max = 0;
  return STATUS_OK;
}

static void logistic_destroy(void *state) {
  logistic_state *s = state;
  if (s != NULL) {
    free(s->gradient);
    free(s->information);
    free(s->scatter);
    free(s->predicted);
    free(s);
  }
}

static status logistic_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  logistic_params params;
  if (!read_params(a, &params)) {
    return refuse_params(err);
  }
  const uint32_t size = a->variables_count;
  logistic_state *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, "logistic");
  }
  s->predictors_count = size - 1;
  s->weighted = a->weight != PROGRAM_NONE;
  s->detailed = params.detailed;
  s->weight_decimals = accumulator_weight_decimals(p, a);
  s->gradient = calloc(size, sizeof *s->gradient);
  s->information = calloc(row_cells(size), sizeof *s->information);
  const bool scatters = s->weighted && s->detailed && p->weights[a->weight].kind == WEIGHT_SAMPLING;
  s->scatter = scatters ? calloc(row_cells(size), sizeof *s->scatter) : NULL;
  const bool made = s->gradient != NULL && s->information != NULL && (s->scatter != NULL || !scatters);
  const status st = made ? STATUS_OK : error_no_memory(err, "logistic");
  return accumulator_give(st, s, logistic_destroy, state);
}

static status map_rows(points *p, const logistic_params *params, logistic_state *s, error *err) {
  predicted_row *rows = s->detailed ? malloc(((size_t)p->rows_count + 1) * sizeof *rows) : NULL;
  if (s->detailed && rows == NULL) {
    return error_no_memory(err, "logistic");
  }
  uint32_t count = 0;
  status st = logistic_add_rows(p, params, s, rows, &count, err);
  if (st == STATUS_OK && s->detailed) {
    st = predicted_from_rows(s, rows, count, err);
  }
  free(rows);
  return st;
}

static status logistic_map(frame *f, const program_accumulator *a, void **state, error *err) {
  void *made;
  TRY(logistic_empty(frame_program(f), a, &made, err));
  logistic_params params;
  points p = {0};
  status st = read_params(a, &params) ? points_init(f, a, &p, err) : refuse_params(err);
  if (st == STATUS_OK) {
    st = map_rows(&p, &params, made, err);
  }
  points_fini(&p);
  return accumulator_give(st, made, logistic_destroy, state);
}

/* ---- Merge ---------------------------------------------------------------------------------------- */

static status logistic_merge(void *into_state, const void *from_state, error *err) {
  logistic_state *into = into_state;
  const logistic_state *from = from_state;
  const uint32_t size = 1 + into->predictors_count;
  TRY(accumulator_add_rows(&into->n, from->n, err));
  into->events += from->events;
  into->w += from->w;
  into->w_events += from->w_events;
  exact_add(&into->w2, &from->w2);
  exact_add(&into->log_likelihood, &from->log_likelihood);
  for (uint32_t d = 0; d < size; d++) {
    exact_add(&into->gradient[d], &from->gradient[d]);
  }
  for (uint32_t i = 0; i < row_cells(size); i++) {
    exact_add(&into->information[i], &from->information[i]);
    if (into->scatter != NULL) {
      exact_add(&into->scatter[i], &from->scatter[i]);
    }
  }
  for (int y = 0; y < 2; y++) {
    into->right_n[y] += from->right_n[y];
    into->right_w[y] += from->right_w[y];
  }
  return into->detailed ? predicted_merge(into, from, err) : STATUS_OK;
}

/* ---- Bytes ---------------------------------------------------------------------------------------- */

static void logistic_encode(const void *state, buf *out) {
  const logistic_state *s = state;
  const uint32_t size = 1 + s->predictors_count;
  buf_put_varint(out, (uint64_t)s->n);
  if (s->n == 0) {
    return;
  }
  buf_put_varint(out, (uint64_t)s->events);
  if (s->weighted) {
    buf_put_i128(out, s->w);
    buf_put_exact(out, &s->w2);
    buf_put_i128(out, s->w_events);
  }
  buf_put_exact(out, &s->log_likelihood);
  for (uint32_t d = 0; d < size; d++) {
    buf_put_exact(out, &s->gradient[d]);
  }
  for (uint32_t i = 0; i < row_cells(size); i++) {
    buf_put_exact(out, &s->information[i]);
  }
  for (uint32_t i = 0; s->scatter != NULL && i < row_cells(size); i++) {
    buf_put_exact(out, &s->scatter[i]);
  }
  if (!s->detailed) {
    return;
  }
  for (int y = 0; y < 2; y++) {
    buf_put_varint(out, (uint64_t)s->right_n[y]);
    if (s->weighted) {
      buf_put_i128(out, s->right_w[y]);
    }
  }
  predicted_encode(s, out);
}

/* Refuses counts that contradict each other, so that analyses may subtract and divide. */
static void read_counts(logistic_state *s, reader *r) {
  s->events = reader_rows(r);
  if (s->events > s->n) {
    reader_fail(r, "more events than rows");
  }
  if (s->weighted) {
    reader_weights(r, s->n, &s->w, &s->w2);
    s->w_events = reader_i128(r);
    if (s->w_events < s->events || s->w - s->w_events < s->n - s->events) {
      reader_fail(r, "events have no such weight");
    }
  }
}

static void read_right(logistic_state *s, reader *r) {
  for (int y = 0; y < 2; y++) {
    const int64_t rows = y == 1 ? s->events : s->n - s->events;
    const i128 weight = y == 1 ? s->w_events : s->w - s->w_events;
    s->right_n[y] = reader_rows(r);
    s->right_w[y] = s->weighted ? reader_i128(r) : 0;
    if (s->right_n[y] > rows || s->right_w[y] < 0 || s->right_w[y] > weight) {
      reader_fail(r, "more rows are predicted right than there are");
    }
  }
}

/* The list must be one of the rows that are counted. */
static void check_predicted(const logistic_state *s, reader *r) {
  int64_t n[2] = {0};
  i128 w[2] = {0};
  for (uint32_t i = 0; i < s->predicted_count; i++) {
    for (int y = 0; y < 2; y++) {
      n[y] += s->predicted[i].n[y];
      w[y] += s->predicted[i].w[y];
    }
  }
  if (n[1] != s->events || n[0] != s->n - s->events || w[1] != s->w_events || w[0] != s->w - s->w_events) {
    reader_fail(r, "predicted values of other rows");
  }
}

static status read_state(logistic_state *s, reader *r, error *err) {
  const uint32_t size = 1 + s->predictors_count;
  s->n = reader_rows(r);
  if (s->n == 0) {
    return reader_status(r, "logistic", err);
  }
  read_counts(s, r);
  reader_exact(r, &s->log_likelihood);
  for (uint32_t d = 0; d < size; d++) {
    reader_exact(r, &s->gradient[d]);
  }
  for (uint32_t i = 0; i < row_cells(size); i++) {
    reader_exact(r, &s->information[i]);
  }
  for (uint32_t i = 0; s->scatter != NULL && i < row_cells(size); i++) {
    reader_exact(r, &s->scatter[i]);
  }
  if (s->detailed) {
    read_right(s, r);
    TRY(predicted_decode(r, s, err));
    check_predicted(s, r);
  }
  return reader_status(r, "logistic", err);
}

static status logistic_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                              error *err) {
  void *made;
  TRY(logistic_empty(p, a, &made, err));
  return accumulator_give(read_state(made, r, err), made, logistic_destroy, state);
}

const accumulator_kind accumulator_logistic = {
    .id = ACCUMULATOR_LOGISTIC,
    .name = "logistic",
    .summary = "likelihood, gradient and information of a logistic regression at given coefficients",
    .version = 1,
    .check = logistic_check,
    .empty = logistic_empty,
    .map = logistic_map,
    .merge = logistic_merge,
    .encode = logistic_encode,
    .decode = logistic_decode,
    .destroy = logistic_destroy,
};
