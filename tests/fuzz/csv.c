/* Files of answers (reading/reading.h): the same outcome for 1 and 3 threads, and every record is reported.
 *
 * The first four bytes are how the file is read: delimiter, decimal mark and blank rows, rows of a shard,
 * encoding.  The rest is the file: plain, or packed by gzip or zstd, as its own first bytes say. */
#include "reading/reading.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "store/shard.h"
#include "tests/fuzz/fuzz.h"

enum { HOW_BYTES = 4, FILE_BYTES_MAX = 1 << 16 };

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
      shard_column column;
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

static outcome read_with(const reading_options *options, unsigned threads, const char *path) {
  reading_options own = *options;
  const char *paths[] = {path};
  static const char *const names[] = {"fuzz.csv"};
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

static reading_options options_of(const uint8_t how[HOW_BYTES]) {
  static const char delimiters[] = {0, ',', ';', '\t', '|'};
  static const char *const encodings[] = {NULL, NULL, NULL, "gbk", "windows-1252", "utf-16le", "shift_jis"};
  return (reading_options){.delimiter = delimiters[how[0] % sizeof delimiters],
                           .decimal_mark = how[1] & 1 ? ',' : '.',
                           .keeps_blank_rows = (how[1] & 2) != 0,
                           .shard_rows = how[2] % 9,
                           .encoding = encodings[how[3] % (sizeof encodings / sizeof encodings[0])]};
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  if (length < HOW_BYTES) {
    return 0;
  }
  const reading_options options = options_of(bytes);
  fuzz_file file = fuzz_file_new(bytes + HOW_BYTES, length - HOW_BYTES);
  outcome one = read_with(&options, 1, file.path);
  outcome three = read_with(&options, 3, file.path);
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
  return 0;
}

static void add(fuzz_corpus *out, const uint8_t how[HOW_BYTES], const void *bytes, size_t length) {
  buf b;
  buf_init(&b);
  buf_put(&b, how, HOW_BYTES);
  buf_put(&b, bytes, length);
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
}

static void add_packed(fuzz_corpus *out, const uint8_t how[HOW_BYTES], const char *text) {
  uint8_t packed[4096];
  z_stream z = {.next_in = (Bytef *)(uintptr_t)text,
                .avail_in = (uInt)strlen(text),
                .next_out = packed,
                .avail_out = sizeof packed};
  enum { GZIP = 16 };
  fuzz_require(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + GZIP, 8, Z_DEFAULT_STRATEGY) == Z_OK &&
                   deflate(&z, Z_FINISH) == Z_STREAM_END && deflateEnd(&z) == Z_OK,
               "a text can be packed");
  add(out, how, packed, z.total_out);
}

void fuzz_seeds(fuzz_corpus *out) {
  static const char *const files[] = {
      "a,b\n1,2\n3,4\n",
      "score,amount,class\n5,1995.50,eco\n4,\"1,5\",\"first "
      "\"\"class\"\"\"\n,,\nscore,amount,class\n9,-3.5e2,x\n",
      "\xef\xbb\xbfq1;q2;q3\r\n1;2,5;\"a\r\nb\"\r\n3;4\r\n\r\n5;6,25;c\r\n",
      "\xe5\xbe\x97\xe5\x88\x86\t\xe5\xa7\x93\xe5\x90\x8d\n10\t\xe7\x8e\x8b\n9\t\xe6\x9d\x8e\n",
      "a,b,c,d\n1,2,3,4\n1,2,\"3,4\n5,6,7,8\n9,10,\"11\n12\",13\n",
      "x\n0.1\n1e-18\n9223372036854775807\n123456789012345678901234567890\n-0\n+.5\n5.\nn/a\n",
      "a|b\n1|2\r3|4\n|\n\"\"|\" \"\n",
  };
  for (uint8_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    const uint8_t how[HOW_BYTES] = {0, i, i, 0};
    add(out, how, files[i], strlen(files[i]));
    add_packed(out, how, files[i]);
  }
  static const char utf16[] =
      "\xff\xfe"
      "a\0,\0b\0\n\0"
      "1\0,\0"
      "2\0\n\0";
  static const char gbk[] = "\xc3\xfb,\xb7\xd6\n\xcd\xf5,5\n";
  add(out, (const uint8_t[HOW_BYTES]){0, 0, 2, 0}, utf16, sizeof utf16 - 1);
  add(out, (const uint8_t[HOW_BYTES]){0, 0, 2, 3}, gbk, sizeof gbk - 1);
}
