/* Quoting. */
#include "report/csv.h"

#include <string.h>

void csv_put(buf *out, slice text) {
  bool needs_quotes = false;
  for (size_t i = 0; i < text.length && !needs_quotes; i++) {
    needs_quotes = strchr(",\"\r\n", text.bytes[i]) != NULL && text.bytes[i] != '\0';
  }
  if (!needs_quotes) {
    buf_put(out, text.bytes, text.length);
    return;
  }
  buf_put_u8(out, '"');
  for (size_t i = 0; i < text.length; i++) {
    buf_put(out, "\"", text.bytes[i] == '"' ? 1 : 0);
    buf_put(out, text.bytes + i, 1);
  }
  buf_put_u8(out, '"');
}
