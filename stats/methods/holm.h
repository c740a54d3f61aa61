/* Holm's adjustment of p-values for several tests at once (Holm 1979, Scandinavian Journal of
 * Statistics 6:65-70; the same as R's p.adjust(method = "holm")). */
#ifndef CANVASS_STATS_METHODS_HOLM_H
#define CANVASS_STATS_METHODS_HOLM_H

#include <stddef.h>

#include "base/status.h"

/* ADJUSTED[i] for P[i]; NaN means no value: it stays NaN and does not count as a test.  The two
 * arrays may be the same. */
status holm_adjust(const double *p, double *adjusted, size_t count, error *err) MUST_USE;
/* The same among UNKNOWN further tests whose p is unknown: they count as the largest, so that no adjusted p
 * is smaller than it would be with them. */
status holm_adjust_among(const double *p, double *adjusted, size_t count, size_t unknown,
                         error *err) MUST_USE;

/* Benjamini & Hochberg's adjustment, of the share of false discoveries instead of the chance of any (1995,
 * JRSS B 57:289-300; R's p.adjust(method = "BH")); otherwise as holm_adjust. */
status benjamini_hochberg_adjust(const double *p, double *adjusted, size_t count, error *err) MUST_USE;
/* The same among UNKNOWN further tests, as holm_adjust_among. */
status benjamini_hochberg_adjust_among(const double *p, double *adjusted, size_t count, size_t unknown,
                                       error *err) MUST_USE;

#endif
