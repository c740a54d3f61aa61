/* A dataset in memory for tests: the same cells, presented in whatever encoding a shard may use. */
#ifndef CANVASS_TESTS_STATS_FIXTURE_H
#define CANVASS_TESTS_STATS_FIXTURE_H

#include "stats/frame/rows.h"

typedef struct fixture fixture;

/* ROWS rows with ordinals from 0, lines from 2, decimal point.  Running out of memory ends the test. */
fixture *fixture_new(uint32_t rows);
void fixture_destroy(fixture *f);
/* CELLS: one terminated UTF-8 text per row (copied, trimmed).  A kind that cannot hold the cells gives
 * way to the next: CODES (254 texts), WIDE (65,000), TEXTS.  Returns the kind that was used. */
packed_kind fixture_column(fixture *f, const char *name, packed_kind kind, const char *const *cells);
/* Numbers instead of texts; NAN is a blank cell. */
packed_kind fixture_numbers(fixture *f, const char *name, packed_kind kind, const double *cells);
void fixture_decimal_mark(fixture *f, char mark); /* before the columns */
/* COUNT rows from FIRST on as a separate shard, each column encoded again as requested. */
fixture *fixture_cut(const fixture *f, uint32_t first, uint32_t count);
/* The same with every column encoded as KIND. */
fixture *fixture_recoded(const fixture *f, packed_kind kind);
/* Borrowed until the fixture is destroyed. */
const stats_rows *fixture_rows(const fixture *f);

#endif
