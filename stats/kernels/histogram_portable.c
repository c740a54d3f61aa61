/* Histograms in plain C. */
#include "stats/kernels/histogram_body.h"

void histogram_count_portable(const histogram *h, uint32_t *counts) {
  if (h->groups == NULL) {
    body_count_all(h, counts);
  } else {
    body_count_by_group(h, counts);
  }
}

void histogram_weigh_portable(const histogram *h, const uint32_t *weights, weighed_cell *cells) {
  body_weigh(h, weights, cells);
}

static inline void weigh_widely(widely_weighed_cell *c, int64_t weight) {
  const uint64_t w = (uint64_t)weight;
  c->n++;
  c->w += w;
  u192_add_u128(&c->w2, (u128)w * w);
}

/* Neighbouring rows go to four tables side by side, of SIZE cells each, so that equal cells do not wait for
 * each other; SIZE 0 is one table. */
static void weigh_rows_widely(const histogram *h, const int64_t *weights, widely_weighed_cell *cells,
                              size_t size) {
  uint32_t at[HISTOGRAM_BLOCK];
  for (uint32_t row = 0; row < h->rows; row += HISTOGRAM_BLOCK) {
    uint32_t count = h->rows - row < HISTOGRAM_BLOCK ? h->rows - row : HISTOGRAM_BLOCK;
    body_cells(h, row, count, at);
    for (uint32_t i = 0; i < count; i++) {
      weigh_widely(&cells[at[i] + i % 4 * size], weights[row + i]);
    }
  }
}

void histogram_weigh_widely_portable(const histogram *h, const int64_t *weights, widely_weighed_cell *cells) {
  if (h->groups != NULL) {
    weigh_rows_widely(h, weights, cells, 0);
    return;
  }
  widely_weighed_cell tables[4 * HISTOGRAM_SLOTS];
  const uint32_t stride = histogram_stride(h);
  memset(tables, 0, 4 * stride * sizeof *tables);
  weigh_rows_widely(h, weights, tables, stride);
  for (uint32_t i = 0; i < 4 * stride; i++) {
    widely_weighed_cell *c = &cells[i % stride];
    c->n += tables[i].n;
    c->w += tables[i].w;
    u192_add(&c->w2, &tables[i].w2);
  }
}
