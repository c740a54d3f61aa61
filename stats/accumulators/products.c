/* PRODUCTS: the kind, merging, and bytes; see products.h. */
#include "stats/accumulators/products.h"

#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/grouping.h"
#include "stats/accumulators/products_state.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

/* Rows of a state: below 2^40. */
enum { ROWS_BITS = 40, SUM_BYTES_MAX = 1 + 8 * EXACT_LIMBS };

static bool is_replicated(const program_accumulator *a) {
  return a->params[1] != 0;
}

static unsigned bits_of(uint64_t v) {
  return v == 0 ? 0 : 64U - (unsigned)__builtin_clzll(v);
}

/* Enough for the largest sum there can be, and its sign. */
static uint32_t limbs_needed(const program *p, const program_accumulator *a, uint32_t variables) {
  unsigned value = 1;
  for (uint32_t i = 0; i < variables; i++) {
    const unsigned bits = bits_of((uint64_t)program_variable_bound(p, a->variables[i]));
    value = bits > value ? bits : value;
  }
  unsigned weight = 0;
  unsigned most = 2 * value;
  if (a->weight != PROGRAM_NONE) {
    weight = bits_of((uint64_t)program_variable_bound(p, p->weights[a->weight].variable));
    most = weight > most ? weight : most; /* w^2 */
  }
  return (most + weight + ROWS_BITS + 1 + 63) / 64;
}

static uint32_t declared_replicates(const program *p, const program_accumulator *a) {
  return is_replicated(a) ? p->variables[a->variables[a->variables_count - 1]].groups : 1;
}

static void describe(const program *p, const program_accumulator *a, products_state *s) {
  s->variables_count = a->variables_count - is_replicated(a);
  s->pairwise = a->params[0] != 0;
  s->weighted = a->weight != PROGRAM_NONE;
  s->weight_decimals = accumulator_weight_decimals(p, a);
  s->declared = declared_replicates(p, a);
  s->replicates = s->declared;
  s->limbs = limbs_needed(p, a, s->variables_count);
  s->sums_count = products_sums_count(s->variables_count, s->pairwise, s->weighted);
}

static status products_check(const program *p, const program_accumulator *a, uint64_t *bytes_max,
                             error *err) {
  static const accumulator_shape shape = {.variables_min = 1,
                                          .variables_max = PRODUCTS_VARIABLES_MAX + 1,
                                          .forms = SHAPE_NUMERIC,
                                          .by_max = PROGRAM_BY_MAX,
                                          .takes_weight = true,
                                          .params_min = PRODUCTS_PARAMS,
                                          .params_max = PRODUCTS_PARAMS};
  TRY(accumulator_check_shape(p, a, &shape, err));
  for (uint32_t k = 0; k < PRODUCTS_PARAMS; k++) {
    if (a->params[k] != 0 && a->params[k] != 1) {
      return error_set(err, STATUS_USAGE, "products: parameter %lld is neither 0 nor 1",
                       (long long)a->params[k]);
    }
  }
  if (is_replicated(a) && (a->variables_count < 2 ||
                           p->variables[a->variables[a->variables_count - 1]].kind != VARIABLE_REPLICATE)) {
    return error_set(err, STATUS_USAGE, "products: the last variable gives no random groups");
  }
  products_state s = {0};
  describe(p, a, &s);
  TRY(accumulator_check_bytes(p, a, s.sums_count, s.limbs * sizeof(uint64_t), err));
  if (!products_fit(&s, 1)) {
    return products_refuse(&s, 1, err);
  }
  *bytes_max = 0;
  return STATUS_OK;
}

static void products_destroy(void *state) {
  products_state *s = state;
  if (s != NULL) {
    grouping_fini(&s->groups);
    free(s->decimals);
    free(s->keys);
    free(s->sums);
    free(s);
  }
}

/* A state without groups and blocks. */
static status products_new(const program *p, const program_accumulator *a, products_state **out, error *err) {
  products_state *s = calloc(1, sizeof *s);
  uint8_t *decimals = calloc(a->variables_count, sizeof *decimals);
  if (s == NULL || decimals == NULL) {
    free(s);
    free(decimals);
    return error_no_memory(err, "products");
  }
  describe(p, a, s);
  for (uint32_t i = 0; i < s->variables_count; i++) {
    const program_variable *v = &p->variables[a->variables[i]];
    decimals[i] = program_variable_form(v) == FORM_NUMBER ? v->decimals : 0;
  }
  s->decimals = decimals;
  grouping_empty(p, a, &s->groups);
  *out = s;
  return STATUS_OK;
}

