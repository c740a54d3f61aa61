/* A broker's directory on the same file system: blobs are read there and handed in there, bypassing the
 * socket.  Nothing here fails: what cannot be done with files is done with messages. */
#ifndef CANVASS_CLIENT_SHARED_STORE_H
#define CANVASS_CLIENT_SHARED_STORE_H

#include "base/buf.h"
#include "base/digest.h"

typedef struct shared_store {
  char directory[1024];
  bool is_readable; /* its file "probe" has the expected content */
  bool is_writable; /* and its hand-in belongs to the same user */
} shared_store;

/* DIRECTORY and PROBE from the broker's welcome. */
void shared_store_look(shared_store *s, slice directory, slice probe);
bool shared_store_has(const shared_store *s, const digest *name, uint64_t bytes);
/* Appends the blob to OUT; false (and OUT unchanged) when it is missing or does not match its name. */
bool shared_store_read(const shared_store *s, const digest *name, uint64_t bytes, buf *out);

/* Copies LENGTH bytes from OFFSET on; false ends the hand-in. */
typedef bool (*shared_store_source)(void *context, uint64_t offset, void *out, size_t length);
bool shared_store_hand_in(const shared_store *s, const digest *name, uint64_t bytes,
                          shared_store_source source, void *context);
void shared_store_take_back(const shared_store *s, const digest *name);

#endif
