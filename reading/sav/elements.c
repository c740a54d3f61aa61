/* Turns eight bytes into numbers and cells. */
#include <math.h>
#include <string.h>

#include "reading/sav/sav.h"
#include "reading/shortest.h"

#define SPSS_EPOCH_DAYS (-141428.0) /* 1582-10-14, from which SPSS counts seconds */
#define DAY_SECONDS     86400.0

uint32_t sav_u32(const sav_numbers *n, const uint8_t *bytes) {
  uint32_t v;
  memcpy(&v, bytes, sizeof v);
  return n->is_swapped ? __builtin_bswap32(v) : v;
}

uint64_t sav_u64(const sav_numbers *n, const uint8_t *bytes) {
  uint64_t v;
  memcpy(&v, bytes, sizeof v);
  return n->is_swapped ? __builtin_bswap64(v) : v;
}

double sav_double(const sav_numbers *n, const uint8_t *element) {
  const uint64_t bits = sav_u64(n, element);
  double v;
  memcpy(&v, &bits, sizeof v);
  return v;
}

bool sav_is_missing(const sav_numbers *n, double v) {
  uint64_t bits;
  memcpy(&bits, &v, sizeof bits);
  return bits == n->missing || bits == n->highest || bits == n->lowest || !isfinite(v);
}

bool sav_number(double v, moment_kind moment, char mark, arena *memory, input_cell *out) {
  if (moment == MOMENT_NONE) {
    return shortest_double(v, mark, memory, out);
  }
  char text[MOMENT_TEXT_BYTES];
  const double days = floor(v / DAY_SECONDS);
  const size_t length = moment == MOMENT_TIME
                            ? moment_format(moment, 0, v, text)
                            : moment_format(moment, days + SPSS_EPOCH_DAYS, v - days * DAY_SECONDS, text);
  if (length == 0) {
    return shortest_double(v, mark, memory, out);
  }
  return value_set_text(out, (slice){text, length}, memory);
}
