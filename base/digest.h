/* Digests: SHA-256 for names of content (OpenSSL), XXH3 against accidental corruption (xxHash). */
#ifndef CANVASS_BASE_DIGEST_H
#define CANVASS_BASE_DIGEST_H

#include <stdint.h>

#include "base/status.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX_BYTES = 65 };

typedef struct digest {
  uint8_t bytes[DIGEST_BYTES];
} digest;

typedef struct digest_stream digest_stream;

digest_stream *digest_stream_new(void); /* NULL when out of memory */
void digest_stream_destroy(digest_stream *s);
void digest_stream_add(digest_stream *s, const void *bytes, size_t length);
void digest_stream_finish(digest_stream *s, digest *out); /* the stream is then spent */

status digest_of(const void *bytes, size_t length, digest *out, error *err) MUST_USE;
void digest_hex(const digest *d, char out[DIGEST_HEX_BYTES]);
bool digest_from_hex(const char *hex, digest *out);
bool digest_equal(const digest *a, const digest *b);
uint64_t digest_hash(const digest *d); /* for tables: its first bytes, as good as a random number */
uint64_t digest_xxh3(const void *bytes, size_t length);

#endif
