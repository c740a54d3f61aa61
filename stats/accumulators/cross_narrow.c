/* Pairs of CROSS whose two columns fit bytes: the sums are entries of X'X of byte columns.
 *
 * Per variable and row there are x (the key less the smallest one; 0 where missing), m (1 where
 * answered) and q = x * x.  Then, over the rows that answer both, n = m'm, sum of x = x'm, sum of x^2 =
 * q'm and sum of xy = x'y.  With weights, w * m, w * x and w^2 * m are cut into pieces of 7 bits, as many as
 * the shard's heaviest weight needs, each a separate byte column, and the pieces' products are put together
 * again.  Rows are taken in blocks that stay in the second-level cache, group after group.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/cross.h"
#include "stats/kernels/kernels.h"

enum {
  PIECE_BITS = 7,
  W_PIECES = 9,     /* w <= 2^62 */
  V_PIECES = 10,    /* w * x < 2^66 */
  U_PIECES = 18,    /* w^2 <= 2^124 */
  V_PIECES_LOW = 5, /* those of w * x that are made from the low bits of w; the others fit 64 bits then */
  SET_X = 0,
  SET_M,
  SET_Q,
  SET_W,                    /* pieces of w * m */
  SET_V = SET_W + W_PIECES, /* pieces of w * x */
  SET_U = SET_V + V_PIECES, /* pieces of w^2 * m */
  SETS = SET_U + U_PIECES,
  WEIGHTED_BLOCK_ROWS = 1024,
};

/* The entries of X'X that are wanted, for I, J in the order of the narrow columns. */
typedef enum product_kind { OF_N, OF_X, OF_XX, OF_XY, OF_W, OF_WY, OF_WYY, OF_WXY, OF_W2 } product_kind;

typedef struct product {
  product_kind kind;
  uint32_t left, right; /* sets */
  uint32_t piece;
  uint32_t product_max;
  bool symmetric; /* only I < J is needed */
  int64_t *sums;  /* count * count */
} product;
enum { PRODUCTS_MAX = 4 + 3 * W_PIECES + V_PIECES + U_PIECES };

typedef struct narrow {
  const cross_shard *shard;
  uint32_t count; /* narrow columns */
  uint32_t split; /* as in pair_list, for the narrow ones; SPLIT_ALL: all pairs */
  uint32_t *variables;
  uint32_t w_pieces, v_pieces, u_pieces;
  uint8_t *bytes;          /* all columns of all sets */
  uint8_t **columns[SETS]; /* per set and narrow column */
  uint8_t *slots;          /* of one column in the block */
  int64_t *weights;        /* of the block */
  uint64_t *products_low;  /* of w * x of one column, see cut_products */
  uint64_t *products_high;
  uint8_t *cut; /* pieces of w, then of w^2, of the block: block_rows each */
  uint32_t block_rows;
  product products[PRODUCTS_MAX];
  uint32_t products_count;
  int64_t *sums;
} narrow;

static uint32_t pieces_of(u128 max) {
  uint32_t pieces = 0;
  for (; max > 0; max >>= PIECE_BITS) {
    pieces++;
  }
  return pieces;
}

static void narrow_fini(narrow *w) {
  free(w->variables);
  free(w->bytes);
  free(w->columns[0]);
  free(w->slots);
  free(w->weights);
  free(w->products_low);
  free(w->products_high);
  free(w->cut);
  free(w->sums);
}

static void add_product(narrow *w, product p) {
  w->products[w->products_count++] = p;
}

/* What has to be multiplied; SPAN is the largest x. */
static void list_products(narrow *w, uint32_t span) {
  add_product(w, (product){OF_N, SET_M, SET_M, 0, 1, true, NULL});
  add_product(w, (product){OF_X, SET_X, SET_M, 0, span, false, NULL});
  add_product(w, (product){OF_XX, SET_Q, SET_M, 0, span * span, false, NULL});
  add_product(w, (product){OF_XY, SET_X, SET_X, 0, span * span, true, NULL});
  const uint32_t piece_max = (1U << PIECE_BITS) - 1;
  for (uint32_t k = 0; k < w->w_pieces; k++) {
    add_product(w, (product){OF_W, SET_W + k, SET_M, k, piece_max, true, NULL});
    add_product(w, (product){OF_WY, SET_W + k, SET_X, k, piece_max * span, false, NULL});
    add_product(w, (product){OF_WYY, SET_W + k, SET_Q, k, piece_max * span * span, false, NULL});
  }
  for (uint32_t k = 0; k < w->v_pieces; k++) {
    add_product(w, (product){OF_WXY, SET_V + k, SET_X, k, piece_max * span, true, NULL});
  }
  for (uint32_t k = 0; k < w->u_pieces; k++) {
    add_product(w, (product){OF_W2, SET_U + k, SET_M, k, piece_max, true, NULL});
  }
}

