/* A table of frames with a list of free places. */
#include "broker/blobs.h"

#include <stdlib.h>
#include <string.h>

void blobs_fini(blobs *b) {
  for (size_t i = 0; i < b->count; i++) {
    zmq_msg_close(&b->at[i]);
  }
  free(b->at);
  free(b->free_slots);
  *b = (blobs){0};
}

/* The table moves as it grows: frames are moved as libzmq wants it, not copied. */
static bool blobs_grow(blobs *b) {
  const size_t larger = b->capacity ? b->capacity * 2 : 64;
  zmq_msg_t *at = malloc(larger * sizeof *at);
  size_t *free_slots = malloc(larger * sizeof *free_slots);
  if (!at || !free_slots) {
    free(at);
    free(free_slots);
    return false;
  }
  for (size_t i = 0; i < b->count; i++) {
    zmq_msg_init(&at[i]);
    zmq_msg_move(&at[i], &b->at[i]);
    zmq_msg_close(&b->at[i]);
  }
  if (b->free_count > 0) {
    memcpy(free_slots, b->free_slots, b->free_count * sizeof *free_slots);
  }
  free(b->at);
  free(b->free_slots);
  b->at = at;
  b->free_slots = free_slots;
  b->capacity = larger;
  return true;
}

core_blob blobs_take(blobs *b, zmq_msg_t *frame) {
  size_t slot = 0;
  if (b->free_count > 0) {
    slot = b->free_slots[--b->free_count];
  } else {
    if (b->count == b->capacity && !blobs_grow(b)) {
      return 0;
    }
    slot = b->count++;
    zmq_msg_init(&b->at[slot]);
  }
  zmq_msg_move(&b->at[slot], frame);
  return slot + 1;
}

zmq_msg_t *blobs_at(blobs *b, core_blob blob) {
  return blob ? &b->at[blob - 1] : NULL;
}

void blobs_release(blobs *b, core_blob blob) {
  if (blob) {
    zmq_msg_close(&b->at[blob - 1]);
    zmq_msg_init(&b->at[blob - 1]);
    b->free_slots[b->free_count++] = blob - 1;
  }
}
