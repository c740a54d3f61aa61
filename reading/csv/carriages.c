#include "reading/csv/carriages.h"

#include <string.h>

#include "reading/csv/walk.h"

enum { CELLS_MIN = 2 };

bool csv_carriages_are_in(const uint8_t *text, size_t from, size_t to) {
  while (from < to) {
    const uint8_t *found = memchr(text + from, '\r', to - from);
    if (found == NULL) {
      return false;
    }
    if (found[1] != '\n') {
      return true;
    }
    from = (size_t)(found - text) + 1;
  }
  return false;
}

/* All that have no newline become newlines; the line has no others but its last byte. */
static void open_up(uint8_t *line, size_t length) {
  for (size_t i = 0; i + 1 < length; i++) {
    line[i] = line[i] == '\r' && line[i + 1] != '\n' ? '\n' : line[i];
  }
}

/* The newlines of the LENGTH bytes, but for the last byte, become carriage returns. */
static void close_up(uint8_t *line, size_t length) {
  for (size_t i = 0; i + 1 < length; i++) {
    line[i] = line[i] == '\n' ? '\r' : line[i];
  }
}

/* Whether most of the lines of TEXT are records of CELLS cells.  Newlines inside quotes end none: they become
 * carriage returns again. */
static bool are_records(uint8_t *text, size_t length, char delimiter, uint32_t cells) {
  size_t fitting = 0;
  size_t others = 0;
  for (size_t at = csv_walk_empty_lines(text, length); at < length;
       at += csv_walk_empty_lines(text + at, length - at)) {
    const csv_walk record = csv_walk_record(text + at, length - at, delimiter, NULL);
    if (record.end == 0) {
      return false;
    }
    const bool fits = record.cells == cells && !record.wrong;
    fitting += fits;
    others += !fits;
    close_up(text + at, record.end);
    at += record.end;
  }
  return fitting > 1 && fitting > others;
}

bool csv_carriages_end_lines(uint8_t *line, size_t length, char delimiter, uint32_t cells) {
  if (cells < CELLS_MIN || !csv_carriages_are_in(line, 0, length - 1)) {
    return false;
  }
  open_up(line, length);
  const bool are = are_records(line, length, delimiter, cells);
  if (!are) {
    close_up(line, length);
  }
  return are;
}
