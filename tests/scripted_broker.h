/* A broker whose every message a test decides: a ROUTER socket, what comes over it, and answers.
 *
 * Either the test listens and speaks by itself (scripted_expect, scripted_send), or, where it is busy as the
 * client, a thread calls a part for each message (scripted_play).  Everything waits for messages, as long as
 * it takes, and nothing is answered but what a verb says.  What is said goes to whoever was heard last; a
 * peer that has moved to another connection meanwhile gets nothing. */
#ifndef CANVASS_TESTS_SCRIPTED_BROKER_H
#define CANVASS_TESTS_SCRIPTED_BROKER_H

#include "proto/keys.h"
#include "proto/wire.h"

/* As long as it takes: what peers wait for where no test is about their patience. */
enum { SCRIPTED_EVER_MS = 24 * 3600 * 1000 };

typedef struct scripted_broker scripted_broker;

/* With a fresh directory, and an endpoint in it; it does not listen yet. */
scripted_broker *scripted_new(void);
/* NULL is allowed; whatever the broker was doing. */
void scripted_destroy(scripted_broker *b);
const char *scripted_directory(const scripted_broker *b);
const char *scripted_endpoint(const scripted_broker *b);
/* Before it listens: it requires keys, and admits those of ALLOWED (NULL: all).  Both are borrowed. */
void scripted_use_keys(scripted_broker *b, const key_pair *own, const key_list *allowed);

/* ---- Being there */
/* Also again, on the same endpoint: a restart, which knows nobody and has another instance. */
void scripted_listen(scripted_broker *b);
/* Returns when nothing is left of its connections. */
void scripted_hang_up(scripted_broker *b);
/* Everybody becomes a stranger. */
void scripted_forget(scripted_broker *b);
/* Whoever is known now is not heard any more. */
void scripted_turn_deaf(scripted_broker *b);

/* ---- Hearing: what is returned is there until the next is heard */
/* The next message. */
wire_message *scripted_hear(scripted_broker *b);
/* The next that is not a sign of life; those are answered. */
wire_message *scripted_next(scripted_broker *b);
/* The same, which must be of KIND. */
wire_message *scripted_expect(scripted_broker *b, message_kind kind);
/* The next message must be a sign of life, and is answered. */
wire_message *scripted_sign(scripted_broker *b);
/* As scripted_next; NULL when nothing came for MS: where a test goes on whether or not something comes. */
wire_message *scripted_look(scripted_broker *b, unsigned ms);
/* What was returned last. */
wire_message *scripted_last(scripted_broker *b);
/* Whether the sender of the last message was welcomed since the broker began to listen. */
bool scripted_knows(const scripted_broker *b);
slice scripted_payload(wire_message *m, size_t index);

/* ---- Speaking */
void scripted_send(scripted_broker *b, const message *m, const wire_payload *payloads, size_t count);
/* One frame of any bytes. */
void scripted_send_bytes(scripted_broker *b, const void *bytes, size_t length);
/* KIND without fields. */
void scripted_say(scripted_broker *b, message_kind kind);
/* Answers a sign of life: with `stranger` if the sender is one. */
void scripted_say_alive(scripted_broker *b);
/* KIND with what a request wants back: its number and its job. */
message scripted_answer(const scripted_broker *b, message_kind kind);
void scripted_refuse(scripted_broker *b, status code, const char *why);
/* Answers the hello that was heard last. */
void scripted_welcome(scripted_broker *b);

/* ---- Blobs */
digest scripted_digest(slice bytes);
void scripted_blob_name(slice bytes, uint8_t out[BLOB_NAME_BYTES]);
/* KIND about a blob. */
message scripted_about(const digest *blob, message_kind kind);
void scripted_lose(scripted_broker *b, const digest *blob, status code, const char *why);
/* LENGTH bytes from OFFSET of BYTES, which are the blob NAME; ALTERED: one of them is another. */
void scripted_send_chunk(scripted_broker *b, const digest *name, slice bytes, uint64_t offset,
                         uint64_t length, bool altered);
/* Makes a store that peers can see, and names it in each welcome.  IS_TRUE false: with another probe than it
 * has. */
void scripted_share(scripted_broker *b, bool is_true);
const char *scripted_store(const scripted_broker *b); /* its path */
/* A file in it with the bytes, under the name that BLOB has; gives the file's path. */
void scripted_share_blob(scripted_broker *b, const digest *blob, slice bytes, char path[512]);

/* ---- On a thread */
typedef void scripted_part(void *context, scripted_broker *b, wire_message *m);
/* Listens, and calls PART for each message until scripted_stop; only PART may use the broker meanwhile. */
void scripted_play(scripted_broker *b, scripted_part *part, void *context);
/* Returns when the thread has ended; nothing when there is none. */
void scripted_stop(scripted_broker *b);

#endif
