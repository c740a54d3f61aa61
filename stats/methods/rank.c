/* Mid-ranks of a joint table, doubled so that they are whole. */
#include "stats/methods/rank.h"

#include <stdlib.h>

#include "stats/accumulators/ranks.h"

typedef struct ranked {
  int64_t value;
  i128 weight;
  i128 rank;
  uint32_t entry;
} ranked;

static int compare_ranked(const void *left, const void *right) {
  const ranked *a = left, *b = right;
  if (a->value != b->value) {
    return a->value < b->value ? -1 : 1;
  }
  return (a->entry > b->entry) - (a->entry < b->entry);
}

/* Sorted by value: gives each its doubled rank. */
static void rank_all(ranked *at, uint32_t count) {
  i128 below = 0;
  for (uint32_t i = 0; i < count;) {
    i128 ties = 0;
    uint32_t end = i;
    for (; end < count && at[end].value == at[i].value; end++) {
      ties += at[end].weight;
    }
    for (; i < end; i++) {
      at[i].rank = 2 * below + ties;
    }
    below += ties;
  }
}

static void add_entry(product_sums *s, int64_t n, i128 w, i128 x, i128 y) {
  s->n += n;
  exact_add_i128(&s->count, w);
  exact_add_product(&s->x, w, x);
  exact_add_product(&s->y, w, y);
  rank_add_product(&s->xx, w, x, x);
  rank_add_product(&s->yy, w, y, y);
  rank_add_product(&s->xy, w, x, y);
}

status rank_sums(const joint_table *t, bool weighted, product_sums *out, error *err) {
  *out = (product_sums){0};
  if (t->count == 0) {
    return STATUS_OK;
  }
  ranked *x = calloc(t->count, sizeof *x), *y = calloc(t->count, sizeof *y);
  i128 *y_ranks = calloc(t->count, sizeof *y_ranks);
  if (x == NULL || y == NULL || y_ranks == NULL) {
    free(x);
    free(y);
    free(y_ranks);
    return error_no_memory(err, "ranks");
  }
  for (uint32_t i = 0; i < t->count; i++) {
    const joint_entry *e = &t->entries[i];
    i128 weight = weighted ? e->w : e->n;
    x[i] = (ranked){.value = e->x, .weight = weight, .entry = i};
    y[i] = (ranked){.value = e->y, .weight = weight, .entry = i};
  }
  qsort(y, t->count, sizeof *y, compare_ranked);
  rank_all(x, t->count);
  rank_all(y, t->count);
  for (uint32_t i = 0; i < t->count; i++) {
    y_ranks[y[i].entry] = y[i].rank;
  }
  for (uint32_t i = 0; i < t->count; i++) {
    add_entry(out, t->entries[i].n, x[i].weight, x[i].rank, y_ranks[i]);
  }
  free(x);
  free(y);
  free(y_ranks);
  return STATUS_OK;
}
