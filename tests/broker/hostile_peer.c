/* The messages of a hostile peer: tables of values that are right, nearly right and absurd. */
#include "tests/broker/hostile_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LONG_TEXT = 4096, FRAMES_MAX = 6, HELD_MOST = 4096 };

static const size_t blob_sizes[HOSTILE_BLOBS - 1] = {0, 1, 39, 40, 41, 1000, 20000, 1 << 20, (1 << 20) + 1};

/* ---- What they know ------------------------------------------------------------------------------ */

void hostile_world_init(hostile_world *w, shell *s, uint64_t seed) {
  *w = (hostile_world){.shell = s, .random = {seed}};
  for (size_t i = 0; i + 1 < HOSTILE_BLOBS; i++) {
    sample_make(&w->blobs[i], 7000 + i, blob_sizes[i]);
  }
  manifest_make(&w->blobs[HOSTILE_BLOBS - 1], w->blobs, 5, 1000);
}

void hostile_world_fini(hostile_world *w) {
  for (size_t i = 0; i < HOSTILE_BLOBS; i++) {
    sample_fini(&w->blobs[i]);
  }
}

static uint64_t below(hostile_peer *p, uint64_t count) {
  return seeded_below(&p->world->random, count);
}

static bool one_in(hostile_peer *p, uint64_t count) {
  return below(p, count) == 0;
}

static const sample *any_blob(hostile_peer *p) {
  return &p->world->blobs[below(p, HOSTILE_BLOBS)];
}

static digest any_digest(hostile_peer *p) {
  digest d = any_blob(p)->name;
  if (one_in(p, 4)) {
    const uint64_t v = below(p, 64);
    memcpy(d.bytes, &v, sizeof v);
  }
  return d;
}

static uint64_t any_number(hostile_peer *p) {
  static const uint64_t edges[] = {0, 1, 2, 63, 64, 65535, 1 << 20, (1 << 20) + 1, UINT32_MAX, UINT64_MAX};
  return one_in(p, 2) ? edges[below(p, sizeof edges / sizeof edges[0])] : seeded_bits(&p->world->random, 64);
}

static slice any_text(hostile_peer *p) {
  static char long_text[LONG_TEXT];
  static const char *const texts[] = {"",
                                      "a",
                                      "b",
                                      "c/d",
                                      "e\x01\x1b[2J",
                                      "client",
                                      "worker",
                                      "jobs",
                                      "workers",
                                      "datasets",
                                      "map",
                                      "reduce",
                                      "step",
                                      "plan",
                                      "read",
                                      "io",
                                      "not-found",
                                      "job",
                                      "\xe9\x97\xae\xe5\x8d\xb7",
                                      "%s%n"};
  memset(long_text, 'x', sizeof long_text);
  switch (below(p, 8)) {
    case 0:
      return (slice){long_text, 1 + below(p, LONG_TEXT)};
    case 1:
      return (slice){"a\0b", 3};
    default:
      return slice_of(texts[below(p, sizeof texts / sizeof texts[0])]);
  }
}

/* ---- Fields -------------------------------------------------------------------------------------- */

static bool is_integer(message_field f) {
  static const uint64_t integers =
      FIELD_BIT(FIELD_CAPACITY) | FIELD_BIT(FIELD_REQUEST) | FIELD_BIT(FIELD_STAGE) | FIELD_BIT(FIELD_TASK) |
      FIELD_BIT(FIELD_ATTEMPT) | FIELD_BIT(FIELD_BY_NAME) | FIELD_BIT(FIELD_ROWS_DONE) |
      FIELD_BIT(FIELD_ROWS_TOTAL) | FIELD_BIT(FIELD_FINISHING) | FIELD_BIT(FIELD_STATES_COMPUTED) |
      FIELD_BIT(FIELD_STATES_CACHED) | FIELD_BIT(FIELD_OFFSET) | FIELD_BIT(FIELD_BYTES) |
      FIELD_BIT(FIELD_VERSION) | FIELD_BIT(FIELD_ROWS) | FIELD_BIT(FIELD_SHARDS) |
      FIELD_BIT(FIELD_SHARD_ROWS) | FIELD_BIT(FIELD_PRIORITY) | FIELD_BIT(FIELD_JOBS);
  return (integers >> f & 1) != 0;
}

