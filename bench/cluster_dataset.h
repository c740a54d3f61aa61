/* Datasets for the cluster's benchmark: shards of bytes that are never decoded, and their manifest. */
#ifndef CANVASS_BENCH_CLUSTER_DATASET_H
#define CANVASS_BENCH_CLUSTER_DATASET_H

#include "store/manifest.h"
#include "store/store.h"

/* COUNT shards of BYTES each, put into SHARDS; manifest_destroy.  Where DISTINCT is false, all have one
 * content: then there is one blob to send. */
manifest *dataset_make(store *shards, uint32_t count, size_t bytes, bool distinct);
uint64_t dataset_bytes(const manifest *m);

#endif
