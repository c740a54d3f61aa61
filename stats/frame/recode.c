/* RECODE: the first range or text that matches an answer gives its key.
 *
 * Coded inputs are recoded key by key.  For numbers the ranges are cut into disjoint segments once; a row
 * then looks for its segment.  The keys are those of all ranges, whether they occur or not, and the texts
 * that are kept.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

/* What ranges give: a slot each, and one more for what no range holds. */
typedef struct results {
  uint16_t *slots;
  uint16_t other;
  text_table keys; /* whole numbers as their bytes */
} results;

static void results_fini(results *r) {
  free(r->slots);
  text_table_fini(&r->keys);
}

static uint32_t key_place(results *r, const program_variable *v, const slice *key, const int64_t *code) {
  slice bytes = v->keys_are_texts ? *key : (slice){(const char *)code, sizeof *code};
  return text_table_add(&r->keys, bytes);
}

static status results_init(results *r, const program_variable *v, error *err) {
  *r = (results){.slots = malloc(((size_t)v->ranges_count + 1) * sizeof *r->slots),
                 .other = slot_missing(MISSING_OTHER)};
  if (r->slots == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    const program_range *g = &v->ranges[i];
    uint32_t place = g->missing ? 0 : key_place(r, v, &g->key, &g->code);
    if (place == UINT32_MAX) {
      return frame_no_memory(err);
    }
    r->slots[i] = g->missing ? slot_missing(g->reason) : (uint16_t)place;
  }
  if (v->has_else) {
    uint32_t place = key_place(r, v, &v->else_key, &v->else_code);
    if (place == UINT32_MAX) {
      return frame_no_memory(err);
    }
    r->other = (uint16_t)place;
  }
  return STATUS_OK;
}

static status keep_results(frame *f, const program_variable *v, const results *r, coded_view *out,
                           error *err) {
  size_t count = (size_t)r->keys.count + 1;
  slice *texts = v->keys_are_texts ? frame_array(f, count, sizeof *texts) : NULL;
  int64_t *numbers = v->keys_are_texts ? NULL : frame_array(f, count, sizeof *numbers);
  if (texts == NULL && numbers == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < r->keys.count; i++) {
    if (texts != NULL) {
      texts[i] = r->keys.texts[i];
    } else {
      memcpy(&numbers[i], r->keys.texts[i].bytes, sizeof *numbers);
    }
  }
  out->keys = (coded_keys){.texts = texts, .numbers = numbers, .count = r->keys.count};
  return STATUS_OK;
}

/* ---- Ranges of numbers ----------------------------------------------------------------------------- */

/* Values from starts[k] on, and below starts[k + 1], have slots[k + 1]; those below starts[0] slots[0]. */
typedef struct segments {
  int64_t *starts;
  uint16_t *slots;
  uint32_t count;
} segments;

static int start_order(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a;
  int64_t y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static uint32_t distinct_starts(int64_t *starts, uint32_t count) {
  uint32_t kept = 0;
  qsort(starts, count, sizeof *starts, start_order);
  for (uint32_t i = 0; i < count; i++) {
    if (kept == 0 || starts[kept - 1] != starts[i]) {
      starts[kept++] = starts[i];
    }
  }
  return kept;
}

static uint32_t segment_of(const segments *s, int64_t value) {
  uint32_t low = 0;
  uint32_t length = s->count;
  while (length > 0) {
    uint32_t half = length / 2;
    bool above = s->starts[low + half] <= value;
    low = above ? low + half + 1 : low;
    length = above ? length - half - 1 : half;
  }
  return low;
}

static void segments_fini(segments *s) {
  free(s->starts);
  free(s->slots);
}

static status segments_init(segments *s, const program_variable *v, const results *r, unsigned decimals,
                            error *err) {
  size_t count = (size_t)v->ranges_count * 2 + 1;
  *s = (segments){.starts = malloc(count * sizeof *s->starts),
                  .slots = malloc((count + 1) * sizeof *s->slots)};
  if (s->starts == NULL || s->slots == NULL) {
    return frame_no_memory(err);
  }
  uint32_t filled = 0;
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    number_interval range = number_interval_of_range(&v->ranges[i], decimals);
    if (range.low <= range.high) {
      s->starts[filled++] = range.low;
      s->starts[filled++] = range.high + 1;
    }
  }
  s->count = distinct_starts(s->starts, filled);
  for (uint32_t k = 0; k <= s->count; k++) {
    s->slots[k] = r->other;
  }
  for (uint32_t i = v->ranges_count; i-- > 0;) {
    number_interval range = number_interval_of_range(&v->ranges[i], decimals);
    for (uint32_t k = segment_of(s, range.low); range.low <= range.high && k < segment_of(s, range.high + 1);
         k++) {
      s->slots[k] = r->slots[i];
    }
  }
  return STATUS_OK;
}

