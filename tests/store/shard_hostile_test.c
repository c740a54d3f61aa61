/* Altered shards: every truncation and thousands of changed bytes are refused as corrupt or change
 * nothing, and never crash (the bytes have their exact size on the heap, for sanitizers).  A second
 * battery repairs the checksums after the change, as somebody with bad intentions would. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/shard_format.h"
#include "tests/check.h"
#include "tests/store/shard_sample.h"

enum { COLUMNS = 9 };

static shard_content sample(arena *memory, seeded *r, buf *out) {
  const shard_content content = shard_sample(memory, r, 70 + (uint32_t)seeded_below(r, 100), COLUMNS);
  assert_int_equal(shard_encode(&content, out, NULL), STATUS_OK);
  return content;
}

/* Uses every byte of a column that a reader may reach. */
static uint64_t touch(const packed_column *c, uint32_t rows) {
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rows; r++) {
    switch (c->kind) {
      case PACKED_CODES:
        sum += c->texts[c->codes[r]].length;
        break;
      case PACKED_WIDE:
        sum += c->texts[c->wide_codes[r]].length;
        break;
      case PACKED_DECIMALS:
        sum += (uint64_t)c->mantissas[r];
        break;
      case PACKED_SCALED:
        sum += (uint64_t)c->mantissas[r] + c->scales[r];
        break;
      case PACKED_TEXTS:
        for (uint32_t i = c->offsets[r]; i < c->offsets[r + 1]; i++) {
          sum += (uint8_t)c->bytes[i];
        }
        break;
    }
  }
  for (uint32_t i = 0; i < c->exceptions_count; i++) {
    sum += c->exception_rows[i] + c->texts[c->exception_texts[i]].length;
  }
  for (uint32_t i = 0; i < c->texts_count; i++) {
    for (size_t k = 0; k < c->texts[i].length; k++) {
      sum += (uint8_t)c->texts[i].bytes[k];
    }
  }
  return sum;
}

/* Reads all that can be read.  Whether everything was accepted; then, with CONTENT, it must be the same. */
static bool read_all(const uint8_t *bytes, size_t length, const shard_content *content) {
  shard *s = NULL;
  error err;
  const status opened = shard_open(bytes, length, "test", &s, &err);
  if (opened != STATUS_OK) {
    assert_int_equal(opened, STATUS_CORRUPT);
    assert_memory_equal(err.message, "shard test: ", 12);
    return false;
  }
  bool accepted = true;
  for (uint32_t i = 0; i < shard_columns_count(s); i++) {
    char *name = slice_copy(shard_column_name(s, i));
    packed_column c;
    const status st = shard_find(s, name, &c, &err);
    if (st == STATUS_OK) {
      touch(&c, shard_rows(s));
      assert_true(content == NULL || shard_sample_same(&content->columns[i], &c, content->rows));
    } else {
      /* A name that was changed to hold a NUL cannot be asked for. */
      assert_true(st == STATUS_CORRUPT || (content == NULL && st == STATUS_NOT_FOUND));
      accepted = false;
    }
    free(name);
  }
  shard_close(s);
  return accepted;
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  arena *memory = arena_new();
  buf b;
  buf_init(&b);
  sample(memory, &r, &b);
  for (size_t length = 0; length < b.length; length++) {
    uint8_t *part = malloc(length + 1);
    memcpy(part, b.data, length);
    assert_false(read_all(part, length, NULL));
    free(part);
  }
  buf_put_u8(&b, 0);
  assert_false(read_all(b.data, b.length, NULL));
  buf_fini(&b);
  arena_destroy(memory);
}

static void every_changed_bit_is_noticed(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  arena *memory = arena_new();
  buf b;
  buf_init(&b);
  const shard_content content = sample(memory, &r, &b);
  uint8_t *copy = malloc(b.length);
  for (int i = 0; i < 10000; i++) {
    memcpy(copy, b.data, b.length);
    const size_t at = i < 1000 ? (size_t)i % b.length : seeded_below(&r, b.length);
    copy[at] ^= (uint8_t)(1U << seeded_below(&r, 8));
    assert_false(read_all(copy, b.length, &content));
  }
  free(copy);
  buf_fini(&b);
  arena_destroy(memory);
}

