/* One logistic regression on its way to the maximum of its likelihood: of the total, or of a group.
 *
 * Newton's method (Fisher scoring, which is the same here): every pass over the data gives log likelihood,
 * gradient and information at the coefficients of the model, exact for these; a step that lowers the
 * likelihood is halved. It is there when a step moves no column by more than 2^-38 of its spread, or by no
 * more than rounding does; the figures then take that step too.
 */
#ifndef CANVASS_STATS_ANALYSES_LOGISTIC_MODEL_H
#define CANVASS_STATS_ANALYSES_LOGISTIC_MODEL_H

#include "stats/accumulators/logistic.h"
#include "stats/analyses/group_key.h"
#include "stats/methods/covariance.h"

enum { LOGISTIC_PASSES_MAX = 30 };

typedef enum logistic_outcome {
  LOGISTIC_SEARCHING,
  LOGISTIC_FOUND,
  LOGISTIC_SEPARATED, /* the likelihood has no maximum: what grows without end is marked */
  LOGISTIC_DIVIDED,   /* nor has any coefficient a limit: the columns tell every row's outcome */
  LOGISTIC_LOST,      /* no maximum within LOGISTIC_PASSES_MAX */
} logistic_outcome;

typedef struct logistic_model {
  group_key group;
  uint32_t count;    /* columns that it has */
  uint32_t *columns; /* which of the regression's, ascending */
  double *spread;    /* per column its standard deviation, in mantissas as everything here */
  int64_t *centre;   /* per column its mean as a whole number: sums are exact, and so moved there exactly */
  double *beta;      /* 1 + count, the constant first: where the next pass is made */
  double *before;    /* where the pass before was */
  double last_size;  /* of the step that led there, in spreads */
  exact likelihood;  /* there */
  bool has_likelihood;
  uint32_t passes;
  bool detailed; /* the next pass is */
  bool *growing; /* per column: the last step still moved the predictor of some row by more than 1/32 */
  logistic_outcome outcome;
} logistic_model;

/* Room for COLUMNS columns in A. */
status logistic_model_new(arena *a, uint32_t columns, logistic_model *m, error *err) MUST_USE;
/* Starts at what linear discrimination gives: C is of the outcome and then the COUNT columns, and more than
 * one answer to each occurs. */
status logistic_model_start(arena *a, const covariance *c, logistic_model *m, error *err) MUST_USE;
/* Parameters of LOGISTIC at beta, which is rounded to what they hold; SMALL: no |X| is above 2^9.  PARAMS has
 * room for 3 + 2 (1 + count).  False: beta is too large. */
bool logistic_model_params(logistic_model *m, bool small, int64_t cut, int64_t *params);

/* What a pass tells of the model. */
typedef struct logistic_step {
  double *delta;    /* 1 + count: the step to take */
  double *variance; /* (1 + count)^2: the inverse of the information of centred columns, sums of weights being
                       those of units of the weight's last decimal */
  double rise;      /* of the log likelihood, if it were quadratic: half of gradient times delta */
  double size;      /* the largest |delta| in spreads */
  bool solved;      /* false: the information is singular */
} logistic_step;
status logistic_step_make(arena *a, const logistic_model *m, const logistic_state *s, logistic_step *out,
                          error *err) MUST_USE;
/* Takes the step, or half of the one before, or ends the search. */
void logistic_model_move(logistic_model *m, const logistic_state *s, const logistic_step *step);

/* The sum CELLS[d, k] of a lower triangle of products, of columns less their centres. */
double logistic_centred_cell(const logistic_model *m, const exact *cells, uint32_t d, uint32_t k);

void logistic_model_encode(analysis_run *run, const logistic_model *m, buf *out);
/* A failure of the bytes stays in R.  COLUMNS: of the regression. */
status logistic_model_decode(analysis_run *run, uint32_t columns, reader *r, logistic_model *m,
                             error *err) MUST_USE;

#endif
