/* How far the order of the rows of a table goes with the order of its columns.
 *
 * With W the counts, A(i,j) the count of what is ahead of a cell in both orders or behind it in both, D(i,j)
 * of what is ahead in one and behind in the other, P = S W A, Q = S W D (pairs, each twice):
 *
 *   gamma            (P - Q) / (P + Q)              Goodman & Kruskal 1954
 *   tau-b            (P - Q) / sqrt(R C)            Kendall 1945
 *   Somers' d        (P - Q) / R, (P - Q) / C       Somers 1962, columns given rows, and rows given columns
 *
 * R = W..^2 - S W(i.)^2 and C = W..^2 - S W(.j)^2 being the pairs that differ in the row, in the column.
 *
 * Errors are sqrt(S W2 u^2), u the influence of one answer of the cell and W2 the sum of the squared weights
 * in it (its count, where there are none): Brown & Benedetti's asymptotic errors (1977, JASA 72:309-315;
 * "ASE" of SAS and SPSS), which with sampling weights are the linearised errors under independent sampling.
 */
#ifndef CANVASS_STATS_METHODS_ORDINAL_H
#define CANVASS_STATS_METHODS_ORDINAL_H

#include "stats/methods/contingency.h"

typedef struct ordinal_figure {
  double value, se;
} ordinal_figure;

/* NaN where a figure does not exist: all answers in one row, or in one column. */
typedef struct ordinal {
  ordinal_figure gamma, tau_b;
  ordinal_figure d_columns; /* columns given rows: pairs tied in the column count, those in the row do not */
  ordinal_figure d_rows;
  double z, p; /* P - Q over its error where there is no association; two-sided, of all four */
} ordinal;

/* Rows and columns of T stand in their order. */
status ordinal_make(const contingency *t, ordinal *out, error *err) MUST_USE;

#endif
