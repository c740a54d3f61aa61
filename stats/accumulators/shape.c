/* Checks and names that all kinds of accumulators share; see shape.h. */
#include "stats/accumulators/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *variable_name(const program *p, uint32_t variable) {
  const char *name = variable < p->variables_count ? p->variables[variable].name : NULL;
  return name != NULL ? name : "?";
}

static size_t append(char *out, size_t out_bytes, size_t at, const char *before, const char *text) {
  if (at < out_bytes) {
    int written = snprintf(out + at, out_bytes - at, "%s%s", before, text);
    at += written > 0 ? (size_t)written : 0;
  }
  return at;
}

void accumulator_title(const program *p, const program_accumulator *a, char *out, size_t out_bytes) {
  enum { NAMED = 4 };
  const accumulator_kind *kind = accumulator_find(a->kind);
  size_t at = append(out, out_bytes, 0, "", kind != NULL ? kind->name : "accumulator");
  for (uint32_t i = 0; i < a->variables_count && i < NAMED; i++) {
    at = append(out, out_bytes, at, i == 0 ? " of " : ", ", variable_name(p, a->variables[i]));
  }
  if (a->variables_count > NAMED) {
    at = append(out, out_bytes, at, ", ", "...");
  }
  for (uint32_t i = 0; i < a->by_count && i < PROGRAM_BY_MAX; i++) {
    at = append(out, out_bytes, at, i == 0 ? " by " : ", ", variable_name(p, a->by[i]));
  }
}

static status refuse(const program *p, const program_accumulator *a, const char *why, error *err) {
  char title[256];
  accumulator_title(p, a, title, sizeof title);
  return error_set(err, STATUS_USAGE, "%s: %s", title, why);
}

static bool accepts(const program *p, uint32_t variable, unsigned forms) {
  const program_variable *v = &p->variables[variable];
  static const unsigned form_bits[] = {[FORM_CODED] = SHAPE_CODED,
                                       [FORM_NUMBER] = SHAPE_NUMBER,
                                       [FORM_TEXT] = SHAPE_TEXT,
                                       [FORM_SET] = SHAPE_SET};
  unsigned have = form_bits[program_variable_form(v)];
  if (have == SHAPE_CODED && program_variable_is_numeric_coded(v)) {
    have |= SHAPE_NUMERIC_CODED;
  }
  return (have & forms) != 0;
}

static status check_variables(const program *p, const program_accumulator *a, const accumulator_shape *shape,
                              error *err) {
  if (a->variables_count < shape->variables_min || a->variables_count > shape->variables_max) {
    return refuse(p, a, "wrong number of variables", err);
  }
  for (uint32_t i = 0; i < a->variables_count; i++) {
    if (a->variables[i] >= p->variables_count) {
      return refuse(p, a, "a variable does not exist", err);
    }
    if (!accepts(p, a->variables[i], shape->forms)) {
      char title[256];
      accumulator_title(p, a, title, sizeof title);
      return error_set(err, STATUS_USAGE, "%s: variable \"%s\" is of a kind that cannot be used here", title,
                       variable_name(p, a->variables[i]));
    }
  }
  return STATUS_OK;
}

status accumulator_check_shape(const program *p, const program_accumulator *a, const accumulator_shape *shape,
                               error *err) {
  TRY(check_variables(p, a, shape, err));
  if (a->by_count > shape->by_max) {
    return refuse(p, a, "too many grouping variables", err);
  }
  for (uint32_t i = 0; i < a->by_count; i++) {
    if (a->by[i] >= p->variables_count) {
      return refuse(p, a, "a grouping variable does not exist", err);
    }
    if (!accepts(p, a->by[i], SHAPE_CODED)) {
      return refuse(p, a, "grouping variables must be scales, categories or bands", err);
    }
  }
  if (a->filter != PROGRAM_NONE && a->filter >= p->filters_count) {
    return refuse(p, a, "the filter does not exist", err);
  }
  if (a->weight != PROGRAM_NONE && (a->weight >= p->weights_count || !shape->takes_weight)) {
    return refuse(p, a, shape->takes_weight ? "the weight does not exist" : "no weight can be used here",
                  err);
  }
  if (a->params_count < shape->params_min || a->params_count > shape->params_max) {
    return refuse(p, a, "wrong number of parameters", err);
  }
  return STATUS_OK;
}

status accumulator_check_bytes(const program *p, const program_accumulator *a, uint64_t count, uint64_t each,
                               error *err) {
  uint64_t bytes;
  bool overflow = __builtin_mul_overflow(count, each, &bytes);
  if (!overflow && bytes <= ACCUMULATOR_BYTES_MAX) {
    return STATUS_OK;
  }
  char title[256];
  accumulator_title(p, a, title, sizeof title);
  return error_set(
      err, STATUS_LIMIT,
      "%s: %.1f MiB of partial figures, more than the %d MiB allowed; use fewer groups or keys (bands, "
      "recodes, a filter)",
      title, (double)count * (double)each / (1 << 20), ACCUMULATOR_BYTES_MAX >> 20);
}

status accumulator_allocate(const program *p, const program_accumulator *a, uint64_t count, uint64_t each,
                            void **out, error *err) {
  *out = NULL;
  TRY(accumulator_check_bytes(p, a, count, each, err));
  *out = calloc(count > 0 ? count : 1, each);
  return *out != NULL ? STATUS_OK : error_no_memory(err, "accumulator");
}

uint8_t accumulator_weight_decimals(const program *p, const program_accumulator *a) {
  return a->weight == PROGRAM_NONE ? 0 : p->variables[p->weights[a->weight].variable].decimals;
}

status accumulator_give(status st, void *made, void (*destroy)(void *state), void **state) {
  if (st != STATUS_OK) {
    destroy(made);
    return st;
  }
  *state = made;
  return STATUS_OK;
}

status accumulator_add_rows(int64_t *sum, int64_t n, error *err) {
  if (n > ACCUMULATOR_ROWS_MAX - *sum) {
    return error_set(err, STATUS_LIMIT, "more than %lld rows: the partial results cannot be of one dataset",
                     (long long)ACCUMULATOR_ROWS_MAX);
  }
  *sum += n;
  return STATUS_OK;
}

int64_t reader_rows(reader *r) {
  return (int64_t)reader_count(r, (uint64_t)ACCUMULATOR_ROWS_MAX);
}

/* W^2 / N <= W2 <= W^2, equal to the latter only for a single weight; no square is larger than the largest
 * weight's, nor smaller than its weight. */
static bool may_be_squares(int64_t n, i128 w, const exact *w2) {
  exact square = {0}, least = {0}, most = {0};
  exact_add_product(&square, w, w);
  exact_add_scaled(&least, w2, n);
  exact_add_product(&most, (i128)NUMBER_MAX * NUMBER_MAX, n);
  const exact sum = exact_from_i128(w);
  const int below = exact_compare(w2, &square);
  return exact_compare(w2, &sum) >= 0 && exact_compare(w2, &most) <= 0 &&
         exact_compare(&least, &square) >= 0 && (n > 1 ? below < 0 : below == 0);
}

void reader_weights(reader *r, int64_t n, i128 *w, exact *w2) {
  *w = reader_i128(r);
  if (*w < n || *w > (i128)n * NUMBER_MAX) {
    reader_fail(r, "a sum of weights is out of bounds");
    *w = 0;
  }
  if (w2 != NULL) {
    reader_exact(r, w2);
    if (!may_be_squares(n, *w, w2)) {
      reader_fail(r, "a sum of squared weights is out of bounds");
      *w2 = (exact){0};
    }
  }
}