static bool is_bytes(message_field f) {
  return f == FIELD_INSTANCE || f == FIELD_FINGERPRINT || f == FIELD_PROBE || f == FIELD_JOB ||
         f == FIELD_BLOB;
}

static void set_bytes(hostile_peer *p, message *m, message_field f) {
  static uint8_t bytes[LONG_TEXT];
  static const size_t lengths[] = {0, 15, 16, 17, 31, 32, 33, LONG_TEXT};
  memset(bytes, 1, sizeof bytes);
  message_set_bytes(m, f, bytes, lengths[below(p, sizeof lengths / sizeof lengths[0])]);
}

static void set_any(hostile_peer *p, message *m, message_field f) {
  if (is_integer(f)) {
    message_set_integer(m, f, any_number(p));
  } else if (is_bytes(f)) {
    set_bytes(p, m, f);
  } else {
    m->texts[f] = any_text(p);
    m->has |= FIELD_BIT(f);
  }
}

static void set_role(hostile_peer *p, message *m, message_field f) {
  message_set_text(m, f, one_in(p, 2) ? "client" : "worker");
}

static void set_fingerprint(hostile_peer *p, message *m, message_field f) {
  static uint8_t bytes[DIGEST_BYTES];
  memset(bytes, p->world->works ? 1 : 2, sizeof bytes);
  message_set_bytes(m, f, bytes, sizeof bytes);
}

static void set_capacity(hostile_peer *p, message *m, message_field f) {
  message_set_integer(m, f, p->world->works ? below(p, 3) : 0);
}

static void set_job(hostile_peer *p, message *m, message_field f) {
  static core_job_id id;
  id = p->world->job;
  id.bytes[0] ^= (uint8_t)(p->world->works || m->kind == MESSAGE_RESULT || m->kind == MESSAGE_WATCH ||
                                   m->kind == MESSAGE_ASK || m->kind == MESSAGE_FAILURE
                               ? below(p, 2)
                               : 1 + below(p, 3));
  message_set_bytes(m, f, id.bytes, JOB_ID_BYTES);
}

static void set_blob(hostile_peer *p, message *m, message_field f) {
  static digest d;
  d = any_digest(p);
  message_set_bytes(m, f, d.bytes, DIGEST_BYTES);
}

static void set_size(hostile_peer *p, message *m, message_field f) {
  const sample *blob = any_blob(p);
  for (size_t i = 0; i < HOSTILE_BLOBS && m->kind == MESSAGE_OFFER; i++) {
    if (memcmp(p->world->blobs[i].name.bytes, m->texts[FIELD_BLOB].bytes, DIGEST_BYTES) == 0) {
      blob = &p->world->blobs[i];
    }
  }
  message_set_integer(m, f, one_in(p, 5) ? any_number(p) : blob->length - one_in(p, 20));
}

static void set_dataset(hostile_peer *p, message *m, message_field f) {
  m->texts[f] = one_in(p, 2) ? any_text(p) : slice_of(one_in(p, 2) ? "a" : "b");
  if (p->world->spared && m->kind != MESSAGE_DROP && m->kind != MESSAGE_COMMIT && one_in(p, 2)) {
    m->texts[f] = slice_of(p->world->spared);
  }
  m->has |= FIELD_BIT(f);
}

static void set_small(hostile_peer *p, message *m, message_field f) {
  message_set_integer(m, f, one_in(p, 8) ? any_number(p) : below(p, 4));
}

static void set_often_none(hostile_peer *p, message *m, message_field f) {
  message_set_integer(m, f, one_in(p, 2) ? 0 : below(p, 4));
}

