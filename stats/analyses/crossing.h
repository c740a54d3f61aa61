/* The order of what a crossing ("North × 2025-01") has as keys: that of its variables, one after the other.
 */
#ifndef CANVASS_STATS_ANALYSES_CROSSING_H
#define CANVASS_STATS_ANALYSES_CROSSING_H

#include "stats/analyses/table.h"

/* The keys of AX: by the place that the first variable's value has in the codebook, undeclared ones behind
 * them in natural order, then by the second's.  Keys of which a value holds the sign between them stand last,
 * in natural order.  ITEM is of kind VARIABLE_CROSS.  In A; NULL when out of memory. */
uint32_t *crossing_order(arena *a, const plan *p, uint32_t item, const axis *ax);

#endif
