/* Multiple choice: one delimited cell, or several columns of 0 and 1.
 *
 * One delimited cell.  Missing rules match the whole cell, other rules single options.  An option counts
 * once per cell; a cell without any option is blank; in a closed list an unknown option makes the cell
 * invalid.
 *
 * Columns.  Each option has the answer of its own cell.  A row with a 0 or a 1 in any of them answers the
 * question; only in such a row a blank cell means "not chosen".  Whatever else a cell is
 * (not asked, refused, invalid, ..), its option has no answer in that row, and the other options keep theirs.
 * Where any text is to choose an option, no cell is invalid.  In a shard that lacks some of the columns their
 * options were not chosen; in one that lacks all of them the question was not asked.  A row that chooses none
 * may be missing, for a reason.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "stats/frame/state.h"

enum { SET_OPTIONS_MAX = 1000 };

static status check_options(const program_variable *v, uint32_t count, error *err) {
  if (count > SET_OPTIONS_MAX) {
    char most[TEXT_COUNT_BYTES];
    return error_set(
        err, STATUS_LIMIT,
        "variable '%s': more than %s different options in one shard; is the delimiter '%s' right?", v->name,
        text_of_count(SET_OPTIONS_MAX, most), v->delimiter);
  }
  return STATUS_OK;
}

static status keep_options(frame *f, const slice *texts, uint32_t count, set_view *out, error *err) {
  slice *kept = frame_array(f, (size_t)count + 1, sizeof *kept);
  if (kept == NULL) {
    return frame_no_memory(err);
  }
  if (count > 0) {
    memcpy(kept, texts, count * sizeof *kept);
  }
  out->options = (coded_keys){.texts = kept, .count = count};
  return STATUS_OK;
}

/* ---- One delimited cell --------------------------------------------------------------------------- */

/* The options of all entries one after the other; ENDS[i] is where those of entry i end. */
typedef struct choices {
  uint32_t *options;
  size_t count, capacity;
  size_t *ends;
  uint8_t *answered; /* per entry: 0, or SLOT_MISSING + reason */
  text_table found;
  choice_reader options_of_cell;
} choices;

static void choices_fini(choices *c) {
  free(c->options);
  free(c->ends);
  free(c->answered);
  text_table_fini(&c->found);
  choice_reader_fini(&c->options_of_cell);
}

static status choices_init(choices *c, const program_variable *v, const cell_rules *rules, uint32_t entries,
                           error *err) {
  *c = (choices){.ends = malloc(((size_t)entries + 1) * sizeof *c->ends),
                 .answered = malloc((size_t)entries + 1)};
  if (c->ends == NULL || c->answered == NULL) {
    return frame_no_memory(err);
  }
  return choice_reader_init(&c->options_of_cell, v, rules, err);
}

static bool push_option(choices *c, uint32_t option) {
  if (!ARRAY_ROOM(c->options, c->count, c->capacity)) {
    return false;
  }
  c->options[c->count++] = option;
  return true;
}

/* *KNOWN: the option is one of a closed list, or the list is open; and in a ranking it is not there already.
 */
static status take_option(choices *c, const program_variable *v, slice text, size_t first, bool *known,
                          error *err) {
  slice key;
  *known = choice_key(&c->options_of_cell, text, false, &key) != CHOICE_FREE || !v->closed;
  if (!*known) {
    return STATUS_OK;
  }
  uint32_t option = text_table_add(&c->found, key);
  if (option == UINT32_MAX) {
    return frame_no_memory(err);
  }
  TRY(check_options(v, c->found.count, err));
  for (size_t i = first; i < c->count; i++) {
    if (c->options[i] == option) {
      *known = !v->is_ranking;
      return STATUS_OK;
    }
  }
  return push_option(c, option) ? STATUS_OK : frame_no_memory(err);
}

static status split_cell(choices *c, const program_variable *v, slice text, uint8_t *answered, error *err) {
  size_t first = c->count;
  bool known = true;
  while (text.length > 0 && known) {
    slice option = choice_next(&c->options_of_cell, &text);
    if (option.length > 0) {
      TRY(take_option(c, v, option, first, &known, err));
    }
  }
  if (!known) {
    c->count = first;
  }
  *answered = !known ? SLOT_MISSING + MISSING_INVALID : c->count == first ? SLOT_MISSING + MISSING_BLANK : 0;
  return STATUS_OK;
}

