/* Header frames of the wire (proto/message.h). */
#include "proto/message.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

static void require_same_message(const message *a, const message *b) {
  fuzz_require(a->kind == b->kind && a->has == b->has, "a header encoded again is the same header");
  for (int f = 0; f < FIELDS_COUNT; f++) {
    fuzz_require(a->integers[f] == b->integers[f], "an integer comes back");
    fuzz_require_same(a->texts[f], b->texts[f], "a text comes back");
  }
}

static void check_encoding(const message *m) {
  message back;
  error err;
  buf first, second;
  buf_init(&first);
  buf_init(&second);
  message_encode(m, &first);
  fuzz_require_ok(message_decode(first.data, first.length, &back, &err), &err, "what is encoded is decoded");
  require_same_message(m, &back);
  message_encode(&back, &second);
  fuzz_require_same(fuzz_slice(&first), fuzz_slice(&second), "equal headers have equal bytes");
  buf_fini(&first);
  buf_fini(&second);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  message m;
  error err = {STATUS_OK, ""};
  const status st = message_decode(bytes, length, &m, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_PROTOCOL, "what is no header is refused as against the protocol");
    fuzz_require_told(st, &err);
    fuzz_require((m.has & ~FIELDS_REQUEST) == 0, "a refused header keeps at most its request");
    return 0;
  }
  size_t least, most;
  message_payloads(m.kind, &least, &most);
  fuzz_require(least <= most && most <= MESSAGE_PAYLOADS_MAX, "a kind has bounds for its payload");
  fuzz_require(message_failure(&m, &err) != STATUS_OK, "a failure stays one whatever it says");
  /* A refusal of another version may lack what this version demands. */
  if (m.kind != MESSAGE_REFUSED || (m.has & FIELD_BIT(FIELD_STATUS)) != 0) {
    check_encoding(&m);
  }
  return 0;
}

static const enum {
  INTEGER,
  TEXT,
  BYTES
} types[FIELDS_COUNT] = {
#define X(id, name, type) [id] = type,
    FIELD_TABLE(X)
#undef X
};

static const uint64_t needs[MESSAGES_COUNT] = {
#define X(id, name, ways, fields, least, most) [id] = fields,
    MESSAGE_TABLE(X)
#undef X
};

static void set(message *m, int field, uint64_t value) {
  static const uint8_t name[DIGEST_BYTES] = {1, 2, 3};
  if (types[field] == INTEGER) {
    message_set_integer(m, (message_field)field, value);
  } else if (types[field] == TEXT) {
    message_set_text(m, (message_field)field,
                     value % 2 == 0 ? "map" : "\xe6\xbb\xa1\xe6\x84\x8f\xe5\xba\xa6");
  } else {
    message_set_bytes(m, (message_field)field, name, value % 2 == 0 ? DIGEST_BYTES : JOB_ID_BYTES);
  }
}

/* Each kind with the fields that it must have, and with all there are. */
void fuzz_seeds(fuzz_corpus *out) {
  static const uint64_t values[] = {0, 127, 255, 65536, UINT64_MAX};
  for (int k = 0; k < MESSAGES_COUNT; k++) {
    for (int all = 0; all < 2; all++) {
      message m = message_of((message_kind)k);
      for (int f = 0; f < FIELDS_COUNT; f++) {
        if (all || (needs[k] & FIELD_BIT(f)) != 0) {
          set(&m, f, values[(k + f) % 5]);
        }
      }
      buf b;
      buf_init(&b);
      message_encode(&m, &b);
      fuzz_corpus_add(out, b.data, b.length);
      buf_fini(&b);
    }
  }
}
