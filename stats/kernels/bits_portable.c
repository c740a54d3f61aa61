/* Common bits, a word at a time. */
#include "stats/kernels/bits.h"

void bits_mark_portable(const uint8_t *bytes, uint32_t words, uint8_t value, uint64_t *bits) {
  for (uint32_t w = 0; w < words; w++, bytes += 64) {
    uint64_t word = 0;
    for (uint32_t r = 0; r < 64; r++) {
      word |= (uint64_t)(bytes[r] == value) << r;
    }
    bits[w] = word;
  }
}

void bits_count_portable(const bit_table *t, uint32_t *cells) {
  for (uint32_t i = 0; i < t->left_count; i++) {
    const uint64_t *left = t->left + (size_t)i * t->stride;
    for (uint32_t j = 0; j < t->right_count; j++) {
      const uint64_t *right = t->right + (size_t)j * t->stride;
      uint32_t count = 0;
      for (uint32_t w = 0; w < t->words; w++) {
        count += (uint32_t)__builtin_popcountll(left[w] & right[w]);
      }
      cells[i * t->right_count + j] += count;
    }
  }
}
