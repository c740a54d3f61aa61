/* Encoding a shard: the header's size is known from the counts alone, so entries are laid out first,
 * the whole shard is reserved at once, and every blob is written to its place in one pass.
 *
 * The same content gives the same bytes: widths are the least that hold the column, everything between
 * the parts is zero.  The loops over rows call no functions and carry no branches, for the compiler to
 * vectorise; the bytes need not be aligned, hence memcpy. */
#include <stdlib.h>
#include <string.h>

#include "store/shard.h"
#include "store/shard_format.h"

typedef struct named {
  slice name;
  uint32_t index;
} named;

static int compare_named(const void *a, const void *b) {
  return slice_compare(((const named *)a)->name, ((const named *)b)->name);
}

static status check_limits(const shard_content *content, error *err) {
  if (content->rows > SHARD_ROWS_MAX) {
    return error_set(err, STATUS_LIMIT, "a shard of %u rows is above the limit of %d; use smaller shards",
                     content->rows, SHARD_ROWS_MAX);
  }
  if (content->columns_count > SHARD_COLUMNS_MAX) {
    return error_set(err, STATUS_LIMIT, "%u columns are above the limit of %d; split the file by columns",
                     content->columns_count, SHARD_COLUMNS_MAX);
  }
  uint64_t names_bytes = 0;
  for (uint32_t i = 0; i < content->columns_count; i++) {
    names_bytes += content->columns[i].name.length;
  }
  if (names_bytes > SHARD_NAMES_BYTES_MAX) {
    return error_set(err, STATUS_LIMIT, "the names of the columns take %llu bytes, above the limit of %d",
                     (unsigned long long)names_bytes, SHARD_NAMES_BYTES_MAX);
  }
  return STATUS_OK;
}

static uint32_t texts_limit(const packed_column *c, uint32_t rows) {
  switch (c->kind) {
    case PACKED_CODES:
      return PACKED_CODES_MAX;
    case PACKED_WIDE:
      return PACKED_WIDE_MAX;
    case PACKED_DECIMALS:
    case PACKED_SCALED:
      return rows;
    case PACKED_TEXTS:
      return 0;
  }
  return 0;
}

static status check_column(const packed_column *c, uint32_t rows, error *err) {
  if (c->texts_count > texts_limit(c, rows) || c->exceptions_count > rows || c->scale > 18 ||
      c->decimals_max > 18) {
    return error_set(
        err, STATUS_LIMIT,
        "column \"%.*s\": %u texts, %u exceptions, scale %u, %u decimals are above a shard's limits",
        SLICE_ARG(c->name), c->texts_count, c->exceptions_count, c->scale, c->decimals_max);
  }
  return STATUS_OK;
}

typedef struct extent {
  int64_t least;
  int64_t most;
} extent;

static void widen(extent *e, const int64_t *values, uint32_t count) {
  int64_t least = e->least;
  int64_t most = e->most;
  for (uint32_t i = 0; i < count; i++) {
    least = values[i] < least ? values[i] : least;
    most = values[i] > most ? values[i] : most;
  }
  *e = (extent){least, most};
}

/* Least and most of the numbers, exceptions left out. */
static extent extent_of(const packed_column *c, uint32_t rows) {
  extent e = {INT64_MAX, INT64_MIN};
  uint32_t at = 0;
  for (uint32_t i = 0; i < c->exceptions_count; i++) {
    widen(&e, c->mantissas + at, c->exception_rows[i] - at);
    at = c->exception_rows[i] + 1;
  }
  widen(&e, c->mantissas + at, rows - at);
  return e.least <= e.most ? e : (extent){0, 0};
}

static void lay_out_decimals(const packed_column *c, uint32_t rows, shard_entry *e) {
  const extent range = extent_of(c, rows);
  e->row_bits = shard_bits_of((uint64_t)range.most - (uint64_t)range.least);
  e->minimum = e->row_bits == 64 ? 0 : range.least;
  e->exceptions_count = c->exceptions_count;
  e->scale = c->scale;
}

