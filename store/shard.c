/* Reading a shard: everything about its structure is checked when it is opened, the bytes of a column
 * when the column is first asked for.
 *
 * A shard that opens has exactly the sizes that its header and entries imply: blobs follow each other
 * without holes to the very end, and names are distinct and sorted in the order table.  So decoding
 * needs no more checks of bounds. */
#include "store/shard.h"

#include <stdlib.h>
#include <string.h>

#include "store/shard_column.h"
#include "store/shard_format.h"

struct shard {
  const uint8_t *bytes;
  size_t length;
  shard_header header;
  char *what;
  uint32_t *ordinal_offsets;
  uint32_t *line_offsets;
  shard_decoded **decoded; /* one per column, NULL until it is asked for */
};

static status corrupt(const shard *s, error *err, const char *problem) {
  return error_set(err, STATUS_CORRUPT, "shard %s: %s; it was altered or cut off; read its file again",
                   s->what, problem);
}

static uint32_t u32_at(const shard *s, uint64_t offset) {
  uint32_t v;
  memcpy(&v, s->bytes + offset, sizeof v);
  return v;
}

static shard_entry entry_at(const shard *s, uint32_t index) {
  shard_entry e;
  memcpy(&e, s->bytes + sizeof(shard_header) + (uint64_t)index * sizeof e, sizeof e);
  return e;
}

static slice name_of(const shard *s, const shard_entry *e) {
  const uint64_t names = shard_names_offset(s->header.columns_count, s->header.gaps_count);
  return (slice){(const char *)s->bytes + names + e->name_offset, e->name_bytes};
}

static status check_header(shard *s, error *err) {
  static const char magic[8] = SHARD_MAGIC;
  shard_header *h = &s->header;
  if (s->length < sizeof *h) {
    return corrupt(s, err, "it is shorter than a header");
  }
  memcpy(h, s->bytes, sizeof *h);
  if (memcmp(h->magic, magic, sizeof magic) != 0) {
    return error_set(err, STATUS_CORRUPT, "shard %s: these bytes are not a shard", s->what);
  }
  if (h->version < SHARD_VERSION_OLDEST || h->version > SHARD_VERSION) {
    const bool is_newer = h->version > SHARD_VERSION;
    return error_set(
        err, STATUS_CORRUPT,
        "shard %s: made by %s version of canvass (format version %u; this one reads %d to %d); %s", s->what,
        is_newer ? "a newer" : "an older", h->version, SHARD_VERSION_OLDEST, SHARD_VERSION,
        is_newer ? "install the same version on all machines" : "read its file again");
  }
  if (h->rows > SHARD_ROWS_MAX || h->columns_count > SHARD_COLUMNS_MAX || h->gaps_count > h->rows ||
      h->names_bytes > SHARD_NAMES_BYTES_MAX) {
    return corrupt(s, err, "a count in the header is above its limit");
  }
  if (h->shard_bytes != s->length) {
    return corrupt(s, err, "its length differs from what the header says");
  }
  if (h->header_bytes != shard_header_bytes(h->columns_count, h->gaps_count, h->names_bytes) ||
      shard_align(h->header_bytes) > s->length) {
    return corrupt(s, err, "the header's length is wrong");
  }
  const uint64_t checked = h->header_bytes - SHARD_CHECKSUM_BYTES;
  uint64_t checksum;
  memcpy(&checksum, s->bytes + checked, sizeof checksum);
  if (digest_xxh3(s->bytes, checked) != checksum) {
    return corrupt(s, err, "the header's checksum does not match its bytes");
  }
  return STATUS_OK;
}

/* The checksum shows only that the bytes are as written, not that they are valid. */
static status check_header_rest(const shard *s, error *err) {
  const shard_header *h = &s->header;
  const uint64_t names_end = shard_names_offset(h->columns_count, h->gaps_count) + h->names_bytes;
  if (!shard_all_zero(h->zero, sizeof h->zero) ||
      !shard_all_zero(s->bytes + names_end, h->header_bytes - SHARD_CHECKSUM_BYTES - names_end) ||
      !shard_all_zero(s->bytes + h->header_bytes, shard_align(h->header_bytes) - h->header_bytes)) {
    return corrupt(s, err, "padding of the header is not zero");
  }
  if (h->decimal_mark != '.' && h->decimal_mark != ',') {
    return corrupt(s, err, "its decimal mark is neither . nor ,");
  }
  return STATUS_OK;
}

/* What a kind allows: the least and most bits of a row, the most texts (of one with exceptions: as many as
 * rows), which other fields it uses. */
typedef struct kind_rule {
  uint8_t bits_min, bits_max;
  uint32_t texts_max;
  bool is_decimals, has_exceptions;
  uint32_t version; /* from which it exists */
} kind_rule;

