/* SCATTER: sums of squares of weighted residuals, for sandwich errors. */
#include "stats/accumulators/scatter.h"

#include <stdlib.h>

#include "stats/accumulators/points.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

enum { BLOCK_BITS = 9, BLOCK_ROWS = 1 << BLOCK_BITS }; /* sums of 128 bits are made of so many rows */

/* The parameters, in their parts; borrowed. */
typedef struct scatter_params {
  unsigned score_drop, weighted_drop;
  const int64_t *shifts, *coefficients;
} scatter_params;

static status read_params(const program_accumulator *a, scatter_params *out, error *err) {
  const uint32_t size = a->variables_count + 1;
  if (size >= 3 && size <= SCATTER_PREDICTORS_MAX + 2 &&
      a->params_count == SCATTER_PARAMS_BEFORE + 2 * size && a->params[0] >= 0 &&
      a->params[0] <= SCATTER_DROP_MAX && a->params[1] >= 0 && a->params[1] <= SCATTER_DROP_MAX) {
    *out = (scatter_params){.score_drop = (unsigned)a->params[0],
                            .weighted_drop = (unsigned)a->params[1],
                            .shifts = a->params + SCATTER_PARAMS_BEFORE,
                            .coefficients = a->params + SCATTER_PARAMS_BEFORE + size};
    if (row_score_is_valid(out->shifts, out->coefficients, size)) {
      return STATUS_OK;
    }
  }
  return error_set(err, STATUS_USAGE, "scatter: the parameters are not those of a regression");
}

static status scatter_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {
      .variables_min = 2,
      .variables_max = 1 + SCATTER_PREDICTORS_MAX,
      .forms = SHAPE_NUMERIC,
      .takes_weight = true,
      .params_min = SCATTER_PARAMS_BEFORE + 2 * 3,
      .params_max = SCATTER_PARAMS_BEFORE + 2 * (2 + SCATTER_PREDICTORS_MAX)};
  TRY(accumulator_check_shape(p, a, &shape, err));
  scatter_params params;
  *bytes_max = 0;
  return read_params(a, &params, err);
}

static void scatter_destroy(void *state) {
  scatter_state *s = state;
  if (s != NULL) {
    free(s->sums);
    free(s);
  }
}

static status scatter_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  (void)p;
  scatter_state *s = calloc(1, sizeof *s);
  if (s == NULL) {
    return error_no_memory(err, "scatter");
  }
  s->predictors_count = a->variables_count - 1;
  s->sums = calloc(row_cells(a->variables_count), sizeof *s->sums);
  return accumulator_give(s->sums != NULL ? STATUS_OK : error_no_memory(err, "scatter"), s, scatter_destroy,
                          state);
}

/* ---- Rows ----------------------------------------------------------------------------------------- */

typedef struct scatter_rows {
  points *p;
  scatter_state *s;
  uint32_t size; /* of the sums: 1 + predictors */
  row_score score;
  unsigned weighted_drop;
  int64_t *x; /* of the row at hand: 1, predictors, outcome */
  int64_t wide_end;
  i128 *wide;
  uint32_t wide_rows;
} scatter_rows;

/* Rows whose |Z| is below this may be added in 128 bits. */
static int64_t end_of_wide(const int64_t *magnitudes, uint32_t size) {
  unsigned x = 1;
  for (uint32_t d = 1; d < size; d++) {
    const unsigned bits = magnitudes[d] == 0 ? 0 : 64 - (unsigned)__builtin_clzll((uint64_t)magnitudes[d]);
    x = bits > x ? bits : x;
  }
  return (int64_t)1 << (2 * x + BLOCK_BITS < 125 ? (125 - BLOCK_BITS - 2 * x) / 2 : 0);
}

static int64_t weighted_score(const scatter_rows *m, int64_t weight) {
  const i128 product = (i128)row_score_at(&m->score, m->x) * weight;
  const unsigned drop = m->weighted_drop;
  const i128 rounded = drop == 0 ? product : ((product >> (drop - 1)) + 1) >> 1;
  return rounded > SCATTER_SCORE_MAX    ? SCATTER_SCORE_MAX
         : rounded < -SCATTER_SCORE_MAX ? -SCATTER_SCORE_MAX
                                        : (int64_t)rounded;
}

static void flush(scatter_rows *m) {
  for (uint32_t i = 0; i < row_cells(m->size); i++) {
    exact_add_i128(&m->s->sums[i], m->wide[i]);
    m->wide[i] = 0;
  }
  m->wide_rows = 0;
}

