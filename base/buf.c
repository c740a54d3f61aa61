/* Growing byte buffers and bounds-checked readers; the rules of the two are in the header. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256, VARINT_BYTES_MAX = 10, EXACT_BYTES = EXACT_LIMBS * 8, I128_BYTES = 16 };

void buf_init(buf *b) {
  *b = (buf){0};
}

void buf_fini(buf *b) {
  free(b->data);
  *b = (buf){0};
}

void buf_clear(buf *b) {
  b->length = 0;
  b->failed = false;
}

uint8_t *buf_take(buf *b, size_t *length) {
  uint8_t *data = b->data;
  *length = b->length;
  *b = (buf){0};
  return data;
}

bool buf_reserve(buf *b, size_t more) {
  if (b->failed) {
    return false;
  }
  if (more <= b->capacity - b->length) {
    return true;
  }
  size_t needed;
  if (__builtin_add_overflow(b->length, more, &needed) || needed > PTRDIFF_MAX) {
    b->failed = true;
    return false;
  }
  size_t capacity = b->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : b->capacity + b->capacity / 2;
  if (capacity < needed) {
    capacity = needed;
  }
  uint8_t *data = realloc(b->data, capacity);
  if (data == NULL) {
    b->failed = true;
    return false;
  }
  b->data = data;
  b->capacity = capacity;
  return true;
}

void buf_put(buf *b, const void *bytes, size_t length) {
  if (length > 0 && buf_reserve(b, length)) {
    memcpy(b->data + b->length, bytes, length);
    b->length += length;
  }
}

void buf_put_u8(buf *b, uint8_t v) {
  buf_put(b, &v, 1);
}

static void put_little_endian(buf *b, uint64_t v, unsigned width) {
  uint8_t bytes[8];
  for (unsigned i = 0; i < width; i++) {
    bytes[i] = (uint8_t)(v >> (8 * i));
  }
  buf_put(b, bytes, width);
}

void buf_put_u16(buf *b, uint16_t v) {
  put_little_endian(b, v, 2);
}

void buf_put_u32(buf *b, uint32_t v) {
  put_little_endian(b, v, 4);
}

void buf_put_u64(buf *b, uint64_t v) {
  put_little_endian(b, v, 8);
}

/* Partials are made of millions of these: they are written where they will stand. */
void buf_put_varint(buf *b, uint64_t v) {
  if (!buf_reserve(b, VARINT_BYTES_MAX)) {
    return;
  }
  uint8_t *at = b->data + b->length;
  while (v >= 0x80) {
    *at++ = (uint8_t)(v | 0x80);
    v >>= 7;
  }
  *at++ = (uint8_t)v;
  b->length = (size_t)(at - b->data);
}

void buf_put_signed(buf *b, int64_t v) {
  const uint64_t sign = v < 0 ? UINT64_MAX : 0;
  buf_put_varint(b, ((uint64_t)v << 1) ^ sign);
}

void buf_put_i128(buf *b, i128 v) {
  const exact wide = exact_from_i128(v);
  buf_put_exact(b, &wide);
}

/* The least number of bytes whose sign extension restores all EXACT_BYTES; none for zero. */
static unsigned minimal_length(const uint8_t bytes[EXACT_BYTES]) {
  const uint8_t fill = bytes[EXACT_BYTES - 1] >> 7 != 0 ? 0xff : 0;
  unsigned length = EXACT_BYTES;
  while (length > 0 && bytes[length - 1] == fill) {
    length--;
  }
  const bool sign_lost = length == 0 ? fill != 0 : (bytes[length - 1] ^ fill) >> 7 != 0;
  return length + sign_lost;
}

void buf_put_exact(buf *b, const exact *v) {
  uint8_t bytes[EXACT_BYTES];
  for (unsigned i = 0; i < EXACT_BYTES; i++) {
    bytes[i] = (uint8_t)(v->limb[i / 8] >> (8 * (i % 8)));
  }
  const unsigned length = minimal_length(bytes);
  buf_put_u8(b, (uint8_t)length);
  buf_put(b, bytes, length);
}

void buf_put_slice(buf *b, slice s) {
  buf_put_varint(b, s.length);
  buf_put(b, s.bytes, s.length);
}

void buf_put_text(buf *b, const char *terminated) {
  buf_put(b, terminated, strlen(terminated));
}

void buf_printf(buf *b, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  va_list again;
  va_copy(again, arguments);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0) {
    b->failed = true;
  } else if (buf_reserve(b, (size_t)length + 1)) {
    vsnprintf((char *)b->data + b->length, (size_t)length + 1, format, again);
    b->length += (size_t)length;
  }
  va_end(again);
}

status buf_status(const buf *b, const char *what, error *err) {
  return b->failed ? error_no_memory(err, what) : STATUS_OK;
}

status buf_finish_canonical(buf *again, const void *bytes, size_t length, const char *what, error *err) {
  const bool same = again->length == length && (length == 0 || memcmp(again->data, bytes, length) == 0);
  status st = buf_status(again, what, err);
  buf_fini(again);
  if (st == STATUS_OK && !same) {
    st = error_set(err, STATUS_CORRUPT, "%s: not in canonical form", what);
  }
  return st;
}

void reader_init(reader *r, const void *bytes, size_t length) {
  r->at = bytes;
  r->end = length > 0 ? r->at + length : r->at;
  r->problem = NULL;
}

size_t reader_left(const reader *r) {
  return (size_t)(r->end - r->at);
}

void reader_fail(reader *r, const char *problem) {
  if (r->problem == NULL) {
    r->problem = problem;
    r->at = r->end;
  }
}

