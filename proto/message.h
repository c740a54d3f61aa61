/* Messages between client, broker and worker: docs/protocol.md is the reference.
 *
 * A message is a header frame and, for some kinds, payload frames.  The header is one msgpack map of at
 * most MESSAGE_HEADER_MAX bytes: "v" the protocol's version, "k" the kind's name, and the kind's fields;
 * values are unsigned integers, texts or bytes, never nested.  Fields that a receiver does not know are
 * skipped, so that a newer peer can add some.  msgpack-c packs; a bounded reader of ours decodes, which
 * treats every byte as hostile.
 *
 * Kinds are rows in a table: to add one, add its row here and its handling where it is received.
 */
#ifndef CANVASS_PROTO_MESSAGE_H
#define CANVASS_PROTO_MESSAGE_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/status.h"

enum {
  PROTOCOL_VERSION = 1,
  MESSAGE_HEADER_MAX = 64 * 1024,
  MESSAGE_TEXT_MAX = 4096,
  MESSAGE_PAYLOADS_MAX = 1024,
  MESSAGE_FRAME_MAX = 1 << 20, /* of a payload frame; larger blobs travel by name, in chunks of this size */
  JOB_ID_BYTES = 16,
  INSTANCE_BYTES = 16,
  /* A blob by its name: SHA-256 and, little-endian, how many bytes it has. */
  BLOB_NAME_BYTES = DIGEST_BYTES + 8,
  ALIVE_MS = 1000,    /* how often a worker, or a client that waits, sends a sign of life */
  SILENCE_MS = 15000, /* a peer silent for so long is gone: 15 missed signs of life */
  ANSWER_MS = 10000,  /* a request unanswered for so long is sent again */
};

/* Fields: id, name on the wire, type. */
#define FIELD_TABLE(X)                                                                                       \
  X(FIELD_ROLE, "role", TEXT)            /* of a hello: "client" or "worker" */                              \
  X(FIELD_TITLE, "title", TEXT)          /* of a hello: who it is, for readers: "host:pid" */                \
  X(FIELD_RELEASE, "release", TEXT)      /* of hello and welcome: the program's version */                   \
  X(FIELD_INSTANCE, "instance", BYTES)   /* of hello and welcome: 16 random bytes of the process */          \
  X(FIELD_CAPACITY, "capacity", INTEGER) /* tasks a worker takes, waiting ones too; 0: no more */            \
  X(FIELD_FINGERPRINT, "fingerprint", BYTES)                                                                 \
  X(FIELD_STORE, "store", TEXT)        /* of a welcome: the broker's directory, if shared */                 \
  X(FIELD_PROBE, "probe", BYTES)       /* content of STORE/probe */                                          \
  X(FIELD_REQUEST, "request", INTEGER) /* chosen by the asker, repeated in the answer */                     \
  X(FIELD_JOB, "job", BYTES)                                                                                 \
  X(FIELD_STAGE, "stage", INTEGER)                                                                           \
  X(FIELD_TASK, "task", INTEGER)                                                                             \
  X(FIELD_ATTEMPT, "attempt", INTEGER)                                                                       \
  X(FIELD_WORK, "work", TEXT)                                                                                \
  X(FIELD_BY_NAME, "by_name", INTEGER)     /* bit i: payload frame i is a name of BLOB_NAME_BYTES */         \
  X(FIELD_STATE, "state", TEXT)            /* of a job: queued, running, done, failed, cancelled */          \
  X(FIELD_ROWS_DONE, "rows_done", INTEGER) /* of this stage */                                               \
  X(FIELD_ROWS_TOTAL, "rows_total", INTEGER)                                                                 \
  X(FIELD_FINISHING, "finishing", INTEGER)                                                                   \
  X(FIELD_STATES_COMPUTED, "computed", INTEGER) /* states, one for each shard and accumulator: */            \
  X(FIELD_STATES_CACHED, "cached", INTEGER)     /* of a result its task's, else the job's so far */          \
  X(FIELD_STATUS, "status", TEXT)                                                                            \
  X(FIELD_MESSAGE, "message", TEXT)                                                                          \
  X(FIELD_BLOB, "blob", BYTES) /* its SHA-256 */                                                             \
  X(FIELD_OFFSET, "offset", INTEGER)                                                                         \
  X(FIELD_BYTES, "bytes", INTEGER) /* of an offer the blob's size, of a want how many */                     \
  X(FIELD_DATASET, "dataset", TEXT)                                                                          \
  X(FIELD_VERSION, "version", INTEGER) /* of a dataset, from 1; as a base 0: there is none */                \
  X(FIELD_ROWS, "rows", INTEGER)                                                                             \
  X(FIELD_SHARDS, "shards", INTEGER)                                                                         \
  X(FIELD_SHARD_ROWS, "shard_rows", INTEGER)                                                                 \
  X(FIELD_KEY, "key", TEXT)                                                                                  \
  X(FIELD_PRIORITY, "priority", INTEGER)     /* larger first */                                              \
  X(FIELD_WHAT, "what", TEXT)                /* of a list: jobs, workers, datasets */                        \
  X(FIELD_JOBS, "jobs", INTEGER)             /* how many still use a dropped dataset */                      \
  X(FIELD_WAITS, "waits", TEXT)              /* of progress: what a job that does not go on waits for */     \
  X(FIELD_TIMEOUT, "timeout", INTEGER)       /* of a submit: seconds after which the job ends */             \
  X(FIELD_LIMIT, "limit", INTEGER)           /* of a list: the newest so many jobs */                        \
  X(FIELD_UNREADABLE, "unreadable", INTEGER) /* of a failure: 1 + which payload of the task it is */         \
  X(FIELD_MAY_LOSE, "may_lose", INTEGER)     /* of a submit, or of a plan: it goes on without lost shards */ \
  X(FIELD_SHARDS_LOST, "shards_lost", INTEGER) /* of progress; of a step: it is told which they are */       \
  X(FIELD_ROWS_LOST, "rows_lost", INTEGER)                                                                   \
  X(FIELD_KEEPS, "keeps", INTEGER) /* of a step's result: those of the next stage are the job's rows */      \
  X(FIELD_PARTS, "parts", INTEGER) /* of parts: how many the job's rows have */

