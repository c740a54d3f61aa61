/* Blocks of PRODUCTS: where their sums are, adding, and folding. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/products_state.h"

/* ---- Places of sums ------------------------------------------------------------------------------- */

uint32_t products_sums_count(uint32_t variables, bool pairwise, bool weighted) {
  const uint32_t pairs = products_pairs(variables);
  if (pairwise) {
    return pairs * (weighted ? 2U : 1U) + 2 * variables * variables + pairs - variables;
  }
  return 1 + (weighted ? 2U : 0U) + variables + pairs;
}

/* Pairwise: where the x_i begin. */
static uint32_t pairwise_x(const products_state *s) {
  return products_pairs(s->variables_count) * (s->weighted ? 2U : 1U);
}

/* Listwise: where the x_i begin. */
static uint32_t listwise_x(const products_state *s) {
  return s->weighted ? 3 : 1;
}

static uint32_t pair_at(const products_state *s, uint32_t i, uint32_t j) {
  return i <= j ? products_triangle(s->variables_count, i, j) : products_triangle(s->variables_count, j, i);
}

uint32_t products_at_n(const products_state *s, uint32_t i, uint32_t j) {
  return s->pairwise ? pair_at(s, i, j) : 0;
}

uint32_t products_at_w(const products_state *s, uint32_t i, uint32_t j) {
  return s->pairwise ? products_pairs(s->variables_count) + pair_at(s, i, j) : 1;
}

uint32_t products_at_w2(const products_state *s) {
  (void)s;
  return 2;
}

uint32_t products_at_x(const products_state *s, uint32_t i, uint32_t j) {
  return s->pairwise ? pairwise_x(s) + i * s->variables_count + j : listwise_x(s) + i;
}

uint32_t products_at_xx(const products_state *s, uint32_t i, uint32_t j) {
  const uint32_t p = s->variables_count;
  return s->pairwise ? pairwise_x(s) + p * p + i * p + j : listwise_x(s) + p + pair_at(s, i, i);
}

uint32_t products_at_xy(const products_state *s, uint32_t i, uint32_t j) {
  const uint32_t p = s->variables_count;
  if (i == j) {
    return products_at_xx(s, i, i);
  }
  const uint32_t low = i < j ? i : j;
  /* Without the diagonal: one less for each row so far. */
  return s->pairwise ? pairwise_x(s) + 2 * p * p + pair_at(s, i, j) - low - 1
                     : listwise_x(s) + p + pair_at(s, i, j);
}

/* ---- Sums ----------------------------------------------------------------------------------------- */

exact products_sum(const products_state *s, const uint64_t *block, uint32_t at) {
  const uint64_t *limbs = block + (size_t)at * s->limbs;
  exact out;
  const uint64_t sign = (limbs[s->limbs - 1] >> 63) != 0 ? UINT64_MAX : 0;
  for (uint32_t k = 0; k < EXACT_LIMBS; k++) {
    out.limb[k] = k < s->limbs ? limbs[k] : sign;
  }
  return out;
}

int64_t products_n(const products_state *s, const uint64_t *block, uint32_t i, uint32_t j) {
  return (int64_t)block[(size_t)products_at_n(s, i, j) * s->limbs];
}

void products_put(const products_state *s, uint64_t *block, uint32_t at, const exact *term) {
  uint64_t *limbs = block + (size_t)at * s->limbs;
  u128 carry = 0;
  for (uint32_t k = 0; k < s->limbs; k++) {
    carry += (u128)limbs[k] + term->limb[k];
    limbs[k] = (uint64_t)carry;
    carry >>= 64;
  }
}

void products_put_i128(const products_state *s, uint64_t *block, uint32_t at, i128 term) {
  uint64_t *limbs = block + (size_t)at * s->limbs;
  u128 carry = 0;
  for (uint32_t k = 0; k < s->limbs; k++) {
    carry += (u128)limbs[k] + (uint64_t)term;
    limbs[k] = (uint64_t)carry;
    carry >>= 64;
    term >>= 64;
  }
}

