/* Reading the parts of a plan that several files decode.  Bytes are hostile; a failure stays in the reader.
 */
#ifndef CANVASS_STATS_PLAN_GETTERS_H
#define CANVASS_STATS_PLAN_GETTERS_H

#include "base/buf.h"
#include "stats/plan/codec.h"
#include "stats/plan/plan.h"

/* Finite. */
double plan_get_double(reader *r);
/* UTF-8 without a zero, in A; "" after a failure. */
const char *plan_get_text(reader *r, arena *a);
/* NULL: not given. */
const char *plan_get_optional(reader *r, arena *a);
void plan_get_label(reader *r, arena *a, plan_label *out);
/* Below LIMIT; the other one may be PROGRAM_NONE. */
uint32_t plan_get_index(reader *r, uint32_t limit);
uint32_t plan_get_optional_index(reader *r, uint32_t limit);
/* Room in A for *COUNT elements; after a failure *COUNT is 0. */
void *plan_get_array(reader *r, arena *a, uint64_t *count, size_t size);
/* What comes back for each row; after the analyses. */
void plan_get_rows(reader *r, plan *p);

#endif
