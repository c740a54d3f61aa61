/* Figures in readable form. */
#ifndef CANVASS_CLI_WORDS_H
#define CANVASS_CLI_WORDS_H

#include <stdint.h>

enum { WORDS_BYTES = 32 }; /* at least TEXT_COUNT_BYTES */

void words_of_count(uint64_t v, char out[WORDS_BYTES]);     /* 14,400 */
void words_of_bytes(uint64_t bytes, char out[WORDS_BYTES]); /* 3.1 MB, in powers of 1000 */
/* ONE where N is 1, otherwise MANY: words of English, or formats, which the compiler then checks. */
const char *words_plural(uint64_t n, const char *one, const char *many)
    __attribute__((format_arg(2), format_arg(3)));
/* How long ago: "now", "40 s", "12 min", "3 h", "5 days".  SECONDS below 0 are now. */
void words_of_age(int64_t seconds, char out[WORDS_BYTES]);

#endif
