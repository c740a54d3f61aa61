/* X'X of byte columns, one product after the other. */
#include "stats/kernels/xtx.h"

/* A block's sum is below 2^12 rows * 2^14. */
static uint32_t dot(const uint8_t *left, const uint8_t *right, uint32_t rows) {
  uint32_t sum = 0;
  for (uint32_t r = 0; r < rows; r++) {
    sum += (uint32_t)left[r] * right[r];
  }
  return sum;
}

void xtx_multiply_portable(const byte_products *p, int64_t *sums) {
  for (uint32_t i = 0; i < p->left_count; i++) {
    for (uint32_t j = p->upper ? i : 0; j < p->right_count; j++) {
      sums[(size_t)i * p->stride + j] += dot(p->left[i], p->right[j], p->rows);
    }
  }
}

void xtx_columns_portable(const uint8_t *restrict left, const uint8_t *restrict right, uint32_t rows,
                          uint8_t *restrict out) {
  for (uint32_t r = 0; r < rows; r++) {
    out[r] = (uint8_t)(left[r] * right[r]);
  }
}

void xtx_look_up_portable(const uint8_t *slots, uint32_t rows, const uint8_t table[16], uint8_t *out) {
  for (uint32_t r = 0; r < rows; r++) {
    out[r] = slots[r] < 16 ? table[slots[r]] : 0;
  }
}