static status read_choices(choices *c, const program_variable *v, const cell_rules *rules,
                           const frame_cells *cells, error *err) {
  for (uint32_t i = 0; i < cells->count; i++) {
    cell read;
    cell_of_entry(rules, cells, i, &read);
    c->answered[i] = (uint8_t)(SLOT_MISSING + read.reason);
    if (!read.missing) {
      TRY(split_cell(c, v, read.text, &c->answered[i], err));
    }
    c->ends[i] = c->count;
  }
  return STATUS_OK;
}

/* One row of marks per option, entry by entry. */
static uint8_t *marks_of_entries(const choices *c, uint32_t entries) {
  uint8_t *marks = malloc((size_t)c->found.count * entries + 1);
  for (uint32_t k = 0; marks != NULL && k < c->found.count; k++) {
    memcpy(marks + (size_t)k * entries, c->answered, entries);
  }
  size_t at = 0;
  for (uint32_t i = 0; marks != NULL && i < entries; i++) {
    for (; at < c->ends[i]; at++) {
      marks[(size_t)c->options[at] * entries + i] = 1;
    }
  }
  return marks;
}

static status spread_choices(frame *f, const choices *c, const frame_cells *cells, set_view *out,
                             error *err) {
  uint32_t count = c->found.count;
  uint8_t *answered = frame_memory(f, f->padded);
  const uint8_t **flags = frame_array(f, (size_t)count + 1, sizeof *flags);
  uint8_t *marks = marks_of_entries(c, cells->count);
  status st = answered != NULL && flags != NULL && marks != NULL ? STATUS_OK : frame_no_memory(err);
  if (st == STATUS_OK) {
    frame_spread_bytes(f, cells, c->answered, answered);
  }
  for (uint32_t k = 0; st == STATUS_OK && k < count; k++) {
    uint8_t *rows = frame_memory(f, f->padded);
    if (rows == NULL) {
      st = frame_no_memory(err);
      break;
    }
    frame_spread_bytes(f, cells, marks + (size_t)k * cells->count, rows);
    flags[k] = rows;
  }
  free(marks);
  out->answered = answered;
  out->flags = flags;
  return st;
}

status frame_make_multi_cell(frame *f, const program_variable *v, frame_variable *out, error *err) {
  frame_cells cells;
  cell_rules rules;
  choices c;
  TRY(frame_open_cells(f, v, v->column, false, &cells, &rules, err));
  status st = choices_init(&c, v, &rules, cells.count, err);
  if (st == STATUS_OK) {
    st = read_choices(&c, v, &rules, &cells, err);
  }
  if (st == STATUS_OK) {
    st = keep_options(f, c.found.texts, c.found.count, &out->set, err);
  }
  if (st == STATUS_OK) {
    st = spread_choices(f, &c, &cells, &out->set, err);
  }
  if (st == STATUS_OK && v->is_ranking) {
    const ranked_cells ranked = {&cells, c.options, c.ends, c.answered, c.found.count};
    st = frame_spread_ranks(f, &ranked, &out->set.ranks, err);
  }
  if (st == STATUS_OK) {
    st = frame_note_tidied(f, v, 0, &cells, out, err);
  }
  choices_fini(&c);
  cell_rules_fini(&rules);
  return st;
}

/* ---- Columns of 0 and 1 --------------------------------------------------------------------------- */

/* A column that the shard lacks is one of empty cells; *ABSENT counts it. */
static status read_flags(frame *f, const program_variable *v, uint32_t column, uint8_t *rows,
                         uint32_t *absent, frame_variable *out, error *err) {
  frame_cells cells;
  cell_rules rules;
  TRY(frame_open_cells(f, v, v->columns[column], true, &cells, &rules, err));
  *absent += cells.is_absent;
  cells.is_absent = false;
  uint8_t *of_entry = malloc((size_t)cells.count + 1);
  for (uint32_t i = 0; of_entry != NULL && i < cells.count; i++) {
    cell c;
    cell_of_entry(&rules, &cells, i, &c);
    of_entry[i] = choice_flag(v, &c);
  }
  status st = of_entry != NULL ? STATUS_OK : frame_no_memory(err);
  if (st == STATUS_OK) {
    frame_spread_bytes(f, &cells, of_entry, rows);
    st = frame_note_tidied(f, v, column, &cells, out, err);
  }
  free(of_entry);
  cell_rules_fini(&rules);
  return st;
}

