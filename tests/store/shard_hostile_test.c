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

/* A random shard. */
typedef struct scene {
  seeded r;
  arena *memory;
  shard_content content;
  buf bytes;
} scene;

static void draw(scene *s) {
  arena_clear(s->memory);
  buf_clear(&s->bytes);
  s->content = shard_sample(s->memory, &s->r, 70 + (uint32_t)seeded_below(&s->r, 100), COLUMNS);
  assert_int_equal(shard_encode(&s->content, &s->bytes, NULL), STATUS_OK);
}

static int set_up(void **state) {
  scene *s = test_calloc(1, sizeof *s);
  s->r.state = seeded_seed();
  s->memory = arena_new();
  buf_init(&s->bytes);
  draw(s);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  scene *s = *state;
  buf_fini(&s->bytes);
  arena_destroy(s->memory);
  test_free(s);
  return 0;
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
  scene *s = *state;
  for (size_t length = 0; length < s->bytes.length; length++) {
    uint8_t *part = malloc(length + 1);
    memcpy(part, s->bytes.data, length);
    assert_false(read_all(part, length, NULL));
    free(part);
  }
  buf_put_u8(&s->bytes, 0);
  assert_false(read_all(s->bytes.data, s->bytes.length, NULL));
}

static void every_changed_bit_is_noticed(void **state) {
  scene *s = *state;
  uint8_t *copy = malloc(s->bytes.length);
  for (int i = 0; i < SEEDED_CASES(10000); i++) {
    memcpy(copy, s->bytes.data, s->bytes.length);
    const size_t at = i < 1000 ? (size_t)i % s->bytes.length : seeded_below(&s->r, s->bytes.length);
    copy[at] ^= (uint8_t)(1U << seeded_below(&s->r, 8));
    assert_false(read_all(copy, s->bytes.length, &s->content));
  }
  free(copy);
}

static void changes_with_repaired_checksums_never_crash(void **state) {
  scene *s = *state;
  int accepted = 0;
  for (int round = 0; round < 20; round++) {
    draw(s);
    uint8_t *copy = malloc(s->bytes.length);
    for (int i = 0; i < SEEDED_CASES(1500); i++) {
      memcpy(copy, s->bytes.data, s->bytes.length);
      for (uint64_t n = 1 + seeded_below(&s->r, 3); n > 0; n--) {
        static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
        const size_t header = sizeof(shard_header) + COLUMNS * sizeof(shard_entry) + 100;
        const size_t at = seeded_below(&s->r, seeded_below(&s->r, 2) == 0 ? header : s->bytes.length);
        copy[at] = seeded_below(&s->r, 2) == 0 ? values[seeded_below(&s->r, 5)] : (uint8_t)seeded_next(&s->r);
      }
      shard_sample_repair(copy, s->bytes.length);
      accepted += read_all(copy, s->bytes.length, NULL);
    }
    free(copy);
  }
  assert_true(accepted > 0); /* the repair works: changed texts and numbers are what somebody wrote */
}

static void messages_name_shard_and_column(void **state) {
  scene *s = *state;
  shard_entry e;
  memcpy(&e, s->bytes.data + sizeof(shard_header) + 4 * sizeof e, sizeof e);
  s->bytes.data[e.offset] ^= 1;
  shard *opened = NULL;
  packed_column c;
  error err;
  assert_int_equal(shard_open(s->bytes.data, s->bytes.length, "1234abcd", &opened, &err), STATUS_OK);
  assert_int_equal(shard_find(opened, "q3", &c, &err), STATUS_OK);
  assert_int_equal(shard_find(opened, "q4", &c, &err), STATUS_CORRUPT);
  assert_string_equal(err.message, "shard 1234abcd: column \"q4\": its checksum does not match its bytes");
  shard_close(opened);
  s->bytes.data[8] = 3;
  assert_int_equal(shard_open(s->bytes.data, s->bytes.length, "1234abcd", &opened, &err), STATUS_CORRUPT);
  assert_string_equal(
      err.message,
      "shard 1234abcd: made by a newer version of canvass (format version 3; this one reads 1 to 2); install "
      "the same version on all machines");
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
  shard_sample_repair(b.data, b.length);
  assert_int_equal(shard_open(b.data, b.length, "test", &s, &err), STATUS_CORRUPT);
  assert_string_equal(
      err.message,
      "shard test: column 1: its entry has a wrong kind, width or count; it was altered or cut "
      "off; read its file again");
  buf_fini(&b);
}

#define SCENE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      SCENE_TEST(every_truncation_is_refused),
      SCENE_TEST(every_changed_bit_is_noticed),
      SCENE_TEST(changes_with_repaired_checksums_never_crash),
      SCENE_TEST(messages_name_shard_and_column),
      cmocka_unit_test(a_dictionary_of_numbers_has_no_more_texts_than_rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
