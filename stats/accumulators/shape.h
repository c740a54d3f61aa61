/* What every kind of accumulator does alike: how it checks what is asked of it, names itself in messages, and
 * makes a state. */
#ifndef CANVASS_STATS_ACCUMULATORS_SHAPE_H
#define CANVASS_STATS_ACCUMULATORS_SHAPE_H

#include "stats/accumulators/accumulator.h"

/* Forms that a kind accepts for its variables. */
enum {
  SHAPE_CODED = 1,
  SHAPE_NUMERIC_CODED = 2, /* only those coded variables whose keys are numbers */
  SHAPE_NUMBER = 4,
  SHAPE_TEXT = 8,
  SHAPE_SET = 16,
  SHAPE_NUMERIC = SHAPE_NUMERIC_CODED | SHAPE_NUMBER,
  SHAPE_ANY = SHAPE_CODED | SHAPE_NUMBER | SHAPE_TEXT | SHAPE_SET,
};

typedef struct accumulator_shape {
  uint32_t variables_min, variables_max;
  unsigned forms;
  uint32_t by_max; /* grouping variables, all coded */
  bool takes_weight;
  uint32_t params_min, params_max;
} accumulator_shape;

/* STATUS_USAGE, naming the variable, when A is not of that shape; every index is checked. */
status accumulator_check_shape(const program *p, const program_accumulator *a, const accumulator_shape *shape,
                               error *err) MUST_USE;
/* STATUS_LIMIT when COUNT * EACH is more than ACCUMULATOR_BYTES_MAX, naming the variables, the size and
 * what may be done. */
status accumulator_check_bytes(const program *p, const program_accumulator *a, uint64_t count, uint64_t each,
                               error *err) MUST_USE;
/* No state may speak of more rows than this: so no sum of ours can overflow.  Decoders and merges refuse
 * more. */
#define ACCUMULATOR_ROWS_MAX ((int64_t)1 << 40)
/* *SUM += N; STATUS_LIMIT past ACCUMULATOR_ROWS_MAX, *SUM is then as it was. */
status accumulator_add_rows(int64_t *sum, int64_t n, error *err) MUST_USE;
/* A count of rows within that limit. */
int64_t reader_rows(reader *r);
/* Sums of N weights and of their squares (W2 may be NULL), each weight 1 .. NUMBER_MAX: refuses what they
 * cannot be, so that analyses may divide by them. */
void reader_weights(reader *r, int64_t n, i128 *w, exact *w2);
/* "frequency of q1 by class, month" */
void accumulator_title(const program *p, const program_accumulator *a, char *out, size_t out_bytes);
/* The decimals of A's weight; 0 where there is none. */
uint8_t accumulator_weight_decimals(const program *p, const program_accumulator *a);
/* The end of whatever makes a state: MADE goes to *STATE when ST is STATUS_OK, else it is destroyed.  Returns
 * ST. */
status accumulator_give(status st, void *made, void (*destroy)(void *state), void **state) MUST_USE;
/* COUNT zeroed objects of EACH bytes (at least one), both checks made; NULL never comes with STATUS_OK. */
status accumulator_allocate(const program *p, const program_accumulator *a, uint64_t count, uint64_t each,
                            void **out, error *err) MUST_USE;

#endif
