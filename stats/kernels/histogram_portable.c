/* Histograms in plain C. */
#include "stats/kernels/histogram.h"

static uint32_t row_base(const histogram *h, uint32_t row) {
  if (h->groups == NULL) {
    return 0;
  }
  uint32_t group = h->groups[row] < h->groups_count ? h->groups[row] : h->groups_count;
  return group * histogram_stride(h);
}

void histogram_count_portable(const histogram *h, uint32_t *counts) {
  for (uint32_t row = 0; row < h->rows; row++) {
    counts[row_base(h, row) + histogram_cell_of_slot(h->slots[row])]++;
  }
}

void histogram_weigh_portable(const histogram *h, const uint32_t *weights, weighed_cell *cells) {
  for (uint32_t row = 0; row < h->rows; row++) {
    weighed_cell *c = &cells[row_base(h, row) + histogram_cell_of_slot(h->slots[row])];
    uint64_t w = weights[row], w2 = w * w;
    c->n++;
    c->w += w;
    c->w2_low += (uint32_t)w2;
    c->w2_high += w2 >> 32;
  }
}
