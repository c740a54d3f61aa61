/* Random numbers without state: each is a function of (seed, stream, index) alone, so that any worker
 * repeats it and no order matters.  Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, SC '11), from
 * librandom123: the seed is the key; index, stream and a second index are the counter. */
#ifndef CANVASS_STATS_FRAME_RANDOM_H
#define CANVASS_STATS_FRAME_RANDOM_H

#include <stdint.h>

/* What a number is drawn for.  Never reused: append only. */
typedef enum random_stream {
  RANDOM_SAMPLE = 1,  /* index: the row's ordinal */
  RANDOM_SEEDING = 2, /* index: start, second index: clusters so far */
  RANDOM_REPLICATE =
      3,               /* index: the row's ordinal, second index 0; or the hash of its unit, second index 1 */
  RANDOM_RESAMPLE = 4, /* index: resample, second index: which of its draws */
  RANDOM_TABLE = 5,    /* index: table drawn, second index: its cell */
  RANDOM_PARALLEL = 6, /* index: matrix drawn, second index: its entry */
} random_stream;

uint64_t random_bits(uint64_t seed, random_stream stream, uint64_t index, uint32_t second_index);
/* In [0, 1): the 53 highest bits. */
double random_unit(uint64_t seed, random_stream stream, uint64_t index, uint32_t second_index);

#endif