static const kind_rule kind_rules[] = {
    [PACKED_CODES] = {4, 8, PACKED_CODES_MAX, false, false, 1},
    [PACKED_WIDE] = {16, 16, PACKED_WIDE_MAX, false, false, 1},
    [PACKED_DECIMALS] = {8, 64, 0, true, true, 1},
    [PACKED_TEXTS] = {0, 0, 0, false, false, 1},
    [PACKED_SCALED] = {SHARD_SCALED_BITS, SHARD_SCALED_BITS, 0, false, true, 2},
};

static bool entry_is_sound(const shard_entry *e, uint32_t version, uint32_t rows) {
  if (e->kind < PACKED_CODES || e->kind > PACKED_SCALED) {
    return false;
  }
  const kind_rule *rule = &kind_rules[e->kind];
  const bool is_width = (e->row_bits & (e->row_bits - 1)) == 0 || e->row_bits == rule->bits_min;
  const uint32_t texts_max =
      rule->has_exceptions ? rows : rule->texts_max; /* one for each exception at most */
  if (version < rule->version || !is_width || e->row_bits < rule->bits_min || e->row_bits > rule->bits_max ||
      e->texts_count > texts_max) {
    return false;
  }
  if (e->kind == PACKED_CODES && e->row_bits != (e->texts_count <= SHARD_PACKED_TEXTS_MAX ? 4 : 8)) {
    return false;
  }
  if (e->exceptions_count > (rule->has_exceptions ? rows : 0)) {
    return false;
  }
  if (rule->is_decimals ? e->scale > 18 || (e->row_bits == 64 && e->minimum != 0)
                        : e->scale > 0 || e->minimum != 0) {
    return false;
  }
  return (e->length_bits == 8 || e->length_bits == 16 || e->length_bits == 32) && e->decimals_max <= 18 &&
         e->text_bytes <= UINT32_MAX && shard_all_zero(e->zero, sizeof e->zero);
}

static status column_corrupt(const shard *s, uint32_t index, error *err, const char *problem) {
  return error_set(err, STATUS_CORRUPT,
                   "shard %s: column %u: %s; it was altered or cut off; read its file again", s->what,
                   index + 1, problem);
}

static status check_entries(const shard *s, error *err) {
  uint64_t offset = shard_align(s->header.header_bytes);
  uint64_t name_offset = 0;
  for (uint32_t i = 0; i < s->header.columns_count; i++) {
    const shard_entry e = entry_at(s, i);
    if (!entry_is_sound(&e, s->header.version, s->header.rows)) {
      return column_corrupt(s, i, err, "its entry has a wrong kind, width or count");
    }
    if (e.name_offset != name_offset || e.name_bytes > s->header.names_bytes - name_offset) {
      return column_corrupt(s, i, err, "its name lies outside the names");
    }
    if (e.offset != offset || e.bytes != shard_blob_of(&e, s->header.rows).bytes ||
        e.bytes > s->length - offset) {
      return column_corrupt(s, i, err, "its bytes lie outside the shard or at the wrong place");
    }
    name_offset += e.name_bytes;
    offset += e.bytes;
  }
  if (name_offset != s->header.names_bytes) {
    return corrupt(s, err, "names are left over");
  }
  return offset == s->length ? STATUS_OK : corrupt(s, err, "bytes are left over at the end");
}

static uint32_t column_in_order(const shard *s, uint32_t place) {
  return u32_at(s, shard_order_offset(s->header.columns_count) + (uint64_t)place * sizeof(uint32_t));
}

/* Strictly ascending names show at once that the table is a permutation and the names are distinct. */
static status check_order(const shard *s, error *err) {
  slice before = {"", 0};
  for (uint32_t i = 0; i < s->header.columns_count; i++) {
    const uint32_t column = column_in_order(s, i);
    if (column >= s->header.columns_count) {
      return corrupt(s, err, "the order of names has a column that does not exist");
    }
    const shard_entry e = entry_at(s, column);
    const slice name = name_of(s, &e);
    if (i > 0 && slice_compare(before, name) >= 0) {
      return corrupt(s, err, "the names of the columns are not in order");
    }
    before = name;
  }
  return STATUS_OK;
}

static uint64_t gap_at(const shard *s, unsigned part, uint32_t index) {
  const uint64_t start = shard_gaps_offset(s->header.columns_count);
  return u32_at(s, start + ((uint64_t)part * s->header.gaps_count + index) * sizeof(uint32_t));
}

enum { GAP_ROWS, GAP_RECORDS, GAP_LINES };

static status check_gaps(const shard *s, uint64_t *records, uint64_t *lines, error *err) {
  uint64_t row_before = 0;
  for (uint32_t i = 0; i < s->header.gaps_count; i++) {
    const uint64_t row = gap_at(s, GAP_ROWS, i);
    if (row >= s->header.rows || (i > 0 && row <= row_before)) {
      return corrupt(s, err, "its gaps are not rows in ascending order");
    }
    row_before = row;
    *records += gap_at(s, GAP_RECORDS, i);
    *lines += gap_at(s, GAP_LINES, i);
  }
  if (*records + s->header.rows > UINT32_MAX || *lines + s->header.rows > UINT32_MAX) {
    return corrupt(s, err, "its gaps are too large");
  }
  return STATUS_OK;
}

