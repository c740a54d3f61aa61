/* What the files of this module share: arrivals.c has the table of incoming blobs and its queues, incoming.c
 * receives them, chunks.c sends chunks of what the vault has, search.c finds what it lacks. */
#ifndef CANVASS_BROKER_TRANSFER_TRANSFER_INSIDE_H
#define CANVASS_BROKER_TRANSFER_TRANSFER_INSIDE_H

#include "broker/transfer/transfer.h"

enum { TRANSFER_BUCKETS = 1024 };

typedef struct source {
  uint32_t peer;
  bool was_asked; /* it did not offer the blob, so it gets no `have` */
} source;

typedef struct arrival {
  digest name;
  uint64_t bytes;  /* as its sources stated; with another size it is another blob */
  uint64_t next;   /* where the next chunk begins */
  uint64_t wanted; /* chunks were requested up to here */
  source *sources; /* the first one is asked */
  size_t sources_count, sources_capacity;
  uint64_t heard_ms;
  uint64_t patience_ms; /* how long to wait for a source when there are others */
  bool is_queued;
  bool is_compared; /* it is complete and is being compared with its name */
  struct arrival *chain, *queue_next, *compare_next;
} arrival;

typedef struct arrivals {
  arrival *buckets[TRANSFER_BUCKETS];
  arrival *queue_head, *queue_tail; /* those of which more must be requested */
  size_t queued;
  arrival *comparing; /* complete ones, which take turns */
} arrivals;

/* A chunk for which a peer waits. */
typedef struct request {
  uint32_t peer;
  uint64_t offset, bytes;
} request;

typedef struct search {
  digest name;
  uint32_t holder; /* 0: all workers were asked */
  size_t asked;    /* how many of them have not answered */
  request *requests;
  size_t requests_count, requests_capacity;
  uint64_t since_ms;
  struct search *chain;
} search;

struct transfer {
  host *host;
  peers *peers;
  blobs *blobs;
  vault *vault; /* NULL: the broker keeps nothing */
  arrivals arrivals;
  uint64_t outstanding; /* bytes that were requested and have not arrived */
  search *searches[TRANSFER_BUCKETS];
  size_t searches_count;
  uint64_t logged_full_ms; /* when the log last reported that a blob cannot be taken; 0: never */
};

/* ---- arrivals.c */
void arrivals_add(arrivals *t, arrival *a);
void arrivals_remove(arrivals *t, arrival *gone); /* also from the queues */
/* The arrival of that name: the first of any size; the one of that size; the one that comes from that peer,
 * of which there is at most one for each name.  NULL: none. */
arrival *arrivals_first(const arrivals *t, const digest *name);
arrival *arrivals_find(const arrivals *t, const digest *name, uint64_t bytes);
arrival *arrivals_find_from(const arrivals *t, const digest *name, const peer *from);
/* Puts A at the end of the queue, unless it is there already or all of it was requested. */
void arrivals_enqueue(arrivals *t, arrival *a);
void arrivals_dequeue(arrivals *t, arrival *gone);
/* Puts A at the end of those that are compared. */
void arrivals_compare(arrivals *t, arrival *a);
void arrivals_compare_end(arrivals *t, arrival *gone);
void arrivals_fini(arrivals *t);

/* ---- chunks.c */
/* Sends a chunk from the vault, or why it cannot be sent; false when the vault does not have the blob. */
bool chunks_send(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes);
/* Sends FRAME, the chunk at OFFSET of a blob of BYTES, at once and counted; the caller keeps the frame. */
void chunks_pass(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes,
                 zmq_msg_t *frame);
/* False when too much of what TO was sent has not been received: then a `lost` for the blob is sent to it. */
bool chunks_have_room(transfer *t, const peer *to, const digest *name);
void chunks_lost(transfer *t, const peer *to, const digest *name, status st, const char *text);

/* ---- incoming.c */
/* Begins to request a blob from FROM. */
status incoming_begin(transfer *t, peer *from, const digest *name, uint64_t bytes, bool was_asked,
                      error *why) MUST_USE;
/* Refuses an offer that cannot be taken now. */
void incoming_refuse(transfer *t, const peer *from, const digest *name, const error *why);
/* M is a chunk of A, from its first source. */
void incoming_chunk(transfer *t, peer *from, arrival *a, wire_message *m);
/* Drops the first source, which cannot be used; the next one is asked, if there is one. */
void incoming_drop_source(transfer *t, arrival *a);
void incoming_peer_left(transfer *t, const peer *gone);
void incoming_housekeep(transfer *t);

/* ---- search.c */
/* TO wants a blob that the vault lacks. */
status search_begin(transfer *t, peer *to, const digest *name, uint64_t offset, uint64_t bytes,
                    error *why) MUST_USE;
/* M is a chunk or a `lost` of a blob that is being searched for; ignored when no peer waits for it any
 * longer. */
void search_chunk(transfer *t, peer *from, wire_message *m, const digest *name);
void search_lost(transfer *t, const peer *from, const digest *name);
/* Ends a search: the vault has the blob now, or (IS_LOST) no peer does. */
void search_end(transfer *t, const digest *name, bool is_lost);
void search_peer_left(transfer *t, const peer *gone);
void search_housekeep(transfer *t);
void search_fini(transfer *t);

#endif
