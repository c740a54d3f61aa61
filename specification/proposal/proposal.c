#include "specification/proposal/proposal.h"

#include "specification/proposal/guess.h"
#include "specification/proposal/page.h"

status guess_all(guesses *g, const manifest *dataset, store *shards, error *err) {
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
  guess_totals(g);
  return arena_failed(g->facts.memory) || g->out_of_memory ? error_no_memory(err, "the proposal") : STATUS_OK;
}

static status make(guesses *g, const manifest *dataset, store *shards, const proposal_source *source,
                   buf *page, error *err) {
  g->above = source->header.above;
  TRY(facts_gather(&g->facts, dataset, shards, err));
  TRY(guess_all(g, dataset, shards, err));
  page_put(g, dataset, source, page);
  return buf_status(page, "the proposal", err);
}

status proposal_make(const manifest *dataset, store *shards, const proposal_source *source, int language,
                     buf *page, error *err) {
  guesses g = {.language = language};
  const status st = make(&g, dataset, shards, source, page, err);
  hash_table_fini(&g.names);
  facts_fini(&g.facts);
  return st;
}