static status products_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  products_state *s;
  TRY(products_new(p, a, &s, err));
  return accumulator_give(products_allocate(s, 0, err), s, products_destroy, state);
}

static status products_map(frame *f, const program_accumulator *a, void **state, error *err) {
  products_state *s;
  TRY(products_new(frame_program(f), a, &s, err));
  return accumulator_give(products_map_rows(f, a, s, err), s, products_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

/* A state whose blocks are brought to where they go: with keys of its own, and sums that may be another's. */
typedef struct moved {
  products_state s;
  bool owns_sums;
} moved;

static void moved_fini(moved *m) {
  free(m->s.keys);
  if (m->owns_sums) {
    free(m->s.sums);
  }
}

/* PLACES: where each place of FROM is now; NULL: where it was.  Their order stays. */
static status move(const products_state *from, const uint32_t *places, moved *out, error *err) {
  *out = (moved){.s = *from};
  out->s.keys = malloc(((size_t)from->count + 1) * sizeof *out->s.keys);
  if (out->s.keys == NULL) {
    return error_no_memory(err, "products");
  }
  for (uint32_t i = 0; i < from->count; i++) {
    const products_key key = from->keys[i];
    out->s.keys[i] = (products_key){places != NULL ? places[key.place] : key.place, key.replicate};
  }
  return STATUS_OK;
}

static status fold_moved(moved *m, uint32_t replicates, error *err) {
  products_state folded;
  if (m->s.replicates <= replicates) {
    return STATUS_OK;
  }
  TRY(products_fold(&m->s, replicates, &folded, err));
  moved_fini(m);
  *m = (moved){folded, true};
  return STATUS_OK;
}

static int compare_keys(const products_state *a, uint32_t i, const products_state *b, uint32_t k) {
  if (i == a->count || k == b->count) {
    return (i == a->count) - (k == b->count);
  }
  const products_key x = a->keys[i];
  const products_key y = b->keys[k];
  return x.place != y.place ? (x.place > y.place) - (x.place < y.place)
                            : (x.replicate > y.replicate) - (x.replicate < y.replicate);
}

static uint32_t count_united(const products_state *a, const products_state *b) {
  uint32_t count = 0;
  for (uint32_t i = 0, k = 0; i < a->count || k < b->count; count++) {
    const int order = compare_keys(a, i, b, k);
    i += order <= 0;
    k += order >= 0;
  }
  return count;
}

/* Both come to the largest number of random groups with which their blocks fit. */
static status fold_both(moved *a, moved *b, uint32_t *count, error *err) {
  uint32_t replicates = a->s.replicates < b->s.replicates ? a->s.replicates : b->s.replicates;
  while (true) {
    TRY(fold_moved(a, replicates, err));
    TRY(fold_moved(b, replicates, err));
    *count = count_united(&a->s, &b->s);
    if (products_fit(&a->s, *count)) {
      return STATUS_OK;
    }
    replicates = products_folded(replicates);
    if (replicates == 0) {
      return products_refuse(&a->s, *count, err);
    }
  }
}

static status check_rows(const products_state *s, const uint64_t *a, const uint64_t *b, error *err) {
  const uint32_t counts = s->pairwise ? products_pairs(s->variables_count) : 1;
  for (uint32_t i = 0; i < counts; i++) {
    int64_t n = (int64_t)a[(size_t)i * s->limbs];
    TRY(accumulator_add_rows(&n, (int64_t)b[(size_t)i * s->limbs], err));
  }
  return STATUS_OK;
}

/* The blocks of both into OUT, which has room for COUNT of them. */
static status unite(const products_state *a, const products_state *b, products_state *out, error *err) {
  const size_t bytes = products_block_bytes(a);
  for (uint32_t i = 0, k = 0, at = 0; at < out->count; at++) {
    const int order = compare_keys(a, i, b, k);
    uint64_t *into = products_block(out, at);
    out->keys[at] = order <= 0 ? a->keys[i] : b->keys[k];
    memcpy(into, order <= 0 ? products_block(a, i) : products_block(b, k), bytes);
    if (order == 0) {
      TRY(check_rows(a, into, products_block(b, k), err));
      products_add(a, into, products_block(b, k));
    }
    i += order <= 0;
    k += order >= 0;
  }
  return STATUS_OK;
}

/* Every block of B is one of A's. */
static status add_in_place(const products_state *a, const products_state *b, error *err) {
  for (uint32_t i = 0, k = 0; k < b->count; i++) {
    if (compare_keys(a, i, b, k) == 0) {
      TRY(check_rows(a, products_block(a, i), products_block(b, k), err));
      products_add(a, products_block(a, i), products_block(b, k));
      k++;
    }
  }
  return STATUS_OK;
}

/* INTO's blocks become those of A and B; its old ones are freed unless A holds them still. */
static status take_united(products_state *into, moved *a, const moved *b, uint32_t count, error *err) {
  if (count == a->s.count && !a->owns_sums) {
    TRY(add_in_place(&a->s, &b->s, err));
    free(into->keys);
    into->keys = a->s.keys;
    a->s.keys = NULL;
    return STATUS_OK;
  }
  products_state united = a->s;
  united.keys = NULL;
  united.sums = NULL;
  status st = products_allocate(&united, count, err);
  st = st == STATUS_OK ? unite(&a->s, &b->s, &united, err) : st;
  products_state *gone = st == STATUS_OK ? into : &united;
  free(gone->keys);
  free(gone->sums);
  if (st == STATUS_OK) {
    into->keys = united.keys;
    into->sums = united.sums;
    into->count = count;
    into->replicates = united.replicates;
  }
  return st;
}

static status merge_moved(products_state *into, const products_state *from, const grouping_union *u,
                          error *err) {
  moved a = {0};
  moved b = {0};
  uint32_t count = 0;
  status st = move(into, u != NULL ? u->left_places : NULL, &a, err);
  st = st == STATUS_OK ? move(from, u != NULL ? u->right_places : NULL, &b, err) : st;
  st = st == STATUS_OK ? fold_both(&a, &b, &count, err) : st;
  st = st == STATUS_OK ? take_united(into, &a, &b, count, err) : st;
  moved_fini(&a);
  moved_fini(&b);
  return st;
}

static status products_merge(void *into_state, const void *from_state, error *err) {
  products_state *into = into_state;
  const products_state *from = from_state;
  if (grouping_equal(&into->groups, &from->groups)) {
    return merge_moved(into, from, NULL, err);
  }
  grouping_union u;
  TRY(grouping_unite(&into->groups, &from->groups, &u, err));
  const status st = merge_moved(into, from, &u, err);
  if (st == STATUS_OK) {
    grouping_fini(&into->groups);
    into->groups = u.groups;
    u.groups = (grouping){0};
  }
  grouping_union_fini(&u);
  return st;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void products_encode(const void *state, buf *out) {
  const products_state *s = state;
  grouping_encode(&s->groups, out);
  buf_put_varint(out, s->replicates);
  buf_put_varint(out, s->count);
  for (uint32_t i = 0; i < s->count; i++) {
    const uint64_t *block = products_block(s, i);
    buf_put_varint(out, s->keys[i].place);
    buf_put_varint(out, s->keys[i].replicate);
    for (uint32_t at = 0; at < s->sums_count; at++) {
      if (s->limbs == 1) {
        buf_put_signed(out, (int64_t)block[at]);
      } else {
        const exact sum = products_sum(s, block, at);
        buf_put_exact(out, &sum);
      }
    }
  }
}

/* Whether N limbs hold V. */
static bool fits_limbs(const exact *v, uint32_t limbs) {
  const uint64_t sign = (v->limb[limbs - 1] >> 63) != 0 ? UINT64_MAX : 0;
  for (uint32_t k = limbs; k < EXACT_LIMBS; k++) {
    if (v->limb[k] != sign) {
      return false;
    }
  }
  return true;
}

static void read_sum(reader *r, const products_state *s, uint64_t *block, uint32_t at) {
  if (s->limbs == 1) {
    block[at] = (uint64_t)reader_signed(r);
    return;
  }
  exact sum = {0};
  reader_exact(r, &sum);
  if (!fits_limbs(&sum, s->limbs)) {
    reader_fail(r, "a sum is larger than it can be");
    return;
  }
  memcpy(block + (size_t)at * s->limbs, sum.limb, s->limbs * sizeof(uint64_t));
}

/* Pairwise and without weights, where sums are single limbs. */
static bool may_be_counts(const products_state *s, const uint64_t *block) {
  const uint32_t p = s->variables_count;
  const uint64_t *squares = block + products_at_xx(s, 0, 0);
  uint64_t any = 0;
  bool may = true;
  for (uint32_t i = 0; i < products_pairs(p); i++) {
    any |= block[i];
    may = may && block[i] <= (uint64_t)ACCUMULATOR_ROWS_MAX;
  }
  for (uint32_t i = 0; i < p * p; i++) {
    may = may && (int64_t)squares[i] >= 0;
  }
  return may && any != 0;
}

/* Analyses divide by counts and sums of weights: these are what they can be, and the block is not empty. */
static bool may_be_block(const products_state *s, const uint64_t *block) {
  const uint32_t p = s->variables_count;
  bool any = false;
  if (s->limbs == 1 && s->pairwise && !s->weighted) {
    return may_be_counts(s, block);
  }
  for (uint32_t i = 0; i < p; i++) {
    for (uint32_t j = i; j < p; j++) {
      const exact n = products_sum(s, block, products_at_n(s, i, j));
      const exact most = exact_from_i64(ACCUMULATOR_ROWS_MAX);
      if (exact_sign(&n) < 0 || exact_compare(&n, &most) > 0) {
        return false;
      }
      const exact square = products_sum(s, block, products_at_xx(s, i, j));
      const exact w = s->weighted ? products_sum(s, block, products_at_w(s, i, j)) : n;
      if (exact_compare(&w, &n) < 0 || exact_sign(&square) < 0) {
        return false;
      }
      any = any || exact_sign(&n) > 0;
      if (!s->pairwise) {
        break;
      }
    }
  }
  return any;
}

static void read_block(reader *r, products_state *s, uint32_t i) {
  products_key key = {(uint32_t)reader_count(r, grouping_places(&s->groups) - 1),
                      (uint32_t)reader_count(r, s->replicates - 1)};
  s->keys[i] = key;
  if (i > 0 && compare_keys(s, i - 1, s, i) >= 0) {
    reader_fail(r, "blocks are not in ascending order");
  }
  uint64_t *block = products_block(s, i);
  for (uint32_t at = 0; at < s->sums_count && r->problem == NULL; at++) {
    read_sum(r, s, block, at);
  }
  if (r->problem == NULL && !may_be_block(s, block)) {
    reader_fail(r, "counts and sums that contradict each other");
  }
}

static void read_replicates(reader *r, products_state *s) {
  const uint32_t told = (uint32_t)reader_count(r, s->declared);
  uint32_t replicates = s->declared;
  while (replicates > told) {
    replicates = products_folded(replicates);
  }
  s->replicates = replicates;
  if (replicates != told || replicates == 0) {
    reader_fail(r, "a number of random groups that cannot be");
    s->replicates = 1;
  }
}

static status read_state(const program *p, const program_accumulator *a, reader *r, products_state *s,
                         error *err) {
  TRY(grouping_decode(p, a, 1, r, &s->groups, err));
  read_replicates(r, s);
  const uint32_t count = (uint32_t)reader_count_of(r, UINT32_MAX, 2 + (size_t)s->sums_count);
  if (!products_fit(s, count)) {
    reader_fail(r, "more blocks than an accumulator may have");
  }
  TRY(reader_status(r, "products", err));
  TRY(products_allocate(s, count, err));
  for (uint32_t i = 0; i < count && r->problem == NULL; i++) {
    read_block(r, s, i);
  }
  return reader_status(r, "products", err);
}

static status products_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                              error *err) {
  products_state *s;
  TRY(products_new(p, a, &s, err));
  return accumulator_give(read_state(p, a, r, s, err), s, products_destroy, state);
}

const accumulator_kind accumulator_products = {
    .id = ACCUMULATOR_PRODUCTS,
    .name = "products",
    .summary = "sums and products of variables, listwise or pairwise, by random groups",
    .version = 1,
    .check = products_check,
    .empty = products_empty,
    .map = products_map,
    .merge = products_merge,
    .encode = products_encode,
    .decode = products_decode,
    .destroy = products_destroy,
};
