/* The nearest centre of rows of bytes, by form; see stats/kernels/kernels.h. */
#ifndef CANVASS_STATS_KERNELS_NEAREST_H
#define CANVASS_STATS_KERNELS_NEAREST_H

#include "stats/kernels/kernels.h"

void nearest_bytes_portable(const nearest_model *m, uint8_t *nearest);
void nearest_add_distances_portable(const double *x, double centre, double scale, double *sum);
#if KERNELS_X86
void nearest_bytes_avx2(const nearest_model *m, uint8_t *nearest);
void nearest_add_distances_avx2(const double *x, double centre, double scale, double *sum);
void nearest_bytes_avx512(const nearest_model *m, uint8_t *nearest);
void nearest_add_distances_avx512(const double *x, double centre, double scale, double *sum);
#endif

#endif