typedef enum message_field {
#define X(id, name, type) id,
  FIELD_TABLE(X)
#undef X
      FIELDS_COUNT
} message_field;

#define FIELD_BIT(field) ((uint64_t)1 << (field))
#define FIELDS_REQUEST   FIELD_BIT(FIELD_REQUEST)
#define FIELDS_TASK \
  (FIELD_BIT(FIELD_JOB) | FIELD_BIT(FIELD_STAGE) | FIELD_BIT(FIELD_TASK) | FIELD_BIT(FIELD_ATTEMPT))

/* Who may send a kind to whom; the broker refuses what comes from the wrong role. */
typedef enum message_way { WAY_CLIENT = 1, WAY_WORKER = 2, WAY_BROKER = 4 } message_way;

/* Kinds: id, name on the wire, who sends it, the fields it must have, the least and the most payload
 * frames. */
#define MESSAGE_TABLE(X)                                                                                     \
  /* Session */                                                                                              \
  X(MESSAGE_HELLO, "hello", WAY_CLIENT | WAY_WORKER, FIELD_BIT(FIELD_ROLE), 0, 1) /* shards that it holds */ \
  X(MESSAGE_WELCOME, "welcome", WAY_BROKER, FIELD_BIT(FIELD_INSTANCE), 0, 0)                                 \
  X(MESSAGE_ALIVE, "alive", WAY_CLIENT | WAY_WORKER | WAY_BROKER, 0, 0, 0)                                   \
  X(MESSAGE_STRANGER, "stranger", WAY_BROKER, 0, 0, 0)                                                       \
  X(MESSAGE_BYE, "bye", WAY_CLIENT | WAY_WORKER, 0, 0, 0)                                                    \
  X(MESSAGE_REFUSED, "refused", WAY_BROKER, FIELD_BIT(FIELD_STATUS), 0, 0)                                   \
  /* Blobs */                                                                                                \
  X(MESSAGE_OFFER, "offer", WAY_CLIENT | WAY_WORKER, FIELD_BIT(FIELD_BLOB) | FIELD_BIT(FIELD_BYTES), 0, 0)   \
  X(MESSAGE_HAVE, "have", WAY_BROKER, FIELD_BIT(FIELD_BLOB), 0, 0)                                           \
  X(MESSAGE_WANT, "want", WAY_CLIENT | WAY_WORKER | WAY_BROKER,                                              \
    FIELD_BIT(FIELD_BLOB) | FIELD_BIT(FIELD_OFFSET) | FIELD_BIT(FIELD_BYTES), 0, 0)                          \
  X(MESSAGE_CHUNK, "chunk", WAY_CLIENT | WAY_WORKER | WAY_BROKER,                                            \
    FIELD_BIT(FIELD_BLOB) | FIELD_BIT(FIELD_OFFSET) | FIELD_BIT(FIELD_BYTES), 1, 1)                          \
  X(MESSAGE_LOST, "lost", WAY_CLIENT | WAY_WORKER | WAY_BROKER,                                              \
    FIELD_BIT(FIELD_BLOB) | FIELD_BIT(FIELD_STATUS), 0, 0)                                                   \
  /* Datasets */                                                                                             \
  X(MESSAGE_DATASET, "dataset", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_DATASET), 0, 0)                 \
  X(MESSAGE_MANIFEST, "manifest", WAY_BROKER,                                                                \
    FIELDS_REQUEST | FIELD_BIT(FIELD_DATASET) | FIELD_BIT(FIELD_VERSION), 1, 1)                              \
  X(MESSAGE_COMMIT, "commit", WAY_CLIENT,                                                                    \
    FIELDS_REQUEST | FIELD_BIT(FIELD_DATASET) | FIELD_BIT(FIELD_VERSION), 1, 1) /* manifest */               \
  X(MESSAGE_COMMITTED, "committed", WAY_BROKER,                                                              \
    FIELDS_REQUEST | FIELD_BIT(FIELD_DATASET) | FIELD_BIT(FIELD_VERSION), 0, 0)                              \
  X(MESSAGE_LOAD, "load", WAY_CLIENT,                                                                        \
    FIELDS_REQUEST | FIELD_BIT(FIELD_DATASET) | FIELD_BIT(FIELD_VERSION) | FIELD_BIT(FIELD_KEY), 2,          \
    MESSAGE_PAYLOADS_MAX) /* specification, files */                                                         \
  X(MESSAGE_DROP, "drop", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_DATASET), 0, 0)                       \
  X(MESSAGE_DROPPED, "dropped", WAY_BROKER, FIELDS_REQUEST, 0, 0)                                            \
  /* Jobs */                                                                                                 \
  X(MESSAGE_SUBMIT, "submit", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_KEY), 1,                          \
    3) /* specification; or plan, program; or (embedded) plan, program, manifest */                          \
  X(MESSAGE_ACCEPTED, "accepted", WAY_BROKER, FIELDS_REQUEST | FIELD_BIT(FIELD_JOB), 0, 0)                   \
  X(MESSAGE_WATCH, "watch", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_JOB), 0, 0)                         \
  X(MESSAGE_ASK, "ask", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_JOB), 0, 0)                             \
  X(MESSAGE_CANCEL, "cancel", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_JOB), 0, 0)                       \
  X(MESSAGE_PROGRESS, "progress", WAY_BROKER, FIELD_BIT(FIELD_JOB) | FIELD_BIT(FIELD_STATE), 0, 0)           \
  X(MESSAGE_REPORT, "report", WAY_BROKER, FIELD_BIT(FIELD_JOB), 1, 1)                                        \
  X(MESSAGE_ENDED, "ended", WAY_BROKER, FIELD_BIT(FIELD_JOB) | FIELD_BIT(FIELD_STATUS), 0, 0)                \
  X(MESSAGE_LIST, "list", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_WHAT), 0, 0)                          \
  X(MESSAGE_LISTING, "listing", WAY_BROKER, FIELDS_REQUEST | FIELD_BIT(FIELD_WHAT), 1,                       \
    MESSAGE_PAYLOADS_MAX) /* JSON, in pieces */                                                              \
  X(MESSAGE_ROWS, "rows", WAY_CLIENT, FIELDS_REQUEST | FIELD_BIT(FIELD_JOB), 0, 0)                           \
  X(MESSAGE_PARTS, "parts", WAY_BROKER, FIELDS_REQUEST | FIELD_BIT(FIELD_JOB) | FIELD_BIT(FIELD_PARTS), 0,   \
    64) /* parts from the offset on */                                                                       \
  /* Tasks */                                                                                                \
  X(MESSAGE_TASK, "task", WAY_BROKER, FIELDS_TASK | FIELD_BIT(FIELD_WORK), 1, MESSAGE_PAYLOADS_MAX)          \
  X(MESSAGE_RESULT, "result", WAY_WORKER, FIELDS_TASK | FIELD_BIT(FIELD_WORK), 1, 2)                         \
  X(MESSAGE_FAILURE, "failure", WAY_WORKER, FIELDS_TASK | FIELD_BIT(FIELD_STATUS), 0, 0)                     \
  X(MESSAGE_TAKEN, "taken", WAY_BROKER, FIELDS_TASK, 0, 0)

