/* Counting the pairs of a shard for JOINT: in a dense table while both variables are coded with byte
 * slots, through a hash table otherwise. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/joint.h"
#include "stats/accumulators/shape.h"
#include "stats/kernels/kernels.h"

typedef struct counter {
  joint_shard *shard;
  const joint_column *x, *y;
  uint32_t from, end; /* used rows of the group */
  joint_table *table;
} counter;

/* ---- Columns ------------------------------------------------------------------------------------- */

static int compare_numbers(const void *left, const void *right) {
  int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
  return (a > b) - (a < b);
}

static uint8_t rank_of(const joint_column *c, int64_t key) {
  uint32_t low = 0, high = c->count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (c->keys[middle] < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return (uint8_t)low;
}

static status rank_column(const coded_view *view, const row_order *order, joint_column *c, error *err) {
  uint32_t used = order->starts[order->groups_count], padded = (used + 63) / 64 * 64;
  c->count = view->keys.count;
  c->keys = malloc(((size_t)c->count + 1) * sizeof *c->keys);
  c->ranks = aligned_alloc(64, padded + 64);
  if (c->keys == NULL || c->ranks == NULL) {
    return error_no_memory(err, "joint");
  }
  memcpy(c->keys, view->keys.numbers, c->count * sizeof *c->keys);
  qsort(c->keys, c->count, sizeof *c->keys, compare_numbers);
  uint8_t rank_of_slot[256] = {0};
  for (uint32_t slot = 0; slot < c->count; slot++) {
    rank_of_slot[slot] = (uint8_t)(rank_of(c, view->keys.numbers[slot]) + 1);
  }
  if (order->rows == NULL && c->count <= 16) {
    stats_kernels_current()->look_up(view->slots, padded, rank_of_slot, c->ranks);
    return STATUS_OK;
  }
  for (uint32_t i = 0; i < used; i++) {
    c->ranks[i] = rank_of_slot[view->slots[row_order_row(order, i)]];
  }
  memset(c->ranks + used, 0, padded - used);
  return STATUS_OK;
}

static status look_at_ranks(frame *f, uint32_t variable, const row_order *order, joint_column *c,
                            error *err) {
  if (program_variable_form(&frame_program(f)->variables[variable]) != FORM_CODED) {
    return STATUS_OK;
  }
  coded_view view;
  TRY(frame_coded(f, variable, &view, err));
  return view.slots != NULL ? rank_column(&view, order, c, err) : STATUS_OK;
}

/* Where one variable has no ranks, its partners need their values too. */
static status look_at_columns(frame *f, const program_accumulator *a, const row_order *order,
                              joint_column *columns, error *err) {
  bool all_ranked = true;
  for (uint32_t i = 0; i < a->variables_count; i++) {
    TRY(look_at_ranks(f, a->variables[i], order, &columns[i], err));
    all_ranked = all_ranked && columns[i].ranks != NULL;
  }
  for (uint32_t i = 0; i < a->variables_count && !all_ranked; i++) {
    number_view numbers;
    TRY(frame_number(f, a->variables[i], &numbers, err));
    columns[i].values = numbers.values;
  }
  return STATUS_OK;
}

/* ---- Dense --------------------------------------------------------------------------------------- */

status joint_keep_dense(joint_shard *s, const joint_column *x, const joint_column *y, const uint32_t *cells,
                        const i128 *weights, uint32_t stride, joint_table *t, error *err) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < x->count; i++) {
    for (uint32_t j = 0; j < y->count; j++) {
      count += cells[i * stride + j] > 0;
    }
  }
  if (count == 0) {
    return STATUS_OK;
  }
  if (!joint_spend(s, count)) {
    return STATUS_OK;
  }
  joint_entry *e = malloc(count * sizeof *e);
  if (e == NULL) {
    return error_no_memory(err, "joint");
  }
  t->entries = e;
  t->count = count;
  for (uint32_t i = 0; i < x->count; i++) {
    for (uint32_t j = 0; j < y->count; j++) {
      uint32_t at = i * stride + j;
      if (cells[at] > 0) {
        *e++ = (joint_entry){x->keys[i], y->keys[j], cells[at], weights != NULL ? weights[at] : 0};
      }
    }
  }
  return STATUS_OK;
}

/* The table has a line and a column for missing answers in front. */
static status count_dense(const counter *c, error *err) {
  uint32_t stride = c->y->count + 1;
  size_t cells = (size_t)(c->x->count + 1) * stride;
  const weight_view *weights = &c->shard->order.grouped.weights;
  const bool weighted = weight_is_given(weights);
  uint32_t *n = calloc(cells, sizeof *n);
  i128 *w = weighted ? calloc(cells, sizeof *w) : NULL;
  status st = n != NULL && (w != NULL || !weighted) ? STATUS_OK : error_no_memory(err, "joint");
  if (st == STATUS_OK) {
    const uint8_t *x = c->x->ranks, *y = c->y->ranks;
    for (uint32_t i = c->from; i < c->end; i++) {
      n[x[i] * stride + y[i]]++;
    }
    for (uint32_t i = c->from; weighted && i < c->end; i++) {
      w[x[i] * stride + y[i]] += weight_at(weights, row_order_row(&c->shard->order, i));
    }
    st = joint_keep_dense(c->shard, c->x, c->y, n + stride + 1, w != NULL ? w + stride + 1 : NULL, stride,
                          c->table, err);
  }
  free(n);
  free(w);
  return st;
}

/* ---- Sparse -------------------------------------------------------------------------------------- */

/* Open addressing; a slot with n == 0 is free. */
typedef struct hash_table {
  joint_entry *slots;
  uint64_t mask;
  uint32_t count;
} hash_table;

