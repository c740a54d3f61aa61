/* SILHOUETTE: sums of simplified silhouettes on squared distances, for several models in one pass.
 *
 * A row's figure is computed in doubles by one fixed order of operations from the row and the parameters
 * alone, and becomes a whole number of 2^-40 before anything is added.  Source: Rousseeuw 1987 (J. Comput.
 * Appl. Math. 20:53-65), with squared Euclidean distances as R's silhouette(cl, dist(x)^2). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/points.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"
#include "stats/kernels/kernels.h"

/* One model's part of the parameters: shifts and coefficients, then bits of doubles. */
typedef struct model_params {
  uint32_t clusters;
  const int64_t *shifts, *coefficients;
  const int64_t *scales; /* p */
  const int64_t *places; /* per cluster: centre (p), V, W */
} model_params;

static bool next_model(const program_accumulator *a, uint32_t *at, model_params *m) {
  if (a->params_count - *at < 1 || a->params[*at] < 1 || a->params[*at] > CLUSTERS_MAX) {
    return false;
  }
  uint64_t k = (uint64_t)a->params[*at], p = a->variables_count;
  uint64_t length = 1 + (k + 1) * (1 + p) + p + k * (p + 2);
  if (length > a->params_count - *at) {
    return false;
  }
  *m = (model_params){.clusters = (uint32_t)k, .shifts = a->params + *at + 1};
  m->coefficients = m->shifts + 1 + p;
  m->scales = m->coefficients + k * (1 + p);
  m->places = m->scales + p;
  if (!points_shifts_are_valid(m->shifts, 1 + p)) {
    return false;
  }
  for (uint64_t i = 0; i < p + k * (p + 2); i++) {
    if (!isfinite(double_of_bits(m->scales[i]))) {
      return false;
    }
  }
  *at += (uint32_t)length;
  return true;
}

static status refuse_params(error *err) {
  return error_set(err, STATUS_USAGE, "silhouette: the parameters are not a list of models");
}

static status silhouette_check(const program *p, const program_accumulator *a, uint64_t *bytes_max,
                               error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = CLUSTER_ITEMS_MAX,
                                          .forms = SHAPE_NUMERIC,
                                          .takes_weight = true,
                                          .params_min = 2,
                                          .params_max = PROGRAM_PARAMS_MAX};
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->params[0] < 0 || a->params[1] < 1 || a->params[1] > CLUSTER_MODELS_MAX) {
    return refuse_params(err);
  }
  uint32_t at = 2;
  uint64_t clusters = 0;
  for (int64_t k = 0; k < a->params[1]; k++) {
    model_params m;
    if (!next_model(a, &at, &m)) {
      return refuse_params(err);
    }
    clusters += m.clusters;
  }
  if (at != a->params_count) {
    return refuse_params(err);
  }
  *bytes_max = clusters * (10 + 17 + 1 + 8 * EXACT_LIMBS);
  return STATUS_OK;
}

static void silhouette_destroy(void *state) {
  silhouette_state *s = state;
  if (s != NULL) {
    for (uint32_t k = 0; s->models != NULL && k < s->models_count; k++) {
      free(s->models[k].at);
    }
    free(s->models);
    free(s);
  }
}

static status silhouette_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  (void)p;
  silhouette_state *s = calloc(1, sizeof *s);
  silhouette_model *models = calloc((size_t)a->params[1], sizeof *models);
  if (s == NULL || models == NULL) {
    free(s);
    free(models);
    return error_no_memory(err, "silhouette");
  }
  *s = (silhouette_state){.models_count = (uint32_t)a->params[1], .models = models};
  uint32_t at = 2;
  for (uint32_t k = 0; k < s->models_count; k++) {
    model_params m;
    bool read = next_model(a, &at, &m);
    models[k].clusters = read ? m.clusters : 0;
    models[k].at = calloc((size_t)models[k].clusters + 1, sizeof *models[k].at);
    if (!read || models[k].at == NULL) {
      silhouette_destroy(s);
      return read ? error_no_memory(err, "silhouette") : refuse_params(err);
    }
  }
  *state = s;
  return STATUS_OK;
}

