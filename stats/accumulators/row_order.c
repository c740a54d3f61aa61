/* Rows sorted by group, by counting: ascending within each group, so that memory is read forwards. */
#include "stats/accumulators/row_order.h"

#include <stdlib.h>

static status sort_rows(row_order *o, error *err) {
  const uint16_t *slots = o->grouped.view.slots;
  o->rows = malloc(((size_t)o->starts[o->groups_count] + 1) * sizeof *o->rows);
  uint32_t *at = malloc(((size_t)o->groups_count + 1) * sizeof *at);
  if (o->rows == NULL || at == NULL) {
    free(at);
    return error_no_memory(err, "rows by group");
  }
  for (uint32_t g = 0; g < o->groups_count; g++) {
    at[g] = o->starts[g];
  }
  for (uint32_t row = 0; row < o->grouped.count; row++) {
    if (slots[row] < o->groups_count) {
      o->rows[at[slots[row]]++] = row;
    }
  }
  free(at);
  return STATUS_OK;
}

status row_order_init(frame *f, const program_accumulator *a, row_order *out, error *err) {
  *out = (row_order){0};
  TRY(grouped_rows_init(f, a, &out->grouped, err));
  out->groups_count = out->grouped.view.count;
  out->starts = malloc(((size_t)out->groups_count + 1) * sizeof *out->starts);
  status st = STATUS_OK;
  if (out->starts == NULL) {
    st = error_no_memory(err, "rows by group");
  } else {
    uint32_t used = 0;
    for (uint32_t g = 0; g < out->groups_count; g++) {
      out->starts[g] = used;
      used += out->grouped.view.used[g];
    }
    out->starts[out->groups_count] = used;
    st = out->grouped.view.slots != NULL ? sort_rows(out, err) : STATUS_OK;
  }
  if (st != STATUS_OK) {
    row_order_fini(out);
  }
  return st;
}

void row_order_fini(row_order *o) {
  grouped_rows_fini(&o->grouped);
  free(o->rows);
  free(o->starts);
  *o = (row_order){0};
}

grouping row_order_take_groups(row_order *o) {
  grouping groups = o->grouped.groups;
  o->grouped.groups = (grouping){0};
  return groups;
}
