/* The two loops, written once.  A form includes this behind its own
 *
 *   block                   64 bytes as the processor likes them
 *   block_load(p)           from any address
 *   block_equal(b, byte)    mask of the bytes that are BYTE
 *   block_high(b)           mask of the bytes above 0x7f
 *   block_utf8(b, p)        false: a character that ends in the block (at P) is ill-formed
 *   block_append(x, b, p, base, separators, briefs)
 *                           appends the separators to ends and briefs; BRIEFS: those whose cell has at
 *                           most one byte
 *
 * and defines the table of its functions with KERNEL_SCAN and KERNEL_INDEX.
 */
#include <string.h>

#include "reading/csv/kernels.h"

enum { BLOCK = 64, TAIL_BEFORE = 8 };

static void kernel_scan(csv_scan *s, const uint8_t *text, size_t end) {
  csv_scan now = *s;
  for (; now.at + BLOCK <= end; now.at += BLOCK) {
    const block b = block_load(text + now.at);
    const uint64_t newline = block_equal(b, '\n');
    const uint64_t carriage = block_equal(b, '\r');
    const uint64_t quote = block_equal(b, '"');
    const uint64_t separator = newline | block_equal(b, now.delimiter);
    const uint64_t after_carriage = carriage << 1 | now.carriages >> 63;
    if ((after_carriage & ~newline) != 0) {
      break;
    }
    csv_quotes quotes = now.quotes;
    uint64_t within = quotes.inside;
    if ((quote | quotes.inside) != 0) {
      const csv_block at = {text + now.at, BLOCK, now.delimiter, quote, separator};
      uint64_t closing;
      within = csv_quotes_step(&quotes, &at, &closing);
      if ((newline & within) != 0) {
        break;
      }
    } else {
      quotes.edge = separator >> 63;
    }
    const uint64_t ends = newline & ~within;
    const uint64_t after_newline = newline << 1 | now.newlines >> 63;
    const uint64_t after_empty = after_carriage & (newline << 2 | now.newlines >> 62);
    const unsigned records = (unsigned)__builtin_popcountll(ends & ~(after_newline | after_empty));
    if (now.records + records >= now.records_max ||
        now.at + BLOCK - now.record_begin > now.record_bytes_max) {
      break;
    }
    now.records += records;
    now.lines += (unsigned)__builtin_popcountll(newline);
    if (ends != 0) {
      now.record_begin = now.at + BLOCK - (unsigned)__builtin_clzll(ends);
    }
    now.quotes = quotes;
    now.newlines = newline;
    now.carriages = carriage;
  }
  *s = now;
}

/* A cell must end after its closing quote. */
static void note_wrong(csv_index *x, const uint8_t *text, uint32_t base, uint64_t after) {
  for (; after != 0; after &= after - 1) {
    const uint32_t at = base + (unsigned)__builtin_ctzll(after);
    if (!csv_ends_cell(text + at, x->delimiter)) {
      x->wrong[x->wrong_count++] = at;
    }
  }
}

/* The first WIDTH bytes at P, which are those of TEXT at BASE. */
static inline void index_block(csv_index *x, const uint8_t *text, uint32_t base, const uint8_t *p,
                               unsigned width) {
  const block b = block_load(p);
  const uint64_t valid = ~UINT64_C(0) >> (BLOCK - width);
  const uint64_t newline = block_equal(b, '\n') & valid;
  const uint64_t quote = block_equal(b, '"') & valid;
  const uint64_t separator = newline | (block_equal(b, x->delimiter) & valid);
  const uint64_t high = block_high(b);
  if ((block_equal(b, '\0') & valid) != 0) {
    x->unfit = true;
  }
  if ((high | x->high >> 61) != 0 && !block_utf8(b, p)) {
    x->unfit = true;
  }
  x->high = high;
  uint64_t outside = separator;
  if ((quote | x->quotes.inside | x->quotes.closed) != 0) {
    uint64_t closing;
    const uint64_t closed = x->quotes.closed;
    const csv_block at = {text + base, width, x->delimiter, quote, separator};
    const uint64_t within = csv_quotes_step(&x->quotes, &at, &closing);
    outside = separator & ~within;
    note_wrong(x, text, base, (closing << 1 | closed) & ~(separator | quote) & valid);
    for (uint64_t inner = newline & within; inner != 0; inner &= inner - 1) {
      x->inner[x->inner_count++] = base + (unsigned)__builtin_ctzll(inner);
    }
  } else {
    x->quotes.edge = separator >> 63;
  }
  const uint64_t ordinal = x->count;
  for (uint64_t ends = newline & outside; ends != 0; ends &= ends - 1) {
    const uint64_t before = outside & ((ends & -ends) - 1);
    x->row_ends[x->rows_count++] = (uint32_t)(ordinal + (unsigned)__builtin_popcountll(before));
  }
  const uint64_t after = outside << 1 | x->separators >> 63;
  const uint64_t second = outside << 2 | x->separators >> 62;
  x->separators = outside;
  block_append(x, b, p, base, outside, outside & (after | second));
}

static void kernel_index(csv_index *x, const uint8_t *text, size_t from, size_t to) {
  for (; from + BLOCK <= to; from += BLOCK) {
    index_block(x, text, (uint32_t)from, text + from, BLOCK);
  }
  if (from < to) {
    uint8_t tail[TAIL_BEFORE + 2 * BLOCK] = {0};
    memcpy(tail, text + from - TAIL_BEFORE, TAIL_BEFORE + to - from);
    index_block(x, text, (uint32_t)from, tail + TAIL_BEFORE, (unsigned)(to - from));
  }
}

static csv_masks kernel_masks(const uint8_t *text, char delimiter, unsigned width) {
  const block b = block_load(text);
  const uint64_t valid = ~UINT64_C(0) >> (BLOCK - width);
  return (csv_masks){.newline = block_equal(b, '\n') & valid,
                     .quote = block_equal(b, '"') & valid,
                     .delimiter = block_equal(b, delimiter) & valid};
}
