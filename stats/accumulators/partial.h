/* A partial: the states of all accumulators of one program over some rows.  What MAP makes, REDUCE
 * merges and STEP reads. */
#ifndef CANVASS_STATS_ACCUMULATORS_PARTIAL_H
#define CANVASS_STATS_ACCUMULATORS_PARTIAL_H

#include "stats/accumulators/accumulator.h"
#include "stats/accumulators/cache.h"

typedef struct partial partial;

/* The neutral element. */
status partial_empty(const program *p, partial **out, error *err) MUST_USE;
status partial_map(const program *p, const stats_rows *rows, partial **out, error *err) MUST_USE;
/* INTO += FROM; FROM is left alone.  Both of the same program P (which must outlive them). */

/* The same partial as partial_map's, to the bit.  A cached state that does not decode is recomputed.
 * *COMPUTED grows by the states that were not in the cache. */
status partial_map_cached(const program *p, partial_rows rows, void *rows_context, const partial_cache *cache,
                          uint64_t *computed, partial **out, error *err) MUST_USE;
status partial_merge(partial *into, const partial *from, error *err) MUST_USE;
void partial_encode(const partial *s, buf *out);
status partial_decode(const program *p, reader *r, partial **out, error *err) MUST_USE;
const void *partial_state(const partial *s, uint32_t accumulator); /* e.g. const frequency_state * */
void partial_destroy(partial *s);

/* Takes the state of one accumulator out of a shard alone: for caches.  Same rules. */
status partial_map_one(frame *f, uint32_t accumulator, void **state, error *err) MUST_USE;

#endif
