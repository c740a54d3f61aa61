/* The ways of writing dates that are tried: a row for each.  Private to proposals. */
#ifndef CANVASS_SPECIFICATION_PROPOSAL_DATES_H
#define CANVASS_SPECIFICATION_PROPOSAL_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

typedef struct date_way {
  const char *format;
  bool is_number; /* its texts may also be plain numbers: the title must say that they are dates */
} date_way;

/* The earliest and the latest day that a way reads, from 1970-01-01. */
typedef struct date_span {
  int32_t low, high;
} date_span;

enum { DATE_WAYS_MAX = 64 };
const date_way *date_way_at(uint32_t index); /* NULL after the last; there are at most DATE_WAYS_MAX */
/* Bit I: way I reads TEXT; if TEXT is a number (IS_NUMBER), only ways for numbers are tried.  SPANS, one for
 * each way, grow to what each of them reads; one that has read nothing has a LOW above its HIGH.  NULL: not
 * wanted. */
uint64_t date_ways_of(slice text, bool is_number, date_span *spans);

#endif
