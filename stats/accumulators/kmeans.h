/* SAMPLE, KMEANS and SILHOUETTE: what their parameters are and what their states hold.  Read by the
 * segment analysis alone.
 *
 * All three take p numeric variables and use the rows that answer every one of them.  The nearest centre
 * of a row X (mantissas, or keys of coded variables) is the j with the smallest whole number
 *
 *   score_j = c_j0 2^s_0 + c_j1 2^s_1 X_1 + .. + c_jp 2^s_p X_p,
 *   c_j0 ~ 2^(q - s_0) |centre_j|^2,  c_jd ~ -2 * 2^(q - s_d) * centre_jd
 *
 * in whatever metric; ties go to the lowest j.  The shifts s, 0 to 63, are the same for all centres of a
 * model; they give every column coefficients of many bits, however long the mantissas of one and short those
 * of another (see stats/program/long_score.h).  VARIABLE_CLUSTER takes the same coefficients and shifts.
 */
#ifndef CANVASS_STATS_ACCUMULATORS_KMEANS_H
#define CANVASS_STATS_ACCUMULATORS_KMEANS_H

#include "stats/accumulators/accumulator.h"

enum {
  CLUSTERS_MAX = 200,      /* of one model */
  CLUSTER_MODELS_MAX = 50, /* of one accumulator */
  CLUSTER_ITEMS_MAX = 1000,
  SAMPLE_ROWS_MAX = 1 << 16,
};

/* SAMPLE: the `rows_max` complete rows with the smallest random key (ties by ordinal); a row's key is
 * random_bits(seed, RANDOM_SAMPLE, ordinal, 0).  params: {rows_max, seed}. */
typedef struct sample_row {
  uint64_t key;
  uint64_t ordinal;
  int64_t weight; /* 0 when not weighted */
} sample_row;
typedef struct sample_state {
  uint32_t rows_max;
  uint64_t seed;
  uint32_t variables_count;
  bool weighted;
  uint32_t count;
  sample_row *rows; /* by (key, ordinal) */
  int64_t *values;  /* count * variables_count */
} sample_state;

/* KMEANS, per model and cluster: size and sums.  params: the number of models, then for each its
 * `clusters`, `farthest` (0 or 1), 1 + p shifts, and its rows of 1 + p coefficients; when `farthest`, also
 * its centres (clusters * p) and scales (p), doubles by their bits, which say what far means: the sum over d
 * of (X_d - centre_jd)^2 * scale_d, added in that order. */
typedef struct far_row {
  double distance;
  uint64_t ordinal;
} far_row;
typedef struct kmeans_model {
  uint32_t clusters;
  bool farthest;
  int64_t *n;         /* per cluster */
  i128 *w;            /* weighted only */
  exact *x;           /* clusters * p: sums of X, with weights of w X */
  exact *xx;          /* the same of X^2 */
  uint32_t far_count; /* at most `clusters`; farthest first, ties by ordinal */
  far_row *far;
  int64_t *far_values; /* far_count * p */
} kmeans_model;
typedef struct kmeans_state {
  uint32_t variables_count;
  bool weighted;
  uint8_t weight_decimals;
  uint32_t models_count;
  kmeans_model *models;
} kmeans_state;

/* SILHOUETTE: sums of s_i * 2^40, each rounded half to even, with
 *
 *   s = (b - a) / max(a, b),  a = D_own W_own / (W_own - own),  b = the smallest D of another cluster,
 *   D_j = V_j + the sum over d of (X_d - centre_jd)^2 * scale_d
 *
 * (the mean squared distance to the members of j, V_j being that of the members to their centre); s is 0
 * in a cluster of one.  params: {own, models}, then for each model `clusters`, 1 + p shifts, its rows
 * of 1 + p coefficients, scales (p) and per cluster centre (p), V, W, doubles by their bits.  W and `own` are
 * in units of the weight's last decimal; own 0: the row's own weight (1 without weights). */
typedef struct silhouette_cluster {
  int64_t n;
  i128 w;  /* n when not weighted */
  exact s; /* weighted by w */
} silhouette_cluster;
typedef struct silhouette_model {
  uint32_t clusters;
  silhouette_cluster *at;
} silhouette_model;
typedef struct silhouette_state {
  uint32_t models_count;
  silhouette_model *models;
} silhouette_state;
enum { SILHOUETTE_BITS = 40 };

static inline int64_t bits_of_double(double v) {
  union {
    double d;
    int64_t i;
  } u = {.d = v};
  return u.i;
}
static inline double double_of_bits(int64_t v) {
  union {
    int64_t i;
    double d;
  } u = {.i = v};
  return u.d;
}

#endif
