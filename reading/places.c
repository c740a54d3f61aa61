/* Ordinals and lines follow each other; where a row does not follow the one before, a gap is noted. */
#include "reading/places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

bool places_start(row_places *p, uint64_t first_ordinal, uint64_t first_line) {
  if (p->memory == NULL) {
    p->memory = arena_new();
  }
  if (p->memory == NULL) {
    return false;
  }
  arena_clear(p->memory);
  p->rows = 0;
  p->ordinal = p->expected_ordinal = p->first_ordinal = first_ordinal;
  p->line = p->expected_line = p->first_line = first_line;
  p->gaps_count = 0;
  p->quarantined = 0;
  p->list_count = 0;
  memset(p->skipped, 0, sizeof p->skipped);
  p->suspects = 0;
  p->has_nameless = false;
  p->named = (file_skipped){.count = 0};
  return true;
}

void places_fini(row_places *p) {
  free(p->gap_rows);
  free(p->gap_records);
  free(p->gap_lines);
  arena_destroy(p->memory);
  *p = (row_places){0};
}

static bool make_room(row_places *p) {
  return ARRAY_ROOM(p->gap_rows, p->gaps_count, p->gap_rows_capacity) &&
         ARRAY_ROOM(p->gap_records, p->gaps_count, p->gap_records_capacity) &&
         ARRAY_ROOM(p->gap_lines, p->gaps_count, p->gap_lines_capacity);
}

/* Notes it when the next row does not follow the one before. */
static bool note_gap(row_places *p) {
  assert(p->ordinal >= p->expected_ordinal && p->line >= p->expected_line);
  if (p->rows == 0) {
    p->first_ordinal = p->ordinal;
    p->first_line = p->line;
  } else if (p->ordinal != p->expected_ordinal || p->line != p->expected_line) {
    if (!make_room(p)) {
      return false;
    }
    assert(p->ordinal - p->expected_ordinal <= UINT32_MAX && p->line - p->expected_line <= UINT32_MAX);
    p->gap_rows[p->gaps_count] = p->rows;
    p->gap_records[p->gaps_count] = (uint32_t)(p->ordinal - p->expected_ordinal);
    p->gap_lines[p->gaps_count++] = (uint32_t)(p->line - p->expected_line);
  }
  return true;
}

bool places_take_rows(row_places *p, uint32_t count) {
  if (count > 0 && !note_gap(p)) {
    return false;
  }
  p->rows += count;
  p->ordinal += count;
  p->line += count;
  p->expected_ordinal = p->ordinal;
  p->expected_line = p->line;
  return true;
}

bool places_take_row(row_places *p, uint32_t lines) {
  assert(lines > 0);
  if (!note_gap(p)) {
    return false;
  }
  p->rows++;
  p->expected_ordinal = p->ordinal + 1;
  p->expected_line = p->line + 1;
  p->ordinal++;
  p->line += lines;
  return true;
}

bool places_quarantine(row_places *p, uint32_t lines, const char *problem) {
  p->quarantined++;
  if (p->list_count < FILE_PLACES) {
    const slice kept = arena_slice(p->memory, slice_of(problem));
    p->list[p->list_count++] = (file_place){.line = p->line, .problem = kept};
  }
  p->ordinal++;
  p->line += lines;
  return !arena_failed(p->memory);
}

void places_skip(row_places *p, uint32_t lines, file_skip which) {
  assert(which < FILE_SKIPS);
  file_skipped_note(&p->skipped[which], p->line);
  p->ordinal++;
  p->line += lines;
}

void places_pass_lines(row_places *p, uint64_t lines) {
  p->line += lines;
}