static void add_row(scatter_rows *m, int64_t z) {
  const i128 square = (i128)z * z;
  m->s->n++;
  if (z < m->wide_end && z > -m->wide_end) {
    row_add_squares(m->wide, square, m->x, m->size);
    if (++m->wide_rows == BLOCK_ROWS) {
      flush(m);
    }
    return;
  }
  for (uint32_t d = 0, at = 0; d < m->size; d++) {
    for (uint32_t k = 0; k <= d; k++) {
      row_add_exact(&m->s->sums[at++], square, m->x[d], m->x[k]);
    }
  }
}

static void add_rows(scatter_rows *m, const scatter_params *params) {
  points *p = m->p;
  for (uint32_t d = 0; d <= m->size; d++) {
    m->x[d] = d == 0 ? 1 : p->columns[d - 1].magnitude;
  }
  m->score = row_score_of(params->shifts, params->coefficients, m->size + 1, params->score_drop,
                          SCATTER_SCORE_MAX, m->x);
  m->wide_end = end_of_wide(m->x, m->size);
  while (points_next(p)) {
    for (uint32_t r = 0; r < p->rows; r++) {
      if (p->used[r] != 0) {
        for (uint32_t d = 1; d <= m->size; d++) {
          m->x[d] = points_value(p, d - 1, r);
        }
        add_row(m, weighted_score(m, points_weight(p, r)));
      }
    }
  }
  flush(m);
}

static status map_rows(points *p, const scatter_params *params, scatter_state *s, error *err) {
  scatter_rows m = {.p = p, .s = s, .size = 1 + s->predictors_count, .weighted_drop = params->weighted_drop};
  m.x = calloc((size_t)m.size + 1, sizeof *m.x);
  m.wide = calloc(row_cells(m.size), sizeof *m.wide);
  const bool made = m.x != NULL && m.wide != NULL;
  if (made) {
    add_rows(&m, params);
  }
  free(m.x);
  free(m.wide);
  return made ? STATUS_OK : error_no_memory(err, "scatter");
}

static status scatter_map(frame *f, const program_accumulator *a, void **state, error *err) {
  void *made;
  scatter_params params;
  points p = {0};
  TRY(read_params(a, &params, err));
  TRY(scatter_empty(frame_program(f), a, &made, err));
  status st = points_init(f, a, &p, err);
  if (st == STATUS_OK) {
    st = map_rows(&p, &params, made, err);
  }
  points_fini(&p);
  return accumulator_give(st, made, scatter_destroy, state);
}

/* ---- Merge, and bytes ----------------------------------------------------------------------------- */

static status scatter_merge(void *into_state, const void *from_state, error *err) {
  scatter_state *into = into_state;
  const scatter_state *from = from_state;
  TRY(accumulator_add_rows(&into->n, from->n, err));
  for (uint32_t i = 0; i < row_cells(1 + into->predictors_count); i++) {
    exact_add(&into->sums[i], &from->sums[i]);
  }
  return STATUS_OK;
}

static void scatter_encode(const void *state, buf *out) {
  const scatter_state *s = state;
  buf_put_varint(out, (uint64_t)s->n);
  for (uint32_t i = 0; s->n > 0 && i < row_cells(1 + s->predictors_count); i++) {
    buf_put_exact(out, &s->sums[i]);
  }
}

static status read_state(scatter_state *s, reader *r, error *err) {
  s->n = reader_rows(r);
  for (uint32_t d = 0, at = 0; s->n > 0 && d < 1 + s->predictors_count; d++) {
    for (uint32_t k = 0; k <= d; k++, at++) {
      reader_exact(r, &s->sums[at]);
      if (k == d && exact_sign(&s->sums[at]) < 0) {
        reader_fail(r, "a sum of squares below zero");
      }
    }
  }
  return reader_status(r, "scatter", err);
}

static status scatter_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                             error *err) {
  void *made;
  TRY(scatter_empty(p, a, &made, err));
  return accumulator_give(read_state(made, r, err), made, scatter_destroy, state);
}

const accumulator_kind accumulator_scatter = {
    .id = ACCUMULATOR_SCATTER,
    .name = "scatter",
    .summary = "sums of squares of weighted residuals of a linear regression at given coefficients",
    .version = 1,
    .check = scatter_check,
    .empty = scatter_empty,
    .map = scatter_map,
    .merge = scatter_merge,
    .encode = scatter_encode,
    .decode = scatter_decode,
    .destroy = scatter_destroy,
};