/* ---- Map ----------------------------------------------------------------------------------------- */

typedef struct mapped_model {
  model_params params;
  point_model centres;
} mapped_model;

/* Rows whose distances are computed side by side. */
enum { STEP = DISTANCE_ROWS };

static inline double place_v(const model_params *m, size_t width, uint32_t j) {
  return double_of_bits(m->places[j * (width + 2) + width]);
}
static inline double place_w(const model_params *m, size_t width, uint32_t j) {
  return double_of_bits(m->places[j * (width + 2) + width + 1]);
}

/* out[j * STEP + r]: D_j of row FROM + r of the block. */
static void mean_distances(const points *p, const model_params *m, uint32_t from, uint32_t rows,
                           double *out) {
  const size_t width = p->variables_count;
  memset(out, 0, (size_t)m->clusters * STEP * sizeof *out);
  for (uint32_t d = 0; d < width; d++) {
    const double scale = double_of_bits(m->scales[d]);
    double x[STEP] = {0};
    for (uint32_t r = 0; p->narrow && r < rows; r++) {
      x[r] = (double)(p->columns[d].keys.low + p->bytes[d][from + r]);
    }
    for (uint32_t r = 0; !p->narrow && r < rows; r++) {
      x[r] = (double)p->columns[d].values[p->from + from + r];
    }
    for (uint32_t j = 0; j < m->clusters; j++) {
      const double centre = double_of_bits(m->places[j * (width + 2) + d]);
      stats_kernels_current()->add_distances(x, centre, scale, out + (size_t)j * STEP);
    }
  }
  for (uint32_t j = 0; j < m->clusters; j++) {
    for (uint32_t r = 0; r < STEP; r++) {
      out[(size_t)j * STEP + r] += place_v(m, width, j);
    }
  }
}

/* What the row itself adds to its cluster, and whether it is its share of the cluster that counts: of two
 * whole numbers the share is the same whatever their unit. */
typedef struct own_part {
  double weight;
  bool as_share;
} own_part;

/* distances[j * STEP]: D_j. */
static double silhouette_of(const model_params *m, size_t width, uint32_t own, const double *distances,
                            own_part part) {
  const double total = place_w(m, width, own);
  if (total - part.weight <= 0) {
    return 0;
  }
  const double a = part.as_share ? distances[(size_t)own * STEP] / (1 - part.weight / total)
                                 : distances[(size_t)own * STEP] * total / (total - part.weight);
  double b = HUGE_VAL;
  for (uint32_t j = 0; j < m->clusters; j++) {
    if (j != own && place_w(m, width, j) > 0) {
      b = distances[(size_t)j * STEP] < b ? distances[(size_t)j * STEP] : b;
    }
  }
  const double larger = a > b ? a : b;
  return larger > 0 && larger < HUGE_VAL ? (b - a) / larger : 0;
}

/* OWN_WEIGHT: as in the parameters.  DISTANCES: room for clusters * STEP. */
static void add_block(const points *p, const mapped_model *m, int64_t own_weight, const uint8_t *own,
                      double *distances, silhouette_model *into) {
  for (uint32_t r = 0; r < p->rows; r++) {
    if (r % STEP == 0) {
      mean_distances(p, &m->params, r, p->rows - r < STEP ? p->rows - r : STEP, distances);
    }
    if (own[r] == POINTS_UNUSED) {
      continue;
    }
    int64_t weight = points_weight(p, r);
    const own_part part = {.weight = (double)(own_weight > 0 ? own_weight : weight),
                           .as_share = own_weight == 0 && weight_is_given(&p->weights)};
    double s = silhouette_of(&m->params, p->variables_count, own[r], distances + r % STEP, part);
    silhouette_cluster *c = &into->at[own[r]];
    c->n++;
    c->w += weight;
    exact_add_product(&c->s, weight, (int64_t)nearbyint(s * (double)(INT64_C(1) << SILHOUETTE_BITS)));
  }
}

