/* The state of a session, and the turns that make up all its calls.  For the files of the session only.
 *
 * A call starts with session_begin, sends, and then takes turns until it has what it waits for.  A turn
 * maintains the connection: signs of life, a new connection after silence, hello to a broker that does not
 * know us.  Each welcome counts in `welcomes`: a call that sees the count change repeats its unanswered
 * requests.
 */
#ifndef CANVASS_CLIENT_SESSION_STATE_H
#define CANVASS_CLIENT_SESSION_STATE_H

#include "base/clock.h"
#include "client/session.h"
#include "proto/blob.h"
#include "proto/chunks.h"
#include "proto/dealer.h"
#include "proto/shared_store.h"
#include "proto/wire.h"

enum {
  NEWS_MS = 250,  /* the caller's callback is called at least this often */
  AWAY_MS = 3000, /* a broker silent for so long is reported as away */
  PATIENCE_DEFAULT_MS = 30000,
  PATIENCE_WITHOUT_NEWS = 10, /* times the patience: for a broker that is alive but does not answer */
};

struct session {
  void *context;
  dealer broker;
  bool owns_context;
  bool is_within; /* one process: blobs of any size go in messages */
  char endpoint[256];
  bool has_key;
  key_pair key;
  char broker_key[KEY_TEXT_BYTES];
  unsigned patience_ms;
  unsigned answer_ms, silence_ms, sign_ms, away_ms; /* ANSWER_MS and so on; others in tests */
  unsigned newsless_ms; /* for a broker that is alive but does not answer; 0: PATIENCE_WITHOUT_NEWS */
  dealer_identity who;
  wire_message *incoming;
  uint64_t requests; /* the number of the last one */
  uint64_t welcomes;
  bool is_welcome;                        /* hello was answered on this connection */
  int64_t heard_ms, alive_ms, greeted_ms; /* when last heard from, when last sent */
  int64_t connected_ms;
  shared_store shared;
  const session_callback *go_on; /* of the current call, with the figures it was last called with */
  uint64_t done, total;
};

/* A call begins: silence counts from now on. */
void session_begin(session *s);
/* Waits up to TIMEOUT_MS.  *RECEIVED: a message for the call is in s->incoming, to be closed with
 * wire_message_close or session_dismiss. */
status session_turn(session *s, long timeout_ms, bool *received, error *err) MUST_USE;
/* A message that the call does not wait for: answers a want, closes. */
void session_dismiss(session *s);
/* STATUS_UNREACHABLE when the broker is silent for the session's patience, or alive but without news since
 * NEWS_MS for many times that; STATUS_INTERRUPTED when the callback says so. */
status session_check(session *s, int64_t news_ms, error *err) MUST_USE;
/* A message that cannot be sent is treated as lost: it is sent again later.  Fails only without memory. */
status session_send(session *s, const message *m, const wire_payload *payloads, size_t count,
                    error *err) MUST_USE;

/* ---- Requests (exchange.c) */
#define ANSWER(kind) ((uint64_t)1 << (kind))
/* Numbers and sends M until one of the ANSWERS came, which is then in s->incoming.  A refusal becomes the
 * failure. */
status session_ask(session *s, message *m, const wire_payload *payloads, size_t count, uint64_t answers,
                   error *err) MUST_USE;
/* One payload of a request: BYTES themselves, or, when they are large, their name, after an upload. */
typedef struct session_payload {
  wire_payload wire;
  uint8_t name[BLOB_NAME_BYTES];
} session_payload;
/* Sets bit INDEX of "by_name" of M when the name is sent.  OUT must not move afterwards. */
status session_payload_of(session *s, slice bytes, size_t index, message *m, session_payload *out,
                          error *err) MUST_USE;
/* Appends payload INDEX of s->incoming to OUT, fetched when it is given by name.  Closes the message. */
status session_payload_take(session *s, size_t index, buf *out, error *err) MUST_USE;
/* The bytes of an id of 32 hexadecimal digits; STATUS_USAGE when HEX is none. */
status session_job_id(const char *hex, uint8_t out[JOB_ID_BYTES], error *err) MUST_USE;
/* The job's id in s->incoming, as digits.  Closes the message. */
status session_take_job(session *s, char out[SESSION_JOB_BYTES], error *err) MUST_USE;
enum { SESSION_KEY_BYTES = 33 };
/* A random *KEY, written to RANDOM, when it is NULL; else checks it. */
status session_key(const char **key, char random[SESSION_KEY_BYTES], error *err) MUST_USE;
/* STATUS_USAGE for a text that does not fit a message. */
status session_check_text(const char *what, const char *text, error *err) MUST_USE;

/* ---- Blobs (upload.c, fetch.c) */
typedef struct upload {
  session_blobs blobs;
  const session_callback *callback; /* may be NULL */
  uint64_t sent, bytes_sent;        /* blobs that the broker lacked; initially 0 */
} upload;
/* Returns when the broker has all of them. */
status session_upload(session *s, upload *u, error *err) MUST_USE;
/* Appends the blob to OUT. */
status session_fetch(session *s, const digest *name, uint64_t bytes, buf *out, error *err) MUST_USE;

#endif
