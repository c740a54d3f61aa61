/* Whether two columns of a table differ, as agencies test them: each column stands for an effective base.
 *
 * Shares: z = (a - b) / sqrt(p (1 - p) (1/n + 1/m)), p the share of both together, two-sided.  A share of 0
 * or of 1 is not compared: the form has no error for it (SPSS Custom Tables, COMPARETEST PROP, leaves such
 * columns out).
 *
 * Means: t = (a - b) / sqrt(v (1/n + 1/m)), v = ((n - 1) va + (m - 1) vb) / (n + m - 2), of n + m - 2 degrees
 * of freedom (Student 1908; R's t.test(var.equal = TRUE), with effective bases where there are sampling
 * weights).
 */
#ifndef CANVASS_STATS_METHODS_COLUMN_TEST_H
#define CANVASS_STATS_METHODS_COLUMN_TEST_H

/* Two-sided p; NaN where the two are not compared: an empty base, a share of 0 or 1. */
double column_test_shares(double a, double base_a, double b, double base_b);

/* A mean of BASE answers (effective) with their variance. */
typedef struct column_mean {
  double mean, variance, base;
} column_mean;
/* Two-sided p; NaN where the two are not compared: fewer than two answers in one, no variance in both. */
double column_test_means(const column_mean *a, const column_mean *b);

#endif
