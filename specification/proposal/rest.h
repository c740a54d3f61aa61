/* How each item of a battery correlates with the others.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_REST_H
#define CANVASS_SPECIFICATION_PROPOSAL_REST_H

#include "specification/proposal/guess.h"

/* Sets rest_r of all items whose scale at least three share: Pearson's r of the item with the sum of the
 * others, all counted from the middle of the scale, over the rows that answer the item and another one; 0
 * where these are fewer than GUESS_ROW_MANY, or r is within two standard errors of none. */
status rest_correlate(guesses *g, const manifest *dataset, store *shards, error *err) MUST_USE;

#endif
