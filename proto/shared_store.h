/* A broker's directory on the same file system: blobs are read there and handed in there, bypassing the
 * socket.  Nothing here fails: what cannot be done with files is done with messages. */
#ifndef CANVASS_PROTO_SHARED_STORE_H
#define CANVASS_PROTO_SHARED_STORE_H

#include "proto/message.h"

typedef struct shared_store {
  char directory[MESSAGE_TEXT_MAX + 1];
  bool is_readable; /* its file "probe" has the expected content */
  bool is_writable; /* and its hand-in belongs to the same user */
} shared_store;

/* Whether the directory that the broker's WELCOME names is the broker's, seen from here. */
void shared_store_look(shared_store *s, const message *welcome);
bool shared_store_has(const shared_store *s, const digest *name, uint64_t bytes);
/* Appends the blob to OUT; false (and OUT unchanged) when it is missing or does not match its name. */
bool shared_store_read(const shared_store *s, const digest *name, uint64_t bytes, buf *out);

/* Copies LENGTH bytes from OFFSET on; false ends the hand-in. */
typedef bool (*shared_store_source)(void *context, uint64_t offset, void *out, size_t length);
bool shared_store_hand_in(const shared_store *s, const digest *name, uint64_t bytes,
                          shared_store_source source, void *context);
void shared_store_take_back(const shared_store *s, const digest *name);

#endif
