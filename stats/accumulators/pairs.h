/* Pairs of variables: which ones CROSS and JOINT look at, and in what order.
 *
 * With SPLIT 0 these are all pairs i < j; otherwise each of the first SPLIT variables with each of the
 * others.  Pairs are numbered row after row: (0,1), (0,2), .. (1,2), .. */
#ifndef CANVASS_STATS_ACCUMULATORS_PAIRS_H
#define CANVASS_STATS_ACCUMULATORS_PAIRS_H

#include <stdint.h>

#include "stats/accumulators/grouping.h"
#include "stats/program/program.h"

typedef struct pair_list {
  uint32_t variables_count;
  uint32_t split; /* below variables_count */
} pair_list;

static inline pair_list pairs_of(const program_accumulator *a) {
  return (pair_list){a->variables_count, (uint32_t)a->params[0]};
}

static inline uint64_t pairs_count(pair_list l) {
  uint64_t n = l.variables_count;
  return l.split > 0 ? l.split * (n - l.split) : n * (n - 1) / 2;
}

/* Variable I is paired with each J from pairs_first(l, i) on; I runs up to pairs_end(l). */
static inline uint32_t pairs_end(pair_list l) {
  return l.split > 0 ? l.split : l.variables_count;
}
static inline uint32_t pairs_first(pair_list l, uint32_t i) {
  return l.split > 0 ? l.split : i + 1;
}

/* The number of the pair (I, J), I < J. */
static inline uint64_t pair_index(pair_list l, uint32_t i, uint32_t j) {
  uint64_t n = l.variables_count;
  if (l.split > 0) {
    return i * (n - l.split) + (j - l.split);
  }
  return i * (2 * n - i - 1) / 2 + (j - i - 1);
}

/* Gives a state that another is merged into the other's groups, OTHERS, besides its own, GROUPS.  AT is the
 * address of its pointer to PAIRS elements of SIZE bytes for each place: they move to their new places, the
 * new ones are zeroed.  *PLACES (malloc'ed): where each place of OTHERS is now; NULL: where it was.  WHO
 * names the accumulator in messages. */
status pairs_unite(void *at, uint32_t pairs, size_t size, grouping *groups, const grouping *others,
                   const char *who, uint32_t **places, error *err) MUST_USE;

#endif
