/* Header frames: packed by msgpack-c, read by a bounded reader that walks one flat map. */
#include "proto/message.h"

#include <assert.h>
#include <msgpack/pack.h>
#include <string.h>

typedef enum field_type { INTEGER, TEXT, BYTES } field_type;

static const struct {
  const char *name;
  field_type type;
} fields[FIELDS_COUNT] = {
#define X(id, name, type) [id] = {name, type},
    FIELD_TABLE(X)
#undef X
};

static const struct {
  const char *name;
  unsigned ways;
  uint64_t fields;
  size_t least, most;
} kinds[MESSAGES_COUNT] = {
#define X(id, name, ways, fields, least, most) [id] = {name, ways, fields, least, most},
    MESSAGE_TABLE(X)
#undef X
};

message message_of(message_kind kind) {
  return (message){.kind = kind};
}

void message_set_integer(message *m, message_field field, uint64_t v) {
  assert(fields[field].type == INTEGER);
  m->integers[field] = v;
  m->has |= FIELD_BIT(field);
}

void message_set_text(message *m, message_field field, const char *v) {
  assert(fields[field].type == TEXT);
  m->texts[field] = slice_of(v);
  m->has |= FIELD_BIT(field);
}

void message_set_bytes(message *m, message_field field, const void *bytes, size_t length) {
  assert(fields[field].type == BYTES && length <= MESSAGE_TEXT_MAX);
  m->texts[field] = (slice){bytes, length};
  m->has |= FIELD_BIT(field);
}

const char *message_kind_name(message_kind kind) {
  return kinds[kind].name;
}

unsigned message_ways(message_kind kind) {
  return kinds[kind].ways;
}

void message_payloads(message_kind kind, size_t *least, size_t *most) {
  *least = kinds[kind].least;
  *most = kinds[kind].most;
}

