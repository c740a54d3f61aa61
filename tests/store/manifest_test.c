/* Manifests: identity over random ones, equal bytes for equal manifests, and rejections: truncations,
 * changed bytes, and changes with a repaired checksum. */
#include "store/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/shard.h"
#include "tests/check.h"
#include "tests/seeded.h"

static slice random_name(arena *memory, seeded *r, const char *kind) {
  char text[64];
  const int length = snprintf(text, sizeof text, "%s \xe5\x95\x8f%u", kind, (unsigned)seeded_below(r, 1000));
  return arena_slice(memory, (slice){text, (size_t)length});
}

static digest random_digest(seeded *r) {
  digest d;
  for (size_t i = 0; i < DIGEST_BYTES; i++) {
    d.bytes[i] = (uint8_t)seeded_next(r);
  }
  return d;
}

static void fill_file(manifest *m, seeded *r, file_facts *f) {
  f->name = random_name(m->memory, r, "file");
  f->sha256 = random_digest(r);
  f->bytes = seeded_bits(r, 64);
  f->records = 20 + seeded_bits(r, 30);
  f->quarantined = seeded_below(r, 20);
  f->places_count = (uint32_t)(f->quarantined < FILE_PLACES ? f->quarantined : FILE_PLACES);
  for (uint32_t k = 0; k < f->places_count; k++) {
    f->places[k] = (file_place){seeded_bits(r, 40), random_name(m->memory, r, "5 fields instead of")};
  }
}

static manifest *random_manifest(seeded *r) {
  manifest *m = manifest_new();
  m->files_count = 1 + (uint32_t)seeded_below(r, 4);
  m->files = ARENA_ARRAY(m->memory, file_facts, m->files_count);
  for (uint32_t i = 0; i < m->files_count; i++) {
    fill_file(m, r, &m->files[i]);
  }
  m->shards_count = (uint32_t)seeded_below(r, 8);
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, m->shards_count);
  uint64_t ordinal = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    m->shards[i] = (manifest_shard){
        .name = random_digest(r),
        .bytes = seeded_bits(r, 40),
        .first_ordinal = ordinal,
        .rows = (uint32_t)seeded_below(r, SHARD_ROWS_MAX + 1),
        .file = (uint32_t)seeded_below(r, m->files_count),
    };
    ordinal += m->shards[i].rows + seeded_below(r, 3);
  }
  m->columns_count = (uint32_t)seeded_below(r, 20);
  m->columns = ARENA_ARRAY(m->memory, manifest_column, m->columns_count);
  for (uint32_t i = 0; i < m->columns_count; i++) {
    m->columns[i] = (manifest_column){
        .name = random_name(m->memory, r, "column"),
        .decimals_max = (uint8_t)seeded_below(r, 256),
        .largest = decimal_magnitude_of(seeded_bits(r, 62), (unsigned)seeded_below(r, 400)),
        .largest_known = seeded_below(r, 8) > 0,
        .as_numbers = seeded_below(r, 2) == 1,
    };
  }
  return m;
}

static void what_is_written_is_read(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  for (int i = 0; i < 500; i++) {
    manifest *m = random_manifest(&r);
    buf first, second;
    buf_init(&first);
    buf_init(&second);
    manifest_encode(m, &first);
    manifest *back = NULL;
    error err;
    if (manifest_decode(first.data, first.length, &back, &err) != STATUS_OK) {
      fail_msg("seed %llu, case %d: %s", (unsigned long long)seeded_seed(), i, err.message);
    }
    manifest_encode(back, &second);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.data, second.data, first.length);
    assert_true(manifest_rows(m) == manifest_rows(back));
    assert_int_equal(back->columns_count, m->columns_count);
    for (uint32_t k = 0; k < m->files_count; k++) {
      assert_slice_equal(m->files[k].name, back->files[k].name);
      assert_true(digest_equal(&m->files[k].sha256, &back->files[k].sha256));
      assert_int_equal(m->files[k].places_count, back->files[k].places_count);
    }
    for (uint32_t k = 0; k < m->columns_count; k++) {
      const manifest_column *column = &m->columns[k];
      assert_int_equal(column->decimals_max, back->columns[k].decimals_max);
      assert_int_equal(column->largest_known, back->columns[k].largest_known);
      assert_true(!column->largest_known ||
                  decimal_magnitude_compare(column->largest, back->columns[k].largest) == 0);
    }
    for (uint32_t k = 0; k < m->shards_count; k++) {
      assert_true(m->shards[k].first_ordinal == back->shards[k].first_ordinal);
      assert_int_equal(m->shards[k].file, back->shards[k].file);
    }
    buf_fini(&first);
    buf_fini(&second);
    manifest_destroy(m);
    manifest_destroy(back);
  }
  manifest_destroy(NULL);
}

