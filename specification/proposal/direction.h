/* Which end of a scale the words of a question call the good one.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_DIRECTION_H
#define CANVASS_SPECIFICATION_PROPOSAL_DIRECTION_H

#include "base/text.h"

typedef enum told_direction {
  DIRECTION_NOT_TOLD,
  DIRECTION_UP,      /* the high end is the good one: "5 = best" */
  DIRECTION_DOWN,    /* the low end: "1 = best" */
  DIRECTION_UNCLEAR, /* codes are explained, by words that say neither */
} told_direction;

/* 1: WORDS are those of a good answer; -1: of a bad one; 0: neither, or both. */
int direction_sense(slice words);
/* *WORDS: what of QUESTION says so; untouched when nothing does. */
told_direction direction_of(slice question, slice *words);

#endif