/* What a row without an answer says as a whole, the strongest first: that a cell is invalid; the reason of
 * the first that has one; blank; not asked, which takes that no option was asked. */
static unsigned strength(uint8_t flag) {
  switch (flag) {
    case SLOT_MISSING + MISSING_NOT_ASKED:
      return 0;
    case SLOT_MISSING + MISSING_BLANK:
      return 1;
    case SLOT_MISSING + MISSING_INVALID:
      return 3;
    default:
      return flag <= 1 ? 4 : 2;
  }
}

/* ANSWERED, of rows that no column has been read for, from all columns; then blank becomes "not chosen". */
static void join_flags(const frame *f, uint8_t **flags, uint32_t count, uint8_t *answered) {
  memset(answered, SLOT_MISSING + MISSING_BLANK, f->padded);
  memset(answered, SLOT_MISSING + MISSING_NOT_ASKED, f->count);
  for (uint32_t k = 0; k < count; k++) {
    for (uint32_t r = 0; r < f->count; r++) {
      const uint8_t flag = flags[k][r];
      if (flag <= 1) {
        answered[r] = 0;
      } else if (flag != answered[r] && strength(flag) > strength(answered[r])) {
        answered[r] = flag;
      }
    }
  }
  for (uint32_t k = 0; k < count; k++) {
    for (uint32_t r = 0; r < f->count; r++) {
      const bool not_chosen = flags[k][r] == SLOT_MISSING + MISSING_BLANK && answered[r] == 0;
      flags[k][r] = not_chosen ? 0 : flags[k][r];
    }
  }
}

/* A row that answers, and chooses nothing, is missing for the variable's reason; where a cell of it is
 * invalid nobody knows what it chose, and that is what the row says. */
static status drop_rows_without_choice(const frame *f, uint8_t **flags, const program_variable *v,
                                       uint8_t *answered, error *err) {
  const uint8_t none = (uint8_t)(SLOT_MISSING + v->none_is);
  const uint8_t invalid = SLOT_MISSING + MISSING_INVALID;
  uint8_t *any = calloc((size_t)f->count + 1, 1);
  uint8_t *spoilt = calloc((size_t)f->count + 1, 1);
  if (any == NULL || spoilt == NULL) {
    free(any);
    free(spoilt);
    return frame_no_memory(err);
  }
  for (uint32_t k = 0; k < v->columns_count; k++) {
    for (uint32_t r = 0; r < f->count; r++) {
      any[r] |= flags[k][r] == 1;
      spoilt[r] |= flags[k][r] == invalid;
    }
  }
  for (uint32_t r = 0; r < f->count; r++) {
    const bool is_none = answered[r] == 0 && any[r] == 0;
    answered[r] = !is_none ? answered[r] : spoilt[r] != 0 ? invalid : none;
    for (uint32_t k = 0; is_none && k < v->columns_count; k++) {
      flags[k][r] = flags[k][r] == 0 ? none : flags[k][r];
    }
  }
  free(any);
  free(spoilt);
  return STATUS_OK;
}

status frame_make_multi_flags(frame *f, const program_variable *v, frame_variable *out, error *err) {
  uint8_t *answered = frame_memory(f, f->padded);
  uint8_t **flags = frame_array(f, v->columns_count, sizeof *flags);
  if (answered == NULL || flags == NULL) {
    return frame_no_memory(err);
  }
  TRY(keep_options(f, v->keys, v->keys_count, &out->set, err));
  uint32_t absent = 0;
  for (uint32_t k = 0; k < v->columns_count; k++) {
    flags[k] = frame_memory(f, f->padded);
    if (flags[k] == NULL) {
      return frame_no_memory(err);
    }
    TRY(read_flags(f, v, k, flags[k], &absent, out, err));
  }
  for (uint32_t k = 0; absent == v->columns_count && k < absent; k++) {
    memset(flags[k], SLOT_MISSING + MISSING_NOT_ASKED, f->count);
  }
  join_flags(f, flags, v->columns_count, answered);
  if (v->has_none) {
    TRY(drop_rows_without_choice(f, flags, v, answered, err));
  }
  out->set.answered = answered;
  out->set.flags = (const uint8_t **)flags;
  out->set.own_bases = true;
  return STATUS_OK;
}
