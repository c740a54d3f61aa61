/* Columns of a regression that others determine. */
#ifndef CANVASS_STATS_METHODS_COLLINEAR_H
#define CANVASS_STATS_METHODS_COLLINEAR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* A column with a squared multiple correlation of more than 1 - this with those before it is taken for one
 * that these determine: R's lm drops at a tolerance of 1e-7 on the scale of lengths, whose square this is. */
#define COLLINEAR_TOLERANCE 1e-12

/* COVARIANCE: P * P, symmetric.  DROPPED, room for P: set for each column that is constant or that those
 * before it determine.  For the latter SETS[i * P + k] (P * P bytes; may be NULL) is set for the columns k, i
 * among them, that the dependence takes: no smaller set of the kept ones has it.  How many are kept;
 * UINT32_MAX: out of memory in A. */
uint32_t collinear_find(arena *a, const double *covariance, uint32_t p, bool *dropped, bool *sets);

#endif
