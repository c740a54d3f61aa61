/* Shards (store/shard.h): every column is looked at; what is accepted can be written, and what is written is
 * read and written as the same bytes.  (A reader does not ask for the least widths.)  Besides the bytes as
 * they are, a copy with its checksums made good. */
#include "store/shard.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "tests/fuzz/fuzz.h"
#include "tests/store/shard_sample.h"

/* Rows before which records or lines were left out, as the writer is given them. */
static void find_gaps(arena *memory, const shard *s, shard_content *c) {
  const uint32_t *ordinals = shard_ordinal_offsets(s);
  const uint32_t *lines = shard_line_offsets(s);
  uint32_t *rows = ARENA_ARRAY(memory, uint32_t, (size_t)c->rows + 1);
  uint32_t *records_left = ARENA_ARRAY(memory, uint32_t, (size_t)c->rows + 1);
  uint32_t *lines_left = ARENA_ARRAY(memory, uint32_t, (size_t)c->rows + 1);
  fuzz_require(!arena_failed(memory), "there is memory");
  uint32_t records = 0, breaks = 0;
  for (uint32_t r = 0; r < c->rows; r++) {
    const uint32_t more_records = (ordinals != NULL ? ordinals[r] - r : 0) - records;
    const uint32_t more_lines = (lines != NULL ? lines[r] - r : 0) - breaks;
    if (more_records > 0 || more_lines > 0) {
      rows[c->gaps_count] = r;
      records_left[c->gaps_count] = more_records;
      lines_left[c->gaps_count++] = more_lines;
      records += more_records;
      breaks += more_lines;
    }
  }
  c->gap_rows = rows;
  c->gap_records = records_left;
  c->gap_lines = lines_left;
}

/* The whole shard as the writer is given it; false when a column is refused. */
static bool read_all(arena *memory, shard *s, shard_content *c) {
  *c = (shard_content){.rows = shard_rows(s),
                       .first_ordinal = shard_first_ordinal(s),
                       .file = shard_file(s),
                       .first_line = shard_first_line(s),
                       .decimal_mark = shard_decimal_mark(s),
                       .columns_count = shard_columns_count(s)};
  packed_column *columns = ARENA_ARRAY(memory, packed_column, (size_t)c->columns_count + 1);
  fuzz_require(columns != NULL, "there is memory");
  bool all = true;
  for (uint32_t i = 0; i < c->columns_count; i++) {
    char *name = slice_copy(shard_column_name(s, i));
    error err = {STATUS_OK, ""};
    const status st = shard_find(s, name, &columns[i], &err);
    if (st != STATUS_OK) {
      /* A name with a NUL in it cannot be asked for. */
      fuzz_require(st == STATUS_CORRUPT || strlen(name) < shard_column_name(s, i).length,
                   "a column that is there is found or corrupt");
      fuzz_require(err.message[0] != '\0', "a failure has a message"); /* with the name as it stands there */
      all = false;
    }
    free(name);
  }
  c->columns = columns;
  find_gaps(memory, s, c);
  return all;
}

/* Appends to OUT what the writer makes of the shard BYTES; false when that is refused. */
static bool written_again(slice bytes, buf *out) {
  shard *s = NULL;
  error err = {STATUS_OK, ""};
  const status st = shard_open(bytes.bytes, bytes.length, "fuzz", &s, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_CORRUPT, "what is no shard is corrupt");
    fuzz_require_told(st, &err);
    return false;
  }
  arena *memory = arena_new();
  shard_content content;
  const bool all = read_all(memory, s, &content);
  if (all) {
    fuzz_require_ok(shard_encode(&content, out, &err), &err, "what is read can be written");
  }
  arena_destroy(memory);
  shard_close(s);
  return all;
}

static void check(const uint8_t *bytes, size_t length) {
  buf first, second;
  buf_init(&first);
  buf_init(&second);
  if (written_again((slice){(const char *)bytes, length}, &first)) {
    fuzz_require(written_again(fuzz_slice(&first), &second), "what is written can be read");
    fuzz_require_same(fuzz_slice(&first), fuzz_slice(&second), "equal shards have equal bytes");
  }
  buf_fini(&first);
  buf_fini(&second);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  check(bytes, length);
  uint8_t *repaired = malloc(length + 1);
  fuzz_require(repaired != NULL, "there is memory");
  memcpy(repaired, bytes, length);
  shard_sample_repair(repaired, length);
  check(repaired, length);
  free(repaired);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  static const uint32_t rows[] = {0, 1, 3, 20, 65};
  seeded r = {1};
  for (uint32_t i = 0; i < 40; i++) {
    arena *memory = arena_new();
    error err;
    buf b;
    buf_init(&b);
    const shard_content content = shard_sample(memory, &r, rows[i % 5], 1 + i % 4);
    fuzz_require_ok(shard_encode(&content, &b, &err), &err, "a sample can be written");
    fuzz_corpus_add(out, b.data, b.length);
    buf_fini(&b);
    arena_destroy(memory);
  }
}
