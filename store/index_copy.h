/* A copy of an index, also of one that another process has open and writes to: as one of its commits left it.
 */
#ifndef CANVASS_STORE_INDEX_COPY_H
#define CANVASS_STORE_INDEX_COPY_H

#include "base/status.h"

/* Writes data.mdb into the directory TO, which has none.  DIRECTORY is not one that this process has open. */
status index_copy(const char *directory, const char *to, error *err) MUST_USE;

#endif
