/* The bytes of a file as they are on disk, block by block, and their SHA-256, computed on a separate thread.
 *
 * The reader fills one of a few blocks and returns it; the hashing thread follows and a block
 * is filled again only when it has been hashed.  So hashing costs no time of the reader's, and memory
 * is at most RAW_BLOCKS blocks whatever the file's size.  One thread reads; any thread may ask for the
 * position.
 */
#ifndef CANVASS_READING_RAW_H
#define CANVASS_READING_RAW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/status.h"

enum { RAW_BLOCKS = 4, RAW_BLOCK_BYTES = 512 << 10 };

typedef struct raw_file raw_file;

/* PATH: a file, a pipe, or "-" for standard input; CALLED names it in messages.  STATUS_DATA when it cannot
 * be opened.  STOP (may be NULL) ends a wait for a silent pipe with STATUS_INTERRUPTED. */
status raw_open(const char *path, const char *called, const atomic_bool *stop, raw_file **out,
                error *err) MUST_USE;
void raw_close(raw_file *r);
/* Resets standard input to its initial position, so that the file can be closed and reopened.  False: it is
 * not a regular file. */
bool raw_rewind(const raw_file *r);
/* The next block, valid until the next call; full except for the last.  LENGTH 0: the end. */
status raw_next(raw_file *r, const uint8_t **bytes, size_t *length, error *err) MUST_USE;
/* The bytes are packed, so their digest is not needed: the unpacked bytes are hashed instead. */
void raw_without_digest(raw_file *r);
/* After the end: waits for the digest. */
void raw_finish(raw_file *r, digest *sha256, uint64_t *bytes);
uint64_t raw_position(const raw_file *r); /* bytes read */

/* Size of a regular file, 0 when it is unknown. */
uint64_t raw_size(const char *path);
/* What messages call PATH: as it was given, or "standard input". */
const char *raw_title(const char *path);
/* The default name of PATH in a dataset: its base name, or "-". */
const char *raw_base(const char *path);

#endif
