/* What LMDB's codes mean for an index, and what to do. */
#ifndef CANVASS_STORE_INDEX_TROUBLE_H
#define CANVASS_STORE_INDEX_TROUBLE_H

#include "store/store_index.h"

/* The status of CODE (not 0: LMDB's or errno) with a message that names DIRECTORY and says what to do. */
status index_trouble(const char *directory, const index_options *options, int code, error *err);

#endif
