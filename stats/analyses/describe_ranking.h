/* The table "ranking" of describe: of each option of a ranking how many put it first and among the first two
 * and three, in per cent of those who answered, and its mean rank among those who ranked it. */
#ifndef CANVASS_STATS_ANALYSES_DESCRIBE_RANKING_H
#define CANVASS_STATS_ANALYSES_DESCRIBE_RANKING_H

#include "stats/analyses/table.h"
#include "stats/analyses/weighting.h"

typedef struct ranking_table {
  analysis_run *run;
  weighting weighting;
  table *rows; /* NULL when it was not opened */
} ranking_table;

bool ranking_is(const analysis_run *run, uint32_t item);
/* Asks for the ranks of all options of ITEM, which is VARIABLE in the program; and how many results these
 * are. */
status ranking_need(analysis_run *run, uint32_t item, uint32_t variable, error *err) MUST_USE;
uint32_t ranking_results(const analysis_run *run, uint32_t item);

ranking_table ranking_table_open(analysis_run *run);
/* RESULT: the first of those that were asked for. */
void ranking_table_write(const ranking_table *t, uint32_t item, uint32_t result);

#endif
