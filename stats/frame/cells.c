/* From a column to cells: every encoding becomes entries and which entry a row has, so that a text is
 * interpreted once however often it occurs; and from entries back to rows.
 *
 * Rules.  The first rule that matches decides.  A rule whose text is a number (written in the file's
 * way or with a point) matches equal numbers where the variable is one of numbers.  A missing rule may be a
 * span of numbers, "90..99" or "90..", which decides where no other rule does.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"

/* ---- Entries -------------------------------------------------------------------------------------- */

static status cells_of_texts(frame *f, const packed_column *column, frame_cells *out, error *err) {
  slice *texts = frame_array(f, f->padded, sizeof *texts);
  if (texts == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t r = 0; r < f->count; r++) {
    texts[r] = packed_column_text(column, r);
  }
  *out = (frame_cells){.texts = texts, .count = f->count};
  return STATUS_OK;
}

/* Distinct numbers, each with its place; open addressing, at most half full. */
typedef struct number_table {
  decimal *numbers; /* by place */
  uint32_t *slots;  /* place + 1 */
  uint32_t mask, count;
} number_table;

static uint32_t number_place(number_table *t, decimal number) {
  const uint64_t key = (uint64_t)number.mantissa + number.scale;
  uint32_t at = (uint32_t)((key * 0x9E3779B97F4A7C15U) >> 32) & t->mask;
  for (; t->slots[at]; at = (at + 1) & t->mask) {
    const decimal *known = &t->numbers[t->slots[at] - 1];
    if (known->mantissa == number.mantissa && known->scale == number.scale) {
      return t->slots[at] - 1;
    }
  }
  t->numbers[t->count] = number;
  t->slots[at] = ++t->count;
  return t->count - 1;
}

static status index_numbers(const frame *f, const packed_column *column, number_table *t, uint32_t *index,
                            error *err) {
  uint32_t slots = 64;
  while (slots < 2 * (uint64_t)f->count) {
    slots *= 2;
  }
  t->mask = slots - 1;
  t->numbers = malloc(f->padded * sizeof *t->numbers);
  t->slots = calloc(slots, sizeof *t->slots);
  if (t->numbers == NULL || t->slots == NULL) {
    return frame_no_memory(err);
  }
  uint32_t exception = 0;
  for (uint32_t r = 0; r < f->count; r++) {
    if (exception < column->exceptions_count && column->exception_rows[exception] == r) {
      exception++;
      index[r] = 0;
    } else {
      index[r] = number_place(t, packed_column_number(column, r));
    }
  }
  return STATUS_OK;
}

static status entries_of_numbers(frame *f, const packed_column *column, const number_table *t,
                                 frame_cells *out, error *err) {
  const size_t text_bytes = column->kind == PACKED_SCALED ? DECIMAL_SCALED_TEXT_BYTES : DECIMAL_TEXT_BYTES;
  size_t count = (size_t)t->count + column->texts_count;
  decimal *numbers = frame_array(f, (size_t)t->count + 1, sizeof *numbers);
  slice *texts = frame_array(f, count + 1, sizeof *texts);
  char *bytes = frame_array(f, (size_t)t->count + 1, text_bytes);
  if (numbers == NULL || texts == NULL || bytes == NULL || count > UINT32_MAX) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < t->count; i++) {
    numbers[i] = decimal_normalise(t->numbers[i]);
    char *text = bytes + (size_t)i * text_bytes;
    texts[i] = (slice){text, (size_t)decimal_format(numbers[i], text)};
  }
  for (uint32_t i = 0; i < column->texts_count; i++) {
    texts[t->count + i] = column->texts[i];
  }
  out->texts = texts;
  out->count = (uint32_t)count;
  out->numbers = numbers;
  out->numbers_count = t->count;
  return STATUS_OK;
}

