/* Knowing a file without parsing it: unpacked and hashed, nothing else. */
#include <stdlib.h>

#include "reading/reading.h"
#include "reading/unpack.h"

enum { READ_BYTES = 256 << 10, PROGRESS_BYTES = 16 << 20 };

static status tell(const csv_options *o, uint64_t done, uint64_t total, error *err) {
  if (o->progress == NULL || o->progress(o->context, 0, done, total)) {
    return STATUS_OK;
  }
  return error_set(err, STATUS_INTERRUPTED, "reading was stopped");
}

static status read_through(const csv_options *o, const char *path, const csv_raw *raw, csv_unpack *u,
                           error *err) {
  uint8_t *bytes = malloc(READ_BYTES);
  if (bytes == NULL) {
    return error_no_memory(err, path);
  }
  const uint64_t total = csv_raw_size(path);
  uint64_t told = 0;
  size_t got = 1;
  status st = STATUS_OK;
  while (st == STATUS_OK && got > 0) {
    st = csv_unpack_read(u, bytes, READ_BYTES, &got, err);
    if (st == STATUS_OK && csv_raw_position(raw) - told >= PROGRESS_BYTES) {
      told = csv_raw_position(raw);
      st = tell(o, told, total, err);
    }
  }
  free(bytes);
  return st;
}

status csv_identify(const csv_options *options, const char *path, csv_identity *out, error *err) {
  csv_raw *raw = NULL;
  csv_unpack *u = NULL;
  const char *called = options->titles != NULL ? options->titles[0] : path;
  TRY(csv_raw_open(path, called, NULL, &raw, err));
  status st = csv_unpack_open(raw, csv_raw_title(called), &u, err);
  if (st == STATUS_OK) {
    st = read_through(options, path, raw, u, err);
  }
  if (st == STATUS_OK) {
    out->name = csv_unpack_name(u, options->names != NULL ? options->names[0] : csv_raw_base(path));
    csv_unpack_finish(u, &out->sha256, &out->bytes);
  }
  csv_unpack_close(u);
  csv_raw_close(raw);
  return st;
}
