/* How fast shards go to a broker's disk, and from there to a worker. */
#ifndef CANVASS_BENCH_CLUSTER_BYTES_H
#define CANVASS_BENCH_CLUSTER_BYTES_H

#include "bench/cluster_service.h"
#include "store/manifest.h"
#include "store/store.h"

typedef struct bytes_figures {
  double to_disk, to_worker; /* MB/s; 0: nothing moved */
} bytes_figures;

/* In chunks, as peers do that do not share the broker's file system. */
bytes_figures bytes_measure(place *at, const transport *t, uint32_t mib);
/* Sends the shards of M from FIRST on, before END, as a client does that does not share the broker's file
 * system. */
void bytes_send(const service *s, const manifest *m, uint32_t first, uint32_t end, store *shards);
/* By path and hash, as a client of the program does on the broker's machine. */
bytes_figures bytes_measure_by_path(place *at, const transport *t, uint32_t mib);

#endif
