/* What the masks of a block do not show of a quote. */
#include "reading/csv/quotes.h"

bool csv_ends_cell(const uint8_t *p, char delimiter) {
  while (csv_is_blank(*p, delimiter)) {
    p++;
  }
  return *p == (uint8_t)delimiter || *p == '\n' || (*p == '\r' && p[1] == '\n');
}

bool csv_opens_behind_blanks(const uint8_t *p, char delimiter) {
  const uint8_t *cell = p;
  while (csv_is_blank(cell[-1], delimiter)) {
    cell--;
  }
  if (cell == p || (cell[-1] != (uint8_t)delimiter && cell[-1] != '\n')) {
    return false;
  }
  for (p++; *p != '\n'; p++) {
    if (*p == '"' && *++p != '"') {
      return csv_ends_cell(p, delimiter);
    }
  }
  return false;
}
