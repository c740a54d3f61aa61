/* Comparing a record with a blank one and with the header, cell by cell up to the first that differs. */
#include "reading/csv/skips.h"

#include "reading/csv/cell.h"

static const slice byte_order_mark = {"\xef\xbb\xbf", 3};

static slice raw_cell(const csv_whole_record *record, uint32_t cell) {
  const size_t begin = cell == 0 ? record->begin : record->ends[cell - 1] + 1;
  return (slice){(const char *)record->text + begin, record->ends[cell] - begin};
}

bool csv_skip_possible(const csv_file_header *header, const uint8_t *record) {
  const uint8_t c = *record;
  const slice title = header->titles[0];
  /* Blank, quoted, beyond ASCII, an empty cell, or what the header begins with. */
  return c <= ' ' || c == '"' || c >= 0x7f || c == (uint8_t)header->delimiter ||
         (title.length > 0 && c == (uint8_t)title.bytes[0]);
}

static bool is_blank(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                     bool *blank) {
  *blank = true;
  for (uint32_t i = 0; i < header->count && *blank; i++) {
    slice text;
    if (!csv_cell_text(raw_cell(record, i), memory, &text)) {
      return false;
    }
    *blank = slice_is_invisible(text);
  }
  return true;
}

/* A file that was appended to another has kept its byte-order mark. */
static slice without_mark(slice raw) {
  if (raw.length >= byte_order_mark.length &&
      slice_equal((slice){raw.bytes, byte_order_mark.length}, byte_order_mark)) {
    raw.bytes += byte_order_mark.length;
    raw.length -= byte_order_mark.length;
  }
  return raw;
}

static bool is_header(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                      bool *same) {
  *same = true;
  for (uint32_t i = 0; i < header->count && *same; i++) {
    const slice raw = raw_cell(record, i);
    slice text;
    if (!csv_cell_text(i == 0 ? without_mark(raw) : raw, memory, &text)) {
      return false;
    }
    *same = slice_equal(text, header->titles[i]);
  }
  return true;
}

bool csv_skip_decide(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                     file_skip *skip) {
  bool found = false;
  *skip = FILE_SKIPS;
  if (!is_blank(header, record, memory, &found)) {
    return false;
  }
  if (found) {
    *skip = header->keeps_blank_rows ? FILE_SKIPS : FILE_BLANK_ROWS;
    return true;
  }
  if (!is_header(header, record, memory, &found)) {
    return false;
  }
  *skip = found ? FILE_REPEATED_HEADERS : FILE_SKIPS;
  return true;
}
