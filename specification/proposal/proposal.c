#include "specification/proposal/proposal.h"

#include "specification/proposal/guess.h"
#include "specification/proposal/page.h"

static status make(guesses *g, const manifest *dataset, store *shards, const proposal_options *options,
                   buf *page, error *err) {
  TRY(facts_gather(&g->facts, dataset, shards, err));
  g->count = g->facts.count;
  g->at = ARENA_ARRAY(g->facts.memory, guess, (size_t)g->count + 1);
  if (g->at == NULL) {
    return error_no_memory(err, "the proposal");
  }
  guess_stems(g);
  guess_kinds(g);
  guess_sets(g, dataset);
  guess_options(g);
  TRY(guess_batteries(g, dataset, shards, err));
  if (arena_failed(g->facts.memory) || g->out_of_memory) {
    return error_no_memory(err, "the proposal");
  }
  page_put(g, dataset, options, page);
  return buf_status(page, "the proposal", err);
}

status proposal_make(const manifest *dataset, store *shards, const proposal_options *options, buf *page,
                     error *err) {
  guesses g = {.count = 0};
  const status st = make(&g, dataset, shards, options, page, err);
  hash_table_fini(&g.names);
  facts_fini(&g.facts);
  return st;
}