static void repair_checksum(uint8_t *bytes, size_t length) {
  const uint64_t checksum = digest_xxh3(bytes, length - 8);
  for (size_t i = 0; i < 8; i++) {
    bytes[length - 8 + i] = (uint8_t)(checksum >> (8 * i));
  }
}

static void altered_bytes_are_refused_and_never_crash(void **state) {
  (void)state;
  seeded r = {seeded_seed()};
  manifest *m = random_manifest(&r);
  buf b;
  buf_init(&b);
  manifest_encode(m, &b);
  manifest *back = NULL;
  for (size_t length = 0; length < b.length; length++) {
    uint8_t *part = malloc(length + 1);
    memcpy(part, b.data, length);
    assert_int_equal(manifest_decode(part, length, &back, NULL), STATUS_CORRUPT);
    assert_null(back);
    if (length >= 20) {
      repair_checksum(part, length);
      assert_int_equal(manifest_decode(part, length, &back, NULL), STATUS_CORRUPT);
    }
    free(part);
  }
  uint8_t *copy = malloc(b.length);
  for (int i = 0; i < 20000; i++) {
    memcpy(copy, b.data, b.length);
    const size_t at = seeded_below(&r, b.length);
    copy[at] ^= (uint8_t)(1 + seeded_below(&r, 255));
    assert_int_equal(manifest_decode(copy, b.length, &back, NULL), STATUS_CORRUPT);
    repair_checksum(copy, b.length);
    if (manifest_decode(copy, b.length, &back, NULL) == STATUS_OK) {
      manifest_destroy(back);
    }
  }
  free(copy);
  buf_fini(&b);
  manifest_destroy(m);
}

typedef void (*spoil)(manifest *m);

static void spoil_file(manifest *m) {
  m->shards[0].file = m->files_count;
}

static void spoil_rows(manifest *m) {
  m->shards[1].first_ordinal = m->shards[0].first_ordinal;
}

static void spoil_text(manifest *m) {
  m->files[0].name = (slice){"\xff", 1};
}

static void spoil_zeros(manifest *m) {
  m->columns[0].largest = (decimal_magnitude){10, 0};
}

static void spoil_exponent(manifest *m) {
  m->columns[0].largest = (decimal_magnitude){1, DECIMAL_MAGNITUDE_EXPONENT_MAX + 1};
}

static void spoil_count(manifest *m) {
  m->files[0].quarantined = m->files[0].records + 1;
}