static status cells_of_decimals(frame *f, const packed_column *column, frame_cells *out, error *err) {
  number_table t = {0};
  uint32_t *index = frame_array(f, f->padded, sizeof *index);
  status st = index != NULL ? index_numbers(f, column, &t, index, err) : frame_no_memory(err);
  *out = (frame_cells){.index = index};
  if (st == STATUS_OK) {
    st = entries_of_numbers(f, column, &t, out, err);
  }
  if (st == STATUS_OK) {
    for (uint32_t i = 0; i < column->exceptions_count; i++) {
      index[column->exception_rows[i]] = t.count + column->exception_texts[i];
    }
  }
  free(t.numbers);
  free(t.slots);
  return st;
}

status frame_column(const frame *f, const program_variable *v, const char *name, packed_column *out,
                    bool *absent, error *err) {
  const status st = f->rows->column(f->rows->context, name, out, err);
  *absent = st == STATUS_NOT_FOUND && v->optional;
  return *absent ? STATUS_OK : st;
}

static status cells_of_nothing(frame *f, frame_cells *out, error *err) {
  static const slice nothing = {"", 0};
  uint8_t *codes = frame_scratch(f, f->padded);
  *out = (frame_cells){.codes = codes, .texts = &nothing, .count = 1, .is_absent = true};
  return codes != NULL ? STATUS_OK : frame_no_memory(err);
}

status frame_cells_of(frame *f, const program_variable *v, const char *column_name, frame_cells *out,
                      error *err) {
  packed_column column = {0};
  bool absent = false;
  TRY(frame_column(f, v, column_name, &column, &absent, err));
  if (absent) {
    return cells_of_nothing(f, out, err);
  }
  *out = (frame_cells){.texts = column.texts, .count = column.texts_count};
  switch (column.kind) {
    case PACKED_CODES:
      out->codes = column.codes;
      return STATUS_OK;
    case PACKED_WIDE:
      out->wide = column.wide_codes;
      return STATUS_OK;
    case PACKED_DECIMALS:
    case PACKED_SCALED:
      return cells_of_decimals(f, &column, out, err);
    case PACKED_TEXTS:
      return cells_of_texts(f, &column, out, err);
  }
  return error_set(err, STATUS_CORRUPT, "column '%s': unknown kind %d", column_name, (int)column.kind);
}

uint32_t frame_cells_entry(const frame_cells *c, uint32_t row) {
  if (c->codes != NULL) {
    return c->codes[row];
  }
  if (c->wide != NULL) {
    return c->wide[row];
  }
  return c->index != NULL ? c->index[row] : row;
}

/* ---- Rules ---------------------------------------------------------------------------------------- */

static bool parse_rule(slice text, char mark, decimal *out) {
  return decimal_parse_scaled(text, mark, out) || decimal_parse_scaled(text, '.', out);
}

bool number_span_parse(slice text, char mark, number_span *out) {
  *out = (number_span){.is_span = false};
  const char *dots = memmem(text.bytes, text.length, "..", 2);
  if (dots == NULL) {
    return false;
  }
  const slice low = {text.bytes, (size_t)(dots - text.bytes)};
  const slice high = {dots + 2, text.length - low.length - 2};
  out->has_low = low.length > 0;
  out->has_high = high.length > 0;
  out->is_span = (out->has_low || out->has_high) && (!out->has_low || parse_rule(low, mark, &out->low)) &&
                 (!out->has_high || parse_rule(high, mark, &out->high));
  return out->is_span;
}

bool number_span_has(const number_span *span, decimal number) {
  return span->is_span && (!span->has_low || decimal_compare(span->low, number) <= 0) &&
         (!span->has_high || decimal_compare(number, span->high) <= 0);
}

/* Does RULE mean the cell?  Numbers are compared by value, those that no decimal holds as well. */
static bool rule_matches(const cell_rules *r, uint32_t rule, slice text, const decimal *number) {
  const slice wanted = r->variable->rules[rule].text;
  if (number != NULL && r->are_numbers[rule]) {
    return decimal_compare(*number, r->numbers[rule]) == 0;
  }
  return slice_equal(wanted, text) || (number == NULL && !r->are_numbers[rule] && text.length > 0 &&
                                       (decimal_equal_texts(text, r->mark, wanted, r->mark) ||
                                        decimal_equal_texts(text, r->mark, wanted, '.')));
}

