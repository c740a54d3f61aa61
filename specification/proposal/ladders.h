/* Ladders: answers in words that have an order, a row for each ladder.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_LADDERS_H
#define CANVASS_SPECIFICATION_PROPOSAL_LADDERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { LADDER_RUNGS_MAX = 7 };

typedef struct ladder {
  const char *name; /* of the scale that its variables share */
  int64_t low;      /* the code of the lowest rung */
  bool satisfaction;
  bool needs_all;                          /* part of a longer ladder: it fits only if every rung occurs */
  const char *rungs[LADDER_RUNGS_MAX + 1]; /* from the bad end to the good one, in lower case; | separates
                                              words that mean the same; NULL ends them */
} ladder;

const ladder *ladder_at(uint32_t index); /* NULL after the last; the first that fits is taken */
uint32_t ladder_rungs(const ladder *l);
/* Whether nobody offers only a part of it: where none has three of five stars, they were there all the same.
 */
bool ladder_is_whole(const ladder *l);
/* The rung, from 0, that the answer TEXT means, as the file writes it; -1: none. */
int ladder_rung(const ladder *l, slice text);

#endif
