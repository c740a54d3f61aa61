/* Plain, gzip or zstd bytes, recognised by their first bytes, as one stream of plain ones.
 *
 * Several gzip members and zstd frames after each other are one stream (that is how logs and parallel
 * compressors write them); zeros after the last gzip member are padding.  A stream that ends early or
 * is damaged is STATUS_DATA.  Files that are not text at all (workbooks, archives) are recognised by their
 * first bytes and refused with what to do.  The digest is that of the plain bytes, so that packing a
 * file leaves no trace in a report.
 */
#ifndef CANVASS_READING_UNPACK_H
#define CANVASS_READING_UNPACK_H

#include "base/text.h"
#include "reading/raw.h"

typedef struct unpacker unpacker;

/* RAW is borrowed; TITLE names the file in messages. */
status unpack_open(raw_file *raw, const char *title, unpacker **out, error *err) MUST_USE;
void unpack_close(unpacker *u);
/* Up to CAPACITY bytes into OUT; *GOT is 0 only at the end. */
status unpack_read(unpacker *u, uint8_t *out, size_t capacity, size_t *got, error *err) MUST_USE;
/* After the end: digest and number of the plain bytes. */
void unpack_finish(unpacker *u, digest *sha256, uint64_t *bytes);
bool unpack_is_packed(const unpacker *u);
/* NAME without .gz or .zst when the file is packed.  Borrowed from NAME. */
slice unpack_name(const unpacker *u, const char *name);
/* NAME without .gz or .zst. */
slice unpacked_name(slice name);

#endif
