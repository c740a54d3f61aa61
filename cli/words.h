/* Figures in readable form. */
#ifndef CANVASS_CLI_WORDS_H
#define CANVASS_CLI_WORDS_H

#include <stdint.h>

enum { WORDS_BYTES = 32 }; /* at least TEXT_COUNT_BYTES */

void words_of_count(uint64_t v, char out[WORDS_BYTES]);     /* 14,400 */
void words_of_bytes(uint64_t bytes, char out[WORDS_BYTES]); /* 3.1 MB, in powers of 1000 */
/* How long ago: "now", "40 s", "12 min", "3 h", "5 days".  SECONDS below 0 are now. */
void words_of_age(int64_t seconds, char out[WORDS_BYTES]);

#endif
