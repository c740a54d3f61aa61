/* The memory of pieces. */
#include "reading/csv/piece.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "reading/reader.h"

bool csv_piece_reserve(csv_piece *p, size_t capacity) {
  if (p->text != NULL && capacity <= p->capacity) {
    return true;
  }
  const size_t grown = p->capacity + p->capacity / 2;
  const size_t bytes = input_piece_room(capacity > grown ? capacity : grown);
  uint8_t *memory = realloc(p->text != NULL ? p->text - CSV_MARGIN : NULL, bytes + (size_t)2 * CSV_MARGIN);
  if (memory == NULL) {
    return false;
  }
  memset(memory, '\n', CSV_MARGIN);
  p->text = memory + CSV_MARGIN;
  p->capacity = bytes;
  return true;
}

bool csv_piece_note_given_up(csv_piece *p, csv_given_up record) {
  assert(record.begin < record.end);
  assert(p->given_up_count == 0 || p->given_up[p->given_up_count - 1].end <= record.begin);
  if (!ARRAY_ROOM(p->given_up, p->given_up_count, p->given_up_capacity)) {
    return false;
  }
  p->given_up[p->given_up_count++] = record;
  return true;
}

bool csv_piece_note_opened(csv_piece *p, size_t begin, size_t end) {
  const uint8_t *newline;
  for (; (newline = memchr(p->text + begin, '\n', end - begin)) != NULL; begin++) {
    if (!ARRAY_ROOM(p->opened, p->opened_count, p->opened_capacity)) {
      return false;
    }
    begin = (size_t)(newline - p->text);
    p->opened[p->opened_count++] = begin;
  }
  return true;
}

void csv_piece_clear(csv_piece *p) {
  p->length = 0;
  p->given_up_count = 0;
  p->opened_count = 0;
  p->records = 0;
}

void csv_piece_fini(csv_piece *p) {
  if (p->text != NULL) {
    free(p->text - CSV_MARGIN);
  }
  free(p->given_up);
  free(p->opened);
  *p = (csv_piece){0};
}