void products_add(const products_state *s, uint64_t *into, const uint64_t *from) {
  if (s->limbs == 1) {
    for (uint32_t i = 0; i < s->sums_count; i++) {
      into[i] += from[i];
    }
    return;
  }
  for (uint32_t i = 0; i < s->sums_count; i++, into += s->limbs, from += s->limbs) {
    u128 carry = 0;
    for (uint32_t k = 0; k < s->limbs; k++) {
      carry += (u128)into[k] + from[k];
      into[k] = (uint64_t)carry;
      carry >>= 64;
    }
  }
}

void products_subtract(const products_state *s, uint64_t *into, const uint64_t *from) {
  for (uint32_t i = 0; i < s->sums_count; i++, into += s->limbs, from += s->limbs) {
    u128 carry = 1;
    for (uint32_t k = 0; k < s->limbs; k++) {
      carry += (u128)into[k] + ~from[k];
      into[k] = (uint64_t)carry;
      carry >>= 64;
    }
  }
}

/* ---- Blocks --------------------------------------------------------------------------------------- */

/* The first block whose place is at least PLACE. */
static uint32_t first_of(const products_state *s, uint32_t place) {
  uint32_t low = 0;
  uint32_t high = s->count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (s->keys[middle].place < place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

uint32_t products_blocks(const products_state *s, uint32_t place, uint32_t *first) {
  *first = first_of(s, place);
  return first_of(s, place + 1) - *first;
}

uint32_t products_folded(uint32_t replicates) {
  return replicates > PROGRAM_REPLICATES_MIN ? replicates / 2 : replicates > 1 ? 1 : 0;
}

status products_refuse(const products_state *s, size_t blocks, error *err) {
  char counts[3][TEXT_COUNT_BYTES];
  return error_set(err, STATUS_LIMIT,
                   "products: %s groups of %s sums need more than %s MiB; use fewer groups (bands, recodes) "
                   "or fewer items",
                   text_of_count(blocks, counts[0]), text_of_count(s->sums_count, counts[1]),
                   text_of_count(PRODUCTS_BYTES_MAX >> 20, counts[2]));
}

status products_allocate(products_state *s, uint32_t count, error *err) {
  free(s->keys);
  free(s->sums);
  s->keys = calloc((size_t)count + 1, sizeof *s->keys);
  s->sums = calloc((size_t)count + 1, products_block_bytes(s));
  s->count = count;
  return s->keys != NULL && s->sums != NULL ? STATUS_OK : error_no_memory(err, "products");
}

/* TO[i]: where block I of S goes when there are REPLICATES random groups; gives how many blocks there are
 * then.  SEEN: REPLICATES numbers. */
static uint32_t place_folded(const products_state *s, uint32_t replicates, uint32_t *to, uint32_t *seen) {
  uint32_t count = 0;
  for (uint32_t from = 0; from < s->count;) {
    uint32_t end = from;
    memset(seen, 0, replicates * sizeof *seen);
    for (; end < s->count && s->keys[end].place == s->keys[from].place; end++) {
      seen[s->keys[end].replicate & (replicates - 1)] = 1;
    }
    for (uint32_t g = 0; g < replicates; g++) {
      const uint32_t here = seen[g];
      seen[g] = count;
      count += here;
    }
    for (; from < end; from++) {
      to[from] = seen[s->keys[from].replicate & (replicates - 1)];
    }
  }
  return count;
}

static status fold_blocks(const products_state *s, uint32_t replicates, uint32_t *to, uint32_t *seen,
                          products_state *out, error *err) {
  *out = *s;
  out->keys = NULL;
  out->sums = NULL;
  TRY(products_allocate(out, place_folded(s, replicates, to, seen), err));
  for (uint32_t i = 0; i < s->count; i++) {
    out->keys[to[i]] = (products_key){s->keys[i].place, s->keys[i].replicate & (replicates - 1)};
    products_add(s, products_block(out, to[i]), products_block(s, i));
  }
  out->replicates = replicates;
  return STATUS_OK;
}

status products_fold(const products_state *s, uint32_t replicates, products_state *out, error *err) {
  uint32_t *to = malloc(((size_t)s->count + 1) * sizeof *to);
  uint32_t *seen = malloc(replicates * sizeof *seen);
  *out = (products_state){0};
  status st = to != NULL && seen != NULL ? fold_blocks(s, replicates, to, seen, out, err)
                                         : error_no_memory(err, "products");
  if (st != STATUS_OK) {
    free(out->keys);
    free(out->sums);
  }
  free(to);
  free(seen);
  return st;
}
