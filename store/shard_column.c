/* Decoding a column: arrays that lie ready in the shard (byte codes, wide codes, mantissas of eight
 * bytes) are used there when they are aligned; all others are unpacked into separate memory.
 *
 * What the entry promises about sizes has been checked; what the arrays hold is checked here: codes
 * below the number of texts, exceptions ascending, lengths adding up, zeros after the last row. */
#include "store/shard_column.h"

#include <stdlib.h>
#include <string.h>

static status corrupt(error *err, const char *problem) {
  return error_set(err, STATUS_CORRUPT, "%s", problem);
}

static void *aligned_rows(uint64_t bytes) {
  return aligned_alloc(SHARD_ALIGNMENT, shard_align(bytes > 0 ? bytes : 1));
}

static bool is_aligned(const void *at, size_t alignment) {
  return (uintptr_t)at % alignment == 0;
}

/* The array of BYTES at BLOB: in place, or a copy when the shard's bytes lie unaligned. */
static const void *rows_in_place(shard_decoded *d, const uint8_t *blob, uint64_t bytes) {
  if (is_aligned(blob, SHARD_ALIGNMENT) && bytes > 0) {
    return blob;
  }
  d->rows = aligned_rows(bytes);
  if (d->rows != NULL && bytes > 0) {
    memcpy(d->rows, blob, bytes);
  }
  return d->rows;
}

static void unpack_codes(const uint8_t *from, uint64_t padded_rows, uint8_t *to) {
  enum { HALF = SHARD_BLOCK_PACKED_BYTES };
  const uint64_t blocks = padded_rows / SHARD_BLOCK_ROWS;
  for (uint64_t b = 0; b < blocks; b++, from += HALF, to += SHARD_BLOCK_ROWS) {
    for (unsigned k = 0; k < HALF; k++) {
      to[k] = from[k] & 15;
      to[k + HALF] = from[k] >> 4;
    }
  }
}

static bool all_zero(const uint8_t *bytes, uint64_t from, uint64_t to) {
  return shard_all_zero(bytes + from, to - from);
}

static status check_codes(const uint8_t *codes, uint32_t rows, uint32_t texts_count, error *err) {
  uint8_t most = 0;
  for (uint32_t r = 0; r < rows; r++) {
    most = codes[r] > most ? codes[r] : most;
  }
  if (rows > 0 && most >= texts_count) {
    return corrupt(err, "a code has no text");
  }
  return all_zero(codes, rows, shard_padded_rows(rows)) ? STATUS_OK
                                                        : corrupt(err, "a code follows the last row");
}

static status decode_codes(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d,
                           error *err) {
  const uint64_t padded = shard_padded_rows(rows);
  if (e->row_bits == 8) {
    d->column.codes = rows_in_place(d, blob, padded);
  } else {
    d->rows = aligned_rows(padded);
    if (d->rows != NULL) {
      unpack_codes(blob, padded, d->rows);
    }
    d->column.codes = d->rows;
  }
  if (d->column.codes == NULL) {
    return error_no_memory(err, "decoding codes");
  }
  return check_codes(d->column.codes, rows, e->texts_count, err);
}

static status decode_wide(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d,
                          error *err) {
  const uint64_t padded = shard_padded_rows(rows);
  d->column.wide_codes = rows_in_place(d, blob, padded * sizeof(uint16_t));
  if (d->column.wide_codes == NULL) {
    return error_no_memory(err, "decoding wide codes");
  }
  uint16_t most = 0;
  for (uint32_t r = 0; r < rows; r++) {
    most = d->column.wide_codes[r] > most ? d->column.wide_codes[r] : most;
  }
  if (rows > 0 && most >= e->texts_count) {
    return corrupt(err, "a code has no text");
  }
  return all_zero(blob, rows * sizeof(uint16_t), padded * sizeof(uint16_t))
             ? STATUS_OK
             : corrupt(err, "a code follows the last row");
}

#define DEFINE_ADD_MINIMUM(type)                                                                     \
  static void add_minimum_##type(const uint8_t *from, uint32_t rows, int64_t minimum, int64_t *to) { \
    for (uint32_t r = 0; r < rows; r++) {                                                            \
      type value;                                                                                    \
      memcpy(&value, from + (size_t)r * sizeof value, sizeof value);                                 \
      to[r] = (int64_t)((uint64_t)minimum + value);                                                  \
    }                                                                                                \
  }
DEFINE_ADD_MINIMUM(uint8_t)
DEFINE_ADD_MINIMUM(uint16_t)
DEFINE_ADD_MINIMUM(uint32_t)

