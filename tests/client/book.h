/* What the scripted broker of the client's tests says: answers by the book, but for what a test tells it to
 * do wrong. */
#ifndef CANVASS_TESTS_CLIENT_BOOK_H
#define CANVASS_TESTS_CLIENT_BOOK_H

#include <stdatomic.h>

#include "tests/scripted_broker.h"

enum {
  BOOK_BLOBS = 64,
  BOOK_CHUNKS = 64,
  BOOK_WINDOW = 8, /* chunks that it wants at once */
};

typedef struct book_blob {
  digest name;
  uint64_t bytes, next; /* its size; where its next chunk begins */
  uint8_t *at;
  unsigned offers;
  unsigned chunks[BOOK_CHUNKS]; /* how often each arrived */
} book_blob;

typedef struct book {
  /* What it is to do wrong: set before it plays.  Counters go down with each time. */
  unsigned ignores[MESSAGES_COUNT]; /* messages of a kind that it does not hear */
  message_kind restarts_on;         /* when this kind comes ... */
  unsigned restarts_after;          /* ... for the Nth time, it is restarted instead; 0: never */
  unsigned alters_chunks;           /* that it sends */
  unsigned finds_altered;           /* uploads that it says arrived altered */
  bool finds_late;                  /* it says so of these instead */
  unsigned asks_again;              /* chunks that it requests again instead of taking them */
  bool is_full;                     /* no room */
  bool looks_in_hand_in;
  bool has_other_version;           /* of the protocol: refuses every hello */
  const char *listing;              /* JSON of every list */
  atomic_uint_fast64_t asked_limit; /* of the last one; 0: none */
  slice report;                     /* of every job, sent by name; empty: it is not done */
  slice report_later;               /* the same, once a test says so */
  const char *failure;              /* of every job: the name of a status; NULL: none */
  slice manifest;                   /* of every dataset, by name; empty: there is none */
  uint64_t version;

  /* To be set while it plays. */
  atomic_bool completes; /* now jobs are done */
  atomic_bool forgets;   /* all peers become unknown, once */
  atomic_bool goes_deaf; /* who is known now is not heard any more */

  /* What it saw: to be read while it plays. */
  atomic_uint seen[MESSAGES_COUNT];
  atomic_uint starts;
  char last_key[64]; /* after it has stopped */

  scripted_broker *broker;
  wire_message *incoming; /* what is being answered */
  const message *asked;   /* its header */
  book_blob blobs[BOOK_BLOBS];
  size_t blobs_count;
} book;

/* B zero-initialised: gets its broker. */
void book_open(book *b);
/* The same, and programs that are started from now on find it, and wait for it as long as it takes. */
void book_open_for_programs(book *b);
void book_play(book *b);
/* What it saw and has is to be read when its thread has ended; nothing when it does not play. */
void book_stop(book *b);
void book_close(book *b);

/* The bytes become a blob that it has. */
void book_keep(book *b, const void *bytes, size_t length, digest *name);
book_blob *book_find(book *b, const digest *name);

#endif