static uint64_t hash_of(int64_t x, int64_t y) {
  uint64_t h = (uint64_t)x * 0x9E3779B97F4A7C15u ^ (uint64_t)y;
  h = (h ^ (h >> 32)) * 0xD6E8FEB86659FD93u;
  return h ^ (h >> 29);
}

static joint_entry *find_slot(const hash_table *t, int64_t x, int64_t y) {
  uint64_t at = hash_of(x, y) & t->mask;
  while (t->slots[at].n > 0 && (t->slots[at].x != x || t->slots[at].y != y)) {
    at = (at + 1) & t->mask;
  }
  return &t->slots[at];
}

static status grow(hash_table *t, error *err) {
  uint64_t capacity = t->slots != NULL ? (t->mask + 1) * 4 : 1024;
  hash_table wider = {calloc(capacity, sizeof *t->slots), capacity - 1, t->count};
  if (wider.slots == NULL) {
    return error_no_memory(err, "joint");
  }
  for (uint64_t i = 0; t->slots != NULL && i <= t->mask; i++) {
    if (t->slots[i].n > 0) {
      *find_slot(&wider, t->slots[i].x, t->slots[i].y) = t->slots[i];
    }
  }
  free(t->slots);
  *t = wider;
  return STATUS_OK;
}

static status keep_sparse(const counter *c, const hash_table *t, error *err) {
  if (t->count == 0 || !joint_spend(c->shard, t->count)) {
    return STATUS_OK;
  }
  joint_entry *entries = malloc(t->count * sizeof *entries);
  if (entries == NULL) {
    return error_no_memory(err, "joint");
  }
  uint32_t count = 0;
  for (uint64_t i = 0; i <= t->mask; i++) {
    if (t->slots[i].n > 0) {
      entries[count++] = t->slots[i];
    }
  }
  qsort(entries, count, sizeof *entries, joint_compare_entries);
  c->table->entries = entries;
  c->table->count = count;
  return STATUS_OK;
}

static status hash_rows(const counter *c, hash_table *t, error *err) {
  const weight_view *weights = &c->shard->order.grouped.weights;
  const bool weighted = weight_is_given(weights);
  for (uint32_t i = c->from; i < c->end; i++) {
    uint32_t row = row_order_row(&c->shard->order, i);
    int64_t x = c->x->values[row], y = c->y->values[row];
    if (number_is_missing(x) || number_is_missing(y)) {
      continue;
    }
    if (t->count * UINT64_C(2) >= t->mask) {
      TRY(grow(t, err));
    }
    joint_entry *e = find_slot(t, x, y);
    if (e->n == 0) {
      if (t->count == c->shard->entries_left) {
        c->shard->overflown = true;
        return STATUS_OK;
      }
      t->count++;
    }
    e->x = x;
    e->y = y;
    e->n++;
    e->w += weighted ? weight_at(weights, row) : 0;
  }
  return keep_sparse(c, t, err);
}

static status count_sparse(const counter *c, error *err) {
  hash_table t = {0};
  status st = hash_rows(c, &t, err);
  free(t.slots);
  return st;
}

/* ---- All pairs ----------------------------------------------------------------------------------- */

bool joint_spend(joint_shard *s, uint64_t count) {
  s->overflown = s->overflown || count > s->entries_left;
  s->entries_left -= s->overflown ? s->entries_left : count;
  return !s->overflown;
}

static status count_pair(joint_shard *s, const joint_column *x, const joint_column *y, uint32_t group,
                         uint64_t pair, error *err) {
  counter c = {.shard = s,
               .x = x,
               .y = y,
               .from = s->order.starts[group],
               .end = s->order.starts[group + 1],
               .table = s->at + s->order.grouped.places[group] * pairs_count(s->pairs) + pair};
  return x->ranks != NULL && y->ranks != NULL ? count_dense(&c, err) : count_sparse(&c, err);
}

static status count_group(joint_shard *s, const joint_column *columns, uint32_t group, error *err) {
  TRY(joint_add_bits(s, columns, group, err));
  for (uint32_t i = 0; i < pairs_end(s->pairs); i++) {
    for (uint32_t j = pairs_first(s->pairs, i); j < s->pairs.variables_count && !s->overflown; j++) {
      if (!joint_suits_bits(s, &columns[i], &columns[j])) {
        TRY(count_pair(s, &columns[i], &columns[j], group, pair_index(s->pairs, i, j), err));
      }
    }
  }
  return STATUS_OK;
}

static status count_pairs(frame *f, const program_accumulator *a, joint_shard *s, joint_column *columns,
                          error *err) {
  TRY(look_at_columns(f, a, &s->order, columns, err));
  s->suits_bits = joint_cells_fit(s, columns);
  for (uint32_t g = 0; g < s->order.groups_count && !s->overflown; g++) {
    status st = s->order.starts[g] < s->order.starts[g + 1] ? count_group(s, columns, g, err) : STATUS_OK;
    if (st != STATUS_OK) {
      char title[256];
      accumulator_title(frame_program(f), a, title, sizeof title);
      return error_context(err, st, "%s", title);
    }
  }
  return STATUS_OK;
}

status joint_add_shard(frame *f, const program_accumulator *a, joint_shard *s, error *err) {
  joint_column *columns = calloc(a->variables_count, sizeof *columns);
  if (columns == NULL) {
    return error_no_memory(err, "joint");
  }
  status st = count_pairs(f, a, s, columns, err);
  for (uint32_t i = 0; i < a->variables_count; i++) {
    free(columns[i].ranks);
    free(columns[i].keys);
  }
  free(columns);
  return st;
}
