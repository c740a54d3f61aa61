/* Comparing the means of disjoint groups, from each group's exact sums.
 *
 * Analysis of variance, Welch's test and the pairwise statistics are one exact rational each, rounded
 * once before the distribution function is asked.  With frequency weights the counts are sums of weights.
 * With sampling weights the groups are domains of one design, whose means are uncorrelated under
 * independent sampling: a Wald test takes the place of both (survey's regTermTest of svyglm(y ~ group)).
 */
#ifndef CANVASS_STATS_METHODS_ANOVA_H
#define CANVASS_STATS_METHODS_ANOVA_H

#include "stats/methods/estimate.h"

/* NaN where a figure does not exist (fewer than two groups, no variance within). */
typedef struct anova {
  double n;
  double ss_between, ss_within;
  double df_between, df_within;
  double f, p;
  double eta2;   /* ss_between / ss_total */
  double omega2; /* (ss_between - df_between * ms_within) / (ss_total + ms_within) */
} anova;

/* One-way analysis of variance over COUNT groups, each with answers. */
status anova_make(const sums *groups, uint32_t count, anova *out, error *err) MUST_USE;

typedef struct mean_test {
  double f, df_between, df_within, p;
} mean_test;

/* Welch 1951, Biometrika 38:330-336 (R's oneway.test); every group needs two answers and a variance. */
status welch_make(const sums *groups, uint32_t count, mean_test *out, error *err) MUST_USE;
/* Wald test of equal means with sampling weights; df_within: answers less groups. */
status wald_make(const sums *groups, uint32_t count, const estimate_options *options, mean_test *out,
                 error *err) MUST_USE;

typedef struct pair_test {
  double difference, se, t, df, p, ci_low, ci_high;
  double d; /* Cohen's d with the pooled standard deviation of the two; NaN with sampling weights */
} pair_test;

/* Welch's t test of A less B, each with answers; with one answer there is the difference alone; with sampling
 * weights the linearised errors and nA + nB - 2 degrees of freedom (survey's svyttest). */
status pair_make(const sums *a, const sums *b, const estimate_options *options, pair_test *out,
                 error *err) MUST_USE;

#endif
