/* Profile likelihood intervals of the coefficients of a logistic regression.
 *
 * An end of the interval of b_j is where the likelihood that is largest at that b_j has fallen below its
 * maximum by half of z^2 (chi-square's quantile of one degree of freedom).  It is found by Newton's method on
 * both at once (Venzon & Moolgavkar 1988, Applied Statistics 37:87-94): with d = V g the step to the maximum,
 *
 *   step = d -+ V_j t,  t = sqrt(2 (L + g'V g / 2 - target) / V_jj),
 *
 * from a pass over the data at the current point of each end.  All ends share the passes.  R's confint (MASS)
 * gives the same ends, interpolated. */
#ifndef CANVASS_STATS_ANALYSES_LOGISTIC_PROFILE_H
#define CANVASS_STATS_ANALYSES_LOGISTIC_PROFILE_H

#include "stats/analyses/logistic_model.h"
#include "stats/analyses/regressors.h"

enum { PROFILE_PASSES_MAX = 30, PROFILE_STAGE_BYTES = 64 << 20 };

typedef enum profile_outcome { PROFILE_SEARCHING, PROFILE_FOUND, PROFILE_LOST } profile_outcome;

/* One end on its way. */
typedef struct profile_end {
  uint32_t model;  /* among the models of the regression */
  uint32_t column; /* among the columns of its model */
  bool upper;
  uint32_t passes;
  double depth; /* how far the likelihood is to fall below that of the model's last pass, in its units */
  double *beta; /* 1 + count: where the next pass is made */
  double *before;
  profile_outcome outcome;
} profile_end;

typedef struct profile_ends {
  profile_end *at;
  uint32_t count;
} profile_ends;

/* Adds both ends of every coefficient of MODEL, number WHICH, found with the last pass S and STEP; AT has
 * room for them. */
status profile_start(arena *a, const logistic_model *model, uint32_t which, const logistic_state *s,
                     const logistic_step *step, double confidence, profile_ends *ends, error *err) MUST_USE;
/* The model as a pass at the end's point needs it; shares its coefficients with END. */
logistic_model profile_model(const logistic_model *model, const profile_end *end);
/* Takes the step that the pass S at END's point tells of. */
status profile_move(arena *a, const logistic_model *model, const logistic_state *s, profile_end *end,
                    error *err) MUST_USE;
/* What one pass of the model takes. */
uint64_t profile_bytes(const logistic_model *model);
/* How many of the ends, from the first on, the next stage has room for. */
uint32_t profile_batch(const logistic_model *models, const profile_ends *ends);

/* Fills the rows of "logistic_coefficients" with those that have ended, warns of ends that were not found,
 * and forgets both; COLUMNS: of the regression, each of which has a row for each model. */
void profile_fill(analysis_run *run, const logistic_model *models, const regressors *columns,
                  profile_ends *ends);

void profile_encode(const logistic_model *models, const profile_ends *ends, buf *out);
/* A failure of the bytes stays in R. */
status profile_decode(arena *a, reader *r, const logistic_model *models, uint32_t models_count,
                      profile_ends *ends, error *err) MUST_USE;

#endif
