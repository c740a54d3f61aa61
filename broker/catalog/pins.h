/* Manifests whose shards are referenced, and how often: however many datasets and jobs use a manifest, each
 * of its shards is counted once. */
#ifndef CANVASS_BROKER_CATALOG_PINS_H
#define CANVASS_BROKER_CATALOG_PINS_H

#include "base/digest.h"

enum { PINS_BUCKETS = 1024 };

typedef struct pin {
  digest manifest;
  uint64_t count;
  struct pin *chain;
} pin;

typedef struct pins {
  pin *buckets[PINS_BUCKETS];
} pins;

void pins_fini(pins *p);
pin *pins_find(const pins *p, const digest *manifest); /* NULL: it is not there */
pin *pins_add(pins *p, const digest *manifest);        /* with a count of 0; NULL when out of memory */
void pins_remove(pins *p, pin *gone);

#endif
