/* Manifests of the versions that are read, byte by byte. */
#include <string.h>

#include "store/manifest.h"
#include "tests/check.h"
#include "tests/golden/golden.h"

enum { VERSION_AT = 8, CHECKSUM_BYTES = 8, VERSION_NEWEST = 7 };

static const golden_version newest = {VERSION_NEWEST, "MANIFEST_VERSION (store/manifest.c)"};

static const code_label labels[] = {{{"1", 1}, {"no", 2}}, {{"9", 1}, {"refused", 7}}};
static const code_range missing[] = {{{"9", 1}, {NULL, 0}, false}, {{"90", 2}, {"", 0}, true}};
static const uint32_t set_columns[] = {1, 0};

/* The dataset of manifest.py. */
typedef struct sample {
  file_facts files[2];
  manifest_shard shards[3];
  manifest_column columns[2];
  uint32_t lacking;
  code_set sets[1];
  manifest m;
} sample;

static void make(sample *s) {
  *s = (sample){
      .files = {{.name = {"2026-01.csv", 11},
                 .sha256 = golden_digest(0x00),
                 .bytes = 4096,
                 .records = 40,
                 .quarantined = 2,
                 .places = {{7, slice_of("3 fields instead of 2")}, {9, slice_of("a quote")}},
                 .places_count = 2,
                 .skipped[FILE_BLANK_ROWS] = {2, {11, 12}, 2},
                 .reading = {.header_rows = 1}},
                {.name = {"\xe9\x97\xae\xe5\x8d\xb7.csv", 10},
                 .sha256 = golden_digest(0x20),
                 .bytes = 300,
                 .records = 5,
                 .skipped = {[FILE_REPEATED_HEADERS] = {1, {3}, 1}, [FILE_TOTALS] = {1, {9}, 1}},
                 .reading = {slice_of("Qualtrics"),
                             3,
                             2,
                             5,
                             slice_of("\xe7\xad\x94\xe5\x8d\xb7"),
                             {[FILE_HIDDEN_ROWS] = {2, {4, 5}, 2},
                              [FILE_FAR_CELLS] = {1, {3}, 1},
                              [FILE_MAYBE_TOTALS] = {1, {5}, 1}}}}},
      .shards = {{.name = golden_digest(0x40), .bytes = 640, .rows = 20},
                 {.name = golden_digest(0x60), .bytes = 512, .first_ordinal = 30, .rows = 10},
                 {.name = golden_digest(0x80), .bytes = 256, .first_ordinal = 40, .rows = 4, .file = 1}},
      .columns = {{.name = {"score", 5},
                   .label = slice_of("\xe6\xbb\xa1\xe6\x84\x8f\xe5\x90\x97\xef\xbc\x9f"),
                   .codes = {labels, 2, missing, 2, MEASURE_ORDINAL, {NULL, 0}, false, false},
                   .codes_differ = 2},
                  {.name = {"amount", 6},
                   .decimals_max = 2,
                   .largest = {99999, -2},
                   .largest_known = true,
                   .as_numbers = true,
                   .codes = {.date_format = {"%Y", 2}, .is_weight = true, .is_set = true}}},
      .sets = {{slice_of("media"), slice_of("Media"), slice_of("1"), set_columns, 2}},
  };
  s->lacking = 1;
  s->columns[0].lacking = &s->lacking;
  s->columns[0].lacking_count = 1;
  s->m = (manifest){.files = s->files,
                    .files_count = 2,
                    .shards = s->shards,
                    .shards_count = 3,
                    .columns = s->columns,
                    .columns_count = 2,
                    .sets = s->sets,
                    .sets_count = 1};
}

static manifest *decoded(const golden *g, const char *entry) {
  const slice bytes = golden_bytes(g, entry);
  manifest *m = NULL;
  error err;
  if (manifest_decode(bytes.bytes, bytes.length, &m, &err) != STATUS_OK) {
    fail_msg("%s: %s", entry, err.message);
  }
  return m;
}

