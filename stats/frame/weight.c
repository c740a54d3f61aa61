/* Weights: numbers that are above 0, at least one unit of their scale and, where all of a shard are small, 32
 * bits wide. */
#include <assert.h>
#include <string.h>

#include "stats/frame/state.h"

/* Whether any weight needs more than narrow kernels take. */
static bool any_wide(const frame *f, const int64_t *mantissas) {
  bool wide = false;
  for (uint32_t r = 0; r < f->count; r++) {
    wide |= mantissas[r] >= WEIGHT_NARROW_END;
  }
  return wide;
}

/* A number that is not 0 stays on its side of it: one unit instead of none. */
static status at_least_one_unit(frame *f, const int64_t *values, const uint8_t *roundings,
                                const int64_t **out, error *err) {
  *out = values;
  if (roundings == NULL) {
    return STATUS_OK;
  }
  int64_t *raised = frame_array(f, f->padded, sizeof *raised);
  if (raised == NULL) {
    return frame_no_memory(err);
  }
  memcpy(raised, values, f->padded * sizeof *raised);
  for (uint32_t r = 0; r < f->count; r++) {
    if (values[r] == 0 && roundings[r] != ROUNDED_NOT) {
      raised[r] = roundings[r] == ROUNDED_NEGATIVE ? -1 : 1;
    }
  }
  *out = raised;
  return STATUS_OK;
}

/* One loop each, so that none asks per row what the shard is. */
static void fill_narrow(const frame *f, const int64_t *mantissas, uint32_t *values, uint8_t *usable) {
  for (size_t r = 0; r < f->padded; r++) {
    values[r] = mantissas[r] > 0 ? (uint32_t)mantissas[r] : 0;
    usable[r] = mantissas[r] > 0;
  }
}

static void fill_wide(const frame *f, const int64_t *mantissas, int64_t *values, uint8_t *usable) {
  for (size_t r = 0; r < f->padded; r++) {
    values[r] = mantissas[r] > 0 ? mantissas[r] : 0;
    usable[r] = mantissas[r] > 0;
  }
}

static status make_weight(frame *f, uint32_t weight, frame_weight *w, error *err) {
  const uint32_t variable = f->program->weights[weight].variable;
  number_view view;
  TRY(frame_number(f, variable, &view, err));
  TRY(at_least_one_unit(f, view.values, f->variables[variable]->roundings, &w->mantissas, err));
  const bool wide = any_wide(f, w->mantissas);
  uint32_t *narrow_values = wide ? NULL : frame_array(f, f->padded, sizeof *narrow_values);
  int64_t *wide_values = wide ? frame_array(f, f->padded, sizeof *wide_values) : NULL;
  w->usable = frame_memory(f, f->padded);
  if ((narrow_values == NULL && wide_values == NULL) || w->usable == NULL) {
    return frame_no_memory(err);
  }
  if (wide) {
    fill_wide(f, w->mantissas, wide_values, w->usable);
  } else {
    fill_narrow(f, w->mantissas, narrow_values, w->usable);
  }
  w->zeros = 0;
  for (uint32_t r = 0; r < f->count; r++) {
    w->zeros += w->mantissas[r] == 0;
  }
  w->all_usable = memchr(w->usable, 0, f->count) == NULL;
  w->view = (weight_view){.narrow = narrow_values, .wide = wide_values, .decimals = view.decimals};
  w->made = true;
  return STATUS_OK;
}

status frame_weight_of(frame *f, uint32_t weight, const frame_weight **out, error *err) {
  assert(weight < f->program->weights_count);
  if (!f->weights[weight].made) {
    TRY(make_weight(f, weight, &f->weights[weight], err));
  }
  *out = &f->weights[weight];
  return STATUS_OK;
}

status frame_weights(frame *f, uint32_t weight, weight_view *out, error *err) {
  *out = (weight_view){0};
  if (weight == PROGRAM_NONE) {
    return STATUS_OK;
  }
  const frame_weight *w;
  TRY(frame_weight_of(f, weight, &w, err));
  *out = w->view;
  return STATUS_OK;
}

status frame_weight_zeros(frame *f, uint32_t weight, int64_t *count, error *err) {
  *count = 0;
  if (weight == PROGRAM_NONE) {
    return STATUS_OK;
  }
  const frame_weight *w;
  TRY(frame_weight_of(f, weight, &w, err));
  *count = w->zeros;
  return STATUS_OK;
}

status frame_weight_reading(frame *f, uint32_t weight, weight_reading *out, error *err) {
  const frame_weight *w;
  TRY(frame_weight_of(f, weight, &w, err));
  *out = (weight_reading){.mantissas = w->mantissas,
                          .roundings = f->variables[f->program->weights[weight].variable]->roundings,
                          .decimals = w->view.decimals};
  return STATUS_OK;
}

/* ---- What rounding changed ------------------------------------------------------------------------- */

/* 10^18 |kept - given| / given, rounded up; GIVEN's text is read again, with as many more decimals as its
 * units hold. */
static int64_t relative_error(slice text, char mark, unsigned decimals, int64_t kept) {
  int64_t given = 0;
  unsigned more = DECIMAL_READ_SCALE_MAX - decimals;
  more = more < DECIMAL_SCALE_MAX ? more : DECIMAL_SCALE_MAX;
  decimal_reading reading = decimal_read(text, mark, decimals + more, &given);
  while (reading == DECIMAL_OUTSIDE && more > 0) {
    reading = decimal_read(text, mark, decimals + --more, &given);
  }
  if (reading != DECIMAL_EXACT && reading != DECIMAL_ROUNDED) {
    return 0; /* a word that the codebook has a number for */
  }
  const i128 off = (i128)kept * decimal_power10(more) - given;
  const i128 size = (off < 0 ? -off : off) + (more == 0);
  if (given <= 0 || size >= given) {
    return WEIGHT_ERROR_MAX;
  }
  return (int64_t)((size * WEIGHT_ERROR_MAX + given - 1) / given);
}

/* The text of a number is in canonical form, but of one that no decimal holds as the file has it. */
static char mark_of(const frame *f, slice text) {
  return memchr(text.bytes, '.', text.length) != NULL ? '.' : f->rows->decimal_mark;
}

status frame_weight_error(frame *f, uint32_t weight, int64_t *largest, error *err) {
  const frame_weight *w;
  const uint32_t variable = f->program->weights[weight].variable;
  *largest = 0;
  TRY(frame_weight_of(f, weight, &w, err));
  const uint8_t *roundings = f->variables[variable]->roundings;
  if (roundings == NULL) {
    return STATUS_OK;
  }
  cell_texts texts;
  TRY(cell_texts_open(f, variable, 0, &texts, err));
  for (uint32_t r = 0; r < f->count; r++) {
    if (roundings[r] == ROUNDED_POSITIVE) {
      const slice text = cell_texts_at(&texts, r);
      const int64_t e = relative_error(text, mark_of(f, text), w->view.decimals, w->mantissas[r]);
      *largest = e > *largest ? e : *largest;
    }
  }
  cell_texts_close(&texts);
  return STATUS_OK;
}
