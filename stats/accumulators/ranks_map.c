/* A shard's products of ranks, block after block: each column's ranks are looked up once, whatever the number
 * of its pairs.  A rank of 0 means no answer. */
#include <stdlib.h>

#include "stats/accumulators/ranks.h"

enum { BLOCK_ROWS = 1024 };

typedef struct work {
  const rank_tables *tables;
  const grouped_rows *rows;
  const int64_t **values;  /* per column */
  uint32_t *tables_places; /* per place of the shard: that of the tables; UINT32_MAX: not in them */
  rank_products *at;
  bool narrow; /* whether products of ranks, added up, fit u128: */
  u128 *sums;  /* as AT */
  /* of the block at hand: */
  uint32_t first, count;
  uint32_t place[BLOCK_ROWS];
  uint64_t *ranks; /* per column BLOCK_ROWS; or */
  i128 *wide_ranks;
} work;

static i128 rank_of(const rank_table *t, int64_t value) {
  if (t->count == 0) {
    return 0;
  }
  const rank_entry *at = t->entries;
  for (uint32_t count = t->count; count > 1;) {
    const uint32_t half = count / 2;
    at += at[half].value <= value ? half : 0;
    count -= half;
  }
  return at->value == value ? at->rank : 0;
}

static void rank_column(work *w, uint32_t column) {
  const int64_t *values = w->values[column] + w->first;
  const rank_table *tables = w->tables->at + (size_t)column * w->tables->places;
  for (uint32_t i = 0; i < w->count; i++) {
    const uint32_t place = w->place[i] == UINT32_MAX ? UINT32_MAX : w->tables_places[w->place[i]];
    const bool out = place == UINT32_MAX || number_is_missing(values[i]);
    const i128 rank = out ? 0 : rank_of(&tables[place], values[i]);
    if (w->narrow) {
      w->ranks[(size_t)column * BLOCK_ROWS + i] = (uint64_t)rank;
    } else {
      w->wide_ranks[(size_t)column * BLOCK_ROWS + i] = rank;
    }
  }
}

static void add_narrow(work *w, uint32_t pair, const uint64_t *x, const uint64_t *y) {
  const size_t pairs = w->tables->pairs_count;
  const bool weighted = weight_is_given(&w->rows->weights);
  for (uint32_t i = 0; i < w->count; i++) {
    if (x[i] != 0 && y[i] != 0) {
      const uint64_t weight = weighted ? (uint64_t)weight_at(&w->rows->weights, w->first + i) : 1;
      const size_t at = w->place[i] * pairs + pair;
      w->sums[at] += (u128)(x[i] * weight) * y[i];
      w->at[at].n++;
    }
  }
}

static void add_wide(work *w, uint32_t pair, const i128 *x, const i128 *y) {
  const size_t pairs = w->tables->pairs_count;
  const bool weighted = weight_is_given(&w->rows->weights);
  for (uint32_t i = 0; i < w->count; i++) {
    if (x[i] != 0 && y[i] != 0) {
      const i128 weight = weighted ? weight_at(&w->rows->weights, w->first + i) : 1;
      rank_products *p = &w->at[w->place[i] * pairs + pair];
      rank_add_product(&p->xy, weight, x[i], y[i]);
      p->n++;
    }
  }
}

static void add_block(work *w) {
  for (uint32_t i = 0; i < w->count; i++) {
    if (!grouped_rows_place(w->rows, w->first + i, &w->place[i])) {
      w->place[i] = UINT32_MAX;
    }
  }
  for (uint32_t column = 0; column < w->tables->columns_count; column++) {
    rank_column(w, column);
  }
  for (uint32_t pair = 0; pair < w->tables->pairs_count; pair++) {
    const size_t x = (size_t)w->tables->pairs[2 * (size_t)pair] * BLOCK_ROWS;
    const size_t y = (size_t)w->tables->pairs[2 * (size_t)pair + 1] * BLOCK_ROWS;
    if (w->narrow) {
      add_narrow(w, pair, w->ranks + x, w->ranks + y);
    } else {
      add_wide(w, pair, w->wide_ranks + x, w->wide_ranks + y);
    }
  }
}

