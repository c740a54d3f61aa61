/* How reliably a scale's items measure one thing: figures of a covariance matrix C of k items.
 *
 *   alpha        k/(k-1) (1 - tr C / sum C)                          Cronbach 1951, Psychometrika 16:297-334
 *   standardised k r / (1 + (k-1) r), r the mean of cov2cor(C)       as psych::alpha
 *   Feldt        1 - (1 - alpha) F(n-1, (n-1)(k-1))                  Feldt 1965, Psychometrika 30:357-370
 *   split half   of odd and even items, by Spearman-Brown: 2r/(1+r); of unequal halves Horst's formula (1951,
 *                Educ Psychol Meas 11:368-371)
 *   omega        (sum l)^2 / ((sum l)^2 + sum u), l and u of one ML factor on C's own scale (McDonald 1999)
 *   composite    the same of the loadings of standardised items      Fornell & Larcker 1981, J Mark Res
 * 18:39-50 AVE          mean squared standardised loading                   the same
 */
#ifndef CANVASS_STATS_METHODS_RELIABILITY_H
#define CANVASS_STATS_METHODS_RELIABILITY_H

#include "stats/methods/one_factor.h"

/* NaN where a figure does not exist: fewer than two items, no variance of the sum. */
double reliability_alpha(const double *matrix, uint32_t items);
/* Without item I. */
double reliability_alpha_dropped(const double *matrix, uint32_t items, uint32_t i);
/* Of the item with the sum of the others. */
double reliability_item_rest(const double *matrix, uint32_t items, uint32_t i);
/* Of CORRELATION; *MEAN_R may be NULL. */
double reliability_standardised(const double *correlation, uint32_t items, double *mean_r);
double reliability_split_half(const double *matrix, uint32_t items);
void reliability_feldt(double alpha, double n, uint32_t items, double confidence, double *low, double *high);

/* Of a fitted factor; SD: of the items, NULL for standardised ones. */
double reliability_of_factor(const one_factor *f, const double *sd);
double reliability_variance_extracted(const one_factor *f);

#endif