static void (*const setters[FIELDS_COUNT])(hostile_peer *p, message *m, message_field f) = {
    [FIELD_ROLE] = set_role,          [FIELD_FINGERPRINT] = set_fingerprint,
    [FIELD_CAPACITY] = set_capacity,  [FIELD_JOB] = set_job,
    [FIELD_BLOB] = set_blob,          [FIELD_BYTES] = set_size,
    [FIELD_DATASET] = set_dataset,    [FIELD_STAGE] = set_small,
    [FIELD_TASK] = set_small,         [FIELD_ATTEMPT] = set_small,
    [FIELD_VERSION] = set_often_none, [FIELD_BY_NAME] = set_often_none,
};

/* Fields that a kind may have besides those that it must have. */
static const uint64_t extras[MESSAGES_COUNT] = {
    [MESSAGE_HELLO] = FIELD_BIT(FIELD_TITLE) | FIELD_BIT(FIELD_CAPACITY) | FIELD_BIT(FIELD_FINGERPRINT) |
                      FIELD_BIT(FIELD_INSTANCE) | FIELD_BIT(FIELD_RELEASE),
    [MESSAGE_ALIVE] = FIELD_BIT(FIELD_CAPACITY),
    [MESSAGE_COMMIT] = FIELD_BIT(FIELD_BY_NAME),
    [MESSAGE_LOAD] = FIELD_BIT(FIELD_BY_NAME) | FIELD_BIT(FIELD_SHARD_ROWS),
    [MESSAGE_SUBMIT] = FIELD_BIT(FIELD_BY_NAME) | FIELD_BIT(FIELD_DATASET) | FIELD_BIT(FIELD_VERSION) |
                       FIELD_BIT(FIELD_PRIORITY) | FIELD_BIT(FIELD_TITLE),
    [MESSAGE_RESULT] =
        FIELD_BIT(FIELD_BY_NAME) | FIELD_BIT(FIELD_STATES_COMPUTED) | FIELD_BIT(FIELD_STATES_CACHED),
    [MESSAGE_FAILURE] = FIELD_BIT(FIELD_BLOB) | FIELD_BIT(FIELD_MESSAGE),
};

/* The fields that a kind must have are those without which it is not understood. */
static uint64_t needed(message_kind kind) {
#define X(id, name, ways, fields, least, most) [id] = (fields),
  static const uint64_t table[MESSAGES_COUNT] = {MESSAGE_TABLE(X)};
#undef X
  return table[kind];
}

static message make(hostile_peer *p, message_kind kind) {
  message m = message_of(kind);
  for (message_field f = FIELD_ROLE; f < FIELDS_COUNT; f++) {
    const bool must = (needed(kind) >> f & 1) != 0;
    const bool may = (extras[kind] >> f & 1) != 0 && !one_in(p, 4);
    if (f == FIELD_REQUEST || (!must && !may)) {
      continue;
    }
    if (setters[f] && !one_in(p, 10) && !(f == FIELD_CAPACITY && p->world->works)) {
      setters[f](p, &m, f);
    } else if (f == FIELD_CAPACITY || (f == FIELD_DATASET && p->world->spared) ||
               (f == FIELD_JOB && !p->world->works)) {
      setters[f](p, &m, f);
    } else {
      set_any(p, &m, f);
    }
  }
  return m;
}

/* ---- Payloads ------------------------------------------------------------------------------------ */

typedef struct frames {
  buf bytes[FRAMES_MAX];
  size_t count;
} frames;

static void put_name(hostile_peer *p, buf *out) {
  uint8_t name[BLOB_NAME_BYTES];
  const sample *blob = any_blob(p);
  sample_name(blob, name);
  if (one_in(p, 6)) {
    name[below(p, sizeof name)] ^= (uint8_t)(1U << below(p, 8));
  }
  buf_put(out, name, sizeof name);
}

/* The sample of a manifest, whole or with some bytes altered, or cut off. */
static void put_manifest(hostile_peer *p, buf *out) {
  const sample *m = &p->world->blobs[HOSTILE_BLOBS - 1];
  buf_put(out, m->bytes, m->length);
  for (uint64_t i = one_in(p, 2) ? below(p, 4) : 0; i > 0; i--) {
    out->data[below(p, out->length)] = (uint8_t)below(p, 256);
  }
  if (one_in(p, 8)) {
    out->length = below(p, out->length);
  }
}

