/* What all tests of SPSS files check. */
#ifndef CANVASS_TESTS_READING_SAV_READING_H
#define CANVASS_TESTS_READING_SAV_READING_H

#include "tests/reading/csv_reading.h"

static inline dataset read_sav(const buf *file, const char *encoding) {
  const reading_options options = {.format = "sav", .encoding = encoding};
  return read_text(&options, file->data, file->length);
}

static inline void assert_cell(const dataset *d, size_t row, uint32_t column, const char *expected) {
  assert_true(row < d->rows_count && column < d->facts->columns_count);
  if (!slice_is(d->rows[row].cells[column], expected)) {
    fail_msg("row %zu, column %u: '%.*s' instead of '%s'", row, column, SLICE_ARG(d->rows[row].cells[column]),
             expected);
  }
}

static inline void assert_read(const dataset *d) {
  if (d->code != STATUS_OK) {
    fail_msg("%s", d->err.message);
  }
}

static inline void assert_refused(const buf *file, const char *encoding, const char *part) {
  dataset d = read_sav(file, encoding);
  if (d.code != STATUS_DATA) {
    fail_msg("%s instead of a refusal", d.code == STATUS_OK ? "all is well" : d.err.message);
  }
  assert_contains(d.err.message, part);
  drop_dataset(&d);
}

#endif
