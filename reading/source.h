/* A file as a stream of UTF-8 text, whatever it is on disk.
 *
 * Blocks (raw.h), unpacked (unpack.h), without byte-order mark, converted to UTF-8 where an encoding is
 * stated or a mark tells one (encoding.h).  Text that claims to be UTF-8 is passed on unchecked.
 */
#ifndef CANVASS_READING_SOURCE_H
#define CANVASS_READING_SOURCE_H

#include "base/text.h"
#include "reading/raw.h"

typedef struct csv_source csv_source;

/* CALLED names the file in messages.  ENCODING as in csv_options; STOP as in csv_raw_open. */
status csv_source_open(const char *path, const char *called, const char *encoding, const atomic_bool *stop,
                       csv_source **out, error *err) MUST_USE;
void csv_source_close(csv_source *s);
/* Up to CAPACITY bytes into OUT; *GOT is 0 only at the end. */
status csv_source_read(csv_source *s, uint8_t *out, size_t capacity, size_t *got, error *err) MUST_USE;
/* After the end: digest and number of the file's bytes, unpacked but not converted. */
void csv_source_finish(csv_source *s, digest *sha256, uint64_t *bytes);
slice csv_source_name(const csv_source *s, const char *name); /* as csv_unpack_name */
uint64_t csv_source_position(const csv_source *s);            /* bytes on disk read so far */
const char *csv_source_title(const csv_source *s);            /* what messages call the file */

#endif