typedef enum message_kind {
#define X(id, name, way, fields, least, most) id,
  MESSAGE_TABLE(X)
#undef X
      MESSAGES_COUNT
} message_kind;

/* A header, decoded.  Texts and bytes are borrowed: from the frame when decoded, from the caller when
 * to be encoded. */
typedef struct message {
  message_kind kind;
  uint64_t has; /* FIELD_BIT of each field that is set */
  uint64_t integers[FIELDS_COUNT];
  slice texts[FIELDS_COUNT]; /* TEXT and BYTES fields */
} message;

message message_of(message_kind kind);
void message_set_integer(message *m, message_field field, uint64_t v);
void message_set_text(message *m, message_field field, const char *v);
/* LENGTH is at most MESSAGE_TEXT_MAX. */
void message_set_bytes(message *m, message_field field, const void *bytes, size_t length);

const char *message_kind_name(message_kind kind);
unsigned message_ways(message_kind kind); /* who may send it: WAY_... */
/* How many payload frames the kind takes. */
void message_payloads(message_kind kind, size_t *least, size_t *most);

/* The fields "status" and "message" of M as an error: always a failure, whatever they contain.  The message
 * is as readers may see it (buf_put_shown). */
status message_failure(const message *m, error *err);

/* A text is cut to MESSAGE_TEXT_MAX bytes, and what is not UTF-8 in it becomes '?': it may stem from a file's
 * name, and the message must arrive anyway. */
void message_encode(const message *m, buf *out);
/* STATUS_PROTOCOL for anything but a well-formed header of this version with the fields its kind must
 * have.  A "refused" is understood in any version, so that peers of different versions can report the
 * mismatch.  After a failure OUT has FIELD_REQUEST when it could be read, so that the refusal can carry it,
 * and nothing else. */
status message_decode(const void *bytes, size_t length, message *out, error *err) MUST_USE;

#endif
