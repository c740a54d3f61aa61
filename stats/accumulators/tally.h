/* A tally: rows of one column of byte slots counted (and weighed) by group, through the kernels. */
#ifndef CANVASS_STATS_ACCUMULATORS_TALLY_H
#define CANVASS_STATS_ACCUMULATORS_TALLY_H

#include "stats/accumulators/grouping.h"
#include "stats/kernels/kernels.h"

typedef struct tally {
  histogram h;
  uint32_t *counts;            /* without weights; */
  weighed_cell *weighed;       /* with narrow ones; */
  widely_weighed_cell *widely; /* or with wide ones */
} tally;

/* Slots below KEYS_COUNT, or missing; groups are those of the view of ROWS. */
status tally_slots(const grouped_rows *rows, const uint8_t *slots, uint32_t keys_count, tally *out,
                   error *err) MUST_USE;
void tally_fini(tally *t);

static inline size_t tally_at(const tally *t, uint32_t group, uint8_t slot) {
  return (size_t)group * histogram_stride(&t->h) + histogram_cell_of_slot(slot);
}
static inline int64_t tally_n(const tally *t, uint32_t group, uint8_t slot) {
  size_t at = tally_at(t, group, slot);
  return t->counts != NULL    ? (int64_t)t->counts[at]
         : t->weighed != NULL ? (int64_t)t->weighed[at].n
                              : (int64_t)t->widely[at].n;
}
/* Sums of weights and of their squares; 0 without weights. */
static inline i128 tally_w(const tally *t, uint32_t group, uint8_t slot) {
  size_t at = tally_at(t, group, slot);
  return t->weighed != NULL ? (i128)t->weighed[at].w : t->widely != NULL ? (i128)t->widely[at].w : 0;
}
static inline u192 tally_w2(const tally *t, uint32_t group, uint8_t slot) {
  u192 w2 = {{0}};
  if (t->widely != NULL) {
    return t->widely[tally_at(t, group, slot)].w2;
  }
  if (t->weighed != NULL) {
    const weighed_cell *c = &t->weighed[tally_at(t, group, slot)];
    u192_add_u128(&w2, ((u128)c->w2_high << 32) + c->w2_low);
  }
  return w2;
}

#endif
