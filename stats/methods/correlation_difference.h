/* Whether two correlations differ: of independent samples, and of one sample.
 *
 *   independent   z = (atanh r1 - atanh r2) / sqrt(1/(m1 - 3) + 1/(m2 - 3))                   Fisher 1921
 *   one sample    Z = (atanh r1 - atanh r2) sqrt(m - 3) / sqrt(2 - 2 c), c the correlation of the two
 *                 transforms with the mean of r1 and r2 in the place of both: Steiger 1980 (Psychological
 *                 Bulletin 87:245-251, 14 and 15), of Dunn & Clark 1969; psych::r.test(pooled = TRUE)
 *   with an item in common also
 *                 t = (r12 - r13) sqrt((m - 1)(1 + r23) / (2 |R| (m - 1)/(m - 3) + r^2 (1 - r23)^3)),
 *                 r their mean, on m - 3 degrees of freedom: Williams 1959 (JRSS B 21:396-399)
 *   interval      of r1 - r2 from those of r1 and r2: Zou 2007 (Psychological Methods 12:399-413), with the
 *                 unpooled correlation of the two
 *
 * M is the number of rows, or what stands for it with weights. */
#ifndef CANVASS_STATS_METHODS_CORRELATION_DIFFERENCE_H
#define CANVASS_STATS_METHODS_CORRELATION_DIFFERENCE_H

/* NaN where a figure does not exist: a correlation that does not, or is 1 or -1 (the difference stays), an
 * m of 3 or less. */
typedef struct correlation_difference {
  double difference, ci_low, ci_high;
  double z, p;
  double t, df, p_t; /* Williams, of two with an item in common; else NaN */
} correlation_difference;

correlation_difference correlations_of_groups(double r1, double m1, double r2, double m2, double confidence);
/* r12 less r13, in one sample. */
correlation_difference correlations_sharing(double r12, double r13, double r23, double m, double confidence);

/* Of four items in one sample. */
typedef struct four_correlations {
  double r12, r34, r13, r14, r23, r24;
} four_correlations;
/* r12 less r34. */
correlation_difference correlations_apart(const four_correlations *r, double m, double confidence);

#endif
