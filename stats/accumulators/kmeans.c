/* KMEANS: sizes and sums of the rows nearest to each centre, for several models in one pass; on demand the
 * rows farthest from their centres, from which empty clusters start again.
 *
 * Which rows are farthest is decided by doubles that are computed in one fixed order of operations from
 * the row and the parameters alone: the same on every machine, whatever its vectors. */
#include "stats/accumulators/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/kmeans_sums.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

/* ---- Parameters ---------------------------------------------------------------------------------- */

/* One model's part of the parameters. */
typedef struct model_params {
  uint32_t clusters;
  bool farthest;
  const int64_t *shifts, *coefficients;
  const int64_t *centres, *scales; /* farthest: bits of doubles */
} model_params;

/* Moves *AT past the next model.  False when the parameters end too early or make no sense. */
static bool next_model(const program_accumulator *a, uint32_t *at, model_params *m) {
  if (a->params_count - *at < 2) {
    return false;
  }
  const int64_t clusters = a->params[*at], farthest = a->params[*at + 1];
  if (clusters < 1 || clusters > CLUSTERS_MAX || farthest < 0 || farthest > 1) {
    return false;
  }
  uint64_t k = (uint64_t)clusters, p = a->variables_count;
  uint64_t length = 2 + (k + 1) * (1 + p) + (farthest ? k * p + p : 0);
  if (length > a->params_count - *at) {
    return false;
  }
  *m = (model_params){.clusters = (uint32_t)k, .farthest = farthest == 1, .shifts = a->params + *at + 2};
  m->coefficients = m->shifts + 1 + p;
  if (!points_shifts_are_valid(m->shifts, 1 + p)) {
    return false;
  }
  if (m->farthest) {
    m->centres = m->coefficients + k * (1 + p);
    m->scales = m->centres + k * p;
  }
  *at += (uint32_t)length;
  return true;
}

static status refuse_params(error *err) {
  return error_set(err, STATUS_USAGE, "kmeans: the parameters are not a list of models");
}

static status kmeans_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = CLUSTER_ITEMS_MAX,
                                          .forms = SHAPE_NUMERIC,
                                          .takes_weight = true,
                                          .params_min = 1,
                                          .params_max = PROGRAM_PARAMS_MAX};
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->params[0] < 1 || a->params[0] > CLUSTER_MODELS_MAX) {
    return refuse_params(err);
  }
  uint32_t at = 1;
  uint64_t bytes = 0;
  for (int64_t k = 0; k < a->params[0]; k++) {
    model_params m;
    if (!next_model(a, &at, &m)) {
      return refuse_params(err);
    }
    for (size_t i = 0; m.farthest && i < (size_t)(m.clusters + 1) * a->variables_count; i++) {
      if (!isfinite(double_of_bits(m.centres[i]))) {
        return refuse_params(err);
      }
    }
    bytes += (uint64_t)m.clusters * (10 + 17 + a->variables_count * UINT64_C(2) * (1 + 8 * EXACT_LIMBS) +
                                     (m.farthest ? 8 + 10 + a->variables_count * UINT64_C(10) : 0));
  }
  if (at != a->params_count) {
    return refuse_params(err);
  }
  TRY(accumulator_check_bytes(p, a, bytes, 1, err));
  *bytes_max = bytes;
  return STATUS_OK;
}

/* ---- States -------------------------------------------------------------------------------------- */

static void kmeans_destroy(void *state) {
  kmeans_state *s = state;
  if (s != NULL) {
    for (uint32_t k = 0; s->models != NULL && k < s->models_count; k++) {
      kmeans_model *m = &s->models[k];
      free(m->n);
      free(m->w);
      free(m->x);
      free(m->xx);
      free(m->far);
      free(m->far_values);
    }
    free(s->models);
    free(s);
  }
}

static status model_new(const model_params *params, size_t width, kmeans_model *m, error *err) {
  const size_t k = params->clusters, rows = params->farthest ? k : 0;
  *m = (kmeans_model){.clusters = params->clusters, .farthest = params->farthest};
  m->n = calloc(k, sizeof *m->n);
  m->w = calloc(k, sizeof *m->w);
  m->x = calloc(k * width, sizeof *m->x);
  m->xx = calloc(k * width, sizeof *m->xx);
  m->far = calloc(rows + 1, sizeof *m->far);
  m->far_values = calloc((rows + 1) * width, sizeof *m->far_values);
  bool all = m->n != NULL && m->w != NULL && m->x != NULL && m->xx != NULL && m->far != NULL &&
             m->far_values != NULL;
  return all ? STATUS_OK : error_no_memory(err, "kmeans");
}

