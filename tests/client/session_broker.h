/* A broker for tests of the session: a thread with a ROUTER socket that answers by the book, but for what a
 * test tells it to do wrong. */
#ifndef CANVASS_TESTS_CLIENT_SESSION_BROKER_H
#define CANVASS_TESTS_CLIENT_SESSION_BROKER_H

#include <pthread.h>
#include <stdatomic.h>

#include "broker/door.h"
#include "proto/keys.h"
#include "proto/wire.h"

enum {
  BROKER_ROUTES = 64,
  BROKER_BLOBS = 64,
  BROKER_CHUNKS = 64,
  BROKER_WINDOW = 8, /* chunks that it wants at once */
  /* As long as it takes: what a session waits for where no test is about its patience. */
  SESSION_EVER_MS = 24 * 3600 * 1000,
};

typedef struct broker_blob {
  digest name;
  uint64_t bytes, next; /* its size; where its next chunk begins */
  uint8_t *at;
  unsigned offers;
  unsigned chunks[BROKER_CHUNKS]; /* how often each arrived */
} broker_blob;

typedef struct session_broker {
  /* What it is to do wrong: set before it starts.  Counters go down with each time. */
  unsigned ignores[MESSAGES_COUNT]; /* messages of a kind that it does not hear */
  message_kind restarts_on;         /* when this kind comes ... */
  atomic_uint restarts_after;       /* ... for the Nth time, it is restarted instead; 0: never */
  unsigned alters_chunks;           /* that it sends */
  unsigned finds_altered;           /* uploads that it says arrived altered */
  bool finds_late;                  /* it says so of these instead */
  unsigned asks_again;              /* chunks that it requests again instead of taking them */
  bool is_full, is_deaf;            /* no room; or never answers anything */
  bool looks_in_hand_in;
  const key_pair *key;     /* it asks for keys ... */
  const key_list *allowed; /* ... and lets in these; NULL: all */
  bool has_other_version;  /* of the protocol: refuses every hello */
  char directory[512];     /* "": it does not say where it is */
  uint8_t probe[INSTANCE_BYTES];
  const char *listing; /* JSON of every list */
  slice report;        /* of every job, sent by name; empty: it is not done */
  slice report_later;  /* the same, once a test says so */
  const char *failure; /* of every job: the name of a status; NULL: none */
  slice manifest;      /* of every dataset, by name; empty: there is none */
  uint64_t version;

  /* What it saw: to be read while it runs. */
  atomic_uint seen[MESSAGES_COUNT];
  atomic_uint starts;
  atomic_bool completes; /* set by a test: now jobs are done */
  atomic_bool forgets;   /* set by a test: all peers become unknown, once */
  atomic_bool goes_deaf; /* set by a test: who is known now is not heard any more */
  uint64_t last_request; /* after it has stopped */
  char last_key[64];

  char endpoint[600];
  void *context, *socket;
  door *door;
  pthread_t thread;
  atomic_bool stops;
  wire_message *incoming;
  wire_route known[BROKER_ROUTES], deaf[BROKER_ROUTES];
  size_t known_count, deaf_count;
  uint8_t instance;
  broker_blob blobs[BROKER_BLOBS];
  size_t blobs_count;
} session_broker;

/* Zero-initialised and then told what to do; ENDPOINT in B->endpoint. */
void session_broker_start(session_broker *b);
/* The bytes become a blob that it has. */
void session_broker_keep(session_broker *b, const void *bytes, size_t length, digest *name);
broker_blob *session_broker_find(session_broker *b, const digest *name);
/* Its thread ends; what it saw and has can be read until it is forgotten. */
void session_broker_stop(session_broker *b);
void session_broker_forget(session_broker *b);

#endif
