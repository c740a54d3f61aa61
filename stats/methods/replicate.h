/* Errors and intervals from replicates by random groups: what is computed of all rows but one group's, or of
 * groups drawn at random (docs/analyses/replicates.md).
 *
 * Delete-a-group jackknife (Kott 2001, J Off Stat 17:521-526; Efron & Tibshirani 1993, 11.5), over the m
 * groups that have rows, e_g the figure without group g and e. the mean of these:
 *
 *   SE^2 = (m - 1) / m * sum (e_g - e.)^2,   interval f^-1(f(e) -+ t(m - 1) SE f'(e)) on the figure's scale f
 *
 * Bootstrap: R times m of the m groups; expanded percentile interval (Hesterberg 2015, Am Stat 69:371-386):
 * the quantiles at a = Phi(-sqrt(m / (m - 1)) t(m - 1)) and 1 - a of the R figures, at place (R + 1) a.
 * BCa: bias-corrected and accelerated (Efron 1987, JASA 82:171-185), the acceleration from the jackknife.
 */
#ifndef CANVASS_STATS_METHODS_REPLICATE_H
#define CANVASS_STATS_METHODS_REPLICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef enum replicate_scale {
  REPLICATE_IDENTITY,  /* means, shares of rows, coefficients, differences */
  REPLICATE_FISHER,    /* correlations: atanh */
  REPLICATE_REMAINDER, /* reliabilities: log(1 - a) */
  REPLICATE_ROOT,      /* shares of variance, importance, R^2: the square root, the lower end not below 0 */
} replicate_scale;

typedef enum replicate_method { REPLICATE_JACKKNIFE, REPLICATE_BOOTSTRAP, REPLICATE_BCA } replicate_method;

enum {
  REPLICATE_GROUPS_FEW = 30,  /* below it intervals are to be marked */
  REPLICATE_GROUPS_LEAST = 8, /* below it there is none */
  REPLICATE_RESAMPLES = 2000,
  REPLICATE_RESAMPLES_BCA = 5000, /* the least */
};

/* Why there is no interval. */
typedef enum replicate_trouble {
  REPLICATE_FINE,
  REPLICATE_NO_FIGURE,  /* the figure itself does not exist */
  REPLICATE_FEW_GROUPS, /* fewer than REPLICATE_GROUPS_LEAST */
  REPLICATE_FAILED,     /* more than 5 % of the replicates have no figure */
  REPLICATE_AT_BOUND,   /* the scale has no slope there: r of 1, an a of 1, a share of 0 */
} replicate_trouble;

/* NaN where there is none. */
typedef struct replicate_interval {
  uint32_t groups; /* m */
  uint32_t failed; /* replicates without a figure; the others are used */
  double se;       /* on the figure's own scale */
  double low, high;
  replicate_trouble trouble;
} replicate_interval;

/* LEFT_OUT: the figure without each of GROUPS groups, STRIDE numbers from one to the next; NaN: it failed. */
replicate_interval replicate_jackknife(double figure, const double *left_out, uint32_t groups,
                                       uint32_t stride, replicate_scale scale, double confidence);
/* The same error with the interval from RESAMPLES figures of drawn groups, DRAWN as LEFT_OUT.  METHOD:
 * BOOTSTRAP or BCA.  STATUS_NO_MEMORY. */
status replicate_bootstrap(double figure, const double *left_out, uint32_t groups, const double *drawn,
                           uint32_t resamples, uint32_t stride, replicate_method method, double confidence,
                           replicate_interval *out, error *err) MUST_USE;
/* TIMES[g]: how often resample number RESAMPLE takes group g; GROUPS in all. */
void replicate_draw(uint64_t seed, uint32_t resample, uint32_t groups, uint32_t *times);

#endif
