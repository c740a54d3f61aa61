#include "reading/probable.h"

#include <stddef.h>
#include <string.h>

#include "reading/encoding.h"
#include "reading/plain_text.h"
#include "reading/unpack.h"

enum { SAMPLE_BYTES = 256 << 10, CHARACTER_BYTES = 4 };

/* Fills BYTES from FILLED on; *LENGTH is how many they then hold. */
static status fill(unpacker *u, uint8_t *bytes, size_t filled, size_t *length, error *err) {
  size_t got = 1;
  *length = filled;
  while (got > 0 && *length < SAMPLE_BYTES) {
    TRY(unpack_read(u, bytes + *length, SAMPLE_BYTES - *length, &got, err));
    *length += got;
  }
  return STATUS_OK;
}

static status look(unpacker *u, const char **encoding, error *err) {
  uint8_t bytes[SAMPLE_BYTES];
  size_t kept = 0;
  size_t length;
  do {
    TRY(fill(u, bytes, kept, &length, err));
    const size_t good = plain_text_good(bytes, length);
    /* The end of the sample may cut a character. */
    if (good < length && (length < SAMPLE_BYTES || length - good >= CHARACTER_BYTES)) {
      *encoding = encoding_guess(bytes, length);
      return STATUS_OK;
    }
    kept = length - good;
    memmove(bytes, bytes + good, kept);
  } while (length == SAMPLE_BYTES);
  return STATUS_OK;
}

const char *probable_encoding_of(const char *path) {
  const char *encoding = NULL;
  raw_file *raw = NULL;
  unpacker *u = NULL;
  error ignored;
  if (raw_open(path, path, NULL, &raw, &ignored) == STATUS_OK &&
      unpack_open(raw, path, &u, &ignored) == STATUS_OK && look(u, &encoding, &ignored) != STATUS_OK) {
    encoding = NULL;
  }
  unpack_close(u);
  raw_close(raw);
  return encoding;
}
