/* The findings of a census: which cells are not what the codebook says, and what to write. */
#ifndef CANVASS_CLI_CENSUS_SHOW_H
#define CANVASS_CLI_CENSUS_SHOW_H

#include "base/json.h"
#include "cli/census.h"

/* A list of an object for each variable, the worst first (docs/report.md has its members), in MEMORY.
 * DOCUMENT is the report over the same data.  NULL: out of memory. */
json *census_json(const evaluation *e, const census *c, const json *document, arena *memory);
/* CELLS, of census_json, as a table of the variables with findings, and below it what they are. */
status census_put(const json *cells, report_language language, buf *out, error *err) MUST_USE;

#endif