static bool set_in_use(const narrow *w, uint32_t set) {
  return set < SET_W || (set < SET_V   ? set - SET_W < w->w_pieces
                         : set < SET_U ? set - SET_V < w->v_pieces
                                       : set - SET_U < w->u_pieces);
}

static status allocate(narrow *w, error *err) {
  size_t sets = 3 + w->w_pieces + w->v_pieces + w->u_pieces;
  size_t entries = (size_t)w->count * w->count;
  w->bytes = aligned_alloc(64, sets * w->count * w->block_rows);
  uint8_t **columns = malloc(sets * w->count * sizeof *columns);
  w->columns[0] = columns;
  w->slots = aligned_alloc(64, w->block_rows);
  w->weights = malloc(w->block_rows * sizeof *w->weights);
  w->cut = malloc((size_t)(w->w_pieces + w->u_pieces + 1) * w->block_rows);
  w->sums = malloc(w->products_count * entries * sizeof *w->sums);
  w->products_low = malloc(w->block_rows * sizeof *w->products_low);
  w->products_high = malloc(w->block_rows * sizeof *w->products_high);
  if (w->bytes == NULL || columns == NULL || w->slots == NULL || w->weights == NULL ||
      w->products_low == NULL || w->products_high == NULL || w->cut == NULL || w->sums == NULL) {
    return error_no_memory(err, "cross");
  }
  uint8_t *at = w->bytes;
  for (uint32_t set = 0; set < SETS; set++) {
    if (set_in_use(w, set)) {
      w->columns[set] = columns;
      for (uint32_t i = 0; i < w->count; i++, at += w->block_rows) {
        *columns++ = at;
      }
    }
  }
  for (uint32_t k = 0; k < w->products_count; k++) {
    w->products[k].sums = w->sums + k * entries;
  }
  return STATUS_OK;
}

static status narrow_init(narrow *w, const cross_shard *s, error *err) {
  const bool weighted = weight_is_given(&s->weights);
  *w = (narrow){.shard = s, .block_rows = weighted ? WEIGHTED_BLOCK_ROWS : BYTE_PRODUCTS_ROWS};
  w->variables = malloc(s->pairs.variables_count * sizeof *w->variables);
  if (w->variables == NULL) {
    return error_no_memory(err, "cross");
  }
  uint32_t span = 0;
  for (uint32_t i = 0; i < s->pairs.variables_count; i++) {
    if (s->columns[i].keys.slots != NULL) {
      w->split += i < s->pairs.split;
      w->variables[w->count++] = i;
      span = s->columns[i].keys.span > span ? s->columns[i].keys.span : span;
    }
  }
  if (w->count == 0) {
    return STATUS_OK;
  }
  if (weighted) {
    const u128 most = (u128)s->weight_max;
    w->w_pieces = pieces_of(most);
    w->v_pieces = pieces_of(most * span);
    w->u_pieces = pieces_of(most * most);
  }
  list_products(w, span);
  return allocate(w, err);
}

/* ---- Filling a block ----------------------------------------------------------------------------- */

/* ROWS padded to a multiple of 64 by missing answers and weights of 0. */
static const uint8_t *gather_slots(narrow *w, const uint8_t *slots, uint32_t from, uint32_t rows,
                                   uint32_t padded) {
  if (w->shard->order.rows == NULL) {
    return slots + from;
  }
  const uint32_t *order = w->shard->order.rows + from;
  for (uint32_t r = 0; r < rows; r++) {
    w->slots[r] = slots[order[r]];
  }
  memset(w->slots + rows, SLOT_MISSING, padded - rows);
  return w->slots;
}

enum { PIECE_MASK = (1 << PIECE_BITS) - 1 };

static void gather_weights(narrow *w, uint32_t from, uint32_t rows, uint32_t padded) {
  for (uint32_t r = 0; r < rows; r++) {
    w->weights[r] = weight_at(&w->shard->weights, row_order_row(&w->shard->order, from + r));
  }
  memset(w->weights + rows, 0, (padded - rows) * sizeof *w->weights);
}

/* The pieces of w and w^2: the same for all columns. */
static void cut_block(narrow *w, uint32_t rows) {
  uint8_t *out = w->cut;
  for (uint32_t k = 0; k < w->w_pieces; k++, out += w->block_rows) {
    for (uint32_t r = 0; r < rows; r++) {
      out[r] = (uint8_t)((uint64_t)w->weights[r] >> (PIECE_BITS * k)) & PIECE_MASK;
    }
  }
  for (uint32_t k = 0; k < w->u_pieces; k++, out += w->block_rows) {
    for (uint32_t r = 0; r < rows; r++) {
      const uint64_t weight = (uint64_t)w->weights[r];
      out[r] = (uint8_t)(((u128)weight * weight) >> (PIECE_BITS * k)) & PIECE_MASK;
    }
  }
}

