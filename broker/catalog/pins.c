/* A table of chains. */
#include "broker/catalog/pins.h"

#include <stdlib.h>

static size_t bucket_of(const digest *manifest) {
  return (manifest->bytes[0] | (size_t)manifest->bytes[1] << 8) % PINS_BUCKETS;
}

void pins_fini(pins *p) {
  for (size_t i = 0; i < PINS_BUCKETS; i++) {
    while (p->buckets[i] != NULL) {
      pins_remove(p, p->buckets[i]);
    }
  }
}

pin *pins_find(const pins *p, const digest *manifest) {
  pin *one = p->buckets[bucket_of(manifest)];
  while (one != NULL && !digest_equal(&one->manifest, manifest)) {
    one = one->chain;
  }
  return one;
}

pin *pins_add(pins *p, const digest *manifest) {
  pin *one = calloc(1, sizeof *one);
  if (one != NULL) {
    pin **bucket = &p->buckets[bucket_of(manifest)];
    one->manifest = *manifest;
    one->chain = *bucket;
    *bucket = one;
  }
  return one;
}

void pins_remove(pins *p, pin *gone) {
  pin **link = &p->buckets[bucket_of(&gone->manifest)];
  while (*link != gone) {
    link = &(*link)->chain;
  }
  *link = gone->chain;
  free(gone);
}
