/* For the tests of the CSV reader: files written from text, and datasets read back as cells. */
#ifndef CANVASS_TESTS_READING_CSV_READING_H
#define CANVASS_TESTS_READING_CSV_READING_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/decimal.h"
#include "reading/reading.h"
#include "store/shard.h"
#include "tests/check.h"

typedef struct read_row {
  uint64_t ordinal;
  uint64_t line;
  slice *cells; /* numbers in canonical form where the column is decimals */
  bool *numeric;
} read_row;

typedef struct dataset {
  status code;
  error err;
  store *blobs;
  manifest *facts;
  arena *memory;
  read_row *rows;
  size_t rows_count;
} dataset;

/* A fresh file with BYTES; *PATH is to be freed with drop_file. */
static inline char *make_file(const void *bytes, size_t length) {
  char *path = strdup("/tmp/canvass-csv-XXXXXX");
  const int fd = mkstemp(path);
  assert_true(fd >= 0);
  FILE *file = fdopen(fd, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  assert_int_equal(fclose(file), 0);
  return path;
}

static inline void drop_file(char *path) {
  unlink(path);
  free(path);
}

static inline slice cell_of(arena *memory, const packed_column *c, uint32_t row, bool *numeric) {
  const packed_cell cell = packed_column_cell(c, row);
  *numeric = cell.is_number;
  if (!cell.is_number) {
    return arena_slice(memory, cell.text);
  }
  char text[DECIMAL_SCALED_TEXT_BYTES];
  const int length = decimal_format(decimal_normalise(cell.number), text);
  return arena_slice(memory, (slice){text, (size_t)length});
}

static inline void read_shard(dataset *d, const manifest_shard *entry, size_t at) {
  store_blob blob;
  error err;
  shard *s;
  assert_int_equal(store_get(d->blobs, &entry->name, &blob, &err), STATUS_OK);
  assert_int_equal(blob.length, entry->bytes);
  if (shard_open(blob.bytes, blob.length, "shard", &s, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  assert_int_equal(shard_rows(s), entry->rows);
  assert_int_equal(shard_first_ordinal(s), entry->first_ordinal);
  assert_int_equal(shard_file(s), entry->file);
  const uint32_t *ordinals = shard_ordinal_offsets(s);
  const uint32_t *lines = shard_line_offsets(s);
  for (uint32_t row = 0; row < entry->rows; row++) {
    d->rows[at + row].ordinal = shard_first_ordinal(s) + (ordinals != NULL ? ordinals[row] : row);
    d->rows[at + row].line = shard_first_line(s) + (lines != NULL ? lines[row] : row);
    d->rows[at + row].cells = ARENA_ARRAY(d->memory, slice, d->facts->columns_count + 1);
    d->rows[at + row].numeric = ARENA_ARRAY(d->memory, bool, d->facts->columns_count + 1);
  }
  for (uint32_t i = 0; i < d->facts->columns_count; i++) {
    char *name = arena_copy(d->memory, d->facts->columns[i].name);
    packed_column column;
    if (shard_find(s, name, &column, &err) != STATUS_OK) {
      fail_msg("%s", err.message);
    }
    for (uint32_t row = 0; row < entry->rows; row++) {
      d->rows[at + row].cells[i] = cell_of(d->memory, &column, row, &d->rows[at + row].numeric[i]);
    }
  }
  shard_close(s);
  store_release(&blob);
}

/* Reads PATHS; on success all rows are in memory.  To be dropped in any case. */
static inline dataset read_dataset(const reading_options *options, const char *const *paths, size_t count) {
  dataset d = {0};
  error err;
  assert_int_equal(store_new_temporary(NULL, &d.blobs, &err), STATUS_OK);
  d.memory = arena_new();
  d.code = reading_read(options, paths, count, d.blobs, &d.facts, &d.err);
  if (d.code != STATUS_OK) {
    return d;
  }
  d.rows_count = (size_t)manifest_rows(d.facts);
  d.rows = calloc(d.rows_count + 1, sizeof *d.rows);
  size_t at = 0;
  for (uint32_t i = 0; i < d.facts->shards_count; i++) {
    read_shard(&d, &d.facts->shards[i], at);
    at += d.facts->shards[i].rows;
  }
  assert_int_equal(at, d.rows_count);
  return d;
}

static inline void drop_dataset(dataset *d) {
  manifest_destroy(d->facts);
  store_destroy(d->blobs);
  arena_destroy(d->memory);
  free(d->rows);
}

static inline dataset read_text(const reading_options *options, const void *bytes, size_t length) {
  char *path = make_file(bytes, length);
  const char *paths[] = {path};
  dataset d = read_dataset(options, paths, 1);
  drop_file(path);
  return d;
}

static inline bool slice_is(slice s, const char *text) {
  return slice_equal(s, slice_of(text));
}

/* The same shards, and the same facts about files but for their names and digests. */
static inline void assert_same_data(const dataset *a, const dataset *b) {
  assert_int_equal(a->code, STATUS_OK);
  assert_int_equal(b->code, STATUS_OK);
  assert_int_equal(a->facts->shards_count, b->facts->shards_count);
  for (uint32_t i = 0; i < a->facts->shards_count; i++) {
    assert_true(digest_equal(&a->facts->shards[i].name, &b->facts->shards[i].name));
    assert_int_equal(a->facts->shards[i].first_ordinal, b->facts->shards[i].first_ordinal);
    assert_int_equal(a->facts->shards[i].rows, b->facts->shards[i].rows);
  }
  assert_int_equal(a->facts->files_count, b->facts->files_count);
  for (uint32_t i = 0; i < a->facts->files_count; i++) {
    assert_int_equal(a->facts->files[i].records, b->facts->files[i].records);
    assert_int_equal(a->facts->files[i].quarantined, b->facts->files[i].quarantined);
  }
  assert_int_equal(a->facts->columns_count, b->facts->columns_count);
  for (uint32_t i = 0; i < a->facts->columns_count; i++) {
    assert_slice_equal(a->facts->columns[i].name, b->facts->columns[i].name);
    assert_int_equal(a->facts->columns[i].decimals_max, b->facts->columns[i].decimals_max);
    assert_int_equal(decimal_magnitude_compare(a->facts->columns[i].largest, b->facts->columns[i].largest),
                     0);
  }
}

#endif
