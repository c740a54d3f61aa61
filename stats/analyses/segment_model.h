/* What segment knows between stages: the space in which distances are measured, and the models, one for
 * each number of segments. */
#ifndef CANVASS_STATS_ANALYSES_SEGMENT_MODEL_H
#define CANVASS_STATS_ANALYSES_SEGMENT_MODEL_H

#include "stats/accumulators/kmeans.h"
#include "stats/analyses/analysis.h"
#include "stats/methods/sums.h"

/* All complete rows.  Figures of an item are in units of its last decimal ("mantissas"). */
typedef struct segment_space {
  uint32_t items_count;
  weighting weighting;
  bool standardised;
  uint8_t weight_decimals;
  int64_t n;
  i128 w; /* sum of weights, of their squares; n without weights */
  exact w2;
  uint8_t *decimals;  /* per item, as all of these */
  int64_t *magnitude; /* no |X|, no given start is larger */
  exact *x, *xx;      /* with weights: of w X, w X^2 */
  /* follow from the above: */
  ratio **variance; /* n - 1 in the divisor; sampling weights as survey's svyvar, frequency Sw - 1 */
  double *scale;    /* squared distance: the sum over items of (X - c)^2 * scale; 0 for a constant item */
  int exponent;     /* coefficients are rounded at 2^(shift - exponent): */
  uint8_t *shifts;  /* 1 + items: of the constants, of each item's slopes */
} segment_space;

/* Empty, for ITEMS items, in A (whose ratios segment_space_fini frees). */
status segment_space_init(segment_space *s, arena *a, uint32_t items_count, error *err) MUST_USE;
void segment_space_fini(segment_space *s);
/* Fills what follows from the sums. */
void segment_space_finish(segment_space *s);
/* Sum of weights as rows count: n, or Sw in units. */
void segment_space_size(const segment_space *s, i128 w, ratio *out);
/* 1 / variance, or 1 in the items' own units; per squared mantissa; 0 for a constant item. */
void segment_space_metric(const segment_space *s, uint32_t item, ratio *out);

typedef enum model_phase {
  MODEL_MOVING,     /* the next pass gives new centres */
  MODEL_FARTHEST,   /* the next pass also finds rows for empty clusters */
  MODEL_SETTLED,    /* a further pass gains nothing */
  MODEL_STOPPED,    /* too many passes */
  MODEL_IMPOSSIBLE, /* fewer different rows than clusters */
} model_phase;

typedef struct segment_model {
  uint32_t clusters;
  model_phase phase;
  uint32_t passes;
  int64_t *coefficients; /* clusters * (1 + items): of the last pass, or the next while moving */
  /* of the last pass */
  int64_t *n;
  i128 *w; /* n without weights */
  exact *x, *xx;
  silhouette_cluster *silhouettes;
} segment_model;

status segment_model_init(segment_model *m, arena *a, uint32_t clusters, uint32_t items_count,
                          error *err) MUST_USE;
static inline bool segment_model_is_active(const segment_model *m) {
  return m->phase == MODEL_MOVING || m->phase == MODEL_FARTHEST;
}
static inline bool segment_model_is_done(const segment_model *m) {
  return m->phase == MODEL_SETTLED || m->phase == MODEL_STOPPED;
}
/* Sets the coefficients for CENTRES (clusters * items, mantissas).  True when they differ from before. */
bool segment_model_place(segment_model *m, const segment_space *s, const double *centres);
/* The centres of the last pass; a cluster without weight keeps what CENTRES holds. */
void segment_model_centres(const segment_model *m, const segment_space *s, double *centres);
/* Takes the sums of a pass and decides what comes next. */
status segment_model_advance(segment_model *m, const segment_space *s, const kmeans_model *pass,
                             uint32_t passes_max, arena *a, error *err) MUST_USE;

/* Figures.  Sum of squared distances of a cluster's rows to its centre; with weights, weighted. */
void segment_model_within(const segment_model *m, const segment_space *s, uint32_t cluster, ratio *out);
void segment_model_within_all(const segment_model *m, const segment_space *s, ratio *out);
/* The same of all rows to the overall centre. */
void segment_space_total(const segment_space *s, ratio *out);
/* (between / (k - 1)) / (within / (n - k)); NaN when within is 0.  Calinski & Harabasz 1974, Commun. Stat.
 * 3:1-27. */
double segment_model_calinski(const segment_model *m, const segment_space *s);
/* Of a cluster, or of all rows for CLUSTER == clusters; NaN without rows. */
double segment_model_silhouette(const segment_model *m, uint32_t cluster);

void segment_space_encode(const segment_space *s, buf *out);
status segment_space_decode(segment_space *s, arena *a, reader *r, error *err) MUST_USE;
void segment_model_encode(const segment_model *m, uint32_t items_count, buf *out);
status segment_model_decode(segment_model *m, arena *a, uint32_t items_count, reader *r, error *err) MUST_USE;

#endif
