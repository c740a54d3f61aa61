/* Whom the broker talks with: its sockets and the door before them, the connections over which messages come,
 * the peers that have said hello, and the messages that are sent to them.
 *
 * A peer's number is never reused.  A peer that did not say hello, or was forgotten, has none: it is a
 * stranger.  Sending can fail: then the peer is gone (peers_take_gone).  What cannot be sent for want of
 * memory ends the broker. */
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
  uint32_t capacity; /* of a worker, as last reported */
  uint64_t joined_ms, heard_ms;
  uint32_t offers;             /* blobs that it is sending, or would */
  uint64_t outstanding;        /* bytes of them that were requested and have not arrived */
  uint64_t chunk_ms;           /* when one of its chunks last was the next of its blob */
  owner *owner;                /* borrowed */
  struct in_flight *in_flight; /* what it was sent and has not received; owned until it is removed */
  bool is_gone;                /* could not be sent to */
  bool is_joining;             /* a worker that the core does not know yet */
  connection connection;       /* that its last message came over */
  connection doubtful;         /* that its hello perhaps came over */
  struct peer *next_of_route, *next_of_number;
} peer;

typedef struct peers peers;

/* HOST is borrowed; INSTANCE names this start of the broker. */
peers *peers_new(host *h, const uint8_t instance[INSTANCE_BYTES]); /* NULL when out of memory */
void peers_destroy(peers *p);                                      /* accepts NULL */

/* Begins to listen.  KEY and ALLOWED, both borrowed, are NULL for a broker without keys. */
status peers_listen(peers *p, void *zmq_context, const char *const *endpoints, size_t count,
                    const key_pair *key, const key_list *allowed, error *err) MUST_USE;
const char *peers_endpoint(const peers *p, size_t index); /* as bound; "" */
/* The sockets to poll, at most LINES_COUNT; how many. */
int peers_poll_items(const peers *p, zmq_pollitem_t *items);
/* As wire_receive, of one line; a line that is not used never has a message. */
status peers_receive(peers *p, line_kind line, wire_message *m, bool *received, error *err) MUST_USE;
/* Notes that M was received; the connection that it came over, or none where that is not certain. */
connection peers_connection(const wire_message *m);
/* A message of ONE came OVER a connection. */
void peers_set_connection(peers *p, peer *one, connection over);
/* At the begin of a turn, when all messages had been taken before the last answers were sent: doubtful peers
 * that could be answered are there, so their hello came over the connection that was there. */
void peers_confirm(peers *p);

/* ---- Hello and farewell */
const char *peer_role_name(unsigned role);
/* The role that the hello M requests, if its sender is allowed to take it. */
status peers_read_role(const peers *p, line_kind line, const wire_message *m, unsigned *out,
                       error *why) MUST_USE;
/* Adds the sender of the hello M, which may have that role, with its key, title and owner.  A peer that was
 * there by the same route has been removed. */
status peers_admit(peers *p, line_kind line, const wire_message *m, unsigned role, connection over,
                   peer **out, error *why) MUST_USE;
void peers_remove(peers *p, peer *gone);
peer *peers_find(const peers *p, line_kind line, const wire_route *route); /* NULL: a stranger */
peer *peers_at(const peers *p, uint32_t number);                           /* NULL: gone */
/* All of them, in no order: PREVIOUS is NULL at first, and must still exist. */
peer *peers_next(const peers *p, const peer *previous);
owners *peers_owners(peers *p);
/* Some peers are gone, and were not when this was called last. */
bool peers_take_gone(peers *p);
bool peers_any_gone(const peers *p);

/* ---- Keys */
bool peers_have_keys(const peers *p);
/* The list of allowed keys has changed, for those who come; peers that are no longer allowed stay until they
 * are removed (peers_is_allowed), and after that connections that are not of peers are closed
 * (peers_close_strangers). */
void peers_allow(peers *p, const key_list *list);
bool peers_is_allowed(const peers *p, const peer *one);
void peers_close_strangers(peers *p);

/* Once a second or so: connections whose time is up, the log of those that were refused, and the files of
 * sockets. */
void peers_housekeep(peers *p);

/* ---- Sending.  After the commit, in order */
/* Takes over the content of FRAMES. */
void peers_answer(peers *p, const peer *to, const message *m, zmq_msg_t *frames, size_t frames_count);
/* A `refused` without "request". */
message peers_refusal(const error *why);
/* REQUEST (may be NULL) is the message that is refused: its "request" and "blob" are repeated. */
void peers_refuse(peers *p, const peer *to, const message *request, const error *why);
/* To one that has not said hello, or sent something invalid: of REQUEST (may be NULL) only the number is
 * used. */
void peers_refuse_stranger(peers *p, line_kind line, const wire_route *to, const message *request,
                           const error *why);
/* To one that has not said hello: that it should. */
void peers_greet_stranger(peers *p, line_kind line, const wire_route *to);
size_t peers_outbox_bytes(const peers *p);
/* What was answered goes out: to be called after the commit. */
void peers_post(peers *p);

/* ---- Sending at once, before the commit: only messages that acknowledge nothing */
void peers_send_now(peers *p, peer *to, const message *m);
/* With FRAME, which stays the caller's and is counted (peer_is_full).  False when out of memory. */
bool peers_send_frame(peers *p, peer *to, const message *m, zmq_msg_t *frame);
/* It has not received what it was sent before. */
bool peer_is_full(const peer *one);
#define PEER_IS_FULL_TEXT "32 MiB are in transfer to you: receive them first, and request 8 MiB at a time"
/* All peers are told WHY the broker ends; what was not posted is dropped. */
void peers_farewell(peers *p, const error *why);

#endif
