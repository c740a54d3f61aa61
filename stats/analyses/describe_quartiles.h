/* describe's quartiles of numbers with very many values: they come in later stages, into rows of the
 * table "quartiles" that the first stage has written. */
#ifndef CANVASS_STATS_ANALYSES_DESCRIBE_QUARTILES_H
#define CANVASS_STATS_ANALYSES_DESCRIBE_QUARTILES_H

#include "stats/analyses/analysis.h"
#include "stats/methods/refinement.h"

/* "q1", "median", "q3" for 0..2: the columns that wait. */
const char *quartile_column(unsigned quartile);

/* Asks for the next buckets of R and carries it to the next stage; a warning when that cannot be. */
status later_quartiles_need(analysis_run *run, const refinement *r, error *err) MUST_USE;
/* The same for all that was carried here. */
status later_quartiles_ask_again(analysis_run *run, error *err) MUST_USE;
/* Narrows whatever was carried here by this stage's buckets; fills the rows of what is found. */
status later_quartiles_step(analysis_run *run, error *err) MUST_USE;

#endif
