/* The exact p of a table larger than 2 x 2, which fisher.c asks for.
 *
 * Tables are filled column by column.  What can follow depends on what is left of the rows alone, so tables
 * that leave the same and are as probable so far are one node, as in Mehta & Patel's network (1983, JASA
 * 78:427-434; Algorithm 643).  A node all of whose tables count, or none, is not followed.
 *
 * Logarithms of factorials are whole multiples of 2^-40: sums of the same terms in another order are equal.
 */
#ifndef CANVASS_STATS_METHODS_FISHER_PATHS_H
#define CANVASS_STATS_METHODS_FISHER_PATHS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* Columns filled, of all nodes together; nodes of a stage; rows (or columns, of which there are fewer). */
enum { FISHER_STEPS_MAX = 2000000, FISHER_NODES_MAX = 200000, FISHER_LINES_MAX = 16 };

/* The probability of the tables with the margins of CELLS (row after row) that are at most as probable as it.
 * Not *DONE, and no p, when a limit is passed. */
status fisher_paths(const int64_t *cells, uint32_t rows, uint32_t columns, double *p, bool *done,
                    error *err) MUST_USE;

#endif