static bool index_rule(cell_rules *r, uint32_t rule) {
  uint32_t before = r->table.count;
  uint32_t place = text_table_add(&r->table, r->variable->rules[rule].text);
  if (place == before) {
    r->first[place] = rule;
  }
  return place != UINT32_MAX;
}

status cell_rules_init(cell_rules *r, const frame *f, const program_variable *v, bool numeric, error *err) {
  size_t count = (size_t)v->rules_count + 1;
  *r = (cell_rules){.variable = v, .numeric = numeric, .mark = f->rows->decimal_mark};
  r->numbers = calloc(count, sizeof *r->numbers);
  r->are_numbers = calloc(count, sizeof *r->are_numbers);
  r->first = calloc(count, sizeof *r->first);
  r->spans = calloc(count, sizeof *r->spans);
  bool good = r->numbers != NULL && r->are_numbers != NULL && r->first != NULL && r->spans != NULL;
  for (uint32_t i = 0; good && i < v->rules_count; i++) {
    r->spans_count += v->rules[i].missing && number_span_parse(v->rules[i].text, r->mark, &r->spans[i]);
    if (numeric) {
      r->are_numbers[i] = parse_rule(v->rules[i].text, r->mark, &r->numbers[i]);
    } else {
      good = index_rule(r, i);
    }
  }
  if (!good) {
    cell_rules_fini(r);
    return frame_no_memory(err);
  }
  return STATUS_OK;
}

void cell_rules_fini(cell_rules *r) {
  free(r->numbers);
  free(r->are_numbers);
  free(r->first);
  free(r->spans);
  text_table_fini(&r->table);
  *r = (cell_rules){0};
}

/* The first rule whose span has the number that the cell is. */
static const program_rule *span_rule(const cell_rules *r, slice text, const decimal *number) {
  decimal parsed;
  if (r->spans_count == 0 || (number == NULL && !parse_rule(text, r->mark, &parsed))) {
    return NULL;
  }
  for (uint32_t i = 0; i < r->variable->rules_count; i++) {
    if (number_span_has(&r->spans[i], number != NULL ? *number : parsed)) {
      return &r->variable->rules[i];
    }
  }
  return NULL;
}

const program_rule *cell_rule(const cell_rules *r, slice text, const decimal *number) {
  const program_rule *rules = r->variable->rules;
  if (!r->numeric) {
    uint32_t place = text_table_find(&r->table, text);
    return place == UINT32_MAX ? span_rule(r, text, NULL) : &rules[r->first[place]];
  }
  for (uint32_t i = 0; i < r->variable->rules_count; i++) {
    if (rule_matches(r, i, text, number)) {
      return &rules[i];
    }
  }
  return span_rule(r, text, number);
}

void cell_rule_decides(const cell_rules *r, const program_rule *rule) {
  if (r->met != NULL) {
    r->met[rule - r->variable->rules] = 1;
  }
}

void cell_of_entry(const cell_rules *r, const frame_cells *c, uint32_t entry, cell *out) {
  if (c->is_absent) {
    *out = (cell){.text = c->texts[entry], .missing = true, .reason = MISSING_NOT_ASKED};
    return;
  }
  uint8_t how = 0;
  *out = (cell){.text = c->texts[entry]};
  if (entry < c->numbers_count) {
    out->number = c->numbers[entry];
    out->is_number = true;
  } else if (r->numeric) {
    (void)cell_number(r, out->text, &how, out);
  }
  const program_rule *rule = cell_rule(r, out->text, out->is_number ? &out->number : NULL);
  out->is_ruled = rule != NULL && (rule->missing || r->variable->kind != VARIABLE_MULTI_CELL);
  if (out->is_ruled) {
    cell_rule_decides(r, rule);
    how &= CELL_TIDIED; /* the codebook says what it is, whatever sign it has */
  }
  if (how != 0) {
    c->tidied[entry] |= how;
  }
  if (out->is_ruled && rule->missing) {
    out->missing = true;
    out->reason = rule->reason;
  } else if (out->is_ruled && r->numeric) {
    out->number = rule->value;
    out->is_number = true;
  } else if (out->is_ruled) {
    out->text = rule->key;
  } else if (rule == NULL && out->text.length == 0) {
    out->missing = true;
    out->reason = MISSING_BLANK;
  }
}

