/* The page of a proposal.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_PAGE_H
#define CANVASS_SPECIFICATION_PROPOSAL_PAGE_H

#include "specification/proposal/guess.h"
#include "specification/proposal/proposal.h"

/* Appends the whole page. */
void page_put(const guesses *g, const manifest *dataset, const proposal_source *source, buf *page);
/* page_head.c: what stands above the codebook. */
void page_put_head(const guesses *g, const manifest *dataset, const proposal_source *source, buf *page);
/* page_variables.c: `scales` and `variables`. */
void page_put_scales(const guesses *g, buf *page);
void page_put_variables(const guesses *g, buf *page);
/* The entry of a variable that the page has, notes above it. */
void page_put_entry(const guesses *g, const guess *at, buf *page);
/* "  # ", the phrase in the page's language, and the end of the line. */
void page_comment(const guesses *g, buf *page, const char *indent, phrase p, const char *const *texts,
                  size_t count);
#define PAGE_SAY(g, page, indent, p, ...)                                      \
  page_comment((g), (page), (indent), (p), (const char *const[]){__VA_ARGS__}, \
               sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
/* page_missing.c: ", missing: {..}" with the COUNT texts of ABSENT, or nothing. */
void page_put_missing(const guess *at, const guess_absent *absent, uint32_t count, buf *page);
/* Whether the page has the variable. */
bool page_has(const guess *at);

#endif