static void facts_that_contradict_each_other_are_refused(void **state) {
  (void)state;
  static const struct {
    spoil change;
    const char *message;
  } cases[] = {
      {spoil_file, "manifest: a shard belongs to a file that does not exist"},
      {spoil_rows, "manifest: the rows of a shard do not follow those before"},
      {spoil_text, "manifest: a text is not UTF-8"},
      {spoil_zeros, "manifest: the largest number of a column is not in canonical form"},
      {spoil_exponent, "manifest: a count is above its limit"},
      {spoil_count, "manifest: a file has more quarantined rows than rows"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    file_facts file = {.name = {"a.csv", 5}, .records = 9};
    manifest_shard shards[2] = {{.rows = 5}, {.first_ordinal = 5, .rows = 4}};
    manifest_column column = {.name = {"q1", 2}, .largest_known = true};
    manifest m = {.files = &file,
                  .files_count = 1,
                  .shards = shards,
                  .shards_count = 2,
                  .columns = &column,
                  .columns_count = 1};
    buf b;
    buf_init(&b);
    manifest *back = NULL;
    error err;
    manifest_encode(&m, &b);
    assert_int_equal(manifest_decode(b.data, b.length, &back, &err), STATUS_OK);
    manifest_destroy(back);
    buf_clear(&b);
    cases[i].change(&m);
    manifest_encode(&m, &b);
    assert_int_equal(manifest_decode(b.data, b.length, &back, &err), STATUS_CORRUPT);
    assert_string_equal(err.message, cases[i].message);
    buf_fini(&b);
  }
}

/* What the version before wrote of one file and one column: magic, version, one file, no shard, a column
 * with its decimals and a flag, checksum. */
static void encode_version_2(buf *out, uint8_t decimals_max) {
  static const digest none;
  buf_put(out, "CANVMNFS", 8);
  buf_put_u32(out, 2);
  buf_put_varint(out, 1);
  buf_put_slice(out, slice_of("a.csv"));
  buf_put(out, none.bytes, DIGEST_BYTES);
  for (int i = 0; i < 4; i++) { /* bytes, records, quarantined, places */
    buf_put_varint(out, 0);
  }
  buf_put_varint(out, 0);
  buf_put_varint(out, 1);
  buf_put_slice(out, slice_of("amount"));
  buf_put_u8(out, decimals_max);
  buf_put_u8(out, 1);
  buf_put_u64(out, digest_xxh3(out->data, out->length));
}

static void manifests_of_version_2_are_read_and_do_not_know_the_largest_number(void **state) {
  (void)state;
  buf b;
  buf_init(&b);
  encode_version_2(&b, 4);
  manifest *back = NULL;
  error err;
  assert_int_equal(manifest_decode(b.data, b.length, &back, &err), STATUS_OK);
  assert_int_equal(back->columns[0].decimals_max, 4);
  assert_true(back->columns[0].as_numbers);
  assert_false(back->columns[0].largest_known);
  /* It stays unknown when files are added, and is written so. */
  manifest_column column = {.name = {"amount", 6},
                            .decimals_max = 19,
                            .largest = decimal_magnitude_of(15, 1),
                            .largest_known = true};
  const manifest added = {.columns = &column, .columns_count = 1};
  const manifest *parts[] = {back, &added};
  manifest *joined = NULL;
  assert_int_equal(manifest_join(parts, 2, &joined, &err), STATUS_OK);
  assert_false(joined->columns[0].largest_known);
  assert_int_equal(joined->columns[0].decimals_max, 19);
  manifest_destroy(joined);
  manifest_destroy(back);
  buf_clear(&b);
  encode_version_2(&b, 19);
  assert_int_equal(manifest_decode(b.data, b.length, &back, &err), STATUS_CORRUPT);
  assert_string_equal(err.message, "manifest: a column has more than 18 decimals");
  buf_fini(&b);
}

static void datasets_are_the_same_by_their_files_and_shards(void **state) {
  (void)state;
  buf b;
  buf_init(&b);
  encode_version_2(&b, 4);
  manifest *old = NULL;
  error err;
  assert_int_equal(manifest_decode(b.data, b.length, &old, &err), STATUS_OK);
  buf_fini(&b);
  /* What this version knows of the same file: more. */
  file_facts file = {.name = {"a.csv", 5}, .skipped[FILE_BLANK_ROWS] = {.count = 0}};
  manifest_column column = {
      .name = {"amount", 6}, .decimals_max = 19, .largest = {15, -1}, .largest_known = true};
  manifest same = {.files = &file, .files_count = 1, .columns = &column, .columns_count = 1};
  assert_true(manifest_same_shards(old, &same));
  assert_true(manifest_same_shards(&same, old));
  file.name = slice_of("b.csv");
  assert_false(manifest_same_shards(old, &same));
  file.name = slice_of("a.csv");
  file.sha256.bytes[31] = 1;
  assert_false(manifest_same_shards(old, &same));
  file.sha256.bytes[31] = 0;
  manifest_shard shards[2] = {{.bytes = 64, .rows = 3}, {.bytes = 64, .rows = 3}};
  manifest left = {.files = &file, .files_count = 1, .shards = &shards[0], .shards_count = 1};
  manifest right = {.files = &file, .files_count = 1, .shards = &shards[1], .shards_count = 1};
  assert_false(manifest_same_shards(&left, &same));
  assert_true(manifest_same_shards(&left, &right));
  shards[1].name.bytes[0] = 1;
  assert_false(manifest_same_shards(&left, &right));
  shards[1].name.bytes[0] = 0;
  shards[1].first_ordinal = 1;
  assert_false(manifest_same_shards(&left, &right));
  manifest_destroy(old);
}

/* A part with one file and COUNT columns, called by the letters of NAMES. */
static manifest *lettered_part(const char *names) {
  manifest *m = manifest_new();
  assert_non_null(m);
  m->files = ARENA_NEW(m->memory, file_facts);
  m->files_count = 1;
  m->columns_count = (uint32_t)strlen(names);
  m->columns = ARENA_ARRAY(m->memory, manifest_column, m->columns_count);
  for (uint32_t i = 0; i < m->columns_count; i++) {
    m->columns[i].name = (slice){names + i, 1};
  }
  return m;
}

static void joined_parts_have_all_columns_and_know_which_files_lack_them(void **state) {
  (void)state;
  static const struct lacking {
    char name;
    uint32_t count;
    uint32_t files[3];
  } wanted[] = {{'a', 1, {2}}, {'b', 2, {1, 2}}, {'c', 2, {0, 2}}, {'d', 2, {0, 1}}};
  error err;
  manifest *parts[] = {lettered_part("ab"), lettered_part("ca"), lettered_part("d")};
  /* Two and one more are the same as all three at once. */
  for (int at_once = 0; at_once < 2; at_once++) {
    manifest *two = NULL;
    manifest *joined = NULL;
    assert_int_equal(manifest_join((const manifest *const *)parts, 2, &two, &err), STATUS_OK);
    const manifest *const after[] = {two, parts[2]};
    assert_int_equal(at_once ? manifest_join((const manifest *const *)parts, 3, &joined, &err)
                             : manifest_join(after, 2, &joined, &err),
                     STATUS_OK);
    assert_int_equal(joined->columns_count, 4);
    for (size_t i = 0; i < 4; i++) {
      const manifest_column *c = &joined->columns[i];
      assert_int_equal(c->name.bytes[0], wanted[i].name);
      assert_int_equal(c->lacking_count, wanted[i].count);
      assert_memory_equal(c->lacking, wanted[i].files, wanted[i].count * sizeof wanted[i].files[0]);
    }
    manifest_destroy(joined);
    manifest_destroy(two);
  }
  for (size_t i = 0; i < 3; i++) {
    manifest_destroy(parts[i]);
  }
}

static void joined_parts_have_the_largest_number_of_all(void **state) {
  (void)state;
  manifest_column first = {.name = {"x", 1}, .decimals_max = 2, .largest = {15, -1}, .largest_known = true};
  manifest_column second = {.name = {"x", 1}, .decimals_max = 1, .largest = {2, 3}, .largest_known = true};
  const manifest a = {.columns = &first, .columns_count = 1};
  const manifest b = {.columns = &second, .columns_count = 1};
  const manifest *orders[2][2] = {{&a, &b}, {&b, &a}};
  for (size_t i = 0; i < 2; i++) {
    manifest *joined = NULL;
    error err;
    assert_int_equal(manifest_join(orders[i], 2, &joined, &err), STATUS_OK);
    assert_true(joined->columns[0].largest_known);
    assert_int_equal(joined->columns[0].decimals_max, 2);
    assert_int_equal(decimal_magnitude_compare(joined->columns[0].largest, second.largest), 0);
    manifest_destroy(joined);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_written_is_read),
      cmocka_unit_test(altered_bytes_are_refused_and_never_crash),
      cmocka_unit_test(facts_that_contradict_each_other_are_refused),
      cmocka_unit_test(manifests_of_version_2_are_read_and_do_not_know_the_largest_number),
      cmocka_unit_test(datasets_are_the_same_by_their_files_and_shards),
      cmocka_unit_test(joined_parts_have_all_columns_and_know_which_files_lack_them),
      cmocka_unit_test(joined_parts_have_the_largest_number_of_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
