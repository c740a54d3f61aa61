/* Blobs in transfer: in, from peers that offer them; out, to peers that want them; and through, from the
 * worker that keeps a partial to the worker that needs it.
 *
 * In: the broker requests every chunk.  Up to TRANSFER_PEER_BYTES are outstanding from one peer and
 * TRANSFER_CREDIT_BYTES in all, of which no owner (owners.h) gets everything; blobs take turns.  Several
 * peers may offer the same blob: one is asked, the others stand by.  Offers with different sizes count as
 * different blobs: they do not delay each other, and only one of them can succeed.
 *
 * Searches are for what a peer wants and the vault lacks.  If a worker is known to hold the blob, requests
 * and chunks are passed on.  Otherwise (a shard was damaged here) all workers are asked whether they have it,
 * and the first that does sends it as if it had offered it. */
#ifndef CANVASS_BROKER_TRANSFER_TRANSFER_H
#define CANVASS_BROKER_TRANSFER_TRANSFER_H

#include "broker/blobs/blobs.h"
#include "broker/limits.h"
#include "broker/peers/peers.h"

typedef struct transfer transfer;

/* All are borrowed; V is NULL for a broker that keeps nothing.  NULL when out of memory. */
transfer *transfer_new(host *h, peers *p, blobs *b, vault *v);
void transfer_destroy(transfer *t); /* accepts NULL */

/* Handle messages of peers: STATUS_OK, or why the sender is refused. */
status transfer_on_offer(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
status transfer_on_want(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
status transfer_on_chunk(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
status transfer_on_lost(transfer *t, peer *from, wire_message *m, error *why) MUST_USE;
/* GONE has left: other sources are asked for what it was sending, and peers that wait for what it holds are
 * told. */
void transfer_peer_left(transfer *t, const peer *gone);
/* To be called in each turn: goes on comparing one complete blob with its name, if there is one. */
void transfer_compare(transfer *t);
bool transfer_is_comparing(const transfer *t);
/* To be called about once a second: gives up on peers that do not answer. */
void transfer_housekeep(transfer *t);

#endif