/* ---- Coded inputs --------------------------------------------------------------------------------- */

/* The first range of each text. */
static status index_texts(const program_variable *v, text_table *table, uint32_t *first, error *err) {
  for (uint32_t i = 0; i < v->ranges_count; i++) {
    uint32_t before = table->count;
    uint32_t place = text_table_add(table, v->ranges[i].text);
    if (place == UINT32_MAX) {
      return frame_no_memory(err);
    }
    if (place == before) {
      first[place] = i;
    }
  }
  return STATUS_OK;
}

static status slots_of_numbers(const program_variable *v, const results *r, const coded_keys *keys,
                               uint16_t *of_entry, error *err) {
  segments s;
  status st = segments_init(&s, v, r, 0, err);
  for (uint32_t i = 0; st == STATUS_OK && i < keys->count; i++) {
    of_entry[i] = s.slots[segment_of(&s, keys->numbers[i])];
  }
  segments_fini(&s);
  return st;
}

/* The slot of a text that no range holds. */
static uint32_t slot_of_other(const program_variable *v, results *r, slice text) {
  return v->keeps_others ? text_table_add(&r->keys, text) : r->other;
}

static status slots_of_keys(const program_variable *v, results *r, const coded_keys *keys, uint16_t *of_entry,
                            error *err) {
  if (keys->numbers != NULL) {
    return slots_of_numbers(v, r, keys, of_entry, err);
  }
  text_table table = {0};
  uint32_t *first = malloc(((size_t)v->ranges_count + 1) * sizeof *first);
  status st = first != NULL ? index_texts(v, &table, first, err) : frame_no_memory(err);
  for (uint32_t i = 0; st == STATUS_OK && i < keys->count; i++) {
    const uint32_t place = text_table_find(&table, keys->texts[i]);
    const uint32_t slot = place == UINT32_MAX ? slot_of_other(v, r, keys->texts[i]) : r->slots[first[place]];
    of_entry[i] = (uint16_t)slot;
    st = slot == UINT32_MAX ? frame_no_memory(err) : frame_check_levels(v, r->keys.count, err);
  }
  free(first);
  text_table_fini(&table);
  return st;
}

static status recode_coded(frame *f, const program_variable *v, results *r, coded_view *out, error *err) {
  coded_view input;
  TRY(frame_coded(f, v->inputs[0], &input, err));
  uint32_t entries = input.wide != NULL ? UINT16_MAX + 1U : UINT8_MAX + 1U;
  frame_cells cells = {.codes = input.slots, .wide = input.wide, .count = entries};
  uint16_t *of_entry = malloc(entries * sizeof *of_entry);
  if (of_entry == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < entries; i++) {
    of_entry[i] = slot_missing(MISSING_INVALID);
  }
  for (uint32_t i = 0; i < MISSING_REASONS; i++) {
    of_entry[entries - MISSING_REASONS + i] = slot_missing((missing_reason)i);
  }
  status st = slots_of_keys(v, r, &input.keys, of_entry, err);
  if (st == STATUS_OK) {
    st = frame_spread_slots(f, &cells, of_entry, r->keys.count, out, err);
  }
  free(of_entry);
  return st;
}

/* ---- Numbers --------------------------------------------------------------------------------------- */

static status recode_number(frame *f, const program_variable *v, const results *r, coded_view *out,
                            error *err) {
  number_view input;
  segments s;
  TRY(frame_number(f, v->inputs[0], &input, err));
  status st = segments_init(&s, v, r, input.decimals, err);
  uint16_t *wide = frame_array(f, f->padded, sizeof *wide);
  uint8_t *narrow = frame_memory(f, f->padded);
  if (st == STATUS_OK && (wide == NULL || narrow == NULL)) {
    st = frame_no_memory(err);
  }
  if (st == STATUS_OK) {
    for (size_t row = 0; row < f->padded; row++) {
      int64_t x = input.values[row];
      wide[row] = number_is_missing(x) ? slot_missing(number_reason(x)) : s.slots[segment_of(&s, x)];
      narrow[row] = (uint8_t)wide[row];
    }
    out->wide = r->keys.count > SLOT_MISSING ? wide : NULL;
    out->slots = out->wide != NULL ? NULL : narrow;
  }
  segments_fini(&s);
  return st;
}

status frame_make_recode(frame *f, const program_variable *v, frame_variable *out, error *err) {
  results r;
  bool coded = program_variable_form(&f->program->variables[v->inputs[0]]) == FORM_CODED;
  status st = results_init(&r, v, err);
  if (st == STATUS_OK) {
    st = coded ? recode_coded(f, v, &r, &out->coded, err) : recode_number(f, v, &r, &out->coded, err);
  }
  if (st == STATUS_OK) {
    st = keep_results(f, v, &r, &out->coded, err); /* last: texts that are kept are found on the way */
  }
  results_fini(&r);
  return st;
}