/* Exceptions are used in the shard when they lie aligned; both arrays then do. */
static status decode_exceptions(const shard_entry *e, const uint8_t *at, uint32_t rows, shard_decoded *d,
                                error *err) {
  const uint32_t count = e->exceptions_count;
  d->column.exceptions_count = count;
  if (count == 0) {
    return STATUS_OK;
  }
  const void *both = at;
  if (!is_aligned(at, sizeof(uint32_t))) {
    const size_t bytes = (size_t)count * 2 * sizeof(uint32_t);
    both = d->exceptions = malloc(bytes);
    if (both == NULL) {
      return error_no_memory(err, "decoding exceptions");
    }
    memcpy(d->exceptions, at, bytes);
  }
  const uint32_t *exception_rows = both;
  const uint32_t *exception_texts = exception_rows + count;
  for (uint32_t i = 0; i < count; i++) {
    if (exception_rows[i] >= rows || (i > 0 && exception_rows[i] <= exception_rows[i - 1])) {
      return corrupt(err, "its exceptions are not rows in ascending order");
    }
    if (exception_texts[i] >= e->texts_count) {
      return corrupt(err, "an exception has no text");
    }
  }
  d->column.exception_rows = exception_rows;
  d->column.exception_texts = exception_texts;
  return STATUS_OK;
}

/* Whether a sum went past the end of int64 and wrapped: it is then below the minimum. */
static bool passes_end(const int64_t *mantissas, uint32_t rows, int64_t minimum) {
  bool any = false;
  for (uint32_t r = 0; r < rows; r++) {
    any |= mantissas[r] < minimum;
  }
  return any;
}

/* Mantissas of fewer than eight bytes; exceptions become 0 again. */
static status widen_mantissas(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d,
                              error *err) {
  const uint64_t padded = shard_padded_rows(rows);
  int64_t *to = d->rows = aligned_rows(padded * sizeof *to);
  if (to == NULL) {
    return error_no_memory(err, "decoding decimals");
  }
  if (e->row_bits == 8) {
    add_minimum_uint8_t(blob, rows, e->minimum, to);
  } else if (e->row_bits == 16) {
    add_minimum_uint16_t(blob, rows, e->minimum, to);
  } else {
    add_minimum_uint32_t(blob, rows, e->minimum, to);
  }
  if (passes_end(to, rows, e->minimum)) {
    return corrupt(err, "a number is out of range");
  }
  memset(to + rows, 0, (padded - rows) * sizeof *to);
  for (uint32_t i = 0; i < e->exceptions_count; i++) {
    to[d->column.exception_rows[i]] = 0;
  }
  d->column.mantissas = to;
  return STATUS_OK;
}

static status decode_decimals(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d,
                              error *err) {
  const shard_blob parts = shard_blob_of(e, rows);
  const uint64_t width = e->row_bits / 8;
  const uint64_t padded = shard_padded_rows(rows);
  d->column.scale = e->scale;
  TRY(decode_exceptions(e, blob + parts.exceptions, rows, d, err));
  if (!all_zero(blob, rows * width, padded * width)) {
    return corrupt(err, "a number follows the last row");
  }
  for (uint32_t i = 0; i < e->exceptions_count; i++) {
    const uint64_t at = d->column.exception_rows[i] * width;
    if (!all_zero(blob, at, at + width)) {
      return corrupt(err, "a row has both a number and a text");
    }
  }
  if (e->row_bits != 64) {
    return widen_mantissas(e, blob, rows, d, err);
  }
  d->column.mantissas = rows_in_place(d, blob, padded * width);
  return d->column.mantissas != NULL ? STATUS_OK : error_no_memory(err, "decoding decimals");
}

/* Whether every number has its least scale. */
static bool scales_are_least(const int64_t *mantissas, const uint8_t *scales, uint32_t rows) {
  bool any = false;
  for (uint32_t r = 0; r < rows; r++) {
    any |= scales[r] > DECIMAL_READ_SCALE_MAX || (scales[r] > 0 && mantissas[r] % 10 == 0);
  }
  return !any;
}

/* A row without a number has the mantissa 0, whose least scale is 0. */
static status decode_scaled(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d,
                            error *err) {
  const uint64_t padded = shard_padded_rows(rows);
  const uint8_t *both = rows_in_place(d, blob, padded * SHARD_SCALED_BITS / 8);
  if (both == NULL) {
    return error_no_memory(err, "decoding scaled numbers");
  }
  const int64_t *mantissas = (const void *)both;
  const uint8_t *scales = both + padded * sizeof *mantissas;
  TRY(decode_exceptions(e, blob + shard_blob_of(e, rows).exceptions, rows, d, err));
  if (!all_zero((const uint8_t *)mantissas, rows * sizeof *mantissas, padded * sizeof *mantissas) ||
      !all_zero(scales, rows, padded)) {
    return corrupt(err, "a number follows the last row");
  }
  for (uint32_t i = 0; i < e->exceptions_count; i++) {
    if (mantissas[d->column.exception_rows[i]] != 0) {
      return corrupt(err, "a row has both a number and a text");
    }
  }
  if (!scales_are_least(mantissas, scales, rows)) {
    return corrupt(err, "a number does not have its least scale");
  }
  d->column.mantissas = mantissas;
  d->column.scales = scales;
  return STATUS_OK;
}

