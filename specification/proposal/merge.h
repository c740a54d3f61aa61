/* What newer files bring, added to a page that somebody has worked on. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_MERGE_H
#define CANVASS_SPECIFICATION_PROPOSAL_MERGE_H

#include "specification/proposal/proposal.h"

/* A column that the page has: of which variable. */
typedef struct merge_column {
  const char *column, *variable;
  bool is_lacking; /* the newer files do not have it */
} merge_column;

/* Cells of the newer files that the page does not know. */
typedef struct merge_cells {
  const char *variable;
  const char *column; /* NULL: several */
  slice text;
  bool is_invalid; /* else it is a value that is not declared */
  uint64_t n;
} merge_cells;

typedef struct merge_view {
  const merge_column *columns;
  size_t columns_count;
  const merge_cells *cells;
  size_t cells_count;
} merge_view;

/* What was added. */
typedef struct merge_counts {
  uint32_t variables, values, remarks;
} merge_counts;

/* Appends to OUT the page with `optional: true` in each entry of `variables`, by which files that lack
 * columns can be read: for looking only. */
status merge_relaxed(slice page, buf *out, error *err) MUST_USE;

/* Appends PAGE, which is a specification, to OUT with what DATASET and VIEW have besides; see proposal_make
 * for the others.  Nothing of PAGE is changed or moved; what it has already is not added again.
 * STATUS_SPECIFICATION: its variables are written in braces. */
status proposal_merge(slice page, const merge_view *view, const manifest *dataset, store *shards,
                      const proposal_source *source, int language, buf *out, merge_counts *counts,
                      error *err) MUST_USE;

#endif