static void repair_checksums(uint8_t *bytes, size_t length) {
  shard_header h;
  memcpy(&h, bytes, sizeof h);
  for (uint32_t i = 0; i < h.columns_count && i < COLUMNS; i++) {
    uint8_t *at = bytes + sizeof h + i * sizeof(shard_entry);
    shard_entry e;
    memcpy(&e, at, sizeof e);
    if (e.offset <= length && e.bytes <= length - e.offset) {
      e.checksum = digest_xxh3(bytes + e.offset, e.bytes);
      memcpy(at, &e, sizeof e);
    }
  }
  if (h.header_bytes >= sizeof h && h.header_bytes <= length) {
    const uint64_t checked = h.header_bytes - SHARD_CHECKSUM_BYTES;
    const uint64_t checksum = digest_xxh3(bytes, checked);
    memcpy(bytes + checked, &checksum, sizeof checksum);
  }
}

static void changes_with_repaired_checksums_never_crash(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  arena *memory = arena_new();
  int accepted = 0;
  for (int round = 0; round < 20; round++) {
    arena_clear(memory);
    buf b;
    buf_init(&b);
    sample(memory, &r, &b);
    uint8_t *copy = malloc(b.length);
    for (int i = 0; i < 1500; i++) {
      memcpy(copy, b.data, b.length);
      for (uint64_t n = 1 + seeded_below(&r, 3); n > 0; n--) {
        static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
        const size_t header = sizeof(shard_header) + COLUMNS * sizeof(shard_entry) + 100;
        const size_t at = seeded_below(&r, seeded_below(&r, 2) == 0 ? header : b.length);
        copy[at] = seeded_below(&r, 2) == 0 ? values[seeded_below(&r, 5)] : (uint8_t)seeded_next(&r);
      }
      repair_checksums(copy, b.length);
      accepted += read_all(copy, b.length, NULL);
    }
    free(copy);
    buf_fini(&b);
  }
  assert_true(accepted > 0); /* the repair works: changed texts and numbers are what somebody wrote */
  arena_destroy(memory);
}

static void messages_name_shard_and_column(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  arena *memory = arena_new();
  buf b;
  buf_init(&b);
  sample(memory, &r, &b);
  shard_entry e;
  memcpy(&e, b.data + sizeof(shard_header) + 4 * sizeof e, sizeof e);
  b.data[e.offset] ^= 1;
  shard *s = NULL;
  packed_column c;
  error err;
  assert_int_equal(shard_open(b.data, b.length, "1234abcd", &s, &err), STATUS_OK);
  assert_int_equal(shard_find(s, "q3", &c, &err), STATUS_OK);
  assert_int_equal(shard_find(s, "q4", &c, &err), STATUS_CORRUPT);
  assert_string_equal(err.message, "shard 1234abcd: column \"q4\": its checksum does not match its bytes");
  shard_close(s);
  b.data[8] = 3;
  assert_int_equal(shard_open(b.data, b.length, "1234abcd", &s, &err), STATUS_CORRUPT);
  assert_string_equal(
      err.message,
      "shard 1234abcd: made by a newer version of canvass (format version 3; this one reads 1 to 2); install "
      "the same version on all machines");
  buf_fini(&b);
  arena_destroy(memory);
}

/* The writer makes no larger one, so nothing that is read may fail to be written. */
static void a_dictionary_of_numbers_has_no_more_texts_than_rows(void **state) {
  (void)state;
  static const int64_t mantissas[] = {0, 5, 6};
  static const uint32_t exception_row = 0, exception_text = 2;
  static const slice texts[] = {{"a", 1}, {"b", 1}, {"c", 1}};
  const packed_column column = {.kind = PACKED_DECIMALS,
                                .name = {"x", 1},
                                .texts = texts,
                                .texts_count = 3,
                                .mantissas = mantissas,
                                .exception_rows = &exception_row,
                                .exception_texts = &exception_text,
                                .exceptions_count = 1};
  const shard_content content = {.rows = 3, .decimal_mark = '.', .columns = &column, .columns_count = 1};
  shard *s = NULL;
  error err;
  buf b;
  buf_init(&b);
  assert_int_equal(shard_encode(&content, &b, &err), STATUS_OK);
  assert_int_equal(shard_open(b.data, b.length, "test", &s, &err), STATUS_OK);
  shard_close(s);
  b.data[offsetof(shard_header, rows)] = 2;
  repair_checksums(b.data, b.length);
  assert_int_equal(shard_open(b.data, b.length, "test", &s, &err), STATUS_CORRUPT);
  assert_string_equal(
      err.message,
      "shard test: column 1: its entry has a wrong kind, width or count; it was altered or cut "
      "off; read its file again");
  buf_fini(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(every_changed_bit_is_noticed),
      cmocka_unit_test(changes_with_repaired_checksums_never_crash),
      cmocka_unit_test(messages_name_shard_and_column),
      cmocka_unit_test(a_dictionary_of_numbers_has_no_more_texts_than_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
