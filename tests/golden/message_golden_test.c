/* Header frames of every kind of message, byte by byte. */
#include <string.h>

#include "proto/blob.h"
#include "tests/check.h"
#include "tests/golden/golden.h"

static const golden_version protocol = {
    PROTOCOL_VERSION, "PROTOCOL_VERSION (proto/message.h) when an old peer could misunderstand it"};

#define COUNTED(first, count) \
  { (first), (count) }

/* One value for each field, as in message.py: a number, a text, or COUNT bytes that count up from FIRST. */
static const struct {
  uint64_t integer;
  const char *text;
  struct {
    uint8_t first, count;
  } bytes;
} values[FIELDS_COUNT] = {
    [FIELD_ROLE] = {.text = "client"},
    [FIELD_TITLE] = {.text = "host:7"},
    [FIELD_RELEASE] = {.text = "0.1.0"},
    [FIELD_INSTANCE] = {.bytes = COUNTED(0x10, 16)},
    [FIELD_CAPACITY] = {.integer = 4},
    [FIELD_FINGERPRINT] = {.bytes = COUNTED(0xa0, 32)},
    [FIELD_STORE] = {.text = "/srv/canvass"},
    [FIELD_PROBE] = {.bytes = COUNTED(0x20, 16)},
    [FIELD_REQUEST] = {.integer = 7},
    [FIELD_JOB] = {.bytes = COUNTED(0x30, 16)},
    [FIELD_STAGE] = {.integer = 2},
    [FIELD_TASK] = {.integer = 300},
    [FIELD_ATTEMPT] = {.integer = 70000},
    [FIELD_WORK] = {.text = "map"},
    [FIELD_BY_NAME] = {.integer = 5},
    [FIELD_STATE] = {.text = "running"},
    [FIELD_ROWS_DONE] = {.integer = UINT64_C(1) << 32},
    [FIELD_ROWS_TOTAL] = {.integer = UINT64_MAX},
    [FIELD_FINISHING] = {.integer = 1},
    [FIELD_STATES_COMPUTED] = {.integer = 128},
    [FIELD_STATES_CACHED] = {.integer = 256},
    [FIELD_STATUS] = {.text = "job"},
    [FIELD_MESSAGE] = {.text =
                           "column 'q1': 3 answers are not numbers; correct them, or declare them missing"},
    [FIELD_BLOB] = {.bytes = COUNTED(0xc0, 32)},
    [FIELD_OFFSET] = {.integer = 1 << 20},
    [FIELD_BYTES] = {.integer = 65535},
    [FIELD_DATASET] = {.text = "2026 \xe8\xb0\x83\xe6\x9f\xa5"},
    [FIELD_VERSION] = {.integer = 3},
    [FIELD_ROWS] = {.integer = 1000},
    [FIELD_SHARDS] = {.integer = 12},
    [FIELD_SHARD_ROWS] = {.integer = 65536},
    [FIELD_KEY] = {.text = "nightly"},
    [FIELD_PRIORITY] = {.integer = 1},
    [FIELD_WHAT] = {.text = "jobs"},
    [FIELD_JOBS] = {.integer = 127},
    [FIELD_WAITS] = {.text = "no worker takes tasks"},
    [FIELD_TIMEOUT] = {.integer = 3600},
    [FIELD_LIMIT] = {.integer = 5},
    [FIELD_UNREADABLE] = {.integer = 3},
    [FIELD_MAY_LOSE] = {.integer = 1},
    [FIELD_SHARDS_LOST] = {.integer = 6},
    [FIELD_ROWS_LOST] = {.integer = 700},
    [FIELD_KEEPS] = {.integer = 1},
    [FIELD_PARTS] = {.integer = 900},
};

static bool is_as_golden(const message *m, int field) {
  uint8_t counted[DIGEST_BYTES];
  for (uint8_t i = 0; i < values[field].bytes.count; i++) {
    counted[i] = (uint8_t)(values[field].bytes.first + i);
  }
  const slice bytes = {(const char *)counted, values[field].bytes.count};
  const slice text = values[field].text != NULL ? slice_of(values[field].text) : bytes;
  return m->integers[field] == values[field].integer && slice_equal(m->texts[field], text);
}