const uint8_t *reader_bytes(reader *r, size_t length) {
  if (r->problem != NULL) {
    return NULL;
  }
  if (length > reader_left(r)) {
    reader_fail(r, "ends too early");
    return NULL;
  }
  static const uint8_t none[1] = {0};
  const uint8_t *bytes = r->at != NULL ? r->at : none;
  if (length > 0) {
    r->at += length;
  }
  return bytes;
}

static uint64_t read_little_endian(reader *r, unsigned width) {
  const uint8_t *bytes = reader_bytes(r, width);
  uint64_t v = 0;
  for (unsigned i = 0; bytes != NULL && i < width; i++) {
    v |= (uint64_t)bytes[i] << (8 * i);
  }
  return v;
}

uint8_t reader_u8(reader *r) {
  return (uint8_t)read_little_endian(r, 1);
}

bool reader_flag(reader *r) {
  const uint8_t flag = reader_u8(r);
  if (flag > 1) {
    reader_fail(r, "a flag that is neither 0 nor 1");
  }
  return flag == 1;
}

uint16_t reader_u16(reader *r) {
  return (uint16_t)read_little_endian(r, 2);
}

uint32_t reader_u32(reader *r) {
  return (uint32_t)read_little_endian(r, 4);
}

uint64_t reader_u64(reader *r) {
  return read_little_endian(r, 8);
}

static uint64_t read_long_varint(reader *r) {
  uint64_t v = 0;
  for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
    const uint8_t *at = reader_bytes(r, 1);
    if (at == NULL) {
      return 0;
    }
    const uint8_t byte = *at;
    if (i == VARINT_BYTES_MAX - 1 && byte > 1) {
      break;
    }
    v |= (uint64_t)(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      if (byte == 0 && i > 0) {
        reader_fail(r, "a number is longer than it needs to be");
        return 0;
      }
      return v;
    }
  }
  reader_fail(r, "a number has more than 64 bits");
  return 0;
}

uint64_t reader_varint(reader *r) {
  const size_t left = r->problem == NULL ? reader_left(r) : 0;
  if (left >= 1 && r->at[0] < 0x80) {
    return *r->at++;
  }
  if (left >= 2 && r->at[1] < 0x80 && r->at[1] != 0) {
    const uint64_t v = (uint64_t)(r->at[0] & 0x7f) | (uint64_t)r->at[1] << 7;
    r->at += 2;
    return v;
  }
  return read_long_varint(r);
}

int64_t reader_signed(reader *r) {
  const uint64_t v = reader_varint(r);
  return (int64_t)((v >> 1) ^ (0 - (v & 1)));
}

static void read_exact(reader *r, unsigned bytes_max, exact *out) {
  *out = (exact){{0}};
  const uint8_t length = reader_u8(r);
  if (length > bytes_max) {
    reader_fail(r, "a whole number has too many bytes");
    return;
  }
  const uint8_t *bytes = reader_bytes(r, length);
  if (bytes == NULL || length == 0) {
    return;
  }
  uint8_t wide[EXACT_BYTES];
  memset(wide, bytes[length - 1] >> 7 != 0 ? 0xff : 0, sizeof wide);
  memcpy(wide, bytes, length);
  if (minimal_length(wide) != length) {
    reader_fail(r, "a whole number is longer than it needs to be");
    return;
  }
  for (unsigned i = 0; i < EXACT_BYTES; i++) {
    out->limb[i / 8] |= (uint64_t)wide[i] << (8 * (i % 8));
  }
}

i128 reader_i128(reader *r) {
  exact wide;
  read_exact(r, I128_BYTES, &wide);
  return (i128)((u128)wide.limb[1] << 64 | wide.limb[0]);
}

void reader_exact(reader *r, exact *out) {
  read_exact(r, EXACT_BYTES, out);
}

uint64_t reader_count(reader *r, uint64_t max) {
  const uint64_t count = reader_varint(r);
  if (count > max) {
    reader_fail(r, "a count is above its limit");
    return 0;
  }
  return count;
}

uint64_t reader_count_of(reader *r, uint64_t max, size_t bytes_each) {
  const uint64_t count = reader_count(r, max);
  if (bytes_each > 0 && count > reader_left(r) / bytes_each) {
    reader_fail(r, "a count is above what the bytes can hold");
    return 0;
  }
  return count;
}

slice reader_slice(reader *r, size_t max) {
  const size_t length = (size_t)reader_count(r, max);
  const uint8_t *bytes = reader_bytes(r, length);
  return bytes == NULL ? (slice){"", 0} : (slice){(const char *)bytes, length};
}

slice reader_text(reader *r, size_t max, arena *memory) {
  const slice s = reader_slice(r, max);
  if (text_utf8_check(s.bytes, s.length) < s.length) {
    reader_fail(r, "a text is not UTF-8");
    return (slice){"", 0};
  }
  return arena_slice(memory, s);
}

void reader_copy(reader *r, void *out, size_t length) {
  const uint8_t *bytes = reader_bytes(r, length);
  if (bytes != NULL) {
    memcpy(out, bytes, length);
  }
}

status reader_finish(reader *r, const char *what, error *err) {
  if (r->problem == NULL && r->at != r->end) {
    reader_fail(r, "bytes are left over at the end");
  }
  return reader_status(r, what, err);
}

status reader_status(const reader *r, const char *what, error *err) {
  return r->problem == NULL ? STATUS_OK : error_set(err, STATUS_CORRUPT, "%s: %s", what, r->problem);
}
