/* The directory of a durable store: whether it may be one, and that only one process has it. */
#ifndef CANVASS_STORE_PLACE_H
#define CANVASS_STORE_PLACE_H

#include "base/status.h"

typedef struct place {
  int directory; /* descriptors; -1: not open */
  int lock;
} place;

/* Makes DIRECTORY when it is not there, locks it, and makes what belongs in it.  STATUS_USAGE when it holds
 * something else, when another process has it (named by its number), or when it is on a network file
 * system and NETWORK_ALLOWED is false. */
status place_open(const char *directory, bool network_allowed, place *out, error *err) MUST_USE;
void place_close(place *p);

/* The name of the network file system whose statfs type is TYPE, or NULL. */
const char *place_network_name(long type);

#endif
