/* Manifests as bytes: magic, version, then files, shards, columns and sets in order, XXH3-64 at the end.
 *
 * Older ones are read as well, for datasets that a broker keeps outlive programs: version 5, which knew
 * neither totals nor what is odd about rows, version 4, in which all files have all columns and nothing is
 * known of codes, version 3, which said neither what a file was read as nor what a column is about, and
 * version 2, which did not say either how large a column's numbers are nor which records belong to no
 * respondent.
 *
 * Integers are varints in their shortest form, so equal manifests have equal bytes.  The reader checks what
 * other modules rely on: texts are UTF-8 (they go into reports), shards refer to existing files, and
 * their rows follow each other. */
#include "store/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "store/shard.h"

#define MANIFEST_MAGIC "CANVMNFS"

enum {
  MANIFEST_VERSION = 7,
  MANIFEST_VERSION_OLDEST = 2,
  MANIFEST_VERSION_LABELS = 4,  /* and what files were read as */
  MANIFEST_VERSION_LACKING = 5, /* which files do not have a column, and of which sheets they are; codes */
  MAGIC_BYTES = 8,
  CHECKSUM_BYTES = 8,
  TEXT_BYTES_MAX = 1 << 20,
  DECIMALS_MAX_2 = 18, /* in version 2 */
  /* The fewest bytes that one of each can take, to refuse counts larger than the bytes allow. */
  FILE_BYTES_MIN = 1 + DIGEST_BYTES + 4,
  SHARD_BYTES_MIN = DIGEST_BYTES + 4,
  COLUMN_BYTES_MIN = 3,
  SET_BYTES_MIN = 4,
  SETS_MAX = 4096,
};

manifest *manifest_new(void) {
  manifest *m = calloc(1, sizeof *m);
  if (m != NULL && (m->memory = arena_new()) == NULL) {
    free(m);
    return NULL;
  }
  return m;
}

void manifest_destroy(manifest *m) {
  if (m != NULL) {
    arena_destroy(m->memory);
    free(m);
  }
}

uint64_t manifest_rows(const manifest *m) {
  uint64_t rows = 0;
  for (uint32_t i = 0; i < m->shards_count; i++) {
    rows += m->shards[i].rows;
  }
  return rows;
}

void manifest_column_lacks(manifest *m, manifest_column *c, uint32_t file) {
  if (ARRAY_ROOM_IN(m->memory, c->lacking, c->lacking_count, c->lacking_capacity)) {
    c->lacking[c->lacking_count++] = file;
  }
}

static int by_file(const void *left, const void *right) {
  const uint32_t *a = left;
  const uint32_t *b = right;
  return (*a > *b) - (*a < *b);
}

bool manifest_column_is_lacking(const manifest_column *c, uint32_t file) {
  return c->lacking_count > 0 &&
         bsearch(&file, c->lacking, c->lacking_count, sizeof c->lacking[0], by_file) != NULL;
}

static bool same_file(const file_facts *a, const file_facts *b) {
  return slice_equal(a->name, b->name) && digest_equal(&a->sha256, &b->sha256) && a->bytes == b->bytes;
}

static bool same_shard(const manifest_shard *a, const manifest_shard *b) {
  return digest_equal(&a->name, &b->name) && a->bytes == b->bytes && a->first_ordinal == b->first_ordinal &&
         a->rows == b->rows && a->file == b->file;
}

bool manifest_same_shards(const manifest *a, const manifest *b) {
  bool same = a->files_count == b->files_count && a->shards_count == b->shards_count;
  for (uint32_t i = 0; same && i < a->files_count; i++) {
    same = same_file(&a->files[i], &b->files[i]);
  }
  for (uint32_t i = 0; same && i < a->shards_count; i++) {
    same = same_shard(&a->shards[i], &b->shards[i]);
  }
  return same;
}

static void encode_column(const manifest_column *c, buf *out) {
  buf_put_slice(out, c->name);
  buf_put_slice(out, c->label);
  buf_put_u8(out, c->decimals_max);
  buf_put_u8(out, c->as_numbers);
  buf_put_u8(out, c->largest_known);
  if (c->largest_known) {
    buf_put_varint(out, c->largest.mantissa);
    buf_put_varint(out, (uint64_t)(c->largest.exponent - DECIMAL_MAGNITUDE_EXPONENT_MIN));
  }
  buf_put_varint(out, c->lacking_count);
  for (uint32_t i = 0; i < c->lacking_count; i++) {
    buf_put_varint(out, c->lacking[i] - (i > 0 ? c->lacking[i - 1] + 1 : 0));
  }
  column_codes_encode(&c->codes, out);
  buf_put_varint(out, c->codes_differ);
}

