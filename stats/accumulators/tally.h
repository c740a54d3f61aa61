/* A tally: rows of one column of byte slots counted (and weighed) by group, through the kernels. */
#ifndef CANVASS_STATS_ACCUMULATORS_TALLY_H
#define CANVASS_STATS_ACCUMULATORS_TALLY_H

#include "stats/grouping.h"
#include "stats/kernels/kernels.h"

typedef struct tally {
  histogram h;
  uint32_t *counts;      /* without weights; or */
  weighed_cell *weighed; /* with */
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
  return t->counts != NULL ? (int64_t)t->counts[at] : (int64_t)t->weighed[at].n;
}
/* Sums of weights and of their squares; 0 without weights. */
static inline i128 tally_w(const tally *t, uint32_t group, uint8_t slot) {
  return t->weighed != NULL ? (i128)t->weighed[tally_at(t, group, slot)].w : 0;
}
static inline i128 tally_w2(const tally *t, uint32_t group, uint8_t slot) {
  if (t->weighed == NULL) {
    return 0;
  }
  const weighed_cell *c = &t->weighed[tally_at(t, group, slot)];
  return ((i128)c->w2_high << 32) + c->w2_low;
}

#endif
