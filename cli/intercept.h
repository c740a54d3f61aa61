/* What libzmq calls instead of libc's accept4, accept, recv and close: functions of these names in the
 * executable, which the dynamic linker finds first.  They do what libc's do, and ask the broker's connections
 * (broker/connections.h) whether one more may come in and whether it may send more.
 *
 * docs/decisions/025-connections-are-counted-where-they-are-accepted.md says why. */
#ifndef CANVASS_CLI_INTERCEPT_H
#define CANVASS_CLI_INTERCEPT_H

#include "base/status.h"

/* Reads how many descriptors the process may have, and limits connections to what they allow; keeps one
 * descriptor in reserve, for turning away what comes when there are no others. */
status intercept_begin(error *err) MUST_USE;

#endif