void manifest_encode(const manifest *m, buf *out) {
  const size_t start = out->length;
  buf_put(out, MANIFEST_MAGIC, MAGIC_BYTES);
  buf_put_u32(out, MANIFEST_VERSION);
  buf_put_varint(out, m->files_count);
  for (uint32_t i = 0; i < m->files_count; i++) {
    file_facts_encode(&m->files[i], out);
  }
  buf_put_varint(out, m->shards_count);
  for (uint32_t i = 0; i < m->shards_count; i++) {
    const manifest_shard *s = &m->shards[i];
    buf_put(out, s->name.bytes, DIGEST_BYTES);
    buf_put_varint(out, s->bytes);
    buf_put_varint(out, s->first_ordinal);
    buf_put_varint(out, s->rows);
    buf_put_varint(out, s->file);
  }
  buf_put_varint(out, m->columns_count);
  for (uint32_t i = 0; i < m->columns_count; i++) {
    encode_column(&m->columns[i], out);
  }
  buf_put_varint(out, m->sets_count);
  for (uint32_t i = 0; i < m->sets_count; i++) {
    code_set_encode(&m->sets[i], out);
  }
  if (!out->failed) {
    buf_put_u64(out, digest_xxh3(out->data + start, out->length - start));
  }
}

static file_facts_extent extent_of(uint32_t version) {
  static const file_facts_extent extents[MANIFEST_VERSION + 1] = {
      [MANIFEST_VERSION_OLDEST] = FILE_FACTS_PLACES,
      [3] = FILE_FACTS_SKIPPED,
      [MANIFEST_VERSION_LABELS] = FILE_FACTS_READING,
      [MANIFEST_VERSION_LACKING] = FILE_FACTS_SHEETS,
      [6] = FILE_FACTS_TOTALS,
      [MANIFEST_VERSION] = FILE_FACTS_ALL,
  };
  return extents[version];
}

static void decode_files(reader *r, uint32_t version, manifest *m) {
  m->files_count = (uint32_t)reader_count_of(r, MANIFEST_FILES_MAX, FILE_BYTES_MIN);
  m->files = ARENA_ARRAY(m->memory, file_facts, m->files_count);
  for (uint32_t i = 0; m->files != NULL && r->problem == NULL && i < m->files_count; i++) {
    file_facts_decode(r, UINT64_MAX, extent_of(version), m->memory, &m->files[i]);
  }
}

static void decode_shards(reader *r, manifest *m) {
  m->shards_count = (uint32_t)reader_count_of(r, MANIFEST_SHARDS_MAX, SHARD_BYTES_MIN);
  m->shards = ARENA_ARRAY(m->memory, manifest_shard, m->shards_count);
  uint64_t ordinal_min = 0;
  for (uint32_t i = 0; m->shards != NULL && r->problem == NULL && i < m->shards_count; i++) {
    manifest_shard *s = &m->shards[i];
    reader_copy(r, s->name.bytes, DIGEST_BYTES);
    s->bytes = reader_varint(r);
    s->first_ordinal = reader_varint(r);
    s->rows = (uint32_t)reader_count(r, SHARD_ROWS_MAX);
    s->file = (uint32_t)reader_count(r, UINT32_MAX);
    if (s->file >= m->files_count) {
      reader_fail(r, "a shard belongs to a file that does not exist");
    }
    if (s->first_ordinal < ordinal_min || __builtin_add_overflow(s->first_ordinal, s->rows, &ordinal_min)) {
      reader_fail(r, "the rows of a shard do not follow those before");
    }
  }
}

static bool decode_flag(reader *r, const char *problem) {
  const uint8_t flag = reader_u8(r);
  if (flag > 1) {
    reader_fail(r, problem);
  }
  return flag != 0;
}

static decimal_magnitude decode_largest(reader *r) {
  enum { EXPONENTS = DECIMAL_MAGNITUDE_EXPONENT_MAX - DECIMAL_MAGNITUDE_EXPONENT_MIN };
  decimal_magnitude m = {.mantissa = reader_varint(r)};
  m.exponent = (int16_t)((int)reader_count(r, EXPONENTS) + DECIMAL_MAGNITUDE_EXPONENT_MIN);
  if (r->problem == NULL && !decimal_magnitude_valid(m)) {
    reader_fail(r, "the largest number of a column is not in canonical form");
  }
  return m;
}

/* Each as its distance from the one after the last. */
static void decode_lacking(reader *r, const manifest *m, manifest_column *c) {
  const uint32_t count = (uint32_t)reader_count_of(r, m->files_count, 1);
  uint64_t next = 0;
  c->lacking = count > 0 ? ARENA_ARRAY(m->memory, uint32_t, count) : NULL;
  for (uint32_t i = 0; c->lacking != NULL && i < count && r->problem == NULL; i++) {
    next += reader_count(r, m->files_count);
    if (next >= m->files_count) {
      reader_fail(r, "a column is lacking in a file that does not exist");
      return;
    }
    c->lacking[c->lacking_count++] = (uint32_t)next++;
  }
  c->lacking_capacity = count;
}

