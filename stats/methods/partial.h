/* Partial correlations: what two variables have in common beyond what others explain.
 *
 *   r_xy.C = s_xy / sqrt(s_xx s_yy),  s_xy = r_xy - r_xC R_CC^-1 r_Cy
 *
 * of the correlations r of all of them (Anderson 2003, An Introduction to Multivariate Statistical Analysis,
 * 4.3; the correlation of residuals of lm; psych::partial.r).  Controls that are constant, or that others
 * before them determine, say nothing more and are left out.  A correlation over M rows is tested as one over
 * M - k rows, k the controls that are left: t on M - k - 2 degrees of freedom, Fisher's interval with
 * 1 / sqrt(M - k - 3) (Fisher 1924, Metron 3:329-332). */
#ifndef CANVASS_STATS_METHODS_PARTIAL_H
#define CANVASS_STATS_METHODS_PARTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

/* Of P variables, the last CONTROLS of which are controls; in an arena. */
typedef struct partial_matrix {
  uint32_t variables;
  uint32_t controls;
  const double *correlation; /* P * P, as given */
  bool *dropped;             /* per control */
  uint32_t kept;             /* controls that are left: k */
  bool unusable;             /* their correlations are not those of any data, or are not all there */
  double *solved;            /* per variable R_CC^-1 r_C, KEPT numbers */
} partial_matrix;

/* CORRELATION (borrowed): NaN for one that does not exist; of a control with itself it then is constant. */
status partial_make(arena *a, const double *correlation, uint32_t variables, uint32_t controls,
                    partial_matrix *out, error *err) MUST_USE;

typedef enum partial_outcome {
  PARTIAL_FOUND,
  PARTIAL_NONE,       /* one of the correlations does not exist */
  PARTIAL_DETERMINED, /* the controls determine one of the two */
  PARTIAL_IMPOSSIBLE, /* pairwise correlations that are not those of any data */
} partial_outcome;
/* Of variables X and Y, no controls; *R is NaN unless it is found. */
partial_outcome partial_correlation(const partial_matrix *m, uint32_t x, uint32_t y, double *r);
/* Whether the controls determine X. */
bool partial_determines(const partial_matrix *m, uint32_t x);

/* The test of R over M rows or what stands for them; NaN where a figure does not exist. */
typedef struct partial_test {
  double t, df, p, ci_low, ci_high;
} partial_test;
partial_test partial_test_of(double r, double m, uint32_t controls, double confidence);

#endif
