/* Identifies a file without parsing it: unpacked and hashed, nothing else. */
#include <stdlib.h>

#include "reading/reading.h"
#include "reading/unpack.h"

enum { READ_BYTES = 256 << 10, PROGRESS_BYTES = 16 << 20 };

static status tell(const reading_options *o, uint64_t done, uint64_t total, error *err) {
  if (o->progress == NULL || o->progress(o->context, 0, done, total)) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_INTERRUPTED, "reading was stopped");
}

static status read_through(const reading_options *o, const char *path, const raw_file *raw, unpacker *u,
                           error *err) {
  uint8_t *bytes = malloc(READ_BYTES);
  if (bytes == NULL) {
    return error_no_memory(err, path);
  }
  const uint64_t total = raw_size(path);
  uint64_t told = 0;
  size_t got = 1;
  status st = STATUS_OK;
  while (st == STATUS_OK && got > 0) {
    st = unpack_read(u, bytes, READ_BYTES, &got, err);
    if (st == STATUS_OK && raw_position(raw) - told >= PROGRESS_BYTES) {
      told = raw_position(raw);
      st = tell(o, told, total, err);
    }
  }
  free(bytes);
  return st;
}

status reading_identify(const reading_options *options, const char *path, reading_identity *out, error *err) {
  raw_file *raw = NULL;
  unpacker *u = NULL;
  const char *called = options->titles != NULL ? options->titles[0] : path;
  TRY(raw_open(path, called, NULL, &raw, err));
  status st = unpack_open(raw, raw_title(called), &u, err);
  if (st == STATUS_OK) {
    st = read_through(options, path, raw, u, err);
  }
  if (st == STATUS_OK) {
    out->name = unpack_name(u, options->names != NULL ? options->names[0] : raw_base(path));
    unpack_finish(u, &out->sha256, &out->bytes);
  }
  unpack_close(u);
  raw_close(raw);
  return st;
}
