/* What the files of this module share. */
#ifndef CANVASS_BROKER_BLOBS_BLOBS_INSIDE_H
#define CANVASS_BROKER_BLOBS_BLOBS_INSIDE_H

#include "broker/blobs/blobs.h"

enum { BLOBS_BUCKETS = 4096 };

struct blobs {
  vault *vault; /* NULL: the broker keeps nothing */
  blob *at;
  size_t count, capacity;
  core_blob free;
  core_blob at_workers[BLOBS_BUCKETS];
};

#endif