status frame_open_cells(frame *f, const program_variable *v, const char *column, bool numeric,
                        frame_cells *cells, cell_rules *rules, error *err) {
  TRY(frame_cells_of(f, v, column, cells, err));
  TRY(frame_tidy_cells(f, v, cells, err));
  return cell_rules_init(rules, f, v, numeric, err);
}

/* ---- Back to rows --------------------------------------------------------------------------------- */

void frame_spread_bytes(const frame *f, const frame_cells *c, const uint8_t *of_entry, uint8_t *out) {
  if (c->codes != NULL) {
    uint8_t table[256];
    memset(table, SLOT_MISSING + MISSING_INVALID, sizeof table);
    memcpy(table, of_entry, c->count < sizeof table ? c->count : sizeof table);
    frame_map_bytes(c->codes, f->count ? f->padded : 0, table, out);
  } else if (c->wide != NULL) {
    for (uint32_t r = 0; r < f->count; r++) {
      out[r] = of_entry[c->wide[r]];
    }
  } else if (c->index != NULL) {
    for (uint32_t r = 0; r < f->count; r++) {
      out[r] = of_entry[c->index[r]];
    }
  } else {
    memcpy(out, of_entry, f->count);
  }
  memset(out + f->count, SLOT_MISSING, f->padded - f->count);
}

/* One loop for each encoding, so that none of them asks per row which one it is. */
#define SPREAD_ROWS(which)                  \
  for (uint32_t r = 0; r < f->count; r++) { \
    out[r] = of_entry[which];               \
  }
#define SPREAD(blank)                               \
  do {                                              \
    if (c->codes != NULL) {                         \
      SPREAD_ROWS(c->codes[r])                      \
    } else if (c->wide != NULL) {                   \
      SPREAD_ROWS(c->wide[r])                       \
    } else if (c->index != NULL) {                  \
      SPREAD_ROWS(c->index[r])                      \
    } else {                                        \
      SPREAD_ROWS(r)                                \
    }                                               \
    for (size_t r = f->count; r < f->padded; r++) { \
      out[r] = (blank);                             \
    }                                               \
  } while (0)

void frame_spread_numbers(const frame *f, const frame_cells *c, const int64_t *of_entry, int64_t *out) {
  SPREAD(number_missing(MISSING_BLANK));
}

static void spread_wide(const frame *f, const frame_cells *c, const uint16_t *of_entry, uint16_t *out) {
  SPREAD(slot_missing(MISSING_BLANK));
}

status frame_spread_slots(frame *f, const frame_cells *c, const uint16_t *of_entry, uint32_t keys_count,
                          coded_view *out, error *err) {
  if (keys_count > SLOT_MISSING) {
    uint16_t *wide = frame_array(f, f->padded, sizeof *wide);
    if (wide == NULL) {
      return frame_no_memory(err);
    }
    spread_wide(f, c, of_entry, wide);
    out->wide = wide;
    return STATUS_OK;
  }
  uint8_t *slots = frame_memory(f, f->padded);
  uint8_t *narrow = malloc((size_t)c->count + 1);
  if (slots == NULL || narrow == NULL) {
    free(narrow);
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < c->count; i++) {
    narrow[i] = (uint8_t)of_entry[i];
  }
  frame_spread_bytes(f, c, narrow, slots);
  free(narrow);
  out->slots = slots;
  return STATUS_OK;
}

status frame_check_levels(const program_variable *v, uint64_t count, error *err) {
  if (count > CODED_LEVELS_MAX) {
    char most[TEXT_COUNT_BYTES];
    return error_set(err, STATUS_LIMIT,
                     "variable '%s': more than %s different values in one shard; is it an id or a free text?",
                     v->name, text_of_count(CODED_LEVELS_MAX, most));
  }
  return STATUS_OK;
}