static uint32_t length_at(const uint8_t *lengths, uint64_t index, unsigned bits) {
  const uint8_t *at = lengths + index * (bits / 8);
  if (bits == 8) {
    return at[0];
  }
  const uint32_t low = (uint32_t)(at[0] | at[1] << 8);
  return bits == 16 ? low : low | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Slices of the dictionary; the bytes stay in the shard. */
static status decode_dictionary(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d,
                                error *err) {
  const shard_blob parts = shard_blob_of(e, rows);
  d->column.texts_count = e->texts_count;
  slice *texts = d->texts = calloc(e->texts_count > 0 ? e->texts_count : 1, sizeof *texts);
  if (texts == NULL) {
    return error_no_memory(err, "decoding texts");
  }
  const char *at = (const char *)blob + parts.texts;
  uint64_t used = 0;
  for (uint32_t i = 0; i < e->texts_count; i++) {
    const uint32_t length = length_at(blob + parts.lengths, i, e->length_bits);
    if (length > e->text_bytes - used) {
      return corrupt(err, "the lengths of its texts do not add up");
    }
    texts[i] = (slice){at + used, length};
    used += length;
  }
  d->column.texts = texts;
  return used == e->text_bytes ? STATUS_OK : corrupt(err, "the lengths of its texts do not add up");
}

static status decode_texts(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d,
                           error *err) {
  const shard_blob parts = shard_blob_of(e, rows);
  uint32_t *offsets = d->rows = aligned_rows(((uint64_t)rows + 1) * sizeof *offsets);
  if (offsets == NULL) {
    return error_no_memory(err, "decoding texts");
  }
  uint64_t sum = 0; /* at most 2^22 lengths below 2^32: no overflow */
  offsets[0] = 0;
  for (uint32_t r = 0; r < rows; r++) {
    sum += length_at(blob + parts.lengths, r, e->length_bits);
    offsets[r + 1] = (uint32_t)sum;
  }
  if (sum != e->text_bytes) {
    return corrupt(err, "the lengths of its texts do not add up");
  }
  d->column.offsets = offsets;
  d->column.bytes = (const char *)blob + parts.texts;
  return STATUS_OK;
}

static status decode(const shard_entry *e, const uint8_t *blob, uint32_t rows, shard_decoded *d, error *err) {
  switch ((packed_kind)e->kind) {
    case PACKED_CODES:
      TRY(decode_codes(e, blob, rows, d, err));
      break;
    case PACKED_WIDE:
      TRY(decode_wide(e, blob, rows, d, err));
      break;
    case PACKED_DECIMALS:
      TRY(decode_decimals(e, blob, rows, d, err));
      break;
    case PACKED_SCALED:
      TRY(decode_scaled(e, blob, rows, d, err));
      break;
    case PACKED_TEXTS:
      return decode_texts(e, blob, rows, d, err);
  }
  return decode_dictionary(e, blob, rows, d, err);
}

static bool padding_is_zero(const shard_entry *e, const uint8_t *blob, uint32_t rows) {
  const shard_blob parts = shard_blob_of(e, rows);
  return all_zero(blob, shard_padded_rows(rows) * e->row_bits / 8, parts.exceptions) &&
         all_zero(blob, parts.texts + e->text_bytes, parts.bytes);
}

status shard_column_decode(const shard_entry *entry, const uint8_t *blob, uint32_t rows, slice name,
                           shard_decoded **out, error *err) {
  *out = NULL;
  if (digest_xxh3(blob, entry->bytes) != entry->checksum) {
    return corrupt(err, "its checksum does not match its bytes");
  }
  if (!padding_is_zero(entry, blob, rows)) {
    return corrupt(err, "its padding is not zero");
  }
  shard_decoded *d = calloc(1, sizeof *d);
  if (d == NULL) {
    return error_no_memory(err, "decoding a column");
  }
  d->column.kind = (packed_kind)entry->kind;
  d->column.name = name;
  d->column.decimals_max = entry->decimals_max;
  const status st = decode(entry, blob, rows, d, err);
  if (st != STATUS_OK) {
    shard_column_free(d);
    return st;
  }
  *out = d;
  return STATUS_OK;
}

void shard_column_free(shard_decoded *d) {
  if (d != NULL) {
    free(d->rows);
    free(d->texts);
    free(d->exceptions);
    free(d);
  }
}
