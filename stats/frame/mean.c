/* MEAN: weighted means over the answered inputs, exact until the one rounding of each row.
 *
 * stats/program/mean.c gives every input its integers: a row's value is the sum of (slope * m + offset),
 * times `scale`, divided by `unit` times the sum of the weights.  Rows are worked through in blocks,
 * input by input; a coded input is a table lookup.  Sums and quotients are taken in 64 bits when the
 * declared ranges allow it, else in 128; the results are the same.
 */
#include <string.h>

#include "stats/frame/state.h"
#include "stats/program/item.h"

enum { BLOCK_ROWS = 1024, SLOTS = 256 };

/* An answer's weight and, above it, that it is one: sums of weights stay below 2^40, of answers below
 * 2^14, so that one addition counts both. */
enum { ANSWERS_SHIFT = 48 };
#define ONE_ANSWER  ((int64_t)1 << ANSWERS_SHIFT)
#define WEIGHT_MASK (ONE_ANSWER - 1)

/* What a slot adds; nothing where missing. */
typedef struct narrow_term {
  int64_t term, weight; /* see ONE_ANSWER */
} narrow_term;

typedef struct mean_input {
  const uint8_t *slots; /* coded in bytes, with tables by slot; else numbers */
  const int64_t *values;
  i128 slope, offset;
  int64_t weight; /* with ONE_ANSWER */
  narrow_term *narrow;
  i128 *terms; /* defined where narrow[].weight is not 0 */
} mean_input;

typedef struct mean_block {
  int64_t narrow[BLOCK_ROWS];
  int64_t weights[BLOCK_ROWS];
  i128 wide[BLOCK_ROWS];
} mean_block;

typedef struct mean_work {
  mean_terms terms;
  mean_input *inputs;
  bool narrow; /* everything fits 64 bits */
  uint32_t valid_min;
} mean_work;

static status table_input(frame *f, uint32_t variable, arena *a, mean_input *in, error *err) {
  coded_view view;
  TRY(frame_coded(f, variable, &view, err));
  if (view.wide != NULL) {
    number_view numbers;
    TRY(frame_number(f, variable, &numbers, err));
    in->values = numbers.values;
    return STATUS_OK;
  }
  in->slots = view.slots;
  in->terms = ARENA_ARRAY(a, i128, SLOTS);
  in->narrow = ARENA_ARRAY(a, narrow_term, SLOTS);
  if (arena_failed(a)) {
    return frame_no_memory(err);
  }
  for (uint32_t s = 0; s < view.keys.count; s++) {
    in->terms[s] = in->slope * view.keys.numbers[s] + in->offset;
    in->narrow[s] = (narrow_term){.term = (int64_t)in->terms[s], .weight = in->weight};
  }
  return STATUS_OK;
}

static status prepare(frame *f, const program_variable *v, arena *a, mean_work *w, error *err) {
  TRY(mean_terms_make(f->program, v, a, &w->terms, err));
  i128 top = w->terms.terms_bound * w->terms.scale;
  i128 bottom = w->terms.unit * w->terms.weights_sum;
  w->narrow = top < (i128)NUMBER_MAX && bottom < (i128)NUMBER_MAX;
  w->valid_min = v->valid_min;
  w->inputs = ARENA_ARRAY(a, mean_input, v->inputs_count);
  if (w->inputs == NULL) {
    return frame_no_memory(err);
  }
  for (uint32_t i = 0; i < v->inputs_count; i++) {
    mean_input *in = &w->inputs[i];
    *in = (mean_input){.slope = w->terms.slopes[i],
                       .offset = w->terms.offsets[i],
                       .weight = w->terms.weights[i] | ONE_ANSWER};
    if (program_variable_form(&f->program->variables[v->inputs[i]]) == FORM_CODED) {
      TRY(table_input(f, v->inputs[i], a, in, err));
    } else {
      number_view numbers;
      TRY(frame_number(f, v->inputs[i], &numbers, err));
      in->values = numbers.values;
    }
  }
  return STATUS_OK;
}

/* ---- One input over the rows of a block ------------------------------------------------------------ */

static void add_narrow(const mean_input *in, size_t first, size_t rows, mean_block *b) {
  if (in->slots != NULL) {
    const uint8_t *slots = in->slots + first;
    for (size_t r = 0; r < rows; r++) {
      const narrow_term *t = &in->narrow[slots[r]];
      b->narrow[r] += t->term;
      b->weights[r] += t->weight;
    }
    return;
  }
  int64_t slope = (int64_t)in->slope;
  int64_t offset = (int64_t)in->offset;
  const int64_t *values = in->values + first;
  for (size_t r = 0; r < rows; r++) {
    bool here = !number_is_missing(values[r]);
    b->narrow[r] += here ? slope * values[r] + offset : 0;
    b->weights[r] += here ? in->weight : 0;
  }
}

