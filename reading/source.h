/* A file as a stream of UTF-8 text, whatever it is on disk.
 *
 * Blocks (raw.h), unpacked (unpack.h), without byte-order mark, converted to UTF-8 where an encoding is
 * stated, given by a mark, or shown by the zeros of UTF-16 (encoding.h).  Text that claims to be UTF-8 is
 * passed on unchecked.  Formats that are not text take the unpacked bytes as they are.
 */
#ifndef CANVASS_READING_SOURCE_H
#define CANVASS_READING_SOURCE_H

#include "base/file_facts.h"
#include "base/text.h"
#include "reading/raw.h"

enum { SOURCE_HEAD_BYTES = 4096 };

typedef struct text_source text_source;

/* CALLED names the file in messages.  ENCODING as in reading_options; STOP as in raw_open. */
status source_open(const char *path, const char *called, const char *encoding, const atomic_bool *stop,
                   text_source **out, error *err) MUST_USE;
void source_close(text_source *s);
/* Up to CAPACITY bytes into OUT; *GOT is 0 only at the end. */
status source_read(text_source *s, uint8_t *out, size_t capacity, size_t *got, error *err) MUST_USE;
/* The first bytes of the text, at most SOURCE_HEAD_BYTES, before any is read. */
status source_head(text_source *s, slice *head, error *err) MUST_USE;
/* The first unpacked bytes as they are on disk, ENCODING_GUESS_BYTES of them where the file has so many;
 * before any is read. */
slice source_first_bytes(const text_source *s);
/* What is read will be the unpacked bytes as they are, also after source_restart; before any is read. */
void source_take_bytes(text_source *s);
/* What the source was opened with, and whether the file is packed: for formats that seek in it. */
const char *source_path(const text_source *s);
const atomic_bool *source_stop(const text_source *s);
bool source_is_packed(const text_source *s);
/* Back to the start, to read the file again.  STATUS_DATA when it is a pipe. */
status source_restart(text_source *s, error *err) MUST_USE;
/* After the end: digest and number of the file's bytes, unpacked but not converted. */
void source_finish(text_source *s, digest *sha256, uint64_t *bytes);
slice source_name(const text_source *s, const char *name); /* as unpack_name */
uint64_t source_position(const text_source *s);            /* bytes on disk read so far */
const char *source_title(const text_source *s);            /* what messages call the file */
uint64_t source_size(const text_source *s);                /* bytes on disk; 0: unknown */
uint32_t source_notices(
    const text_source *s); /* bits of file_notice: what was found of the encoding so far */

#endif
