/* The parts of PRODUCTS: the kind (products.c), blocks and what is in them (products_blocks.c), a shard's
 * rows (products_map.c).  For these files alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_PRODUCTS_STATE_H
#define CANVASS_STATS_ACCUMULATORS_PRODUCTS_STATE_H

#include "stats/accumulators/products.h"

static inline size_t products_block_bytes(const products_state *s) {
  return (size_t)s->sums_count * s->limbs * sizeof(uint64_t);
}
static inline bool products_fit(const products_state *s, size_t blocks) {
  return blocks <= (PRODUCTS_BYTES_MAX - 1) / products_block_bytes(s) + 1;
}
/* The next smaller number of random groups; 0 when there is none. */
uint32_t products_folded(uint32_t replicates);
/* STATUS_LIMIT: one block a place is too much. */
status products_refuse(const products_state *s, size_t blocks, error *err);
/* Zeroed room for COUNT blocks in place of those that are there. */
status products_allocate(products_state *s, uint32_t count, error *err) MUST_USE;
/* *OUT: S with REPLICATES random groups, fewer than it has, in blocks of its own; all else is shared. */
status products_fold(const products_state *s, uint32_t replicates, products_state *out, error *err) MUST_USE;
/* Gives a block's sum AT one more term. */
void products_put(const products_state *s, uint64_t *block, uint32_t at, const exact *term);
void products_put_i128(const products_state *s, uint64_t *block, uint32_t at, i128 term);

/* Adds the rows of F to S, which has no groups and blocks yet. */
status products_map_rows(frame *f, const program_accumulator *a, products_state *s, error *err) MUST_USE;

#endif
