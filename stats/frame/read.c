/* Variables read from one column: scales, nominal variables and texts.
 *
 * Each entry of the column is interpreted once: the variable's rules, then blank, then the kind's own
 * reading; what is left is invalid.  Then the answers are spread over the rows.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

/* ---- SCALE ---------------------------------------------------------------------------------------- */

static uint8_t scale_slot(const program_variable *v, const cell *c) {
  if (c->missing) {
    return (uint8_t)(SLOT_MISSING + c->reason);
  }
  decimal number = decimal_normalise(c->number);
  if (!c->is_number || number.scale != 0 || number.mantissa < v->low || number.mantissa > v->high) {
    return SLOT_MISSING + MISSING_INVALID;
  }
  return (uint8_t)(v->reversed ? v->high - number.mantissa : number.mantissa - v->low);
}

static status scale_keys(frame *f, const program_variable *v, coded_view *out, error *err) {
  uint32_t count = (uint32_t)(v->high - v->low + 1);
  int64_t *numbers = frame_array(f, count, sizeof *numbers);
  if (numbers == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < count; i++) {
    numbers[i] = v->low + (int64_t)i;
  }
  out->keys = (coded_keys){.numbers = numbers, .count = count};
  return STATUS_OK;
}

status frame_make_scale(frame *f, const program_variable *v, frame_variable *out, error *err) {
  frame_cells cells;
  cell_rules rules;
  TRY(scale_keys(f, v, &out->coded, err));
  TRY(frame_open_cells(f, v, v->column, true, &cells, &rules, err));
  uint8_t *slots = frame_memory(f, f->padded);
  uint8_t *of_entry = malloc((size_t)cells.count + 1);
  status st = slots != NULL && of_entry != NULL ? STATUS_OK : frame_no_memory(err);
  if (st == STATUS_OK) {
    for (uint32_t i = 0; i < cells.count; i++) {
      cell c;
      cell_of_entry(&rules, &cells, i, &c);
      of_entry[i] = scale_slot(v, &c);
    }
    frame_spread_bytes(f, &cells, of_entry, slots);
    out->coded.slots = slots;
    st = frame_note_tidied(f, v, 0, &cells, out, err);
  }
  free(of_entry);
  cell_rules_fini(&rules);
  return st;
}

/* ---- NOMINAL -------------------------------------------------------------------------------------- */

static status nominal_slots(const program_variable *v, const cell_rules *rules, const frame_cells *cells,
                            const choice_reader *choices, text_table *keys, uint16_t *of_entry, error *err) {
  for (uint32_t i = 0; i < cells->count; i++) {
    cell c;
    slice key;
    cell_of_entry(rules, cells, i, &c);
    if (c.missing) {
      of_entry[i] = slot_missing(c.reason);
    } else if (choice_key(choices, c.text, c.is_ruled, &key) == CHOICE_FREE && v->closed) {
      of_entry[i] = slot_missing(MISSING_INVALID);
    } else {
      uint32_t slot = text_table_add(keys, key);
      if (slot == UINT32_MAX) {
        return frame_no_memory(err);
      }
      TRY(frame_check_levels(v, (uint64_t)slot + 1, err));
      of_entry[i] = (uint16_t)slot;
    }
  }
  return STATUS_OK;
}

static status keep_keys(frame *f, const text_table *keys, coded_keys *out, error *err) {
  slice *texts = frame_array(f, (size_t)keys->count + 1, sizeof *texts);
  if (texts == NULL) {
    return frame_no_memory(err);
  }
  if (keys->count > 0) {
    memcpy(texts, keys->texts, keys->count * sizeof *texts);
  }
  *out = (coded_keys){.texts = texts, .count = keys->count};
  return STATUS_OK;
}

static status make_nominal(frame *f, const program_variable *v, const cell_rules *rules,
                           const frame_cells *cells, coded_view *out, error *err) {
  choice_reader choices;
  text_table keys = {0};
  TRY(choice_reader_init(&choices, v, rules, err));
  uint16_t *of_entry = malloc(((size_t)cells->count + 1) * sizeof *of_entry);
  status st = of_entry != NULL ? nominal_slots(v, rules, cells, &choices, &keys, of_entry, err)
                               : frame_no_memory(err);
  if (st == STATUS_OK) {
    st = keep_keys(f, &keys, &out->keys, err);
  }
  if (st == STATUS_OK) {
    st = frame_spread_slots(f, cells, of_entry, keys.count, out, err);
  }
  free(of_entry);
  text_table_fini(&keys);
  choice_reader_fini(&choices);
  return st;
}

status frame_make_nominal(frame *f, const program_variable *v, frame_variable *out, error *err) {
  frame_cells cells;
  cell_rules rules;
  TRY(frame_open_cells(f, v, v->column, false, &cells, &rules, err));
  status st = make_nominal(f, v, &rules, &cells, &out->coded, err);
  if (st == STATUS_OK) {
    st = frame_note_tidied(f, v, 0, &cells, out, err);
  }
  cell_rules_fini(&rules);
  return st;
}

/* ---- TEXT ----------------------------------------------------------------------------------------- */

status frame_make_text(frame *f, const program_variable *v, frame_variable *out, error *err) {
  frame_cells cells;
  cell_rules rules;
  TRY(frame_open_cells(f, v, v->column, false, &cells, &rules, err));
  slice *texts = frame_array(f, f->padded, sizeof *texts);
  uint8_t *missing = frame_memory(f, f->padded);
  cell *of_entry = malloc(((size_t)cells.count + 1) * sizeof *of_entry);
  status st = texts != NULL && missing != NULL && of_entry != NULL ? STATUS_OK : frame_no_memory(err);
  if (st == STATUS_OK) {
    for (uint32_t i = 0; i < cells.count; i++) {
      cell_of_entry(&rules, &cells, i, &of_entry[i]);
    }
    for (uint32_t r = 0; r < f->count; r++) {
      const cell *c = &of_entry[frame_cells_entry(&cells, r)];
      texts[r] = c->missing ? (slice){"", 0} : c->text;
      missing[r] = c->missing ? (uint8_t)(c->reason + 1) : 0;
    }
    for (size_t r = f->count; r < f->padded; r++) {
      texts[r] = (slice){"", 0};
      missing[r] = MISSING_BLANK + 1;
    }
    out->text = (text_view){.texts = texts, .missing = missing};
    st = frame_note_tidied(f, v, 0, &cells, out, err);
  }
  free(of_entry);
  cell_rules_fini(&rules);
  return st;
}
