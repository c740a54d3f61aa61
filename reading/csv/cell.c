/* Cells.  Most are returned as they are; only a doubled quote needs a copy. */
#include "reading/csv/cell.h"

#include <string.h>

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/* The quoted cell in RAW, from its quote to its quote; without bytes when there is none. A quote after blanks
 * opens one only if the cell ends after the closing quote. */
static slice find_quoted(slice raw) {
  const slice none = {NULL, 0};
  size_t from = 0;
  while (from < raw.length && is_blank(raw.bytes[from])) {
    from++;
  }
  if (from == raw.length || raw.bytes[from] != '"') {
    return none;
  }
  size_t to = raw.length;
  to -= raw.bytes[to - 1] == '\r' && raw.bytes[to] == '\n';
  while (is_blank(raw.bytes[to - 1])) {
    to--;
  }
  const slice quoted = {raw.bytes + from, to - from};
  if (from == 0) {
    return quoted;
  }
  size_t at = 1;
  while (at < quoted.length &&
         (quoted.bytes[at] != '"' || (at + 1 < quoted.length && quoted.bytes[at + 1] == '"'))) {
    at += quoted.bytes[at] == '"' ? 2 : 1;
  }
  return at + 1 == quoted.length ? quoted : none;
}

bool csv_cell_text(slice raw, arena *memory, slice *text) {
  const slice quoted = find_quoted(raw);
  if (quoted.length < 2) {
    *text = slice_trim(raw);
    return true;
  }
  const slice inner = {quoted.bytes + 1, quoted.length - 2};
  if (memchr(inner.bytes, '"', inner.length) == NULL) {
    *text = slice_trim(inner);
    return true;
  }
  char *copy = arena_alloc(memory, inner.length);
  if (copy == NULL) {
    return false;
  }
  size_t length = 0;
  for (size_t i = 0; i < inner.length; i++) {
    copy[length++] = inner.bytes[i];
    i += inner.bytes[i] == '"';
  }
  *text = slice_trim((slice){copy, length});
  return true;
}
