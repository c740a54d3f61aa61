/* Importance of the predictors of one regression, with intervals from replicates.
 *
 * Figures of a replicate, in this order: R^2; pairwise, whose coefficients have no other errors, these; then
 * for each method the importance of each predictor, its share of R^2, and the differences of the importances
 * of each pair.
 */
#ifndef CANVASS_STATS_ANALYSES_DRIVERS_IMPORTANCE_H
#define CANVASS_STATS_ANALYSES_DRIVERS_IMPORTANCE_H

#include "stats/analyses/drivers_fit.h"
#include "stats/analyses/regressors.h"
#include "stats/analyses/replicates.h"
#include "stats/methods/importance.h"

enum {
  DRIVERS_BOTH_MAX = 12, /* predictors up to which both methods are used unless one is named, and up to which
                            LMG has intervals */
  DRIVERS_RANKED_MAX = 40, /* ... up to which ranks have ranges */
};

typedef enum drivers_method { DRIVERS_RELATIVE_WEIGHTS, DRIVERS_LMG, DRIVERS_METHODS } drivers_method;

typedef struct drivers_importance {
  bool wanted[DRIVERS_METHODS];
  uint32_t count;       /* predictors that have columns in the fit */
  uint32_t *predictors; /* which, of the request's */
  uint32_t *first;      /* count + 1: their columns */
  uint32_t columns;     /* of the fit */
  const drivers_fit *fit;
  covariance *covariances;
  double *matrix, *correlation, *values, *beta; /* room of a replicate */
  importance_problem problem;
  importance_room room;
  replicate_scale *scales;
  replicates_wanted replicated;
} drivers_importance;

/* Sets `wanted` as the request says. */
void drivers_importance_choose(const analysis_run *run, drivers_importance *d);
/* What the regression FIT of WIDTH - 1 columns asks for.  FIT and C must live as long as OUT. */
status drivers_importance_open(analysis_run *run, const regressors *columns, const drivers_fit *fit,
                               covariance *c, drivers_importance *out, error *err) MUST_USE;

/* Where in the figures the values of METHOD for predictor I begin: importance; share; and the difference of I
 * less K, I < K, of count <= DRIVERS_RANKED_MAX. */
uint32_t drivers_at_importance(const drivers_importance *d, drivers_method method, uint32_t i);
uint32_t drivers_at_share(const drivers_importance *d, drivers_method method, uint32_t i);
uint32_t drivers_at_difference(const drivers_importance *d, drivers_method method, uint32_t i, uint32_t k);
/* Of a pairwise fit: coefficient I. */
uint32_t drivers_at_coefficient(const drivers_importance *d, uint32_t i);
/* Whether METHOD has intervals. */
bool drivers_has_intervals(const drivers_importance *d, drivers_method method);

#endif