static void decode_column(reader *r, uint32_t version, manifest_column *c, const manifest *m) {
  arena *memory = m->memory;
  c->name = reader_text(r, TEXT_BYTES_MAX, memory);
  if (version >= MANIFEST_VERSION_LABELS) {
    c->label = reader_text(r, TEXT_BYTES_MAX, memory);
  }
  c->decimals_max = reader_u8(r);
  c->as_numbers = decode_flag(r, "a column is neither kept as numbers nor as texts");
  if (version == MANIFEST_VERSION_OLDEST) {
    if (c->decimals_max > DECIMALS_MAX_2) {
      reader_fail(r, "a column has more than 18 decimals");
    }
    return;
  }
  c->largest_known = decode_flag(r, "the largest number of a column is neither known nor unknown");
  if (c->largest_known) {
    c->largest = decode_largest(r);
  }
  if (version >= MANIFEST_VERSION_LACKING) {
    decode_lacking(r, m, c);
    column_codes_decode(r, memory, &c->codes);
    c->codes_differ = (uint32_t)reader_count(r, UINT32_MAX);
  }
}

static void decode_columns(reader *r, uint32_t version, manifest *m) {
  m->columns_count = (uint32_t)reader_count_of(r, SHARD_COLUMNS_MAX, COLUMN_BYTES_MIN);
  m->columns = ARENA_ARRAY(m->memory, manifest_column, m->columns_count);
  for (uint32_t i = 0; m->columns != NULL && r->problem == NULL && i < m->columns_count; i++) {
    m->columns[i] = (manifest_column){0};
    decode_column(r, version, &m->columns[i], m);
    if (m->columns[i].codes_differ > m->files_count) {
      reader_fail(r, "a column is said to differ in a file that does not exist");
    }
  }
}

static void decode_sets(reader *r, manifest *m) {
  m->sets_count = (uint32_t)reader_count_of(r, SETS_MAX, SET_BYTES_MIN);
  m->sets = ARENA_ARRAY(m->memory, code_set, (size_t)m->sets_count + 1);
  for (uint32_t i = 0; m->sets != NULL && r->problem == NULL && i < m->sets_count; i++) {
    code_set_decode(r, m->columns_count, m->memory, &m->sets[i]);
  }
}

static status check_frame(const uint8_t *bytes, size_t length, uint32_t *version, error *err) {
  reader r;
  reader_init(&r, bytes, length);
  const uint8_t *magic = reader_bytes(&r, MAGIC_BYTES);
  if (magic == NULL || memcmp(magic, MANIFEST_MAGIC, MAGIC_BYTES) != 0) {
    return error_set(err, STATUS_CORRUPT, "manifest: these bytes are not a manifest");
  }
  *version = reader_u32(&r);
  if (r.problem == NULL && (*version < MANIFEST_VERSION_OLDEST || *version > MANIFEST_VERSION)) {
    const bool is_newer = *version > MANIFEST_VERSION;
    return error_set(
        err, STATUS_CORRUPT,
        "manifest: made by %s version of canvass (format version %u; this one reads %d to %d); %s",
        is_newer ? "a newer" : "an older", *version, MANIFEST_VERSION_OLDEST, MANIFEST_VERSION,
        is_newer ? "install the same version on all machines" : "drop the dataset and put its files again");
  }
  if (reader_left(&r) < CHECKSUM_BYTES) {
    return error_set(err, STATUS_CORRUPT, "manifest: ends too early");
  }
  reader end;
  reader_init(&end, bytes + length - CHECKSUM_BYTES, CHECKSUM_BYTES);
  if (reader_u64(&end) != digest_xxh3(bytes, length - CHECKSUM_BYTES)) {
    return error_set(err, STATUS_CORRUPT, "manifest: the checksum does not match the bytes");
  }
  return STATUS_OK;
}

status manifest_decode(const void *bytes, size_t length, manifest **out, error *err) {
  *out = NULL;
  uint32_t version = 0;
  TRY(check_frame(bytes, length, &version, err));
  manifest *m = manifest_new();
  if (m == NULL) {
    return error_no_memory(err, "manifest");
  }
  reader r;
  const size_t frame = MAGIC_BYTES + sizeof(uint32_t);
  reader_init(&r, (const uint8_t *)bytes + frame, length - frame - CHECKSUM_BYTES);
  decode_files(&r, version, m);
  decode_shards(&r, m);
  decode_columns(&r, version, m);
  if (version >= MANIFEST_VERSION_LACKING) {
    decode_sets(&r, m);
  }
  status st = arena_failed(m->memory) ? error_no_memory(err, "manifest") : reader_finish(&r, "manifest", err);
  if (st != STATUS_OK) {
    manifest_destroy(m);
    return st;
  }
  *out = m;
  return STATUS_OK;
}
