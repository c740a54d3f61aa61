/* What is put is got, whatever the bytes are got from: identity over random values, golden bytes of the
 * forms, every truncation refused, and no read past the end of random bytes (the copies have their
 * exact size, so that a sanitizer sees it). */
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "tests/check.h"
#include "tests/seeded.h"

typedef struct record {
  uint8_t u8;
  uint16_t u16;
  uint32_t u32;
  uint64_t u64, varint;
  int64_t whole;
  i128 wide;
  exact widest;
  char text[16];
  size_t text_length;
} record;

static record random_record(seeded *r) {
  record v = {
      .u8 = (uint8_t)seeded_next(r),
      .u16 = (uint16_t)seeded_next(r),
      .u32 = (uint32_t)seeded_next(r),
      .u64 = seeded_next(r),
      .varint = seeded_bits(r, 64),
      .whole = (int64_t)seeded_bits(r, 64),
  };
  v.wide = (i128)((u128)seeded_next(r) << 64 | seeded_next(r)) >> seeded_below(r, 128);
  exact_add_product(&v.widest, v.wide, (i128)((u128)seeded_next(r) << 64 | 1) >> seeded_below(r, 128));
  exact_add_scaled(&v.widest, &v.widest, (int64_t)seeded_next(r) >> seeded_below(r, 64));
  v.text_length = seeded_below(r, sizeof v.text);
  memset(v.text, 'x', v.text_length);
  return v;
}

static void put_record(buf *b, const record *v) {
  buf_put_u8(b, v->u8);
  buf_put_u16(b, v->u16);
  buf_put_u32(b, v->u32);
  buf_put_u64(b, v->u64);
  buf_put_varint(b, v->varint);
  buf_put_signed(b, v->whole);
  buf_put_i128(b, v->wide);
  buf_put_exact(b, &v->widest);
  buf_put_slice(b, (slice){v->text, v->text_length});
}

static void get_record(reader *r, record *v) {
  memset(v, 0, sizeof *v);
  v->u8 = reader_u8(r);
  v->u16 = reader_u16(r);
  v->u32 = reader_u32(r);
  v->u64 = reader_u64(r);
  v->varint = reader_varint(r);
  v->whole = reader_signed(r);
  v->wide = reader_i128(r);
  reader_exact(r, &v->widest);
  const slice text = reader_slice(r, sizeof v->text);
  v->text_length = text.length;
  memcpy(v->text, text.bytes, text.length);
}

static bool same(const record *a, const record *b) {
  return a->u8 == b->u8 && a->u16 == b->u16 && a->u32 == b->u32 && a->u64 == b->u64 &&
         a->varint == b->varint && a->whole == b->whole && a->wide == b->wide &&
         exact_compare(&a->widest, &b->widest) == 0 && a->text_length == b->text_length &&
         memcmp(a->text, b->text, a->text_length) == 0;
}

static void what_is_put_is_got(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  buf b;
  buf_init(&b);
  for (int i = 0; i < 20000; i++) {
    const record v = random_record(&r);
    buf_clear(&b);
    put_record(&b, &v);
    reader in;
    reader_init(&in, b.data, b.length);
    record back;
    get_record(&in, &back);
    assert_int_equal(reader_finish(&in, "record", NULL), STATUS_OK);
    if (!same(&v, &back)) {
      fail_msg("seed %llu, case %d", (unsigned long long)seeded_seed(), i);
    }
  }
  buf_fini(&b);
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < 300; i++) {
    const record v = random_record(&r);
    buf b;
    buf_init(&b);
    put_record(&b, &v);
    for (size_t length = 0; length < b.length; length++) {
      uint8_t *part = malloc(length + 1);
      memcpy(part, b.data, length);
      reader in;
      reader_init(&in, part, length);
      record back;
      get_record(&in, &back);
      assert_int_equal(reader_finish(&in, "record", NULL), STATUS_CORRUPT);
      free(part);
    }
    buf_fini(&b);
  }
}

static void random_bytes_never_read_past_the_end(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < 50000; i++) {
    const size_t length = seeded_below(&r, 80);
    uint8_t *bytes = malloc(length + 1);
    for (size_t k = 0; k < length; k++) {
      bytes[k] = (uint8_t)(seeded_below(&r, 2) == 0 ? seeded_below(&r, 4) : seeded_next(&r));
    }
    reader in;
    reader_init(&in, bytes, length);
    record first;
    get_record(&in, &first);
    if (reader_status(&in, "record", NULL) == STATUS_OK) {
      buf b;
      buf_init(&b);
      put_record(&b, &first);
      /* Forms are canonical: what reads well is written back as it was. */
      assert_int_equal(b.length, length - reader_left(&in));
      assert_memory_equal(b.data, bytes, b.length);
      buf_fini(&b);
    }
    free(bytes);
  }
}

static void assert_bytes(buf *b, const char *expected, size_t length) {
  assert_int_equal(b->length, length);
  assert_memory_equal(b->data, expected, length);
  buf_clear(b);
}