/* What the frame is to be, or anything. */
static void put_frame(hostile_peer *p, message_kind kind, size_t index, buf *out) {
  static const char text[] = "definition: {}\n";
  enum { NAME, MANIFEST, BLOB, FILE_NAME, ANYTHING, TEXT, FORMS };
  uint64_t form = below(p, FORMS);
  if (!one_in(p, 4) && (kind == MESSAGE_COMMIT || kind == MESSAGE_LOAD)) {
    form = kind == MESSAGE_COMMIT ? MANIFEST : index > 0 ? FILE_NAME : TEXT;
  }
  if (kind == MESSAGE_HELLO && p->world->holds_little) {
    form = NAME;
  }
  buf_init(out);
  switch (form) {
    case NAME:
      put_name(p, out);
      break;
    case MANIFEST:
      put_manifest(p, out);
      break;
    case BLOB: {
      const sample *blob = any_blob(p);
      buf_put(out, blob->bytes, blob->length < (1 << 20) ? blob->length : 1 << 20);
      break;
    }
    case FILE_NAME:
      put_name(p, out);
      buf_put(out, "a.csv", 5);
      break;
    case ANYTHING:
      for (uint64_t i = below(p, HELD_MOST); i > 0; i--) {
        buf_put_u8(out, (uint8_t)below(p, 256));
      }
      break;
    default:
      buf_put(out, text, sizeof text - 1);
  }
}

static void make_frames(hostile_peer *p, message_kind kind, frames *out) {
  size_t least = 0;
  size_t most = 0;
  message_payloads(kind, &least, &most);
  const size_t top = most < FRAMES_MAX ? most : FRAMES_MAX;
  out->count = one_in(p, 12) ? below(p, FRAMES_MAX + 1) : least + below(p, top - least + 1);
  for (size_t i = 0; i < out->count; i++) {
    put_frame(p, kind, i, &out->bytes[i]);
  }
}

/* Peers read late: a broker that forgot this one says so, which is no fault. */
static void send(hostile_peer *p, const message *m, const frames *f) {
  wire_payload payloads[FRAMES_MAX];
  for (size_t i = 0; f && i < f->count; i++) {
    payloads[i] = (wire_payload){.bytes = f->bytes[i].data, .length = f->bytes[i].length};
  }
  talker_send(&p->line, m, payloads, f ? f->count : 0);
}

/* ---- Requests and their answers ------------------------------------------------------------------ */

static void begin_count(hostile_peer *p) {
  p->first = p->next;
}

static void count_request(hostile_peer *p, message *m) {
  const size_t at = (size_t)(p->next - HOSTILE_REQUESTS_FIRST);
  if (at >= p->capacity) {
    p->capacity = at * 2 + 64;
    p->answers = realloc(p->answers, p->capacity);
    assert_non_null(p->answers);
  }
  p->answers[at] = 0;
  message_set_integer(m, FIELD_REQUEST, p->next++);
}

static void count_answer(hostile_peer *p, const message *m) {
  const uint64_t request = m->integers[FIELD_REQUEST];
  if (m->has & FIELD_BIT(FIELD_REQUEST) && request >= HOSTILE_REQUESTS_FIRST && request < p->next) {
    uint8_t *answers = &p->answers[request - HOSTILE_REQUESTS_FIRST];
    if (++*answers > 1) {
      fail_msg("request %llu was answered again, with '%s'", (unsigned long long)request,
               message_kind_name(m->kind));
    }
  }
}

static void check_answers(hostile_peer *p) {
  for (uint64_t r = p->first; r < p->next; r++) {
    if (p->answers[r - HOSTILE_REQUESTS_FIRST] != 1) {
      fail_msg("request %llu was answered %u times", (unsigned long long)r,
               p->answers[r - HOSTILE_REQUESTS_FIRST]);
    }
  }
  begin_count(p);
}

/* ---- Deeds --------------------------------------------------------------------------------------- */

static void open_anew(hostile_peer *p) {
  talker_close(&p->line);
  talker_connect(p->world->shell, &p->line);
  p->is_known = false;
  begin_count(p);
}

