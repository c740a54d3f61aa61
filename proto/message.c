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
  assert(fields[field].type == BYTES);
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
  return error_set(err, st == STATUS_OK ? STATUS_PROTOCOL : st, "%.*s", SLICE_ARG(text));
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static int pack_bytes(void *out, const char *bytes, size_t length) {
  buf_put(out, bytes, length);
  return 0;
}

static void pack_text(msgpack_packer *pk, slice s) {
  msgpack_pack_str(pk, s.length);
  msgpack_pack_str_body(pk, s.bytes, s.length);
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
    if (!(m->has & FIELD_BIT(f))) {
      continue;
    }
    pack_text(&pk, slice_of(fields[f].name));
    slice v = m->texts[f];
    if (fields[f].type == INTEGER) {
      msgpack_pack_uint64(&pk, m->integers[f]);
    } else if (fields[f].type == TEXT) {
      pack_text(&pk, v.length > MESSAGE_TEXT_MAX ? (slice){v.bytes, MESSAGE_TEXT_MAX} : v);
    } else {
      msgpack_pack_bin(&pk, v.length);
      msgpack_pack_bin_body(&pk, v.bytes, v.length);
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
  for (size_t i = 0; at && i < bytes; i++) {
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
  return (value){.type = type, .text = {bytes ? (const char *)bytes : "", bytes ? (size_t)length : 0}};
}

/* One scalar: the msgpack forms of unsigned integers, booleans, str and bin. */
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
  if (tag == 0xde) {
    return read_big(r, 2);
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

static void take_field(reader *r, message *out, int f, const value *v) {
  if (fields[f].type != v->type) {
    reader_fail(r, "a field of the wrong type");
    return;
  }
  if (out->has & FIELD_BIT(f)) {
    reader_fail(r, "a field that stands twice");
    return;
  }
  out->has |= FIELD_BIT(f);
  out->integers[f] = v->integer;
  out->texts[f] = v->text;
}

status message_decode(const void *bytes, size_t length, message *out, error *err) {
  *out = (message){0};
  if (length > MESSAGE_HEADER_MAX) {
    return error_set(err, STATUS_PROTOCOL, "message header of %zu bytes; at most %d are allowed", length,
                     (int)MESSAGE_HEADER_MAX);
  }
  reader r;
  reader_init(&r, bytes, length);
  int kind = -1;
  uint64_t version = 0;
  slice kind_name = {"", 0};
  for (uint64_t left = read_map(&r); left > 0 && !r.problem; left--) {
    const value key = read_value(&r);
    const value v = read_value(&r);
    const int f = key.type == TEXT ? find_field(key.text) : -1;
    if (key.type == TEXT && slice_equal(key.text, slice_of("v"))) {
      version = v.integer;
    } else if (key.type == TEXT && slice_equal(key.text, slice_of("k")) && v.type == TEXT) {
      kind_name = v.text;
      kind = find_kind(v.text);
    } else if (f >= 0) {
      take_field(&r, out, f, &v);
    }
  }
  if (reader_finish(&r, "message header", err) != STATUS_OK) {
    if (err) {
      err->code = STATUS_PROTOCOL;
    }
    return STATUS_PROTOCOL;
  }
  if (version != PROTOCOL_VERSION && kind != MESSAGE_REFUSED) {
    return error_set(err, STATUS_PROTOCOL,
                     "protocol version %llu, but this canvass speaks version %d: install the same release on "
                     "all machines",
                     (unsigned long long)version, (int)PROTOCOL_VERSION);
  }
  if (kind < 0) {
    return error_set(err, STATUS_PROTOCOL, "unknown message kind '%.*s'",
                     kind_name.length < 40 ? (int)kind_name.length : 40, kind_name.bytes);
  }
  out->kind = (message_kind)kind;
  const uint64_t missing = kinds[kind].fields & ~out->has;
  if (missing) {
    return error_set(err, STATUS_PROTOCOL, "message '%s' lacks the field '%s'", kinds[kind].name,
                     fields[__builtin_ctzll(missing)].name);
  }
  return STATUS_OK;
}
