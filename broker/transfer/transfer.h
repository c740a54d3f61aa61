/* Blobs in transfer: in, from peers that offer them; out, to peers that want them; and through, from the
 * worker that keeps a partial to the worker that needs it.
 *
 * In: the broker requests every chunk, TRANSFER_PEER_BYTES ahead for one peer and TRANSFER_CREDIT_BYTES in
 * all, of which nobody (owners.h) gets everything; blobs taking turns.  Several may offer the same blob: one
 * is asked, the others stand by.  An offer with another size is of another blob: it delays nobody, and only
 * one of them can succeed.  Searches: for what a peer wants and the vault lacks.  With a holder, wants and
 * chunks are passed on.  Without, all workers are asked whether they have it (a shard that was damaged here);
 * the first that has it sends it as if it had been offered. */
#ifndef CANVASS_BROKER_TRANSFER_TRANSFER_H
#define CANVASS_BROKER_TRANSFER_TRANSFER_H

#include "broker/blobs/blobs.h"
#include "broker/limits.h"
#include "broker/peers/peers.h"

typedef struct transfer transfer;

/* VAULT is NULL where nothing is kept; all are borrowed.  NULL when out of memory. */
transfer *transfer_new(host *h, peers *p, blobs *b, vault *v);
void transfer_destroy(transfer *t); /* accepts NULL */

/* Messages of peers: STATUS_OK, or why the sender is refused. */
status transfer_on_offer(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
status transfer_on_want(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
status transfer_on_chunk(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
status transfer_on_lost(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
/* Other sources are asked for what came from it; peers that wait for what it keeps are notified. */
void transfer_peer_left(transfer *t, const peer *gone);
/* In each turn: goes on comparing one complete blob, when there is one. */
void transfer_compare(transfer *t);
bool transfer_is_comparing(const transfer *t);
/* Once a second or so: gives up on peers that do not answer. */
void transfer_housekeep(transfer *t);

#endif
