/* Shards: what is written is read, equal content has equal bytes, arrays are aligned and padded, and the
 * bytes of one small shard are fixed, so that no change of the format goes unnoticed. */
#include "store/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "tests/check.h"
#include "tests/store/shard_sample.h"

static shard *open_shard(const void *bytes, size_t length) {
  shard *s = NULL;
  error err;
  if (shard_open(bytes, length, "test", &s, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
  return s;
}

static void assert_encoded(const shard_content *content, buf *out) {
  error err;
  if (shard_encode(content, out, &err) != STATUS_OK) {
    fail_msg("%s", err.message);
  }
}

static void assert_padded(const packed_column *c, uint32_t rows) {
  for (uint32_t r = rows; r % 64 != 0; r++) {
    assert_true(c->kind != PACKED_CODES || c->codes[r] == 0);
    assert_true(c->kind != PACKED_WIDE || c->wide_codes[r] == 0);
    assert_true(c->mantissas == NULL || c->mantissas[r] == 0);
    assert_true(c->scales == NULL || c->scales[r] == 0);
  }
  assert_int_equal((uintptr_t)c->codes % 64, 0);
  assert_int_equal((uintptr_t)c->wide_codes % 64, 0);
  assert_int_equal((uintptr_t)c->mantissas % 64, 0);
  assert_int_equal((uintptr_t)c->offsets % 64, 0);
}

static void assert_gaps(const shard_content *content, const shard *s) {
  const uint32_t *ordinals = shard_ordinal_offsets(s);
  const uint32_t *lines = shard_line_offsets(s);
  uint32_t gap = 0, records = 0, breaks = 0;
  for (uint32_t r = 0; r < content->rows; r++) {
    if (gap < content->gaps_count && content->gap_rows[gap] == r) {
      records += content->gap_records[gap];
      breaks += content->gap_lines[gap++];
    }
    assert_int_equal(ordinals != NULL ? ordinals[r] : r, r + records);
    assert_int_equal(lines != NULL ? lines[r] : r, r + breaks);
  }
  assert_int_equal(ordinals != NULL, records > 0);
  assert_int_equal(lines != NULL, breaks > 0);
}

static void assert_reads_as(const shard_content *content, const void *bytes, size_t length) {
  shard *s = open_shard(bytes, length);
  assert_int_equal(shard_rows(s), content->rows);
  assert_true(shard_first_ordinal(s) == content->first_ordinal);
  assert_true(shard_first_line(s) == content->first_line);
  assert_int_equal(shard_file(s), content->file);
  assert_int_equal(shard_decimal_mark(s), content->decimal_mark);
  assert_int_equal(shard_columns_count(s), content->columns_count);
  assert_gaps(content, s);
  for (uint32_t i = content->columns_count; i-- > 0;) {
    const packed_column *wanted = &content->columns[i];
    packed_column c;
    error err;
    assert_slice_equal(shard_column_name(s, i), wanted->name);
    char *name = slice_copy(wanted->name);
    if (shard_find(s, name, &c, &err) != STATUS_OK) {
      fail_msg("%s", err.message);
    }
    free(name);
    if (!shard_sample_same(wanted, &c, content->rows)) {
      fail_msg("seed %llu: a column of kind %d of %u rows differs", (unsigned long long)seeded_seed(),
               wanted->kind, content->rows);
    }
    assert_padded(&c, content->rows);
  }
  shard_close(s);
}

static void what_is_written_is_read(void **state) {
  (void)state;
  static const uint32_t rows[] = {0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 1000, 5000};
  seeded r = {seeded_seed()};
  arena *memory = arena_new();
  for (int i = 0; i < 300; i++) {
    arena_clear(memory);
    const shard_content content =
        shard_sample(memory, &r, rows[seeded_below(&r, 12)], (uint32_t)seeded_below(&r, 12));
    buf first, second;
    buf_init(&first);
    buf_init(&second);
    buf_put_text(&second, "xyz");
    assert_encoded(&content, &first);
    assert_encoded(&content, &second);
    assert_int_equal(first.length + 3, second.length);
    assert_memory_equal(first.data, second.data + 3, first.length);
    uint8_t *aligned = aligned_alloc(64, (first.length + 63) / 64 * 64);
    memcpy(aligned, first.data, first.length);
    assert_reads_as(&content, aligned, first.length);
    assert_reads_as(&content, second.data + 3, first.length); /* unaligned */
    free(aligned);
    buf_fini(&first);
    buf_fini(&second);
  }
  arena_destroy(memory);
}

static void twenty_thousand_columns_are_found_by_name(void **state) {
  (void)state;
  arena *memory = arena_new();
  seeded r = {seeded_seed()};
  const shard_content content = shard_sample(memory, &r, 3, SHARD_COLUMNS_MAX);
  buf b;
  buf_init(&b);
  assert_encoded(&content, &b);
  assert_reads_as(&content, b.data, b.length);
  shard *s = open_shard(b.data, b.length);
  packed_column c;
  error err;
  assert_int_equal(shard_find(s, "q20000", &c, &err), STATUS_NOT_FOUND);
  assert_string_equal(err.message, "shard test has no column \"q20000\"");
  assert_int_equal(shard_find(s, "", &c, NULL), STATUS_NOT_FOUND);
  assert_int_equal(shard_column_name(s, SHARD_COLUMNS_MAX).length, 0);
  shard_close(s);
  shard_close(NULL);
  buf_fini(&b);
  arena_destroy(memory);
}

static const slice answers[] = {{"", 0}, {"yes", 3}, {"n\xc3\xb3", 3}};

/* Three rows of a code and of a number with one cell that is none; row 2 stands after a quarantined
 * record. */
static shard_content small_content(void) {
  static const uint8_t codes[] = {1, 2, 1};
  static const int64_t mantissas[] = {1995, 0, 2005};
  static const uint32_t exception_row = 1, exception_text = 0;
  static const slice not_available = {"n/a", 3};
  static const uint32_t gap_row = 2, one = 1, two = 2;
  static packed_column columns[2];
  columns[0] = (packed_column){
      .kind = PACKED_CODES, .name = {"q1", 2}, .codes = codes, .texts = answers, .texts_count = 3};
  columns[1] = (packed_column){.kind = PACKED_DECIMALS,
                               .name = {"age", 3},
                               .decimals_max = 1,
                               .texts = &not_available,
                               .texts_count = 1,
                               .mantissas = mantissas,
                               .scale = 1,
                               .exception_rows = &exception_row,
                               .exception_texts = &exception_text,
                               .exceptions_count = 1};
  return (shard_content){.rows = 3,
                         .first_ordinal = 100,
                         .first_line = 102,
                         .decimal_mark = '.',
                         .gap_rows = &gap_row,
                         .gap_records = &one,
                         .gap_lines = &two,
                         .gaps_count = 1,
                         .columns = columns,
                         .columns_count = 2};
}

/* The worked example of docs/shard-format.md.  Another text here means another SHARD_VERSION. */
static const char golden[] =
    "43414e56534852440100000002000000f0000000000000000002000000000000\n"
    "6400000000000000660000000000000003000000000000000100000005000000\n"
    "2e00000000000000000100000000000080000000000000007312295be8b064bc\n"
    "0000000000000000060000000000000000000000020000000300000000000000\n"
    "01040800000000008001000000000000800000000000000079d33bf4ea903a46\n"
    "cb07000000000000030000000000000002000000030000000100000001000000\n"
    "0308080101000000010000000000000002000000010000000200000071316167\n"
    "6500000000000000e8255a850972c3fa00000000000000000000000000000000\n"
    "0102010000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0003037965736ec3b30000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "00000a0000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0100000000000000036e2f610000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n";

static void assert_bytes(const shard_content *content, const char *expected) {
  buf b, hex;
  buf_init(&b);
  buf_init(&hex);
  assert_encoded(content, &b);
  for (size_t i = 0; i < b.length; i++) {
    buf_printf(&hex, "%02x%s", b.data[i], i % 32 == 31 ? "\n" : "");
  }
  buf_put_u8(&hex, 0);
  assert_string_equal((const char *)hex.data, expected);
  assert_reads_as(content, b.data, b.length);
  buf_fini(&b);
  buf_fini(&hex);
}

/* Shards without scaled numbers are of version 1, as they always were. */
static void bytes_of_the_format_are_fixed(void **state) {
  (void)state;
  const shard_content content = small_content();
  assert_bytes(&content, golden);
}

/* 4.53449843955693e-05, "n/a", -2.5; written by a program made from docs/shard-format.md alone. */
static const char golden_scaled[] =
    "43414e5653485244020000000100000098000000000000004003000000000000\n"
    "6400000000000000660000000000000003000000000000000000000001000000\n"
    "2e00000000000000c000000000000000800200000000000043ab2becac29f001\n"
    "0000000000000000030000000000000000000000010000000100000001000000\n"
    "05480800120000000000000078000000e446efd314a447db0000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "ed57df04699c01000000000000000000e7ffffffffffffff0000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "1300010000000000000000000000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n"
    "0100000000000000036e2f610000000000000000000000000000000000000000\n"
    "0000000000000000000000000000000000000000000000000000000000000000\n";

static void bytes_of_version_2_are_fixed(void **state) {
  (void)state;
  static const int64_t mantissas[] = {453449843955693, 0, -25};
  static const uint8_t scales[] = {19, 0, 1};
  static const uint32_t exception_row = 1, exception_text = 0;
  static const slice not_available = {"n/a", 3};
  const packed_column column = {.kind = PACKED_SCALED,
                                .name = {"x", 1},
                                .decimals_max = 18,
                                .texts = &not_available,
                                .texts_count = 1,
                                .mantissas = mantissas,
                                .scales = scales,
                                .exception_rows = &exception_row,
                                .exception_texts = &exception_text,
                                .exceptions_count = 1};
  const shard_content content = {.rows = 3,
                                 .first_ordinal = 100,
                                 .first_line = 102,
                                 .decimal_mark = '.',
                                 .columns = &column,
                                 .columns_count = 1};
  assert_bytes(&content, golden_scaled);
}

/* The mantissas of the shard above begin at 192, its scales at 704. */
static void scaled_numbers_that_are_not_in_their_only_form_are_refused(void **state) {
  (void)state;
  static const struct {
    size_t at;
    uint8_t byte;
    const char *problem;
  } cases[] = {
      {192, 0xea, "a number does not have its least scale"}, /* 453449843955690 */
      {704, 100, "a number does not have its least scale"},
      {705, 1, "a number does not have its least scale"},
      {200, 1, "a row has both a number and a text"},
      {192 + 3 * 8, 1, "a number follows the last row"},
      {707, 1, "a number follows the last row"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint8_t bytes[832];
    for (size_t k = 0, at = 0; k < sizeof bytes; k++, at += 2) {
      at += golden_scaled[at] == '\n';
      unsigned byte;
      assert_int_equal(sscanf(golden_scaled + at, "%2x", &byte), 1);
      bytes[k] = (uint8_t)byte;
    }
    bytes[cases[i].at] = cases[i].byte;
    uint64_t checksum = digest_xxh3(bytes + 192, sizeof bytes - 192);
    memcpy(bytes + 72 + 16, &checksum, sizeof checksum);
    checksum = digest_xxh3(bytes, 152 - 8);
    memcpy(bytes + 152 - 8, &checksum, sizeof checksum);
    shard *s = open_shard(bytes, sizeof bytes);
    packed_column c;
    error err;
    assert_int_equal(shard_find(s, "x", &c, &err), STATUS_CORRUPT);
    if (strstr(err.message, cases[i].problem) == NULL) {
      fail_msg("byte %zu: %s", cases[i].at, err.message);
    }
    shard_close(s);
  }
}

static void contents_above_the_limits_are_refused(void **state) {
  (void)state;
  buf b;
  buf_init(&b);
  error err;
  shard_content content = small_content();
  content.rows = SHARD_ROWS_MAX + 1;
  assert_int_equal(shard_encode(&content, &b, &err), STATUS_LIMIT);
  content = small_content();
  content.columns_count = SHARD_COLUMNS_MAX + 1;
  assert_int_equal(shard_encode(&content, &b, &err), STATUS_LIMIT);
  content = small_content();
  packed_column columns[2] = {content.columns[0], content.columns[1]};
  content.columns = columns;
  columns[0].texts_count = PACKED_CODES_MAX + 1;
  assert_int_equal(shard_encode(&content, &b, &err), STATUS_LIMIT);
  columns[0].texts_count = 3;
  columns[1].name = columns[0].name;
  assert_int_equal(shard_encode(&content, &b, &err), STATUS_DATA);
  assert_string_equal(err.message, "column \"q1\" occurs twice; give each column its own name");
  assert_int_equal(b.length, 0);
  buf_fini(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(twenty_thousand_columns_are_found_by_name),
      cmocka_unit_test(bytes_of_the_format_are_fixed),
      cmocka_unit_test(bytes_of_version_2_are_fixed),
      cmocka_unit_test(scaled_numbers_that_are_not_in_their_only_form_are_refused),
      cmocka_unit_test(contents_above_the_limits_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