status message_failure(const message *m, error *err) {
  char name[32];
  const slice code = m->texts[FIELD_STATUS];
  const slice text = m->has & FIELD_BIT(FIELD_MESSAGE) ? m->texts[FIELD_MESSAGE] : (slice){"", 0};
  const size_t length = m->has & FIELD_BIT(FIELD_STATUS) && code.length < sizeof name ? code.length : 0;
  if (length > 0) {
    memcpy(name, code.bytes, length);
  }
  name[length] = '\0';
  const status st = status_from_name(name);
  buf shown;
  buf_init(&shown);
  buf_put_shown(&shown, text);
  error_set(err, st == STATUS_OK ? STATUS_PROTOCOL : st, "%.*s", (int)shown.length,
            shown.length > 0 ? (const char *)shown.data : "");
  buf_fini(&shown);
  return st == STATUS_OK ? STATUS_PROTOCOL : st;
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static int pack_bytes(void *out, const char *bytes, size_t length) {
  buf_put(out, bytes, length);
  return 0;
}

static void pack_text(msgpack_packer *pk, slice text) {
  slice left = text_cut(text, MESSAGE_TEXT_MAX);
  msgpack_pack_str(pk, left.length);
  while (left.length > 0) {
    const size_t good = text_utf8_check(left.bytes, left.length);
    msgpack_pack_str_body(pk, left.bytes, good);
    left = (slice){left.bytes + good, left.length - good};
    if (left.length > 0) {
      msgpack_pack_str_body(pk, "?", 1);
      left = (slice){left.bytes + 1, left.length - 1};
    }
  }
}

static void pack_field(msgpack_packer *pk, const message *m, int f) {
  pack_text(pk, slice_of(fields[f].name));
  const slice v = m->texts[f];
  switch (fields[f].type) {
    case INTEGER:
      msgpack_pack_uint64(pk, m->integers[f]);
      break;
    case TEXT:
      pack_text(pk, v);
      break;
    case BYTES:
      msgpack_pack_bin(pk, v.length);
      msgpack_pack_bin_body(pk, v.bytes, v.length);
      break;
  }
}

void message_encode(const message *m, buf *out) {
  msgpack_packer pk;
  msgpack_packer_init(&pk, out, pack_bytes);
  msgpack_pack_map(&pk, 2 + (size_t)__builtin_popcountll(m->has));
  pack_text(&pk, slice_of("v"));
  msgpack_pack_uint64(&pk, PROTOCOL_VERSION);
  pack_text(&pk, slice_of("k"));
  pack_text(&pk, slice_of(kinds[m->kind].name));
  for (int f = 0; f < FIELDS_COUNT; f++) {
    if (m->has & FIELD_BIT(f)) {
      pack_field(&pk, m, f);
    }
  }
}

/* ---- Reading ------------------------------------------------------------------------------------- */

typedef struct value {
  field_type type;
  uint64_t integer;
  slice text;
} value;

static uint64_t read_big(reader *r, size_t bytes) {
  uint64_t v = 0;
  const uint8_t *at = reader_bytes(r, bytes);
  for (size_t i = 0; at != NULL && i < bytes; i++) {
    v = v << 8 | at[i];
  }
  return v;
}

static value read_run(reader *r, field_type type, uint64_t length) {
  if (length > MESSAGE_TEXT_MAX) {
    reader_fail(r, "a text or byte string that is too long");
    return (value){.type = type};
  }
  const uint8_t *bytes = reader_bytes(r, (size_t)length);
  const slice run = {bytes != NULL ? (const char *)bytes : "", bytes != NULL ? (size_t)length : 0};
  if (type == TEXT && text_utf8_check(run.bytes, run.length) != run.length) {
    reader_fail(r, "a text that is not UTF-8");
  }
  return (value){.type = type, .text = run};
}

/* The signed forms: some languages write them for integers that are not negative. */
static value read_signed(reader *r, size_t bytes) {
  const uint64_t v = read_big(r, bytes);
  if (v >> (8 * bytes - 1)) {
    reader_fail(r, "a negative integer");
  }
  return (value){.type = INTEGER, .integer = v};
}

/* One scalar: the msgpack forms of integers from 0 on, booleans, str and bin. */
static value read_value(reader *r) {
  const uint8_t tag = reader_u8(r);
  if (tag <= 0x7f) {
    return (value){.type = INTEGER, .integer = tag};
  }
  if (tag >= 0xa0 && tag <= 0xbf) {
    return read_run(r, TEXT, tag & 0x1f);
  }
  switch (tag) {
    case 0xc2:
    case 0xc3:
      return (value){.type = INTEGER, .integer = tag & 1};
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return read_run(r, BYTES, read_big(r, (size_t)1 << (tag - 0xc4)));
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
      return (value){.type = INTEGER, .integer = read_big(r, (size_t)1 << (tag - 0xcc))};
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      return read_signed(r, (size_t)1 << (tag - 0xd0));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return read_run(r, TEXT, read_big(r, (size_t)1 << (tag - 0xd9)));
    default:
      reader_fail(r, "a value that is neither an unsigned integer, a text nor bytes");
      return (value){0};
  }
}

static uint64_t read_map(reader *r) {
  const uint8_t tag = reader_u8(r);
  if ((tag & 0xf0) == 0x80) {
    return tag & 0x0f;
  }
  if (tag == 0xde || tag == 0xdf) {
    return read_big(r, tag == 0xde ? 2 : 4);
  }
  reader_fail(r, "the header is not a map");
  return 0;
}

static int find_field(slice name) {
  for (int f = 0; f < FIELDS_COUNT; f++) {
    if (slice_equal(name, slice_of(fields[f].name))) {
      return f;
    }
  }
  return -1;
}

static int find_kind(slice name) {
  for (int k = 0; k < MESSAGES_COUNT; k++) {
    if (slice_equal(name, slice_of(kinds[k].name))) {
      return k;
    }
  }
  return -1;
}

/* What every header has besides its fields. */
typedef struct heading {
  bool has_version, has_kind;
  uint64_t version;
  slice kind;
} heading;

/* Notes that a field is present, once and of the right type. */
static bool stands_once(reader *r, bool already, field_type wanted, const value *v) {
  if (already) {
    reader_fail(r, "a field that occurs twice");
  } else if (v->type != wanted) {
    reader_fail(r, "a field of the wrong type");
  }
  return r->problem == NULL;
}

static void take_field(reader *r, message *out, int f, const value *v) {
  if (stands_once(r, out->has & FIELD_BIT(f), fields[f].type, v)) {
    out->has |= FIELD_BIT(f);
    out->integers[f] = v->integer;
    out->texts[f] = v->text;
  }
}

static void read_pair(reader *r, heading *h, message *out) {
  const value key = read_value(r);
  if (key.type != TEXT) {
    reader_fail(r, "a key that is not a text");
  }
  const value v = read_value(r);
  if (r->problem != NULL) {
    return;
  }
  const int f = find_field(key.text);
  if (slice_equal(key.text, slice_of("v"))) {
    if (stands_once(r, h->has_version, INTEGER, &v)) {
      h->has_version = true;
      h->version = v.integer;
    }
  } else if (slice_equal(key.text, slice_of("k"))) {
    if (stands_once(r, h->has_kind, TEXT, &v)) {
      h->has_kind = true;
      h->kind = v.text;
    }
  } else if (f >= 0) {
    take_field(r, out, f, &v);
  }
}

/* A peer's name of a kind is quoted only where it can do no harm on a terminal. */
static status unknown_kind(slice name, error *err) {
  for (size_t i = 0; i < name.length; i++) {
    if ((name.bytes[i] < 'a' || name.bytes[i] > 'z') && name.bytes[i] != '-') {
      name.length = 0;
    }
  }
  return error_set(err, STATUS_PROTOCOL, "unknown message kind '%.*s'",
                   name.length < 40 ? (int)name.length : 40, name.bytes);
}

static status check_heading(const heading *h, message *out, error *err) {
  if (!h->has_version || !h->has_kind) {
    return error_set(err, STATUS_PROTOCOL, "message header lacks '%s'", h->has_version ? "k" : "v");
  }
  const int kind = find_kind(h->kind);
  if (h->version != PROTOCOL_VERSION && kind != MESSAGE_REFUSED) {
    return error_set(err, STATUS_PROTOCOL,
                     "protocol version %llu, but this canvass speaks version %d: install the same release on "
                     "all machines",
                     (unsigned long long)h->version, (int)PROTOCOL_VERSION);
  }
  if (kind < 0) {
    return unknown_kind(h->kind, err);
  }
  out->kind = (message_kind)kind;
  const uint64_t missing = kinds[kind].fields & ~out->has;
  if (missing && h->version == PROTOCOL_VERSION) {
    return error_set(err, STATUS_PROTOCOL, "message '%s' lacks the field '%s'", kinds[kind].name,
                     fields[__builtin_ctzll(missing)].name);
  }
  return STATUS_OK;
}

static status decode(const void *bytes, size_t length, message *out, error *err) {
  if (length > MESSAGE_HEADER_MAX) {
    return error_set(err, STATUS_PROTOCOL, "message header of %zu bytes; at most %d are allowed", length,
                     (int)MESSAGE_HEADER_MAX);
  }
  reader r;
  reader_init(&r, bytes, length);
  heading h = {0};
  for (uint64_t left = read_map(&r); left > 0 && r.problem == NULL; left--) {
    read_pair(&r, &h, out);
  }
  if (reader_finish(&r, "message header", err) != STATUS_OK) {
    if (err != NULL) {
      err->code = STATUS_PROTOCOL;
    }
    return STATUS_PROTOCOL;
  }
  return check_heading(&h, out, err);
}

status message_decode(const void *bytes, size_t length, message *out, error *err) {
  *out = (message){0};
  const status st = decode(bytes, length, out, err);
  if (st != STATUS_OK) {
    const uint64_t request = out->integers[FIELD_REQUEST];
    *out = (message){.has = out->has & FIELDS_REQUEST};
    out->integers[FIELD_REQUEST] = request;
  }
  return st;
}
