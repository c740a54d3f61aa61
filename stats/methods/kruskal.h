/* Comparing groups by the ranks of their answers, from the counts of each answer in each group.
 *
 *   H = 12 / (N (N + 1)) S N_g (r_g - (N + 1) / 2)^2 / (1 - S (t^3 - t) / (N^3 - N))
 *   z = (r_a - r_b) / sqrt((N (N + 1) / 12 - S (t^3 - t) / (12 (N - 1))) (1 / N_a + 1 / N_b))
 *
 * r are mean mid-ranks, t the numbers of equal answers: Kruskal & Wallis (1952, JASA 47:583-621; R's
 * kruskal.test) and Dunn (1964, Technometrics 6:241-252). */
#ifndef CANVASS_STATS_METHODS_KRUSKAL_H
#define CANVASS_STATS_METHODS_KRUSKAL_H

#include "stats/methods/sums.h"

/* Counts of ANSWERS, in their order, by GROUPS: group after group, in units of 10^-decimals.  Each group has
 * some. */
typedef struct ranked_groups {
  uint32_t groups, answers;
  const i128 *counts;
  unsigned decimals;
} ranked_groups;

/* NaN where a figure does not exist: fewer than two groups, or all answers equal. */
typedef struct kruskal {
  double h, df, p;
  double epsilon2; /* H / (N - 1): the share of the ranks' variance that is between groups */
  double spread;   /* of z: N (N + 1) / 12 less the ties' part */
} kruskal;

/* RANKS, of each group, gets the mean ranks, BASES its count. */
status kruskal_make(const ranked_groups *g, kruskal *out, double *ranks, double *bases, error *err) MUST_USE;
/* Dunn's z of A less B, from what kruskal_make gave. */
double dunn_z(const kruskal *k, const double *ranks, const double *bases, uint32_t a, uint32_t b);

#endif
