/* The bytes of a shard as structs, for the encoder and the reader only; docs/shard-format.md describes
 * everything in words.
 *
 * Both structs are copied in and out of the bytes, never overlaid, so the bytes need not be aligned.  A
 * change here is a new SHARD_VERSION, a new golden shard in tests/store, and a new reference page. */
#ifndef CANVASS_STORE_SHARD_FORMAT_H
#define CANVASS_STORE_SHARD_FORMAT_H

#include <stdint.h>

#include "store/shard.h"

#define SHARD_MAGIC "CANVSHRD"

enum {
  SHARD_ALIGNMENT = 64,        /* of every blob and of every array of rows in it, from the shard's start */
  SHARD_BLOCK_ROWS = 64,       /* arrays of rows are padded to whole blocks */
  SHARD_PACKED_TEXTS_MAX = 16, /* up to here codes take 4 bits */
  SHARD_BLOCK_PACKED_BYTES = 32,
  SHARD_SCALED_BITS = 64 + 8, /* all mantissas, then all scales */
  SHARD_CHECKSUM_BYTES = 8,
};

typedef struct shard_header {
  char magic[8];
  uint32_t version;
  uint32_t columns_count;
  uint64_t header_bytes; /* from here to the end of the header's checksum */
  uint64_t shard_bytes;
  uint64_t first_ordinal;
  uint64_t first_line;
  uint32_t rows;
  uint32_t file;
  uint32_t gaps_count;
  uint32_t names_bytes;
  uint8_t decimal_mark;
  uint8_t zero[7];
} shard_header;

typedef struct shard_entry {
  uint64_t offset;
  uint64_t bytes; /* padding included: a multiple of SHARD_ALIGNMENT */
  uint64_t checksum;
  int64_t minimum;
  uint64_t text_bytes;
  uint32_t name_offset; /* from the start of the names */
  uint32_t name_bytes;
  uint32_t texts_count;
  uint32_t exceptions_count;
  uint8_t kind;
  uint8_t row_bits; /* 4, 8, 16, 32, 64; SHARD_SCALED_BITS; 0 for texts, which have no array of fixed width */
  uint8_t length_bits; /* 8, 16, 32: of the lengths of texts */
  uint8_t scale;
  uint8_t decimals_max;
  uint8_t zero[3];
} shard_entry;

_Static_assert(sizeof(shard_header) == 72, "the reference page gives these sizes");
_Static_assert(sizeof(shard_entry) == 64, "the reference page gives these sizes");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arrays are used as they lie in the file");

/* The header's parts follow each other: struct, entries, order of names, gaps, names, zeros up to a
 * multiple of 8, checksum. */
static inline uint64_t shard_order_offset(uint64_t columns_count) {
  return sizeof(shard_header) + columns_count * sizeof(shard_entry);
}

static inline uint64_t shard_gaps_offset(uint64_t columns_count) {
  return shard_order_offset(columns_count) + columns_count * sizeof(uint32_t);
}

static inline uint64_t shard_names_offset(uint64_t columns_count, uint64_t gaps_count) {
  return shard_gaps_offset(columns_count) + gaps_count * 3 * sizeof(uint32_t);
}

static inline uint64_t shard_header_bytes(uint64_t columns_count, uint64_t gaps_count, uint64_t names_bytes) {
  const uint64_t end = shard_names_offset(columns_count, gaps_count) + names_bytes;
  return (end + 7) / 8 * 8 + SHARD_CHECKSUM_BYTES;
}

static inline uint64_t shard_align(uint64_t offset) {
  return (offset + SHARD_ALIGNMENT - 1) / SHARD_ALIGNMENT * SHARD_ALIGNMENT;
}

static inline uint64_t shard_padded_rows(uint64_t rows) {
  return (rows + SHARD_BLOCK_ROWS - 1) / SHARD_BLOCK_ROWS * SHARD_BLOCK_ROWS;
}

/* The parts of a column's blob, from the blob's start, as its entry implies them: the array of rows,
 * exceptions (rows, then texts), lengths of texts, bytes of texts. */
typedef struct shard_blob {
  uint64_t exceptions;
  uint64_t lengths;
  uint64_t lengths_count;
  uint64_t texts;
  uint64_t bytes; /* padded */
} shard_blob;

static inline shard_blob shard_blob_of(const shard_entry *e, uint32_t rows) {
  shard_blob b = {.exceptions = shard_align(shard_padded_rows(rows) * e->row_bits / 8)};
  b.lengths = b.exceptions + (uint64_t)e->exceptions_count * 2 * sizeof(uint32_t);
  b.lengths_count = e->kind == PACKED_TEXTS ? rows : e->texts_count;
  b.texts = b.lengths + b.lengths_count * (e->length_bits / 8);
  b.bytes = shard_align(b.texts + e->text_bytes);
  return b;
}

/* Whether the LENGTH bytes at BYTES are padding. */
static inline bool shard_all_zero(const uint8_t *bytes, uint64_t length) {
  uint8_t any = 0;
  for (uint64_t i = 0; i < length; i++) {
    any |= bytes[i];
  }
  return any == 0;
}

/* How many bits the numbers 0..MAX take, of 8, 16, 32 and 64. */
static inline uint8_t shard_bits_of(uint64_t max) {
  return max <= UINT8_MAX ? 8 : max <= UINT16_MAX ? 16 : max <= UINT32_MAX ? 32 : 64;
}

#endif