/* Decodes to the value, and the value is encoded so. */
static uint64_t check_kind(const golden *g, message_kind kind) {
  const char *name = message_kind_name(kind);
  const slice bytes = golden_bytes(g, name);
  message m;
  error err;
  if (message_decode(bytes.bytes, bytes.length, &m, &err) != STATUS_OK) {
    fail_msg("%s: %s", name, err.message);
  }
  assert_int_equal(m.kind, kind);
  for (int f = 0; f < FIELDS_COUNT; f++) {
    if ((m.has & FIELD_BIT(f)) != 0 && !is_as_golden(&m, f)) {
      fail_msg("%s: field %d does not have its value", name, f);
    }
  }
  buf again;
  buf_init(&again);
  message_encode(&m, &again);
  golden_expect(g, name, &again, protocol);
  buf_fini(&again);
  return m.has;
}

static void bytes_of_every_kind_and_field_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("message");
  uint64_t seen = 0;
  for (int k = 0; k < MESSAGES_COUNT; k++) {
    seen |= check_kind(g, (message_kind)k);
  }
  for (int f = 0; f < FIELDS_COUNT; f++) {
    if ((seen & FIELD_BIT(f)) == 0) {
      fail_msg("field %d is in no golden message: give it to its kind in tests/golden/message.py", f);
    }
  }
  golden_close(g);
}

static void bytes_of_a_blobs_name_are_fixed(void **state) {
  (void)state;
  static const uint64_t bytes = UINT64_C(5) << 30;
  golden *g = golden_open("message");
  uint8_t packed[BLOB_NAME_BYTES];
  digest name, read;
  uint64_t length = 0;
  for (size_t i = 0; i < DIGEST_BYTES; i++) {
    name.bytes[i] = (uint8_t)(0xe0 + i);
  }
  blob_name_write(&name, bytes, packed);
  golden_expect_slice(g, "a blob's name", (slice){(const char *)packed, sizeof packed}, protocol);
  blob_name_read(golden_bytes(g, "a blob's name").bytes, &read, &length);
  assert_true(digest_equal(&read, &name));
  assert_true(length == bytes);
  golden_close(g);
}

static status decode(const char *entry, slice bytes, error *err) {
  (void)entry;
  message m;
  return message_decode(bytes.bytes, bytes.length, &m, err);
}

/* A map of n; "v" at 1, its value at 3; "k" at 4, its text from 6 on ("ask" to 9, "want" to 10). */
static const golden_refusal refusals[] = {
    {"ask", GOLDEN_BYTE, 3, 2, STATUS_PROTOCOL,
     "protocol version 2, but this canvass speaks version 1: install the same release on all machines"},
    {"ask", GOLDEN_BYTE, 0, 0x94, STATUS_PROTOCOL, "message header: the header is not a map"},
    {"ask", GOLDEN_BYTE, 0, 0x85, STATUS_PROTOCOL, "message header: ends too early"},
    {"ask", GOLDEN_BYTE, 0, 0x83, STATUS_PROTOCOL, "message header: bytes are left over at the end"},
    {"ask", GOLDEN_BYTE, 2, 'w', STATUS_PROTOCOL, "message header lacks 'v'"},
    {"ask", GOLDEN_BYTE, 5, 'w', STATUS_PROTOCOL, "message header lacks 'k'"},
    {"ask", GOLDEN_BYTE, 3, 0xff, STATUS_PROTOCOL,
     "message header: a value that is neither an unsigned integer, a text nor bytes"},
    {"ask", GOLDEN_BYTE, 2, 'k', STATUS_PROTOCOL, "message header: a field of the wrong type"},
    {"ask", GOLDEN_BYTE, 7, 'b', STATUS_PROTOCOL, "unknown message kind 'bsk'"},
    {"ask", GOLDEN_BYTE, 12, 'x', STATUS_PROTOCOL, "message 'ask' lacks the field 'request'"},
    {"ask", GOLDEN_BYTE, 7, 0xff, STATUS_PROTOCOL, "message header: a text that is not UTF-8"},
    {"ask", GOLDEN_MORE, 0, 0, STATUS_PROTOCOL, "message header: bytes are left over at the end"},
    {"ask", GOLDEN_CUT, 0, 0, STATUS_PROTOCOL, "message header: ends too early"},
};

static void refusals_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("message");
  golden_refuse(g, refusals, sizeof refusals / sizeof refusals[0], decode, NULL);
  for (int k = 0; k < MESSAGES_COUNT; k++) {
    golden_refuse_beginnings(g, message_kind_name((message_kind)k), decode, NULL);
  }
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_of_every_kind_and_field_are_fixed),
      cmocka_unit_test(bytes_of_a_blobs_name_are_fixed),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
