/* Walking. */
#include "reading/csv/walk.h"

#include <string.h>

const char csv_delimiters[CSV_DELIMITERS] = {',', ';', '\t', '|'};

/* Which delimiter C is; -1: none.  DELIMITER 0: any of the candidates. */
static int delimiter_index(uint8_t c, char delimiter) {
  if (delimiter != 0) {
    return c == (uint8_t)delimiter ? 0 : -1;
  }
  for (int i = 0; i < CSV_DELIMITERS; i++) {
    if (c == (uint8_t)csv_delimiters[i]) {
      return i;
    }
  }
  return -1;
}

static size_t pass_blanks(const uint8_t *text, size_t at, size_t length, char delimiter) {
  while (at < length && (text[at] == ' ' || text[at] == '\t') && delimiter_index(text[at], delimiter) < 0) {
    at++;
  }
  return at;
}

static bool ends_cell(const uint8_t *text, size_t at, size_t length, char delimiter) {
  at = pass_blanks(text, at, length, delimiter);
  return at < length && (text[at] == '\n' || delimiter_index(text[at], delimiter) >= 0 ||
                         (text[at] == '\r' && at + 1 < length && text[at + 1] == '\n'));
}

/* The position after the quoted cell that begins at AT; LENGTH + 1: it does not close. */
static size_t pass_quoted(const uint8_t *text, size_t at, size_t length) {
  for (at++; at < length; at++) {
    if (text[at] == '"' && (at + 1 == length || text[at + 1] != '"')) {
      return at + 1;
    }
    at += text[at] == '"';
  }
  return length + 1;
}

/* Whether the quote at AT, after blanks, opens a quoted cell.  Only if the cell ends on its line. */
static bool opens_behind_blanks(const uint8_t *text, size_t at, size_t length, char delimiter) {
  const uint8_t *newline = memchr(text + at, '\n', length - at);
  const size_t line = newline != NULL ? (size_t)(newline - text) + 1 : length;
  const size_t behind = pass_quoted(text, at, line);
  return behind < line && ends_cell(text, behind, line, delimiter);
}

csv_walk csv_walk_record(const uint8_t *text, size_t length, char delimiter, size_t *ends) {
  csv_walk w = {0};
  for (size_t at = 0; at < length; at++) {
    const size_t quote = pass_blanks(text, at, length, delimiter);
    if (quote < length && text[quote] == '"' &&
        (quote == at || opens_behind_blanks(text, quote, length, delimiter))) {
      w.open = quote;
      at = pass_quoted(text, quote, length);
      if (at > length) {
        return w;
      }
      if (!w.wrong && !ends_cell(text, at, length, delimiter)) {
        w.wrong = true;
        w.wrong_cell = w.cells;
      }
    }
    while (at < length && text[at] != '\n' && delimiter_index(text[at], delimiter) < 0) {
      at++;
    }
    if (at == length) {
      break;
    }
    if (ends != NULL) {
      ends[w.cells] = at;
    }
    w.cells++;
    if (text[at] == '\n') {
      w.end = at + 1;
      return w;
    }
  }
  w.open = length;
  return w;
}

size_t csv_walk_empty_lines(const uint8_t *text, size_t length) {
  size_t at = 0;
  while (at < length && (text[at] == '\n' || (text[at] == '\r' && at + 1 < length && text[at + 1] == '\n'))) {
    at++;
  }
  return at;
}
