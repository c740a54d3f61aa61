/* The memory of pieces. */
#include "client/csv/piece.h"

#include <stdlib.h>
#include <string.h>

bool csv_piece_reserve(csv_piece *p, size_t capacity) {
  if (p->text != NULL && capacity <= p->capacity) {
    return true;
  }
  const size_t grown = p->capacity + p->capacity / 2;
  const size_t bytes = capacity > grown ? capacity : grown;
  uint8_t *memory = realloc(p->text != NULL ? p->text - CSV_MARGIN : NULL, bytes + (size_t)2 * CSV_MARGIN);
  if (memory == NULL) {
    return false;
  }
  memset(memory, '\n', CSV_MARGIN);
  p->text = memory + CSV_MARGIN;
  p->capacity = bytes;
  return true;
}

bool csv_piece_note_unclosed(csv_piece *p, csv_unclosed record) {
  if (p->unclosed_count == p->unclosed_capacity) {
    const size_t capacity = p->unclosed_capacity * 2 + 8;
    csv_unclosed *more = realloc(p->unclosed, capacity * sizeof *more);
    if (more == NULL) {
      return false;
    }
    p->unclosed = more;
    p->unclosed_capacity = capacity;
  }
  p->unclosed[p->unclosed_count++] = record;
  return true;
}

void csv_piece_clear(csv_piece *p) {
  p->length = 0;
  p->unclosed_count = 0;
  p->records = 0;
}

void csv_piece_fini(csv_piece *p) {
  if (p->text != NULL) {
    free(p->text - CSV_MARGIN);
  }
  free(p->unclosed);
  *p = (csv_piece){0};
}

uint64_t csv_count_lines(const uint8_t *text, size_t length) {
  uint64_t lines = 0;
  for (size_t i = 0; i < length; i++) {
    lines += text[i] == '\n';
  }
  return lines;
}
