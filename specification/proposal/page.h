/* The page of a proposal.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_PAGE_H
#define CANVASS_SPECIFICATION_PROPOSAL_PAGE_H

#include "specification/proposal/guess.h"
#include "specification/proposal/proposal.h"

/* Appends the whole page. */
void page_put(const guesses *g, const manifest *dataset, const proposal_options *options, buf *page);
/* page_variables.c: `scales` and `variables`. */
void page_put_scales(const guesses *g, buf *page);
void page_put_variables(const guesses *g, buf *page);
/* Whether the page has the variable. */
bool page_has(const guess *at);

#endif
