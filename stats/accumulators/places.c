/* See places.h. */
#include "stats/accumulators/places.h"

#include <stdlib.h>
#include <string.h>

static slice cut_text(slice s) {
  if (s.length > PLACE_TEXT_BYTES_MAX) {
    s.length = PLACE_TEXT_BYTES_MAX;
    while (s.length > 0 && ((unsigned char)s.bytes[s.length] & 0xC0) == 0x80) {
      s.length--;
    }
  }
  return s;
}

fact_place place_of_row(const stats_rows *rows, uint32_t row, uint32_t column, slice text) {
  return (fact_place){.ordinal = stats_rows_ordinal(rows, row),
                      .file = rows->file,
                      .line = stats_rows_line(rows, row),
                      .column = column,
                      .text = cut_text(text)};
}

status places_add(fact_place *places, uint32_t *count, fact_place place, error *err) {
  char *copy = slice_copy(place.text);
  if (copy == NULL) {
    return error_no_memory(err, "places");
  }
  place.text.bytes = copy;
  places[(*count)++] = place;
  return STATUS_OK;
}

void places_free(fact_place *places, uint32_t count) {
  for (uint32_t k = 0; k < count; k++) {
    free((char *)(uintptr_t)places[k].text.bytes);
  }
}

/* Two with one ordinal come only from a shard that was counted twice; then their content decides, so that
 * merging still commutes. */
static int compare_places(const fact_place *a, const fact_place *b) {
  const uint64_t keys[2][4] = {{a->ordinal, a->file, a->line, a->column},
                               {b->ordinal, b->file, b->line, b->column}};
  for (int i = 0; i < 4; i++) {
    if (keys[0][i] != keys[1][i]) {
      return keys[0][i] < keys[1][i] ? -1 : 1;
    }
  }
  return slice_compare(a->text, b->text);
}

status places_merge(fact_place *into, uint32_t *count, const fact_place *from, uint32_t from_count,
                    error *err) {
  fact_place merged[FACTS_PLACES];
  uint32_t merged_count = 0;
  uint32_t i = 0;
  uint32_t k = 0;
  while (merged_count < FACTS_PLACES && (i < *count || k < from_count)) {
    const bool left = k == from_count || (i < *count && compare_places(&into[i], &from[k]) <= 0);
    const status st = places_add(merged, &merged_count, left ? into[i] : from[k], err);
    if (st != STATUS_OK) {
      places_free(merged, merged_count);
      return st;
    }
    i += left;
    k += !left;
  }
  places_free(into, *count);
  memcpy(into, merged, merged_count * sizeof *into);
  *count = merged_count;
  return STATUS_OK;
}

void places_encode(const fact_place *places, uint32_t count, buf *out) {
  for (uint32_t k = 0; k < count; k++) {
    buf_put_varint(out, places[k].ordinal);
    buf_put_varint(out, places[k].file);
    buf_put_varint(out, places[k].line);
    buf_put_varint(out, places[k].column);
    buf_put_slice(out, places[k].text);
  }
}

status places_read(reader *r, uint32_t expected, uint32_t columns, fact_place *places, uint32_t *count,
                   error *err) {
  for (uint32_t k = 0; k < expected && r->problem == NULL; k++) {
    fact_place place = {.ordinal = reader_varint(r)};
    place.file = (uint32_t)reader_count(r, UINT32_MAX);
    place.line = reader_varint(r);
    place.column = (uint32_t)reader_count(r, columns - 1);
    place.text = reader_slice(r, PLACE_TEXT_BYTES_MAX);
    if (k > 0 && compare_places(&places[k - 1], &place) > 0) {
      reader_fail(r, "places out of order");
    }
    if (r->problem == NULL) {
      TRY(places_add(places, count, place, err));
    }
  }
  return STATUS_OK;
}
