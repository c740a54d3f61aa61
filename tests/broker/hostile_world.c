/* What hostile peers say: tables of values that are right, nearly right and absurd. */
#include "tests/broker/hostile_world.h"

#include <string.h>

#include "tests/check.h"

enum { LONG_TEXT = 4096, HELD_MOST = 4096 };

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

uint64_t hostile_below(hostile_world *w, uint64_t count) {
  return seeded_below(&w->random, count);
}

bool hostile_one_in(hostile_world *w, uint64_t count) {
  return hostile_below(w, count) == 0;
}

const sample *hostile_blob(hostile_world *w) {
  return &w->blobs[hostile_below(w, HOSTILE_BLOBS)];
}

static digest any_digest(hostile_world *w) {
  digest d = hostile_blob(w)->name;
  if (hostile_one_in(w, 4)) {
    const uint64_t v = hostile_below(w, 64);
    memcpy(d.bytes, &v, sizeof v);
  }
  return d;
}

uint64_t hostile_number(hostile_world *w) {
  static const uint64_t edges[] = {0, 1, 2, 63, 64, 65535, 1 << 20, (1 << 20) + 1, UINT32_MAX, UINT64_MAX};
  return hostile_one_in(w, 2) ? edges[hostile_below(w, sizeof edges / sizeof edges[0])]
                              : seeded_bits(&w->random, 64);
}

