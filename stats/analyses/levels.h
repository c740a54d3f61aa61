/* The answers to a coded item as a report lists them: what the codebook declares, in its order and
 * whether or not it was given, then whatever else occurs, in natural order; of a scale, all by code. */
#ifndef CANVASS_STATS_ANALYSES_LEVELS_H
#define CANVASS_STATS_ANALYSES_LEVELS_H

#include "stats/analyses/table.h"

typedef struct level {
  bool is_text;
  int64_t number;
  slice text;
  uint32_t key;     /* index on the axis; the axis' count when the answer does not occur */
  bool is_declared; /* else it is listed because it occurs */
} level;

/* In A; NULL when out of memory. */
level *levels_of(arena *a, const plan *p, uint32_t item, const axis *ax, uint32_t *count);
json *level_json(const level *l, arena *a);

/* The lowest and highest code that a numeric coded variable can have.  False when the plan alone does
 * not tell. */
bool codes_range(const plan *p, uint32_t item, int64_t *low, int64_t *high);

/* What the program holds for a plan variable. */
const program_variable *variable_of(const plan *p, uint32_t item);

/* The keys of AX, of ITEM, in natural order (text_compare_natural), those of a crossing in the order of its
 * variables.  NULL: out of memory. */
uint32_t *levels_natural(arena *a, const plan *p, uint32_t item, const axis *ax);

#endif
