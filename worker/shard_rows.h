/* The view that stats has of a shard of the store: its rows and columns. */
#ifndef CANVASS_WORKER_SHARD_ROWS_H
#define CANVASS_WORKER_SHARD_ROWS_H

#include "stats/frame/rows.h"
#include "store/shard.h"

/* Borrows S, which must outlive the view. */
void shard_rows_view(shard *s, stats_rows *out);

#endif
