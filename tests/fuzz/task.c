/* A task as it comes over the wire (worker/assignment.h): its header, and payload frames that are blobs or
 * name them.  One byte of an input says how many bytes of 8 the header has, then two for each payload frame
 * its length; what is missing at the end is empty. */
#include "worker/assignment.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { FRAMES_MAX = 6 };

static store *shards;
static supply *blobs;

static void wake(void *context) {
  (void)context;
}

/* Nothing can be asked for: whatever is wanted is not found. */
static void begin(void) {
  error err;
  const supply_options options = {.wake = wake};
  if (shards == NULL) {
    fuzz_require_ok(store_new_temporary(NULL, &shards, &err), &err, "a store can be made");
    supply_options own = options;
    own.shards = shards;
    fuzz_require_ok(supply_start(&own, &blobs, &err), &err, "a supply can be made");
  }
}

static slice take(slice *rest, size_t wanted) {
  const size_t length = wanted < rest->length ? wanted : rest->length;
  const slice taken = {rest->bytes, length};
  *rest = (slice){rest->bytes + length, rest->length - length};
  return taken;
}

static bool fill(zmq_msg_t *frame, slice bytes) {
  if (zmq_msg_init_size(frame, bytes.length) != 0) {
    return false;
  }
  if (bytes.length > 0) {
    memcpy(zmq_msg_data(frame), bytes.bytes, bytes.length);
  }
  return true;
}

/* NULL when the frames are not a message. */
static wire_message *message_of_bytes(slice bytes) {
  wire_message *m = calloc(1, sizeof *m);
  fuzz_require(m != NULL, "there is memory");
  const slice head = take(&bytes, 1);
  bool filled = fill(&m->frames[0], take(&bytes, head.length > 0 ? (size_t)(uint8_t)head.bytes[0] * 8 : 0));
  while (bytes.length >= 2 && m->payloads_count < FRAMES_MAX) {
    const slice length = take(&bytes, 2);
    const size_t wanted = (size_t)(uint8_t)length.bytes[0] | (size_t)(uint8_t)length.bytes[1] << 8;
    filled = fill(&m->frames[++m->payloads_count], take(&bytes, wanted)) && filled;
  }
  fuzz_require(filled, "there is memory");
  error err;
  const zmq_msg_t *header = &m->frames[0];
  size_t least = 1, most = 0;
  if (message_decode(zmq_msg_data((zmq_msg_t *)(uintptr_t)header), zmq_msg_size(header), &m->header, &err) ==
      STATUS_OK) {
    message_payloads(m->header.kind, &least, &most);
  }
  if (m->header.kind != MESSAGE_TASK || m->payloads_count < least || m->payloads_count > most) {
    wire_message_close(m);
    free(m);
    return NULL;
  }
  return m;
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  begin();
  wire_message *m = message_of_bytes((slice){(const char *)bytes, length});
  error err = {STATUS_OK, ""};
  task_name name;
  if (m == NULL) {
    return 0;
  }
  assignment *a = assignment_new(m);
  fuzz_require(a != NULL, "there is memory");
  status st = task_name_of(&m->header, &name, &err);
  st = st == STATUS_OK ? assignment_prepare(a, blobs, shards, &err) : st;
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
  }
  fuzz_require(a->needs_count <= length / BLOB_NAME_BYTES, "a task needs no more than it names");
  assignment_free(a, blobs);
  return 0;
}

static void add(fuzz_corpus *out, const char *work, uint64_t by_name, const size_t *frames, size_t count) {
  message m = message_of(MESSAGE_TASK);
  static const uint8_t job[JOB_ID_BYTES] = {1, 2, 3};
  message_set_bytes(&m, FIELD_JOB, job, sizeof job);
  message_set_integer(&m, FIELD_STAGE, 1);
  message_set_integer(&m, FIELD_TASK, 2);
  message_set_integer(&m, FIELD_ATTEMPT, 3);
  message_set_text(&m, FIELD_WORK, work);
  message_set_integer(&m, FIELD_BY_NAME, by_name);
  buf header, input;
  buf_init(&header);
  buf_init(&input);
  /* Titles of any length fill up the last of the header's eights. */
  static const char padding[] = "12345678";
  size_t longer = 0;
  do {
    buf_clear(&header);
    message_set_text(&m, FIELD_TITLE, padding + sizeof padding - 1 - longer);
    message_encode(&m, &header);
  } while (header.length % 8 != 0 && ++longer < sizeof padding);
  buf_put_u8(&input, (uint8_t)(header.length / 8));
  buf_put(&input, header.data, header.length);
  for (size_t i = 0; i < count; i++) {
    buf_put_u16(&input, (uint16_t)frames[i]);
    for (size_t k = 0; k < frames[i]; k++) {
      buf_put_u8(&input, (uint8_t)(i + k));
    }
  }
  fuzz_corpus_add(out, input.data, input.length);
  buf_fini(&header);
  buf_fini(&input);
}

void fuzz_seeds(fuzz_corpus *out) {
  static const size_t map[] = {20, 3 * BLOB_NAME_BYTES}, steps[] = {10, 0, 10, BLOB_NAME_BYTES},
                      files[] = {10, 0, BLOB_NAME_BYTES + 5, BLOB_NAME_BYTES + 9};
  add(out, "map", 0, map, 2);
  add(out, "step", 8, steps, 4);
  add(out, "reduce", 2, map, 1);
  add(out, "read", 0, files, 4);
  add(out, "plan", 0, map, 2);
}
