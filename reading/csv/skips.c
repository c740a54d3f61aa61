/* Comparing a record with a blank one and with the rows of the header, cell by cell up to the first that
 * differs; and its first words with those of totals. */
#include "reading/csv/skips.h"

#include "reading/csv/cell.h"

static const slice byte_order_mark = {"\xef\xbb\xbf", 3};

static slice raw_cell(const csv_whole_record *record, uint32_t cell) {
  const size_t begin = cell == 0 ? record->begin : record->ends[cell - 1] + 1;
  return (slice){(const char *)record->text + begin, record->ends[cell] - begin};
}

bool csv_skip_may_be_total(const csv_file_header *header, const csv_whole_record *record) {
  return total_words_may(&header->words, raw_cell(record, 0));
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

/* Records end with a newline, so bytes are only read as far as they are there. */
size_t csv_skip_mark(const uint8_t *record) {
  size_t at = 0;
  while (at < byte_order_mark.length && record[at] == (uint8_t)byte_order_mark.bytes[at]) {
    at++;
  }
  return at == byte_order_mark.length ? at : 0;
}

/* A file that was appended whole has brought its byte-order mark along. */
static slice without_mark(slice raw) {
  const size_t mark = csv_skip_mark((const uint8_t *)raw.bytes);
  return (slice){raw.bytes + mark, raw.length - mark};
}

static bool is_row(const csv_file_header *header, const slice *titles, const csv_whole_record *record,
                   arena *memory, bool *same) {
  *same = true;
  for (uint32_t i = 0; i < header->count && *same; i++) {
    const slice raw = raw_cell(record, i);
    slice text;
    if (!csv_cell_text(i == 0 ? without_mark(raw) : raw, memory, &text)) {
      return false;
    }
    *same = slice_equal(text, titles[i]);
  }
  return true;
}

static bool find_first(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                       csv_first_cell *first) {
  for (uint32_t i = 0; i < header->count && first->text.length == 0; i++) {
    const slice raw = raw_cell(record, i);
    if (!csv_cell_text(i == 0 ? without_mark(raw) : raw, memory, &first->text)) {
      return false;
    }
    first->number = i;
  }
  return true;
}

static bool is_repeated(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                        bool *found) {
  for (uint32_t i = 0; i < header->rows_count && !*found; i++) {
    if ((header->telling >> i & 1) != 0 && !is_row(header, header->rows[i], record, memory, found)) {
      return false;
    }
  }
  return true;
}

bool csv_skip_decide(const csv_file_header *header, const csv_whole_record *record, arena *memory,
                     file_skip *skip, csv_first_cell *first) {
  bool found = false;
  *skip = FILE_SKIPS;
  *first = (csv_first_cell){.number = 0};
  if (totals_left_out(header->options, record->ordinal)) {
    *skip = FILE_TOTALS;
    return true;
  }
  if (!is_blank(header, record, memory, &found)) {
    return false;
  }
  if (found) {
    *skip = header->options->keeps_blank_rows ? FILE_SKIPS : FILE_BLANK_ROWS;
    return true;
  }
  if (!is_repeated(header, record, memory, &found)) {
    return false;
  }
  if (found) {
    *skip = FILE_REPEATED_HEADERS;
    return true;
  }
  if (header->looks_for_totals && !find_first(header, record, memory, first)) {
    return false;
  }
  if (header->totals_of != NULL && platform_is_total(header->totals_of, &header->words, first->text)) {
    *skip = FILE_TOTALS;
  }
  return true;
}
