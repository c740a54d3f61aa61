/* Rows of totals at the end of a file, which are no respondents.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_TOTALS_H
#define CANVASS_SPECIFICATION_PROPOSAL_TOTALS_H

#include "specification/proposal/facts.h"

/* Finds the last rows of each file whose first cell that is not blank says that they are totals or means,
 * where no other row of its column does. */
status totals_find(facts *f, const manifest *dataset, store *shards, error *err) MUST_USE;
bool totals_have(const facts *f, uint32_t index, uint32_t row);

#endif
