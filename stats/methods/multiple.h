/* All pairs of means at once, and two means that differ by little: from the figures of anova.h. */
#ifndef CANVASS_STATS_METHODS_MULTIPLE_H
#define CANVASS_STATS_METHODS_MULTIPLE_H

#include "stats/methods/anova.h"

/* NaN where a figure does not exist.  SE is that of the difference; the studentised range, whose unit is the
 * error of one mean, is Q = |difference| sqrt(2) / se.  The interval holds for all pairs together. */
typedef struct range_test {
  double difference, se, q, df, p, ci_low, ci_high;
} range_test;

/* Tukey & Kramer's test of A less B among the groups of whose analysis ANALYSIS is (Kramer 1956, Biometrics
 * 12:307-310; R's TukeyHSD): se^2 = ms_within (1 / NA + 1 / NB), GROUPS of them. */
status tukey_make(const sums *a, const sums *b, const anova *analysis, uint32_t groups, double confidence,
                  range_test *out, error *err) MUST_USE;
/* Games & Howell's, of unequal variances, from Welch's test of the pair (1976, Journal of Educational
 * Statistics 1:113-125): its se and degrees of freedom. */
range_test games_howell_of(const pair_test *pair, uint32_t groups, double confidence);

/* Two one-sided tests (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657-680): p of a difference of at
 * least MARGIN, the larger of the two; and the interval of the confidence 2 * CONFIDENCE - 1, which lies
 * within the margins when p < 1 - CONFIDENCE. */
typedef struct equivalence {
  double p, ci_low, ci_high;
} equivalence;

equivalence equivalence_of(double difference, double se, double df, double margin, double confidence);

#endif