static status kmeans_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  kmeans_state *s = calloc(1, sizeof *s);
  kmeans_model *models = calloc((size_t)a->params[0], sizeof *models);
  if (s == NULL || models == NULL) {
    free(s);
    free(models);
    return error_no_memory(err, "kmeans");
  }
  *s = (kmeans_state){.variables_count = a->variables_count,
                      .weighted = a->weight != PROGRAM_NONE,
                      .models_count = (uint32_t)a->params[0],
                      .models = models};
  s->weight_decimals = accumulator_weight_decimals(p, a);
  uint32_t at = 1;
  status st = STATUS_OK;
  for (uint32_t k = 0; st == STATUS_OK && k < s->models_count; k++) {
    model_params m;
    st = next_model(a, &at, &m) ? model_new(&m, a->variables_count, &models[k], err) : refuse_params(err);
  }
  return accumulator_give(st, s, kmeans_destroy, state);
}

/* ---- Farthest rows ------------------------------------------------------------------------------- */

static bool is_farther(const far_row *a, const far_row *b) {
  return a->distance != b->distance ? a->distance > b->distance : a->ordinal < b->ordinal;
}

/* Puts the row among the farthest of M if it belongs there. */
static void keep_far(kmeans_model *m, size_t width, far_row row, const int64_t *values) {
  if (m->far_count == m->clusters) {
    if (!is_farther(&row, &m->far[m->far_count - 1])) {
      return;
    }
    m->far_count--;
  }
  uint32_t at = m->far_count++;
  for (; at > 0 && is_farther(&row, &m->far[at - 1]); at--) {
    m->far[at] = m->far[at - 1];
    memcpy(m->far_values + at * width, m->far_values + (at - 1) * width, width * sizeof *values);
  }
  m->far[at] = row;
  memcpy(m->far_values + at * width, values, width * sizeof *values);
}

/* VALUES is room for one row. */
static void look_far(const points *p, const model_params *params, const uint8_t *own, int64_t *values,
                     kmeans_model *m) {
  const size_t width = p->variables_count;
  for (uint32_t r = 0; r < p->rows; r++) {
    if (own[r] == POINTS_UNUSED) {
      continue;
    }
    far_row row = {0, stats_rows_ordinal(p->source, p->from + r)};
    for (uint32_t d = 0; d < width; d++) {
      values[d] = points_value(p, d, r);
      double off = (double)values[d] - double_of_bits(params->centres[own[r] * width + d]);
      row.distance += off * off * double_of_bits(params->scales[d]);
    }
    if (isfinite(row.distance)) {
      keep_far(m, width, row, values);
    }
  }
}

/* ---- Map ----------------------------------------------------------------------------------------- */

typedef struct mapped_model {
  model_params params;
  point_model centres;
  cluster_sums sums;
} mapped_model;

static status open_models(const program_accumulator *a, const points *p, mapped_model *models, error *err) {
  uint32_t at = 1;
  for (int64_t k = 0; k < a->params[0]; k++) {
    mapped_model *m = &models[k];
    if (!next_model(a, &at, &m->params)) {
      return refuse_params(err);
    }
    TRY(point_model_init(p, m->params.clusters, m->params.shifts, m->params.coefficients, &m->centres, err));
    TRY(cluster_sums_init(p, m->params.clusters, &m->sums, err));
  }
  return STATUS_OK;
}

static status map_blocks(const program_accumulator *a, points *p, mapped_model *models, kmeans_state *s,
                         error *err) {
  uint8_t *own = aligned_alloc(64, POINTS_BLOCK_ROWS);
  int64_t *values = malloc(a->variables_count * sizeof *values);
  status st = own != NULL && values != NULL ? open_models(a, p, models, err) : error_no_memory(err, "kmeans");
  while (st == STATUS_OK && points_next(p)) {
    for (uint32_t k = 0; k < s->models_count; k++) {
      points_assign(p, &models[k].centres, own);
      cluster_sums_add(&models[k].sums, p, own);
      if (models[k].params.farthest) {
        look_far(p, &models[k].params, own, values, &s->models[k]);
      }
    }
  }
  for (uint32_t k = 0; st == STATUS_OK && k < s->models_count; k++) {
    cluster_sums_flush(&models[k].sums, p, &s->models[k]);
  }
  free(own);
  free(values);
  return st;
}

static status kmeans_map(frame *f, const program_accumulator *a, void **state, error *err) {
  void *made;
  TRY(kmeans_empty(frame_program(f), a, &made, err));
  kmeans_state *s = made;
  points p = {0};
  mapped_model *models = calloc(s->models_count, sizeof *models);
  status st = models != NULL ? points_init(f, a, &p, err) : error_no_memory(err, "kmeans");
  if (st == STATUS_OK) {
    st = map_blocks(a, &p, models, s, err);
  }
  for (uint32_t k = 0; models != NULL && k < s->models_count; k++) {
    point_model_fini(&models[k].centres);
    cluster_sums_fini(&models[k].sums);
  }
  free(models);
  points_fini(&p);
  return accumulator_give(st, s, kmeans_destroy, state);
}

