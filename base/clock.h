/* A clock that only goes forward, for waiting, retries and progress.  No figure depends on it. */
#ifndef CANVASS_BASE_CLOCK_H
#define CANVASS_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some moment before this process began. */
int64_t clock_now_ms(void);

#endif
