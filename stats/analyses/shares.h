/* Shares of answers at one end of a scale: what NPS, CSAT and CES have in common. */
#ifndef CANVASS_STATS_ANALYSES_SHARES_H
#define CANVASS_STATS_ANALYSES_SHARES_H

#include "stats/analyses/groups.h"
#include "stats/analyses/weighting.h"

/* One item in one group. */
typedef struct share_cell {
  analysis_run *run;
  uint32_t item;
  const group_walk *walk;
  const frequency_state *state;
  weighting weighting;
  estimate_options options;
} share_cell;

/* Asks for a frequency table of each of the argument "items", by group. */
status shares_begin(analysis_run *run, error *err) MUST_USE;
/* Calls VISIT for every item and group that has rows, in the order of the report, after the warning of
 * a small base.  CONTEXT is the analysis' own. */
typedef status share_visit(const share_cell *cell, void *context, error *err);
status shares_each(analysis_run *run, share_visit *visit, void *context, error *err) MUST_USE;

/* Starts a row of T: item, group, n and, when weighted, weighted_n. */
void share_row(const share_cell *cell, table *t);
/* The estimate of what VALUE_OF makes of each code. */
typedef int64_t share_value(int64_t code, const void *context);
status share_estimate(const share_cell *cell, share_value *value_of, const void *context, estimate *out,
                      error *err) MUST_USE;
/* Per cent of the answers (weighted when there is a weight) whose VALUE_OF is WANTED. */
double share_percent(const share_cell *cell, share_value *value_of, const void *context, int64_t wanted);

/* Codes low..high; those from `cut` to the good end are the top boxes. */
typedef struct box_scale {
  int64_t low, high;
  int64_t boxes;
  bool low_is_good;
} box_scale;
/* share_value functions over a box_scale: 100 for a top box, else 0; 100, 0, and -100 for as many boxes
 * at the other end (BOTTOM); the code, and the code mirrored when low is good. */
int64_t share_top_box(int64_t code, const void *scale);
int64_t share_code(int64_t code, const void *unused);
int64_t share_mirrored(int64_t code, const void *scale);

/* The ends of an interval around a difference of two shares: none lies beyond -100 and 100. */
void share_clip_net(double *low, double *high);
/* What a base is worth in an interval: N rows; with frequency weights their sum COUNT, of DECIMALS; with
 * sampling weights the effective base COUNT^2 / W2.  0 when empty. */
double share_effective(weighting w, int64_t n, i128 count, const exact *w2, unsigned decimals);
/* Wilson's score interval of a per cent over an effective base (Wilson 1927, JASA 22:209-212). */
void share_wilson(double percent, double n_effective, double confidence, double *low, double *high);

#endif
