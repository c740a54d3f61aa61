/* A table of blobs with a list of free places, and buckets for the names of blobs that stay with workers. */
#include "broker/blobs/blobs.h"

#include <stdlib.h>
#include <string.h>

#include "broker/blobs/blobs_inside.h"

enum { CAPACITY_FIRST = 64 };

blobs *blobs_new(vault *v) {
  blobs *b = calloc(1, sizeof *b);
  if (b != NULL) {
    b->vault = v;
  }
  return b;
}

void blobs_destroy(blobs *b) {
  if (b == NULL) {
    return;
  }
  for (size_t i = 0; i < b->count; i++) {
    zmq_msg_close(&b->at[i].frame);
  }
  free(b->at);
  free(b);
}

/* The table moves when it grows, and frames must be moved by libzmq, not copied. */
static bool grow(blobs *b) {
  const size_t larger = b->capacity ? b->capacity * 2 : CAPACITY_FIRST;
  blob *at = malloc(larger * sizeof *at);
  if (at == NULL) {
    return false;
  }
  for (size_t i = 0; i < b->count; i++) {
    at[i] = b->at[i];
    zmq_msg_init(&at[i].frame);
    zmq_msg_move(&at[i].frame, &b->at[i].frame);
    zmq_msg_close(&b->at[i].frame);
  }
  free(b->at);
  b->at = at;
  b->capacity = larger;
  return true;
}

/* A free place with an empty frame; 0 when out of memory. */
static core_blob new_place(blobs *b) {
  core_blob handle = b->free;
  if (handle) {
    b->free = b->at[handle - 1].next;
  } else {
    if (b->count == b->capacity && !grow(b)) {
      return 0;
    }
    handle = ++b->count;
    zmq_msg_init(&b->at[handle - 1].frame);
  }
  blob *one = &b->at[handle - 1];
  one->has_frame = false;
  one->is_named = false;
  one->bytes = 0;
  one->holder = 0;
  one->is_used = true;
  one->next = 0;
  return handle;
}

blob *blobs_at(blobs *b, core_blob handle) {
  return handle && handle <= b->count && b->at[handle - 1].is_used ? &b->at[handle - 1] : NULL;
}

core_blob blobs_take(blobs *b, zmq_msg_t *frame) {
  const core_blob handle = new_place(b);
  if (handle) {
    blob *one = &b->at[handle - 1];
    one->bytes = zmq_msg_size(frame);
    one->has_frame = true;
    zmq_msg_move(&one->frame, frame);
  }
  return handle;
}

core_blob blobs_take_bytes(blobs *b, const void *bytes, size_t length) {
  zmq_msg_t frame;
  if (zmq_msg_init_size(&frame, length) != 0) {
    return 0;
  }
  if (length > 0) {
    memcpy(zmq_msg_data(&frame), bytes, length);
  }
  const core_blob handle = blobs_take(b, &frame);
  zmq_msg_close(&frame);
  return handle;
}

static size_t bucket_of(const digest *name) {
  return (name->bytes[0] | (size_t)name->bytes[1] << 8) % BLOBS_BUCKETS;
}

core_blob blobs_take_name(blobs *b, const digest *name, uint64_t bytes, uint32_t holder) {
  const core_blob handle = new_place(b);
  if (handle) {
    blob *one = &b->at[handle - 1];
    one->is_named = true;
    one->name = *name;
    one->bytes = bytes;
    one->holder = holder;
    if (holder) {
      one->next = b->at_workers[bucket_of(name)];
      b->at_workers[bucket_of(name)] = handle;
    }
  }
  return handle;
}

void blobs_set_name(blobs *b, core_blob handle, const digest *name) {
  blob *one = blobs_at(b, handle);
  if (one != NULL) {
    one->is_named = true;
    one->name = *name;
  }
}

uint32_t blobs_holder(const blobs *b, const digest *name, uint32_t not_this) {
  for (core_blob h = b->at_workers[bucket_of(name)]; h; h = b->at[h - 1].next) {
    if (b->at[h - 1].holder != not_this && digest_equal(&b->at[h - 1].name, name)) {
      return b->at[h - 1].holder;
    }
  }
  return 0;
}

static void unlink_from_workers(blobs *b, core_blob handle) {
  core_blob *link = &b->at_workers[bucket_of(&b->at[handle - 1].name)];
  while (*link && *link != handle) {
    link = &b->at[*link - 1].next;
  }
  if (*link) {
    *link = b->at[handle - 1].next;
  }
}

void blobs_release(blobs *b, core_blob handle) {
  blob *one = blobs_at(b, handle);
  if (one == NULL) {
    return;
  }
  if (one->holder) {
    unlink_from_workers(b, handle);
  }
  zmq_msg_close(&one->frame);
  zmq_msg_init(&one->frame);
  one->is_used = false;
  one->next = b->free;
  b->free = handle;
}
