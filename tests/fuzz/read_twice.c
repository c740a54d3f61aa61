/* See read_twice.h. */
#include "tests/fuzz/read_twice.h"

#include <stdlib.h>

#include "store/shard.h"
#include "tests/fuzz/fuzz.h"

typedef struct outcome {
  status st;
  error err;
  buf manifest;
} outcome;

/* The rows that its shards have, each shard opened and each column looked at. */
static uint64_t rows_in_shards(store *s, const manifest *m) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    store_blob blob;
    shard *opened = NULL;
    error err;
    fuzz_require_ok(store_get(s, &m->shards[i].name, &blob, &err), &err, "a shard of the manifest is kept");
    fuzz_require_ok(shard_open(blob.bytes, blob.length, "fuzz", &opened, &err), &err, "a shard can be read");
    rows += shard_rows(opened);
    for (uint32_t c = 0; c < m->columns_count; c++) {
      char *name = slice_copy(m->columns[c].name);
      packed_column column;
      fuzz_require_ok(shard_find(opened, name, &column, &err), &err, "a shard has the manifest's columns");
      free(name);
    }
    shard_close(opened);
    store_release(&blob);
  }
  return rows;
}

static void check_manifest(store *s, const manifest *m) {
  uint64_t records = 0, left_out = 0;
  for (uint32_t i = 0; i < m->files_count; i++) {
    records += m->files[i].records;
    left_out += file_facts_left_out(&m->files[i]);
  }
  fuzz_require(manifest_rows(m) + left_out == records, "rows and what was left out are the records");
  fuzz_require(rows_in_shards(s, m) == manifest_rows(m), "the shards have the manifest's rows");
}

static outcome read_with(const reading_options *options, unsigned threads, const char *path,
                         const char *name) {
  reading_options own = *options;
  const char *paths[] = {path};
  const char *names[] = {name};
  manifest *m = NULL;
  store *s = NULL;
  outcome o = {.err = {STATUS_OK, ""}};
  own.names = own.titles = names;
  own.threads = threads;
  buf_init(&o.manifest);
  fuzz_require_ok(store_new_temporary(NULL, &s, &o.err), &o.err, "a store can be made");
  o.st = reading_read(&own, paths, 1, s, &m, &o.err);
  if (o.st == STATUS_OK) {
    check_manifest(s, m);
    manifest_encode(m, &o.manifest);
  } else {
    fuzz_require_told(o.st, &o.err);
  }
  manifest_destroy(m);
  store_destroy(s);
  return o;
}

void read_twice(const reading_options *options, const char *name, const uint8_t *bytes, size_t length) {
  fuzz_file file = fuzz_file_new(bytes, length);
  outcome one = read_with(options, 1, file.path, name);
  outcome three = read_with(options, 3, file.path, name);
  fuzz_require(one.st == three.st, "the outcome does not depend on threads");
  if (one.st == STATUS_OK) {
    fuzz_require_same(fuzz_slice(&one.manifest), fuzz_slice(&three.manifest),
                      "shards and facts do not depend on threads");
  } else {
    fuzz_require_same(slice_of(one.err.message), slice_of(three.err.message),
                      "what is told does not depend on threads");
  }
  buf_fini(&one.manifest);
  buf_fini(&three.manifest);
  fuzz_file_close(&file);
}

void read_twice_statistics(const char *name, const uint8_t *bytes, size_t length) {
  enum { HOW_BYTES = 2 };
  if (length >= HOW_BYTES) {
    const reading_options options = {.keeps_blank_rows = (bytes[0] & 1) != 0,
                                     .encoding = (bytes[0] & 2) != 0 ? "gbk" : NULL,
                                     .shard_rows = bytes[1] % 9};
    read_twice(&options, name, bytes + HOW_BYTES, length - HOW_BYTES);
  }
}
