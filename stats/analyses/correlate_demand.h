/* What correlate has on demand beside its pairs: correlations given controls (correlate_partial.c),
 * disattenuated ones (correlate_reliability.c), and tests of two that differ, of groups (correlate_groups.c)
 * or of one sample (correlate_sample.c).  For these files and correlate.c alone.
 *
 * Their sums are asked for before the products of the pairs, so that the results have numbers that follow
 * from the request. */
#ifndef CANVASS_STATS_ANALYSES_CORRELATE_DEMAND_H
#define CANVASS_STATS_ANALYSES_CORRELATE_DEMAND_H

#include "stats/analyses/correlate.h"
#include "stats/analyses/reliability_scale.h"
#include "stats/methods/correlation_difference.h"

enum {
  CORRELATE_GROUPS_MAX = 60,        /* whose correlations are compared pair by pair */
  CORRELATE_COMPARISONS_MAX = 2000, /* of pairs of items, in one sample */
};
/* The arguments "partial", "group_differences", "pair_differences". */
typedef enum partial_rows { PARTIAL_LISTWISE, PARTIAL_PAIRWISE } partial_rows;
typedef enum group_differences { GROUPS_NONE, GROUPS_PAIRS, GROUPS_REST } group_differences;
typedef enum pair_differences { PAIRS_NONE, PAIRS_SHARING, PAIRS_ALL } pair_differences;

/* Where the reliability of an item comes from. */
typedef struct measure {
  double given;   /* NaN: alpha */
  uint32_t scale; /* whose alpha, when it is not given */
} measure;

typedef struct correlation_demand {
  const argument_value *controls; /* NULL: no partial correlations */
  partial_rows rows;
  measure *measures; /* per item; NULL: nothing is disattenuated */
  scale *scales;     /* constructs whose alpha is needed, each once */
  uint32_t scales_count;
  group_differences groups;
  pair_differences sample;
  uint32_t partial_asked, scales_asked, sample_asked; /* first results */
} correlation_demand;

/* What the arguments alone cannot say. */
status demand_check(const plan *p, const plan_analysis *a, error *err) MUST_USE;
/* Sets c->products too. */
status demand_open(correlation *c, correlation_demand *d, error *err) MUST_USE;
status demand_need(const correlation *c, const correlation_demand *d, error *err) MUST_USE;
/* Writes its tables, warnings and notes. */
status demand_write(const correlation *c, const correlation_demand *d, error *err) MUST_USE;

/* ---- Parts ------------------------------------------------------------------------------------------- */

/* Each opens its tables, writes them group by group, and notes how they were made; ROOM is cleared between
 * groups. */
status partial_write(const correlation *c, const correlation_demand *d, arena *room, error *err) MUST_USE;
status reliability_write_pairs(const correlation *c, const correlation_demand *d, arena *room,
                               error *err) MUST_USE;
status groups_write(const correlation *c, const correlation_demand *d, arena *room, error *err) MUST_USE;
status sample_write(const correlation *c, const correlation_demand *d, arena *room, error *err) MUST_USE;

/* Comparisons of two pairs of L, of those with an item in common or of all. */
uint64_t sample_comparisons(pair_list l, pair_differences which);

/* Rows that answer all of some variables, in one group. */
typedef struct complete_rows {
  int64_t n;
  double weighted_n, n_effective;
  double *correlation; /* of all of them; NaN for one that does not exist, also of a variable with itself */
} complete_rows;
/* Of the group at hand of W, a walk over listwise products of COUNT variables. */
status complete_rows_of(const correlation *c, const group_walk *w, uint32_t count, arena *room,
                        complete_rows *out, error *err) MUST_USE;
/* Warns of few rows of that group, and of those of its first ITEMS variables that do not vary in them. */
void complete_rows_warn(const correlation *c, const group_walk *w, const complete_rows *r, uint32_t count,
                        uint32_t items, bool too_few);

/* Columns for a base: "n", with weights "n weighted_n n_effective"; and setting them. */
const char *base_columns(const correlation *c);
void base_write(const correlation *c, table *t, int64_t n, double weighted_n, double n_effective);
/* A table with those of BEFORE, the base, and of AFTER; p adjusted where it is. */
table *demand_table(const correlation *c, const char *name, const char *before, const char *after);

#endif
