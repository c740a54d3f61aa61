/* Independence of the rows and columns of a table of counts.
 *
 * Pearson's chi-square is one exact rational, rounded once.  With sampling weights its distribution is
 * another: the second-order correction of Rao & Scott (1984, Annals of Statistics 12:46-60) as survey's
 * svychisq(statistic = "F") computes it; under independent sampling the covariance of the cells' shares
 * follows from the sums of squared weights in the cells.
 */
#ifndef CANVASS_STATS_METHODS_CONTINGENCY_H
#define CANVASS_STATS_METHODS_CONTINGENCY_H

#include "stats/methods/sums.h"

enum { RAO_SCOTT_DIMENSION_MAX = 400 };

/* Row after row; no row and no column is empty. */
typedef struct contingency {
  uint32_t rows, columns;
  const i128 *counts;   /* rows, or mantissas of weights at `decimals` */
  const exact *squares; /* sums of squared weight mantissas; sampling weights alone */
  unsigned decimals;
  weighting weighting;
  int64_t n;           /* answers in the table */
  int64_t design_rows; /* of the whole dataset, with a usable weight */
  int64_t domain_rows; /* of the group, answered or not: its degrees of freedom plus 1 */
} contingency;

/* NaN where a figure does not exist (fewer than two rows or columns). */
typedef struct independence {
  double chi2; /* of counts; sampling weights: of shares times n */
  double df, p;
  double cramers_v;            /* sqrt(chi2 / (n (min(rows, columns) - 1))), never corrected */
  bool corrected;              /* Yates' correction is in chi2 and p */
  double f, f_df, f_df_within; /* sampling weights: Rao & Scott; p is then theirs */
  double low_expected_percent; /* per cent of cells with an expected count below 5 */
} independence;

/* YATES: correct tables of 2 x 2, as R's chisq.test does by default. */
status independence_make(const contingency *t, bool yates, independence *out, error *err) MUST_USE;

#endif
