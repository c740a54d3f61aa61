/* Inside FREQUENCY: its state, and what frequency.c and frequency_set.c do to it. */
#ifndef CANVASS_STATS_ACCUMULATORS_FREQUENCY_H
#define CANVASS_STATS_ACCUMULATORS_FREQUENCY_H

#include "stats/accumulators/accumulator.h"
#include "stats/accumulators/grouping.h"
#include "stats/accumulators/tally.h"

typedef struct frequency {
  frequency_state s; /* first: analyses see only this */
  const program *p;
  const program_accumulator *a;
  bool is_set;
} frequency;

/* Zeroed cells for the groups and keys of a state that has none yet. */
status frequency_make_cells(frequency *f, error *err) MUST_USE;
/* Adds what a tally has of SLOT in GROUP to a cell. */
void frequency_add_tally(frequency_state *s, size_t cell, const tally *t, uint32_t group, uint8_t slot);
/* The missing answers of a tally, each reason in its cell. */
void frequency_add_missing(frequency_state *s, size_t place, const tally *t, uint32_t group);
/* Counts a set into F, which has groups and no keys yet. */
status frequency_map_set(frequency *f, const grouped_rows *in, const set_view *view, error *err) MUST_USE;

#endif
