/* WEIGHTS: how the cells of a weight were read, what rounding changed, and the first places of those that
 * cannot be used or that lost too much. */
#include <stdlib.h>
#include <string.h>

#include "stats/accumulators/places.h"
#include "stats/accumulators/registry.h"
#include "stats/accumulators/shape.h"

const char *weight_trouble_name(weight_trouble t) {
  static const char *const names[WEIGHT_TROUBLES] = {
      [WEIGHT_MISSING] = "missing",   [WEIGHT_NO_NUMBER] = "no_number",   [WEIGHT_TOO_LARGE] = "too_large",
      [WEIGHT_NEGATIVE] = "negative", [WEIGHT_FRACTIONAL] = "fractional", [WEIGHT_FEW_DIGITS] = "few_digits",
  };
  return names[t];
}

static status weights_check(const program *p, const program_accumulator *a, uint64_t *bytes_max, error *err) {
  enum { VARINT_BYTES_MAX = 10, NUMBERS = 6 };
  static const accumulator_shape shape = {.takes_weight = true};
  TRY(accumulator_check_shape(p, a, &shape, err));
  if (a->weight == PROGRAM_NONE || a->filter != PROGRAM_NONE) {
    return error_set(err, STATUS_USAGE, "weights: it is of all cells of a weight");
  }
  *bytes_max = (NUMBERS + WEIGHT_TROUBLES) * VARINT_BYTES_MAX +
               (uint64_t)WEIGHT_TROUBLES * FACTS_PLACES * PLACE_BYTES_MAX;
  return STATUS_OK;
}

static status weights_empty(const program *p, const program_accumulator *a, void **state, error *err) {
  (void)p;
  (void)a;
  *state = calloc(1, sizeof(weights_state));
  return *state != NULL ? STATUS_OK : error_no_memory(err, "weights");
}

static void weights_destroy(void *state) {
  weights_state *s = state;
  for (int t = 0; s != NULL && t < WEIGHT_TROUBLES; t++) {
    places_free(s->troubles[t].places, s->troubles[t].places_count);
  }
  free(s);
}

static uint32_t places_expected(const trouble_facts *t) {
  return t->n < FACTS_PLACES ? (uint32_t)t->n : FACTS_PLACES;
}

/* ---- Map ----------------------------------------------------------------------------------------- */

typedef struct weight_column {
  frame *f;
  uint32_t variable;
  weight_reading reading;
  int64_t unit; /* frequency weights: a whole one; else 0 */
} weight_column;

static status add_trouble(const weight_column *c, weights_state *s, weight_trouble trouble, uint32_t row,
                          error *err) {
  trouble_facts *t = &s->troubles[trouble];
  t->n++;
  if (t->places_count == FACTS_PLACES) {
    return STATUS_OK;
  }
  slice text;
  TRY(frame_cell_text(c->f, c->variable, 0, row, &text, err));
  return places_add(t->places, &t->places_count, place_of_row(frame_source(c->f), row, 0, text), err);
}

/* Of a cell that no number is made of. */
static status trouble_of_text(const weight_column *c, uint32_t row, weight_trouble *out, error *err) {
  slice text;
  int64_t mantissa;
  TRY(frame_cell_text(c->f, c->variable, 0, row, &text, err));
  const char marks[] = {'.', frame_source(c->f)->decimal_mark};
  *out = WEIGHT_NO_NUMBER;
  for (size_t i = 0; i < sizeof marks && *out == WEIGHT_NO_NUMBER; i++) {
    if (decimal_read(text, marks[i], c->reading.decimals, &mantissa) != DECIMAL_NO_NUMBER) {
      *out = text.bytes[0] == '-' ? WEIGHT_NEGATIVE : WEIGHT_TOO_LARGE;
    }
  }
  return STATUS_OK;
}

static status add_unusable(const weight_column *c, weights_state *s, uint32_t row, error *err) {
  const int64_t mantissa = c->reading.mantissas[row];
  weight_trouble trouble = WEIGHT_NEGATIVE;
  if (number_is_missing(mantissa)) {
    trouble = WEIGHT_MISSING;
    if (number_reason(mantissa) == MISSING_INVALID) {
      TRY(trouble_of_text(c, row, &trouble, err));
    }
  }
  return add_trouble(c, s, trouble, row, err);
}

static status add_usable(const weight_column *c, weights_state *s, uint32_t row, error *err) {
  const int64_t mantissa = c->reading.mantissas[row];
  const bool rounded = c->reading.roundings != NULL && c->reading.roundings[row] != 0;
  s->smallest = s->above_zero == 0 || mantissa < s->smallest ? mantissa : s->smallest;
  s->largest = mantissa > s->largest ? mantissa : s->largest;
  s->above_zero++;
  s->rounded += rounded;
  if (c->unit > 0) {
    return rounded || mantissa % c->unit != 0 ? add_trouble(c, s, WEIGHT_FRACTIONAL, row, err) : STATUS_OK;
  }
  return rounded && mantissa < WEIGHT_UNITS_ENOUGH ? add_trouble(c, s, WEIGHT_FEW_DIGITS, row, err)
                                                   : STATUS_OK;
}

