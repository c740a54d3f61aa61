/* The table of arriving blobs, and its two queues: blobs of which more must be requested, and complete blobs
 * that must be compared with their names. */
#include <stdlib.h>

#include "broker/transfer/transfer_inside.h"

static size_t bucket_of(const digest *name) {
  return (name->bytes[0] | (size_t)name->bytes[1] << 8) % TRANSFER_BUCKETS;
}

/* The first arrival of that name in A's chain from A on. */
static arrival *first_of(arrival *a, const digest *name) {
  while (a != NULL && !digest_equal(&a->name, name)) {
    a = a->chain;
  }
  return a;
}

arrival *arrivals_first(const arrivals *t, const digest *name) {
  return first_of(t->buckets[bucket_of(name)], name);
}

arrival *arrivals_find(const arrivals *t, const digest *name, uint64_t bytes) {
  arrival *a = arrivals_first(t, name);
  while (a != NULL && a->bytes != bytes) {
    a = first_of(a->chain, name);
  }
  return a;
}

arrival *arrivals_find_from(const arrivals *t, const digest *name, const peer *from) {
  for (arrival *a = arrivals_first(t, name); a != NULL; a = first_of(a->chain, name)) {
    for (size_t i = 0; i < a->sources_count; i++) {
      if (a->sources[i].peer == from->number) {
        return a;
      }
    }
  }
  return NULL;
}

void arrivals_add(arrivals *t, arrival *a) {
  arrival **bucket = &t->buckets[bucket_of(&a->name)];
  a->chain = *bucket;
  *bucket = a;
}

void arrivals_enqueue(arrivals *t, arrival *a) {
  if (a->is_queued || a->wanted >= a->bytes) {
    return;
  }
  a->is_queued = true;
  a->queue_next = NULL;
  if (t->queue_tail != NULL) {
    t->queue_tail->queue_next = a;
  } else {
    t->queue_head = a;
  }
  t->queue_tail = a;
  t->queued++;
}

void arrivals_dequeue(arrivals *t, arrival *gone) {
  arrival *before = NULL;
  for (arrival *a = t->queue_head; a != NULL && a != gone; a = a->queue_next) {
    before = a;
  }
  if (before != NULL) {
    before->queue_next = gone->queue_next;
  } else {
    t->queue_head = gone->queue_next;
  }
  if (t->queue_tail == gone) {
    t->queue_tail = before;
  }
  gone->is_queued = false;
  t->queued--;
}

void arrivals_compare(arrivals *t, arrival *a) {
  arrival **link = &t->comparing;
  while (*link != NULL) {
    link = &(*link)->compare_next;
  }
  *link = a;
  a->compare_next = NULL;
  a->is_compared = true;
}

void arrivals_compare_end(arrivals *t, arrival *gone) {
  arrival **link = &t->comparing;
  while (*link != gone) {
    link = &(*link)->compare_next;
  }
  *link = gone->compare_next;
  gone->is_compared = false;
}

void arrivals_remove(arrivals *t, arrival *gone) {
  arrival **link = &t->buckets[bucket_of(&gone->name)];
  while (*link != gone) {
    link = &(*link)->chain;
  }
  *link = gone->chain;
  if (gone->is_queued) {
    arrivals_dequeue(t, gone);
  }
  if (gone->is_compared) {
    arrivals_compare_end(t, gone);
  }
}

void arrivals_fini(arrivals *t) {
  for (size_t i = 0; i < TRANSFER_BUCKETS; i++) {
    for (arrival *a = t->buckets[i], *next = NULL; a != NULL; a = next) {
      next = a->chain;
      free(a->sources);
      free(a);
    }
  }
}
