/* Rows of bits and how many two of them have in common, by form; see stats/kernels/kernels.h. */
#ifndef CANVASS_STATS_KERNELS_BITS_H
#define CANVASS_STATS_KERNELS_BITS_H

#include "stats/kernels/kernels.h"

/* Tables of at most this many cells are counted faster by bits than row by row. */
enum { BITS_CELLS_PORTABLE = 30, BITS_CELLS_AVX2 = 150, BITS_CELLS_AVX512 = 500 };

void bits_mark_portable(const uint8_t *bytes, uint32_t words, uint8_t value, uint64_t *bits);
void bits_count_portable(const bit_table *t, uint32_t *cells);
#if KERNELS_X86
void bits_mark_avx2(const uint8_t *bytes, uint32_t words, uint8_t value, uint64_t *bits);
void bits_count_avx2(const bit_table *t, uint32_t *cells);
void bits_mark_avx512(const uint8_t *bytes, uint32_t words, uint8_t value, uint64_t *bits);
void bits_count_avx512(const bit_table *t, uint32_t *cells);
#endif

#endif
