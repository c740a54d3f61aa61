/* The columns of a regression: what is explained, and what explains it.
 *
 * A nominal predictor becomes indicators, one for each of its keys but the reference: 1 where the answer is
 * that key, 0 where it is another one.  Which keys there are is known after a first pass over the data; the
 * reference is the first of them in the order of the codebook, or the one that the argument "reference"
 * names, by its key or its label.
 */
#ifndef CANVASS_STATS_ANALYSES_REGRESSORS_H
#define CANVASS_STATS_ANALYSES_REGRESSORS_H

#include "stats/analyses/groups.h"
#include "stats/methods/covariance.h"

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

/* Whether the keys of a predictor have to be known first, and of how many. */
bool regressors_have_levels(const analysis_run *run);
uint32_t regressors_levels_count(const analysis_run *run);
/* Asks for the keys of the nominal predictors. */
status regressors_need(analysis_run *run, error *err) MUST_USE;
/* The columns, from the results that regressors_need asked for, the first of which is number FIRST; in the
 * section's arena.  Without a CONSTANT the first nominal predictor has an indicator for each of its keys, as
 * in R.  STATUS_LIMIT beyond REGRESSORS_MAX. */
status regressors_read(analysis_run *run, uint32_t first, bool constant, regressors *out,
                       error *err) MUST_USE;
/* Adds their variables to the program being built: VARIABLES, room for `count`. */
status regressors_add(analysis_run *run, const regressors *r, uint32_t *variables, error *err) MUST_USE;
/* Adds a variable that is 1 where the answer to VARIABLE of the plan is one of the EVENTS, as the
 * specification writes them, and 0 where it is another one. */
status regressors_add_event(analysis_run *run, uint32_t variable, const argument_value *events,
                            uint32_t *index, error *err) MUST_USE;
/* Whether EVENTS suits VARIABLE; the message says how not. */
status regressors_check_event(const plan *p, uint32_t variable, const argument_value *events,
                              error *err) MUST_USE;
/* Whether the outcome is nominal and takes values that nobody declared: a value of the event may then be one
 * that no row has, which is found out by asking for its keys, and warned of from the result ASKED. */
bool regressors_event_is_open(const analysis_run *run);
status regressors_need_event(analysis_run *run, error *err) MUST_USE;
void regressors_warn_event(analysis_run *run, uint32_t asked);
/* Refuses predictors that are named twice, or are the outcome. */
status regressors_check(const plan *p, const plan_analysis *a, error *err) MUST_USE;
/* KEPT (room for `count`), *COUNT: the columns that neither are constant nor follow from those before them;
 * warns of the others.  MATRIX: of the group at hand of W, covariances or sums of products of the outcome and
 * then the columns.  MEAN: of these, where there is a constant: a nominal predictor whose reference no row of
 * the group has is compared with its first key that rows have instead, which is warned of; else NULL. */
status regressors_choose(const regressors *r, const group_walk *w, const double *matrix, const double *mean,
                         uint32_t *kept, uint32_t *count, error *err) MUST_USE;
/* Names the first two of the outcome and the columns that next to no row answers both, C being pairwise. */
void regressors_warn_apart(const regressors *r, const group_walk *w, const covariance *c);
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

/* Parts (regressors.c, regressors_event.c). */
bool regressors_is_nominal(const plan *p, uint32_t item);
/* The key of ITEM that TEXT is, or whose label it is; else TEXT. */
slice regressors_key_meant(const plan *p, uint32_t item, slice text);
/* Adds a variable that is 1 where INPUT's answer is in RANGES, else 0. */
status regressors_add_flag(analysis_run *run, const char *name, uint32_t input, program_range *ranges,
                           uint32_t count, uint32_t *index, error *err) MUST_USE;
/* A detail with the outcome as "item". */
json *regressors_outcome_detail(analysis_run *run);

void regressors_encode(const regressors *r, buf *out);
status regressors_decode(analysis_run *run, reader *r, regressors *out, error *err) MUST_USE;

#endif