static void lay_out_texts(const packed_column *c, uint32_t rows, shard_entry *e) {
  size_t longest = 0;
  if (c->kind == PACKED_TEXTS) {
    for (uint32_t r = 0; r < rows; r++) {
      const size_t length = c->offsets[r + 1] - c->offsets[r];
      longest = length > longest ? length : longest;
    }
    e->text_bytes = rows > 0 ? c->offsets[rows] - c->offsets[0] : 0;
  }
  for (uint32_t i = 0; i < e->texts_count; i++) {
    longest = c->texts[i].length > longest ? c->texts[i].length : longest;
    e->text_bytes += c->texts[i].length;
  }
  e->length_bits = shard_bits_of(longest);
}

static status lay_out(const packed_column *c, uint32_t rows, shard_entry *e, error *err) {
  TRY(check_column(c, rows, err));
  e->kind = (uint8_t)c->kind;
  e->decimals_max = c->decimals_max;
  e->texts_count = c->texts_count;
  switch (c->kind) {
    case PACKED_CODES:
      e->row_bits = c->texts_count <= SHARD_PACKED_TEXTS_MAX ? 4 : 8;
      break;
    case PACKED_WIDE:
      e->row_bits = 16;
      break;
    case PACKED_DECIMALS:
      lay_out_decimals(c, rows, e);
      break;
    case PACKED_SCALED:
      e->row_bits = SHARD_SCALED_BITS;
      e->exceptions_count = c->exceptions_count;
      break;
    case PACKED_TEXTS:
      break;
  }
  lay_out_texts(c, rows, e);
  if (e->text_bytes > UINT32_MAX) {
    return error_set(err, STATUS_LIMIT,
                     "column \"%.*s\": more than 4 GiB of text in one shard; use smaller shards",
                     SLICE_ARG(c->name));
  }
  e->bytes = shard_blob_of(e, rows).bytes;
  return STATUS_OK;
}

/* 64 rows to 32 bytes: byte k holds row k in its low half and row k + 32 in its high half, so that
 * packing and unpacking move whole vectors. */
static void pack_codes(const uint8_t *codes, uint32_t rows, uint8_t *to) {
  enum { HALF = SHARD_BLOCK_PACKED_BYTES };
  const uint32_t whole = rows / SHARD_BLOCK_ROWS;
  for (uint32_t b = 0; b < whole; b++, codes += SHARD_BLOCK_ROWS, to += HALF) {
    for (uint32_t k = 0; k < HALF; k++) {
      to[k] = (uint8_t)(codes[k] | (codes[k + HALF] << 4));
    }
  }
  for (uint32_t r = 0; r < rows % SHARD_BLOCK_ROWS; r++) {
    to[r % HALF] = (uint8_t)(to[r % HALF] | (codes[r] << (r < HALF ? 0 : 4)));
  }
}

#define DEFINE_NARROW(type)                                                                       \
  static void narrow_##type(const int64_t *values, uint32_t rows, int64_t minimum, uint8_t *to) { \
    for (uint32_t r = 0; r < rows; r++) {                                                         \
      const type value = (type)((uint64_t)values[r] - (uint64_t)minimum);                         \
      memcpy(to + (size_t)r * sizeof value, &value, sizeof value);                                \
    }                                                                                             \
  }
DEFINE_NARROW(uint8_t)
DEFINE_NARROW(uint16_t)
DEFINE_NARROW(uint32_t)
DEFINE_NARROW(uint64_t)

static void write_mantissas(const packed_column *c, const shard_entry *e, uint32_t rows, uint8_t *to) {
  switch (e->row_bits) {
    case 8:
      narrow_uint8_t(c->mantissas, rows, e->minimum, to);
      break;
    case 16:
      narrow_uint16_t(c->mantissas, rows, e->minimum, to);
      break;
    case 32:
      narrow_uint32_t(c->mantissas, rows, e->minimum, to);
      break;
    default:
      narrow_uint64_t(c->mantissas, rows, e->minimum, to);
  }
  const size_t width = e->row_bits / 8;
  for (uint32_t i = 0; i < c->exceptions_count; i++) {
    memset(to + c->exception_rows[i] * width, 0, width);
  }
}