/* Row numbers with the gaps of one kind counted in; NULL when out of memory. */
static uint32_t *offsets_with_gaps(const shard *s, unsigned part) {
  const uint32_t rows = s->header.rows;
  uint32_t *offsets = malloc((size_t)rows * sizeof *offsets);
  uint32_t skipped = 0;
  uint32_t row = 0;
  for (uint32_t i = 0; offsets != NULL && i <= s->header.gaps_count; i++) {
    const uint32_t next = i < s->header.gaps_count ? (uint32_t)gap_at(s, GAP_ROWS, i) : rows;
    for (; row < next; row++) {
      offsets[row] = row + skipped;
    }
    skipped += i < s->header.gaps_count ? (uint32_t)gap_at(s, part, i) : 0;
  }
  return offsets;
}

static status count_gaps(shard *s, error *err) {
  uint64_t records = 0;
  uint64_t lines = 0;
  TRY(check_gaps(s, &records, &lines, err));
  if (records > 0 && (s->ordinal_offsets = offsets_with_gaps(s, GAP_RECORDS)) == NULL) {
    return error_no_memory(err, s->what);
  }
  if (lines > 0 && (s->line_offsets = offsets_with_gaps(s, GAP_LINES)) == NULL) {
    return error_no_memory(err, s->what);
  }
  return STATUS_OK;
}

static status open_checked(shard *s, error *err) {
  TRY(check_header(s, err));
  TRY(check_header_rest(s, err));
  TRY(check_entries(s, err));
  TRY(check_order(s, err));
  TRY(count_gaps(s, err));
  s->decoded = calloc(s->header.columns_count > 0 ? s->header.columns_count : 1, sizeof *s->decoded);
  return s->decoded != NULL ? STATUS_OK : error_no_memory(err, s->what);
}

status shard_open(const void *bytes, size_t length, const char *what, shard **out, error *err) {
  *out = NULL;
  shard *s = calloc(1, sizeof *s);
  if (s == NULL || (s->what = slice_copy(slice_of(what))) == NULL) {
    free(s);
    return error_no_memory(err, what);
  }
  s->bytes = bytes;
  s->length = length;
  const status st = open_checked(s, err);
  if (st != STATUS_OK) {
    shard_close(s);
    return st;
  }
  *out = s;
  return STATUS_OK;
}

void shard_close(shard *s) {
  if (s == NULL) {
    return;
  }
  for (uint32_t i = 0; s->decoded != NULL && i < s->header.columns_count; i++) {
    shard_column_free(s->decoded[i]);
  }
  free(s->decoded);
  free(s->ordinal_offsets);
  free(s->line_offsets);
  free(s->what);
  free(s);
}

uint32_t shard_rows(const shard *s) {
  return s->header.rows;
}

uint64_t shard_first_ordinal(const shard *s) {
  return s->header.first_ordinal;
}

uint32_t shard_file(const shard *s) {
  return s->header.file;
}

uint64_t shard_first_line(const shard *s) {
  return s->header.first_line;
}

char shard_decimal_mark(const shard *s) {
  return (char)s->header.decimal_mark;
}

const uint32_t *shard_ordinal_offsets(const shard *s) {
  return s->ordinal_offsets;
}

const uint32_t *shard_line_offsets(const shard *s) {
  return s->line_offsets;
}

uint32_t shard_columns_count(const shard *s) {
  return s->header.columns_count;
}

slice shard_column_name(const shard *s, uint32_t index) {
  if (index >= s->header.columns_count) {
    return (slice){"", 0};
  }
  const shard_entry e = entry_at(s, index);
  return name_of(s, &e);
}

/* The column's index by binary search; columns_count when there is none. */
static uint32_t column_index(const shard *s, slice name) {
  uint32_t low = 0;
  uint32_t high = s->header.columns_count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    const uint32_t column = column_in_order(s, middle);
    const int order = slice_compare(shard_column_name(s, column), name);
    if (order == 0) {
      return column;
    }
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return s->header.columns_count;
}

status shard_find(shard *s, const char *name, packed_column *out, error *err) {
  const uint32_t index = column_index(s, slice_of(name));
  if (index == s->header.columns_count) {
    return error_set(err, STATUS_NOT_FOUND, "shard %s has no column \"%s\"", s->what, name);
  }
  if (s->decoded[index] == NULL) {
    const shard_entry e = entry_at(s, index);
    const status st =
        shard_column_decode(&e, s->bytes + e.offset, s->header.rows, name_of(s, &e), &s->decoded[index], err);
    if (st != STATUS_OK) {
      return error_context(err, st, "shard %s: column \"%s\"", s->what, name);
    }
  }
  *out = s->decoded[index]->column;
  return STATUS_OK;
}
