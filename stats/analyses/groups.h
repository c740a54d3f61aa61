/* The total and the groups of every breakdown: asking for them, and walking over them in the order of
 * the report.
 *
 * The total is asked for on its own, not added up from a breakdown, so that its partial is found in
 * caches whatever breakdowns come and go.  Groups come in the order of the codebook, then keys that
 * it does not declare, then "missing"; places without a single row are left out.
 */
#ifndef CANVASS_STATS_ANALYSES_GROUPS_H
#define CANVASS_STATS_ANALYSES_GROUPS_H

#include "stats/analyses/table.h"

/* Accumulators that one groups_need adds: the total and one per breakdown; of one with a multiple choice, one
 * per option, because those who chose it are a group beside those who chose others. */
uint32_t groups_count(const analysis_run *run);
/* Whether a respondent may be in several groups of a breakdown. */
bool groups_overlap(const plan *p, const plan_analysis *request);

/* Of one of the groups_count results: the breakdown that it is of (NULL: the total, 0); the option, where its
 * I-th variable is a multiple choice (else empty); the variable, in the program, by which it is grouped
 * there, which is then 1 for those who chose the option. */
const plan_breakdown *groups_breakdown(const analysis_run *run, uint32_t which);
slice groups_option(const analysis_run *run, uint32_t which, uint32_t i);
status groups_variable(analysis_run *run, uint32_t which, uint32_t i, uint32_t *index, error *err) MUST_USE;

/* Asks for accumulator A (its kind, variables and params; the rest is set here) for the total and each
 * breakdown of the request.  INNER: a grouping variable (in the program) that comes first in every
 * grid, or PROGRAM_NONE. */
status groups_need(analysis_run *run, const program_accumulator *a, uint32_t inner, error *err) MUST_USE;
/* The same for rows of FILTER, of the program being built, alone, instead of the request's. */
status groups_need_within(analysis_run *run, const program_accumulator *a, uint32_t filter,
                          error *err) MUST_USE;
/* The same for one of the groups_count results: 0 is the total. */
status groups_need_one(analysis_run *run, const program_accumulator *a, uint32_t inner, uint32_t which,
                       error *err) MUST_USE;

/* The order of reports: indices of AX's keys, those that variable ITEM of P declares first; of a scale, all
 * by code.  COUNT + 1 places when WITH_MISSING, whose last is the missing place.  In A; NULL when out of
 * memory. */
uint32_t *keys_in_order(arena *a, const plan *p, uint32_t item, const axis *ax, bool with_missing);

/* A walk over places.  Set by group_walk_next: */
typedef struct group_walk {
  uint32_t which;         /* of the results: 0 is the total */
  const grouping *groups; /* of the result that is walked */
  uint32_t place;         /* in the grid; without inner grouping */
  /* private */
  analysis_run *run;
  uint32_t asked;
  uint32_t inner;
  const plan_breakdown *breakdown; /* NULL: the total */
  uint32_t set;                    /* place in it of a multiple choice, whose group is `option` */
  slice option;
  uint32_t *order[PROGRAM_BY_MAX];
  uint32_t counts[PROGRAM_BY_MAX];
  uint32_t keys[PROGRAM_BY_MAX]; /* on the axes of the group at hand, the inner one first */
  uint32_t at, places;
} group_walk;

/* Walks the results of a groups_need whose first result is run_result(run, ASKED).  INNER is true when
 * that had an inner variable: then `place` is left alone and group_walk_place gives the places. */
group_walk group_walk_begin(analysis_run *run, uint32_t asked, bool inner);
bool group_walk_next(group_walk *w);
/* Index for run_result of the result at hand; add the distance to another groups_need for its twin. */
uint32_t group_walk_result(const group_walk *w);
/* The place of inner key INNER_KEY (or the inner missing place) in the group at hand. */
uint32_t group_walk_place(const group_walk *w, uint32_t inner_key);
/* Writes the group into T's row. */
void group_write(const group_walk *w, table *t);
/* "group" for a warning's detail, as group_write would write it. */
json *group_json(const group_walk *w);

#endif
