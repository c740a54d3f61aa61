/* Bytes being written (`buf`) and bytes being read (`reader`).
 *
 * Both have a sticky failure: after the first one every put does nothing and every get returns zero,
 * so encoders and decoders read straight down and check once at the end.  A reader never reads past
 * its end, and treats its input as hostile: counts come with the largest value that is allowed.
 * Integers are little-endian; varints are LEB128, signed ones zigzag.
 */
#ifndef CANVASS_BASE_BUF_H
#define CANVASS_BASE_BUF_H

#include <stdint.h>

#include "base/arena.h"
#include "base/exact.h"
#include "base/status.h"
#include "base/text.h"

typedef struct buf {
  uint8_t *data;
  size_t length;
  size_t capacity;
  bool failed; /* an allocation failed; data is still valid and owned */
} buf;

void buf_init(buf *b);
void buf_fini(buf *b); /* frees; harmless on a zeroed buf and when called twice */
void buf_clear(buf *b);
/* Hands the bytes to the caller (free()) and leaves B empty. */
uint8_t *buf_take(buf *b, size_t *length);
bool buf_reserve(buf *b, size_t more); /* false: failed */
void buf_put(buf *b, const void *bytes, size_t length);
void buf_put_u8(buf *b, uint8_t v);
void buf_put_u16(buf *b, uint16_t v);
void buf_put_u32(buf *b, uint32_t v);
void buf_put_u64(buf *b, uint64_t v);
void buf_put_varint(buf *b, uint64_t v);
void buf_put_signed(buf *b, int64_t v);
void buf_put_i128(buf *b, i128 v);          /* length byte, then minimal two's complement */
void buf_put_exact(buf *b, const exact *v); /* the same form; the two agree on small values */
void buf_put_slice(buf *b, slice s);        /* varint length, bytes */
void buf_put_text(buf *b, const char *terminated);
/* S as readers may see it, on one line: what is not harmless (text_harmless) becomes visible, \u001b or
 * \u202e as in JSON, bytes that are not UTF-8 \x9b.  What was shown before stays as it is. */
void buf_put_shown(buf *b, slice s);
void buf_printf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* STATUS_OK, or STATUS_NO_MEMORY with the message "WHAT: out of memory". */
status buf_status(const buf *b, const char *what, error *err) MUST_USE;
/* A decoder's last question, where equal objects have equal bytes: does AGAIN, what its encoder writes, hold
 * the LENGTH bytes that were read?  Frees AGAIN.  STATUS_CORRUPT with "WHAT: not in canonical form", or as
 * above. */
status buf_finish_canonical(buf *again, const void *bytes, size_t length, const char *what,
                            error *err) MUST_USE;

typedef struct reader {
  const uint8_t *at;
  const uint8_t *end;
  const char *problem; /* NULL while all is well; a static sentence afterwards */
} reader;

void reader_init(reader *r, const void *bytes, size_t length);
size_t reader_left(const reader *r);
void reader_fail(reader *r, const char *problem); /* the first problem stays */
uint8_t reader_u8(reader *r);
bool reader_flag(reader *r); /* a byte that is 0 or 1 */
uint16_t reader_u16(reader *r);
uint32_t reader_u32(reader *r);
uint64_t reader_u64(reader *r);
uint64_t reader_varint(reader *r); /* only the shortest form is well-formed */
int64_t reader_signed(reader *r);
i128 reader_i128(reader *r);
void reader_exact(reader *r, exact *out);
/* A varint of at most MAX; more is a failure. */
uint64_t reader_count(reader *r, uint64_t max);
/* COUNT as above, and at least COUNT * BYTES_EACH bytes must be left: safe to allocate for. */
uint64_t reader_count_of(reader *r, uint64_t max, size_t bytes_each);
const uint8_t *reader_bytes(reader *r, size_t length); /* borrowed; NULL after a failure */
slice reader_slice(reader *r, size_t max);             /* borrowed */
/* The same, which must be UTF-8, copied into MEMORY. */
slice reader_text(reader *r, size_t max, arena *memory);
void reader_copy(reader *r, void *out, size_t length); /* untouched after a failure */
/* Fails when bytes are left over.  STATUS_CORRUPT with "WHAT: problem". */
status reader_finish(reader *r, const char *what, error *err) MUST_USE;
/* The same without asking for the end. */
status reader_status(const reader *r, const char *what, error *err) MUST_USE;

#endif
