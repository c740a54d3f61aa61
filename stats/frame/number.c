/* Numbers and dates read from one column.
 *
 * Columns of texts are interpreted entry by entry.  A column of decimals is rescaled as a whole; what
 * rules and exceptions say is then written over it, the first rule last.
 */
#include <stdlib.h>
#include <string.h>

#include "stats/frame/state.h"
#include "stats/program/date.h"

static int64_t in_range(const program_variable *v, int64_t mantissa) {
  int64_t low = v->has_range ? v->low : -NUMBER_MAX;
  int64_t high = v->has_range ? v->high : NUMBER_MAX;
  return mantissa < low || mantissa > high ? number_missing(MISSING_INVALID) : mantissa;
}

static uint8_t rounding_of(bool negative) {
  return negative ? ROUNDED_NEGATIVE : ROUNDED_POSITIVE;
}

/* The cell's number at the variable's decimals; false when it has none there.  Numbers that no decimal holds,
 * with many digits or far exponents, are read from all their digits. */
static bool number_of_cell(const program_variable *v, const cell *c, int64_t *mantissa, bool *lost) {
  if (c->is_number) {
    return decimal_rescale(c->number, v->decimals, mantissa, lost);
  }
  if (!c->is_long) {
    return false;
  }
  const decimal_reading reading = decimal_read_digits(&c->digits, v->decimals, mantissa);
  *lost = reading == DECIMAL_ROUNDED;
  return reading == DECIMAL_EXACT || reading == DECIMAL_ROUNDED;
}

/* *ROUNDING is not ROUNDED_NOT when decimals were lost, and the value stands. */
static int64_t number_value(const program_variable *v, const cell *c, uint8_t *rounding) {
  int64_t mantissa;
  bool lost;
  *rounding = ROUNDED_NOT;
  if (c->missing) {
    return number_missing(c->reason);
  }
  if (!number_of_cell(v, c, &mantissa, &lost)) {
    return number_missing(MISSING_INVALID);
  }
  const int64_t value = in_range(v, mantissa);
  if (lost && !number_is_missing(value)) {
    *rounding = rounding_of(c->is_number ? c->number.mantissa < 0 : c->digits.negative);
  }
  return value;
}

static bool parse_day(const program_variable *v, slice text, char mark, int64_t *days) {
  bool is_day = date_parse_marked(v->format, text, mark, days);
  for (uint32_t i = 0; !is_day && i < v->other_formats_count; i++) {
    is_day = date_parse_marked(v->other_formats[i], text, mark, days);
  }
  return is_day;
}

/* The texts of numbers that the reader recognised have a point; others have the MARK of the file. */
static int64_t date_value(const program_variable *v, const cell *c, char mark) {
  int64_t days;
  if (c->missing) {
    return number_missing(c->reason);
  }
  if (!parse_day(v, c->text, c->is_number ? '.' : mark, &days) ||
      (v->has_range && (days < v->low || days > v->high))) {
    return number_missing(MISSING_INVALID);
  }
  return days;
}

/* Gives the variable the roundings of its rows. */
static void keep_roundings(const frame *f, const uint8_t *roundings, frame_variable *out) {
  out->roundings = roundings;
  for (uint32_t r = 0; r < f->count; r++) {
    out->rounded += roundings[r] != ROUNDED_NOT;
  }
}

static status spread_roundings(frame *f, const frame_cells *cells, const uint8_t *of_entry,
                               frame_variable *out, error *err) {
  uint8_t *roundings = frame_memory(f, f->padded);
  if (roundings == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t r = 0; r < f->count; r++) {
    roundings[r] = of_entry[frame_cells_entry(cells, r)];
  }
  keep_roundings(f, roundings, out);
  return STATUS_OK;
}

static status make_numbers(frame *f, const program_variable *v, const cell_rules *rules,
                           const frame_cells *cells, frame_variable *out, error *err) {
  size_t entries = (size_t)cells->count + 1;
  int64_t *values = frame_array(f, f->padded, sizeof *values);
  int64_t *of_entry = malloc(entries * sizeof *of_entry);
  uint8_t *roundings = calloc(entries, 1);
  bool any = false;
  status st = values != NULL && of_entry != NULL && roundings != NULL ? STATUS_OK : frame_no_memory(err);
  for (uint32_t i = 0; st == STATUS_OK && i < cells->count; i++) {
    cell c;
    cell_of_entry(rules, cells, i, &c);
    of_entry[i] =
        v->kind == VARIABLE_DATE ? date_value(v, &c, rules->mark) : number_value(v, &c, &roundings[i]);
    any = any || roundings[i] != ROUNDED_NOT;
  }
  if (st == STATUS_OK) {
    frame_spread_numbers(f, cells, of_entry, values);
    out->number = (number_view){.values = values, .decimals = v->decimals};
    st = any ? spread_roundings(f, cells, roundings, out, err) : STATUS_OK;
  }
  if (st == STATUS_OK) {
    st = frame_note_tidied(f, v, 0, cells, out, err);
  }
  free(of_entry);
  free(roundings);
  return st;
}

