/* The columns that the codebook wants from the files.  Private to client/spec. */
#ifndef CANVASS_CLIENT_SPEC_COLUMNS_H
#define CANVASS_CLIENT_SPEC_COLUMNS_H

#include "client/spec/compile.h"

/* Each column once, in the order of the codebook; list and names in A.  NULL when out of memory. */
csv_column *columns_wanted(const compilation *c, arena *a, size_t *count);

/* With the whole dataset: tells of every variable that needs its cells as they were written while the dataset
 * keeps their column as numbers. */
void columns_check_kept(compilation *c);

#endif
