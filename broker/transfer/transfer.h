/* Blobs in transfer: in, from peers that offer them; out, to peers that want them; and through, from the
 * worker that keeps a partial to the worker that needs it.
 *
 * In: the broker requests every chunk, TRANSFER_PEER_BYTES ahead for one peer and TRANSFER_CREDIT_BYTES in
 * all, of which nobody (owners.h) gets everything; blobs taking turns.  Several may offer the same blob: one
 * is asked, the others stand by.  An offer with another size is of another blob: it delays nobody, and only
 * one of them can succeed. Sought: what a peer wants and the vault lacks.  With a holder, wants and chunks
 * are passed on.  Without, all workers are asked whether they have it (a shard that was damaged here); the
 * first that has it sends it as if it had been offered. */
#ifndef CANVASS_BROKER_TRANSFER_TRANSFER_H
#define CANVASS_BROKER_TRANSFER_TRANSFER_H

#include "broker/peers/peers.h"

enum {
  TRANSFER_PEER_BYTES = 8 << 20,
  TRANSFER_CREDIT_BYTES = 64 << 20,                 /* in shares: owners_share */
  TRANSFER_WORST_BYTES = 2 * TRANSFER_CREDIT_BYTES, /* with one chunk for each who would get nothing */
  TRANSFER_OFFERS_MAX = 256,                        /* of one peer at a time */
  TRANSFER_STALL_MS = 60000,   /* a source that sends no chunk for so long is no longer asked */
  TRANSFER_SWITCH_MS = 3000,   /* likewise, when another offers the same; twice as long each time */
  TRANSFER_SOUGHT_MS = 15000,  /* every worker that may have a sought blob must have answered by then */
  TRANSFER_SOUGHT_MAX = 10000, /* blobs, and requests for one of them */
  TRANSFER_BUCKETS = 1024,
};

typedef struct source {
  uint32_t peer;
  bool was_asked; /* it did not offer: it gets no `have` */
} source;

typedef struct arrival {
  digest name;
  uint64_t bytes;  /* as its sources say: with another size it is another blob */
  uint64_t next;   /* where the next chunk begins */
  uint64_t wanted; /* up to here chunks were requested */
  source *sources; /* the first is asked */
  size_t sources_count, sources_capacity;
  uint64_t heard_ms;
  uint64_t patience_ms; /* with a source that sends nothing, when there are others */
  bool is_queued;
  bool is_compared; /* it is complete, and being compared with its name */
  struct arrival *chain, *queue_next, *compare_next;
} arrival;

typedef struct seeker {
  uint32_t peer;
  uint64_t offset, bytes;
} seeker;

typedef struct sought {
  digest name;
  uint32_t holder; /* 0: all workers were asked */
  size_t asked;    /* how many have not answered */
  seeker *seekers;
  size_t seekers_count, seekers_capacity;
  uint64_t since_ms;
  struct sought *chain;
} sought;

typedef struct transfers {
  arrival *arrivals[TRANSFER_BUCKETS];
  arrival *queue_head, *queue_tail; /* of which more must be requested */
  size_t queued;
  arrival *comparing;   /* they take turns */
  uint64_t outstanding; /* bytes requested and not received */
  sought *sought[TRANSFER_BUCKETS];
  size_t sought_count;
} transfers;

void transfer_fini(transfers *t);

struct broker;
status transfer_on_offer(struct broker *b, peer *from, wire_message *m, error *why);
status transfer_on_want(struct broker *b, peer *from, wire_message *m, error *why);
status transfer_on_chunk(struct broker *b, peer *from, wire_message *m, error *why);
status transfer_on_lost(struct broker *b, peer *from, wire_message *m, error *why);
/* Other sources are asked for what came from it; peers that wait for what it keeps are notified. */
void transfer_peer_left(struct broker *b, const peer *gone);
/* In each turn: goes on comparing one complete blob, when there is one. */
void transfer_compare(struct broker *b);
/* Gives up on peers that do not answer. */
void transfer_housekeep(struct broker *b);

/* ---- arrivals.c, for incoming.c */
void arrivals_add(transfers *t, arrival *a);
void arrivals_remove(transfers *t, arrival *gone); /* from the queues, too */
/* NULL for none: of any size; of that size; the one that comes from that peer, at most one of each name. */
arrival *arrivals_first(transfers *t, const digest *name);
arrival *arrivals_find(transfers *t, const digest *name, uint64_t bytes);
arrival *arrivals_find_from(transfers *t, const digest *name, const peer *from);
/* To the end of the queue, unless it is in it or all of it was requested. */
void arrivals_enqueue(transfers *t, arrival *a);
void arrivals_dequeue(transfers *t, arrival *gone);
/* To the end of those being compared. */
void arrivals_compare(transfers *t, arrival *a);
void arrivals_compare_end(transfers *t, arrival *gone);

/* ---- Within incoming.c, chunks.c and relay.c */
/* The blob named by M. */
status transfer_read_blob(const wire_message *m, digest *name, error *why) MUST_USE;
/* Pulls a blob from FROM. */
status transfer_begin(struct broker *b, peer *from, const digest *name, uint64_t bytes, bool was_asked,
                      error *why) MUST_USE;
/* With any size. */
bool transfer_is_arriving(const transfers *t, const digest *name);
/* Sends a chunk from the vault, or the reason why not; false when the vault does not have the blob. */
bool transfer_serve(struct broker *b, peer *to, const digest *name, uint64_t offset, uint64_t bytes);
void transfer_send_lost(struct broker *b, const peer *to, const digest *name, status st, const char *message);
/* TO wants what the vault lacks. */
status relay_begin(struct broker *b, peer *to, const digest *name, uint64_t offset, uint64_t bytes,
                   error *why) MUST_USE;
/* A chunk or a lost of a sought blob; false when it is not one. */
bool relay_chunk(struct broker *b, peer *from, wire_message *m, const digest *name);
bool relay_lost(struct broker *b, const peer *from, const message *m, const digest *name);
/* The vault has it now, or (IS_LOST) no peer does. */
void relay_end(struct broker *b, const digest *name, bool is_lost);
void relay_peer_left(struct broker *b, const peer *gone);
void relay_housekeep(struct broker *b);
void relay_fini(transfers *t);

#endif
