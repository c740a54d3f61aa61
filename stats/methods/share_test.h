/* Shares and net scores of independent groups: whether they differ, and by how much.  In per cent, bases N
 * rows or sums of frequency weights.
 *
 *   chi^2 = S N_g (p_g - p)^2 / (p (1 - p)), p of all groups together: Pearson's of the table of groups by
 * yes and no, without a correction (prop.test(correct = FALSE)); of two groups z^2 interval of a difference:
 * Newcombe 1998 (Statistics in Medicine 17:873-890, method 10), from Wilson's intervals of both net scores:
 * chi^2 = S (s_g - s)^2 / se_g^2, s weighted by 1 / se^2; z = (s_a - s_b) / sqrt(se_a^2 + se_b^2)
 */
#ifndef CANVASS_STATS_METHODS_SHARE_TEST_H
#define CANVASS_STATS_METHODS_SHARE_TEST_H

#include <stdint.h>

/* A share or a net score of one group. */
typedef struct group_share {
  double percent, se, base;
  double low, high; /* its interval, of shares */
} group_share;

/* NaN where a figure does not exist: fewer than two groups, no variance. */
typedef struct share_test {
  double chi2, df, p;
} share_test;
share_test shares_test(const group_share *groups, uint32_t count);
share_test scores_test(const group_share *groups, uint32_t count);

typedef struct share_difference {
  double difference, ci_low, ci_high, z, p;
} share_difference;
share_difference shares_differ(const group_share *a, const group_share *b);
share_difference scores_differ(const group_share *a, const group_share *b, double confidence);

#endif
