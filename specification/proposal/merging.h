/* A merge in hand: the page, its tree, what is guessed of the newer files.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_MERGING_H
#define CANVASS_SPECIFICATION_PROPOSAL_MERGING_H

#include "specification/proposal/edit.h"
#include "specification/proposal/guess.h"
#include "specification/proposal/merge.h"
#include "stats/plan/plan.h"

typedef struct merging {
  const merge_view *view;
  guesses g;
  arena *memory; /* of the tree */
  const node *root, *variables;
  edit *page;
  merge_counts *counts;
  const merge_column **claims;  /* by guess; NULL: no variable has the column */
  const char *files[LANGUAGES]; /* as comments in each language call them */
} merging;

/* The entry of VARIABLE, which has COLUMN: its place in `variables`; their count when there is none. */
uint32_t merging_entry(const merging *m, const char *variable, const char *column);
slice merging_yaml(merging *m, slice text);
/* The comment P above KEY, with the files and two texts; left out, and false, where it is there in any
 * language. */
bool merging_remark(merging *m, const node *key, phrase p, const char *first, const char *second);
/* merge_cells.c: adds the values and codes of cells that the page does not know, and tells what it cannot
 * take. */
status merging_cells(merging *m, error *err) MUST_USE;
/* The same of words that name rows of totals: they are missing where the page's filters ask for that. */
void merging_totals(merging *m);

#endif
