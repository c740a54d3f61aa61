/* A codebook as a table (CSV): labels, values and missing answers of variables.  Private to specification. */
#ifndef CANVASS_SPECIFICATION_TABLE_H
#define CANVASS_SPECIFICATION_TABLE_H

#include "specification/node.h"

/* The table as a map from variables to what an entry of `variables` would say of them: label, values,
 * missing. Its nodes have places in the file NAME.  Lives in A; NULL: mistakes were reported, or memory ran
 * out. */
node *table_read(arena *a, problem_list *p, const char *name, slice bytes);

#endif
