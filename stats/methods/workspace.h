/* A handful of exact rationals that are made, used and freed together. */
#ifndef CANVASS_STATS_METHODS_WORKSPACE_H
#define CANVASS_STATS_METHODS_WORKSPACE_H

#include "base/exact.h"
#include "base/status.h"

enum { WORKSPACE_RATIOS = 24 };

typedef struct workspace {
  ratio *at[WORKSPACE_RATIOS];
} workspace;

status workspace_init(workspace *w, error *err) MUST_USE; /* a failure leaves nothing to free */
void workspace_fini(workspace *w);

#endif
