/* The plain loops of the histogram kernels, inlined into each form's file and compiled for its
 * instructions there.
 *
 * By group, a block of cell numbers is made first (this is what wide instructions speed up), then the
 * cells are counted, in two or four tables side by side where they are small enough to stay close. */
#ifndef CANVASS_STATS_KERNELS_HISTOGRAM_BODY_H
#define CANVASS_STATS_KERNELS_HISTOGRAM_BODY_H

#include <string.h>

#include "stats/kernels/histogram.h"

#define BODY static inline __attribute__((always_inline))

enum {
  HISTOGRAM_BLOCK = 2048,
  HISTOGRAM_SLOTS = 256,
  COMPARED_KEYS_END = 32, /* no form compares slots with more keys */
  CELLS_AT_ONCE = 8,
};

/* Rows of SLOTS (COUNT, a multiple of the form's vector, at most 255 vectors: a byte counts to 255) in each
 * of CELLS_AT_ONCE cells from FIRST on; returns how many in all. */
typedef uint32_t body_compare_block(const uint8_t *slots, uint32_t count, uint32_t first, uint32_t *counts);

/* All rows in one group, with few keys: COMPARE looks at VECTOR rows at once.  Keys first: where they account
 * for all rows, the missing reasons are not looked for. */
BODY void body_compare_all(const histogram *h, uint32_t vector, body_compare_block *compare,
                           uint32_t *counts) {
  uint32_t cells[MISSING_REASONS + COMPARED_KEYS_END + CELLS_AT_ONCE] = {0};
  const uint32_t whole = h->rows / vector * vector, block = 255 * vector;
  for (uint32_t row = 0; row < whole; row += block) {
    uint32_t count = whole - row < block ? whole - row : block, found = 0;
    for (uint32_t cell = MISSING_REASONS; cell < histogram_stride(h); cell += CELLS_AT_ONCE) {
      found += compare(h->slots + row, count, cell, cells);
    }
    if (found < count) {
      compare(h->slots + row, count, 0, cells);
    }
  }
  for (uint32_t row = whole; row < h->rows; row++) {
    cells[histogram_cell_of_slot(h->slots[row])]++;
  }
  for (uint32_t cell = 0; cell < histogram_stride(h); cell++) {
    counts[cell] += cells[cell];
  }
}

/* All rows in one group: four tables over all slots, side by side. */
BODY void body_count_all(const histogram *h, uint32_t *counts) {
  uint32_t tables[4][HISTOGRAM_SLOTS] = {{0}};
  uint32_t row = 0;
  for (; row + 8 <= h->rows; row += 8) {
    uint64_t eight;
    memcpy(&eight, h->slots + row, sizeof eight);
    for (unsigned i = 0; i < 8; i++) {
      tables[i % 4][(uint8_t)(eight >> (8 * i))]++;
    }
  }
  for (; row < h->rows; row++) {
    tables[0][h->slots[row]]++;
  }
  for (uint32_t cell = 0; cell < histogram_stride(h); cell++) {
    uint8_t slot = (uint8_t)(cell - MISSING_REASONS);
    counts[cell] += tables[0][slot] + tables[1][slot] + tables[2][slot] + tables[3][slot];
  }
}

/* The cells of COUNT rows from FIRST on, when cell numbers fit 16 bits. */
BODY void body_cells_short(const histogram *h, uint32_t first, uint32_t count, uint16_t *cells) {
  const uint16_t *restrict groups = h->groups + first;
  const uint8_t *restrict slots = h->slots + first;
  const uint16_t stride = (uint16_t)histogram_stride(h), excluded = (uint16_t)h->groups_count;
  for (uint32_t i = 0; i < count; i++) {
    uint16_t group = groups[i] < excluded ? groups[i] : excluded;
    cells[i] = (uint16_t)(group * stride + (uint8_t)(slots[i] + MISSING_REASONS));
  }
}

BODY void body_cells_long(const histogram *h, uint32_t first, uint32_t count, uint32_t *cells) {
  const uint16_t *restrict groups = h->groups + first;
  const uint8_t *restrict slots = h->slots + first;
  const uint32_t stride = histogram_stride(h), excluded = h->groups_count;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t group = groups[i] < excluded ? groups[i] : excluded;
    cells[i] = group * stride + (uint8_t)(slots[i] + MISSING_REASONS);
  }
}

/* The same without groups, too. */
BODY void body_cells(const histogram *h, uint32_t first, uint32_t count, uint32_t *cells) {
  if (h->groups != NULL) {
    body_cells_long(h, first, count, cells);
    return;
  }
  for (uint32_t i = 0; i < count; i++) {
    cells[i] = histogram_cell_of_slot(h->slots[first + i]);
  }
}

BODY bool body_cells_are_short(const histogram *h) {
  return histogram_cells(h) <= UINT16_MAX;
}

/* Counts COUNT cells in TABLES tables of SIZE cells, which lie one after the other. */
BODY void body_count_short(const uint16_t *cells, uint32_t count, uint32_t *tables, size_t size,
                           unsigned number) {
  uint32_t *second = number > 1 ? tables + size : tables;
  uint32_t *third = number > 2 ? second + size : tables;
  uint32_t *fourth = number > 2 ? third + size : second;
  uint32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    uint64_t four[2];
    memcpy(four, cells + i, sizeof four);
    for (unsigned k = 0; k < 2; k++) {
      tables[(uint16_t)four[k]]++;
      second[(uint16_t)(four[k] >> 16)]++;
      third[(uint16_t)(four[k] >> 32)]++;
      fourth[(uint16_t)(four[k] >> 48)]++;
    }
  }
  for (; i < count; i++) {
    tables[cells[i]]++;
  }
}

BODY void body_fold(uint32_t *tables, size_t size, unsigned number) {
  for (unsigned t = 1; t < number; t++) {
    for (size_t i = 0; i < size; i++) {
      tables[i] += tables[t * size + i];
    }
  }
}

BODY void body_count_by_group(const histogram *h, uint32_t *counts) {
  const size_t size = histogram_cells(h);
  const unsigned number = histogram_tables(h);
  union {
    uint16_t shorts[HISTOGRAM_BLOCK];
    uint32_t longs[HISTOGRAM_BLOCK];
  } cells;
  for (uint32_t row = 0; row < h->rows; row += HISTOGRAM_BLOCK) {
    uint32_t count = h->rows - row < HISTOGRAM_BLOCK ? h->rows - row : HISTOGRAM_BLOCK;
    if (body_cells_are_short(h)) {
      body_cells_short(h, row, count, cells.shorts);
      body_count_short(cells.shorts, count, counts, size, number);
    } else {
      body_cells_long(h, row, count, cells.longs);
      for (uint32_t i = 0; i < count; i++) {
        counts[cells.longs[i]]++;
      }
    }
  }
  body_fold(counts, size, number);
}

/* One cell per row is read, added to and written back; its four sums lie together. */
BODY void body_weigh(const histogram *h, const uint32_t *weights, weighed_cell *cells) {
  uint32_t at[HISTOGRAM_BLOCK];
  for (uint32_t row = 0; row < h->rows; row += HISTOGRAM_BLOCK) {
    uint32_t count = h->rows - row < HISTOGRAM_BLOCK ? h->rows - row : HISTOGRAM_BLOCK;
    body_cells(h, row, count, at);
    for (uint32_t i = 0; i < count; i++) {
      weighed_cell *c = &cells[at[i]];
      uint64_t w = weights[row + i], w2 = w * w;
      c->n++;
      c->w += w;
      c->w2_low += (uint32_t)w2;
      c->w2_high += w2 >> 32;
    }
  }
}

#endif