static void add_wide(const mean_input *in, size_t first, size_t rows, mean_block *b) {
  for (size_t r = 0; r < rows; r++) {
    int64_t m = in->slots != NULL ? 0 : in->values[first + r];
    uint8_t s = in->slots != NULL ? in->slots[first + r] : 0;
    bool here = in->slots != NULL ? in->narrow[s].weight != 0 : !number_is_missing(m);
    if (here) {
      b->wide[r] += in->slots != NULL ? in->terms[s] : in->slope * m + in->offset;
      b->weights[r] += in->weight;
    }
  }
}

/* ---- Rounding ------------------------------------------------------------------------------------- */

/* Half to even; both below 2^62 in magnitude, den > 0. */
static inline int64_t divide_narrow(int64_t num, int64_t den) {
  int64_t quotient = num / den;
  int64_t rest = num % den;
  int64_t twice = 2 * (rest < 0 ? -rest : rest);
  bool away = twice > den || (twice == den && (quotient & 1));
  return quotient + (away ? (num < 0 ? -1 : 1) : 0);
}

/* The same below 2^126. */
static i128 divide_wide(i128 num, i128 den) {
  i128 quotient = num / den;
  i128 rest = num % den;
  i128 twice = 2 * (rest < 0 ? -rest : rest);
  bool away = twice > den || (twice == den && (quotient & 1));
  return quotient + (away ? (num < 0 ? -1 : 1) : 0);
}

static void finish_narrow(const mean_work *w, const mean_block *b, size_t rows, int64_t *out) {
  int64_t scale = (int64_t)w->terms.scale;
  int64_t unit = (int64_t)w->terms.unit;
  for (size_t r = 0; r < rows; r++) {
    bool enough = b->weights[r] >> ANSWERS_SHIFT >= (int64_t)w->valid_min;
    out[r] = enough ? divide_narrow(b->narrow[r] * scale, unit * (b->weights[r] & WEIGHT_MASK))
                    : number_missing(MISSING_TOO_FEW);
  }
}

static void finish_wide(const mean_work *w, const mean_block *b, size_t rows, int64_t *out) {
  for (size_t r = 0; r < rows; r++) {
    if (b->weights[r] >> ANSWERS_SHIFT < (int64_t)w->valid_min) {
      out[r] = number_missing(MISSING_TOO_FEW);
      continue;
    }
    i128 value = divide_wide(b->wide[r] * w->terms.scale, w->terms.unit * (b->weights[r] & WEIGHT_MASK));
    bool fits = value <= (i128)NUMBER_MAX && value >= -(i128)NUMBER_MAX;
    out[r] = fits ? (int64_t)value : number_missing(MISSING_INVALID);
  }
}

static void mean_rows(const mean_work *w, mean_block *b, size_t first, size_t rows, int64_t *out) {
  memset(b->weights, 0, sizeof b->weights);
  if (w->narrow) {
    memset(b->narrow, 0, sizeof b->narrow);
  } else {
    memset(b->wide, 0, sizeof b->wide);
  }
  for (uint32_t i = 0; i < w->terms.count; i++) {
    if (w->narrow) {
      add_narrow(&w->inputs[i], first, rows, b);
    } else {
      add_wide(&w->inputs[i], first, rows, b);
    }
  }
  if (w->narrow) {
    finish_narrow(w, b, rows, out);
  } else {
    finish_wide(w, b, rows, out);
  }
}

static status make_mean(frame *f, const program_variable *v, arena *a, frame_variable *out, error *err) {
  mean_work w;
  TRY(prepare(f, v, a, &w, err));
  int64_t *values = frame_array(f, f->padded, sizeof *values);
  mean_block *block = ARENA_NEW(a, mean_block);
  if (values == NULL || block == NULL) {
    return frame_no_memory(err);
  }
  for (size_t first = 0; first < f->padded; first += BLOCK_ROWS) {
    size_t rows = f->padded - first < BLOCK_ROWS ? f->padded - first : BLOCK_ROWS;
    mean_rows(&w, block, first, rows, values + first);
  }
  for (size_t r = f->count; r < f->padded; r++) {
    values[r] = number_missing(MISSING_BLANK);
  }
  out->number = (number_view){.values = values, .decimals = PROGRAM_MEAN_DECIMALS};
  return STATUS_OK;
}

status frame_make_mean(frame *f, const program_variable *v, frame_variable *out, error *err) {
  arena *a = arena_new();
  if (a == NULL) {
    return frame_no_memory(err);
  }
  status st = make_mean(f, v, a, out, err);
  arena_destroy(a);
  return st;
}
