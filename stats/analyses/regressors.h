/* The columns of a regression: what is explained, and what explains it.
 *
 * A nominal predictor becomes indicators, one for each of its keys but the reference: 1 where the answer is
 * that key, 0 where it is another one.  Which keys there are is known after a first pass over the data; the
 * reference is the first of them in the order of the codebook, or the one that the argument "reference"
 * names.
 */
#ifndef CANVASS_STATS_ANALYSES_REGRESSORS_H
#define CANVASS_STATS_ANALYSES_REGRESSORS_H

#include "stats/analyses/groups.h"

enum { REGRESSORS_MAX = 200 };

typedef struct regressor {
  uint32_t predictor; /* place among the request's */
  uint32_t item;      /* its variable in the plan */
  bool is_indicator;
  slice key; /* of the indicator; else empty */
} regressor;

typedef struct regressors {
  uint32_t predictors_count;
  slice *references; /* per predictor: of a nominal one; empty for others */
  uint32_t count;
  regressor *at; /* predictor by predictor */
} regressors;

/* Whether the keys of a predictor have to be known first. */
bool regressors_have_levels(const analysis_run *run);
/* Asks for the keys of the nominal predictors. */
status regressors_need(analysis_run *run, error *err) MUST_USE;
/* The columns, from the results that regressors_need asked for, the first of which is number FIRST; in the
 * section's arena.  STATUS_LIMIT beyond REGRESSORS_MAX. */
status regressors_read(analysis_run *run, uint32_t first, regressors *out, error *err) MUST_USE;
/* Adds their variables to the program being built: VARIABLES, room for `count`. */
status regressors_add(analysis_run *run, const regressors *r, uint32_t *variables, error *err) MUST_USE;
/* Adds a variable that is 1 where the answer to VARIABLE of the plan is one of the EVENTS, as the
 * specification writes them, and 0 where it is another one. */
status regressors_add_event(analysis_run *run, uint32_t variable, const argument_value *events,
                            uint32_t *index, error *err) MUST_USE;
/* Whether EVENTS suits VARIABLE; the message says how not. */
status regressors_check_event(const plan *p, uint32_t variable, const argument_value *events,
                              error *err) MUST_USE;
/* Refuses predictors that are named twice, or are the outcome. */
status regressors_check(const plan *p, const plan_analysis *a, error *err) MUST_USE;
/* KEPT (room for `count`), *COUNT: the columns that neither are constant nor follow from those before them;
 * warns of the others.  MATRIX: of the group at hand of W, covariances or sums of products of the outcome and
 * then the columns.  MEAN: of these, where there is a constant: a nominal predictor whose reference no row of
 * the group has is compared with its first key that rows have instead, which is warned of; else NULL. */
status regressors_choose(const regressors *r, const group_walk *w, const double *matrix, const double *mean,
                         uint32_t *kept, uint32_t *count, error *err) MUST_USE;
/* "region = north", or the item alone. */
void regressors_put_name(const analysis_run *run, const regressor *column, buf *out);
/* The factor by which a coefficient for mantissas becomes one for answers. */
double regressors_unit(const analysis_run *run, const regressor *column);
/* Sets "item" and "value", empty but for indicators, of T's row. */
void regressors_name(const regressors *r, uint32_t column, table *t);
/* Notes what is explained, and by which values where the request has an argument "event". */
void regressors_note_outcome(analysis_run *run);
void regressors_note_event(analysis_run *run);
/* Notes the reference of every nominal predictor. */
void regressors_note(analysis_run *run, const regressors *r);
void regressors_encode(const regressors *r, buf *out);
status regressors_decode(analysis_run *run, reader *r, regressors *out, error *err) MUST_USE;

#endif