/* Whether it is taken or refused is told before anything else happens. */
static void say_hello(hostile_peer *p) {
  if (p->is_known) {
    hostile_settle(p);
    check_answers(p);
  } else {
    open_anew(p);
  }
  message m = make(p, MESSAGE_HELLO);
  frames f;
  make_frames(p, MESSAGE_HELLO, &f);
  while (f.count > 1) {
    buf_fini(&f.bytes[--f.count]);
  }
  send(p, &m, &f);
  for (size_t i = 0; i < f.count; i++) {
    buf_fini(&f.bytes[i]);
  }
  const message *answer = NULL;
  do {
    assert_true(talker_receive(&p->line, SHELL_DEADLINE_MS));
    answer = &p->line.in->header;
  } while (answer->kind != MESSAGE_WELCOME &&
           (answer->kind != MESSAGE_REFUSED || answer->has & FIELD_BIT(FIELD_REQUEST)));
  p->is_known = answer->kind == MESSAGE_WELCOME;
}

void hostile_leave(hostile_peer *p) {
  hostile_settle(p);
  check_answers(p);
  const message bye = message_of(MESSAGE_BYE);
  send(p, &bye, NULL);
  p->is_known = false;
}

static void send_anything(hostile_peer *p) {
  message_kind kind = (message_kind)below(p, MESSAGES_COUNT);
  if (kind == MESSAGE_HELLO || kind == MESSAGE_BYE || kind == MESSAGE_REFUSED) {
    kind = MESSAGE_OFFER;
  }
  message m = make(p, kind);
  frames f;
  make_frames(p, kind, &f);
  if (needed(kind) & FIELDS_REQUEST) {
    count_request(p, &m);
  }
  send(p, &m, &f);
  for (size_t i = 0; i < f.count; i++) {
    buf_fini(&f.bytes[i]);
  }
}

/* Any header with some of its bytes altered, but for those that could then do what a peer is trusted not to.
 */
static void send_altered(hostile_peer *p) {
  static const bool is_trusted[MESSAGES_COUNT] = {
      [MESSAGE_HELLO] = true,  [MESSAGE_BYE] = true,  [MESSAGE_ALIVE] = true,
      [MESSAGE_CANCEL] = true, [MESSAGE_DROP] = true, [MESSAGE_COMMIT] = true,
  };
  const message_kind kind = (message_kind)below(p, MESSAGES_COUNT);
  message m = make(p, is_trusted[kind] ? MESSAGE_ASK : kind);
  message_set_integer(&m, FIELD_REQUEST, UINT64_MAX - 1000);
  buf header;
  buf_init(&header);
  message_encode(&m, &header);
  for (uint64_t i = 1 + below(p, 3); i > 0; i--) {
    header.data[below(p, header.length)] ^= (uint8_t)(1U << below(p, 8));
  }
  const void *const bytes[] = {header.data};
  const size_t length = one_in(p, 3) ? below(p, header.length) : header.length;
  talker_send_raw(&p->line, bytes, &length, 1);
  buf_fini(&header);
}

static void answer_want(hostile_peer *p, const message *want) {
  message m = message_of(one_in(p, 8) ? MESSAGE_LOST : MESSAGE_CHUNK);
  const sample *blob = any_blob(p);
  for (size_t i = 0; i < HOSTILE_BLOBS && !one_in(p, 8); i++) {
    if (memcmp(p->world->blobs[i].name.bytes, want->texts[FIELD_BLOB].bytes, DIGEST_BYTES) == 0) {
      blob = &p->world->blobs[i];
    }
  }
  if (one_in(p, 8)) {
    return;
  }
  m.texts[FIELD_BLOB] = want->texts[FIELD_BLOB];
  m.has |= FIELD_BIT(FIELD_BLOB);
  if (m.kind == MESSAGE_LOST) {
    message_set_text(&m, FIELD_STATUS, "io");
    talker_send(&p->line, &m, NULL, 0);
    return;
  }
  const uint64_t wanted = want->integers[FIELD_OFFSET];
  const uint64_t offset = wanted < blob->length ? wanted : 0;
  const uint64_t most = want->integers[FIELD_BYTES];
  uint64_t length = blob->length - offset < most ? blob->length - offset : most;
  length = one_in(p, 10) && length > 0 ? length - 1 : length;
  message_set_integer(&m, FIELD_OFFSET, one_in(p, 10) ? any_number(p) : wanted);
  message_set_integer(&m, FIELD_BYTES, one_in(p, 10) ? any_number(p) : blob->length);
  const wire_payload payload = {.bytes = blob->bytes + offset, .length = (size_t)length};
  talker_send(&p->line, &m, &payload, 1);
}

