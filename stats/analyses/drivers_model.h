/* A regression that waits for the scatter of its residuals: sandwich errors need a second pass, at
 * coefficients that the first one gave. */
#ifndef CANVASS_STATS_ANALYSES_DRIVERS_MODEL_H
#define CANVASS_STATS_ANALYSES_DRIVERS_MODEL_H

#include "stats/accumulators/scatter.h"
#include "stats/analyses/drivers_fit.h"
#include "stats/analyses/group_key.h"

typedef struct drivers_model {
  group_key group;
  uint32_t count;    /* columns that it has */
  uint32_t *columns; /* which of the regression's, ascending */
  int64_t *params;   /* of SCATTER: drivers_params_count(count) */
} drivers_model;

static inline uint32_t drivers_params_count(uint32_t count) {
  return SCATTER_PARAMS_BEFORE + 2 * (count + 2);
}

/* Of FIT, made from S; in A. */
status drivers_model_make(arena *a, const products_state *s, const drivers_fit *fit, group_key group,
                          drivers_model *out, error *err) MUST_USE;
/* VARIANCE (size^2): (X'WX)^-1 S (X'WX)^-1 R / (R - 1), with S the sum of w^2 r^2 x x' and R rows of the
 * whole dataset: R's svyglm under independent sampling.  Of FIT, from S as above.  STATUS_DATA when STATE is
 * of another fit. */
status drivers_sandwich(arena *a, const products_state *s, const drivers_fit *fit, const drivers_model *m,
                        const scatter_state *state, int64_t design_rows, double *variance,
                        error *err) MUST_USE;

void drivers_model_encode(analysis_run *run, const drivers_model *m, buf *out);
/* A failure of the bytes stays in R.  COLUMNS: of the regression. */
status drivers_model_decode(analysis_run *run, uint32_t columns, reader *r, drivers_model *m,
                            error *err) MUST_USE;

#endif
