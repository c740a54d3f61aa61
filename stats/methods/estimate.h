/* Mean, variance, standard error, interval and shape of one variable in one group, from exact sums.
 *
 * Every figure is one exact rational (or the root of one), rounded once.
 *
 *             count N   mean     variance                        standard error of the mean
 * unweighted  n         Sx/N     (Sx2 - Sx^2/N) / (N - 1)        sqrt(variance / N)
 * frequency   Sw        Swx/N    (Swx2 - (Swx)^2/N) / (N - 1)    sqrt(variance / N)
 * sampling    Sw        Swx/Sw   n/(n-1) * S w(x-m)^2 / Sw       sqrt(R/(R-1) * S w^2(x-m)^2) / Sw
 *
 * Sampling: the linearised error of a domain mean under independent sampling, as svymean and svyby of R's
 * survey give it; R is the number of rows of the whole dataset with a usable weight, because a domain
 * is not a separate sample; the variance is svyvar's.  Degrees of freedom: N - 1; sampling: the domain's
 * rows less one (survey's degf of the subset).  A single answer has no error, whatever the weighting: survey
 * gives 0 for a domain of one row, which would read as certainty.
 * Skewness and kurtosis are the adjusted G1 and G2 (Joanes & Gill 1998, The Statistician 47:183-189;
 * e1071's type 2, SPSS and SAS).
 */
#ifndef CANVASS_STATS_METHODS_ESTIMATE_H
#define CANVASS_STATS_METHODS_ESTIMATE_H

#include "base/decimal.h"
#include "stats/methods/sums.h"

typedef struct estimate_options {
  int64_t design_rows;               /* R above; used for sampling weights alone */
  double confidence;                 /* 0 < confidence < 1 */
  bool rescaled;                     /* figures of (x - low) / (high - low) * 100 instead of x */
  decimal rescale_low, rescale_high; /* low < high (asserted) */
} estimate_options;

/* NaN where a figure does not exist (no answers, one answer, no variance). */
typedef struct estimate {
  int64_t n;          /* answers */
  double weighted_n;  /* Sw; n when unweighted */
  double n_effective; /* (Sw)^2 / Sw2; unweighted n, frequency Sw */
  double mean;
  double variance, sd;
  double spread; /* mean square deviation: the variance with the divisor N */
  double se;
  double se_plain; /* with the divisor N instead of N - 1 (sampling weights: the same as se) */
  double df;
  double ci_low, ci_high; /* mean -+ t * se */
  double skewness, kurtosis;
} estimate;

status estimate_make(const sums *s, const estimate_options *options, estimate *out, error *err) MUST_USE;
/* The two-sided critical values for the confidence level. */
double critical_t(double confidence, double df);
double critical_z(double confidence);
/* Two-sided p of a figure that is distributed as t, as z. */
double two_sided_t(double t, double df);
double two_sided_z(double z);

#endif