static status map_blocks(const program_accumulator *a, points *p, mapped_model *models, silhouette_state *s,
                         error *err) {
  uint32_t at = 2;
  for (uint32_t k = 0; k < s->models_count; k++) {
    if (!next_model(a, &at, &models[k].params)) {
      return refuse_params(err);
    }
    const model_params *m = &models[k].params;
    TRY(point_model_init(p, m->clusters, m->shifts, m->coefficients, &models[k].centres, err));
  }
  uint8_t *own = aligned_alloc(64, POINTS_BLOCK_ROWS);
  double *distances = malloc((size_t)CLUSTERS_MAX * STEP * sizeof *distances);
  if (own == NULL || distances == NULL) {
    free(own);
    free(distances);
    return error_no_memory(err, "silhouette");
  }
  while (points_next(p)) {
    for (uint32_t k = 0; k < s->models_count; k++) {
      points_assign(p, &models[k].centres, own);
      add_block(p, &models[k], a->params[0], own, distances, &s->models[k]);
    }
  }
  free(own);
  free(distances);
  return STATUS_OK;
}

static status silhouette_map(frame *f, const program_accumulator *a, void **state, error *err) {
  void *made;
  TRY(silhouette_empty(frame_program(f), a, &made, err));
  silhouette_state *s = made;
  points p = {0};
  mapped_model *models = calloc(s->models_count, sizeof *models);
  status st = models != NULL ? points_init(f, a, &p, err) : error_no_memory(err, "silhouette");
  if (st == STATUS_OK) {
    st = map_blocks(a, &p, models, s, err);
  }
  for (uint32_t k = 0; models != NULL && k < s->models_count; k++) {
    point_model_fini(&models[k].centres);
  }
  free(models);
  points_fini(&p);
  return accumulator_give(st, s, silhouette_destroy, state);
}

/* ---- Merge and bytes ----------------------------------------------------------------------------- */

static status silhouette_merge(void *into_state, const void *from_state, error *err) {
  (void)err;
  silhouette_state *into = into_state;
  const silhouette_state *from = from_state;
  for (uint32_t k = 0; k < into->models_count; k++) {
    for (uint32_t j = 0; j < into->models[k].clusters; j++) {
      silhouette_cluster *c = &into->models[k].at[j];
      const silhouette_cluster *other = &from->models[k].at[j];
      c->n += other->n;
      c->w += other->w;
      exact_add(&c->s, &other->s);
    }
  }
  return STATUS_OK;
}

static void silhouette_encode(const void *state, buf *out) {
  const silhouette_state *s = state;
  for (uint32_t k = 0; k < s->models_count; k++) {
    for (uint32_t j = 0; j < s->models[k].clusters; j++) {
      const silhouette_cluster *c = &s->models[k].at[j];
      buf_put_varint(out, (uint64_t)c->n);
      if (c->n > 0) {
        buf_put_i128(out, c->w);
        buf_put_exact(out, &c->s);
      }
    }
  }
}

static status silhouette_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                                error *err) {
  void *made;
  TRY(silhouette_empty(p, a, &made, err));
  silhouette_state *s = made;
  for (uint32_t k = 0; k < s->models_count; k++) {
    for (uint32_t j = 0; j < s->models[k].clusters && r->problem == NULL; j++) {
      silhouette_cluster *c = &s->models[k].at[j];
      c->n = (int64_t)reader_count(r, INT64_MAX);
      if (c->n > 0) {
        c->w = reader_i128(r);
        reader_exact(r, &c->s);
      }
      if (c->w < 0) {
        reader_fail(r, "a cluster has a negative weight");
      }
    }
  }
  status st = reader_status(r, "silhouette", err);
  return accumulator_give(st, s, silhouette_destroy, state);
}

const accumulator_kind accumulator_silhouette = {
    .id = ACCUMULATOR_SILHOUETTE,
    .name = "silhouette",
    .summary = "sums of simplified silhouettes by cluster",
    .version = 4,
    .check = silhouette_check,
    .empty = silhouette_empty,
    .map = silhouette_map,
    .merge = silhouette_merge,
    .encode = silhouette_encode,
    .decode = silhouette_decode,
    .destroy = silhouette_destroy,
};
