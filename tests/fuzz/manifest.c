/* Manifests (store/manifest.h).  Besides the bytes as they are, a copy with its checksum made good. */
#include "store/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { VERSION_AT = 8, CHECKSUM_BYTES = 8, SHORTEST = 20 };

static void check_join(const manifest *m) {
  const manifest *parts[] = {m, m};
  manifest *joined = NULL;
  error err = {STATUS_OK, ""};
  const status st = manifest_join(parts, 1, &joined, &err);
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
    return;
  }
  fuzz_require(manifest_rows(joined) == manifest_rows(m), "joining keeps the rows");
  manifest_destroy(joined);
}

static void check(const uint8_t *bytes, size_t length) {
  manifest *m = NULL, *back = NULL;
  error err = {STATUS_OK, ""};
  buf first, second;
  const status st = manifest_decode(bytes, length, &m, &err);
  if (st != STATUS_OK) {
    fuzz_require(st == STATUS_CORRUPT && m == NULL, "what is no manifest is corrupt");
    fuzz_require_told(st, &err);
    return;
  }
  buf_init(&first);
  buf_init(&second);
  manifest_encode(m, &first);
  fuzz_require_ok(manifest_decode(first.data, first.length, &back, &err), &err, "what is encoded is decoded");
  manifest_encode(back, &second);
  fuzz_require_same(fuzz_slice(&first), fuzz_slice(&second), "equal manifests have equal bytes");
  if (bytes[VERSION_AT] == first.data[VERSION_AT]) {
    fuzz_require_same((slice){(const char *)bytes, length}, fuzz_slice(&first),
                      "a manifest of this version writes the bytes that it was read from");
  }
  fuzz_require(manifest_same_shards(m, back), "a manifest is the same dataset as itself");
  check_join(m);
  buf_fini(&first);
  buf_fini(&second);
  manifest_destroy(m);
  manifest_destroy(back);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  check(bytes, length);
  if (length >= SHORTEST) {
    uint8_t *repaired = malloc(length);
    fuzz_require(repaired != NULL, "there is memory");
    memcpy(repaired, bytes, length);
    const uint64_t checksum = digest_xxh3(bytes, length - CHECKSUM_BYTES);
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      repaired[length - CHECKSUM_BYTES + (size_t)i] = (uint8_t)(checksum >> (8 * i));
    }
    check(repaired, length);
    free(repaired);
  }
  return 0;
}

static void add(fuzz_corpus *out, const manifest *m) {
  buf b;
  buf_init(&b);
  manifest_encode(m, &b);
  fuzz_corpus_add(out, b.data, b.length);
  /* The version before: the same without what it did not have; a dataset without files or columns. */
  b.data[VERSION_AT] = 2;
  fuzz_corpus_add(out, b.data, b.length);
  buf_fini(&b);
}

void fuzz_seeds(fuzz_corpus *out) {
  file_facts files[2] = {{.name = {"2026-01.csv", 11}, .bytes = 4096, .records = 40, .quarantined = 12},
                         {.name = {"\xe5\x95\x8f.csv", 7}, .bytes = 300, .records = 5}};
  for (uint32_t i = 0; i < FILE_PLACES; i++) {
    files[0].places[files[0].places_count++] = (file_place){7 + i, {"3 fields instead of 4", 21}};
  }
  files[0].skipped[FILE_BLANK_ROWS] = (file_skipped){2, {9, 11}, 2};
  files[1].skipped[FILE_REPEATED_HEADERS] = (file_skipped){1, {4}, 1};
  files[1].skipped[FILE_TOTALS] = (file_skipped){1, {5}, 1};
  files[1].reading.remarks[FILE_HIDDEN_ROWS] = (file_skipped){2, {2, 3}, 2};
  manifest_shard shards[] = {{.bytes = 640, .rows = 20},
                             {.bytes = 512, .first_ordinal = 30, .rows = 6},
                             {.bytes = 256, .first_ordinal = 40, .rows = 4, .file = 1}};
  manifest_column columns[] = {{.name = {"score", 5}},
                               {.name = {"amount", 6},
                                .decimals_max = 2,
                                .largest = {99999, -2},
                                .largest_known = true,
                                .as_numbers = true}};
  const manifest whole = {.files = files,
                          .files_count = 2,
                          .shards = shards,
                          .shards_count = 3,
                          .columns = columns,
                          .columns_count = 2};
  const manifest columns_alone = {.columns = columns, .columns_count = 2};
  add(out, &(manifest){0});
  add(out, &columns_alone);
  add(out, &whole);
}