static void answer_task(hostile_peer *p, const message *task) {
  if (one_in(p, 4)) {
    message m = make(p, MESSAGE_FAILURE);
    m.texts[FIELD_JOB] = task->texts[FIELD_JOB];
    message_set_integer(&m, FIELD_STAGE, task->integers[FIELD_STAGE]);
    message_set_integer(&m, FIELD_TASK, task->integers[FIELD_TASK]);
    message_set_integer(&m, FIELD_ATTEMPT, task->integers[FIELD_ATTEMPT]);
    talker_send(&p->line, &m, NULL, 0);
    return;
  }
  frames f = {.count = 1 + below(p, 2)};
  wire_payload payloads[2];
  for (size_t i = 0; i < f.count; i++) {
    put_frame(p, MESSAGE_RESULT, i, &f.bytes[i]);
    payloads[i] = (wire_payload){.bytes = f.bytes[i].data, .length = f.bytes[i].length};
  }
  worker_answer(&p->line, task, payloads, f.count, one_in(p, 2) ? below(p, 4) : 0);
  for (size_t i = 0; i < f.count; i++) {
    buf_fini(&f.bytes[i]);
  }
}

void hostile_listen(hostile_peer *p) {
  while (talker_receive(&p->line, 0)) {
    const message *m = &p->line.in->header;
    count_answer(p, m);
    if (m->kind == MESSAGE_WANT) {
      answer_want(p, m);
    } else if (m->kind == MESSAGE_TASK) {
      answer_task(p, m);
    }
  }
}

void hostile_open(hostile_peer *p, hostile_world *w) {
  *p = (hostile_peer){.world = w, .first = HOSTILE_REQUESTS_FIRST, .next = HOSTILE_REQUESTS_FIRST};
  talker_connect(w->shell, &p->line);
}

/* False when the broker has forgotten it. */
static bool pass_fence(hostile_peer *p) {
  static const core_job_id nobody = {{0}};
  message fence = message_of(MESSAGE_ASK);
  message_set_bytes(&fence, FIELD_JOB, nobody.bytes, JOB_ID_BYTES);
  count_request(p, &fence);
  send(p, &fence, NULL);
  const message *m = NULL;
  do {
    assert_true(talker_receive(&p->line, SHELL_DEADLINE_MS));
    m = &p->line.in->header;
    count_answer(p, m);
    if (m->kind == MESSAGE_STRANGER) {
      return false;
    }
  } while (!(m->has & FIELD_BIT(FIELD_REQUEST)) || m->integers[FIELD_REQUEST] != p->next - 1);
  return true;
}

/* Twice: what is asked in one turn of the broker may be answered in any order.  A broker that was held up may
 * have forgotten it: then there is nothing to count. */
void hostile_settle(hostile_peer *p) {
  if (!pass_fence(p) || !pass_fence(p)) {
    p->is_known = false;
    begin_count(p);
  }
}

void hostile_act(hostile_peer *p) {
  const uint64_t deed = below(p, 100);
  if (!p->is_known && !one_in(p, 4)) {
    say_hello(p);
  } else if (deed < 2) {
    open_anew(p);
  } else if (deed < 4) {
    say_hello(p);
  } else if (deed < 6) {
    hostile_leave(p);
  } else if (deed < 15) {
    send_altered(p);
  } else {
    send_anything(p);
  }
}

void hostile_close(hostile_peer *p) {
  if (p->is_known) {
    hostile_settle(p);
    check_answers(p);
  }
  talker_close(&p->line);
  free(p->answers);
}
