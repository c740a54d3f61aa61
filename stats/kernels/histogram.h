/* Histogram kernels by form; see stats/kernels/kernels.h for what they compute. */
#ifndef CANVASS_STATS_KERNELS_HISTOGRAM_H
#define CANVASS_STATS_KERNELS_HISTOGRAM_H

#include "stats/kernels/kernels.h"

void histogram_count_portable(const histogram *h, uint32_t *counts);
void histogram_weigh_portable(const histogram *h, const uint32_t *weights, weighed_cell *cells);
void histogram_weigh_widely_portable(const histogram *h, const int64_t *weights, widely_weighed_cell *cells);
#if KERNELS_X86
void histogram_count_avx2(const histogram *h, uint32_t *counts);
void histogram_weigh_avx2(const histogram *h, const uint32_t *weights, weighed_cell *cells);
void histogram_weigh_widely_avx2(const histogram *h, const int64_t *weights, widely_weighed_cell *cells);
void histogram_count_avx512(const histogram *h, uint32_t *counts);
void histogram_weigh_avx512(const histogram *h, const uint32_t *weights, weighed_cell *cells);
#endif

#endif