static status map_rows(const weight_column *c, weights_state *s, error *err) {
  const uint32_t rows = frame_rows(c->f);
  for (uint32_t row = 0; row < rows; row++) {
    const int64_t mantissa = c->reading.mantissas[row];
    if (mantissa > 0) {
      TRY(add_usable(c, s, row, err));
    } else if (mantissa == 0) {
      s->zero++;
    } else {
      TRY(add_unusable(c, s, row, err));
    }
  }
  return STATUS_OK;
}

static status weights_map(frame *f, const program_accumulator *a, void **state, error *err) {
  const program_weight *w = &frame_program(f)->weights[a->weight];
  weight_column c = {.f = f, .variable = w->variable};
  void *made;
  TRY(frame_weight_reading(f, a->weight, &c.reading, err));
  c.unit = w->kind == WEIGHT_FREQUENCY ? decimal_power10(c.reading.decimals) : 0;
  TRY(weights_empty(frame_program(f), a, &made, err));
  weights_state *s = made;
  status st = map_rows(&c, s, err);
  if (st == STATUS_OK) {
    st = frame_weight_error(f, a->weight, &s->error, err);
  }
  return accumulator_give(st, s, weights_destroy, state);
}

/* ---- Merge --------------------------------------------------------------------------------------- */

static void merge_range(weights_state *s, const weights_state *other) {
  if (other->above_zero > 0) {
    s->smallest = s->above_zero == 0 || other->smallest < s->smallest ? other->smallest : s->smallest;
    s->largest = other->largest > s->largest ? other->largest : s->largest;
  }
}

static status weights_merge(void *into, const void *from, error *err) {
  weights_state *s = into;
  const weights_state *other = from;
  merge_range(s, other);
  TRY(accumulator_add_rows(&s->above_zero, other->above_zero, err));
  TRY(accumulator_add_rows(&s->zero, other->zero, err));
  TRY(accumulator_add_rows(&s->rounded, other->rounded, err));
  s->error = other->error > s->error ? other->error : s->error;
  for (int t = 0; t < WEIGHT_TROUBLES; t++) {
    trouble_facts *trouble = &s->troubles[t];
    TRY(accumulator_add_rows(&trouble->n, other->troubles[t].n, err));
    TRY(places_merge(trouble->places, &trouble->places_count, other->troubles[t].places,
                     other->troubles[t].places_count, err));
  }
  return STATUS_OK;
}

/* ---- Bytes --------------------------------------------------------------------------------------- */

static void weights_encode(const void *state, buf *out) {
  const weights_state *s = state;
  buf_put_varint(out, (uint64_t)s->above_zero);
  buf_put_varint(out, (uint64_t)s->zero);
  buf_put_varint(out, (uint64_t)s->rounded);
  buf_put_varint(out, (uint64_t)s->error);
  if (s->above_zero > 0) {
    buf_put_varint(out, (uint64_t)s->smallest);
    buf_put_varint(out, (uint64_t)s->largest);
  }
  for (int t = 0; t < WEIGHT_TROUBLES; t++) {
    buf_put_varint(out, (uint64_t)s->troubles[t].n);
    places_encode(s->troubles[t].places, s->troubles[t].places_count, out);
  }
}

static status read_state(reader *r, weights_state *s, error *err) {
  s->above_zero = reader_rows(r);
  s->zero = reader_rows(r);
  s->rounded = reader_rows(r);
  s->error = (int64_t)reader_count(r, (uint64_t)WEIGHT_ERROR_MAX);
  if (s->above_zero > 0) {
    s->smallest = (int64_t)reader_count(r, (uint64_t)NUMBER_MAX);
    s->largest = (int64_t)reader_count(r, (uint64_t)NUMBER_MAX);
  }
  if (s->rounded > s->above_zero || s->smallest > s->largest || (s->above_zero > 0 && s->smallest == 0)) {
    reader_fail(r, "figures of weights contradict each other");
  }
  for (int t = 0; t < WEIGHT_TROUBLES && r->problem == NULL; t++) {
    trouble_facts *trouble = &s->troubles[t];
    trouble->n = reader_rows(r);
    TRY(places_read(r, r->problem == NULL ? places_expected(trouble) : 0, 1, trouble->places,
                    &trouble->places_count, err));
    if (t >= WEIGHT_FRACTIONAL && trouble->n > s->above_zero) {
      reader_fail(r, "figures of weights contradict each other");
    }
  }
  return reader_status(r, "weights", err);
}

static status weights_decode(const program *p, const program_accumulator *a, reader *r, void **state,
                             error *err) {
  void *made;
  TRY(weights_empty(p, a, &made, err));
  const status st = read_state(r, made, err);
  return accumulator_give(st, made, weights_destroy, state);
}

const accumulator_kind accumulator_weights = {
    .id = ACCUMULATOR_WEIGHTS,
    .name = "weights",
    .summary = "how the cells of a weight were read, and which cannot be used",
    .version = 2,
    .check = weights_check,
    .empty = weights_empty,
    .map = weights_map,
    .merge = weights_merge,
    .encode = weights_encode,
    .decode = weights_decode,
    .destroy = weights_destroy,
};