static status make_from_cells(frame *f, const program_variable *v, bool numeric, frame_variable *out,
                              error *err) {
  frame_cells cells;
  cell_rules rules;
  TRY(frame_open_cells(f, v, v->column, numeric, &cells, &rules, err));
  const status st = make_numbers(f, v, &rules, &cells, out, err);
  cell_rules_fini(&rules);
  return st;
}

status frame_make_date(frame *f, const program_variable *v, frame_variable *out, error *err) {
  return make_from_cells(f, v, false, out, err);
}

/* A column of decimals, of one scale or of many, is rescaled as a whole; rules and exceptions are written
 * over it. */
typedef struct decimal_column {
  const packed_column *column;
  int64_t *values;
  uint8_t *roundings; /* zeroed; NULL: the column has no more decimals than the variable */
} decimal_column;

static void widen_decimals(const frame *f, const program_variable *v, const decimal_column *d) {
  unsigned more = (unsigned)(v->decimals - d->column->scale);
  const int64_t *mantissas = d->column->mantissas;
  int64_t factor = more <= DECIMAL_SCALE_MAX ? decimal_power10(more) : 1;
  int64_t limit = more <= DECIMAL_SCALE_MAX ? NUMBER_MAX / factor : 0; /* then only zeros fit */
  for (uint32_t r = 0; r < f->count; r++) {
    int64_t m = mantissas[r];
    bool fits = m >= -limit && m <= limit;
    d->values[r] = fits ? in_range(v, m * factor) : number_missing(MISSING_INVALID);
  }
}

static void narrow_decimals(const frame *f, const program_variable *v, const decimal_column *d) {
  int64_t divisor = decimal_power10((unsigned)(d->column->scale - v->decimals));
  const int64_t *mantissas = d->column->mantissas;
  for (uint32_t r = 0; r < f->count; r++) {
    int64_t quotient = mantissas[r] / divisor;
    int64_t rest = mantissas[r] % divisor;
    int64_t size = rest < 0 ? -rest : rest;
    bool up = size > divisor - size || (size == divisor - size && (quotient & 1));
    quotient += up ? (rest < 0 ? -1 : 1) : 0;
    d->values[r] = in_range(v, quotient);
    d->roundings[r] = rest != 0 && !number_is_missing(d->values[r]) ? rounding_of(rest < 0) : ROUNDED_NOT;
  }
}

/* As decimal_rescale, which takes the far ones; false: the number does not fit. */
static inline bool rescale_scaled(decimal d, unsigned scale, int64_t *mantissa, bool *lost) {
  if (d.scale <= scale || d.scale - scale > DECIMAL_SCALE_MAX) {
    return decimal_rescale(d, scale, mantissa, lost);
  }
  const int64_t divisor = decimal_power10(d.scale - scale);
  const int64_t quotient = d.mantissa / divisor;
  const int64_t rest = d.mantissa % divisor;
  const int64_t size = rest < 0 ? -rest : rest;
  const bool up = size > divisor - size || (size == divisor - size && (quotient & 1));
  *mantissa = quotient + (up ? (rest < 0 ? -1 : 1) : 0);
  *lost = rest != 0;
  return true;
}

static void bring_scaled(const frame *f, const program_variable *v, const decimal_column *d) {
  for (uint32_t r = 0; r < f->count; r++) {
    const decimal number = {d->column->mantissas[r], d->column->scales[r]};
    int64_t mantissa;
    bool lost;
    if (!rescale_scaled(number, v->decimals, &mantissa, &lost)) {
      d->values[r] = number_missing(MISSING_INVALID);
      continue; /* no rounding: scratch memory is zeroed */
    }
    d->values[r] = in_range(v, mantissa);
    d->roundings[r] =
        lost && !number_is_missing(d->values[r]) ? rounding_of(number.mantissa < 0) : ROUNDED_NOT;
  }
}

/* What the column's numbers are where the rule means them; false: none can be. */
static bool number_of_rule(const decimal_column *d, decimal rule, decimal *wanted) {
  bool lost = false;
  *wanted = decimal_normalise(rule);
  if (d->column->kind == PACKED_SCALED) {
    return true;
  }
  const bool fits = decimal_rescale(*wanted, d->column->scale, &wanted->mantissa, &lost) && !lost;
  wanted->scale = d->column->scale;
  return fits;
}

