/* The ways of writing dates that are tried, one row each.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_DATES_H
#define CANVASS_SPECIFICATION_PROPOSAL_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef struct date_way {
  const char *format;
  bool is_number;    /* what it reads may as well be a number: the title must say that it is a date */
  const char *other; /* fits the same texts unless a day is above 12; NULL: nothing does */
} date_way;

enum { DATE_WAYS_MAX = 64 };
const date_way *date_way_at(uint32_t index); /* NULL after the last, the DATE_WAYS_MAXth at most */
/* Bit I: way I reads TEXT; of what IS_NUMBER only the ways of numbers are tried. */
uint64_t date_ways_of(slice text, bool is_number);

#endif
