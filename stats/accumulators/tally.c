/* See tally.h. */
#include "stats/accumulators/tally.h"

#include <stdlib.h>

status tally_slots(const grouped_rows *rows, const uint8_t *slots, uint32_t keys_count, tally *out,
                   error *err) {
  *out = (tally){.h = {.slots = slots,
                       .groups = rows->view.slots,
                       .rows = rows->count,
                       .keys_count = keys_count,
                       .groups_count = rows->view.count}};
  const stats_kernels *kernels = stats_kernels_current();
  size_t cells = histogram_cells(&out->h);
  if (rows->weights.narrow != NULL) {
    out->weighed = calloc(cells, sizeof *out->weighed);
    if (out->weighed == NULL) {
      return error_no_memory(err, "tally");
    }
    kernels->weigh_slots(&out->h, rows->weights.narrow, out->weighed);
  } else if (rows->weights.wide != NULL) {
    out->widely = calloc(cells, sizeof *out->widely);
    if (out->widely == NULL) {
      return error_no_memory(err, "tally");
    }
    kernels->weigh_slots_widely(&out->h, rows->weights.wide, out->widely);
  } else {
    out->counts = calloc(cells * histogram_tables(&out->h), sizeof *out->counts);
    if (out->counts == NULL) {
      return error_no_memory(err, "tally");
    }
    kernels->count_slots(&out->h, out->counts);
  }
  return STATUS_OK;
}

void tally_fini(tally *t) {
  free(t->counts);
  free(t->weighed);
  free(t->widely);
  *t = (tally){0};
}
