/* Random shard contents for the tests of the format: every kind, width and edge of the counts comes up. */
#ifndef CANVASS_TESTS_STORE_SHARD_SAMPLE_H
#define CANVASS_TESTS_STORE_SHARD_SAMPLE_H

#include "base/arena.h"
#include "store/shard.h"
#include "tests/seeded.h"

/* Content of ROWS rows and COLUMNS columns named "q0", "q1", ...; lives in MEMORY. */
shard_content shard_sample(arena *memory, seeded *r, uint32_t rows, uint32_t columns);
/* Whether A (of ROWS rows, offsets from any start) and B, as read, hold the same. */
bool shard_sample_same(const packed_column *a, const packed_column *b, uint32_t rows);
/* Makes the checksums in BYTES, an altered shard, good again where they are found. */
void shard_sample_repair(uint8_t *bytes, size_t length);

#endif
