/* Messages between client, broker and worker.
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
  JOB_ID_BYTES = 16,
};

/* Fields: id, name on the wire, type. */
/* "computed" and "cached" count states, one for each shard and accumulator: in a result those of its task, in
 * progress and report those of the job so far. */
#define FIELD_TABLE(X)                          \
  X(FIELD_ROLE, "role", TEXT)                   \
  X(FIELD_CAPACITY, "capacity", INTEGER)        \
  X(FIELD_FINGERPRINT, "fingerprint", BYTES)    \
  X(FIELD_JOB, "job", BYTES)                    \
  X(FIELD_TASK, "task", INTEGER)                \
  X(FIELD_ATTEMPT, "attempt", INTEGER)          \
  X(FIELD_WORK, "work", TEXT)                   \
  X(FIELD_STAGE, "stage", INTEGER)              \
  X(FIELD_ROWS_DONE, "rows_done", INTEGER)      \
  X(FIELD_ROWS_TOTAL, "rows_total", INTEGER)    \
  X(FIELD_FINISHING, "finishing", INTEGER)      \
  X(FIELD_STATUS, "status", TEXT)               \
  X(FIELD_MESSAGE, "message", TEXT)             \
  X(FIELD_STATES_COMPUTED, "computed", INTEGER) \
  X(FIELD_STATES_CACHED, "cached", INTEGER)

typedef enum message_field {
#define X(id, name, type) id,
  FIELD_TABLE(X)
#undef X
      FIELDS_COUNT
} message_field;

#define FIELD_BIT(field) (1u << (field))

/* Kinds: id, name on the wire, the fields it must have, the least and the most payload frames. */
#define MESSAGE_TABLE(X)                                                                                    \
  X(MESSAGE_HELLO, "hello", FIELD_BIT(FIELD_ROLE), 0, 0)                                                    \
  X(MESSAGE_WELCOME, "welcome", 0, 0, 0)                                                                    \
  X(MESSAGE_SUBMIT, "submit", 0, 3, 3) /* plan, program, manifest */                                        \
  X(MESSAGE_ACCEPTED, "accepted", FIELD_BIT(FIELD_JOB), 0, 0)                                               \
  X(MESSAGE_CANCEL, "cancel", FIELD_BIT(FIELD_JOB), 0, 0)                                                   \
  X(MESSAGE_PROGRESS, "progress", FIELD_BIT(FIELD_JOB) | FIELD_BIT(FIELD_STAGE), 0, 0)                      \
  X(MESSAGE_REPORT, "report", FIELD_BIT(FIELD_JOB), 1, 1)                                                   \
  X(MESSAGE_ENDED, "ended", FIELD_BIT(FIELD_JOB) | FIELD_BIT(FIELD_STATUS), 0, 0) /* without report */      \
  X(MESSAGE_TASK, "task", FIELD_BIT(FIELD_TASK) | FIELD_BIT(FIELD_ATTEMPT) | FIELD_BIT(FIELD_WORK), 1,      \
    MESSAGE_PAYLOADS_MAX)                                                                                   \
  X(MESSAGE_RESULT, "result", FIELD_BIT(FIELD_TASK) | FIELD_BIT(FIELD_ATTEMPT) | FIELD_BIT(FIELD_WORK), 1,  \
    2)                                                                                                      \
  X(MESSAGE_FAILURE, "failure", FIELD_BIT(FIELD_TASK) | FIELD_BIT(FIELD_ATTEMPT) | FIELD_BIT(FIELD_STATUS), \
    0, 0)                                                                                                   \
  X(MESSAGE_ALIVE, "alive", 0, 0, 0)                           /* worker: still here, leases go on */       \
  X(MESSAGE_REFUSED, "refused", FIELD_BIT(FIELD_STATUS), 0, 0) /* answer to what cannot be handled */

typedef enum message_kind {
#define X(id, name, fields, least, most) id,
  MESSAGE_TABLE(X)
#undef X
      MESSAGES_COUNT
} message_kind;

/* A header, decoded.  Texts and bytes are borrowed: from the frame when decoded, from the caller when
 * to be encoded. */
typedef struct message {
  message_kind kind;
  uint32_t has; /* FIELD_BIT of each field that is set */
  uint64_t integers[FIELDS_COUNT];
  slice texts[FIELDS_COUNT]; /* TEXT and BYTES fields */
} message;

message message_of(message_kind kind);
void message_set_integer(message *m, message_field field, uint64_t v);
void message_set_text(message *m, message_field field, const char *v);
void message_set_bytes(message *m, message_field field, const void *bytes, size_t length);

const char *message_kind_name(message_kind kind);
/* How many payload frames the kind takes. */
void message_payloads(message_kind kind, size_t *least, size_t *most);

/* What the fields "status" and "message" of M tell, as an error: always a failure, whatever they say. */
status message_failure(const message *m, error *err);

void message_encode(const message *m, buf *out);
/* STATUS_PROTOCOL for anything but a well-formed header of this version with the fields its kind must
 * have. */
status message_decode(const void *bytes, size_t length, message *out, error *err) MUST_USE;

#endif