/* COUNT pieces from CUT on, 0 where the row did not answer. */
static void mask_pieces(const narrow *w, const uint8_t *cut, uint32_t set, uint32_t count, uint32_t i,
                        uint32_t rows) {
  const uint8_t *restrict m = w->columns[SET_M][i];
  for (uint32_t k = 0; k < count; k++, cut += w->block_rows) {
    uint8_t *restrict out = w->columns[set + k][i];
    for (uint32_t r = 0; r < rows; r++) {
      out[r] = cut[r] & (uint8_t)-m[r];
    }
  }
}

/* The pieces of w * x, which may need more than 64 bits: the first come from the low bits of w, the others
 * from the high bits and what the low ones carry. */
static void cut_products(const narrow *w, uint32_t i, uint32_t rows) {
  const uint8_t *restrict x = w->columns[SET_X][i];
  const int64_t *restrict weights = w->weights;
  uint64_t *restrict low = w->products_low;
  uint64_t *restrict high = w->products_high;
  const unsigned low_bits = PIECE_BITS * V_PIECES_LOW;
  const uint64_t low_mask = (UINT64_C(1) << low_bits) - 1;
  for (uint32_t r = 0; r < rows; r++) {
    low[r] = ((uint64_t)weights[r] & low_mask) * x[r];
    high[r] = ((uint64_t)weights[r] >> low_bits) * x[r] + (low[r] >> low_bits);
  }
  for (uint32_t k = 0; k < w->v_pieces; k++) {
    uint8_t *restrict out = w->columns[SET_V + k][i];
    const uint64_t *restrict from = k < V_PIECES_LOW ? low : high;
    const unsigned shift = PIECE_BITS * (k < V_PIECES_LOW ? k : k - V_PIECES_LOW);
    for (uint32_t r = 0; r < rows; r++) {
      out[r] = (uint8_t)(from[r] >> shift) & PIECE_MASK;
    }
  }
}

static void fill_block(narrow *w, uint32_t from, uint32_t rows, uint32_t padded) {
  static const uint8_t ones[16] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  const stats_kernels *kernels = stats_kernels_current();
  const bool weighted = weight_is_given(&w->shard->weights);
  if (weighted) {
    gather_weights(w, from, rows, padded);
    cut_block(w, padded);
  }
  for (uint32_t i = 0; i < w->count; i++) {
    const cross_column *c = &w->shard->columns[w->variables[i]];
    uint8_t squares[16];
    for (uint32_t k = 0; k < 16; k++) {
      squares[k] = (uint8_t)(c->keys.of_slot[k] * c->keys.of_slot[k]);
    }
    const uint8_t *slots = gather_slots(w, c->keys.slots, from, rows, padded);
    kernels->look_up(slots, padded, c->keys.of_slot, w->columns[SET_X][i]);
    kernels->look_up(slots, padded, ones, w->columns[SET_M][i]);
    kernels->look_up(slots, padded, squares, w->columns[SET_Q][i]);
    if (weighted) {
      mask_pieces(w, w->cut, SET_W, w->w_pieces, i, padded);
      mask_pieces(w, w->cut + (size_t)w->w_pieces * w->block_rows, SET_U, w->u_pieces, i, padded);
      cut_products(w, i, padded);
    }
  }
}

/* ---- Multiplying --------------------------------------------------------------------------------- */

static void multiply(const narrow *w, const product *p, uint32_t rows, uint32_t left_from, uint32_t left_end,
                     uint32_t right_from, uint32_t right_end, bool upper) {
  byte_products columns = {.left = (const uint8_t *const *)w->columns[p->left] + left_from,
                           .right = (const uint8_t *const *)w->columns[p->right] + right_from,
                           .left_count = left_end - left_from,
                           .right_count = right_end - right_from,
                           .stride = w->count,
                           .rows = rows,
                           .product_max = p->product_max,
                           .upper = upper};
  if (columns.left_count > 0 && columns.right_count > 0) {
    stats_kernels_current()->multiply_bytes(&columns, p->sums + (size_t)left_from * w->count + right_from);
  }
}

static void multiply_block(const narrow *w, uint32_t rows) {
  bool split = w->shard->pairs.split > 0;
  for (uint32_t k = 0; k < w->products_count; k++) {
    const product *p = &w->products[k];
    if (!split) {
      multiply(w, p, rows, 0, w->count, 0, w->count, p->symmetric);
      continue;
    }
    multiply(w, p, rows, 0, w->split, w->split, w->count, false);
    if (!p->symmetric) {
      multiply(w, p, rows, w->split, w->count, 0, w->split, false);
    }
  }
}