static slice any_text(hostile_world *w) {
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
  switch (hostile_below(w, 8)) {
    case 0:
      return (slice){long_text, 1 + hostile_below(w, LONG_TEXT)};
    case 1:
      return (slice){"a\0b", 3};
    default:
      return slice_of(texts[hostile_below(w, sizeof texts / sizeof texts[0])]);
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
      FIELD_BIT(FIELD_SHARD_ROWS) | FIELD_BIT(FIELD_PRIORITY) | FIELD_BIT(FIELD_JOBS) |
      FIELD_BIT(FIELD_UNREADABLE);
  return (integers >> f & 1) != 0;
}

static bool is_bytes(message_field f) {
  return f == FIELD_INSTANCE || f == FIELD_FINGERPRINT || f == FIELD_PROBE || f == FIELD_JOB ||
         f == FIELD_BLOB;
}

static void set_bytes(hostile_world *w, message *m, message_field f) {
  static uint8_t bytes[LONG_TEXT];
  static const size_t lengths[] = {0, 15, 16, 17, 31, 32, 33, LONG_TEXT};
  memset(bytes, 1, sizeof bytes);
  message_set_bytes(m, f, bytes, lengths[hostile_below(w, sizeof lengths / sizeof lengths[0])]);
}

static void set_any(hostile_world *w, message *m, message_field f) {
  if (is_integer(f)) {
    message_set_integer(m, f, hostile_number(w));
  } else if (is_bytes(f)) {
    set_bytes(w, m, f);
  } else {
    m->texts[f] = any_text(w);
    m->has |= FIELD_BIT(f);
  }
}

static void set_role(hostile_world *w, message *m, message_field f) {
  message_set_text(m, f, hostile_one_in(w, 2) ? "client" : "worker");
}

static void set_fingerprint(hostile_world *w, message *m, message_field f) {
  static uint8_t bytes[DIGEST_BYTES];
  memset(bytes, w->works ? 1 : 2, sizeof bytes);
  message_set_bytes(m, f, bytes, sizeof bytes);
}

static void set_capacity(hostile_world *w, message *m, message_field f) {
  message_set_integer(m, f, w->works ? hostile_below(w, 3) : 0);
}

static void set_job(hostile_world *w, message *m, message_field f) {
  static core_job_id id;
  id = w->job;
  id.bytes[0] ^= (uint8_t)(w->works || m->kind == MESSAGE_RESULT || m->kind == MESSAGE_WATCH ||
                                   m->kind == MESSAGE_ASK || m->kind == MESSAGE_FAILURE
                               ? hostile_below(w, 2)
                               : 1 + hostile_below(w, 3));
  message_set_bytes(m, f, id.bytes, JOB_ID_BYTES);
}

static void set_blob(hostile_world *w, message *m, message_field f) {
  static digest d;
  d = any_digest(w);
  message_set_bytes(m, f, d.bytes, DIGEST_BYTES);
}

static void set_size(hostile_world *w, message *m, message_field f) {
  const sample *blob = hostile_blob(w);
  for (size_t i = 0; i < HOSTILE_BLOBS && m->kind == MESSAGE_OFFER; i++) {
    if (memcmp(w->blobs[i].name.bytes, m->texts[FIELD_BLOB].bytes, DIGEST_BYTES) == 0) {
      blob = &w->blobs[i];
    }
  }
  message_set_integer(m, f, hostile_one_in(w, 5) ? hostile_number(w) : blob->length - hostile_one_in(w, 20));
}

static void set_dataset(hostile_world *w, message *m, message_field f) {
  m->texts[f] = hostile_one_in(w, 2) ? any_text(w) : slice_of(hostile_one_in(w, 2) ? "a" : "b");
  if (w->spared != NULL && m->kind != MESSAGE_DROP && m->kind != MESSAGE_COMMIT && hostile_one_in(w, 2)) {
    m->texts[f] = slice_of(w->spared);
  }
  m->has |= FIELD_BIT(f);
}

static void set_small(hostile_world *w, message *m, message_field f) {
  message_set_integer(m, f, hostile_one_in(w, 8) ? hostile_number(w) : hostile_below(w, 4));
}

static void set_often_none(hostile_world *w, message *m, message_field f) {
  message_set_integer(m, f, hostile_one_in(w, 2) ? 0 : hostile_below(w, 4));
}

static void (*const setters[FIELDS_COUNT])(hostile_world *w, message *m, message_field f) = {
    [FIELD_ROLE] = set_role,
    [FIELD_FINGERPRINT] = set_fingerprint,
    [FIELD_CAPACITY] = set_capacity,
    [FIELD_JOB] = set_job,
    [FIELD_BLOB] = set_blob,
    [FIELD_BYTES] = set_size,
    [FIELD_DATASET] = set_dataset,
    [FIELD_STAGE] = set_small,
    [FIELD_TASK] = set_small,
    [FIELD_ATTEMPT] = set_small,
    [FIELD_VERSION] = set_often_none,
    [FIELD_BY_NAME] = set_often_none,
    [FIELD_UNREADABLE] = set_often_none,
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
    [MESSAGE_FAILURE] = FIELD_BIT(FIELD_BLOB) | FIELD_BIT(FIELD_MESSAGE) | FIELD_BIT(FIELD_UNREADABLE),
};

uint64_t hostile_needed(message_kind kind) {
#define X(id, name, ways, fields, least, most) [id] = (fields),
  static const uint64_t table[MESSAGES_COUNT] = {MESSAGE_TABLE(X)};
#undef X
  return table[kind];
}

message hostile_message(hostile_world *w, message_kind kind) {
  message m = message_of(kind);
  for (message_field f = FIELD_ROLE; f < FIELDS_COUNT; f++) {
    const bool must = (hostile_needed(kind) >> f & 1) != 0;
    const bool may = (extras[kind] >> f & 1) != 0 && !hostile_one_in(w, 4);
    if (f == FIELD_REQUEST || (!must && !may)) {
      continue;
    }
    if (setters[f] != NULL && !hostile_one_in(w, 10) && !(f == FIELD_CAPACITY && w->works)) {
      setters[f](w, &m, f);
    } else if (f == FIELD_CAPACITY || (f == FIELD_DATASET && w->spared != NULL) ||
               (f == FIELD_JOB && !w->works)) {
      setters[f](w, &m, f);
    } else {
      set_any(w, &m, f);
    }
  }
  return m;
}

/* ---- Payloads ------------------------------------------------------------------------------------ */

static void put_name(hostile_world *w, buf *out) {
  uint8_t name[BLOB_NAME_BYTES];
  const sample *blob = hostile_blob(w);
  sample_name(blob, name);
  if (hostile_one_in(w, 6)) {
    name[hostile_below(w, sizeof name)] ^= (uint8_t)(1U << hostile_below(w, 8));
  }
  buf_put(out, name, sizeof name);
}

/* The sample of a manifest, whole or with some bytes altered, or cut off. */
static void put_manifest(hostile_world *w, buf *out) {
  const sample *m = &w->blobs[HOSTILE_BLOBS - 1];
  buf_put(out, m->bytes, m->length);
  for (uint64_t i = hostile_one_in(w, 2) ? hostile_below(w, 4) : 0; i > 0; i--) {
    out->data[hostile_below(w, out->length)] = (uint8_t)hostile_below(w, 256);
  }
  if (hostile_one_in(w, 8)) {
    out->length = hostile_below(w, out->length);
  }
}

void hostile_frame(hostile_world *w, message_kind kind, size_t index, buf *out) {
  static const char text[] = "definition: {}\n";
  enum { NAME, MANIFEST, BLOB, FILE_NAME, ANYTHING, TEXT, FORMS };
  uint64_t form = hostile_below(w, FORMS);
  if (!hostile_one_in(w, 4) && (kind == MESSAGE_COMMIT || kind == MESSAGE_LOAD)) {
    form = kind == MESSAGE_COMMIT ? MANIFEST : index > 0 ? FILE_NAME : TEXT;
  }
  if (kind == MESSAGE_HELLO && w->holds_little) {
    form = NAME;
  }
  buf_init(out);
  switch (form) {
    case NAME:
      put_name(w, out);
      break;
    case MANIFEST:
      put_manifest(w, out);
      break;
    case BLOB: {
      const sample *blob = hostile_blob(w);
      buf_put(out, blob->bytes, blob->length < (1 << 20) ? blob->length : 1 << 20);
      break;
    }
    case FILE_NAME:
      put_name(w, out);
      buf_put(out, "a.csv", 5);
      break;
    case ANYTHING:
      for (uint64_t i = hostile_below(w, HELD_MOST); i > 0; i--) {
        buf_put_u8(out, (uint8_t)hostile_below(w, 256));
      }
      break;
    default:
      buf_put(out, text, sizeof text - 1);
  }
}

void hostile_frames_make(hostile_world *w, message_kind kind, hostile_frames *out) {
  size_t least = 0;
  size_t most = 0;
  message_payloads(kind, &least, &most);
  const size_t top = most < HOSTILE_FRAMES_MAX ? most : HOSTILE_FRAMES_MAX;
  out->count = hostile_one_in(w, 12) ? hostile_below(w, HOSTILE_FRAMES_MAX + 1)
                                     : least + hostile_below(w, top - least + 1);
  for (size_t i = 0; i < out->count; i++) {
    hostile_frame(w, kind, i, &out->bytes[i]);
  }
}

void hostile_frames_fini(hostile_frames *f) {
  while (f->count > 0) {
    buf_fini(&f->bytes[--f->count]);
  }
}