static void put_bytes(uint8_t *to, const void *from, size_t length) {
  if (length > 0) {
    memcpy(to, from, length);
  }
}

static uint8_t *put_length(uint8_t *to, uint32_t length, unsigned bits) {
  to[0] = (uint8_t)length;
  if (bits >= 16) {
    to[1] = (uint8_t)(length >> 8);
  }
  if (bits == 32) {
    to[2] = (uint8_t)(length >> 16);
    to[3] = (uint8_t)(length >> 24);
  }
  return to + bits / 8;
}

static void write_texts(const packed_column *c, const shard_entry *e, uint32_t rows, uint8_t *lengths,
                        uint8_t *texts) {
  if (c->kind == PACKED_TEXTS) {
    for (uint32_t r = 0; r < rows; r++) {
      lengths = put_length(lengths, c->offsets[r + 1] - c->offsets[r], e->length_bits);
    }
    put_bytes(texts, rows > 0 ? c->bytes + c->offsets[0] : NULL, e->text_bytes);
  }
  for (uint32_t i = 0; i < e->texts_count; i++) {
    lengths = put_length(lengths, (uint32_t)c->texts[i].length, e->length_bits);
    put_bytes(texts, c->texts[i].bytes, c->texts[i].length);
    texts += c->texts[i].length;
  }
}

static void write_scaled(const packed_column *c, uint32_t rows, uint8_t *to) {
  uint8_t *scales = to + shard_padded_rows(rows) * sizeof *c->mantissas;
  put_bytes(to, c->mantissas, rows * sizeof *c->mantissas);
  put_bytes(scales, c->scales, rows);
  for (uint32_t i = 0; i < c->exceptions_count; i++) {
    memset(to + c->exception_rows[i] * sizeof *c->mantissas, 0, sizeof *c->mantissas);
    scales[c->exception_rows[i]] = 0;
  }
}

static void write_exceptions(const packed_column *c, uint8_t *to) {
  const size_t bytes = (size_t)c->exceptions_count * sizeof(uint32_t);
  put_bytes(to, c->exception_rows, bytes);
  put_bytes(to + bytes, c->exception_texts, bytes);
}

/* TO is zeroed. */
static void write_blob(const packed_column *c, const shard_entry *e, uint32_t rows, uint8_t *to) {
  const shard_blob blob = shard_blob_of(e, rows);
  switch (c->kind) {
    case PACKED_CODES:
      if (e->row_bits == 4) {
        pack_codes(c->codes, rows, to);
      } else {
        put_bytes(to, c->codes, rows);
      }
      break;
    case PACKED_WIDE:
      put_bytes(to, c->wide_codes, (size_t)rows * sizeof *c->wide_codes);
      break;
    case PACKED_DECIMALS:
      write_mantissas(c, e, rows, to);
      break;
    case PACKED_SCALED:
      write_scaled(c, rows, to);
      break;
    case PACKED_TEXTS:
      break;
  }
  write_exceptions(c, to + blob.exceptions);
  write_texts(c, e, rows, to + blob.lengths, to + blob.texts);
}

/* The columns' indices in the order of their names, which also shows that no name occurs twice. */
static status write_order(const shard_content *content, uint8_t *to, error *err) {
  const uint32_t count = content->columns_count;
  named *order = malloc((count > 0 ? count : 1) * sizeof *order);
  if (order == NULL) {
    return error_no_memory(err, "encoding a shard");
  }
  for (uint32_t i = 0; i < count; i++) {
    order[i] = (named){content->columns[i].name, i};
  }
  qsort(order, count, sizeof *order, compare_named);
  status st = STATUS_OK;
  for (uint32_t i = 0; i < count && st == STATUS_OK; i++) {
    if (i > 0 && slice_equal(order[i - 1].name, order[i].name)) {
      st = error_set(err, STATUS_DATA, "column \"%.*s\" occurs twice; give each column its own name",
                     SLICE_ARG(order[i].name));
    }
    memcpy(to + i * sizeof order[i].index, &order[i].index, sizeof order[i].index);
  }
  free(order);
  return st;
}

