/* A shard's rows on their way into PRODUCTS.
 *
 * Rows are sorted by place and random group, so that one block's sums are added at a time.  Where all values
 * are small and nothing is weighted, rows become short vectors whose outer products fit 16 bits for a while:
 * plain loops that compilers turn into vector instructions, and integers whatever these are.  All other rows
 * are added in 128 bits, or, where that may not do, in as many as a sum may need. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/grouping.h"
#include "stats/accumulators/products_rows.h"

/* ---- Which rows ----------------------------------------------------------------------------------- */

/* USED[r] keeps its value where the variable is answered in all (ALL), else becomes 0; without ALL becomes 1
 * where it is answered. */
static status mark_answered(frame *f, uint32_t variable, bool all, uint8_t *used, error *err) {
  answers_view a;
  const uint32_t rows = frame_rows(f);
  TRY(frame_answers(f, variable, &a, err));
  if (a.slots != NULL) {
    for (uint32_t r = 0; r < rows; r++) {
      const uint8_t here = a.slots[r] < SLOT_MISSING;
      used[r] = all ? used[r] & here : used[r] | here;
    }
    return STATUS_OK;
  }
  for (uint32_t r = 0; r < rows; r++) {
    const uint8_t here = answers_reason(&a, r) == ANSWERED;
    used[r] = all ? used[r] & here : used[r] | here;
  }
  return STATUS_OK;
}

static status mark_rows(frame *f, const program_accumulator *a, const products_state *s, uint8_t *used,
                        error *err) {
  memset(used, s->pairwise ? 0 : 1, frame_rows(f));
  for (uint32_t i = 0; i < s->variables_count; i++) {
    TRY(mark_answered(f, a->variables[i], !s->pairwise, used, err));
  }
  return STATUS_OK;
}

/* ---- Their order ---------------------------------------------------------------------------------- */

/* Each used row with where it goes; sorted by counting, twice. */
typedef struct sorting {
  const uint16_t *random_groups; /* by row; NULL: one */
  products_key *keys;            /* by row */
  uint32_t *rows, *other;
  uint32_t count;
  uint32_t *starts; /* as many as there are places or random groups, and one */
  uint32_t places;
} sorting;

static void sorting_fini(sorting *o) {
  free(o->keys);
  free(o->rows);
  free(o->other);
  free(o->starts);
}

static void sort_by(const sorting *o, const uint32_t *from, uint32_t *to, bool by_place, uint32_t buckets) {
  memset(o->starts, 0, ((size_t)buckets + 1) * sizeof *o->starts);
  for (uint32_t i = 0; i < o->count; i++) {
    const products_key *key = &o->keys[from[i]];
    o->starts[(by_place ? key->place : key->replicate) + 1]++;
  }
  for (uint32_t b = 0; b < buckets; b++) {
    o->starts[b + 1] += o->starts[b];
  }
  for (uint32_t i = 0; i < o->count; i++) {
    const products_key *key = &o->keys[from[i]];
    to[o->starts[by_place ? key->place : key->replicate]++] = from[i];
  }
}

static bool same_key(const sorting *o, uint32_t i, uint32_t k) {
  const products_key a = o->keys[o->rows[i]];
  const products_key b = o->keys[o->rows[k]];
  return a.place == b.place && a.replicate == b.replicate;
}

/* Sorts the rows into REPLICATES random groups, and counts the blocks that they make. */
static uint32_t sort_rows(sorting *o, uint32_t replicates) {
  for (uint32_t i = 0; i < o->count; i++) {
    const uint32_t row = o->rows[i];
    o->keys[row].replicate = o->random_groups != NULL ? o->random_groups[row] & (replicates - 1) : 0;
  }
  sort_by(o, o->rows, o->other, false, replicates);
  sort_by(o, o->other, o->rows, true, o->places);
  uint32_t blocks = o->count > 0;
  for (uint32_t i = 1; i < o->count; i++) {
    blocks += !same_key(o, i - 1, i);
  }
  return blocks;
}

static status sorting_init(sorting *o, frame *f, const products_state *s, const grouped_rows *in,
                           const uint8_t *used, error *err) {
  const uint32_t rows = frame_rows(f);
  const uint32_t buckets = o->places > s->declared ? o->places : s->declared;
  o->keys = malloc(((size_t)rows + 1) * sizeof *o->keys);
  o->rows = malloc(((size_t)rows + 1) * sizeof *o->rows);
  o->other = malloc(((size_t)rows + 1) * sizeof *o->other);
  o->starts = malloc(((size_t)buckets + 2) * sizeof *o->starts);
  if (o->keys == NULL || o->rows == NULL || o->other == NULL || o->starts == NULL) {
    return error_no_memory(err, "products");
  }
  for (uint32_t r = 0; r < rows; r++) {
    uint32_t place = 0;
    if (used[r] && grouped_rows_place(in, r, &place)) {
      o->keys[r] = (products_key){place, 0};
      o->rows[o->count++] = r;
    }
  }
  return STATUS_OK;
}

/* ---- A shard -------------------------------------------------------------------------------------- */

/* Makes the blocks, and gives each its rows. */
static status add_blocks(frame *f, const program_accumulator *a, products_state *s, sorting *o,
                         const grouped_rows *in, error *err) {
  uint32_t blocks = sort_rows(o, s->replicates);
  while (!products_fit(s, blocks)) {
    const uint32_t fewer = products_folded(s->replicates);
    if (fewer == 0) {
      return products_refuse(s, blocks, err);
    }
    s->replicates = fewer;
    blocks = sort_rows(o, fewer);
  }
  TRY(products_allocate(s, blocks, err));
  products_adder adder;
  status st = products_adder_init(f, a, s, &in->weights, &adder, err);
  for (uint32_t from = 0, block = 0; st == STATUS_OK && from < o->count; block++) {
    uint32_t end = from + 1;
    while (end < o->count && same_key(o, from, end)) {
      end++;
    }
    s->keys[block] = o->keys[o->rows[from]];
    products_adder_add(&adder, o->rows + from, end - from, products_block(s, block));
    from = end;
  }
  products_adder_fini(&adder);
  return st;
}

static status map_grouped(frame *f, const program_accumulator *a, products_state *s, const grouped_rows *in,
                          error *err) {
  sorting o = {.places = grouping_places(&s->groups)};
  if (s->declared > 1) {
    coded_view view;
    TRY(frame_coded(f, a->variables[s->variables_count], &view, err));
    o.random_groups = view.wide;
  }
  uint8_t *used = malloc((size_t)frame_rows(f) + 1);
  status st = used != NULL ? mark_rows(f, a, s, used, err) : error_no_memory(err, "products");
  st = st == STATUS_OK ? sorting_init(&o, f, s, in, used, err) : st;
  st = st == STATUS_OK ? add_blocks(f, a, s, &o, in, err) : st;
  free(used);
  sorting_fini(&o);
  return st;
}

status products_map_rows(frame *f, const program_accumulator *a, products_state *s, error *err) {
  grouped_rows in;
  TRY(grouped_rows_init(f, a, &in, err));
  grouping_fini(&s->groups);
  s->groups = in.groups;
  in.groups = (grouping){0};
  const status st = map_grouped(f, a, s, &in, err);
  grouped_rows_fini(&in);
  return st;
}
