/* The table "distribution" of describe: every answer to a coded or multiple-choice item, with its share. */
#ifndef CANVASS_STATS_ANALYSES_DESCRIBE_ANSWERS_H
#define CANVASS_STATS_ANALYSES_DESCRIBE_ANSWERS_H

#include "stats/analyses/groups.h"
#include "stats/methods/sums.h"

typedef struct answers_table {
  analysis_run *run;
  weighting weighting;
  bool with_bases; /* columns for the bases of options that have their own columns */
  bool with_intervals;
  table *rows; /* NULL when it was not opened */
} answers_table;

answers_table answers_table_open(analysis_run *run, bool with_bases);
/* ITEM's answers in W's current group; warns of options with a small base. */
void answers_table_write(const answers_table *t, uint32_t item, const group_walk *w,
                         const frequency_state *s);

#endif
