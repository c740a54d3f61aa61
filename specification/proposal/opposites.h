/* Words for no answer that are answers beside their opposite.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_OPPOSITES_H
#define CANVASS_SPECIFICATION_PROPOSAL_OPPOSITES_H

#include "specification/proposal/facts.h"

/* "Not applicable" beside "applicable", and "none" beside "some", are answers of C. */
void opposites_settle(column_facts *c);

#endif