/* ---- Putting together ---------------------------------------------------------------------------- */

typedef struct pair_sums {
  i128 n, x, y, xx, yy, xy, w, wx, wy, wxx, wyy, wxy;
  exact w2;
} pair_sums;

static pair_sums read_pair(const narrow *w, uint32_t i, uint32_t j) {
  pair_sums s = {0};
  for (uint32_t k = 0; k < w->products_count; k++) {
    const product *p = &w->products[k];
    i128 *const into[][2] = {
        [OF_N] = {&s.n, NULL},       [OF_X] = {&s.x, &s.y},     [OF_XX] = {&s.xx, &s.yy},
        [OF_XY] = {&s.xy, NULL},     [OF_W] = {&s.w, NULL},     [OF_WY] = {&s.wy, &s.wx},
        [OF_WYY] = {&s.wyy, &s.wxx}, [OF_WXY] = {&s.wxy, NULL},
    };
    const int64_t sum = p->sums[(size_t)i * w->count + j];
    const i128 unit = (i128)1 << (PIECE_BITS * p->piece);
    if (p->kind == OF_W2) {
      exact_add_product(&s.w2, sum, unit);
      continue;
    }
    *into[p->kind][0] += sum * unit;
    if (!p->symmetric) {
      *into[p->kind][1] += p->sums[(size_t)j * w->count + i] * unit;
    }
  }
  return s;
}

/* The sums over x + a and y + b, from those over x and y: N of them weigh N in all. */
static void shift(i128 n, i128 x, i128 y, i128 xx, i128 yy, i128 xy, int64_t a, int64_t b,
                  exact *const into[5]) {
  exact_add_i128(into[0], x);
  exact_add_product(into[0], n, a);
  exact_add_i128(into[1], y);
  exact_add_product(into[1], n, b);
  exact_add_i128(into[2], xx);
  exact_add_product(into[2], 2 * x, a);
  exact_add_product(into[2], n, (i128)a * a);
  exact_add_i128(into[3], yy);
  exact_add_product(into[3], 2 * y, b);
  exact_add_product(into[3], n, (i128)b * b);
  exact_add_i128(into[4], xy);
  exact_add_product(into[4], y, a);
  exact_add_product(into[4], x, b);
  exact_add_product(into[4], n, (i128)a * b);
}

static void keep_group(const narrow *w, uint32_t group) {
  const cross_shard *s = w->shard;
  for (uint32_t i = 0; i < w->count; i++) {
    uint32_t first = s->pairs.split == 0 ? i + 1 : i < w->split ? w->split : w->count;
    for (uint32_t j = first; j < w->count; j++) {
      pair_sums p = read_pair(w, i, j);
      if (p.n == 0) {
        continue;
      }
      int64_t a = s->columns[w->variables[i]].keys.low, b = s->columns[w->variables[j]].keys.low;
      cross_sums *into = cross_shard_sums(s, group, w->variables[i], w->variables[j]);
      into->n += (int64_t)p.n;
      shift(p.n, p.x, p.y, p.xx, p.yy, p.xy, a, b,
            (exact *[]){&into->x, &into->y, &into->xx, &into->yy, &into->xy});
      into->w += p.w;
      exact_add(&into->w2, &p.w2);
      shift(p.w, p.wx, p.wy, p.wxx, p.wyy, p.wxy, a, b,
            (exact *[]){&into->wx, &into->wy, &into->wxx, &into->wyy, &into->wxy});
    }
  }
}

static void add_groups(narrow *w) {
  const row_order *order = &w->shard->order;
  for (uint32_t g = 0; g < order->groups_count; g++) {
    uint32_t end = order->starts[g + 1];
    if (order->starts[g] == end) {
      continue;
    }
    memset(w->sums, 0, (size_t)w->products_count * w->count * w->count * sizeof *w->sums);
    for (uint32_t from = order->starts[g]; from < end; from += w->block_rows) {
      uint32_t rows = end - from < w->block_rows ? end - from : w->block_rows;
      uint32_t padded = (rows + 63) / 64 * 64;
      fill_block(w, from, rows, padded);
      multiply_block(w, padded);
    }
    keep_group(w, g);
  }
}

status cross_add_narrow(const cross_shard *s, error *err) {
  narrow w;
  status st = narrow_init(&w, s, err);
  if (st == STATUS_OK && w.count > 1) {
    add_groups(&w);
  }
  narrow_fini(&w);
  return st;
}
