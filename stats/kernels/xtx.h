/* Products of byte columns (X'X) and their look-up by form; see stats/kernels/kernels.h. */
#ifndef CANVASS_STATS_KERNELS_XTX_H
#define CANVASS_STATS_KERNELS_XTX_H

#include "stats/kernels/kernels.h"

void xtx_multiply_portable(const byte_products *p, int64_t *sums);
void xtx_columns_portable(const uint8_t *left, const uint8_t *right, uint32_t rows, uint8_t *out);
void xtx_look_up_portable(const uint8_t *slots, uint32_t rows, const uint8_t table[16], uint8_t *out);
#if KERNELS_X86
void xtx_multiply_avx2(const byte_products *p, int64_t *sums);
void xtx_columns_avx2(const uint8_t *left, const uint8_t *right, uint32_t rows, uint8_t *out);
void xtx_look_up_avx2(const uint8_t *slots, uint32_t rows, const uint8_t table[16], uint8_t *out);
void xtx_multiply_avx512(const byte_products *p, int64_t *sums);
void xtx_columns_avx512(const uint8_t *left, const uint8_t *right, uint32_t rows, uint8_t *out);
void xtx_look_up_avx512(const uint8_t *slots, uint32_t rows, const uint8_t table[16], uint8_t *out);
#endif

#endif
