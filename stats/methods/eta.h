/* The interval of eta squared, by inverting the noncentral F distribution (Steiger 2004, Psychological
 * Methods 9:164-182): of the noncentralities for which F would not be among the (1 - confidence) / 2 smallest
 * or largest, lambda / (lambda + N). */
#ifndef CANVASS_STATS_METHODS_ETA_H
#define CANVASS_STATS_METHODS_ETA_H

/* F with its degrees of freedom; N = df_between + df_within + 1.  The ends are 0 where no noncentrality fits,
 * and NaN when F or a degree of freedom is not a positive number. */
void eta_interval(double f, double df_between, double df_within, double confidence, double *low,
                  double *high);
/* P(F' <= f) of the noncentral F distribution, to 1e-12: the Poisson mixture of beta distributions. */
double noncentral_f(double f, double df_between, double df_within, double lambda);

#endif