static void bytes_of_the_forms_are_fixed(void **state) {
  (void)state;
  buf b;
  buf_init(&b);
  buf_put_u16(&b, 0x1234);
  buf_put_u32(&b, 0x01020304);
  assert_bytes(&b, "\x34\x12\x04\x03\x02\x01", 6);
  buf_put_varint(&b, 300);
  buf_put_signed(&b, -1);
  buf_put_signed(&b, 1);
  buf_put_signed(&b, INT64_MIN);
  assert_bytes(&b, "\xac\x02\x01\x02\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 14);
  buf_put_i128(&b, 0);
  buf_put_i128(&b, -1);
  buf_put_i128(&b, 127);
  buf_put_i128(&b, 128);
  buf_put_i128(&b, -128);
  buf_put_i128(&b, -129);
  assert_bytes(&b, "\0\x01\xff\x01\x7f\x02\x80\0\x01\x80\x02\x7f\xff", 13);
  buf_put_text(&b, "ab");
  buf_printf(&b, "%d-%s", 7, "x");
  assert_bytes(&b, "ab7-x", 5);
  buf_put_slice(&b, slice_of("hi"));
  assert_bytes(&b, "\x02hi", 3);
  buf_fini(&b);
  buf_fini(&b);
}

static void longer_forms_than_needed_are_refused(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t length;
  } varints[] = {{"\x80\x00", 2}, {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}, {"\x80", 1}};
  for (size_t i = 0; i < sizeof varints / sizeof varints[0]; i++) {
    reader in;
    reader_init(&in, varints[i].bytes, varints[i].length);
    assert_int_equal(reader_varint(&in), 0);
    assert_non_null(in.problem);
  }
  static const char *const integers[] = {"\x01\x00", "\x02\x7f\x00", "\x02\x80\xff", "\x11", "\x31"};
  static const size_t lengths[] = {2, 3, 3, 1, 1};
  for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
    reader in;
    reader_init(&in, integers[i], lengths[i]);
    assert_true(reader_i128(&in) == 0);
    assert_non_null(in.problem);
  }
}

static void counts_are_bounded_by_limit_and_by_what_is_left(void **state) {
  (void)state;
  const uint8_t bytes[] = {5, 0, 0, 0, 0};
  reader in;
  reader_init(&in, bytes, sizeof bytes);
  assert_int_equal(reader_count(&in, 5), 5);
  reader_init(&in, bytes, sizeof bytes);
  assert_int_equal(reader_count(&in, 4), 0);
  assert_non_null(in.problem);
  reader_init(&in, bytes, sizeof bytes);
  assert_int_equal(reader_count_of(&in, 10, 1), 0);
  assert_non_null(in.problem);
  assert_null(reader_bytes(&in, 0));
  reader_init(&in, bytes, sizeof bytes);
  error err;
  assert_int_equal(reader_finish(&in, "shard x", &err), STATUS_CORRUPT);
  assert_string_equal(err.message, "shard x: bytes are left over at the end");
  reader_init(&in, NULL, 0);
  assert_non_null(reader_bytes(&in, 0));
  assert_int_equal(reader_finish(&in, "nothing", NULL), STATUS_OK);
}

static void failed_allocation_is_sticky_and_reported(void **state) {
  (void)state;
  buf b;
  buf_init(&b);
  buf_put_text(&b, "kept");
  assert_false(buf_reserve(&b, SIZE_MAX - 1));
  buf_put_text(&b, "lost");
  assert_int_equal(b.length, 4);
  error err;
  assert_int_equal(buf_status(&b, "plan", &err), STATUS_NO_MEMORY);
  assert_memory_equal(err.message, "plan: out of memory", 19);
  buf_clear(&b);
  assert_int_equal(buf_status(&b, "plan", NULL), STATUS_OK);
  buf_put_text(&b, "x");
  size_t length;
  uint8_t *taken = buf_take(&b, &length);
  assert_int_equal(length, 1);
  assert_null(b.data);
  free(taken);
}

/* AGAIN, which is freed, against "read". */
static status compare_canonical(const char *again, bool failed, error *err) {
  buf b;
  buf_init(&b);
  buf_put_text(&b, again);
  b.failed = failed;
  const status st = buf_finish_canonical(&b, "read", 4, "thing", err);
  assert_null(b.data);
  return st;
}

static void bytes_that_would_be_written_otherwise_are_corrupt(void **state) {
  (void)state;
  static const char *const others[] = {"reaD", "rea", "reads", ""};
  error err;
  assert_int_equal(compare_canonical("read", false, &err), STATUS_OK);
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    assert_int_equal(compare_canonical(others[i], false, &err), STATUS_CORRUPT);
    assert_string_equal(err.message, "thing: not in canonical form");
  }
  assert_int_equal(compare_canonical("rea", true, &err), STATUS_NO_MEMORY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_put_is_got),
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(random_bytes_never_read_past_the_end),
      cmocka_unit_test(bytes_of_the_forms_are_fixed),
      cmocka_unit_test(longer_forms_than_needed_are_refused),
      cmocka_unit_test(counts_are_bounded_by_limit_and_by_what_is_left),
      cmocka_unit_test(failed_allocation_is_sticky_and_reported),
      cmocka_unit_test(bytes_that_would_be_written_otherwise_are_corrupt),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