static void assert_file(const file_facts *f, const file_facts *wanted) {
  assert_true(slice_equal(f->name, wanted->name) && digest_equal(&f->sha256, &wanted->sha256));
  assert_true(f->bytes == wanted->bytes && f->records == wanted->records);
  assert_true(f->quarantined == wanted->quarantined);
  assert_int_equal(f->places_count, wanted->places_count);
  for (uint32_t i = 0; i < f->places_count; i++) {
    assert_true(f->places[i].line == wanted->places[i].line);
    assert_slice_equal(f->places[i].problem, wanted->places[i].problem);
  }
}

static void assert_reading(const file_reading *r, const file_reading *wanted) {
  assert_slice_equal(r->format, wanted->format);
  assert_int_equal(r->header_rows, wanted->header_rows);
  assert_true(r->skipped == wanted->skipped);
  assert_int_equal(r->notices, wanted->notices);
  assert_slice_equal(r->sheet, wanted->sheet);
  assert_memory_equal(r->remarks, wanted->remarks, sizeof r->remarks);
}

static void bytes_of_the_newest_version_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("manifest");
  sample s;
  buf b;
  make(&s);
  buf_init(&b);
  manifest_encode(&s.m, &b);
  golden_expect(g, "newest", &b, newest);
  manifest *m = decoded(g, "newest");
  assert_true(manifest_same_shards(m, &s.m));
  for (size_t i = 0; i < 2; i++) {
    assert_file(&m->files[i], &s.files[i]);
    assert_memory_equal(m->files[i].skipped, s.files[i].skipped, sizeof s.files[i].skipped);
    assert_reading(&m->files[i].reading, &s.files[i].reading);
    assert_slice_equal(m->columns[i].name, s.columns[i].name);
    assert_slice_equal(m->columns[i].label, s.columns[i].label);
    assert_int_equal(m->columns[i].decimals_max, s.columns[i].decimals_max);
    assert_int_equal(m->columns[i].as_numbers, s.columns[i].as_numbers);
    assert_int_equal(m->columns[i].largest_known, s.columns[i].largest_known);
    assert_int_equal(decimal_magnitude_compare(m->columns[i].largest, s.columns[i].largest), 0);
    assert_int_equal(m->columns[i].lacking_count, s.columns[i].lacking_count);
    assert_false(manifest_column_is_lacking(&m->columns[i], 0));
    assert_true(manifest_column_is_lacking(&m->columns[i], 1) == (i == 0));
    assert_true(column_codes_equal(&m->columns[i].codes, &s.columns[i].codes));
    assert_int_equal(m->columns[i].codes_differ, s.columns[i].codes_differ);
  }
  assert_int_equal(m->sets_count, 1);
  assert_true(slice_equal(m->sets[0].counted, s.sets[0].counted) && m->sets[0].columns_count == 2);
  assert_memory_equal(m->sets[0].columns, set_columns, sizeof set_columns);
  manifest_destroy(m);
  buf_fini(&b);
  golden_close(g);
}

/* ENTRY is written as the newest, without what it did not know. */
static void expect_readable(const char *entry, uint32_t version) {
  golden *g = golden_open("manifest");
  sample s;
  buf again, wanted;
  make(&s);
  manifest *m = decoded(g, entry);
  assert_true(manifest_same_shards(m, &s.m));
  for (size_t i = 0; i < 2; i++) {
    assert_file(&m->files[i], &s.files[i]);
    s.files[i].reading.remarks[FILE_MAYBE_TOTALS] = (file_skipped){0};
    if (version < 6) {
      s.files[i].skipped[FILE_TOTALS] = (file_skipped){0};
      memset(s.files[i].reading.remarks, 0, sizeof s.files[i].reading.remarks);
    }
    if (version < 5) {
      s.columns[i].lacking_count = 0;
      s.files[i].reading.sheet = (slice){0};
      s.columns[i].codes = (column_codes){0};
      s.columns[i].codes_differ = 0;
      s.m.sets_count = 0;
    }
    if (version < 4) {
      s.files[i].reading = (file_reading){0};
      s.columns[i].label = (slice){0};
    }
    if (version < 3) {
      memset(s.files[i].skipped, 0, sizeof s.files[i].skipped);
      s.columns[i].largest = (decimal_magnitude){0, 0};
      s.columns[i].largest_known = false;
    }
  }
  buf_init(&again);
  buf_init(&wanted);
  manifest_encode(m, &again);
  manifest_encode(&s.m, &wanted);
  assert_int_equal(again.length, wanted.length);
  assert_memory_equal(again.data, wanted.data, again.length);
  manifest_destroy(m);
  buf_fini(&again);
  buf_fini(&wanted);
  golden_close(g);
}

