/* The columns that the codebook wants from the files.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_COLUMNS_H
#define CANVASS_SPECIFICATION_COLUMNS_H

#include "specification/compile.h"

/* Each column once, in the order of the codebook; list and names in A.  NULL when out of memory. */
reading_column *columns_wanted(const compilation *c, arena *a, size_t *count);

/* With the whole dataset: reports every variable that needs its cells as they were written while the dataset
 * keeps their column as numbers. */
void columns_check_kept(compilation *c);

#endif