static void write_gaps(const shard_content *content, uint8_t *to) {
  const size_t bytes = (size_t)content->gaps_count * sizeof(uint32_t);
  put_bytes(to, content->gap_rows, bytes);
  put_bytes(to + bytes, content->gap_records, bytes);
  put_bytes(to + 2 * bytes, content->gap_lines, bytes);
}

/* Fills the entries at ENTRIES (unaligned) and the names; H gets the sizes. */
static status lay_out_columns(const shard_content *content, shard_header *h, uint8_t *shard_start,
                              error *err) {
  uint8_t *names = shard_start + shard_names_offset(h->columns_count, h->gaps_count);
  uint64_t offset = shard_align(h->header_bytes);
  uint32_t name_offset = 0;
  for (uint32_t i = 0; i < h->columns_count; i++) {
    const packed_column *c = &content->columns[i];
    shard_entry e = {.offset = offset, .name_offset = name_offset, .name_bytes = (uint32_t)c->name.length};
    TRY(lay_out(c, content->rows, &e, err));
    put_bytes(names + name_offset, c->name.bytes, c->name.length);
    memcpy(shard_start + sizeof *h + i * sizeof e, &e, sizeof e);
    offset += e.bytes;
    name_offset += e.name_bytes;
  }
  h->shard_bytes = offset;
  return STATUS_OK;
}

static shard_header header_of(const shard_content *content) {
  shard_header h = {
      .magic = SHARD_MAGIC,
      .version = SHARD_VERSION_OLDEST,
      .columns_count = content->columns_count,
      .first_ordinal = content->first_ordinal,
      .first_line = content->first_line,
      .rows = content->rows,
      .file = content->file,
      .gaps_count = content->gaps_count,
      .decimal_mark = (uint8_t)content->decimal_mark,
  };
  for (uint32_t i = 0; i < content->columns_count; i++) {
    h.names_bytes += (uint32_t)content->columns[i].name.length;
    h.version = content->columns[i].kind == PACKED_SCALED ? SHARD_VERSION : h.version;
  }
  h.header_bytes = shard_header_bytes(h.columns_count, h.gaps_count, h.names_bytes);
  return h;
}

/* Room for BYTES more, zeroed, at the end of OUT. */
static status append_zeros(buf *out, uint64_t bytes, error *err) {
  if (bytes > SIZE_MAX || !buf_reserve(out, (size_t)bytes)) {
    out->failed = true;
    return buf_status(out, "encoding a shard", err);
  }
  memset(out->data + out->length, 0, (size_t)bytes);
  out->length += (size_t)bytes;
  return STATUS_OK;
}

static status encode_at(const shard_content *content, size_t start, buf *out, error *err) {
  shard_header h = header_of(content);
  TRY(append_zeros(out, shard_align(h.header_bytes), err));
  TRY(lay_out_columns(content, &h, out->data + start, err));
  TRY(append_zeros(out, h.shard_bytes - shard_align(h.header_bytes), err));
  uint8_t *to = out->data + start;
  for (uint32_t i = 0; i < h.columns_count; i++) {
    uint8_t *at = to + sizeof h + i * sizeof(shard_entry);
    shard_entry e;
    memcpy(&e, at, sizeof e);
    write_blob(&content->columns[i], &e, h.rows, to + e.offset);
    e.checksum = digest_xxh3(to + e.offset, e.bytes);
    memcpy(at, &e, sizeof e);
  }
  memcpy(to, &h, sizeof h);
  TRY(write_order(content, to + shard_order_offset(h.columns_count), err));
  write_gaps(content, to + shard_gaps_offset(h.columns_count));
  const uint64_t checked = h.header_bytes - SHARD_CHECKSUM_BYTES;
  const uint64_t checksum = digest_xxh3(to, checked);
  memcpy(to + checked, &checksum, sizeof checksum);
  return STATUS_OK;
}

status shard_encode(const shard_content *content, buf *out, error *err) {
  TRY(check_limits(content, err));
  const size_t start = out->length;
  const status st = encode_at(content, start, out, err);
  if (st != STATUS_OK) {
    out->length = start;
  }
  return st;
}