static void older_versions_stay_readable(void **state) {
  (void)state;
  expect_readable("totals", 6);
  expect_readable("sheets", 5);
  expect_readable("labels", 4);
  expect_readable("middle", 3);
  expect_readable("oldest", 2);
}

static status decode(const char *entry, slice bytes, error *err) {
  (void)entry;
  manifest *m = NULL;
  const status st = manifest_decode(bytes.bytes, bytes.length, &m, err);
  manifest_destroy(m);
  return st;
}

static void repair(const char *entry, buf *b) {
  (void)entry;
  if (b->length >= CHECKSUM_BYTES) {
    const size_t checked = b->length - CHECKSUM_BYTES;
    const uint64_t checksum = digest_xxh3(b->data, checked);
    for (size_t i = 0; i < CHECKSUM_BYTES; i++) {
      b->data[checked + i] = (uint8_t)(checksum >> (8 * i));
    }
  }
}

static const golden_refusal as_they_are[] = {
    {"newest", GOLDEN_BYTE, 0, 'X', STATUS_CORRUPT, "manifest: these bytes are not a manifest"},
    {"newest", GOLDEN_BYTE, VERSION_AT, VERSION_NEWEST + 1, STATUS_CORRUPT,
     "manifest: made by a newer version of canvass (format version 8; this one reads 2 to 7); install the "
     "same version on all machines"},
    {"newest", GOLDEN_BYTE, VERSION_AT, 1, STATUS_CORRUPT,
     "manifest: made by an older version of canvass (format version 1; this one reads 2 to 7); drop the "
     "dataset "
     "and put its files again"},
    {"newest", GOLDEN_BYTE, 60, 0, STATUS_CORRUPT, "manifest: the checksum does not match the bytes"},
    {"newest", GOLDEN_CUT, 15, 0, STATUS_CORRUPT, "manifest: ends too early"},
    {"newest", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "manifest: the checksum does not match the bytes"},
};

/* 12: files; 13: the first one's name; 57: its bytes (2), 59: records, 60: quarantined, 61: places. */
static const golden_refusal repaired[] = {
    {"newest", GOLDEN_BYTE, 12, 0x7f, STATUS_CORRUPT, "manifest: a count is above what the bytes can hold"},
    {"newest", GOLDEN_BYTE, 14, 0xff, STATUS_CORRUPT, "manifest: a text is not UTF-8"},
    {"newest", GOLDEN_BYTE, 60, 41, STATUS_CORRUPT, "manifest: a file has more quarantined rows than rows"},
    {"newest", GOLDEN_BYTE, 61, 11, STATUS_CORRUPT, "manifest: a count is above its limit"},
    {"newest", GOLDEN_MORE, 0, 0, STATUS_CORRUPT, "manifest: bytes are left over at the end"},
};

static void refusals_are_fixed(void **state) {
  (void)state;
  golden *g = golden_open("manifest");
  golden_refuse(g, as_they_are, sizeof as_they_are / sizeof as_they_are[0], decode, NULL);
  golden_refuse(g, repaired, sizeof repaired / sizeof repaired[0], decode, repair);
  golden_refuse_beginnings(g, "newest", decode, repair);
  golden_refuse_beginnings(g, "totals", decode, repair);
  golden_refuse_beginnings(g, "sheets", decode, repair);
  golden_refuse_beginnings(g, "labels", decode, repair);
  golden_refuse_beginnings(g, "middle", decode, repair);
  golden_refuse_beginnings(g, "oldest", decode, repair);
  golden_close(g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bytes_of_the_newest_version_are_fixed),
      cmocka_unit_test(older_versions_stay_readable),
      cmocka_unit_test(refusals_are_fixed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
