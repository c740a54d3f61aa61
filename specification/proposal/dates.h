/* The ways of writing dates that are tried: a row for each.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_DATES_H
#define CANVASS_SPECIFICATION_PROPOSAL_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef struct date_way {
  const char *format;
  bool is_number;    /* its texts may also be plain numbers: the title must say that they are dates */
  const char *other; /* a format that fits the same texts unless a day is above 12; NULL: none does */
} date_way;

enum { DATE_WAYS_MAX = 64 };
const date_way *date_way_at(uint32_t index); /* NULL after the last; there are at most DATE_WAYS_MAX */
/* Bit I: way I reads TEXT; if TEXT is a number (IS_NUMBER), only ways for numbers are tried. */
uint64_t date_ways_of(slice text, bool is_number);

#endif
