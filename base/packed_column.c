#include "base/packed_column.h"

/* The place of ROW among the exceptions; exceptions_count when it is not one. */
static uint32_t find_exception(const packed_column *c, uint32_t row) {
  uint32_t low = 0;
  uint32_t high = c->exceptions_count;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (c->exception_rows[middle] < row) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < c->exceptions_count && c->exception_rows[low] == row ? low : c->exceptions_count;
}

packed_cell packed_column_cell(const packed_column *c, uint32_t row) {
  if (packed_column_is_coded(c)) {
    return (packed_cell){.text = c->texts[packed_column_code(c, row)]};
  }
  if (!packed_column_is_numeric(c)) {
    return (packed_cell){.text = packed_column_text(c, row)};
  }
  const uint32_t exception = find_exception(c, row);
  if (exception < c->exceptions_count) {
    return (packed_cell){.text = c->texts[c->exception_texts[exception]]};
  }
  return (packed_cell){.is_number = true, .number = packed_column_number(c, row), .text = {"", 0}};
}
