/* Rankings: the place of each option in the order of a cell, and the rank of one option as a variable. */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

/* For each option a row of its places, entry by entry; NULL: out of memory. */
static uint8_t *places_of_entries(const ranked_cells *r) {
  uint8_t *places = malloc((size_t)r->options_count * r->cells->count + 1);
  for (uint32_t k = 0; places != NULL && k < r->options_count; k++) {
    memcpy(places + (size_t)k * r->cells->count, r->answered, r->cells->count);
  }
  size_t at = 0;
  for (uint32_t i = 0; places != NULL && i < r->cells->count; i++) {
    const size_t start = at;
    for (; at < r->ends[i]; at++) {
      places[(size_t)r->options[at] * r->cells->count + i] = (uint8_t)(at - start + 1);
    }
  }
  return places;
}

status frame_spread_ranks(frame *f, const ranked_cells *r, const uint8_t ***out, error *err) {
  const uint8_t **ranks = frame_array(f, (size_t)r->options_count + 1, sizeof *ranks);
  uint8_t *places = places_of_entries(r);
  status st = ranks != NULL && places != NULL ? STATUS_OK : frame_no_memory(err);
  for (uint32_t k = 0; st == STATUS_OK && k < r->options_count; k++) {
    uint8_t *rows = frame_memory(f, f->padded);
    st = rows != NULL ? STATUS_OK : frame_no_memory(err);
    if (st == STATUS_OK) {
      frame_spread_bytes(f, r->cells, places + (size_t)k * r->cells->count, rows);
      ranks[k] = rows;
    }
  }
  free(places);
  *out = ranks;
  return st;
}

/* 0 and the possible places: as many as there are declared options. */
static status rank_keys(frame *f, uint32_t options, coded_view *out, error *err) {
  int64_t *numbers = frame_array(f, (size_t)options + 1, sizeof *numbers);
  if (numbers == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i <= options; i++) {
    numbers[i] = i;
  }
  out->keys = (coded_keys){.numbers = numbers, .count = options + 1};
  return STATUS_OK;
}

/* An option that nobody in the shard names has place 0 in every cell with an answer (`answered`). */
status frame_make_rank(frame *f, const program_variable *v, frame_variable *out, error *err) {
  set_view set;
  TRY(frame_set(f, v->inputs[0], &set, err));
  out->coded.slots = set.answered;
  for (uint32_t k = 0; k < set.options.count; k++) {
    if (slice_equal(set.options.texts[k], v->key)) {
      out->coded.slots = set.ranks[k];
    }
  }
  return rank_keys(f, f->program->variables[v->inputs[0]].keys_count, &out->coded, err);
}
