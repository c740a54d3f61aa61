/* Character encodings: common names, byte-order marks, conversion to UTF-8, and a guess.
 *
 * A byte-order mark is removed and takes precedence over the stated encoding.  Conversion uses iconv and is
 * strict: invalid bytes are STATUS_DATA, with file, line and byte.
 */
#ifndef CANVASS_READING_ENCODING_H
#define CANVASS_READING_ENCODING_H

#include <stdint.h>

#include "base/status.h"

enum { ENCODING_GUESS_BYTES = 512 };

/* The encoding given by a byte-order mark at the start of BYTES, and the mark's length; NULL: none. */
const char *encoding_mark(const uint8_t *bytes, size_t length, size_t *mark_bytes);
/* The superset that is meant in practice by NAME (GBK: GB18030; EUC-KR: CP949; ...), NULL for UTF-8 (and
 * for NULL), NAME itself when it has no alias. */
const char *encoding_resolve(const char *name);
/* UTF-16LE or UTF-16BE where the first ENCODING_GUESS_BYTES of a file (or all it has) can hardly be anything
 * else; NULL: no.  It needs characters of ASCII: delimiters, digits, line ends. */
const char *encoding_guess_utf16(const uint8_t *bytes, size_t length);
/* Whether bytes below 0x80 mean the same in ENCODING (as resolved) as in UTF-8, second bytes apart. */
bool encoding_keeps_ascii(const char *encoding);

/* Watches bytes that ENCODING is stated for: are they UTF-8?  Zeroed but for ENCODING at first. */
typedef struct encoding_watch {
  const char *encoding;
  uint32_t due;        /* bytes that the character in hand still needs */
  uint64_t characters; /* beyond ASCII */
  bool is_other;
} encoding_watch;
void encoding_watch_bytes(encoding_watch *w, const uint8_t *bytes, size_t length);
/* They are, and there were enough characters beyond ASCII that this is no accident. */
bool encoding_watch_is_utf8(const encoding_watch *w);

/* The probable encoding of bytes that are not UTF-8, as a sentence that says what to do.  Static. */
const char *encoding_hint(const uint8_t *bytes, size_t length);
/* Its name, static; NULL: they do not look like text. */
const char *encoding_guess(const uint8_t *bytes, size_t length);

typedef struct converter converter;

/* ENCODING: as resolved.  TITLE names the file in messages and is borrowed.  An unknown encoding is
 * STATUS_SPECIFICATION. */
status converter_open(const char *encoding, const char *title, converter **out, error *err) MUST_USE;
void converter_close(converter *c);
/* Converts from *IN (advanced) into OUT; *PRODUCED bytes.  Stops when either is used up or what is left
 * of *IN is the beginning of a character. */
status converter_run(converter *c, const uint8_t **in, size_t *in_bytes, uint8_t *out, size_t capacity,
                     size_t *produced, error *err) MUST_USE;
/* The error for LEFT bytes of an unfinished character at the end of the file; STATUS_OK when 0. */
status converter_finish(const converter *c, size_t left, error *err) MUST_USE;

#endif
