/* Random shard contents, the comparison of what was written with what was read, and the repair of checksums.
 */
#include "tests/store/shard_sample.h"

#include <stdio.h>
#include <string.h>

#include "store/shard_format.h"

static slice random_text(arena *memory, seeded *r, uint32_t index) {
  char text[400];
  size_t length = (size_t)snprintf(text, sizeof text, "\xe7\xad\x94%u", index);
  for (uint64_t more = seeded_below(r, 50) == 0 ? seeded_below(r, 350) : seeded_below(r, 6); more > 0;
       more--) {
    text[length++] = (char)('a' + seeded_below(r, 26));
  }
  return arena_slice(memory, (slice){text, length});
}

static void add_dictionary(arena *memory, seeded *r, packed_column *c, uint32_t count) {
  slice *texts = ARENA_ARRAY(memory, slice, count);
  for (uint32_t i = 0; i < count; i++) {
    texts[i] = i == 0 ? (slice){"", 0} : random_text(memory, r, i);
  }
  c->texts = texts;
  c->texts_count = count;
}

static void fill_codes(arena *memory, seeded *r, packed_column *c, uint32_t rows) {
  static const uint32_t counts[] = {1, 2, 15, 16, 17, 200, 254};
  add_dictionary(memory, r, c, counts[seeded_below(r, 7)]);
  uint8_t *codes = ARENA_ARRAY(memory, uint8_t, rows);
  for (uint32_t i = 0; i < rows; i++) {
    codes[i] = (uint8_t)seeded_below(r, c->texts_count);
  }
  c->codes = codes;
}

static void fill_wide(arena *memory, seeded *r, packed_column *c, uint32_t rows) {
  add_dictionary(memory, r, c, 1 + (uint32_t)seeded_below(r, 2000));
  uint16_t *codes = ARENA_ARRAY(memory, uint16_t, rows);
  for (uint32_t i = 0; i < rows; i++) {
    codes[i] = (uint16_t)seeded_below(r, c->texts_count);
  }
  c->wide_codes = codes;
}

/* Exceptions in some of the rows; of the others PUT makes numbers. */
static void fill_numbers(arena *memory, seeded *r, packed_column *c, uint32_t rows,
                         void (*put)(seeded *r, packed_column *c, uint32_t row, void *context),
                         void *context) {
  const uint64_t exceptions_in = seeded_below(r, 3) == 0 ? 0 : 1 + seeded_below(r, 10);
  uint32_t *exception_rows = ARENA_ARRAY(memory, uint32_t, rows);
  uint32_t *exception_texts = ARENA_ARRAY(memory, uint32_t, rows);
  for (uint32_t i = 0; i < rows; i++) {
    if (exceptions_in > 0 && seeded_below(r, exceptions_in) == 0) {
      exception_rows[c->exceptions_count++] = i;
    } else {
      put(r, c, i, context);
    }
  }
  add_dictionary(memory, r, c, c->exceptions_count < 5 ? c->exceptions_count : 5);
  for (uint32_t i = 0; i < c->exceptions_count; i++) {
    exception_texts[i] = (uint32_t)seeded_below(r, c->texts_count);
  }
  c->exception_rows = exception_rows;
  c->exception_texts = exception_texts;
}

typedef struct narrow_numbers {
  int64_t *mantissas;
  int64_t base;
  unsigned bits;
} narrow_numbers;

static void put_narrow(seeded *r, packed_column *c, uint32_t row, void *context) {
  const narrow_numbers *n = context;
  const uint64_t delta = n->bits == 0 ? 0 : seeded_next(r) >> (64 - n->bits);
  (void)c;
  if (__builtin_add_overflow(n->base, delta, &n->mantissas[row])) {
    n->mantissas[row] = n->base;
  }
}

static void fill_decimals(arena *memory, seeded *r, packed_column *c, uint32_t rows) {
  static const unsigned widths[] = {0, 1, 8, 9, 16, 17, 32, 33, 64};
  narrow_numbers n = {.bits = widths[seeded_below(r, 9)]};
  n.base = n.bits == 64 ? 0 : (int64_t)seeded_bits(r, 64);
  n.mantissas = ARENA_ARRAY(memory, int64_t, rows);
  c->mantissas = n.mantissas;
  fill_numbers(memory, r, c, rows, put_narrow, &n);
  c->scale = (uint8_t)seeded_below(r, 19);
}

typedef struct scaled_numbers {
  int64_t *mantissas;
  uint8_t *scales;
} scaled_numbers;

static void put_scaled(seeded *r, packed_column *c, uint32_t row, void *context) {
  const scaled_numbers *n = context;
  (void)c;
  n->mantissas[row] = (int64_t)seeded_bits(r, 64);
  n->scales[row] = n->mantissas[row] % 10 == 0 ? 0 : (uint8_t)seeded_below(r, DECIMAL_READ_SCALE_MAX + 1);
}

static void fill_scaled(arena *memory, seeded *r, packed_column *c, uint32_t rows) {
  scaled_numbers n = {.mantissas = ARENA_ARRAY(memory, int64_t, rows),
                      .scales = ARENA_ARRAY(memory, uint8_t, rows)};
  c->mantissas = n.mantissas;
  c->scales = n.scales;
  fill_numbers(memory, r, c, rows, put_scaled, &n);
}

