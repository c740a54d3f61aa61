/* The form for any processor: eight bytes in a word. */
#include "reading/csv/kernels.h"

typedef struct block {
  uint64_t words[8];
} block;

static inline block block_load(const uint8_t *p) {
  block b;
  __builtin_memcpy(b.words, p, sizeof b.words);
  return b;
}

/* The top bits of the eight bytes of each word, as a mask. */
static inline uint64_t collect(const uint64_t *tops) {
  uint64_t mask = 0;
  for (unsigned i = 0; i < 8; i++) {
    mask |= ((tops[i] & UINT64_C(0x8080808080808080)) >> 7) * UINT64_C(0x0102040810204080) >> 56 << (8 * i);
  }
  return mask;
}

static inline uint64_t block_equal(block b, char byte) {
  const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
  const uint64_t pattern = (uint8_t)byte * UINT64_C(0x0101010101010101);
  for (unsigned i = 0; i < 8; i++) {
    const uint64_t other = b.words[i] ^ pattern;
    b.words[i] = ~(((other & low) + low) | other | low);
  }
  return collect(b.words);
}

static inline uint64_t block_high(block b) {
  return collect(b.words);
}

static inline bool block_utf8(block b, const uint8_t *p) {
  (void)b;
  (void)p;
  return true;
}

static inline void block_append(csv_index *x, block b, const uint8_t *p, uint32_t base, uint64_t separators,
                                uint64_t briefs) {
  (void)b;
  for (; separators != 0; separators &= separators - 1) {
    const unsigned i = (unsigned)__builtin_ctzll(separators);
    x->ends[x->count] = base + i;
    x->briefs[x->count] = (briefs >> i & 1) != 0 ? *(p + i - 1) : INPUT_BRIEF_NONE;
    x->count++;
  }
}

#include "reading/csv/kernel_body.h"

const csv_kernels csv_kernels_portable = {"portable", false, kernel_scan, kernel_index, kernel_masks};
