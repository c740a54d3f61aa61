/* Handing a blob in to a broker on the same file system, so that it need not be sent. */
#ifndef CANVASS_WORKER_HAND_IN_H
#define CANVASS_WORKER_HAND_IN_H

#include "base/digest.h"
#include "worker/worker.h"

/* Writes the blob NAME of the worker's store where the broker will find it when it is offered.  Does nothing
 * where that cannot be done, or when the broker has it: it is then requested in chunks. */
void hand_in(worker *w, const digest *name);
/* Whether DIRECTORY is the one in which the broker put PROBE, that is, the broker's own. */
bool hand_in_probe(const char *directory, slice probe);

#endif
