/* Exact rationals by the handful. */
#include "stats/methods/workspace.h"

status workspace_init(workspace *w, error *err) {
  *w = (workspace){0};
  for (int i = 0; i < WORKSPACE_RATIOS; i++) {
    w->at[i] = ratio_new();
    if (w->at[i] == NULL) {
      workspace_fini(w);
      return error_no_memory(err, "exact arithmetic");
    }
  }
  return STATUS_OK;
}

void workspace_fini(workspace *w) {
  for (int i = 0; i < WORKSPACE_RATIOS; i++) {
    ratio_destroy(w->at[i]);
    w->at[i] = NULL;
  }
}
