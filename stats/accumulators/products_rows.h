/* Adding rows to one block of PRODUCTS.  For products_map.c and products_rows.c alone. */
#ifndef CANVASS_STATS_ACCUMULATORS_PRODUCTS_ROWS_H
#define CANVASS_STATS_ACCUMULATORS_PRODUCTS_ROWS_H

#include "stats/accumulators/products_state.h"

/* Values up to this, whatever their sign, are small: the products of some rows fit 16 bits. */
enum { PRODUCTS_SMALL_MAX = 31 };

/* A variable whose values are small. */
typedef struct small_column {
  const uint8_t *slots;
  int16_t value_of[256]; /* 0 where missing */
} small_column;

typedef struct products_adder {
  const products_state *s;
  weight_view weights;
  small_column *small;    /* per variable; NULL: not all are small, or there are weights */
  uint32_t chunk;         /* rows whose products fit 16 bits */
  uint32_t stride;        /* of a row's vector, and of the products' rows */
  int16_t *x, *m;         /* chunk * stride: values; 1 where answered */
  int16_t *sums;          /* pairwise four times, else once: stride * stride */
  const int64_t **values; /* per variable, of rows that are not small */
  int64_t *row;           /* of one row ... */
  uint32_t *answered;     /* ... and which of them are answered */
  int64_t *short_sums;    /* sums_count, where 64 bits hold them ... */
  i128 *narrow;           /* ... or 128 ... */
  exact *wide;            /* ... or else */
} products_adder;

status products_adder_init(frame *f, const program_accumulator *a, const products_state *s,
                           const weight_view *weights, products_adder *out, error *err) MUST_USE;
void products_adder_fini(products_adder *d);
/* Adds COUNT rows to BLOCK.  Listwise all their variables are answered. */
void products_adder_add(products_adder *d, const uint32_t *rows, uint32_t count, uint64_t *block);

#endif
