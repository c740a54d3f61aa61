/* The parts of factors: what a request asks for, and what is found in a group (factors_model.c), agreement
 * with the codebook's constructs (factors_constructs.c), intervals (factors_intervals.c), tables
 * (factors_tables.c, factors_report.c), the row of the analysis (factors.c).  For these files alone. */
#ifndef CANVASS_STATS_ANALYSES_FACTORS_MODEL_H
#define CANVASS_STATS_ANALYSES_FACTORS_MODEL_H

#include "stats/methods/adequacy.h"
#include "stats/methods/covariance.h"
#include "stats/methods/factor_fit.h"
#include "stats/methods/parallel.h"

enum { FACTORS_ITEMS_MAX = 150, FACTORS_MAX = 50 };

typedef enum factors_rule { FACTORS_BY_PARALLEL, FACTORS_BY_KAISER } factors_rule;

/* As requested. */
typedef struct factors_form {
  extraction_method extraction;
  rotation_method rotation;
  factor_scoring scoring;
  factors_rule rule;
  uint32_t factors; /* 0: by the rule */
  uint32_t matrices;
  uint64_t seed;
  weighting weighting;
  bool pairwise;
} factors_form;

/* Why there are no factors. */
typedef enum factors_trouble {
  FACTORS_FINE,
  FACTORS_FEW_ITEMS,   /* that vary */
  FACTORS_FEW_ROWS,    /* no more than items */
  FACTORS_NO_ROWS,     /* that answer both of some pair */
  FACTORS_INDEFINITE,  /* pairs contradict each other */
  FACTORS_DEPENDENT,   /* an item follows from others, which common factors do not allow */
  FACTORS_NONE,        /* the rule finds none */
  FACTORS_TOO_MANY,    /* more are requested than the items determine */
  FACTORS_NOT_FOUND,   /* the search does not end */
  FACTORS_NOT_ROTATED, /* turning does not come to rest */
} factors_trouble;

/* Of one group.  Items are counted among those USED, p = `count`; factors by what they explain. */
typedef struct factors_model {
  const factors_form *form;
  covariance all; /* of all items of the request */
  uint32_t *used; /* places among them of those that vary */
  uint32_t count;
  double n; /* that tests and random matrices take: rows, sum of frequency weights, Kish's effective number */
  double weighted_n;
  factors_trouble trouble;
  /* Unless FEW_ITEMS, FEW_ROWS or NO_ROWS: */
  double *correlation, *eigenvalues, *common_eigenvalues;
  /* Where no item follows from others: */
  bool is_definite;
  double *inverse, log_determinant;
  double kmo, *kmo_items;
  sphericity bartlett;
  uint32_t dependent; /* else the first item that does */
  /* Unless INDEFINITE: */
  parallel_analysis parallel;
  uint32_t parallel_components, parallel_common, kaiser; /* how many each rule finds */
  uint32_t factors, factors_max;
  bool is_capped; /* the rule finds more than the items determine */
  /* FINE: */
  extraction x;
  rotation r;
  factor_test test;
  double residual;
  bool has_weights;
  double *weights, *validity;
  uint32_t *main_factor; /* of each item: of the largest pattern in size */
  uint32_t *order;       /* items by main factor, then by size */
} factors_model;

/* What follows from the sums in BLOCK of S, over ITEMS variables.  OUT and all in it are in A. */
status factors_model_make(arena *a, const factors_form *form, const products_state *s, const uint64_t *block,
                          uint32_t items, factors_model *out, error *err) MUST_USE;
/* The correlations of the COUNT items USED of C, by the form's rule.  False: some do not exist. */
bool factors_correlate(const covariance *c, const uint32_t *used, uint32_t count, double *out);

/* The I-th used item's pattern coefficient. */
static inline double factors_pattern(const factors_model *m, uint32_t i, uint32_t factor) {
  return m->r.pattern[(size_t)i * m->factors + factor];
}
/* Sum of squares of structure times pattern: what of the item the factors explain. */
double factors_communality(const factors_model *m, uint32_t i);
/* How many factors an item takes: (sum l^2)^2 / sum l^4 (Hofmann 1978, Multivar Behav Res 13:247-250). */
double factors_complexity(const factors_model *m, uint32_t i);

#endif
