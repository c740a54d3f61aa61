/* Stacked rows: each record becomes one row per loop.
 *
 * A stacked variable is made once per loop, from the loop's column over the records, and a variable of whole
 * records once; then their rows are interleaved.  Derived variables are made from these as in any frame.  The
 * rows of one record stay together, so stacking some of the records gives a part of the whole stack. */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

uint32_t frame_loops(const frame *f) {
  return f->loops;
}

/* Gives each row an ordinal that no other row of the dataset has, and its record's line. */
static status place_rows(frame *f, const stats_rows *records, error *err) {
  uint32_t *ordinals = frame_array(f, (size_t)f->count + 1, sizeof *ordinals);
  uint32_t *lines = frame_array(f, (size_t)f->count + 1, sizeof *lines);
  if (ordinals == NULL || lines == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t row = 0; row < f->count; row++) {
    const uint32_t record = row / f->loops;
    const uint64_t ordinal = stats_rows_ordinal(records, record) - records->first_ordinal;
    ordinals[row] = (uint32_t)(ordinal * f->loops + row % f->loops);
    lines[row] = (uint32_t)(stats_rows_line(records, record) - records->first_line);
    if (ordinal > UINT32_MAX / f->loops - 1) {
      return error_set(err, STATUS_LIMIT,
                       "a shard of %u records is too large for %u loops; use fewer rows a shard",
                       records->count, f->loops);
    }
  }
  f->own_rows.first_ordinal = records->first_ordinal * f->loops;
  f->own_rows.ordinal_offsets = ordinals;
  f->own_rows.line_offsets = lines;
  return STATUS_OK;
}

static status new_stack(frame *f, uint32_t loops, frame **out, error *err) {
  stats_rows rows = *f->rows;
  if (rows.count > UINT32_MAX / 2 / loops) {
    return error_set(err, STATUS_LIMIT,
                     "a shard of %u records is too large for %u loops; use fewer rows a shard", rows.count,
                     loops);
  }
  rows.count *= loops;
  frame *stacked = NULL;
  TRY(frame_new(f->program, &rows, &stacked, err));
  stacked->own_rows = rows;
  stacked->rows = &stacked->own_rows;
  stacked->whole = f;
  stacked->loops = loops;
  stacked->next_stack = f->stacks;
  f->stacks = stacked;
  *out = stacked;
  return place_rows(stacked, f->rows, err);
}

status frame_stacked(frame *f, uint32_t loops, frame **out, error *err) {
  *out = loops == 0 ? f : f->stacks;
  while (loops > 0 && *out != NULL && (*out)->loops != loops) {
    *out = (*out)->next_stack;
  }
  return *out != NULL ? STATUS_OK : new_stack(f, loops, out, err);
}

bool stack_has_own_way(const frame *f, uint32_t variable) {
  const program_variable *v = &f->program->variables[variable];
  return f->whole != NULL &&
         (v->stacked || v->kind == VARIABLE_LOOP || program_variable_loops(f->program, variable) == 0);
}

/* ---- Laying rows one between the other ------------------------------------------------------------ */

/* F->loops views over the records, one for each loop; several loops may share a view. */
typedef struct parts {
  const frame *f;
  frame_variable **of;
} parts;

/* The view for ROW's loop, and the row's record. */
static const frame_variable *part_of(const parts *p, uint32_t row, uint32_t *record) {
  *record = row / p->f->loops;
  return p->of[row % p->f->loops];
}

/* Unites the keys of all loops; MAPS[k][i] is the place of key i of loop k. */
static status unite_keys(frame *f, const coded_keys *const *keys, uint32_t **maps, coded_keys *out,
                         error *err) {
  text_table all = {0};
  status st = STATUS_OK;
  for (uint32_t k = 0; k < f->loops && st == STATUS_OK; k++) {
    maps[k] = frame_array(f, (size_t)keys[k]->count + 1, sizeof *maps[k]);
    for (uint32_t i = 0; maps[k] != NULL && i < keys[k]->count && st == STATUS_OK; i++) {
      const slice bytes = keys[k]->texts != NULL
                              ? keys[k]->texts[i]
                              : (slice){(const char *)&keys[k]->numbers[i], sizeof(int64_t)};
      maps[k][i] = text_table_add(&all, bytes);
      st = maps[k][i] != UINT32_MAX ? STATUS_OK : frame_no_memory(err);
    }
    st = maps[k] != NULL ? st : frame_no_memory(err);
  }
  const bool are_texts = keys[0]->texts != NULL;
  slice *texts = are_texts ? frame_array(f, (size_t)all.count + 1, sizeof *texts) : NULL;
  int64_t *numbers = are_texts ? NULL : frame_array(f, (size_t)all.count + 1, sizeof *numbers);
  st = st == STATUS_OK && texts == NULL && numbers == NULL ? frame_no_memory(err) : st;
  for (uint32_t i = 0; st == STATUS_OK && i < all.count; i++) {
    if (are_texts) {
      texts[i] = all.texts[i];
    } else {
      memcpy(&numbers[i], all.texts[i].bytes, sizeof *numbers);
    }
  }
  *out = (coded_keys){.texts = texts, .numbers = numbers, .count = all.count};
  text_table_fini(&all);
  return st;
}

