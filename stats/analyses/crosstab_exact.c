/* crosstab's exact p: for tables whose expected counts are too small for chi-square. */
#include <math.h>

#include "stats/analyses/crosstab_parts.h"
#include "stats/methods/fisher.h"

void cross_exact_open(crossing *c) {
  if (run_argument(c->run, "exact")->integer && c->weighting != WEIGHTING_SAMPLING) {
    c->tables.exact = table_new(c->run, "exact_tests", "item other_item group n p se draws");
  }
}

status cross_exact_write(crossing *c, error *err) {
  table *t = c->tables.exact;
  if (t == NULL || c->is_set) {
    return STATUS_OK;
  }
  contingency of;
  if (!crossing_occupied(c, &of)) {
    return error_no_memory(err, "an exact test");
  }
  if (of.rows < 2 || of.columns < 2) {
    return STATUS_OK; /* "nothing_to_cross" says so */
  }
  fisher f = {.p = NAN, .se = NAN};
  if (fisher_fits(&of)) {
    TRY(fisher_make(&of, run_request(c->run)->seed, &f, err));
  } else {
    json *detail = crossing_detail(c);
    json_set_integer(detail, "n", FISHER_N_MAX);
    json_set_integer(detail, "threshold", FISHER_CELLS_MAX);
    run_warn(c->run, "exact_left_out", detail);
  }
  crossing_start_row(c, t);
  table_integer(t, "n", c->all_n);
  table_number(t, "p", f.p);
  if (f.is_drawn) {
    c->any_drawn = true;
    table_number(t, "se", f.se);
    table_integer(t, "draws", FISHER_DRAWS);
  }
  return STATUS_OK;
}

void cross_exact_note(const crossing *c) {
  if (run_argument(c->run, "exact")->integer == 0) {
    return;
  }
  run_note(c->run, c->weighting == WEIGHTING_SAMPLING ? "note_exact_sampling" : "note_exact", NULL);
  if (c->any_drawn) {
    json *detail = run_detail(c->run);
    json_set_integer(detail, "n", FISHER_DRAWS);
    run_note(c->run, "note_exact_drawn", detail);
  }
}
