/* The directory of a store: whether it may be one, of which kind it is, and that only one process uses it. */
#ifndef CANVASS_STORE_PLACE_H
#define CANVASS_STORE_PLACE_H

#include <sys/types.h>

#include "base/status.h"

/* What the directory is for.  One that serves one purpose cannot serve the other. */
typedef enum place_kind {
  PLACE_CACHE, /* of `canvass run` or a worker: what can be recomputed */
  PLACE_BROKER /* what is entrusted to a broker: also partly/, hand-in/ and the file probe */
} place_kind;

typedef struct place {
  int directory; /* descriptors; -1: not open */
  int lock;
  mode_t others_before, others_now; /* what other users could do with what was in it, and still can */
} place;

/* Creates DIRECTORY when it does not exist, locks it, and creates what belongs in it: all of it accessible to
 * its owner alone, whatever the umask and whatever it was before.  STATUS_USAGE when it
 * holds something else or is of the other kind, or when it is on a network file system and NETWORK_ALLOWED
 * is false; STATUS_IO when another process uses it (named by its process id): later it may be free. */
status place_open(const char *directory, place_kind kind, bool network_allowed, place *out,
                  error *err) MUST_USE;
/* Calls WARN (may be NULL) when other users could read what the store held, or still can. */
void place_tell(const place *p, const char *directory, void (*warn)(void *context, const char *line),
                void *context);
void place_close(place *p);
/* STATUS_IO when DIRECTORY, which was opened as P, is no longer there, or another one is. */
status place_check(const place *p, const char *directory, error *err) MUST_USE;
/* Which kind of store is in DIRECTORY, used or not.  STATUS_USAGE when none is. */
status place_recognise(const char *directory, place_kind *out, error *err) MUST_USE;
/* STATUS_USAGE when something is in DIRECTORY.  That it does not exist is right, too. */
status place_check_empty(const char *directory, error *err) MUST_USE;

/* The name of the network file system whose statfs type is TYPE, or NULL. */
const char *place_network_name(long type);

#endif