static unsigned bits_of(u128 v) {
  unsigned bits = 0;
  for (; v > 0; v >>= 1) {
    bits++;
  }
  return bits;
}

/* Either form gives the same sums; shards have fewer than 2^32 rows. */
static bool is_narrow(const work *w) {
  int64_t heaviest = 0;
  for (uint32_t row = 0; weight_is_given(&w->rows->weights) && row < w->rows->count; row++) {
    const int64_t weight = weight_at(&w->rows->weights, row);
    heaviest = weight > heaviest ? weight : heaviest;
  }
  const unsigned weight = bits_of((u128)heaviest), rank = bits_of((u128)(2 * w->tables->weight_max));
  return rank + weight <= 64 && 2 * rank + weight + 32 <= 128;
}

static void place_groups(work *w, const grouping *groups) {
  const uint32_t width = groups->by_count == 2 ? groups->by[1].count + 1 : 1;
  const uint32_t places = grouping_places(groups);
  for (uint32_t place = 0; place < places; place++) {
    const uint32_t keys[2] = {place / width, place % width};
    uint32_t at = 0;
    for (uint32_t i = 0; i < groups->by_count && at != UINT32_MAX; i++) {
      const axis *ax = &groups->by[i];
      const int64_t end = w->tables->groups[i];
      const int64_t code = keys[i] < ax->count ? ax->numbers[keys[i]] : end;
      const bool known = keys[i] == ax->count || (code >= 0 && code < end);
      at = known ? at * (uint32_t)(end + 1) + (uint32_t)code : UINT32_MAX;
    }
    w->tables_places[place] = at;
  }
}

static status add_rows(frame *f, const program_accumulator *a, work *w, uint32_t places, error *err) {
  for (uint32_t column = 0; column < a->variables_count; column++) {
    number_view view;
    TRY(frame_number(f, a->variables[column], &view, err));
    w->values[column] = view.values;
  }
  w->narrow = is_narrow(w);
  for (; w->first < w->rows->count; w->first += w->count) {
    const uint32_t left = w->rows->count - w->first;
    w->count = left < BLOCK_ROWS ? left : BLOCK_ROWS;
    add_block(w);
  }
  for (size_t i = 0; w->narrow && i < (size_t)places * w->tables->pairs_count; i++) {
    const exact sum = {{(uint64_t)w->sums[i], (uint64_t)(w->sums[i] >> 64)}};
    exact_add(&w->at[i].xy, &sum);
  }
  return STATUS_OK;
}

status rank_add_shard(frame *f, const program_accumulator *a, const grouped_rows *in, const grouping *groups,
                      rank_products *at, error *err) {
  rank_tables tables;
  TRY(rank_tables_read(a, &tables, err));
  const size_t places = grouping_places(groups), cells = (size_t)a->variables_count * BLOCK_ROWS;
  work *w = calloc(1, sizeof *w);
  status st = error_no_memory(err, "ranks");
  if (w != NULL) {
    w->tables = &tables;
    w->rows = in;
    w->at = at;
    w->values = calloc(a->variables_count, sizeof *w->values);
    w->tables_places = calloc(places, sizeof *w->tables_places);
    w->sums = calloc(places * tables.pairs_count, sizeof *w->sums);
    w->ranks = malloc(cells * sizeof *w->ranks);
    w->wide_ranks = malloc(cells * sizeof *w->wide_ranks);
    if (w->values != NULL && w->tables_places != NULL && w->sums != NULL && w->ranks != NULL &&
        w->wide_ranks != NULL) {
      place_groups(w, groups);
      st = add_rows(f, a, w, (uint32_t)places, err);
    }
    free(w->values);
    free(w->tables_places);
    free(w->sums);
    free(w->ranks);
    free(w->wide_ranks);
  }
  free(w);
  rank_tables_fini(&tables);
  return st;
}