/* The slot of RECORD in one loop as a slot among the keys of all loops. */
static uint16_t wide_slot(const coded_view *v, const uint32_t *map, uint32_t record) {
  const uint32_t slot = v->wide != NULL ? v->wide[record] : v->slots[record];
  const uint32_t first_missing = v->wide != NULL ? SLOT_WIDE_MISSING : SLOT_MISSING;
  return slot >= first_missing ? slot_missing((missing_reason)(slot - first_missing)) : (uint16_t)map[slot];
}

static status settle(frame *f, const uint16_t *wide, coded_view *out, error *err) {
  if (out->keys.count > SLOT_MISSING) {
    out->wide = wide;
    return STATUS_OK;
  }
  uint8_t *slots = frame_memory(f, f->padded);
  if (slots == NULL) {
    return frame_no_memory(err);
  }
  for (size_t row = 0; row < f->padded; row++) {
    slots[row] = (uint8_t)wide[row];
  }
  out->slots = slots;
  return STATUS_OK;
}

static status lay_coded(frame *f, const program_variable *v, const parts *p, coded_view *out, error *err) {
  const coded_keys *keys[PROGRAM_LOOPS_MAX];
  uint32_t *maps[PROGRAM_LOOPS_MAX];
  uint16_t *wide = frame_array(f, f->padded, sizeof *wide);
  for (uint32_t k = 0; k < f->loops; k++) {
    keys[k] = &p->of[k]->coded.keys;
  }
  if (wide == NULL) {
    return frame_no_memory(err);
  }
  TRY(unite_keys(f, keys, maps, &out->keys, err));
  TRY(frame_check_levels(v, out->keys.count, err));
  for (uint32_t row = 0; row < f->padded; row++) {
    uint32_t record;
    const frame_variable *part = part_of(p, row, &record);
    wide[row] =
        row < f->count ? wide_slot(&part->coded, maps[row % f->loops], record) : slot_missing(MISSING_BLANK);
  }
  return settle(f, wide, out, err);
}

static status lay_numbers(frame *f, const parts *p, frame_variable *out, error *err) {
  int64_t *values = frame_array(f, f->padded, sizeof *values);
  uint8_t *roundings = frame_memory(f, f->padded);
  if (values == NULL || roundings == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t row = 0; row < f->padded; row++) {
    uint32_t record;
    const frame_variable *part = part_of(p, row, &record);
    const bool is_there = row < f->count;
    values[row] = is_there ? part->number.values[record] : number_missing(MISSING_BLANK);
    roundings[row] = is_there && part->roundings != NULL ? part->roundings[record] : ROUNDED_NOT;
    out->rounded += roundings[row] != ROUNDED_NOT;
  }
  out->roundings = roundings;
  out->number = (number_view){.values = values, .decimals = p->of[0]->number.decimals};
  return STATUS_OK;
}

static status lay_texts(frame *f, const parts *p, text_view *out, error *err) {
  slice *texts = frame_array(f, f->padded, sizeof *texts);
  uint8_t *missing = frame_memory(f, f->padded);
  if (texts == NULL || missing == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t row = 0; row < f->padded; row++) {
    uint32_t record;
    const frame_variable *part = part_of(p, row, &record);
    texts[row] = row < f->count ? part->text.texts[record] : (slice){"", 0};
    missing[row] = row < f->count ? part->text.missing[record] : MISSING_BLANK + 1;
  }
  *out = (text_view){.texts = texts, .missing = missing};
  return STATUS_OK;
}

/* Lays out the flags of option PLACE, or its RANKS.  If a loop does not have the option, nobody who answered
 * there chose it. */
