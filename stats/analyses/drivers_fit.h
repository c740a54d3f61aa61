/* One linear regression from exact sums: of the total, or of a group.
 *
 * Listwise, the normal equations are solved without rounding (base/exact_system.h), and every figure is
 * rounded once or twice; pairwise, from the correlations in doubles.
 */
#ifndef CANVASS_STATS_ANALYSES_DRIVERS_FIT_H
#define CANVASS_STATS_ANALYSES_DRIVERS_FIT_H

#include "stats/accumulators/products.h"
#include "stats/methods/covariance.h"

/* What a regression is of; the outcome is variable 0 of the sums, column i variable 1 + i. */
typedef struct drivers_form {
  bool intercept, pairwise;
  weighting weighting;
} drivers_form;

/* Figures are of answers, not of mantissas.  NaN where there is none. */
typedef struct drivers_fit {
  drivers_form form;
  uint32_t count;             /* columns that it has */
  uint32_t *columns;          /* which of the regression's, ascending */
  uint32_t size;              /* coefficients: the constant first where there is one */
  int64_t n;                  /* rows; pairwise the fewest of a pair */
  double base;                /* N: n, or the sum of the weights */
  double weights;             /* sum of the weights; n without */
  double df;                  /* N - size; sampling weights: n - size */
  double *b;                  /* size */
  double *inverse;            /* size^2, of the sums of w x x'; NULL: pairwise */
  double *beta;               /* count */
  double *vif;                /* count */
  double residual, explained; /* sums of squares, weighted where there are weights */
  double residual_sd;
  double r2, adjusted_r2;
  double condition; /* largest over smallest singular value of the columns at length 1, the constant among
                       them */
} drivers_fit;

/* Room in A for COLUMNS columns, all of which `columns` holds at first. */
status drivers_fit_new(arena *a, drivers_form form, uint32_t columns, drivers_fit *out, error *err) MUST_USE;
/* BLOCK: all rows of the group; C: its covariances.  *SOLVED is false when the matrix of correlations is not
 * positive definite, which only a pairwise one can be. */
status drivers_fit_make(arena *a, const products_state *s, const uint64_t *block, const covariance *c,
                        drivers_fit *fit, bool *solved, error *err) MUST_USE;

/* The matrix that a regression of FORM is about: covariances, or without a constant sums of products.  C has
 * been filled from BLOCK; OUT: room for (1 + columns)^2. */
void drivers_matrix(const products_state *s, const uint64_t *block, drivers_form form, const covariance *c,
                    double *out);
/* Correlations (without a constant: cosines) of the columns of FIT and, last, of the outcome: (count + 1)^2.
 * MATRIX is what drivers_matrix gives. */
void drivers_correlations(const drivers_fit *fit, const covariance *c, const double *matrix,
                          double *correlation);

#endif
