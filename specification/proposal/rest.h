/* How each item of a battery correlates with the others.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_REST_H
#define CANVASS_SPECIFICATION_PROPOSAL_REST_H

#include "specification/proposal/guess.h"

/* Sets rest_r of all items whose scale is shared by at least three: Pearson's r of the item with the sum of
 * the others, all measured from the middle of the scale, over the rows that answer the item and at least one
 * other. It stays 0 with fewer than GUESS_ROW_MANY such rows. */
status rest_correlate(guesses *g, const manifest *dataset, store *shards, error *err) MUST_USE;

#endif
