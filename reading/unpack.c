/* Telling and undoing compression.  One table of first bytes, one reading function per packing. */
#include "reading/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

typedef status (*read_function)(unpacker *u, uint8_t *out, size_t capacity, size_t *got, error *err);

struct unpacker {
  raw_file *raw;
  const char *title;
  read_function read;
  const uint8_t *at; /* what is left of the raw block */
  size_t left;
  bool raw_ended;
  bool inflating; /* the zlib stream is initialised */
  bool between;   /* at the end of a gzip member or zstd frame */
  z_stream zlib;
  ZSTD_DStream *zstd;
  digest_stream *hash; /* of the plain bytes; NULL when the file is plain: then the raw digest is it */
  uint64_t plain_bytes;
};

static status refill(unpacker *u, error *err) {
  if (u->left == 0 && !u->raw_ended) {
    TRY(raw_next(u->raw, &u->at, &u->left, err));
    u->raw_ended = u->left == 0;
  }
  return STATUS_OK;
}

static status read_plain(unpacker *u, uint8_t *out, size_t capacity, size_t *got, error *err) {
  TRY(refill(u, err));
  *got = u->left < capacity ? u->left : capacity;
  if (*got > 0) {
    memcpy(out, u->at, *got);
    u->at += *got;
    u->left -= *got;
  }
  return STATUS_OK;
}

static status truncated(const unpacker *u, const char *kind, error *err) {
  return error_set(err, STATUS_DATA, "%s: the %s data ends early; the file was cut off, copy it again",
                   u->title, kind);
}

/* After a gzip member: another one, zeros as padding, or the end. */
static status next_member(unpacker *u, bool *end, error *err) {
  *end = false;
  while (true) {
    TRY(refill(u, err));
    if (u->raw_ended) {
      *end = true;
      return STATUS_OK;
    }
    if (*u->at != 0) {
      break;
    }
    u->at++;
    u->left--;
  }
  if (*u->at != 0x1f) {
    return error_set(err, STATUS_DATA, "%s: other bytes follow after the gzip data", u->title);
  }
  inflateReset(&u->zlib);
  u->between = false;
  return STATUS_OK;
}

static status read_gzip(unpacker *u, uint8_t *out, size_t capacity, size_t *got, error *err) {
  *got = 0;
  while (*got == 0) {
    if (u->between) {
      bool end = false;
      TRY(next_member(u, &end, err));
      if (end) {
        return STATUS_OK;
      }
    }
    TRY(refill(u, err));
    if (u->raw_ended) {
      return truncated(u, "gzip", err);
    }
    u->zlib.next_in = (z_const Bytef *)u->at;
    u->zlib.avail_in = (uInt)u->left;
    u->zlib.next_out = out;
    u->zlib.avail_out = (uInt)capacity;
    const int result = inflate(&u->zlib, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return error_set(err, result == Z_MEM_ERROR ? STATUS_NO_MEMORY : STATUS_DATA,
                       "%s: the gzip data is damaged: %s", u->title,
                       u->zlib.msg != NULL ? u->zlib.msg : "unknown");
    }
    u->at = u->zlib.next_in;
    u->left = u->zlib.avail_in;
    *got = capacity - u->zlib.avail_out;
    u->between = result == Z_STREAM_END;
  }
  return STATUS_OK;
}

static status read_zstd(unpacker *u, uint8_t *out, size_t capacity, size_t *got, error *err) {
  ZSTD_outBuffer output = {.dst = out, .size = capacity, .pos = 0};
  *got = 0;
  while (output.pos == 0) {
    TRY(refill(u, err));
    ZSTD_inBuffer input = {.src = u->at, .size = u->left, .pos = 0};
    const size_t result = ZSTD_decompressStream(u->zstd, &output, &input);
    if (ZSTD_isError(result)) {
      return error_set(err, STATUS_DATA, "%s: the zstd data is damaged: %s", u->title,
                       ZSTD_getErrorName(result));
    }
    const bool stuck = u->raw_ended && output.pos == 0;
    if (stuck && !u->between) {
      return truncated(u, "zstd", err);
    }
    if (stuck) {
      return STATUS_OK;
    }
    u->at += input.pos;
    u->left -= input.pos;
    u->between = result == 0;
  }
  *got = output.pos;
  return STATUS_OK;
}

static status start_gzip(unpacker *u, error *err) {
  enum { GZIP_HEADER = 16 };
  if (inflateInit2(&u->zlib, MAX_WBITS + GZIP_HEADER) != Z_OK) {
    return error_no_memory(err, u->title);
  }
  u->inflating = true;
  u->read = read_gzip;
  return STATUS_OK;
}

static status start_zstd(unpacker *u, error *err) {
  u->zstd = ZSTD_createDStream();
  if (u->zstd == NULL) {
    return error_no_memory(err, u->title);
  }
  u->read = read_zstd;
  return STATUS_OK;
}

/* The first bytes of what is unpacked. */
static const struct {
  const char *bytes;
  size_t length;
  status (*start)(unpacker *u, error *err);
} first_bytes[] = {
    {"\x1f\x8b", 2, start_gzip},
    {"\x28\xb5\x2f\xfd", 4, start_zstd},
};

status unpack_open(raw_file *raw, const char *title, unpacker **out, error *err) {
  unpacker *u = calloc(1, sizeof *u);
  if (u == NULL) {
    return error_no_memory(err, title);
  }
  u->raw = raw;
  u->title = title;
  u->read = read_plain;
  status st = refill(u, err);
  for (size_t i = 0; st == STATUS_OK && i < sizeof first_bytes / sizeof first_bytes[0]; i++) {
    if (u->left < first_bytes[i].length || memcmp(u->at, first_bytes[i].bytes, first_bytes[i].length) != 0) {
      continue;
    }
    st = first_bytes[i].start(u, err);
    break;
  }
  if (st == STATUS_OK && u->read != read_plain) {
    raw_without_digest(raw);
    u->hash = digest_stream_new();
    st = u->hash == NULL ? error_no_memory(err, title) : STATUS_OK;
  }
  if (st != STATUS_OK) {
    unpack_close(u);
    return st;
  }
  *out = u;
  return STATUS_OK;
}

void unpack_close(unpacker *u) {
  if (u == NULL) {
    return;
  }
  if (u->inflating) {
    inflateEnd(&u->zlib);
  }
  ZSTD_freeDStream(u->zstd);
  digest_stream_destroy(u->hash);
  free(u);
}

status unpack_read(unpacker *u, uint8_t *out, size_t capacity, size_t *got, error *err) {
  TRY(u->read(u, out, capacity, got, err));
  if (u->hash != NULL) {
    digest_stream_add(u->hash, out, *got);
    u->plain_bytes += *got;
  }
  return STATUS_OK;
}

bool unpack_is_packed(const unpacker *u) {
  return u->hash != NULL;
}

void unpack_finish(unpacker *u, digest *sha256, uint64_t *bytes) {
  raw_finish(u->raw, sha256, bytes);
  if (u->hash != NULL) {
    digest_stream_finish(u->hash, sha256);
    *bytes = u->plain_bytes;
  }
}

slice unpacked_name(slice name) {
  static const char *const endings[] = {".gz", ".zst"};
  for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
    const size_t length = strlen(endings[i]);
    if (name.length > length && memcmp(name.bytes + name.length - length, endings[i], length) == 0) {
      name.length -= length;
    }
  }
  return name;
}

slice unpack_name(const unpacker *u, const char *name) {
  return unpack_is_packed(u) ? unpacked_name(slice_of(name)) : slice_of(name);
}