static void fill_texts(arena *memory, seeded *r, packed_column *c, uint32_t rows) {
  uint32_t *offsets = ARENA_ARRAY(memory, uint32_t, (size_t)rows + 1);
  char *bytes = arena_alloc(memory, (size_t)rows * 400 + 1);
  for (uint32_t i = 0; i < rows; i++) {
    const slice text = random_text(memory, r, i);
    memcpy(bytes + offsets[i], text.bytes, text.length);
    offsets[i + 1] = offsets[i] + (uint32_t)text.length;
  }
  if (rows > 100 && seeded_below(r, 4) == 0) {
    memset(bytes, 'x', (size_t)rows * 400);
    for (uint32_t i = 1; i <= rows; i++) {
      offsets[i] = rows * 400; /* one text of more than 64 KiB or so, the others empty */
    }
  }
  c->offsets = offsets;
  c->bytes = bytes;
}

static void (*const fills[])(arena *, seeded *, packed_column *, uint32_t) = {
    [PACKED_CODES] = fill_codes, [PACKED_WIDE] = fill_wide,     [PACKED_DECIMALS] = fill_decimals,
    [PACKED_TEXTS] = fill_texts, [PACKED_SCALED] = fill_scaled,
};

static void add_gaps(arena *memory, seeded *r, shard_content *content) {
  uint32_t *gap_rows = ARENA_ARRAY(memory, uint32_t, content->rows);
  uint32_t *gap_records = ARENA_ARRAY(memory, uint32_t, content->rows);
  uint32_t *gap_lines = ARENA_ARRAY(memory, uint32_t, content->rows);
  for (uint32_t i = 0; i < content->rows; i++) {
    if (seeded_below(r, 20) == 0) {
      gap_rows[content->gaps_count] = i;
      gap_records[content->gaps_count] = (uint32_t)seeded_below(r, 3);
      gap_lines[content->gaps_count++] = 1 + (uint32_t)seeded_below(r, 3);
    }
  }
  content->gap_rows = gap_rows;
  content->gap_records = gap_records;
  content->gap_lines = gap_lines;
}

shard_content shard_sample(arena *memory, seeded *r, uint32_t rows, uint32_t columns) {
  shard_content content = {
      .rows = rows,
      .columns_count = columns,
      .first_ordinal = seeded_bits(r, 40),
      .first_line = seeded_bits(r, 40),
      .file = (uint32_t)seeded_below(r, 9),
      .decimal_mark = seeded_below(r, 2) == 0 ? '.' : ',',
  };
  packed_column *all = ARENA_ARRAY(memory, packed_column, columns);
  for (uint32_t i = 0; i < columns; i++) {
    char name[16];
    const int length = snprintf(name, sizeof name, "q%u", i);
    all[i].kind = (packed_kind)(1 + seeded_below(r, 5));
    all[i].name = arena_slice(memory, (slice){name, (size_t)length});
    all[i].decimals_max = (uint8_t)seeded_below(r, 19);
    fills[all[i].kind](memory, r, &all[i], rows);
  }
  content.columns = all;
  if (seeded_below(r, 2) == 0) {
    add_gaps(memory, r, &content);
  }
  return content;
}

static bool same_bytes(const void *a, const void *b, size_t length) {
  return length == 0 || memcmp(a, b, length) == 0;
}

static bool same_rows(const packed_column *a, const packed_column *b, uint32_t rows) {
  switch (a->kind) {
    case PACKED_CODES:
      return same_bytes(a->codes, b->codes, rows);
    case PACKED_WIDE:
      return same_bytes(a->wide_codes, b->wide_codes, rows * sizeof *a->wide_codes);
    case PACKED_DECIMALS:
      return same_bytes(a->mantissas, b->mantissas, rows * sizeof *a->mantissas);
    case PACKED_SCALED:
      return same_bytes(a->mantissas, b->mantissas, rows * sizeof *a->mantissas) &&
             same_bytes(a->scales, b->scales, rows);
    case PACKED_TEXTS:
      return same_bytes(a->offsets, b->offsets, (rows + 1) * sizeof *a->offsets) &&
             same_bytes(a->bytes, b->bytes, a->offsets[rows]);
  }
  return false;
}

bool shard_sample_same(const packed_column *a, const packed_column *b, uint32_t rows) {
  const size_t exceptions_bytes = a->exceptions_count * sizeof(uint32_t);
  if (a->kind != b->kind || !slice_equal(a->name, b->name) || a->decimals_max != b->decimals_max ||
      a->texts_count != b->texts_count || a->scale != b->scale ||
      a->exceptions_count != b->exceptions_count ||
      !same_bytes(a->exception_rows, b->exception_rows, exceptions_bytes) ||
      !same_bytes(a->exception_texts, b->exception_texts, exceptions_bytes)) {
    return false;
  }
  for (uint32_t i = 0; i < a->texts_count; i++) {
    if (!slice_equal(a->texts[i], b->texts[i])) {
      return false;
    }
  }
  return same_rows(a, b, rows);
}

void shard_sample_repair(uint8_t *bytes, size_t length) {
  shard_header h;
  if (length < sizeof h) {
    return;
  }
  memcpy(&h, bytes, sizeof h);
  for (size_t i = 0; i < h.columns_count && (i + 1) * sizeof(shard_entry) <= length - sizeof h; i++) {
    uint8_t *at = bytes + sizeof h + i * sizeof(shard_entry);
    shard_entry e;
    memcpy(&e, at, sizeof e);
    if (e.offset <= length && e.bytes <= length - e.offset) {
      e.checksum = digest_xxh3(bytes + e.offset, e.bytes);
      memcpy(at, &e, sizeof e);
    }
  }
  if (h.header_bytes >= sizeof h + SHARD_CHECKSUM_BYTES && h.header_bytes <= length) {
    const uint64_t checked = h.header_bytes - SHARD_CHECKSUM_BYTES;
    const uint64_t checksum = digest_xxh3(bytes, checked);
    memcpy(bytes + checked, &checksum, sizeof checksum);
  }
}