/* ---- Merge and bytes ----------------------------------------------------------------------------- */

static status kmeans_merge(void *into_state, const void *from_state, error *err) {
  (void)err;
  kmeans_state *into = into_state;
  const kmeans_state *from = from_state;
  const size_t width = into->variables_count;
  for (uint32_t k = 0; k < into->models_count; k++) {
    kmeans_model *m = &into->models[k];
    const kmeans_model *other = &from->models[k];
    for (uint32_t j = 0; j < m->clusters; j++) {
      m->n[j] += other->n[j];
      m->w[j] += other->w[j];
    }
    for (size_t i = 0; i < m->clusters * width; i++) {
      exact_add(&m->x[i], &other->x[i]);
      exact_add(&m->xx[i], &other->xx[i]);
    }
    for (uint32_t i = 0; i < other->far_count; i++) {
      keep_far(m, width, other->far[i], other->far_values + i * width);
    }
  }
  return STATUS_OK;
}

static void kmeans_encode(const void *state, buf *out) {
  const kmeans_state *s = state;
  const size_t width = s->variables_count;
  for (uint32_t k = 0; k < s->models_count; k++) {
    const kmeans_model *m = &s->models[k];
    for (uint32_t j = 0; j < m->clusters; j++) {
      buf_put_varint(out, (uint64_t)m->n[j]);
      if (s->weighted) {
        buf_put_i128(out, m->w[j]);
      }
      for (size_t d = 0; d < width && m->n[j] > 0; d++) {
        buf_put_exact(out, &m->x[j * width + d]);
        buf_put_exact(out, &m->xx[j * width + d]);
      }
    }
    if (m->farthest) {
      buf_put_varint(out, m->far_count);
    }
    for (uint32_t i = 0; i < m->far_count; i++) {
      buf_put_u64(out, (uint64_t)bits_of_double(m->far[i].distance));
      buf_put_varint(out, m->far[i].ordinal);
      for (size_t d = 0; d < width; d++) {
        buf_put_signed(out, m->far_values[i * width + d]);
      }
    }
  }
}

static void read_clusters(reader *r, bool weighted, size_t width, kmeans_model *m) {
  for (uint32_t j = 0; j < m->clusters && r->problem == NULL; j++) {
    m->n[j] = (int64_t)reader_count(r, INT64_MAX);
    m->w[j] = weighted ? reader_i128(r) : 0;
    for (size_t d = 0; d < width && m->n[j] > 0; d++) {
      reader_exact(r, &m->x[j * width + d]);
      reader_exact(r, &m->xx[j * width + d]);
      if (exact_sign(&m->xx[j * width + d]) < 0) {
        reader_fail(r, "a sum of squares is negative");
      }
    }
    if (m->w[j] < 0 || (m->n[j] == 0 && m->w[j] != 0)) {
      reader_fail(r, "a cluster has a weight that its rows do not give");
    }
  }
}

static void read_far(reader *r, size_t width, kmeans_model *m) {
  m->far_count = (uint32_t)reader_count(r, m->clusters);
  for (uint32_t i = 0; i < m->far_count && r->problem == NULL; i++) {
    far_row *row = &m->far[i];
    row->distance = double_of_bits((int64_t)reader_u64(r));
    row->ordinal = reader_varint(r);
    for (size_t d = 0; d < width; d++) {
      m->far_values[i * width + d] = reader_signed(r);
    }
    if (!isfinite(row->distance) || signbit(row->distance) || (i > 0 && !is_farther(row - 1, row))) {
      reader_fail(r, "the farthest rows are not in order");
    }
  }
}

static status kmeans_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                            error *err) {
  void *made;
  TRY(kmeans_empty(p, a, &made, err));
  kmeans_state *s = made;
  for (uint32_t k = 0; k < s->models_count && r->problem == NULL; k++) {
    read_clusters(r, s->weighted, s->variables_count, &s->models[k]);
    if (s->models[k].farthest) {
      read_far(r, s->variables_count, &s->models[k]);
    }
  }
  status st = reader_status(r, "kmeans", err);
  return accumulator_give(st, s, kmeans_destroy, state);
}

const accumulator_kind accumulator_kmeans = {
    .id = ACCUMULATOR_KMEANS,
    .name = "kmeans",
    .summary = "sizes and sums of the rows nearest to each of several centres",
    .version = 3,
    .check = kmeans_check,
    .empty = kmeans_empty,
    .map = kmeans_map,
    .merge = kmeans_merge,
    .encode = kmeans_encode,
    .decode = kmeans_decode,
    .destroy = kmeans_destroy,
};
