/* The complete rows of a shard as points, block after block, and the nearest centre of each. */
#ifndef CANVASS_STATS_ACCUMULATORS_POINTS_H
#define CANVASS_STATS_ACCUMULATORS_POINTS_H

#include "stats/accumulators/byte_keys.h"
#include "stats/accumulators/kmeans.h"
#include "stats/frame/frame.h"

enum { POINTS_BLOCK_ROWS = 4096, POINTS_UNUSED = 255 };

typedef struct point_column {
  byte_keys keys;        /* narrow */
  const int64_t *values; /* not narrow */
  int64_t magnitude;     /* no |X| in the shard is larger */
} point_column;

typedef struct points {
  uint32_t variables_count;
  uint32_t rows_count; /* of the shard */
  const uint8_t *mask; /* NULL: every row is used if complete */
  weight_view weights;
  const stats_rows *source;
  bool narrow; /* all columns are */
  point_column *columns;
  /* the block at hand */
  uint32_t from, rows;
  uint8_t *used;   /* 1: complete and used; padded with 0 to a multiple of 64 rows */
  uint8_t **bytes; /* narrow: per column and row of the block; X = low + byte */
} points;

status points_init(frame *f, const program_accumulator *a, points *out, error *err) MUST_USE;
void points_fini(points *p);
/* Takes the next block; false when there is none. */
bool points_next(points *p);
/* The weight of row R of the block; 1 when there are none. */
static inline int64_t points_weight(const points *p, uint32_t r) {
  return weight_is_given(&p->weights) ? weight_at(&p->weights, (size_t)p->from + r) : 1;
}
/* X of variable D in row R of the block (which must be used). */
static inline int64_t points_value(const points *p, uint32_t d, uint32_t r) {
  return p->narrow ? p->columns[d].keys.low + p->bytes[d][r] : p->columns[d].values[p->from + r];
}

/* Centres as 1 + p shifts and rows of 1 + p coefficients (see kmeans.h); coefficients are borrowed. */
typedef struct point_model {
  uint32_t clusters;
  const int64_t *coefficients;
  uint8_t *shifts; /* NULL: all but the first are 0 and scores stay below 2^126 */
  uint8_t constants_shift;
  double *fast; /* shifted to bytes, for the kernel, when its arithmetic is exact; else NULL */
} point_model;
status point_model_init(const points *p, uint32_t clusters, const int64_t *shifts,
                        const int64_t *coefficients, point_model *out, error *err) MUST_USE;
void point_model_fini(point_model *m);
/* Whether COUNT shifts are ones. */
bool points_shifts_are_valid(const int64_t *shifts, uint64_t count);
/* OWN, for each row of the block (room for POINTS_BLOCK_ROWS): the nearest centre, or POINTS_UNUSED. */
void points_assign(const points *p, const point_model *m, uint8_t *own);

#endif
