/* Cells.  Most are returned as they are; only a doubled quote needs a copy. */
#include "client/csv/cell.h"

#include <string.h>

bool csv_cell_text(slice raw, arena *memory, slice *text) {
  if (raw.length == 0 || raw.bytes[0] != '"') {
    *text = slice_trim(raw);
    return true;
  }
  slice inner = {raw.bytes + 1, raw.length - 1};
  if (inner.length > 0 && inner.bytes[inner.length - 1] == '\r') {
    inner.length--;
  }
  if (inner.length > 0) {
    inner.length--;
  }
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
