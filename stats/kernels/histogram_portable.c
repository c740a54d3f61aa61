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
