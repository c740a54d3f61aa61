/* The first places of something in the data, at most FACTS_PLACES, by ordinal and column: however shards
 * meet, the same. */
#ifndef CANVASS_STATS_ACCUMULATORS_PLACES_H
#define CANVASS_STATS_ACCUMULATORS_PLACES_H

#include "stats/accumulators/accumulator.h"

/* Longer cell texts are cut, at a character, in what is kept of them. */
enum { PLACE_TEXT_BYTES_MAX = 200 };
/* The most that a place's encoding takes. */
enum { PLACE_BYTES_MAX = PLACE_TEXT_BYTES_MAX + 5 * 10 };

/* Where ROW stands, with TEXT, which is borrowed, cut; COLUMN: which of the variable's. */
fact_place place_of_row(const stats_rows *rows, uint32_t row, uint32_t column, slice text);
/* Appends PLACE with a copy of its text; the caller says when there are enough. */
status places_add(fact_place *places, uint32_t *count, fact_place place, error *err) MUST_USE;
/* The first places of both into INTO. */
status places_merge(fact_place *into, uint32_t *count, const fact_place *from, uint32_t from_count,
                    error *err) MUST_USE;
void places_free(fact_place *places, uint32_t count);
void places_encode(const fact_place *places, uint32_t count, buf *out);
/* EXPECTED places of a variable with COLUMNS columns.  A failure of the bytes stays in R. */
status places_read(reader *r, uint32_t expected, uint32_t columns, fact_place *places, uint32_t *count,
                   error *err) MUST_USE;

#endif
