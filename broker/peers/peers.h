/* Whom the broker talks to: its sockets and the door in front of them, the connections over which messages
 * come, the peers that have said hello, and the messages that are sent to them.
 *
 * A peer's number is never reused.  Whoever has not said hello, or was forgotten, has no number and is a
 * stranger. Sending can fail: then the peer is gone (peers_take_gone).  If memory does not suffice for
 * sending, the broker ends. */
#ifndef CANVASS_BROKER_PEERS_PEERS_H
#define CANVASS_BROKER_PEERS_PEERS_H

#include "broker/connections.h"
#include "broker/host.h"
#include "broker/listener.h"
#include "broker/peers/owners.h"
#include "proto/keys.h"
#include "proto/wire.h"

enum { PEERS_MAX = 20000, PEER_TITLE_MAX = 128 };

typedef struct peer {
  uint32_t number; /* from 1 */
  line_kind line;
  wire_route route;
  unsigned role;            /* WAY_CLIENT or WAY_WORKER */
  char key[KEY_TEXT_BYTES]; /* its public key; "" on the plain line */
  char title[PEER_TITLE_MAX];
  uint32_t capacity; /* of a worker, as it last reported */
  uint64_t joined_ms, heard_ms;
  uint32_t offers;             /* blobs that it is sending or stands by to send */
  uint64_t outstanding;        /* bytes of these that were requested and have not arrived */
  uint64_t chunk_ms;           /* when it last sent the chunk that was due */
  owner *owner;                /* borrowed */
  struct in_flight *in_flight; /* what it was sent and has not read; owned until it is removed */
  bool is_gone;                /* sending to it failed */
  bool is_joining;             /* a worker about which the core has not been told */
  connection connection;       /* over which its last message came */
  connection doubtful;         /* over which its hello perhaps came */
  struct peer *next_of_route, *next_of_number;
} peer;

typedef struct peers peers;

/* HOST is borrowed; INSTANCE names this start of the broker. */
peers *peers_new(host *h, const uint8_t instance[INSTANCE_BYTES]); /* NULL when out of memory */
void peers_destroy(peers *p);                                      /* accepts NULL */

/* Starts listening.  KEY and ALLOWED, both borrowed, are NULL for a broker without keys. */
status peers_listen(peers *p, void *zmq_context, const char *const *endpoints, size_t count,
                    const key_pair *key, const key_list *allowed, error *err) MUST_USE;
const char *peers_endpoint(const peers *p, size_t index); /* as bound; "" */
/* Fills in the sockets to poll, at most LINES_COUNT; returns how many. */
int peers_poll_items(const peers *p, zmq_pollitem_t *items);
/* Like wire_receive, for one line; an unused line never has a message. */
status peers_receive(peers *p, line_kind line, wire_message *m, bool *received, error *err) MUST_USE;
/* Notes that M was received; returns the connection over which it came, or none when that is uncertain. */
connection peers_connection(const wire_message *m);
/* A message of ONE came over the connection OVER. */
void peers_set_connection(peers *p, peer *one, connection over);
/* To be called at the start of a turn, if all messages had been taken before the last answers were sent:
 * doubtful peers that could be answered still exist, so their hello came over the connection that exists. */
void peers_confirm(peers *p);

/* ---- Hello and farewell */
const char *peer_role_name(unsigned role);
/* Reads the role that the hello M requests, if its sender may have it. */
status peers_read_role(const peers *p, line_kind line, const wire_message *m, unsigned *out,
                       error *why) MUST_USE;
/* Adds the sender of the hello M, which may have that role, with its key, title and owner.  An earlier peer
 * with the same route has already been removed. */
status peers_admit(peers *p, line_kind line, const wire_message *m, unsigned role, connection over,
                   peer **out, error *why) MUST_USE;
void peers_remove(peers *p, peer *gone);
peer *peers_find(const peers *p, line_kind line, const wire_route *route); /* NULL: a stranger */
peer *peers_at(const peers *p, uint32_t number);                           /* NULL: gone */
/* Iterates over all peers in any order: PREVIOUS is NULL at first, and must still exist. */
peer *peers_next(const peers *p, const peer *previous);
owners *peers_owners(peers *p);
/* Whether peers are gone that were not when this was last called. */
bool peers_take_gone(peers *p);
bool peers_any_gone(const peers *p);

/* ---- Keys */
bool peers_have_keys(const peers *p);
/* The list of allowed keys has changed, which applies to new peers at once.  Peers that are no longer allowed
 * stay until they are removed (peers_is_allowed); after that, connections of strangers are closed
 * (peers_close_strangers). */
void peers_allow(peers *p, const key_list *list);
bool peers_is_allowed(const peers *p, const peer *one);
void peers_close_strangers(peers *p);

/* To be called about once a second: closes connections whose time is up, logs those that were refused, and
 * looks after the files of sockets. */
void peers_housekeep(peers *p);

/* ---- Sending.  After the commit, in order */
/* Takes the content of FRAMES. */
void peers_answer(peers *p, const peer *to, const message *m, zmq_msg_t *frames, size_t frames_count);
/* A `refused` without "request". */
message peers_refusal(const error *why);
/* REQUEST (may be NULL) is the message that is refused; its "request" and "blob" are repeated. */
void peers_refuse(peers *p, const peer *to, const message *request, const error *why);
/* Refuses somebody who has not said hello, or has sent something invalid.  Only the number of REQUEST (may be
 * NULL) is used. */
void peers_refuse_stranger(peers *p, line_kind line, const wire_route *to, const message *request,
                           const error *why);
/* Asks somebody who has not said hello to do so. */
void peers_greet_stranger(peers *p, line_kind line, const wire_route *to);
size_t peers_outbox_bytes(const peers *p);
/* Sends the answers; to be called after the commit. */
void peers_post(peers *p);

/* ---- Sending at once, before the commit: only messages that acknowledge nothing */
void peers_send_now(peers *p, peer *to, const message *m);
/* Sends M with FRAME, which the caller keeps and which is counted (peer_is_full).  False when out of memory.
 */
bool peers_send_frame(peers *p, peer *to, const message *m, zmq_msg_t *frame);
/* Whether too much of what ONE was sent has not been read. */
bool peer_is_full(const peer *one);
#define PEER_IS_FULL_TEXT "32 MiB are in transfer to you: receive them first, and request 8 MiB at a time"
/* Tells all peers WHY the broker ends; answers that were not posted are dropped. */
void peers_farewell(peers *p, const error *why);

#endif