static void rule_over_decimals(const frame *f, const program_variable *v, const decimal_column *d,
                               const cell_rules *rules, uint32_t i) {
  decimal wanted;
  if (!rules->are_numbers[i] || !number_of_rule(d, rules->numbers[i], &wanted)) {
    return;
  }
  const program_rule *rule = &v->rules[i];
  cell c = {.missing = rule->missing, .reason = rule->reason, .is_number = true, .number = rule->value};
  uint8_t rounding;
  int64_t value = number_value(v, &c, &rounding);
  for (uint32_t r = 0; r < f->count; r++) {
    if (d->column->mantissas[r] == wanted.mantissa &&
        packed_column_number(d->column, r).scale == wanted.scale) {
      d->values[r] = value;
      if (d->roundings != NULL) {
        d->roundings[r] = rounding;
      }
    }
  }
}

/* Spans give way to other rules, which are written after them. */
static void spans_over_decimals(const frame *f, const program_variable *v, const decimal_column *d,
                                const cell_rules *rules) {
  for (uint32_t i = rules->spans_count > 0 ? v->rules_count : 0; i-- > 0;) {
    for (uint32_t r = 0; rules->spans[i].is_span && r < f->count; r++) {
      if (number_span_has(&rules->spans[i], packed_column_number(d->column, r))) {
        d->values[r] = number_missing(v->rules[i].reason);
        if (d->roundings != NULL) {
          d->roundings[r] = ROUNDED_NOT;
        }
      }
    }
  }
}

/* Notes the rows of exceptions that are tidied. */
static status note_tidied_exceptions(frame *f, const decimal_column *d, const frame_cells *cells,
                                     frame_variable *out, error *err) {
  if (!frame_cells_are_told(cells)) {
    return STATUS_OK;
  }
  uint8_t *rows = frame_scratch(f, f->padded);
  out->tidied = frame_scratch(f, sizeof *out->tidied);
  if (rows == NULL || out->tidied == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < d->column->exceptions_count; i++) {
    rows[d->column->exception_rows[i]] = cells->tidied[d->column->exception_texts[i]];
  }
  out->tidied[0] = rows;
  return STATUS_OK;
}

static status exceptions_over_decimals(frame *f, const program_variable *v, const decimal_column *d,
                                       const cell_rules *rules, frame_variable *out, error *err) {
  frame_cells cells = {.texts = d->column->texts, .count = d->column->texts_count};
  TRY(frame_tidy_cells(f, v, &cells, err));
  for (uint32_t i = 0; i < d->column->exceptions_count; i++) {
    cell c;
    uint8_t rounding;
    uint32_t row = d->column->exception_rows[i];
    cell_of_entry(rules, &cells, d->column->exception_texts[i], &c);
    d->values[row] = number_value(v, &c, &rounding);
    if (d->roundings != NULL) {
      d->roundings[row] = rounding;
    }
  }
  return note_tidied_exceptions(f, d, &cells, out, err);
}

/* Could a rule's number or an exception be rounded although the column needs no rounding? */
static bool may_round(const program_variable *v, const packed_column *column) {
  return column->kind == PACKED_SCALED || column->scale > v->decimals || column->exceptions_count > 0 ||
         v->rules_count > 0;
}

static status rescale_decimals(frame *f, const program_variable *v, const decimal_column *d,
                               const cell_rules *rules, frame_variable *out, error *err) {
  if (d->column->kind == PACKED_SCALED) {
    bring_scaled(f, v, d);
  } else if (d->column->scale <= v->decimals) {
    widen_decimals(f, v, d);
  } else {
    narrow_decimals(f, v, d);
  }
  spans_over_decimals(f, v, d, rules);
  for (uint32_t i = v->rules_count; i-- > 0;) {
    rule_over_decimals(f, v, d, rules, i);
  }
  for (size_t r = f->count; r < f->padded; r++) {
    d->values[r] = number_missing(MISSING_BLANK);
  }
  return exceptions_over_decimals(f, v, d, rules, out, err);
}

static status number_of_decimals(frame *f, const program_variable *v, const packed_column *column,
                                 frame_variable *out, error *err) {
  cell_rules rules;
  decimal_column d = {.column = column, .values = frame_array(f, f->padded, sizeof *d.values)};
  bool rounds = may_round(v, column);
  d.roundings = rounds ? frame_scratch(f, f->padded) : NULL;
  status st = d.values != NULL && (d.roundings != NULL || !rounds) ? STATUS_OK : frame_no_memory(err);
  if (st == STATUS_OK) {
    st = cell_rules_init(&rules, f, v, true, err);
  }
  if (st == STATUS_OK) {
    st = rescale_decimals(f, v, &d, &rules, out, err);
    cell_rules_fini(&rules);
    out->number = (number_view){.values = d.values, .decimals = v->decimals};
    if (rounds) {
      keep_roundings(f, d.roundings, out);
    }
  }
  return st;
}

status frame_make_number(frame *f, const program_variable *v, frame_variable *out, error *err) {
  packed_column column = {0};
  bool absent = false;
  TRY(frame_column(f, v, v->column, &column, &absent, err));
  return !absent && packed_column_is_numeric(&column) ? number_of_decimals(f, v, &column, out, err)
                                                      : make_from_cells(f, v, true, out, err);
}