static status lay_flags(frame *f, const parts *p, uint32_t *const *maps, uint32_t place, bool ranks,
                        const uint8_t **out, error *err) {
  const uint8_t *of_loop[PROGRAM_LOOPS_MAX];
  uint8_t *flags = frame_memory(f, f->padded);
  if (flags == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t k = 0; k < f->loops; k++) {
    const set_view *set = &p->of[k]->set;
    of_loop[k] = set->answered;
    for (uint32_t i = 0; i < set->options.count; i++) {
      of_loop[k] = maps[k][i] != place ? of_loop[k] : ranks ? set->ranks[i] : set->flags[i];
    }
  }
  for (uint32_t row = 0; row < f->padded; row++) {
    flags[row] = row < f->count ? of_loop[row % f->loops][row / f->loops] : SLOT_MISSING + MISSING_BLANK;
  }
  *out = flags;
  return STATUS_OK;
}

static status lay_sets(frame *f, const program_variable *v, const parts *p, set_view *out, error *err) {
  const coded_keys *keys[PROGRAM_LOOPS_MAX];
  uint32_t *maps[PROGRAM_LOOPS_MAX];
  for (uint32_t k = 0; k < f->loops; k++) {
    keys[k] = &p->of[k]->set.options;
  }
  TRY(unite_keys(f, keys, maps, &out->options, err));
  TRY(frame_check_levels(v, out->options.count, err));
  const uint8_t **flags = frame_array(f, (size_t)out->options.count + 1, sizeof *flags);
  const uint8_t **ranks = frame_array(f, (size_t)out->options.count + 1, sizeof *ranks);
  if (flags == NULL || ranks == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < out->options.count; i++) {
    TRY(lay_flags(f, p, maps, i, false, &flags[i], err));
    if (v->is_ranking) {
      TRY(lay_flags(f, p, maps, i, true, &ranks[i], err));
    }
  }
  out->flags = flags;
  out->ranks = v->is_ranking ? ranks : NULL;
  out->own_bases = p->of[0]->set.own_bases;
  /* No option has that place: only who answered is laid out. */
  return lay_flags(f, p, maps, UINT32_MAX, false, &out->answered, err);
}

static status lay(frame *f, const program_variable *v, const parts *p, frame_variable *out, error *err) {
  switch (program_variable_form(v)) {
    case FORM_CODED:
      return lay_coded(f, v, p, &out->coded, err);
    case FORM_NUMBER:
      return lay_numbers(f, p, out, err);
    case FORM_TEXT:
      return lay_texts(f, p, &out->text, err);
    case FORM_SET:
      break;
  }
  return lay_sets(f, v, p, &out->set, err);
}

/* ---- Variables ------------------------------------------------------------------------------------ */

/* Makes the variable over the records from the column of loop K. */
static status make_of_loop(frame *f, const program_variable *v, uint32_t k, frame_variable **out,
                           error *err) {
  program_variable one = *v;
  one.stacked = false;
  one.column = v->columns[k];
  one.columns = NULL;
  one.columns_count = 0;
  *out = frame_scratch(f->whole, sizeof **out);
  return *out != NULL ? frame_maker_of(v->kind)(f->whole, &one, *out, err) : frame_no_memory(err);
}

static status make_loop(frame *f, const program_variable *v, frame_variable *out, error *err) {
  uint16_t *wide = frame_array(f, f->padded, sizeof *wide);
  if (wide == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t row = 0; row < f->padded; row++) {
    wide[row] = (uint16_t)(row < f->count ? row % f->loops : slot_missing(MISSING_BLANK));
  }
  out->coded.keys = (coded_keys){.texts = v->keys, .count = v->keys_count};
  return settle(f, wide, &out->coded, err);
}

status stack_make(frame *f, uint32_t variable, frame_variable *out, error *err) {
  const program_variable *v = &f->program->variables[variable];
  frame_variable *of[PROGRAM_LOOPS_MAX];
  if (v->kind == VARIABLE_LOOP) {
    return make_loop(f, v, out, err);
  }
  for (uint32_t k = 0; k < f->loops; k++) {
    if (v->stacked) {
      TRY(make_of_loop(f, v, k, &of[k], err));
    } else {
      TRY(frame_made(f->whole, variable, &of[k], err));
    }
  }
  return lay(f, v, &(parts){f, of}, out, err);
}
