/* Digests by OpenSSL's EVP interface (SHA-256) and xxHash (XXH3, 64 bits).
 *
 * A stream that fails inside OpenSSL cannot say so through the header's void functions; SHA-256 of
 * memory has no run-time failure once the context exists, which digest_stream_new checks. */
#include "base/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct digest_stream {
  EVP_MD_CTX *context;
  bool failed;
};

digest_stream *digest_stream_new(void) {
  digest_stream *s = malloc(sizeof *s);
  if (s == NULL) {
    return NULL;
  }
  s->failed = false;
  s->context = EVP_MD_CTX_new();
  if (s->context == NULL || EVP_DigestInit_ex(s->context, EVP_sha256(), NULL) != 1) {
    digest_stream_destroy(s);
    return NULL;
  }
  return s;
}

void digest_stream_destroy(digest_stream *s) {
  if (s != NULL) {
    EVP_MD_CTX_free(s->context);
    free(s);
  }
}

void digest_stream_add(digest_stream *s, const void *bytes, size_t length) {
  if (length > 0 && EVP_DigestUpdate(s->context, bytes, length) != 1) {
    s->failed = true;
  }
}

void digest_stream_finish(digest_stream *s, digest *out) {
  unsigned written = 0;
  if (EVP_DigestFinal_ex(s->context, out->bytes, &written) != 1 || written != DIGEST_BYTES || s->failed) {
    /* No content is known to have this digest, so a name made from it is never found. */
    memset(out->bytes, 0, sizeof out->bytes);
  }
}

status digest_of(const void *bytes, size_t length, digest *out, error *err) {
  unsigned written = 0;
  const void *from = length > 0 ? bytes : "";
  if (EVP_Digest(from, length, out->bytes, &written, EVP_sha256(), NULL) != 1 || written != DIGEST_BYTES) {
    return error_no_memory(err, "SHA-256");
  }
  return STATUS_OK;
}

void digest_hex(const digest *d, char out[DIGEST_HEX_BYTES]) {
  static const char digits[] = "0123456789abcdef";
  for (unsigned i = 0; i < DIGEST_BYTES; i++) {
    out[2 * i] = digits[d->bytes[i] >> 4];
    out[2 * i + 1] = digits[d->bytes[i] & 15];
  }
  out[DIGEST_HEX_BYTES - 1] = '\0';
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool digest_from_hex(const char *hex, digest *out) {
  for (unsigned i = 0; i < DIGEST_BYTES; i++) {
    const int high = hex_value(hex[2 * i]);
    const int low = high < 0 ? -1 : hex_value(hex[2 * i + 1]);
    if (low < 0) {
      return false;
    }
    out->bytes[i] = (uint8_t)(high << 4 | low);
  }
  return hex[DIGEST_HEX_BYTES - 1] == '\0';
}

bool digest_equal(const digest *a, const digest *b) {
  return memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

uint64_t digest_hash(const digest *d) {
  uint64_t hash;
  memcpy(&hash, d->bytes, sizeof hash);
  return hash;
}

uint64_t digest_xxh3(const void *bytes, size_t length) {
  return XXH3_64bits(bytes, length);
}
