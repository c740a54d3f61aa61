/* The nearest centre of rows of bytes, by form; see stats/kernels/kernels.h. */
#ifndef CANVASS_STATS_KERNELS_NEAREST_H
#define CANVASS_STATS_KERNELS_NEAREST_H

#include "stats/kernels/kernels.h"

void nearest_bytes_portable(const nearest_model *m, uint8_t *nearest);
#if KERNELS_X86
void nearest_bytes_avx2(const nearest_model *m, uint8_t *nearest);
void nearest_bytes_avx512(const nearest_model *m, uint8_t *nearest);
#endif

#endif
