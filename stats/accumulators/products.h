/* PRODUCTS: the sums that covariances of p variables are made of, by random groups of rows.
 *
 * Variables: p numbers (or numeric coded) and, when replicated, one REPLICATE after them; params: {pairwise,
 * replicated}, each 0 or 1.  A state has a block of sums for each place of the grouping and each random group
 * in which there is an answer.
 *
 * Listwise, over the rows that answer all p variables: n; with weights w and w^2; x_i; x_i x_j for i <= j.
 * Pairwise, over the rows that answer both i and j: n and, with weights, w, for i <= j; x_i for all (i, j);
 * x_i^2 for all (i, j); x_i x_j for i < j.  With weights all sums but n are weighted, so an answer of a row
 * of weight w counts w times.
 *
 * While the blocks do not fit PRODUCTS_BYTES_MAX, the random groups are folded: to half as many, g modulo
 * their number, down to 256, and then to a single one, which has no replicates but all figures.  Blocks only
 * become more as states are merged, so how far it comes depends neither on shards nor on the order.
 */
#ifndef CANVASS_STATS_ACCUMULATORS_PRODUCTS_H
#define CANVASS_STATS_ACCUMULATORS_PRODUCTS_H

#include "stats/accumulators/accumulator.h"

enum {
  PRODUCTS_BYTES_MAX = ACCUMULATOR_BYTES_MAX / 2,
  PRODUCTS_VARIABLES_MAX = 1000,
  PRODUCTS_PARAMS = 2,
};

typedef struct products_key {
  uint32_t place;
  uint32_t replicate; /* below the state's `replicates` */
} products_key;

typedef struct products_state {
  grouping groups; /* first: analyses walk over them */
  uint32_t variables_count;
  bool pairwise, weighted;
  uint8_t weight_decimals;
  uint8_t *decimals;   /* per variable */
  uint32_t replicates; /* random groups that the blocks are of; 1: no replicates */
  uint32_t declared;   /* ... and that were asked for */
  uint32_t limbs;      /* of a sum: two's complement, least significant first */
  uint32_t sums_count; /* of a block */
  uint32_t count;      /* blocks */
  products_key *keys;  /* ascending by place, then replicate */
  uint64_t *sums;      /* count * sums_count * limbs */
} products_state;

/* The blocks of PLACE: *FIRST and how many there are. */
uint32_t products_blocks(const products_state *s, uint32_t place, uint32_t *first);
static inline uint64_t *products_block(const products_state *s, uint32_t block) {
  return s->sums + (size_t)block * s->sums_count * s->limbs;
}
/* INTO += FROM, or INTO -= FROM: blocks of the same state. */
void products_add(const products_state *s, uint64_t *into, const uint64_t *from);
void products_subtract(const products_state *s, uint64_t *into, const uint64_t *from);

/* ---- Places of sums in a block ------------------------------------------------------------------- */

/* Of the pair (I, J), I <= J, among those of P variables. */
static inline uint32_t products_triangle(uint32_t p, uint32_t i, uint32_t j) {
  return i * p - i * (i + 1) / 2 + j;
}
static inline uint32_t products_pairs(uint32_t p) {
  return p * (p + 1) / 2;
}

/* Rows that answer both I and J (listwise: all); sums over them. */
uint32_t products_at_n(const products_state *s, uint32_t i, uint32_t j);
uint32_t products_at_w(const products_state *s, uint32_t i, uint32_t j); /* weighted alone */
uint32_t products_at_w2(const products_state *s);                        /* weighted, listwise alone */
uint32_t products_at_x(const products_state *s, uint32_t i, uint32_t j); /* of x_i, where J is answered */
uint32_t products_at_xx(const products_state *s, uint32_t i, uint32_t j);
uint32_t products_at_xy(const products_state *s, uint32_t i, uint32_t j);
uint32_t products_sums_count(uint32_t variables, bool pairwise, bool weighted);

/* The sum AT of a block. */
exact products_sum(const products_state *s, const uint64_t *block, uint32_t at);
int64_t products_n(const products_state *s, const uint64_t *block, uint32_t i, uint32_t j);

#endif
